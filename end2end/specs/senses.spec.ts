import type { Locator, Page } from "@playwright/test";
import { expect, test, type Tab } from "../support/test.ts";
import { words } from "../support/words.ts";

const { chat, settings, status } = words;

/** Notes each text that is added to a live region from here on, as a screen reader would speak it. */
async function listen({ page }: Tab): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const spoken: string[] = [];
    Object.assign(window, { spoken });
    new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        const at = target instanceof Element ? target : target.parentElement;
        const region = at?.closest("[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]");
        // Whatever is added is spoken; a text that is put in the place of an equal one is not a change to hear.
        if (!region || region.getAttribute("aria-live") === "off") continue;
        for (const node of addedNodes) if (node.textContent) spoken.push(node.textContent);
      }
    }).observe(document, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
}

test("each new message is heard once", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.room("Tea house");
  await ada.room("Tea house");
  await ben.sendMany(path, Array.from({ length: 120 }, (_, n) => `Before ${n}`));
  await ada.see(path, 120);
  const tab = await ada.tab(path);
  await expect(tab.message("Before 119")).toBeInViewport();
  const spoken = await listen(tab);
  const of = (pattern: RegExp) => spoken().then((all) => all.filter((text) => pattern.test(text)));

  // Equal texts, and many at once.
  await ben.sendMany(path, ["Again", "Again", "Again"]);
  await ben.sendMany(path, Array.from({ length: 30 }, (_, n) => `Burst ${n}`));
  await expect(tab.message("Burst 29")).toBeVisible();
  await expect.poll(() => of(/Again/)).toEqual(Array(3).fill("ben: Again"));
  await expect.poll(() => of(/Burst/)).toEqual(Array.from({ length: 30 }, (_, n) => `ben: Burst ${n}`));

  // Beside one's own, on either side, while that is on its way.
  await Promise.all([
    ben.sendMany(path, Array.from({ length: 20 }, (_, n) => `Beside ${n}`)),
    (async () => {
      for (let n = 0; n < 5; n++) await tab.say(`Own ${n}`);
    })(),
  ]);
  await expect(tab.message("Own 4", chat.YOU)).toContainText(chat.SENT);
  await expect.poll(() => of(/Beside/)).toEqual(Array.from({ length: 20 }, (_, n) => `ben: Beside ${n}`));
  expect(await of(/Own/)).toEqual([]);

  // History is no news.
  await tab.page.getByRole("region", { name: chat.HISTORY }).hover();
  await expect(async () => {
    await tab.page.mouse.wheel(0, -20_000);
    await expect(tab.message("Before 0")).toBeVisible({ timeout: 500 });
  }).toPass();
  expect(await of(/Before/)).toEqual([]);
});

test("in forced colours, what grounds say is said by edges", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.direct(ada);
  await ben.sendMany(path, ["From ben"]);
  await ada.sendMany(path, ["From ada"]);
  await ben.sendMany(await ben.room("Tea house"), ["Unread"]);
  const room = await ada.room("Tea house");
  await ben.sendMany(room, ["Unread too"]);
  const tab = await ada.tab(path);
  const { page } = tab;
  await page.emulateMedia({ forcedColors: "active" });
  await expect(tab.unread("Tea house", 1)).toBeVisible();

  // What is seen of a box in forced colours: its edge, its outline, and a ground that is not the page's.
  const look = (element: Locator) =>
    element.evaluate((element) => {
      const style = getComputedStyle(element);
      const edge = style.borderTopStyle === "none" || style.borderTopWidth === "0px" ? "" : style.borderTop;
      const outline = style.outlineStyle === "none" ? "" : style.outline;
      const page = getComputedStyle(document.documentElement).backgroundColor;
      const ground = style.backgroundColor === "rgba(0, 0, 0, 0)" ? page : style.backgroundColor;
      return { edge, outline, ground: ground === page ? "" : ground };
    });
  const bubble = (text: string) => tab.message(text).locator("p").first().locator("..");
  const [own, other] = [await look(bubble("From ada")), await look(bubble("From ben"))];
  expect(other.edge, "a bubble has an edge").not.toBe("");
  expect(own, "one's own another").not.toEqual(other);
  const link = (title: string) => tab.row(title).getByRole("link");
  expect(await look(link("ben")), "the open row").not.toEqual(await look(link("Tea house")));
  const badge = tab.row("Tea house").getByText("1", { exact: true }).locator("..");
  expect((await look(badge)).edge + (await look(badge)).ground, "a count").not.toBe("");

  await tab.open("/settings/appearance");
  const theme = (name: string) => page.getByRole("button", { name });
  const [chosen, dark] = [await look(theme(settings.THEME_SYSTEM)), await look(theme(settings.THEME_DARK))];
  expect(chosen, "the theme that is chosen").not.toEqual(dark);
  await tab.you.click();
  const choice = (name: string) => page.getByRole("button", { name, exact: true });
  await expect(choice(status.ONLINE)).toHaveAttribute("aria-pressed", "true");
  expect(await look(choice(status.ONLINE)), "what one is seen as").not.toEqual(await look(choice(status.AWAY)));
});

/** How many pages a page has on paper. */
async function sheets(page: Page): Promise<number> {
  const pdf = await page.pdf({ format: "A4" });
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

test("on paper there are all loaded messages, with names and dates, and nothing to press", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ben.room("Tea house");
  await ada.room("Tea house");
  await ben.sendMany(path, Array.from({ length: 49 }, (_, n) => `Line ${n}\nand more of it\nto fill the page`));
  await ada.sendMany(path, ["The last line"]);
  await ada.see(path, 50);
  const tab = await ada.tab(path);
  const { page } = tab;
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(tab.message("The last line")).toBeInViewport();
  await expect(tab.log.getByRole("article")).toHaveCount(50);

  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(tab.list).toBeHidden();
  await expect(tab.composer).toBeHidden();
  for (const button of await page.getByRole("button").all()) await expect(button).toBeHidden();
  await expect(page.getByRole("heading", { name: "Tea house" })).toBeVisible();
  // None is cut off: nothing scrolls any more, and what is loaded takes many sheets.
  const scrolls = await page.evaluate(
    () => [...document.querySelectorAll("*")].filter((e) => e.scrollHeight > e.clientHeight + 1
      && /auto|scroll|hidden/.test(getComputedStyle(e).overflowY) && e.clientHeight > 30).map((e) => e.className),
  );
  expect(scrolls).toEqual([]);
  expect(await sheets(page)).toBeGreaterThan(3);
  // Who said it, and on which day: "Today" says nothing next year.
  const year = String(new Date().getFullYear());
  const before = (element: Locator, pseudo: string) =>
    element.evaluate((element, pseudo) => getComputedStyle(element, pseudo).content, pseudo);
  for (const [text, author] of [[/^Line 0/, "ben"], ["The last line", chat.YOU]] as const) {
    const article = tab.message(text);
    expect(await before(article, "::before")).toContain(author);
    expect(await before(article.locator("time").last(), "::after")).toContain(year);
  }
  // Dark ink on white paper, whatever the theme.
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("light");
});
