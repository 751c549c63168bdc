//! What is wrong with a folder is said, and nothing in it is made worse.

use super::*;

#[test]
fn a_folder_is_for_one_program_at_a_time() {
    let desk = Desk::new();
    let second = Store::open(desk.folder.path());
    assert!(matches!(&second, Err(StoreError::InUse(folder)) if folder == desk.folder.path()));
    let model = desk.model();
    let desk = desk.reopen();
    assert!(desk.store.model(&model).is_ok());
}

#[test]
fn a_database_that_is_none_is_damage_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let garbage = b"this is no database at all, only some text that somebody put here".repeat(100);
    std::fs::write(&path, &garbage).unwrap();
    let refused = Store::open(folder.path()).err().unwrap();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused:?}");
    assert!(refused.to_string().contains("backup"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), garbage);
}

#[test]
fn a_torn_database_is_damage_wherever_it_shows() {
    let desk = Desk::new();
    let model = desk.model();
    for n in 0..200 {
        desk.put(&model, &format!("file {n} {}", "x".repeat(500)));
    }
    let Desk { folder, clock_ms, store } = desk;
    drop(store);
    let path = folder.path().join("store.sqlite");
    // Names are random, and so is how the tables grow: now and then a page is left that holds nothing.
    let database = rusqlite::Connection::open(&path).unwrap();
    let free: u32 = database.pragma_query_value(None, "freelist_count", |row| row.get(0)).unwrap();
    database.close().unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (mut shown, mut unseen) = (0, Vec::new());
    for page in 1..whole.len() / 4096 {
        let mut torn = whole.clone();
        torn[page * 4096..(page + 1) * 4096].fill(0x5a);
        std::fs::write(&path, &torn).unwrap();
        let clock_ms = clock_ms.clone();
        let opened = Store::open_with_clock(folder.path(), Box::new(move || clock_ms.load(Ordering::Relaxed)));
        let outcome = opened.and_then(|store| {
            store.check()?;
            store.files_of_days(&model, 0..=u32::MAX)
        });
        match outcome {
            Err(StoreError::Damaged(_)) => shown += 1,
            other => unseen.push((page, other.map(|files| files.len()))),
        }
    }
    assert!(shown > 20, "{shown}");
    assert!(unseen.len() <= free as usize, "{free} pages hold nothing, and these were torn unseen: {unseen:?}");
}

#[test]
fn contents_without_their_database_are_not_taken_for_strays() {
    let desk = Desk::new();
    let model = desk.model();
    desk.put(&model, "precious");
    let Desk { folder, store, .. } = desk;
    drop(store);
    let path = folder.path().join("store.sqlite");
    for empty in [false, true] {
        std::fs::remove_file(&path).unwrap();
        if empty {
            std::fs::write(&path, b"").unwrap();
        }
        assert!(matches!(Store::open(folder.path()), Err(StoreError::Damaged(_))));
        assert_eq!(contents_in(folder.path()).len(), 1);
        std::fs::write(&path, b"").unwrap();
    }
}

#[test]
fn a_newer_programs_store_is_refused_with_a_sentence_and_left_alone() {
    let desk = Desk::new();
    let model = desk.model();
    desk.put(&model, "a");
    let Desk { folder, store, .. } = desk;
    store.database.writer().connection().pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let before = bytes_in(&folder.path().join("contents"));
    let refused = Store::open(folder.path()).err().unwrap();
    let known = crate::server::store::schema::KNOWN;
    assert_eq!(
        refused.to_string(),
        format!(
            "the store was written by a newer version of Proofdesk (schema 99, this one knows {known}); update the program"
        )
    );
    assert_eq!(bytes_in(&folder.path().join("contents")), before);
}

#[test]
fn a_full_disk_is_said_and_the_store_goes_on_when_there_is_room() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let first = desk.put(&model, "first");
    open_next(store, 1);
    let reader = claim(store);
    store.limit_size(Some(0));
    let large = PageReading { image: Some(content(store, b"image")), ..reading(&"x".repeat(100_000)) };
    let refused = store.save_page(&reader, large).unwrap_err();
    assert!(matches!(refused, StoreError::DiskFull), "{refused:?}");
    let new = NewFile { metadata: "x".repeat(100_000), ..new_file(store, b"second", "second", Lane::Async) };
    assert!(matches!(store.put_files(&model, vec![new]), Err(StoreError::DiskFull)));
    assert_eq!(contents_in(desk.folder.path()).len(), 1, "nothing of either stayed");
    assert_eq!(store.files_of_days(&model, 0..=u32::MAX).unwrap().len(), 1);
    store.check().unwrap();

    store.limit_size(None);
    store.save_page(&reader, reading("[]")).unwrap();
    assert_eq!(store.file(&first).unwrap().status, Status::Success);
    desk.put(&model, "second");
}

#[test]
fn strays_of_a_killed_program_are_removed_when_the_store_is_opened() {
    let desk = Desk::new();
    let model = desk.model();
    desk.put(&model, "kept");
    let kept = contents_in(desk.folder.path());
    let stray = "00".repeat(32);
    let sub = desk.folder.path().join("contents").join("00");
    std::fs::create_dir_all(&sub).unwrap();
    std::fs::write(sub.join(&stray), b"published, but never part of a record").unwrap();
    std::fs::write(sub.join("README"), b"not ours").unwrap();
    std::fs::write(desk.folder.path().join("incoming").join("half"), b"half").unwrap();
    let desk = desk.reopen();
    assert!(!sub.join(&stray).exists());
    assert!(sub.join("README").exists());
    std::fs::remove_file(sub.join("README")).unwrap();
    assert_eq!(contents_in(desk.folder.path()), kept);
    assert_eq!(std::fs::read_dir(desk.folder.path().join("incoming")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_computer_can_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("data").join("server");
    drop(Store::open(&folder).unwrap());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    // What somebody else made stays open; what we put there is not.
    let open = above.path().join("open");
    std::fs::DirBuilder::new().create(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o755)).unwrap();
    let store = Store::open(&open).unwrap();
    let ours = ["contents", "incoming", "store.sqlite", "store.sqlite-wal"].map(|name| mode(&open.join(name)));
    assert_eq!(ours, [0o700, 0o700, 0o600, 0o600]);
    drop(store);
    assert_eq!(mode(&open), 0o755);
}

#[test]
fn the_signing_key_is_as_old_as_the_store() {
    let desk = Desk::new();
    let key = *desk.store.signing_key();
    assert_ne!(key, [0; 32]);
    assert_eq!(*desk.reopen().store.signing_key(), key);
    assert_ne!(*Desk::new().store.signing_key(), key);
}
