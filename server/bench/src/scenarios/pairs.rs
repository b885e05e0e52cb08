//! A load of 100 direct conversations in which each message answers the one before.

use super::{Stretch, Target, run, stretch};
use crate::{
    args::Scale,
    client::{Behavior, Fault, Load, Place},
    error::Result,
    people::ROOM,
};

/// The results.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// The round trips per second: a message is sent, stored, and received by the other user, who only then sends the
    /// next.
    pub stretch: Stretch,
    /// The lost, doubled and reordered messages.
    pub fault: Fault,
}

/// Measures stored round trips per second.
///
/// # Errors
/// Returns an error if the server refuses or a socket breaks.
pub fn ping_pong(target: &Target<'_>, scale: &Scale) -> Result<Pairs> {
    run(async {
        let crowd =
            Load::gather(target.process.address(), target.cookies, Place::Direct, |_| (Behavior::Answer, true)).await?;
        (0..ROOM).for_each(|n| crowd.speak(n));
        tokio::time::sleep(scale.warm_up).await;
        let stretch = stretch(target, scale.full, || crowd.heard()).await;
        let tally = crowd.finish().await?;
        Ok(Pairs { stretch, fault: tally.fault })
    })
}
