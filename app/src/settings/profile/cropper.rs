//! The control that selects the part of a photo that becomes the picture: the user moves and zooms the photo in a
//! frame.

use crate::words;
use browser::picture::Photo;
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html::Canvas,
    prelude::*,
};

use super::crop::{Crop, ZOOM_MAX};

/// The distance that an arrow key moves the photo, in edges of the frame. `ZOOM_STEP` is the factor of a key that
/// zooms.
const STEP: f64 = 0.05;
const ZOOM_STEP: f64 = 1.1;

/// A frame with the photo in it. The content of the canvas *is* the picture, so users see exactly what they send.
#[component]
pub fn Cropper(
    /// The decoded photo.
    photo: StoredValue<Option<Photo>>,
    /// The selected part of the photo.
    crop: RwSignal<Option<Crop>>,
    /// The canvas that shows the picture.
    canvas: NodeRef<Canvas>,
) -> impl IntoView {
    Effect::new(move |_| {
        if let (Some(crop), Some(canvas)) = (crop.get(), canvas.get()) {
            photo.with_value(|photo| {
                if let Some(photo) = photo {
                    photo.draw(&canvas, crop.corner(), crop.edge());
                }
            });
        }
    });
    let change = move |change: &dyn Fn(Crop) -> Crop| crop.update(|crop| *crop = crop.map(change));

    // The id of the pointer that drags the photo, and its last position.
    let held = StoredValue::new(None::<(i32, i32, i32)>);
    let grasp = move |ev: PointerEvent| {
        if held.get_value().is_none() {
            held.set_value(Some((ev.pointer_id(), ev.client_x(), ev.client_y())));
            if let Some(canvas) = canvas.get_untracked() {
                // Fails for a pointer that is no longer active.
                drop(canvas.set_pointer_capture(ev.pointer_id()));
            }
        }
    };
    let drag = move |ev: PointerEvent| {
        if let (Some((id, x, y)), Some(canvas)) = (held.get_value(), canvas.get_untracked())
            && id == ev.pointer_id()
        {
            let frame = f64::from(canvas.client_width().max(1));
            let (right, down) = (f64::from(ev.client_x() - x) / frame, f64::from(ev.client_y() - y) / frame);
            change(&|crop| crop.moved(right, down));
            held.set_value(Some((id, ev.client_x(), ev.client_y())));
        }
    };
    let release = move |ev: PointerEvent| {
        held.update_value(|held| {
            held.take_if(|(id, ..)| *id == ev.pointer_id());
        });
    };
    let press = move |ev: KeyboardEvent| {
        let (right, down, zoom) = match ev.key().as_str() {
            "ArrowLeft" => (-STEP, 0.0, 1.0),
            "ArrowRight" => (STEP, 0.0, 1.0),
            "ArrowUp" => (0.0, -STEP, 1.0),
            "ArrowDown" => (0.0, STEP, 1.0),
            "+" | "=" => (0.0, 0.0, ZOOM_STEP),
            "-" => (0.0, 0.0, 1.0 / ZOOM_STEP),
            _ => return,
        };
        ev.prevent_default();
        change(&|crop| crop.moved(right, down).zoomed(crop.zoom() * zoom));
    };
    let slide = move |ev| {
        if let Ok(percent) = event_target_value(&ev).parse::<f64>() {
            change(&|crop| crop.zoomed(percent / 100.0));
        }
    };
    let percent = move || crop.with(|crop| crop.map_or(100.0, |crop| (crop.zoom() * 100.0).round()).to_string());

    view! {
        <div class="flex flex-col gap-3">
            // The role `application` passes the arrow keys on; elsewhere, a screen reader would use them itself.
            <div
                class="crop"
                role="application"
                tabindex="0"
                aria-label=words::profile::PHOTO_POSITION
                aria-describedby="crop-help"
                on:keydown=press
            >
                <canvas
                    node_ref=canvas
                    width=SIZE
                    height=SIZE
                    on:pointerdown=grasp
                    on:pointermove=drag
                    on:pointerup=release
                    on:pointercancel=release
                ></canvas>
            </div>
            <label class="flex max-w-64 items-center gap-3">
                <span>{words::profile::ZOOM}</span>
                <input
                    type="range"
                    class="h-11 min-w-0 flex-1"
                    min="100"
                    max=(ZOOM_MAX * 100.0).to_string()
                    prop:value=percent
                    on:input=slide
                />
            </label>
            <p id="crop-help" class="text-sm text-quiet">
                {words::profile::CROP_HELP}
            </p>
        </div>
    }
    .into_any()
}

/// The width and height of the canvas, in pixels: the largest size in which pictures are stored.
const SIZE: &str = "512";
