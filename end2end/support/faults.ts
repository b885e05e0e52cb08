import type { BrowserContext, Page } from "@playwright/test";

/**
 * What a browser says when the network, not the page, is at fault, also about the service worker's script, and what the
 * loader of lazy parts adds. Only for tests that break it.
 */
export const BROKEN_NETWORK =
  /net::ERR_|WebSocket connection to .* failed|when fetching the script|(Failed to fetch|Network error)[^]*__wasm_split/;

/** What a browser says about an answer that refuses, such as a form with an error in it. */
export const REFUSALS = /the server responded with a status of 4\d\d/;

/**
 * Whatever a person's browser has to complain about: errors in the console, among them violations of the content
 * security policy and hydration that does not fit; exceptions; requests to anybody else's server.
 */
export class Faults {
  readonly #found: string[] = [];
  readonly #tolerated: RegExp[] = [];

  constructor(context: BrowserContext, origin: () => string) {
    context.on("page", (page: Page) => {
      page.on("pageerror", (error) => this.#found.push(`exception: ${error.stack ?? error.message}`));
      page.on("crash", () => this.#found.push("the page crashed"));
    });
    context.on("console", (message) => {
      const { url } = message.location();
      if (message.type() === "error") this.#found.push(`console: ${message.text()} (${url})`);
    });
    context.on("request", (request) => {
      const url = request.url();
      const own = url.startsWith(`${origin()}/`) || /^(about|blob|data|chrome-error):/.test(url);
      if (!own) this.#found.push(`request to another server: ${url}`);
    });
  }

  /** From here on, this is no fault. */
  tolerate(...patterns: RegExp[]): void {
    this.#tolerated.push(...patterns);
  }

  get found(): string[] {
    return this.#found.filter((fault) => !this.#tolerated.some((pattern) => pattern.test(fault)));
  }
}
