//! The command line.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};

/// Measures the server under load, beside a bare room that stores and nothing else.
#[derive(Debug, Parser)]
#[command(name = "bench", version, about)]
pub struct Args {
    /// Without one, everything is measured.
    #[command(subcommand)]
    pub command: Option<Mode>,

    /// Measures only these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,

    /// Databases. By default SQLite, and PostgreSQL where TEST_POSTGRES_URL is set.
    #[arg(long, value_delimiter = ',')]
    db: Vec<Kind>,

    /// Seconds of a measurement under full load; the paced one takes twice as long.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// A short run that shows whether everything works. Its figures say little.
    #[arg(long)]
    pub quick: bool,

    /// Writes the figures to this file as JSON, too.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// The server to measure, a release build.
    #[arg(long, env = "WECONNECT_BIN", default_value = "target/release/weconnect")]
    pub server: PathBuf,

    /// The folder that the browser's files are in.
    #[arg(long, env = "WECONNECT_SITE", default_value = "target/site")]
    pub site: PathBuf,

    /// A PostgreSQL that syncs to disk, and a superuser there.
    #[arg(long, env = "TEST_POSTGRES_URL", hide_env_values = true)]
    pub postgres: Option<String>,

    /// Where databases are put for the time of the run. It must be on a disk: syncing to memory measures nothing.
    #[arg(long, default_value = "/var/tmp")]
    pub work_dir: PathBuf,
}

/// What else this program can be.
#[derive(Debug, Subcommand)]
pub enum Mode {
    /// Serves the bare room that the server is compared with.
    Bare(Bare),
}

/// Settings of the bare room. The variables are those of the server.
#[derive(Debug, Parser)]
pub struct Bare {
    /// The folder of the SQLite file.
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// postgres://… instead of SQLite.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// The number of rooms. Sockets enter them in turn.
    #[arg(long, default_value_t = 1)]
    pub rooms: usize,
}

/// A part of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Part {
    /// A room of 100, paced and in a closed loop.
    Room,
    /// 100 pairs that answer each other.
    Pairs,
    /// Pages drawn for one user after the other.
    Pages,
    /// Memory, idle and with idle sockets.
    Memory,
    /// Time from start to first answer.
    Startup,
    /// What the browser downloads.
    Sizes,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The one of TEST_POSTGRES_URL.
    Postgres,
}

/// The durations and the amounts of load.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The duration of the load before a measurement.
    pub warm_up: Duration,
    /// The duration of a measurement under full load.
    pub full: Duration,
    /// The duration of the paced measurement.
    pub paced: Duration,
    /// The number of idle sockets.
    pub idle_sockets: u32,
    /// The number of times that the server is started.
    pub starts: u32,
}

impl Args {
    /// Returns whether this part has to be measured.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Returns the databases to measure on.
    pub fn databases(&self) -> BTreeSet<Kind> {
        if self.db.is_empty() {
            let postgres = self.postgres.is_some().then_some(Kind::Postgres);
            return [Kind::Sqlite].into_iter().chain(postgres).collect();
        }
        self.db.iter().copied().collect()
    }

    /// Returns the durations and the amounts of load.
    pub fn scale(&self) -> Scale {
        if self.quick {
            let second = Duration::from_secs(1);
            return Scale { warm_up: second / 2, full: second * 2, paced: second * 3, idle_sockets: 200, starts: 3 };
        }
        let full = Duration::from_secs(self.seconds.into());
        Scale { warm_up: Duration::from_secs(2), full, paced: full * 2, idle_sockets: 1_000, starts: 5 }
    }
}

impl Kind {
    /// Returns the name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}
