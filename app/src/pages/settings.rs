//! Settings: the theme, the account, the way out.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{ActionForm, Visitor, failure, follow, use_me};
use crate::{
    api::{
        accounts::{SetTheme, SignOut},
        page::Theme,
        profile::PAGE,
    },
    live::use_live,
    ui::{Avatar, AvatarSize, Banner, Button, ButtonKind, ButtonLink, Icon, IconName, PaneHeader, Tone},
};

/// `/settings`
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <Title text="Settings"/>
        <PaneHeader title="Settings"/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-10 px-4 py-8">
                <Account/>
                <Appearance/>
                <Leave/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Account() -> impl IntoView {
    let me = use_me();
    let name = me.card.username.clone();
    let card = use_live().card(me.card);
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture size=AvatarSize::Large/> }
    };
    view! {
        <section aria-labelledby="account">
            <h2 id="account" class="mb-4 font-serif text-xl font-semibold">
                "Account"
            </h2>
            <div class="flex items-center gap-4">
                {face}
                <dl class="grid min-w-0 gap-x-4 two:grid-cols-[auto_1fr]">
                    <dt class="text-quiet">"Username"</dt>
                    <dd class="mb-2 two:mb-0">{name}</dd>
                    <dt class="text-quiet">"E-mail"</dt>
                    <dd class="mb-2 two:mb-0">{me.email}</dd>
                    {me
                        .is_admin
                        .then(|| {
                            view! {
                                <dt class="text-quiet">"Role"</dt>
                                <dd>"Administrator of this server"</dd>
                            }
                        })}
                </dl>
            </div>
            <ButtonLink href=PAGE kind=ButtonKind::Plain class="mt-4">
                "Edit profile"
            </ButtonLink>
        </section>
    }
    .into_any()
}

#[component]
fn Appearance() -> impl IntoView {
    let chosen = expect_context::<Visitor>().theme;
    let action = ServerAction::<SetTheme>::new();
    let error = failure(move || action.value().get());
    let choice = move |theme: Theme, icon: IconName, label: &'static str| {
        view! {
            <Button
                kind=ButtonKind::Plain
                behavior="submit"
                class="!px-3"
                attr:name="theme"
                attr:value=theme.name()
                attr:aria-pressed=move || (chosen.get() == theme).to_string()
                on:click=move |_| chosen.set(theme)
            >
                <Icon name=icon/>
                {label}
            </Button>
        }
    };
    view! {
        <section aria-labelledby="appearance">
            <h2 id="appearance" class="mb-4 font-serif text-xl font-semibold">
                "Appearance"
            </h2>
            <ActionForm action=action read=|form| SetTheme { theme: form.text("theme") }>
                <div class="grid gap-2 two:grid-cols-3" role="group" aria-labelledby="appearance">
                    {choice(Theme::System, IconName::Monitor, "System")}
                    {choice(Theme::Light, IconName::Sun, "Light")}
                    {choice(Theme::Dark, IconName::Moon, "Dark")}
                </div>
            </ActionForm>
            {move || {
                error
                    .get()
                    .map(|error| view! { <Banner tone=Tone::Danger class="mt-4">{error.to_string()}</Banner> })
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Leave() -> impl IntoView {
    let action = ServerAction::<SignOut>::new();
    let error = failure(move || action.value().get());
    follow(move || action.value().get());
    view! {
        <section aria-labelledby="session">
            <h2 id="session" class="mb-4 font-serif text-xl font-semibold">
                "This browser"
            </h2>
            {move || {
                error
                    .get()
                    .map(|error| view! { <Banner tone=Tone::Danger class="mb-4">{error.to_string()}</Banner> })
            }}
            <ActionForm action=action read=|_| SignOut {}>
                <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending()>
                    <Icon name=IconName::SignOut/>
                    "Sign out"
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}
