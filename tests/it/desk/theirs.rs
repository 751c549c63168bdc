//! Documents on the web that another service fetches itself, and what is chosen when documents are added.

use super::proxy::{Fault, proxy};
use super::remote::{CLOUD, account, desk, document, read_at, read_there, runtime, said, today};
use super::{Tested, data};
use crate::service::{KEY, service_with_urls};
use proofdesk::api::{Key, ModelId};
use proofdesk::client::Client;
use proofdesk::desk::{Account, Command, DeskDocument, Import, ReadOptions, ReadState};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::thread::Builder;

#[test]
fn what_stands_on_the_web_is_fetched_by_the_service_itself() {
    let runtime = runtime();
    let cloud = runtime.block_on(service_with_urls());
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
    let faults = [(Fault::LosesAnswer, 1), (Fault::AsksForPause, 2), (Fault::Breaks, 2), (Fault::CutsAnswer, 1)];
    // By its name the second is a picture, which is read while one waits.
    for (name, (fault, sent)) in ["a.pdf", "a.png"].into_iter().flat_map(|name| faults.map(|fault| (name, fault))) {
        let runtime = runtime();
        let mut cloud = runtime.block_on(service_with_urls());
        let (url, uploads) = proxy(&cloud, fault);
        let data = data();
        let mut desk = desk(&url, &data.path().join("data"));
        let web = web(std::fs::read(document(data.path(), "a.pdf", 2)).unwrap());
        desk.desk.command(Command::SendText(format!("http://{web}/papers/{name}")));
        desk.until("it is read and here", |state| state.documents[0].page_count() == Some(2));
        assert_eq!((&desk.only().reading, said(desk.only())), (&ReadState::Done, vec!["0", "1"]), "{name} {fault:?}");
        assert_eq!((uploads.load(Ordering::SeqCst), read_there(&mut cloud)), (sent, 2), "{name} {fault:?}");
    }
}

#[test]
fn where_a_service_gives_out_no_images_of_what_it_fetched_that_is_fetched_here_too() {
    let runtime = runtime();
    let cloud = runtime.block_on(service_with_urls());
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
fn an_address_that_is_being_read_when_the_desk_ends_is_gone_on_with_and_never_sent_again() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service_with_urls());
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
    web_of(move |path| ["/papers/a.pdf", "/papers/a.png"].contains(&path).then(|| file.clone()))
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
fn what_is_chosen_when_documents_are_added_goes_to_the_service_and_comes_back() {
    let runtime = runtime();
    let mut cloud = runtime.block_on(service_with_urls());
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
