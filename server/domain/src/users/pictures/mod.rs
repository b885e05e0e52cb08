//! From whatever somebody uploads to the pictures that others are shown: upright, square, in the sizes used.
//!
//! Only pixels pass. What else is in the file, such as where a photo was taken, is not read and not written.

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

/// Of JPEG, out of 100: above, files grow and pictures do not get better.
const QUALITY: u8 = 85;
/// A square with a longer edge, in pixels, is first averaged down to this one, which takes no memory beside it. The
/// better filter then makes the sizes of it.
const MASTER: u32 = 1024;

/// Above 32 MiB, glibc always maps an allocation by itself and gives it back to the system when it is freed; see
/// `accounts/passwords.rs`. So much is reserved, in bytes, for whatever is as large as a photo.
pub const MAPPED: usize = 33 * 1024 * 1024;

/// A picture in one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Pixels of an edge.
    pub size: u32,
    /// A JPEG.
    pub jpeg: Vec<u8>,
}

/// Makes pictures, one at a time: a large photo takes hundreds of megabytes while it is decoded.
#[derive(Debug)]
pub struct Pictures(Arc<Semaphore>);

impl Default for Pictures {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Pictures {
    /// As [`render`], off the async threads and when it is its turn. The upload is kept until then.
    ///
    /// # Errors
    /// As [`render`].
    pub(super) async fn make(&self, upload: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<Rendition>> {
        let permit = self.0.clone().acquire_owned().await.map_err(Error::internal)?;
        let made = spawn_blocking(move || {
            // Released when the work is done, not when the one who asked has gone.
            let _permit = permit;
            render(upload.as_ref())
        });
        Ok(made.await.map_err(Error::internal)??)
    }
}

/// Makes the picture in all [`PICTURE_SIZES`]. What a file is follows from its content, whatever its name says.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for what is no picture, or only a part of one, [`ErrorKind::TooLarge`] and
/// [`ErrorKind::TooManyPixels`], on [`Field::Picture`](protocol::Field::Picture); [`ErrorKind::Unavailable`] when there
/// is no memory for it.
pub fn render(upload: &[u8]) -> Result<Vec<Rendition>, protocol::Error> {
    let photo = Photo::decode(upload)?;
    // Turned when it is small: the square in the middle is the same square, however the photo lies.
    let mut square = DynamicImage::ImageRgb8(shrink(&photo));
    square.apply_orientation(photo.orientation());
    PICTURE_SIZES.into_iter().map(|size| Ok(Rendition { size, jpeg: encode(&square, size)? })).collect()
}

/// The square in the middle, of an edge of [`MASTER`] pixels at most.
fn shrink(photo: &Photo) -> RgbImage {
    let edge = photo.edge();
    if edge > MASTER {
        imageops::thumbnail(photo, MASTER, MASTER)
    } else {
        RgbImage::from_fn(edge, edge, |x, y| photo.pixel(x, y))
    }
}

/// A JPEG with nothing in it but the picture.
fn encode(square: &DynamicImage, size: u32) -> Result<Vec<u8>, protocol::Error> {
    let sized = square.resize_exact(size, size, FilterType::Lanczos3).into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .write_image(&sized, size, size, ExtendedColorType::Rgb8)
        .map_err(|_| ErrorKind::Unavailable)?;
    Ok(jpeg)
}
