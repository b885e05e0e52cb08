import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";

const TEMPLATES = new URL("../../server/domain/templates/mail/", import.meta.url);

/** The subject of the mails that are made of a template. */
function subjectOf(template: string): string {
  const text = readFileSync(new URL(`${template}.txt`, TEMPLATES), "utf8");
  const [, subject] = /{% block subject %}(.+?){% endblock %}/.exec(text) ?? [];
  if (!subject) throw new Error(`the mail ${template} has no subject`);
  return subject;
}

/** A real SMTP server that keeps what it is sent. */
export class MailSink {
  readonly #server: SMTPServer;
  readonly #mails: { to: string; mail: ParsedMail }[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, session, done) => {
        simpleParser(stream).then((mail) => {
          for (const { address } of session.envelope.rcptTo) {
            this.#mails.push({ to: address, mail });
          }
          for (const wake of this.#waiting.splice(0)) wake();
          done();
        }, done);
      },
    });
  }

  static async start(): Promise<MailSink> {
    const sink = new MailSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    // Without a listener, a server that is killed while it talks to us would end the test run.
    sink.#server.on("error", () => {});
    return sink;
  }

  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  /** Takes the oldest mail to this address; waits for it as long as the test may take. */
  async take(to: string): Promise<ParsedMail> {
    for (;;) {
      const index = this.#mails.findIndex((entry) => entry.to.toLowerCase() === to.toLowerCase());
      const [found] = index < 0 ? [] : this.#mails.splice(index, 1);
      if (found) return found.mail;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Takes the mails to this address, up to the first that is made of this template. */
  async takeAbout(to: string, template: string): Promise<ParsedMail> {
    const subject = subjectOf(template);
    for (;;) {
      const mail = await this.take(to);
      if (mail.subject === subject) return mail;
    }
  }

  /** How many mails to this address were not taken yet. */
  count(to: string): number {
    return this.#mails.filter((entry) => entry.to.toLowerCase() === to.toLowerCase()).length;
  }

  /** The one link in the next mail to this address. */
  async takeLink(to: string): Promise<string> {
    return this.#link(await this.take(to));
  }

  /** The link in the next mail to this address that leads to this path. */
  async linkTo(to: string, path: string): Promise<string> {
    for (;;) {
      const link = await this.takeLink(to);
      if (new URL(link).pathname === path) return link;
    }
  }

  #link({ text }: ParsedMail): string {
    const links = text?.match(/https?:\/\/\S+/g) ?? [];
    if (links.length !== 1 || !links[0]) throw new Error(`a mail should have one link: ${text}`);
    return links[0];
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}
