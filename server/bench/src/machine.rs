//! The state of the machine: figures of a busy one, or of one with a slow disk, say little about the server.

use std::{
    fs::{self, File},
    io::Write,
    time::Instant,
};

use crate::{
    database::Folder,
    error::{Context, Result},
    numbers::{float, quantile},
};

/// The number of writes in the measurement of the disk.
const SYNCS: usize = 50;

/// Returns a text that tells how long the disk takes for a sync, which each commit waits for, and how busy the machine
/// is.
///
/// # Errors
/// Returns an error if the folder cannot be written to.
pub fn describe(folder: &Folder) -> Result<String> {
    let mut file = File::create(folder.path().join("sync")).context("measuring the disk")?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&[7; 4_096]).and_then(|()| file.sync_data()).context("measuring the disk")?;
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    let mut at = |share| float(quantile(&mut times, share)) / 1_000.0;
    let (usual, slow) = (at(0.5), at(0.95));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    Ok(format!("The disk takes {usual:.2} ms to sync 4 KiB, at times {slow:.2} ms (p95); load average {load}."))
}
