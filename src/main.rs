//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("pages-worker") => proofdesk::pages::worker_main(),
        _ => ExitCode::FAILURE,
    }
}
