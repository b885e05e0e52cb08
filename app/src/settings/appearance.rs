//! The appearance settings: the theme.

use leptos::prelude::*;

use super::{Section, SettingsPage};
use crate::{
    api::{auth::SetTheme, form_values::Theme},
    forms::{ActionForm, FormError, action_error},
    session::Visitor,
    ui::{Button, ButtonKind, Icon, IconName},
    words,
};

/// The page `/settings/appearance`.
#[component]
pub fn AppearancePage() -> impl IntoView {
    let chosen = expect_context::<Visitor>().theme;
    let action = ServerAction::<SetTheme>::new();
    let error = action_error(move || action.value().get());
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
        <SettingsPage title=words::settings::APPEARANCE>
            <Section id="theme" title=words::settings::LIGHT_OR_DARK>
                <p class="mb-4 text-quiet">{words::settings::THEME_ABOUT}</p>
                <ActionForm action=action read=|form| SetTheme { theme: form.text("theme") }>
                    <div class="grid gap-2 two:grid-cols-3" role="group" aria-labelledby="theme">
                        {choice(Theme::System, IconName::Monitor, words::settings::THEME_SYSTEM)}
                        {choice(Theme::Light, IconName::Sun, words::settings::THEME_LIGHT)}
                        {choice(Theme::Dark, IconName::Moon, words::settings::THEME_DARK)}
                    </div>
                </ActionForm>
                <FormError error=error/>
            </Section>
        </SettingsPage>
    }
    .into_any()
}
