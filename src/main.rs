//! The program: logging, then whatever the command line asks for.

mod cli;

use clap::Parser;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    // `PROOFDESK_LOG=info` says more, `PROOFDESK_LOG=proofdesk=debug` most. Keys and document text are never logged.
    let arguments = cli::Arguments::parse();
    let filter = EnvFilter::try_from_env("PROOFDESK_LOG").unwrap_or_else(|_| EnvFilter::new(arguments.log()));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    cli::run(arguments)
}
