import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Tab } from "../support/test.ts";
import { pattern, words } from "../support/words.ts";

const { auth, chat, common, errors } = words;

const WAIT = pattern(errors.retry_in_seconds, errors.retry_in_minutes);

/** A try to sign in; what the page says to it, whatever the waiting time. */
async function guess(tab: Tab, login: string, password: string): Promise<string> {
  const { page } = tab;
  await page.getByLabel(auth.EMAIL_OR_USERNAME).fill(login);
  await page.getByLabel(common.PASSWORD, { exact: true }).fill(password);
  const answered = page.waitForResponse(/\/api\/sign_in$/);
  await page.getByRole("button", { name: common.SIGN_IN }).click();
  await answered;
  await expect(page.getByRole("button", { name: common.SIGN_IN })).toBeEnabled();
  return (await page.getByRole("alert").innerText()).trim().replace(WAIT, "wait");
}

test("who guesses passwords is made to wait, and learns nothing about who is here", async ({ people }) => {
  const [ada, guesser] = [await people.member("ada"), await people.stranger("guesser")];
  guesser.faults.tolerate(REFUSALS);
  const [adas, tab] = [await ada.tab(await ada.room("Tea house")), await guesser.tab()];
  const said: string[][] = [];
  for (const login of [ada.email, "nobody@example.org"]) {
    await tab.page.goto("/sign-in");
    await tab.hydrated();
    const answers: string[] = [];
    while (answers.at(-1) !== "wait" && answers.length < 20) {
      answers.push(await guess(tab, login, `green kettle ${answers.length}`));
    }
    said.push(answers);
    // What was typed stays, for when the time is over.
    await expect(tab.page.getByLabel(auth.EMAIL_OR_USERNAME)).toHaveValue(login);
  }
  expect(said[0]).toEqual([...Array(10).fill(errors.WRONG_CREDENTIALS), "wait"]);
  expect(said[1]).toEqual(said[0]);
  // Not even the right one is looked at now.
  expect(await guess(tab, ada.email, ada.password)).toBe("wait");

  // Whom it was about notices nothing, and is not kept out of the browser that she signed in with before.
  await expect(await adas.say("Still here")).toContainText(chat.SENT);
  await adas.open("/settings");
  await adas.page.getByRole("button", { name: common.SIGN_OUT }).click();
  await adas.hydrated();
  await ada.signIn(adas, ada.email);
  await expect(adas.list).toBeVisible();
});

test("who has mails sent without end is made to wait, and the inbox is spared", async ({ people, mail }) => {
  const [ada, ben, pest] = [await people.member("ada"), await people.member("ben"), await people.stranger("pest")];
  pest.faults.tolerate(REFUSALS);
  const { page } = await pest.tab();
  const ask = async (email: string) => {
    await page.goto("/forgot");
    await page.getByLabel(common.EMAIL).fill(email);
    await page.getByRole("button", { name: auth.SEND_LINK }).click();
  };
  for (let asked = 0; asked < 5; asked++) {
    await ask(ada.email);
    await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
    await mail.linkTo(ada.email, "/reset");
  }
  await ask(ada.email);
  await expect(page.getByRole("main")).toContainText(WAIT);
  await expect(page.getByLabel(common.EMAIL)).toHaveValue(ada.email);

  // Others are not held up by it.
  await ask(ben.email);
  await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
  await mail.linkTo(ben.email, "/reset");
  expect(mail.count(ada.email)).toBe(0);
});
