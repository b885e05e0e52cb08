import type { BrowserContext, Page } from "@playwright/test";
import { BROKEN_NETWORK } from "../support/faults.ts";
import { expect, test } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common, presence } = words;

/** What the program says when it can't take a page over. */
const NOT_TAKEN_OVER = /Unrecoverable hydration error|hydration error occurred|unreachable|panicked/;

/** Puts an element of its own into the page as soon as there is one like `place`: as an extension does, before the
 * page's program. */
async function insert(context: BrowserContext, place: string, where: InsertPosition): Promise<void> {
  await context.addInitScript(
    ([place, where]) => {
      const observer = new MutationObserver(() => {
        const found = document.querySelector(place);
        if (!found) return;
        observer.disconnect();
        const element = document.createElement("div");
        element.id = "extension";
        element.textContent = "Note";
        found.insertAdjacentElement(where, element);
      });
      observer.observe(document, { childList: true, subtree: true });
    },
    [place, where] as const,
  );
}

/** Wraps each text in elements, as translators do, from the first and whenever one is added; what must not be
 * translated, and no text of ours, stays. */
async function translate(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const wrap = (root: Node) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
      for (const text of texts) {
        const around = text.parentElement;
        if (!around || !text.data.trim() || around.closest("font, script, style, title, textarea, [translate=no]")) {
          continue;
        }
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        inner.textContent = `«${text.data}»`;
        outer.append(inner);
        text.replaceWith(outer);
      }
    };
    const observer = new MutationObserver((records) => {
      for (const { target, type } of records) if (type === "childList") wrap(target);
    });
    addEventListener("DOMContentLoaded", () => {
      wrap(document.body);
      observer.observe(document.body, { childList: true, subtree: true });
    });
  });
}

const inert = (page: Page) => page.getByRole("alert").filter({ hasText: words.server.NO_LONGER_REACTS });

for (const [what, place, where] of [
  ["at the start of the body", "body > *", "beforebegin"],
  ["inside of the app", "main > *", "beforebegin"],
  ["between buttons", "form button, .composer > *", "beforebegin"],
  ["at the end of the messages", "[role=log] > .row", "afterend"],
] as const) {
  test(`a page comes alive with a foreign element ${what}`, async ({ people }) => {
    const [ada, ben] = [await people.member("ada"), await people.member("ben")];
    const path = await ben.direct(ada);
    await ben.sendMany(path, ["Hello"]);
    await ada.call("set_theme", { theme: "dark" });
    await insert(ada.context, place, where);
    const tab = await ada.tab(path);
    await expect(tab.message("Hello", "ben")).toHaveCount(1);
    await tab.say("I am alive");
    await expect(tab.message("I am alive", chat.YOU)).toContainText(chat.SENT);
    await ben.sendMany(path, ["Good"]);
    await expect(tab.message("Good", "ben")).toHaveCount(1);
    await expect(inert(tab.page)).toBeHidden();
    // What the server knew is known: the theme, and what was read.
    await expect(tab.page.locator("html")).toHaveAttribute("data-theme", "dark");
    await tab.page.getByRole("link", { name: common.SETTINGS }).click();
    await expect(tab.page.getByRole("heading", { name: common.SETTINGS, level: 1 })).toBeVisible();
  });
}

test("an element after the app does not matter", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await insert(ada.context, "dialog", "afterend");
  const tab = await ada.tab(path);
  await tab.say("I am alive");
  await expect(tab.page.locator("#extension")).toHaveCount(1);
});

test("the pages of the way in come alive too, with what was typed", async ({ people }) => {
  const ada = await people.member("ada");
  await ada.context.clearCookies();
  await insert(ada.context, "main > *", "beforebegin");
  // Typed before the program is there.
  let go = () => {};
  const waiting = new Promise<void>((resolve) => (go = resolve));
  await ada.context.route(/\.wasm$/, async (route) => {
    await waiting;
    await route.continue();
  });
  const tab = await ada.tab();
  const { page } = tab;
  await page.goto("/sign-in");
  await page.getByLabel(words.auth.EMAIL_OR_USERNAME).fill("ada");
  await page.getByLabel(common.PASSWORD, { exact: true }).fill(ada.password);
  go();
  await tab.hydrated();
  await expect(page.getByLabel(words.auth.EMAIL_OR_USERNAME)).toHaveValue("ada");
  await expect(page.getByLabel(common.PASSWORD, { exact: true })).toBeFocused();
  await page.getByRole("button", { name: common.SIGN_IN }).click();
  await expect(tab.list).toBeVisible();
});

test("what the count of elements misses loads the page once more", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ada.faults.tolerate(NOT_TAKEN_OVER);
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["Hello"]);
  // As many elements as before, but others: a text is where an element was expected, and the element is elsewhere.
  await ada.context.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      const header = document.querySelector(".talk-pane header");
      const first = header?.firstElementChild;
      if (first) header.after(first);
      header?.prepend("Note");
    });
  });
  const tab = await ada.tab();
  await tab.page.goto(path);
  await tab.live();
  await tab.say("I am alive");
  await expect(tab.message("I am alive", chat.YOU)).toContainText(chat.SENT);
  await expect(inert(tab.page)).toBeHidden();
});

test("a page that can't come alive says so", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ada.faults.tolerate(NOT_TAKEN_OVER, BROKEN_NETWORK);
  const path = await ben.direct(ada);
  // Neither the server's page can be taken over, nor can one be made.
  await ada.context.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      Document.prototype.createElement = () => {
        throw new Error("not in this browser");
      };
      document.querySelector(".talk-pane header")?.prepend("Note");
    });
  });
  const { page } = await ada.tab();
  await page.goto(path);
  await expect(inert(page)).toBeVisible();
  await expect(inert(page).getByRole("link", { name: words.server.LOAD_AGAIN })).toBeVisible();
});

test("texts that change in place stay right under a translator", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  await translate(ada.context);
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["Hello"]);
  await ben.befriend(ada);
  const room = await ben.room("Tea house");
  await ada.room("Tea house");
  const tab = await ada.tab(path);
  const { page } = tab;
  const said = tab.log.getByRole("article");
  await expect(said.filter({ hasText: "«Hello»" })).toHaveCount(1);

  // A tick, which becomes two.
  await tab.composer.fill("Seen?");
  await tab.composer.press("Enter");
  const own = said.filter({ hasText: "«Seen?»" });
  await expect(own).toContainText(`«${chat.SENT}»`);
  const bens = await ben.tab(path);
  await expect(bens.message("Seen?")).toBeVisible();
  await expect(own).toContainText(`«${chat.SEEN}»`);
  await expect(own).not.toContainText(chat.SENT);

  // Whether somebody is there, in the header and in the list.
  await expect(tab.subtitle).toHaveText(`«${presence.ONLINE}»`);
  await ben.call("set_availability", { availability: "busy" });
  await expect(tab.subtitle).toHaveText(`«${presence.DO_NOT_DISTURB}»`);
  await expect(tab.row("ben")).toContainText(presence.DO_NOT_DISTURB);
  await expect(tab.row("ben")).not.toContainText(presence.ONLINE);

  // Counts and last words in the list. The number itself is not translated.
  const unread = chat.unread.split("{count}").map((part) => part && `«${part}»`);
  for (let n = 1; n <= 3; n++) {
    await ben.sendMany(room, [`Word ${n}`]);
    await expect(tab.row("Tea house")).toContainText(unread.join(String(n)));
    await expect(tab.row("Tea house")).toContainText(`«ben: Word ${n}»`);
  }
  await expect(tab.row("Tea house")).not.toContainText("Word 2");

  // Names.
  await ben.call("profile_update", { display_name: "Benjamin", pronouns: "", bio: "" });
  await expect(page.getByRole("heading", { name: "Benjamin" })).toBeVisible();
  await expect(tab.row("Benjamin")).toBeVisible();
  await expect(page.getByText("ben", { exact: true })).toHaveCount(0);

  // What one is told while one writes, and how many there are of a room.
  await tab.composer.fill("é".repeat(7_999));
  await expect(page.getByText(`«${say(chat.characters_left, { count: 1 })}»`)).toBeVisible();
  await tab.composer.fill("é".repeat(7_990));
  await expect(page.getByText(`«${say(chat.characters_left, { count: 10 })}»`)).toBeVisible();
  await expect(page.getByText(`«${say(chat.characters_left, { count: 1 })}»`)).toHaveCount(0);
  await tab.composer.fill("");
  await expect(page.getByText(pattern(chat.characters_left))).toHaveCount(0);
  await tab.row("Tea house").getByRole("link").click();
  await expect(tab.subtitle).toHaveText(`«${say(chat.members, { count: 2 })}»`);
  await (await people.member("cleo")).room("Tea house");
  await expect(tab.subtitle).toHaveText(`«${say(chat.members, { count: 3 })}»`);
});
