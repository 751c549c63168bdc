//! What the embedded server does with requests that make no sense, are too large, or end before their answer.

use crate::service::{BOUNDARY, Event, Form, LONG, assert_refused, service, service_with};
use crate::ways::{Answer, Asked, Way, both_ways};
use proofdesk::api::Key;
use proofdesk::server::{Limits, Running, Server, ServerOptions, StartError};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LABEL: &str = "/OCR/Model/general/LabelFile/";

both_ways!(
    nothing_is_said_without_the_key,
    unknown_paths_and_methods_are_refused_in_the_contracts_shape,
    forms_that_make_no_sense_are_refused_and_nothing_is_stored,
    a_flood_that_is_no_form_ends_early,
    more_than_a_request_may_carry_is_refused_with_413,
    thousands_of_parts_are_refused_by_default,
    a_short_request_does_not_wait_for_all_of_a_long_one,
);

/// A form that is submitted with the key and this content type.
fn submitted(kind: &str, body: &[u8]) -> Asked {
    let asked = Asked::new("POST", &format!("/api/v2{LABEL}")).with_key().body(body.to_vec());
    if kind.is_empty() { asked } else { asked.header("Content-Type", kind) }
}

fn form_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

async fn nothing_is_said_without_the_key(way: Way) {
    let service = way.service().await;
    for authorization in ["", "Basic azo=", "Bearer k3y", "k3y"] {
        for target in ["/api/v2/OCR/Model/", "/", "/api/v2/nothing", "/api/v2/OCR/FullText"] {
            let asked = Asked::new("GET", target);
            let asked = if authorization.is_empty() { asked } else { asked.header("Authorization", authorization) };
            assert_refused(&service.answer(asked).await.json(), 401);
        }
    }
}

async fn unknown_paths_and_methods_are_refused_in_the_contracts_shape(way: Way) {
    let service = way.service().await;
    assert_refused(&service.ask("GET", "/", None).await, 404);
    assert_refused(&service.ask("GET", "/OCR/Model/general/Nothing/", None).await, 404);
    assert_refused(&service.ask("PUT", LABEL, None).await, 405);
    assert_refused(&service.ask("GET", LABEL, None).await, 405);
    assert_refused(&service.ask("DELETE", "/OCR/FullText", None).await, 405);
    assert_refused(&service.ask("GET", "/OCR/Model/%ff", None).await, 400);
    assert_refused(&service.ask("GET", "/../../etc/passwd", None).await, 404);
}

async fn forms_that_make_no_sense_are_refused_and_nothing_is_stored(way: Way) {
    let service = way.service().await;
    let whole = Form::new().file("a.pdf", "FAKE").finished().1;
    for (what, kind, body) in [
        ("no file part", form_type(), Form::new().text("request_metadata", "x").finished().1),
        ("an empty body", form_type(), Vec::new()),
        ("no content type", String::new(), whole.clone()),
        ("another content type", "application/json".to_owned(), b"{}".to_vec()),
        ("no boundary", "multipart/form-data".to_owned(), whole.clone()),
        ("another boundary", "multipart/form-data; boundary=other".to_owned(), whole.clone()),
        ("a cut form", form_type(), whole[..whole.len() - BOUNDARY.len()].to_vec()),
        ("a cut header", form_type(), whole[..40].to_vec()),
        ("a name that climbs", form_type(), Form::new().file("../../a.pdf", "FAKE").finished().1),
        ("no base64", form_type(), Form::new().text("base64_data", "!!!!").finished().1),
    ] {
        let refused = service.answer(submitted(&kind, &body)).await.json();
        println!("{what}: {}", refused.1);
        assert_refused(&refused, 400);
    }
    assert_eq!(service.stored(), 0);
}

async fn a_flood_that_is_no_form_ends_early(way: Way) {
    let service = way.service().await;
    let flood = vec![b'x'; 8 * 1024 * 1024];
    assert_refused(&service.answer(submitted(&form_type(), &flood)).await.json(), 400);
    let mut endless = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"").into_bytes();
    endless.extend_from_slice(&flood);
    assert_refused(&service.answer(submitted(&form_type(), &endless)).await.json(), 400);
}

async fn more_than_a_request_may_carry_is_refused_with_413(way: Way) {
    let limits = Limits { body_bytes: 100_000, parts: 50, text_bytes: 1000, ..Limits::default() };
    let service = way.service_with(limits).await;
    let large = format!("FAKE {}", "x".repeat(300_000));
    assert_refused(&service.post(LABEL, Form::new().file("a.pdf", &large)).await, 413);

    let body = Form::new().file("a.pdf", &large).finished().1;
    let in_pieces = submitted(&form_type(), &body).in_pieces(body.len());
    assert_refused(&service.answer(in_pieces).await.json(), 413);

    let many = (0..60).fold(Form::new(), |form, n| form.text(&n.to_string(), "x"));
    assert_refused(&service.post(LABEL, many.file("a.pdf", "FAKE")).await, 413);
    let long = Form::new().text("request_metadata", &"x".repeat(2000)).file("a.pdf", "FAKE");
    assert_refused(&service.post(LABEL, long).await, 413);
    let much = (0..3).fold(Form::new(), |form, n| form.text(&n.to_string(), &"x".repeat(400)));
    assert_refused(&service.post(LABEL, much.file("a.pdf", "FAKE")).await, 413);
    assert_eq!(service.stored(), 0);
    let (status, _) = service.post(LABEL, Form::new().file("a.pdf", "FAKE")).await;
    assert_eq!(status, 200, "the server goes on");
}

async fn thousands_of_parts_are_refused_by_default(way: Way) {
    let service = way.service().await;
    let many = (0..10_000).fold(Form::new(), |form, _| form.file("a.pdf", "FAKE"));
    assert_refused(&service.post(LABEL, many).await, 413);
    assert_eq!(service.stored(), 0);
}

#[tokio::test]
async fn who_asks_before_sending_need_not_send() {
    let service = service_with(Limits { body_bytes: 1000, ..Limits::default() }).await;
    let mut stream = TcpStream::connect(service.host()).await.unwrap();
    let head = format!(
        "POST /api/v2{LABEL} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic azN5Og==\r\nContent-Type: {}\r\nExpect: 100-continue\r\n\
         Content-Length: 999999999\r\n\r\n",
        form_type()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    tokio::time::timeout(LONG, stream.read_to_end(&mut reply)).await.unwrap().unwrap();
    assert_refused(&Answer::parse(&reply).json(), 413);
}

#[tokio::test]
async fn an_upload_that_falls_silent_is_given_up() {
    let service = service_with(Limits { silence: Duration::from_millis(50), ..Limits::default() }).await;
    let mut stream = TcpStream::connect(service.host()).await.unwrap();
    let whole = Form::new().file("a.pdf", "FAKE").finished().1;
    let cut = submitted(&form_type(), &whole).as_sent(service.host());
    stream.write_all(&cut[..cut.len() - 20]).await.unwrap();
    let mut reply = [0; 2000];
    let bytes = tokio::time::timeout(LONG, stream.read(&mut reply)).await.unwrap().unwrap();
    assert_refused(&Answer::parse(&reply[..bytes]).json(), 408);
    assert_eq!(service.stored(), 0);

    let mut stream = TcpStream::connect(service.host()).await.unwrap();
    let asked = Asked::new("POST", "/api/v2/OCR/Model/").with_key().header("Content-Type", "application/json");
    let cut = asked.body(b"{\"categories\": [\"total\"]}".to_vec()).as_sent(service.host());
    stream.write_all(&cut[..cut.len() - 2]).await.unwrap();
    let bytes = tokio::time::timeout(LONG, stream.read(&mut reply)).await.unwrap().unwrap();
    assert_refused(&Answer::parse(&reply[..bytes]).json(), 408);
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_reading() {
    let mut service = service().await;
    let mut stream = TcpStream::connect(service.host()).await.unwrap();
    let body = Form::new().file("a.pdf", "FAKE slow").finished().1;
    stream.write_all(&submitted(&form_type(), &body).as_sent(service.host())).await.unwrap();
    assert_eq!(service.event().await, Event::Reading("FAKE slow".into(), 0));
    drop(stream);
    assert_eq!(service.event().await, Event::Cancelled);
    let (status, _) = service.post(LABEL, Form::new().file("a.pdf", "FAKE")).await;
    assert_eq!(status, 200, "the server goes on");
}

#[tokio::test]
async fn a_server_that_stops_answers_what_runs_and_leaves_nothing() {
    let mut service = service().await;
    let mut stream = TcpStream::connect(service.host()).await.unwrap();
    let body = Form::new().file("a.pdf", "FAKE slow").finished().1;
    stream.write_all(&submitted(&form_type(), &body).as_sent(service.host())).await.unwrap();
    service.event().await;
    let running: Running = service.running.take().unwrap();
    tokio::time::timeout(LONG, running.shutdown()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    assert_refused(&Answer::parse(&reply).json(), 503);
    assert!(TcpStream::connect(service.host()).await.is_err());
    assert_eq!(service.event().await, Event::Cancelled);
}

async fn a_short_request_does_not_wait_for_all_of_a_long_one(way: Way) {
    let mut service = way.service_with(Limits { pages_at_once: 1, ..Limits::default() }).await;
    let long = service.post(LABEL, Form::new().file("long.pdf", "FAKE pages=200 gate"));
    let short = service.post(LABEL, Form::new().file("short.pdf", "FAKE short"));
    let both_there = async {
        while service.pages("general").await.len() < 2 {
            tokio::task::yield_now().await;
        }
        service.gate.cancel();
    };
    let ((long, _), (short, _), ()) = tokio::join!(long, short, both_there);
    assert_eq!((long, short), (200, 200));
    let mut order = Vec::new();
    while let Ok(Event::Reading(line, _)) = service.events.try_recv() {
        order.push(line.contains("short"));
    }
    let at = order.iter().position(|&is_short| is_short).unwrap();
    assert!(at < 20, "the short request was read after {at} of 200 pages of the long one");
}

#[tokio::test]
async fn a_server_listens_on_this_computer_alone_and_says_when_it_cannot() {
    let service = service().await;
    let data = tempfile::tempdir().unwrap();
    let start = |listen: &str| {
        let listen = listen.parse().unwrap();
        let key = Some(Key::new("k").unwrap());
        ServerOptions { listen, key, ..ServerOptions::new(data.path()) }
    };
    let reader = || Arc::new(crate::service::Nobody);
    for elsewhere in ["0.0.0.0:0", "[::]:0", "192.168.1.1:0"] {
        let refused = Server::start_with(start(elsewhere), reader()).await.unwrap_err();
        assert!(matches!(refused, StartError::NotLoopback(_)), "{refused}");
    }
    let refused = Server::start_with(start(service.host()), reader()).await.unwrap_err();
    assert!(matches!(refused, StartError::PortInUse(_)), "{refused}");
    let random = ServerOptions { key: None, ..start("127.0.0.1:0") };
    let one = Server::start_with(random.clone(), reader()).await.unwrap();
    let refused = Server::start_with(random.clone(), reader()).await.unwrap_err();
    assert!(refused.to_string().contains("another program already uses"), "{refused}");
    let key = one.key().clone();
    assert!(one.base_url().ends_with("/api/v2"));
    one.shutdown().await;
    let two = Server::start_with(random, reader()).await.unwrap();
    assert_ne!(&key, two.key());
}
