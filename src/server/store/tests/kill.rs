//! A program that works on a store is really killed, again and again, at random moments.
//!
//! The test's own executable is started once more with this one test and a variable that tells it to be the victim.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const VICTIM: &str = "PROOFDESK_STORE_VICTIM";
const ROUNDS: u32 = 20;
const MODEL: &str = "m";

/// Takes files in and reads their pages until killed. Says on its output what it was promised, after it was promised.
fn be_the_victim(folder: &Path) {
    let store = Store::open(folder).unwrap();
    let model = store.ensure_fixed_model(&ModelId::from(MODEL), "ocr").unwrap().id;
    let said = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").unwrap();
        out.flush().unwrap();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0_u64.. {
                let new = new_file(&store, format!("{n} {:?}", std::time::Instant::now()).as_bytes(), "f", Lane::Async);
                let id = store.put_files(&model, vec![new]).unwrap().remove(0).id;
                said(format!("put {id}"));
                if n % 3 == 2 {
                    said(format!("deleting {id}"));
                    store.delete_file(&id, "victim").unwrap();
                    said(format!("deleted {id}"));
                }
            }
        });
        loop {
            let Some(claim) = store.claim(READING, LEASE).unwrap() else {
                continue;
            };
            let saved = if let Task::Open { .. } = &claim.task {
                store.save_opened(&claim, 2, &numbered(2))
            } else {
                let image = Some(content(&store, format!("{claim:?}").as_bytes()));
                store.save_page(&claim, PageReading { image, ..reading("[]") })
            };
            match (&claim.task, saved) {
                (Task::Page { page, .. }, Ok(())) => said(format!("read {page}")),
                (_, Ok(()) | Err(StoreError::LostClaim)) => {}
                (_, Err(error)) => panic!("{error}"),
            }
        }
    });
}

/// What a victim said before it died. The last line may be cut.
fn said_until_killed(folder: &Path, lines: usize) -> Vec<String> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "server::store::tests::kill::a_killed_program_has_kept_every_promise"])
        .env(VICTIM, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(victim.stdout.take().unwrap());
    let mut said = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        said.push(line.trim().to_owned());
        line.clear();
        if said.len() == lines {
            victim.kill().unwrap();
        }
    }
    victim.wait().unwrap();
    said
}

#[test]
fn a_killed_program_has_kept_every_promise() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        be_the_victim(Path::new(&folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut kept: Vec<FileId> = Vec::new();
    let mut promises = 0;
    for round in 0..ROUNDS {
        // Somewhere between the first and the sixtieth promise; the kill comes when it comes.
        let mut random = [0];
        getrandom::fill(&mut random).unwrap();
        let said = said_until_killed(folder.path(), 5 + usize::from(random[0]) % 60);
        let store = Store::open(folder.path()).unwrap();
        store.check().unwrap();
        let (mut deleting, mut deleted) = (Vec::new(), Vec::new());
        for line in &said {
            let Some((what, id)) = line.split_once(' ') else { continue };
            match what {
                "put" => kept.push(FileId::from(id)),
                "deleting" => deleting.push(FileId::from(id)),
                "deleted" => {
                    kept.retain(|file| file.as_str() != id);
                    deleted.push(FileId::from(id));
                }
                "read" => match store.page(&PageId::from(id)) {
                    Ok(page) => assert_eq!((page.status, page.boxes.as_deref()), (Status::Success, Some("[]"))),
                    Err(error) => assert!(matches!(error, StoreError::Missing { .. })),
                },
                _ => continue,
            }
            promises += 1;
        }
        for file in &deleted {
            assert!(matches!(store.file(file), Err(StoreError::Missing { .. })), "round {round}: {file} came back");
        }
        let there = store.files_of_days(&ModelId::from(MODEL), 0..=u32::MAX).unwrap();
        kept.retain(|file| {
            let still = there.iter().filter(|record| record.id == *file).count();
            assert!(still == 1 || deleting.contains(file), "round {round}: {file} is there {still} times");
            still == 1
        });
        for record in &there {
            assert!(store.local_path(record.content).is_ok(), "round {round}: {} has no content", record.id);
        }
    }
    assert!(promises > 100, "{promises}");
    let store = Store::open(folder.path()).unwrap();
    while let Some(claim) = store.claim(READING, LEASE).unwrap() {
        match claim.task {
            Task::Open { .. } => store.save_opened(&claim, 2, &numbered(2)).unwrap(),
            _ => store.save_page(&claim, reading("[]")).unwrap(),
        }
    }
    for file in kept {
        assert_eq!(store.file(&file).unwrap().status, Status::Success, "every file that was taken in is read");
        let numbers: Vec<u32> = store.pages(&file).unwrap().iter().map(|page| page.number).collect();
        assert_eq!(numbers, [0, 1]);
        assert_eq!(store.words(&file).unwrap().len(), 2);
    }
}
