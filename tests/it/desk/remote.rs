//! Documents that another service reads: an embedded server with a reader of its own stands in for it, and a proxy for
//! a network and a service that misbehave.

use super::{Tested, data, pdf};
use crate::service::{Event, KEY, Service, service};
use proofdesk::api::{Key, ModelId};
use proofdesk::client::{Client, OnProgress, PredictOptions, Upload};
use proofdesk::desk::{
    Account, Command, ConnectionId, DeskDocument, Import, Reach, ReadOptions, ReadState, State, SyncState, Target,
};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;
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
fn desk(url: &str, data: &Path) -> Tested {
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
fn today() -> u32 {
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
fn read_there(cloud: &mut Service) -> usize {
    std::iter::from_fn(|| cloud.events.try_recv().ok()).filter(|event| matches!(event, Event::Reading(..))).count()
}

/// What becomes of the first upload.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// It arrives, and the connection breaks off before the answer.
    LosesAnswer,
    /// The service asks for a pause of a second.
    AsksForPause,
    /// It does not arrive, and the service says that something broke there.
    Breaks,
    /// It arrives, and half of the answer comes back.
    CutsAnswer,
    /// It arrives, and a page for people comes back.
    SaysHtml,
    /// It does not arrive: the service sends to another place.
    SendsElsewhere,
    /// It arrives, and an answer comes back that does not end.
    NeverEnds,
    /// It arrives; what the service says of images, here and later, leads nowhere.
    GivesNoImages,
}

/// Stands before `cloud`; its address, and how many uploads came by.
fn proxy(cloud: &Service, fault: Fault) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = cloud.url.replace(cloud.host(), &listener.local_addr().unwrap().to_string());
    let (host, uploads) = (cloud.host().to_owned(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&uploads);
    Builder::new()
        .name("proxy".into())
        .spawn(move || {
            while let Ok((near, _)) = listener.accept() {
                let (far, counted) = (TcpStream::connect(&host).unwrap(), Arc::clone(&counted));
                // A connection that breaks off is what is wanted.
                let pass = move || drop(pass(near, far, fault, &counted));
                Builder::new().name("connection".into()).spawn(pass).unwrap();
            }
        })
        .unwrap();
    (url, uploads)
}

fn pass(mut near: TcpStream, mut far: TcpStream, fault: Fault, uploads: &AtomicUsize) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let mut request = Vec::new();
        // A question ends with its head, an upload with its last boundary.
        while !is_whole(&request) {
            match near.read(&mut buffer)? {
                0 => return Ok(()),
                read => request.extend_from_slice(&buffer[..read]),
            }
        }
        let is_first_upload = request.starts_with(b"POST") && uploads.fetch_add(1, Ordering::SeqCst) == 0;
        if is_first_upload && fault == Fault::AsksForPause {
            near.write_all(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")?;
            continue;
        }
        if is_first_upload && fault == Fault::Breaks {
            near.write_all(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nOops")?;
            continue;
        }
        if is_first_upload && fault == Fault::SendsElsewhere {
            let answer =
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.2:9/\r\nContent-Length: 0\r\n\r\n";
            near.write_all(answer.as_bytes())?;
            continue;
        }
        far.write_all(&request)?;
        let mut answer = Vec::new();
        while !is_answered(&answer) {
            let read = far.read(&mut buffer)?;
            answer.extend_from_slice(&buffer[..read]);
            if read == 0 {
                break;
            }
        }
        if is_first_upload && fault == Fault::LosesAnswer {
            return Ok(());
        }
        if fault == Fault::GivesNoImages {
            let said = String::from_utf8_lossy(&answer).replace("/uploadedfiles/", "/uploadedfilez/");
            answer = said.into_bytes();
        }
        if is_first_upload && fault == Fault::CutsAnswer {
            near.write_all(&answer[..answer.len() / 2])?;
            return Ok(());
        }
        if is_first_upload && fault == Fault::SaysHtml {
            let page = "<html>Please sign in</html>";
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
            near.write_all(format!("{head}{page}").as_bytes())?;
            continue;
        }
        if is_first_upload && fault == Fault::NeverEnds {
            near.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")?;
            // Until who reads it has had enough and hangs up.
            let blanks = vec![b' '; 1 << 20];
            loop {
                near.write_all(&blanks)?;
            }
        }
        near.write_all(&answer)?;
    }
}

fn is_whole(request: &[u8]) -> bool {
    if request.starts_with(b"GET") || request.starts_with(b"DELETE") {
        return request.ends_with(b"\r\n\r\n");
    }
    is_answered(request)
}

/// Whether a message has come to its end: all that its head says, or the last chunk.
fn is_answered(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= end + 4 + length,
        None => answer.ends_with(b"0\r\n\r\n"),
    }
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
fn what_stands_on_the_web_is_fetched_by_the_service_itself() {
    let runtime = runtime();
    let cloud = runtime.block_on(crate::service::service_with_urls());
    let data = data();
    let mut desk = desk(&cloud.url, &data.path().join("data"));
    let file = std::fs::read(document(data.path(), "a.pdf", 2)).unwrap();
    let web = web(file);
    desk.desk.command(Command::SendText(format!("http://{web}/papers/a.pdf\nhttp://{web}/gone")));
    desk.until("it is read and here", |state| state.documents.iter().any(|d| d.page_count() == Some(2)));
    desk.until_read();
    let [read, gone] = &desk.state().documents[..] else { panic!("{:?}", desk.state().documents) };
    assert_eq!((read.name.as_str(), &read.reading, said(read)), ("a.pdf", &ReadState::Done, vec!["0", "1"]));
    assert!(matches!(&gone.reading, ReadState::Failed(_)), "{:?}", gone.reading);
    assert_eq!(gone.name, "gone");
}

#[test]
fn an_address_goes_to_the_service_once_whatever_becomes_of_its_answer() {
    for (fault, sent) in [(Fault::LosesAnswer, 1), (Fault::AsksForPause, 2), (Fault::Breaks, 2), (Fault::CutsAnswer, 1)]
    {
        let runtime = runtime();
        let mut cloud = runtime.block_on(crate::service::service_with_urls());
        let (url, uploads) = proxy(&cloud, fault);
        let data = data();
        let mut desk = desk(&url, &data.path().join("data"));
        let web = web(std::fs::read(document(data.path(), "a.pdf", 2)).unwrap());
        desk.desk.command(Command::SendText(format!("http://{web}/papers/a.pdf")));
        desk.until("it is read and here", |state| state.documents[0].page_count() == Some(2));
        assert_eq!((&desk.only().reading, said(desk.only())), (&ReadState::Done, vec!["0", "1"]), "{fault:?}");
        assert_eq!((uploads.load(Ordering::SeqCst), read_there(&mut cloud)), (sent, 2), "{fault:?}");
    }
}

#[test]
fn where_a_service_gives_out_no_images_of_what_it_fetched_that_is_fetched_here_too() {
    let runtime = runtime();
    let cloud = runtime.block_on(crate::service::service_with_urls());
    let (url, _) = proxy(&cloud, Fault::GivesNoImages);
    let data = data();
    let mut desk = desk(&url, &data.path().join("data"));
    let web = web(std::fs::read(document(data.path(), "a.pdf", 2)).unwrap());
    desk.desk.command(Command::SendText(format!("http://{web}/papers/a.pdf")));
    desk.until("it is read and here", |state| state.documents[0].page_count() == Some(2));
    assert_eq!((desk.only().name.as_str(), said(desk.only())), ("a.pdf", vec!["0", "1"]));
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
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
fn an_address_that_is_being_read_when_the_desk_ends_is_gone_on_with_and_never_sent_again() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(crate::service::service_with_urls());
    let data = data();
    let mut first = desk(&cloud.url, &data.path().join("data"));
    let file = document(data.path(), "a.pdf", 2);
    let held = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).replacen("FAKE", "FAKE gate", 1);
    let web = web(held.into_bytes());
    first.desk.command(Command::SendText(format!("http://{web}/papers/a.pdf")));
    first.until("it is there", |state| matches!(state.documents[0].reading, ReadState::Reading { .. }));
    runtime.block_on(cloud.event());
    first.desk.shut_down();
    cloud.gate.cancel();
    let mut again = Tested::start(&data.path().join("data"));
    let kept = Account { id: CLOUD, ..account(&cloud.url) };
    again.desk.command(Command::SaveAccount(Box::new(kept), Some(KEY.into())));
    again.until("it is read and here", |state| state.documents.first().and_then(DeskDocument::page_count) == Some(2));
    assert_eq!((&again.only().reading, said(again.only())), (&ReadState::Done, vec!["0", "1"]));
    assert_eq!(runtime.block_on(read_at(&cloud)).values().sum::<usize>(), 2);
}

/// A web server that has one file, at `/papers/a.pdf`; its address.
fn web(file: Vec<u8>) -> String {
    web_of(move |path| (path == "/papers/a.pdf").then(|| file.clone()))
}

/// A web server that has what `file` says of each path; its address.
pub(super) fn web_of(file: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
            while !asked.ends_with(b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(read) if read > 0 => asked.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let asked = String::from_utf8_lossy(&asked).into_owned();
            let found = asked.split_whitespace().nth(1).and_then(&file);
            let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
            let body = found.unwrap_or_default();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // Who asked may not want to know any more.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    };
    Builder::new().name("web".into()).spawn(serve).unwrap();
    address
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
fn what_is_chosen_when_documents_are_added_goes_to_the_service_and_comes_back() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(crate::service::service_with_urls());
    let data = data();
    let mut first = desk(&cloud.url, &data.path().join("first"));
    let file = document(data.path(), "a.pdf", 5);
    let web = web(std::fs::read(&file).unwrap());
    let options = ReadOptions { pages: vec![1, 3], language: "de".into(), metadata: "order 4711 ü".into() };
    let with = |command: Command| Command::With(Box::new(options.clone()), Box::new(command));
    first.desk.command(with(Command::AddText(file.display().to_string())));
    first.desk.command(with(Command::SendText(format!("http://{web}/papers/a.pdf"))));
    first.until("both are read and here", |state| {
        state.documents.len() == 2
            && state.documents.iter().all(|d| d.reading == ReadState::Done && d.page_count().is_some())
    });
    assert_eq!(read_there(&mut cloud), 4);
    let mut counts: Vec<_> = first.state().documents.iter().map(|d| (d.page_count().unwrap(), said(d))).collect();
    counts.sort();
    assert_eq!(
        counts,
        [(2, vec!["1", "3"]), (5, vec!["1", "3"])],
        "of the one that was fetched there, those pages came"
    );
    first.desk.shut_down();
    let client = Client::new(&cloud.url, Key::new(KEY).unwrap()).unwrap();
    let reply = runtime.block_on(client.day_results(&ModelId::from("general"), today() - 1, today() + 1)).unwrap();
    let metadata: Vec<_> = reply.unmoderated_images.iter().filter_map(|page| page.request_metadata.clone()).collect();
    assert_eq!(metadata.len(), 4);
    assert!(
        metadata.iter().all(|said| said.starts_with("proofdesk-") && said.ends_with(" order 4711 ü")),
        "{metadata:?}"
    );

    let mut second = desk(&cloud.url, &data.path().join("second"));
    second.desk.command(Command::Import(CLOUD, Import::Days(today() - 1, today() + 1)));
    second.until("both are here", |state| state.documents.len() == 2);
    assert!(second.state().documents.iter().all(|d| d.options.metadata == "order 4711 ü"));
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
