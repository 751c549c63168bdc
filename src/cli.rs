//! The command line: what can be asked of the program, and what it answers there.

use clap::{Args, Parser, Subcommand};
use proofdesk::document::Problem;
use proofdesk::engine::Engine;
use proofdesk::pages::Pages;
use proofdesk::parts::Parts;
use proofdesk::server::{Server, ServerOptions};
use proofdesk::ui;
use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Something went wrong.
const FAILED: u8 = 1;
/// A run-time part is missing, or the command line makes no sense.
const INCOMPLETE: u8 = 2;

/// How long work that nobody waits for any more may take to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// Turns documents into data you can be sure of: reads PDFs and pictures on this computer and shows every value over
/// the page it came from.
#[derive(Parser)]
#[command(name = "proofdesk", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// Documents to open: files, folders or web addresses
    #[arg(value_name = "FILE|FOLDER|URL")]
    documents: Vec<OsString>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the OCR server alone, without a window
    Serve(Serve),
    /// Draw pages for another Proofdesk process
    #[command(hide = true)]
    PagesWorker,
}

#[derive(Args)]
struct Serve {
    /// Where to listen; this computer's own addresses only, port 0 for any free port
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    listen: SocketAddr,
    /// The folder for models, files and results
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The API key that clients must send; a random one where it is not given. On the command line, others on this
    /// computer may see it; the variable they do not
    #[arg(long, env = "PROOFDESK_KEY", hide_env_values = true, value_parser = key)]
    key: Option<proofdesk::api::Key>,
    /// Also fetch from addresses of private networks and of this computer when a request names them
    #[arg(long)]
    allow_private_urls: bool,
    /// Write what is asked and answered to standard error: method, path, status, seconds
    #[arg(long)]
    log_requests: bool,
}

impl Arguments {
    /// What is logged where `PROOFDESK_LOG` says nothing.
    pub(crate) fn log(&self) -> &'static str {
        match &self.command {
            Some(Command::Serve(serve)) if serve.log_requests => "warn,proofdesk::requests=info",
            _ => "warn",
        }
    }
}

/// Does what the command line asks for.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Some(Command::PagesWorker) => proofdesk::pages::worker_main(),
        Some(Command::Serve(serve)) => served(serve).unwrap_or_else(Failure::said),
        None => window(arguments.documents),
    }
}

/// Opens the window, or hands `documents` to the one that is open.
fn window(documents: Vec<OsString>) -> ExitCode {
    match ui::run(ui::RunOptions { documents, data: default_data() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => Failure::of(FAILED, &error).said(),
    }
}

/// Runs the server until Ctrl-C or SIGTERM.
fn served(serve: Serve) -> Result<ExitCode, Failure> {
    let parts = Parts::find().map_err(|e| Failure::of(INCOMPLETE, &e))?;
    let engine = Engine::load(&parts).map_err(|e| Failure::of(INCOMPLETE, &e))?;
    let data = serve.data.unwrap_or_else(|| default_data().join("server"));
    let options = ServerOptions {
        listen: serve.listen,
        key: serve.key,
        allow_private_urls: serve.allow_private_urls,
        ..ServerOptions::new(data)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("serve").enable_all().build();
    let runtime = runtime.map_err(|e| Failure::of(FAILED, &e))?;
    let ended = runtime.block_on(async {
        let stopped = stop_signal().map_err(|e| Failure::of(FAILED, &e))?;
        let running = Server::start(options, Pages::new(&parts), Arc::new(engine)).await;
        let running = running.map_err(|e| Failure::of(FAILED, &e))?;
        let mut out = std::io::stdout().lock();
        // Whoever started the server may have closed its output already; it serves all the same.
        let _ = writeln!(out, "{}\n{}", running.base_url(), running.key().secret()).and_then(|()| out.flush());
        drop(out);
        stopped.await;
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    });
    // A page that is being drawn cannot be interrupted; nobody waits for it any more.
    runtime.shutdown_timeout(FAREWELL);
    ended
}

/// Ends with Ctrl-C or SIGTERM; both are watched from now on.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a signal handler the system ends the program by itself.
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn default_data() -> PathBuf {
    directories::ProjectDirs::from("", "", "proofdesk")
        .map_or_else(|| std::env::temp_dir().join("proofdesk"), |dirs| dirs.data_local_dir().to_path_buf())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let parsed = local.as_deref().unwrap_or(text).parse();
    parsed.map_err(|_| "write an address and a port, as in 127.0.0.1:8080".to_owned())
}

fn key(text: &str) -> Result<proofdesk::api::Key, String> {
    proofdesk::api::Key::new(text).map_err(|e| e.to_string())
}

/// Why the program ends: one sentence and an exit code.
struct Failure {
    code: u8,
    problem: Problem,
}

impl Failure {
    fn of(code: u8, error: &dyn std::error::Error) -> Self {
        Self { code, problem: Problem::new(error.to_string()) }
    }

    fn said(self) -> ExitCode {
        // There is nobody to tell where even this fails.
        let _ = writeln!(std::io::stderr().lock(), "proofdesk: {}", self.problem.message);
        ExitCode::from(self.code)
    }
}
