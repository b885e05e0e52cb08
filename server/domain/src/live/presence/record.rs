//! How a person is seen: by what they chose, and by what they do.

use protocol::{
    Millis, UserId,
    presence::{Availability, OwnPresence, Presence, Status, UserPresence},
};

use super::roster::Activity;

/// What a person's row says of how they want to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresenceRecord {
    /// What they chose.
    pub availability: Availability,
    /// What they say, also if it has ended.
    pub status: Status,
    /// When they were last seen.
    pub last_seen: Option<Millis>,
}

impl PresenceRecord {
    /// How they are seen by somebody who may see it.
    pub fn seen(&self, id: UserId, activity: Option<Activity>, now: Millis) -> UserPresence {
        let presence = seen_as(self.availability, activity);
        let last_seen = self.last_seen.filter(|_| presence == Presence::Offline);
        UserPresence { id, presence, last_seen, status: self.said(now) }
    }

    /// What they chose, as their own tabs are told.
    pub fn own_presence(&self, now: Millis) -> OwnPresence {
        OwnPresence { availability: self.availability, status: self.said(now) }
    }

    fn said(&self, now: Millis) -> Option<Status> {
        Some(self.status.clone()).filter(|status| status.is_shown(now))
    }
}

/// What others see of somebody who chose this.
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
            let sighting = person.seen(UserId::from_parts(0, &[1; 10]), activity, 10);
            assert_eq!(sighting.last_seen, (seen == Presence::Offline).then_some(7));
        }
    }
}
