//! The scenarios that are measured.

pub mod memory;
pub mod pages;
pub mod pairs;
pub mod room;
pub mod sizes;
pub mod startup;

use std::{future::Future, time::Duration, time::Instant};

use tokio::task::LocalSet;

use crate::{
    database::Pinned,
    error::{Context, Result},
    numbers::{float, rate},
    proc,
    process::Process,
    stop,
};

/// A server under load, and the cookies of its users.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The running server.
    pub process: &'a Process,
    /// Its database, if that has separate processes.
    pub database: Option<&'a Pinned>,
    /// One cookie per user; the room's members come first.
    pub cookies: &'a [String],
}

/// Runs a load on this thread, and so on this thread's core.
///
/// # Errors
/// Returns the load's error.
pub fn run<T>(load: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the client")?;
    LocalSet::new().block_on(&runtime, async {
        tokio::select! {
            done = load => done,
            () = stop::asked() => Err("stopped".into()),
        }
    })
}

/// The results of a measurement over a period of time.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// The number of things per second.
    pub rate: f64,
    /// The cores that the server and its database kept busy.
    pub server: f64,
    /// The cores that the load client kept busy: near 1, the client is the limit.
    pub client: f64,
}

impl Stretch {
    /// Returns a description.
    pub fn load(&self) -> String {
        let per_second = self.rate / self.server.max(0.01);
        let (server, client) = (self.server, self.client);
        format!("{per_second:.0} a second of CPU: server and database {server:.2}, client {client:.2} of a core")
    }
}

/// Lets a load run for this time and measures it.
async fn stretch(target: &Target<'_>, time: Duration, count: impl Fn() -> u64) -> Stretch {
    let look = || {
        // Listed each time: connections, and so processes, come and go. The time of ended processes is included in
        // their parent's.
        let mut server = target.database.map(Pinned::pids).unwrap_or_default();
        server.push(target.process.pid());
        (Instant::now(), (count(), proc::cpu_time(&server), proc::cpu_time(&[std::process::id()])))
    };
    let (began, before) = look();
    tokio::time::sleep(time).await;
    let (ended, after) = look();
    let took = ended - began;
    let share = |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() / took.as_secs_f64();
    Stretch {
        rate: rate(after.0.saturating_sub(before.0), took),
        server: share(before.1, after.1),
        client: share(before.2, after.2),
    }
}

/// Returns nanoseconds as milliseconds.
fn millis(nanos: u64) -> f64 {
    float(nanos / 1_000) / 1_000.0
}
