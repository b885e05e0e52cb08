//! The loaded part of a conversation's history: a bounded number of consecutive messages, without gaps.

use std::{collections::VecDeque, sync::Arc};

use protocol::{Message, MessageId, Seq};

/// The most stored messages on the page.
pub const WINDOW_MAX: usize = 300;

/// Consecutive messages of a conversation.
#[derive(Clone, Debug)]
pub(super) struct Window {
    messages: VecDeque<Arc<Message>>,
    /// Own messages that are stored beyond the end of the window: acknowledged before the deltas of the messages in
    /// between arrived. In order, and few.
    landed: Vec<Arc<Message>>,
    pub(super) limit: usize,
    pub(super) has_older: bool,
    pub(super) has_newer: bool,
    /// Whether the user is at the end of the conversation.
    pub(super) following: bool,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            messages: VecDeque::new(),
            landed: Vec::new(),
            limit: WINDOW_MAX,
            has_older: false,
            has_newer: false,
            following: true,
        }
    }

    /// Returns the first message's position; zero if there is none.
    pub(super) fn first(&self) -> Seq {
        self.messages.front().map_or(Seq::ZERO, |message| message.seq)
    }

    /// Returns the last message's position; zero if there is none.
    pub(super) fn last(&self) -> Seq {
        self.messages.back().map_or(Seq::ZERO, |message| message.seq)
    }

    /// Returns the consecutive messages.
    pub(super) fn messages(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.messages.iter()
    }

    /// Returns all messages that are known to be stored, including own messages beyond the end.
    pub(super) fn stored(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.messages.iter().chain(&self.landed)
    }

    /// Inserts or updates a stored message, if it belongs to the window. Of two versions, the newer one stays.
    pub(super) fn place(&mut self, message: Arc<Message>) {
        let (first, next) = (self.first(), self.last().plus(1));
        if !self.messages.is_empty() && message.seq < next {
            let slot = usize::try_from(message.seq.0 - first.0).ok().and_then(|index| self.messages.get_mut(index));
            if let Some(known) = slot
                && known.id == message.id
                && known.rev <= message.rev
            {
                *known = message;
            }
        } else if self.has_newer {
            // Beyond the end: loaded when the user goes there.
        } else if message.seq > next || (self.messages.len() >= self.limit && !self.following) {
            self.leave_end();
        } else {
            self.messages.push_back(message);
            self.trim_front();
        }
    }

    /// Adds an own message that was acknowledged.
    pub(super) fn land(&mut self, message: Message) {
        if !self.has_newer && message.seq > self.last() {
            self.forget_landed(message.id);
            let place = self.landed.partition_point(|landed| landed.seq < message.seq);
            self.landed.insert(place, Arc::new(message));
            self.join_landed();
        }
    }

    /// Removes an acknowledged message that arrived by another way.
    pub(super) fn forget_landed(&mut self, id: MessageId) {
        self.landed.retain(|landed| landed.id != id);
    }

    /// Moves acknowledged messages into the window when its end reaches them.
    pub(super) fn join_landed(&mut self) {
        while self.landed.first().is_some_and(|first| first.seq <= self.last().plus(1)) {
            let message = self.landed.remove(0);
            self.place(message);
        }
    }

    /// Adds the older messages that connect to the window, and removes messages beyond the limit at the other end.
    pub(super) fn prepend(&mut self, messages: Vec<Message>, has_older: bool) {
        for message in messages.into_iter().rev() {
            if self.messages.is_empty() || message.seq.plus(1) == self.first() {
                self.messages.push_front(Arc::new(message));
            }
        }
        self.has_older = has_older && self.first() > Seq(1);
        while self.messages.len() > self.limit {
            self.messages.pop_back();
            self.leave_end();
        }
    }

    /// Adds the newer messages that connect to the window, and removes messages beyond the limit at the other end.
    pub(super) fn append(&mut self, messages: Vec<Message>, has_newer: bool) {
        for message in messages {
            if self.messages.is_empty() || message.seq == self.last().plus(1) {
                self.forget_landed(message.id);
                self.messages.push_back(Arc::new(message));
            }
        }
        self.has_newer = has_newer;
        self.trim_front();
        if has_newer {
            self.landed.clear();
        }
        self.join_landed();
    }

    /// Replaces the window with another part of the history.
    pub(super) fn replace(&mut self, messages: Vec<Message>, has_older: bool, has_newer: bool) {
        self.messages.clear();
        self.has_older = has_older;
        self.append(messages, has_newer);
    }

    fn trim_front(&mut self) {
        while self.messages.len() > self.limit {
            self.messages.pop_front();
            self.has_older = true;
        }
    }

    /// Notes that the window no longer reaches the end of the conversation, and forgets the messages beyond it.
    fn leave_end(&mut self) {
        self.has_newer = true;
        self.landed.clear();
    }
}
