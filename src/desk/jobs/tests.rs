//! Jobs and a service that says what a test wants it to say.

use super::secrets::Secrets;
use super::service::Service;
use super::{Context, EVENTS, accounts, import, models};
use crate::api::Key;
use crate::client::{Client, RequestLog};
use crate::desk::job::{Event, ModelOrder, Remote, TaskId, Unreached};
use crate::desk::{Account, ConnectionId, Import};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;

/// The model that is asked.
pub(super) fn model() -> Remote {
    Remote { connection: ConnectionId(1), model: "m".to_owned() }
}

/// What jobs need, where what they tell arrives, and what the service was asked: method and path.
pub(super) struct Bench {
    pub(super) context: Context,
    pub(super) events: Receiver<Event>,
    pub(super) client: Client,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Bench {
    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    /// With which bodies.
    pub(super) fn bodies(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// What was told so far.
    pub(super) fn told(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

/// A service that answers each request with what `says` makes of its number, from 0, and its first line: a status, more
/// lines of the head, and a body.
pub(super) fn bench(says: impl Fn(usize, &str) -> (u16, &'static str, String) + Send + 'static) -> Bench {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let notes = Arc::clone(&asked);
    let serve = move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
            while !is_whole(&request) {
                match stream.read(&mut buffer) {
                    Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            let line = text.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
            let number = {
                let mut notes = notes.lock().unwrap();
                notes.push((line.clone(), text.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned()));
                notes.len() - 1
            };
            let (status, head, body) = says(number, &line);
            let answer = format!(
                "HTTP/1.1 {status} X\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            // Who asked may not want to know any more.
            let _ = stream.write_all(answer.as_bytes());
        }
    };
    std::thread::Builder::new().name("service".into()).spawn(serve).unwrap();
    let (send, events) = channel(EVENTS);
    let service = Service::new(RequestLog::default(), Secrets::new(std::path::Path::new(""), false), send.clone());
    let account = Account { id: ConnectionId(1), base_url: url, ..Account::default() };
    let key = Key::new("k3y").unwrap();
    let client = service.speak_to(&account, key.clone()).unwrap();
    service.put(&account, client.clone(), key);
    let context = Context {
        data: std::path::PathBuf::new(),
        pages: None,
        service,
        events: send,
        wake: Arc::new(|| {}),
        running: Arc::default(),
        stopping: CancellationToken::new(),
        start: SystemTime::UNIX_EPOCH,
        has_dialog: Arc::default(),
        exports: None,
        going: Arc::default(),
    };
    Bench { context, events, client, asked }
}

/// The first thing that is told while `job` runs, which is not waited for any longer then.
async fn first_told(events: &mut Receiver<Event>, job: impl Future<Output = ()>) -> Option<Event> {
    tokio::select! {
        biased;
        told = events.recv() => told,
        () = job => events.try_recv().ok(),
    }
}

#[tokio::test]
async fn imports_and_requests_about_models_are_told_to_wait_and_say_so_and_lose_nothing() {
    let busy = || bench(|_, _| (429, "Retry-After: 60\r\n", String::new()));
    let mut asked = busy();
    let import = import::import(asked.context.clone(), TaskId(1), model(), Import::File("f".into()));
    let told = first_told(&mut asked.events, import).await;
    assert!(matches!(told, Some(Event::Pausing(ConnectionId(1), _))), "{told:?}");
    let mut asked = busy();
    let order = ModelOrder::RollBack("m".into(), 1);
    let told = first_told(&mut asked.events, models::ask(asked.context.clone(), ConnectionId(1), order)).await;
    assert!(matches!(told, Some(Event::Pausing(ConnectionId(1), _))), "{told:?}");

    // After the pause it is asked again.
    let created = r#"{"model_id": "m", "categories": []}"#;
    let mut asked = bench(move |number, _| match number {
        0 => (429, "Retry-After: 1\r\n", String::new()),
        _ => (200, "", created.to_owned()),
    });
    let order = ModelOrder::Create("new".into(), Vec::new());
    models::ask(asked.context.clone(), ConnectionId(1), order).await;
    let told = asked.told();
    assert!(matches!(&told[..], [Event::Pausing(..), Event::ModelTold(_, _, Ok(_))]), "{told:?}");
    assert_eq!(asked.asked().len(), 2);
}

#[tokio::test]
async fn that_a_system_without_a_keyring_keeps_no_key_is_said() {
    let mut asked = bench(|_, _| (200, "", "{}".to_owned()));
    accounts::keep_key(asked.context.clone(), ConnectionId(1), Key::new("k3y").unwrap()).await;
    let told = asked.told();
    let [Event::KeyNotKept(problem)] = &told[..] else { panic!("{told:?}") };
    assert!(problem.message.contains("no open keyring; Proofdesk asks for it at each start"), "{problem:?}");
}

#[tokio::test]
async fn an_account_that_asks_for_a_pause_is_asked_again_later() {
    let mut asked = bench(|_, _| (429, "Retry-After: 60\r\n", String::new()));
    let account = Account { id: ConnectionId(1), base_url: asked.client.address().to_string(), ..Account::default() };
    accounts::reach(asked.context.clone(), account, None).await;
    let told = asked.told();
    let [Event::Reached(_, Err(Unreached::ForNow(_, Some(pause))))] = &told[..] else { panic!("{told:?}") };
    assert_eq!(pause.as_secs(), 60);
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
