//! One socket, and the queue of frames that wait for it.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use protocol::{SessionHandle, UserId, live::close};
use tokio::sync::{Notify, mpsc};

use super::Outgoing;

/// Frames that wait for one socket. A room at 200 messages a second fills it in over a second; a socket that is
/// further behind is better served by one answer to "what changed".
pub(super) const QUEUE: usize = 256;

/// Frames that presence leaves free for what matters more.
const LIGHT: usize = QUEUE / 2;

/// One socket, as the hub sees it.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(super) id: u64,
    pub(crate) user: UserId,
    /// The session that opened it, if one did.
    pub(super) session: Option<SessionHandle>,
    queue: mpsc::Sender<Outgoing>,
    /// Frames were left out because the queue was full.
    pub(super) lagged: AtomicBool,
    /// Sightings were left out, and nobody is watched any more.
    pub(super) presence_lagged: AtomicBool,
    /// Its session may have ended, and the queue was too full to say so.
    pub(super) doubted: AtomicBool,
    /// It gives way to a newer socket of the same person.
    pub(super) replaced: AtomicBool,
    /// One of these was set while the queue may have been empty again.
    pub(super) woken: Notify,
    /// Whether somebody is in front of its page.
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

    /// Sets whether it is active; says whether that is new.
    pub(super) fn turn(&self, active: bool) -> bool {
        self.active.swap(active, Ordering::AcqRel) != active
    }

    /// As [`push`](Self::push), for what is the first to be left out. False if it was; nobody may then be watched.
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

    /// Its session may have ended: whoever serves it looks.
    pub(super) fn doubt(&self) {
        if self.queue.try_send(Outgoing::Close(close::SESSION_ENDED, "the session ended")).is_err() {
            self.raise(&self.doubted);
        }
    }

    /// Closes it: its person has too many.
    pub(super) fn replace(&self) {
        self.raise(&self.replaced);
    }

    /// Sets a flag that is looked at between two frames. The queue that was full may be empty by now, and whoever
    /// serves the socket asleep.
    fn raise(&self, flag: &AtomicBool) {
        flag.store(true, Ordering::Release);
        self.woken.notify_one();
    }
}
