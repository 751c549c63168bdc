//! How long a library of many documents takes to open, and how much memory it takes: a document that was really read,
//! so many times over. Without a window.
//!
//! `cargo bench --bench library -- [--documents 10000] [--trails 0] [DOCUMENT]`

#![allow(missing_docs, clippy::print_stdout)]

use anyhow::{Context, Result, ensure};
use proofdesk::desk::{Action, Command, Desk, DeskOptions, ReadState};
use proofdesk::document::{Edit, Field, Page, Score, Step};
use proofdesk::parts::Parts;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

#[derive(clap::Parser)]
struct Arguments {
    /// The document.
    #[arg(default_value = "tests/fixtures/zf_Mustang_RE-20190610_507.pdf")]
    document: PathBuf,
    /// How many.
    #[arg(long, default_value_t = 10_000)]
    documents: usize,
    /// So many of them were edited, each in so many steps as [`STEPS`].
    #[arg(long, default_value_t = 0)]
    trails: usize,
    /// Only makes the library, in this folder.
    #[arg(long, hide = true)]
    prepare: Option<PathBuf>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn start(data: &Path) -> (Desk, Receiver<()>) {
    let (wake, woken) = sync_channel(1);
    let desk = Desk::start(DeskOptions {
        data: data.to_owned(),
        parts: Parts::find(),
        wake: Arc::new(move || {
            // One signal is as good as many.
            let _ = wake.try_send(());
        }),
        pages_worker: Some(env!("CARGO_BIN_EXE_proofdesk").into()),
        keyring: false,
        exports: None,
    });
    (desk, woken)
}

fn until(desk: &mut Desk, woken: &Receiver<()>, what: &str, seen: impl Fn(&Desk) -> bool) -> Result<Duration> {
    let begun = Instant::now();
    loop {
        let more = desk.drain(Duration::from_millis(8));
        if seen(desk) {
            return Ok(begun.elapsed());
        }
        if more {
            continue;
        }
        ensure!(begun.elapsed() < Duration::from_mins(5), "waited in vain: {what}");
        let _ = woken.recv_timeout(Duration::from_millis(20));
    }
}

/// The document once, read, in a library of its own.
fn read_once(data: &Path, document: &Path) -> Result<()> {
    let (mut desk, woken) = start(data);
    desk.command(Command::AddPaths(vec![document.to_owned()]));
    until(&mut desk, &woken, "it is read", |desk| {
        desk.state().documents.first().is_some_and(|document| document.reading == ReadState::Done)
    })?;
    desk.shut_down();
    Ok(())
}

/// Copies the only document of a library, each with a file of its own.
fn multiply(data: &Path, original: &Path, count: usize) -> Result<()> {
    let folder = original.parent().context("no folder")?;
    let name = original.file_name().context("no name")?.to_string_lossy().into_owned();
    let mut library = Connection::open(data.join("library.sqlite"))?;
    let change = library.transaction()?;
    let record: String = change.query_row("SELECT record FROM document", [], |row| row.get(0))?;
    for n in 2..=count {
        let copy = format!("copy-{n:05}.pdf");
        std::fs::hard_link(original, folder.join(&copy))?;
        let record = record.replace(&name, &copy);
        let sql =
            "INSERT INTO document (id, record, sizes, seen) SELECT ?1, ?2, sizes, seen FROM document WHERE id = 1";
        change.execute(sql, (n as i64, record))?;
        let sql = "INSERT INTO page (document, number, result, words) \
                   SELECT ?1, number, result, words FROM page WHERE document = 1";
        change.execute(sql, [n as i64])?;
    }
    change.commit()?;
    Ok(())
}

/// So many steps an edited document has.
const STEPS: usize = 12;

/// Gives so many documents of a library a history: values that were typed, one a step.
fn edit(data: &Path, count: usize) -> Result<()> {
    let mut library = Connection::open(data.join("library.sqlite"))?;
    let change = library.transaction()?;
    let result: String = change.query_row("SELECT result FROM page WHERE document = 1", [], |row| row.get(0))?;
    let page: Page = serde_json::from_str(&result)?;
    let step = |n: usize| {
        let before = page.fields[n % page.fields.len()].clone();
        let after = Field { text: format!("typed {n}"), confirmed: true, score: Score::CERTAIN, ..before.clone() };
        let (before, after) = (Some(before.into()), Some(after.into()));
        serde_json::to_string(&Step(vec![Edit::Field { page: 0, at: n % page.fields.len(), before, after }]))
    };
    let steps: Vec<String> = (0..STEPS).map(step).collect::<Result<_, _>>()?;
    for document in 1..=count {
        for step in &steps {
            let sql = "INSERT INTO trail (document, at_ms, reviewer, act, step) VALUES (?1, 1, 'Ada', 'made', ?2)";
            change.prepare_cached(sql)?.execute((document as i64, step))?;
        }
    }
    change.commit()?;
    Ok(())
}

/// Resident memory in MB, now and at most.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    if let Some(folder) = &arguments.prepare {
        let (data, original) = (folder.join("data"), folder.join("original.pdf"));
        std::fs::create_dir_all(folder)?;
        std::fs::copy(&arguments.document, &original)?;
        read_once(&data, &original)?;
        multiply(&data, &original, arguments.documents)?;
        return edit(&data, arguments.trails);
    }
    // In a process of its own, so that this one's memory is that of a fresh start.
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut prepare = std::process::Command::new(std::env::current_exe()?);
    prepare.arg(&arguments.document).arg("--prepare").arg(folder.path());
    prepare.arg("--documents").arg(arguments.documents.to_string());
    let prepared = prepare.arg("--trails").arg(arguments.trails.to_string()).status()?;
    ensure!(prepared.success(), "the library could not be made");
    let before = memory();
    let (mut desk, woken) = start(&data);
    let count = arguments.documents;
    let listed = until(&mut desk, &woken, "all are listed", |desk| desk.state().documents.len() == count)?;
    let listed_memory = memory();
    let all = until(&mut desk, &woken, "all results are there", |desk| {
        desk.state().documents.iter().all(|document| !document.pages.is_empty())
    })?;
    println!(
        "{count} documents: listed after {listed:.0?} ({} MB resident, {} MB before the start), all results after {:.1?} \
         ({} MB, {} MB at most)",
        listed_memory.0,
        before.0,
        listed + all,
        memory().0,
        memory().1,
    );
    // A person goes through it by keyboard: from the key to the state that is drawn in the next frame.
    let mut spent: Vec<Duration> = Vec::new();
    for _ in 0..500 {
        let begun = Instant::now();
        desk.command(Command::Do(Action::Accept));
        spent.push(begun.elapsed());
        desk.drain(Duration::from_millis(8));
    }
    spent.sort_unstable();
    println!(
        "from Enter to the next value that needs a look: {:.1?} median, {:.1?} at the 99th percentile",
        spent[spent.len() / 2],
        spent[spent.len() * 99 / 100]
    );
    desk.shut_down();
    Ok(())
}
