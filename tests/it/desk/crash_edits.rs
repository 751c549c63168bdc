//! The desk is killed (SIGKILL) at random moments of opening, reading, correcting and removing documents of this computer:
//! what was on the disk once is there after each kill, exactly once, and never older again.
//!
//! `PROOFDESK_CRASH_ROUNDS=200 cargo test --test it desk::crash` does it as often as one likes.

use super::crash::{Numbers, killed_after, rounds, seed};
use super::{Tested, data, pdf};
use proofdesk::desk::{Command, DeskDocument, ReadState, Target};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// The test below, as its own rounds are started.
const NAME: &str = "desk::crash_edits::what_a_desk_kept_is_there_once_after_each_kill";
/// Where a round finds its papers and its library.
const FOLDER: &str = "PROOFDESK_CRASH_EDITS";
const ROUND: &str = "PROOFDESK_CRASH_ROUND";
/// So many corrections a round at most; later rounds have greater numbers.
const A_ROUND: u64 = 1_000_000;

/// What persons set begins with this, so that it is no reading.
const SET: &str = "set ";

fn set_in(text: &str) -> Option<u64> {
    text.strip_prefix(SET)?.parse().ok()
}

/// The library, read beside the desk that writes it.
struct Library(Connection);

impl Library {
    /// `None` where no desk has come as far as making it.
    fn open(data: &Path) -> Option<Self> {
        let path = data.join("library.sqlite");
        if !path.is_file() {
            return None;
        }
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        connection.busy_timeout(Duration::from_mins(1)).unwrap();
        let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'document'";
        let tables: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        (tables == 1).then_some(Self(connection))
    }

    /// What stands there by name: of each document the number that was set last, 0 before the first.
    fn documents(&self) -> BTreeMap<String, Vec<u64>> {
        let sql = "SELECT record, result FROM document LEFT JOIN page ON page.document = document.id AND number = 0";
        let mut rows = self.0.prepare_cached(sql).unwrap();
        let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))).unwrap();
        let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for row in rows {
            let (record, page) = row.unwrap();
            let record: serde_json::Value = serde_json::from_str(&record).unwrap();
            let page: serde_json::Value = serde_json::from_str(page.as_deref().unwrap_or("{}")).unwrap();
            let fields = page["fields"].as_array().into_iter().flatten();
            let set = fields.filter_map(|field| set_in(field["text"].as_str()?)).max();
            all.entry(record["name"].as_str().unwrap().to_owned()).or_default().push(set.unwrap_or_default());
        }
        all
    }

    fn is_sound(&self) -> bool {
        self.0.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap() == "ok"
    }
}

/// The number that was set last on a document that stands on the desk.
fn set_on(document: &DeskDocument) -> u64 {
    let fields = document.pages.values().flat_map(|page| &page.fields);
    fields.filter_map(|field| set_in(&field.text)).max().unwrap_or_default()
}

/// What a round does until it is killed: takes in all papers, corrects what is read and takes some of it off the desk. It
/// says in a file what it begins that cannot be taken back, and what stands in the library.
fn round(folder: &Path, number: u64) -> ! {
    let mut said = File::options().create(true).append(true).open(folder.join("said")).unwrap();
    let mut say = |line: String| said.write_all(format!("{line}\n").as_bytes()).unwrap();
    let (data, papers) = (folder.join("data"), folder.join("papers"));
    let before = Library::open(&data).map(|library| library.documents()).unwrap_or_default();
    let mut desk = Tested::start(&data);
    desk.until("what was kept is back", |state| {
        let is_back = |d: &DeskDocument| before[&d.name].iter().all(|set| set_on(d) >= *set);
        state.documents.len() >= before.len() && state.documents.iter().take(before.len()).all(is_back)
    });
    let names: Vec<String> = std::fs::read_dir(&papers)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    desk.add([papers.clone()]);
    // Before anything goes, so that nothing is found that is gone by then.
    desk.until("all papers are on the desk", |state| {
        names.iter().all(|name| state.documents.iter().any(|document| document.name == *name))
    });
    let mut numbers = Numbers(number);
    let mut library = None;
    for serial in number * A_ROUND + 1.. {
        let is_due = |d: &&DeskDocument| {
            d.reading == ReadState::Done && d.pages.get(&0).is_some_and(|page| !page.fields.is_empty())
        };
        desk.until("something is read", |state| state.documents.iter().any(|d| is_due(&d)));
        if let Some(problem) = desk.problems().first() {
            say(format!("problem {problem}"));
        }
        let due: Vec<&DeskDocument> = desk.state().documents.iter().filter(is_due).collect();
        let document = due[numbers.below(due.len() as u64) as usize];
        let (id, name) = (document.id, document.name.clone());
        let library = library.get_or_insert_with(|| Library::open(&data).unwrap());
        if due.len() > 5 && numbers.below(40) == 0 {
            say(format!("removing {name}"));
            desk.desk.command(Command::Remove(vec![id]));
            desk.desk.command(Command::AnswerRemoval(true));
            desk.until_kept(|| !library.documents().contains_key(&name));
            std::fs::remove_file(papers.join(&name)).unwrap();
            say(format!("gone {name}"));
        } else {
            let field = document.pages[&0].fields[0].id.clone();
            desk.desk.command(Command::Open(id));
            desk.desk.command(Command::SetText(id, Target::Field { page: 0, id: field }, format!("{SET}{serial}")));
            desk.until_kept(|| library.documents().get(&name).is_some_and(|set| *set == [serial]));
            say(format!("kept {name} {serial}"));
        }
    }
    unreachable!("nobody killed it");
}

impl Tested {
    /// Takes in events until the library says so; it tells nobody when it has written.
    fn until_kept(&mut self, is_kept: impl Fn() -> bool) {
        while !is_kept() {
            self.desk.drain(Duration::from_millis(1));
            let _ = self.woken.recv_timeout(Duration::from_millis(1));
        }
    }
}

/// What the rounds have said so far.
#[derive(Default)]
struct Said {
    /// What stood in the library, with the number that was set. What was about to go is not here: it may be gone, as it
    /// was, or read anew.
    kept: BTreeMap<String, u64>,
    gone: BTreeSet<String>,
    corrections: usize,
}

impl Said {
    fn read(path: &Path) -> Self {
        let mut said = Self::default();
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let (what, rest) = line.split_once(' ').unwrap();
            assert_ne!(what, "problem", "{rest}");
            let (name, set) = rest.split_once(' ').map_or((rest, 0), |(name, set)| (name, set.parse().unwrap()));
            said.kept.remove(name);
            match what {
                "kept" => {
                    said.corrections += 1;
                    said.kept.insert(name.to_owned(), set);
                }
                "gone" => drop(said.gone.insert(name.to_owned())),
                _ => {}
            }
        }
        said
    }

    /// Each once, with what was set last or later; and nothing that is gone.
    fn compare(&self, there: &BTreeMap<String, Vec<u64>>, when: &str) {
        for (name, set) in &self.kept {
            let found = there.get(name).unwrap_or_else(|| panic!("{name} was lost {when}"));
            assert!(found.len() == 1 && found[0] >= *set, "{name} was set to {set}, is {found:?} {when}");
        }
        for (name, found) in there {
            assert!(found.len() == 1 && !self.gone.contains(name), "{name}: {found:?} {when}");
        }
    }
}

#[test]
fn what_a_desk_kept_is_there_once_after_each_kill() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        round(Path::new(&folder), std::env::var(ROUND).unwrap().parse().unwrap());
    }
    let folder = data();
    let (papers, data) = (folder.path().join("papers"), folder.path().join("data"));
    std::fs::create_dir(&papers).unwrap();
    let mut numbers = Numbers(seed());
    for round in 0..rounds() {
        for number in 0..=numbers.below(2) {
            let page = format!("Invoice No: {round}-{number}\nThis letter is about the sum of 12.00 EUR");
            std::fs::write(papers.join(format!("{round}-{number}.pdf")), pdf(&[page])).unwrap();
        }
        let round_number = round.to_string();
        killed_after(&mut numbers, NAME, &[(FOLDER, folder.path().as_os_str()), (ROUND, round_number.as_ref())]);
        let Some(library) = Library::open(&data) else { continue };
        assert!(library.is_sound());
        Said::read(&folder.path().join("said")).compare(&library.documents(), &format!("in round {round}"));
    }
    let said = Said::read(&folder.path().join("said"));
    assert!(said.corrections > 0, "the kills came too early to show anything");
    println!("{} corrections were kept, {} documents removed, {} are left", said.corrections, said.gone.len(), {
        said.kept.len()
    });

    let mut desk = Tested::start(&data);
    desk.add([papers.clone()]);
    let count = std::fs::read_dir(&papers).unwrap().count();
    desk.until("all of it is there and read", |state| {
        let is_there = |d: &DeskDocument| d.reading == ReadState::Done && d.pages.contains_key(&0);
        state.documents.len() == count && state.documents.iter().all(is_there)
    });
    let mut there: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for document in &desk.state().documents {
        there.entry(document.name.clone()).or_default().push(set_on(document));
    }
    said.compare(&there, "on the desk");
    assert_eq!(desk.problems(), Vec::<&str>::new());
}
