import type { Locator } from "@playwright/test";
import { expect, test } from "../support/test.ts";

test("Enter that ends a word does not send, Control and Enter does", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const tab = await ada.tab(path);
  const { composer } = tab;
  await composer.fill("にほん");
  // As Safari reports it: nothing is composed any more, but the key was the input method's.
  const prevented = await composer.evaluate((composer) => {
    const enter = { key: "Enter", code: "Enter", keyCode: 229, bubbles: true, cancelable: true };
    return !composer.dispatchEvent(new KeyboardEvent("keydown", enter));
  });
  expect(prevented).toBe(false);
  await expect(composer).toHaveValue("にほん");
  await expect(tab.log.getByRole("article")).toHaveCount(0);
  for (const keys of ["Control+Enter", "Meta+Enter"]) {
    await composer.fill(`with ${keys}`);
    await composer.press(keys);
    await expect(tab.message(`with ${keys}`, "You")).toContainText("Sent");
  }
});

test("on a tablet Enter begins a line, and Control and Enter sends", async ({ people }) => {
  const tablet = { hasTouch: true, isMobile: true, viewport: { width: 820, height: 1180 } };
  const [ada, ben] = [await people.member("ada", tablet), await people.member("ben")];
  const tab = await ada.tab(await ada.direct(ben));
  const { composer } = tab;
  expect(await tab.page.evaluate(() => matchMedia("(pointer: coarse)").matches)).toBe(true);
  // Nor do keys cover half of the screen before anybody asked for them.
  await expect(composer).not.toBeFocused();
  await composer.click();
  await composer.pressSequentially("one");
  await composer.press("Enter");
  await composer.pressSequentially("two");
  await expect(composer).toHaveValue("one\ntwo");
  await composer.press("Control+Enter");
  await expect(tab.log.getByRole("article", { name: "You" })).toContainText("Sent");
  await expect(composer).toHaveValue("");
});

test("marks stacked on a letter stay in their row", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const zalgo = `Z${"\u0336\u030d\u0310\u0312\u035b\u0316\u0323\u0353".repeat(12)}o`;
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["before", zalgo, "after"]);
  await ben.sendMany(await ben.room("Tea house"), ["x"]);
  await ben.call("profile_update", { display_name: zalgo.slice(0, 50), pronouns: "", bio: zalgo });
  const tab = await ada.tab(path);
  const { page } = tab;
  await page.mouse.move(0, 0);
  const article = tab.log.getByRole("article").nth(1);
  const bubble = article.locator("p").first();

  // What is drawn outside of a box is the same with and without the marks.
  const around = async (box: Locator, text: Locator) => {
    const rect = await box.boundingBox();
    if (!rect) throw new Error("nothing to see");
    const shot = async () => {
      await expect(tab.composer).toBeVisible();
      const above = { x: rect.x, y: rect.y - 40, width: rect.width, height: 40 };
      const below = { x: rect.x, y: rect.y + rect.height, width: rect.width, height: 40 };
      const options = { animations: "disabled", caret: "hide" } as const;
      return [await page.screenshot({ clip: above, ...options }), await page.screenshot({ clip: below, ...options })];
    };
    const marked = await shot();
    await text.evaluate((text) => {
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        (node as Text).data = (node as Text).data.replace(/\p{M}+/gu, "");
      }
    });
    const plain = await shot();
    marked.forEach((shot, n) => expect(shot.equals(plain[n] ?? Buffer.of()), `${n ? "below" : "above"}`).toBe(true));
  };
  // The bubble is what is around the text.
  await around(bubble.locator(".."), bubble);
  await around(page.locator("h1"), page.locator("h1"));
});
