//! The profile of a user.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::{
    ErrorKind,
    profile::Profile as Card,
    relationship::{FriendStatus, Relationship, RelationshipAction},
};

use super::actions::RelationshipActions;
use crate::ui::{presence_of, presence_text, profile_path};
use crate::{
    api::{profile::PAGE, relationships::profile},
    forms::LoadError,
    live::use_live,
    session::use_me,
    ui::{
        Avatar, AvatarSize, Banner, ButtonKind, ButtonLink, EmptyState, IconName, Loading, PaneHeader, Skeleton, Time,
        TimeStyle, changing_text,
    },
    words,
};

/// The page `/u/:username`.
#[component]
pub fn Profile() -> impl IntoView {
    let live = use_live();
    let news = Memo::new(move |_| live.relationships().with(|people| people.news()));
    let params = use_params_map();
    let username = Memo::new(move |_| params.with(|params| params.get("username")).unwrap_or_default());
    let card = Resource::new_blocking(move || (username.get(), news.get()), |(username, _)| profile(username));
    let actions = RelationshipActions::new(profile_path(&username.get_untracked()), move || card.refetch());
    // Not a `Suspend`: the pane is redrawn after each change, and work that is pending for the version before must not
    // outlive that version.
    let pane = move || {
        card.get().map(|answer| match answer {
            Ok(card) => view! { <Shown card=card actions=actions/> }.into_any(),
            Err(error) if error.0.kind == ErrorKind::NotFound => view! { <ProfileNotFound/> }.into_any(),
            Err(error) => view! {
                <PaneHeader title=words::people::PROFILE/>
                <div class="p-4">
                    <LoadError error=error again=move |()| card.refetch()/>
                </div>
            }
            .into_any(),
        })
    };
    view! { <Transition fallback=Opening>{pane}</Transition> }.into_any()
}

#[component]
fn Shown(card: Card, actions: RelationshipActions) -> impl IntoView {
    let Card { user: person, bio, pronouns, since, presence, friend_status, blocked } = card;
    let name = person.name().to_owned();
    let (live, id) = (use_live(), person.id);
    live.saw(vec![presence]);
    live.subscribe_presence(move || vec![id]);
    let seen = live.presence_of(id);
    let presence = (!blocked).then(|| presence_of(seen));
    let said = (!blocked).then(|| presence_text(seen));
    let card = live.user(person.clone());
    let named = Signal::derive(move || card.with(|card| card.name().to_owned()));
    let face = move || {
        let card = card.get();
        view! {
            <Avatar
                name=card.name()
                seed=card.id.to_string()
                picture=card.picture
                size=AvatarSize::Large
                presence=presence
            />
        }
    };
    let is_me = use_me().user.id == person.id;
    let relationship = Relationship { person: person.clone(), friend_status, blocked, since: 0 };
    let state = if is_me || blocked { None } else { words::people::friend_status(friend_status, &name) };
    view! {
        <Title text=move || named.try_get().unwrap_or_default()/>
        <PaneHeader title=named/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-6 px-4 py-8">
                <div class="flex items-center gap-4">
                    {face}
                    <div class="min-w-0">
                        <p class="written font-serif text-2xl font-semibold" dir="auto" translate="no">
                            {move || named.get()}
                        </p>
                        <p class="written text-quiet">
                            "@" {person.username.clone()}
                            {(!pronouns.is_empty()).then(|| view! { " · " <bdi>{pronouns}</bdi> })}
                        </p>
                        {said
                            .map(|said| {
                                view! {
                                    <p class="written" dir="auto">
                                        {changing_text(move || said.get())}
                                    </p>
                                }
                            })}
                    </div>
                </div>
                {(!bio.is_empty())
                    .then(|| {
                        view! {
                            <p class="written whitespace-pre-line" dir="auto">
                                {bio}
                            </p>
                        }
                    })}
                <dl class="flex gap-2 text-sm">
                    <dt class="text-quiet">{words::people::MEMBER_SINCE}</dt>
                    <dd>
                        <Time at=since style=TimeStyle::Day/>
                    </dd>
                </dl>
                {actions.refusal()}
                {blocked
                    .then(|| {
                        view! {
                            <Banner>
                                {words::people::blocked_by_you(&name)}
                            </Banner>
                        }
                    })}
                {state.map(|state| view! { <p role="status">{state}</p> })}
                {if is_me {
                    view! {
                        <p class="text-quiet">{words::people::YOUR_OWN_PROFILE}</p>
                        <ButtonLink href=PAGE kind=ButtonKind::Plain class="self-start">
                            {words::people::EDIT_PROFILE}
                        </ButtonLink>
                    }
                        .into_any()
                } else {
                    view! { <Doings relationship=relationship actions=actions/> }.into_any()
                }}
            </div>
        </div>
    }
    .into_any()
}

/// The actions on a profile: the usual ones directly, those that take something away after a second step. They need no
/// script.
#[component]
fn Doings(relationship: Relationship, actions: RelationshipActions) -> impl IntoView {
    let Relationship { person, friend_status, blocked, .. } = &relationship;
    let (friend_status, blocked) = (*friend_status, *blocked);
    let forms = actions.forms(&relationship);
    let talk = (!blocked && friend_status != FriendStatus::Friends).then(|| actions.talk(person, ButtonKind::Plain));
    let remove = (friend_status == FriendStatus::Friends).then(|| {
        view! {
            <details class="disclosure">
                <summary class="btn btn-quiet">{words::people::REMOVE_FRIEND}</summary>
                <p>{words::people::REMOVE_FRIEND_HINT}</p>
                {actions.form(person, RelationshipAction::Remove, ButtonKind::Danger)}
            </details>
        }
    });
    let block = view! {
        <details class="disclosure">
            <summary class="btn btn-quiet">{words::people::BLOCK}</summary>
            <p>
                {words::people::block_hint(person.name())}
            </p>
            {actions.form(person, RelationshipAction::Block, ButtonKind::Danger)}
        </details>
    };
    view! {
        <div class="flex flex-wrap gap-2">{forms} {talk}</div>
        {(!blocked)
            .then(|| {
                view! { <div class="flex flex-col items-start gap-2 border-t border-line pt-4">{remove} {block}</div> }
            })}
    }
    .into_any()
}

#[component]
fn ProfileNotFound() -> impl IntoView {
    view! {
        <Title text=words::layout::NOT_FOUND/>
        <PaneHeader title=words::layout::NOT_FOUND/>
        <div class="grid flex-1 place-items-center">
            <EmptyState icon=IconName::Person title=words::people::NO_SUCH_PROFILE>
                <p>{words::people::NO_SUCH_PROFILE_HINT}</p>
                <ButtonLink href="/people">{words::people::FIND_PEOPLE}</ButtonLink>
            </EmptyState>
        </div>
    }
    .into_any()
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <Loading label=words::people::OPENING_PROFILE class="flex flex-col">
            <div class="pane-header">
                <Skeleton class="h-6 w-40"/>
            </div>
            <div class="mx-auto flex w-full max-w-xl items-center gap-4 px-4 py-8">
                <Skeleton class="size-18 !rounded-full"/>
                <Skeleton class="h-8 w-1/2"/>
            </div>
        </Loading>
    }
    .into_any()
}
