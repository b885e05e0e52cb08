//! A room of 100: at a fixed pace, and as fast as possible.

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

/// The messages per second of the paced load, sent by all members in turn.
const PACE: u32 = 20;
/// The number of senders in the closed loop, and of messages that each has under way.
const SENDERS: usize = 10;
const IN_FLIGHT: usize = 10;

/// The results of the paced load.
#[derive(Clone, Copy, Debug)]
pub struct Paced {
    /// The median of the milliseconds from send to receive.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The number of times that a message was received.
    pub received: usize,
    /// The lost, doubled and reordered messages.
    pub fault: Fault,
}

/// The results of the closed loop.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    /// The stored messages per second, and the load that they caused.
    pub stretch: Stretch,
    /// The number of times a receiver was behind and requested changes.
    pub asked: u64,
    /// The number of messages that a receiver was too far behind to receive.
    pub left_out: u64,
    /// The lost, doubled and reordered messages.
    pub fault: Fault,
}

/// Measures the latency of messages.
///
/// # Errors
/// Returns an error if the server refuses or a socket breaks.
pub fn paced(target: &Target<'_>, scale: &Scale) -> Result<Paced> {
    let mut tally = run(async {
        let crowd = gather(target, Behavior::Listen).await?;
        let mut ticks = interval(Duration::from_secs(1) / PACE);
        // A late tick is not made up for: that would cause a burst.
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

/// Measures the number of messages stored per second if each sender waits for its messages to be stored.
///
/// # Errors
/// Returns an error if the server refuses or a socket breaks.
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

/// Returns the number of messages in this time.
fn beats(time: Duration) -> usize {
    usize::try_from(time.as_millis() * u128::from(PACE) / 1_000).unwrap_or(0)
}
