//! The requests of a client, and the responses that are under way.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use domain::{Actor, Domain, Error, live::PresenceHandle};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::{
    ConversationId, ErrorKind, Field, MessageId, Millis, SessionHandle,
    limits::SENDS_IN_FLIGHT,
    live::{ClientFrame, ServerFrame, Stored},
};
use tokio::sync::oneshot;

/// The most requests that one socket may have open, besides messages. Each may be a query.
const QUESTIONS: usize = 8;

/// The open requests of one socket.
pub struct Requests {
    domain: Domain,
    actor: Actor,
    session: SessionHandle,
    presence: PresenceHandle,
    sends: FuturesUnordered<Send>,
    questions: FuturesUnordered<BoxFuture<'static, Reply>>,
    sends_max: usize,
}

/// The outcome of a request.
pub enum Reply {
    /// A message is on disk.
    Stored(Stored),
    /// Any other frame for the client.
    Frame(ServerFrame),
    /// The request is done, without a response.
    Done,
    /// The session could not be looked up.
    SessionUnknown,
    /// The session has ended.
    SessionEnded,
}

/// The error of a text that is not a frame of the protocol.
pub struct BadFrame;

impl Requests {
    pub fn new(domain: Domain, actor: Actor, session: SessionHandle, presence: PresenceHandle) -> Self {
        Self {
            domain,
            actor,
            session,
            presence,
            sends: FuturesUnordered::new(),
            questions: FuturesUnordered::new(),
            sends_max: usize::try_from(SENDS_IN_FLIGHT).unwrap_or(usize::MAX),
        }
    }

    /// Returns the time of the server's clock.
    pub fn now(&self) -> Millis {
        self.domain.now()
    }

    /// Returns whether another frame may be read. If not, the client's frames wait in the network, and so does the
    /// client.
    pub fn has_room(&self) -> bool {
        self.sends.len() < self.sends_max && self.questions.len() < QUESTIONS
    }

    /// Returns whether messages are being stored.
    pub fn is_sending(&self) -> bool {
        !self.sends.is_empty()
    }

    /// Handles a frame. Returns the response if there is one at once.
    pub async fn take(&mut self, text: &str) -> Result<Option<ServerFrame>, BadFrame> {
        let frame = serde_json::from_str(text).map_err(|_| BadFrame)?;
        match frame {
            // No text of the application contains NUL, and our own client removes it. The same applies to forms.
            ClientFrame::Send { id, body, .. } if body.contains('\0') => {
                return Ok(Some(ServerFrame::Rejected { id, error: ErrorKind::Malformed.on(Field::Body) }));
            }
            ClientFrame::Send { id, conversation, body } => {
                // Awaited here and not concurrently: messages are stored in the order of these calls.
                match self.domain.messages().submit(self.actor, id, conversation, &body).await {
                    Ok(answer) => self.sends.push(Send { id, answer }),
                    Err(failure) => return Ok(Some(ServerFrame::Rejected { id, error: failure.into_wire() })),
                }
            }
            ClientFrame::Do { conversation, command } => {
                self.ask(Some(conversation), move |domain, actor| async move {
                    domain.messages().execute(actor, conversation, command).await.map(|()| Reply::Done)
                })
            }
            ClientFrame::Sync { cursors } => {
                let presence = self.presence.clone();
                self.ask(None, move |domain, actor| async move {
                    domain.sync(&actor, &presence, cursors).await.map(Reply::Frame)
                });
            }
            ClientFrame::Changes { conversation, since } => {
                self.ask(Some(conversation), move |domain, actor| async move {
                    let changes = domain.messages().changes(&actor, conversation, since).await?;
                    Ok(Reply::Frame(ServerFrame::Changes(changes)))
                });
            }
            // Recorded here, in the order of the frames; only the check of what may be seen runs concurrently.
            ClientFrame::SubscribePresence { people } => {
                match self.domain.presence().subscribe(&self.actor, &self.presence, people) {
                    Ok(request) if request.is_known() => {}
                    Ok(request) => self.ask(None, move |domain, actor| async move {
                        let people = domain.presence().allow(&actor, request).await?;
                        let is_empty = people.is_empty();
                        Ok(if is_empty { Reply::Done } else { Reply::Frame(ServerFrame::PresenceUpdate { people }) })
                    }),
                    Err(failure) => {
                        return Ok(Some(ServerFrame::Refused { conversation: None, error: failure.into_wire() }));
                    }
                }
            }
            ClientFrame::Activity { active } => self.presence.turn(active),
            ClientFrame::Ping { n } => return Ok(Some(ServerFrame::Pong { n })),
        }
        Ok(None)
    }

    /// Starts looking up whether the session that opened the socket still exists.
    pub fn check_session(&mut self) {
        let (domain, actor, session) = (self.domain.clone(), self.actor, self.session);
        let check = async move {
            match domain.sessions().is_live(&actor, session).await {
                Ok(true) => Reply::Done,
                Ok(false) => Reply::SessionEnded,
                Err(failure) => {
                    // The client did not request this; the task looks it up again.
                    tracing::warn!(%failure, "a session could not be looked up");
                    Reply::SessionUnknown
                }
            }
        };
        self.questions.push(check.boxed());
    }

    /// Waits for an outcome; forever if no request is open. Cancel safe.
    pub async fn next(&mut self) -> Reply {
        tokio::select! {
            Some(reply) = self.sends.next() => reply,
            Some(reply) = self.questions.next() => reply,
            else => std::future::pending().await,
        }
    }

    /// Returns an outcome if there is one now.
    pub fn ready(&mut self) -> Option<Reply> {
        let sent = self.sends.next().now_or_never().flatten();
        sent.or_else(|| self.questions.next().now_or_never().flatten())
    }

    fn ask<F, R>(&mut self, conversation: Option<ConversationId>, question: F)
    where
        F: FnOnce(Domain, Actor) -> R,
        R: Future<Output = domain::Result<Reply>> + std::marker::Send + 'static,
    {
        let answer = question(self.domain.clone(), self.actor);
        let refused =
            move |failure: Error| Reply::Frame(ServerFrame::Refused { conversation, error: failure.into_wire() });
        self.questions.push(answer.map(move |answer| answer.unwrap_or_else(refused)).boxed());
    }
}

/// A message that is being stored.
struct Send {
    id: MessageId,
    answer: oneshot::Receiver<domain::Result<Stored>>,
}

impl Future for Send {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        let id = self.id;
        Pin::new(&mut self.answer).poll(cx).map(|answer| {
            let rejected = |error: protocol::Error| Reply::Frame(ServerFrame::Rejected { id, error });
            match answer {
                Ok(Ok(stored)) => Reply::Stored(stored),
                Ok(Err(failure)) => rejected(failure.into_wire()),
                // The writer is gone, and whether the message is stored is unknown: a retry finds out.
                Err(_) => rejected(ErrorKind::Unavailable.into()),
            }
        })
    }
}
