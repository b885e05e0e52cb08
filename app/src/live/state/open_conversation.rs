//! One visit to a conversation: what is on screen, and what was asked about it. And what is known from earlier visits.

use protocol::{
    ConversationId, ConversationSummary, MessagePage, Millis, Seq, live::Events, message::ConversationSnapshot,
};

use crate::live::timeline::Timeline;

/// The conversation on screen.
#[derive(Debug)]
pub(in crate::live) struct OpenConversation {
    /// Tells this visit from the next one to the same conversation.
    pub ticket: u64,
    pub timeline: Timeline,
    /// When the changes were asked for, until they are there.
    pub asked: Option<Millis>,
    /// Whether to ask even if nothing is known to be missing: after a reconnect.
    pub ask: bool,
    /// Too much changed to replay: a page is loaded instead.
    pub reload: Reload,
    /// This person is no longer in it.
    pub is_gone: bool,
}

/// Where loading a page instead of changes stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live) enum Reload {
    No,
    Wanted,
    UnderWay,
}

impl OpenConversation {
    pub(in crate::live) const fn new(ticket: u64, timeline: Timeline) -> Self {
        // The page may have been drawn long before the connection was made, so the changes are asked for anyway.
        Self { ticket, timeline, asked: None, ask: true, reload: Reload::No, is_gone: false }
    }

    /// Asks for the changes whatever is known, and whatever was asked: the answer may be lost.
    pub(in crate::live) const fn ask_anew(&mut self) {
        self.ask = true;
        self.asked = None;
    }

    /// Whether a page must be loaded now; said once.
    pub(in crate::live) fn take_reload(&mut self) -> bool {
        let wanted = self.reload == Reload::Wanted;
        if wanted {
            self.reload = Reload::UnderWay;
        }
        wanted
    }
}

/// Conversations that were on screen and are kept as they are known, at most.
const VISITED_MAX: usize = 20;

/// Conversations that were on screen before: what is shown of them while there is no connection. Events keep them up.
#[derive(Debug, Default)]
pub(in crate::live) struct Visited {
    /// The last one last.
    timelines: Vec<Timeline>,
}

impl Visited {
    /// The visit is over.
    pub fn keep(&mut self, timeline: Timeline) {
        self.forget(timeline.conversation());
        if self.timelines.len() >= VISITED_MAX {
            self.timelines.remove(0);
        }
        self.timelines.push(timeline);
    }

    /// It is on screen again, or is this person's business no more.
    pub fn forget(&mut self, conversation: ConversationId) {
        self.timelines.retain(|timeline| timeline.conversation() != conversation);
    }

    pub fn apply_events(&mut self, events: &Events) {
        if let Some(timeline) = self.timelines.iter_mut().find(|known| known.conversation() == events.conversation) {
            timeline.apply_events(events.clone());
        }
    }

    /// A conversation as a page would bring it, with its row of the list.
    pub fn open(&self, summary: ConversationSummary) -> Option<ConversationSnapshot> {
        let timeline = self.timelines.iter().find(|timeline| timeline.conversation() == summary.id)?;
        let page = MessagePage {
            conversation: summary.id,
            rev: timeline.rev(),
            messages: timeline.messages().map(|message| (**message).clone()).collect(),
            people: timeline.people.values().map(|card| (**card).clone()).collect(),
            has_older: timeline.has_older(),
            has_newer: timeline.has_newer(),
        };
        Some(ConversationSnapshot { summary, page, members: timeline.members().cloned().collect() })
    }
}

/// How a page was asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) enum Load {
    /// Before this message, which was the first.
    Older(Seq),
    /// After this message, which was the last.
    Newer(Seq),
    /// In place of what is there.
    Elsewhere,
}
