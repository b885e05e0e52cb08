//! The program `weconnect`: reads its settings, listens, serves until it is told to stop.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use server::{Server, cli::Args, config::ServeError, descriptors, observability};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = match EnvFilter::try_new(args.log_filter()) {
        Ok(filter) => filter,
        Err(error) => return fail(&format!("LOG is not usable: {error}")),
    };
    // The log goes to standard error; standard output has the few lines that say where the server is.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    observability::install_hook();
    descriptors::raise();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("can't start threads: {error}")),
    };
    match runtime.block_on(run(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(reason: &str) -> ExitCode {
    // If standard error is closed, nobody can be told.
    let _ = writeln!(std::io::stderr(), "weconnect: {reason}");
    ExitCode::FAILURE
}

async fn run(args: &Args) -> Result<(), String> {
    // Before anything is opened: Ctrl-C during a long migration must not kill the process.
    let mut signals = Signals::listen().map_err(|error| format!("can't wait for signals: {error}"))?;
    let listener =
        TcpListener::bind(&args.listen).await.map_err(|e| format!("can't listen on {}: {e}", args.listen))?;
    let server = Server::open(args.config(), listener).await.map_err(|error: ServeError| error.to_string())?;
    announce(&server);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = server.run(async {
        // An error means that the sender is gone, which is a reason to stop as well.
        let _ = stopped.await;
    });
    tokio::pin!(serving);
    tokio::select! {
        result = &mut serving => return result.map_err(|error| error.to_string()),
        () = signals.next() => tracing::info!("stopping; a second signal stops at once"),
    }
    drop(stop);
    tokio::select! {
        result = &mut serving => result.map_err(|error| error.to_string()),
        () = signals.next() => Err("stopped before everything was finished".to_owned()),
    }
}

fn announce(server: &Server) {
    let mut out = std::io::stdout().lock();
    // Scripts wait for the first line. A closed standard output is no reason to stop.
    let _ = writeln!(out, "listening on http://{}", server.local_addr());
    let _ = writeln!(out, "open {}", server.public_url());
    let _ = writeln!(out, "data is in {}", server.data());
    let _ = writeln!(out, "mail goes to {}", server.mail());
    let _ = out.flush();
}

/// The signals that ask a program to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
