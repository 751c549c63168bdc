//! The embedded server with a reader that reads what the test wrote, and requests to it, each of its `ways`.

use crate::ways::{Answer, Asked, Way};
use image::RgbImage;
use proofdesk::api::Key;
use proofdesk::document::{
    Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Problem, Score, Table, TextSource, Turn, Word,
};
use proofdesk::server::{Limits, ReadError, Reader, Running, Server, ServerOptions, Source, Wanted};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) const KEY: &str = "k3y";
/// Nothing in a test takes longer, on however slow a machine.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// What the reader was asked and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The page (from 0) of the file that begins with this line.
    Reading(String, u32),
    /// Nobody waited for it any more.
    Cancelled,
}

/// Reads files of a line such as `FAKE pages=3 broken=2`: three pages, of which the second (page 1) cannot be read.
/// Others: `panic`: reading panics; `slow`: reading takes until it is cancelled; `gate`: page 0 takes until the gate
/// opens; `locked=…`: needs that password; `passing=2`: the first two attempts at a page fail.
struct FakeReader {
    events: mpsc::Sender<Event>,
    gate: CancellationToken,
    attempts: Mutex<HashMap<(String, u32), u32>>,
}

fn option<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

fn first_line(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).lines().next().unwrap_or_default().to_owned()
}

impl Reader for FakeReader {
    fn open(&self, file: Source<'_>) -> Result<Vec<PageSize>, ReadError> {
        let line = first_line(file.path);
        if !line.starts_with("FAKE") {
            return Err(ReadError::Problem(Problem::new("This file is no document that can be read")));
        }
        if option(&line, "locked").is_some_and(|password| file.password != Some(password)) {
            return Err(ReadError::Problem(Problem::new("This PDF is locked; enter its password")));
        }
        let pages = option(&line, "pages").map_or(1, |count| count.parse().unwrap());
        Ok(vec![PageSize::new(2550, 3300); pages])
    }

    fn read(
        &self,
        file: Source<'_>,
        number: u32,
        size: PageSize,
        wanted: Wanted,
        cancel: &CancellationToken,
    ) -> Result<Page, ReadError> {
        let line = first_line(file.path);
        self.events.try_send(Event::Reading(line.clone(), number)).unwrap();
        let has = |word: &str| line.split_whitespace().any(|other| other == word);
        assert!(!has("panic"), "as the test wants it");
        if has("slow") {
            tokio::runtime::Handle::current().block_on(cancel.cancelled());
            self.events.try_send(Event::Cancelled).unwrap();
            return Err(ReadError::Cancelled);
        }
        if has("gate") && number == 0 {
            tokio::runtime::Handle::current().block_on(self.gate.cancelled());
        }
        let mut attempts = self.attempts.lock().unwrap();
        let attempt = attempts.entry((line.clone(), number)).or_default();
        *attempt += 1;
        if option(&line, "passing").is_some_and(|failures| *attempt <= failures.parse().unwrap()) {
            return Err(ReadError::Passing(Problem::new("The reader broke down")));
        }
        if option(&line, "broken") == Some(&(number + 1).to_string()) {
            return Err(ReadError::Problem(Problem::new("This page is broken")));
        }
        Ok(page(number, size, wanted))
    }

    /// A page whose top left corner alone is red, as far as JPEG keeps colours.
    fn draw(&self, _: Source<'_>, _: u32, size: PageSize) -> Result<RgbImage, Problem> {
        let corner = |x: u32, y: u32| x < size.width / 4 && y < size.height / 4;
        let color = |x, y| if corner(x, y) { [255, 0, 0] } else { [255, 255, 255] };
        Ok(RgbImage::from_fn(size.width, size.height, |x, y| image::Rgb(color(x, y))))
    }
}

fn page(number: u32, size: PageSize, wanted: Wanted) -> Page {
    let rect = PageRect::new(100.25, 200.5, 300.75, 240.1);
    let word = |text: &str, line| Word { text: text.into(), rect, score: Score::new(0.9), line, font_size: 0.0 };
    let mut page = Page { number, size, ..Page::default() };
    let text = PageText {
        size,
        words: vec![word("Page", 0), word(&number.to_string(), 0), word("end", 1)],
        source: TextSource::Read,
        turn: Turn::None,
    };
    page.text = Some(text.into());
    if wanted == Wanted::Fields {
        let cell = |row, col| Cell {
            row,
            col,
            row_span: 1,
            col_span: 1,
            label: "Item".into(),
            text: format!("{row}/{col}"),
            rect,
            score: Score::new(0.5),
            ..Cell::default()
        };
        page.fields = vec![
            Field { label: "page".into(), text: number.to_string(), rect: Some(rect), ..Field::default() },
            Field { id: FieldId("same".into()), label: "currency".into(), text: "EUR".into(), ..Field::default() },
        ];
        page.tables =
            vec![Table { label: "table".into(), rect, cells: vec![cell(1, 1), cell(1, 2)], ..Table::default() }];
    }
    page
}

/// A server that runs, with what it was asked.
pub(crate) struct Service {
    pub(crate) running: Option<Running>,
    pub(crate) url: String,
    pub(crate) data: TempDir,
    pub(crate) events: mpsc::Receiver<Event>,
    /// Opens when it is cancelled.
    pub(crate) gate: CancellationToken,
    /// How requests come to it.
    way: Way,
}

/// One that is asked over a socket.
pub(crate) async fn service() -> Service {
    Way::Socket.service().await
}

pub(crate) async fn service_with(limits: Limits) -> Service {
    Way::Socket.service_with(limits).await
}

/// One that fetches from this computer too.
pub(crate) async fn service_with_urls() -> Service {
    Way::Socket.service_with_urls().await
}

impl Way {
    pub(crate) async fn service(self) -> Service {
        self.service_with(Limits::default()).await
    }

    pub(crate) async fn service_with(self, limits: Limits) -> Service {
        self.started(ServerOptions { limits, ..ServerOptions::new("") }).await
    }

    /// One that fetches from this computer too.
    pub(crate) async fn service_with_urls(self) -> Service {
        self.started(ServerOptions { allow_private_urls: true, ..ServerOptions::new("") }).await
    }

    async fn started(self, options: ServerOptions) -> Service {
        started_in(tempfile::tempdir().unwrap(), options, self).await
    }
}

async fn started_in(data: TempDir, options: ServerOptions, way: Way) -> Service {
    let (sender, events) = mpsc::channel(10_000);
    let options = ServerOptions { key: Some(Key::new(KEY).unwrap()), data: data.path().to_owned(), ..options };
    let gate = CancellationToken::new();
    let reader = FakeReader { events: sender, gate: gate.clone(), attempts: Mutex::default() };
    let running = Server::start_with(options, Arc::new(reader)).await.unwrap();
    Service { url: running.base_url().to_owned(), running: Some(running), data, events, gate, way }
}

impl Service {
    /// Stops it and starts one on the same data; `forgets` as the desk's does.
    pub(crate) async fn restarted(mut self, forgets: bool) -> Self {
        self.running.take().unwrap().shutdown().await;
        started_in(self.data, ServerOptions { forgets, ..ServerOptions::new("") }, self.way).await
    }

    pub(crate) fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap().split('/').next().unwrap()
    }

    /// The next thing that the reader does.
    pub(crate) async fn event(&mut self) -> Event {
        tokio::time::timeout(LONG, self.events.recv()).await.unwrap().unwrap()
    }

    /// How many contents are on the disk, whole or on their way.
    pub(crate) fn stored(&self) -> usize {
        fn files(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
        }
        ["contents", "incoming"].map(|folder| files(&self.data.path().join(folder))).iter().sum()
    }

    /// What the reader does from now on, for who asks at the same time.
    pub(crate) fn take_events(&mut self) -> mpsc::Receiver<Event> {
        std::mem::replace(&mut self.events, mpsc::channel(1).1)
    }

    /// Asks as it is said, the way that this service is asked.
    pub(crate) async fn answer(&self, asked: Asked) -> Answer {
        let router = || self.running.as_ref().unwrap().router();
        let answer = async {
            match self.way {
                Way::Socket => Answer::parse(&self.exchange(&asked.as_sent(self.host())).await),
                Way::Process => asked.within(router()).await,
            }
        };
        tokio::time::timeout(LONG, answer).await.unwrap()
    }

    /// Asks with the key; the status and the body, which must be JSON.
    pub(crate) async fn ask(&self, method: &str, path: &str, form: Option<Form>) -> (u16, Value) {
        let (kind, body) = form.unwrap_or_default().finished();
        self.send(method, path, &kind, body).await
    }

    /// Sends JSON.
    pub(crate) async fn json(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send(method, path, "application/json", body.to_string().into_bytes()).await
    }

    /// Sends a form without files.
    pub(crate) async fn form(&self, path: &str, body: &str) -> (u16, Value) {
        self.send("POST", path, "application/x-www-form-urlencoded", body.as_bytes().to_vec()).await
    }

    async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> (u16, Value) {
        let asked = Asked::new(method, &format!("/api/v2{path}")).with_key();
        self.answer(asked.header("Content-Type", kind).body(body)).await.json()
    }

    /// All pages of a model that nobody approved, of whatever day.
    pub(crate) async fn pages(&self, model: &str) -> Vec<Value> {
        let path =
            format!("/Inferences/Model/{model}/InferenceRequest/?start_day_interval=10000&current_batch_day=99999");
        let (status, reply) = self.ask("GET", &path, None).await;
        assert_eq!(status, 200, "{reply}");
        reply["unmoderated_images"].as_array().unwrap().clone()
    }

    pub(crate) async fn post(&self, path: &str, form: Form) -> (u16, Value) {
        self.ask("POST", path, Some(form)).await
    }

    /// Sends bytes over a socket as they are and reads to the end.
    pub(crate) async fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.host()).await.unwrap();
        let mut reply = Vec::new();
        stream.write_all(request).await.unwrap();
        stream.read_to_end(&mut reply).await.unwrap();
        reply
    }
}

/// Fails unless the answer has this status and the contract's error shape.
pub(crate) fn assert_refused((status, body): &(u16, Value), expected: u16) {
    assert_eq!(*status, expected, "{body}");
    assert_eq!(body["code"], expected, "{body}");
    assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    let errors = body["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{body}");
    for error in errors {
        for part in ["reason", "message"] {
            assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        }
    }
}

/// A multipart form, written by hand so that it can be written wrongly.
#[derive(Default)]
pub(crate) struct Form(Vec<u8>);

pub(crate) const BOUNDARY: &str = "bOuNdArY";

impl Form {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A part with this disposition after `form-data; `, and more headers.
    pub(crate) fn part(mut self, disposition: &str, headers: &str, body: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{headers}\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(body);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn file(self, name: &str, body: &str) -> Self {
        let disposition = format!("name=\"file\"; filename=\"{name}\"");
        self.part(&disposition, "Content-Type: application/pdf\r\n", body.as_bytes())
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), "", value.as_bytes())
    }

    /// The content type and the bytes.
    pub(crate) fn finished(self) -> (String, Vec<u8>) {
        let mut body = self.0;
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

/// A reader for servers that are never asked.
pub(crate) struct Nobody;

impl Reader for Nobody {
    fn open(&self, _: Source<'_>) -> Result<Vec<PageSize>, ReadError> {
        Err(ReadError::Problem(Problem::new("nobody reads")))
    }

    fn read(&self, _: Source<'_>, _: u32, _: PageSize, _: Wanted, _: &CancellationToken) -> Result<Page, ReadError> {
        Err(ReadError::Cancelled)
    }

    fn draw(&self, _: Source<'_>, _: u32, _: PageSize) -> Result<RgbImage, Problem> {
        Err(Problem::new("nobody draws"))
    }
}
