import { expect, test, type Person, type Tab } from "../support/test.ts";
import { say, words } from "../support/words.ts";

/** Ends a title and an attribute, begins elements, runs a script, turns what follows around. A name has fifty characters at most. */
const TEXT = "</title><b>x\"'<script>ran=1</script>&lt;\u202e\u2067y";
/** As it is shown: what would turn other texts around is taken out. */
const SHOWN = TEXT.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

/** Enters the first of these rooms whose name is allowed; returns the name and the path. */
async function roomOf(person: Person, names: string[]): Promise<[string, string]> {
  for (const room of names) {
    const answer = await person.context.request.post("/api/join_room", {
      form: { room },
      headers: { accept: "application/json" },
    });
    if (answer.ok()) return [room, String(await answer.json())];
    // Refused in words, not by a server that could not bear it.
    expect(answer.status(), room).toBeLessThan(500);
  }
  throw new Error("no room of these names");
}

/** Nothing of the text became an element, and no script of it ran. */
async function expectNothingOfIt({ page }: Tab): Promise<void> {
  expect(await page.evaluate(() => "ran" in window)).toBe(false);
  await expect(page.locator("b, title ~ title, body title, body meta")).toHaveCount(0);
  expect(await page.evaluate(() => document.querySelectorAll("title").length)).toBe(1);
}

test("what people write is text, on every page and in the window's title", async ({ people }) => {
  test.slow();
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  await ben.call("profile_update", { display_name: TEXT, pronouns: TEXT.slice(0, 30), bio: TEXT });
  await ben.call("set_status", { emoji: "", text: TEXT, expiry: "never" });
  const direct = await ben.direct(ada);
  await ben.sendMany(direct, [TEXT]);
  await ben.befriend(ada);
  const [room, path] = await roomOf(ben, [TEXT, "\"Q&A\"", "Q&A"]);
  await ben.sendMany(path, [TEXT]);
  await roomOf(ada, [room]);
  const shown = new RegExp(`^${SHOWN.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/&lt;/, "&lt;[\u202e\u2067]*")}$`);

  const tab = await ada.tab("/");
  const { page } = tab;
  const title = () => page.title();
  await test.step("the list", async () => {
    await expect(tab.row(SHOWN)).toBeVisible();
    await expect(tab.row(room)).toBeVisible();
    await expectNothingOfIt(tab);
  });
  await test.step("a conversation", async () => {
    await tab.open(direct);
    await expect(page.getByRole("heading", { name: SHOWN, exact: true })).toBeVisible();
    await expect(tab.message(shown, SHOWN)).toBeVisible();
    await expect(tab.subtitle).toContainText(SHOWN);
    await expect.poll(title).toContain(say(words.common.page_title, { page: SHOWN }));
    await expectNothingOfIt(tab);
  });
  await test.step("a room", async () => {
    await tab.open(path);
    await expect(tab.message(shown, SHOWN)).toBeVisible();
    await expect(tab.log.getByRole("link", { name: SHOWN, exact: true })).toBeVisible();
    await expect.poll(title).toContain(say(words.common.page_title, { page: room }));
    await page.getByLabel(words.chat.ABOUT_ROOM).click();
    await expect(page.getByText(say(words.chat.room_is_open, { room }))).toBeVisible();
    await expectNothingOfIt(tab);
  });
  await test.step("a card", async () => {
    await tab.open("/u/ben");
    // The heading, the name, the bio.
    await expect(page.getByText(SHOWN, { exact: true }).filter({ visible: true })).not.toHaveCount(0);
    await expect(page.getByRole("heading", { name: SHOWN, exact: true })).toBeVisible();
    await expect.poll(title).toContain(say(words.common.page_title, { page: SHOWN }));
    await expectNothingOfIt(tab);
    await page.getByText(words.people.BLOCK, { exact: true }).click();
    await expect(page.getByRole("button", { name: say(words.people.block, { name: SHOWN }) })).toBeVisible();
  });
  await test.step("people", async () => {
    await tab.open("/people");
    const friend = tab.person(words.people.FRIENDS, "ben");
    await expect(friend.getByText(SHOWN, { exact: true }).first()).toBeVisible();
    await tab.open("/people?q=ben");
    await expect(tab.person(words.people.FIND_PEOPLE, "ben").getByText(SHOWN, { exact: true }).first()).toBeVisible();
    await expectNothingOfIt(tab);
    // What one looks for oneself stands in the field again.
    await tab.open(`/people?q=${encodeURIComponent("\"><b>x")}`);
    await expect(page.getByRole("textbox", { name: words.people.FIND_PEOPLE })).toHaveValue("\"><b>x");
    await expectNothingOfIt(tab);
  });
  await test.step("an invitation", async () => {
    await page.goto(await ben.invitation());
    await expect(page.getByRole("heading", { name: say(words.auth.invites_you, { name: SHOWN }) })).toBeVisible();
    await expectNothingOfIt(tab);
  });

  const bens = await ben.tab("/settings");
  await test.step("one's own settings", async () => {
    await expect(bens.page.getByRole("main").getByText(SHOWN, { exact: true }).filter({ visible: true }).first()).toBeVisible();
    await expectNothingOfIt(bens);
    await bens.open("/settings/profile");
    await expect(bens.page.getByLabel(words.profile.BIO)).toHaveValue(SHOWN);
    await expectNothingOfIt(bens);
  });
  await test.step("one's own menu", async () => {
    await bens.you.click();
    await expect(bens.page.getByRole("region", { name: words.status.YOUR_STATUS })).toContainText(SHOWN);
    await expectNothingOfIt(bens);
  });
  await test.step("what comes in while one looks", async () => {
    await tab.open(path);
    await ben.call("profile_update", { display_name: `${SHOWN}2`.slice(-50), pronouns: "", bio: "" });
    await ben.sendMany(path, [`${TEXT} again`]);
    await expect(tab.message(/ again$/, `${SHOWN}2`.slice(-50))).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: " again" })).toContainText(SHOWN.slice(1));
    await expectNothingOfIt(tab);
  });
});

test("a message cannot turn around what stands beside it", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.room("Tea house");
  await ada.room("Tea house");
  await ben.sendMany(path, ["\u202egnp.exe and \u2067more"]);
  const tab = await ada.tab(path);
  const row = tab.row("Tea house");
  await expect(row).toContainText(/ben: .*gnp\.exe/);
  // The time stands right of the name, and the author left of the text.
  const [name, time] = [tab.log.getByRole("link", { name: "ben" }), tab.log.locator("time").last()];
  const [left, right] = [await name.boundingBox(), await time.boundingBox()];
  expect((left?.x ?? 0) < (right?.x ?? 0)).toBe(true);
  await expect(time).toHaveText(/^\d/);
});
