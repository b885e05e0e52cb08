import { readFile } from "node:fs/promises";
import { REFUSALS } from "../support/faults.ts";
import { expect, test, type People, type Person, type Tab } from "../support/test.ts";
import { totp } from "../support/totp.ts";
import { pattern, say, words } from "../support/words.ts";

const { auth, chat, common, errors, second_factor, settings } = words;
const NEW = "green kettle 4";
const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";

const ended = (tab: Tab) => tab.page.getByText(pattern(common.SESSION_ENDED, words.connection.SESSION_ENDED_KEPT));
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
  await page.getByRole("link", { name: auth.FORGOT_PASSWORD_QUESTION }).click();
  await expect(page.getByRole("heading", { name: auth.FORGOT_PASSWORD_QUESTION })).toBeVisible();
  await page.getByLabel(common.EMAIL).fill("ADA@example.org");
  await page.getByRole("button", { name: auth.SEND_LINK }).click();
  await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
  const link = await mail.linkTo(ada.email, "/reset");

  await page.goto(link);
  await outside.hydrated();
  await expect(ended(tab)).toHaveCount(0);
  await page.getByLabel(common.NEW_PASSWORD).fill("short");
  await page.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
  const tooShort = say(errors.password_too_short, { count: 10 });
  await expect(page.getByLabel(common.NEW_PASSWORD)).toHaveAccessibleDescription(tooShort);
  await page.getByLabel(common.NEW_PASSWORD).fill(NEW);
  await page.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
  await expect(page).toHaveURL("/sign-in");
  await expect(told(outside)).toContainText(settings.PASSWORD_RESET);
  await expect(ended(tab)).toBeVisible();
  await mail.takeAbout(ada.email, "password_changed");

  await outside.hydrated();
  await ada.signIn(outside, ada.email, NEW);
  await expect(outside.list).toBeVisible();

  // The link was good for one use.
  await page.goto(link);
  await outside.hydrated();
  await page.getByLabel(common.NEW_PASSWORD).fill("yellow spoon 77");
  // So that a password manager keeps it under the right name.
  await expect(page.locator("form:has(#password) input[autocomplete=username]")).toHaveValue("ada");
  await page.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
  await expect(page.getByRole("alert")).toContainText(errors.LINK_EXPIRED);
  await expect(page.getByRole("link", { name: auth.ASK_FOR_NEW_LINK })).toBeVisible();
});

test("an address that nobody has is answered alike", async ({ people }) => {
  const eve = await people.stranger("eve");
  const tab = await eve.tab();
  await tab.page.goto("/forgot");
  await tab.page.getByLabel(common.EMAIL).fill("nobody@example.org");
  await tab.page.getByRole("button", { name: auth.SEND_LINK }).click();
  await expect(tab.page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
});

test("a new e-mail address is confirmed by mail, from any browser", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab("/settings");
  await tab.page.getByRole("link", { name: settings.ACCOUNT }).click();
  const form = part(tab, settings.EMAIL_ADDRESS);
  await form.getByLabel(settings.NEW_EMAIL).fill("countess@example.org");
  await form.getByRole("button", { name: settings.CHANGE_EMAIL }).click();
  await expect(form.getByLabel(common.CURRENT_PASSWORD)).toHaveAccessibleDescription(errors.CURRENT_PASSWORD_REQUIRED);
  await form.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await form.getByRole("button", { name: settings.CHANGE_EMAIL }).click();
  await expect(told(tab)).toContainText(settings.EMAIL_LINK_SENT);
  await expect(form).toContainText(ada.email);

  const link = await mail.linkTo("countess@example.org", "/confirm-email");
  const phone = await (await people.stranger("phone")).tab();
  await phone.page.goto(link);
  await phone.page.getByRole("button", { name: auth.CONFIRM }).click();
  await expect(phone.page).toHaveURL("/sign-in");
  await expect(told(phone)).toContainText(settings.EMAIL_CHANGED);
  const { text } = await mail.takeAbout(ada.email, "email_changed");
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
  const form = part(tab, settings.EMAIL_ADDRESS);
  await form.getByLabel(settings.NEW_EMAIL).fill(ben.email);
  await form.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await form.getByRole("button", { name: settings.CHANGE_EMAIL }).click();
  await expect(told(tab)).toContainText(settings.EMAIL_LINK_SENT);
  await mail.takeAbout(ben.email, "email_taken");
});

test("a new username, and names that look like another's", async ({ people }) => {
  const [ada, paul] = [await people.member("ada"), await people.member("paul")];
  ada.faults.tolerate(REFUSALS);
  const pauls = await paul.tab(await paul.direct(ada));
  await expect(pauls.page.getByRole("heading", { name: "ada", level: 1 })).toBeVisible();
  const tab = await ada.tab("/settings/account");
  const form = part(tab, common.USERNAME);
  const name = form.getByLabel(settings.NEW_USERNAME);
  for (const taken of ["Paul", "PauI", "pau1"]) {
    await name.fill(taken);
    await form.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
    await form.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
    await expect(name).toHaveAccessibleDescription(errors.USERNAME_TAKEN);
  }
  await name.fill("Countess");
  await form.getByLabel(common.CURRENT_PASSWORD).fill("not the password");
  await form.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
  await expect(form.getByLabel(common.CURRENT_PASSWORD)).toHaveAccessibleDescription(errors.WRONG_PASSWORD);
  await form.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await form.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
  await expect(told(tab)).toContainText(settings.USERNAME_CHANGED);
  await expect(form).toContainText(say(settings.username_now, { username: "Countess" }));
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
  const form = part(here, common.PASSWORD);
  await form.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await form.getByLabel(common.NEW_PASSWORD).fill(NEW);
  await form.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
  // Told, and not found out by the check that every socket makes each two minutes.
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText(settings.PASSWORD_CHANGED);
  await mail.takeAbout(ada.email, "password_changed");
  await there.page.reload();
  await expect(there.page).toHaveURL(/\/sign-in/);

  // This one goes on.
  await here.open(path);
  await expect(await here.say("Still here")).toContainText(chat.SENT);
  await expect(ended(here)).toHaveCount(0);
  await there.hydrated();
  await ada.signIn(there, ada.name);
  await expect(there.page.getByRole("main")).toContainText(errors.WRONG_CREDENTIALS);
  await ada.signIn(there, ada.name, NEW);
  await expect(there.list).toBeVisible();
});

test("one sees where one is signed in, and signs out there", async ({ people }) => {
  const ada = await people.member("ada");
  const there = await elsewhere(people, ada);
  await there.live();
  const here = await ada.tab("/settings/security");
  const list = part(here, settings.WHERE_SIGNED_IN);
  await expect(list.getByRole("listitem")).toHaveCount(2);
  const chrome = say(settings.browser_on_system, { browser: "Chrome", system: "Linux" });
  const firefox = say(settings.browser_on_system, { browser: "Firefox", system: "Android" });
  await expect(list.getByRole("listitem").filter({ hasText: settings.THIS_BROWSER })).toContainText(chrome);
  await expect(list.getByRole("listitem").filter({ hasText: firefox })).toContainText(pattern(settings.last_used));
  await list.getByRole("button", { name: say(settings.sign_out_device, { device: firefox }) }).click();
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText(settings.SESSION_ENDED);
  await expect(list.getByRole("listitem")).toHaveCount(1);

  await there.page.goto("/sign-in");
  await there.hydrated();
  await ada.signIn(there, ada.name);
  await there.live();
  await here.reload();
  await list.getByRole("button", { name: settings.SIGN_OUT_ELSEWHERE }).click();
  await expect(ended(there)).toBeVisible();
  await expect(told(here)).toContainText(settings.OTHER_SESSIONS_ENDED);
  await expect(list.getByRole("button", { name: settings.SIGN_OUT_ELSEWHERE })).toHaveCount(0);
});

test("two-step sign-in: set up, asked for, a recovery code, switched off", async ({ people, mail }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const here = await ada.tab("/settings/security");
  const { page } = here;
  await page.getByRole("link", { name: common.SET_UP_TWO_STEP_SIGN_IN }).click();
  await page.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await page.getByRole("button", { name: common.SET_UP_TWO_STEP_SIGN_IN }).click();
  await expect(page.getByRole("img", { name: second_factor.QR_CODE })).toBeVisible();
  await here.live();
  const key = await page.locator("code").innerText();
  await expect(page.getByRole("link", { name: second_factor.OPEN_APP })).toHaveAttribute(
    "href",
    new RegExp(`^otpauth://totp/WeConnect:ada%40127.0.0.1\\?secret=${key.replace(/ /g, "")}&`),
  );
  await page.getByLabel(second_factor.CODE_FROM_APP).fill("000000000");
  await page.getByRole("button", { name: second_factor.SWITCH_ON }).click();
  await expect(page.getByLabel(second_factor.CODE_FROM_APP)).toHaveAccessibleDescription(errors.WRONG_CODE);
  await page.getByLabel(second_factor.CODE_FROM_APP).fill(totp(key));
  await page.getByRole("button", { name: second_factor.SWITCH_ON }).click();
  const codes = part(here, second_factor.YOUR_RECOVERY_CODES).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const [first = "", second = "", third = ""] = await codes.allInnerTexts();
  await mail.takeAbout(ada.email, "second_factor_on");
  await here.reload();
  await expect(codes).toHaveCount(0);

  const there = await elsewhere(people, ada);
  await expect(there.page.getByRole("heading", { name: auth.ONE_MORE_STEP })).toBeVisible();
  // The password alone leads nowhere.
  await there.page.goto("/");
  await expect(there.page).toHaveURL("/sign-in");
  await there.hydrated();
  await ada.signIn(there, ada.name);
  const code = there.page.getByLabel(auth.CODE, { exact: true });
  await code.fill("000000000");
  await there.page.getByRole("button", { name: common.SIGN_IN }).click();
  await expect(code).toHaveAccessibleDescription(errors.WRONG_CODE);
  // The one that switched it on is used up; the next one is good already.
  await code.fill(totp(key, 1));
  await there.page.getByRole("button", { name: common.SIGN_IN }).click();
  await expect(there.list).toBeVisible();

  // Without the phone.
  await there.page.goto("/settings");
  await there.page.getByRole("button", { name: common.SIGN_OUT }).click();
  for (const [typed, good] of [[first.toUpperCase().replaceAll("-", " "), true], [first, false], [second, true]] as const) {
    await expect(there.page).toHaveURL("/sign-in");
    await there.hydrated();
    await ada.signIn(there, ada.name);
    await there.page.getByRole("link", { name: auth.USE_RECOVERY_CODE }).click();
    await there.page.getByLabel(auth.RECOVERY_CODE).fill(typed);
    await there.page.getByRole("button", { name: common.SIGN_IN }).click();
    if (good) {
      await expect(there.list).toBeVisible();
      await there.open("/settings");
      await there.page.getByRole("button", { name: common.SIGN_OUT }).click();
    } else {
      await expect(there.page.getByLabel(auth.RECOVERY_CODE)).toHaveAccessibleDescription(errors.WRONG_CODE);
      await there.page.getByRole("link", { name: auth.START_OVER }).click();
    }
  }
  await mail.takeAbout(ada.email, "recovery_code_used");

  await here.open("/settings/second-factor");
  await expect(page.getByText(say(second_factor.codes_left, { count: 8 }))).toBeVisible();
  const off = part(here, second_factor.SWITCH_IT_OFF);
  await off.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await off.getByRole("button", { name: second_factor.SWITCH_OFF }).click();
  // The password alone is what somebody may have who must not get in.
  const offCode = off.getByLabel(second_factor.CODE_OR_RECOVERY_CODE);
  await expect(offCode).toHaveAccessibleDescription(errors.CODE_REQUIRED);
  await offCode.fill(third);
  await off.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await off.getByRole("button", { name: second_factor.SWITCH_OFF }).click();
  await expect(told(here)).toContainText(second_factor.IS_OFF);
  await mail.takeAbout(ada.email, "second_factor_off");
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
    tab.page.getByRole("link", { name: common.DOWNLOAD_YOUR_DATA }).click(),
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
  await here.page.getByRole("link", { name: settings.GO_TO_DELETION }).click();
  await expect(here.page.getByRole("main")).toContainText(settings.CANNOT_BE_UNDONE);
  const password = here.page.getByLabel(common.CURRENT_PASSWORD);
  const box = here.page.getByLabel(settings.DELETE_FOR_GOOD);
  const button = here.page.getByRole("button", { name: settings.DELETE_ACCOUNT });
  await password.fill(ada.password);
  await button.click();
  await expect(box).toHaveAccessibleDescription(errors.CONFIRMATION_REQUIRED);
  await box.check();
  await password.fill("not the password");
  await button.click();
  await expect(password).toHaveAccessibleDescription(errors.WRONG_PASSWORD);
  await password.fill(ada.password);
  await button.click();
  await expect(here.page).toHaveURL("/sign-in");
  await expect(told(here)).toContainText(settings.ACCOUNT_DELETED);
  await expect(ended(there)).toBeVisible();
  await mail.takeAbout(ada.email, "account_deleted");

  await bens.reload();
  await expect(bens.page.getByRole("heading", { name: "Deleted account" })).toBeVisible();
  await expect(bens.message("Goodbye", "Deleted account")).toBeVisible();
  await here.hydrated();
  await ada.signIn(here, ada.name);
  await expect(here.page.getByRole("main")).toContainText(errors.WRONG_CREDENTIALS);
});
