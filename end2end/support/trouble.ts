import { expect } from "@playwright/test";
import type { MailSink } from "./mail.ts";
import type { Person } from "./person.ts";
import type { Scene } from "./scenes.ts";
import type { People } from "./test.ts";
import { say, words } from "./words.ts";

const { auth, common, connection, offline_page, settings } = words;

/** Pages that say why they are not as one expects, in this order, and those in scripts of two directions. */
export async function trouble(people: People, mail: MailSink): Promise<{ ada: Person; scenes: Scene[] }> {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const room = await ada.room("בית התה");
  await ben.room("בית התה");
  const never = await ada.room("Garden");
  await ben.call("profile_update", { display_name: "דנה (בן)", pronouns: "", bio: "שלום עולם!\nHello world!" });
  await ben.sendMany(room, ["שלום עולם!\nHello world!\n1. שלום עולם!", "שלום עולם! 12:30?", "12 cups"]);
  await ada.sendMany(room, ["Hello!", "מחר ב־10:00, ליד הגשר הישן, ואם ירד גשם אז בבית של דנה ולא בחוץ."]);
  const scenes: Scene[] = [
    {
      name: "two-directions",
      show: async (tab) => {
        await tab.open(room);
        await expect(tab.message("12 cups")).toBeInViewport();
      },
    },
    {
      name: "sign-out-question",
      show: async (tab) => {
        await tab.open(room);
        await tab.composer.fill("Half a thou");
        await tab.page.getByRole("link", { name: common.SETTINGS }).click();
        await tab.page.getByRole("button", { name: common.SIGN_OUT, exact: true }).click();
        await expect(tab.page.getByRole("alert")).toContainText(say(settings.unsent_drafts, { count: 1 }));
      },
    },
    {
      name: "offline-unkept",
      show: async (tab) => {
        await tab.open(room);
        const { page } = tab;
        await expect.poll(() => tab.isCached(room)).toBe(true);
        await ada.context.setOffline(true);
        await page.goto("/settings/security");
        await expect(page.getByRole("heading", { name: offline_page.OFFLINE })).toBeVisible();
      },
    },
    {
      name: "conversation-unkept",
      show: async (tab) => {
        await ada.context.setOffline(false);
        await tab.open(room);
        await ada.context.setOffline(true);
        await tab.row("Garden").getByRole("link").click();
        await expect(tab.page.getByRole("alert")).toContainText(common.NOT_KEPT_HERE);
        expect(new URL(tab.page.url()).pathname).toBe(never);
      },
    },
    {
      name: "session-ended",
      show: async (tab) => {
        await ada.context.setOffline(false);
        await tab.page.goto(room);
        await tab.live();
        const phone = await people.stranger("ada");
        await phone.call("sign_in", { login: ada.name, password: ada.password, next: "" });
        await phone.call("end_other_sessions", {});
        const ended = tab.page.getByRole("alert").filter({ hasText: connection.SESSION_ENDED_KEPT, visible: true });
        await expect(ended.first()).toBeVisible();
      },
    },
    {
      name: "other-account",
      show: async (tab) => {
        await tab.page.goto("/sign-in");
        await ada.signIn(tab, ada.name);
        await tab.live();
        const cleo = await people.stranger("cleo");
        await cleo.call("sign_up", { email: cleo.email, username: cleo.name, password: cleo.password });
        const theirs = await ada.tab();
        await theirs.page.goto(await mail.takeLink(cleo.email));
        await theirs.page.getByRole("button", { name: auth.CONFIRM_AND_SIGN_IN }).click();
        // Only the page's program tells the other tab.
        await theirs.live();
        await theirs.page.close();
        const stopped = say(connection.signed_in_as, { username: cleo.name });
        const banner = tab.page.getByRole("alert").filter({ hasText: stopped });
        await expect(banner.filter({ visible: true }).first()).toBeVisible();
      },
    },
  ];
  return { ada, scenes };
}
