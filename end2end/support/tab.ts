import { expect, type Locator, type Page, type WebSocket } from "@playwright/test";
import { pattern, say, words } from "./words.ts";

const { chat, people, presence, ui } = words;

/** One page of a person, and what is on it, named as a screen reader names it. */
export class Tab {
  readonly page: Page;
  readonly #sockets = new Set<WebSocket>();

  constructor(page: Page) {
    this.page = page;
    // Another page: the sockets of the one before do not count, and not each of them is still reported as closed.
    page.on("request", (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#sockets.clear();
    });
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        if (payload.toString().startsWith('{"ready":')) this.#sockets.add(socket);
      });
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Goes there and waits until the page is live: hydrated, and greeted by the server. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.live();
  }

  /** Loads the page anew, and waits until it is live. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.live();
  }

  async live(): Promise<void> {
    await expect.poll(() => this.#sockets.size, { message: "the page connects", timeout: 60_000 }).toBe(1);
  }

  /** Waits until a page with a password field is hydrated: only then the password can be shown. */
  async hydrated(): Promise<void> {
    await expect(this.page.getByRole("button", { name: ui.SHOW_PASSWORD }).first()).toBeVisible();
  }

  /** Whether the service worker has stored an answer of the server for use without a connection. */
  isCached(path: string): Promise<boolean> {
    return this.page.evaluate(async (path) => !!(await caches.match(path)), path);
  }

  /** The list of conversations. */
  get list(): Locator {
    return this.page.getByRole("navigation", { name: chat.CONVERSATIONS });
  }

  /** A conversation in the list. */
  row(title: string): Locator {
    return this.list.getByRole("listitem").filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** The line below the name in the open conversation's header. */
  get subtitle(): Locator {
    return this.page.getByRole("region", { name: chat.CONVERSATION, exact: true }).locator("h1 + p");
  }

  /** The button with one's own face, which says what one is seen as. */
  get you(): Locator {
    const { YOU_ONLINE, YOU_AWAY, YOU_DO_NOT_DISTURB, YOU_OFFLINE } = presence;
    return this.page.getByLabel(pattern(YOU_ONLINE, YOU_AWAY, YOU_DO_NOT_DISTURB, YOU_OFFLINE));
  }

  /** A conversation's link in the list, by what it says about what was not read. */
  unread(title: string, count: number): Locator {
    const row = this.row(title);
    return row.filter(count ? { hasText: say(chat.unread, { count }) } : { hasNotText: pattern(chat.unread) });
  }

  /** The way to the page of people, by how many wait for an answer. */
  people(requests = 0): Locator {
    const name = requests ? say(people.people_with_requests, { count: requests }) : people.PEOPLE;
    return this.list.getByRole("link", { name, exact: true });
  }

  /** Somebody in a list of the page of people. */
  person(list: string, name: string): Locator {
    const all = this.page.getByRole("region", { name: list, exact: true }).getByRole("listitem");
    // After the name may stand whether they are there.
    const named = new RegExp(`^@${name.replaceAll(".", "\\.")}( ·|$)`);
    return all.filter({ has: this.page.getByText(named) });
  }

  /** The messages. */
  get log(): Locator {
    return this.page.getByRole("log", { name: chat.MESSAGES });
  }

  /** Where one writes. */
  get composer(): Locator {
    return this.page.getByRole("textbox", { name: chat.MESSAGE });
  }

  /** A message by its text; by its author too, where that matters. */
  message(text: string | RegExp, author?: string): Locator {
    const all = author ? this.log.getByRole("article", { name: author, exact: true }) : this.log.getByRole("article");
    const exact = typeof text === "string" ? this.page.getByText(text, { exact: true }) : this.page.getByText(text);
    return all.filter({ has: exact });
  }

  /** What in each message matches the pattern, from top to bottom; nothing for one that does not. */
  async texts(pattern: RegExp): Promise<string[]> {
    const all = await this.log.getByRole("article").allInnerTexts();
    return all.map((text) => text.match(pattern)?.[0] ?? "").filter(Boolean);
  }

  /** Writes a message and sends it with the Enter key. Returns its row. */
  async say(text: string): Promise<Locator> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
    await expect(this.composer).toHaveValue("");
    return this.message(text, chat.YOU);
  }

  /** Expects exactly these messages among those that match the pattern, in this order. */
  async expectTexts(pattern: RegExp, texts: string[], timeout?: number): Promise<void> {
    await expect.poll(() => this.texts(pattern), timeout ? { timeout } : {}).toEqual(texts);
  }

  /** Whether nothing sticks out to the right. */
  async expectNoSidewaysScroll(): Promise<void> {
    const excess = await this.page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth - root.clientWidth;
    });
    expect(excess, "the page is wider than the screen").toBeLessThanOrEqual(0);
  }
}
