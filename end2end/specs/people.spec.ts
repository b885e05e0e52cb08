import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { auth, chat, common, people: contacts, presence, settings } = words;

const REFUSED = words.errors.MESSAGE_FORBIDDEN;

/** Somebody's card as `person` sees it. */
const card = (person: Person, other: Person) => person.tab(`/u/${other.name}`);

/** A label or a sentence with a user's name in it. */
const to = (template: string, name: string) => say(template, { name });

const press = (tab: Tab, name: string) => tab.page.getByRole("button", { name, exact: true }).click();

async function search(tab: Tab, text: string): Promise<void> {
  const field = tab.page.getByRole("textbox", { name: contacts.FIND_PEOPLE });
  await field.fill(text);
  await field.press("Enter");
}

/** Sends what is refused: the row says so, and the text is still there. */
async function expectRefused(tab: Tab, text: string): Promise<void> {
  const row = await tab.say(text);
  await expect(row).toContainText(say(chat.not_sent, { reason: REFUSED }));
  await expect(row).toContainText(text);
}

test("a request arrives with a badge and makes friends", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [bens, other, adas] = [await ben.tab("/"), await ben.tab("/new"), await card(ada, ben)];
  await press(adas, to(contacts.add_friend, "ben"));
  await expect(adas.page.getByText(contacts.REQUEST_SENT)).toBeVisible();
  for (const tab of [bens, other]) await expect(tab.people(1)).toBeVisible();

  await bens.people(1).click();
  const waiting = bens.person(contacts.REQUESTS_RECEIVED, "ada");
  await waiting.getByRole("button", { name: to(contacts.accept, "ada") }).click();
  await expect(bens.person(contacts.FRIENDS, "ada")).toBeVisible();
  await expect(adas.page.getByText(contacts.YOU_ARE_FRIENDS)).toBeVisible();
  for (const tab of [bens, other]) await expect(tab.people()).toBeVisible();

  // Each sees at once whether the other is there, and what they say about it.
  await expect(bens.person(contacts.FRIENDS, "ada")).toContainText(`@ada · ${presence.ONLINE}`);
  const about = adas.page.getByRole("region", { name: chat.CONVERSATION, exact: true });
  await expect(about).toContainText(presence.ONLINE);
  await ada.call("set_status", { emoji: "🫖", text: "Pouring tea", expiry: "never" });
  await ben.call("set_availability", { availability: "busy" });
  await expect(bens.person(contacts.FRIENDS, "ada")).toContainText(`@ada · ${presence.ONLINE} · 🫖 Pouring tea`);
  await expect(about).toContainText(presence.DO_NOT_DISTURB);

  // A friend is a press away from talking.
  await bens.person(contacts.FRIENDS, "ada").getByRole("button", { name: to(contacts.write_to, "ada") }).click();
  await expect(bens.composer).toBeVisible();
  // The name above a talk leads to the card.
  await bens.page.getByRole("link", { name: say(chat.about, { title: "ada" }), exact: true }).click();
  await expect(bens.page).toHaveURL("/u/ada");

  await adas.page.getByText(contacts.REMOVE_FRIEND, { exact: true }).click();
  await press(adas, to(contacts.remove, "ben"));
  await expect(adas.page.getByRole("button", { name: to(contacts.add_friend, "ben") })).toBeVisible();
  await expect(bens.page.getByRole("button", { name: to(contacts.add_friend, "ada") })).toBeVisible();
});

test("a request is taken back, or declined without a word", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [bens, adas] = [await ben.tab("/people"), await card(ada, ben)];
  const waiting = bens.person(contacts.REQUESTS_RECEIVED, "ada");
  await press(adas, to(contacts.add_friend, "ben"));
  await expect(waiting).toBeVisible();
  await press(adas, to(contacts.cancel_request, "ben"));
  await expect(waiting).toBeHidden();
  await expect(bens.people()).toBeVisible();

  await press(adas, to(contacts.add_friend, "ben"));
  await waiting.getByRole("button", { name: to(contacts.decline, "ada") }).click();
  await expect(waiting).toBeHidden();
  await expect(bens.people()).toBeVisible();
  const unanswered = adas.page.getByText(contacts.REQUEST_SENT);
  await expect(unanswered).toBeVisible();
  await adas.reload();
  await expect(unanswered).toBeVisible();
  // Who thinks better of it asks, and that is the answer.
  await search(bens, "ada");
  await bens.person(contacts.FIND_PEOPLE, "ada").getByRole("button", { name: to(contacts.add_friend, "ada") }).click();
  await expect(bens.person(contacts.FRIENDS, "ada")).toBeVisible();
  await expect(adas.page.getByText(contacts.YOU_ARE_FRIENDS)).toBeVisible();
});

test("two who ask each other at once are friends", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [adas, bens] = [await card(ada, ben), await card(ben, ada)];
  await Promise.all([press(adas, to(contacts.add_friend, "ben")), press(bens, to(contacts.add_friend, "ada"))]);
  for (const tab of [adas, bens]) {
    await expect(tab.page.getByText(contacts.YOU_ARE_FRIENDS)).toBeVisible();
    await expect(tab.people()).toBeVisible();
  }
});

test("people are found by a part of their name", async ({ people }) => {
  const ada = await people.member("ada");
  for (const name of ["ben", "benedict", "x.ben"]) await people.member(name);
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/people");
  await search(tab, "BEN");
  const found = tab.page.getByRole("region", { name: contacts.FIND_PEOPLE }).getByRole("listitem");
  await expect(found).toHaveCount(3);
  await expect(found.first()).toContainText("@ben");
  await found.first().getByRole("link").click();
  await expect(tab.page).toHaveURL("/u/ben");
  // The way back leads to what was found.
  await tab.page.goBack();
  await expect(found).toHaveCount(3);
  await search(tab, "nobody here");
  await expect(tab.page.getByText(contacts.NOBODY_FOUND)).toBeVisible();
  await search(tab, "b");
  const field = tab.page.getByRole("textbox", { name: contacts.FIND_PEOPLE });
  await expect(field).toHaveAccessibleDescription(say(words.errors.name_too_short, { count: 2 }));
  await tab.page.goto("/u/nobody");
  await expect(tab.page.getByText(contacts.NO_SUCH_PROFILE)).toBeVisible();
});

test("an invitation link makes friends, with an account and without", async ({ people, mail }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ben.faults.tolerate(REFUSALS);
  const adas = await ada.tab("/people");
  const field = adas.page.getByRole("textbox", { name: contacts.YOUR_INVITATION_LINK });
  const link = await field.inputValue();
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await press(adas, contacts.COPY);
  await expect(adas.page.getByText(contacts.COPIED)).toBeVisible();
  expect(await adas.page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  const { page } = await ben.tab();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: say(auth.invites_you, { name: "ada" }) })).toBeVisible();
  await page.getByRole("button", { name: auth.BECOME_FRIENDS }).click();
  await expect(page).toHaveURL("/u/ada");
  await expect(page.getByText(contacts.YOU_ARE_FRIENDS)).toBeVisible();
  await expect(adas.person(contacts.FRIENDS, "ben")).toBeVisible();

  const cleo = await people.stranger("cleo");
  const cleos = await cleo.tab();
  await cleos.page.goto(link);
  await cleos.page.getByRole("link", { name: common.CREATE_ACCOUNT }).click();
  await cleos.page.getByLabel(common.EMAIL, { exact: true }).fill(cleo.email);
  await cleos.page.getByLabel(common.USERNAME, { exact: true }).fill(cleo.name);
  await cleos.page.getByLabel(common.PASSWORD, { exact: true }).fill(cleo.password);
  await press(cleos, auth.CREATE_THIS_ACCOUNT);
  await expect(cleos.page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
  await expect(adas.person(contacts.FRIENDS, "cleo")).toBeHidden();
  await cleos.page.goto(await mail.takeLink(cleo.email));
  await press(cleos, auth.CONFIRM_AND_SIGN_IN);
  await expect(cleos.list).toBeVisible();
  await expect(adas.person(contacts.FRIENDS, "cleo")).toBeVisible();

  // A new link makes the old one useless.
  await press(adas, contacts.NEW_LINK);
  await expect(field).not.toHaveValue(link);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: auth.LINK_LEADS_NOWHERE })).toBeVisible();
});

test("who is blocked can't write, and can't tell", async ({ people }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  for (const person of [ada, cleo]) person.faults.tolerate(REFUSALS);
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Hello"]);
  const [adas, bens] = [await ada.tab(path), await card(ben, ada)];
  const seen = await card(ada, ben);
  const about = seen.page.getByRole("region", { name: chat.CONVERSATION, exact: true });
  // Whether somebody is there is hidden from the blocked, as from those whom the settings leave out.
  const there = new RegExp(`^(${pattern(presence.ONLINE, presence.OFFLINE).source})$`, "gm");
  const said = async () => (await about.innerText()).replaceAll(there, "(there or not)");
  await expect(about).toContainText(presence.ONLINE);
  const before = await said();

  await bens.page.getByText(contacts.BLOCK, { exact: true }).click();
  await press(bens, to(contacts.block, "ada"));
  await expect(bens.page.getByText(to(contacts.blocked_by_you, "ada"))).toBeVisible();

  await expectRefused(adas, "Are you there?");
  // The same words as for anybody whom the other's settings leave out.
  await ben.privacy({ messages: "friends" });
  const cleos = await card(cleo, ben);
  await press(cleos, to(contacts.write_to, "ben"));
  await expect(cleos.page.getByRole("alert")).toHaveText(REFUSED);
  await ben.privacy({});

  // The card is as it was, also when it is loaded anew; a request looks as to anybody.
  await expect(about).not.toContainText(presence.ONLINE);
  expect(await said()).toBe(before);
  await seen.reload();
  expect(await said()).toBe(before);
  await press(seen, to(contacts.add_friend, "ben"));
  await expect(seen.page.getByText(contacts.REQUEST_SENT)).toBeVisible();
  await expect(bens.people()).toBeVisible();
  await adas.open("/people");
  await search(adas, "ben");
  await expect(adas.person(contacts.FIND_PEOPLE, "ben")).toBeVisible();

  // Unblocked, from the list. What was refused is still there and goes now.
  await bens.people().click();
  await bens.person(contacts.BLOCKED, "ada").getByRole("button", { name: to(contacts.unblock, "ada") }).click();
  await expect(bens.person(contacts.BLOCKED, "ada")).toBeHidden();
  await expect(bens.people()).toBeVisible();
  await adas.open(path);
  await press(adas, common.TRY_AGAIN);
  await expect(adas.message("Are you there?", chat.YOU)).toContainText(chat.SENT);
  await bens.open(path);
  await expect(bens.message("Are you there?", "ada")).toBeVisible();
});

test("who takes messages from friends or acquaintances only", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const [adas, bens] = [await ada.tab(path), await ben.tab("/settings/privacy")];
  const choose = async (choice: string) => {
    await bens.page.getByRole("group", { name: settings.WHO_MAY_WRITE }).getByLabel(choice).check();
    await press(bens, common.SAVE);
    await expect(bens.page.getByText(common.SAVED)).toBeVisible();
  };

  await choose(settings.FRIENDS_AND_ACQUAINTANCES);
  await expectRefused(adas, "We don't know each other");
  await ada.room("Tea house");
  await ben.room("Tea house");
  await expect(await adas.say("From the tea house")).toContainText(chat.SENT);

  await choose(settings.FRIENDS_ONLY);
  await expectRefused(adas, "We are no friends");
  await ben.befriend(ada);
  await expect(await adas.say("Now we are")).toContainText(chat.SENT);
  await bens.reload();
  await expect(bens.page.getByLabel(settings.FRIENDS_ONLY).first()).toBeChecked();
});

test("who does not tell how far they read is not told either", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const adas = await ada.tab(path);
  await adas.say("One");
  const bens = await ben.tab(path);
  await expect(adas.message("One", chat.YOU)).toContainText(chat.SEEN);

  const settings = await ben.tab("/settings/privacy");
  await settings.page.getByRole("checkbox").uncheck();
  await press(settings, common.SAVE);
  await expect(settings.page.getByText(common.SAVED)).toBeVisible();
  await bens.reload();
  // Both look at both; what either says proves that the other's reading had the time to arrive.
  await bens.page.bringToFront();
  await adas.say("Two");
  await expect(bens.message("Two", "ada")).toBeVisible();
  await expect.poll(() => ben.unread(path)).toBe(0);
  await adas.page.bringToFront();
  await bens.say("Three");
  await expect(adas.message("Three", "ben")).toBeVisible();
  await expect.poll(() => ada.unread(path)).toBe(0);
  await expect(adas.message("Two", chat.YOU)).toContainText(chat.SENT);
  await expect(bens.message("Three", chat.YOU)).toContainText(chat.SENT);
  for (const tab of [adas, bens]) await tab.reload();
  await expect(adas.message("One", chat.YOU)).toContainText(chat.SENT);
  await expect(bens.message("Three", chat.YOU)).toContainText(chat.SENT);
});

test("in a room, messages of people one blocked are folded", async ({ people }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  const path = await ada.room("Tea house");
  for (const person of [ben, cleo]) await person.room("Tea house");
  await ben.sendMany(path, ["From ben"]);
  await cleo.sendMany(path, ["From cleo"]);
  const tab = await ada.tab(path);
  await expect(tab.message("From ben", "ben")).toBeVisible();
  await ada.relate("block", ben);
  await expect(tab.log.getByText("From ben")).toBeHidden();
  await expect(tab.log.getByText("From cleo")).toBeVisible();
  await ben.sendMany(path, ["More from ben"]);
  const folded = tab.log.getByText(chat.MESSAGE_OF_BLOCKED);
  await expect(folded).toHaveCount(2);
  await expect(tab.row("Tea house")).toContainText(chat.MESSAGE_OF_BLOCKED);
  await folded.last().click();
  await expect(tab.log.getByText("More from ben")).toBeVisible();
  // The name over a message leads to the card.
  await tab.log.getByRole("link", { name: "ben", exact: true }).first().click();
  await press(tab, to(contacts.unblock, "ben"));
  await tab.page.goBack();
  await expect(tab.message("From ben", "ben")).toBeVisible();
});

test("all of it with scripts off", async ({ people }) => {
  const off = { javaScriptEnabled: false };
  const [ada, ben] = [await people.member("ada", off), await people.member("ben", off)];
  for (const person of [ada, ben]) person.faults.tolerate(REFUSALS);
  const [adas, bens] = [await ada.tab(), await ben.tab()];
  await adas.page.goto("/people");
  await search(adas, "be");
  await adas.person(contacts.FIND_PEOPLE, "ben").getByRole("button", { name: to(contacts.add_friend, "ben") }).click();
  await expect(adas.page).toHaveURL("/people?q=be");
  await expect(adas.person(contacts.REQUESTS_SENT, "ben")).toBeVisible();

  await bens.page.goto("/");
  await bens.people(1).click();
  await press(bens, to(contacts.accept, "ada"));
  await expect(bens.person(contacts.FRIENDS, "ada")).toBeVisible();
  await expect(bens.people()).toBeVisible();
  await bens.person(contacts.FRIENDS, "ada").getByRole("button", { name: to(contacts.write_to, "ada") }).click();
  const path = new URL(bens.page.url()).pathname;

  await adas.page.goto("/settings/privacy");
  await adas.page.getByLabel(settings.FRIENDS_ONLY).first().check();
  await adas.page.getByRole("checkbox").uncheck();
  await press(adas, common.SAVE);
  await expect(adas.page.getByLabel(settings.FRIENDS_ONLY).first()).toBeChecked();
  await expect(adas.page.getByRole("checkbox")).not.toBeChecked();

  await adas.page.goto("/u/ben");
  await adas.page.getByText(contacts.BLOCK, { exact: true }).click();
  await press(adas, to(contacts.block, "ben"));
  await expect(adas.page.getByText(to(contacts.blocked_by_you, "ben"))).toBeVisible();
  await expect(adas.page).toHaveURL("/u/ben");

  await bens.page.goto(path);
  await bens.composer.fill("Are you there?");
  await press(bens, chat.SEND);
  await expect(bens.page.getByRole("alert")).toHaveText(say(chat.not_sent, { reason: REFUSED }));
  await expect(bens.composer).toHaveValue("Are you there?");
  await adas.page.goto("/people");
  const link = await adas.page.getByRole("textbox", { name: contacts.YOUR_INVITATION_LINK }).inputValue();
  await bens.page.goto(link);
  await expect(bens.page.getByRole("heading", { name: auth.LINK_LEADS_NOWHERE })).toBeVisible();

  await press(adas, to(contacts.unblock, "ben"));
  await bens.page.goto(link);
  await press(bens, auth.BECOME_FRIENDS);
  await expect(bens.page.getByText(contacts.YOU_ARE_FRIENDS)).toBeVisible();
});
