import { BROKEN_NETWORK, REFUSALS } from "../support/faults.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common, errors, presence, status, time } = words;

/** After the last tab closed somebody is there for five seconds yet. */
const GONE = { timeout: 30_000 };
const LAST_SEEN = new RegExp(`^${pattern(time.last_seen_today).source.replace(".+", "\\d?\\d:\\d\\d")}`);
const ABSENT = `^(${pattern(presence.OFFLINE, time.last_seen_today).source})`;

/** Two people who have talked, so that each is in the list of the other. */
async function acquainted(ada: Person, ben: Person): Promise<string> {
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Hello"]);
  return path;
}

/** Chooses something in the menu behind one's own face; it stays open. */
async function choose(tab: Tab, name: string): Promise<void> {
  const button = tab.page.getByRole("button", { name, exact: true });
  if (!(await button.isVisible())) await tab.you.click();
  await alive(tab);
  await button.click();
}

/** The menu's forms are there at once; without a page load they work a moment later. */
async function alive({ page }: Tab): Promise<void> {
  await expect(page.locator("details[open] [aria-busy]")).toHaveCount(0);
}

test("who comes and goes is seen to, in the list and above the talk", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  const adas = await ada.tab(path);
  const bens = await ben.tab("/");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await expect(adas.row("ben")).toContainText(presence.ONLINE);
  await expect(bens.row("ada")).toContainText(presence.ONLINE);
  await expect(adas.you).toHaveAccessibleName(presence.YOU_ONLINE);

  // A reload is not seen: cleo goes after it, and that is.
  const cleo = await people.member("cleo");
  await acquainted(ada, cleo);
  const cleos = await cleo.tab("/");
  await expect(adas.row("cleo")).toContainText(presence.ONLINE);
  const seen: string[] = [];
  await adas.page.exposeFunction("noted", (text: string) => seen.push(text));
  await adas.subtitle.evaluate((line) => {
    const noted = (window as unknown as { noted(text: string): void }).noted;
    new MutationObserver(() => noted(line.textContent ?? "")).observe(line, { subtree: true, characterData: true });
  });
  await bens.reload();
  await cleos.page.close();
  await expect(adas.row("cleo")).toContainText(presence.OFFLINE, GONE);
  expect(seen).toEqual([]);

  await bens.page.close();
  await expect(adas.subtitle).toHaveText(LAST_SEEN, GONE);
  await expect(adas.row("ben")).toContainText(presence.OFFLINE);
  // The page itself says so, before any script runs; local time comes after.
  const html = await (await ada.context.request.get(path)).text();
  expect(html).toMatch(pattern(time.last_seen_on_date));
  await adas.reload();
  await expect(adas.subtitle).toHaveText(LAST_SEEN);
});

test("who does nothing for five minutes is away, until they do something", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  const adas = await ada.tab(path);
  const bens = await ben.tab();
  await bens.page.clock.install();
  await bens.open(path);
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await bens.page.clock.fastForward("04:00");
  await bens.page.mouse.move(200, 200);
  await bens.page.clock.fastForward("04:00");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await bens.page.clock.fastForward("01:10");
  await expect(adas.subtitle).toHaveText(presence.AWAY);
  await expect(adas.row("ben")).toContainText(presence.AWAY);

  // In another tab they are not: that counts. Nor does a new connection of the idle one change that.
  const other = await ben.tab("/");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await other.page.close();
  await expect(adas.subtitle).toHaveText(presence.AWAY, GONE);
  await bens.page.keyboard.press("Shift");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
});

test("what one chooses is seen, and by one's own tabs too", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  const adas = await ada.tab(path);
  const [bens, other] = [await ben.tab(path), await ben.tab("/")];
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  for (const [choice, seen, you] of [
    [status.DO_NOT_DISTURB, presence.DO_NOT_DISTURB, presence.YOU_DO_NOT_DISTURB],
    [status.AWAY, presence.AWAY, presence.YOU_AWAY],
    [status.ONLINE, presence.ONLINE, presence.YOU_ONLINE],
  ] as const) {
    await choose(bens, choice);
    await expect(adas.subtitle).toHaveText(seen);
    await expect(adas.row("ben")).toContainText(seen);
    for (const tab of [bens, other]) await expect(tab.you).toHaveAccessibleName(you);
    await expect(bens.page.getByRole("button", { name: choice, exact: true })).toHaveAttribute("aria-pressed", "true");
  }
  // It looks as if ben had gone; he himself talks on.
  await choose(bens, status.INVISIBLE);
  await expect(adas.subtitle).toHaveText(LAST_SEEN);
  await bens.page.keyboard.press("Escape");
  await expect(bens.you).toBeFocused();
  await bens.say("Nobody knows that I am here");
  await expect(adas.message("Nobody knows that I am here", "ben")).toBeVisible();
  await expect(adas.subtitle).toHaveText(LAST_SEEN);
  await bens.reload();
  await expect(bens.you).toHaveAccessibleName(presence.YOU_OFFLINE);
});

test("a status is seen at once and ends in time", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  const adas = await ada.tab();
  await adas.page.clock.install();
  await adas.open(path);
  const [bens, other] = [await ben.tab("/"), await ben.tab("/")];
  await expect(adas.subtitle).toHaveText(presence.ONLINE);

  // One of those that most people need.
  await bens.you.click();
  await alive(bens);
  const { page } = bens;
  await page.getByRole("button", { name: status.HAVING_BREAK }).click();
  await expect(adas.subtitle).toHaveText(`${presence.ONLINE} · 🍵 ${status.HAVING_BREAK}`);
  await expect(adas.row("ben")).toContainText("🍵");
  const until = new RegExp(`🍵 ${status.HAVING_BREAK}\\s*${pattern(status.until).source}`);
  await expect(page.getByRole("region", { name: status.YOUR_STATUS })).toContainText(until);
  await other.you.click();
  await alive(other);
  const elsewhere = other.page.getByRole("region", { name: status.YOUR_STATUS });
  await expect(elsewhere).toContainText(`🍵 ${status.HAVING_BREAK}`);
  // It ends while ada looks, and she need not ask.
  await adas.page.clock.fastForward("29:00");
  await expect(adas.subtitle).toContainText(status.HAVING_BREAK);
  // The page asks whether the server is there; before more time passes, it has heard from it.
  await ben.sendMany(path, ["Still here"]);
  await expect(adas.message("Still here")).toBeVisible();
  await adas.page.clock.fastForward("01:30");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await expect(adas.row("ben")).not.toContainText("🍵");

  // One's own words, also without an emoji, and until one takes them away.
  await page.getByLabel(status.STATUS, { exact: true }).fill("Reading <b>proofs</b>");
  await page.getByLabel(status.CLEAR_AFTER).selectOption(status.UNTIL_CLEARED);
  await page.getByRole("button", { name: common.SAVE }).click();
  await expect(adas.subtitle).toHaveText(`${presence.ONLINE} · Reading <b>proofs</b>`);
  await expect(page.getByLabel(status.STATUS, { exact: true })).toHaveValue("");
  await page.getByRole("button", { name: status.CLEAR, exact: true }).click();
  await expect(adas.subtitle).toHaveText(presence.ONLINE);

  // What can't be one stays where it was typed.
  ben.faults.tolerate(REFUSALS);
  await page.getByLabel(status.EMOJI, { exact: true }).fill("ok");
  await page.getByRole("button", { name: common.SAVE }).click();
  await expect(page.getByLabel(status.EMOJI, { exact: true })).toHaveAccessibleDescription(errors.EMOJI_MALFORMED);
  await page.getByLabel(status.EMOJI, { exact: true }).fill("📚");
  await page.getByLabel(status.STATUS, { exact: true }).fill("x".repeat(101));
  await page.getByRole("button", { name: common.SAVE }).click();
  const tooLong = say(errors.status_too_long, { count: 100 });
  await expect(page.getByLabel(status.STATUS, { exact: true })).toHaveAccessibleDescription(tooLong);
  await expect(page.getByLabel(status.STATUS, { exact: true })).toHaveValue("x".repeat(101));
});

test("without a connection nobody is there; with it, who is", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  ada.faults.tolerate(BROKEN_NETWORK);
  const adas = await ada.tab(path);
  await ben.tab("/");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await ada.context.setOffline(true);
  await expect(adas.page.getByRole("status").filter({ hasText: words.connection.OFFLINE })).toBeVisible();
  await expect(adas.subtitle).not.toContainText(presence.ONLINE);
  await expect(adas.row("ben")).not.toContainText(presence.ONLINE);
  await ada.context.setOffline(false);
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
});

test("after a crash of the server nobody is there until they come back", async ({ people, server }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  for (const person of [ada, ben, cleo]) person.faults.tolerate(BROKEN_NETWORK);
  const path = await acquainted(ada, ben);
  await acquainted(ada, cleo);
  const adas = await ada.tab(path);
  const bens = await ben.tab("/");
  await cleo.tab("/");
  await expect(adas.subtitle).toHaveText(presence.ONLINE);
  await expect(adas.row("cleo")).toContainText(presence.ONLINE);
  await server.kill();
  await bens.page.close();
  await server.start();
  await expect(adas.row("cleo")).toContainText(presence.ONLINE, GONE);
  await expect(adas.subtitle).toHaveText(new RegExp(ABSENT));
});

test("with scripts off one chooses and says it all the same", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben", { javaScriptEnabled: false })];
  ben.faults.tolerate(REFUSALS);
  const path = await acquainted(ada, ben);
  const adas = await ada.tab(path);
  const tab = await ben.tab();
  const { page } = tab;
  await page.goto(path);
  await expect(tab.row("ada")).toContainText(presence.ONLINE);
  await expect(tab.subtitle).toHaveText(presence.ONLINE);
  await tab.you.click();
  await page.getByLabel(status.EMOJI, { exact: true }).fill("📚");
  await page.getByLabel(status.STATUS, { exact: true }).fill("Reading");
  await page.getByLabel(status.CLEAR_AFTER).selectOption(status.THIS_WEEK);
  await page.getByRole("button", { name: common.SAVE }).click();
  await expect(adas.subtitle).toHaveText(new RegExp(`${ABSENT} · 📚 Reading$`));
  await expect(page).toHaveURL(new RegExp(`${path}\\??$`));
  await choose(tab, status.DO_NOT_DISTURB);
  await expect(tab.you).toHaveAccessibleName(presence.YOU_DO_NOT_DISTURB);

  await tab.you.click();
  await expect(page.getByRole("region", { name: status.YOUR_STATUS })).toContainText("📚 Reading");
  await page.getByLabel(status.EMOJI, { exact: true }).fill("no");
  await page.getByLabel(status.STATUS, { exact: true }).fill("Reading more");
  await page.getByRole("button", { name: common.SAVE }).click();
  // The menu is open again, with what was typed and what is wrong with it.
  await expect(page.getByLabel(status.EMOJI, { exact: true })).toHaveAccessibleDescription(errors.EMOJI_MALFORMED);
  await expect(page.getByLabel(status.EMOJI, { exact: true })).toHaveValue("no");
  await expect(page.getByLabel(status.STATUS, { exact: true })).toHaveValue("Reading more");
  await page.getByRole("button", { name: status.CLEAR, exact: true }).click();
  await expect(adas.subtitle).not.toContainText("Reading");
});

test("the menu opens and closes by key, and by a press elsewhere", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab("/");
  const busy = tab.page.getByRole("button", { name: status.DO_NOT_DISTURB });
  await tab.you.focus();
  await tab.page.keyboard.press("Enter");
  await expect(busy).toBeVisible();
  await alive(tab);
  await tab.page.keyboard.press("Tab");
  await tab.page.keyboard.press("Tab");
  await tab.page.keyboard.press("Tab");
  await expect(busy).toBeFocused();
  await tab.page.keyboard.press("Space");
  await expect(tab.you).toHaveAccessibleName(presence.YOU_DO_NOT_DISTURB);
  await tab.page.keyboard.press("Escape");
  await expect(busy).toBeHidden();
  await expect(tab.you).toBeFocused();
  await tab.you.click();
  await expect(busy).toBeVisible();
  await tab.page.getByText(chat.NOTHING_OPEN).click();
  await expect(busy).toBeHidden();
});

test("a clock that is set ahead sends nobody away", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await acquainted(ada, ben);
  const adas = await ada.tab();
  const said: string[] = [];
  adas.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => said.push(payload.toString())));
  await adas.page.clock.install();
  await adas.open(path);
  await adas.page.clock.setSystemTime(Date.now() + 60 * 60 * 1_000);
  // Whatever comes makes the page look at what is due.
  await ben.sendMany(path, ["An hour later?"]);
  await expect(adas.message("An hour later?")).toBeVisible();
  await adas.say("No");
  await expect(adas.message("No")).toContainText(pattern(chat.SENT, chat.SEEN));
  expect(said.filter((frame) => frame.includes("activity"))).toEqual([]);
});
