//! Documents that another service reads: an embedded server stands in for it.

use super::{Tested, data, fixture, long_document};
use crate::service::{KEY, Service, service};
use proofdesk::desk::{Account, Command, Connection, ConnectionId, DeskDocument, ReadState, State};

const CLOUD: ConnectionId = ConnectionId(1);

/// A desk that has what comes read by `cloud`.
fn desk(cloud: &Service, data: &std::path::Path) -> Tested {
    let mut desk = Tested::start(data);
    desk.until("this computer answers", is_ready);
    let account = Account { name: "Cloud".into(), base_url: cloud.url.clone(), ..Account::default() };
    desk.desk.command(Command::SaveAccount(Box::new(account), Some(KEY.into())));
    desk.until("the cloud answers", is_ready);
    desk
}

fn is_ready(state: &State) -> bool {
    matches!(&state.connection, Connection::Ready { model, .. } if model == "general")
}

/// What the reader of the cloud does with the documents it gets: they are no text that it knows.
fn failed(document: &DeskDocument) -> bool {
    matches!(&document.reading, ReadState::Failed(problem) if problem.message.contains("no document that can be read"))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn short_and_long_documents_go_to_the_cloud_and_its_word_comes_back() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    let mut desk = desk(&cloud, &data.path().join("data"));
    desk.add([fixture("i2d_coolblue1.pdf"), long_document(data.path(), 5)]);
    desk.until("both are answered for", |state| state.documents.len() == 2 && state.documents.iter().all(failed));
    let asked: Vec<String> = desk.state().requests.requests().iter().map(ToString::to_string).collect();
    assert!(asked.iter().any(|line| line.contains("POST 127.0.0.1/api/v2/OCR/Model/general/LabelFile/")), "{asked:#?}");
    assert!(asked.iter().any(|line| line.contains("/Async/")), "{asked:#?}");
    assert!(asked.iter().all(|line| !line.contains(KEY)), "{asked:#?}");
}

#[test]
fn without_a_keyring_the_key_is_asked_for_after_a_restart() {
    let runtime = runtime();
    let cloud = runtime.block_on(service());
    let data = data();
    desk(&cloud, data.path()).desk.shut_down();
    let mut again = Tested::start(data.path());
    again.until("the key is asked for", |state| state.connection == Connection::NeedsKey);
    again.desk.command(Command::GiveKey(CLOUD, KEY.into()));
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
        let account = Account { base_url: url.into(), ..Account::default() };
        desk.desk.command(Command::TestAccount(Box::new(account), Some(key.into())));
        desk.until("the test is over", |state| {
            !matches!(state.tested, proofdesk::desk::Tested::Asking | proofdesk::desk::Tested::Not)
        });
        let proofdesk::desk::Tested::Failed(problem) = &desk.state().tested else {
            panic!("{:?}", desk.state().tested)
        };
        assert!(problem.message.contains(said), "{problem:?}");
    }
}
