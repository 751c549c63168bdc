//! What a request sends, as clients of the contract send it: a multipart form, whose files stream to the disk while its
//! text stays in memory, or a small form or JSON object without files.

use super::Limits;
use super::body::{Excess, Meter, excess_of, metered};
use super::file_name::{bare, extended};
use super::refusal::Refusal;
use super::running::Shared;
use super::store::{Content, Incoming, Store};
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;
use url::form_urlencoded;

/// The most that may arrive before a part begins or its headers end.
const MOST_UNCLAIMED: u64 = 1024 * 1024;

/// So much of a file is gathered before it is written.
const GATHERED: usize = 256 * 1024;

/// A file that came with a request, on the disk; gone when dropped before it is in the store.
#[derive(Debug)]
pub(super) struct Upload {
    /// As the client calls it: its name, or its address.
    pub(super) name: String,
    /// The file itself.
    pub(super) content: Content,
}

/// What a request sent.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The files, in order.
    pub(super) files: Vec<Upload>,
    /// The addresses of files that are to be fetched, in order.
    pub(super) urls: Vec<String>,
    text: HashMap<String, String>,
}

impl Form {
    /// A text part by name; of several the last. Empty is as good as missing.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.text.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Takes in a text part: addresses by themselves, everything else by its name.
    fn put(&mut self, name: &str, text: String) {
        match name {
            "urls" | "urls[]" | "url" => self.urls.extend(addresses(&text)),
            _ => {
                self.text.insert(name.to_owned(), text);
            }
        }
    }

    /// Receives what `request` sends.
    pub(super) async fn receive(request: Request, shared: &Shared) -> Result<Self, Refusal> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => {
                let mut form = Self::default();
                for (name, text) in form_urlencoded::parse(&small_body(request, &shared.limits).await?) {
                    form.put(&name, text.into_owned());
                }
                Ok(form)
            }
            "application/json" => Self::of_json(&small_body(request, &shared.limits).await?),
            _ => Self::of_parts(request, shared).await,
        }
    }

    fn of_json(body: &[u8]) -> Result<Self, Refusal> {
        let refused =
            || Refusal::bad_request("The body is no JSON object", "Send an object, as in {\"urls\": [\"https://…\"]}");
        let object: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(|_| refused())?;
        let mut form = Self::default();
        for (name, value) in object {
            match (name.as_str(), value) {
                ("urls" | "url", Value::Array(list)) => {
                    for address in list {
                        form.put(&name, address.as_str().ok_or_else(refused)?.to_owned());
                    }
                }
                (_, Value::Null) => {}
                (_, Value::String(text)) => form.put(&name, text),
                (_, other) => form.put(&name, other.to_string()),
            }
        }
        Ok(form)
    }

    async fn of_parts(request: Request, shared: &Shared) -> Result<Self, Refusal> {
        let limits = shared.limits;
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|bytes| bytes > limits.body_bytes) {
            return Err(over_size(&limits));
        }
        let meter = Arc::new(Meter::default());
        let request = request.map(|body| {
            let stream = metered(body.into_data_stream(), meter.clone(), limits.body_bytes, MOST_UNCLAIMED);
            Body::from_stream(stream)
        });
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| {
            Refusal::bad_request("The request is no multipart/form-data form", "Send the files as parts named file")
        })?;
        Receiver { limits, meter, store: &shared.store, form: Self::default(), text_bytes: 0 }.receive(multipart).await
    }
}

/// A form that is being received.
struct Receiver<'a> {
    limits: Limits,
    meter: Arc<Meter>,
    store: &'a Store,
    form: Form,
    /// Of all text parts so far.
    text_bytes: usize,
}

impl Receiver<'_> {
    async fn receive(mut self, mut multipart: Multipart) -> Result<Form, Refusal> {
        let mut parts = 0;
        loop {
            let next = tokio::time::timeout(self.limits.silence, multipart.next_field()).await;
            let Some(field) = next.map_err(|_| silent())?.map_err(|e| broken(&e, &self.limits))? else {
                break;
            };
            self.meter.claim();
            parts += 1;
            if parts > self.limits.parts {
                let most = self.limits.parts;
                return Err(Refusal::too_large(format!("The form has more than {most} parts")));
            }
            self.part(field).await?;
        }
        tracing::debug!(bytes = self.meter.arrived(), parts, "received a form");
        Ok(self.form)
    }

    async fn part(&mut self, field: Field<'_>) -> Result<(), Refusal> {
        let disposition = field.headers().get(CONTENT_DISPOSITION).map(|v| String::from_utf8_lossy(v.as_bytes()));
        let file_name = field.file_name().map(str::to_owned).or_else(|| extended(&disposition?));
        let name = field.name().unwrap_or_default().to_owned();
        match (file_name.filter(|file_name| !file_name.is_empty()), name.as_str()) {
            (Some(file_name), _) => {
                let file_name = bare(&file_name)?;
                let file = self.to_disk(field).await?;
                self.keep(file_name, file);
            }
            // A file that came without its name; a form whose file was left out sends an empty part.
            (None, "file") => {
                let file = self.to_disk(field).await?;
                if file.bytes() > 0 {
                    self.keep("file".to_owned(), file);
                }
            }
            (None, "base64_data") => {
                let encoded = self.to_disk(field).await?;
                if encoded.bytes() > 0 {
                    let file = self.store.incoming()?;
                    let decoded = tokio::task::spawn_blocking(move || decoded(&encoded, file)).await;
                    let file = decoded.map_err(|_| Refusal::broken())??;
                    self.keep("base64_data".to_owned(), file);
                }
            }
            (None, _) => {
                let text = self.text_of(field).await?;
                self.form.put(&name, text);
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: String, content: Content) {
        self.form.files.push(Upload { name, content });
    }

    async fn next_chunk(&self, field: &mut Field<'_>) -> Result<Option<Bytes>, Refusal> {
        let chunk = tokio::time::timeout(self.limits.silence, field.chunk()).await;
        let chunk = chunk.map_err(|_| silent())?.map_err(|e| broken(&e, &self.limits))?;
        self.meter.claim();
        Ok(chunk)
    }

    async fn to_disk(&self, mut field: Field<'_>) -> Result<Content, Refusal> {
        let mut file = self.store.incoming()?;
        let mut gathered = Vec::with_capacity(GATHERED);
        while let Some(chunk) = self.next_chunk(&mut field).await? {
            gathered.extend_from_slice(&chunk);
            if gathered.len() >= GATHERED {
                file = written(file, std::mem::take(&mut gathered)).await?;
            }
        }
        let file = written(file, gathered).await?;
        Ok(tokio::task::spawn_blocking(move || file.finish()).await.map_err(|_| Refusal::broken())??)
    }

    async fn text_of(&mut self, mut field: Field<'_>) -> Result<String, Refusal> {
        let mut text = Vec::new();
        while let Some(chunk) = self.next_chunk(&mut field).await? {
            self.text_bytes += chunk.len();
            if self.text_bytes > self.limits.text_bytes {
                let most = self.limits.text_bytes;
                return Err(Refusal::too_large(format!("The form's text is longer than {most} bytes")));
            }
            text.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Writes off the asynchronous threads.
pub(super) async fn written(mut file: Incoming, bytes: Vec<u8>) -> Result<Incoming, Refusal> {
    let file = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file)).await;
    file.map_err(|_| Refusal::broken())?.map_err(Refusal::disk)
}

/// A body without files, all of it.
pub(super) async fn small_body(request: Request, limits: &Limits) -> Result<Bytes, Refusal> {
    let most = limits.text_bytes;
    let (mut chunks, mut body) = (request.into_body().into_data_stream(), Vec::new());
    while let Some(chunk) = tokio::time::timeout(limits.silence, chunks.next()).await.map_err(|_| silent())? {
        let chunk = chunk.map_err(|_| Refusal::bad_request("The body broke off", "Send it again"))?;
        if body.len() + chunk.len() > most {
            return Err(Refusal::too_large(format!("A request without files is longer than {most} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// The addresses in a text: one, a list in JSON, or one a line.
fn addresses(text: &str) -> Vec<String> {
    if let Ok(list) = serde_json::from_str::<Vec<String>>(text) {
        return list;
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn over_size(limits: &Limits) -> Refusal {
    Refusal::too_large(format!("The request is larger than {} MB", limits.body_bytes / (1024 * 1024)))
}

fn silent() -> Refusal {
    Refusal::new(axum::http::StatusCode::REQUEST_TIMEOUT, "The upload stopped on its way", "Send it again")
}

fn broken(error: &MultipartError, limits: &Limits) -> Refusal {
    match excess_of(error) {
        Some(Excess::Bytes) => over_size(limits),
        Some(Excess::NoForm) | None => Refusal::bad_request(
            "The multipart form is broken or incomplete",
            "Send it again, with the boundary that its content type names",
        ),
    }
}

/// Decodes base64, of either alphabet, with or without padding, line breaks and a `data:` prefix.
fn decoded(encoded: &Content, mut into: Incoming) -> Result<Content, Refusal> {
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let mut file = std::fs::File::open(encoded.path()).map_err(Refusal::disk)?;
    let mut start = [0_u8; 256];
    let read = file.read(&mut start).map_err(Refusal::disk)?;
    let start = &start[..read];
    let skip = match start.iter().position(|&b| b == b',') {
        Some(comma) if start.starts_with(b"data:") => comma + 1,
        _ => 0,
    };
    let text = Cleaned(std::io::BufReader::new((&start[skip..]).chain(file)));
    let mut decoder = base64::read::DecoderReader::new(text, &BASE64);
    match std::io::copy(&mut decoder, &mut into) {
        Ok(_) => Ok(into.finish()?),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Refusal::bad_request("base64_data is not base64", "Send the file's bytes in base64"))
        }
        Err(error) => Err(Refusal::disk(error)),
    }
}

/// Base64 text in the standard alphabet and without white space.
struct Cleaned<R>(R);

impl<R: Read> Read for Cleaned<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.0.read(into)?;
            let mut kept = 0;
            for at in 0..read {
                let byte = match into[at] {
                    b'-' => b'+',
                    b'_' => b'/',
                    byte => byte,
                };
                if !byte.is_ascii_whitespace() {
                    into[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut encoded = store.incoming().unwrap();
        encoded.write_all(text.as_bytes()).unwrap();
        let decoded = decoded(&encoded.finish().unwrap(), store.incoming().unwrap());
        decoded.map(|file| std::fs::read(file.path()).unwrap())
    }

    #[test]
    fn addresses_come_alone_in_a_list_or_one_a_line() {
        assert_eq!(addresses("https://a.example/x,y.pdf"), ["https://a.example/x,y.pdf"]);
        assert_eq!(addresses(r#"["https://a.example", "https://b.example"]"#).len(), 2);
        assert_eq!(addresses("https://a.example\n\n https://b.example "), ["https://a.example", "https://b.example"]);
    }

    #[test]
    fn base64_is_read_as_clients_write_it() {
        for text in ["+/8A", "-_8A", "data:image/png;base64,+/8A", "+/\r\n8A\n"] {
            assert_eq!(decode(text).unwrap(), [0xfb, 0xff, 0x00], "{text}");
        }
        assert_eq!(decode("YQ==").unwrap(), b"a");
        assert_eq!(decode("YQ").unwrap(), b"a");
        let long = "QUJD".repeat(100_000);
        assert_eq!(decode(&long).unwrap(), b"ABC".repeat(100_000));
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        assert_eq!(decode("a picture!").unwrap_err().status, 400);
    }
}
