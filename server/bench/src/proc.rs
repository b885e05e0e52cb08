//! Processor time, memory and parent of a process, from the kernel.

use std::{fs, time::Duration};

use crate::{
    error::{Context, Result},
    numbers::float,
};

/// The memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All resident pages, including those shared with other processes.
    pub resident: u64,
    /// The memory that no other process uses: what the machine gains when the process ends.
    pub private: u64,
}

/// Returns the memory that a process currently uses.
///
/// # Errors
/// Returns an error if the process is gone or belongs to another user.
pub fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).context(&path)?;
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()
    };
    let private = field("Private_Clean:").zip(field("Private_Dirty:")).map(|(clean, dirty)| clean + dirty);
    let (resident, private) = field("Rss:").zip(private).ok_or_else(|| format!("{path}: not understood"))?;
    Ok(Memory { resident: resident * 1_024, private: private * 1_024 })
}

/// Returns the processor time that these processes and their ended children have used so far.
pub fn cpu_time(pids: &[u32]) -> Duration {
    let ticks: u64 = pids.iter().filter_map(|pid| ticks(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)).sum();
    Duration::from_secs_f64(float(ticks) / float(rustix::param::clock_ticks_per_second()))
}

/// Returns the sum of utime, stime, cutime and cstime of proc_pid_stat(5). The command's name may contain anything, so
/// the fields are counted from the last bracket.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_ascii_whitespace().skip(11).take(4);
    times.map(|field| field.parse::<u64>().ok()).sum()
}

/// Returns the parent and the name of a process.
pub fn parent_and_name(pid: i32) -> Option<(i32, String)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, fields) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    Some((fields.split_ascii_whitespace().nth(1)?.parse().ok()?, name.to_owned()))
}

/// Returns the running processes that this one started.
pub fn children(pid: i32) -> Vec<i32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|child| parent_and_name(*child).is_some_and(|(parent, _)| parent == pid))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_figures() {
        let me = std::process::id();
        let memory = memory(me).unwrap();
        assert!(memory.resident >= memory.private && memory.private > 10_000);
        assert_eq!(ticks("7 (a) b) c) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0"), Some(100));
        let (parent, _) = parent_and_name(i32::try_from(me).unwrap()).unwrap();
        assert!(children(parent).contains(&i32::try_from(me).unwrap()));
    }
}
