import { join } from "node:path";
import type { Page } from "@playwright/test";
import { BROKEN_NETWORK, REFUSALS } from "../support/faults.ts";
import { busy, crowd, empty, emptyRoom, openLink, outside, type Scene } from "../support/scenes.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";
import { trouble } from "../support/trouble.ts";

const WIDE = { width: 1440, height: 900 };
const SIZES = [{ width: 390, height: 844 }, { width: 820, height: 1180 }, WIDE];
const FOLDER = join(import.meta.dirname, "../screens");

/** Headings, buttons and links that something else lies on, so that an eye or a finger would not reach them. */
async function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    /** The element that lies on the middle of another one, if that can be seen. */
    const above = (target: HTMLElement): Element | undefined => {
      const box = target.getClientRects()[0];
      if (!box || !box.width) return undefined;
      // What has been scrolled away is not covered.
      const clip = target.closest<HTMLElement>("[role=region], .pane-scroll, .menu-sheet")?.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return undefined;
      if (clip && (y < clip.top || y > clip.bottom)) return undefined;
      const top = document.elementFromPoint(x, y) ?? document.documentElement;
      // What an open menu lies on is there again when it is closed.
      if (top.closest(".menu-sheet") && !target.closest(".menu-sheet")) return undefined;
      return target.contains(top) || top.contains(target) ? undefined : top;
    };
    const found: string[] = [];
    for (const target of document.querySelectorAll<HTMLElement>("h1, button, a[href], input, textarea, summary")) {
      if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (target.closest(".skip-link, [aria-hidden=true]") || (target as HTMLInputElement).type === "hidden") continue;
      if (!above(target)) continue;
      // A button over a list lies on something wherever one stops, which depends on the fonts. It must be enough to
      // scroll as the focus does.
      const list = target.closest(".timeline-scroll");
      const at = list?.scrollTop ?? 0;
      if (list) target.scrollIntoView({ block: "nearest" });
      const top = above(target);
      if (list) list.scrollTop = at;
      if (top) found.push(`${target.outerHTML.slice(0, 120)} is under ${top.outerHTML.slice(0, 120)}`);
    }
    return found;
  });
}

async function take(tab: Tab, scenes: Scene[]): Promise<void> {
  for (const scene of scenes) {
    await test.step(scene.name, async () => {
      await scene.show(tab);
      for (const size of SIZES) {
        for (const colorScheme of ["light", "dark"] as const) {
          await tab.page.setViewportSize(size);
          await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          const path = join(FOLDER, `${scene.name}-${size.width}-${colorScheme}.png`);
          await tab.page.screenshot({ path, animations: "disabled", caret: "hide" });
        }
        await tab.expectNoSidewaysScroll();
        expect.soft(await covered(tab.page), `${scene.name} at ${size.width}`).toEqual([]);
      }
      // The narrowest screen that is supported; the pixels of a small old phone.
      await tab.page.setViewportSize({ width: 320, height: 568 });
      await tab.expectNoSidewaysScroll();
      expect.soft(await covered(tab.page), `${scene.name} at 320`).toEqual([]);
      await tab.page.setViewportSize(WIDE);
    });
  }
}

async function photograph(person: Person, scenes: Scene[]): Promise<void> {
  person.faults.tolerate(REFUSALS, BROKEN_NETWORK);
  await take(await person.tab(), scenes);
}

test("the pages outside", async ({ people, mail }) => {
  test.slow();
  await photograph(await people.stranger("stranger"), outside(await openLink(people, mail)));
});

test("pages with little on them", async ({ people }) => {
  test.slow();
  const ada = await people.member("ada");
  await photograph(ada, empty());
  await photograph(ada, [emptyRoom(await ada.room("Tea house"))]);
});

test("pages with much on them", async ({ people }) => {
  test.slow();
  const all = await crowd(people);
  await photograph(all.ada, busy(all));
});

test("pages that say why they are not as one expects", async ({ people, mail }) => {
  test.slow();
  const { ada, scenes } = await trouble(people, mail);
  // The live connection of a page whose session ended is refused.
  ada.faults.tolerate(/status of 503/, /WebSocket connection to .* failed/);
  await photograph(ada, scenes);
});
