import type { Page } from "@playwright/test";

/** Colours far enough from each other to be told apart after JPEG. */
export type Colour = "red" | "green" | "blue" | "yellow";

const RGB: Record<Colour, [number, number, number]> = {
  red: [200, 30, 30],
  green: [30, 160, 40],
  blue: [30, 50, 200],
  yellow: [230, 210, 40],
};

/** What a photo shows: above left, above right, below left, below right. */
export const UPRIGHT: Colour[] = ["red", "green", "blue", "yellow"];

/** A JPEG with these colours in its quarters, drawn by the browser. */
export async function quarters(page: Page, width: number, height: number, colours: Colour[]): Promise<Buffer> {
  const parts = colours.map((colour) => `rgb(${RGB[colour].join(",")})`);
  const url = await page.evaluate(
    ({ width, height, parts }) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      parts.forEach((colour, n) => {
        if (!context) return;
        context.fillStyle = colour;
        context.fillRect(((n % 2) * width) / 2, (Math.floor(n / 2) * height) / 2, width / 2, height / 2);
      });
      return canvas.toDataURL("image/jpeg", 0.95);
    },
    { width, height, parts },
  );
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/**
 * A photo as a phone stores it that was held upright: the pixels lie on their side, and Exif says how (orientation 6,
 * row 0 is seen at the right), and where it was taken.
 */
export async function photo(page: Page, width = 600, height = 800): Promise<Buffer> {
  const stored = await quarters(page, height, width, ["green", "yellow", "red", "blue"]);
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4 + 2 + 12 + 4);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  entry(tiff, 10, 0x0112, 3, 6 << 16);
  // The directory of the place begins where this one ends: "N", for north.
  entry(tiff, 22, 0x8825, 4, 38);
  tiff.writeUInt16BE(1, 38);
  entry(tiff, 40, 1, 2, 0x4e000000);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([stored.subarray(0, 2), head, exif, stored.subarray(2)]);
}

function entry(tiff: Buffer, at: number, tag: number, kind: number, value: number): void {
  tiff.writeUInt16BE(tag, at);
  tiff.writeUInt16BE(kind, at + 2);
  tiff.writeUInt32BE(kind === 2 ? 2 : 1, at + 4);
  tiff.writeUInt32BE(value, at + 8);
}

/** A file for a form's field. */
export const file = (name: string, buffer: Buffer, mimeType = "image/jpeg") => ({ name, mimeType, buffer });

/** The kinds of the segments before the data of a JPEG (ITU T.81, table B.1). */
export function segments(jpeg: Buffer): string[] {
  const kinds: string[] = [];
  for (let at = 2; ; at += 2 + jpeg.readUInt16BE(at + 2)) {
    kinds.push(jpeg.readUInt16BE(at).toString(16));
    if (kinds.at(-1) === "ffda") return kinds;
  }
}

/** The colours of the quarters of a picture, as the browser shows it. */
export async function seen(page: Page, jpeg: Buffer): Promise<(Colour | string)[]> {
  const pixels = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    return [0, 1, 2, 3].map((n) => {
      const [x, y] = [bitmap.width * (0.25 + (n % 2) / 2), bitmap.height * (0.25 + Math.floor(n / 2) / 2)];
      return [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3);
    });
  }, jpeg.toString("base64"));
  return pixels.map((pixel) => {
    const near = (rgb: number[]) => rgb.every((sample, n) => Math.abs(sample - (pixel[n] ?? 0)) < 16);
    return UPRIGHT.find((colour) => near(RGB[colour])) ?? `rgb(${pixel})`;
  });
}
