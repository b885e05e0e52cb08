//! A PostgreSQL of our own: made for one run, gone with it.

use std::{
    env, fs,
    io::Read,
    net::TcpListener,
    os::unix::{
        fs::{DirBuilderExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{self as std_process, Command},
};

use crate::{
    packages,
    process::{self, Result, say},
};

/// How careful the server is with what it stores.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is synced: a test's data need not survive the machine.
    None,
    /// As one would run it: what a benchmark measures.
    Full,
}

/// A running PostgreSQL, or the address of one that somebody else runs. Dropping it stops ours and removes its data.
pub struct Postgres {
    url: String,
    cluster: Option<Cluster>,
}

impl Postgres {
    /// Starts a server on a free port of the loopback address, unless TEST_POSTGRES_URL already names one.
    pub fn start(durability: Durability) -> Result<Self> {
        if let Ok(url) = env::var("TEST_POSTGRES_URL") {
            say("PostgreSQL is the one that TEST_POSTGRES_URL names");
            return Ok(Self { url, cluster: None });
        }
        let programs = packages::POSTGRES.get()?;
        let cluster = Cluster::create(programs, durability)?;
        // Between finding a free port and using it another program may take it.
        let port = cluster.start(durability).or_else(|_| cluster.start(durability))?;
        say(format_args!("PostgreSQL runs on 127.0.0.1:{port}, its data in {}", cluster.folder.display()));
        let url = format!("postgres://{USER}:{}@127.0.0.1:{port}/postgres", cluster.password);
        Ok(Self { url, cluster: Some(cluster) })
    }

    /// The address of a superuser, who may create databases.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the server is ours and so ends with this value.
    pub fn is_ours(&self) -> bool {
        self.cluster.is_some()
    }
}

const USER: &str = "postgres";

struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    password: String,
    /// Who runs it: PostgreSQL refuses root.
    owner: Option<(u32, u32)>,
}

impl Cluster {
    fn create(programs: PathBuf, durability: Durability) -> Result<Self> {
        let is_root = packages::user_id("-u", None)? == 0;
        let owner = match is_root {
            true => Some((packages::user_id("-u", Some(USER))?, packages::user_id("-g", Some(USER))?)),
            false => None,
        };
        // /tmp is in memory on some systems; syncing to that would measure nothing.
        let parent = if durability == Durability::Full { PathBuf::from("/var/tmp") } else { env::temp_dir() };
        let folder = parent.join(format!("weconnect-postgres-{}", std_process::id()));
        let cluster = Self { programs, folder, password: random()?, owner };
        cluster.init().map(|()| cluster)
    }

    fn init(&self) -> Result<()> {
        let failed = |e: std::io::Error| format!("{}: {e}", self.folder.display());
        // Left by a run that was killed and whose process id is ours now.
        fs::remove_dir_all(&self.folder).ok();
        fs::DirBuilder::new().mode(0o700).create(&self.folder).map_err(failed)?;
        let password = self.folder.join("password");
        fs::write(&password, &self.password).map_err(failed)?;
        if let Some((user, group)) = self.owner {
            chown(&self.folder, Some(user), Some(group)).map_err(failed)?;
            chown(&password, Some(user), Some(group)).map_err(failed)?;
        }
        let mut init = self.command("initdb");
        // The password keeps other users of the machine out; it is not hashed on the way since every test connects.
        init.args([
            "--auth=password",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--username",
            USER,
            "--pwfile",
        ]);
        process::output(init.arg(password).arg("--pgdata").arg(self.data())).map(|_| ())
    }

    fn start(&self, durability: Durability) -> Result<u16> {
        let port =
            TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).map_err(|e| e.to_string())?.port();
        let mut settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c max_connections=300"
        );
        if durability == Durability::None {
            settings.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
        }
        let log = self.folder.join("log");
        let mut start = self.command("pg_ctl");
        start
            .args(["start", "--wait", "--silent", "--options", &settings, "--log"])
            .arg(&log)
            .arg("--pgdata")
            .arg(self.data());
        // Its output is not read: the server inherits it and would keep a pipe open for ever.
        match start.stdout(std_process::Stdio::null()).stderr(std_process::Stdio::null()).status() {
            Ok(status) if status.success() => Ok(port),
            _ => Err(format!("PostgreSQL does not start: {}", fs::read_to_string(log).unwrap_or_default().trim())),
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        // pg_ctl wants a folder it may enter.
        command.current_dir(&self.folder).stdin(std_process::Stdio::null());
        // The terminal's Ctrl-C is for us: the server must outlive the tests that are being stopped.
        command.process_group(0);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::exists(&self.data().join("postmaster.pid")) {
            let mut stop = self.command("pg_ctl");
            stop.args(["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data());
            if let Err(e) = process::output(&mut stop) {
                say(format_args!("PostgreSQL does not stop: {e}"));
            }
        }
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn random() -> Result<String> {
    let mut bytes = [0; 16];
    let read = fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|e| format!("/dev/urandom: {e}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
