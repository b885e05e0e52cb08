//! Photos that users choose: reading a photo, drawing a part of it, sending the drawing.

use web_sys::{HtmlCanvasElement, HtmlInputElement};

/// A file that was chosen and not read yet.
#[derive(Debug)]
pub struct PictureFile {
    #[cfg(target_arch = "wasm32")]
    file: web_sys::File,
}

/// A photo, decoded and upright. It takes four bytes per pixel of the browser's memory until it is dropped.
///
/// The pixels must not leave the browser's only thread, so they stay there. This value is only a number, so that an
/// application can store it anywhere.
#[derive(Debug)]
pub struct Photo {
    #[cfg(target_arch = "wasm32")]
    id: u32,
    width: u32,
    height: u32,
}

/// Returns the file that was chosen in a form's field.
pub fn picture_file(input: &HtmlInputElement) -> Option<PictureFile> {
    #[cfg(target_arch = "wasm32")]
    return Some(PictureFile { file: input.files()?.get(0)? });
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = input;
        None
    }
}

impl PictureFile {
    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        #[cfg(target_arch = "wasm32")]
        return u64::try_from(crate::number::integer(self.file.size())).unwrap_or(0);
        #[cfg(not(target_arch = "wasm32"))]
        0
    }
}

impl Photo {
    /// Decodes a file and turns it upright. Returns `None` if it is not a picture, or one in a format that this browser
    /// does not know.
    pub async fn read(file: &PictureFile) -> Option<Self> {
        #[cfg(target_arch = "wasm32")]
        return imp::read(file).await;
        #[cfg(not(target_arch = "wasm32"))]
        {
            let _ = file;
            None
        }
    }

    /// Returns width and height, in pixels.
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Draws the square with this corner and this edge, in the photo's pixels, so that it fills the canvas. Transparent
    /// areas become white.
    pub fn draw(&self, canvas: &HtmlCanvasElement, corner: (f64, f64), edge: f64) {
        #[cfg(target_arch = "wasm32")]
        // Fails for a canvas without a context, on which nothing can be drawn.
        drop(imp::draw(self, canvas, corner, edge));
        #[cfg(not(target_arch = "wasm32"))]
        let _ = (canvas, corner, edge);
    }
}

#[cfg(target_arch = "wasm32")]
impl Drop for Photo {
    fn drop(&mut self) {
        // The browser would free it at some time, but a large photo takes too much memory to wait for that.
        if let Some(bitmap) = imp::forget(self.id) {
            bitmap.close();
        }
    }
}

/// Sends the content of the canvas as a JPEG, in the form field of this name. Returns whether the server accepted it,
/// and the body of the response; `None` if there is no connection.
pub async fn send(canvas: &HtmlCanvasElement, path: &str, field: &str) -> Option<(bool, String)> {
    #[cfg(target_arch = "wasm32")]
    return imp::send(canvas, path, field).await.ok();
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = (canvas, path, field);
        None
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use std::cell::RefCell;

    use js_sys::{Object, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        Blob, CanvasRenderingContext2d, FormData, Headers, HtmlCanvasElement, ImageBitmap, RequestInit, Response,
    };

    use super::{Photo, PictureFile};

    /// The JPEG quality, from 0 to 1. The server compresses once more.
    const QUALITY: f64 = 0.92;

    thread_local! {
        /// The number of the latest photo, and the photos in memory.
        static PHOTOS: RefCell<(u32, Vec<(u32, ImageBitmap)>)> = const { RefCell::new((0, Vec::new())) };
    }

    pub fn forget(id: u32) -> Option<ImageBitmap> {
        PHOTOS.with_borrow_mut(|(_, photos)| {
            let index = photos.iter().position(|(known, _)| *known == id)?;
            Some(photos.swap_remove(index).1)
        })
    }

    pub async fn read(file: &PictureFile) -> Option<Photo> {
        let options = Object::new();
        Reflect::set(&options, &"imageOrientation".into(), &"from-image".into()).ok()?;
        let reading = web_sys::window()?
            .create_image_bitmap_with_blob_and_image_bitmap_options(&file.file, options.unchecked_ref())
            .ok()?;
        let bitmap: ImageBitmap = JsFuture::from(reading).await.ok()?.dyn_into().ok()?;
        let (width, height) = (bitmap.width(), bitmap.height());
        let id = PHOTOS.with_borrow_mut(|(next, photos)| {
            *next = next.wrapping_add(1);
            photos.push((*next, bitmap));
            *next
        });
        Some(Photo { id, width, height })
    }

    pub fn draw(photo: &Photo, canvas: &HtmlCanvasElement, (left, top): (f64, f64), edge: f64) -> Result<(), JsValue> {
        let Some(context) = canvas.get_context("2d")? else { return Ok(()) };
        let context: CanvasRenderingContext2d = context.unchecked_into();
        let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
        Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
        context.set_fill_style_str("#fff");
        context.fill_rect(0.0, 0.0, width, height);
        PHOTOS.with_borrow(|(_, photos)| {
            let Some((_, bitmap)) = photos.iter().find(|(known, _)| *known == photo.id) else { return Ok(()) };
            context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                bitmap, left, top, edge, edge, 0.0, 0.0, width, height,
            )
        })
    }

    pub async fn send(canvas: &HtmlCanvasElement, path: &str, field: &str) -> Result<(bool, String), JsValue> {
        let blob = Promise::new(&mut |resolve, reject| {
            let asked = canvas.to_blob_with_type_and_encoder_options(&resolve, "image/jpeg", &QUALITY.into());
            if let Err(error) = asked {
                // Fails only if `reject` is not a function.
                let _ = reject.call1(&JsValue::NULL, &error);
            }
        });
        let blob: Blob = JsFuture::from(blob).await?.dyn_into()?;
        let form = FormData::new()?;
        form.append_with_blob_and_filename(field, &blob, "picture.jpg")?;
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&form);
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let answer: Response = JsFuture::from(window.fetch_with_str_and_init(path, &request)).await?.dyn_into()?;
        let text = JsFuture::from(answer.text()?).await?;
        Ok((answer.ok(), text.as_string().unwrap_or_default()))
    }
}
