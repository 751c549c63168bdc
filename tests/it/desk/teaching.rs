//! A model of one's own: made, taught with what was reviewed, measured, asked, taught again; on this computer, and at a
//! service elsewhere.

use super::remote::{CLOUD, account, runtime};
use super::{Tested, data, pdf};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use proofdesk::api::ModelState;
use proofdesk::desk::{
    Action, Command, ConnectionId, DocumentId, LabelKind, Lesson, ModelCommand, ModelInfo, NewLabel, ReadState, State,
    Target,
};
use proofdesk::document::Standing;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const HERE: ConnectionId = ConnectionId::THIS_COMPUTER;

/// A delivery note in a layout of its own: the words before its values are not those of the labels.
pub(crate) fn note(folder: &Path, n: usize) -> PathBuf {
    let (clients, towns) = (["Ada Bauer", "Bo Carlsen", "Cy Duval", "Di Ebert"], ["Bonn", "Lyon", "Oslo"]);
    let (client, town) = (clients[n % 4], towns[n % 3]);
    let page = format!(
        "Delivery of the mill at {town}\nRef. ML-{:04}\nFor: {client}\nSent on {:02}.03.2026\nSacks of flour: {}",
        n * 37 + 11,
        n % 28 + 1,
        n + 3
    );
    let path = folder.join(format!("note {n:02}.pdf"));
    std::fs::write(&path, pdf(&[page])).unwrap();
    path
}

fn model_command(desk: &mut Tested, at: ConnectionId, command: ModelCommand) {
    desk.desk.command(Command::Model(at, Box::new(command)));
}

/// The model that learns, as the desk knows it.
fn model(state: &State, at: ConnectionId) -> Option<ModelInfo> {
    state.models_of(at).into_iter().find(ModelInfo::learns)
}

fn value(state: &State, n: usize, label: &str) -> Option<String> {
    let pages = &state.documents[n].pages;
    pages.values().flat_map(|page| &page.fields).find(|field| field.label == label).map(|field| field.text.clone())
}

/// Says what the value of a label is in a document, whatever was read.
fn say(desk: &mut Tested, n: usize, label: &str, text: &str) {
    let document = &desk.state().documents[n];
    let (id, page) = (document.id, &document.pages[&0]);
    let known = page.fields.iter().find(|field| field.label == label);
    let target = known.map(|field| Target::Field { page: 0, id: field.id.clone() });
    let is_right = known.is_some_and(|field| field.text == text);
    desk.desk.command(Command::Open(id));
    match target {
        _ if is_right => {}
        Some(target) => desk.desk.command(Command::SetText(id, target, text.into())),
        None => desk.desk.command(Command::TypeValue(label.into(), text.into())),
    }
}

fn annotate(desk: &mut Tested, n: usize) {
    say(desk, n, "ticket", &format!("ML-{:04}", n * 37 + 11));
    say(desk, n, "quantity", &(n + 3).to_string());
    desk.desk.command(Command::Open(desk.state().documents[n].id));
    desk.act(Action::Approve);
}

#[test]
fn a_model_learns_from_five_documents_reads_five_more_and_gets_better() {
    let data = data();
    let mut desk = Tested::start(&data.path().join("data"));
    let is_ready = |state: &State| state.models_of(HERE).len() == 1;
    desk.until("this computer answers", is_ready);
    let labels = vec![NewLabel::new("ticket", LabelKind::Id), NewLabel::new("quantity", LabelKind::Number)];
    model_command(&mut desk, HERE, ModelCommand::Create("Mill".into(), labels));
    desk.until("the model is there", |state| model(state, HERE).is_some());
    let mill = model(desk.state(), HERE).unwrap();
    assert_eq!((mill.name.as_str(), mill.state, mill.labels.len()), ("Mill", ModelState::Created, 2));
    assert_eq!(desk.state().model_of(HERE), mill.id, "it reads what comes now");

    desk.add((0..10).map(|n| note(data.path(), n)));
    desk.until_read();
    for n in 0..5 {
        annotate(&mut desk, n);
    }
    model_command(&mut desk, HERE, ModelCommand::Train(mill.id.clone(), false));
    let version =
        |number: u32| move |state: &State| model(state, HERE).is_some_and(|m| m.version == number && !m.is_busy());
    desk.until("it is trained", version(1));
    desk.until("nothing runs", |state| state.trainings.is_empty());
    let trained = model(desk.state(), HERE).unwrap();
    assert_eq!((trained.state, trained.documents), (ModelState::Hosted, Some(5)));
    let lessons: Vec<Lesson> = desk.state().documents.iter().map(|d| d.lesson(HERE, &trained, false)).collect();
    assert!(lessons[..5].iter().all(|lesson| *lesson == Lesson::Taught), "{lessons:?}");
    assert!(lessons[5..].iter().all(|lesson| *lesson == Lesson::Unreviewed), "{lessons:?}");

    model_command(&mut desk, HERE, ModelCommand::ReadUnreviewed(mill.id.clone()));
    desk.until_read();
    let right = |state: &State| {
        let is_right = |n: &usize| {
            value(state, *n, "ticket") == Some(format!("ML-{:04}", n * 37 + 11))
                && value(state, *n, "quantity") == Some((n + 3).to_string())
        };
        (5..10).filter(is_right).count()
    };
    assert!(right(desk.state()) >= 4, "{} of 5 documents of the layout it learnt are right", right(desk.state()));

    // What was wrong is put right, and taught.
    for n in 5..10 {
        annotate(&mut desk, n);
    }
    model_command(&mut desk, HERE, ModelCommand::Train(mill.id.clone(), false));
    desk.until("it is trained again", version(2));
    let again = model(desk.state(), HERE).unwrap();
    let f1 = |n: usize| again.versions[n].f1.unwrap();
    assert_eq!((again.versions.len(), again.versions[1].documents), (2, 10));
    assert!(f1(1) >= f1(0) && f1(1) > 0.9, "{} after {}", f1(1), f1(0));
    model_command(&mut desk, HERE, ModelCommand::RollBack(mill.id.clone(), 1));
    desk.until("the first version predicts", |state| model(state, HERE).is_some_and(|m| m.version == 1));
    model_command(&mut desk, HERE, ModelCommand::Delete(mill.id));
    desk.until("it is gone", |state| model(state, HERE).is_none());
    assert!(desk.state().documents.iter().all(|document| document.taught.is_empty()));
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
}

/// A service that says what was recorded of one, and what it was asked.
#[derive(Clone, Default)]
struct Recorded {
    asked: Arc<Mutex<Vec<(String, String)>>>,
    /// The states that the model is in, one question after the other; the last stays.
    states: Arc<Mutex<Vec<i64>>>,
}

impl Recorded {
    fn asked(&self, what: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(line, _)| line.contains(what)).map(|(_, body)| body.clone()).collect()
    }

    fn model(&self) -> Value {
        let mut states = self.states.lock().unwrap();
        let state = if states.len() > 1 { states.remove(0) } else { states[0] };
        let status = if state == -1 { "Too few documents of one label" } else { "Model" };
        json!({ "model_id": "m-1", "model_type": "ocr", "state": state, "status": status,
            "accuracy": if state == 5 { 0.875 } else { 0.0 },
            "categories": [{ "name": "ticket", "count": 0 }, { "name": "quantity", "count": 0 }] })
    }
}

async fn answer(Shared(service): Shared<Recorded>, method: Method, uri: Uri, body: Bytes) -> Response {
    let (line, body) = (format!("{method} {}", uri.path()), String::from_utf8_lossy(&body).into_owned());
    service.asked.lock().unwrap().push((line.clone(), body.clone()));
    let ack = |name: &str| {
        json!({ "Meta": { "ModelID": "m-1", "State": 2, "Status": "Images uploaded" },
            "Data": [{ "filename": name, "size": { "width": 1, "height": 1 }, "object": [], "id": format!("t-{name}") }] })
    };
    let path = uri.path().trim_end_matches('/');
    let said = match path {
        "/doc.pdf" => return pdf(&["Ref. ML-0011\nSacks of flour: 3".to_owned()]).into_response(),
        path if path.ends_with("/UploadFile") => ack("file"),
        path if path.ends_with("/UploadUrls") => ack("url"),
        path if path.ends_with("/Train") => {
            json!({ "message": "Model queued" })
        }
        path if path.ends_with("/Model/m-1") => service.model(),
        path if path.ends_with("/Annotations") => json!({ "Meta": {}, "Data": [] }),
        _ if method == Method::GET => json!([service.model()]),
        path if path.ends_with("/LabelFile") => json!({ "message": "Success", "result": [{ "message": "Success",
            "input": "x", "page": 0, "request_file_id": "f", "prediction": [
                { "label": "ticket", "xmin": 1, "ymin": 1, "xmax": 9, "ymax": 9, "score": 0.9, "ocr_text": "ML-0011" }] }] }),
        _ => json!({ "message": "Success" }),
    };
    axum::Json(said).into_response()
}

async fn recorded(states: &[i64]) -> (Recorded, String) {
    let service = Recorded { states: Arc::new(Mutex::new(states.to_vec())), ..Recorded::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(service.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (service, url)
}

/// A desk with two approved documents that the recorded service read: one of this computer, one from the web.
fn taught_elsewhere(service: &Recorded, url: &str, folder: &Path) -> Tested {
    let mut desk = Tested::start(&folder.join("data"));
    desk.until("this computer answers", |state| !state.models_of(HERE).is_empty());
    let key = Some("k3y".to_owned());
    desk.desk.command(Command::SaveAccount(Box::new(account(&format!("{url}/api/v2"))), key));
    desk.until("the service answers", |state| model(state, CLOUD).is_some());
    desk.desk.command(Command::ChooseModel(CLOUD, "m-1".into()));
    desk.add([note(folder, 0)]);
    desk.desk.command(Command::AddText(format!("{url}/doc.pdf")));
    desk.until("both are read", |state| {
        state.documents.len() == 2 && state.documents.iter().all(|d| d.reading == ReadState::Done)
    });
    for n in 0..2 {
        let id: DocumentId = desk.state().documents[n].id;
        desk.desk.command(Command::Open(id));
        desk.act(Action::Approve);
        assert_eq!(desk.state().documents[n].standing, Standing::Approved);
    }
    assert_eq!(service.asked("/UploadFile").len(), 0);
    desk
}

#[test]
fn a_service_elsewhere_is_taught_by_file_and_by_address_and_watched_until_it_is_trained() {
    let runtime = runtime();
    let (service, url) = runtime.block_on(recorded(&[2]));
    let data = data();
    let mut desk = taught_elsewhere(&service, &url, data.path());
    *service.states.lock().unwrap() = vec![3, 4, 5];
    model_command(&mut desk, CLOUD, ModelCommand::Train("m-1".into(), false));
    desk.until("it is trained", |state| model(state, CLOUD).is_some_and(|m| m.state == ModelState::Hosted));
    let (files, urls) = (service.asked("/UploadFile"), service.asked("/UploadUrls"));
    assert_eq!((files.len(), urls.len(), service.asked("/Train").len()), (1, 1, 1));
    assert!(files[0].contains("\"ocr_text\":\"ML-0011\"") && files[0].contains("note 00.pdf"), "{}", files[0]);
    let sent: Value = serde_json::from_str(&urls[0]).unwrap();
    assert_eq!(sent["urls"], json!([format!("{url}/doc.pdf")]));
    assert_eq!(
        (&sent["data"][0]["filename"], &sent["data"][0]["object"][0]["name"]),
        (&sent["urls"][0], &json!("ticket"))
    );
    let info = model(desk.state(), CLOUD).unwrap();
    assert_eq!(info.accuracy, Some(0.875));
    assert!(desk.state().documents.iter().all(|document| document.lesson(CLOUD, &info, false) == Lesson::Taught));

    // Nothing goes twice.
    model_command(&mut desk, CLOUD, ModelCommand::Train("m-1".into(), false));
    desk.until("it is asked again", |_| service.asked("/Train").len() == 2);
    desk.until("nothing runs", |state| state.trainings.is_empty());
    assert_eq!((service.asked("/UploadFile").len(), service.asked("/UploadUrls").len()), (1, 1));
    assert!(desk.problems().is_empty(), "{:?}", desk.problems());
}

#[test]
fn a_service_that_could_not_train_says_why() {
    let runtime = runtime();
    let (service, url) = runtime.block_on(recorded(&[2]));
    let data = data();
    let mut desk = taught_elsewhere(&service, &url, data.path());
    *service.states.lock().unwrap() = vec![3, -1];
    model_command(&mut desk, CLOUD, ModelCommand::Train("m-1".into(), false));
    desk.until("it failed", |state| {
        model(state, CLOUD).is_some_and(|m| m.state == ModelState::Error) && state.trainings.is_empty()
    });
    assert_eq!(desk.problems(), ["m-1 was not trained: Too few documents of one label"]);
}
