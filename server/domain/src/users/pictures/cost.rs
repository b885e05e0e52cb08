//! The memory that a decoder takes besides the file and the pixels it returns, as far as a file's structure reveals it.
//! This is known before anything is decoded, so that no file takes more memory than there is.
//!
//! The figures are those of zune-jpeg 0.5 and image-webp 0.2, measured with 50 megapixels of each kind.

use image::ImageFormat;

/// Returns the bytes that decoding a picture of this size takes besides its pixels, or `None` for a file that
/// contradicts itself.
pub fn beside_pixels(format: ImageFormat, file: &[u8], size: (u32, u32)) -> Option<u64> {
    match format {
        ImageFormat::Jpeg => Some(coefficients(file, size)),
        ImageFormat::WebP => webp(file, size),
        // PNGs are decoded in place; the GIF decoder counts its memory itself.
        _ => Some(0),
    }
}

/// An iterator over the segments of a JPEG up to its image data (ITU T.81, section B.1.1), by kind and content.
pub struct Segments<'a> {
    /// The bytes that were not read yet: after [`START_OF_SCAN`](Self::START_OF_SCAN), the image data.
    pub rest: &'a [u8],
    is_over: bool,
}

impl<'a> Segments<'a> {
    /// The kind of the last segment before the image data.
    pub const START_OF_SCAN: u8 = 0xda;

    /// Returns the segments of a file.
    pub fn of(jpeg: &'a [u8]) -> Self {
        Self { rest: jpeg.get(2..).unwrap_or_default(), is_over: false }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            let [0xff, kind, after @ ..] = self.rest else { break };
            match (kind, after) {
                // Padding, and markers without content.
                (0xff, _) => self.rest = self.rest.get(1..)?,
                (0x01 | 0xd0..=0xd7, _) => self.rest = after,
                (_, [high, low, ..]) => {
                    let length = usize::from(u16::from_be_bytes([*high, *low]));
                    let content = after.get(2..length).unwrap_or_default();
                    self.is_over = *kind == Self::START_OF_SCAN;
                    self.rest = after.get(length..).unwrap_or_default();
                    return Some((*kind, content));
                }
                _ => break,
            }
        }
        None
    }
}

/// Returns the bytes for the coefficients of a JPEG. If it is progressive, or stores its colours one after the other,
/// the decoder has to keep all of them until the first pixel is known: two bytes for each sample.
fn coefficients(jpeg: &[u8], (width, height): (u32, u32)) -> u64 {
    let (mut samples, mut is_progressive, mut colours) = (0, false, 0);
    for (kind, content) in Segments::of(jpeg) {
        match (kind, content) {
            (Segments::START_OF_SCAN, [in_first, ..]) => is_progressive |= usize::from(*in_first) < colours,
            // Frame headers (table B.1) have the kinds C0 to CF, except these three, which are other segments.
            (0xc4 | 0xc8 | 0xcc, _) => {}
            (0xc0..=0xcf, [_, _, _, _, _, _, components @ ..]) => {
                is_progressive |= kind & 0b11 == 0b10;
                let factors = components.chunks_exact(3).filter_map(|component| component.get(1));
                let factors: Vec<_> = factors.map(|both| (u64::from(both >> 4), u64::from(both & 0xf))).collect();
                colours = colours.max(factors.len());
                let across = 8 * factors.iter().map(|(across, _)| *across).max().unwrap_or(1).max(1);
                let down = 8 * factors.iter().map(|(_, down)| *down).max().unwrap_or(1).max(1);
                let units = u64::from(width).div_ceil(across) * u64::from(height).div_ceil(down);
                samples = samples.max(units * 64 * factors.iter().map(|(across, down)| across * down).sum::<u64>());
            }
            _ => {}
        }
    }
    if is_progressive { 2 * samples } else { 0 }
}

/// Returns the bytes for the chunks of a WebP (RFC 9649, section 2). A lossy part has a size of its own, which is
/// checked here because the decoder decodes the part before it compares that size with the picture's.
fn webp(file: &[u8], (width, height): (u32, u32)) -> Option<u64> {
    let mut per_pixel = 0;
    let mut has_alpha = false;
    let mut pending = vec![file.get(12..)?];
    while let Some(chunks) = pending.pop() {
        let mut rest = chunks;
        while let [a, b, c, d, s0, s1, s2, s3, after @ ..] = rest {
            let size = usize::try_from(u32::from_le_bytes([*s0, *s1, *s2, *s3])).ok()?;
            let content = after.get(..size).unwrap_or(after);
            match &[*a, *b, *c, *d] {
                b"VP8 " => {
                    let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = content else { return None };
                    let edge = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                    if edge(*w0, *w1) > width || edge(*h0, *h1) > height {
                        return None;
                    }
                    per_pixel = per_pixel.max(2);
                }
                b"VP8L" => per_pixel = per_pixel.max(4),
                b"ALPH" => has_alpha = true,
                // A canvas, a frame that is drawn on it, and the parts that the frame is made of.
                b"ANMF" => {
                    per_pixel = 15;
                    pending.extend(content.get(16..));
                }
                _ => {}
            }
            rest = after.get(size.checked_add(size % 2)?..).unwrap_or_default();
        }
    }
    if has_alpha {
        per_pixel = per_pixel.max(7);
    }
    Some(u64::from(width) * u64::from(height) * per_pixel)
}
