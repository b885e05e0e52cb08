//! Where one writes.

use browser::storage::Storage;
use leptos::{ev, html::Textarea, prelude::*, server_fn::ServerFn};
use protocol::{ConversationId, ErrorKind, MessageId, limits::MESSAGE_MAX, text::length};

use crate::{
    api::{messages::SendMessage, page::typed},
    live::{DRAFT_START, use_live},
    pages::{address, failure, use_me},
    ui::{Banner, Icon, IconName, Tone, content},
};

/// From here on the number of characters left is shown.
const NEARLY: u32 = MESSAGE_MAX - 500;

/// The composer. What is written is kept in this browser until it is sent, also through a reload.
///
/// With WASM it hands messages to the live client; without, its form posts them. The form carries the message's id, so
/// that sending it twice stores it once.
#[component]
pub fn Composer(
    /// Where to.
    conversation: ConversationId,
    /// The id of a message sent without WASM.
    id: MessageId,
    /// Called after a message was handed over.
    sent: Callback<()>,
) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<SendMessage>::new();
    let refused = failure(move || action.value().get());
    let typed = typed().body;
    let input = NodeRef::<Textarea>::new();
    let text = RwSignal::new(typed.clone());
    let complaint = RwSignal::new(None::<String>);
    let drafts = StoredValue::new(Storage::of(use_me().card.id));
    let key = format!("{DRAFT_START}{conversation}");
    let key = StoredValue::new(key);

    // What was written before: before the page came to life, or before it was left.
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
        }
    });
    let keep = move |now: &str| {
        // A browser that keeps nothing, as in some private windows, is no reason not to write.
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
            // Nothing was written: nothing to say about it.
            Err(error) if error.kind == ErrorKind::Required => {}
            Err(error) => complaint.set(Some(error.to_string())),
        }
        drop(input.focus());
    };
    let on_submit = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        send();
    };
    let on_key = move |ev: ev::KeyboardEvent| {
        // While a word is composed, as in Japanese, Enter ends the word. On a phone it begins a line: a thumb that
        // wants to send presses the button beside it.
        let plain = !ev.shift_key() && !ev.alt_key() && !ev.ctrl_key() && !ev.meta_key();
        if ev.key() == "Enter" && plain && !ev.is_composing() && !browser::page::has_coarse_pointer() {
            ev.prevent_default();
            send();
        }
    };
    let count = Memo::new(move |_| text.with(|text| length(text)));
    let note = Memo::new(move |_| {
        complaint.get().or_else(|| {
            let count = count.get();
            (count > NEARLY).then(|| match MESSAGE_MAX.checked_sub(count) {
                Some(left) => format!("{left} characters left"),
                None => format!("{} characters too many", count - MESSAGE_MAX),
            })
        })
    });

    view! {
        {move || {
            refused.get().map(|error| view! { <Banner tone=Tone::Danger class="mb-2">"Not sent. " {error.to_string()}</Banner> })
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
                    aria-label="Message"
                    aria-describedby="composer-note"
                    placeholder="Message"
                    autocomplete="off"
                    enterkeyhint="enter"
                    // Text between the tags would not be escaped; this is.
                    inner_html=content(&typed)
                    on:input=move |ev| write(event_target_value(&ev))
                    on:keydown=on_key
                ></textarea>
                <button type="submit" class="btn btn-primary btn-icon composer-send" aria-label="Send" title="Send">
                    <Icon name=IconName::Send/>
                </button>
            </div>
            <p
                id="composer-note"
                class="composer-note"
                aria-live="polite"
                data-over=move || (complaint.get().is_some() || count.get().gt(&MESSAGE_MAX)).then_some("")
            >
                {move || note.get()}
            </p>
        </form>
    }
}
