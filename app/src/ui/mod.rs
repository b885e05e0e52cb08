//! The basic components that all views are made of.
//!
//! No component here knows about accounts or conversations, or calls the server. Browser APIs come from `browser`.
//! Colours and sizes come from the tokens in `style/tokens.css`, by class, because the content security policy forbids
//! style attributes.

mod avatar;
mod banner;
mod button;
mod changing_text;
mod emphasized;
mod empty;
mod field;
mod icon;
mod logo;
mod menu;
mod pane;
mod password;
mod presence;
mod presence_text;
mod show_if;
mod skeleton;
mod text_area;
mod time;
mod visible_part;

pub use self::show_if::ShowIf;
pub use avatar::{Avatar, AvatarSize, person_text};
pub use banner::{Banner, Tone};
pub use button::{Button, ButtonKind, ButtonLink, IconButton, IconLink};
pub use changing_text::{changing_lines, changing_text};
pub use emphasized::emphasized;
pub use empty::EmptyState;
pub use field::{FieldNote, TextField};
pub use icon::{Icon, IconName};
pub use logo::{Mark, Wordmark};
pub use menu::{Menu, SHEET_AT_START, Sheet};
pub use pane::{ConversationFrame, PaneHeader};
pub use password::PasswordField;
pub use presence::PresenceDot;
pub use presence_text::{presence_of, presence_text, profile_path};
pub use skeleton::{Loading, Skeleton, Spinner};
pub use text_area::{TextArea, content, escape};
pub use time::{Time, TimeStyle, provide_today, use_today};
pub use visible_part::VisiblePart;

use leptos::prelude::*;

/// Text for screen readers only.
#[component]
pub fn VisuallyHidden(
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="sr-only">{children()}</span> }
}
