//! Files of all sorts: locked, broken, in folders, on the web.

use super::{Tested, data, fixture, pdf};
use crate::fetch::{found, web};
use proofdesk::desk::{Action, Command, FileState, ReadState};

#[test]
fn a_locked_document_is_opened_and_read_with_its_password() {
    let data = data();
    let mut desk = Tested::start(data.path());
    desk.add([fixture("own_locked.pdf")]);
    desk.until("it asks", |state| {
        state.documents.first().is_some_and(|d| d.file == FileState::NeedsPassword { wrong: false })
    });
    let id = desk.only().id;
    desk.desk.command(Command::GivePassword(id, "open".into()));
    desk.until("it asks again", |state| state.documents[0].file == FileState::NeedsPassword { wrong: true });
    desk.desk.command(Command::GivePassword(id, "sesame".into()));
    desk.until_read();
    let page = &desk.only().pages[&0];
    assert!(page.text.as_ref().unwrap().text().contains("Please keep this letter"));
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
    desk.desk.shut_down();
    // The password is nowhere on the disk.
    for entry in std::fs::read_dir(data.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"sesame"), "{:?}", entry.path());
    }
    let mut again = Tested::start(data.path());
    again.until("it asks after a restart", |state| {
        let asks = |d: &proofdesk::desk::DeskDocument| matches!(d.file, FileState::NeedsPassword { .. });
        state.documents.first().is_some_and(|d| asks(d) && d.pages.len() == 1)
    });
    assert_eq!(again.only().reading, ReadState::Done);
}

#[test]
fn bad_files_say_what_is_wrong_and_stop_no_other() {
    let data = data();
    let files = data.path().join("files");
    std::fs::create_dir(&files).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(files.join(name), bytes).unwrap();
        files.join(name)
    };
    let named = [
        write("cut.pdf", &pdf(&["x".into()])[..40]),
        write("empty.png", b""),
        write("notes.txt", b"no document"),
        files.join("not there.pdf"),
        fixture("i2d_coolblue1.pdf"),
    ];
    let mut desk = Tested::start(&data.path().join("data"));
    desk.add(named);
    desk.until_read();
    let sentence = |at: usize| match &desk.state().documents[at].file {
        FileState::Failed(problem) => problem.message.as_str(),
        other => panic!("{at}: {other:?}"),
    };
    assert!(sentence(0).starts_with("This file is damaged"), "{}", sentence(0));
    assert!(sentence(1).starts_with("This file is empty"), "{}", sentence(1));
    assert!(sentence(2).starts_with("This file is a text file"), "{}", sentence(2));
    assert!(sentence(3).starts_with("This file could not be read"), "{}", sentence(3));
    assert_eq!(desk.state().documents[4].reading, ReadState::Done);
    assert_eq!(desk.problems().len(), 4);

    // A file that is mended is read.
    write("cut.pdf", &pdf(&["Invoice No: 12\nThis letter was mended and can be read now".into()]));
    desk.act(Action::RetryAllFailed);
    desk.until("it is read", |state| state.documents[0].reading == ReadState::Done);
    assert!(desk.state().documents[0].pages[&0].text.as_ref().unwrap().text().contains("mended"));
}

#[test]
fn a_folder_brings_its_documents_once() {
    let data = data();
    let folder = data.path().join("folder");
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    let letter = |number: u32| pdf(&[format!("Invoice No: {number}\nThis is one of the letters of the folder")]);
    for (name, number) in [("page 10.pdf", 10), ("page 9.pdf", 9), ("inner/a.pdf", 1), (".hidden.pdf", 0)] {
        std::fs::write(folder.join(name), letter(number)).unwrap();
    }
    std::fs::write(folder.join("notes.txt"), b"no document").unwrap();
    let mut desk = Tested::start(&data.path().join("data"));
    desk.add([folder.clone()]);
    desk.until_read();
    let names: Vec<&str> = desk.state().documents.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["page 9.pdf", "page 10.pdf", "a.pdf"]);
    desk.desk.command(Command::AddText(folder.join("page 10.pdf").display().to_string()));
    desk.until("it is said that it is there", |state| !state.notices.is_empty());
    assert_eq!(desk.state().notices[0].problem.message, "page 10.pdf is on the desk already");
    assert_eq!(desk.state().documents.len(), 3);
    assert_eq!(desk.state().open.unwrap().document, desk.state().documents[1].id);
}

#[test]
fn an_address_is_fetched_read_and_kept() {
    let at = web(|path| match path {
        "/Bill%207.pdf" => found("", &std::fs::read(fixture("i2d_coolblue1.pdf")).unwrap()),
        _ => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
    });
    let data = data();
    let mut desk = Tested::start(data.path());
    desk.desk.command(Command::AddText(format!("{at}/Bill%207.pdf\n{at}/missing.pdf")));
    desk.until_read();
    assert_eq!(desk.state().documents[0].name, "Bill 7.pdf");
    assert_eq!(desk.state().documents[0].reading, ReadState::Done);
    assert_eq!(desk.problems(), ["127.0.0.1 does not have this document; check the address and add it again"]);
    let path = desk.state().documents[0].path.clone();
    assert!(path.starts_with(data.path()));
    desk.desk.shut_down();

    let mut again = Tested::start(data.path());
    again.until("it is there", |state| state.documents.first().is_some_and(|d| d.pages.len() == 1));
    assert!(path.exists());
    let id = again.state().documents[0].id;
    again.desk.command(Command::Remove(vec![id]));
    again.desk.shut_down();
    let mut last = Tested::start(data.path());
    last.until("it is gone", |state| state.documents.len() == 1);
    assert!(!path.exists());
}
