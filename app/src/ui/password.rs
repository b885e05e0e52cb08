//! A field for a password, which can be revealed, with a meter of its strength.

use leptos::prelude::*;

use super::{Icon, IconName, ShowIf, TextField};
use crate::words;

/// A field for a password.
///
/// Without scripts, it is a plain field: the button that reveals the password and the meter need the WASM.
#[component]
pub fn PasswordField(
    /// The label of the field.
    #[prop(default = words::common::PASSWORD.to_owned(), into)]
    label: String,
    /// The name of the field in the form; also its id, unless `id` is given.
    #[prop(default = "password")]
    name: &'static str,
    /// The id, if a page has two fields of one name.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// A signal that follows the text of a new password; `None` for an existing password. With it, password managers
    /// are asked for a new password.
    #[prop(default = None)]
    new: Option<RwSignal<String>>,
    /// The strength of a new password, from `0`, which is unknown, to `4`.
    #[prop(default = Signal::stored("0"))]
    steps: Signal<&'static str>,
    /// The hint.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error of the server about the password.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let text = new.unwrap_or_default();
    let visible = RwSignal::new(false);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));

    view! {
        <div>
            <TextField
                label=label
                name=name
                id=id.unwrap_or(name)
                kind=Signal::derive(move || if visible.get() { "text" } else { "password" })
                bind=text
                hint=hint
                error=error
                autocomplete=if new.is_some() { "new-password" } else { "current-password" }
            >
                <ShowIf is=move || alive.get()>
                    <button
                        type="button"
                        class="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-quiet hover:text-ink"
                        aria-label=words::ui::SHOW_PASSWORD
                        aria-pressed=move || visible.get().to_string()
                        on:click=move |_| visible.update(|visible| *visible = !*visible)
                    >
                        {move || {
                            let name = if visible.get() { IconName::EyeOff } else { IconName::Eye };
                            view! { <Icon name=name/> }
                        }}
                    </button>
                </ShowIf>
            </TextField>
            {new
                .map(|_| {
                    view! {
                        <div class="meter mt-1" data-level=move || steps.get() aria-hidden="true">
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
