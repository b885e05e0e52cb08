//! The inside of a pane.

use leptos::prelude::*;

use super::{IconLink, IconName, ShowIf, isolated, words};

/// The bar at the top of the talk pane. It starts with the way back: to the page `up` or, on a phone, to the list;
/// wider screens show the list itself instead. Its title is the page's one `h1`.
#[component]
pub fn PaneHeader(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// A quiet second line, such as the number of members or who is typing.
    #[prop(optional, into)]
    subtitle: MaybeProp<String>,
    /// What stands before the title, such as an avatar.
    #[prop(optional, into)]
    lead: ViewFn,
    /// Where a page about it is.
    #[prop(optional_no_strip)]
    href: Option<Signal<String>>,
    /// The page that this one is a part of, and the way there in words.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// Buttons at the right end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (back, label) = up.unwrap_or(("/", "Back to conversations"));
    let class = if up.is_some() { "-ml-3" } else { "pane-back -ml-3" };
    let name = view! {
        {lead.run()}
        <div class="min-w-0 flex-1">
            <h1 class="truncate font-semibold" dir="auto">
                {words(move || Some(title.get()))}
            </h1>
            <ShowIf is=move || subtitle.get().is_some()>
                <p class="truncate text-sm text-quiet" dir="auto">
                    {words(move || subtitle.get())}
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
                        // Without a label, it would be called by all that stands there: face, name, who is there.
                        <a
                            class="pane-about"
                            href=move || href.get()
                            aria-label=move || format!("About {}", isolated(&title.get()))
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

/// The talk pane's content with room for details beside it: a third pane on a wide screen, laid over on others.
#[component]
pub fn ConversationFrame(
    /// The details, while they are open.
    #[prop(optional, into)]
    details: MaybeProp<ViewFn>,
    /// What the details are about, such as "About this room".
    #[prop(default = "Details".to_owned(), into)]
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
