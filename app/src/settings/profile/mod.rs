//! The profile settings: picture, name, pronouns, and bio.

mod crop;
mod cropper;
mod picture;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use protocol::{
    Field, UserSummary,
    limits::{BIO_MAX, DISPLAY_NAME_MAX},
    profile::{OwnProfile, check_display_name, check_pronouns},
};

use self::picture::Picture;
use super::SettingsPage;
use crate::forms::{ActionForm, FormError, LoadError, action_error, on};
use crate::{
    api::{
        form_values::{FormValues, form_values},
        profile::{UpdateProfile, own_profile, refusal},
    },
    live::use_live,
    ui::{Banner, Button, Loading, ShowIf, Skeleton, TextArea, TextField},
    words,
};

/// The page `/settings/profile`.
#[component]
pub fn SettingsProfile() -> impl IntoView {
    let profile = Resource::new_blocking(|| (), |()| own_profile());
    let typed = StoredValue::new(form_values());
    let forms = move || {
        Suspend::new(async move {
            match profile.await {
                Ok(profile) => view! { <Forms profile=profile typed=typed.get_value()/> }.into_any(),
                Err(error) => view! { <LoadError error=error again=move |()| profile.refetch()/> }.into_any(),
            }
        })
    };
    view! {
        <SettingsPage title=words::settings::PROFILE>
            <Suspense fallback=Opening>{forms}</Suspense>
        </SettingsPage>
    }
    .into_any()
}

/// The placeholder while the page loads: skeletons in the places of the fields.
#[component]
fn Opening() -> impl IntoView {
    view! {
        <Loading label=words::profile::OPENING class="flex flex-col gap-10">
            <Skeleton class="h-40 w-full"/>
            <Skeleton class="h-96 w-full"/>
        </Loading>
    }
    .into_any()
}

#[component]
fn Forms(profile: OwnProfile, typed: FormValues) -> impl IntoView {
    let query = use_query_map();
    let (saved, refused) = query.with_untracked(|query| {
        (query.get("saved").is_some(), query.get("refused").and_then(|refused| refusal(&refused)))
    });
    let card = use_live().user(profile.user.clone());
    view! {
        {saved.then(|| view! { <Banner>{words::common::SAVED}</Banner> })}
        <Picture card=card refused=refused/>
        <Words profile=profile typed=typed card=card/>
    }
    .into_any()
}

/// The form for the texts of the profile: name, pronouns, and bio.
#[component]
fn Words(profile: OwnProfile, typed: FormValues, card: Signal<UserSummary>) -> impl IntoView {
    let action = ServerAction::<UpdateProfile>::new();
    let error = action_error(move || action.value().get());
    let saved = Memo::new(move |_| matches!(action.value().get(), Some(Ok(_))) && !action.pending().get());
    // A refused form is shown with the form values, including fields that the user emptied.
    let is_typed = [&typed.display_name, &typed.pronouns, &typed.bio].into_iter().any(|text| !text.is_empty());
    let (display_name, pronouns, bio) = if is_typed {
        (typed.display_name, typed.pronouns, typed.bio)
    } else {
        (profile.user.display_name.unwrap_or_default(), profile.pronouns, profile.bio)
    };
    let username = card.with_untracked(|card| card.username.clone());
    view! {
        <section aria-labelledby="words-heading">
            <h2 id="words-heading" class="mb-4 font-serif text-xl font-semibold">
                {words::profile::ABOUT_YOU}
            </h2>
            <ActionForm
                action=action
                read=|form| UpdateProfile {
                    display_name: form.text("display_name"),
                    pronouns: form.text("pronouns"),
                    bio: form.text("bio"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::DisplayName, Field::Pronouns, Field::Bio]/>
                    <TextField
                        label=words::profile::NAME
                        name="display_name"
                        value=display_name
                        check=|text| check_display_name(text).map(drop)
                        hint=words::profile::name_hint(DISPLAY_NAME_MAX, &username)
                        optional=true
                        autocomplete="name"
                        error=on(error, Field::DisplayName)
                    />
                    <TextField
                        label=words::profile::PRONOUNS
                        name="pronouns"
                        value=pronouns
                        check=|text| check_pronouns(text).map(drop)
                        hint=words::profile::PRONOUNS_HINT
                        optional=true
                        error=on(error, Field::Pronouns)
                    />
                    <TextArea
                        label=words::profile::BIO
                        name="bio"
                        value=bio
                        max=BIO_MAX
                        hint=words::profile::BIO_HINT
                        error=on(error, Field::Bio)
                    />
                    <Button behavior="submit" class="self-start" busy=action.pending()>
                        {words::common::SAVE}
                    </Button>
                    <ShowIf is=move || saved.get()>
                        <Banner>{words::common::SAVED}</Banner>
                    </ShowIf>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}
