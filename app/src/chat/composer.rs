//! The form that writes and sends messages.

use browser::{page, storage::Storage};
use leptos::{ev, html::Textarea, prelude::*, server_fn::ServerFn};
use protocol::{ConversationId, ErrorKind, MessageId, limits::MESSAGE_MAX, text::length};

use crate::{
    api::{form_values::form_values, messages::SendMessage},
    forms::{action_error, address},
    live::{DRAFT_START, use_live},
    session::use_me,
    ui::{Banner, Icon, IconName, Tone, changing_text, content},
    words,
};

/// The key code of a key press that an input method handles. Safari reports it for the Enter that ends a composition,
/// after it has reported the end of that composition (<https://bugs.webkit.org/show_bug.cgi?id=165004>).
const COMPOSING: u32 = 229;

/// The id of the pane that receives the focus on navigation to another page.
const PANE: &str = "talk";

/// The length, in characters, above which the number of characters left is shown.
const NEARLY: u32 = MESSAGE_MAX - 500;

/// A press of the Enter key, with its modifiers.
#[derive(Clone, Copy)]
struct Enter {
    /// Whether it ends a composition of an input method, as in Japanese.
    composes: bool,
    /// Whether Control is held, or Command on a Mac.
    with_command: bool,
    /// Whether Shift or Alt is held. AltGr counts as Control and Alt.
    with_other: bool,
}

impl Enter {
    /// Returns whether this key press sends the message. With a coarse pointer, Enter alone begins a new line, because
    /// touch users have the send button next to the text. With Control or Command it sends there too, because a tablet
    /// may have a keyboard.
    const fn sends(self, has_coarse_pointer: bool) -> bool {
        !self.composes && !self.with_other && (self.with_command || !has_coarse_pointer)
    }
}

/// The form that writes a message. The draft is stored in this browser until it is sent, and survives a reload.
///
/// With WASM, messages go to the live client; without, the form is posted. The form contains the message's id, so that
/// posting it twice stores the message once.
#[component]
pub fn Composer(
    /// The conversation that receives the messages.
    conversation: ConversationId,
    /// The id of the message that the form posts without WASM.
    id: MessageId,
    /// Called after a message was handed to the live client.
    sent: Callback<()>,
) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<SendMessage>::new();
    let refused = action_error(move || action.value().get());
    let typed = form_values().body;
    let input = NodeRef::<Textarea>::new();
    let text = RwSignal::new(typed.clone());
    let complaint = RwSignal::new(None::<String>);
    let drafts = StoredValue::new(Storage::of(use_me().user.id));
    let key = format!("{DRAFT_START}{conversation}");
    let key = StoredValue::new(key);

    // Takes over earlier text: text that was typed before hydration, or the draft of an earlier visit.
    Effect::new(move |known: Option<()>| {
        if known.is_none()
            && let Some(input) = input.get()
        {
            let draft = drafts.with_value(|drafts| key.with_value(|key| drafts.get(key))).ok().flatten();
            if input.value().is_empty()
                && let Some(draft) = draft
            {
                input.set_value(&draft);
            }
            text.set(input.value());
            // Users with a keyboard can write at once. On touch screens, focus would cover half of the screen with the
            // keyboard.
            if !page::has_coarse_pointer() {
                page::offer_focus(&input, PANE);
            }
        }
    });
    let keep = move |now: &str| {
        // Some private windows store nothing; writing must still work there.
        let _ = drafts.with_value(|drafts| {
            key.with_value(|key| if now.is_empty() { drafts.remove(key) } else { drafts.set(key, now) })
        });
    };
    let write = move |now: String| {
        keep(&now);
        complaint.set(None);
        text.set(now);
    };
    let send = move || {
        let Some(input) = input.get_untracked() else { return };
        let written = input.value();
        match live.send(conversation, &written) {
            Ok(_) => {
                input.set_value("");
                write(String::new());
                sent.run(());
            }
            // An empty message needs no error.
            Err(error) if error.kind == ErrorKind::Required => {}
            Err(error) => complaint.set(Some(words::error(&error).into_owned())),
        }
        drop(input.focus());
    };
    let on_submit = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        send();
    };
    let on_key = move |ev: ev::KeyboardEvent| {
        let enter = Enter {
            composes: ev.is_composing() || ev.key_code() == COMPOSING,
            with_command: ev.ctrl_key() || ev.meta_key(),
            with_other: ev.shift_key() || ev.alt_key(),
        };
        if ev.key() == "Enter" && enter.sends(page::has_coarse_pointer()) {
            ev.prevent_default();
            send();
        }
    };
    let count = Memo::new(move |_| text.with(|text| length(text)));
    let note = Memo::new(move |_| {
        complaint.get().or_else(|| {
            let count = count.get();
            (count > NEARLY).then(|| match MESSAGE_MAX.checked_sub(count) {
                Some(left) => words::chat::characters_left(left),
                None => words::chat::characters_too_many(count - MESSAGE_MAX),
            })
        })
    });

    view! {
        {move || {
            refused
                .get()
                .map(|error| {
                    view! {
                        <Banner tone=Tone::Danger class="mb-2">
                            {words::chat::not_sent(&error.sentence())}
                        </Banner>
                    }
                })
        }}
        <form action=address(SendMessage::url()) method="post" on:submit=on_submit>
            <input type="hidden" name="conversation" value=conversation.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <div class="composer">
                <textarea
                    node_ref=input
                    class="composer-text"
                    name="body"
                    rows="1"
                    aria-label=words::chat::MESSAGE
                    aria-describedby="composer-note"
                    placeholder=words::chat::MESSAGE
                    // Each paragraph takes the direction of its first strong character.
                    dir="auto"
                    autocomplete="off"
                    enterkeyhint="enter"
                    // A text between the tags would not be escaped; `content` escapes it.
                    inner_html=content(&typed)
                    on:input=move |ev| write(event_target_value(&ev))
                    on:keydown=on_key
                ></textarea>
                <button
                    type="submit"
                    class="btn btn-primary btn-icon composer-send"
                    aria-label=words::chat::SEND
                    title=words::chat::SEND
                >
                    <Icon name=IconName::Send/>
                </button>
            </div>
            <p
                id="composer-note"
                class="composer-note"
                aria-live="polite"
                data-over=move || (complaint.get().is_some() || count.get().gt(&MESSAGE_MAX)).then_some("")
            >
                {changing_text(move || note.get())}
            </p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::Enter;

    const PLAIN: Enter = Enter { composes: false, with_command: false, with_other: false };

    #[test]
    fn enter_sends_unless_a_finger_wants_a_line() {
        assert!(PLAIN.sends(false));
        assert!(!PLAIN.sends(true));
    }

    #[test]
    fn enter_with_control_or_command_sends_everywhere() {
        let with_command = Enter { with_command: true, ..PLAIN };
        assert!(with_command.sends(false) && with_command.sends(true));
        assert!(!Enter { with_other: true, ..with_command }.sends(false), "AltGr is Control and Alt");
    }

    #[test]
    fn enter_that_ends_a_word_never_sends() {
        for with_command in [false, true] {
            for coarse in [false, true] {
                assert!(!Enter { composes: true, with_command, ..PLAIN }.sends(coarse));
            }
        }
    }

    #[test]
    fn enter_with_shift_begins_a_line() {
        assert!(!Enter { with_other: true, ..PLAIN }.sends(false));
    }
}
