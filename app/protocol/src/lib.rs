//! The types that the browser and the server exchange, and nothing else.
//!
//! Ids, limits, errors, commands and changes. Every type is a plain value with serde; nothing here does I/O, reads a
//! clock or knows about a database or a page. Both sides check the same limits with the same functions, so that they
//! agree on what is well formed; the server adds the checks that need Unicode tables (see [`text`]).
//!
//! Times are [`Millis`]: milliseconds since 1970-01-01 UTC. Numbers that a browser reads stay below 2^53.

pub mod conversation;
pub mod email;
pub mod error;
pub mod id;
pub mod limits;
pub mod live;
pub mod message;
mod open_enum;
pub mod password;
pub mod presence;
pub mod privacy;
pub mod profile;
pub mod relationship;
pub mod second_factor;
pub mod text;
pub mod user;
pub mod username;

pub use self::user::UserSummary;
pub use conversation::{ConversationKind, ConversationSummary, Member, Role};
pub use error::{Error, ErrorKind, Field};
pub use id::{ConversationId, MessageId, Millis, PictureId, Rev, Seq, SessionHandle, UserId};
pub use message::{Content, Message, MessagePage};
