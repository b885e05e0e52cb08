import type { Locator } from "@playwright/test";
import { expect, test } from "../support/test.ts";
import { words } from "../support/words.ts";

const { chat, presence } = words;

const HEBREW = "שלום עולם!";

/** The direction that an element has. */
const direction = (element: Locator) => element.evaluate((element) => getComputedStyle(element).direction);

/** On which side of its line's first letter, or of another one, each "!" in an element stands. */
async function ends(element: Locator, letter = ""): Promise<string[]> {
  return element.evaluate((element, letter) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent ?? "";
      let from = 0;
      for (const line of text.split("\n")) {
        const box = (start: number, end: number) => {
          const range = document.createRange();
          range.setStart(node, start);
          range.setEnd(node, end);
          return range.getBoundingClientRect();
        };
        const [mark, first] = [from + line.indexOf("!"), from + line.indexOf(letter)];
        if (line.includes("!")) found.push(box(mark, mark + 1).left > box(first, first + 1).left ? "right" : "left");
        from += line.length + 1;
      }
    }
    return found;
  }, letter);
}

test("each paragraph takes the direction of its first strong letter", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  await ben.call("profile_update", { display_name: "דנה (בן)", pronouns: "", bio: `${HEBREW}\nHello world!` });
  await ben.call("set_status", { emoji: "🍵", text: HEBREW, expiry: "never" });
  await ben.befriend(ada);
  const path = await ben.direct(ada);
  await ben.sendMany(path, [`${HEBREW}\nHello world!\n1. ${HEBREW}`, "Hello world!", HEBREW]);
  const tab = await ada.tab(path);
  const { page } = tab;

  // The bubbles, each line for itself.
  const body = (text: string) => tab.message(text).locator("p").first();
  const mixed = tab.log.getByRole("article").filter({ hasText: "1. " }).locator("p").first();
  expect(await ends(mixed)).toEqual(["left", "right", "left"]);
  expect(await ends(body("Hello world!"))).toEqual(["right"]);
  expect(await ends(body(HEBREW))).toEqual(["left"]);
  // A text from right to left begins at the right of its bubble, and the time stands at its end.
  const hebrew = tab.message(HEBREW);
  const [text, time] = [await body(HEBREW).boundingBox(), await hebrew.locator("time").boundingBox()];
  expect((time?.x ?? 0) < (text?.x ?? 0)).toBe(true);

  // The list, the header, the status.
  const preview = tab.list.getByText(HEBREW, { exact: true });
  expect(await ends(preview)).toEqual(["left"]);
  expect(await direction(page.getByRole("heading", { name: "דנה" }))).toBe("rtl");
  await expect(tab.subtitle).toContainText(`${presence.ONLINE} · 🍵`);
  expect(await direction(tab.subtitle)).toBe("ltr");
  expect(await ends(tab.subtitle, "ש")).toEqual(["left"]);

  // The composer, while one types.
  for (const [text, expected] of [[HEBREW, "rtl"], ["Hello world!", "ltr"], [`12 ${HEBREW}`, "rtl"]] as const) {
    await tab.composer.fill(text);
    expect(await direction(tab.composer)).toBe(expected);
  }
  await expect(tab.composer).toHaveCSS("unicode-bidi", "plaintext");

  // The card: name and bio.
  await tab.open("/u/ben");
  const bio = page.getByText("Hello world!");
  expect(await ends(bio)).toEqual(["left", "right"]);
});

test("a name and a text beside each other do not mix", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  await ben.call("profile_update", { display_name: "דנה", pronouns: "", bio: "" });
  const path = await ben.room("Tea house");
  await ada.room("Tea house");
  // Without isolation, the number would be drawn as a part of the name.
  await ben.sendMany(path, ["12 cups"]);
  const tab = await ada.tab(path);
  await expect(tab.row("Tea house")).toContainText(/דנה.*: .*12 cups/);
  const order = await tab.row("Tea house").getByText("12 cups").evaluate((element) => {
    const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    if (!node) return [];
    const text = node.textContent ?? "";
    return ["ד", "1", "2", "c", "s"].map((letter) => {
      const range = document.createRange();
      const at = letter === "s" ? text.lastIndexOf("s") : text.indexOf(letter);
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return Math.round(range.getBoundingClientRect().left);
    });
  });
  // The line runs from the right, as the name does; the text in it stays together, from the left.
  const [name = 0, ...letters] = order;
  expect(letters).toEqual([...letters].sort((a, b) => a - b));
  for (const letter of letters) expect(letter).toBeLessThan(name);
});

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
    await expect(tab.message(`with ${keys}`, chat.YOU)).toContainText(chat.SENT);
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
  await expect(tab.log.getByRole("article", { name: chat.YOU })).toContainText(chat.SENT);
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
