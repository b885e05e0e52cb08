//! Announcements of new messages to screen readers.

use leptos::prelude::*;
use protocol::Seq;

use crate::{
    live::{OpenTimeline, relationships::Relationships, rows::Row, use_live},
    ui::changing_lines,
    words,
};

/// The number of messages that stay in the region after they were announced. A screen reader that is busy with a long
/// message reads the others later.
const KEPT: usize = 50;

/// A live region to which each new message of another member is added once. Messages loaded from the history are not
/// announced.
///
/// Each message is a separate element, because screen readers announce added elements: a text that is replaced is not
/// announced if the next one is the same, or if the next one follows at once.
#[component]
pub fn Announcer(
    /// The messages of the open conversation.
    timeline: OpenTimeline,
) -> impl IntoView {
    let (rows, people, has_newer) = (timeline.rows(), use_live().relationships(), timeline.has_newer());
    let said = Memo::new(move |before: Option<&Announced>| {
        // Rows are read untracked: a message is not announced again when its delivery state changes.
        let (all, news) = rows.with(|rows| {
            let last = rows.iter().map(|row| row.row.with_untracked(|row| row.message.seq)).max().unwrap_or_default();
            let heard = before.map_or(last, Announced::heard);
            let news: Vec<_> = rows
                .iter()
                .filter_map(|row| {
                    row.row.with_untracked(|row| {
                        let is_news = !row.mine && row.message.seq > heard;
                        is_news.then(|| (row.message.seq, people.with_untracked(|people| line(row, people))))
                    })
                })
                .collect();
            (last, news)
        });
        match before {
            None => Announced::beginning(all, !has_newer.get()),
            Some(before) => before.clone().with(all, news, !has_newer.get()),
        }
    });
    view! {
        <div class="sr-only" role="status" aria-live="polite" aria-atomic="false" aria-relevant="additions">
            {changing_lines(Box::new(move || said.with(|said| said.lines.clone())))}
        </div>
    }
}

/// The progress of the announcements in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Announced {
    /// The position up to which messages are history.
    history: Seq,
    /// The position up to which messages of other members were announced. The user's own message may have a later
    /// position before earlier messages of other members have arrived.
    read: Seq,
    /// The last announced messages, each with its position as its key.
    lines: Vec<(String, String)>,
    /// Whether the end of the conversation is loaded.
    at_end: bool,
}

impl Announced {
    /// Creates the state at the start, when all messages up to `last` are history.
    const fn beginning(last: Seq, at_end: bool) -> Self {
        Self { history: last, read: Seq::ZERO, lines: Vec::new(), at_end }
    }

    /// Returns the position after which messages of other members are new.
    fn heard(&self) -> Seq {
        self.history.max(self.read)
    }

    /// Adds rows up to the position `last`, with the `news` of other members, in order. A message without a line is not
    /// announced.
    fn with(mut self, last: Seq, news: Vec<(Seq, Option<String>)>, at_end: bool) -> Self {
        // A user who was reading the history loads the messages that follow it, up to the end; they are not new.
        if at_end && self.at_end {
            for (seq, line) in news {
                self.read = self.read.max(seq);
                self.lines.extend(line.map(|line| (seq.0.to_string(), line)));
            }
            let excess = self.lines.len().saturating_sub(KEPT);
            self.lines.drain(..excess);
        } else {
            self.history = self.history.max(last);
        }
        self.at_end = at_end;
        self
    }
}

/// Returns the announcement of a message, or `None` if the user blocked its author.
fn line(row: &Row, people: &Relationships) -> Option<String> {
    let author = row.author.as_ref().map_or(words::chat::SOMEBODY, |card| card.name());
    let is_heard = !people.has_blocked(row.message.author);
    is_heard.then(|| words::beside(author, words::chat::content_text(&row.message.content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(seqs: impl IntoIterator<Item = i64>) -> Vec<(Seq, Option<String>)> {
        seqs.into_iter().map(|seq| (Seq(seq), Some("ada: Hello".to_owned()))).collect()
    }

    fn places(said: &Announced) -> Vec<&str> {
        said.lines.iter().map(|(key, _)| key.as_str()).collect()
    }

    #[test]
    fn equal_texts_and_bursts_are_all_read_out() {
        let said = Announced::beginning(Seq(4), true).with(Seq(5), news([5]), true).with(Seq(8), news([6, 7, 8]), true);
        assert_eq!(places(&said), ["5", "6", "7", "8"]);
        assert_eq!(said.heard(), Seq(8));
    }

    #[test]
    fn what_comes_in_front_of_an_own_one_is_read_out() {
        // The user's own message 6 is stored before message 5 of another member arrives.
        let said = Announced::beginning(Seq(4), true).with(Seq(6), Vec::new(), true);
        assert_eq!(said.heard(), Seq(4));
        assert_eq!(places(&said.with(Seq(6), news([5]), true)), ["5"]);
    }

    #[test]
    fn loaded_history_is_not_news() {
        // The page starts in the history: a page of messages that follow, then the one with the end.
        let said = Announced::beginning(Seq(50), false).with(Seq(100), news(51..=100), false);
        let said = said.with(Seq(120), news(101..=120), true);
        assert_eq!(places(&said), Vec::<&str>::new());
        assert_eq!(said.heard(), Seq(120));
        assert_eq!(places(&said.with(Seq(121), news([121]), true)), ["121"]);
        let said = Announced::beginning(Seq(50), false).with(Seq(60), news(51..=60), true);
        assert_eq!(places(&said), Vec::<&str>::new(), "with one page");
    }

    #[test]
    fn what_is_not_to_be_heard_is_left_out_for_good() {
        let said = Announced::beginning(Seq(4), true).with(Seq(5), vec![(Seq(5), None)], true);
        assert_eq!((places(&said), said.heard()), (Vec::new(), Seq(5)));
    }

    #[test]
    fn the_region_does_not_grow_for_ever() {
        let said = Announced::beginning(Seq(0), true).with(Seq(60), news(1..=60), true);
        assert_eq!(said.lines.len(), KEPT);
        assert_eq!(places(&said).last(), Some(&"60"));
    }
}
