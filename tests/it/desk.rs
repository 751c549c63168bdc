//! The program without a window, on the real server, engine and worker processes.

use proofdesk::desk::{Command, Connection, Desk, DeskDocument, DeskOptions, FileState, ReadState, State};
use proofdesk::parts::Parts;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(2);

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
        });
        Self { desk, woken }
    }

    fn state(&self) -> &State {
        self.desk.state()
    }

    fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.desk.command(Command::AddPaths(paths.into_iter().collect()));
    }

    /// Takes in events until `holds`.
    fn until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let start = Instant::now();
        loop {
            while self.desk.drain(Duration::from_millis(8)) {}
            if holds(self.state()) {
                return;
            }
            let left = DEADLINE.checked_sub(start.elapsed());
            let arrived = left.is_some_and(|left| self.woken.recv_timeout(left).is_ok());
            assert!(arrived, "waited in vain for: {what}; {:#?}", self.state());
        }
    }

    fn until_read(&mut self) {
        self.until("everything is read", |state| {
            !state.documents.is_empty()
                && state.documents.iter().all(|d| matches!(d.reading, ReadState::Done | ReadState::Failed(_)))
        });
    }

    fn only(&self) -> &DeskDocument {
        assert_eq!(self.state().documents.len(), 1);
        &self.state().documents[0]
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn data() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn an_invoice_is_opened_and_read() {
    let data = data();
    let started = Instant::now();
    let mut desk = Tested::start(data.path());
    assert!(started.elapsed() < Duration::from_millis(100), "the start waits for nothing");
    desk.add([fixture("zf_Mustang_RE-20190610_507.pdf")]);
    desk.until_read();
    assert!(matches!(&desk.state().connection, Connection::Ready { model, .. } if model == "general"));
    let document = desk.only();
    assert_eq!(document.reading, ReadState::Done);
    assert_eq!(desk.state().open.unwrap().document, document.id);
    let FileState::Ready(sizes) = &document.file else { panic!("{:?}", document.file) };
    let page = &document.pages[&0];
    assert_eq!(page.size, sizes[0]);
    assert!(page.text.as_ref().unwrap().text().contains("Please remit until 2019-07-01."));
    assert!(!page.fields.is_empty() && !page.tables.is_empty());
    assert!(desk.state().activities.is_empty());
}
