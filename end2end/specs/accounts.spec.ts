import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Tab } from "../support/test.ts";
import { words } from "../support/words.ts";

const { auth, chat, common, errors } = words;

async function openForm(tab: Tab, path: string): Promise<void> {
  await tab.page.goto(path);
  await tab.hydrated();
}

test("two people sign up and confirm their addresses through the mail", async ({ people }) => {
  for (const name of ["ada", "ben"]) {
    const person = await people.stranger(name);
    const tab = await person.tab();
    await person.signUp(tab);
    await expect(tab.page).toHaveURL("/");
    await tab.live();
    await expect(tab.list).toContainText(chat.NO_CONVERSATIONS);
    await tab.open("/settings");
    await expect(tab.page.getByRole("main")).toContainText(person.email);
    // Whoever sets the server up signs up first.
    const admin = tab.page.getByText(words.settings.ADMINISTRATOR);
    await expect(admin).toHaveCount(name === "ada" ? 1 : 0);
  }
});

test("a link from the mail is good for one use", async ({ people, mail }) => {
  const ada = await people.stranger("ada");
  ada.faults.tolerate(REFUSALS);
  await ada.call("sign_up", { email: ada.email, username: ada.name, password: ada.password });
  const link = await mail.takeLink(ada.email);
  const tab = await ada.tab();
  // Opening it changes nothing: mail scanners do.
  await tab.page.goto(link);
  await tab.page.goto(link);
  await tab.page.getByRole("button", { name: auth.CONFIRM_AND_SIGN_IN }).click();
  await expect(tab.list).toBeVisible();

  const other = await people.stranger("other");
  other.faults.tolerate(REFUSALS);
  const again = await other.tab();
  await again.page.goto(link);
  await again.page.getByRole("button", { name: auth.CONFIRM_AND_SIGN_IN }).click();
  await expect(again.page.getByRole("alert")).toContainText(errors.LINK_EXPIRED);
  await expect(again.page.getByRole("link", { name: auth.SIGN_UP_AGAIN })).toBeVisible();
});

test("fields say what is wrong with them", async ({ people }) => {
  await people.member("ada");
  const ben = await people.stranger("ben");
  ben.faults.tolerate(REFUSALS);
  const tab = await ben.tab();
  const { page } = tab;
  await openForm(tab, "/sign-up");
  const email = page.getByLabel(common.EMAIL, { exact: true });
  const username = page.getByLabel(common.USERNAME, { exact: true });
  const password = page.getByLabel(common.PASSWORD, { exact: true });
  const create = page.getByRole("button", { name: auth.CREATE_THIS_ACCOUNT });

  // Nothing filled in.
  await create.click();
  await expect(email).toHaveAccessibleDescription(errors.EMAIL_REQUIRED);
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await expect(email).toBeFocused();

  // On leaving a field, without asking the server.
  await email.fill("ben@nowhere");
  await username.fill("b n");
  await password.focus();
  await expect(email).toHaveAccessibleDescription(errors.EMAIL_MALFORMED);
  await expect(username).toHaveAccessibleDescription(errors.USERNAME_MALFORMED);
  await email.fill("ben@example.org");
  await expect(email).not.toHaveAttribute("aria-invalid", "true");

  // While typing: whether the name is free.
  await username.fill("Ada");
  await expect(username).toHaveAccessibleDescription(errors.USERNAME_TAKEN);
  await expect(username).toHaveAttribute("aria-invalid", "true");
  await username.fill("ben");
  await expect(username).toHaveAccessibleDescription(auth.USERNAME_FREE);

  // And how good the password is.
  await password.fill("password123");
  await expect(password).toHaveAccessibleDescription(auth.PASSWORD_WEAK);
  // Long, and of all kinds of characters.
  await password.fill("Summer2026!");
  await expect(password).toHaveAccessibleDescription(auth.PASSWORD_FAIR);
  await create.click();
  await expect(password).toHaveAccessibleDescription(errors.WEAK);
  await password.fill("correct horse battery staple");
  await expect(password).toHaveAccessibleDescription(auth.PASSWORD_STRONG);
  await page.getByRole("button", { name: words.ui.SHOW_PASSWORD }).click();
  await expect(password).toHaveAttribute("type", "text");
  await create.click();
  await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
});

test("an address with an account is not given away", async ({ people, mail }) => {
  const ada = await people.member("ada");
  const eve = await people.stranger("eve");
  const tab = await eve.tab();
  await openForm(tab, "/sign-up");
  await tab.page.getByLabel(common.EMAIL, { exact: true }).fill("Ada@Example.org");
  await tab.page.getByLabel(common.USERNAME, { exact: true }).fill("eve");
  await tab.page.getByLabel(common.PASSWORD, { exact: true }).fill(eve.password);
  await tab.page.getByRole("button", { name: auth.CREATE_THIS_ACCOUNT }).click();
  await expect(tab.page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
  const { text } = await mail.takeAbout(ada.email, "already_registered");
  expect(text).toMatch(/\bada\b(?!@)/);
});

test("signing out and in, by e-mail and by username", async ({ people }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/settings");
  const { page } = tab;
  for (const login of [ada.email, "ADA"]) {
    await page.getByRole("button", { name: common.SIGN_OUT }).click();
    await expect(page).toHaveURL("/sign-in");
    await tab.hydrated();
    await ada.signIn(tab, login, "not the password");
    await expect(page.getByRole("main")).toContainText(errors.WRONG_CREDENTIALS);
    await expect(page.getByLabel(auth.EMAIL_OR_USERNAME)).toHaveValue(login);
    await ada.signIn(tab, login);
    await expect(tab.list).toBeVisible();
    await tab.live();
    await tab.reload();
    await expect(tab.list).toBeVisible();
    await tab.open("/settings");
  }
});

test("after signing out nothing is left to see", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab("/");
  await tab.open("/settings");
  await expect(tab.page.getByRole("main")).toContainText(ada.email);
  await tab.page.getByRole("button", { name: common.SIGN_OUT }).click();
  await expect(tab.page).toHaveURL("/sign-in");
  await tab.page.goBack();
  await expect(tab.page).toHaveURL(/\/sign-in/);
  await expect(tab.page.getByRole("heading", { name: auth.WELCOME_BACK })).toBeVisible();
});

test("signing in leads to where one wanted to go, on this site only", async ({ people }) => {
  const ada = await people.member("ada");
  const path = await ada.room("Tea house");
  const elsewhere = await people.stranger("elsewhere");
  const tab = await elsewhere.tab();
  await tab.page.goto(path);
  await expect(tab.page).toHaveURL((url) => url.pathname === "/sign-in" && url.searchParams.get("next") === path);
  await tab.hydrated();
  await ada.signIn(tab, ada.name);
  await expect(tab.page).toHaveURL(path);
  await expect(tab.page.getByRole("heading", { name: "Tea house" })).toBeVisible();

  const lured = await people.stranger("lured");
  const trap = await lured.tab();
  await openForm(trap, `/sign-in?next=${encodeURIComponent("//evil.example")}`);
  await ada.signIn(trap, ada.name);
  await expect(trap.list).toBeVisible();
  await expect(trap.page).toHaveURL("/");
});

test("who is signed in is sent home from the doors", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab();
  for (const door of ["/sign-in", "/sign-up"]) {
    await tab.page.goto(door);
    await expect(tab.page).toHaveURL("/");
    await expect(tab.list).toBeVisible();
  }
});
