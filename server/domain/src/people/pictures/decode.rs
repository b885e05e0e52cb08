//! A photo as its pixels.

use std::io::Cursor;

use image::{
    ColorType, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, guess_format,
    metadata::Orientation,
};
use protocol::{Error, ErrorKind, Field, limits::PICTURE_MAX_MEGAPIXELS, profile::check_picture_size};

/// Memory for each of the pixels that a picture may have, in bytes. What takes eight, as some PNGs do, may have half as
/// many.
const PIXEL_BYTES: u64 = 4;
/// Above 32 MiB, glibc always maps an allocation by itself and gives it back to the system when it is freed; see
/// `accounts/passwords.rs`.
const MAPPED: usize = 33 * 1024 * 1024;

/// A decoded photo as it lies in its file, of which the square in the middle is looked at. As an image it *is* that
/// square, in colours without transparency.
#[derive(Debug)]
pub struct Photo {
    width: usize,
    colour: ColorType,
    bytes: Vec<u8>,
    orientation: Orientation,
    edge: u32,
    left: u32,
    top: u32,
}

impl Photo {
    /// Reads the pixels; the first ones of an animation.
    ///
    /// # Errors
    /// As [`render`](super::render).
    pub fn decode(upload: &[u8]) -> Result<Self, Error> {
        check_picture_size(u64::try_from(upload.len()).unwrap_or(u64::MAX))?;
        let format = guess_format(upload).map_err(|_| unsupported())?;
        let is_whole = match format {
            ImageFormat::Jpeg => is_whole_jpeg(upload),
            ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif => true,
            _ => false,
        };
        if !is_whole {
            return Err(unsupported());
        }
        let mut reader = ImageReader::with_format(Cursor::new(upload), format);
        let mut limits = Limits::default();
        let pixels_max = 1_000_000 * u64::from(PICTURE_MAX_MEGAPIXELS);
        // In all, where a decoder counts: room for rows and palettes besides the pixels.
        limits.max_alloc = Some(2 * PIXEL_BYTES * pixels_max);
        reader.limits(limits);
        // Reads the header only.
        let mut decoder = reader.into_decoder().map_err(refusal)?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        if pixels > pixels_max || decoder.total_bytes() > PIXEL_BYTES * pixels_max {
            return Err(too_many_pixels());
        }
        // A photo whose orientation can't be read is shown as it lies.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let colour = decoder.color_type();
        let mut bytes = room(decoder.total_bytes())?;
        decoder.read_image(&mut bytes).map_err(refusal)?;
        let edge = width.min(height);
        if edge == 0 {
            return Err(unsupported());
        }
        let (left, top) = ((width - edge) / 2, (height - edge) / 2);
        let width = usize::try_from(width).map_err(|_| too_many_pixels())?;
        Ok(Self { width, colour, bytes, orientation, edge, left, top })
    }

    /// How it must be turned to stand upright.
    pub const fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Pixels of an edge of the square.
    pub const fn edge(&self) -> u32 {
        self.edge
    }

    /// A pixel of the square; black outside of it.
    pub fn pixel(&self, x: u32, y: u32) -> Rgb<u8> {
        self.samples(x, y).map_or(Rgb([0; 3]), |samples| on_white(self.colour, samples))
    }

    fn samples(&self, x: u32, y: u32) -> Option<&[u8]> {
        let column = usize::try_from(x.checked_add(self.left)?).ok()?;
        let row = usize::try_from(y.checked_add(self.top)?).ok()?;
        let length = usize::from(self.colour.bytes_per_pixel());
        let start = row.checked_mul(self.width)?.checked_add(column)?.checked_mul(length)?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

impl GenericImageView for Photo {
    type Pixel = Rgb<u8>;

    fn dimensions(&self) -> (u32, u32) {
        (self.edge, self.edge)
    }

    fn get_pixel(&self, x: u32, y: u32) -> Rgb<u8> {
        self.pixel(x, y)
    }
}

/// A pixel as it looks on white paper. Of sixteen bits, the upper eight.
fn on_white(colour: ColorType, samples: &[u8]) -> Rgb<u8> {
    let (red, green, blue, alpha) = match (colour, samples) {
        (ColorType::L8, [l]) => (*l, *l, *l, 255),
        (ColorType::La8, [l, a]) => (*l, *l, *l, *a),
        (ColorType::Rgb8, [r, g, b]) => (*r, *g, *b, 255),
        (ColorType::Rgba8, [r, g, b, a]) => (*r, *g, *b, *a),
        (ColorType::L16, l) => (upper(l, 0), upper(l, 0), upper(l, 0), 255),
        (ColorType::La16, l) => (upper(l, 0), upper(l, 0), upper(l, 0), upper(l, 1)),
        (ColorType::Rgb16, p) => (upper(p, 0), upper(p, 1), upper(p, 2), 255),
        (_, p) => (upper(p, 0), upper(p, 1), upper(p, 2), upper(p, 3)),
    };
    let over = |sample: u8| {
        let (sample, alpha) = (u16::from(sample), u16::from(alpha));
        u8::try_from((sample * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
    };
    Rgb([over(red), over(green), over(blue)])
}

/// The upper byte of the nth sample of sixteen bits, which are in this machine's order.
fn upper(samples: &[u8], nth: usize) -> u8 {
    match samples.chunks_exact(2).nth(nth) {
        Some([one, other]) => {
            let [upper, _] = u16::from_ne_bytes([*one, *other]).to_be_bytes();
            upper
        }
        _ => 255,
    }
}

/// Memory that goes back to the system.
fn room(bytes: u64) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(bytes).map_err(|_| too_many_pixels())?;
    let mut room = Vec::new();
    room.try_reserve_exact(length.max(MAPPED)).map_err(|_| ErrorKind::Unavailable)?;
    room.resize(length, 0);
    Ok(room)
}

/// Whether the file goes on to the end of the picture: the decoder would paint the rest grey.
///
/// Segments have lengths; the last of them begins the data, in which the mark of the end (FF D9) does not occur by
/// chance (ITU T.81, section B.1.1). What comes after it, such as the video of a "live" photo, is nobody's concern.
fn is_whole_jpeg(file: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xda;
    let mut rest = file.get(2..).unwrap_or_default();
    while let [0xff, kind, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match *kind {
            START_OF_SCAN => break,
            // Padding, and marks that stand alone.
            0xff => rest = rest.get(1..).unwrap_or_default(),
            0x01 | 0xd0..=0xd7 => rest = rest.get(2..).unwrap_or_default(),
            _ => rest = rest.get(2 + length..).unwrap_or_default(),
        }
    }
    rest.windows(2).any(|two| two == [0xff, 0xd9])
}

fn refusal(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        _ => unsupported(),
    }
}

const fn unsupported() -> Error {
    ErrorKind::Unsupported.on(Field::Picture)
}

const fn too_many_pixels() -> Error {
    ErrorKind::TooManyPixels { max: PICTURE_MAX_MEGAPIXELS }.on(Field::Picture)
}
