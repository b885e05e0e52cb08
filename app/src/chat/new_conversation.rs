//! The page that starts a conversation: with one user, or in a room.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::{
    Field,
    conversation::check_room_name,
    limits::{ROOM_NAME_MAX, ROOM_NAME_MIN},
};

use crate::{
    api::{
        conversations::{JoinRoom, StartDirect},
        form_values::form_values,
    },
    forms::{ActionForm, FormError, action_error, navigate_on_success, on},
    ui::{Button, PaneHeader, TextField},
    words,
};

/// The page `/new`, with a form for a direct conversation and a form for a room.
#[component]
pub fn Start() -> impl IntoView {
    let typed = form_values();
    view! {
        <Title text=words::chat::NEW_CONVERSATION/>
        <PaneHeader title=words::chat::NEW_CONVERSATION/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-10 px-4 py-8">
                <Direct username=typed.username/>
                <Room name=typed.room/>
            </div>
        </div>
    }
}

#[component]
fn Direct(username: String) -> impl IntoView {
    let action = ServerAction::<StartDirect>::new();
    let error = action_error(move || action.value().get());
    navigate_on_success(move || action.value().get());
    view! {
        <section aria-labelledby="direct">
            <h2 id="direct" class="mb-1 font-serif text-xl font-semibold">
                {words::chat::TALK_TO_SOMEBODY}
            </h2>
            <p class="mb-4 text-quiet">{words::chat::ONLY_TWO_OF_YOU}</p>
            <ActionForm action=action read=|form| StartDirect { username: form.text("username") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Username]/>
                    <TextField
                        label=words::common::USERNAME
                        name="username"
                        value=username
                        hint=words::chat::USERNAME_HINT
                        error=on(error, Field::Username)
                    />
                    <Button behavior="submit" class="self-start" busy=action.pending()>
                        {words::chat::START_TALKING}
                    </Button>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Room(name: String) -> impl IntoView {
    let action = ServerAction::<JoinRoom>::new();
    let error = action_error(move || action.value().get());
    navigate_on_success(move || action.value().get());
    view! {
        <section aria-labelledby="room-heading">
            <h2 id="room-heading" class="mb-1 font-serif text-xl font-semibold">
                {words::chat::ENTER_A_ROOM}
            </h2>
            <p class="mb-4 text-quiet">
                {words::chat::ROOMS_ARE_OPEN}
            </p>
            <ActionForm action=action read=|form| JoinRoom { room: form.text("room") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Room]/>
                    <TextField
                        label=words::chat::ROOM_NAME
                        name="room"
                        value=name
                        check=|text| check_room_name(text).map(drop)
                        hint=words::chat::room_name_hint(ROOM_NAME_MIN, ROOM_NAME_MAX)
                        error=on(error, Field::Room)
                    />
                    <Button behavior="submit" class="self-start" busy=action.pending()>
                        {words::chat::ENTER_ROOM}
                    </Button>
                </div>
            </ActionForm>
        </section>
    }
}
