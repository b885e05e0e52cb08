import { expect, test } from "../support/test.ts";
import { pattern, words } from "../support/words.ts";

test("a page that does not know a new feature goes on without a reload", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const path = await ada.direct(ben);
  const bens = await ben.tab(path);
  // A newer server: every delta brings a change that this page does not know, and other frames are new as well.
  let asked = 0;
  let told = 0;
  await ada.context.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    page.onMessage((message) => {
      if (JSON.parse(message.toString()).changes) asked += 1;
      server.send(message);
    });
    server.onMessage((message) => {
      const frame = JSON.parse(message.toString());
      if (frame.delta) {
        told += 1;
        frame.delta.changes = [{ pinned: { message: 1, by: { user: "x" } } }, "locked", ...(frame.delta.changes ?? [])];
        page.send(JSON.stringify({ typing: { conversation: frame.delta.conversation, users: [] } }));
        page.send(JSON.stringify("lunch"));
      }
      page.send(JSON.stringify(frame));
    });
  });
  const adas = await ada.tab(path);
  await adas.live();
  await adas.page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
  // Opening asks once for what changed since the page was drawn.
  await expect.poll(() => asked).toBe(1);
  for (const text of ["One", "Two", "Three"]) {
    await bens.say(text);
    await expect(adas.message(text, "ben")).toBeVisible();
  }
  expect(told).toBeGreaterThanOrEqual(3);
  expect(asked, "the revision advanced").toBe(1);
  await expect(adas.page.locator("html[data-same]")).toHaveCount(1);
  const row = await adas.say("Four");
  await expect(row).toContainText(pattern(words.chat.SENT, words.chat.SEEN));
});
