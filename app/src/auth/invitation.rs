//! The page that an invitation link opens.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_params_map;
use protocol::{
    relationship::{FriendStatus, Relationship},
    user::Me,
};

use super::AuthLayout;
use crate::ui::profile_path;
use crate::{
    api::relationships::{AcceptInvite, invitation},
    forms::{ActionForm, action_error, navigate_on_success},
    session::Visitor,
    ui::{Avatar, AvatarSize, Banner, Button, ButtonKind, ButtonLink, Tone},
    words,
};

/// The page `/invite/:code`. Opening it changes nothing, because programs that show link previews open it too. The
/// button accepts the invitation.
#[component]
pub fn Invitation() -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    let params = use_params_map();
    let code = Memo::new(move |_| params.with(|params| params.get("code")).unwrap_or_default());
    let host = Resource::new_blocking(move || code.get(), invitation);
    let card = move || {
        let code = code.get_untracked();
        Suspend::new(async move {
            let me = visitor.me.await.ok().flatten();
            match host.await {
                Ok(host) => view! { <Invites host=host me=me code=code/> }.into_any(),
                Err(error) => view! {
                    <h1 class="mb-2 font-serif text-3xl font-semibold">{words::auth::LINK_LEADS_NOWHERE}</h1>
                    <p class="mb-6 text-quiet">{error.sentence()} " " {words::auth::ASK_FOR_NEW_ONE}</p>
                    <ButtonLink href="/">{words::auth::GO_TO_APP}</ButtonLink>
                }
                .into_any(),
            }
        })
    };
    view! {
        <Title text=words::auth::INVITATION/>
        <Meta name="robots" content="noindex"/>
        <AuthLayout>
            <Suspense>{card}</Suspense>
        </AuthLayout>
    }
    .into_any()
}

#[component]
fn Invites(host: Relationship, me: Option<Me>, code: String) -> impl IntoView {
    let action = ServerAction::<AcceptInvite>::new();
    let error = action_error(move || action.value().get());
    navigate_on_success(move || action.value().get());
    let person = host.person;
    let name = person.name().to_owned();
    let card = profile_path(&person.username);
    let is_own = me.as_ref().is_some_and(|me| me.user.id == person.id);
    let known = StoredValue::new(code.clone());
    let what = match (&me, host.friend_status) {
        _ if is_own => view! {
            <p class="mb-6 text-quiet">{words::auth::OWN_INVITATION}</p>
            <ButtonLink href="/people">{words::auth::TO_YOUR_PEOPLE}</ButtonLink>
        }
        .into_any(),
        (Some(_), FriendStatus::Friends) => view! {
            <p class="mb-6 text-quiet">{words::auth::FRIENDS_ALREADY}</p>
            <ButtonLink href=card>{words::auth::VIEW_PROFILE}</ButtonLink>
        }
        .into_any(),
        (Some(_), _) => view! {
            <p class="mb-6 text-quiet">{words::auth::ACCEPT_INVITATION}</p>
            <ActionForm action=action read=move |_| AcceptInvite { code: known.get_value() }>
                <input type="hidden" name="code" value=code/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    {words::auth::BECOME_FRIENDS}
                </Button>
            </ActionForm>
        }
        .into_any(),
        (None, _) => view! {
            <p class="mb-6 text-quiet">{words::auth::SIGN_UP_AS_FRIEND}</p>
            <div class="flex flex-col gap-3">
                <ButtonLink href=format!("/sign-up?invite={code}")>{words::common::CREATE_ACCOUNT}</ButtonLink>
                <ButtonLink href=format!("/sign-in?next=/invite/{code}") kind=ButtonKind::Plain>
                    {words::auth::SIGN_IN_AS_FRIEND}
                </ButtonLink>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="mb-4 flex items-center gap-4">
            <Avatar name=name.clone() seed=person.id.to_string() picture=person.picture size=AvatarSize::Large/>
            <div class="min-w-0">
                <h1 class="written font-serif text-2xl font-semibold">
                    {if is_own { words::auth::YOU_INVITE.to_owned() } else { words::auth::invites_you(&name) }}
                </h1>
                <p class="written text-quiet">"@" {person.username.clone()}</p>
            </div>
        </div>
        {move || {
            error.get().map(|error| view! { <Banner tone=Tone::Danger class="mb-4">{error.sentence()}</Banner> })
        }}
        {what}
    }
    .into_any()
}
