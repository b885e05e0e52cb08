//! The live protocol: JSON frames over one WebSocket a tab, `GET /ws`.
//!
//! The server speaks first, with [`ServerFrame::Ready`]. After that both sides send when they have something to say;
//! there are no request numbers, because every answer names what it is about. A frame is `{"name":{…}}`, or `"name"`
//! where there is nothing more to say.
//!
//! * **Sending.** [`ClientFrame::Send`] is answered, in any order, by [`ServerFrame::Stored`] once the message is on
//!   disk, or by [`ServerFrame::Rejected`]. Sending the same id again is safe: it is stored once, and answered again.
//! * **Following.** [`ServerFrame::Events`] says the conversation's revision before and after. A client that is exactly
//!   at `before` applies it and is at `after`. Any other client asks with [`ClientFrame::Changes`] for what changed
//!   since its own revision.
//! * **Coming back.** After a reconnect, or on [`ServerFrame::Resync`], the client says what it knows in
//!   [`ClientFrame::Sync`] and gets the rows of the sidebar that differ; for the open conversation it asks for the
//!   changes.
//! * **Reading.** [`ClientFrame::Seen`] moves this person's read position forward, never back.
//! * **Seeing who is there.** [`ClientFrame::Watch`] names everybody on screen, in place of those named before. Who is
//!   new is answered by [`ServerFrame::Sightings`], and from then on so is every change; of whom nothing may be seen
//!   one answer says as much as of somebody who never was there. Who names themselves is told by
//!   [`ServerFrame::Chosen`] what they chose to be seen as, here or in another tab. [`ServerFrame::PresenceDropped`] takes
//!   people out: what may be seen of them changed, or sightings were left out because the socket lagged. After
//!   [`ServerFrame::Resync`] nobody is watched. The client then says `Watch` again, as it does after a reconnect.
//! * **Being there.** [`ClientFrame::Activity`] says whether somebody is in front of this socket's page. Until it is
//!   first said, somebody is.
//! * **People.** [`ServerFrame::RelationshipChanged`] says what somebody became to this person: each of the two hears their own side.
//! * **Names and pictures.** [`ServerFrame::UsersChanged`] says how somebody is shown from now on: another name, another picture. It
//!   concerns whatever the client shows of that person, and may come more than once, or about somebody of whom nothing
//!   is shown. A name has no revision: [`ServerFrame::Synced`] brings
//!   the cards that a client may have missed.
//!
//! A frame that can't be parsed, is binary or is larger than [`FRAME_MAX_BYTES`](crate::limits::FRAME_MAX_BYTES)
//! closes the socket with a code of [`close`].

use serde::{Deserialize, Serialize};

use crate::{
    ChangeSet, ConversationId, ConversationSummary, Error, Member, Message, MessageId, Millis, Rev, Seq, UserId,
    UserSummary,
    people::Relationship,
    presence::{OwnPresence, UserPresence},
};

/// The protocol's version. A client that sees another one reloads the page.
pub const VERSION: u32 = 2;

/// Codes with which the server closes a socket (RFC 6455, section 7.4.2 leaves 4000 to 4999 to applications).
pub mod close {
    /// The server stops or restarts; come back soon.
    pub const GOING_AWAY: u16 = 1001;
    /// A frame was not understood. Coming back with the same frame does not help.
    pub const BAD_FRAME: u16 = 4400;
    /// The session ended. Sign in again.
    pub const SESSION_ENDED: u16 = 4401;
    /// The client did not read or did not answer for too long.
    pub const TOO_SLOW: u16 = 4408;
    /// This person opened more sockets than there may be, and this one was chosen to give way. Come back only when
    /// somebody uses the page: else pages would push each other out without end.
    pub const TOO_MANY: u16 = 4429;
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// Stores a message.
    Send {
        /// Made by the client, the same at every retry.
        id: MessageId,
        /// Where.
        conversation: ConversationId,
        /// The text.
        body: String,
    },
    /// This person has read up to here.
    Seen {
        /// Where.
        conversation: ConversationId,
        /// The last message read.
        seq: Seq,
    },
    /// What the client has in its sidebar, at most [`SYNC_MAX`](crate::limits::SYNC_MAX) rows.
    Sync {
        /// One entry a row.
        cursors: Vec<ConversationCursor>,
    },
    /// Asks what changed.
    Changes {
        /// Where.
        conversation: ConversationId,
        /// The client's revision.
        since: Rev,
    },
    /// The people on screen, at most [`PRESENCE_SUBSCRIPTIONS_MAX`](crate::limits::PRESENCE_SUBSCRIPTIONS_MAX), in place of those named before.
    SubscribePresence {
        /// Who.
        people: Vec<UserId>,
    },
    /// Whether somebody is in front of this socket's page.
    Activity {
        /// They are.
        active: bool,
    },
    /// Asks for a [`ServerFrame::Pong`]: a browser can't send the protocol's own pings.
    Ping {
        /// Comes back unchanged.
        n: u32,
    },
}

/// A row of the client's sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationCursor {
    /// Which conversation.
    pub id: ConversationId,
    /// Its revision as the client knows it.
    pub rev: Rev,
    /// The read position as the client knows it.
    pub seen: Seq,
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame: who this socket speaks for.
    Ready {
        /// [`VERSION`].
        version: u32,
        /// Whose session opened the socket.
        user: UserId,
        /// The server's clock.
        at: Millis,
    },
    /// These messages are on disk.
    Stored {
        /// One entry a message.
        acks: Vec<Stored>,
    },
    /// This message was not stored.
    Rejected {
        /// The message.
        id: MessageId,
        /// Why.
        error: Error,
    },
    /// Something changed in a conversation.
    Events(Events),
    /// The rows of the sidebar that differ from what the client named.
    Synced {
        /// New or changed rows.
        conversations: Vec<ConversationSummary>,
        /// Rows that the client named and this person is no longer in.
        gone: Vec<ConversationId>,
        /// Friend requests that wait for this person's answer.
        requests: u32,
        /// The people of the rows that do not differ: a [`UsersChanged`](Self::UsersChanged) about them may have been missed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<UserSummary>,
    },
    /// Answers [`ClientFrame::Changes`].
    Changes(ChangeSet),
    /// This person read something, here or in another tab.
    Read {
        /// Where.
        conversation: ConversationId,
        /// How far.
        seen: Seq,
        /// Unread messages up to `last_seq`.
        unread: u32,
        /// The newest message when `unread` was counted.
        last_seq: Seq,
    },
    /// This person is no longer in that conversation.
    Gone {
        /// Which.
        conversation: ConversationId,
    },
    /// What somebody is to this person changed, here or in another tab.
    RelationshipChanged {
        /// Who, and what they are now.
        relationship: Relationship,
        /// Friend requests that wait for this person's answer.
        requests: u32,
    },
    /// How people are seen who are watched.
    PresenceUpdate {
        /// Each as they are now.
        people: Vec<UserPresence>,
    },
    /// These people are no longer watched: say [`ClientFrame::Watch`] again.
    PresenceDropped {
        /// Who; if empty, everybody.
        people: Vec<UserId>,
    },
    /// What this person chose to be seen as.
    OwnPresence(OwnPresence),
    /// A request about a conversation failed.
    Refused {
        /// Which conversation, if it was about one.
        conversation: Option<ConversationId>,
        /// Why.
        error: Error,
    },
    /// These people have another name or picture now.
    UsersChanged {
        /// Their cards.
        people: Vec<UserSummary>,
    },
    /// Frames were left out: say [`ClientFrame::Sync`] and [`ClientFrame::Watch`], and ask for the changes of the open
    /// conversation.
    Resync,
    /// Answers [`ClientFrame::Ping`].
    Pong {
        /// As it was sent.
        n: u32,
    },
}

/// A message that is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// As the client named it.
    pub id: MessageId,
    /// Where.
    pub conversation: ConversationId,
    /// Its place.
    pub seq: Seq,
    /// Its revision.
    pub rev: Rev,
    /// When.
    pub at: Millis,
}

/// Changes of one conversation, from one revision to another, without holes.
///
/// Where both are the same, nothing is in it. The server says so when it does not know whether the members were told of
/// all that is stored: whoever is not there yet asks for the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The revision a client must be at to apply this.
    pub before: Rev,
    /// The revision it is at afterwards.
    pub after: Rev,
    /// New or changed messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// New or changed members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The authors of those messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<UserSummary>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_are_tagged() {
        assert_eq!(serde_json::to_string(&ClientFrame::Ping { n: 7 }).unwrap(), r#"{"ping":{"n":7}}"#);
        assert_eq!(serde_json::to_string(&ServerFrame::Resync).unwrap(), r#""resync""#);
        assert!(serde_json::from_str::<ClientFrame>(r#"{"unknown":{}}"#).is_err());
    }

    #[test]
    fn events_begin_with_where_and_when() {
        let events = Events {
            conversation: ConversationId::from_parts(0, &[0; 10]),
            before: Rev(1),
            after: Rev(2),
            messages: vec![],
            members: vec![],
            people: vec![],
        };
        let wire = serde_json::to_string(&ServerFrame::Events(events.clone())).unwrap();
        assert!(wire.starts_with(r#"{"events":{"conversation":"#), "{wire}");
        assert_eq!(serde_json::from_str::<ServerFrame>(&wire).unwrap(), ServerFrame::Events(events));
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
