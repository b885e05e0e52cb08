//! Runs other programs: says what it runs and how long it took, and leaves nothing running behind it.

use std::{
    fmt::Display,
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

/// A failure is a line for the person at the terminal; no caller decides anything by it.
pub type Result<T, E = String> = std::result::Result<T, E>;

/// How long a program may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);
/// How long the output of an ended program may be late.
const PATIENCE: Duration = Duration::from_secs(1);

/// Set by Ctrl-C and by `kill`. Loops look at it and return, so that every guard on the stack stops what it started.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From here on Ctrl-C asks for an orderly end instead of ending the process.
pub fn catch_signals() -> Result<()> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&STOP)).map_err(|e| format!("no signal handler: {e}"))?;
    }
    Ok(())
}

/// Whether somebody asked for the end.
pub fn is_stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Waits until somebody asks for the end.
pub fn wait_for_stop() {
    while !is_stopped() {
        thread::sleep(POLL);
    }
}

/// One line of progress.
pub fn say(line: impl Display) {
    println!("▸ {line}");
}

/// The command as one would type it, without the folders that only matter to the machine.
pub fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy().into_owned());
    words.collect::<Vec<_>>().join(" ")
}

/// Runs a program that shares the terminal, and is content only when it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    say(&line);
    let start = Instant::now();
    let status = Group::spawn(command)?.wait(None)?;
    if !status.success() {
        return Err(format!("`{line}` failed ({status})"));
    }
    say(format_args!("done in {}", seconds(start.elapsed())));
    Ok(())
}

/// Runs a program, shows each line it writes and hands it to `on_line`; `limit` ends one that hangs.
pub fn run_lines(command: &mut Command, limit: Duration, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    say(line_of(command));
    read_lines(command.stdout(Stdio::piped()).stderr(Stdio::piped()), limit, |line| {
        println!("{line}");
        on_line(line);
    })
}

/// Runs a program that talks to people on its standard error and to us on its standard output.
pub fn run_reporting(command: &mut Command, limit: Duration, on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    say(line_of(command));
    read_lines(command.stdout(Stdio::piped()), limit, on_line)
}

fn read_lines(command: &mut Command, limit: Duration, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut group = Group::spawn(command)?;
    let (lines, received) = mpsc::channel();
    forward(group.child.stdout.take(), lines.clone());
    forward(group.child.stderr.take(), lines);

    let deadline = Instant::now() + limit;
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match received.recv_timeout(POLL) {
            Ok(line) => on_line(&line),
            Err(RecvTimeoutError::Disconnected) => break,
            // A grandchild may hold the pipe open after its parent is gone; that is no reason to wait for it.
            Err(RecvTimeoutError::Timeout) if ended.is_some_and(|(_, at)| at.elapsed() > PATIENCE) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() {
            ended = group.poll(Some(deadline))?.map(|status| (status, Instant::now()));
        }
    }
    let status = match ended {
        Some((status, _)) => status,
        None => group.wait(Some(deadline))?,
    };
    // A test that failed may have left its server behind.
    group.signal("KILL");
    Ok(status)
}

/// What a program writes to its standard output, for a question with a short answer.
pub fn output(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("`{line}` cannot be started: {e}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` failed ({}): {}", output.status, why.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        secs @ 60.. => format!("{}m {:02}s", secs / 60, secs % 60),
        _ => format!("{:.1}s", duration.as_secs_f64()),
    }
}

/// A program in a process group of its own, so that what it starts in turn ends with it: npm's node, cargo's rustc, a
/// test's server, a browser's twenty processes.
pub struct Group {
    child: Child,
    is_over: bool,
}

impl Group {
    /// Starts the program.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        // The group is in the terminal's background, where reading from it would halt the program.
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        let child = child.map_err(|e| format!("`{}` cannot be started: {e}", line_of(command)))?;
        Ok(Self { child, is_over: false })
    }

    /// Waits for the program's end, for Ctrl-C or for the deadline.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.poll(deadline)? {
                return Ok(status);
            }
            thread::sleep(POLL);
        }
    }

    fn poll(&mut self, deadline: Option<Instant>) -> Result<Option<ExitStatus>> {
        if let Some(status) = self.child.try_wait().map_err(|e| e.to_string())? {
            self.is_over = true;
            return Ok(Some(status));
        }
        if is_stopped() {
            self.stop();
            return Err("stopped".to_owned());
        }
        if deadline.is_some_and(|deadline| Instant::now() > deadline) {
            self.stop();
            return Err("took too long and was stopped".to_owned());
        }
        Ok(None)
    }

    /// Asks all of the group to end, and insists after a while.
    fn stop(&mut self) {
        self.signal("INT");
        let start = Instant::now();
        while start.elapsed() < GRACE {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                break;
            }
            thread::sleep(POLL);
        }
        self.signal("KILL");
        self.child.wait().ok();
        self.is_over = true;
    }

    fn signal(&self, name: &str) {
        // The shell's own `kill`: a small container may have no other, and std has none for groups.
        let kill = format!("kill -s {name} -- -{} 2>/dev/null", self.child.id());
        Command::new("sh").args(["-c", &kill]).status().ok();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.is_over {
            self.stop();
        }
    }
}

fn forward(pipe: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(pipe) = pipe else { return };
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while pipe.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if lines.send(line).is_err() {
                break;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_are_read_and_the_status_is_kept() {
        let mut lines = Vec::new();
        let status = run_lines(&mut shell("echo one; echo two >&2; exit 3"), GRACE, |line| lines.push(line.to_owned()));
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(status.unwrap().code(), Some(3));
    }

    #[test]
    fn one_that_hangs_is_stopped_with_what_it_started() {
        let mut pid = String::new();
        let error =
            run_lines(&mut shell("sleep 60 & echo $!; wait"), Duration::from_millis(500), |line| pid = line.into());
        assert!(error.unwrap_err().contains("took too long"));
        // The signal is sent; a busy machine takes a moment to carry it out.
        let lives = || {
            let probe = format!("kill -s 0 {pid} 2>/dev/null && ! grep -q 'State:.Z' /proc/{pid}/status");
            shell(&probe).status().unwrap().success()
        };
        let start = Instant::now();
        while lives() && start.elapsed() < Duration::from_secs(30) {
            thread::yield_now();
        }
        assert!(!lives());
    }

    #[test]
    fn a_left_over_grandchild_does_not_hold_the_pipe() {
        let start = Instant::now();
        let status = run_lines(&mut shell("sleep 5 & echo gone"), GRACE, |_| {}).unwrap();
        assert!(status.success() && start.elapsed() < Duration::from_secs(4));
    }
}
