//! The pages after a form that sends a link by mail.

use leptos::prelude::*;
use leptos_meta::Title;

use super::AuthLayout;
use crate::{
    api::form_values::{form_values, keeps_mail},
    ui::{Banner, Icon, IconName, emphasized},
    words,
};

/// The page `/sign-up/sent`. It is the same whether or not the address is known.
#[component]
pub fn Sent() -> impl IntoView {
    view! {
        <LookIntoMail
            again="/sign-up"
            try_again=words::auth::TRY_OTHER_ADDRESS
            sent=words::auth::link_sent
            sent_somewhere=words::auth::LINK_SENT
        />
    }
}

/// The page `/forgot/sent`. It is the same whether or not the address is known.
#[component]
pub fn ResetSent() -> impl IntoView {
    view! {
        <LookIntoMail
            again="/forgot"
            try_again=words::auth::TRY_ADDRESS_OF_ACCOUNT
            sent=words::auth::reset_link_sent
            sent_somewhere=words::auth::RESET_LINK_SENT
        />
    }
}

#[component]
fn LookIntoMail(
    /// The address of the form, to try again.
    again: &'static str,
    /// The label of the link to the form.
    try_again: &'static str,
    /// Describes the mail to an address.
    sent: fn(&str) -> String,
    /// The description of the mail if the address is not known, as after the page was loaded again.
    sent_somewhere: &'static str,
) -> impl IntoView {
    let email = form_values().email;
    let sent = if email.is_empty() { sent_somewhere.to_owned() } else { sent(&email) };
    view! {
        <Title text=words::auth::CHECK_YOUR_MAIL/>
        <AuthLayout>
            <span class="mb-4 grid size-16 place-items-center rounded-full bg-hollow text-accent">
                <Icon name=IconName::Mail class="!size-7"/>
            </span>
            <h1 class="mb-2 font-serif text-3xl font-semibold">{words::auth::CHECK_YOUR_MAIL}</h1>
            <p>{emphasized(&sent, &email)}</p>
            {keeps_mail()
                .then(|| {
                    view! {
                        <Banner class="mt-4">
                            {words::auth::MAIL_STAYS_HERE}
                        </Banner>
                    }
                })}
            <p class="mt-4 text-quiet">
                {words::auth::NOTHING_THERE} " "
                <a class="link" href=again>
                    {try_again}
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
