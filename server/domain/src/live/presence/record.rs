//! The presence of a user, as it follows from their choice and their activity.

use protocol::{
    Millis, UserId,
    presence::{Availability, OwnPresence, Presence, Status, UserPresence},
};

use super::roster::Activity;

/// The availability and the status of a user, as the database has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresenceRecord {
    /// The availability that the user chose.
    pub availability: Availability,
    /// The user's status, even if it has expired.
    pub status: Status,
    /// The time when the user was last online.
    pub last_seen: Option<Millis>,
}

impl PresenceRecord {
    /// Returns the user's presence for somebody who may see it.
    pub fn seen(&self, id: UserId, activity: Option<Activity>, now: Millis) -> UserPresence {
        let presence = seen_as(self.availability, activity);
        let last_seen = self.last_seen.filter(|_| presence == Presence::Offline);
        UserPresence { id, presence, last_seen, status: self.said(now) }
    }

    /// Returns the user's own choice, for their own tabs.
    pub fn own_presence(&self, now: Millis) -> OwnPresence {
        OwnPresence { availability: self.availability, status: self.said(now) }
    }

    fn said(&self, now: Millis) -> Option<Status> {
        Some(self.status.clone()).filter(|status| status.is_shown(now))
    }
}

/// Returns what others see of a user with this availability and activity.
pub const fn seen_as(availability: Availability, activity: Option<Activity>) -> Presence {
    match (availability, activity) {
        (_, None) | (Availability::Invisible, _) => Presence::Offline,
        (Availability::Busy, _) => Presence::Busy,
        (Availability::Away, _) | (Availability::Automatic, Some(Activity::Idle)) => Presence::Away,
        (Availability::Automatic, Some(Activity::Active)) => Presence::Online,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_see() {
        use Availability::{Automatic, Away, Busy, Invisible};
        let (idle, active) = (Some(Activity::Idle), Some(Activity::Active));
        for (chosen, activity, seen) in [
            (Automatic, active, Presence::Online),
            (Automatic, idle, Presence::Away),
            (Away, active, Presence::Away),
            (Busy, active, Presence::Busy),
            (Busy, idle, Presence::Busy),
            (Invisible, active, Presence::Offline),
            (Automatic, None, Presence::Offline),
            (Away, None, Presence::Offline),
            (Busy, None, Presence::Offline),
            (Invisible, None, Presence::Offline),
        ] {
            assert_eq!(seen_as(chosen, activity), seen, "{chosen:?} {activity:?}");
            let person = PresenceRecord { availability: chosen, last_seen: Some(7), ..PresenceRecord::default() };
            let presence = person.seen(UserId::from_parts(0, &[1; 10]), activity, 10);
            assert_eq!(presence.last_seen, (seen == Presence::Offline).then_some(7));
        }
    }
}
