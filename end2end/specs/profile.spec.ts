import type { Locator } from "@playwright/test";
import { REFUSALS } from "../support/faults.ts";
import { file, photo, seen, segments, UPRIGHT } from "../support/images.ts";
import { expect, test, type Person, type Tab } from "../support/test.ts";
import { pattern, say, words } from "../support/words.ts";

const { chat, common, errors, profile } = words;

const PROFILE = "/settings/profile";

/** The picture in a place; none while initials stand for it. */
const face = (place: Locator): Locator => place.locator("img[src^='/picture/']");

const field = ({ page }: Tab): Locator => page.getByLabel(profile.PHOTO, { exact: true });
const frame = ({ page }: Tab): Locator => page.getByRole("application", { name: profile.PHOTO_POSITION });

async function save(tab: Tab): Promise<void> {
  await tab.page.getByRole("button", { name: profile.SAVE_PICTURE }).click();
  await expect(tab.page.getByText(profile.PICTURE_SAVED)).toBeVisible();
  await expect(frame(tab)).toHaveCount(0);
}

/** The picture's file, once it is really drawn. */
async function bytes(person: Person, place: Locator): Promise<Buffer> {
  const picture = face(place);
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth)).toBeTruthy();
  const src = (await picture.getAttribute("src")) ?? "";
  const answer = await person.context.request.get(src.replace(/\d+$/, "512"));
  expect(answer.headers()["content-type"]).toBe("image/jpeg");
  return answer.body();
}

test("another name and another picture are seen by others at once", async ({ people }) => {
  const [ada, ben] = [await people.member("ada"), await people.member("ben")];
  const room = await ada.room("Tea house");
  await ben.room("Tea house");
  await ada.direct(ben);
  await ada.sendMany(await ada.direct(ben), ["Hello Ben"]);
  await ada.sendMany(room, ["Hello all"]);
  const [adas, bens] = [await ada.tab(PROFILE), await ben.tab(room)];
  await expect(bens.message("Hello all", "ada")).toBeVisible();
  await bens.page.evaluate(() => document.body.setAttribute("data-same", ""));

  await adas.page.getByLabel(profile.NAME, { exact: true }).fill("Ada King");
  await adas.page.getByLabel(profile.PRONOUNS).fill("she/her");
  await adas.page.getByLabel(profile.BIO).fill("Numbers,\nmostly.");
  await expect(adas.page.getByText("16 / 300")).toBeVisible();
  await adas.page.getByRole("button", { name: common.SAVE, exact: true }).click();
  await expect(adas.page.getByText(common.SAVED, { exact: true })).toBeVisible();

  await expect(bens.row("Ada King")).toBeVisible();
  await expect(bens.row("Tea house")).toContainText("Ada King: Hello all");
  await expect(bens.message("Hello all", "Ada King")).toContainText("Ada King");
  await expect(face(bens.list)).toHaveCount(0);

  await field(adas).setInputFiles(file("photo.jpg", await photo(adas.page)));
  await expect(frame(adas)).toBeVisible();
  await save(adas);
  await expect(face(adas.page.getByRole("main"))).not.toHaveCount(0);
  await expect(face(bens.message("Hello all", "Ada King"))).toBeVisible();
  const jpeg = await bytes(ben, bens.row("Ada King"));
  expect(await seen(bens.page, jpeg)).toEqual(UPRIGHT);
  // Tables, frame and scan, and the header that every JPEG has: nothing else.
  expect(segments(jpeg).filter((kind) => !["ffe0", "ffdb", "ffc0", "ffc4", "ffda"].includes(kind))).toEqual([]);

  await bens.row("Ada King").getByRole("link").click();
  await expect(bens.page.getByRole("heading", { name: "Ada King", level: 1 })).toBeVisible();
  const conversation = bens.page.getByRole("region", { name: chat.CONVERSATION, exact: true });
  await expect(face(conversation.locator("header"))).toBeVisible();
  await expect(bens.page.locator("body[data-same]")).toHaveCount(1);

  // And it is all there after a reload.
  await adas.reload();
  await expect(adas.page.getByLabel(profile.NAME, { exact: true })).toHaveValue("Ada King");
  await expect(adas.page.getByLabel(profile.PRONOUNS)).toHaveValue("she/her");
  await expect(adas.page.getByLabel(profile.BIO)).toHaveValue("Numbers,\nmostly.");

  // Until she takes it away again.
  await adas.page.getByText(profile.REMOVE_PICTURE).click();
  await adas.page.getByRole("button", { name: profile.REMOVE_IT }).click();
  await expect(face(bens.list)).toHaveCount(0);
  await expect(face(adas.page.getByRole("main"))).toHaveCount(0);
  await adas.page.getByLabel(profile.NAME, { exact: true }).fill("");
  await adas.page.getByRole("button", { name: common.SAVE, exact: true }).click();
  await expect(bens.page.getByRole("heading", { name: "ada", level: 1 })).toBeVisible();
});

test("a photo is cropped with the keyboard, the mouse and the slider", async ({ people }) => {
  const ada = await people.member("ada");
  const tab = await ada.tab(PROFILE);
  const { page } = tab;
  const zoom = page.getByLabel(profile.ZOOM);
  const main = page.getByRole("region", { name: profile.PICTURE, exact: true });

  // Into the corner above left, by keys alone.
  await field(tab).setInputFiles(file("photo.jpg", await photo(page)));
  await frame(tab).focus();
  for (let n = 0; n < 12; n++) await page.keyboard.press("+");
  await expect(zoom).not.toHaveValue("100");
  await page.keyboard.press("-");
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
  }
  await save(tab);
  expect(await seen(page, await bytes(ada, main))).toEqual(["red", "red", "red", "red"]);
  const first = await face(main).getAttribute("src");

  // Below right, with the slider and the mouse.
  await field(tab).setInputFiles(file("photo.jpg", await photo(page)));
  await zoom.fill("400");
  const box = await frame(tab).boundingBox();
  if (!box) throw new Error("the frame has no place");
  for (let n = 0; n < 4; n++) {
    await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
    await page.mouse.down();
    await page.mouse.move(box.x + 4, box.y + 4, { steps: 4 });
    await page.mouse.up();
  }
  await save(tab);
  await expect(face(main)).not.toHaveAttribute("src", first ?? "");
  expect(await seen(page, await bytes(ada, main))).toEqual(["yellow", "yellow", "yellow", "yellow"]);

  // Thinking better of it.
  await field(tab).setInputFiles(file("photo.jpg", await photo(page)));
  await expect(frame(tab)).toBeVisible();
  await page.getByRole("button", { name: common.CANCEL }).click();
  await expect(frame(tab)).toHaveCount(0);
  await expect(field(tab)).toHaveValue("");
});

test("what is no picture is refused, and nothing that was typed is lost", async ({ people }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(REFUSALS);
  const tab = await ada.tab(PROFILE);
  const { page } = tab;
  await page.getByLabel(profile.BIO).fill("Not saved yet");
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"/>`);
  const large = Buffer.concat([await photo(page), Buffer.alloc(20 * 1024 * 1024)]);
  for (const [wrong, refusal] of [
    [file("photo.jpg", Buffer.from("Hello, I am a text.")), errors.FILE_UNSUPPORTED],
    [file("photo.svg", svg, "image/svg+xml"), errors.FILE_UNSUPPORTED],
    [file("photo.jpg", large), say(errors.file_too_large, { megabytes: 20 })],
  ] as const) {
    await field(tab).setInputFiles(wrong);
    await expect(field(tab)).toHaveAccessibleDescription(refusal);
    await expect(field(tab)).toHaveAttribute("aria-invalid", "true");
    // Pressing the button all the same changes nothing.
    await page.getByRole("button", { name: profile.SAVE_PICTURE }).click();
    await expect(field(tab)).toHaveAccessibleDescription(refusal);
  }
  await page.getByLabel(profile.BIO).fill("x".repeat(301));
  await expect(page.getByText("301 / 300")).toBeVisible();
  await page.getByLabel(profile.NAME, { exact: true }).fill("Ada King");
  await page.getByRole("button", { name: common.SAVE, exact: true }).click();
  await expect(page.getByLabel(profile.BIO)).toHaveAccessibleDescription(say(errors.bio_too_long, { count: 300 }));
  await expect(page.getByLabel(profile.BIO)).toBeFocused();
  await expect(page.getByLabel(profile.NAME, { exact: true })).toHaveValue("Ada King");

  // Without a connection it waits for another try.
  ada.faults.tolerate(/net::ERR_/);
  await field(tab).setInputFiles(file("photo.jpg", await photo(page)));
  await expect(frame(tab)).toBeVisible();
  await ada.context.setOffline(true);
  await page.getByRole("button", { name: profile.SAVE_PICTURE }).click();
  await expect(field(tab)).toHaveAccessibleDescription(errors.UNAVAILABLE);
  await expect(frame(tab)).toBeVisible();
  await ada.context.setOffline(false);
  await save(tab);
  await expect(page.getByLabel(profile.BIO)).toHaveValue("x".repeat(301));
});

test("a profile without scripts", async ({ people }) => {
  const [ada, ben] = [await people.member("ada", { javaScriptEnabled: false }), await people.member("ben")];
  ada.faults.tolerate(REFUSALS);
  const bens = await ben.tab(await ben.direct(ada));
  const adas = await ada.tab();
  const { page } = adas;
  await page.goto("/settings");
  const link = new RegExp(`^${pattern(words.settings.PROFILE).source}`);
  await page.getByRole("navigation", { name: common.SETTINGS }).getByRole("link", { name: link }).click();
  await page.getByLabel(profile.NAME, { exact: true }).fill("Ada King");
  await page.getByLabel(profile.BIO).fill("No <b>scripts</b> & no worries");
  await page.getByRole("button", { name: common.SAVE, exact: true }).click();
  await expect(page.getByText(common.SAVED, { exact: true })).toBeVisible();
  await expect(page.getByLabel(profile.BIO)).toHaveValue("No <b>scripts</b> & no worries");
  await expect(bens.page.getByRole("heading", { name: "Ada King", level: 1 })).toBeVisible();

  await field(adas).setInputFiles(file("photo.jpg", Buffer.from("Hello, I am a text.")));
  await page.getByRole("button", { name: profile.SAVE_PICTURE }).click();
  await expect(field(adas)).toHaveAccessibleDescription(errors.FILE_UNSUPPORTED);

  // The page draws nothing itself here; the photo comes from the other's.
  await field(adas).setInputFiles(file("photo.jpg", await photo(bens.page)));
  await page.getByRole("button", { name: profile.SAVE_PICTURE }).click();
  await expect(page.getByText(common.SAVED, { exact: true })).toBeVisible();
  expect(await seen(bens.page, await bytes(ben, bens.list))).toEqual(UPRIGHT);

  await page.getByText(profile.REMOVE_PICTURE).click();
  await page.getByRole("button", { name: profile.REMOVE_IT }).click();
  await expect(face(page.getByRole("main"))).toHaveCount(0);
  await expect(face(bens.list)).toHaveCount(0);
});
