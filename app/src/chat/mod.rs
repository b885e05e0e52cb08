//! Conversations: the list, the open one, starting one.

mod announcer;
mod composer;
mod connection;
mod face;
mod home;
mod links;
mod message;
mod sidebar;
mod start;
mod talk;
mod timeline;

pub use connection::ConnectionLine;
pub use home::Home;
pub use sidebar::Sidebar;
pub use start::Start;
pub use talk::Conversation;
