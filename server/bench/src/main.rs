//! Measures the server under load: latency, throughput, memory, start-up and sizes, on SQLite and PostgreSQL, beside
//! a bare room that stores and nothing else. Run by `cargo xtask bench`.
//!
//! It never fails because of a figure. It fails if it could not measure, or if a message was lost, received twice or
//! out of order.

// Printing the table is the purpose of this program.
#![allow(clippy::print_stdout)]

mod args;
mod bare;
mod client;
mod cores;
mod database;
mod error;
mod machine;
mod numbers;
mod people;
mod plan;
mod proc;
mod process;
mod report;
mod scenarios;
mod stop;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Mode};

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.command {
        Some(Mode::Bare(bare)) => bare::serve(bare).map(|()| true),
        None => measure(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> error::Result<bool> {
    stop::listen()?;
    let report = plan::run(args)?;
    println!("{}", report.table());
    if let Some(path) = &args.json {
        report.write_json(path)?;
    }
    Ok(report.is_sound())
}
