import type { Page } from "@playwright/test";
import { BROKEN_NETWORK, REFUSALS } from "../support/faults.ts";
import { busy, crowd, empty, outside, openLink, type Scene } from "../support/scenes.ts";
import { expect, test, type Person } from "../support/test.ts";
import { words } from "../support/words.ts";

const { auth, chat, common } = words;

/** Whether the focus is inside of this region, or on it. */
const isInside = (page: Page, role: "main" | "region" | "navigation", name?: string) =>
  page
    .getByRole(role, name ? { name, exact: true } : {})
    .evaluate((region) => region.contains(document.activeElement));

test("on the way in, the focus goes to the page that one went to", async ({ people }) => {
  const tab = await (await people.stranger("stranger")).tab();
  const { page } = tab;
  await page.goto("/sign-in");
  await tab.hydrated();
  const steps = [
    [common.CREATE_ACCOUNT, auth.COME_ON_IN],
    [common.SIGN_IN, auth.WELCOME_BACK],
    [auth.FORGOT_PASSWORD_QUESTION, auth.FORGOT_PASSWORD_QUESTION],
  ] as const;
  for (const [link, heading] of steps) {
    await page.getByRole("link", { name: link, exact: true }).press("Enter");
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await expect.poll(() => isInside(page, "main"), `${link} leads into the page`).toBe(true);
  }
  await page.goBack();
  await expect(page.getByRole("heading", { name: auth.WELCOME_BACK })).toBeVisible();
  await expect.poll(() => isInside(page, "main"), "so does going back").toBe(true);
});

test("with a keyboard at hand, who opens a conversation can write at once", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["Hello"]);
  const tab = await ada.tab("/");
  const { page } = tab;
  await tab.row("ben").getByRole("link").click();
  await expect(tab.composer).toBeFocused();
  await page.keyboard.type("Hello to you");
  await page.keyboard.press("Enter");
  await expect(tab.message("Hello to you", chat.YOU)).toContainText(chat.SENT);
  // Other pages get the focus as a whole.
  await page.getByRole("link", { name: common.SETTINGS }).press("Enter");
  await expect(page.getByRole("region", { name: chat.CONVERSATION, exact: true })).toBeFocused();
  await expect(page.getByRole("heading", { name: common.SETTINGS, level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/settings$/);
  await page.goBack();
  await expect(tab.composer).toBeFocused();
  // A page that is loaded too; but who is somewhere else by then stays there.
  await tab.open(path);
  await expect(tab.composer).toBeFocused();
});

test("on a phone, the focus goes into the list when one goes back to it", async ({ people }) => {
  const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } };
  const [ada, ben] = [await people.member("ada", phone), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["Hello"]);
  const tab = await ada.tab(path);
  const { page } = tab;
  await page.getByRole("link", { name: words.ui.BACK_TO_CONVERSATIONS }).click();
  await expect(tab.row("ben")).toBeVisible();
  await expect.poll(() => isInside(page, "navigation", chat.CONVERSATIONS)).toBe(true);
  await tab.row("ben").getByRole("link").click();
  await expect(tab.message("Hello")).toBeVisible();
  await expect(page.getByRole("region", { name: chat.CONVERSATION, exact: true })).toBeFocused();
});

test("the focus is never under the button that jumps to the latest message", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  const links = Array.from({ length: 40 }, (_, n) => `https://example.org/${n}/${"path/".repeat(12)}`);
  await ben.sendMany(path, links);
  await ada.see(path, links.length);
  const tab = await ada.tab(path);
  const { page } = tab;
  await page.setViewportSize({ width: 390, height: 844 });
  await tab.log.getByRole("link", { name: links[10] }).focus();
  const button = page.getByRole("button", { name: chat.JUMP_TO_LATEST });
  await expect(button).toBeVisible();
  // Down to where the button is, and on: the list has to move by then.
  for (const link of links.slice(11, 35)) {
    await page.keyboard.press("Tab");
    await expect(tab.log.getByRole("link", { name: link })).toBeFocused();
    const [focus, over] = await Promise.all([page.locator(":focus").boundingBox(), button.boundingBox()]);
    if (!focus || !over) throw new Error("the link and the button are there");
    expect(focus.y + focus.height, link).toBeLessThanOrEqual(over.y);
  }
});

/** Buttons, links and fields that are, in part or whole, to the side of the screen, or under what cuts them off. */
async function outOfView(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const target of document.querySelectorAll<HTMLElement>("button, a[href], input, select, textarea, summary")) {
      if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (target.closest(".skip-link, .sr-only") || (target as HTMLInputElement).type === "hidden") continue;
      const box = target.getBoundingClientRect();
      if (!box.width) continue;
      const cut = [0, innerWidth];
      let right = box.right;
      for (let around = target.parentElement; around; around = around.parentElement) {
        const style = getComputedStyle(around);
        if (style.overflowX === "visible") continue;
        const frame = around.getBoundingClientRect();
        // A long name that is cut, and says so by its dots, can be pressed where it is seen.
        if (style.textOverflow === "ellipsis") right = Math.min(right, frame.right);
        cut.splice(0, 2, Math.max(cut[0] ?? 0, frame.left), Math.min(cut[1] ?? 0, frame.right));
      }
      const [from = 0, to = 0] = cut;
      if (box.left < from - 1 || right > to + 1) {
        found.push(`${target.outerHTML.slice(0, 100)} from ${box.left} to ${right} in ${from} to ${to}`);
      }
    }
    return found;
  });
}

async function expectAllInView(person: Person, scenes: Scene[]): Promise<void> {
  person.faults.tolerate(REFUSALS, BROKEN_NETWORK);
  const tab = await person.tab();
  await tab.page.setViewportSize({ width: 390, height: 844 });
  for (const scene of scenes) {
    await test.step(scene.name, async () => {
      await scene.show(tab);
      // As a reader's setting does.
      await tab.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      expect.soft(await outOfView(tab.page), scene.name).toEqual([]);
      await tab.expectNoSidewaysScroll();
    });
  }
}

test("letters twice as large push nothing out of view on a phone", async ({ people, mail }) => {
  test.slow();
  await expectAllInView(await people.stranger("stranger"), outside(await openLink(people, mail)));
  const all = await crowd(people);
  await expectAllInView(all.ada, busy(all));
});

test("nor where there is nothing yet", async ({ people }) => {
  test.slow();
  await expectAllInView(await people.member("ada"), empty());
});
