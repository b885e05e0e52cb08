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
                    <h1 class="mb-2 font-serif text-3xl font-semibold">"This link leads nowhere"</h1>
                    <p class="mb-6 text-quiet">{error.to_string()} " Ask for a new one."</p>
                    <ButtonLink href="/">"Go to WeConnect"</ButtonLink>
                }
                .into_any(),
            }
        })
    };
    view! {
        <Title text="Invitation"/>
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
            <p class="mb-6 text-quiet">"This is your own link. Send it to somebody you want as a friend."</p>
            <ButtonLink href="/people">"To your people"</ButtonLink>
        }
        .into_any(),
        (Some(_), FriendStatus::Friends) => view! {
            <p class="mb-6 text-quiet">"You are friends already."</p>
            <ButtonLink href=card>"See their card"</ButtonLink>
        }
        .into_any(),
        (Some(_), _) => view! {
            <p class="mb-6 text-quiet">"Accept, and you are friends at once."</p>
            <ActionForm action=action read=move |_| AcceptInvite { code: known.get_value() }>
                <input type="hidden" name="code" value=code/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    "Become friends"
                </Button>
            </ActionForm>
        }
        .into_any(),
        (None, _) => view! {
            <p class="mb-6 text-quiet">"Create an account, and you are friends from the start."</p>
            <div class="flex flex-col gap-3">
                <ButtonLink href=format!("/sign-up?invite={code}")>"Create an account"</ButtonLink>
                <ButtonLink href=format!("/sign-in?next=/invite/{code}") kind=ButtonKind::Plain>
                    "I have one: sign in"
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
                    {if is_own { "You invite".to_owned() } else { format!("{} invites you", words::isolated(&name)) }}
                </h1>
                <p class="written text-quiet">"@" {person.username.clone()}</p>
            </div>
        </div>
        {move || {
            error.get().map(|error| view! { <Banner tone=Tone::Danger class="mb-4">{error.to_string()}</Banner> })
        }}
        {what}
    }
    .into_any()
}
