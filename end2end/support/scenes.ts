import { expect } from "@playwright/test";
import { file, photo } from "./images.ts";
import type { MailSink } from "./mail.ts";
import type { People } from "./test.ts";
import type { Person } from "./person.ts";
import type { Tab } from "./tab.ts";
import { totp } from "./totp.ts";

/** A page in one of its states: how to get there, from anywhere. */
export interface Scene {
  name: string;
  show(tab: Tab): Promise<void>;
}

const visit = (name: string, path: string, heading: string): Scene => ({
  name,
  show: async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
  },
});

/** The pages outside. */
export function outside(verifyLink: string): Scene[] {
  return [
    visit("sent", "/sign-up/sent", "Check your mail"),
    visit("sign-in", "/sign-in", "Welcome back"),
    {
      name: "sign-in-refused",
      show: async (tab) => {
        await tab.page.goto("/sign-in");
        await tab.hydrated();
        await tab.page.getByLabel("E-mail or username").fill("nobody");
        await tab.page.getByLabel("Password", { exact: true }).fill("nothing at all");
        await tab.page.getByRole("button", { name: "Sign in" }).click();
        await expect(tab.page.getByRole("main")).toContainText("The name or the password is wrong.");
      },
    },
    visit("sign-up", "/sign-up", "Come on in"),
    {
      name: "sign-up-errors",
      show: async (tab) => {
        const { page } = tab;
        await page.goto("/sign-up");
        await tab.hydrated();
        await page.getByLabel("E-mail", { exact: true }).fill("not an address");
        await page.getByLabel("Username", { exact: true }).fill("a b");
        await page.getByLabel("Password", { exact: true }).fill("password123");
        await page.getByRole("button", { name: "Create account" }).click();
        await expect(page.getByLabel("Username", { exact: true })).toHaveAttribute("aria-invalid", "true");
        await expect(page.getByLabel("E-mail", { exact: true })).toHaveAttribute("aria-invalid", "true");
      },
    },
    visit("sign-in-code", "/sign-in/code?next=%2Fnew", "One more step"),
    visit("sign-in-recovery", "/sign-in/code?recovery=1", "One more step"),
    visit("forgot", "/forgot", "Forgot your password?"),
    visit("forgot-sent", "/forgot/sent", "Check your mail"),
    visit("reset", "/reset?token=none", "A new password"),
    {
      name: "reset-expired",
      show: async (tab) => {
        await tab.page.goto("/reset?token=none");
        await tab.hydrated();
        await tab.page.getByLabel("New password").fill("green kettle 4");
        await tab.page.getByRole("button", { name: "Change password" }).click();
        await expect(tab.page.getByRole("link", { name: "Ask for a new link" })).toBeVisible();
      },
    },
    visit("confirm-email", "/confirm-email?token=none", "Your new e-mail address"),
    visit("confirm-email-incomplete", "/confirm-email", "Your new e-mail address"),
    visit("verify", verifyLink, "One last step"),
    visit("verify-incomplete", "/verify", "One last step"),
    visit("not-found", "/no/such/page", "Nothing here"),
  ];
}

const live = (name: string, path: string, ready: (tab: Tab) => Promise<void>): Scene => ({
  name,
  show: async (tab) => {
    await tab.open(path);
    await ready(tab);
  },
});

const heading = (name: string) => async (tab: Tab) => {
  await expect(tab.page.getByRole("heading", { name, level: 1 })).toBeVisible();
};

/** The pages of somebody for whom everything is new. */
export function empty(): Scene[] {
  return [
    live("home-empty", "/", async (tab) => {
      await expect(tab.page.getByText("No conversations yet")).toBeVisible();
    }),
    live("new", "/new", heading("New conversation")),
    live("settings", "/settings", heading("Settings")),
    live("privacy", "/settings/privacy", async (tab) => {
      await expect(tab.page.getByRole("button", { name: "Save" })).toBeVisible();
    }),
    live("people-empty", "/people", async (tab) => {
      await expect(tab.page.getByText("No friends here yet")).toBeVisible();
    }),
    live("people-nobody", "/people?q=nobody", async (tab) => {
      await expect(tab.page.getByText("Nobody here goes by that name.")).toBeVisible();
    }),
    live("profile-own", "/u/ada", heading("ada")),
    live("profile-missing", "/u/nobody", heading("Not found")),
    ...settings(),
    live("profile", "/settings/profile", heading("Profile")),
    live("profile-crop", "/settings/profile", async ({ page }) => {
      await page.getByLabel("Photo", { exact: true }).setInputFiles(file("photo.jpg", await photo(page)));
      await expect(page.getByRole("application", { name: "Position of the photo" })).toBeVisible();
    }),
    live("profile-refused", "/settings/profile", async ({ page }) => {
      await page.getByLabel("Bio").fill("x".repeat(301));
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.getByLabel("Bio")).toHaveAccessibleDescription(/at most 300 characters/);
      const text = file("photo.jpg", Buffer.from("Hello, I am a text."));
      await page.getByLabel("Photo", { exact: true }).setInputFiles(text);
      await expect(page.getByLabel("Photo", { exact: true })).toHaveAccessibleDescription(/^This file is no picture/);
    }),
    live("missing", "/c/00000000-0000-7000-8000-000000000000", heading("Not found")),
  ];
}

/** The pages of the settings, in this order: the second factor is set up on the way. */
function settings(): Scene[] {
  const password = (tab: Tab) => tab.page.getByLabel("Current password");
  return [
    live("settings-appearance", "/settings/appearance", heading("Appearance")),
    live("settings-account", "/settings/account", heading("Account")),
    live("settings-account-refused", "/settings/account", async (tab) => {
      await tab.hydrated();
      const form = tab.page.getByRole("region", { name: "Username" });
      await form.getByLabel("New username").fill("a b");
      await form.getByRole("button", { name: "Change username" }).click();
      await expect(form.getByLabel("New username")).toHaveAttribute("aria-invalid", "true");
    }),
    live("settings-delete", "/settings/delete", heading("Delete your account")),
    live("settings-delete-unsure", "/settings/delete", async (tab) => {
      await tab.hydrated();
      await tab.page.getByRole("button", { name: "Delete account" }).click();
      await expect(tab.page.getByText("Tick the box")).toBeVisible();
    }),
    live("settings-security", "/settings/security", async (tab) => {
      await expect(tab.page.getByText("This browser")).toBeVisible();
    }),
    live("second-factor-off", "/settings/second-factor", heading("Two-step sign-in")),
    live("second-factor-setting-up", "/settings/second-factor", async (tab) => {
      await tab.hydrated();
      await password(tab).fill("plum tricycle 9");
      await tab.page.getByRole("button", { name: "Set up two-step sign-in" }).click();
      await expect(tab.page.getByRole("img", { name: /^QR code/ })).toBeVisible();
      await tab.live();
    }),
    live("second-factor-codes", "/settings/second-factor", async (tab) => {
      const { page } = tab;
      await page.getByLabel("Code from the app").fill(totp(await page.locator("code").innerText()));
      await page.getByRole("button", { name: "Switch on" }).click();
      await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
      await tab.live();
    }),
    live("second-factor-on", "/settings/second-factor", async (tab) => {
      await expect(tab.page.getByRole("heading", { name: "Switch it off" })).toBeVisible();
    }),
  ];
}

/** A room in which nobody said anything. */
export function emptyRoom(path: string): Scene {
  return live("room-empty", path, async (tab) => {
    await expect(tab.page.getByText("A quiet room")).toBeVisible();
  });
}

async function wheel(tab: Tab, by: number): Promise<void> {
  await tab.page.getByRole("region", { name: "History" }).hover();
  await tab.page.mouse.wheel(0, by);
}

/** A busy server: who looks, and the conversations worth looking at. */
export interface Crowd {
  ada: Person;
  cleo: Person;
  direct: string;
  room: string;
  /** Somebody's invitation link. */
  invite: string;
}

/** The pages of somebody with much going on. */
export function busy({ ada, cleo, direct, room, invite }: Crowd): Scene[] {
  return [
    live("home-busy", "/", async (tab) => {
      await expect(tab.list.getByRole("listitem")).toHaveCount(16);
      await expect(tab.people(2)).toBeVisible();
    }),
    live("people", "/people", async (tab) => {
      await expect(tab.person("Waiting for your answer", cleo.name)).toBeVisible();
    }),
    live("people-found", "/people?q=en", async (tab) => {
      await expect(tab.person("Find people", "ben")).toBeVisible();
    }),
    live("profile-friend", "/u/ben", async (tab) => {
      await expect(tab.page.getByText("You are friends.")).toBeVisible();
    }),
    live("profile-block", `/u/${cleo.name}`, async (tab) => {
      await tab.page.getByText("Block", { exact: true }).click();
      await expect(tab.page.getByRole("button", { name: /^Block / })).toBeVisible();
    }),
    live("profile-blocked", "/u/emil", async (tab) => {
      await expect(tab.page.getByText("You blocked emil.")).toBeVisible();
    }),
    visit("invitation", invite, "dora invites you"),
    live("you", "/", async (tab) => {
      await tab.you.click();
      await expect(tab.page.getByRole("button", { name: "Do not disturb" })).toBeVisible();
      await expect(tab.page.getByRole("region", { name: "Your status" })).toContainText("Writing letters");
    }),
    live("talk", direct, async (tab) => {
      await expect(tab.message("Bring the blue teapot, then.")).toBeInViewport();
    }),
    live("room-unread", room, async (tab) => {
      await expect(tab.log.getByText("New messages", { exact: true })).toBeInViewport();
    }),
    live("room-busy", room, async (tab) => {
      await expect(async () => {
        await wheel(tab, 10_000);
        await expect(tab.message(/^Up the hill/)).toBeInViewport({ timeout: 500 });
      }).toPass();
    }),
    live("room-up", room, async (tab) => {
      await expect(tab.message(/^Up the hill/)).toBeInViewport();
      await wheel(tab, -900);
      await expect(tab.page.getByRole("button", { name: /jump to latest/i })).toBeVisible();
    }),
    {
      // Last: the page stays without its network for a while.
      name: "talk-offline",
      show: async (tab) => {
        await tab.open(direct);
        await ada.context.setOffline(true);
        await tab.composer.fill("Are you still there?");
        await tab.page.getByRole("button", { name: "Send", exact: true }).click();
        await expect(tab.message("Are you still there?").last()).toContainText("Waiting to be sent");
        await expect(tab.page.getByRole("status").filter({ hasText: "You're offline" })).toBeVisible();
      },
    },
  ];
}

const WORDS =
  "the kettle is on and somebody should bring biscuits because last time there were none left for the people who came " +
  "late which was a pity since the walk up the hill is long and the wind was cold";

/** Sixteen conversations with long and short names, and one of them with a lot in it. */
export async function crowd(people: People): Promise<Crowd> {
  const ada = await people.member("ada");
  const ben = await people.member("ben");
  const cleo = await people.member("a.very-long_username.of_32-chars");
  const said = WORDS.split(" ");
  for (let n = 0; n < 13; n++) {
    const name = n % 3 ? `Room ${n}` : `A room with a rather long name and a number ${n}`;
    const path = await ben.room(name);
    await ada.room(name);
    if (n % 2) await ben.sendMany(path, said.slice(0, n * 2 + 1));
  }
  const room = await ben.room("Hill walkers and tea drinkers");
  await ada.room("Hill walkers and tea drinkers");
  await cleo.room("Hill walkers and tea drinkers");
  for (let n = 0; n < 24; n++) {
    const who = [ben, cleo, ben, ada, cleo][n % 5] ?? ben;
    const from = (n * 5) % said.length;
    await who.sendMany(room, [said.slice(from, from + 1 + ((n * 11) % 30)).join(" ")]);
  }
  await cleo.sendMany(room, [`Nobreakpossible${"inthisverylongword".repeat(12)}`, "🫖 ☕ 🍪"]);
  const emil = await people.member("emil");
  await emil.room("Hill walkers and tea drinkers");
  await emil.sendMany(room, ["Nobody asked for this."]);
  await ada.sendMany(room, ["Up the hill: https://example.org/a/very/long/path/that/has/to/break/somewhere?or=else"]);
  await ada.see(room, 18);
  await cleo.sendMany(await cleo.direct(ada), ["Hello!"]);
  const direct = await ben.direct(ada);
  await ben.sendMany(direct, ["Coming on Sunday?", "We thought of the long way round,\nover the bridge."]);
  await ada.sendMany(direct, ["Gladly. What can I bring?"]);
  await ben.sendMany(direct, ["Yourself.", "And biscuits."]);
  await ada.sendMany(direct, ["Bring the blue teapot, then."]);
  const dora = await people.member("dora");
  await ada.befriend(ben);
  for (const person of [cleo, dora]) await person.relate("request", ada);
  await ada.relate("request", await people.member("finn"));
  await ada.relate("block", emil);
  await ada.call("set_status", { emoji: "📝", text: "Writing letters", expiry: "week" });
  await ben.call("set_status", { emoji: "🌴", text: "On holiday until the end of the month", expiry: "never" });
  await ben.tab("/");
  await cleo.call("set_availability", { availability: "busy" });
  await cleo.tab("/");
  return { ada, cleo, direct, room, invite: await dora.invitation() };
}

/** A link to confirm an address that is not confirmed yet. */
export async function openLink(people: People, mail: MailSink): Promise<string> {
  const zoe = await people.stranger("zoe");
  await zoe.call("sign_up", { email: zoe.email, username: zoe.name, password: zoe.password });
  return mail.takeLink(zoe.email);
}
