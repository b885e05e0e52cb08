//! The pages after a form that sends a link by mail.

use leptos::prelude::*;
use leptos_meta::Title;

use super::AuthLayout;
use crate::{
    api::form_values::{form_values, keeps_mail},
    ui::{Banner, Icon, IconName},
};

/// The page `/sign-up/sent`. It is the same whether or not the address is known.
#[component]
pub fn Sent() -> impl IntoView {
    view! {
        <LookIntoMail again="/sign-up" instead=" with another address.">
            "We sent a link to " <strong>{address()}</strong> ". Follow it within a day, and your account is ready."
        </LookIntoMail>
    }
}

/// The page `/forgot/sent`. It is the same whether or not the address is known.
#[component]
pub fn ResetSent() -> impl IntoView {
    view! {
        <LookIntoMail again="/forgot" instead=" with the address you signed up with.">
            "If " <strong>{address()}</strong>
            " has an account here, a link is on its way. Follow it within an hour to choose a new password."
        </LookIntoMail>
    }
}

fn address() -> String {
    let email = form_values().email;
    if email.is_empty() { "the address you gave".to_owned() } else { email }
}

#[component]
fn LookIntoMail(
    /// The address of the form, to try again.
    again: &'static str,
    /// The text after the link to the form.
    instead: &'static str,
    /// A description of the mail.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text="Check your mail"/>
        <AuthLayout>
            <span class="mb-4 grid size-16 place-items-center rounded-full bg-hollow text-accent">
                <Icon name=IconName::Mail class="!size-7"/>
            </span>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"Check your mail"</h1>
            <p>{children()}</p>
            {keeps_mail()
                .then(|| {
                    view! {
                        <Banner class="mt-4">
                            "This server sends no mail yet. Whoever runs it finds the link in its log, and in its outbox, whose address it printed when it started."
                        </Banner>
                    }
                })}
            <p class="mt-4 text-quiet">
                "Nothing there after a few minutes? Look into the spam folder, or "
                <a class="link" href=again>
                    "try again"
                </a> {instead}
            </p>
        </AuthLayout>
    }
    .into_any()
}
