//! A socket and its queue of frames.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use protocol::{SessionHandle, UserId, live::close};
use tokio::sync::{Notify, mpsc};

use super::Outgoing;

/// The most frames that wait for one socket. A room with 200 messages a second fills the queue in just over a second; a
/// socket that lags further behind is better served by one answer to "what changed".
pub(super) const QUEUE: usize = 256;

/// The part of the queue that presence leaves free for more important frames.
const LIGHT: usize = QUEUE / 2;

/// A socket, as the hub sees it.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(super) id: u64,
    pub(crate) user: UserId,
    /// The session that opened it, if any.
    pub(super) session: Option<SessionHandle>,
    queue: mpsc::Sender<Outgoing>,
    /// Whether frames were skipped because the queue was full.
    pub(super) lagged: AtomicBool,
    /// Whether presence frames were skipped. The socket has no presence subscriptions then.
    pub(super) presence_lagged: AtomicBool,
    /// Whether its session may have ended and the queue was too full to say so.
    pub(super) doubted: AtomicBool,
    /// Whether it has to close in favor of a newer socket of the same user.
    pub(super) replaced: AtomicBool,
    /// Notified when one of these flags is set: the queue may be empty again by then.
    pub(super) woken: Notify,
    /// Whether the user is active on its page.
    active: AtomicBool,
}

impl Socket {
    pub(super) fn new(id: u64, user: UserId, session: Option<SessionHandle>, queue: mpsc::Sender<Outgoing>) -> Self {
        let flag = AtomicBool::new;
        let (lagged, presence_lagged, doubted, replaced) = (flag(false), flag(false), flag(false), flag(false));
        Self {
            id,
            user,
            session,
            queue,
            lagged,
            presence_lagged,
            doubted,
            replaced,
            woken: Notify::new(),
            active: flag(true),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.active.load(Ordering::Acquire)
    }

    /// Sets whether the user is active. Returns whether this is a change.
    pub(super) fn turn(&self, active: bool) -> bool {
        self.active.swap(active, Ordering::AcqRel) != active
    }

    /// Queues a frame like [`push`](Self::push), but skips it when the queue is half full. Returns false if it was
    /// skipped; the caller must then remove the socket's presence subscriptions.
    pub(super) fn push_droppable(&self, frame: Bytes) -> bool {
        let sent = self.queue.capacity() > LIGHT && self.queue.try_send(Outgoing::Text(frame)).is_ok();
        if !sent {
            self.raise(&self.presence_lagged);
        }
        sent
    }

    pub(super) fn push(&self, frame: Bytes) {
        if self.queue.try_send(Outgoing::Text(frame)).is_err() {
            self.raise(&self.lagged);
        }
    }

    /// Tells the task of the socket that its session may have ended, so that it looks it up.
    pub(super) fn doubt(&self) {
        if self.queue.try_send(Outgoing::Close(close::SESSION_ENDED, "the session ended")).is_err() {
            self.raise(&self.doubted);
        }
    }

    /// Closes the socket because its user has too many.
    pub(super) fn replace(&self) {
        self.raise(&self.replaced);
    }

    /// Sets a flag that the task of the socket reads between two frames, and wakes the task: the full queue may be
    /// empty by now and the task asleep.
    fn raise(&self, flag: &AtomicBool) {
        flag.store(true, Ordering::Release);
        self.woken.notify_one();
    }
}
