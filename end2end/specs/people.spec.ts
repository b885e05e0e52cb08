import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";

const REFUSED = "This person takes messages from certain people only.";

/** Somebody's card as `person` sees it. */
const card = (person: Person, other: Person) => person.tab(`/u/${other.name}`);

const press = (tab: Tab, name: string) => tab.page.getByRole("button", { name, exact: true }).click();

async function search(tab: Tab, text: string): Promise<void> {
  const field = tab.page.getByRole("textbox", { name: "Find people" });
  await field.fill(text);
  await field.press("Enter");
}

/** Sends what is refused: the row says so, and the text is still there. */
async function expectRefused(tab: Tab, text: string): Promise<void> {
  const row = await tab.say(text);
  await expect(row).toContainText(`Not sent. ${REFUSED}`);
  await expect(row).toContainText(text);
}

test("a request arrives with a badge and makes friends", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [bens, other, adas] = [await ben.tab("/"), await ben.tab("/new"), await card(ada, ben)];
  await press(adas, "Add friend ben");
  await expect(adas.page.getByText("There is no answer yet.")).toBeVisible();
  for (const tab of [bens, other]) await expect(tab.people(1)).toBeVisible();

  await bens.people(1).click();
  await bens.person("Waiting for your answer", "ada").getByRole("button", { name: "Accept ada" }).click();
  await expect(bens.person("Friends", "ada")).toBeVisible();
  await expect(adas.page.getByText("You are friends.")).toBeVisible();
  for (const tab of [bens, other]) await expect(tab.people()).toBeVisible();

  // Each sees at once whether the other is there, and what they say about it.
  await expect(bens.person("Friends", "ada")).toContainText("@ada · Online");
  await expect(adas.page.getByRole("region", { name: "Conversation", exact: true })).toContainText("Online");
  await ada.call("set_status", { emoji: "🫖", text: "Pouring tea", expiry: "never" });
  await ben.call("set_availability", { availability: "busy" });
  await expect(bens.person("Friends", "ada")).toContainText("@ada · Online · 🫖 Pouring tea");
  await expect(adas.page.getByRole("region", { name: "Conversation", exact: true })).toContainText("Do not disturb");

  // A friend is a press away from talking.
  await bens.person("Friends", "ada").getByRole("button", { name: "Message ada" }).click();
  await expect(bens.composer).toBeVisible();
  // The name above a talk leads to the card.
  await bens.page.getByRole("link", { name: "About ada", exact: true }).click();
  await expect(bens.page).toHaveURL("/u/ada");

  await adas.page.getByText("Remove friend", { exact: true }).click();
  await press(adas, "Remove ben");
  await expect(adas.page.getByRole("button", { name: "Add friend ben" })).toBeVisible();
  await expect(bens.page.getByRole("button", { name: "Add friend ada" })).toBeVisible();
});

test("a request is taken back, or declined without a word", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [bens, adas] = [await ben.tab("/people"), await card(ada, ben)];
  const waiting = bens.person("Waiting for your answer", "ada");
  await press(adas, "Add friend ben");
  await expect(waiting).toBeVisible();
  await press(adas, "Cancel request ben");
  await expect(waiting).toBeHidden();
  await expect(bens.people()).toBeVisible();

  await press(adas, "Add friend ben");
  await waiting.getByRole("button", { name: "Decline ada" }).click();
  await expect(waiting).toBeHidden();
  await expect(bens.people()).toBeVisible();
  const unanswered = adas.page.getByText("There is no answer yet.");
  await expect(unanswered).toBeVisible();
  await adas.reload();
  await expect(unanswered).toBeVisible();
  // Who thinks better of it asks, and that is the answer.
  await search(bens, "ada");
  await bens.person("Find people", "ada").getByRole("button", { name: "Add friend ada" }).click();
  await expect(bens.person("Friends", "ada")).toBeVisible();
  await expect(adas.page.getByText("You are friends.")).toBeVisible();
});

test("two who ask each other at once are friends", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const [adas, bens] = [await card(ada, ben), await card(ben, ada)];
  await Promise.all([press(adas, "Add friend ben"), press(bens, "Add friend ada")]);
  for (const tab of [adas, bens]) {
    await expect(tab.page.getByText("You are friends.")).toBeVisible();
    await expect(tab.people()).toBeVisible();
  }
});

test("people are found by a part of their name", async ({ people }) => {
  const ada = await people.member("ada");
  for (const name of ["ben", "benedict", "x.ben"]) await people.member(name);
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/people");
  await search(tab, "BEN");
  const found = tab.page.getByRole("region", { name: "Find people" }).getByRole("listitem");
  await expect(found).toHaveCount(3);
  await expect(found.first()).toContainText("@ben");
  await found.first().getByRole("link").click();
  await expect(tab.page).toHaveURL("/u/ben");
  // The way back leads to what was found.
  await tab.page.goBack();
  await expect(found).toHaveCount(3);
  await search(tab, "nobody here");
  await expect(tab.page.getByText("Nobody here goes by that name.")).toBeVisible();
  await search(tab, "b");
  await expect(tab.page.getByRole("textbox", { name: "Find people" })).toHaveAccessibleDescription(/at least 2/);
  await tab.page.goto("/u/nobody");
  await expect(tab.page.getByText("Nobody here has this name")).toBeVisible();
});

test("an invitation link makes friends, with an account and without", async ({ people, mail }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ben.faults.tolerate(REFUSALS);
  const adas = await ada.tab("/people");
  const field = adas.page.getByRole("textbox", { name: "Your invitation link" });
  const link = await field.inputValue();
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await press(adas, "Copy");
  await expect(adas.page.getByText("Copied.")).toBeVisible();
  expect(await adas.page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  const { page } = await ben.tab();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "ada invites you" })).toBeVisible();
  await page.getByRole("button", { name: "Become friends" }).click();
  await expect(page).toHaveURL("/u/ada");
  await expect(page.getByText("You are friends.")).toBeVisible();
  await expect(adas.person("Friends", "ben")).toBeVisible();

  const cleo = await people.stranger("cleo");
  const cleos = await cleo.tab();
  await cleos.page.goto(link);
  await cleos.page.getByRole("link", { name: "Create an account" }).click();
  await cleos.page.getByLabel("E-mail", { exact: true }).fill(cleo.email);
  await cleos.page.getByLabel("Username", { exact: true }).fill(cleo.name);
  await cleos.page.getByLabel("Password", { exact: true }).fill(cleo.password);
  await press(cleos, "Create account");
  await expect(cleos.page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await expect(adas.person("Friends", "cleo")).toBeHidden();
  await cleos.page.goto(await mail.takeLink(cleo.email));
  await press(cleos, "Confirm and sign in");
  await expect(cleos.list).toBeVisible();
  await expect(adas.person("Friends", "cleo")).toBeVisible();

  // A new link makes the old one useless.
  await press(adas, "New link");
  await expect(field).not.toHaveValue(link);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link leads nowhere" })).toBeVisible();
});

test("who is blocked can't write, and can't tell", async ({ people }) => {
  const [ada, ben, cleo] = [await people.member("ada"), await people.member("ben"), await people.member("cleo")];
  for (const person of [ada, cleo]) person.faults.tolerate(REFUSALS);
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Hello"]);
  const [adas, bens] = [await ada.tab(path), await card(ben, ada)];
  const seen = await card(ada, ben);
  const about = seen.page.getByRole("region", { name: "Conversation", exact: true });
  // Whether somebody is there is hidden from the blocked, as from those whom the settings leave out.
  const said = async () => (await about.innerText()).replaceAll(/^(Online|Offline)$/gm, "(there or not)");
  await expect(about).toContainText("Online");
  const before = await said();

  await bens.page.getByText("Block", { exact: true }).click();
  await press(bens, "Block ada");
  await expect(bens.page.getByText("You blocked ada.")).toBeVisible();

  await expectRefused(adas, "Are you there?");
  // The same words as for anybody whom the other's settings leave out.
  await ben.privacy({ messages: "friends" });
  const cleos = await card(cleo, ben);
  await press(cleos, "Message ben");
  await expect(cleos.page.getByRole("alert")).toHaveText(REFUSED);
  await ben.privacy({});

  // The card is as it was, also when it is loaded anew; a request looks as to anybody.
  await expect(about).not.toContainText("Online");
  expect(await said()).toBe(before);
  await seen.reload();
  expect(await said()).toBe(before);
  await press(seen, "Add friend ben");
  await expect(seen.page.getByText("There is no answer yet.")).toBeVisible();
  await expect(bens.people()).toBeVisible();
  await adas.open("/people");
  await search(adas, "ben");
  await expect(adas.person("Find people", "ben")).toBeVisible();

  // Unblocked, from the list. What was refused is still there and goes now.
  await bens.people().click();
  await bens.person("Blocked", "ada").getByRole("button", { name: "Unblock ada" }).click();
  await expect(bens.person("Blocked", "ada")).toBeHidden();
  await expect(bens.people()).toBeVisible();
  await adas.open(path);
  await press(adas, "Try again");
  await expect(adas.message("Are you there?", "You")).toContainText("Sent");
  await bens.open(path);
  await expect(bens.message("Are you there?", "ada")).toBeVisible();
});

test("who takes messages from friends or acquaintances only", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const [adas, bens] = [await ada.tab(path), await ben.tab("/settings/privacy")];
  const choose = async (choice: string) => {
    await bens.page.getByRole("group", { name: /Who may write/ }).getByLabel(choice).check();
    await press(bens, "Save");
    await expect(bens.page.getByText("Saved.")).toBeVisible();
  };

  await choose("Friends, and people in a group or room with me");
  await expectRefused(adas, "We don't know each other");
  await ada.room("Tea house");
  await ben.room("Tea house");
  await expect(await adas.say("From the tea house")).toContainText("Sent");

  await choose("Friends only");
  await expectRefused(adas, "We are no friends");
  await ben.befriend(ada);
  await expect(await adas.say("Now we are")).toContainText("Sent");
  await bens.reload();
  await expect(bens.page.getByLabel("Friends only").first()).toBeChecked();
});

test("who does not tell how far they read is not told either", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const adas = await ada.tab(path);
  await adas.say("One");
  const bens = await ben.tab(path);
  await expect(adas.message("One", "You")).toContainText("Seen");

  const settings = await ben.tab("/settings/privacy");
  await settings.page.getByRole("checkbox").uncheck();
  await press(settings, "Save");
  await expect(settings.page.getByText("Saved.")).toBeVisible();
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
  await expect(adas.message("Two", "You")).toContainText("Sent");
  await expect(bens.message("Three", "You")).toContainText("Sent");
  for (const tab of [adas, bens]) await tab.reload();
  await expect(adas.message("One", "You")).toContainText("Sent");
  await expect(bens.message("Three", "You")).toContainText("Sent");
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
  const folded = tab.log.getByText("Message from somebody you blocked");
  await expect(folded).toHaveCount(2);
  await expect(tab.row("Tea house")).toContainText("Message from somebody you blocked");
  await folded.last().click();
  await expect(tab.log.getByText("More from ben")).toBeVisible();
  // The name over a message leads to the card.
  await tab.log.getByRole("link", { name: "ben", exact: true }).first().click();
  await press(tab, "Unblock ben");
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
  await adas.person("Find people", "ben").getByRole("button", { name: "Add friend ben" }).click();
  await expect(adas.page).toHaveURL("/people?q=be");
  await expect(adas.person("Asked by you", "ben")).toBeVisible();

  await bens.page.goto("/");
  await bens.people(1).click();
  await press(bens, "Accept ada");
  await expect(bens.person("Friends", "ada")).toBeVisible();
  await expect(bens.people()).toBeVisible();
  await bens.person("Friends", "ada").getByRole("button", { name: "Message ada" }).click();
  const path = new URL(bens.page.url()).pathname;

  await adas.page.goto("/settings/privacy");
  await adas.page.getByLabel("Friends only").first().check();
  await adas.page.getByRole("checkbox").uncheck();
  await press(adas, "Save");
  await expect(adas.page.getByLabel("Friends only").first()).toBeChecked();
  await expect(adas.page.getByRole("checkbox")).not.toBeChecked();

  await adas.page.goto("/u/ben");
  await adas.page.getByText("Block", { exact: true }).click();
  await press(adas, "Block ben");
  await expect(adas.page.getByText("You blocked ben.")).toBeVisible();
  await expect(adas.page).toHaveURL("/u/ben");

  await bens.page.goto(path);
  await bens.composer.fill("Are you there?");
  await press(bens, "Send");
  await expect(bens.page.getByRole("alert")).toHaveText(`Not sent. ${REFUSED}`);
  await expect(bens.composer).toHaveValue("Are you there?");
  await adas.page.goto("/people");
  const link = await adas.page.getByRole("textbox", { name: "Your invitation link" }).inputValue();
  await bens.page.goto(link);
  await expect(bens.page.getByRole("heading", { name: "This link leads nowhere" })).toBeVisible();

  await press(adas, "Unblock ben");
  await bens.page.goto(link);
  await press(bens, "Become friends");
  await expect(bens.page.getByText("You are friends.")).toBeVisible();
});
