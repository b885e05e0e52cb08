import { randomBytes } from "node:crypto";
import { WebSocket } from "ws";

/** Messages that one socket may have sent without an answer (`protocol::limits::SENDS_IN_FLIGHT`). */
const IN_FLIGHT = 64;

/** A client of the live protocol without a browser, to prepare much in little time. */
export class Wire {
  readonly #socket: WebSocket;
  readonly #acks = new Map<string, { stored: () => void; failed: (reason: Error) => void }>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(JSON.parse(data.toString())));
    socket.on("close", (code) => this.#fail(new Error(`the socket closed with ${code}`)));
    socket.on("error", (error) => this.#fail(error));
  }

  static async open(origin: string, cookie: string): Promise<Wire> {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/ws`, { headers: { cookie } });
    await new Promise<void>((resolve, reject) => {
      socket.once("message", () => resolve());
      socket.once("error", reject);
    });
    return new Wire(socket);
  }

  /** Sends these in order and waits until the last is stored. */
  async send(conversation: string, bodies: string[]): Promise<void> {
    const waiting = new Set<Promise<void>>();
    for (const body of bodies) {
      const id = uuidV7();
      const stored = new Promise<void>((stored, failed) => this.#acks.set(id, { stored, failed }));
      this.#socket.send(JSON.stringify({ send: { id, conversation, body } }));
      waiting.add(stored);
      void stored.then(() => waiting.delete(stored), () => {});
      if (waiting.size >= IN_FLIGHT) await Promise.race(waiting);
    }
    await Promise.all(waiting);
  }

  /** Reads up to this place, which must be further than before; waits until the server has noted it. */
  async seen(conversation: string, seq: number): Promise<void> {
    const noted = new Promise<void>((resolve, reject) => {
      this.#socket.on("message", (data) => {
        const { read } = JSON.parse(data.toString());
        if (read && read.conversation === conversation && read.seen >= seq) resolve();
      });
      this.#socket.once("close", () => reject(new Error("the socket closed")));
    });
    this.#socket.send(JSON.stringify({ do: { conversation, command: { seen: { seq } } } }));
    await noted;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.close();
    await closed;
  }

  #receive({ stored, rejected }: { stored?: { acks: { id: string }[] }; rejected?: { id: string } }): void {
    for (const { id } of stored?.acks ?? []) {
      this.#acks.get(id)?.stored();
      this.#acks.delete(id);
    }
    if (rejected) this.#acks.get(rejected.id)?.failed(new Error(JSON.stringify(rejected)));
  }

  #fail(reason: Error): void {
    for (const { failed } of this.#acks.values()) failed(reason);
    this.#acks.clear();
  }
}

/** A UUIDv7 (RFC 9562, section 5.7), as clients make them for their messages. */
function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
