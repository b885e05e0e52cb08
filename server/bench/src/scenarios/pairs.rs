//! 100 direct conversations in which each message answers the one before.

use super::{Stretch, Target, run, stretch};
use crate::{
    args::Scale,
    client::{Behavior, Fault, Load, Place},
    error::Result,
    people::ROOM,
};

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// Round trips a second: a message is sent, stored, and received by the other, who only then sends the next.
    pub stretch: Stretch,
    /// Lost, doubled and reordered messages.
    pub fault: Fault,
}

/// Measures stored round trips a second.
///
/// # Errors
/// When the server refuses or a socket breaks.
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
