//! The memory of an idle server.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};

use super::{Target, run};
use crate::{
    args::Scale,
    client::connect,
    error::Result,
    numbers::float,
    proc::{self, Memory},
};

/// The time a server has to settle.
const REST: Duration = Duration::from_secs(2);

/// The memory of an idle server, without and with sockets.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// The memory after one answered request.
    pub alone: Memory,
    /// The memory with all sockets open, signed in and silent.
    pub with_sockets: Memory,
    /// The number of sockets.
    pub sockets: u32,
}

impl Idle {
    /// Returns the bytes that each socket added.
    pub fn per_socket(&self) -> f64 {
        float(self.with_sockets.resident.saturating_sub(self.alone.resident)) / f64::from(self.sockets)
    }
}

/// Measures a server that was just started.
///
/// # Errors
/// Returns an error if the server refuses.
pub fn idle(target: &Target<'_>, scale: &Scale) -> Result<Idle> {
    target.process.first_answer("/")?;
    let (pid, address) = (target.process.pid(), target.process.address());
    run(async {
        tokio::time::sleep(REST).await;
        let alone = proc::memory(pid)?;
        let cookies = target.cookies.iter().cycle().zip(0..scale.idle_sockets);
        let sockets: Vec<_> = stream::iter(cookies)
            .map(|(cookie, _)| connect(address, cookie, 4 * 1024))
            .buffer_unordered(16)
            .try_collect()
            .await?;
        tokio::time::sleep(REST).await;
        let with_sockets = proc::memory(pid)?;
        drop(sockets);
        Ok(Idle { alone, with_sockets, sockets: scale.idle_sockets })
    })
}
