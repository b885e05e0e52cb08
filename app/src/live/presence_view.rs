//! The presence of users on screen: what the client subscribed to, and what the server reported.

use std::collections::{HashMap, HashSet};

use protocol::{
    Millis, UserId,
    limits::PRESENCE_SUBSCRIPTIONS_MAX,
    live::ClientFrame,
    presence::{OwnPresence, Presence, UserPresence},
};

/// The presence of the users on screen, as far as known.
#[derive(Debug)]
pub struct PresenceView {
    me: UserId,
    people: HashMap<UserId, UserPresence>,
    chosen: OwnPresence,
    /// The users that parts of the page show, by ticket.
    shown: Vec<(u64, Vec<UserId>)>,
    tickets: u64,
    /// The users that this connection is subscribed to, as far as known.
    told: HashSet<UserId>,
    /// How far the server's clock is ahead of the monotonic clock here.
    ahead: Millis,
}

impl PresenceView {
    /// Creates a view in which nothing is known yet.
    pub fn new(me: UserId) -> Self {
        Self {
            me,
            people: HashMap::new(),
            chosen: OwnPresence::default(),
            shown: Vec::new(),
            tickets: 0,
            told: HashSet::new(),
            ahead: 0,
        }
    }

    /// Returns the presence of all users, as far as known.
    pub const fn people(&self) -> &HashMap<UserId, UserPresence> {
        &self.people
    }

    /// Returns the availability and the status that the user chose.
    pub const fn own(&self) -> &OwnPresence {
        &self.chosen
    }

    /// Sets the users that a part of the page shows, in place of those with the same ticket. Returns the ticket.
    pub fn show(&mut self, ticket: Option<u64>, people: Vec<UserId>) -> u64 {
        let ticket = ticket.unwrap_or_else(|| {
            self.tickets += 1;
            self.tickets
        });
        self.hide(ticket);
        self.shown.push((ticket, people));
        ticket
    }

    /// Removes a part of the page.
    pub fn hide(&mut self, ticket: u64) {
        self.shown.retain(|(shown, _)| *shown != ticket);
    }

    /// Starts a new connection, with the server's time.
    pub fn connected(&mut self, at: Millis, now: Millis) {
        self.told.clear();
        self.set_clock(at, now);
    }

    /// Sets the time of day; from this machine's clock as long as the server did not send its own.
    pub const fn set_clock(&mut self, at: Millis, now: Millis) {
        self.ahead = at.saturating_sub(now);
    }

    /// Handles the loss of the connection. Users who were online may leave unnoticed and are forgotten; the time when
    /// the others were last online stays correct.
    pub fn lost(&mut self) {
        self.told.clear();
        self.people.retain(|_, sighting| sighting.presence == Presence::Offline);
    }

    /// Returns the frame that subscribes to the users on screen, if they changed. `more` are the users of the sidebar,
    /// the most important first.
    pub fn frame(&mut self, more: impl Iterator<Item = UserId>) -> Option<ClientFrame> {
        let max = usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap_or(usize::MAX);
        let mut wanted = HashSet::new();
        // The user's own id, to receive what they chose in another tab.
        let all = std::iter::once(self.me).chain(self.shown.iter().flat_map(|(_, people)| people).copied()).chain(more);
        for id in all {
            if wanted.len() < max {
                wanted.insert(id);
            }
        }
        if wanted == self.told {
            return None;
        }
        // The presence of the others is no longer updated.
        self.people.retain(|id, _| wanted.contains(id));
        self.told = wanted;
        Some(ClientFrame::SubscribePresence { people: self.told.iter().copied().collect() })
    }

    /// Applies the presence of users.
    pub fn seen(&mut self, people: Vec<UserPresence>) {
        self.people.extend(people.into_iter().map(|sighting| (sighting.id, sighting)));
    }

    /// Sets what the user chose, in this tab or another one.
    pub fn set_own(&mut self, chosen: OwnPresence) {
        self.chosen = chosen;
    }

    /// Removes subscriptions that the server cancelled; all of them if `people` is empty. The client subscribes again,
    /// and shows the last presence until the response arrives.
    pub fn dropped(&mut self, people: &[UserId]) {
        if people.is_empty() {
            self.told.clear();
        }
        for id in people {
            self.told.remove(id);
        }
    }

    /// Removes expired statuses. Returns whether there were any.
    pub fn expire(&mut self, now: Millis) -> bool {
        let now = now.saturating_add(self.ahead);
        let own = self.chosen.status.take_if(|status| !status.is_shown(now)).is_some();
        let over = |sighting: &mut UserPresence| sighting.status.take_if(|status| !status.is_shown(now)).is_some();
        self.people.values_mut().map(over).fold(own, |any, one| any | one)
    }
}

#[cfg(test)]
mod tests {
    use protocol::presence::Status;

    use super::*;

    fn person(n: u8) -> UserId {
        UserId::from_parts(i64::from(n), &[n; 10])
    }

    fn sighting(n: u8, presence: Presence, until: Option<Millis>) -> UserPresence {
        let status = until.map(|until| Status { text: "x".into(), until: Some(until), ..Status::default() });
        UserPresence { id: person(n), presence, last_seen: None, status }
    }

    fn watched(frame: Option<ClientFrame>) -> Option<Vec<UserId>> {
        match frame {
            Some(ClientFrame::SubscribePresence { mut people }) => {
                people.sort_unstable();
                Some(people)
            }
            None => None,
            other => panic!("{other:?}"),
        }
    }

    fn list(n: u8) -> impl Iterator<Item = UserId> {
        (1..=n).map(person)
    }

    #[test]
    fn the_server_is_told_of_whom_the_page_shows_and_only_what_is_new() {
        let mut all = PresenceView::new(person(0));
        assert_eq!(watched(all.frame(list(2))).unwrap(), [0, 1, 2].map(person));
        assert_eq!(watched(all.frame(list(2))), None);
        let ticket = all.show(None, vec![person(9)]);
        assert_eq!(watched(all.frame(list(2))).unwrap(), [0, 1, 2, 9].map(person));
        assert_eq!(all.show(Some(ticket), vec![person(2)]), ticket);
        assert_eq!(watched(all.frame(list(2))).unwrap(), [0, 1, 2].map(person));
        all.hide(ticket);
        assert_eq!(watched(all.frame(list(2))), None);
        all.connected(0, 0);
        assert_eq!(watched(all.frame(list(1))).unwrap(), [0, 1].map(person));
    }

    #[test]
    fn who_was_taken_out_is_asked_for_again() {
        let mut all = PresenceView::new(person(0));
        all.frame(list(2));
        all.seen(vec![sighting(1, Presence::Online, None)]);
        all.dropped(&[person(1)]);
        assert_eq!(watched(all.frame(list(2))).unwrap().len(), 3);
        assert_eq!(all.people()[&person(1)].presence, Presence::Online, "until the answer is there");
        assert_eq!(watched(all.frame(list(2))), None);
        all.dropped(&[]);
        assert_eq!(watched(all.frame(list(2))).unwrap().len(), 3);
        assert_eq!(watched(all.frame(list(2))), None);
    }

    #[test]
    fn there_are_no_more_than_the_server_takes_and_whoever_is_open_is_among_them() {
        let mut all = PresenceView::new(person(0));
        all.show(None, vec![person(200)]);
        let many = (0..600).map(|n| UserId::from_parts(n, &[7; 10]));
        let people = watched(all.frame(many.clone())).unwrap();
        assert_eq!(people.len(), usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap());
        assert!(people.contains(&person(200)) && people.contains(&person(0)));
        assert_eq!(watched(all.frame(many)), None);
    }

    #[test]
    fn without_a_connection_nobody_is_there() {
        let mut all = PresenceView::new(person(0));
        all.frame(list(3));
        all.seen(vec![sighting(1, Presence::Online, None), sighting(2, Presence::Offline, None)]);
        all.lost();
        assert_eq!(all.people().keys().collect::<Vec<_>>(), [&person(2)]);
        // Users who are no longer shown are forgotten.
        all.frame(list(1));
        assert!(all.people().is_empty());
    }

    #[test]
    fn a_status_ends_by_the_clock_of_the_server() {
        let mut all = PresenceView::new(person(0));
        all.connected(1_000, 400);
        all.seen(vec![sighting(1, Presence::Online, Some(2_000)), sighting(2, Presence::Away, None)]);
        let status = Status { emoji: "x".into(), until: Some(3_000), ..Status::default() };
        all.set_own(OwnPresence { status: Some(status), ..OwnPresence::default() });
        assert!(!all.expire(1_399));
        assert!(all.expire(1_400));
        assert_eq!(all.people()[&person(1)].status, None);
        assert!(!all.expire(2_399) && all.expire(2_400));
        assert_eq!(all.own().status, None);
    }
}
