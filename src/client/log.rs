//! What was asked of services, for support: never a key, a query or what a document says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// So many requests are kept; the oldest go first.
const MOST: usize = 500;

/// One request and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// When it was sent.
    pub at: SystemTime,
    /// As in `GET`.
    pub method: String,
    /// Where it went.
    pub host: String,
    /// The path, without what is asked for behind it.
    pub path: String,
    /// The HTTP status; 0 where no answer came.
    pub status: u16,
    /// How long it took until the answer began.
    pub took: Duration,
    /// The length of the answer in bytes, where the service says so.
    pub bytes: Option<u64>,
}

/// The last requests. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct RequestLog(Arc<Mutex<VecDeque<Request>>>);

impl RequestLog {
    /// Adds a request.
    pub(crate) fn add(&self, request: Request) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == MOST {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// The requests, the oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// As a line of a log: date, method, host and path, status, milliseconds, bytes.
impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = httpdate::fmt_http_date(self.at);
        write!(f, "{at}  {} {}{}  ", self.method, self.host, self.path)?;
        match self.status {
            0 => f.write_str("no answer")?,
            status => write!(f, "{status}")?,
        }
        write!(f, "  {} ms", self.took.as_millis())?;
        self.bytes.map_or(Ok(()), |bytes| write!(f, "  {bytes} bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_requests_go_first() {
        let log = RequestLog::default();
        for n in 0..MOST + 3 {
            log.add(Request {
                at: SystemTime::UNIX_EPOCH,
                method: "GET".into(),
                host: "a.example".into(),
                path: format!("/{n}"),
                status: 200,
                took: Duration::from_millis(7),
                bytes: Some(12),
            });
        }
        let kept = log.requests();
        assert_eq!(kept.len(), MOST);
        assert_eq!(kept[0].path, "/3");
        assert_eq!(kept[0].to_string(), "Thu, 01 Jan 1970 00:00:00 GMT  GET a.example/3  200  7 ms  12 bytes");
    }
}
