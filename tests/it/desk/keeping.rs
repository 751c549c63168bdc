//! What is kept over restarts and crashes, and what a second start does.

use super::{Tested, data, fixture, long_document};
use proofdesk::desk::instance::{Claim, claim};
use proofdesk::desk::{Action, Command, DeskDocument, Effect, ReadState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

#[test]
fn after_a_restart_the_desk_is_as_it_was_left() {
    let data = data();
    let mut desk = Tested::start(data.path());
    desk.add([fixture("i2d_coolblue1.pdf"), fixture("i2d_oyo.pdf")]);
    desk.until_read();
    desk.act(Action::NextDocument);
    desk.act(Action::NextField);
    desk.act(Action::ToggleWords);
    desk.desk.command(Command::SetThreshold(0.65));
    let before = desk.state().clone();
    desk.desk.shut_down();

    let mut again = Tested::start(data.path());
    let start = Instant::now();
    again.until("all is back", |state| {
        state.documents.len() == 2 && state.documents.iter().all(|d| !d.pages.is_empty())
    });
    println!("the desk was back after {:?}", start.elapsed());
    let now = again.state();
    assert!(before.selection.is_some());
    assert_eq!((&now.open, &now.selection, &now.view), (&before.open, &before.selection, &before.view));
    for (old, new) in before.documents.iter().zip(&now.documents) {
        assert_eq!((old.id, &old.path, &old.name, &old.file), (new.id, &new.path, &new.name, &new.file));
        assert_eq!((&old.reading, &old.pages), (&new.reading, &new.pages));
    }
}

#[test]
fn a_file_that_was_moved_or_rewritten_while_the_program_was_away_is_noticed() {
    let data = data();
    let (moved, rewritten) = (data.path().join("moved.pdf"), data.path().join("rewritten.pdf"));
    for file in [&moved, &rewritten] {
        std::fs::copy(fixture("i2d_coolblue1.pdf"), file).unwrap();
    }
    // The same file twice would be read once.
    std::fs::OpenOptions::new().append(true).open(&moved).unwrap().write_all(b"%").unwrap();
    let mut desk = Tested::start(&data.path().join("data"));
    desk.add([moved.clone(), rewritten.clone()]);
    desk.until_read();
    desk.desk.shut_down();
    std::fs::remove_file(&moved).unwrap();
    std::fs::copy(fixture("i2d_oyo.pdf"), &rewritten).unwrap();

    let mut again = Tested::start(&data.path().join("data"));
    again.until("both are noticed", |state| {
        state.notices.len() == 2 && state.documents.iter().all(|d| d.reading == ReadState::Done)
    });
    let text = |document: &DeskDocument| document.pages[&0].text.as_ref().unwrap().text();
    assert!(text(&again.state().documents[1]).contains("OYO"), "{}", text(&again.state().documents[1]));
    assert_eq!(again.problems().len(), 1);
    assert_eq!(again.state().documents[0].pages.len(), 1, "its results are kept");
}

/// Where the process of the test below finds its data folder.
const VICTIM: &str = "PROOFDESK_TEST_VICTIM";

#[test]
fn a_killed_process_loses_no_document() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        read_until_killed(Path::new(&folder));
    }
    let folder = data();
    long_document(folder.path(), 400);
    let mut victim = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["desk::keeping::a_killed_process_loses_no_document", "--exact", "--nocapture"])
        .env(VICTIM, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
    let some = lines.filter_map(|line| line.strip_prefix("read ")?.parse::<usize>().ok()).find(|pages| *pages >= 20);
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(some.is_some(), "it ended too soon");

    let mut desk = Tested::start(&folder.path().join("data"));
    desk.until("it is back", |state| state.documents.first().is_some_and(|d| !d.pages.is_empty()));
    let kept = desk.only().pages.len();
    assert!((10..400).contains(&kept), "{kept} pages were kept");
    desk.until("the rest is read", |state| state.documents[0].reading == ReadState::Done);
    assert_eq!(desk.only().pages.len(), 400);
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
}

fn read_until_killed(folder: &Path) -> ! {
    let mut desk = Tested::start(&folder.join("data"));
    desk.add([folder.join("long.pdf")]);
    let mut said = 0;
    loop {
        desk.until("more is read", |state| state.documents.first().is_some_and(|d| d.pages.len() > said));
        said = desk.only().pages.len();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nread {said}").unwrap();
        out.flush().unwrap();
        assert!(said < 400, "nobody killed it");
    }
}

#[test]
fn a_second_start_hands_its_files_to_the_window() {
    let data = data();
    let Claim::First(listener) = claim(data.path(), &[]) else { panic!("it is the first") };
    let mut desk = Tested::start(data.path());
    desk.desk.listen(listener);
    let second = claim(data.path(), &[fixture("i2d_coolblue1.pdf").into()]);
    assert!(matches!(second, Claim::Handed), "{second:?}");
    desk.until_read();
    assert_eq!(desk.only().name, "i2d_coolblue1.pdf");
    assert_eq!(desk.desk.take_effects(), [Effect::Raise]);
    desk.desk.shut_down();
    drop(desk);
    assert!(matches!(claim(data.path(), &[]), Claim::First(_)), "the lock goes with the window");
}

#[test]
fn a_desk_whose_folder_another_one_has_works_and_keeps_nothing() {
    let data = data();
    let mut first = Tested::start(data.path());
    first.add([fixture("i2d_coolblue1.pdf")]);
    first.until_read();
    let mut second = Tested::start(data.path());
    second.add([fixture("i2d_oyo.pdf")]);
    second.until_read();
    assert_eq!(second.only().name, "i2d_oyo.pdf");
    assert!(second.problems()[0].starts_with("Another Proofdesk has the library open"));
    drop((first, second));
    let mut again = Tested::start(data.path());
    again.until("it is back", |state| !state.documents.is_empty());
    assert_eq!(again.only().name, "i2d_coolblue1.pdf");
}

#[test]
fn a_folder_that_cannot_be_written_is_no_reason_not_to_work() {
    let data = data();
    let file = data.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let mut desk = Tested::start(&file.join("data"));
    desk.add([fixture("i2d_coolblue1.pdf")]);
    desk.until_read();
    assert_eq!(desk.only().reading, ReadState::Done);
    assert!(desk.problems()[0].contains("kept only until Proofdesk ends"), "{:?}", desk.problems());
}
