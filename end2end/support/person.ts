import { expect, type BrowserContext } from "@playwright/test";
import { Faults } from "./faults.ts";
import type { MailSink } from "./mail.ts";
import type { Server } from "./server.ts";
import { Tab } from "./tab.ts";
import { Wire } from "./wire.ts";
import { words } from "./words.ts";

const { auth, common } = words;

/** Somebody with a browser of their own. */
export class Person {
  readonly name: string;
  readonly password = "plum tricycle 9";
  readonly context: BrowserContext;
  readonly faults: Faults;
  readonly #server: Server;
  readonly #mail: MailSink;

  constructor(name: string, context: BrowserContext, server: Server, mail: MailSink) {
    this.name = name;
    this.context = context;
    this.faults = new Faults(context, () => server.origin);
    this.#server = server;
    this.#mail = mail;
  }

  get email(): string {
    return `${this.name}@example.org`;
  }

  /** A new tab; with a path, once the page there is live. */
  async tab(path?: string): Promise<Tab> {
    const tab = new Tab(await this.context.newPage());
    if (path) await tab.open(path);
    return tab;
  }

  /** Signs up as people do: the form, the mail, the link, the button. */
  async signUp(tab: Tab): Promise<void> {
    const { page } = tab;
    await page.goto("/sign-up");
    await page.getByLabel(common.EMAIL, { exact: true }).fill(this.email);
    await page.getByLabel(common.USERNAME, { exact: true }).fill(this.name);
    await page.getByLabel(common.PASSWORD, { exact: true }).fill(this.password);
    await page.getByRole("button", { name: auth.CREATE_THIS_ACCOUNT }).click();
    await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
    await expect(page.getByRole("main")).toContainText(this.email);
    await page.goto(await this.#mail.takeLink(this.email));
    await page.getByRole("button", { name: auth.CONFIRM_AND_SIGN_IN }).click();
    await expect(tab.list).toBeVisible();
  }

  /** Signs up over the same requests, without a page. */
  async enroll(): Promise<this> {
    await this.call("sign_up", { email: this.email, username: this.name, password: this.password });
    // The page that follows takes the cookie with what was typed.
    await this.context.request.get("/sign-up/sent");
    const token = new URL(await this.#mail.takeLink(this.email)).searchParams.get("token") ?? "";
    await this.call("verify", { token });
    return this;
  }

  /** Fills in the sign-in form and sends it. */
  async signIn(tab: Tab, login: string, password = this.password): Promise<void> {
    await tab.page.getByLabel(auth.EMAIL_OR_USERNAME).fill(login);
    await tab.page.getByLabel(common.PASSWORD, { exact: true }).fill(password);
    await tab.page.getByRole("button", { name: common.SIGN_IN }).click();
  }

  /** Begins, or finds, the conversation with somebody; returns the path of its page. */
  async direct(other: Person): Promise<string> {
    return this.call("start_direct", { username: other.name });
  }

  /** Joins or creates a room; returns the path of its page. */
  async room(name: string): Promise<string> {
    return this.call("join_room", { room: name });
  }

  /** Does something about somebody, such as `request` or `block`, without a page. */
  async relate(change: string, other: Person): Promise<void> {
    await this.call("change_relationship", { person: await other.id(), change });
  }

  /** Becomes somebody's friend, without a page. */
  async befriend(other: Person): Promise<void> {
    await this.relate("request", other);
    await other.relate("accept", this);
  }

  /** Sets what others may do; what is not named is as it is for everybody at first. */
  async privacy(choice: { messages?: string; presence?: string; receipts?: boolean }): Promise<void> {
    const { messages = "everyone", presence = "everyone", receipts = true } = choice;
    await this.call("set_privacy", { messages, presence, receipts: receipts ? "on" : "" });
  }

  /** This person's invitation link. */
  async invitation(): Promise<string> {
    const [, link] = (await this.#ask("contacts")) as [unknown, string];
    return link;
  }

  /** This person's id. */
  async id(): Promise<string> {
    const me = (await this.#ask("me")) as { user: { id: string } };
    return me.user.id;
  }

  /** Sends many messages, in order, without a page. */
  async sendMany(path: string, bodies: string[]): Promise<void> {
    await this.wire((wire) => wire.send(idOf(path), bodies));
  }

  /** Reads up to this place, further than before, without a page. */
  async see(path: string, seq: number): Promise<void> {
    await this.wire((wire) => wire.seen(idOf(path), seq));
  }

  /** How much is unread there, as the server has it; a page may be ahead. */
  async unread(path: string): Promise<number> {
    const { conversations } = (await this.#ask("bootstrap")) as { conversations: { id: string; unread: number }[] };
    return conversations.find((row) => row.id === idOf(path))?.unread ?? -1;
  }

  /** Speaks the live protocol in this person's name. */
  async wire(talk: (wire: Wire) => Promise<void>): Promise<void> {
    const cookies = await this.context.cookies(this.#server.origin);
    const wire = await Wire.open(this.#server.origin, cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
    try {
      await talk(wire);
    } finally {
      await wire.close();
    }
  }

  /** Calls a server function as the page would; its answer is a text, mostly where to go next. */
  async call(endpoint: string, form: Record<string, string>): Promise<string> {
    return String(await this.#ask(endpoint, form));
  }

  async #ask(endpoint: string, form: Record<string, string> = {}): Promise<unknown> {
    const url = `${this.#server.origin}/api/${endpoint}`;
    const answer = await this.context.request.post(url, { form, headers: { accept: "application/json" } });
    expect(answer.status(), `${endpoint}: ${await answer.text()}`).toBe(200);
    return answer.json();
  }
}

function idOf(path: string): string {
  return path.replace(/^\/c\//, "");
}
