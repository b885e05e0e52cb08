//! The list of conversations: last message, time and unread count. Deltas keep it up to date, and `Sync` checks it.

use std::{cmp::Reverse, collections::HashMap};

use protocol::{
    ConversationId, ConversationSummary, Message, Rev, Seq, UserId, UserSummary,
    limits::SYNC_MAX,
    live::{ConversationCursor, Delta},
};

use super::{
    revision_tracker::{Received, RevisionTracker},
    unread::Unread,
};

#[derive(Clone, Debug)]
struct Entry {
    summary: ConversationSummary,
    unread: Unread,
    /// The revision at which the members were counted.
    counted_at: Rev,
    /// The revision of the row. Deltas beyond a gap are held without contents, because a row shows them at once.
    revision: RevisionTracker<()>,
    /// Whether the unread count must be requested, whatever the revision; and whether that became known after the
    /// request.
    unsure: bool,
    unsure_since: bool,
}

impl Entry {
    fn new(summary: ConversationSummary) -> Self {
        let unread = Unread::new(summary.seen_seq, summary.unread, summary.last_seq);
        let mut entry = Self {
            revision: RevisionTracker::new(summary.rev),
            counted_at: summary.rev,
            unsure: false,
            unsure_since: false,
            unread,
            summary,
        };
        entry.settle();
        entry
    }

    /// Applies a count by the server.
    fn counted(&mut self, seen: Seq, unread: u32, last: Seq) {
        if !self.unread.counted(seen, unread, last) {
            self.unsure = true;
            self.unsure_since = true;
        }
    }

    fn is_behind(&self) -> bool {
        self.unsure || self.revision.is_behind()
    }

    /// Writes revision and counts into the row.
    fn settle(&mut self) {
        while self.revision.next_held().is_some() {}
        self.summary.rev = self.revision.rev();
        self.summary.unread = self.unread.count();
        self.summary.seen_seq = self.unread.seen();
        if let Some(message) = &mut self.summary.last_message {
            message.content = message.content.preview();
        }
    }
}

/// The sidebar's rows.
#[derive(Clone, Debug)]
pub struct Sidebar {
    me: UserId,
    entries: HashMap<ConversationId, Entry>,
    /// Whether something happened in a conversation that has no row.
    is_missing: bool,
    missing_asked: bool,
    /// Whether a response is expected. If there are several requests, the first response is taken as that to the oldest
    /// one.
    is_asking: bool,
    /// Conversations that the user left since the request: an older response does not bring them back.
    left: Vec<ConversationId>,
}

impl Sidebar {
    /// Creates the sidebar from the rows that a page brought.
    pub fn new(me: UserId, rows: Vec<ConversationSummary>) -> Self {
        let entries = rows.into_iter().map(|row| (row.id, Entry::new(row))).collect();
        Self { me, entries, is_missing: false, missing_asked: false, is_asking: false, left: Vec::new() }
    }

    /// Returns the row of a conversation.
    pub fn get(&self, id: ConversationId) -> Option<&ConversationSummary> {
        self.entries.get(&id).map(|entry| &entry.summary)
    }

    /// Returns the rows, the most recently active first.
    pub fn rows(&self) -> Vec<&ConversationSummary> {
        let mut rows: Vec<_> = self.entries.values().map(|entry| &entry.summary).collect();
        rows.sort_by_key(|row| (Reverse(row.active_at), row.id));
        rows
    }

    /// Returns the number of unread messages in all conversations.
    pub fn unread(&self) -> u32 {
        self.entries.values().fold(0, |sum: u32, entry| sum.saturating_add(entry.summary.unread))
    }

    /// Returns whether the client must send [`Sync`](protocol::live::ClientFrame::Sync) with the cursors of
    /// [`Self::ask`].
    pub fn is_behind(&self) -> bool {
        self.is_missing || self.entries.values().any(Entry::is_behind)
    }

    /// Returns the cursors for a `Sync` frame, the most recently active rows first, and expects a response.
    pub fn ask(&mut self) -> Vec<ConversationCursor> {
        if !std::mem::replace(&mut self.is_asking, true) {
            self.missing_asked = self.is_missing;
            self.left.clear();
        }
        let mut ids: Vec<_> = self.rows().iter().map(|row| row.id).collect();
        ids.truncate(usize::try_from(SYNC_MAX).unwrap_or(usize::MAX));
        ids.into_iter()
            .filter_map(|id| {
                let entry = self.entries.get_mut(&id)?;
                entry.unsure_since &= entry.revision.is_asked();
                let known = entry.revision.ask();
                // A row with a doubtful count is requested as if nothing of it were known.
                let rev = if entry.unsure { Rev::ZERO } else { known };
                Some(ConversationCursor { id, rev, seen: entry.summary.seen_seq })
            })
            .collect()
    }

    /// Applies the response to `Sync`. Returns the conversations of `gone` that were removed; the user may have joined
    /// others again since the request.
    pub fn synced(
        &mut self,
        conversations: Vec<ConversationSummary>,
        mut gone: Vec<ConversationId>,
    ) -> Vec<ConversationId> {
        self.is_asking = false;
        if std::mem::take(&mut self.missing_asked) {
            self.is_missing = false;
        }
        gone.retain(|id| self.entries.get(id).is_some_and(|entry| entry.revision.is_asked()));
        for id in &gone {
            self.entries.remove(id);
        }
        for (id, entry) in &mut self.entries {
            if !entry.revision.is_asked() {
                continue;
            }
            entry.unsure &= entry.unsure_since;
            // A row that is not in the response has nothing newer than at the request.
            if !conversations.iter().any(|row| row.id == *id) {
                entry.revision.answer_unchanged();
            }
        }
        let left = std::mem::take(&mut self.left);
        for row in conversations.into_iter().filter(|row| !left.contains(&row.id)) {
            if let Some(entry) = self.entries.get_mut(&row.id) {
                entry.revision.answer_with(row.rev);
            }
            self.merge(row);
        }
        gone
    }

    /// Forgets all open requests: a new connection does not answer those of the old one.
    pub fn forget_questions(&mut self) {
        self.entries.values_mut().for_each(|entry| entry.revision.forget_questions());
        self.is_asking = false;
    }

    /// Adds or updates one row: of a conversation that was just joined, or that a page brought.
    pub fn merge(&mut self, row: ConversationSummary) {
        let Some(entry) = self.entries.get_mut(&row.id) else {
            self.entries.insert(row.id, Entry::new(row));
            return;
        };
        // A count is valid whatever the revision: it names the messages that it is about.
        entry.counted(row.seen_seq, row.unread, row.last_seq);
        if row.rev < entry.summary.rev {
            return entry.settle();
        }
        let known = std::mem::replace(&mut entry.summary, row);
        let newness = |row: &ConversationSummary| (row.last_seq, row.last_message.as_ref().map(|message| message.rev));
        if newness(&known) > newness(&entry.summary) {
            // Deltas beyond a gap arrived before this response.
            entry.summary.last_seq = known.last_seq;
            entry.summary.last_message = known.last_message;
            entry.summary.last_author = known.last_author;
            entry.summary.active_at = known.active_at;
        }
        if entry.counted_at > entry.summary.rev {
            entry.summary.members = known.members;
        } else {
            entry.counted_at = entry.summary.rev;
        }
        entry.revision.reach(entry.summary.rev);
        entry.settle();
    }

    /// Applies the delta of a conversation.
    ///
    /// The contents of a delta beyond a gap are shown at once; those of the gap are requested.
    pub fn apply_delta(&mut self, delta: &Delta) {
        let Some(entry) = self.entries.get_mut(&delta.conversation) else {
            self.is_missing = true;
            self.missing_asked = false;
            return;
        };
        if entry.revision.receive(delta.since, delta.rev, ()) == Received::Old {
            return;
        }
        let mut messages: Vec<&Message> = delta.messages().collect();
        messages.sort_by_key(|message| message.seq);
        for message in messages {
            entry.unread.message(message.seq, message.author == self.me);
            let row = &mut entry.summary;
            let is_edit = row.last_message.as_ref().is_some_and(|last| last.id == message.id && last.rev < message.rev);
            if message.seq > row.last_seq {
                row.last_seq = message.seq;
                row.active_at = message.at;
                row.last_author = delta.users.iter().find(|card| card.id == message.author).cloned();
                row.last_message = Some(message.clone());
            } else if is_edit {
                row.last_message = Some(message.clone());
            }
        }
        if let Some(count) = delta.members.filter(|_| delta.rev > entry.counted_at) {
            entry.summary.members = count;
            entry.counted_at = delta.rev;
        }
        entry.settle();
    }

    /// Applies new names and pictures of users.
    pub fn update_users(&mut self, people: &[UserSummary]) {
        for row in self.entries.values_mut().map(|entry| &mut entry.summary) {
            for card in people {
                if row.peer.as_ref().is_some_and(|peer| peer.id == card.id) {
                    // The title of a direct conversation is the other user's name.
                    row.title = card.name().to_owned();
                    row.peer = Some(card.clone());
                }
                if row.last_author.as_ref().is_some_and(|author| author.id == card.id) {
                    row.last_author = Some(card.clone());
                }
            }
        }
    }

    /// Applies the user's read position that the server reported, moved in this tab or another one.
    pub fn read(&mut self, conversation: ConversationId, seen: Seq, unread: u32, last_seq: Seq) {
        if let Some(entry) = self.entries.get_mut(&conversation) {
            entry.counted(seen, unread, last_seq);
            entry.settle();
        }
    }

    /// Moves the read position to `seq`, read in this tab.
    pub fn read_here(&mut self, conversation: ConversationId, seq: Seq) {
        if let Some(entry) = self.entries.get_mut(&conversation) {
            entry.unread.read(seq);
            entry.settle();
        }
    }

    /// Removes a conversation that the user is no longer a member of.
    pub fn gone(&mut self, conversation: ConversationId) {
        self.entries.remove(&conversation);
        self.left.push(conversation);
    }
}
