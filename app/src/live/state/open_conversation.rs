//! The open conversation with its requests, and the conversations that were open before.

use protocol::{
    ConversationId, ConversationSummary, MessagePage, Millis, Seq, live::Delta, message::ConversationSnapshot,
};

use crate::live::timeline::Timeline;

/// The conversation on screen.
#[derive(Debug)]
pub(in crate::live) struct OpenConversation {
    /// The number that distinguishes this visit from the next one to the same conversation.
    pub ticket: u64,
    pub timeline: Timeline,
    /// The time when the changes were requested, until they arrive.
    pub asked: Option<Millis>,
    /// Whether to request the changes even if none are known to be missing, as after a reconnect.
    pub ask: bool,
    /// The state of loading a page, because too much changed to replay.
    pub reload: Reload,
    /// Whether the user is no longer a member.
    pub is_gone: bool,
}

/// The state of loading a page instead of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live) enum Reload {
    No,
    Wanted,
    UnderWay,
}

impl OpenConversation {
    pub(in crate::live) const fn new(ticket: u64, timeline: Timeline) -> Self {
        // The page may have been rendered long before the connection was made, so the changes are requested anyway.
        Self { ticket, timeline, asked: None, ask: true, reload: Reload::No, is_gone: false }
    }

    /// Requests the changes again, whatever is known and was requested before: the response may be lost.
    pub(in crate::live) const fn ask_anew(&mut self) {
        self.ask = true;
        self.asked = None;
    }

    /// Returns whether a page must be loaded now; true only once.
    pub(in crate::live) fn take_reload(&mut self) -> bool {
        let wanted = self.reload == Reload::Wanted;
        if wanted {
            self.reload = Reload::UnderWay;
        }
        wanted
    }
}

/// The most conversations that are kept after they were on screen.
const VISITED_MAX: usize = 20;

/// The conversations that were on screen before, to be shown while there is no connection. Deltas keep them up to date.
#[derive(Debug, Default)]
pub(in crate::live) struct Visited {
    /// The timelines, the last visited one last.
    timelines: Vec<Timeline>,
}

impl Visited {
    /// Keeps the timeline of a visit that ended.
    pub fn keep(&mut self, timeline: Timeline) {
        self.forget(timeline.conversation());
        if self.timelines.len() >= VISITED_MAX {
            self.timelines.remove(0);
        }
        self.timelines.push(timeline);
    }

    /// Removes a conversation that is on screen again, or that the user left.
    pub fn forget(&mut self, conversation: ConversationId) {
        self.timelines.retain(|timeline| timeline.conversation() != conversation);
    }

    /// Applies a delta, if its conversation is kept.
    pub fn apply_delta(&mut self, delta: &Delta) {
        if let Some(timeline) = self.timelines.iter_mut().find(|known| known.conversation() == delta.conversation) {
            timeline.apply_delta(delta.clone());
        }
    }

    /// Returns a conversation in the form that a page would bring, with its row of the sidebar.
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

/// The way in which a page was requested.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) enum Load {
    /// The messages before this one, which was the first.
    Older(Seq),
    /// The messages after this one, which was the last.
    Newer(Seq),
    /// A replacement of the window.
    Elsewhere,
}
