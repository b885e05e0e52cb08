//! `cargo xtask`: sets up a machine, builds, runs, tests and measures WeConnect. Nothing else has to be installed or
//! started first; see `cargo xtask help`.

// A command's output is what it is for.
#![allow(clippy::print_stdout)]

mod budgets;
mod build;
mod checks;
mod invariants;
mod layers;
mod literals;
mod packages;
mod playwright;
mod process;
mod report;
mod rust_tests;
mod services;
mod session;
mod suites;
mod tokens;
mod tools;
mod workspace;

use std::{env, process::ExitCode};

use process::{Result, say};
use services::{Durability, Postgres};
use tools::Tools;
use workspace::Workspace;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match process::catch_signals().and_then(|()| command(&args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Somebody wanted the end, so there is nothing to tell; 130 is what a shell makes of Ctrl-C.
        Err(_) if process::is_stopped() => ExitCode::from(130),
        Err(e) => {
            eprintln!("cargo xtask: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Carries out one command and tells whether all went well; an error is something that kept it from being carried out.
fn command(args: &[String]) -> Result<bool> {
    let Some((name, args)) = args.split_first() else { return help() };
    // Before anything is looked for: help has to work on a machine where nothing else does.
    if [name]
        .into_iter()
        .chain(args)
        .take_while(|arg| *arg != "--")
        .any(|arg| ["help", "--help", "-h"].contains(&arg.as_str()))
    {
        return help();
    }
    let workspace = Workspace::find()?;
    match name.as_str() {
        "serve" => serve(&workspace, args).map(|()| true),
        "build" => build(&workspace, args).map(|()| true),
        "dev" => dev(&workspace, args).map(|()| true),
        "bench" => bench(&workspace, args).map(|()| true),
        "services" => services().map(|()| true),
        "setup" => setup(&workspace).map(|()| true),
        "words" => words(&workspace).map(|()| true),
        "test" => {
            let (names, extra) = args.split_at(args.iter().position(|arg| arg == "--").unwrap_or(args.len()));
            suites::test(&workspace, names, extra.iter().skip(1).cloned().collect())
        }
        unknown => Err(format!("there is no command `{unknown}`; see `cargo xtask help`")),
    }
}

fn help() -> Result<bool> {
    println!("{HELP}\n\nSUITES OF `test`");
    for (name, about) in suites::ALL {
        println!("  {name:<10} {about}");
    }
    Ok(true)
}

const HELP: &str = "\
cargo xtask COMMAND: everything one does with WeConnect, on a machine that has only Rust.

COMMANDS
  serve [ARGS…]            set up, build and run; ARGS go to the server (`cargo xtask serve -- --help` tells them)
  test [SUITE…] [-- ARGS…] set up and run all tests, or some suites; ARGS go to the test runners
  dev [ARGS…]              set up and run `cargo leptos watch`: rebuilds and reloads at each change
  build [--release]        set up and build
  bench [ARGS…]            build, start a PostgreSQL that syncs to disk and run the load program with ARGS
  services                 start a PostgreSQL for tests until Ctrl-C, and say how single tests find it
  setup                    set up only, and say where the tools are
  words                    write the sentences of app/src/words to the files that repeat them

WHAT IS SET UP, AND WHERE
  The Rust target for WASM, by rustup. cargo-leptos and wasm-bindgen, built by cargo, and Tailwind and wasm-opt, from
  npm, into ~/.cache/weconnect (or $XDG_CACHE_HOME/weconnect): some minutes the first time. For tests Chromium,
  PostgreSQL, PgBouncer and Redis, by apt where there is one. What is there already is used.

ENVIRONMENT
  CARGO_TARGET_DIR         builds there instead of ./target
  TEST_POSTGRES_URL        tests and bench use this PostgreSQL (a superuser) instead of starting one
  TEST_REDIS_SERVER        the redis-server binary
  TEST_PGBOUNCER           the pgbouncer binary
  CHROMIUM                 the browser's binary
  All settings of the server (DATABASE_URL, REDIS_URL, SMTP_URL, …) reach it through `serve`, `dev` and `bench`.";

fn serve(workspace: &Workspace, args: &[String]) -> Result<()> {
    build::app(workspace, true)?;
    // The server itself logs its address, where its data lies and where mail goes.
    process::run(workspace.with_server(workspace.server()).args(without_dashes(args)))
}

fn build(workspace: &Workspace, args: &[String]) -> Result<()> {
    let is_release = match args {
        [] => false,
        [flag] if flag == "--release" || flag == "-r" => true,
        _ => return Err("build knows only --release".to_owned()),
    };
    build::app(workspace, is_release)
}

fn dev(workspace: &Workspace, args: &[String]) -> Result<()> {
    let tools = Tools::set_up(workspace)?;
    process::run(tools.leptos(workspace)?.args(["watch", "--split"]).args(without_dashes(args)))
}

fn bench(workspace: &Workspace, args: &[String]) -> Result<()> {
    build::app(workspace, true)?;
    // Together with the server and with its settings: alone, features of shared crates would come out differently, and
    // nearly everything would be built a second time.
    let packages = ["build", "--release", "--package=server", "--package=bench"];
    process::run(workspace.with_server("cargo").args(packages))?;
    let postgres = Postgres::start(Durability::Full)?;
    let mut bench = workspace.with_server(workspace.target.join("release").join("bench"));
    process::run(bench.args(without_dashes(args)).env("TEST_POSTGRES_URL", postgres.url()))
}

fn services() -> Result<()> {
    let postgres = Postgres::start(Durability::None)?;
    println!("export TEST_POSTGRES_URL={}", postgres.url());
    println!("export TEST_REDIS_SERVER={}", packages::REDIS.get()?.display());
    println!("export TEST_PGBOUNCER={}", packages::PGBOUNCER.get()?.display());
    println!("export CHROMIUM={}", packages::CHROMIUM.get()?.display());
    if postgres.is_ours() {
        say("running until Ctrl-C");
        process::wait_for_stop();
    }
    Ok(())
}

fn setup(workspace: &Workspace) -> Result<()> {
    let tools = Tools::set_up(workspace)?;
    say("all tools are there; for `cargo leptos` by hand:");
    println!("export PATH={}:$PATH", tools.bin().display());
    Ok(())
}

/// A test compares the file with the sentences, and can write it.
fn words(workspace: &Workspace) -> Result<()> {
    let mut test = workspace.command("cargo");
    test.args(["test", "--quiet", "--package=app", "--features=app/ssr", "--lib", "--", "words::json"]);
    process::run(test.env("WRITE_WORDS", "1"))
}

/// A lone `--` only says that the rest is not for us.
fn without_dashes(args: &[String]) -> &[String] {
    match args {
        [dashes, rest @ ..] if dashes == "--" => rest,
        all => all,
    }
}
