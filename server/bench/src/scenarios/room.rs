//! A room of 100: at a pace that leaves time to look, and as fast as it goes.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{Stretch, Target, millis, run, stretch};
use crate::{
    args::Scale,
    client::{Behavior, Fault, Load, Place},
    error::Result,
    numbers::quantile,
    people::ROOM,
};

/// Messages a second of the paced load, by all members in turn.
const PACE: u32 = 20;
/// Those who send in the closed loop, and how many messages each has under way.
const SENDERS: usize = 10;
const IN_FLIGHT: usize = 10;

/// The paced load.
#[derive(Clone, Copy, Debug)]
pub struct Paced {
    /// Milliseconds from send to receive.
    pub p50: f64,
    /// Likewise.
    pub p95: f64,
    /// Likewise.
    pub p99: f64,
    /// How many times a message was received.
    pub received: usize,
    /// Lost, doubled and reordered messages.
    pub fault: Fault,
}

/// The closed loop.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    /// Stored messages a second, and what that cost.
    pub stretch: Stretch,
    /// How often a receiver was behind and had to ask for what changed.
    pub asked: u64,
    /// Messages that a receiver was too far behind with to be sent them again.
    pub left_out: u64,
    /// Lost, doubled and reordered messages.
    pub fault: Fault,
}

/// Measures how long messages take.
///
/// # Errors
/// When the server refuses or a socket breaks.
pub fn paced(target: &Target<'_>, scale: &Scale) -> Result<Paced> {
    let mut tally = run(async {
        let crowd = gather(target, Behavior::Listen).await?;
        let mut ticks = interval(Duration::from_secs(1) / PACE);
        // A tick that is late is not made up for: that would be a burst.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let warm_up = beats(scale.warm_up);
        for n in 0..warm_up + beats(scale.paced) {
            ticks.tick().await;
            if n == warm_up {
                crowd.record_latencies();
            }
            crowd.speak(n % crowd.len());
        }
        crowd.finish().await
    })?;
    let received = tally.latencies.len();
    let mut at = |share| millis(quantile(&mut tally.latencies, share));
    Ok(Paced { p50: at(0.5), p95: at(0.95), p99: at(0.99), received, fault: tally.fault })
}

/// Measures how many messages are stored a second when each sender waits for its messages to be stored.
///
/// # Errors
/// When the server refuses or a socket breaks.
pub fn closed(target: &Target<'_>, scale: &Scale) -> Result<Closed> {
    run(async {
        let crowd = gather(target, Behavior::Press).await?;
        for sender in 0..SENDERS {
            (0..IN_FLIGHT).for_each(|_| crowd.speak(sender));
        }
        tokio::time::sleep(scale.warm_up).await;
        let stretch = stretch(target, scale.full, || crowd.stored()).await;
        let tally = crowd.finish().await?;
        Ok(Closed { stretch, asked: tally.asked, left_out: tally.left_out, fault: tally.fault })
    })
}

async fn gather(target: &Target<'_>, senders: Behavior) -> Result<Load> {
    let members = target.cookies.get(..ROOM).ok_or("too few people")?;
    let role = |n| (if n < SENDERS { senders } else { Behavior::Listen }, n + 1 == ROOM);
    Load::gather(target.process.address(), members, Place::Room, role).await
}

/// Messages in that time.
fn beats(time: Duration) -> usize {
    usize::try_from(time.as_millis() * u128::from(PACE) / 1_000).unwrap_or(0)
}
