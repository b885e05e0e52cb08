//! The header and the frame of a pane's content.

use crate::words;
use leptos::prelude::*;

use super::{IconLink, IconName, ShowIf, changing_text};

/// The bar at the top of the conversation pane. It starts with a link back: to the page `up` or, on a phone, to the
/// list; wider screens show the list itself instead. Its title is the only `h1` of the page.
#[component]
pub fn PaneHeader(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// A second line in a quiet colour, such as the number of members or who is typing.
    #[prop(optional, into)]
    subtitle: MaybeProp<String>,
    /// The element before the title, such as an avatar.
    #[prop(optional, into)]
    lead: ViewFn,
    /// The address of a page about the subject of the title.
    #[prop(optional_no_strip)]
    href: Option<Signal<String>>,
    /// The parent page: its path, and the label of the link to it.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// Buttons at the right end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (back, label) = up.unwrap_or(("/", words::ui::BACK_TO_CONVERSATIONS));
    let class = if up.is_some() { "-ml-3" } else { "pane-back -ml-3" };
    let name = view! {
        {lead.run()}
        <div class="min-w-0 flex-1">
            <h1 class="truncate font-semibold" dir="auto">
                {changing_text(move || Some(title.get()))}
            </h1>
            <ShowIf is=move || subtitle.get().is_some()>
                <p class="truncate text-sm text-quiet" dir="auto">
                    {changing_text(move || subtitle.get())}
                </p>
            </ShowIf>
        </div>
    };
    view! {
        <header class="pane-header">
            <IconLink href=back icon=IconName::Back label=label class=class/>
            {match href {
                Some(href) => {
                    view! {
                        // Without a label, the accessible name would be the whole content: avatar, name, and presence.
                        <a
                            class="pane-about"
                            href=move || href.get()
                            aria-label=move || words::chat::about(&title.get())
                        >
                            {name}
                        </a>
                    }
                        .into_any()
                }
                None => name.into_any(),
            }}
            {children.map(|children| children())}
        </header>
    }
    .into_any()
}

/// The content of the conversation pane, with room for details: a third pane on wide screens, an overlay on others.
#[component]
pub fn ConversationFrame(
    /// The details, while they are open.
    #[prop(optional, into)]
    details: MaybeProp<ViewFn>,
    /// The label of the details, such as "About this room".
    #[prop(default = words::ui::DETAILS.to_owned(), into)]
    details_label: String,
    /// The header, the messages, the composer.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="talk">
            <div class="talk-column">{children()}</div>
            {move || {
                let label = details_label.clone();
                details
                    .get()
                    .map(|details| {
                        view! {
                            <aside class="details-pane" aria-label=label>
                                {details.run()}
                            </aside>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
