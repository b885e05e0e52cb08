//! After signing up: look into the mail.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Porch;
use crate::{
    api::page::{keeps_mail, typed},
    ui::{Banner, Icon, IconName},
};

/// `/sign-up/sent`. The same whether or not the address was known.
#[component]
pub fn Sent() -> impl IntoView {
    let email = typed().email;
    let whom = if email.is_empty() { "the address you gave".to_owned() } else { email };
    view! {
        <Title text="Check your mail"/>
        <Porch>
            <span class="mb-4 grid size-16 place-items-center rounded-full bg-hollow text-accent">
                <Icon name=IconName::Mail class="!size-7"/>
            </span>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"Check your mail"</h1>
            <p>"We sent a link to " <strong>{whom}</strong> ". Follow it within a day, and your account is ready."</p>
            {keeps_mail()
                .then(|| {
                    view! {
                        <Banner class="mt-4">
                            "This server sends no mail yet. On this machine you find it in the "
                            <a class="link" href="/outbox" rel="external">
                                "outbox"
                            </a> "."
                        </Banner>
                    }
                })}
            <p class="mt-4 text-quiet">
                "Nothing there after a few minutes? Look into the spam folder, or "
                <a class="link" href="/sign-up">
                    "try again"
                </a> " with another address."
            </p>
        </Porch>
    }
    .into_any()
}
