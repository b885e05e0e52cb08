//! The profile picture: choosing, cropping and sending a photo, and removing the picture.

use browser::{
    picture::{self, Photo},
    timer,
};
use leptos::{
    ev::SubmitEvent,
    html::{Canvas, Input},
    prelude::*,
};
use protocol::{
    Error, ErrorKind, Field, UserSummary,
    limits::{PICTURE_MAX_BYTES, PICTURE_MAX_MEGAPIXELS},
    profile::check_picture_size,
};

use super::{crop::Crop, cropper::Cropper};
use crate::{
    api::{
        ApiError,
        profile::{FILE, RemovePicture, UPLOAD},
    },
    forms::{ActionForm, FormError, action_error, address},
    live::use_live,
    ui::{Avatar, AvatarSize, Banner, Button, ButtonKind, FieldNote, Icon, IconName, ShowIf},
    words,
};

/// The media types that the server accepts. The server checks the content itself; this list is for the browser's file
/// dialog, and makes phones convert photos that they store in another format.
const ACCEPT: &str = "image/jpeg,image/png,image/webp,image/gif";

/// The form for the picture. Without WASM, it sends the photo as it is, and the server takes the middle of it.
#[component]
pub fn Picture(
    /// The user's own summary.
    card: Signal<UserSummary>,
    /// The error of a photo that a plain form sent, if it was refused.
    refused: Option<ApiError>,
) -> impl IntoView {
    let live = use_live();
    let input = NodeRef::<Input>::new();
    let canvas = NodeRef::<Canvas>::new();
    let photo = StoredValue::new(None::<Photo>);
    let crop = RwSignal::new(None::<Crop>);
    let error = RwSignal::new(refused);
    let busy = RwSignal::new(false);
    let saved = RwSignal::new(false);
    let upload = StoredValue::new(address(UPLOAD));
    // Counts the chosen photos. One may be decoded faster than the one before, whose result is then ignored.
    let chosen = StoredValue::new(0_u32);

    let refuse = move |refusal: Error| error.set(Some(ApiError(refusal)));
    let put_away = move || {
        crop.set(None);
        photo.set_value(None);
        chosen.update_value(|chosen| *chosen = chosen.wrapping_add(1));
    };
    let choose = move || {
        put_away();
        error.set(None);
        saved.set(false);
        let Some(file) = input.get_untracked().and_then(|input| picture::picture_file(&input)) else { return };
        if let Err(refusal) = check_picture_size(file.size()) {
            return refuse(refusal);
        }
        let turn = chosen.get_value();
        busy.set(true);
        timer::spawn(async move {
            let read = Photo::read(&file).await;
            if chosen.try_get_value() != Some(turn) {
                return;
            }
            busy.set(false);
            match read {
                Some(read) => {
                    crop.set(Some(Crop::of(read.size())));
                    photo.set_value(Some(read));
                }
                None => refuse(ErrorKind::Unsupported.on(Field::Picture)),
            }
        });
    };
    // Handles a file that was chosen before hydration.
    Effect::new(move |known: Option<()>| {
        if known.is_none() && input.get().is_some_and(|input| picture::picture_file(&input).is_some()) {
            choose();
        }
    });
    let clear = move || {
        put_away();
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    let send = move |ev: SubmitEvent| {
        ev.prevent_default();
        let Some(canvas) = canvas.get_untracked().filter(|_| crop.with_untracked(Option::is_some)) else {
            if error.with_untracked(Option::is_none) {
                refuse(ErrorKind::Required.on(Field::Picture));
            }
            return;
        };
        error.set(None);
        busy.set(true);
        let upload = upload.get_value();
        timer::spawn(async move {
            let answer = picture::send(&canvas, &upload, FILE).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match card_in(answer) {
                Ok(card) => {
                    live.update_users(vec![card]);
                    clear();
                    saved.set(true);
                }
                Err(refusal) => error.set(Some(refusal)),
            }
        });
    };
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture size=AvatarSize::Large/> }
    };
    let has_picture = Memo::new(move |_| card.with(|card| card.picture.is_some()));

    view! {
        <section aria-labelledby="picture-heading">
            <h2 id="picture-heading" class="mb-4 font-serif text-xl font-semibold">
                {words::profile::PICTURE}
            </h2>
            <div class="flex flex-wrap items-start gap-4">
                {face}
                <div class="flex min-w-[min(14rem,100%)] flex-1 flex-col gap-3">
                    <form action=address(UPLOAD) method="post" enctype="multipart/form-data" on:submit=send class="flex flex-col gap-3">
                        <div class="flex flex-col gap-1">
                            <label for=FILE class="font-medium">
                                {words::profile::PHOTO}
                            </label>
                            <input
                                node_ref=input
                                id=FILE
                                name=FILE
                                type="file"
                                accept=ACCEPT
                                class="input file-input"
                                aria-invalid=move || error.with(Option::is_some).then_some("true")
                                aria-describedby="picture-note"
                                on:change=move |_| choose()
                            />
                            <FieldNote
                                id="picture-note".to_owned()
                                hint=words::profile::photo_hint(PICTURE_MAX_BYTES / (1024 * 1024), PICTURE_MAX_MEGAPIXELS)
                                error=Signal::derive(move || error.get().map(|error| error.sentence()))
                            />
                        </div>
                        <ShowIf is=move || crop.with(Option::is_some)>
                            <Cropper photo=photo crop=crop canvas=canvas/>
                        </ShowIf>
                        <div class="flex flex-wrap gap-2">
                            <Button behavior="submit" busy=busy>
                                {words::profile::SAVE_PICTURE}
                            </Button>
                            <ShowIf is=move || crop.with(Option::is_some)>
                                <Button kind=ButtonKind::Quiet on:click=move |_| clear()>
                                    {words::common::CANCEL}
                                </Button>
                            </ShowIf>
                        </div>
                    </form>
                    <ShowIf is=move || saved.get()>
                        <Banner>{words::profile::PICTURE_SAVED}</Banner>
                    </ShowIf>
                    <ShowIf is=move || has_picture.get()>
                        <Remove card=card/>
                    </ShowIf>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// Returns the user's new summary from the response of the server.
fn card_in(answer: Option<(bool, String)>) -> Result<UserSummary, ApiError> {
    let unavailable = || ApiError(ErrorKind::Unavailable.into());
    let (is_ok, text) = answer.ok_or_else(unavailable)?;
    if is_ok {
        serde_json::from_str(&text).map_err(|_| unavailable())
    } else {
        // A body that is not one of our errors comes from a proxy in front of the server.
        Err(serde_json::from_str(&text).unwrap_or_else(|_| unavailable()))
    }
}

/// Removes the picture, after a second step. It opens and closes without a script.
#[component]
fn Remove(card: Signal<UserSummary>) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<RemovePicture>::new();
    let error = action_error(move || action.value().get());
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            live.update_users(vec![UserSummary { picture: None, ..card.get_untracked() }]);
        }
    });
    view! {
        <details class="disclosure">
            <summary class="btn btn-quiet">{words::profile::REMOVE_PICTURE}</summary>
            <div class="flex flex-col items-start gap-3 pt-2">
                <p class="text-sm text-quiet">{words::profile::INITIALS_INSTEAD}</p>
                <FormError error=error/>
                <ActionForm action=action read=|_| RemovePicture {}>
                    <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending()>
                        <Icon name=IconName::Trash/>
                        {words::profile::REMOVE_IT}
                    </Button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood_whoever_gives_them() {
        let card = UserSummary::new(protocol::UserId::from_parts(0, &[0; 10]), "ada".into());
        let text = serde_json::to_string(&card).unwrap();
        assert_eq!(card_in(Some((true, text))).unwrap(), card);
        let refusal = ApiError(ErrorKind::Unsupported.on(Field::Picture));
        assert_eq!(card_in(Some((false, serde_json::to_string(&refusal).unwrap()))).unwrap_err(), refusal);
        for answer in [None, Some((false, "<html>502 Bad Gateway".into())), Some((true, "<html>".into()))] {
            assert_eq!(card_in(answer).unwrap_err().0.kind, ErrorKind::Unavailable);
        }
    }
}
