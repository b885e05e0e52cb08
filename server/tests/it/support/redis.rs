//! A real Redis, which a test starts and stops.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

use tokio::net::TcpStream;

use super::until;

/// A Redis server on a port of its own that keeps nothing.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    child: Option<Child>,
}

impl Redis {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, child: None };
        redis.restart().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Starts it again on the same port.
    pub async fn restart(&mut self) {
        let program = std::env::var("TEST_REDIS_SERVER").unwrap_or_else(|_| "/usr/bin/redis-server".to_owned());
        let child = Command::new(&program)
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| {
                panic!("{program}: {e}. Run the tests with `cargo xtask test`, or set TEST_REDIS_SERVER")
            });
        self.child = Some(child);
        until("Redis answers", async || TcpStream::connect(("127.0.0.1", self.port)).await.ok()).await;
    }

    /// Ends it as a crash would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
