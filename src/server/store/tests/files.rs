//! Files from arrival to deletion, their pages, corrections, approvals and training sets.

use super::*;

#[test]
fn a_file_goes_from_pending_to_success_and_its_pages_stand_once() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "a.pdf");
    let file = store.file(&id).unwrap();
    assert_eq!((file.status, file.page_count, file.progress), (Status::Pending, None, Progress::default()));
    assert_eq!((file.name.as_str(), file.metadata.as_str(), file.day), ("a.pdf", "metadata of a.pdf", 19675));
    assert_eq!(std::fs::read(store.local_path(file.content).unwrap()).unwrap(), b"content of a.pdf");

    let opening = claim(store);
    assert_eq!(opening.task, Task::Open { file: id.clone() });
    store.save_opened(&opening, 9, &[numbered(3)[2], numbered(1)[0]]).unwrap();
    let file = store.file(&id).unwrap();
    assert_eq!((file.page_count, file.progress), (Some(9), Progress { done: 0, all: 2 }));
    assert_eq!(page_ids(store, &id)[0], file.first_page, "the first page's name was known from the start");

    let first = claim(store);
    assert!(matches!(&first.task, Task::Page { number: 0, .. }));
    store.save_page(&first, reading("[1]")).unwrap();
    assert!(matches!(store.save_page(&first, reading("[2]")), Err(StoreError::LostClaim)), "only once");
    assert_eq!(store.file(&id).unwrap().progress, Progress { done: 1, all: 2 });
    assert_eq!(store.file(&id).unwrap().status, Status::Pending);
    assert_eq!(read_next(store), (id.clone(), 2));
    assert_eq!(store.file(&id).unwrap().status, Status::Success);
    let pages = store.pages(&id).unwrap();
    assert_eq!(
        pages.iter().map(|p| (p.number, p.boxes.as_deref())).collect::<Vec<_>>(),
        [(0, Some("[1]")), (2, Some("[2]"))]
    );
    assert_eq!((pages[0].width, pages[0].height), (2550, 3300));
    assert_eq!(store.words(&id).unwrap()[0].1, "words of [1]");
    assert_eq!(store.job_counts().unwrap(), (0, 0));
    assert!(store.claim(READING, LEASE).unwrap().is_none());
}

#[test]
fn a_refused_upload_leaves_nothing() {
    let desk = Desk::new();
    let new = new_file(&desk.store, b"x", "x", Lane::Async);
    let refused = desk.store.put_files(&ModelId::from("nowhere"), vec![new]).unwrap_err();
    assert_eq!(refused.to_string(), "there is no model `nowhere`");
    assert!(contents_in(desk.folder.path()).is_empty());
    assert_eq!(desk.store.job_counts().unwrap(), (0, 0));
}

#[test]
fn a_job_gets_three_attempts_and_the_reason_stays() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "a");
    open_next(store, 2);
    for (attempt, fate) in [(1, Fate::Again), (2, Fate::Again), (3, Fate::GivenUp)] {
        let mut tried = claim(store);
        if !matches!(tried.task, Task::Page { number: 0, .. }) {
            // The page that failed stands behind the other one.
            store.save_page(&tried, reading("[]")).unwrap();
            tried = claim(store);
        }
        assert_eq!(tried.attempt, attempt);
        assert_eq!(store.fail(&tried, &format!("reason {attempt}"), true).unwrap(), fate);
    }
    let page = &store.pages(&id).unwrap()[0];
    assert_eq!((page.status, page.message.as_str()), (Status::Failure, "reason 3"));
    assert_eq!(store.file(&id).unwrap().status, Status::Success, "the other page was read");

    let hopeless = desk.put(&model, "b");
    assert_eq!(store.fail(&claim(store), "it is no document", false).unwrap(), Fate::GivenUp);
    let file = store.file(&hopeless).unwrap();
    assert_eq!((file.status, file.message.as_str()), (Status::Failure, "it is no document"));
    assert!(store.pages(&hopeless).unwrap().is_empty());
}

#[test]
fn a_lease_that_ran_out_hands_the_job_to_somebody_else() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    desk.put(&model, "a");
    open_next(store, 1);
    let slow = claim(store);
    desk.advance(LEASE);
    assert!(store.claim(READING, LEASE).unwrap().is_none(), "not yet");
    store.renew(&slow, LEASE).unwrap();
    desk.advance(LEASE + Duration::from_millis(1));
    let quick = claim(store);
    assert_eq!((&quick.task, quick.attempt), (&slow.task, 1));
    assert!(matches!(store.renew(&slow, LEASE), Err(StoreError::LostClaim)));
    assert!(matches!(store.save_page(&slow, reading("[\"slow\"]")), Err(StoreError::LostClaim)));
    assert!(matches!(store.fail(&slow, "", true), Err(StoreError::LostClaim)));
    assert!(matches!(store.release(&slow), Err(StoreError::LostClaim)));
    store.save_page(&quick, reading("[\"quick\"]")).unwrap();
}

#[test]
fn a_job_that_brings_the_program_down_again_and_again_is_given_up() {
    let mut desk = Desk::new();
    let model = desk.model();
    let id = desk.put(&model, "a");
    for _ in 0..MAX_INTERRUPTIONS {
        assert_eq!(desk.store.file(&id).unwrap().status, Status::Pending);
        assert_eq!(claim(&desk.store).attempt, 1, "to be killed is no attempt");
        desk = desk.reopen();
    }
    let file = desk.store.file(&id).unwrap();
    assert_eq!(
        (file.status, file.message.as_str()),
        (Status::Failure, "the program stopped 10 times while it worked on this")
    );
    desk.store.retry(&id, "p").unwrap();
    assert_eq!(claim(&desk.store).task, Task::Open { file: id });
}

#[test]
fn corrections_are_complete_lists_and_no_reading_overwrites_them() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "a");
    open_next(store, 1);
    read_next(store);
    let page = page_ids(store, &id).remove(0);
    assert_eq!(store.page(&page).unwrap().corrections, None);
    store.save_corrections(&page, "[\"one\",\"two\"]", "ann").unwrap();
    let saved = store.save_corrections(&page, "[]", "bob").unwrap().corrections.unwrap();
    assert_eq!((saved.boxes.as_str(), saved.version, saved.saved_by.as_str()), ("[]", 2, "bob"));

    store.retry(&id, "ann").unwrap();
    assert_eq!(
        store.page(&page).unwrap().boxes.as_deref(),
        Some("[0]"),
        "the old reading stays until the new one is in"
    );
    store.save_page(&claim(store), reading("[\"new\"]")).unwrap();
    let page = store.page(&page).unwrap();
    assert_eq!((page.boxes.as_deref(), page.corrections), (Some("[\"new\"]"), Some(saved)));
    assert!(matches!(
        store.save_corrections(&PageId::from("none"), "[]", "ann"),
        Err(StoreError::Missing { what: "page", .. })
    ));
}

#[test]
fn an_approval_is_for_a_whole_read_file_and_protects_it() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "a");
    assert!(matches!(store.approve(&id, "ann"), Err(StoreError::Unfinished(_))));
    open_next(store, 1);
    read_next(store);
    let approval = store.approve(&id, "ann").unwrap().approval.unwrap();
    desk.advance(LEASE);
    assert_eq!(store.approve(&id, "bob").unwrap().approval, Some(approval), "who was first stays");
    assert!(matches!(store.retry(&id, "bob"), Err(StoreError::Approved(_))));
    assert_eq!(store.unapprove(&id, "bob").unwrap().approval, None);
    assert_eq!(store.retry(&id, "bob").unwrap().status, Status::Pending);
    let who: Vec<(String, String)> = store
        .audit(&AuditQuery { file: Some(id.0), ..AuditQuery::default() })
        .unwrap()
        .into_iter()
        .map(|e| (e.actor, e.action))
        .collect();
    let expected = [
        ("tests", "file.put"),
        ("", "file.read"),
        ("ann", "file.approved"),
        ("bob", "file.unapproved"),
        ("bob", "file.retried"),
    ];
    assert_eq!(who, expected.map(|(actor, action)| (actor.to_owned(), action.to_owned())));
}

#[test]
fn a_window_of_days_holds_its_files_and_no_others() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let day = Duration::from_hours(24);
    let ids: Vec<FileId> = ["a", "b", "c", "d"]
        .map(|name| {
            let id = desk.put(&model, name);
            desk.advance(day);
            id
        })
        .into();
    desk.put(&desk.model(), "another model's");
    let first = store.file(&ids[0]).unwrap().day;
    let found: Vec<FileId> =
        store.files_of_days(&model, first + 1..=first + 2).unwrap().into_iter().map(|f| f.id).collect();
    assert_eq!(found, ids[1..3]);
    assert_eq!(store.files_of_days(&model, 0..=u32::MAX).unwrap().len(), 4);
    assert!(store.files_of_days(&model, first + 4..=first + 9).unwrap().is_empty());
}

#[test]
fn what_is_deleted_is_nowhere_any_more() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    // Long enough for pages of the database of their own, and some short enough to share one.
    let secret = "unmistakable-secret-";
    for (name, length) in [("short", 1), ("long", 2000)] {
        let text = secret.repeat(length);
        let mut new = new_file(store, text.as_bytes(), &format!("{secret}{name}"), Lane::Async);
        new.metadata.clone_from(&text);
        new.password = Some(Password(text.clone()));
        let id = store.put_files(&model, vec![new]).unwrap().remove(0).id;
        open_next(store, 2);
        for _ in 0..2 {
            let page =
                PageReading { image: Some(content(store, format!("image {text}").as_bytes())), ..reading(&text) };
            store.save_page(&claim(store), page).unwrap();
        }
        assert_eq!(store.password(&id).unwrap(), Some(Password(text.clone())));
        store.save_corrections(&page_ids(store, &id)[0], &text, "ann").unwrap();
        store.save_corrections(&page_ids(store, &id)[0], &format!("{text} again"), "ann").unwrap();
        let kept = desk.put(&model, "kept");
        store.fail(&claim(store), "", false).unwrap();
        assert!(bytes_in(desk.folder.path()).iter().any(|(_, bytes)| contains(bytes, secret)));

        store.delete_file(&id, "ann").unwrap();
        for (path, bytes) in bytes_in(desk.folder.path()) {
            assert!(!contains(&bytes, secret), "{name}: still in {}", path.display());
        }
        assert!(matches!(store.file(&id), Err(StoreError::Missing { what: "file", .. })));
        assert!(store.pages(&id).unwrap().is_empty());
        assert!(matches!(store.delete_file(&id, "ann"), Err(StoreError::Missing { .. })));
        assert_eq!(contents_in(desk.folder.path()).len(), 1);
        store.delete_file(&kept, "ann").unwrap();
    }
    store.check().unwrap();
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn text_deleted_while_somebody_reads_leaves_the_log_with_the_next_change() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "unmistakable");
    store.database.writer().connection().busy_timeout(Duration::ZERO).unwrap();
    store
        .database
        .read(|read| {
            let _: i64 = read.query_row("SELECT count(*) FROM file", [], |row| row.get(0))?;
            store.delete_file(&id, "ann")
        })
        .unwrap();
    assert!(bytes_in(desk.folder.path()).iter().any(|(_, bytes)| contains(bytes, "unmistakable")));
    store.add_to_audit(&AuditEntry::new("ann", "looked")).unwrap();
    assert!(!bytes_in(desk.folder.path()).iter().any(|(_, bytes)| contains(bytes, "unmistakable")));
}

#[test]
fn a_shared_content_stays_until_the_last_who_has_it_is_gone() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let both = ["a", "b"].map(|name| new_file(store, b"the same", name, Lane::Async)).into();
    let both: Vec<FileRecord> = store.put_files(&model, both).unwrap();
    let training = NewTraining {
        content: content(store, b"the same"),
        name: "t".to_owned(),
        width: 0,
        height: 0,
        annotation: "[]".to_owned(),
        words: "[]".to_owned(),
        tables: String::new(),
        labels: Vec::new(),
    };
    store.add_training(&model, vec![training], "ann").unwrap();
    assert_eq!(contents_in(desk.folder.path()).len(), 1);
    for file in &both {
        store.delete_file(&file.id, "ann").unwrap();
        assert!(store.local_path(both[0].content).is_ok());
    }
    assert_eq!(both[0].content, both[1].content);
}

#[test]
fn a_file_deleted_while_it_is_read_stays_deleted() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let id = desk.put(&model, "a");
    open_next(store, 2);
    let reader = claim(store);
    store.delete_file(&id, "ann").unwrap();
    let late = PageReading { image: Some(content(store, b"late")), ..reading("[]") };
    assert!(matches!(store.save_page(&reader, late), Err(StoreError::LostClaim)));
    assert!(contents_in(desk.folder.path()).is_empty());
    assert_eq!(store.job_counts().unwrap(), (0, 0));
}

#[test]
fn a_training_set_counts_by_label_and_takes_all_or_nothing() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let document = |name: &str, labels: &[(&str, u32)]| NewTraining {
        content: content(store, name.as_bytes()),
        name: name.to_owned(),
        width: 10,
        height: 20,
        annotation: format!("{labels:?}"),
        words: "[]".to_owned(),
        tables: String::new(),
        labels: labels.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
    };
    let state = || store.model(&model).unwrap().state.number();
    let counts = || store.model(&model).unwrap().labels.iter().map(|label| label.count).collect::<Vec<_>>();

    assert!(matches!(store.ask_training(&model, "ann"), Err(StoreError::NothingToLearn(_))));
    store.add_training(&model, vec![document("plain", &[])], "ann").unwrap();
    assert_eq!((state(), counts()), (1, vec![0, 0]));
    let wrong = vec![document("good", &[("total", 1)]), document("bad", &[("nobody's", 1)])];
    assert!(
        matches!(store.add_training(&model, wrong, "ann"), Err(StoreError::UnknownLabel(name)) if name == "nobody's")
    );
    assert_eq!((state(), counts(), contents_in(desk.folder.path()).len()), (1, vec![0, 0], 1));

    let added = vec![document("b", &[("total", 1), ("date", 2)]), document("a", &[("total", 1)])];
    let added = store.add_training(&model, added, "ann").unwrap();
    assert_eq!(added.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!((state(), counts()), (2, vec![2, 2]));
    let again = store.add_training(&model, vec![document("b", &[("date", 1)])], "ann").unwrap();
    assert_eq!((again[0].id.clone(), counts()), (added[0].id.clone(), vec![1, 1]), "the same document, annotated anew");
    assert_eq!(store.training_set(&model).unwrap().len(), 3);

    let general = store.ensure_fixed_model(&ModelId::from("general"), "ocr").unwrap();
    assert_eq!((general.state.number(), general.fixed), (5, true));
    assert_eq!(store.ensure_fixed_model(&general.id, "ocr").unwrap(), general);
    assert!(matches!(store.ask_training(&general.id, "ann"), Err(StoreError::FixedModel(_))));
    let refused = store.add_training(&general.id, vec![document("c", &[])], "ann");
    assert!(matches!(refused, Err(StoreError::FixedModel(_))));
    assert_eq!(store.models().unwrap().len(), 2);
}

#[test]
fn a_model_is_trained_by_a_job_that_survives_the_program() {
    let mut desk = Desk::new();
    let model = desk.model();
    let learn = |store: &Store| {
        let labels = vec![("total".to_owned(), 1)];
        let document = NewTraining {
            content: content(store, b"x"),
            name: "x".to_owned(),
            width: 0,
            height: 0,
            annotation: "[]".to_owned(),
            words: "[]".to_owned(),
            tables: String::new(),
            labels,
        };
        store.add_training(&model, vec![document], "ann").unwrap();
        store.ask_training(&model, "ann").unwrap();
    };
    let state = |store: &Store| store.model(&model).unwrap().state.number();
    let training = |store: &Store| store.claim(&[Lane::Training], LEASE).unwrap().expect("a training waits");

    learn(&desk.store);
    assert_eq!(state(&desk.store), 3);
    assert!(desk.store.claim(READING, LEASE).unwrap().is_none(), "who reads does not train");
    assert_eq!(training(&desk.store).task, Task::Train { model: model.clone() });
    assert_eq!(state(&desk.store), 4);
    assert!(matches!(desk.store.ask_training(&model, "bob"), Err(StoreError::BusyModel(_))));
    desk = desk.reopen();
    assert_eq!(state(&desk.store), 3);
    let trained = |store: &Store, what: &[u8]| Trained {
        learned: content(store, what),
        accuracy: Some(0.5),
        report: "{}".to_owned(),
        documents: 1,
    };
    desk.store.save_trained(&training(&desk.store), trained(&desk.store, b"first")).unwrap();
    let record = desk.store.model(&model).unwrap();
    assert_eq!((state(&desk.store), record.accuracy), (5, Some(0.5)));

    desk.store.ask_training(&model, "ann").unwrap();
    let again = training(&desk.store);
    assert_eq!(state(&desk.store), 6);
    assert_eq!(desk.store.fail(&again, "too few", false).unwrap(), Fate::GivenUp);
    let failed = desk.store.model(&model).unwrap();
    assert_eq!((failed.state.number(), failed.note.as_str(), failed.learned), (5, "too few", record.learned));

    desk.store.ask_training(&model, "ann").unwrap();
    desk.store.save_trained(&training(&desk.store), trained(&desk.store, b"second")).unwrap();
    let second = desk.store.model(&model).unwrap();
    assert_eq!((state(&desk.store), second.note.as_str()), (5, ""));
    assert_eq!(std::fs::read(desk.store.local_path(second.learned.unwrap()).unwrap()).unwrap(), b"second");
    let versions = desk.store.versions(&model).unwrap();
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [1, 2]);
    let back = desk.store.roll_back(&model, 1, "ann").unwrap();
    assert_eq!((back.learned, back.version, back.state.number()), (record.learned, 1, 5));
    assert!(matches!(desk.store.roll_back(&model, 9, "ann"), Err(StoreError::Missing { .. })));
    desk.store.ask_training(&model, "ann").unwrap();
    let cancelled = training(&desk.store);
    let change = [LabelChange::Remove { name: "total".to_owned() }];
    assert!(matches!(desk.store.change_model(&model, None, &change, &[], "ann"), Err(StoreError::BusyModel(_))));
    let record = desk.store.cancel_training(&model, "ann").unwrap();
    assert_eq!((record.state.number(), record.version), (5, 1), "the old one serves");
    let late = desk.store.save_trained(&cancelled, trained(&desk.store, b"late"));
    assert!(matches!(late, Err(StoreError::LostClaim)));
    assert!(matches!(desk.store.cancel_training(&model, "ann"), Err(StoreError::BusyModel(_))));
    desk.store.delete_model(&model, "ann").unwrap();
    assert!(contents_in(desk.folder.path()).is_empty(), "nothing of a deleted model stays");
}

#[test]
fn a_model_of_whole_documents_has_its_say_once_all_pages_are_read() {
    let desk = Desk::new();
    let new = NewModel { kind: "ocr".to_owned(), whole: true, labels: labels(&["total"]), ..NewModel::default() };
    let (store, model) = (&desk.store, desk.store.create_model(&new).unwrap().id);
    let id = desk.put(&model, "a");
    open_next(store, 2);
    for _ in 0..2 {
        assert_eq!(store.file(&id).unwrap().status, Status::Pending);
        store.save_page(&claim(store), reading("[]")).unwrap();
    }
    let extraction = claim(store);
    assert_eq!(extraction.task, Task::Extract { file: id.clone() });
    let contents = store.contents(&id).unwrap();
    let boxes = contents.iter().map(|page| (page.page.clone(), format!("[{}]", page.number))).collect::<Vec<_>>();
    store.save_extracted(&extraction, &boxes).unwrap();
    assert!(matches!(store.save_extracted(&extraction, &boxes), Err(StoreError::LostClaim)), "once");
    assert_eq!(store.file(&id).unwrap().status, Status::Success);
    let said = || store.pages(&id).unwrap().into_iter().map(|page| page.boxes.unwrap()).collect::<Vec<_>>();
    assert_eq!(said(), ["[0]", "[1]"]);
    store.retry(&id, "ann").unwrap();
    assert_eq!(claim(store).task, Task::Extract { file: id.clone() }, "its words stand; they are not read again");
}
