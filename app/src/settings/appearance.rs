//! The appearance settings: the theme.

use leptos::prelude::*;

use super::{Section, SettingsPage};
use crate::{
    api::{auth::SetTheme, form_values::Theme},
    forms::{ActionForm, FormError, action_error},
    session::Visitor,
    ui::{Button, ButtonKind, Icon, IconName},
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
        <SettingsPage title="Appearance">
            <Section id="theme" title="Light or dark">
                <p class="mb-4 text-quiet">"In this browser. “System” follows your device."</p>
                <ActionForm action=action read=|form| SetTheme { theme: form.text("theme") }>
                    <div class="grid gap-2 two:grid-cols-3" role="group" aria-labelledby="theme">
                        {choice(Theme::System, IconName::Monitor, "System")}
                        {choice(Theme::Light, IconName::Sun, "Light")}
                        {choice(Theme::Dark, IconName::Moon, "Dark")}
                    </div>
                </ActionForm>
                <FormError error=error/>
            </Section>
        </SettingsPage>
    }
    .into_any()
}
