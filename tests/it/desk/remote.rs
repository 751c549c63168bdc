//! Documents that another service reads: an embedded server with a reader of its own stands in for it, and a proxy for
//! a network and a service that misbehave.

use super::{Tested, data, pdf};
use crate::service::{Event, KEY, Service, service};
use proofdesk::desk::{Account, Command, ConnectionId, DeskDocument, Reach, ReadState, State};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;
use std::time::{Duration, Instant};

const CLOUD: ConnectionId = ConnectionId(1);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn account(url: &str) -> Account {
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
fn document(folder: &Path, name: &str, pages: usize) -> PathBuf {
    let path = folder.join(name);
    let mut file = format!("FAKE pages={pages}\n").into_bytes();
    file.extend(pdf(&vec!["A page".to_owned(); pages]));
    std::fs::write(&path, file).unwrap();
    path
}

/// The value of the field that the cloud's reader says on each page.
fn said(document: &DeskDocument) -> Vec<&str> {
    document.pages.values().map(|page| page.fields[0].text.as_str()).collect()
}

/// How many pages the cloud's reader has read.
fn read_there(cloud: &mut Service) -> usize {
    std::iter::from_fn(|| cloud.events.try_recv().ok()).filter(|event| matches!(event, Event::Reading(..))).count()
}

/// What becomes of the first upload.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// It arrives, and the connection breaks off before the answer.
    LosesAnswer,
    /// The service asks for a pause of a second.
    AsksForPause,
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
        near.write_all(&answer)?;
    }
}

fn is_whole(request: &[u8]) -> bool {
    if request.starts_with(b"POST") {
        request.ends_with(b"--\r\n") || request.ends_with(b"0\r\n\r\n")
    } else {
        request.ends_with(b"\r\n\r\n")
    }
}

fn is_answered(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= head.len() + 4 + length,
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
