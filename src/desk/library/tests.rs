//! The library on a real disk.

use super::{Act, Change, KeptReading, Library, Loaded, Record, Session, Trail};
use crate::desk::job::{Event, Stamp};
use crate::desk::{DocumentId, ReadOptions, Theme, ViewSettings};
use crate::document::{Edit, Field, Page, PageRect, PageSize, PageText, Score, Standing, Step, Word};
use crate::pages::FileKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_mins(1);

struct Tested {
    library: Library,
    events: Receiver<Event>,
    loaded: Loaded,
}

impl Tested {
    fn open(data: &Path) -> Self {
        let (send, events) = sync_channel(64);
        let library = Library::open(data.to_owned(), move |event| send.send(event).is_ok()).unwrap();
        let Event::Loaded(loaded) = events.recv_timeout(PATIENCE).unwrap() else {
            panic!("it begins with what is kept")
        };
        Self { library, events, loaded: *loaded }
    }

    fn save(&self, changes: impl IntoIterator<Item = Change>) {
        changes.into_iter().for_each(|change| self.library.save(change));
    }

    fn pages(&self) -> (DocumentId, Vec<Page>) {
        match self.events.recv_timeout(PATIENCE).unwrap() {
            Event::PagesLoaded(id, pages) => (id, pages),
            other => panic!("{other:?}"),
        }
    }

    fn close(self) {
        assert!(self.library.close(PATIENCE));
    }

    fn problem(&self) -> &str {
        self.loaded.problem.as_ref().map(|problem| problem.message.as_str()).unwrap_or_default()
    }
}

fn record(id: u64) -> Record {
    Record {
        origin: crate::desk::Origin::default(),
        standing: crate::document::Standing::Approved,
        id: DocumentId(id),
        path: format!("/d/{id}.pdf").into(),
        identity: format!("/d/{id}.pdf").into(),
        name: format!("{id}.pdf"),
        imported: None,
        unsent: crate::desk::update::Unsent { pages: [1].into(), standing: true },
        options: ReadOptions { pages: vec![1], language: "de".into(), metadata: "order 7".into() },
        hash: Some("0a".into()),
        taught: Vec::new(),
        reviewer: None,
        batch: 3,
        came_ms: None,
        address: Some("https://a.example".into()),
        is_theirs: true,
        kind: Some(FileKind::Pdf),
        breaks_off: false,
        stamp: Some(Stamp { bytes: 5, written: u64::MAX / 3 }),
        sizes: Some(Arc::new(vec![PageSize::new(10, 20), PageSize::new(30, 40)])),
        reading: KeptReading::Done,
    }
}

fn document(id: u64) -> Change {
    Change::Document(Box::new(record(id)))
}

fn page(number: u32, text: &str) -> Page {
    let size = PageSize::new(10, 20);
    let rect = Some(PageRect::new(1.5, 2.0, 3.0, 4.0));
    let field = Field { text: text.into(), rect, score: Score::new(0.3), ..Field::default() };
    let word = Word { text: text.into(), ..Word::default() };
    let words = PageText { size, words: vec![word], ..PageText::default() };
    Page { number, size, fields: vec![field], text: Some(words.into()), ..Page::default() }
}

fn result(id: u64, page: Page) -> Change {
    Change::Page(DocumentId(id), Arc::new(page))
}

#[test]
fn what_is_saved_comes_back_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    assert_eq!(library.loaded, Loaded::default());
    let view = ViewSettings { theme: Theme::Dark, ..ViewSettings::default() };
    let session = Session { open: Some(DocumentId(2)), view, folder: Some("/d".into()), ..Session::default() };
    library.save([document(1), document(2), result(2, page(1, "ü")), result(2, page(0, "9.50"))]);
    library.save([Change::Seen(DocumentId(2), 1), Change::Session(Box::new(session.clone()))]);
    library.close();

    let library = Tested::open(data.path());
    assert_eq!(library.loaded.session, Some(session));
    let documents = &library.loaded.documents;
    assert_eq!((documents[0].record.clone(), documents[1].record.clone()), (record(1), record(2)));
    assert_eq!((documents[1].seen, documents[1].stored.iter().copied().collect::<Vec<_>>()), (1, vec![0, 1]));
    assert_eq!(library.pages(), (DocumentId(2), vec![page(0, "9.50"), page(1, "ü")]));
    library.close();
}

#[test]
fn what_persons_changed_can_be_undone_after_a_restart() {
    use crate::desk::library::{Act, Trail};
    use crate::document::{Edit, History, Standing, Step};
    let data = tempfile::tempdir().unwrap();
    let step = |after| Step(vec![Edit::Standing { before: Standing::Open, after }]);
    let trail = |act| Change::Trail(DocumentId(1), Trail { at_ms: 0, by: String::new(), act });
    let library = Tested::open(data.path());
    library.save([document(1), trail(Act::Made(step(Standing::Approved))), trail(Act::Undone), trail(Act::Redone)]);
    library.save([trail(Act::Undone), trail(Act::Made(step(Standing::Rejected)))]);
    library.close();
    let library = Tested::open(data.path());
    let mut expected = History::default();
    expected.push(step(Standing::Rejected));
    assert_eq!(library.loaded.documents[0].history, expected);
    library.close();
    let file = rusqlite::Connection::open(data.path().join("library.sqlite")).unwrap();
    let acts: i64 = file.query_row("SELECT count(*) FROM trail WHERE at_ms > 0", [], |row| row.get(0)).unwrap();
    assert_eq!(acts, 5, "the trail keeps what was undone too");
}

#[test]
fn what_was_changed_in_a_document_with_results_comes_right_before_those() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    let step = Step(vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }]);
    let trail = Trail { at_ms: 5, by: "Ada".into(), act: Act::Made(step.clone()) };
    library.save((1..=2).flat_map(|id| [document(id), result(id, page(0, "x"))]));
    library.save([Change::Trail(DocumentId(2), trail)]);
    library.close();
    let library = Tested::open(data.path());
    assert!(library.loaded.documents.iter().all(|document| document.history.is_empty()));
    assert_eq!(library.pages().0, DocumentId(1));
    let Event::HistoryLoaded(DocumentId(2), history) = library.events.recv_timeout(PATIENCE).unwrap() else {
        panic!("no history")
    };
    assert_eq!(history.standing_edits().collect::<Vec<_>>(), step.0.iter().collect::<Vec<_>>());
    assert_eq!(library.pages().0, DocumentId(2));
    library.close();
}

#[test]
fn the_latest_of_each_counts_and_what_is_forgotten_is_gone() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    library.save([document(1), result(1, page(0, "old")), result(1, page(1, "old"))]);
    library.save([Change::ForgetPages(DocumentId(1)), result(1, page(0, "new"))]);
    library.save([document(2), result(2, page(0, "x")), Change::Forget(DocumentId(2)), result(2, page(1, "late"))]);
    library.close();
    let library = Tested::open(data.path());
    assert_eq!(library.loaded.documents.len(), 1);
    assert_eq!(library.pages(), (DocumentId(1), vec![page(0, "new")]));
    library.save([Change::Forget(DocumentId(1))]);
    library.close();
    let library = Tested::open(data.path());
    assert_eq!(library.loaded, Loaded::default());
    library.close();
    let file = rusqlite::Connection::open(data.path().join("library.sqlite")).unwrap();
    let left: i64 = file.query_row("SELECT count(*) FROM page", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn what_is_shown_is_brought_first() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    let session = Session { open: Some(DocumentId(3)), ..Session::default() };
    library.save((1..=3).flat_map(|id| [document(id), result(id, page(0, "x"))]));
    library.save([Change::Session(Box::new(session))]);
    library.close();
    let library = Tested::open(data.path());
    assert_eq!([(); 3].map(|()| library.pages().0.0), [3, 1, 2]);
    library.close();
}

#[test]
fn a_file_that_is_no_library_is_set_aside() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("library.sqlite"), "nonsense ".repeat(1000)).unwrap();
    let library = Tested::open(data.path());
    assert!(library.problem().contains("was damaged") && library.problem().contains("a new one was begun"));
    let aside = |name: &str| name.starts_with("library-damaged-") && library.problem().contains(name);
    let names = std::fs::read_dir(data.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().any(|name| aside(&name)), "{}", library.problem());
    library.save([document(1)]);
    library.close();
    let library = Tested::open(data.path());
    assert_eq!((library.problem(), library.loaded.documents.len()), ("", 1));
    library.close();
}

#[test]
fn documents_are_saved_from_a_library_whose_results_are_lost() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    library.save([document(1), Change::Seen(DocumentId(1), 1), document(4), result(4, page(0, "x"))]);
    library.close();
    let file = rusqlite::Connection::open(data.path().join("library.sqlite")).unwrap();
    file.execute_batch("DROP TABLE page").unwrap();
    drop(file);
    for attempt in 0..2 {
        let library = Tested::open(data.path());
        let told = if attempt == 0 { "2 documents could be read" } else { "" };
        assert!(library.problem().contains(told), "{}", library.problem());
        let documents = &library.loaded.documents;
        assert_eq!(documents.iter().map(|d| d.record.id.0).collect::<Vec<_>>(), [1, 4]);
        assert_eq!((documents[0].seen, &documents[0].record.reading), (1, &KeptReading::Queued));
        library.close();
    }
}

#[test]
fn a_result_that_makes_no_sense_is_left_out() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    library.save([document(1), result(1, page(0, "a")), result(1, page(1, "b"))]);
    library.close();
    let file = rusqlite::Connection::open(data.path().join("library.sqlite")).unwrap();
    file.execute("UPDATE page SET result = '{' WHERE number = 0", []).unwrap();
    drop(file);
    let library = Tested::open(data.path());
    assert_eq!(library.pages(), (DocumentId(1), vec![page(1, "b")]));
    library.close();
}

#[test]
fn two_programs_never_write_the_same_library() {
    let data = tempfile::tempdir().unwrap();
    let one = Tested::open(data.path());
    one.save([document(1)]);
    let other = Tested::open(data.path());
    assert!(other.problem().starts_with("Another Proofdesk has the library open"), "{}", other.problem());
    other.save([document(2), Change::Forget(DocumentId(1))]);
    other.close();
    one.close();
    let again = Tested::open(data.path());
    assert_eq!(again.loaded.documents.iter().map(|d| d.record.id.0).collect::<Vec<_>>(), [1]);
    again.close();
}

#[test]
fn where_nothing_can_be_written_it_is_said() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let library = Tested::open(&file.join("data"));
    assert!(library.problem().contains("kept only until Proofdesk ends"), "{}", library.problem());
    library.save([document(1)]);
    library.close();
}

#[test]
fn a_library_of_a_later_version_is_not_touched() {
    let data = tempfile::tempdir().unwrap();
    Tested::open(data.path()).close();
    let path = data.path().join("library.sqlite");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let library = Tested::open(data.path());
    assert!(library.problem().contains("later version"), "{}", library.problem());
    library.save([document(1)]);
    library.close();
    let file = rusqlite::Connection::open(&path).unwrap();
    let documents: i64 = file.query_row("SELECT count(*) FROM document", [], |row| row.get(0)).unwrap();
    assert_eq!(documents, 0);
}

#[test]
fn what_could_not_be_written_is_written_once_it_can() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    let file = rusqlite::Connection::open(data.path().join("library.sqlite")).unwrap();
    file.execute_batch("CREATE TRIGGER full BEFORE INSERT ON page BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    library.save([document(1), result(1, page(0, "a"))]);
    let told = loop {
        match library.events.recv_timeout(PATIENCE).unwrap() {
            // The document alone may have been written before its page.
            Event::Saved(1) => {}
            other => break other,
        }
    };
    assert!(matches!(&told, Event::SavingFails(problem) if problem.message.contains("cannot be saved")), "{told:?}");
    library.save([result(1, page(0, "b"))]);
    file.execute_batch("DROP TRIGGER full").unwrap();
    drop(file);
    library.close();
    let library = Tested::open(data.path());
    assert_eq!(library.pages(), (DocumentId(1), vec![page(0, "b")]));
    library.close();
}

/// A library of 60 documents with results, words and a history each, and how large a page of its file is.
fn large(data: &Path) -> usize {
    let library = Tested::open(data);
    for id in 1..=60 {
        let words =
            (0..150).map(|n| Word { text: format!("word-{id}-{n}").as_str().into(), ..Word::default() }).collect();
        let text = PageText { words, ..PageText::default() };
        let whole = Record { options: ReadOptions::default(), ..record(id) };
        let step = Step(vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }]);
        library.save([
            Change::Document(Box::new(whole)),
            result(id, Page { text: Some(text.into()), ..page(0, "a") }),
            result(id, page(1, "b")),
            Change::Trail(DocumentId(id), Trail { at_ms: 5, by: "Ada".into(), act: Act::Made(step) }),
        ]);
    }
    library.close();
    let file = rusqlite::Connection::open(data.join("library.sqlite")).unwrap();
    // Whatever was written together: the same rows stand at the same places.
    file.execute_batch("VACUUM").unwrap();
    file.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0)).unwrap() as usize
}

/// The library after something happened to its file: it says so, keeps the damaged file and goes on. How many documents
/// stand, how many of them with all results, and with their history.
fn after_damage(data: &Path, damage: impl FnOnce(&mut Vec<u8>, usize)) -> [usize; 3] {
    let size = large(data);
    let path = data.join("library.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    damage(&mut bytes, size);
    std::fs::write(&path, &bytes).unwrap();
    let library = Tested::open(data);
    let mut told = vec![library.problem().to_owned()];
    let (mut whole, mut histories, stored) =
        (0, 0, library.loaded.documents.iter().filter(|d| !d.stored.is_empty()).count());
    let mut come = 0;
    while come < stored {
        match library.events.recv_timeout(PATIENCE).unwrap() {
            Event::PagesLoaded(_, pages) => (come, whole) = (come + 1, whole + usize::from(pages.len() == 2)),
            Event::HistoryLoaded(_, history) => histories += usize::from(!history.is_empty()),
            Event::Mended(problem) => told.push(problem.message),
            other => panic!("{other:?}"),
        }
    }
    let told = told.into_iter().find(|one| one.contains("was damaged and is kept as")).expect("it is said");
    let aside = told.split_whitespace().find(|word| word.starts_with("library-damaged-")).unwrap();
    let kept = std::fs::read(data.join(aside.trim_end_matches(';'))).unwrap();
    assert!(kept == bytes, "the damaged file is kept as it was");
    let documents = library.loaded.documents.len();
    histories += library.loaded.documents.iter().filter(|document| !document.history.is_empty()).count();
    for document in &library.loaded.documents {
        let is_done = document.record.reading == KeptReading::Done;
        assert!(!is_done || document.stored.len() == 2, "what is lost is read again: {document:?}");
    }
    library.save([document(100)]);
    library.close();
    let again = Tested::open(data);
    assert_eq!((again.problem(), again.loaded.documents.len()), ("", documents + 1));
    let Tested { library, events, .. } = again;
    // Nobody waits for the results.
    drop(events);
    assert!(library.close(PATIENCE));
    [documents, whole, histories]
}

#[test]
fn what_can_be_read_of_a_library_with_overwritten_pages_is_saved() {
    let data = tempfile::tempdir().unwrap();
    let [documents, whole, histories] = after_damage(data.path(), |bytes, size| {
        // 13 begins a page of rows, 0 one of what is too long for those (https://www.sqlite.org/fileformat2.html).
        let rows = bytes.chunks_mut(size).skip(8).find(|page| page[0] == 13);
        rows.expect("a page of documents").fill(0xa5);
        for page in bytes.chunks_mut(size).skip(11).step_by(9).filter(|page| page[0] == 0) {
            page.fill(0xa5);
        }
    });
    assert!(documents > 40 && whole > 20 && histories > 20, "{documents} {whole} {histories}");
}

#[test]
fn what_can_be_read_of_a_library_that_was_cut_off_is_saved() {
    let data = tempfile::tempdir().unwrap();
    let [documents, whole, histories] = after_damage(data.path(), |bytes, size| {
        bytes.truncate(bytes.len() / size * 7 / 10 * size);
    });
    assert!(documents > 30 && whole > 20, "{documents} {whole} {histories}");
}

#[test]
fn damage_that_shows_only_when_results_are_read_is_mended_while_the_program_runs() {
    let data = tempfile::tempdir().unwrap();
    let [documents, whole, _] = after_damage(data.path(), |bytes, size| {
        // Words are not read before the desk stands.
        let word = b"word-55-70";
        let at = bytes.windows(word.len()).position(|bytes| bytes == word).unwrap() / size;
        bytes[at * size..(at + 1) * size].fill(0xa5);
    });
    assert_eq!((documents, whole), (60, 60), "only words are lost, and those are read again");
}

#[test]
fn it_is_said_how_much_is_on_the_disk() {
    let data = tempfile::tempdir().unwrap();
    let library = Tested::open(data.path());
    library.save([document(1), document(2)]);
    library.save([document(3)]);
    loop {
        match library.events.recv_timeout(PATIENCE).unwrap() {
            Event::Saved(3) => break,
            Event::Saved(count) => assert!(count < 3),
            other => panic!("{other:?}"),
        }
    }
    library.close();
}
