//! What the server adds to the engine: the same one-page files read by the engine alone and through the asynchronous
//! path (HTTP, store, queue), block by block in turn, so that whatever else runs on the computer hits both.
//!
//! `cargo bench --bench load -- FOLDER [--count 1000] [--block 20]`
//!
//! FOLDER holds pictures; each is read as often as it takes, every copy with bytes of its own behind its end. Both ways
//! have as many threads as there are cores, the same engine and the same page workers. "Alone" is a loop that opens, draws
//! and reads a file, nothing else.

#![allow(missing_docs)]

use anyhow::{Context, Result, bail, ensure};
use cpu_time::ProcessTime;
use proofdesk::api::{FileId, FileStatus, Key, ModelId};
use proofdesk::client::{Client, PredictOptions, Upload};
use proofdesk::engine::Engine;
use proofdesk::pages::Pages;
use proofdesk::parts::Parts;
use proofdesk::server::{Limits, Reader, Server, ServerOptions, Source, ThisComputer, Wanted};
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

#[derive(clap::Parser)]
struct Arguments {
    /// A folder of pictures.
    folder: PathBuf,
    /// How many files each way reads.
    #[arg(long, default_value_t = 1000)]
    count: usize,
    /// How many of them one after the other: few, so that what else the computer does hits both ways.
    #[arg(long, default_value_t = 20)]
    block: usize,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What one way has cost so far.
#[derive(Default)]
struct Cost {
    files: usize,
    seconds: f64,
    /// Of this process alone: what the page workers compute is the same both ways.
    processor_seconds: f64,
}

impl Cost {
    fn measure(&mut self, files: usize, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let (start, computed) = (Instant::now(), ProcessTime::now());
        work()?;
        self.files += files;
        self.seconds += start.elapsed().as_secs_f64();
        self.processor_seconds += computed.elapsed().as_secs_f64();
        Ok(())
    }

    fn pages_a_second(&self) -> f64 {
        self.files as f64 / self.seconds
    }
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let pictures = pictures(&arguments.folder)?;
    let folder = tempfile::tempdir()?;
    let parts = Parts::find()?;
    let pages = Pages::with_program(&parts, env!("CARGO_BIN_EXE_proofdesk").into());
    let reader: Arc<dyn Reader> = Arc::new(ThisComputer::new(pages, Arc::new(Engine::load(&parts)?)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let data = tempfile::tempdir()?;
    let options = ServerOptions { key: Some(Key::new("k")?), ..ServerOptions::new(data.path()) };
    let running = runtime.block_on(Server::start_with(options, reader.clone()))?;
    let client = Client::new(running.base_url(), Key::new("k")?)?;

    let mut copies = Copies { pictures, folder, made: 0 };
    // The networks are loaded by the first page; no way is to pay for that.
    alone(&*reader, &copies.next(0, 1)?)?;
    let (mut without, mut with) = (Cost::default(), Cost::default());
    let mut memory = Vec::new();
    let mut out = std::io::stdout().lock();
    let blocks = arguments.count.div_ceil(arguments.block.max(1));
    for block in 0..blocks {
        // Now one is first, now the other.
        for turn in 0..2 {
            let files = copies.next(block * arguments.block, arguments.block)?;
            if (block + turn) % 2 == 0 {
                without.measure(files.len(), || alone(&*reader, &files))?;
            } else {
                with.measure(files.len(), || runtime.block_on(through(&client, &files)))?;
                memory.push(resident()?);
            }
            for file in &files {
                std::fs::remove_file(file)?;
            }
        }
        writeln!(
            out,
            "{} files each: alone {:.3} pages/s, asynchronous {:.3} pages/s, {:.3} of that; {} MB",
            without.files,
            without.pages_a_second(),
            with.pages_a_second(),
            with.pages_a_second() / without.pages_a_second(),
            memory.last().copied().unwrap_or_default() >> 20,
        )?;
    }
    let quarter = memory.len().div_ceil(4).max(1);
    let most = |part: &[u64]| part.iter().max().copied().unwrap_or_default() >> 20;
    writeln!(
        out,
        "processor seconds a page in this process: alone {:.3}, asynchronous {:.3}\n\
         resident memory with the page workers: first quarter {} MB, last quarter {} MB",
        without.processor_seconds / without.files as f64,
        with.processor_seconds / with.files as f64,
        most(&memory[..quarter.min(memory.len())]),
        most(&memory[memory.len().saturating_sub(quarter)..]),
    )?;
    runtime.block_on(running.shutdown());
    Ok(())
}

/// Reads files on as many threads as the server has.
fn alone(reader: &dyn Reader, files: &[PathBuf]) -> Result<()> {
    let (next, fault) = (AtomicUsize::new(0), Mutex::new(None));
    let read = |path: &Path| {
        let source = Source { path, password: None };
        let told = |error: proofdesk::server::ReadError| anyhow::anyhow!("{error:?}");
        let sizes = reader.open(source).map_err(told)?;
        ensure!(sizes.len() == 1, "{} has {} pages", path.display(), sizes.len());
        reader.read(source, 0, sizes[0], Wanted::Fields, &CancellationToken::new()).map_err(told)
    };
    std::thread::scope(|scope| {
        for number in 0..Limits::default().pages_at_once {
            let work = || {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = read(path) {
                        fault.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                    }
                }
            };
            std::thread::Builder::new().name(format!("alone-{number}")).spawn_scoped(scope, work)?;
        }
        Ok::<(), std::io::Error>(())
    })?;
    fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Submits files one after the other, and asks until all are read.
async fn through(client: &Client, files: &[PathBuf]) -> Result<()> {
    let model = ModelId::from("general");
    let mut waiting: Vec<FileId> = Vec::with_capacity(files.len());
    for file in files {
        let upload = [Upload::new(file)];
        let reply =
            client.predict_files_later(&model, &upload, &PredictOptions::default(), &(Arc::new(|_| {}) as _)).await?;
        waiting.extend(reply.result.into_iter().map(|entry| entry.request_file_id));
    }
    ensure!(waiting.iter().collect::<HashSet<_>>().len() == files.len(), "not every file was taken in");
    // They are read in the order in which they came: the first that still waits says how far it is.
    for file in &waiting {
        loop {
            let reply = client.file_result(&model, file).await?;
            let Some(page) = reply.unmoderated_images.first() else { bail!("{file} is gone") };
            match page.status {
                Some(FileStatus::Success) => break,
                Some(FileStatus::Pending) => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => bail!("{file} could not be read"),
            }
        }
    }
    Ok(())
}

/// Copies of pictures that are no other's copies.
struct Copies {
    pictures: Vec<PathBuf>,
    folder: TempDir,
    made: usize,
}

impl Copies {
    /// Of `count` pictures from that number on.
    fn next(&mut self, from: usize, count: usize) -> Result<Vec<PathBuf>> {
        (from..from + count)
            .map(|number| {
                let picture = &self.pictures[number % self.pictures.len()];
                let mut bytes = std::fs::read(picture)?;
                bytes.extend_from_slice(self.made.to_string().as_bytes());
                let name = picture.extension().map_or_else(String::new, |kind| kind.to_string_lossy().into_owned());
                let path = self.folder.path().join(format!("{}.{name}", self.made));
                std::fs::write(&path, bytes)?;
                self.made += 1;
                Ok(path)
            })
            .collect()
    }
}

fn pictures(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))?;
    let mut pictures: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|kind| ["jpg", "png"].iter().any(|known| kind == *known)))
        .collect();
    pictures.sort();
    ensure!(!pictures.is_empty(), "there is no picture in {}", folder.display());
    Ok(pictures)
}

/// The resident memory of this process and those that it started, in bytes; only Linux says.
fn resident() -> Result<u64> {
    let me = std::process::id();
    let mut all = 0;
    for entry in std::fs::read_dir("/proc")? {
        let folder = entry?.path();
        // `self` and `thread-self` are this process once more.
        if !folder.file_name().is_some_and(|name| name.as_encoded_bytes().iter().all(u8::is_ascii_digit)) {
            continue;
        }
        // A process may end while it is looked at.
        let Ok(status) = std::fs::read_to_string(folder.join("status")) else { continue };
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        if value("Pid:") == Some(u64::from(me)) || value("PPid:") == Some(u64::from(me)) {
            all += value("VmRSS:").unwrap_or_default() * 1024;
        }
    }
    Ok(all)
}
