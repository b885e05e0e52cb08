//! The page that deletes the account.

use leptos::prelude::*;
use protocol::Field;

use super::{CurrentPassword, SettingsPage};
use crate::{
    api::account::DeleteAccount,
    forms::{ActionForm, FormError, action_error, leave, on},
    ui::{Button, ButtonKind, ButtonLink, FieldNote, Icon, IconName},
};

/// The page `/settings/delete`.
#[component]
pub fn DeletePage() -> impl IntoView {
    let action = ServerAction::<DeleteAccount>::new();
    let error = action_error(move || action.value().get());
    leave(move || action.value().get());
    let unconfirmed = on(error, Field::Confirmation);
    view! {
        <SettingsPage title="Delete your account" up=("/settings/account", "Back to your account")>
            <div>
                <p class="mb-4 font-medium">"This can't be undone."</p>
                <ul class="flex list-disc flex-col gap-2 pl-5">
                    <li>
                        "What goes: your profile and picture, your e-mail address and username, your friends and the \
                        people you blocked. You are signed out everywhere."
                    </li>
                    <li>
                        "What stays: what you said in conversations. It stands under “Deleted account” there, without \
                        your name."
                    </li>
                    <li>"You leave every room, and nobody can write to you any more."</li>
                </ul>
                <p class="mt-4 text-quiet">
                    "Do you want to keep what you wrote? "
                    <a class="link" href="/account/data.json" download rel="external">
                        "Download your data"
                    </a> " first."
                </p>
            </div>
            <ActionForm
                action=action
                read=|form| DeleteAccount {
                    current_password: form.text("current_password"),
                    confirmed: form.text("confirmed"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Confirmation, Field::CurrentPassword]/>
                    <CurrentPassword id="delete-password" error=on(error, Field::CurrentPassword)/>
                    <div>
                        <label class="flex min-h-11 items-center gap-3">
                            <input
                                type="checkbox"
                                class="size-5 flex-none"
                                name="confirmed"
                                value="yes"
                                aria-describedby="confirmed-note"
                                aria-invalid=move || unconfirmed.with(Option::is_some).then_some("true")
                            />
                            <span>"Delete my account for good."</span>
                        </label>
                        <FieldNote id="confirmed-note".to_owned() error=unconfirmed/>
                    </div>
                    <div class="flex flex-wrap gap-3">
                        <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending()>
                            <Icon name=IconName::Trash/>
                            "Delete account"
                        </Button>
                        <ButtonLink href="/settings/account" kind=ButtonKind::Plain>
                            "Keep it"
                        </ButtonLink>
                    </div>
                </div>
            </ActionForm>
        </SettingsPage>
    }
    .into_any()
}
