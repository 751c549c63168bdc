//! The program without a window, on the real server, engine and worker processes.

mod crash;
mod crash_edits;
mod files;
mod keeping;
mod proxy;
mod remote;
pub(crate) mod teaching;
mod theirs;

use proofdesk::desk::{
    Action, Command, Desk, DeskDocument, DeskOptions, DocumentStatus, FileState, NoticeKind, Reach, ReadState, State,
};
use proofdesk::parts::Parts;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(4);

/// A desk with the signal that something has arrived.
struct Tested {
    desk: Desk,
    woken: Receiver<()>,
}

impl Tested {
    fn start(data: &Path) -> Self {
        let (wake, woken) = sync_channel(1);
        let desk = Desk::start(DeskOptions {
            data: data.to_owned(),
            parts: Parts::find(),
            wake: Arc::new(move || {
                // One signal is as good as many.
                let _ = wake.try_send(());
            }),
            pages_worker: Some(env!("CARGO_BIN_EXE_proofdesk").into()),
            keyring: false,
            exports: None,
        });
        Self { desk, woken }
    }

    fn state(&self) -> &State {
        self.desk.state()
    }

    fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.desk.command(Command::AddPaths(paths.into_iter().collect()));
    }

    fn act(&mut self, action: Action) {
        self.desk.command(Command::Do(action));
    }

    /// Takes in events until `holds`; it is asked after each frame's worth of them.
    fn until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let start = Instant::now();
        loop {
            let more = self.desk.drain(Duration::from_millis(8));
            if holds(self.state()) {
                return;
            }
            if more && start.elapsed() < DEADLINE {
                continue;
            }
            let left = DEADLINE.checked_sub(start.elapsed());
            let arrived = left.is_some_and(|left| self.woken.recv_timeout(left).is_ok());
            assert!(arrived, "waited in vain for: {what}; {:#?}", self.state());
        }
    }

    fn until_read(&mut self) {
        self.until("everything is read", |state| {
            let ended = |d: &DeskDocument| {
                matches!(d.reading, ReadState::Done | ReadState::Failed(_)) || matches!(d.file, FileState::Failed(_))
            };
            !state.documents.is_empty() && state.documents.iter().all(ended)
        });
    }

    fn only(&self) -> &DeskDocument {
        assert_eq!(self.state().documents.len(), 1);
        &self.state().documents[0]
    }

    /// What went wrong, as the person was told.
    fn problems(&self) -> Vec<&str> {
        let notices = self.state().notices.iter().filter(|notice| notice.kind == NoticeKind::Problem);
        notices.map(|notice| notice.problem.message.as_str()).collect()
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn data() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A PDF whose pages have these lines of text.
fn pdf(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let kids = kids.join(" ");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Count {} /Kids [{kids}] /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> >>",
            pages.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (number, page) in pages.iter().enumerate() {
        objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 5 + 2 * number));
        let lines: Vec<String> = page.lines().map(|line| format!("({line}) Tj T*")).collect();
        let drawn = format!("BT /F 14 Tf 72 700 Td 20 TL {} ET", lines.join(" "));
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::new();
    for (number, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{} 0 obj\n{object}\nendobj", number + 1).unwrap();
    }
    let (start, count) = (file.len(), objects.len() + 1);
    write!(
        file,
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    file.into_bytes()
}

/// A document of so many pages, each with a line or two of its own.
fn long_document(folder: &Path, pages: usize) -> PathBuf {
    let pages: Vec<String> = (1..=pages)
        .map(|n| format!("Invoice No: {n}\nThis is a page of a long document, and it is like the others"))
        .collect();
    let path = folder.join("long.pdf");
    std::fs::write(&path, pdf(&pages)).unwrap();
    path
}

#[test]
fn an_invoice_is_opened_and_read() {
    let data = data();
    let mut desk = Tested::start(data.path());
    assert_ne!(desk.state().chosen_reach(), &Reach::Ready, "the start waits for nothing");
    desk.add([fixture("zf_Mustang_RE-20190610_507.pdf")]);
    desk.until_read();
    assert_eq!(desk.state().chosen_reach(), &Reach::Ready);
    let document = desk.only();
    assert_eq!(document.reading, ReadState::Done);
    assert_eq!(desk.state().open.unwrap().document, document.id);
    let FileState::Ready(sizes) = &document.file else { panic!("{:?}", document.file) };
    let page = &document.pages[&0];
    assert_eq!(page.size, sizes[0]);
    assert!(page.text.as_ref().unwrap().text().contains("Please remit until 2019-07-01."));
    assert!(!page.fields.is_empty() && !page.tables.is_empty());
    assert!(desk.state().activities.is_empty());
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
}

#[test]
fn a_scan_that_lies_on_its_side_is_read() {
    let data = data();
    let mut desk = Tested::start(data.path());
    desk.add([fixture("tess_phototest_rotL.png")]);
    desk.until_read();
    let page = &desk.only().pages[&0];
    let text = page.text.as_ref().unwrap();
    assert!(text.text().contains("quick brown dog jumped"), "{}", text.text());
    assert_eq!(text.turn.degrees() % 180, 90);
}

#[test]
fn a_photo_of_a_receipt_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sroie");
    let photo = std::fs::read_dir(&folder).ok().and_then(|entries| {
        let paths = entries.flatten().map(|entry| entry.path());
        paths.filter(|path| path.extension().is_some_and(|e| e == "jpg")).min()
    });
    let Some(photo) = photo else {
        println!("skipped: the photos of receipts may not be shipped, and {} is not there", folder.display());
        return;
    };
    let data = data();
    let mut desk = Tested::start(data.path());
    desk.add([photo]);
    desk.until_read();
    let document = desk.only();
    assert_eq!(document.reading, ReadState::Done);
    let page = &document.pages[&0];
    assert!(page.text.as_ref().unwrap().len() > 20 && !page.fields.is_empty());
    desk.act(Action::NextField);
    assert!(desk.state().selection.is_some());
}

#[test]
fn a_long_document_stands_at_once_and_is_read_page_by_page_from_the_one_in_view() {
    let data = data();
    let file = long_document(data.path(), 1000);
    let mut desk = Tested::start(&data.path().join("data"));
    desk.add([file]);
    desk.until("the pages are known", |state| state.documents.first().and_then(DeskDocument::page_count) == Some(1000));
    let before = desk.only().pages.len();
    assert!(before < 1000, "it stands before it is read");
    desk.desk.command(Command::GoToPage(700));
    desk.until("a page in view is read", |state| state.documents[0].pages.contains_key(&700));
    // The request that was on its way, and the one that asks for the page in view: at most 32 pages each.
    let read = desk.only().pages.len() - before;
    assert!(read <= 64, "{read} pages were read before the one in view");
    assert_eq!(desk.state().activities.len(), 1);

    desk.act(Action::CancelAll);
    let read = desk.only().pages.len();
    assert_eq!((&desk.only().reading, desk.state().activities.len()), (&ReadState::Cancelled, 0));
    // What comes next shows that nothing came of the first in the meantime.
    desk.add([fixture("i2d_coolblue1.pdf")]);
    desk.until("the other is read", |state| state.documents.get(1).is_some_and(|d| d.reading == ReadState::Done));
    assert_eq!(desk.state().documents[0].pages.len(), read);
    let id = desk.state().documents[0].id;
    desk.desk.command(Command::Retry(vec![id]));
    desk.until("it goes on", |state| state.documents[0].pages.len() > read);
    assert!(matches!(desk.state().status(&desk.state().documents[0]), DocumentStatus::Reading(..)));
}

#[test]
fn two_hundred_files_come_as_rows_at_once_and_are_all_read() {
    let data = data();
    let mut files = Vec::new();
    for number in 0..200 {
        let path = data.path().join(format!("{number:03}.pdf"));
        std::fs::write(&path, pdf(&[format!("Invoice No: {number}\nPlease keep this letter in a safe place")]))
            .unwrap();
        files.push(path);
    }
    let mut desk = Tested::start(&data.path().join("data"));
    desk.until("it is ready", |state| *state.chosen_reach() == Reach::Ready);
    desk.add(files);
    desk.until("the rows are there", |state| state.documents.len() == 200);
    assert!(desk.state().documents.iter().any(|d| d.reading != ReadState::Done), "the rows come before they are read");
    desk.until_read();
    let numbers = desk.state().documents.iter().enumerate();
    for (number, document) in numbers {
        let text = document.pages[&0].text.as_ref().unwrap().text();
        assert!(text.contains(&format!("Invoice No: {number}")), "{number}: {text}");
    }
}
