//! Workers that are killed, hang, or ask for too much: what it costs.

use super::handmade;
use proofdesk::document::PageSize;
use proofdesk::pages::{PageError, PageFile, Pages, Render};
use proofdesk::parts::Parts;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_proofdesk");
const SIZE: PageSize = PageSize::new(850, 1100);

fn file(folder: &Path, name: &str, bytes: Vec<u8>) -> PageFile {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    PageFile::new(path)
}

/// A program that writes its process id into `workers` and then is the worker.
#[cfg(unix)]
fn announced(folder: &Path) -> (PathBuf, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let (script, workers) = (folder.join("worker.sh"), folder.join("workers"));
    let text = format!("#!/bin/sh\necho $$ >> '{}'\nexec '{PROGRAM}' \"$@\"\n", workers.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    (script, workers)
}

fn workers(list: &Path) -> Vec<String> {
    std::fs::read_to_string(list).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The hundredths of a second that a process has worked; `None` where there is none (or no `/proc`).
fn worked(process: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some(after_name[11].parse::<u64>().ok()? + after_name[12].parse::<u64>().ok()?)
}

fn kill(process: &str) {
    assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
}

/// How long a page may take here; far longer than what is given up before takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(4);

#[test]
fn an_endless_page_is_given_up_and_the_next_one_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let endless = file(folder.path(), "endless.pdf", handmade::endless());
    let good = file(folder.path(), "good.pdf", handmade::page("BT /F 20 Tf 72 700 Td (fine) Tj ET", ""));
    let pages = Pages::with_limit(&Parts::find().unwrap(), PROGRAM.into(), LIMIT);
    assert_eq!(pages.open(&endless).unwrap().pages.len(), 1);
    let start = Instant::now();
    assert_eq!(pages.render(&endless, 0, &Render::whole(SIZE)), Err(PageError::TimedOut(LIMIT.as_secs())));
    let took = start.elapsed();
    assert!(took >= LIMIT, "{took:?}");
    // The next tile of it is not tried again.
    assert_eq!(pages.render(&endless, 0, &Render::whole(SIZE)), Err(PageError::TimedOut(LIMIT.as_secs())));
    assert!(start.elapsed() < took + LIMIT, "{:?}", start.elapsed());
    assert!(pages.render(&good, 0, &Render::whole(SIZE)).is_ok());
    assert_eq!(pages.text_layer(&endless, 0).unwrap().words, []);
}

#[cfg(target_os = "linux")]
#[test]
fn pages_are_drawn_at_the_same_time() {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        println!("nothing to test: one core");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let endless = file(folder.path(), "endless.pdf", handmade::endless());
    let (script, list) = announced(folder.path());
    let pages = Pages::with_limit(&Parts::find().unwrap(), script, Duration::from_secs(2));
    std::thread::scope(|scope| {
        let both = [0, 1].map(|_| scope.spawn(|| pages.render(&endless, 0, &Render::whole(SIZE))));
        let at_work = || workers(&list).iter().filter(|w| worked(w).is_some()).count();
        while at_work() < 2 {
            assert!(both.iter().any(|one| !one.is_finished()), "one after the other");
            std::thread::yield_now();
        }
        for one in both {
            assert_eq!(one.join().unwrap(), Err(PageError::TimedOut(2)));
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_dies_costs_the_page_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let endless = file(folder.path(), "endless.pdf", handmade::endless());
    let good = file(folder.path(), "good.pdf", handmade::page("", ""));
    let (script, list) = announced(folder.path());
    let pages = Pages::with_program(&Parts::find().unwrap(), script);
    assert!(pages.open(&endless).is_ok());
    let worker = workers(&list)[0].clone();
    let before = worked(&worker).unwrap();
    std::thread::scope(|scope| {
        let page = scope.spawn(|| pages.render(&endless, 0, &Render::whole(SIZE)));
        while worked(&worker).unwrap() < before + 20 {
            std::thread::yield_now();
        }
        kill(&worker);
        assert_eq!(page.join().unwrap(), Err(PageError::Crashed));
    });
    assert!(pages.render(&good, 0, &Render::whole(SIZE)).is_ok());
    assert_eq!(workers(&list).len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_died_while_idle_is_replaced_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(folder.path(), "good.pdf", handmade::page("", ""));
    let (script, list) = announced(folder.path());
    let pages = Pages::with_program(&Parts::find().unwrap(), script);
    assert!(pages.open(&good).is_ok());
    let worker = workers(&list)[0].clone();
    kill(&worker);
    assert!(pages.render(&good, 0, &Render::whole(SIZE)).is_ok());
    assert_eq!(workers(&list).len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_page_that_asks_for_gigabytes_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = file(folder.path(), "bomb.pdf", handmade::bomb());
    let good = file(folder.path(), "good.pdf", handmade::page("", ""));
    let (script, list) = announced(folder.path());
    let pages = Pages::with_program(&Parts::find().unwrap(), script);
    assert!(pages.open(&bomb).is_ok());
    let outcome = pages.render(&bomb, 0, &Render::whole(SIZE));
    println!("{:?}", outcome.as_ref().map(|_| "drawn"));
    if let Some(worker) = workers(&list).first()
        && let Ok(status) = std::fs::read_to_string(format!("/proc/{worker}/status"))
        && let Some(peak) = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))
    {
        let kilobytes: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
        assert!(kilobytes < 1_000_000, "{kilobytes} kB");
    }
    assert!(pages.render(&good, 0, &Render::whole(SIZE)).is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn workers_end_with_the_pool_even_in_the_midst_of_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let endless = file(folder.path(), "endless.pdf", handmade::endless());
    let (script, list) = announced(folder.path());
    let pages = Pages::with_program(&Parts::find().unwrap(), script);
    assert!(pages.open(&endless).is_ok());
    drop(pages);
    assert_eq!(worked(&workers(&list)[0]), None, "an idle worker is gone");

    // What a killed program leaves behind: a worker that is busy, and the end of its input.
    let mut worker = Command::new(PROGRAM)
        .arg("pages-worker")
        .env("PROOFDESK_PDFIUM", Parts::find().unwrap().pdfium())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let ask = format!(
        r#"{{"path":{{"Unix":{:?}}},"password":null,"ask":{{"Render":{{"page":0,"render":{{"size":{{"width":850,"height":1100}},"region":null}}}}}}}}"#,
        endless.path.to_str().unwrap().as_bytes()
    );
    let mut message = (ask.len() as u64).to_le_bytes().to_vec();
    message.extend([0; 8]);
    message.extend(ask.as_bytes());
    let mut input = worker.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, &message).unwrap();
    let id = worker.id().to_string();
    while worked(&id).unwrap() < 20 {
        std::thread::yield_now();
    }
    drop(input);
    assert!(!worker.wait().unwrap().success());
}

#[test]
fn a_program_that_is_no_worker_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(folder.path(), "good.pdf", handmade::page("", ""));
    let parts = Parts::find().unwrap();
    let missing = Pages::with_program(&parts, folder.path().join("none"));
    assert!(matches!(missing.open(&good), Err(PageError::NoWorker(_))));
}
