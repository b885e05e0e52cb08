//! Profile pictures, made from uploads: upright, square, and in the sizes that are shown.
//!
//! Only the pixels are kept. Everything else in the file, such as where a photo was taken, is neither used nor written.

mod cost;
mod decode;

use std::sync::Arc;

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, imageops, imageops::FilterType,
};
use protocol::{ErrorKind, limits::PICTURE_SIZES};
use tokio::{sync::Semaphore, task::spawn_blocking};

use self::decode::Photo;
use crate::{Error, Result};

/// The JPEG quality, out of 100. With a higher one, files grow and pictures do not get better.
const QUALITY: u8 = 85;
/// The longest edge of the intermediate square, in pixels. A larger square is first averaged down to it, which takes no
/// further memory. A better filter then makes the final sizes from it.
const MASTER: u32 = 1024;

/// The least capacity of an allocation for data of the size of a photo, in bytes. glibc maps every allocation above 32
/// MiB separately and returns it to the system when it is freed; see `accounts/passwords.rs`.
pub const MAPPED: usize = 33 * 1024 * 1024;

/// A picture in one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The edge, in pixels.
    pub size: u32,
    /// A JPEG.
    pub jpeg: Vec<u8>,
}

/// Makes pictures one at a time, since a large photo takes hundreds of megabytes while it is decoded.
#[derive(Debug)]
pub struct Pictures(Arc<Semaphore>);

impl Default for Pictures {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Pictures {
    /// Runs [`render`] on a blocking thread when it is its turn. The upload is kept until then.
    ///
    /// # Errors
    /// The errors of [`render`].
    pub(super) async fn make(&self, upload: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<Rendition>> {
        let permit = self.0.clone().acquire_owned().await.map_err(Error::internal)?;
        let made = spawn_blocking(move || {
            // Released when the picture is done, even if the caller has stopped waiting.
            let _permit = permit;
            render(upload.as_ref())
        });
        Ok(made.await??)
    }
}

/// Makes the picture in all [`PICTURE_SIZES`]. The format is detected from the content of the file, whatever its name.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a file that is not a picture or only a part of one, [`ErrorKind::TooLarge`] and
/// [`ErrorKind::TooManyPixels`], on [`Field::Picture`](protocol::Field::Picture); [`ErrorKind::Unavailable`] if there
/// is not enough memory.
pub fn render(upload: &[u8]) -> Result<Vec<Rendition>, protocol::Error> {
    let photo = Photo::decode(upload)?;
    // Turned after it was shrunk: the square in the middle is the same square in every orientation.
    let mut square = DynamicImage::ImageRgb8(shrink(&photo));
    square.apply_orientation(photo.orientation());
    PICTURE_SIZES.into_iter().map(|size| Ok(Rendition { size, jpeg: encode(&square, size)? })).collect()
}

/// Returns the square in the middle, with an edge of [`MASTER`] pixels at most.
fn shrink(photo: &Photo) -> RgbImage {
    let edge = photo.edge();
    if edge > MASTER {
        imageops::thumbnail(photo, MASTER, MASTER)
    } else {
        RgbImage::from_fn(edge, edge, |x, y| photo.pixel(x, y))
    }
}

/// Encodes a JPEG that contains nothing but the picture.
fn encode(square: &DynamicImage, size: u32) -> Result<Vec<u8>, protocol::Error> {
    let sized = square.resize_exact(size, size, FilterType::Lanczos3).into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .write_image(&sized, size, size, ExtendedColorType::Rgb8)
        .map_err(|_| ErrorKind::Unavailable)?;
    Ok(jpeg)
}
