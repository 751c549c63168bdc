//! The worker process: reads questions, opens files, answers. It lives on when a file is bad, not when its parent is gone.

use super::message::{self, Ask, Reply, Request};
use super::pdf::PdfFile;
use super::picture::PictureFile;
use super::process::PDFIUM_VARIABLE;
use super::{FileKind, PageError};
use pdfium_render::prelude::Pdfium;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, SystemTime};

/// How many documents a worker keeps open.
const OPEN: usize = 4;
/// How much of a file is looked at to tell its kind.
const HEAD: u64 = 1024;

/// The body of the hidden subcommand `pages-worker`: answers questions from standard input on standard output
/// until that ends, however it ends.
pub fn worker_main() -> ExitCode {
    super::cage::close();
    let Some(questions) = questions() else { return ExitCode::FAILURE };
    let pdfium = bind();
    let mut shelf = Shelf { pdfium: pdfium.as_ref(), open: Vec::new() };
    let mut out = std::io::stdout().lock();
    for request in questions {
        if message::write_taken(&mut out).is_err() {
            return ExitCode::FAILURE;
        }
        let (reply, bytes) = shelf.answer(&request).unwrap_or_else(|error| (Reply::Failed(error), Vec::new()));
        if message::write(&mut out, &reply, &bytes).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads on a thread of its own, so that the end of the parent ends a worker in the midst of an endless page too.
fn questions() -> Option<Receiver<Request>> {
    let (send, receive) = sync_channel(1);
    let reader = std::thread::Builder::new().name("pages-questions".into()).spawn(move || {
        let mut input = std::io::stdin().lock();
        while let Ok((request, _)) = message::read::<Request>(&mut input) {
            if send.send(request).is_err() {
                break;
            }
        }
        drop(send);
        // An idle worker ends by itself now. One that is busy has nobody left to answer.
        std::thread::sleep(Duration::from_millis(200));
        std::process::abort();
    });
    reader.is_ok().then_some(receive)
}

/// Loads PDFium. Pictures are read without it.
fn bind() -> Result<Pdfium, PageError> {
    let path = std::env::var_os(PDFIUM_VARIABLE).map(PathBuf::from).unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match Pdfium::bind_to_library(&path) {
        Ok(bindings) => Ok(Pdfium::new(bindings)),
        Err(_) if !path.is_file() => Err(PageError::MissingPart(format!("{name} is missing"))),
        Err(error) => Err(PageError::MissingPart(format!("{name} does not load ({error})"))),
    }
}

/// The documents that are open, the last used at the end.
struct Shelf<'a> {
    pdfium: Result<&'a Pdfium, &'a PageError>,
    open: Vec<(Key, Document<'a>)>,
}

/// Tells a file from what it was before it was changed.
#[derive(PartialEq)]
struct Key {
    path: PathBuf,
    password: Option<String>,
    changed: Option<SystemTime>,
    length: u64,
}

enum Document<'a> {
    Pdf(Box<PdfFile<'a>>),
    Picture(PictureFile),
}

impl<'a> Shelf<'a> {
    fn answer(&mut self, request: &Request) -> Result<(Reply, Vec<u8>), PageError> {
        let document = self.document(request)?;
        Ok(match request.ask {
            Ask::Open => {
                let info = match document {
                    Document::Pdf(pdf) => pdf.info(),
                    Document::Picture(picture) => picture.info(),
                };
                (Reply::Opened(info), Vec::new())
            }
            Ask::Render { page, render } => {
                let pixels = match document {
                    Document::Pdf(pdf) => pdf.render(page, render)?,
                    Document::Picture(picture) => picture.render(page, render)?,
                };
                (Reply::Pixels { width: pixels.width(), height: pixels.height() }, pixels.into_raw())
            }
            Ask::TextLayer { page } => {
                let layer = match document {
                    Document::Pdf(pdf) => pdf.text_layer(page)?,
                    Document::Picture(picture) => picture.text_layer(page)?,
                };
                (Reply::Text(Box::new(layer)), Vec::new())
            }
        })
    }

    /// The document, opened if it is not.
    fn document(&mut self, request: &Request) -> Result<&mut Document<'a>, PageError> {
        let path = PathBuf::from(&request.path);
        let metadata = std::fs::metadata(&path)?;
        let key =
            Key { path, password: request.password.clone(), changed: metadata.modified().ok(), length: metadata.len() };
        if let Some(at) = self.open.iter().position(|(k, _)| *k == key) {
            let entry = self.open.remove(at);
            // Only the last one has not rested yet.
            if at < self.open.len() {
                self.rest();
            }
            self.open.push(entry);
        } else {
            // What is let go makes room before the new one takes it.
            if self.open.len() >= OPEN {
                self.open.remove(0);
            }
            self.rest();
            let document = self.load(&key)?;
            self.open.push((key, document));
        }
        self.open.last_mut().map(|(_, document)| document).ok_or(PageError::Crashed)
    }

    /// Lets the documents rest that are not asked for now.
    fn rest(&mut self) {
        for (_, document) in &mut self.open {
            match document {
                Document::Pdf(pdf) => pdf.rest(),
                Document::Picture(picture) => picture.rest(),
            }
        }
    }

    fn load(&self, key: &Key) -> Result<Document<'a>, PageError> {
        if key.length == 0 {
            return Err(PageError::Empty);
        }
        match kind(&key.path)? {
            FileKind::Pdf => {
                let pdfium = self.pdfium.map_err(Clone::clone)?;
                PdfFile::open(pdfium, &key.path, key.length, key.password.as_deref())
                    .map(|pdf| Document::Pdf(Box::new(pdf)))
            }
            kind => PictureFile::open(&key.path, kind).map(Document::Picture),
        }
    }
}

/// What the first bytes of the file say that it is.
fn kind(path: &Path) -> Result<FileKind, PageError> {
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    super::sniff::kind(&head).map_err(|what| PageError::Unsupported(what.into()))
}
