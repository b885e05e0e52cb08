//! The assignment of cores: the server and its database share one, the load client has another.
//!
//! A process inherits the cores of the thread that starts it. That needs no code between fork and exec, which would be
//! unsafe, and applies to every thread that the server starts.

use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};

use crate::error::{Context, Result};

/// The cores that this program may use, and their assignment.
#[derive(Clone, Debug)]
pub struct Cores {
    all: CpuSet,
    /// The core of the server and that of the client; `None` on a machine with a single core.
    pair: Option<(usize, usize)>,
}

impl Cores {
    /// Determines the cores that this process may use and takes the first two.
    ///
    /// # Errors
    /// Returns an error if the operating system does.
    pub fn find() -> Result<Self> {
        let all = sched_getaffinity(None).context("asking for the cores")?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core));
        let pair = usable.next().zip(usable.next());
        Ok(Self { all, pair })
    }

    /// Returns a description for the head of the report.
    pub fn describe(&self) -> String {
        match self.pair {
            Some((server, client)) => {
                format!("server and database on core {server}, load client on core {client}")
            }
            None => "one core for everything: figures are those of server and client together".to_owned(),
        }
    }

    /// Moves this thread to the client's core.
    ///
    /// # Errors
    /// Returns an error if the operating system does.
    pub fn pin_client(&self) -> Result<()> {
        self.pair.map_or(Ok(()), |(_, client)| pin(None, &only(client)))
    }

    /// Lets this thread use all cores, for preparations.
    ///
    /// # Errors
    /// Returns an error if the operating system does.
    pub fn unpin(&self) -> Result<()> {
        pin(None, &self.all)
    }

    /// Runs `start` on the server's core, so that the processes it starts stay there; then returns to the client's
    /// core.
    ///
    /// # Errors
    /// Returns an error if the operating system or `start` does.
    pub fn on_server_core<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some((server, _)) = self.pair else { return start() };
        pin(None, &only(server))?;
        let started = start();
        self.pin_client()?;
        started
    }

    /// Moves a running process with a single thread to the server's core.
    ///
    /// # Errors
    /// Returns an error if the operating system does, for example because the process belongs to another user.
    pub fn pin_server(&self, pid: i32) -> Result<()> {
        self.pair.map_or(Ok(()), |(server, _)| pin(Pid::from_raw(pid), &only(server)))
    }

    /// Lets a process use all cores again.
    pub fn release(&self, pid: i32) {
        // The process may have ended meanwhile.
        pin(Pid::from_raw(pid), &self.all).ok();
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core);
    set
}

fn pin(pid: Option<Pid>, cores: &CpuSet) -> Result<()> {
    sched_setaffinity(pid, cores).context("choosing a core")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_on_the_servers_core_stays_there() {
        let cores = Cores::find().unwrap();
        let Some((server, client)) = cores.pair else { return };
        let child =
            cores.on_server_core(|| std::thread::Builder::new().spawn(|| sched_getaffinity(None)).context("")).unwrap();
        assert!(child.join().unwrap().unwrap() == only(server));
        assert!(sched_getaffinity(None).unwrap() == only(client));
        cores.unpin().unwrap();
        assert!(sched_getaffinity(None).unwrap() == cores.all);
    }
}
