//! The first page of the settings.

use leptos::prelude::*;
use leptos_meta::Title;

use super::PAGES;
use crate::{
    api::accounts::SignOut,
    live::use_live,
    pages::{ActionForm, FormError, failure, follow, use_me},
    ui::{Avatar, AvatarSize, Button, ButtonKind, Icon, IconName, PaneHeader},
};

/// `/settings`
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <Title text="Settings"/>
        <PaneHeader title="Settings"/>
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
    let card = use_live().card(me.card);
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
                {me.is_admin.then(|| view! { <p class="text-sm text-quiet">"Administrator of this server"</p> })}
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
        <nav aria-label="Settings">
            <ul class="-mx-3 flex flex-col">{PAGES.iter().map(row).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

#[component]
fn Leave() -> impl IntoView {
    let action = ServerAction::<SignOut>::new();
    let error = failure(move || action.value().get());
    follow(move || action.value().get());
    view! {
        <div class="flex flex-col gap-4">
            <FormError error=error/>
            <ActionForm action=action read=|_| SignOut {}>
                <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending()>
                    <Icon name=IconName::SignOut/>
                    "Sign out"
                </Button>
            </ActionForm>
        </div>
    }
    .into_any()
}
