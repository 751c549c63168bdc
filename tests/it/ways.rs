//! The two ways a request comes to the embedded server: over a socket, and within this process. The same checks go both.

use crate::service::KEY;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::convert::Infallible;
use std::fmt::Write;
use tower::ServiceExt;

/// How requests come to the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// As bytes, over TCP.
    Socket,
    /// Straight to its router, without a connection or anything that parses.
    Process,
}

/// Makes two tests of each of these functions, which take the way.
macro_rules! both_ways {
    ($($check:ident),+ $(,)?) => {
        mod over_a_socket {
            $(#[tokio::test]
            async fn $check() {
                super::$check(crate::ways::Way::Socket).await;
            })+
        }
        mod in_this_process {
            $(#[tokio::test]
            async fn $check() {
                super::$check(crate::ways::Way::Process).await;
            })+
        }
    };
}
pub(crate) use both_ways;

/// A request.
pub(crate) struct Asked {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The body comes in pieces of so many bytes, its length unsaid.
    pieces: Option<usize>,
}

impl Asked {
    /// `target` as it stands in the request: a path, or an address.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new(), pieces: None }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn with_key(self) -> Self {
        self.header("Authorization", &format!("Basic {}", STANDARD.encode(format!("{KEY}:"))))
    }

    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn in_pieces(mut self, bytes: usize) -> Self {
        self.pieces = Some(bytes);
        self
    }

    /// The bytes of it, for a connection that is used once.
    pub(crate) fn as_sent(&self, host: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let Some(bytes) = self.pieces else {
            write!(head, "Content-Length: {}\r\n\r\n", self.body.len()).unwrap();
            return [head.as_bytes(), &self.body].concat();
        };
        head.push_str("Transfer-Encoding: chunked\r\n\r\n");
        let mut request = head.into_bytes();
        for piece in self.body.chunks(bytes) {
            request.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            request.extend_from_slice(piece);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"0\r\n\r\n");
        request
    }

    /// Has the router answer it.
    pub(crate) async fn within(self, router: Router) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.target);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = match self.pieces {
            None => Body::from(self.body),
            Some(bytes) => {
                let pieces: Vec<_> =
                    self.body.chunks(bytes).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
                Body::from_stream(futures_util::stream::iter(pieces))
            }
        };
        let reply = router.oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = reply.into_parts();
        let mut head = String::new();
        for (name, value) in &parts.headers {
            writeln!(head, "{name}: {}", value.to_str().unwrap()).unwrap();
        }
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status.as_u16(), head: head.to_ascii_lowercase(), body }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The headers, in small letters.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Of the bytes that came over a connection.
    pub(crate) fn parse(reply: &[u8]) -> Self {
        let end = reply.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(reply)));
        let head = String::from_utf8_lossy(&reply[..end]).to_ascii_lowercase();
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        let body = &reply[end + 4..];
        let is_in_pieces = head.contains("transfer-encoding: chunked");
        Self { status, head, body: if is_in_pieces { joined(body) } else { body.to_vec() } }
    }

    /// Its status and its body, which must be JSON.
    pub(crate) fn json(&self) -> (u16, Value) {
        assert!(self.head.contains("content-type: application/json"), "{}", self.head);
        let text = String::from_utf8_lossy(&self.body);
        (self.status, serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")))
    }
}

/// The body that came in pieces.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    whole
}
