//! Fetching a document from the web, as a browser would: without a key, within limits, into a folder.

use super::TransportFault;
use super::error::transport_sentence;
use crate::document::Problem;
use reqwest::header::{CONTENT_DISPOSITION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Response, redirect};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use url::{Host, Url};

/// The longest file name in bytes; file systems end at 255.
const LONGEST_NAME: usize = 150;

/// What fetching a document may cost.
#[derive(Clone, Copy, Debug)]
pub struct Fetch {
    /// The largest document, in bytes: 512 MiB.
    pub bytes: u64,
    /// How often the address may lead elsewhere: 5 times.
    pub redirects: usize,
    /// For a connection, and for the next byte: half a minute.
    pub silence: Duration,
    /// For all of it: half an hour.
    pub time: Duration,
    /// Whether the address may be one of this computer: yes, for a person may type any. An address that a service
    /// elsewhere names has no business here.
    pub may_be_here: bool,
}

impl Default for Fetch {
    fn default() -> Self {
        Self {
            bytes: 512 * 1024 * 1024,
            redirects: 5,
            silence: Duration::from_secs(30),
            time: Duration::from_mins(30),
            may_be_here: true,
        }
    }
}

/// A document that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is now, under the name that the server or the address gives it.
    pub path: PathBuf,
}

/// Is told how many bytes have come, and of how many where the server says so; often, must not block.
pub type OnFetched = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// Why a document was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is of no use; why.
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    /// No answer, or none to its end.
    #[error("could not fetch from {host}: {details}")]
    Transport {
        /// Who was asked.
        host: String,
        /// What happened.
        fault: TransportFault,
        /// The cause, without the address.
        details: String,
    },
    /// The server said no: its HTTP status.
    #[error("{host} answered with HTTP {status}")]
    Refused {
        /// Who was asked.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The address leads elsewhere again and again, or to a place that is not gone to.
    #[error("the address at {0} leads astray")]
    Astray(String),
    /// The document is larger than the limit, in bytes.
    #[error("the document is larger than {0} bytes")]
    TooLarge(u64),
    /// It cannot be written.
    #[error("could not write the document: {0}")]
    Disk(#[from] std::io::Error),
}

impl FetchError {
    /// What happened and what to do, in a sentence.
    pub fn problem(&self) -> Problem {
        let message = match self {
            Self::Address(why) => format!("This address cannot be fetched: {why}; correct it and add it again"),
            Self::Transport { host, fault, .. } => transport_sentence(host, *fault),
            Self::Refused { host, status: 401 | 403 | 407 } => {
                format!("{host} gives this document to its own users only; save it with a browser and add the file")
            }
            Self::Refused { host, status: 404 | 410 } => {
                format!("{host} does not have this document; check the address and add it again")
            }
            Self::Refused { host, status } => {
                format!("{host} did not give out the document (HTTP {status}); try again later")
            }
            Self::Astray(host) => {
                format!(
                    "The address at {host} leads astray; open it with a browser, save the document and add the file"
                )
            }
            Self::TooLarge(most) => {
                format!("The document is larger than {} MB; save it with a browser and add the file", most >> 20)
            }
            Self::Disk(_) => "The document cannot be written to the disk; make room there and try again".to_owned(),
        };
        Problem { message, details: self.to_string() }
    }
}

/// Fetches the document at `address` into `folder`, which must be there. HTTPS only, except from this computer: another
/// `http` address is asked by HTTPS. What has come when this is dropped or fails is removed.
pub async fn fetch(address: &str, folder: &Path, limits: &Fetch, progress: &OnFetched) -> Result<Fetched, FetchError> {
    let url = secure(Url::parse(address.trim()).map_err(|_| FetchError::Address("it is no web address"))?)?;
    let host = host_of(&url);
    let all = timeout(limits.time, async {
        let response = asked(url, limits).await?;
        written(response, folder, limits, progress).await
    });
    all.await.unwrap_or_else(|_| Err(timed_out(host)))
}

/// Asks, and goes where the answer leads.
async fn asked(mut url: Url, limits: &Fetch) -> Result<Response, FetchError> {
    let begins_here = is_this_computer(&url);
    if begins_here && !limits.may_be_here {
        return Err(FetchError::Astray(host_of(&url)));
    }
    for _ in 0..=limits.redirects {
        let host = host_of(&url);
        let broken = |error: reqwest::Error| transport(host.clone(), error);
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("proofdesk/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.silence)
            // Followed by hand: not everything is gone to.
            .redirect(redirect::Policy::none())
            .referer(false);
        builder = if is_this_computer(&url) { builder.no_proxy() } else { builder.https_only(true) };
        let request = builder.build().map_err(broken)?.get(url.clone()).send();
        let response = timeout(limits.silence, request).await.map_err(|_| timed_out(host.clone()))?.map_err(broken)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if !status.is_redirection() {
            return Err(FetchError::Refused { host, status: status.as_u16() });
        }
        let location = response.headers().get(LOCATION).map(HeaderValue::to_str);
        let there = location.and_then(|text| url.join(text.ok()?).ok()).ok_or(FetchError::Astray(host.clone()))?;
        url = secure(there).map_err(|_| FetchError::Astray(host.clone()))?;
        // A page on the web has no business with what listens on this computer.
        if is_this_computer(&url) && !begins_here {
            return Err(FetchError::Astray(host));
        }
    }
    Err(FetchError::Astray(host_of(&url)))
}

async fn written(
    mut response: Response,
    folder: &Path,
    limits: &Fetch,
    progress: &OnFetched,
) -> Result<Fetched, FetchError> {
    let host = host_of(response.url());
    let total = response.content_length();
    if total.is_some_and(|bytes| bytes > limits.bytes) {
        return Err(FetchError::TooLarge(limits.bytes));
    }
    let path = folder.join(name_of(response.url(), response.headers()));
    let part = NamedTempFile::new_in(folder)?;
    let mut file = File::from_std(part.reopen()?);
    let mut bytes = 0;
    loop {
        let chunk = timeout(limits.silence, response.chunk()).await.map_err(|_| timed_out(host.clone()))?;
        let Some(chunk) = chunk.map_err(|error| transport(host.clone(), error))? else { break };
        bytes += chunk.len() as u64;
        if bytes > limits.bytes {
            return Err(FetchError::TooLarge(limits.bytes));
        }
        file.write_all(&chunk).await?;
        progress(bytes, total);
    }
    file.flush().await?;
    part.persist(&path).map_err(|error| FetchError::Disk(error.error))?;
    Ok(Fetched { path })
}

/// The address as it is asked: by HTTPS, but for this computer.
fn secure(mut url: Url) -> Result<Url, FetchError> {
    if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Address("it does not begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Address("it has a password in it, which is not sent"));
    }
    if url.scheme() == "http" && !is_this_computer(&url) {
        // A port of its own speaks no HTTPS, most likely; then the connection says so.
        url.set_scheme("https").map_err(|()| FetchError::Address("it is no web address"))?;
    }
    Ok(url)
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn timed_out(host: String) -> FetchError {
    FetchError::Transport { host, fault: TransportFault::Timeout, details: "no answer in time".to_owned() }
}

fn transport(host: String, error: reqwest::Error) -> FetchError {
    let (fault, details) = super::exchange::fault(error);
    FetchError::Transport { host, fault, details }
}

/// What the document is called: by its server, else by its address. Never leaves its folder.
fn name_of(url: &Url, headers: &HeaderMap) -> String {
    let said = headers.get(CONTENT_DISPOSITION).and_then(|value| disposition_name(value.as_bytes()));
    let last = || Some(decoded(url.path_segments()?.rfind(|part| !part.is_empty())?));
    let names = [said, last(), url.host_str().map(str::to_owned)];
    names.into_iter().flatten().map(|name| harmless(&name)).find(|name| !name.is_empty()).unwrap_or("document".into())
}

/// The name in a `Content-Disposition` (RFC 6266): `filename*` before `filename`.
fn disposition_name(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    let parameter = |wanted: &str| {
        text.split(';').skip(1).find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| decoded(encoded))
    });
    extended.or_else(|| parameter("filename"))
}

/// Without percent-encoding.
fn decoded(part: &str) -> String {
    // A form's fields are encoded in the same way, but for the signs that part them and stand for a space.
    let field = format!("name={}", part.replace('+', "%2B").replace('&', "%26"));
    let name = url::form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned());
    name.unwrap_or_else(|| part.to_owned())
}

/// A file name for any system: its last part, without what one of them cannot write, not hidden, not too long.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let letters = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c));
    let text: String = letters.collect();
    let text = text.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if text.len() <= LONGEST_NAME {
        return text.to_owned();
    }
    // The end says what kind of file it is.
    let (stem, extension) = text.rsplit_once('.').filter(|(_, end)| end.len() <= 8).unwrap_or((text, ""));
    let mut cut = LONGEST_NAME - 9;
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    if extension.is_empty() { stem[..cut].to_owned() } else { format!("{}.{extension}", &stem[..cut]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(url: &str, disposition: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = disposition {
            headers.insert(CONTENT_DISPOSITION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        name_of(&Url::parse(url).unwrap(), &headers)
    }

    #[test]
    fn a_document_is_called_as_its_server_says_else_by_its_address() {
        let url = "https://a.example/x/Rechnung%20M%C3%A4rz+1.pdf?download=1";
        assert_eq!(name(url, None), "Rechnung März+1.pdf");
        assert_eq!(name(url, Some("attachment; filename=\"b.pdf\"")), "b.pdf");
        assert_eq!(name(url, Some("attachment; filename=x.pdf; filename*=UTF-8''%c3%9cber.pdf")), "Über.pdf");
        assert_eq!(name("https://a.example/", Some("inline")), "a.example");
    }

    #[test]
    fn a_name_never_leaves_its_folder() {
        for (said, safe) in [
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
            ("attachment; filename=\"C:\\\\x\\\\a.pdf\"", "a.pdf"),
            ("attachment; filename=\"..\"", "a.pdf"),
            ("attachment; filename*=UTF-8''..%2F.hidden", "hidden"),
        ] {
            assert_eq!(name("https://h.example/a.pdf", Some(said)), safe, "{said}");
        }
        let long = format!("https://h.example/{}.pdf", "ü".repeat(300));
        let name = name(&long, None);
        assert!(name.len() <= LONGEST_NAME && name.ends_with("ü.pdf"), "{name}");
    }

    #[test]
    fn only_this_computer_is_asked_without_encryption() {
        let secured = |url: &str| secure(Url::parse(url).unwrap()).map(|url| url.to_string());
        assert_eq!(secured("http://a.example/b").unwrap(), "https://a.example/b");
        assert_eq!(secured("http://127.0.0.1:8080/b").unwrap(), "http://127.0.0.1:8080/b");
        assert!(matches!(secured("ftp://a.example/b"), Err(FetchError::Address(_))));
        assert!(matches!(secured("https://me:secret@a.example/b"), Err(FetchError::Address(_))));
    }
}
