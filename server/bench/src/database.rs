//! A database for one run, which is removed afterwards.

use std::{
    fs,
    net::IpAddr,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use domain::config::DatabaseConfig;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement};

use crate::{
    args::{Args, Kind},
    cores::Cores,
    error::{Context, Result},
    proc,
};

/// A new, empty database.
#[derive(Debug)]
pub struct Database {
    postgres: Option<Postgres>,
    folder: Folder,
}

impl Database {
    /// Creates a database for a server or for the bare room.
    ///
    /// # Errors
    /// Returns an error if it cannot be created.
    pub fn create(kind: Kind, args: &Args, name: &str) -> Result<Self> {
        let folder = Folder::create(&args.work_dir, &format!("{}-{name}", kind.name()))?;
        let postgres = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                let url = args.postgres.as_deref().ok_or("set TEST_POSTGRES_URL to measure on PostgreSQL")?;
                let name = format!("weconnect_bench_{}_{name}", std::process::id());
                Some(Postgres::create(url, name)?)
            }
        };
        Ok(Self { folder, postgres })
    }

    /// Returns a folder for other files, which is removed with the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the configuration with which the domain opens it.
    pub fn config(&self) -> DatabaseConfig {
        match &self.postgres {
            Some(postgres) => DatabaseConfig::Postgres(postgres.url()),
            None => DatabaseConfig::Sqlite(self.data().join("weconnect.db")),
        }
    }

    /// Returns a command that starts a server on this database and a free port, without any other settings from the
    /// environment.
    pub fn server(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for setting in ["REDIS_URL", "SMTP_URL", "PUBLIC_URL", "DATABASE_URL", "TRUSTED_PROXIES", "LOG", "RUST_LOG"] {
            command.env_remove(setting);
        }
        command.env("DATA_DIR", self.data()).env("LISTEN", "127.0.0.1:0");
        // All users of the benchmark come from one address.
        command.env("RATE_LIMITS", "off");
        if let Some(postgres) = &self.postgres {
            command.env("DATABASE_URL", postgres.url());
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }
}

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Creates the folder. Refuses an existing one, which must not be removed later.
    ///
    /// # Errors
    /// Returns an error if the file system does.
    pub fn create(parent: &Path, name: &str) -> Result<Self> {
        let path = parent.join(format!("weconnect-bench-{}-{name}", std::process::id()));
        // Private: even in a test, stored messages are nobody else's business.
        fs::DirBuilder::new().mode(0o700).create(&path).context(path.display())?;
        Ok(Self(path))
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}

#[derive(Debug)]
struct Postgres {
    admin: String,
    name: String,
}

impl Postgres {
    fn create(admin: &str, name: String) -> Result<Self> {
        let postgres = Self { admin: admin.to_owned(), name };
        let sql = format!("CREATE DATABASE {}", postgres.name);
        query(admin, async |db| db.execute_unprepared(&sql).await.map(|_| ()).context("creating a database"))?;
        Ok(postgres)
    }

    /// Returns the administrator's URL with this database in it.
    fn url(&self) -> String {
        let (rest, options) = self.admin.split_once('?').unwrap_or((&self.admin, ""));
        let (server, _) = rest.rsplit_once('/').filter(|(server, _)| !server.ends_with('/')).unwrap_or((rest, ""));
        let mark = if options.is_empty() { "" } else { "?" };
        format!("{server}/{}{mark}{options}", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = query(&self.admin, async |db| db.execute_unprepared(&sql).await.map(|_| ()).context("dropping"));
        if let Err(error) = dropped {
            eprintln!("the database {} stays behind: {error}", self.name);
        }
    }
}

/// The processes of a PostgreSQL on this machine, pinned to the server's core until this is dropped.
#[derive(Debug)]
pub struct Pinned {
    cores: Cores,
    /// The process that starts all others; `None` if it could not be pinned.
    postmaster: Option<i32>,
    /// The settings for syncing to disk, and whether it could be pinned, for the report.
    pub about: String,
}

impl Pinned {
    /// Finds the processes by the one that serves our connection. Processes that they start later inherit the core.
    ///
    /// # Errors
    /// Returns an error if the database does not answer.
    pub fn new(url: &str, cores: &Cores) -> Result<Self> {
        let (pid, fsync, commit, version) = query(url, async |db| {
            let sql = "SELECT pg_backend_pid() AS pid, current_setting('fsync') AS fsync, \
                       current_setting('synchronous_commit') AS commit, current_setting('server_version') AS version";
            let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.context("PostgreSQL")?;
            let row = row.ok_or("PostgreSQL says nothing about itself")?;
            let text = |column| row.try_get::<String>("", column);
            // While the connection is open: its process ends with it.
            let pid: i32 = row.try_get("", "pid")?;
            let parent = proc::parent_and_name(pid).filter(|(_, name)| name.starts_with("postgres"));
            Ok((parent.map(|(parent, _)| parent), text("fsync")?, text("commit")?, text("version")?))
        })?;
        let postmaster = pid.filter(|_| is_here(url)).filter(|pid| {
            let all = [*pid].into_iter().chain(proc::children(*pid));
            all.into_iter().all(|pid| cores.pin_server(pid).is_ok())
        });
        let place = if postmaster.is_some() { "" } else { "; NOT on the server's core: its processes can't be pinned" };
        let about = format!("PostgreSQL {version}, fsync {fsync}, synchronous_commit {commit}{place}");
        Ok(Self { cores: cores.clone(), postmaster, about })
    }

    /// Returns the ids of all its current processes.
    pub fn pids(&self) -> Vec<u32> {
        let all = self.postmaster.into_iter().flat_map(|pid| [pid].into_iter().chain(proc::children(pid)));
        all.filter_map(|pid| u32::try_from(pid).ok()).collect()
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        for pid in self.postmaster.into_iter().flat_map(|pid| [pid].into_iter().chain(proc::children(pid))) {
            self.cores.release(pid);
        }
    }
}

/// Returns whether the URL is one of this machine. A process id of another machine would be another process here.
fn is_here(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Runs `ask` with a new connection, on a new thread, so that it can be called anywhere.
fn query<T: Send>(url: &str, ask: impl AsyncFnOnce(&DatabaseConnection) -> Result<T> + Send) -> Result<T> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
        runtime.block_on(async {
            let mut options = ConnectOptions::new(url.to_owned());
            options.max_connections(1).sqlx_logging(false);
            let db = Connect::connect(options).await.context("connecting to PostgreSQL")?;
            let answer = ask(&db).await;
            db.close().await.context("leaving PostgreSQL")?;
            answer
        })
    };
    thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|_| Err("asking PostgreSQL failed".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_in_an_address() {
        let url = |admin: &str| {
            let postgres = std::mem::ManuallyDrop::new(Postgres { admin: admin.to_owned(), name: "x".to_owned() });
            postgres.url()
        };
        assert_eq!(url("postgres://a:b@127.0.0.1:5432/postgres"), "postgres://a:b@127.0.0.1:5432/x");
        assert_eq!(url("postgres://a@h/p?sslmode=disable"), "postgres://a@h/x?sslmode=disable");
        assert_eq!(url("postgres://127.0.0.1"), "postgres://127.0.0.1/x");
    }

    #[test]
    fn only_a_loopback_address_is_here() {
        assert!(is_here("postgres://a:b@127.0.0.1:5432/p") && is_here("postgres://localhost/p"));
        assert!(!is_here("postgres://a:b@10.0.0.1:5432/p") && !is_here("postgres://db.example.org/p"));
    }
}
