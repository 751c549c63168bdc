//! What a program that is killed leaves behind: the folder is copied at every instant within a change, and each copy is
//! opened. It must hold what stood before the change, or what stood after it, and nothing in between.

use super::ops::{Op, an_op};
use super::world::World;
use super::*;
use proptest::prelude::*;
use std::fmt::Write;

/// Everything that can be seen of a store, as text; who holds a job is left out, because nobody does after a restart.
fn seen(store: &Store) -> String {
    let mut text = String::new();
    for model in store.models().unwrap() {
        let training = store.training_set(&model.id).unwrap();
        // A training that is broken off waits again.
        let state = if model.state.number() == 4 { 3 } else { model.state.number() };
        writeln!(text, "model {} {state} {:?} {:?} {training:?}", model.id, model.learned, model.labels).unwrap();
        for file in store.files_of_days(&model.id, 0..=u32::MAX).unwrap() {
            let (pages, words) = (store.pages(&file.id).unwrap(), store.words(&file.id).unwrap());
            for content in [file.content].into_iter().chain(pages.iter().filter_map(|page| page.image)) {
                let bytes = std::fs::read(store.local_path(content).unwrap()).unwrap();
                assert_eq!(ContentHash::of(&bytes), content, "a content is whole");
            }
            writeln!(text, "{file:?}\n{pages:?} {words:?}").unwrap();
        }
    }
    let jobs: Vec<String> = store
        .database
        .read(|read| {
            let mut jobs = read.prepare("SELECT kind, model, file, page, attempts FROM job ORDER BY id")?;
            let jobs = jobs.query_map([], |row| {
                let owner: [Option<String>; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                Ok(format!("{owner:?} {}", row.get::<_, u32>(4)?))
            })?;
            Ok(jobs.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap();
    text += &jobs.join("\n");
    let trail = AuditQuery { limit: u32::MAX, ..AuditQuery::default() };
    text + &format!("\naudit {}", store.audit(&trail).unwrap().len())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Does `op` and copies the folder at each of its instants.
fn copies_of(desk: &Desk, world: &mut World, op: &Op) -> Vec<(&'static str, TempDir)> {
    let copies = Arc::new(Mutex::new(Vec::new()));
    let (folder, taken) = (desk.folder.path().to_path_buf(), copies.clone());
    let probe: Probe = Box::new(move |instant| {
        let copied = tempfile::tempdir().unwrap();
        copy(&folder, copied.path());
        taken.lock().unwrap().push((instant, copied));
    });
    *database::lock(&desk.store.probe) = Some(probe);
    world.apply(desk, op);
    *database::lock(&desk.store.probe) = None;
    std::mem::take(&mut *copies.lock().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]
    #[test]
    fn a_kill_at_any_instant_leaves_the_state_before_or_after_the_change(
        ops in prop::collection::vec(an_op(), 10..50)
    ) {
        let desk = Desk::new();
        let mut world = World::new(&desk);
        for op in ops {
            let before = seen(&desk.store);
            let copies = copies_of(&desk, &mut world, &op);
            let after = seen(&desk.store);
            for (instant, copied) in copies {
                let store = open(copied.path(), &desk.clock_ms);
                store.check().unwrap();
                let found = seen(&store);
                prop_assert!(found == before || found == after, "{op:?}, {instant}:\n{before}\n{after}\n{found}");
                prop_assert_eq!(store.job_counts().unwrap().1, 0);
                let named = store.named_contents().unwrap().len();
                prop_assert_eq!(contents_in(copied.path()).len(), named, "{:?}, {}: strays", op, instant);
            }
        }
    }
}

#[test]
fn the_instants_are_really_tried() {
    let desk = Desk::new();
    let mut world = World::new(&desk);
    let mut tried = std::collections::BTreeSet::new();
    for op in [Op::Put { model: 0, contents: vec![1], sync: false }, Op::Delete { file: 0 }] {
        tried.extend(copies_of(&desk, &mut world, &op).into_iter().map(|(instant, _)| instant));
    }
    let expected = [
        "a content was published",
        "after a commit",
        "before a commit",
        "before a content is removed",
        "before the log is folded",
    ];
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_connection_dropped_within_a_transaction_never_was() {
    let desk = Desk::new();
    let model = desk.model();
    let id = desk.put(&model, "a");
    let before = seen(&desk.store);
    let copied = tempfile::tempdir().unwrap();
    let broken: Result<()> = desk.store.change(|change| {
        change.tx.execute("DELETE FROM job", [])?;
        change.tx.execute("UPDATE file SET status = 'failure', metadata = ?1", ["x".repeat(20_000_000)])?;
        // So much was changed that part of it is in the log already.
        copy(desk.folder.path(), copied.path());
        Err(StoreError::LostClaim)
    });
    assert!(matches!(broken, Err(StoreError::LostClaim)));
    assert!(std::fs::metadata(copied.path().join("store.sqlite-wal")).unwrap().len() > 1_000_000);
    assert_eq!(seen(&desk.store), before);
    let store = open(copied.path(), &desk.clock_ms);
    store.check().unwrap();
    assert_eq!(seen(&store), before);
    assert_eq!(claim(&store).task, Task::Open { file: id });
}
