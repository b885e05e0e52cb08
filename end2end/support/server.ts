import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const TARGET = resolve(import.meta.dirname, "../../target");
const BINARY = process.env.WECONNECT_BIN || join(TARGET, "release/weconnect");
const SITE = process.env.WECONNECT_SITE || process.env.SITE_DIR || join(TARGET, "site");

/** The program that ships, with a data folder of its own. */
export class Server {
  /** What it wrote to standard error since it was first started. */
  log = "";
  readonly #data: string;
  readonly #smtp: string;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(data: string, smtp: string) {
    this.#data = data;
    this.#smtp = smtp;
  }

  /** Starts one that sends its mail to `smtp`, on a free port. */
  static async start(smtp: string): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "weconnect-")), smtp);
    await server.start();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it again on the same data; after the first time, on the same port. */
  async start(): Promise<void> {
    const child = spawn(BINARY, [], {
      cwd: this.#data,
      env: {
        ...process.env,
        LISTEN: `127.0.0.1:${this.#port}`,
        DATA_DIR: this.#data,
        DATABASE_URL: "",
        REDIS_URL: "",
        PUBLIC_URL: "",
        SMTP_URL: this.#smtp,
        SITE_DIR: SITE,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    child.stderr?.on("data", (chunk) => (this.log += chunk));
    const port = await new Promise<string>((resolve, reject) => {
      let out = "";
      child.stdout?.on("data", (chunk) => {
        out += chunk;
        const port = out.match(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/m)?.[1];
        if (port) resolve(port);
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${BINARY} ended with ${code}:\n${this.log}`)));
    });
    this.#port = Number(port);
  }

  /** `kill -9`: no chance to finish anything. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it for good and removes its data. */
  async remove(): Promise<void> {
    await this.#end("SIGKILL");
    await rm(this.#data, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}
