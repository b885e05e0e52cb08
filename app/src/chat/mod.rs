//! Conversations: the list, the open conversation, and the page that starts one.

mod announcer;
mod composer;
mod connection_banner;
mod conversation;
mod conversation_avatar;
mod home;
mod links;
mod message;
mod new_conversation;
mod sidebar;
mod timeline;

pub use self::connection_banner::ConnectionLine;
pub use self::conversation::Conversation;
pub use self::new_conversation::Start;
pub use home::Home;
pub use sidebar::Sidebar;
