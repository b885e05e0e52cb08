import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { BROKEN_NETWORK, REFUSALS } from "../support/faults.ts";
import { busy, crowd, empty, emptyRoom, openLink, outside, type Scene } from "../support/scenes.ts";
import { expect, test, type Person } from "../support/test.ts";
import { words } from "../support/words.ts";

/** The rules whose result depends on colours; all others find the same in light and dark. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

async function violations(page: Page, rules?: string[]): Promise<unknown[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map((node) => `${node.html}: ${node.failureSummary ?? ""}`),
  }));
}

async function expectAccessible(person: Person, scenes: Scene[], size?: { width: number; height: number }) {
  person.faults.tolerate(REFUSALS, BROKEN_NETWORK);
  const tab = await person.tab();
  if (size) await tab.page.setViewportSize(size);
  for (const scene of scenes) {
    await test.step(scene.name, async () => {
      await scene.show(tab);
      await tab.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      expect.soft(await violations(tab.page), scene.name).toEqual([]);
      await tab.page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      expect.soft(await violations(tab.page, OF_COLOURS), `${scene.name}, dark`).toEqual([]);
    });
  }
}

test("axe finds nothing on the pages outside", async ({ people, mail }) => {
  const stranger = await people.stranger("stranger");
  await expectAccessible(stranger, outside(await openLink(people, mail)));
});

test("axe finds nothing where there is nothing yet", async ({ people }) => {
  test.slow();
  const ada = await people.member("ada");
  await expectAccessible(ada, empty());
  await expectAccessible(ada, [emptyRoom(await ada.room("Quiet room"))]);
});

test("axe finds nothing where there is much", async ({ people }) => {
  test.slow();
  const all = await crowd(people);
  await expectAccessible(all.ada, busy(all));
});

test("nor on a phone", async ({ people }) => {
  test.slow();
  const all = await crowd(people);
  await expectAccessible(all.ada, busy(all), { width: 390, height: 844 });
});

test("everything can be reached and done with the keyboard", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["Can you read this?"]);
  const tab = await ada.tab("/");
  const { page } = tab;
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

  // The first stop leads past the list.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: words.common.SKIP_TO_CONTENT })).toBeFocused();
  await expect(page.getByRole("link", { name: words.common.SKIP_TO_CONTENT })).toBeInViewport();
  await expect(async () => {
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("Can you read this?");
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(tab.message("Can you read this?")).toBeVisible();
  // With a keyboard at hand, one can write at once.
  await expect(tab.composer).toBeFocused();
  await page.keyboard.type("I can");
  await page.keyboard.press("Enter");
  await expect(tab.message("I can", words.chat.YOU)).toContainText(words.chat.SENT);
  await expect(tab.composer).toBeFocused();

  // What others say is read out, once; one's own words are not.
  await ben.sendMany(path, ["And hear this?"]);
  await expect(page.getByRole("status").filter({ hasText: "ben: And hear this?" })).toHaveCount(1);
  await expect(page.getByRole("status").filter({ hasText: "I can" })).toHaveCount(0);
});
