//! What is kept, and how it comes back.

use super::{Bench, SIZE, STAMP, page};
use crate::desk::job::{Event, Job};
use crate::desk::library::{Change, KeptReading, Loaded, LoadedDocument, Record, Session};
use crate::desk::{
    Action, Command, DocumentId, FileState, Origin, ReadOptions, ReadState, Saving, Target, Theme, ViewSettings,
};
use crate::document::{FieldId, Problem, Standing};
use crate::pages::FileKind;
use crate::pages::PageError;
use std::sync::Arc;

fn kept(id: u64, pages: usize, reading: KeptReading, stored: &[u32]) -> LoadedDocument {
    let name = format!("{id}.pdf");
    LoadedDocument {
        history: crate::document::History::default(),
        record: Record {
            origin: Origin::default(),
            standing: crate::document::Standing::Open,
            kind: Some(FileKind::Pdf),
            breaks_off: false,
            id: DocumentId(id),
            path: format!("/d/{name}").into(),
            identity: format!("/d/{name}").into(),
            name,
            imported: None,
            unsent: crate::desk::update::Unsent::default(),
            options: ReadOptions::default(),
            hash: None,
            taught: Vec::new(),
            reviewer: None,
            batch: 0,
            came_ms: None,
            address: None,
            is_theirs: false,
            stamp: Some(STAMP),
            sizes: (pages > 0).then(|| Arc::new(vec![SIZE; pages])),
            reading,
        },
        seen: 0,
        stored: stored.iter().copied().collect(),
    }
}

fn connected(documents: Vec<LoadedDocument>, session: Option<Session>) -> Bench {
    let mut bench = Bench::with(Loaded { documents, session, ..Loaded::default() });
    bench.event(super::connected());
    bench
}

#[test]
fn the_desk_is_as_it_was_left_and_nothing_is_read_again() {
    let view = ViewSettings { theme: Theme::Dark, words: true, ..ViewSettings::default() };
    let selection = Some(Target::Field { page: 1, id: FieldId("1.2".into()) });
    let session = Session {
        open: Some(DocumentId(7)),
        selection,
        view: view.clone(),
        folder: Some("/d".into()),
        ..Session::default()
    };
    let seven = LoadedDocument { seen: 1, ..kept(7, 2, KeptReading::Done, &[0, 1]) };
    let mut bench = connected(vec![kept(3, 1, KeptReading::Done, &[0]), seven], Some(session));
    assert_eq!((bench.shown(), bench.selected()), (Some(("7.pdf", 1)), Some((1, "1.2"))));
    assert_eq!(bench.core.state.view, view);
    bench.event(Event::PagesLoaded(DocumentId(7), vec![page(0), page(1)]));
    bench.event(Event::PagesLoaded(DocumentId(3), vec![page(0)]));
    assert_eq!(bench.selected(), Some((1, "1.2")));
    assert_eq!(bench.document(DocumentId(7)).pages.len(), 2);
    assert_eq!((bench.take_open(), bench.take_read()), (None, None));
    assert_eq!(bench.changes().count(), 0, "nothing has changed");
    let checked = bench.take(|job| if let Job::Check(files) = job { Some(files.len()) } else { None });
    assert_eq!(checked, Some(2));
    bench.act(Action::AddFiles);
    assert!(bench.jobs.contains(&Job::PickFiles(Some("/d".into()), ReadOptions::default())));
    bench.add(&["new.pdf"]);
    assert_eq!(bench.core.state.documents[2].id, DocumentId(8));
}

#[test]
fn a_reading_that_was_interrupted_goes_on_with_the_pages_that_are_missing() {
    let mut bench = connected(vec![kept(1, 5, KeptReading::Queued, &[0, 1, 3])], None);
    assert_eq!(bench.take_read(), None, "what persons said of it is not known yet");
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0), page(1), page(3)]));
    let (_, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![2]));
    assert_eq!(bench.document(DocumentId(1)).pages.len(), 3);
}

#[test]
fn a_reading_whose_last_page_was_kept_is_done() {
    let mut bench = connected(vec![kept(1, 2, KeptReading::Queued, &[0, 1])], None);
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0), page(1)]));
    assert_eq!(bench.document(DocumentId(1)).reading, ReadState::Done);
}

#[test]
fn what_the_library_lost_is_read_again() {
    let mut bench = connected(vec![kept(1, 2, KeptReading::Done, &[0, 1])], None);
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(1)]));
    assert_eq!(bench.take_read().unwrap().1.pages, Some(vec![0]));
}

#[test]
fn what_a_person_set_stands_where_a_document_is_read_again_before_the_library_has_brought_it() {
    let mut bench = connected(vec![kept(1, 1, KeptReading::Done, &[0])], None);
    bench.command(Command::Retry(vec![DocumentId(1)]));
    assert_eq!(bench.take_read(), None);
    let mut mine = page(0);
    mine.fields[0].text = "mine".into();
    mine.fields[0].confirmed = true;
    bench.event(Event::PagesLoaded(DocumentId(1), vec![mine]));
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![page(0)]);
    assert!(bench.document(DocumentId(1)).pages[&0].fields.iter().any(|field| field.text == "mine"));
    assert_eq!(bench.document(DocumentId(1)).reading, ReadState::Done);
}

#[test]
fn nothing_is_decided_undone_or_exported_before_the_library_has_brought_it() {
    let session = Session { open: Some(DocumentId(1)), ..Session::default() };
    let mut bench = connected(vec![kept(1, 1, KeptReading::Done, &[0])], Some(session));
    let of = crate::desk::ExportOf::All;
    bench.command(Command::Export(crate::desk::ExportWhat::Values, of, crate::desk::ExportColumns::default()));
    assert!(!bench.jobs.iter().any(|job| matches!(job, Job::Export(_))));
    for action in [Action::Approve, Action::Undo, Action::Redo] {
        bench.act(action);
        assert!(bench.told().last().unwrap().contains("still being opened"), "{action:?}: {:?}", bench.told());
    }
    assert_eq!(bench.document(DocumentId(1)).standing, crate::document::Standing::Open);
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0)]));
    bench.act(Action::Approve);
    assert_eq!(bench.document(DocumentId(1)).standing, crate::document::Standing::Approved);
}

#[test]
fn failed_and_cancelled_stay_so_and_files_of_unknown_size_are_opened() {
    let failed = KeptReading::Failed(Problem::new("broke"));
    let mut bench = connected(vec![kept(1, 1, failed, &[]), kept(2, 0, KeptReading::Cancelled, &[])], None);
    assert_eq!(bench.document(DocumentId(1)).reading, ReadState::Failed(Problem::new("broke")));
    assert_eq!(bench.take_read(), None);
    let (task, name) = bench.take_open().unwrap();
    assert_eq!(name, "/d/2.pdf");
    bench.event(Event::Opened(task, Err(PageError::Empty)));
    assert!(bench.told().is_empty(), "it is no news");
    bench.command(Command::Retry(vec![DocumentId(2)]));
    let (task, _) = bench.take_open().unwrap();
    bench.event(Event::Opened(task, Err(PageError::Empty)));
    assert_eq!(bench.told().len(), 1);
}

#[test]
fn an_encrypted_document_asks_for_its_password_and_keeps_its_results() {
    let mut bench = connected(vec![kept(1, 0, KeptReading::Done, &[0])], None);
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0)]));
    let (task, _) = bench.take_open().unwrap();
    bench.event(Event::Opened(task, Err(PageError::NeedsPassword { wrong: false })));
    assert_eq!(bench.document(DocumentId(1)).file, FileState::NeedsPassword { wrong: false });
    bench.command(Command::GivePassword(DocumentId(1), "sesame".into()));
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 1);
    assert_eq!(bench.document(DocumentId(1)).pages.len(), 1);
    assert_eq!(bench.take_read(), None);
}

#[test]
fn a_fetch_that_was_stopped_does_not_begin_by_itself_and_one_that_was_interrupted_does() {
    let to_fetch = |id, reading| {
        let mut document = kept(id, 0, reading, &[]);
        document.record.path = "".into();
        document.record.address = Some(format!("https://a.example/{id}"));
        document
    };
    let documents = vec![to_fetch(1, KeptReading::Cancelled), to_fetch(2, KeptReading::Queued)];
    let mut bench = connected(documents, None);
    let fetched = bench.take(|job| if let Job::Fetch(_, url) = job { Some(url.clone()) } else { None });
    assert_eq!(fetched.as_deref(), Some("https://a.example/2"));
    assert!(matches!(bench.document(DocumentId(1)).file, FileState::Failed(_)));
}

#[test]
fn every_step_is_kept() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 9);
    let (task, _) = bench.take_read().unwrap();
    bench.jobs.clear();
    bench.answer(task, vec![page(0)]);
    assert!(bench.changes().any(|change| matches!(change, Change::Page(of, page) if (*of, page.number) == (id, 0))));
    let record =
        bench.changes().find_map(|c| if let Change::Document(record) = c { Some(record.clone()) } else { None });
    let record = record.unwrap();
    assert_eq!((record.reading, record.stamp), (KeptReading::Queued, Some(STAMP)));
    bench.jobs.clear();
    bench.command(Command::SeePage(4));
    bench.command(Command::SeePage(4));
    assert_eq!(bench.changes().collect::<Vec<_>>(), [&Change::Seen(id, 4)]);
    bench.jobs.clear();
    bench.act(Action::ToggleWords);
    assert!(matches!(bench.changes().collect::<Vec<_>>()[..], [Change::Session(session)] if session.view.words));
}

#[test]
fn the_library_s_trouble_is_told() {
    let problem = Some(Problem::new("Another Proofdesk has the library open"));
    let bench = Bench::with(Loaded { problem, ..Loaded::default() });
    assert_eq!(bench.told(), ["Another Proofdesk has the library open"]);
    assert!(!bench.jobs.iter().any(|job| matches!(job, Job::Sweep(_))), "nobody knows what it needs");
}

#[test]
fn it_is_said_whether_what_was_changed_is_on_the_disk() {
    let mut bench = Bench::new();
    assert_eq!(bench.core.state.saving, Saving::Saved);
    bench.add(&["a.pdf"]);
    assert_eq!(bench.core.state.saving, Saving::Saving);
    let count = bench.changes().count() as u64;
    bench.core.saved(count - 1);
    assert_eq!(bench.core.state.saving, Saving::Saving, "what came later is still to be written");
    bench.core.saved(count);
    assert_eq!(bench.core.state.saving, Saving::Saved);
    let full = Problem::new("the disk is full; make room");
    bench.event(Event::SavingFails(full.clone()));
    bench.command(Command::SetThreshold(0.7));
    assert_eq!(bench.core.state.saving, Saving::Fails(full));
    let count = bench.changes().count() as u64;
    bench.event(Event::Saved(count));
    assert_eq!(bench.core.state.saving, Saving::Saved);

    let problem = Problem::new("Another Proofdesk has the library open");
    let loaded = Loaded { problem: Some(problem.clone()), is_unkept: true, ..Loaded::default() };
    let mut bench = Bench::with(loaded);
    bench.event(Event::Saved(9));
    assert_eq!(bench.core.state.saving, Saving::Unkept(problem));
}

#[test]
fn what_the_desk_holds_is_written_into_the_library_that_takes_a_damaged_ones_place() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.jobs.clear();
    bench.event(Event::Mended(Problem::new("The library was damaged")));
    let kept: Vec<&Change> = bench.changes().collect();
    let page = bench.document(id).pages[&0].clone();
    assert!(matches!(kept[0], Change::Document(record) if record.id == id), "{kept:?}");
    assert!(kept[1..].contains(&&Change::Page(id, page)) && kept.iter().any(|c| matches!(c, Change::Session(_))));
    assert!(bench.told().last().unwrap().contains("damaged"));
}

#[test]
fn what_was_changed_before_can_be_undone_once_it_has_come_and_is_asked_about_until_then() {
    let documents = vec![kept(1, 1, KeptReading::Done, &[0])];
    let mut bench = connected(documents, None);
    bench.command(Command::Open(DocumentId(1)));
    bench.act(Action::RemoveDocument);
    assert!(bench.core.state.removal.is_some(), "nobody knows yet whether somebody worked on it");
    bench.command(Command::AnswerRemoval(false));
    let mut history = crate::document::History::default();
    let (before, after) = (Standing::Open, Standing::Approved);
    history.push(crate::document::Step(vec![crate::document::Edit::Standing { before, after }]));
    bench.event(Event::HistoryLoaded(DocumentId(1), history));
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0)]));
    bench.core.state.documents[0].standing = after;
    bench.act(Action::Undo);
    assert_eq!(bench.document(DocumentId(1)).standing, before);
}

#[test]
fn what_has_not_come_yet_is_not_decided_about_and_that_is_said_once() {
    let documents = (1..=4).map(|id| kept(id, 1, KeptReading::Done, &[0])).collect();
    let mut bench = connected(documents, None);
    bench.event(Event::PagesLoaded(DocumentId(1), vec![page(0)]));
    bench.core.state.documents[0].standing = Standing::Approved;
    bench.command(Command::SelectDocuments((1..=4).map(DocumentId).collect()));
    let told = bench.told().len();
    bench.act(Action::Approve);
    assert_eq!(bench.document(DocumentId(1)).standing, Standing::Approved, "only one of them is approved already");
    assert_eq!(bench.told()[told..], ["No document approved; 3 are still being opened"]);
    bench.act(Action::AcceptSure);
    bench.act(Action::ApproveSure);
    let late = "; 3 documents are still being opened";
    let said = ["No value is sure and not confirmed yet", "No document that was read has nothing to look at"];
    assert_eq!(bench.told()[told + 1..], said.map(|sentence| format!("{sentence}{late}")));
    bench.command(Command::Decide(vec![DocumentId(2)], Standing::Rejected));
    assert_eq!(bench.told().last(), Some(&"2.pdf is still being opened; do it again in a moment"));
    bench.event(Event::PagesLoaded(DocumentId(2), vec![page(0)]));
    bench.command(Command::Decide(vec![DocumentId(2)], Standing::Rejected));
    assert_eq!(bench.document(DocumentId(2)).standing, Standing::Rejected);
}
