//! Icons, as inline SVG. A sprite or a font would be one more request, and a crate of thousands of icons would be
//! larger.

use leptos::prelude::*;

/// The name of an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    /// Down to the newest message.
    ArrowDown,
    /// Back to the previous page.
    Back,
    /// A stored message.
    Check,
    /// A stored message that the other members have seen.
    CheckDouble,
    /// A message that waits to be sent.
    Clock,
    /// Close or discard.
    Close,
    /// Start a conversation.
    Compose,
    /// Download.
    Download,
    /// Show a hidden text; visibility.
    Eye,
    /// Hide the text again.
    EyeOff,
    /// Several users.
    Group,
    /// Information.
    Info,
    /// Security.
    Lock,
    /// E-mail.
    Mail,
    /// A device, or the theme of the system.
    Monitor,
    /// The dark theme.
    Moon,
    /// A menu of more actions.
    More,
    /// Forward to a page below this one.
    Next,
    /// A lost connection.
    Offline,
    /// One user.
    Person,
    /// A room.
    Room,
    /// Retry.
    Retry,
    /// Search.
    Search,
    /// Send a message.
    Send,
    /// Settings.
    Settings,
    /// Sign out or leave.
    SignOut,
    /// The light theme.
    Sun,
    /// A conversation.
    Conversation,
    /// Delete.
    Trash,
    /// A problem.
    Warning,
}

impl IconName {
    /// Returns the outline of the icon, in a view box of 24 by 24.
    const fn path(self) -> &'static str {
        match self {
            Self::ArrowDown => "M12 5v14m-6-6 6 6 6-6",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::CheckDouble => "M2 12.5 6.5 17 15 8m-4 8 1 1 9.5-9.5",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 8v4.5l3 1.8",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Compose => {
                "M12 5H7a3 3 0 0 0-3 3v9a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3v-5M10 14l.7-3.2L18 3.5l2.5 2.5-7.3 7.3L10 14Z"
            }
            Self::Download => "M12 4v11m-5-5 5 5 5-5M4.5 19.5h15",
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z"
            }
            Self::EyeOff => {
                "M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-2.7 3.4M6.2 7.4A16 16 0 0 0 2.5 12S6 18.5 12 18.5c1.6 0 3-.4 4.2-1.1M9.9 9.9a3 3 0 0 0 4.2 4.2"
            }
            Self::Group => {
                "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM2.5 19.5c0-3 2.9-5 6.5-5s6.5 2 6.5 5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.9c2.4.6 4 2.3 4 4.6"
            }
            Self::Info => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5.5M12 7.5v.1",
            Self::Lock => {
                "M6.5 10.5h11a1.5 1.5 0 0 1 1.5 1.5v6.5a1.5 1.5 0 0 1-1.5 1.5h-11a1.5 1.5 0 0 1-1.5-1.5V12a1.5 1.5 0 0 1 1.5-1.5ZM8 10.5V8a4 4 0 0 1 8 0v2.5M12 14v2.5"
            }
            Self::Mail => "M5.5 5.5h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2ZM4 7l8 6 8-6",
            Self::Monitor => {
                "M5 4.5h14a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5ZM9 20h6M12 16.5V20"
            }
            Self::Moon => "M20 14.3A8.3 8.3 0 0 1 9.7 4a8.3 8.3 0 1 0 10.3 10.3Z",
            Self::More => {
                "M5 11.25a.75.75 0 1 1 0 1.5.75.75 0 0 1 0-1.5Zm7 0a.75.75 0 1 1 0 1.5.75.75 0 0 1 0-1.5Zm7 0a.75.75 0 1 1 0 1.5.75.75 0 0 1 0-1.5Z"
            }
            Self::Next => "M9 5l7 7-7 7",
            Self::Offline => {
                "M4 4l16 16M8.5 12.8a6 6 0 0 1 2-1.1M5 9.3a11 11 0 0 1 3-1.9M13.5 7a11 11 0 0 1 5.5 2.3M12 18v.1"
            }
            Self::Person => {
                "M12 4.5a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6ZM4.5 20c0-3.3 3.3-5.5 7.5-5.5s7.5 2.2 7.5 5.5"
            }
            Self::Room => "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
            Self::Retry => "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.3M20 4.5v4.8h-4.8",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.3 15.3 20.5 20.5",
            Self::Send => "M4.5 12 3.5 4.5l17 7.5-17 7.5 1-7.5Zm0 0h8",
            Self::Settings => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM9 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z"
            }
            Self::SignOut => "M14 4.5H7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7M16 8l4 4-4 4M20 12H10",
            Self::Sun => {
                "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Conversation => {
                "M12 4.5c5 0 8.5 3.2 8.5 7.3s-3.5 7.2-8.5 7.2c-1.2 0-2.4-.2-3.4-.5L4 20l1.2-3.6a6.7 6.7 0 0 1-1.7-4.6C3.5 7.7 7 4.5 12 4.5Z"
            }
            Self::Trash => "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10 11v5M14 11v5",
            Self::Warning => "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17v.1",
        }
    }
}

/// An icon next to a text. It is hidden from screen readers, because the text says the same.
#[component]
pub fn Icon(
    /// The icon.
    name: IconName,
    /// More classes, such as another size.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}") viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=name.path()></path>
        </svg>
    }
}
