//! Being told to stop: what was started and created is still ended and removed.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use tokio::signal::unix::{SignalKind, signal};

use crate::error::{Context, Result};

static STOPPED: AtomicBool = AtomicBool::new(false);
const POLL: Duration = Duration::from_millis(50);

/// Listens for Ctrl-C and for being asked to end. The second time, the program ends at once.
///
/// # Errors
/// What the operating system says.
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

/// Says so when the program was asked to stop.
///
/// # Errors
/// Then.
pub fn check() -> Result<()> {
    if STOPPED.load(Ordering::Relaxed) { Err("stopped".into()) } else { Ok(()) }
}

/// Waits until the program is asked to stop, beside a load.
pub async fn asked() {
    while check().is_ok() {
        tokio::time::sleep(POLL).await;
    }
}
