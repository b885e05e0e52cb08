import { BROKEN_NETWORK, REFUSALS } from "../support/faults.ts";
import { expect, test, type People, type Person, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common, connection, offline_page } = words;

const OFFLINE = pattern(connection.OFFLINE, connection.OFFLINE_NOT_KEPT);
const NOT_KEPT = pattern(connection.NOT_KEPT, connection.OFFLINE_NOT_KEPT);

/** Two people in a conversation, both looking at it. The first one's network is going to break. */
async function couple(people: People): Promise<{ ada: Person; adas: Tab; bens: Tab; path: string }> {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Before"]);
  ada.faults.tolerate(BROKEN_NETWORK);
  ben.faults.tolerate(BROKEN_NETWORK);
  return { ada, adas: await ada.tab(path), bens: await ben.tab(path), path };
}

/** The browser can show the page again without a server. */
async function keptForOffline(tab: Tab, path: string): Promise<void> {
  await expect.poll(() => tab.isCached(path)).toBe(true);
}

/** What the app asks for when somebody goes to a conversation is kept, too. */
async function keptForApp(tab: Tab, path: string): Promise<void> {
  await expect.poll(() => tab.isCached(`/api/open_conversation/${path.slice(3)}`)).toBe(true);
}

/** The line about the connection, of which a narrow page shows one and a wide one another. */
const line = ({ page }: Tab, text: RegExp) => page.getByRole("status").filter({ hasText: text, visible: true });

const TEN = Array.from({ length: 10 }, (_, n) => `Number ${n}.`);
const DELIVERED = pattern(chat.SENT, chat.SEEN);
const NUMBERS = /Number \d+\./;

async function writeTen(tab: Tab): Promise<void> {
  for (const text of TEN) {
    const row = await tab.say(text);
    await expect(row).toContainText(chat.WAITING_TO_BE_SENT);
  }
}

async function expectTenOnce(...tabs: Tab[]): Promise<void> {
  for (const tab of tabs) {
    await tab.expectTexts(NUMBERS, TEN, 30_000);
    await expect(tab.log).not.toContainText(chat.WAITING_TO_BE_SENT);
    // What the server has, too, and not only what the page makes of it.
    await tab.reload();
    await tab.expectTexts(NUMBERS, TEN);
  }
}

test("ten messages written offline arrive once and in order", async ({ people }) => {
  const { ada, adas, bens } = await couple(people);
  await ada.context.setOffline(true);
  await expect(adas.page.getByRole("status").filter({ hasText: OFFLINE })).toBeVisible();
  await writeTen(adas);
  await ada.context.setOffline(false);
  await expect(adas.message("Number 9.")).toContainText(DELIVERED);
  await expect(adas.page.getByRole("status").filter({ hasText: OFFLINE })).toHaveCount(0);
  await expectTenOnce(adas, bens);
});

test("they survive a reload while offline", async ({ people }) => {
  const { ada, adas, bens, path } = await couple(people);
  await keptForOffline(adas, path);
  await ada.context.setOffline(true);
  await writeTen(adas);
  await adas.page.reload();
  await expect(adas.message("Before")).toBeVisible();
  await adas.expectTexts(NUMBERS, TEN);
  await expect(adas.message("Number 0.")).toContainText(chat.WAITING_TO_BE_SENT);
  await bens.expectTexts(NUMBERS, []);
  await ada.context.setOffline(false);
  await expect(adas.message("Number 9.")).toContainText(DELIVERED, { timeout: 30_000 });
  await expectTenOnce(adas, bens);
});

test("they survive a browser that finds no page at all", async ({ people, server }) => {
  const { adas, bens, path } = await couple(people);
  // Not `setOffline`: the browser's pretence may end with the page, and what still waits there leaves at that moment.
  await server.kill();
  await writeTen(adas);
  await adas.page.goto("about:blank");
  await bens.expectTexts(NUMBERS, []);
  await server.start();
  await adas.open(path);
  await expectTenOnce(adas, bens);
});

test("they survive a reload that finds the page but no live connection", async ({ people }) => {
  const { ada, adas, bens, path } = await couple(people);
  let blocked = true;
  await ada.context.routeWebSocket(/\/ws$/, async (page) => {
    if (blocked) await page.close({ code: 1013 });
    else page.connectToServer();
  });
  await adas.page.goto(path);
  await expect(adas.page.getByRole("status").filter({ hasText: OFFLINE })).toBeVisible();
  await writeTen(adas);
  await adas.page.reload();
  await adas.expectTexts(NUMBERS, TEN);
  await expect(adas.message("Number 0.")).toContainText(chat.WAITING_TO_BE_SENT);
  blocked = false;
  await expect(adas.message("Number 9.")).toContainText(DELIVERED, { timeout: 30_000 });
  await bens.expectTexts(NUMBERS, TEN);
  await expectTenOnce(adas, bens);
});

test("they leave from any page, not only that of their conversation", async ({ people }) => {
  const { ada, adas, bens } = await couple(people);
  await ada.context.setOffline(true);
  await writeTen(adas);
  await adas.page.close();
  await ada.context.setOffline(false);
  await ada.tab("/settings");
  await expectTenOnce(bens);
});

test("ten messages written while the server is dead arrive once and in order", async ({ people, server }) => {
  const { adas, bens, path } = await couple(people);
  await keptForOffline(adas, path);
  await server.kill();
  await writeTen(adas);
  await adas.page.reload();
  await adas.expectTexts(NUMBERS, TEN);
  await server.start();
  await adas.reload();
  await expectTenOnce(adas, bens);
});

test("an acknowledgement that is lost after the commit leaves one message", async ({ people }) => {
  const { ada, adas, bens, path } = await couple(people);
  // Once the message is on its way, ada's browser hears nothing of it any more.
  let cut: (() => Promise<void>) | undefined;
  let deaf = true;
  await ada.context.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    server.onMessage((message) => {
      const { stored, delta } = JSON.parse(message.toString());
      if (!deaf || !(stored || delta)) page.send(message);
    });
    cut = async () => {
      deaf = false;
      await server.close();
      await page.close({ code: 1012 });
    };
  });
  await adas.page.goto(path);
  await expect(adas.message("Before")).toBeVisible();
  const row = await adas.say("Only once");
  await expect(bens.message("Only once")).toBeVisible();
  await expect(row).toContainText(chat.SENDING);
  await cut?.();
  await expect(row).toContainText(DELIVERED);
  await expect(row).toHaveCount(1);
  await adas.say("After");
  await expect(bens.message("After")).toBeVisible();
  for (const tab of [adas, bens]) {
    await expect(tab.message("Only once")).toHaveCount(1);
    await tab.page.reload();
    await tab.expectTexts(/Only once|After/, ["Only once", "After"]);
  }
});

test("a server that is killed under load loses nothing it acknowledged", async ({ people, server }) => {
  test.slow();
  const { adas, bens } = await couple(people);
  const written: string[] = [];
  for (let round = 0; round < 3; round++) {
    const acknowledged: string[] = [];
    const write = async () => {
      const text = `Number ${written.length}.`;
      written.push(text);
      await adas.say(text);
      return text;
    };
    for (let n = 0; n < 5; n++) {
      const text = await write();
      await expect(adas.message(text)).toContainText(DELIVERED);
      acknowledged.push(text);
    }
    // Now without waiting, and the blow falls among them.
    const killed = server.kill();
    for (let n = 0; n < 5; n++) await write();
    await killed;
    await server.start();
    await expect.poll(() => bens.texts(NUMBERS)).toEqual(expect.arrayContaining(acknowledged));
  }
  await adas.expectTexts(NUMBERS, written, 30_000);
  await bens.expectTexts(NUMBERS, written, 30_000);
  for (const tab of [adas, bens]) {
    await tab.reload();
    await tab.expectTexts(NUMBERS, written);
  }
});

test("a page that can't be loaded says so, and takes nothing with it", async ({ people }) => {
  // A service worker's requests can't be made to fail one by one.
  const ada = await people.member("ada", { serviceWorkers: "block" });
  ada.faults.tolerate(BROKEN_NETWORK, /Failed to fetch|is not connected/);
  const path = await ada.room("Tea house");
  await ada.context.route(/\/pkg\/split_secondary_pages/, (route) => route.abort());
  const tab = await ada.tab(path);
  await tab.composer.fill("Half a thou");
  await tab.page.getByRole("link", { name: common.SETTINGS }).click();
  await expect(tab.page.getByRole("alert")).toContainText(words.layout.PAGE_NOT_LOADED);
  await tab.page.goBack();
  await expect(tab.composer).toHaveValue("Half a thou");
  await ada.context.unroute(/\/pkg\/split_secondary_pages/);
  await tab.page.getByRole("link", { name: common.SETTINGS }).click();
  await expect(tab.page.getByRole("heading", { name: common.SETTINGS, level: 1 })).toBeVisible();
});

test("what was kept for offline use is gone after signing out", async ({ people }) => {
  const { ada, adas, path } = await couple(people);
  ada.faults.tolerate(/status of 503/);
  await keptForOffline(adas, path);
  await keptForApp(adas, path);
  await adas.open("/settings");
  await adas.page.getByRole("button", { name: common.SIGN_OUT }).click();
  await expect(adas.page.getByRole("heading", { name: words.auth.WELCOME_BACK })).toBeVisible();
  await ada.context.setOffline(true);
  await adas.page.goto(path);
  await expect(adas.page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
  await expect(adas.page.getByText("Before")).toHaveCount(0);
  expect(await adas.page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("pages")))).toEqual([]);
  await ada.context.setOffline(false);
});

test("an address that was not kept says so, and leads on", async ({ people }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(BROKEN_NETWORK, /status of 503/);
  const tab = await ada.tab("/");
  await keptForOffline(tab, "/");
  await ada.context.setOffline(true);
  await tab.page.goto("/settings/security");
  await expect(tab.page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
  await expect(tab.page.getByRole("alert")).toContainText(offline_page.PAGE_NOT_KEPT);
  await tab.page.getByRole("link", { name: common.TRY_AGAIN }).click();
  await expect(tab.page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
  await tab.page.getByRole("link", { name: chat.TO_YOUR_CONVERSATIONS }).click();
  await expect(tab.list).toBeVisible();
  await tab.page.goBack();
  await expect(tab.page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
  await ada.context.setOffline(false);
  await tab.page.getByRole("link", { name: common.TRY_AGAIN }).click();
  await expect(tab.page.getByRole("heading", { name: words.settings.SECURITY, level: 1 })).toBeVisible();
});

test("a conversation that was open before is there without a connection, as it last was", async ({ people }) => {
  const { ada, adas, bens, path } = await couple(people);
  await ada.room("Tea house");
  await adas.open(path);
  await adas.say("Seen by ben");
  await expect(bens.message("Seen by ben")).toBeVisible();
  await adas.row("Tea house").getByRole("link").click();
  await expect(adas.page.getByRole("heading", { name: "Tea house" })).toBeVisible();
  await bens.say("Said meanwhile");
  await expect(adas.row("ben")).toContainText("Said meanwhile");
  await ada.context.setOffline(true);
  await expect(line(adas, OFFLINE)).toBeVisible();
  await adas.row("ben").getByRole("link").click();
  await adas.expectTexts(/Before|Seen by ben|Said meanwhile/, ["Before", "Seen by ben", "Said meanwhile"]);
  // From there everything works as it does without a connection.
  await adas.composer.fill("Half a thou");
  await adas.row("Tea house").getByRole("link").click();
  await adas.row("ben").getByRole("link").click();
  await expect(adas.composer).toHaveValue("Half a thou");
  await expect(await adas.say("Waits")).toContainText(chat.WAITING_TO_BE_SENT);
  await ada.context.setOffline(false);
  await expect(bens.message("Waits")).toBeVisible();
  await expect(adas.message("Waits")).toContainText(DELIVERED);
});

test("a conversation that was kept before this page was loaded is there without a connection", async ({ people }) => {
  const { ada, adas, path } = await couple(people);
  const never = await ada.room("Tea house");
  const here = await ada.room("Garden");
  await keptForApp(adas, path);
  await adas.open(here);
  await adas.page.evaluate(() => Object.assign(window, { same: true }));
  await ada.context.setOffline(true);
  await adas.row("ben").getByRole("link").click();
  await expect(adas.message("Before")).toBeVisible();
  expect(new URL(adas.page.url()).pathname).toBe(path);
  // One that was never open says so, and opens by itself when it can.
  await adas.row("Tea house").getByRole("link").click();
  await expect(adas.page.getByRole("alert")).toContainText(common.NOT_KEPT_HERE);
  await ada.context.setOffline(false);
  await expect(adas.page.getByRole("heading", { name: "Tea house" })).toBeVisible();
  expect(new URL(adas.page.url()).pathname).toBe(never);
  expect(await adas.page.evaluate(() => (window as unknown as { same?: boolean }).same), "it was no other page").toBe(true);
});

test("a message that the browser could not keep is warned of as long as it waits", async ({ people }) => {
  const { ada, adas, bens } = await couple(people);
  // Full for the first message, with room for others.
  await adas.page.evaluate(() => {
    const set = Storage.prototype.setItem;
    let refused: string | undefined;
    Storage.prototype.setItem = function (key: string, value: string) {
      if (key.includes(":queue:") && key === (refused ??= key)) throw new DOMException("full", "QuotaExceededError");
      set.call(this, key, value);
    };
  });
  await ada.context.setOffline(true);
  await expect(line(adas, OFFLINE)).toBeVisible();
  await adas.say("First");
  await expect(line(adas, NOT_KEPT)).toBeVisible();
  await adas.say("Second");
  await expect(adas.message("Second")).toContainText(chat.WAITING_TO_BE_SENT);
  await expect(line(adas, NOT_KEPT)).toBeVisible();
  await ada.context.setOffline(false);
  await bens.expectTexts(/First|Second/, ["First", "Second"]);
  await expect(line(adas, NOT_KEPT)).toHaveCount(0);
});

/** Ada's browser shows none of her pages any more, with a connection or without. */
async function expectNothingOf(ada: Person, tab: Tab, path: string, kept: string): Promise<void> {
  await expect.poll(() => tab.isCached(path)).toBe(false);
  ada.faults.tolerate(BROKEN_NETWORK, /status of 503/);
  await ada.context.setOffline(true);
  await tab.page.goto(path);
  await expect(tab.page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
  await expect(tab.page.getByText(kept)).toHaveCount(0);
  await ada.context.setOffline(false);
}

test("pages of somebody whose session ended are not the next person's", async ({ people }) => {
  const { ada, adas, path } = await couple(people);
  const cleo = await people.stranger("cleo");
  await keptForOffline(adas, path);
  await adas.page.close();
  await ada.context.clearCookies();
  // In the same browser, and not by the page where one signs in.
  const tab = await ada.tab();
  await cleo.signUp(tab);
  await expectNothingOf(ada, tab, path, "Before");
});

test("pages of somebody who is still signed in go when another confirms an address", async ({ people, mail }) => {
  const { ada, adas, path } = await couple(people);
  const cleo = await people.stranger("cleo");
  ada.faults.tolerate(REFUSALS);
  await keptForOffline(adas, path);
  await cleo.call("sign_up", { email: cleo.email, username: cleo.name, password: cleo.password });
  const tab = await ada.tab();
  await tab.page.goto(await mail.takeLink(cleo.email));
  await expect(tab.page.getByText(say(words.auth.signed_in_as, { name: "ada" }))).toBeVisible();
  await tab.page.getByRole("button", { name: words.auth.CONFIRM_AND_SIGN_IN }).click();
  await expect(tab.list).toBeVisible();
  await expectNothingOf(ada, tab, path, "Before");
});
