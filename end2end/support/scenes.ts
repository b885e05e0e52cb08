import { expect } from "@playwright/test";
import { file, photo } from "./images.ts";
import type { MailSink } from "./mail.ts";
import type { People } from "./test.ts";
import type { Person } from "./person.ts";
import type { Tab } from "./tab.ts";
import { totp } from "./totp.ts";
import { pattern, say, words } from "./words.ts";

const { auth, chat, common, connection, errors, layout, profile, second_factor, settings, status } = words;

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
    visit("sent", "/sign-up/sent", auth.CHECK_YOUR_MAIL),
    visit("sign-in", "/sign-in", auth.WELCOME_BACK),
    {
      name: "sign-in-refused",
      show: async (tab) => {
        await tab.page.goto("/sign-in");
        await tab.hydrated();
        await tab.page.getByLabel(auth.EMAIL_OR_USERNAME).fill("nobody");
        await tab.page.getByLabel(common.PASSWORD, { exact: true }).fill("nothing at all");
        await tab.page.getByRole("button", { name: common.SIGN_IN }).click();
        await expect(tab.page.getByRole("main")).toContainText(errors.WRONG_CREDENTIALS);
      },
    },
    visit("sign-up", "/sign-up", auth.COME_ON_IN),
    {
      name: "sign-up-errors",
      show: async (tab) => {
        const { page } = tab;
        await page.goto("/sign-up");
        await tab.hydrated();
        await page.getByLabel(common.EMAIL, { exact: true }).fill("not an address");
        await page.getByLabel(common.USERNAME, { exact: true }).fill("a b");
        await page.getByLabel(common.PASSWORD, { exact: true }).fill("password123");
        await page.getByRole("button", { name: auth.CREATE_THIS_ACCOUNT }).click();
        await expect(page.getByLabel(common.USERNAME, { exact: true })).toHaveAttribute("aria-invalid", "true");
        await expect(page.getByLabel(common.EMAIL, { exact: true })).toHaveAttribute("aria-invalid", "true");
      },
    },
    visit("sign-in-code", "/sign-in/code?next=%2Fnew", auth.ONE_MORE_STEP),
    visit("sign-in-recovery", "/sign-in/code?recovery=1", auth.ONE_MORE_STEP),
    visit("forgot", "/forgot", auth.FORGOT_PASSWORD_QUESTION),
    visit("forgot-sent", "/forgot/sent", auth.CHECK_YOUR_MAIL),
    visit("reset", "/reset?token=none", auth.A_NEW_PASSWORD),
    {
      name: "reset-expired",
      show: async (tab) => {
        await tab.page.goto("/reset?token=none");
        await tab.hydrated();
        await tab.page.getByLabel(common.NEW_PASSWORD).fill("green kettle 4");
        await tab.page.getByRole("button", { name: common.CHANGE_PASSWORD }).click();
        await expect(tab.page.getByRole("link", { name: auth.ASK_FOR_NEW_LINK })).toBeVisible();
      },
    },
    visit("confirm-email", "/confirm-email?token=none", auth.YOUR_NEW_EMAIL),
    visit("confirm-email-incomplete", "/confirm-email", auth.YOUR_NEW_EMAIL),
    visit("verify", verifyLink, auth.ONE_LAST_STEP),
    visit("verify-incomplete", "/verify", auth.ONE_LAST_STEP),
    visit("not-found", "/no/such/page", layout.NOTHING_HERE),
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
      await expect(tab.page.getByText(chat.NO_CONVERSATIONS)).toBeVisible();
    }),
    live("new", "/new", heading(chat.NEW_CONVERSATION)),
    live("settings", "/settings", heading(common.SETTINGS)),
    live("privacy", "/settings/privacy", async (tab) => {
      await expect(tab.page.getByRole("button", { name: common.SAVE })).toBeVisible();
    }),
    live("people-empty", "/people", async (tab) => {
      await expect(tab.page.getByText(words.people.NO_FRIENDS)).toBeVisible();
    }),
    live("people-nobody", "/people?q=nobody", async (tab) => {
      await expect(tab.page.getByText(words.people.NOBODY_FOUND)).toBeVisible();
    }),
    live("profile-own", "/u/ada", heading("ada")),
    live("profile-missing", "/u/nobody", heading(layout.NOT_FOUND)),
    ...settingsPages(),
    live("profile", "/settings/profile", heading(settings.PROFILE)),
    live("profile-crop", "/settings/profile", async ({ page }) => {
      await page.getByLabel(profile.PHOTO, { exact: true }).setInputFiles(file("photo.jpg", await photo(page)));
      await expect(page.getByRole("application", { name: profile.PHOTO_POSITION })).toBeVisible();
    }),
    live("profile-refused", "/settings/profile", async ({ page }) => {
      await page.getByLabel(profile.BIO).fill("x".repeat(301));
      await page.getByRole("button", { name: common.SAVE, exact: true }).click();
      await expect(page.getByLabel(profile.BIO)).toHaveAccessibleDescription(say(errors.bio_too_long, { count: 300 }));
      const text = file("photo.jpg", Buffer.from("Hello, I am a text."));
      const field = page.getByLabel(profile.PHOTO, { exact: true });
      await field.setInputFiles(text);
      await expect(field).toHaveAccessibleDescription(errors.FILE_UNSUPPORTED);
    }),
    live("missing", "/c/00000000-0000-7000-8000-000000000000", heading(layout.NOT_FOUND)),
  ];
}

/** The pages of the settings, in this order: the second factor is set up on the way. */
function settingsPages(): Scene[] {
  const password = (tab: Tab) => tab.page.getByLabel(common.CURRENT_PASSWORD);
  return [
    live("settings-appearance", "/settings/appearance", heading(settings.APPEARANCE)),
    live("settings-account", "/settings/account", heading(settings.ACCOUNT)),
    live("settings-account-refused", "/settings/account", async (tab) => {
      await tab.hydrated();
      const form = tab.page.getByRole("region", { name: common.USERNAME });
      await form.getByLabel(settings.NEW_USERNAME).fill("a b");
      await form.getByRole("button", { name: settings.CHANGE_USERNAME }).click();
      await expect(form.getByLabel(settings.NEW_USERNAME)).toHaveAttribute("aria-invalid", "true");
    }),
    live("settings-delete", "/settings/delete", heading(common.DELETE_YOUR_ACCOUNT)),
    live("settings-delete-unsure", "/settings/delete", async (tab) => {
      await tab.hydrated();
      await tab.page.getByRole("button", { name: settings.DELETE_ACCOUNT }).click();
      await expect(tab.page.getByText(errors.CONFIRMATION_REQUIRED)).toBeVisible();
    }),
    live("settings-security", "/settings/security", async (tab) => {
      await expect(tab.page.getByText(settings.THIS_BROWSER)).toBeVisible();
    }),
    live("second-factor-off", "/settings/second-factor", heading(common.TWO_STEP_SIGN_IN)),
    live("second-factor-setting-up", "/settings/second-factor", async (tab) => {
      await tab.hydrated();
      await password(tab).fill("plum tricycle 9");
      await tab.page.getByRole("button", { name: common.SET_UP_TWO_STEP_SIGN_IN }).click();
      await expect(tab.page.getByRole("img", { name: second_factor.QR_CODE })).toBeVisible();
      await tab.live();
    }),
    live("second-factor-codes", "/settings/second-factor", async (tab) => {
      const { page } = tab;
      await page.getByLabel(second_factor.CODE_FROM_APP).fill(totp(await page.locator("code").innerText()));
      await page.getByRole("button", { name: second_factor.SWITCH_ON }).click();
      await expect(page.getByRole("heading", { name: second_factor.YOUR_RECOVERY_CODES })).toBeVisible();
      await tab.live();
    }),
    live("second-factor-on", "/settings/second-factor", async (tab) => {
      await expect(tab.page.getByRole("heading", { name: second_factor.SWITCH_IT_OFF })).toBeVisible();
    }),
  ];
}

/** A room in which nobody said anything. */
export function emptyRoom(path: string): Scene {
  return live("room-empty", path, async (tab) => {
    await expect(tab.page.getByText(chat.QUIET_ROOM)).toBeVisible();
  });
}

async function wheel(tab: Tab, by: number): Promise<void> {
  await tab.page.getByRole("region", { name: chat.HISTORY }).hover();
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
      await expect(tab.person(words.people.REQUESTS_RECEIVED, cleo.name)).toBeVisible();
    }),
    live("people-found", "/people?q=en", async (tab) => {
      await expect(tab.person(words.people.FIND_PEOPLE, "ben")).toBeVisible();
    }),
    live("profile-friend", "/u/ben", async (tab) => {
      await expect(tab.page.getByText(words.people.YOU_ARE_FRIENDS)).toBeVisible();
    }),
    live("profile-block", `/u/${cleo.name}`, async (tab) => {
      await tab.page.getByText(words.people.BLOCK, { exact: true }).click();
      await expect(tab.page.getByRole("button", { name: say(words.people.block, { name: cleo.name }) })).toBeVisible();
    }),
    live("profile-blocked", "/u/emil", async (tab) => {
      await expect(tab.page.getByText(say(words.people.blocked_by_you, { name: "emil" }))).toBeVisible();
    }),
    visit("invitation", invite, say(auth.invites_you, { name: "dora" })),
    live("you", "/", async (tab) => {
      await tab.you.click();
      await expect(tab.page.getByRole("button", { name: status.DO_NOT_DISTURB })).toBeVisible();
      await expect(tab.page.getByRole("region", { name: status.YOUR_STATUS })).toContainText("Writing letters");
    }),
    live("talk", direct, async (tab) => {
      await expect(tab.message("Bring the blue teapot, then.")).toBeInViewport();
    }),
    live("room-unread", room, async (tab) => {
      await expect(tab.log.getByText(chat.NEW_MESSAGES, { exact: true })).toBeInViewport();
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
      const jump = pattern(chat.JUMP_TO_LATEST, chat.new_messages_jump_to_latest);
      await expect(tab.page.getByRole("button", { name: jump })).toBeVisible();
    }),
    {
      // Last: the page stays without its network for a while.
      name: "talk-offline",
      show: async (tab) => {
        await tab.open(direct);
        await ada.context.setOffline(true);
        await tab.composer.fill("Are you still there?");
        await tab.page.getByRole("button", { name: chat.SEND, exact: true }).click();
        await expect(tab.message("Are you still there?").last()).toContainText(chat.WAITING_TO_BE_SENT);
        await expect(tab.page.getByRole("status").filter({ hasText: connection.OFFLINE })).toBeVisible();
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
