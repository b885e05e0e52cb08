//! A password, shown on demand, with a word on its strength.

use leptos::prelude::*;
use protocol::password::{Strength, strength};

use super::{Field, Icon, IconName, When};

/// A field for a password.
///
/// Without scripts it is a plain field; the eye and the meter come with the WASM.
#[component]
pub fn PasswordField(
    /// What to enter.
    #[prop(default = "Password".to_owned(), into)]
    label: String,
    /// The name under which a form sends it; unless `id` is given, also its id.
    #[prop(default = "password")]
    name: &'static str,
    /// The id, where one page has two fields of one name.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// Whether a new one is being chosen: shows its strength and asks password managers for a new one.
    #[prop(optional)]
    new: bool,
    /// Words that an attacker knows, such as the username: they add nothing.
    #[prop(optional, into)]
    known: Signal<Vec<String>>,
    /// A word of help.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What the server has against it.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let visible = RwSignal::new(false);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));

    let level = Memo::new(move |_| {
        let text = text.get();
        (new && !text.is_empty()).then(|| {
            let known = known.get();
            strength(&text, &known.iter().map(String::as_str).collect::<Vec<_>>())
        })
    });
    let said = Signal::derive(move || match level.get() {
        None => hint.get(),
        Some(level) => Some(words(level).to_owned()),
    });

    view! {
        <div>
            <Field
                label=label
                name=name
                id=id.unwrap_or(name)
                kind=Signal::derive(move || if visible.get() { "text" } else { "password" })
                bind=text
                hint=said
                error=error
                autocomplete=if new { "new-password" } else { "current-password" }
            >
                <When is=move || alive.get()>
                    <button
                        type="button"
                        class="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-quiet hover:text-ink"
                        aria-label="Show password"
                        aria-pressed=move || visible.get().to_string()
                        on:click=move |_| visible.update(|visible| *visible = !*visible)
                    >
                        {move || {
                            let name = if visible.get() { IconName::EyeOff } else { IconName::Eye };
                            view! { <Icon name=name/> }
                        }}
                    </button>
                </When>
            </Field>
            {new
                .then(|| {
                    view! {
                        <div class="meter mt-1" data-level=move || level.get().map_or("0", steps) aria-hidden="true">
                            <span></span>
                            <span></span>
                            <span></span>
                            <span></span>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

const fn steps(level: Strength) -> &'static str {
    match level {
        Strength::Weak => "1",
        Strength::Fair => "2",
        Strength::Good => "3",
        Strength::Strong => "4",
    }
}

const fn words(level: Strength) -> &'static str {
    match level {
        Strength::Weak => "Easy to guess. Make it longer, or use several unrelated words.",
        Strength::Fair => "Fair. A few more characters make it good.",
        Strength::Good => "Good.",
        Strength::Strong => "Strong.",
    }
}
