//! The live protocol: JSON frames over one WebSocket per tab, `GET /ws`.
//!
//! The server sends the first frame, [`ServerFrame::Ready`]. After that both sides send whenever they have something
//! to send. There are no request numbers: each answer names what it is about. A frame is `{"name":{…}}`, or `"name"`
//! if it has no fields. A client skips a frame whose name it does not know.
//!
//! * **Sending.** The server answers [`ClientFrame::Send`] with [`ServerFrame::Stored`] once the message is on disk, or
//!   with [`ServerFrame::Rejected`]; answers may come in any order. Repeating an id is safe: the message is stored
//!   once, and each request is answered.
//! * **Following.** A [`Delta`] carries the conversation's revision before and after. A client that is exactly at `since`
//!   applies it and is then at `rev`. Any other client sends [`ClientFrame::Changes`] with its own revision, and receives a
//!   [`Delta`] since that one. A change of an unknown kind is skipped, and the revision advances.
//! * **Reconnecting.** After a reconnect, and on [`ServerFrame::Resync`], the client sends [`ClientFrame::Sync`] with
//!   the state of its sidebar and receives the rows that differ. For the open conversation it requests the changes.
//! * **Changing.** [`ClientFrame::Do`] asks for a change of a conversation, such as moving the user's read position.
//!   Once it is on disk, the members receive it in a [`Delta`]; if it is refused, the client receives
//!   [`ServerFrame::Refused`].
//! * **Presence.** [`ClientFrame::SubscribePresence`] names the users on screen and replaces the previous list. The
//!   server answers for each new user with [`ServerFrame::PresenceUpdate`], and sends it again after every change. A
//!   user whose presence is private looks like one who was never online. A client that subscribes to its own user also
//!   receives [`ServerFrame::OwnPresence`] when the user's choice changes in any tab. [`ServerFrame::PresenceDropped`]
//!   cancels subscriptions, either because visibility changed or because the socket lagged and updates were skipped;
//!   [`ServerFrame::Resync`] cancels all of them. The client then subscribes again, as after a reconnect.
//! * **Activity.** [`ClientFrame::Activity`] tells whether the user is active in this tab. A new socket counts as
//!   active.
//! * **Relationships.** [`ServerFrame::RelationshipChanged`] carries the new relationship as this user sees it; the
//!   other user receives their own view.
//! * **Names and pictures.** [`ServerFrame::UsersChanged`] carries users whose name or picture changed. It applies to
//!   everything the client shows of them, may be repeated, and may concern users the client does not show. These
//!   changes have no revision: [`ServerFrame::Synced`] repeats what a client may have missed.
//!
//! The server closes the socket with a code of [`close`] if a frame is binary, cannot be parsed, or is larger than
//! [`FRAME_MAX_BYTES`](crate::limits::FRAME_MAX_BYTES).

mod change;
mod client;
mod delta;
mod server;
mod unknown;

pub use self::{
    change::*,
    client::{ClientFrame, ConversationCursor},
    delta::Delta,
    server::{ServerFrame, Stored},
    unknown::is_unknown_frame,
};

/// The protocol's version. A client that receives another one reloads the page.
pub const VERSION: u32 = 5;

/// Codes with which the server closes a socket. RFC 6455, section 7.4.2, leaves 4000 to 4999 to applications.
pub mod close {
    /// The server stops or restarts. The client should reconnect soon.
    pub const GOING_AWAY: u16 = 1001;
    /// The server did not understand a frame. Reconnecting with the same frame does not help.
    pub const BAD_FRAME: u16 = 4400;
    /// The session ended. The user has to sign in again.
    pub const SESSION_ENDED: u16 = 4401;
    /// The client did not read, or did not answer a ping, for too long.
    pub const TOO_SLOW: u16 = 4408;
    /// The user has more sockets than [`SOCKETS_MAX`](crate::limits::SOCKETS_MAX), and this one was closed to make
    /// room. The client should reconnect only when somebody uses the page: otherwise pages would replace each other
    /// endlessly.
    pub const TOO_MANY: u16 = 4429;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ConversationId, MessageId, Rev};

    #[test]
    fn frames_are_tagged() {
        assert_eq!(serde_json::to_string(&ClientFrame::Ping { n: 7 }).unwrap(), r#"{"ping":{"n":7}}"#);
        assert_eq!(serde_json::to_string(&ServerFrame::Resync).unwrap(), r#""resync""#);
        assert!(serde_json::from_str::<ClientFrame>(r#"{"unknown":{}}"#).is_err());
    }

    #[test]
    fn a_delta_begins_with_where_and_when() {
        let delta = Delta::new(ConversationId::from_parts(0, &[0; 10]), Rev(1), Rev(2));
        let wire = serde_json::to_string(&ServerFrame::Delta(delta.clone())).unwrap();
        assert!(wire.starts_with(r#"{"delta":{"conversation":"#), "{wire}");
        assert_eq!(serde_json::from_str::<ServerFrame>(&wire).unwrap(), ServerFrame::Delta(delta));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = serde_json::from_str::<ClientFrame>(&text);
        }

        #[test]
        fn a_send_frame_survives_the_wire(body in any::<String>(), at in 0i64..1 << 48, random: [u8; 10]) {
            let frame = ClientFrame::Send {
                id: MessageId::from_parts(at, &random),
                conversation: ConversationId::from_parts(at, &random),
                body,
            };
            let wire = serde_json::to_string(&frame).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClientFrame>(&wire).unwrap(), frame);
        }
    }
}
