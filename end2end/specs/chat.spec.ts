import { expect, test, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common, errors } = words;

async function startTalking(tab: Tab, username: string): Promise<void> {
  await tab.open("/new");
  await tab.page.getByLabel(common.USERNAME, { exact: true }).fill(username);
  await tab.page.getByRole("button", { name: chat.START_TALKING }).click();
  await expect(tab.page.getByRole("heading", { name: username })).toBeVisible();
}

async function enterRoom(tab: Tab, name: string): Promise<void> {
  await tab.open("/new");
  await tab.page.getByLabel(chat.ROOM_NAME, { exact: true }).fill(name);
  await tab.page.getByRole("button", { name: chat.ENTER_ROOM }).click();
  await expect(tab.page.getByRole("heading", { name: "Tea house" })).toBeVisible();
}

test("two strangers become members and talk, without reloading", async ({ people }) => {
  const [ada, ben] = [await people.stranger("ada"), await people.stranger("ben")];
  const [adas, bens] = [await ada.tab(), await ben.tab()];
  await ada.signUp(adas);
  await ben.signUp(bens);
  await bens.live();

  await startTalking(adas, "BEN");
  await expect(adas.log).toBeVisible();
  const hello = await adas.say("Hello Ben");
  await expect(hello).toContainText(chat.SENT);

  // Ben sees it come in and opens it with a click.
  await expect(bens.unread("ada", 1)).toContainText("Hello Ben");
  await bens.row("ada").getByRole("link").click();
  await expect(bens.message("Hello Ben", "ada")).toBeVisible();
  await expect(hello).toContainText(chat.SEEN);
  await bens.say("Hello Ada");
  await expect(adas.message("Hello Ada", "ben")).toBeVisible();

  // Both have the same after a reload.
  for (const [tab, who] of [[adas, [chat.YOU, "ben"]], [bens, ["ada", chat.YOU]]] as const) {
    await tab.reload();
    await expect(tab.message("Hello Ben", who[0])).toHaveCount(1);
    await expect(tab.message("Hello Ada", who[1])).toHaveCount(1);
    await tab.expectTexts(/Hello \w+/, ["Hello Ben", "Hello Ada"]);
  }
});

test("a direct conversation in which nothing was said is open to both", async ({ people }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  const path = await ada.direct(ben);
  const adas = await ada.tab("/");
  await expect(adas.row("ben")).toBeVisible();
  const bens = await ben.tab("/");
  await expect(bens.row("ada")).toHaveCount(0);

  // By its address: it is in his list then, in the other tab, too, and he can write.
  const opened = await ben.tab(path);
  await expect(bens.row("ada")).toBeVisible();
  await opened.reload();
  await expect(opened.row("ada")).toBeVisible();
  await expect(await opened.say("Did you want something?")).toContainText(chat.SENT);
  await expect(adas.unread("ben", 1)).toContainText("Did you want something?");

  // By starting one with whoever started it.
  await cleo.direct(ben);
  await startTalking(bens, "cleo");
  await bens.reload();
  await expect(bens.row("cleo")).toBeVisible();
  await expect(await bens.say("Hello Cleo")).toContainText(chat.SENT);
  const cleos = await cleo.tab("/");
  await expect(cleos.unread("ben", 1)).toContainText("Hello Cleo");
});

test("rooms have names in every script", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab();
  for (const name of ["हिन्दी चैट", "தமிழ்", "Q&A", "C++", "Kids’ room", "Cafe\u0301"]) {
    await tab.open("/new");
    await tab.page.getByLabel(chat.ROOM_NAME, { exact: true }).fill(name);
    await tab.page.getByRole("button", { name: chat.ENTER_ROOM }).click();
    await expect(tab.page.getByRole("heading", { name: name.normalize("NFC"), exact: true })).toBeVisible();
  }
  // In its other spelling it is the same room.
  expect(await ada.room("café")).toBe(await ada.room("CAFE\u0301"));
});

test("an address is a link without spaces around it", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab(await ada.room("Tea house"));
  await tab.say("你好https://example.org/a。HTTPS://example.org/B，ok");
  const links = tab.log.getByRole("link", { name: /example\.org/i });
  await expect(links).toHaveText(["https://example.org/a", "HTTPS://example.org/B"]);
  await tab.reload();
  await expect(links).toHaveText(["https://example.org/a", "HTTPS://example.org/B"]);
});

test("nobody talks to themselves or to somebody who isn't there", async ({ people }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(/status of 4\d\d/);
  const tab = await ada.tab("/new");
  const username = tab.page.getByLabel(common.USERNAME, { exact: true });
  const start = tab.page.getByRole("button", { name: chat.START_TALKING });
  await start.click();
  await expect(username).toHaveAccessibleDescription(errors.USERNAME_REQUIRED);
  await username.fill("nobody");
  await start.click();
  await expect(username).toHaveAccessibleDescription(errors.USERNAME_NOT_FOUND);
  await username.fill("Ada");
  await start.click();
  await expect(username).toHaveAccessibleDescription(errors.OWN_USERNAME);
  const room = tab.page.getByLabel(chat.ROOM_NAME, { exact: true });
  await room.fill("a/b");
  await tab.page.getByRole("button", { name: chat.ENTER_ROOM }).click();
  await expect(room).toHaveAccessibleDescription(errors.ROOM_MALFORMED);
});

test("a room that one creates and the other joins by its name", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [adas, bens] = [await ada.tab(), await ben.tab()];
  await enterRoom(adas, "Tea house");
  await adas.say("First in the room");
  await enterRoom(bens, "#tea_HOUSE");
  await expect(bens.page).toHaveURL(adas.page.url());
  await expect(bens.message("First in the room", "ada")).toBeVisible();
  await bens.say("Second");
  await expect(adas.message("Second", "ben")).toBeVisible();
  await expect(adas.page.getByText(say(chat.members, { count: 2 }))).toBeVisible();

  // Reading in public is nobody's business.
  await expect(adas.message("First in the room")).toContainText(chat.SENT);
  await expect(adas.log).not.toContainText(chat.SEEN);

  await bens.page.getByLabel(chat.ABOUT_ROOM).click();
  await bens.page.getByRole("button", { name: chat.LEAVE_ROOM }).click();
  await expect(bens.page).toHaveURL("/");
  await expect(bens.list).not.toContainText("Tea house");
  await expect(adas.page.getByText(say(chat.members, { count: 1 }), { exact: true })).toBeVisible();
});

test("the list follows what is said elsewhere", async ({ people }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  const withBen = await ben.direct(ada);
  const room = await cleo.room("Tea house");
  await ada.room("Tea house");
  await ben.sendMany(withBen, ["One"]);
  const tab = await ada.tab("/");
  await expect(tab.unread("ben", 1)).toContainText("One");
  await expect(tab.list.getByRole("listitem").first()).toContainText("ben");

  await cleo.sendMany(room, ["Kettle is on", "Biscuits too"]);
  await expect(tab.unread("Tea house", 2)).toContainText("cleo: Biscuits too");
  await expect(tab.list.getByRole("listitem").first()).toContainText("Tea house");

  await ben.sendMany(withBen, ["Two"]);
  await expect(tab.unread("ben", 2)).toContainText("Two");
  await expect(tab.list.getByRole("listitem").first()).toContainText("ben");

  // Reading takes the count away; one's own words have none.
  await tab.row("ben").getByRole("link").click();
  await expect(tab.message("Two", "ben")).toBeVisible();
  await expect(tab.unread("ben", 0)).toBeVisible();
  await tab.say("Three");
  await expect(tab.row("ben")).toContainText(`${chat.YOU}: Three`);
  await expect(tab.unread("Tea house", 2)).toBeVisible();
});

test("two tabs of one person agree", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["One", "Two", "Three"]);
  const first = await ada.tab("/");
  const second = await ada.tab("/");
  await expect(first.unread("ben", 3)).toBeVisible();
  await expect(second.unread("ben", 3)).toBeVisible();

  // What is read in one is read in the other.
  await second.row("ben").getByRole("link").click();
  await expect(second.message("Three")).toBeVisible();
  await expect(second.unread("ben", 0)).toBeVisible();
  await expect(first.unread("ben", 0)).toBeVisible();

  // What is written in one is in the other, as one's own, once.
  await first.row("ben").getByRole("link").click();
  await expect(first.message("Three")).toBeVisible();
  await second.say("From the second tab");
  await expect(first.message("From the second tab", chat.YOU)).toHaveCount(1);
  await expect(first.message("From the second tab", chat.YOU)).toContainText(chat.SENT);
  await expect(second.message("From the second tab", chat.YOU)).toHaveCount(1);

  // And what comes in while both look is unread in neither.
  await ben.sendMany(path, ["Four"]);
  for (const tab of [first, second]) {
    await expect(tab.message("Four", "ben")).toBeVisible();
    await expect(tab.unread("ben", 0)).toBeVisible();
  }
});

test("the composer: lines, drafts, limits", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const tab = await ada.tab(path);
  const { composer } = tab;

  // Shift and Enter begin a line; Enter sends; nothing but white space is not sent.
  await composer.press("Enter");
  await composer.fill("  \n ");
  await composer.press("Enter");
  await expect(tab.log.getByRole("article")).toHaveCount(0);
  await composer.fill("");
  await composer.pressSequentially("first line");
  await composer.press("Shift+Enter");
  await composer.pressSequentially("second line");
  await composer.press("Enter");
  const [said] = await tab.log.getByRole("article").filter({ hasText: "second line" }).allInnerTexts();
  expect(said).toContain("first line\nsecond line");

  // The button does the same; markup is text, an address is a link.
  await composer.fill("<b>bold</b> & https://example.org/a?b=c.");
  await tab.page.getByRole("button", { name: chat.SEND }).click();
  const markup = tab.log.getByRole("article").filter({ hasText: "<b>bold</b> &" });
  await expect(markup).toContainText(chat.SENT);
  await expect(markup.getByRole("link")).toHaveAttribute("href", "https://example.org/a?b=c");

  // What is being written survives a reload.
  await composer.fill("a draft");
  await tab.reload();
  await expect(composer).toHaveValue("a draft");

  // 8,000 characters are fine, one more is not, and nothing is lost.
  await composer.fill("é".repeat(8_001));
  await expect(composer).toHaveAccessibleDescription(say(chat.characters_too_many, { count: 1 }));
  await composer.press("Enter");
  await expect(composer).toHaveAccessibleDescription(say(errors.body_too_long, { count: 8_000 }));
  await expect(composer).toHaveValue("é".repeat(8_001));
  await composer.fill("é".repeat(8_000));
  await composer.press("Enter");
  await expect(tab.message("é".repeat(8_000), chat.YOU)).toContainText(chat.SENT);
});

test("a refused message says so, and can be sent again or thrown away", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  // The server refuses while this is set: its answer is put in place of the stored one.
  let refuse = true;
  await ada.context.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    page.onMessage((message) => {
      const { send } = JSON.parse(message.toString());
      if (!send || !refuse) return server.send(message);
      page.send(JSON.stringify({ rejected: { id: send.id, error: { kind: "forbidden", field: "body" } } }));
    });
  });
  const tab = await ada.tab(path);
  for (const text of ["Keep me", "Drop me"]) {
    const row = await tab.say(text);
    await expect(row).toContainText(say(chat.not_sent, { reason: errors.MESSAGE_FORBIDDEN }));
  }
  await expect(tab.message("Keep me").getByRole("alert")).toBeVisible();

  // Both are still there, and still refused, after a reload.
  await tab.page.reload();
  await expect(tab.message("Keep me", chat.YOU)).toContainText(chat.NOT_SENT);
  refuse = false;
  await tab.message("Drop me", chat.YOU).getByRole("button", { name: chat.DISCARD }).click();
  await expect(tab.message("Drop me")).toHaveCount(0);
  await tab.message("Keep me", chat.YOU).getByRole("button", { name: common.TRY_AGAIN }).click();
  await expect(tab.message("Keep me", chat.YOU)).toContainText(chat.SENT);
  await expect(tab.message("Keep me", chat.YOU).getByRole("button")).toHaveCount(0);

  const bens = await ben.tab(path);
  await expect(bens.message("Keep me", "ada")).toHaveCount(1);
  await expect(bens.message("Drop me")).toHaveCount(0);
});

test("a session that ended elsewhere says so, and the page goes on once somebody signs in again", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Before"]);
  const tab = await ada.tab(path);
  await tab.page.evaluate(() => Object.assign(window, { same: true }));
  await tab.composer.fill("Half a thou");

  const phone = await people.stranger("ada");
  const signIn = { login: ada.name, password: ada.password, next: "" };
  await phone.call("sign_in", signIn);
  await phone.call("end_other_sessions", {});
  const said = pattern(common.SESSION_ENDED, words.connection.SESSION_ENDED_KEPT);
  const ended = tab.page.getByRole("alert").filter({ hasText: said, visible: true });
  await expect(ended.first()).toBeVisible();
  const link = ended.first().getByRole("link", { name: common.SIGN_IN_AGAIN });
  await expect(link).toHaveAttribute("href", `/sign-in?next=${encodeURIComponent(path)}`);
  await expect(tab.composer).toHaveValue("Half a thou");
  // What is written now waits, and what is looked for says why it is not there.
  await tab.composer.fill("Written meanwhile");
  await tab.composer.press("Enter");
  await expect(tab.message("Written meanwhile")).toContainText(chat.WAITING_TO_BE_SENT);
  await tab.composer.fill("Another half");

  const other = await ada.tab();
  await other.page.goto("/sign-in");
  await ada.signIn(other, ada.name);
  await other.live();
  await expect(tab.message("Written meanwhile")).toContainText(chat.SENT);
  await expect(ended).toHaveCount(0);
  await ben.sendMany(path, ["Welcome back"]);
  await expect(tab.message("Welcome back")).toBeVisible();
  await expect(tab.composer).toHaveValue("Another half");
  expect(await tab.page.evaluate(() => (window as unknown as { same?: boolean }).same), "it is the same page").toBe(true);

  // The link leads back here, with what was typed.
  await phone.call("end_other_sessions", {});
  await ended.first().getByRole("link", { name: common.SIGN_IN_AGAIN }).click();
  await ada.signIn(tab, ada.name);
  await expect(tab.composer).toHaveValue("Another half");
  expect(new URL(tab.page.url()).pathname).toBe(path);
});

test("who comes back to a room finds nothing unread", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.room("Tea house");
  await ben.room("Tea house");
  await ada.sendMany(path, ["One", "Two"]);
  const tab = await ben.tab(path);
  await expect(tab.message("Two")).toBeVisible();
  await tab.page.getByLabel(chat.ABOUT_ROOM).click();
  await tab.page.getByRole("button", { name: chat.LEAVE_ROOM }).click();
  await expect(tab.row("Tea house")).toHaveCount(0);
  await ada.sendMany(path, ["Three"]);
  await enterRoom(tab, "Tea house");
  await expect(tab.message("Three")).toBeVisible();
  await expect(tab.log.getByText(chat.NEW_MESSAGES)).toHaveCount(0);
  await expect(tab.unread("Tea house", 0)).toBeVisible();
});
