//! The number of unread messages of a conversation, between two counts by the server.

use protocol::{Seq, limits::UNREAD_MAX};

/// The unread messages of one conversation.
///
/// A count by the server is valid up to a message; what others write after it is counted here. Counts may arrive late
/// and messages twice, so both name the messages that they are about.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    /// The user's read position.
    seen: Seq,
    /// Unread messages up to `counted_to`.
    count: u32,
    counted_to: Seq,
    /// Positions of messages by others that deltas brought, beyond `counted_to` and `seen`; in order, each once.
    later: Vec<Seq>,
}

impl Unread {
    /// Creates the state from a count by the server.
    pub const fn new(seen: Seq, count: u32, last: Seq) -> Self {
        Self { seen, count, counted_to: last, later: Vec::new() }
    }

    /// Returns the user's read position.
    pub const fn seen(&self) -> Seq {
        self.seen
    }

    /// Returns the number of unread messages, up to [`UNREAD_MAX`].
    pub fn count(&self) -> u32 {
        u32::try_from(self.later.len()).unwrap_or(UNREAD_MAX).saturating_add(self.count).min(UNREAD_MAX)
    }

    /// Counts a new message.
    pub fn message(&mut self, seq: Seq, mine: bool) {
        if !mine
            && seq > self.seen
            && seq > self.counted_to
            && let Err(place) = self.later.binary_search(&seq)
        {
            self.later.insert(place, seq);
        }
    }

    /// Applies a count by the server. Returns false if it does not fit what is known, so that a new one must be
    /// requested.
    #[must_use]
    pub fn counted(&mut self, seen: Seq, count: u32, last: Seq) -> bool {
        if seen < self.seen || (seen == self.seen && last <= self.counted_to) {
            // This count is older than what is known.
            return true;
        }
        // A count that ends before an earlier one omits messages of which only the number was known.
        let is_exact = last >= self.counted_to || seen >= self.counted_to;
        (self.seen, self.count, self.counted_to) = (seen, count, last.max(seen));
        self.tidy();
        is_exact
    }

    /// Moves the read position to `seq`, read in this tab. Before the server's last count, only the server knows how
    /// many messages remain unread; then nothing changes until it reports them.
    pub fn read(&mut self, seq: Seq) {
        if seq > self.seen && seq >= self.counted_to {
            (self.seen, self.count, self.counted_to) = (seq, 0, seq);
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let known = self.seen.max(self.counted_to);
        self.later.retain(|seq| *seq > known);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Steps on the server and on the network.
    #[derive(Clone, Debug)]
    enum Step {
        Write { mine: bool },
        Read { share: u8 },
        ReadHere,
        DeliverEvent { nth: u8, keep: bool },
        DeliverCount { nth: u8, keep: bool },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => any::<bool>().prop_map(|mine| Step::Write { mine }),
            1 => any::<u8>().prop_map(|share| Step::Read { share }),
            1 => Just(Step::ReadHere),
            4 => (any::<u8>(), any::<bool>()).prop_map(|(nth, keep)| Step::DeliverEvent { nth, keep }),
            3 => (any::<u8>(), any::<bool>()).prop_map(|(nth, keep)| Step::DeliverCount { nth, keep }),
        ]
    }

    #[derive(Default)]
    struct Server {
        /// Whether each message is the user's own; the first is number 1.
        mine: Vec<bool>,
        seen: usize,
    }

    impl Server {
        fn seq(index: usize) -> Seq {
            Seq(i64::try_from(index).unwrap())
        }

        fn count(&self) -> (Seq, u32, Seq) {
            let unread = self.mine.iter().skip(self.seen).filter(|mine| !**mine).count();
            (Self::seq(self.seen), u32::try_from(unread).unwrap(), Self::seq(self.mine.len()))
        }
    }

    fn pick<T: Clone>(from: &mut Vec<T>, nth: u8, keep: bool) -> Option<T> {
        let index = usize::from(nth).checked_rem(from.len())?;
        Some(if keep { from[index].clone() } else { from.remove(index) })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 2))]
        #[test]
        fn ends_at_the_recount(steps in prop::collection::vec(step(), 0..60)) {
            let mut server = Server::default();
            let mut unread = Unread::default();
            let (mut events, mut counts) = (Vec::new(), Vec::new());
            let mut exact = true;
            for step in steps {
                match step {
                    Step::Write { mine } => {
                        server.mine.push(mine);
                        events.push((Server::seq(server.mine.len()), mine));
                    }
                    Step::Read { share } => {
                        let to = server.mine.len() * usize::from(share) / 255;
                        if to > server.seen {
                            server.seen = to;
                            counts.push(server.count());
                        }
                    }
                    Step::ReadHere => {
                        // Reads what deltas brought to this screen. The server learns of it at once.
                        let on_screen = unread.later.last().copied().unwrap_or_default().max(unread.seen);
                        unread.read(on_screen);
                        let to = usize::try_from(on_screen.0).unwrap();
                        if to > server.seen {
                            server.seen = to;
                            counts.push(server.count());
                        }
                    }
                    Step::DeliverEvent { nth, keep } => {
                        if let Some((seq, mine)) = pick(&mut events, nth, keep) {
                            unread.message(seq, mine);
                        }
                    }
                    Step::DeliverCount { nth, keep } => {
                        if let Some((seen, count, last)) = pick(&mut counts, nth, keep) {
                            exact &= unread.counted(seen, count, last);
                        }
                    }
                }
                prop_assert!(unread.seen() <= Server::seq(server.seen));
            }
            for (seq, mine) in events {
                unread.message(seq, mine);
            }
            for (seen, count, last) in counts {
                exact &= unread.counted(seen, count, last);
            }
            if exact {
                prop_assert_eq!((unread.seen(), unread.count()), (server.count().0, server.count().1));
            }
            // The response to a new request, as after counts that did not fit or lost deltas.
            let (seen, count, last) = server.count();
            let _ = unread.counted(seen, count, last);
            server.mine.push(false);
            unread.message(Server::seq(server.mine.len()), false);
            prop_assert!(!exact || unread.count() == server.count().1);
        }
    }

    #[test]
    fn a_count_that_does_not_fit_is_asked_anew() {
        let mut unread = Unread::new(Seq(3), 5, Seq(10));
        assert!(!unread.counted(Seq(6), 1, Seq(8)));
        assert!(unread.counted(Seq(6), 3, Seq(10)));
        assert_eq!(unread.count(), 3);
    }

    #[test]
    fn what_is_read_here_counts_at_once() {
        let mut unread = Unread::new(Seq(3), 5, Seq(10));
        unread.read(Seq(7));
        assert_eq!(unread.count(), 5, "which of them is not known here");
        unread.message(Seq(11), false);
        unread.message(Seq(12), true);
        unread.read(Seq(10));
        assert_eq!((unread.count(), unread.seen()), (1, Seq(10)));
        assert!(unread.counted(Seq(7), 4, Seq(11)), "a late count of an earlier position");
        assert_eq!(unread.count(), 1);
    }

    #[test]
    fn counting_stops_at_the_limit() {
        let mut unread = Unread::new(Seq(0), UNREAD_MAX, Seq(5_000));
        unread.message(Seq(5_001), false);
        assert_eq!(unread.count(), UNREAD_MAX);
    }
}
