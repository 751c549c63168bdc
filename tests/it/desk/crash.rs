//! The desk is killed (SIGKILL) at random moments of adding, sending, reading, deciding and saving, again and again.
//!
//! `PROOFDESK_CRASH_ROUNDS=200 cargo test --test it desk::crash` does it as often as one likes.

use super::remote::{CLOUD, account, document, read_at, runtime, said};
use super::theirs::web_of;
use super::{Tested, data};
use crate::service::{KEY, service_with_urls};
use proofdesk::desk::{Account, Action, Command, DeskDocument, DocumentId, ReadState};
use proofdesk::document::Standing;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The test below, as its own rounds are started.
const NAME: &str = "desk::crash::a_desk_that_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice";
/// Where a round finds its papers and its library.
const FOLDER: &str = "PROOFDESK_CRASH_FOLDER";
const URL: &str = "PROOFDESK_CRASH_URL";
/// What it takes from the web, one address a line.
const ADDRESSES: &str = "addresses";

/// Numbers that are as good as random (Knuth's MMIX generator).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// How often it is killed.
pub(super) fn rounds() -> u64 {
    std::env::var("PROOFDESK_CRASH_ROUNDS").map_or(20, |rounds| rounds.parse().unwrap())
}

/// Where the numbers begin; said, so that a run can be done again.
pub(super) fn seed() -> u64 {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    println!("seed {seed}");
    seed
}

/// Starts the test `name` in a process of its own with these variables, and kills it within two seconds.
pub(super) fn killed_after(numbers: &mut Numbers, name: &str, variables: &[(&str, &OsStr)]) {
    let mut child = Program::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(100 + numbers.below(1900)));
    assert!(child.try_wait().unwrap().is_none(), "the round ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a round does until it is killed: takes in all papers and addresses, and approves each that is read.
fn round(folder: &Path) -> ! {
    let url = std::env::var(URL).unwrap();
    let mut desk = Tested::start(&folder.join("data"));
    desk.until("the library is open", |state| state.reach.contains_key(&CLOUD) || !state.reach.is_empty());
    let mut kept = account(&url);
    if desk.state().account(CLOUD).is_some() {
        kept.id = CLOUD;
    }
    // No keyring: the key is typed anew.
    desk.desk.command(Command::SaveAccount(Box::new(kept), Some(KEY.into())));
    desk.desk.command(Command::ChooseConnection(CLOUD));
    desk.add([folder.join("papers")]);
    desk.desk.command(Command::SendText(std::fs::read_to_string(folder.join(ADDRESSES)).unwrap()));
    loop {
        let is_due = |d: &DeskDocument| d.reading == ReadState::Done && d.standing == Standing::Open;
        desk.until("something is read", |state| state.documents.iter().any(is_due));
        let due: Vec<DocumentId> = desk.state().documents.iter().filter(|d| is_due(d)).map(|d| d.id).collect();
        for id in due {
            desk.desk.command(Command::Open(id));
            desk.act(Action::Approve);
        }
    }
}

/// The names in the library, each with whether it is approved; how often each stands there.
fn kept(library: &Path) -> BTreeMap<String, Vec<bool>> {
    let mut all: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    if !library.is_file() {
        return all;
    }
    let database = Connection::open_with_flags(library, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let tables: i64 =
        database.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'document'", [], |row| row.get(0)).unwrap();
    if tables == 0 {
        return all;
    }
    let mut rows = database.prepare("SELECT record FROM document").unwrap();
    for record in rows.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        let record: serde_json::Value = serde_json::from_str(&record.unwrap()).unwrap();
        let name = record["name"].as_str().unwrap().to_owned();
        all.entry(name).or_default().push(record["standing"] == "Approved");
    }
    all
}

#[test]
fn a_desk_that_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        round(Path::new(&folder));
    }
    let runtime = runtime();
    let cloud = runtime.block_on(service_with_urls());
    let folder = data();
    let papers = folder.path().join("papers");
    std::fs::create_dir(&papers).unwrap();
    let shelf = folder.path().join("web");
    std::fs::create_dir(&shelf).unwrap();
    let files = shelf.clone();
    let web = web_of(move |path| std::fs::read(files.join(path.trim_start_matches('/'))).ok());
    let mut addresses = String::new();
    let library = folder.path().join("data/library.sqlite");
    let mut numbers = Numbers(seed());
    let mut pages = BTreeMap::new();
    let mut before = BTreeMap::new();
    for round in 0..rounds() {
        for number in 0..=numbers.below(2) {
            let (name, count) = (format!("{round}-{number}.pdf"), 1 + numbers.below(5) as usize);
            document(&papers, &name, count);
            pages.insert(name, count);
        }
        if numbers.below(2) == 0 {
            let (name, count) = (format!("{round}-web.pdf"), 1 + numbers.below(5) as usize);
            document(&shelf, &name, count);
            writeln!(addresses, "http://{web}/{name}").unwrap();
            pages.insert(name, count);
        }
        std::fs::write(folder.path().join(ADDRESSES), &addresses).unwrap();
        killed_after(&mut numbers, NAME, &[(FOLDER, folder.path().as_os_str()), (URL, cloud.url.as_ref())]);
        let now = kept(&library);
        for (name, was) in &before {
            let is: &Vec<bool> = now.get(name).unwrap_or_else(|| panic!("{name} was lost in round {round}"));
            assert!(is.len() == 1 && is >= was, "{name}: {was:?} became {is:?} in round {round}");
        }
        before = now;
    }
    assert!(!before.is_empty(), "the kills came too early to show anything");

    let mut desk = Tested::start(&folder.path().join("data"));
    let account = Account { id: CLOUD, ..account(&cloud.url) };
    desk.desk.command(Command::SaveAccount(Box::new(account), Some(KEY.into())));
    desk.add([papers]);
    desk.desk.command(Command::ChooseConnection(CLOUD));
    desk.desk.command(Command::SendText(addresses));
    desk.until("all of it is read and here", |state| {
        let is_here = |d: &DeskDocument| d.page_count().is_some() && d.pages.len() == pages[&d.name];
        let is_read = |d: &DeskDocument| d.reading == ReadState::Done && is_here(d);
        state.documents.len() == pages.len() && state.documents.iter().all(is_read)
    });
    for document in &desk.state().documents {
        let numbers: Vec<String> = (0..pages[&document.name]).map(|number| number.to_string()).collect();
        assert_eq!(said(document), numbers, "{}", document.name);
    }
    assert_eq!(desk.problems(), Vec::<&str>::new());
    assert_eq!(runtime.block_on(read_at(&cloud)), pages, "each page is at the service once");
}
