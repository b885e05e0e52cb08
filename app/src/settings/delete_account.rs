//! The page that deletes the account.

use leptos::prelude::*;
use protocol::Field;

use super::{CurrentPassword, SettingsPage};
use crate::{
    api::account::DeleteAccount,
    forms::{ActionForm, FormError, action_error, leave, on},
    ui::{Button, ButtonKind, ButtonLink, FieldNote, Icon, IconName},
    words,
};

/// The page `/settings/delete`.
#[component]
pub fn DeletePage() -> impl IntoView {
    let action = ServerAction::<DeleteAccount>::new();
    let error = action_error(move || action.value().get());
    leave(move || action.value().get());
    let unconfirmed = on(error, Field::Confirmation);
    view! {
        <SettingsPage
            title=words::common::DELETE_YOUR_ACCOUNT
            up=("/settings/account", words::settings::BACK_TO_ACCOUNT)
        >
            <div>
                <p class="mb-4 font-medium">{words::settings::CANNOT_BE_UNDONE}</p>
                <ul class="flex list-disc flex-col gap-2 pl-5">
                    <li>
                        {words::settings::DELETION_REMOVES}
                    </li>
                    <li>
                        {words::settings::DELETION_KEEPS}
                    </li>
                    <li>{words::settings::DELETION_LEAVES}</li>
                </ul>
                <p class="mt-4 text-quiet">
                    {words::settings::KEEP_WHAT_YOU_WROTE} " "
                    <a class="link" href="/account/data.json" download rel="external">
                        {words::settings::DOWNLOAD_FIRST}
                    </a>
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
                            <span>{words::settings::DELETE_FOR_GOOD}</span>
                        </label>
                        <FieldNote id="confirmed-note".to_owned() error=unconfirmed/>
                    </div>
                    <div class="flex flex-wrap gap-3">
                        <Button behavior="submit" kind=ButtonKind::Danger busy=action.pending()>
                            <Icon name=IconName::Trash/>
                            {words::settings::DELETE_ACCOUNT}
                        </Button>
                        <ButtonLink href="/settings/account" kind=ButtonKind::Plain>
                            {words::settings::KEEP_IT}
                        </ButtonLink>
                    </div>
                </div>
            </ActionForm>
        </SettingsPage>
    }
    .into_any()
}
