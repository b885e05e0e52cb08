//! A server that this program started.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    cores::Cores,
    error::{Context, Result},
};

/// The longest that a server may take to print its address. A first start creates the database.
const START: Duration = Duration::from_secs(30);
/// The longest that a server may take to stop.
const STOP: Duration = Duration::from_secs(15);

/// A running server. It is stopped when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    began: Instant,
}

impl Process {
    /// Starts a server on the server's core and waits for the line with its address. Its log goes to a file, like that
    /// of a service.
    ///
    /// # Errors
    /// Returns an error with the end of its log if the server ends or does not print its address.
    pub fn start(mut command: Command, log: &Path, cores: &Cores) -> Result<Self> {
        let stderr = File::options().create(true).append(true).open(log).context(log.display())?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let began = Instant::now();
        let child = cores.on_server_core(|| command.spawn().context(command.get_program().display()))?;
        let mut process = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), began };
        process.address = process.listening().ok_or_else(|| {
            let log = fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().rev().take(20).collect();
            format!("the server does not start:\n{}", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
        })?;
        Ok(process)
    }

    fn listening(&mut self) -> Option<SocketAddr> {
        let stdout = self.child.stdout.take()?;
        let (found, address) = mpsc::channel();
        // Reads to the end: a server must not block on a full pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(|line| line.ok()) {
                if let Some(Ok(address)) = line.strip_prefix("listening on http://").map(str::parse) {
                    found.send(address).ok();
                }
            }
        });
        address.recv_timeout(START).ok()
    }

    /// Returns the address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Requests a page and returns the time from the server's start to the first byte of the response.
    ///
    /// # Errors
    /// Returns an error if there is no response.
    pub fn first_answer(&self, path: &str) -> Result<Duration> {
        let mut stream = TcpStream::connect(self.address).context("connecting")?;
        stream.set_read_timeout(Some(START)).context("connecting")?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).context("asking for a page")?;
        let mut first = [0; 12];
        stream.read_exact(&mut first).context("waiting for a page")?;
        let time = self.began.elapsed();
        // Reads the rest, so that the server is not interrupted.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).context("reading a page")?;
        if first.starts_with(b"HTTP/1.1 5") {
            return Err(format!("the server answers {}", String::from_utf8_lossy(&first)).into());
        }
        Ok(time)
    }

    fn stop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Not waited for yet, so the id still belongs to this child.
            kill_process(pid, Signal::TERM).ok();
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() > STOP {
                self.child.kill().ok();
                self.child.wait().ok();
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
