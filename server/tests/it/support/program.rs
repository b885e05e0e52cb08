//! The real program, as an operator runs it.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use super::Browser;

/// A running `weconnect`. Dropping it kills it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    /// What it said at its start, after the line with its address.
    pub said: Vec<String>,
}

impl Program {
    fn command(data: &Path) -> Command {
        Self::prepare(Command::new(env!("CARGO_BIN_EXE_weconnect")), data)
    }

    fn prepare(mut command: Command, data: &Path) -> Command {
        // Nothing of the environment the tests run in, such as DATABASE_URL, nor of what was built.
        command
            .env_clear()
            .env("SITE_DIR", "no-such-folder")
            .env("LISTEN", "127.0.0.1:0")
            .env("DATA_DIR", data)
            .env("LOG", "warn,server::static_files=error");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Starts it and waits until it listens.
    pub async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// Starts it with these settings and waits until it listens.
    pub async fn start_with(data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Self::command(data);
        command.envs(settings.iter().copied());
        Self::spawn(command).await
    }

    /// Starts it with these settings and its log in a file, and waits until it listens.
    pub async fn start_with_log(data: &Path, settings: &[(&str, &str)], log: &Path) -> Self {
        let mut command = Self::command(data);
        command.envs(settings.iter().copied()).stderr(File::create(log).unwrap());
        Self::spawn(command).await
    }

    /// Starts it from a shell that does this first, and waits until it listens.
    pub async fn start_under(data: &Path, first: &str) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{first} && exec \"$0\""), env!("CARGO_BIN_EXE_weconnect")]);
        Self::spawn(Self::prepare(shell, data)).await
    }

    async fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let reading = tokio::task::spawn_blocking(move || {
            let mut lines = Vec::new();
            for _ in 0..4 {
                let mut line = String::new();
                out.read_line(&mut line).unwrap();
                lines.push(line.trim_end().to_owned());
            }
            lines
        });
        let mut said = reading.await.unwrap();
        let address = said.remove(0);
        let address = address.strip_prefix("listening on http://").unwrap_or_else(|| panic!("it said {address:?}"));
        Self { child, address: address.parse().unwrap(), said }
    }

    /// Starts it where it can't run, and returns how it ended and what it said.
    pub async fn fail(data: &Path, settings: &[(&str, &str)]) -> (ExitStatus, String) {
        let mut command = Self::command(data);
        command.envs(settings.iter().copied()).stderr(Stdio::piped());
        tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            (child.wait().unwrap(), said)
        })
        .await
        .unwrap()
    }

    pub fn browser(&self) -> Browser {
        let outbox = self.said.last().and_then(|line| line.strip_prefix("mail goes to the outbox: http://"));
        let outbox = outbox.and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned())).unwrap_or_default();
        Browser::new(self.address, &outbox)
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub async fn wait(mut self) -> ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone after `kill` and `wait`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
