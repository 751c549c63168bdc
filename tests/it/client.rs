//! The client against the embedded server, and against services that misbehave.

use crate::service::{Event, KEY, LONG, service, service_with, service_with_urls};
use proofdesk::api::convert::{files_from_reply, texts_from_file};
use proofdesk::api::{Annotation, FileStatus, GENERAL, Key, LabelledBox, ModelId, ModelState, ModeratedPage, NewModel};
use proofdesk::client::{Client, ClientError, OnProgress, Patience, PredictOptions, Progress, TransportFault, Upload};
use proofdesk::document::PageSize;
use proofdesk::server::Limits;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn client(url: &str) -> Client {
    let patience = Patience { pause: Duration::from_millis(1), silence: Duration::from_secs(5), ..Patience::default() };
    Client::with_patience(url, Key::new(KEY).unwrap(), patience).unwrap()
}

fn quiet() -> OnProgress {
    Arc::new(|_| {})
}

fn general() -> ModelId {
    ModelId::from(GENERAL)
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> Upload {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        Upload::new(path)
    }
}

#[tokio::test]
async fn every_operation_is_one_short_method() {
    let service = service_with_urls().await;
    let (client, files, options) = (client(&service.url), Files::new(), PredictOptions::default());
    let ack = client.predict_files_later(&general(), &[files.file("a.pdf", "FAKE pages=2")], &options, &quiet()).await;
    let file = ack.unwrap().result[0].request_file_id.clone();
    let mut pages = Vec::new();
    while pages.len() < 2 || pages.iter().any(|page: &ModeratedPage| page.status == Some(FileStatus::Pending)) {
        pages = client.file_result(&general(), &file).await.unwrap().unmoderated_images;
    }
    let mut page = client.page_result(&general(), &file, &pages[1].id).await.unwrap().unmoderated_images.remove(0);
    assert_eq!((page.page, page.predicted_boxes[0].ocr_text.as_str()), (Some(1), "1"));
    page.moderated_boxes = vec![page.predicted_boxes[0].clone()];
    client.save_page(&general(), &page).await.unwrap();
    client.verify(&general(), &file).await.unwrap();
    let day = page.day_since_epoch.unwrap();
    let found = client.day_results(&general(), day, day).await.unwrap();
    assert_eq!(found.moderated_images.iter().map(|page| page.moderated_boxes.len()).collect::<Vec<_>>(), [0, 1]);
    client.unverify(&general(), &file).await.unwrap();
    client.retry_files(&general(), std::slice::from_ref(&file)).await.unwrap();
    client.delete_file(&general(), &file).await.unwrap();
    let gone = client.file_result(&general(), &file).await.unwrap_err();
    assert_eq!(gone.status(), Some(404), "{gone}");
    let refused = client.predict_urls(&general(), &["ftp://nowhere".to_owned()], &options).await.unwrap_err();
    assert_eq!(refused.status(), Some(400));

    let new = NewModel { categories: vec!["word".into()], model_type: "ocr".into(), ..NewModel::default() };
    let model = client.create_model(&new).await.unwrap().model_id;
    assert_eq!(client.train(&model).await.unwrap_err().status(), Some(400), "there is nothing to learn from");
    let word = LabelledBox { name: "word".into(), ocr_text: Some("end".into()), ..LabelledBox::default() };
    let data = [Annotation { filename: "b.pdf".into(), object: vec![word], ..Annotation::default() }];
    let ack = client.upload_training(&model, &[files.file("b.pdf", "FAKE")], &data, None, &quiet()).await.unwrap();
    assert_eq!(ack.meta.categories[0].count, 1);
    assert_eq!(client.training_set(&model).await.unwrap().data[0].filename, "b.pdf");
    client.train(&model).await.unwrap();
    while client.model(&model).await.unwrap().state != ModelState::Hosted {
        tokio::task::yield_now().await;
    }
}

/// Answers 404 at the specification's path of a file's result and knows the field's.
#[tokio::test]
async fn a_path_that_is_not_there_leads_to_the_one_in_the_field_which_is_remembered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap_or_default();
            let line = String::from_utf8_lossy(&request[..read]).lines().next().unwrap_or_default().to_owned();
            let known = line.contains("GetPredictions");
            seen.lock().unwrap().push(line);
            let (status, body) = if known { ("200 OK", "{\"moderated_images\":[]}") } else { ("404 Not Found", "{}") };
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n");
            let _ = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
        }
    });
    let learnt: Arc<Mutex<Vec<BTreeSet<String>>>> = Arc::default();
    let knowing = |paths: &BTreeSet<String>| {
        let learnt = learnt.clone();
        client(&url).knowing(paths, Arc::new(move |paths| learnt.lock().unwrap().push(paths)))
    };
    let first = knowing(&BTreeSet::new());
    for _ in 0..2 {
        first.file_result(&general(), &"f".into()).await.unwrap();
    }
    let kept = learnt.lock().unwrap().clone();
    let [kept] = &kept[..] else { panic!("it is told once: {kept:?}") };
    // The next start begins with it, and still knows the other.
    knowing(kept).file_result(&general(), &"f".into()).await.unwrap();
    let other = BTreeSet::from(["/Inferences/Model/{model}/InferenceRequest/{file}".to_owned()]);
    knowing(&other).file_result(&general(), &"f".into()).await.unwrap();
    let asked: Vec<bool> = asked.lock().unwrap().iter().map(|line| line.contains("GetPredictions")).collect();
    assert_eq!(asked, [false, true, true, true, false, true]);
    assert_eq!(learnt.lock().unwrap().len(), 2, "what has changed is told again");
}

/// Answers with a byte now and then, and never comes to an end.
#[tokio::test]
async fn an_answer_that_only_trickles_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
            read_request(&mut stream).await;
            let mut sent = stream.write_all(head).await;
            while sent.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
                sent = stream.write_all(b" ").await;
            }
        }
    });
    let patience = Patience { answer: Duration::from_millis(200), attempts: 1, ..Patience::default() };
    let client = Client::with_patience(&url, Key::new(KEY).unwrap(), patience).unwrap();
    let error = client.models().await.unwrap_err();
    let ClientError::Transport { fault: TransportFault::Timeout, details, .. } = &error else { panic!("{error:?}") };
    assert!(details.contains("too slowly"), "{details}");
}

#[tokio::test]
async fn files_are_read_and_come_back_as_documents() {
    let service = service().await;
    let files = Files::new();
    let long = format!("FAKE pages=2\n{}", "x".repeat(1_000_000));
    let uploads = [files.file("Rechnung \"März\".pdf", &long), files.file("b.txt", "no document")];
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let progress: OnProgress = {
        let seen = seen.clone();
        Arc::new(move |progress| seen.lock().unwrap().push(progress))
    };
    let options = PredictOptions { metadata: Some("m".into()), language: Some("de".into()), ..Default::default() };
    let reply = client(&service.url).predict_files(&general(), &uploads, &options, &progress).await.unwrap();
    let read = files_from_reply(&reply);
    assert_eq!(read.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["Rechnung \"März\".pdf", "b.txt"]);
    assert_eq!(read[1].problem.as_ref().unwrap().message, "This file is no document that can be read");
    let page = &read[0].pages[1];
    assert_eq!((page.number, page.size), (1, PageSize::new(2550, 3300)));
    assert_eq!((page.fields[0].text.as_str(), page.fields[1].rect), ("1", None));
    assert_eq!((page.tables[0].cols(), page.tables[0].rows()), (2, 1));
    assert_eq!(page.text.as_ref().unwrap().text(), "Page 1\nend");
    assert_eq!(reply.result[0].request_metadata, "m");

    let seen = seen.lock().unwrap();
    let total = std::fs::metadata(&uploads[0].path).unwrap().len() + 11;
    assert!(seen.len() > 3 && seen.windows(2).all(|two| two[0].sent < two[1].sent), "{seen:?}");
    assert_eq!(seen.last(), Some(&Progress { sent: total, total }));
}

#[tokio::test]
async fn words_and_models_are_fetched() {
    let service = service().await;
    let client = client(&service.url);
    let upload = Files::new();
    let upload = (upload.file("a.pdf", "FAKE pages=3"), upload);
    let options = PredictOptions { pages: vec![2], ..PredictOptions::default() };
    let reply = client.full_text(&[upload.0], &options, &quiet()).await.unwrap();
    let texts = texts_from_file(&reply.files()[0], &[]);
    assert_eq!((texts.len(), texts[0].0, texts[0].1.text().as_str()), (1, 2, "Page 2\nend"));
    assert_eq!(client.models().await.unwrap()[0].model_id, general());
    assert_eq!(client.model(&general()).await.unwrap().state, ModelState::Hosted);
    let refused = client.model(&ModelId::from("../x?y")).await.unwrap_err();
    assert_eq!(refused.status(), Some(404));
    assert!(refused.problem().message.contains("does not have this model"));
}

#[tokio::test]
async fn a_wrong_key_and_too_large_an_upload_are_understood_in_the_middle_of_it() {
    let service = service_with(Limits { body_bytes: 1_000_000, ..Limits::default() }).await;
    let files = Files::new();
    let large = [files.file("a.pdf", &"x".repeat(20_000_000))];
    let options = PredictOptions::default();
    let refused = client(&service.url).predict_files(&general(), &large, &options, &quiet()).await.unwrap_err();
    assert_eq!(refused.status(), Some(413), "{refused:?}");
    let stranger = Client::new(&service.url, Key::new("other").unwrap()).unwrap();
    let refused = stranger.predict_files(&general(), &large, &options, &quiet()).await.unwrap_err();
    assert_eq!(refused.status(), Some(401), "{refused:?}");
    assert!(refused.problem().message.contains("API key"));
}

#[tokio::test]
async fn dropping_a_request_cancels_it_at_the_server() {
    let mut service = service().await;
    let files = Files::new();
    let slow = files.file("a.pdf", "FAKE slow");
    let client = client(&service.url);
    let request =
        tokio::spawn(
            async move { client.predict_files(&general(), &[slow], &PredictOptions::default(), &quiet()).await },
        );
    assert!(matches!(service.event().await, Event::Reading(..)));
    request.abort();
    assert_eq!(service.event().await, Event::Cancelled);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_the_callers_fault() {
    let service = service().await;
    let files = Files::new();
    for path in [files.0.path().join("gone.pdf"), files.0.path().to_path_buf()] {
        let upload = Upload { path: path.clone(), name: "a".into() };
        let error = client(&service.url)
            .predict_files(&general(), &[upload], &PredictOptions::default(), &quiet())
            .await
            .unwrap_err();
        assert!(matches!(&error, ClientError::File { path: named, .. } if *named == path), "{error:?}");
    }
}

/// A service that answers each connection with the next of these, byte for byte, and keeps what it was asked.
struct Script {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

/// Reads a request to its end: its head, and its body by length or until the form ends.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(bytes_read) if bytes_read > 0 => bytes.extend_from_slice(&buffer[..bytes_read]),
            _ => return text,
        }
    }
}

async fn script(answers: &[&str]) -> Script {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let task = tokio::spawn({
        let asked = asked.clone();
        async move {
            let mut open = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                asked.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).await.unwrap();
                if answer.ends_with('…') {
                    open.push(stream);
                }
            }
            std::future::pending::<()>().await;
        }
    });
    Script { url, asked, task }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

async fn predict(url: &str) -> Result<usize, ClientError> {
    predict_with(&client(url)).await
}

async fn predict_with(client: &Client) -> Result<usize, ClientError> {
    let (files, model, options, quiet) = (Files::new(), general(), PredictOptions::default(), quiet());
    let uploads = [files.file("a.pdf", "FAKE")];
    let reply = client.predict_files(&model, &uploads, &options, &quiet);
    tokio::time::timeout(LONG, reply).await.unwrap().map(|reply| reply.result.len())
}

async fn model(url: &str) -> Result<ModelState, ClientError> {
    let model = client(url).model(&general()).await;
    model.map(|model| model.state)
}

const HOSTED: &str = r#"{"model_id": "general", "state": 5}"#;

#[tokio::test]
async fn a_question_is_asked_again_and_an_upload_is_not() {
    let busy = answer("503 Service Unavailable", "", "busy");
    let pause = answer("429 Too Many Requests", "Retry-After: 0\r\n", "");
    let hosted = answer("200 OK", "", HOSTED);
    let service = script(&[&busy, &pause, &hosted]).await;
    assert_eq!(model(&service.url).await.unwrap(), ModelState::Hosted);
    assert_eq!(service.asked.lock().unwrap().len(), 3);

    // The service may have begun to read: sending again could charge twice.
    for first in [busy.as_str(), pause.as_str(), "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"] {
        let service = script(&[first, &hosted]).await;
        predict(&service.url).await.unwrap_err();
        assert_eq!(service.asked.lock().unwrap().len(), 1, "after {first:?}");
    }
}

#[tokio::test]
async fn a_long_pause_is_the_callers_to_wait() {
    let service = script(&[&answer("429 Too Many Requests", "Retry-After: 3600\r\n", "")]).await;
    let error = model(&service.url).await.unwrap_err();
    let ClientError::Refused(refusal) = &error else { panic!("{error:?}") };
    assert_eq!(refusal.retry_after, Some(Duration::from_hours(1)));
    assert!(error.problem().message.contains("3600 s"));
}

#[tokio::test]
async fn what_is_no_json_is_named_as_what_it_is() {
    let service =
        script(&[&answer("200 OK", "Content-Type: text/html\r\n", "<html>Welcome to the hotel</html>")]).await;
    let error = predict(&service.url).await.unwrap_err();
    assert!(matches!(&error, ClientError::Unreadable { path } if path == "."), "{error:?}");
    assert!(!format!("{error:?} {:?}", error.problem()).contains("hotel"), "answers are not quoted");
    let service = script(&[&answer("502 Bad Gateway", "", "<html>nginx</html>")]).await;
    assert_eq!(predict(&service.url).await.unwrap_err().status(), Some(502));
    let service =
        script(&[&answer("409 Conflict", "", r#"{"message":"Conflict","errors":[{"reason":"Model is not ready"}]}"#)])
            .await;
    let error = predict(&service.url).await.unwrap_err();
    assert_eq!(error.problem().message, "The OCR service refused: Model is not ready");
}

#[tokio::test]
async fn the_key_goes_to_no_other_place() {
    let elsewhere = script(&[&answer("200 OK", "", HOSTED)]).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("Location: {}/OCR/Model/general\r\n", elsewhere.url);
        let service = script(&[&answer(status, &location, "")]).await;
        let error = model(&service.url).await.unwrap_err();
        assert!(matches!(&error, ClientError::Moved { to } if to.starts_with(&elsewhere.url)), "{error:?}");
        let service = script(&[&answer(status, &location, "")]).await;
        assert!(matches!(predict(&service.url).await.unwrap_err(), ClientError::Moved { .. }));
    }
    assert!(elsewhere.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_same_place_may_send_to_another_path() {
    let hosted = answer("200 OK", "", HOSTED);
    let moved = answer("301 Moved Permanently", "Location: /api/v2/new\r\n", "");
    let service = script(&[&moved, &hosted]).await;
    assert_eq!(model(&service.url).await.unwrap(), ModelState::Hosted);
    assert!(service.asked.lock().unwrap()[1].starts_with("GET /api/v2/new "));

    let moved = answer("307 Temporary Redirect", "Location: /api/v2/new\r\n", "");
    let service = script(&[&moved, &answer("200 OK", "", r#"{"message": "Success", "result": [{}]}"#)]).await;
    assert_eq!(predict(&service.url).await.unwrap(), 1);
    let again = service.asked.lock().unwrap()[1].clone();
    assert!(again.starts_with("POST /api/v2/new ") && again.contains("FAKE"), "the form is built anew: {again}");

    let service = script(&[&moved, &moved, &moved, &moved, &moved, &moved]).await;
    assert!(matches!(model(&service.url).await.unwrap_err(), ClientError::Moved { .. }), "no circles");
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let impatient = Patience {
        silence: Duration::from_millis(50),
        reading: Duration::from_millis(50),
        attempts: 1,
        answer_bytes: 10_000,
        ..Patience::default()
    };
    let client = |url: &str| Client::with_patience(url, Key::new("k").unwrap(), impatient).unwrap();
    for (what, begun) in [("nothing", "…"), ("a head", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{…")] {
        let service = script(&[begun, begun]).await;
        let error = client(&service.url).model(&general()).await.unwrap_err();
        let ClientError::Transport { fault, .. } = &error else { panic!("{what}: {error:?}") };
        assert!(matches!(fault, TransportFault::Timeout | TransportFault::Broken), "{what}: {error:?}");
        let error = predict_with(&client(&service.url)).await.unwrap_err();
        assert!(matches!(error, ClientError::Transport { may_have_arrived: true, .. }), "{what}: {error:?}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}…", " ".repeat(50_000));
    let service = script(&[&endless]).await;
    let error = client(&service.url).model(&general()).await.unwrap_err();
    assert!(matches!(error, ClientError::AnswerTooLarge { bytes: 10_000 }), "{error:?}");
}

#[tokio::test]
async fn a_cut_answer_is_a_broken_connection() {
    let service = script(&["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\": ["]).await;
    let error = predict(&service.url).await.unwrap_err();
    let ClientError::Transport { fault: TransportFault::Broken, may_have_arrived: true, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(error.problem().message.contains("broke off"));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![own.cert.der().clone()], key.into()).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/api/v2", listener.local_addr().unwrap().port());
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            assert!(acceptor.accept(stream).await.is_err(), "nothing is said to such a service");
        }
    });
    for error in [predict(&url).await.unwrap_err(), model(&url).await.unwrap_err()] {
        let ClientError::Transport { fault, may_have_arrived, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*fault, *may_have_arrived), (TransportFault::Certificate, false), "{error}");
        assert!(error.problem().message.contains("cannot prove who it is"), "{:?}", error.problem());
    }
    task.abort();
}

#[tokio::test]
async fn where_nothing_listens_nothing_arrived() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    drop(listener);
    for error in [predict(&url).await.unwrap_err(), model(&url).await.unwrap_err()] {
        let ClientError::Transport { fault, may_have_arrived, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*fault, *may_have_arrived), (TransportFault::NoConnection, false));
        assert!(error.problem().message.starts_with("127.0.0.1 cannot be reached"));
    }
}

#[tokio::test]
async fn a_file_name_cannot_write_headers() {
    let service = script(&[&answer("200 OK", "", r#"{"result": []}"#)]).await;
    let files = Files::new();
    let upload = Upload { name: "a\r\nX-Evil: 1\r\n\"b\\.pdf".into(), ..files.file("a.pdf", "FAKE") };
    client(&service.url).predict_files(&general(), &[upload], &PredictOptions::default(), &quiet()).await.unwrap();
    let asked = service.asked.lock().unwrap()[0].clone();
    assert!(!asked.contains("\nX-Evil"), "{asked}");
    assert!(asked.contains("authorization: Basic azN5Og=="), "{asked}");
}

#[tokio::test]
async fn connections_are_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            read_request(&mut stream).await;
            let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{HOSTED}", HOSTED.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    let client = client(&url);
    for _ in 0..3 {
        client.model(&general()).await.unwrap();
    }
    tokio::time::timeout(LONG, task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_file_that_became_shorter_is_named() {
    let service = service().await;
    let files = Files::new();
    let path: PathBuf = files.file("a.pdf", &"x".repeat(3_000_000)).path;
    let shortened = path.clone();
    let progress: OnProgress = Arc::new(move |_| std::fs::write(&shortened, "short").unwrap());
    let options = PredictOptions::default();
    let error =
        client(&service.url).predict_files(&general(), &[Upload::new(&path)], &options, &progress).await.unwrap_err();
    assert!(matches!(&error, ClientError::File { path: named, .. } if *named == path), "{error:?}");
}
