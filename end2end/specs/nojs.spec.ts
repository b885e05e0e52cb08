import type { Page } from "@playwright/test";
import { REFUSALS } from "../support/faults.ts";
import { expect, test, type Person } from "../support/test.ts";
import { totp } from "../support/totp.ts";

const OFF = { javaScriptEnabled: false };

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

function articles(page: Page, author: string) {
  return page.getByRole("log", { name: "Messages" }).getByRole("article", { name: author, exact: true });
}

test("signing up, talking and leaving with scripts off", async ({ people }) => {
  const ben = await people.member("ben");
  const ada = await people.stranger("ada", OFF);
  const tab = await ada.tab();
  const { page } = tab;
  await ada.signUp(tab);

  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByLabel("Username", { exact: true }).fill("ben");
  await page.getByRole("button", { name: "Start talking" }).click();
  await expect(page.getByRole("heading", { name: "ben" })).toBeVisible();
  const path = new URL(page.url()).pathname;

  await say(page, "Hello from plain HTML\nin two lines");
  await expect(articles(page, "You")).toContainText("Hello from plain HTML");
  await expect(articles(page, "You")).toContainText("Sent");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("");
  // Loading the answer anew sends nothing twice.
  await page.reload();
  await expect(articles(page, "You")).toHaveCount(1);

  await ben.sendMany(path, ["Hello from the wire"]);
  await page.reload();
  await expect(articles(page, "ben")).toContainText("Hello from the wire");
  await expect(tab.row("ben").getByRole("link")).toHaveAttribute("aria-current", "page");

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Appearance" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("link", { name: "Back to settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
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
  const name = page.getByRole("region", { name: "Username" });
  await name.getByLabel("New username").fill("countess");
  await name.getByLabel("Current password").fill("not the password");
  await name.getByRole("button", { name: "Change username" }).click();
  await expect(name.getByLabel("Current password")).toHaveAccessibleDescription("This is not your password.");
  await expect(name.getByLabel("New username")).toHaveValue("countess");
  await name.getByLabel("Current password").fill(ada.password);
  await name.getByRole("button", { name: "Change username" }).click();
  await expect(told).toContainText("Your username was changed.");
  // Said once.
  await page.reload();
  await expect(told).toHaveCount(0);

  // Two steps: set up, and signing in with a recovery code.
  await page.goto("/settings/second-factor");
  await page.getByLabel("Current password").fill(ada.password);
  await page.getByRole("button", { name: "Set up two-step sign-in" }).click();
  await page.getByLabel("Code from the app").fill(totp(await page.locator("code").innerText()));
  await page.getByRole("button", { name: "Switch on" }).click();
  const codes = await page.getByRole("region", { name: "Your recovery codes" }).getByRole("listitem").allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await ada.signIn(tab, "countess");
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  await page.getByRole("link", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(tab.list).toBeVisible();

  // A forgotten password.
  await page.goto("/forgot");
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await page.goto(await mail.linkAbout(ada.email, "Choose a new password"));
  await page.getByLabel("New password").fill("green kettle 4");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(told).toContainText("Sign in with it.");
});

test("a live reader sees what is sent with scripts off", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  const path = await ada.direct(ben);
  const bens = await ben.tab(path);
  const { page } = await ada.tab();
  await page.goto(path);
  await say(page, "No scripts here");
  await expect(bens.message("No scripts here", "ada")).toBeVisible();
});

test("forms with errors keep what was typed", async ({ people }) => {
  await people.member("ben");
  const ada = await people.stranger("ada", OFF);
  ada.faults.tolerate(REFUSALS);
  const { page } = await ada.tab();
  const email = page.getByLabel("E-mail", { exact: true });
  const username = page.getByLabel("Username", { exact: true });
  await page.goto("/sign-up");
  await email.fill("ada@example.org");
  await username.fill("Ben");
  await page.getByLabel("Password", { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(username).toHaveAccessibleDescription("This username is taken, or looks like one that is.");
  await expect(username).toHaveValue("Ben");
  await expect(email).toHaveValue("ada@example.org");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");

  await page.goto("/sign-in");
  await page.getByLabel("E-mail or username").fill("nobody");
  await page.getByLabel("Password", { exact: true }).fill("nothing at all");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main")).toContainText("The name or the password is wrong.");
  await expect(page.getByLabel("E-mail or username")).toHaveValue("nobody");
});

test("a message that is too long is refused in words", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  ada.faults.tolerate(REFUSALS);
  const path = await ada.direct(ben);
  const { page } = await ada.tab();
  await page.goto(path);
  await say(page, `${"long ".repeat(1_700)}end`);
  await expect(page.getByRole("alert")).toContainText("The message can have at most 8000 characters.");
  await expect(articles(page, "You")).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe(path);
  // A line end is one character, though browsers send two.
  await say(page, `${"x".repeat(99)}\n`.repeat(80).trim());
  await expect(articles(page, "You")).toHaveCount(1);
});

test("older messages are behind a link", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", OFF), await people.member("ben")];
  const path = await ada.direct(ben);
  await ada.sendMany(path, Array.from({ length: 120 }, (_, n) => `Message ${n + 1}.`));
  const { page } = await ada.tab();
  await page.goto(path);
  const seen: string[] = [];
  for (;;) {
    const texts = await articles(page, "You").allInnerTexts();
    seen.unshift(...texts.map((text) => text.match(/Message \d+\./)?.[0] ?? text));
    const older = page.getByRole("link", { name: "Load older messages" });
    if (!(await older.count())) break;
    await older.click();
    await expect(articles(page, "You").filter({ hasText: seen[0] ?? "" })).toHaveCount(0);
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
