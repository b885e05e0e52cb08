import { expect, test as base, type BrowserContextOptions } from "@playwright/test";
import { MailSink } from "./mail.ts";
import { Person } from "./person.ts";
import { Server } from "./server.ts";

export { expect } from "@playwright/test";
export type { Person } from "./person.ts";
export type { Tab } from "./tab.ts";

/** Brings people into a test. Whatever their browsers complain about fails it at the end. */
export interface People {
  /** Somebody without an account. */
  stranger(name: string, options?: BrowserContextOptions): Promise<Person>;
  /** Somebody who is signed in. */
  member(name: string, options?: BrowserContextOptions): Promise<Person>;
}

interface Fixtures {
  /** Gets the mail of this test's server. */
  mail: MailSink;
  /** A server of this test's own. */
  server: Server;
  people: People;
}

export const test = base.extend<Fixtures>({
  mail: async ({}, use) => {
    const mail = await MailSink.start();
    await use(mail);
    await mail.stop();
  },

  server: async ({ mail }, use, info) => {
    const server = await Server.start(mail.url);
    await use(server);
    await server.remove();
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: server.log, contentType: "text/plain" });
    }
    expect(server.log.split("\n").filter((line) => /\bERROR\b|panicked/.test(line))).toEqual([]);
  },

  people: async ({ browser, server, mail }, use) => {
    const everybody: Person[] = [];
    const stranger = async (name: string, options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ baseURL: server.origin, ...options });
      const person = new Person(name, context, server, mail);
      everybody.push(person);
      return person;
    };
    await use({ stranger, member: async (name, options) => (await stranger(name, options)).enroll() });
    for (const person of everybody) await person.context.close();
    for (const person of everybody) expect(person.faults.found, `in the browser of ${person.name}`).toEqual([]);
  },
});
