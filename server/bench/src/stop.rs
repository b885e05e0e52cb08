//! Handling of signals: processes and files of this program are still ended and removed.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use tokio::signal::unix::{SignalKind, signal};

use crate::error::{Context, Result};

static STOPPED: AtomicBool = AtomicBool::new(false);
const POLL: Duration = Duration::from_millis(50);

/// Listens for Ctrl-C and SIGTERM. The second signal ends the program at once.
///
/// # Errors
/// Returns an error if the operating system does.
pub fn listen() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for signals")?;
    drop(entered);
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if STOPPED.swap(true, Ordering::Relaxed) {
                    std::process::exit(130);
                }
            }
        });
    });
    Ok(())
}

/// Checks whether the program was asked to stop.
///
/// # Errors
/// Returns an error if it was.
pub fn check() -> Result<()> {
    if STOPPED.load(Ordering::Relaxed) { Err("stopped".into()) } else { Ok(()) }
}

/// Waits until the program is asked to stop, concurrently with a load.
pub async fn asked() {
    while check().is_ok() {
        tokio::time::sleep(POLL).await;
    }
}
