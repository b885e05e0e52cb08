//! Policies for reconnecting, and for detecting dead connections. They are values: no clock, no randomness.

use std::time::Duration;

use protocol::Millis;

/// The longest first wait, in milliseconds; the bound doubles with each further wait.
const BASE_MS: u32 = 500;
/// The longest wait, in milliseconds.
const CAP_MS: u32 = 30_000;
/// The time after which a connection counts as stable and resets the waits, in milliseconds.
const STABLE_MS: Millis = 10_000;
/// The silence after which the client sends a ping, in milliseconds.
const PING_AFTER_MS: Millis = 25_000;
/// The time that the server has to answer, in milliseconds. Together with the silence before, 40 seconds.
const ANSWER_WITHIN_MS: Millis = 15_000;
/// The time to answer when the page is visible or online again, in milliseconds. Short, because the user is waiting.
const PROBE_WITHIN_MS: Millis = 4_000;

/// The time of day runs ahead by this much between two checks if the machine slept, in milliseconds.
const SLEPT_MS: Millis = 5_000;

/// Returns a random wait, in milliseconds, from zero to a bound that doubles with each attempt ("full jitter"). Ten
/// thousand clients of a server that restarts then reconnect spread over the whole time. `random` is in `0..1`.
pub fn jittered(tries: u32, random: f64) -> u32 {
    let bound = BASE_MS.saturating_mul(1_u32.checked_shl(tries.min(16)).unwrap_or(u32::MAX)).min(CAP_MS);
    scaled(bound, random)
}

/// Returns the fraction `random` of `bound`.
fn scaled(bound: u32, random: f64) -> u32 {
    let wait = Duration::from_millis(bound.into()).mul_f64(random.clamp(0.0, 1.0));
    u32::try_from(wait.as_millis()).unwrap_or(bound)
}

/// Counts failed connections and computes the wait before the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    tries: u32,
    connected_at: Option<Millis>,
}

impl Backoff {
    /// Records that the server sent `Ready`.
    pub const fn connected(&mut self, now: Millis) {
        self.connected_at = Some(now);
    }

    /// Records the end of a connection or an attempt. Returns the time to wait, in milliseconds. `random` is in `0..1`.
    pub fn lost(&mut self, now: Millis, random: f64) -> u32 {
        // Only a stable connection resets the count: otherwise clients would reconnect without pause to a server that
        // fails right after `Ready`.
        if self.connected_at.take().is_some_and(|at| now.saturating_sub(at) >= STABLE_MS) {
            self.tries = 0;
        }
        let wait = jittered(self.tries, random);
        self.tries = self.tries.saturating_add(1);
        wait
    }

    /// Records that the network came back. Returns the time to wait, in milliseconds: short, but random, so that not
    /// all clients of a building connect at once.
    pub fn back_online(&mut self, random: f64) -> u32 {
        self.tries = 0;
        jittered(0, random)
    }
}

/// The action to take on silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Do nothing.
    Rest,
    /// Send a ping.
    Ping,
    /// The connection is dead, whatever the browser reports.
    Dead,
}

/// Monitors one connection. Silence alone does not end it: the timers of a hidden page may run once a minute, and those
/// of a laptop that sleeps not at all. Only an unanswered ping does.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    heard: Millis,
    asked: Option<(Millis, Millis)>,
}

impl Heartbeat {
    /// Starts with a connection that was just made.
    pub const fn new(now: Millis) -> Self {
        Self { heard: now, asked: None }
    }

    /// Returns whether an answer is expected.
    pub const fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// Records a received frame of any kind.
    pub const fn heard(&mut self, now: Millis) {
        self.heard = now;
        self.asked = None;
    }

    /// Returns the action to take now. Called every few seconds.
    pub fn tick(&mut self, now: Millis) -> Beat {
        match self.asked {
            Some((at, within)) if now.saturating_sub(at) >= within => Beat::Dead,
            Some(_) => Beat::Rest,
            None if now.saturating_sub(self.heard) >= PING_AFTER_MS => self.ask(now, ANSWER_WITHIN_MS),
            None => Beat::Rest,
        }
    }

    /// Checks soon whether the connection survived, when the page is visible or online again.
    pub fn probe(&mut self, now: Millis) -> Beat {
        match self.asked {
            // The answer to an earlier ping is due sooner.
            Some((at, within)) if at.saturating_add(within) <= now.saturating_add(PROBE_WITHIN_MS) => Beat::Rest,
            _ => self.ask(now, PROBE_WITHIN_MS),
        }
    }

    const fn ask(&mut self, now: Millis, within: Millis) -> Beat {
        self.asked = Some((now, within));
        Beat::Ping
    }
}

/// Detects that the machine slept: a monotonic clock may stop meanwhile, the time of day does not. A time of day that
/// is set ahead looks the same, which is harmless because only a ping follows.
#[derive(Clone, Copy, Debug)]
pub struct Sleep {
    ahead: Millis,
}

impl Sleep {
    /// Starts with the current times of both clocks.
    pub const fn new(time_of_day: Millis, now: Millis) -> Self {
        Self { ahead: time_of_day.saturating_sub(now) }
    }

    /// Returns whether the machine slept since the last call.
    pub const fn look(&mut self, time_of_day: Millis, now: Millis) -> bool {
        let before = std::mem::replace(&mut self.ahead, time_of_day.saturating_sub(now));
        self.ahead.saturating_sub(before) >= SLEPT_MS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_stay_within_their_bound(tries in 0_u32..200, random in 0.0..1.0_f64) {
            let wait = jittered(tries, random);
            prop_assert!(wait <= CAP_MS);
            prop_assert!(u64::from(wait) <= u64::from(BASE_MS) << tries.min(16));
        }
    }

    #[test]
    fn waits_grow_and_start_over_after_a_connection_that_held() {
        let mut backoff = Backoff::default();
        let waits: Vec<u32> = (0..8).map(|_| backoff.lost(0, 1.0)).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        backoff.connected(1_000);
        assert_eq!(backoff.lost(2_000, 1.0), 30_000, "a greeting alone is no connection that holds");
        backoff.connected(10_000);
        assert_eq!(backoff.lost(60_000, 1.0), 500);
        assert_eq!(backoff.lost(60_000, 0.5), 500);
        assert_eq!(backoff.back_online(0.5), 250);
    }

    #[test]
    fn clients_of_a_server_that_restarts_are_spread() {
        let first = (0..1_000).map(|i| jittered(3, f64::from(i) / 1_000.0)).collect::<std::collections::HashSet<_>>();
        assert!(first.len() > 900);
    }

    #[test]
    fn only_a_ping_without_answer_kills() {
        let mut beat = Heartbeat::new(0);
        assert_eq!(beat.tick(24_999), Beat::Rest);
        assert_eq!(beat.tick(25_000), Beat::Ping);
        assert_eq!(beat.tick(39_999), Beat::Rest);
        assert_eq!(beat.tick(40_000), Beat::Dead);
        // A hidden page that is woken once a minute.
        let mut beat = Heartbeat::new(0);
        for minute in 1..10 {
            assert_eq!(beat.tick(minute * 60_000), Beat::Ping);
            beat.heard(minute * 60_000 + 50);
        }
    }

    #[test]
    fn a_machine_that_slept_is_noticed_once() {
        let mut sleep = Sleep::new(1_000_000, 500);
        assert!(!sleep.look(1_005_100, 5_500), "time passes, and clocks differ a little");
        assert!(sleep.look(4_605_100, 6_000));
        assert!(!sleep.look(4_605_600, 6_500));
        assert!(!sleep.look(1_000_000, 7_000), "the time of day was set back");
    }

    #[test]
    fn coming_back_asks_at_once() {
        let mut beat = Heartbeat::new(0);
        assert_eq!(beat.probe(5_000), Beat::Ping);
        assert_eq!(beat.probe(5_001), Beat::Rest);
        assert_eq!(beat.tick(8_999), Beat::Rest);
        assert_eq!(beat.tick(9_000), Beat::Dead);
        beat.heard(9_000);
        assert_eq!(beat.tick(9_001), Beat::Rest);
        // A probe replaces a ping whose answer is due later.
        assert_eq!(beat.tick(34_000), Beat::Ping);
        assert_eq!(beat.probe(35_000), Beat::Ping);
        assert_eq!(beat.tick(39_000), Beat::Dead);
    }
}
