import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";
import { say, words } from "../support/words.ts";

const { auth, chat, common, connection, settings } = words;

const LOST_FOCUS = /WebSocket connection to .* failed/;

/** Somebody signs in with ada's browser, in a tab of their own. */
async function signInThere(ada: Person, other: Person): Promise<Tab> {
  await ada.context.clearCookies();
  const tab = await ada.tab();
  await tab.page.goto("/sign-in");
  await tab.hydrated();
  await other.signIn(tab, other.name);
  await expect(tab.list).toBeVisible();
  return tab;
}

/** What this browser's storage holds of somebody. */
function kept(tab: Tab, id: string): Promise<string[]> {
  return tab.page.evaluate((id) => Object.keys(localStorage).filter((key) => key.includes(id)), id);
}

test("a page of the person before says so and does nothing in the next one's name", async ({ people, mail }) => {
  const [ada, cleo] = [await people.member("ada"), await people.member("cleo")];
  const ben = await people.stranger("ben");
  ada.faults.tolerate(REFUSALS, LOST_FOCUS);
  const path = await ada.direct(cleo);
  const [card, talk] = [await ada.tab("/u/cleo"), await ada.tab(path)];

  await ben.call("sign_up", { email: ben.email, username: ben.name, password: ben.password });
  const bens = await ada.tab();
  await bens.page.goto(await mail.takeLink(ben.email));
  await bens.page.getByRole("button", { name: auth.CONFIRM_AND_SIGN_IN }).click();
  await expect(bens.list).toBeVisible();

  const alert = (tab: Tab, hasText: string) => tab.page.getByRole("alert").filter({ hasText });
  for (const tab of [card, talk]) {
    await expect(alert(tab, say(connection.signed_in_as, { username: "ben" }))).toBeVisible();
  }
  await card.page.getByRole("button", { name: words.people.ADD_FRIEND }).click();
  await expect(alert(card, say(words.errors.other_account, { username: "ben" }))).toBeVisible();
  await talk.say("In my own name");
  await expect(talk.message("In my own name")).toContainText(chat.WAITING_TO_BE_SENT);
  await bens.open("/people");
  await expect(bens.page.getByText("@cleo")).toHaveCount(0);
  const cleos = await cleo.tab("/people");
  await expect(cleos.people(0)).toBeVisible();

  // It goes on as whom it says.
  await talk.page.getByRole("link", { name: say(connection.go_on_as, { username: "ben" }) }).first().click();
  await talk.live();
  await expect(talk.list).toContainText(chat.NO_CONVERSATIONS);
  await expect(talk.page.getByText("In my own name")).toHaveCount(0);
});

test("what one wrote stays when a session merely ends, and is nobody else's", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ada.faults.tolerate(REFUSALS, LOST_FOCUS);
  const path = await ada.room("Tea house");
  await ben.room("Tea house");
  const tab = await ada.tab(path);
  await tab.composer.fill("Half a thou");
  await tab.page.close();
  const bens = await signInThere(ada, ben);
  await bens.open(path);
  await expect(bens.composer).toHaveValue("");
  await bens.page.close();
  const again = await signInThere(ada, ada);
  await again.open(path);
  await expect(again.composer).toHaveValue("Half a thou");
});

test("who signs out is asked about what waits, and nothing of it stays", async ({ people }) => {
  const ada = await people.member("ada");
  const id = await ada.id();
  const path = await ada.room("Tea house");
  const tab = await ada.tab(path);
  await tab.composer.fill("Half a thou");
  await tab.page.getByRole("link", { name: common.SETTINGS }).click();
  const { page } = tab;
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await button(common.SIGN_OUT).click();
  await expect(page.getByRole("alert")).toContainText(say(settings.unsent_drafts, { count: 1 }));
  await button(settings.STAY_SIGNED_IN).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await tab.open(path);
  await expect(tab.composer).toHaveValue("Half a thou");
  await tab.open("/settings");
  await button(common.SIGN_OUT).click();
  await button(settings.SIGN_OUT_AND_DELETE).click();
  await expect(page.getByRole("heading", { name: auth.WELCOME_BACK })).toBeVisible();
  expect(await kept(tab, id)).toEqual([]);
  await tab.hydrated();
  await ada.signIn(tab, ada.name);
  await expect(tab.list).toBeVisible();
  await tab.open(path);
  await expect(tab.composer).toHaveValue("");
  // Nothing waits: nothing to ask.
  await tab.open("/settings");
  await button(common.SIGN_OUT).click();
  await expect(page.getByRole("heading", { name: auth.WELCOME_BACK })).toBeVisible();
});
