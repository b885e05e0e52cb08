//! The order of the measurements, and their budgets.

use std::{
    env,
    path::{Path, PathBuf},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    args::{Args, Kind, Part, Scale},
    cores::Cores,
    database::{Database, Folder, Pinned},
    error::{Context, Result},
    machine,
    numbers::float,
    people::{self, ROOM},
    process::Process,
    report::{Budget, Report, Row},
    scenarios::{
        Target, memory, pages, pairs,
        room::{self, Closed, Paced},
        sizes, startup,
    },
    stop,
};

/// Bytes per unit.
const KB: f64 = 1_000.0;
const MB: f64 = 1_000_000.0;

/// Measures everything that was requested.
///
/// # Errors
/// Returns an error if something cannot be measured.
pub fn run(args: &Args) -> Result<Report> {
    let cores = Cores::find()?;
    // Data of a build that just finished would be written to disk during the measurement.
    rustix::fs::sync();
    raise_file_limit()?;
    cores.pin_client()?;
    let mut report = Report::default();
    report.setting.push(format!("{}.", cores.describe()));
    if args.quick {
        report.setting.push("A quick run: its figures say little.".to_owned());
    }
    if [Part::Room, Part::Pairs, Part::Pages, Part::Memory, Part::Startup].into_iter().any(|part| args.wants(part)) {
        let server = std::path::absolute(&args.server).context(args.server.display())?;
        if !server.is_file() {
            return Err(format!("{}: there is no server; build a release first", server.display()).into());
        }
        report.setting.push(machine::describe(&Folder::create(&args.work_dir, "disk")?)?);
        for kind in args.databases() {
            Run::new(kind, args, &cores, server.clone())?.measure(&mut report)?;
        }
    }
    if args.wants(Part::Sizes) {
        weigh(args, &mut report)?;
    }
    Ok(report)
}

/// Raises the limit of open files: each socket is one, here and in the server, which inherits the limit.
fn raise_file_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).context("allowing for many sockets")
}

fn weigh(args: &Args, report: &mut Report) -> Result<()> {
    say("sizes");
    let sizes = sizes::weigh(&args.site)?;
    let row = |what: &str, bytes: u64, limit: f64| {
        Row::new(what, None, float(bytes) / KB, "kB").budget(Budget::AtMost(limit)).note("brotli")
    };
    report.add(row("main WASM", sizes.main_wasm, 350.0));
    if let Some(bytes) = sizes.lazy_wasm {
        report.add(row("largest lazy WASM", bytes, 100.0));
    }
    report.add(row("CSS", sizes.css, 20.0));
    Ok(())
}

/// The measurements on one database.
struct Run<'a> {
    args: &'a Args,
    scale: Scale,
    cores: &'a Cores,
    kind: Kind,
    program: PathBuf,
    // In this order: a database is removed before the processes of its server are unpinned.
    database: Database,
    bare_database: Database,
    pinned: Option<Pinned>,
    cookies: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(kind: Kind, args: &'a Args, cores: &'a Cores, program: PathBuf) -> Result<Self> {
        say(&format!("{}: preparing", kind.name()));
        let pinned = match (kind, &args.postgres) {
            (Kind::Postgres, Some(url)) => Some(Pinned::new(url, cores)?),
            _ => None,
        };
        let database = Database::create(kind, args, "server")?;
        let bare_database = Database::create(kind, args, "bare")?;
        let cookies = people::prepare(&database, &program, &database.folder().join("log"), cores)?;
        Ok(Self { args, scale: args.scale(), cores, kind, program, database, bare_database, pinned, cookies })
    }

    fn measure(&self, report: &mut Report) -> Result<()> {
        report.setting.extend(self.pinned.iter().map(|pinned| format!("{}.", pinned.about)));
        // First: what others say in the room later would be unread, and the page would show less.
        if self.args.wants(Part::Pages) {
            self.pages(report)?;
        }
        if self.args.wants(Part::Room) {
            self.room(report)?;
        }
        if self.args.wants(Part::Pairs) {
            self.pairs(report)?;
        }
        if self.args.wants(Part::Memory) {
            self.memory(report)?;
        }
        if self.args.wants(Part::Startup) {
            self.startup(report)?;
        }
        Ok(())
    }

    fn server(&self) -> Result<Process> {
        let mut command = self.database.server(&self.program);
        command.env("SITE_DIR", std::path::absolute(&self.args.site).context("the site")?);
        Process::start(command, &self.database.folder().join("log"), self.cores)
    }

    fn bare(&self, rooms: usize) -> Result<Process> {
        let this = env::current_exe().context("finding this program")?;
        let mut command = self.bare_database.server(Path::new(&this));
        command.arg("bare").arg("--rooms").arg(rooms.to_string());
        Process::start(command, &self.bare_database.folder().join("log"), self.cores)
    }

    /// Starts a server, measures it and stops it.
    fn with<T>(
        &self,
        what: &str,
        start: impl FnOnce(&Self) -> Result<Process>,
        measure: impl FnOnce(&Target<'_>) -> Result<T>,
    ) -> Result<T> {
        stop::check()?;
        say(&format!("{}: {what}", self.kind.name()));
        let process = start(self)?;
        measure(&Target { process: &process, database: self.pinned.as_ref(), cookies: &self.cookies })
            .context(format!("{}, {what}", self.kind.name()))
    }

    fn room(&self, report: &mut Report) -> Result<()> {
        let both = |target: &Target<'_>| Ok((room::paced(target, &self.scale)?, room::closed(target, &self.scale)?));
        let (paced, closed) = self.with("room", Self::server, both)?;
        let (bare_paced, bare_closed) = self.with("bare room", |run| run.bare(1), both)?;
        self.report_paced(report, &paced, &bare_paced);
        self.report_closed(report, &closed, &bare_closed);
        Ok(())
    }

    fn report_paced(&self, report: &mut Report, paced: &Paced, bare: &Paced) {
        let row = |what: &str, figure, bare| Row::new(what, Some(self.kind), figure, "ms").beside(bare);
        report.add(
            row("room of 100, 20/s, p50", paced.p50, bare.p50)
                .budget(Budget::AtMost(2.0))
                .note(format!("{} receipts", paced.received)),
        );
        report.add(row("room of 100, 20/s, p95", paced.p95, bare.p95));
        report.add(row("room of 100, 20/s, p99", paced.p99, bare.p99).budget(Budget::AtMost(5.0)));
        report.check(&format!("paced room, {}", self.kind.name()), paced.fault);
        report.check(&format!("paced bare room, {}", self.kind.name()), bare.fault);
    }

    fn report_closed(&self, report: &mut Report, closed: &Closed, bare: &Closed) {
        let (rate, bare_rate) = (closed.stretch.rate, bare.stretch.rate);
        report.add(
            Row::new("room of 100, closed loop", Some(self.kind), rate, "stored/s")
                .budget(Budget::AtLeast(10_000.0))
                .beside(bare_rate)
                .note(effort(closed)),
        );
        report.add(
            Row::new("  of the bare room", Some(self.kind), 100.0 * rate / bare_rate, "%")
                .budget(Budget::AtLeast(100.0 / 3.0))
                .note(format!("bare room: {}", effort(bare))),
        );
        report.check(&format!("room, closed loop, {}", self.kind.name()), closed.fault);
        report.check(&format!("bare room, closed loop, {}", self.kind.name()), bare.fault);
    }

    fn pairs(&self, report: &mut Report) -> Result<()> {
        let pairs = self.with("pairs", Self::server, |target| pairs::ping_pong(target, &self.scale))?;
        let bare = self.with("bare pairs", |run| run.bare(ROOM), |target| pairs::ping_pong(target, &self.scale))?;
        let (rate, bare_rate) = (pairs.stretch.rate, bare.stretch.rate);
        report.add(
            Row::new(format!("{ROOM} pairs, ping-pong"), Some(self.kind), rate, "round trips/s")
                .budget(Budget::AtLeast(10_000.0))
                .beside(bare_rate)
                .note(pairs.stretch.load()),
        );
        report.add(
            Row::new("  of the bare pairs", Some(self.kind), 100.0 * rate / bare_rate, "%")
                .budget(Budget::AtLeast(50.0))
                .note(format!("bare pairs: {}", bare.stretch.load())),
        );
        report.check(&format!("pairs, {}", self.kind.name()), pairs.fault);
        report.check(&format!("bare pairs, {}", self.kind.name()), bare.fault);
        Ok(())
    }

    fn pages(&self, report: &mut Report) -> Result<()> {
        let pages = self.with("pages", Self::server, |target| pages::draw(target, &self.scale))?;
        for (what, stretch) in
            [("sign-in", pages.sign_in), ("home", pages.home), ("a conversation of 50 messages", pages.conversation)]
        {
            let row = Row::new(format!("pages, {what}"), Some(self.kind), stretch.rate, "pages/s");
            report.add(row.note(stretch.load()));
        }
        Ok(())
    }

    fn memory(&self, report: &mut Report) -> Result<()> {
        let idle = self.with("memory", Self::server, |target| memory::idle(target, &self.scale))?;
        let bare =
            self.with("memory of the bare room", |run| run.bare(1), |target| memory::idle(target, &self.scale))?;
        let row = |what: String, figure: u64, bare: u64, private: u64| {
            Row::new(what, Some(self.kind), float(figure) / MB, "MB")
                .beside(float(bare) / MB)
                .note(format!("resident; {:.1} MB of it private", float(private) / MB))
        };
        let (now, then) = (idle.alone, bare.alone);
        report
            .add(row("memory, idle".to_owned(), now.resident, then.resident, now.private).budget(Budget::AtMost(25.0)));
        let (now, then) = (idle.with_sockets, bare.with_sockets);
        report.add(
            row(format!("memory, {} idle sockets", idle.sockets), now.resident, then.resident, now.private)
                .budget(Budget::AtMost(40.0)),
        );
        report.add(
            Row::new("  a socket", Some(self.kind), idle.per_socket() / KB, "kB")
                .beside(bare.per_socket() / KB)
                .budget(Budget::AtMost(10.0)),
        );
        Ok(())
    }

    fn startup(&self, report: &mut Report) -> Result<()> {
        stop::check()?;
        say(&format!("{}: start-up", self.kind.name()));
        let time = startup::first_answer(&self.scale, "/sign-in", || self.server())?;
        let bare = startup::first_answer(&self.scale, "/", || self.bare(1))?;
        report.add(
            Row::new("start to first answer", Some(self.kind), time.as_secs_f64() * 1_000.0, "ms")
                .beside(bare.as_secs_f64() * 1_000.0)
                .budget(Budget::AtMost(100.0))
                .note(format!("median of {}; a page drawn, on the database of this run", self.scale.starts)),
        );
        Ok(())
    }
}

/// Returns the effort of a closed loop as text.
fn effort(closed: &Closed) -> String {
    let mut words = closed.stretch.load();
    if closed.asked > 0 {
        words.push_str(&format!("; {} times a receiver had to catch up", closed.asked));
    }
    if closed.left_out > 0 {
        words.push_str(&format!(", {} receipts by loading the newest page", closed.left_out));
    }
    words
}

/// Prints progress to standard error: standard output is for the table.
fn say(what: &str) {
    eprintln!("bench: {what}");
}
