//! Documents that another service reads: an embedded server with a reader of its own stands in for it, and a proxy for
//! a network and a service that misbehave.

use super::proxy::{Fault, proxy};
use super::{Tested, data, pdf};
use crate::service::{Event, KEY, Service, service};
use proofdesk::api::{Key, ModelId};
use proofdesk::client::{Client, OnProgress, PredictOptions, Upload};
use proofdesk::desk::{
    Account, Command, ConnectionId, DeskDocument, Import, Reach, ReadOptions, ReadState, State, SyncState, Target,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub(super) const CLOUD: ConnectionId = ConnectionId(1);

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(super) fn account(url: &str) -> Account {
    Account { name: "Cloud".into(), base_url: url.into(), ..Account::default() }
}

fn is_ready(state: &State) -> bool {
    *state.chosen_reach() == Reach::Ready
}

/// A desk that has what comes read by the service at `url`.
pub(super) fn desk(url: &str, data: &Path) -> Tested {
    let mut desk = Tested::start(data);
    desk.until("this computer answers", is_ready);
    desk.desk.command(Command::SaveAccount(Box::new(account(url)), Some(KEY.into())));
    desk.until("the cloud answers", is_ready);
    desk
}

/// A PDF of so many pages for the desk, which the cloud's reader reads by its first line.
pub(super) fn document(folder: &Path, name: &str, pages: usize) -> PathBuf {
    let path = folder.join(name);
    let mut file = format!("FAKE pages={pages} name={name}\n").into_bytes();
    file.extend(pdf(&vec!["A page".to_owned(); pages]));
    std::fs::write(&path, file).unwrap();
    path
}

/// The value of the field that the cloud's reader says on each page.
pub(super) fn said(document: &DeskDocument) -> Vec<&str> {
    document.pages.values().map(|page| page.fields[0].text.as_str()).collect()
}

/// Today, in days since 1970.
pub(super) fn today() -> u32 {
    (std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 86_400) as u32
}

/// What the cloud has: of each file by its name, how many pages.
pub(super) async fn read_at(cloud: &Service) -> BTreeMap<String, usize> {
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let reply = client.day_results(&ModelId::from("general"), today() - 1, today() + 1).await.unwrap();
    let mut all = BTreeMap::new();
    for page in reply.moderated_images.iter().chain(&reply.unmoderated_images) {
        // What it fetched itself is called as its address.
        let name = page.original_file_name.as_deref().unwrap();
        *all.entry(name.rsplit('/').next().unwrap_or(name).to_owned()).or_default() += 1;
    }
    all
}

/// How many pages the cloud's reader has read.
pub(super) fn read_there(cloud: &mut Service) -> usize {
    std::iter::from_fn(|| cloud.events.try_recv().ok()).filter(|event| matches!(event, Event::Reading(..))).count()
}

#[test]
fn short_and_long_documents_go_to_the_cloud_and_come_back_once() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service());
    let data = data();
    let mut desk = desk(&cloud.url, &data.path().join("data"));
    desk.add([document(data.path(), "short.pdf", 1), document(data.path(), "long.pdf", 5)]);
    desk.until_read();
    assert_eq!(desk.state().documents.iter().map(said).collect::<Vec<_>>(), [vec!["0"], vec!["0", "1", "2", "3", "4"]]);
    assert_eq!(read_there(&mut cloud), 6);
    let asked: Vec<String> = desk.state().requests.requests().iter().map(ToString::to_string).collect();
    for path in ["POST 127.0.0.1/api/v2/OCR/Model/general/LabelFile/ ", "/LabelFile/Async/ "] {
        assert_eq!(asked.iter().filter(|line| line.contains(path)).count(), 1, "{path}: {asked:#?}");
    }
    assert!(asked.iter().all(|line| !line.contains(KEY)), "{asked:#?}");
}

#[test]
fn a_document_whose_answer_is_lost_is_found_and_not_sent_again() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service());
    let (url, uploads) = proxy(&cloud, Fault::LosesAnswer);
    let data = data();
    let mut desk = desk(&url, &data.path().join("data"));
    desk.add([document(data.path(), "a.pdf", 2)]);
    desk.until_read();
    assert_eq!((desk.only().reading.clone(), said(desk.only())), (ReadState::Done, vec!["0", "1"]));
    assert_eq!((uploads.load(Ordering::SeqCst), read_there(&mut cloud)), (1, 2));
}

#[test]
fn whatever_the_service_says_the_document_is_read_there_once() {
    for (fault, sent) in [(Fault::CutsAnswer, 1), (Fault::SaysHtml, 1), (Fault::NeverEnds, 1), (Fault::Breaks, 2)] {
        let runtime = runtime();
        let mut cloud = runtime.block_on(service());
        let (url, uploads) = proxy(&cloud, fault);
        let data = data();
        let mut desk = desk(&url, &data.path().join("data"));
        desk.add([document(data.path(), "a.pdf", 2), document(data.path(), "b.pdf", 1)]);
        desk.until_read();
        let all: Vec<_> = desk.state().documents.iter().map(|d| (d.reading.clone(), said(d))).collect();
        assert_eq!(all, [(ReadState::Done, vec!["0", "1"]), (ReadState::Done, vec!["0"])], "{fault:?}");
        assert_eq!((uploads.load(Ordering::SeqCst), read_there(&mut cloud)), (sent + 1, 3), "{fault:?}");
    }
}

#[test]
fn a_service_that_sends_elsewhere_is_not_followed_and_the_rest_goes_on() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let (url, uploads) = proxy(&cloud, Fault::SendsElsewhere);
    let data = data();
    let mut desk = desk(&url, &data.path().join("data"));
    desk.add([document(data.path(), "a.pdf", 1), document(data.path(), "b.pdf", 2)]);
    desk.until_read();
    assert_eq!(uploads.load(Ordering::SeqCst), 2);
    let failed =
        |d: &DeskDocument| matches!(&d.reading, ReadState::Failed(problem) if problem.message.contains("has moved"));
    assert_eq!(desk.state().documents.iter().filter(|d| failed(d)).count(), 1, "{:#?}", desk.state().documents);
    // Asked again, it goes on.
    desk.act(proofdesk::desk::Action::RetryAllFailed);
    desk.until("both are read", |state| state.documents.iter().all(|d| d.reading == ReadState::Done));
}

#[test]
fn what_the_service_has_is_imported_with_its_pages_and_never_twice() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let mut first = desk(&cloud.url, &data.path().join("first"));
    first.add([document(data.path(), "a.pdf", 2), document(data.path(), "b.pdf", 5)]);
    first.until_read();
    let days = Command::Import(CLOUD, Import::Days(today() - 1, today() + 1));
    // Where they were sent from, they are known.
    first.desk.command(days.clone());
    first.until("the import is over", |state| state.notices.iter().any(|n| n.problem.message.contains("already")));
    assert_eq!(first.state().documents.len(), 2);
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let reply = runtime.block_on(client.day_results(&ModelId::from("general"), today() - 1, today() + 1)).unwrap();
    let file = reply.unmoderated_images[0].request_file_id.as_str().to_owned();
    first.desk.shut_down();

    let mut desk = desk(&cloud.url, &data.path().join("second"));
    desk.desk.command(days.clone());
    let stands = |d: &DeskDocument| d.page_count().is_some() && d.reading == ReadState::Done;
    desk.until("both are here", |state| state.documents.len() == 2 && state.documents.iter().all(stands));
    let mut all: Vec<_> =
        desk.state().documents.iter().map(|d| (d.name.clone(), d.page_count().unwrap(), said(d).len())).collect();
    all.sort();
    assert_eq!(all, [("a.pdf".to_owned(), 2, 2), ("b.pdf".to_owned(), 5, 5)]);
    // One file of it is the same as that of the days.
    desk.desk.command(Command::Import(CLOUD, Import::File(file)));
    desk.until("it is known", |state| state.notices.iter().any(|n| n.problem.message.contains("already")));
    assert_eq!(desk.state().documents.len(), 2);
    desk.desk.shut_down();

    // What was imported is there after a restart, pages and all.
    let again = {
        let mut again = Tested::start(&data.path().join("second"));
        again.until("all of it is back", |state| state.documents.len() == 2 && state.documents.iter().all(stands));
        again.until("its values are back", |state| state.documents.iter().all(|d| !d.pages.is_empty()));
        again
    };
    assert!(again.state().documents.iter().all(|d| d.path.is_file()));
}

#[test]
fn what_persons_change_goes_back_to_the_service() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let mut desk = desk(&cloud.url, &data.path().join("data"));
    desk.add([document(data.path(), "a.pdf", 2)]);
    desk.until_read();
    let target = |page: u32, desk: &Tested| {
        let id = desk.only().pages[&page].fields[0].id.clone();
        Target::Field { page, id }
    };
    let (second, first) = (target(1, &desk), target(0, &desk));
    let id = desk.only().id;
    desk.desk.command(Command::SetText(id, second, "corrected".into()));
    desk.desk.command(Command::Select(Some(first)));
    desk.act(proofdesk::desk::Action::DeleteValue);
    desk.act(proofdesk::desk::Action::Approve);
    desk.until("all of it is there", |state| state.documents[0].sync == SyncState::Sent);
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let reply = runtime.block_on(client.day_results(&ModelId::from("general"), today() - 1, today() + 1)).unwrap();
    assert_eq!((reply.moderated_images.len(), reply.unmoderated_images.len()), (2, 0), "approved");
    let page = |number: u32| reply.moderated_images.iter().find(|page| page.page == Some(number)).unwrap();
    let fields = |number: u32| page(number).moderated_boxes.iter().filter(|one| !one.is_table()).count();
    assert!(page(1).moderated_boxes.iter().any(|one| one.ocr_text == "corrected"));
    assert_eq!((fields(0), fields(1)), (1, 2), "what was deleted is left out");
    // Taken back here, it is taken back there.
    desk.act(proofdesk::desk::Action::Approve);
    desk.until("that is there too", |state| state.documents[0].sync == SyncState::Sent);
    let reply = runtime.block_on(client.day_results(&ModelId::from("general"), today() - 1, today() + 1)).unwrap();
    assert_eq!(reply.unmoderated_images.len(), 2);
}

#[test]
fn of_one_page_its_image_comes() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let mut first = desk(&cloud.url, &data.path().join("first"));
    first.add([document(data.path(), "b.pdf", 5)]);
    first.until_read();
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let general = ModelId::from("general");
    let reply = runtime.block_on(client.day_results(&general, today() - 1, today() + 1)).unwrap();
    let third = reply.unmoderated_images.iter().find(|page| page.page == Some(2)).unwrap();
    let what = Import::Page(third.request_file_id.as_str().to_owned(), third.id.as_str().to_owned());
    runtime.block_on(client.verify(&general, &third.request_file_id)).unwrap();

    let mut desk = desk(&cloud.url, &data.path().join("second"));
    desk.desk.command(Command::Import(CLOUD, what));
    desk.until("the page is here", |state| state.documents.iter().any(|d| d.page_count().is_some()));
    let page = desk.only();
    assert_eq!((page.name.as_str(), page.page_count(), said(page)), ("b.pdf, page 3", Some(1), vec!["2"]));
    assert_eq!(page.standing, proofdesk::document::Standing::Approved, "as it is there");
    let proofdesk::desk::FileState::Ready(sizes) = &page.file else { panic!("{:?}", page.file) };
    assert_eq!(sizes[0], proofdesk::document::PageSize::new(2550, 3300), "as large as the service says");
}

#[test]
fn what_is_imported_while_it_is_being_read_is_corrected_on_the_right_page() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let path = document(data.path(), "a.pdf", 3);
    let held = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).replacen("FAKE", "FAKE gate", 1);
    std::fs::write(&path, held).unwrap();
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let general = ModelId::from("general");
    let options = PredictOptions { pages: vec![0, 2], ..PredictOptions::default() };
    let nobody: OnProgress = Arc::new(|_| {});
    let ack = runtime.block_on(client.predict_files_later(&general, &[Upload::new(&path)], &options, &nobody)).unwrap();
    let file = ack.result[0].request_file_id.clone();

    let mut desk = desk(&cloud.url, &data.path().join("data"));
    desk.desk.command(Command::Import(CLOUD, Import::File(file.as_str().to_owned())));
    desk.until("the file is here", |state| state.documents.iter().any(|d| d.page_count() == Some(3)));
    assert!(desk.only().pages.is_empty(), "it is not read yet");
    cloud.gate.cancel();
    desk.until_read();
    assert_eq!((&desk.only().reading, said(desk.only())), (&ReadState::Done, vec!["0", "2"]));
    let target = Target::Field { page: 2, id: desk.only().pages[&2].fields[0].id.clone() };
    let id = desk.only().id;
    desk.desk.command(Command::SetText(id, target, "corrected".into()));
    desk.until("it is there", |state| state.documents[0].sync == SyncState::Sent);
    let reply = runtime.block_on(client.file_result(&general, &file)).unwrap();
    let corrected = |number: u32| {
        let page = reply.unmoderated_images.iter().find(|page| page.page == Some(number)).unwrap();
        page.moderated_boxes.iter().any(|one| one.ocr_text == "corrected")
    };
    assert_eq!((corrected(0), corrected(2)), (false, true));
}

#[test]
fn the_same_file_twice_is_read_once_until_the_first_goes() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service());
    let data = data();
    let mut desk = desk(&cloud.url, &data.path().join("data"));
    let first = document(data.path(), "a.pdf", 2);
    desk.add([first.clone()]);
    desk.until_read();
    let second = data.path().join("copy.pdf");
    std::fs::copy(&first, &second).unwrap();
    desk.add([second]);
    let twin = desk.state().documents[0].id;
    desk.until("the copy is known", |state| {
        state.documents.get(1).is_some_and(|d| d.reading == ReadState::SameAs(twin))
    });
    assert_eq!(read_there(&mut cloud), 2);
    desk.desk.command(Command::Remove(vec![twin]));
    desk.until_read();
    assert_eq!((said(desk.only()), read_there(&mut cloud)), (vec!["0", "1"], 2));
}

#[test]
fn only_the_pages_that_are_wanted_are_read() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service());
    let data = data();
    let mut desk = desk(&cloud.url, &data.path().join("data"));
    desk.add([document(data.path(), "a.pdf", 5)]);
    desk.until_read();
    assert_eq!(read_there(&mut cloud), 5);
    let id = desk.only().id;
    let options = ReadOptions { pages: vec![1, 3], language: "de".into(), ..ReadOptions::default() };
    desk.desk.command(Command::ReadWith(id, options.clone()));
    desk.until("it is read again", |state| state.documents[0].reading != ReadState::Done);
    desk.until_read();
    assert_eq!((read_there(&mut cloud), &desk.only().options), (2, &options));

    desk.desk.shut_down();
    // Nothing is missing after a restart.
    let mut again = Tested::start(&data.path().join("data"));
    again.until("it is back", |state| state.documents.first().is_some_and(|d| d.pages.len() == 5));
    assert_eq!(again.only().reading, ReadState::Done);
}

#[test]
fn a_service_that_asks_for_a_pause_gets_it_and_then_the_document() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service());
    let (url, uploads) = proxy(&cloud, Fault::AsksForPause);
    let data = data();
    let mut desk = desk(&url, &data.path().join("data"));
    let start = Instant::now();
    desk.add([document(data.path(), "a.pdf", 1)]);
    desk.until_read();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!((said(desk.only()), uploads.load(Ordering::SeqCst), read_there(&mut cloud)), (vec!["0"], 2, 1));
}

#[test]
fn without_a_keyring_the_key_is_asked_for_after_a_restart() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    desk(&cloud.url, data.path()).desk.shut_down();
    let mut again = Tested::start(data.path());
    again.until("the key is asked for", |state| *state.chosen_reach() == Reach::NeedsKey);
    let kept = again.state().account(CLOUD).unwrap().clone();
    again.desk.command(Command::SaveAccount(Box::new(kept), Some(KEY.into())));
    again.until("the cloud answers", is_ready);
    assert_eq!(again.state().connection_name(again.state().chosen), "Cloud");
}

#[test]
fn what_is_wrong_with_a_connection_is_said_in_words() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let mut desk = Tested::start(data.path());
    for (url, key, said) in [
        (cloud.url.as_str(), "wrong", "does not accept the API key"),
        ("http://ocr.example/api/v2", KEY, "https:// only"),
        ("http://127.0.0.1:9/api/v2", KEY, "cannot be reached"),
        ("nonsense", KEY, "address cannot be used"),
    ] {
        desk.desk.command(Command::TestAccount(Box::new(account(url)), Some(key.into())));
        desk.until("the test is over", |state| {
            !matches!(state.tested, proofdesk::desk::Tested::Asking | proofdesk::desk::Tested::Not)
        });
        let proofdesk::desk::Tested::Failed(problem) = &desk.state().tested else {
            panic!("{:?}", desk.state().tested)
        };
        assert!(problem.message.contains(said), "{problem:?}");
    }
}
