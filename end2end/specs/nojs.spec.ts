import type { Page } from "@playwright/test";
import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Person } from "../support/test.ts";
import { totp } from "../support/totp.ts";
import { say, words } from "../support/words.ts";

const { auth, chat, common, errors, second_factor, settings } = words;

const OFF = { javaScriptEnabled: false };

async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: chat.MESSAGE }).fill(text);
  await page.getByRole("button", { name: chat.SEND }).click();
}

function articles(page: Page, author: string) {
  return page.getByRole("log", { name: chat.MESSAGES }).getByRole("article", { name: author, exact: true });
}

test("signing up, talking and leaving with scripts off", async ({ people }) => {
  const ben = await people.member("ben");
  const ada = await people.stranger("ada", OFF);
  const tab = await ada.tab();
  const { page } = tab;
  await ada.signUp(tab);

  await page.getByRole("link", { name: chat.NEW_CONVERSATION }).click();
  await page.getByLabel(common.USERNAME, { exact: true }).fill("ben");
  await page.getByRole("button", { name: chat.START_TALKING }).click();
  await expect(page.getByRole("heading", { name: "ben" })).toBeVisible();
  const path = new URL(page.url()).pathname;

  await send(page, "Hello from plain HTML\nin two lines");
  await expect(articles(page, chat.YOU)).toContainText("Hello from plain HTML");
  await expect(articles(page, chat.YOU)).toContainText(chat.SENT);
  await expect(page.getByRole("textbox", { name: chat.MESSAGE })).toHaveValue("");
  // Loading the answer anew sends nothing twice.
  await page.reload();
  await expect(articles(page, chat.YOU)).toHaveCount(1);

  await ben.sendMany(path, ["Hello from the wire"]);
  await page.reload();
  await expect(articles(page, "ben")).toContainText("Hello from the wire");
  await expect(tab.row("ben").getByRole("link")).toHaveAttribute("aria-current", "page");

  await page.getByRole("link", { name: common.SETTINGS }).click();
  await page.getByRole("link", { name: settings.APPEARANCE }).click();
  await page.getByRole("button", { name: settings.THEME_DARK }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("link", { name: settings.BACK_TO_SETTINGS }).click();
  await page.getByRole("button", { name: common.SIGN_OUT }).click();
  await expect(page).toHaveURL("/sign-in");

  await page.goto(path);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await ada.signIn(tab, "ada");
  await expect(page).toHaveURL(path);
  await expect(articles(page, "ben")).toContainText("Hello from the wire");
});

test("an account is looked after with scripts off", async ({ people, mail }) => {
  const ada = await people.stranger("ada", OFF);
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab();
  const { page } = tab;
  await ada.signUp(tab);
  const told = page.getByRole("main").getByRole("status");

  await page.goto("/settings/account");
  const name = page.getByRole("region", { name: common.USERNAME });
  await name.getByLabel(settings.NEW_USERNAME).fill("countess");
  await name.getByLabel(common.CURRENT_PASSWORD).fill("not the password");
  await name.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
  await expect(name.getByLabel(common.CURRENT_PASSWORD)).toHaveAccessibleDescription(errors.WRONG_PASSWORD);
  await expect(name.getByLabel(settings.NEW_USERNAME)).toHaveValue("countess");
  await name.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await name.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
  await expect(told).toContainText(settings.USERNAME_CHANGED);
  // Said once.
  await page.reload();
  await expect(told).toHaveCount(0);

  // Two steps: set up, and signing in with a recovery code.
  await page.goto("/settings/second-factor");
  await page.getByLabel(common.CURRENT_PASSWORD).fill(ada.password);
  await page.getByRole("button", { name: common.SET_UP_TWO_STEP_SIGN_IN }).click();
  await page.getByLabel(second_factor.CODE_FROM_APP).fill(totp(await page.locator("code").innerText()));
  await page.getByRole("button", { name: second_factor.SWITCH_ON }).click();
  const list = page.getByRole("region", { name: second_factor.YOUR_RECOVERY_CODES });
  const codes = await list.getByRole("listitem").allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.goto("/settings");
  await page.getByRole("button", { name: common.SIGN_OUT }).click();
  await ada.signIn(tab, "countess");
  await expect(page.getByRole("heading", { name: auth.ONE_MORE_STEP })).toBeVisible();
  await page.getByRole("link", { name: auth.USE_RECOVERY_CODE }).click();
  await page.getByLabel(auth.RECOVERY_CODE).fill(codes[0] ?? "");
  await page.getByRole("button", { name: common.SIGN_IN }).click();
  await expect(tab.list).toBeVisible();

  // A forgotten password.
  await page.goto("/forgot");
  await page.getByLabel(common.EMAIL).fill(ada.email);
  await page.getByRole("button", { name: auth.SEND_LINK }).click();
  await expect(page.getByRole("heading", { name: auth.CHECK_YOUR_MAIL })).toBeVisible();
  await page.goto(await mail.linkTo(ada.email, "/reset"));
  await page.getByLabel(common.NEW_PASSWORD).fill("green kettle 4");
  await page.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
  await expect(told).toContainText(settings.PASSWORD_RESET);
});

test("a live reader sees what is sent with scripts off", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  const path = await ada.direct(ben);
  const bens = await ben.tab(path);
  const { page } = await ada.tab();
  await page.goto(path);
  await send(page, "No scripts here");
  await expect(bens.message("No scripts here", "ada")).toBeVisible();
});

test("forms with errors keep what was typed", async ({ people }) => {
  await people.member("ben");
  const ada = await people.stranger("ada", OFF);
  ada.faults.tolerate(REFUSALS);
  const { page } = await ada.tab();
  const email = page.getByLabel(common.EMAIL, { exact: true });
  const username = page.getByLabel(common.USERNAME, { exact: true });
  await page.goto("/sign-up");
  await email.fill("ada@example.org");
  await username.fill("Ben");
  await page.getByLabel(common.PASSWORD, { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: auth.CREATE_THIS_ACCOUNT }).click();
  await expect(username).toHaveAccessibleDescription(errors.USERNAME_TAKEN);
  await expect(username).toHaveValue("Ben");
  await expect(email).toHaveValue("ada@example.org");
  await expect(page.getByLabel(common.PASSWORD, { exact: true })).toHaveValue("");

  await page.goto("/sign-in");
  await page.getByLabel(auth.EMAIL_OR_USERNAME).fill("nobody");
  await page.getByLabel(common.PASSWORD, { exact: true }).fill("nothing at all");
  await page.getByRole("button", { name: common.SIGN_IN }).click();
  await expect(page.getByRole("main")).toContainText(errors.WRONG_CREDENTIALS);
  await expect(page.getByLabel(auth.EMAIL_OR_USERNAME)).toHaveValue("nobody");
});

test("a message that is too long is refused in words", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  ada.faults.tolerate(REFUSALS);
  const path = await ada.direct(ben);
  const { page } = await ada.tab();
  await page.goto(path);
  await send(page, `${"long ".repeat(1_700)}end`);
  await expect(page.getByRole("alert")).toContainText(say(errors.body_too_long, { count: 8_000 }));
  await expect(articles(page, chat.YOU)).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe(path);
  // A line end is one character, though browsers send two.
  await send(page, `${"x".repeat(99)}\n`.repeat(80).trim());
  await expect(articles(page, chat.YOU)).toHaveCount(1);
});

test("older messages are behind a link", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  const path = await ada.direct(ben);
  await ada.sendMany(path, Array.from({ length: 120 }, (_, n) => `Message ${n + 1}.`));
  const { page } = await ada.tab();
  await page.goto(path);
  const seen: string[] = [];
  for (;;) {
    const texts = await articles(page, chat.YOU).allInnerTexts();
    seen.unshift(...texts.map((text) => text.match(/Message \d+\./)?.[0] ?? text));
    const older = page.getByRole("link", { name: chat.LOAD_OLDER });
    if (!(await older.count())) break;
    await older.click();
    await expect(articles(page, chat.YOU).filter({ hasText: seen[0] ?? "" })).toHaveCount(0);
  }
  expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => `Message ${n + 1}.`));
});

test("the HTML of a room has its messages before any script runs", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.room("Tea house");
  await ben.room("Tea house");
  await fill(ada, ben, path);
  const answer = await ada.context.request.get(path);
  expect(answer.status()).toBe(200);
  const html = await answer.text();
  // Drawn, not only carried along for the script.
  const drawn = html.replace(/<script[\s\S]*?<\/script>/g, "").replace(/<!--[\s\S]*?-->/g, "");
  for (let n = 0; n < 49; n++) expect(drawn).toContain(`>Line ${n} of 49<`);
  expect(drawn).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(html).not.toContain("<script>alert(1)");
});

async function fill(ada: Person, ben: Person, path: string): Promise<void> {
  await ben.sendMany(path, ["<script>alert(1)</script> </textarea> </script>"]);
  await ben.sendMany(path, Array.from({ length: 25 }, (_, n) => `Line ${n} of 49`));
  await ada.sendMany(path, Array.from({ length: 24 }, (_, n) => `Line ${25 + n} of 49`));
  // Who has read it all gets the newest, not the first unread.
  await ada.see(path, 50);
}
