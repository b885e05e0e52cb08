//! A field for a new password, with the strength as rated by the server.

use std::time::Duration;

use leptos::{leptos_dom::helpers::debounce, prelude::*};
use protocol::{
    limits::PASSWORD_MIN,
    password::{Strength, check_password_length},
};

use crate::words;
use crate::{api::auth::password_strength, ui::PasswordField};

/// The pause in typing after which the server is asked about the typed text.
pub const PAUSE: Duration = Duration::from_millis(350);

/// A field for a new password. Only the server can rate its strength, so nothing is shown before the server responds.
#[component]
pub fn NewPassword(
    /// The label of the field.
    #[prop(default = words::common::PASSWORD.to_owned(), into)]
    label: String,
    /// The username of the account, so that a password manager stores the password under it. Not needed if the form has
    /// a field for the username.
    #[prop(default = None)]
    account: Option<String>,
    /// Words that an attacker knows, such as the username. They add no strength.
    #[prop(optional, into)]
    known: Signal<Vec<String>>,
    /// The error of the server about the password.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let ask = Action::new(|asked: &(String, Vec<String>)| {
        let asked = asked.clone();
        async move {
            let answer = password_strength(asked.0.clone(), asked.1.clone()).await;
            (asked, answer.ok())
        }
    });
    let now = Memo::new(move |_| (text.get(), known.get()));
    let mut ask_later = debounce(PAUSE, move |asked: (String, Vec<String>)| {
        if now.try_get_untracked().as_ref() == Some(&asked) {
            ask.dispatch(asked);
        }
    });
    Effect::new(move |_| {
        let asked = now.get();
        if check_password_length(&asked.0).is_ok() {
            ask_later(asked);
        }
    });
    // A response is valid only for the text that was checked, not for what was typed since.
    let strength = Signal::derive(move || {
        let now = now.get();
        ask.value().get().filter(|(asked, _)| *asked == now).and_then(|(_, answer)| answer)
    });
    let hint = Signal::derive(move || {
        Some(match strength.get() {
            None => words::auth::password_hint(PASSWORD_MIN),
            Some(strength) => rating(strength).to_owned(),
        })
    });
    let account = account.map(|account| {
        view! {
            <input type="text" class="hidden" autocomplete="username" value=account readonly tabindex="-1" aria-hidden="true"/>
        }
    });
    view! {
        {account}
        <PasswordField
            label=label
            new=Some(text)
            steps=Signal::derive(move || strength.get().map_or("0", steps))
            hint=hint
            error=error
        />
    }
    .into_any()
}

const fn steps(strength: Strength) -> &'static str {
    match strength {
        Strength::Weak => "1",
        Strength::Fair => "2",
        Strength::Good => "3",
        Strength::Strong => "4",
    }
}

const fn rating(strength: Strength) -> &'static str {
    match strength {
        Strength::Weak => words::auth::PASSWORD_WEAK,
        Strength::Fair => words::auth::PASSWORD_FAIR,
        Strength::Good => words::auth::PASSWORD_GOOD,
        Strength::Strong => words::auth::PASSWORD_STRONG,
    }
}
