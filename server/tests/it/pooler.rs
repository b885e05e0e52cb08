//! PgBouncer before PostgreSQL.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use server::config::{DatabaseConfig, OpenError, ServeError};
use tokio::net::TcpStream;

use crate::support::{Store, TestServer, config, until};

/// From this version on it can carry prepared statements along in transaction mode.
const CARRIES: (u32, u32) = (1, 21);

/// A PgBouncer on a port of its own.
#[derive(Debug)]
struct PgBouncer {
    port: u16,
    child: Child,
}

impl PgBouncer {
    fn program() -> String {
        std::env::var("TEST_PGBOUNCER").unwrap_or_else(|_| "/usr/sbin/pgbouncer".to_owned())
    }

    fn version() -> (u32, u32) {
        let said = Command::new(Self::program()).arg("--version").output().unwrap_or_else(|e| {
            panic!("{}: {e}. Run the tests with `cargo xtask test`, or set TEST_PGBOUNCER", Self::program())
        });
        let said = String::from_utf8(said.stdout).unwrap();
        let version = said.lines().next().unwrap().trim_start_matches("PgBouncer ").to_owned();
        let mut numbers = version.split('.').map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }

    /// Starts one before the store's PostgreSQL, in this mode.
    async fn start(folder: &Path, store: &Store, settings: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = store.url();
        let (_, rest) = url.split_once("://").unwrap();
        let (user, rest) = rest.rsplit_once('@').unwrap();
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        let (host, port_there) = rest.split('/').next().unwrap().rsplit_once(':').unwrap();
        let ini = folder.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={host} port={port_there} user={name} password={password}\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             ignore_startup_parameters = extra_float_digits,options\n{settings}\n"
        );
        std::fs::write(&ini, text).unwrap();
        let mut command = Command::new(Self::program());
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            // It does not run as root.
            if folder.metadata().unwrap().uid() == 0 {
                std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
                command.args(["-u", "nobody"]);
            }
        }
        let child = command.arg("-q").arg(&ini).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        until("PgBouncer answers", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        Self { port, child }
    }

    /// The database's address through it.
    fn url(&self, store: &Store) -> DatabaseConfig {
        let url = store.url();
        let (_, database) = url.rsplit_once('/').unwrap();
        DatabaseConfig::Postgres(format!("postgres://anybody@127.0.0.1:{}/{database}", self.port))
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server through a pooler.
async fn open(pooler: &PgBouncer, store: &Store) -> Result<server::Server, ServeError> {
    let mut config = config(store);
    config.database = pooler.url(store);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server::Server::open(config, listener).await
}

/// People who sign up and write at the same time, through a pooler.
async fn works(pooler: &PgBouncer, store: &Store) {
    let database = pooler.url(store);
    let server = TestServer::on(store, |config| config.database = database).await;
    let visits = (0..6).map(async |n| {
        let mut browser = server.browser();
        browser.sign_up(&format!("person{n}")).await;
        let room = browser.join_room("tea house").await;
        let mut live = browser.live().await;
        for _ in 0..5 {
            live.send_and_store(room, "hello").await;
            assert_eq!(browser.get("/").await.status, 200);
        }
    });
    futures::future::join_all(visits).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_session_mode_it_works() {
    let (store, folder) = (Store::postgres().await, tempfile::tempdir().unwrap());
    let pooler = PgBouncer::start(folder.path(), &store, "pool_mode = session").await;
    works(&pooler, &store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_transaction_mode_it_must_carry_statements_along() {
    let (store, folder) = (Store::postgres().await, tempfile::tempdir().unwrap());
    let carries = PgBouncer::version() >= CARRIES;
    let settings = if carries { "max_prepared_statements = 0" } else { "" };
    let pooler = PgBouncer::start(folder.path(), &store, &format!("pool_mode = transaction\n{settings}")).await;
    // Also at the first start, when everything happens to work: what fails is two queries at once.
    for n in 0..3 {
        match open(&pooler, &store).await {
            Err(ServeError::Open(error @ OpenError::Pooler(_))) => {
                assert!(error.to_string().contains("max_prepared_statements"), "{error}");
            }
            other => panic!("{n}: {other:?}"),
        }
    }
    drop(pooler);
    if carries {
        let settings = "pool_mode = transaction\nmax_prepared_statements = 100";
        works(&PgBouncer::start(folder.path(), &store, settings).await, &store).await;
    }
}
