//! Which core does what: the server and its database share one, the load client has another.
//!
//! A process inherits the cores of the thread that starts it. That needs no code between fork and exec, which would be
//! unsafe, and holds for every thread the server starts.

use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};

use crate::error::{Context, Result};

/// The cores this program may use, and how they are shared out.
#[derive(Clone, Debug)]
pub struct Cores {
    all: CpuSet,
    /// The server's and the client's; none on a machine with a single core.
    pair: Option<(usize, usize)>,
}

impl Cores {
    /// Asks which cores this process may use and takes the first two.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn find() -> Result<Self> {
        let all = sched_getaffinity(None).context("asking for the cores")?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core));
        let pair = usable.next().zip(usable.next());
        Ok(Self { all, pair })
    }

    /// In words, for the head of the report.
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
    /// What the operating system says.
    pub fn pin_client(&self) -> Result<()> {
        self.pair.map_or(Ok(()), |(_, client)| pin(None, &only(client)))
    }

    /// Lets this thread use all cores, for preparations.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn unpin(&self) -> Result<()> {
        pin(None, &self.all)
    }

    /// Runs `start` on the server's core, so that what it starts stays there; then goes back to the client's.
    ///
    /// # Errors
    /// What the operating system says, and what `start` says.
    pub fn on_server_core<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some((server, _)) = self.pair else { return start() };
        pin(None, &only(server))?;
        let started = start();
        self.pin_client()?;
        started
    }

    /// Moves a process that runs already, with one thread, to the server's core.
    ///
    /// # Errors
    /// What the operating system says: the process is another user's, for example.
    pub fn pin_server(&self, pid: i32) -> Result<()> {
        self.pair.map_or(Ok(()), |(server, _)| pin(Pid::from_raw(pid), &only(server)))
    }

    /// Lets a process use all cores again.
    pub fn release(&self, pid: i32) {
        // It may have ended meanwhile.
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
