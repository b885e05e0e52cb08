//! A password, shown on demand, with a meter of its strength.

use leptos::prelude::*;

use super::{Icon, IconName, ShowIf, TextField};

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
    /// Where a new one is being chosen: follows the text. Password managers are asked for a new one.
    #[prop(default = None)]
    new: Option<RwSignal<String>>,
    /// How good a new one is, from `0`, which is not known, to `4`.
    #[prop(default = Signal::stored("0"))]
    steps: Signal<&'static str>,
    /// A word of help.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What the server has against it.
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
                        aria-label="Show password"
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
