//! The overview of the settings.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_meta::Title;

use super::PAGES;
use crate::{
    api::auth::SignOut,
    forms::{ActionForm, FormError, action_error, leave},
    live::use_live,
    session::use_me,
    ui::{Avatar, AvatarSize, Banner, Button, ButtonKind, Icon, IconName, PaneHeader, ShowIf, Tone},
    words,
};

/// The page `/settings`.
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <Title text=words::common::SETTINGS/>
        <PaneHeader title=words::common::SETTINGS/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-8 px-4 py-8">
                <Myself/>
                <Pages/>
                <Leave/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Myself() -> impl IntoView {
    let me = use_me();
    let card = use_live().user(me.user);
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture size=AvatarSize::Large/> }
    };
    view! {
        <div class="flex items-center gap-4">
            {face}
            <div class="min-w-0">
                <p class="written font-serif text-xl font-semibold" dir="auto" translate="no">{move || card.with(|card| card.name().to_owned())}</p>
                <p class="text-quiet" translate="no">"@" {move || card.with(|card| card.username.clone())}</p>
                <p class="text-quiet">{me.email}</p>
                {me.is_admin.then(|| view! { <p class="text-sm text-quiet">{words::settings::ADMINISTRATOR}</p> })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Pages() -> impl IntoView {
    let row = |(href, icon, name, what): &(&'static str, IconName, &'static str, &'static str)| {
        view! {
            <li>
                <a href=*href class="settings-link">
                    <Icon name=*icon class="text-accent"/>
                    <span class="min-w-0 flex-1">
                        <span class="block font-medium">{*name}</span>
                        <span class="block text-sm text-quiet">{*what}</span>
                    </span>
                    <Icon name=IconName::Next class="text-quiet"/>
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=words::common::SETTINGS>
            <ul class="-mx-3 flex flex-col">{PAGES.iter().map(row).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

#[component]
fn Leave() -> impl IntoView {
    let action = ServerAction::<SignOut>::new();
    let error = action_error(move || action.value().get());
    leave(move || action.value().get());
    let live = use_live();
    // The warning about the unsent text in this browser, once the user was asked to confirm its deletion.
    let asked = RwSignal::new(None::<String>);
    let ask = move |ev: MouseEvent| {
        let unsent = live.unsent();
        if asked.with_untracked(Option::is_none)
            && let Some(warning) = words::settings::unsent(unsent.messages, unsent.drafts)
        {
            ev.prevent_default();
            asked.set(Some(warning));
        }
    };
    let label = move || {
        if asked.with(Option::is_some) { words::settings::SIGN_OUT_AND_DELETE } else { words::common::SIGN_OUT }
    };
    view! {
        <div class="flex flex-col gap-4">
            <FormError error=error/>
            {move || {
                asked
                    .get()
                    .map(|warning| {
                        view! { <Banner tone=Tone::Danger>{warning}</Banner> }
                    })
            }}
            <ActionForm action=action read=|_| SignOut {}>
                <div class="flex flex-wrap gap-3">
                    <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending() on:click=ask>
                        <Icon name=IconName::SignOut/>
                        {label}
                    </Button>
                    <ShowIf is=move || asked.with(Option::is_some)>
                        <Button kind=ButtonKind::Plain on:click=move |_| asked.set(None)>
                            {words::settings::STAY_SIGNED_IN}
                        </Button>
                    </ShowIf>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}
