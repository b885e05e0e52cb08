import { readFile } from "node:fs/promises";
import { REFUSALS } from "../support/faults.ts";
import { expect, test, type People, type Person, type Tab } from "../support/test.ts";
import { totp } from "../support/totp.ts";

const NEW = "green kettle 4";
const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";

const ended = (tab: Tab) => tab.page.getByText("Your session has ended.");
const told = (tab: Tab) => tab.page.getByRole("main").getByRole("status");
const part = (tab: Tab, name: string) => tab.page.getByRole("region", { name, exact: true });

/** Another browser, in which somebody signs in with the password; its page. */
async function elsewhere(people: People, person: Person, password = person.password): Promise<Tab> {
  const other = await people.stranger(`${person.name}'s other browser`, { userAgent: FIREFOX });
  other.faults.tolerate(REFUSALS);
  const tab = await other.tab();
  await tab.page.goto("/sign-in");
  await tab.hydrated();
  await person.signIn(tab, person.name, password);
  return tab;
}

test("a forgotten password is replaced by mail, and all other browsers are signed out", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/");
  const phone = await people.stranger("phone");
  phone.faults.tolerate(REFUSALS);
  const outside = await phone.tab();
  const { page } = outside;
  await page.goto("/sign-in");
  await outside.hydrated();
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await page.getByLabel("E-mail").fill("ADA@example.org");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  const link = await mail.linkAbout(ada.email, "Choose a new password");

  await page.goto(link);
  await outside.hydrated();
  await expect(ended(tab)).toHaveCount(0);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("New password")).toHaveAccessibleDescription(/at least 10 characters/);
  await page.getByLabel("New password").fill(NEW);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL("/sign-in");
  await expect(told(outside)).toContainText("Sign in with it.");
  await expect(ended(tab)).toBeVisible();
  await mail.takeAbout(ada.email, "Your password was changed");

  await outside.hydrated();
  await ada.signIn(outside, ada.email, NEW);
  await expect(outside.list).toBeVisible();

  // The link was good for one use.
  await page.goto(link);
  await outside.hydrated();
  await page.getByLabel("New password").fill("yellow spoon 77");
  // So that a password manager keeps it under the right name.
  await expect(page.locator("form:has(#password) input[autocomplete=username]")).toHaveValue("ada");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("used already or is too old");
  await expect(page.getByRole("link", { name: "Ask for a new link" })).toBeVisible();
});

test("an address that nobody has is answered alike", async ({ people }) => {
  const eve = await people.stranger("eve");
  const tab = await eve.tab();
  await tab.page.goto("/forgot");
  await tab.page.getByLabel("E-mail").fill("nobody@example.org");
  await tab.page.getByRole("button", { name: "Send the link" }).click();
  await expect(tab.page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
});

test("a new e-mail address is confirmed by mail, from any browser", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/settings");
  await tab.page.getByRole("link", { name: "Account" }).click();
  const form = part(tab, "E-mail address");
  await form.getByLabel("New e-mail address").fill("countess@example.org");
  await form.getByRole("button", { name: "Change e-mail address" }).click();
  await expect(form.getByLabel("Current password")).toHaveAccessibleDescription("Enter your current password.");
  await form.getByLabel("Current password").fill(ada.password);
  await form.getByRole("button", { name: "Change e-mail address" }).click();
  await expect(told(tab)).toContainText("We sent a link to the new address.");
  await expect(form).toContainText(ada.email);

  const link = await mail.linkAbout("countess@example.org", "Confirm your new e-mail address");
  const phone = await (await people.stranger("phone")).tab();
  await phone.page.goto(link);
  await phone.page.getByRole("button", { name: "Confirm" }).click();
  await expect(phone.page).toHaveURL("/sign-in");
  await expect(told(phone)).toContainText("Your e-mail address was changed.");
  const { text } = await mail.takeAbout(ada.email, "Your e-mail address was changed");
  expect(text).toContain("countess@example.org");
  await phone.hydrated();
  await ada.signIn(phone, "countess@example.org");
  await expect(phone.list).toBeVisible();
  await tab.reload();
  await expect(form).toContainText("countess@example.org");
});

test("an address in use is told to its owner only", async ({ people, mail }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const tab = await ada.tab("/settings/account");
  const form = part(tab, "E-mail address");
  await form.getByLabel("New e-mail address").fill(ben.email);
  await form.getByLabel("Current password").fill(ada.password);
  await form.getByRole("button", { name: "Change e-mail address" }).click();
  await expect(told(tab)).toContainText("We sent a link to the new address.");
  await mail.takeAbout(ben.email, "This e-mail address is in use already");
});

test("a new username, and names that look like another's", async ({ people }) => {
  const [ada, paul] = [await people.member("ada"), await people.member("paul")];
  ada.faults.tolerate(REFUSALS);
  const pauls = await paul.tab(await paul.direct(ada));
  await expect(pauls.page.getByRole("heading", { name: "ada", level: 1 })).toBeVisible();
  const tab = await ada.tab("/settings/account");
  const form = part(tab, "Username");
  const name = form.getByLabel("New username");
  for (const taken of ["Paul", "PauI", "pau1"]) {
    await name.fill(taken);
    await form.getByLabel("Current password").fill(ada.password);
    await form.getByRole("button", { name: "Change username" }).click();
    await expect(name).toHaveAccessibleDescription("This username is taken, or looks like one that is.");
  }
  await name.fill("Countess");
  await form.getByLabel("Current password").fill("not the password");
  await form.getByRole("button", { name: "Change username" }).click();
  await expect(form.getByLabel("Current password")).toHaveAccessibleDescription("This is not your password.");
  await form.getByLabel("Current password").fill(ada.password);
  await form.getByRole("button", { name: "Change username" }).click();
  await expect(told(tab)).toContainText("Your username was changed.");
  await expect(form).toContainText("It is Countess");
  await expect(name).toHaveValue("");
  await expect(pauls.page.getByRole("heading", { name: "Countess", level: 1 })).toBeVisible();
  await expect(pauls.row("Countess")).toBeVisible();
});

test("a new password signs the other browser out, at once", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const path = await ada.room("Tea house");
  const there = await elsewhere(people, ada);
  await there.live();
  const here = await ada.tab("/settings/security");
  const form = part(here, "Password");
  await form.getByLabel("Current password").fill(ada.password);
  await form.getByLabel("New password").fill(NEW);
  await form.getByRole("button", { name: "Change password" }).click();
  // Told, and not found out by the check that every socket makes each two minutes.
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText("Your password was changed.");
  await mail.takeAbout(ada.email, "Your password was changed");
  await there.page.reload();
  await expect(there.page).toHaveURL(/\/sign-in/);

  // This one goes on.
  await here.open(path);
  await expect(await here.say("Still here")).toContainText("Sent");
  await expect(ended(here)).toHaveCount(0);
  await there.hydrated();
  await ada.signIn(there, ada.name);
  await expect(there.page.getByRole("main")).toContainText("The name or the password is wrong.");
  await ada.signIn(there, ada.name, NEW);
  await expect(there.list).toBeVisible();
});

test("one sees where one is signed in, and signs out there", async ({ people }) => {
  const ada = await people.member("ada");
  const there = await elsewhere(people, ada);
  await there.live();
  const here = await ada.tab("/settings/security");
  const list = part(here, "Where you are signed in");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list.getByRole("listitem").filter({ hasText: "This browser" })).toContainText("Chrome on Linux");
  await expect(list.getByRole("listitem").filter({ hasText: "Firefox on Android" })).toContainText("Last used");
  await list.getByRole("button", { name: "Sign out Firefox on Android" }).click();
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText("That browser is signed out.");
  await expect(list.getByRole("listitem")).toHaveCount(1);

  await there.page.goto("/sign-in");
  await there.hydrated();
  await ada.signIn(there, ada.name);
  await there.live();
  await here.reload();
  await list.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText("You are signed out everywhere else.");
  await expect(list.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
});

test("two-step sign-in: set up, asked for, a recovery code, switched off", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const here = await ada.tab("/settings/security");
  const { page } = here;
  await page.getByRole("link", { name: "Set up two-step sign-in" }).click();
  await page.getByLabel("Current password").fill(ada.password);
  await page.getByRole("button", { name: "Set up two-step sign-in" }).click();
  await expect(page.getByRole("img", { name: /^QR code/ })).toBeVisible();
  await here.live();
  const key = await page.locator("code").innerText();
  await expect(page.getByRole("link", { name: "Open it" })).toHaveAttribute(
    "href",
    new RegExp(`^otpauth://totp/WeConnect:ada%40127.0.0.1\\?secret=${key.replace(/ /g, "")}&`),
  );
  await page.getByLabel("Code from the app").fill("000000000");
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByLabel("Code from the app")).toHaveAccessibleDescription(/^This code is wrong/);
  await page.getByLabel("Code from the app").fill(totp(key));
  await page.getByRole("button", { name: "Switch on" }).click();
  const codes = part(here, "Your recovery codes").getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const [first = "", second = "", third = ""] = await codes.allInnerTexts();
  await mail.takeAbout(ada.email, "Two-step sign-in is on");
  await here.reload();
  await expect(codes).toHaveCount(0);

  const there = await elsewhere(people, ada);
  await expect(there.page.getByRole("heading", { name: "One more step" })).toBeVisible();
  // The password alone leads nowhere.
  await there.page.goto("/");
  await expect(there.page).toHaveURL("/sign-in");
  await there.hydrated();
  await ada.signIn(there, ada.name);
  const code = there.page.getByLabel("Code", { exact: true });
  await code.fill("000000000");
  await there.page.getByRole("button", { name: "Sign in" }).click();
  await expect(code).toHaveAccessibleDescription(/^This code is wrong/);
  // The one that switched it on is used up; the next one is good already.
  await code.fill(totp(key, 1));
  await there.page.getByRole("button", { name: "Sign in" }).click();
  await expect(there.list).toBeVisible();

  // Without the phone.
  await there.page.goto("/settings");
  await there.page.getByRole("button", { name: "Sign out" }).click();
  for (const [typed, good] of [[first.toUpperCase().replaceAll("-", " "), true], [first, false], [second, true]] as const) {
    await expect(there.page).toHaveURL("/sign-in");
    await there.hydrated();
    await ada.signIn(there, ada.name);
    await there.page.getByRole("link", { name: "Use a recovery code" }).click();
    await there.page.getByLabel("Recovery code").fill(typed);
    await there.page.getByRole("button", { name: "Sign in" }).click();
    if (good) {
      await expect(there.list).toBeVisible();
      await there.open("/settings");
      await there.page.getByRole("button", { name: "Sign out" }).click();
    } else {
      await expect(there.page.getByLabel("Recovery code")).toHaveAccessibleDescription(/^This code is wrong/);
      await there.page.getByRole("link", { name: "Start over" }).click();
    }
  }
  await mail.takeAbout(ada.email, "A recovery code was used");

  await here.open("/settings/second-factor");
  await expect(page.getByText("Recovery codes that are left: 8.")).toBeVisible();
  const off = part(here, "Switch it off");
  await off.getByLabel("Current password").fill(ada.password);
  await off.getByRole("button", { name: "Switch off" }).click();
  // The password alone is what somebody may have who must not get in.
  const offCode = off.getByLabel("Code from the app, or a recovery code");
  await expect(offCode).toHaveAccessibleDescription("Enter your code.");
  await offCode.fill(third);
  await off.getByLabel("Current password").fill(ada.password);
  await off.getByRole("button", { name: "Switch off" }).click();
  await expect(told(here)).toContainText("Two-step sign-in is off.");
  await mail.takeAbout(ada.email, "Two-step sign-in is off");
  await expect(there.page).toHaveURL("/sign-in");
  await there.hydrated();
  await ada.signIn(there, ada.name);
  await expect(there.list).toBeVisible();
});

test("all that is kept is downloaded as a file", async ({ people }) => {
  const ada = await people.member("ada");
  const path = await ada.room("Tea house");
  await ada.sendMany(path, ["The first", "The second"]);
  const tab = await ada.tab("/settings/account");
  const [download] = await Promise.all([
    tab.page.waitForEvent("download"),
    tab.page.getByRole("link", { name: "Download your data" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("weconnect.json");
  const data = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(data.account.email).toBe(ada.email);
  expect(data.conversations[0].messages.map(({ body }: { body: string }) => body)).toEqual(["The first", "The second"]);
});

test("a deleted account leaves its words and takes its name along", async ({ people, mail }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  ada.faults.tolerate(REFUSALS);
  const path = await ada.direct(ben);
  await ada.sendMany(path, ["Goodbye"]);
  const bens = await ben.tab(path);
  const there = await elsewhere(people, ada);
  await there.live();

  const here = await ada.tab("/settings/account");
  await here.page.getByRole("link", { name: "Delete your account" }).click();
  await expect(here.page.getByRole("main")).toContainText("This can't be undone.");
  const password = here.page.getByLabel("Current password");
  const box = here.page.getByLabel("Delete my account for good.");
  const button = here.page.getByRole("button", { name: "Delete account" });
  await password.fill(ada.password);
  await button.click();
  await expect(box).toHaveAccessibleDescription("Tick the box to say that you mean it.");
  await box.check();
  await password.fill("not the password");
  await button.click();
  await expect(password).toHaveAccessibleDescription("This is not your password.");
  await password.fill(ada.password);
  await button.click();
  await expect(here.page).toHaveURL("/sign-in");
  await expect(told(here)).toContainText("Your account is gone.");
  await expect(ended(there)).toBeVisible();
  await mail.takeAbout(ada.email, "Your account was deleted");

  await bens.reload();
  await expect(bens.page.getByRole("heading", { name: "Deleted account" })).toBeVisible();
  await expect(bens.message("Goodbye", "Deleted account")).toBeVisible();
  await here.hydrated();
  await ada.signIn(here, ada.name);
  await expect(here.page.getByRole("main")).toContainText("The name or the password is wrong.");
});
