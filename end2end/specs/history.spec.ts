import type { Locator } from "@playwright/test";
import { expect, test, type People, type Person, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common } = words;

/** The button that leads to the newest message, whether there are unread ones or not. */
const JUMP = pattern(chat.JUMP_TO_LATEST, chat.new_messages_jump_to_latest);
const MANY = Array.from({ length: 300 }, (_, n) => `Message ${n + 1}. ${"and more ".repeat((n * 7) % 23)}`.trim());
const NUMBERS = /Message \d+\./;

/** A conversation with 300 messages by Ben. */
async function long(people: People): Promise<{ ada: Person; ben: Person; path: string }> {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, MANY);
  return { ada, ben, path };
}

const scroller = (tab: Tab): Locator => tab.page.getByRole("region", { name: chat.HISTORY });

/** The first message of which something is seen, and where it is. */
async function underTheEye(tab: Tab): Promise<{ text: string; y: number }> {
  return scroller(tab).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const all = [...scroller.querySelectorAll<HTMLElement>("[role=article], article")];
    const seen = all.find((article) => article.getBoundingClientRect().bottom > top);
    const text = seen?.innerText.match(/Message \d+\./)?.[0] ?? "";
    return { text, y: (seen?.getBoundingClientRect().top ?? NaN) - top };
  });
}

async function placeOf(tab: Tab, text: string): Promise<number> {
  const y = await scroller(tab).evaluate((scroller, text) => {
    const all = [...scroller.querySelectorAll<HTMLElement>("[role=article], article")];
    const seen = all.find((article) => article.innerText.includes(text));
    return (seen?.getBoundingClientRect().top ?? NaN) - scroller.getBoundingClientRect().top;
  }, text);
  return y;
}

/** Turns the wheel until the page stands still. */
async function wheel(tab: Tab, by: number): Promise<void> {
  await scroller(tab).hover();
  await tab.page.mouse.wheel(0, by);
  await rest(tab);
}

/** Waits until nothing has moved for some frames. */
async function rest(tab: Tab): Promise<void> {
  await scroller(tab).evaluate(async (scroller) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let still = 0, at = NaN; still < 10; ) {
      await frame();
      still = scroller.scrollTop === at ? still + 1 : 0;
      at = scroller.scrollTop;
    }
  });
}

/** Lets requests for history through one at a time, when told. */
async function gate(tab: Tab): Promise<{ waiting: () => number; open: () => void }> {
  const held: (() => void)[] = [];
  await tab.page.route("**/api/history*", async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  return { waiting: () => held.length, open: () => held.shift()?.() };
}

test("a long conversation opens at its newest message", async ({ people }) => {
  const { ben, path } = await long(people);
  const tab = await ben.tab(path);
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
  await expect(tab.page.getByRole("button", { name: JUMP })).toHaveCount(0);
  const shown = await tab.texts(NUMBERS);
  expect(shown.length).toBeLessThan(200);
  expect(shown.at(-1)).toBe("Message 300.");
});

test("older pages load while one scrolls up, and the eye stays where it is", async ({ people }) => {
  const { ben, path } = await long(people);
  const tab = await ben.tab(path);
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
  const requests = await gate(tab);
  let count = (await tab.texts(NUMBERS)).length;
  for (let pages = 0; count < 300; pages++) {
    // Once all the way up, where the browser does not hold the place itself, once nearly.
    await wheel(tab, -100_000);
    if (pages % 2) await wheel(tab, 60);
    await expect.poll(requests.waiting).toBe(1);
    const before = await underTheEye(tab);
    expect(before.text).toMatch(NUMBERS);
    requests.open();
    await expect.poll(async () => (await tab.texts(NUMBERS)).length).toBeGreaterThan(count);
    await rest(tab);
    expect(Math.abs((await placeOf(tab, before.text)) - before.y), before.text).toBeLessThanOrEqual(2);
    count = (await tab.texts(NUMBERS)).length;
    expect(pages).toBeLessThan(20);
  }
  await wheel(tab, -100_000);
  await expect(tab.message(/^Message 1\./)).toBeInViewport();
  await expect(tab.page.getByText(chat.LOAD_OLDER)).toHaveCount(0);
  const texts = await tab.texts(NUMBERS);
  expect(texts).toEqual(Array.from({ length: 300 }, (_, n) => `Message ${n + 1}.`));

  await tab.page.getByRole("button", { name: JUMP }).click();
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
});

test("older messages that can't be loaded can be tried again", async ({ people }) => {
  const { ben, path } = await long(people);
  ben.faults.tolerate(/net::ERR_FAILED/);
  const tab = await ben.tab(path);
  await tab.page.route("**/api/history*", (route) => route.abort());
  await wheel(tab, -100_000);
  await expect(tab.page.getByText(say(chat.older_not_loaded, { reason: words.errors.UNAVAILABLE }))).toBeVisible();
  const count = (await tab.texts(NUMBERS)).length;
  await tab.page.unrouteAll();
  await tab.page.getByRole("button", { name: common.TRY_AGAIN }).click();
  await expect.poll(async () => (await tab.texts(NUMBERS)).length).toBeGreaterThan(count);
});

test("who reads further up is not moved by what is said, but told", async ({ people }) => {
  const { ada, ben, path } = await long(people);
  await ada.see(path, 300);
  const tab = await ada.tab(path);
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
  await wheel(tab, -1_500);
  await expect(tab.page.getByRole("button", { name: chat.JUMP_TO_LATEST })).toBeVisible();
  const before = await underTheEye(tab);
  await ben.sendMany(path, ["News one", "News two"]);
  const pill = tab.page.getByRole("button", { name: say(chat.new_messages_jump_to_latest, { count: 2 }) });
  await expect(pill).toBeVisible();
  await rest(tab);
  expect(Math.abs((await placeOf(tab, before.text)) - before.y)).toBeLessThanOrEqual(2);
  await expect(tab.unread("ben", 2)).toBeVisible();

  await pill.click();
  await expect(tab.message("News two")).toBeInViewport();
  await expect(pill).toHaveCount(0);
  await expect(tab.unread("ben", 0)).toBeVisible();

  // At the end again, one reads along.
  await ben.sendMany(path, ["News three"]);
  await expect(tab.message("News three")).toBeInViewport();
  await expect(tab.unread("ben", 0)).toBeVisible();
});

test("a line stands above the first message that was not read", async ({ people }) => {
  const { ada, path } = await long(people);
  await ada.see(path, 280);
  const tab = await ada.tab(path);
  const line = tab.log.getByText(chat.NEW_MESSAGES, { exact: true });
  await expect(line).toBeInViewport();
  const [lineBox, first, last] = await Promise.all([
    line.boundingBox(),
    tab.message(/^Message 281\./).boundingBox(),
    tab.message(/^Message 280\./).boundingBox(),
  ]);
  expect(lineBox && first && lineBox.y < first.y).toBe(true);
  expect(lineBox && last && lineBox.y > last.y).toBe(true);
});

test("with more unread than fits a page, one starts at the first and can go to the last", async ({ people }) => {
  const { ada, path } = await long(people);
  await ada.see(path, 100);
  const tab = await ada.tab(path);
  await expect(tab.log.getByText(chat.NEW_MESSAGES, { exact: true })).toBeInViewport();
  await expect(tab.message(/^Message 101\./)).toBeInViewport();
  // Down through all of it, page by page, each message once.
  await tab.page.getByRole("button", { name: JUMP }).click();
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
  await expect(tab.unread("ben", 0)).toBeVisible();
  await expect.poll(() => ada.unread(path)).toBe(0);
  await tab.reload();
  await expect(tab.message(/^Message 300\./)).toBeInViewport();
  await expect(tab.log.getByText(chat.NEW_MESSAGES, { exact: true })).toHaveCount(0);
});

test("reading down from the first unread message leaves no gap", async ({ people }) => {
  const { ada, path } = await long(people);
  await ada.see(path, 100);
  const tab = await ada.tab(path);
  await expect(tab.message(/^Message 101\./)).toBeInViewport();
  await expect(async () => {
    await wheel(tab, 100_000);
    await expect(tab.message(/^Message 300\./)).toBeInViewport({ timeout: 500 });
  }).toPass();
  const texts = await tab.texts(NUMBERS);
  const first = Number(texts[0]?.match(/\d+/)?.[0]);
  expect(texts).toEqual(Array.from({ length: 301 - first }, (_, n) => `Message ${first + n}.`));
  await expect(tab.unread("ben", 0)).toBeVisible();
});

test("what was said today was said yesterday once the day is over", async ({ people }) => {
  const ada = await people.member("ada");
  const path = await ada.room("Tea house");
  await ada.sendMany(path, ["Before midnight"]);
  const tab = await ada.tab();
  await tab.page.clock.install();
  await tab.open(path);
  await expect(tab.log.getByText(words.time.TODAY, { exact: true })).toBeVisible();
  await expect(tab.row("Tea house")).not.toContainText(words.time.YESTERDAY);
  const left = await tab.page.evaluate(() => new Date().setHours(24, 0, 1, 0) - Date.now());
  await tab.page.clock.fastForward(left);
  await expect(tab.log.getByText(words.time.YESTERDAY, { exact: true })).toBeVisible();
  await expect(tab.log.getByText(words.time.TODAY, { exact: true })).toHaveCount(0);
  await expect(tab.row("Tea house")).toContainText(words.time.YESTERDAY);
});
