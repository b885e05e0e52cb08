//! Decoding of photos to pixels.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use image::{
    ColorType, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, guess_format,
    metadata::Orientation,
};
use protocol::{Error, ErrorKind, Field, limits::PICTURE_MAX_MEGAPIXELS, profile::check_picture_size};

use super::{
    MAPPED,
    cost::{Segments, beside_pixels},
};

/// The most memory that decoding takes besides the file, in bytes: four for each of the pixels that a picture may have.
/// A picture that takes more for each pixel, such as a progressive JPEG, may have fewer pixels.
const MEMORY_MAX: u64 = 200_000_000;
/// The most memory that a decoder that counts it may take for rows, palettes, and data that it unpacks but that is not
/// used, in bytes.
const AROUND_MAX: u64 = 32 * 1024 * 1024;
/// A decoded photo, oriented as in its file, of which only the square in the middle is used. As an image it is that
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
    /// Decodes the pixels of a photo, or those of the first frame of an animation.
    ///
    /// # Errors
    /// The errors of [`render`](super::render).
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
        let mut reader = ImageReader::with_format(File(Cursor::new(upload)), format);
        let mut limits = Limits::default();
        limits.max_alloc = Some(AROUND_MAX);
        reader.limits(limits.clone());
        // Reads the header only.
        let mut decoder = reader.into_decoder().map_err(|error| refusal(&error, MEMORY_MAX / 4))?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        let pixels_max = 1_000_000 * u64::from(PICTURE_MAX_MEGAPIXELS);
        let beside = beside_pixels(format, upload, (width, height)).ok_or_else(unsupported)?;
        let memory = decoder.total_bytes().saturating_add(beside);
        if pixels > pixels_max || memory > MEMORY_MAX {
            let enough = u128::from(pixels) * u128::from(MEMORY_MAX) / u128::from(memory.max(1));
            return Err(too_many_pixels(u64::try_from(enough).unwrap_or(0).min(pixels_max)));
        }
        if format == ImageFormat::Gif {
            // A frame that does not cover the whole picture is decoded in memory of its own.
            limits.max_alloc = Some(MEMORY_MAX - decoder.total_bytes());
            decoder.set_limits(limits).map_err(|error| refusal(&error, MEMORY_MAX / 8))?;
        }
        // A photo whose orientation can't be read is not turned.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let colour = decoder.color_type();
        let mut bytes = room(decoder.total_bytes())?;
        // A limit can now be exceeded only because something of the picture's size has to be allocated twice.
        decoder.read_image(&mut bytes).map_err(|error| refusal(&error, MEMORY_MAX / 8))?;
        let edge = width.min(height);
        if edge == 0 {
            return Err(unsupported());
        }
        let (left, top) = ((width - edge) / 2, (height - edge) / 2);
        let width = usize::try_from(width).map_err(|_| unsupported())?;
        Ok(Self { width, colour, bytes, orientation, edge, left, top })
    }

    /// Returns how the photo has to be turned to be upright.
    pub const fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Returns the edge of the square, in pixels.
    pub const fn edge(&self) -> u32 {
        self.edge
    }

    /// Returns a pixel of the square, or black outside of it.
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

/// Returns a pixel on a white background. Of samples of sixteen bits, the upper eight are used.
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

/// Returns the upper byte of the nth sample of sixteen bits, which are in this machine's byte order.
fn upper(samples: &[u8], nth: usize) -> u8 {
    match samples.chunks_exact(2).nth(nth) {
        Some([one, other]) => {
            let [upper, _] = u16::from_ne_bytes([*one, *other]).to_be_bytes();
            upper
        }
        _ => 255,
    }
}

/// Allocates memory that returns to the system when it is freed: see [`MAPPED`].
fn room(bytes: u64) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(bytes).map_err(|_| ErrorKind::Unavailable)?;
    let mut room = Vec::new();
    room.try_reserve_exact(length.max(MAPPED)).map_err(|_| ErrorKind::Unavailable)?;
    room.resize(length, 0);
    Ok(room)
}

/// A file in memory, as a decoder reads it. The JPEG decoder copies all of it, into memory that returns to the system
/// when it is freed.
struct File<'a>(Cursor<&'a [u8]>);

impl Read for File<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }

    fn read_to_end(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        into.try_reserve_exact(self.0.get_ref().len().max(MAPPED))?;
        self.0.read_to_end(into)
    }
}

impl BufRead for File<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}

impl Seek for File<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Returns whether a JPEG contains the end of its picture. The decoder would paint a missing rest grey.
///
/// The end marker (FF D9) does not occur by chance in the image data (ITU T.81, section B.1.1). Everything after it,
/// such as the video of a "live" photo, is ignored.
fn is_whole_jpeg(file: &[u8]) -> bool {
    let mut segments = Segments::of(file);
    // Advances past the last of them, to the image data.
    segments.by_ref().for_each(drop);
    segments.rest.windows(2).any(|two| two == [0xff, 0xd9])
}

/// Converts a decoder's error. `max` is the number of pixels that a picture of this kind may have.
fn refusal(error: &ImageError, max: u64) -> Error {
    match error {
        ImageError::Limits(_) => too_many_pixels(max),
        _ => unsupported(),
    }
}

const fn unsupported() -> Error {
    ErrorKind::Unsupported.on(Field::Picture)
}

/// Returns the error that says how many pixels a picture of this kind may have.
fn too_many_pixels(max: u64) -> Error {
    let max = u32::try_from(max / 1_000_000).unwrap_or(u32::MAX).max(1);
    ErrorKind::TooManyPixels { max }.on(Field::Picture)
}
