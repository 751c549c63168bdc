//! What is sent: files streamed from the disk, counted as they go.

use super::ClientError;
use futures_util::stream;
use reqwest::multipart::{Form, Part};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// How much is read from the disk at a time.
const CHUNK: usize = 64 * 1024;

/// A file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Where it is.
    pub path: PathBuf,
    /// What the service is told it is called.
    pub name: String,
}

impl Upload {
    /// The file at `path`, under its own name.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path, name }
    }
}

/// How much of the files has been handed to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes sent; less than before where a request had to begin anew.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Is told of progress, often and from other threads; must not block.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// A form that can be built again for each attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) files: Vec<Upload>,
    pub(super) text: Vec<(&'static str, String)>,
    pub(super) query: Vec<(&'static str, String)>,
}

/// What is known of a form that is under way.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) total: u64,
    bytes: AtomicU64,
    /// The file that could not be read to its end.
    failed: Mutex<Option<(PathBuf, std::io::Error)>>,
}

impl Sent {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.bytes() >= self.total
    }

    /// Why the form could not be sent, where a file was the reason.
    pub(super) fn failure(&self) -> Option<ClientError> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.take().map(|(path, source)| ClientError::File { path, source })
    }
}

impl Body {
    /// Opens the files and makes the form.
    pub(super) async fn form(&self, progress: &OnProgress) -> Result<(Form, Arc<Sent>), ClientError> {
        let mut opened = Vec::with_capacity(self.files.len());
        for upload in &self.files {
            let file = |source| ClientError::File { path: upload.path.clone(), source };
            let open = File::open(&upload.path).await.map_err(file)?;
            let metadata = open.metadata().await.map_err(file)?;
            if !metadata.is_file() {
                return Err(file(ErrorKind::IsADirectory.into()));
            }
            opened.push((upload, open, metadata.len()));
        }
        let sent = Arc::new(Sent { total: opened.iter().map(|(_, _, bytes)| bytes).sum(), ..Sent::default() });
        // Names in plain UTF-8, as browsers send them; some services do not read the encoded form.
        let mut form = Form::new().percent_encode_noop();
        for (name, value) in &self.text {
            form = form.text(*name, value.clone());
        }
        for (upload, file, bytes) in opened {
            let body = counted(upload, file, bytes, sent.clone(), progress.clone());
            let part = Part::stream_with_length(body, bytes);
            form = form.part("file", part.file_name(header_safe(&upload.name)));
        }
        Ok((form, sent))
    }
}

/// The first `left` bytes of a file, counted as they leave. A file that has become shorter ends in an error.
fn counted(upload: &Upload, file: File, left: u64, sent: Arc<Sent>, progress: OnProgress) -> reqwest::Body {
    let path = upload.path.clone();
    let chunks = stream::try_unfold((file, left), move |(mut file, left)| {
        let (sent, progress, path) = (sent.clone(), progress.clone(), path.clone());
        async move {
            if left == 0 {
                return Ok(None);
            }
            let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
            let read = match file.read(&mut chunk).await {
                Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
                other => other,
            };
            match read {
                Ok(bytes) => {
                    chunk.truncate(bytes);
                    let before = sent.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                    progress(Progress { sent: before + bytes as u64, total: sent.total });
                    Ok(Some((chunk, (file, left - bytes as u64))))
                }
                Err(error) => {
                    let kind = error.kind();
                    *sent.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some((path, error));
                    Err(std::io::Error::from(kind))
                }
            }
        }
    });
    reqwest::Body::wrap_stream(chunks)
}

/// A name without what would end a header's line.
fn header_safe(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '_' } else { letter }).collect()
}
