import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Tab } from "../support/test.ts";

const RESET = "Choose a new password";

/** A try to sign in; what the page says to it, whatever the waiting time. */
async function guess(tab: Tab, login: string, password: string): Promise<string> {
  const { page } = tab;
  await page.getByLabel("E-mail or username").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  const answered = page.waitForResponse(/\/api\/sign_in$/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await answered;
  await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  return (await page.getByRole("alert").innerText()).trim().replace(/\d+ (seconds|minutes)/, "a while");
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
    while (!answers.at(-1)?.startsWith("Too many tries.") && answers.length < 20) {
      answers.push(await guess(tab, login, `green kettle ${answers.length}`));
    }
    said.push(answers);
    // What was typed stays, for when the time is over.
    await expect(tab.page.getByLabel("E-mail or username")).toHaveValue(login);
  }
  expect(said[0]).toEqual([...Array(10).fill("The name or the password is wrong."), "Too many tries. Try again in a while."]);
  expect(said[1]).toEqual(said[0]);
  // Not even the right one is looked at now.
  expect(await guess(tab, ada.email, ada.password)).toContain("Too many tries.");

  // Whom it was about notices nothing, and is not kept out of the browser that she signed in with before.
  await expect(await adas.say("Still here")).toContainText("Sent");
  await adas.open("/settings");
  await adas.page.getByRole("button", { name: "Sign out" }).click();
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
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
  };
  for (let asked = 0; asked < 5; asked++) {
    await ask(ada.email);
    await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
    await mail.takeAbout(ada.email, RESET);
  }
  await ask(ada.email);
  await expect(page.getByRole("main")).toContainText("Too many tries.");
  await expect(page.getByLabel("E-mail")).toHaveValue(ada.email);

  // Others are not held up by it.
  await ask(ben.email);
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await mail.takeAbout(ben.email, RESET);
  expect(mail.count(ada.email)).toBe(0);
});
