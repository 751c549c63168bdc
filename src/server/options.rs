//! How a server is started, and why it cannot be.

use crate::api::Key;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it listens; loopback alone. Port 0 is any free one.
    pub listen: SocketAddr,
    /// The folder it keeps everything in: models, files, results. Made if it is not there; for one server at a time.
    pub data: PathBuf,
    /// The key it asks for; `None` makes a random one.
    pub key: Option<Key>,
    /// What a request may cost.
    pub limits: Limits,
    /// Whether it fetches from addresses of private networks and of this computer when a request names them.
    pub allow_private_urls: bool,
    /// Whether files whose client waited for the answer are deleted at the next start: for a client that keeps results
    /// itself, so that a kill leaves nothing behind.
    pub forgets: bool,
}

impl ServerOptions {
    /// A free port of this computer and a random key.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen,
            data: data.into(),
            key: None,
            limits: Limits::default(),
            allow_private_urls: false,
            forgets: false,
        }
    }
}

/// What a request may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body in bytes, all files together: 512 MiB.
    pub body_bytes: u64,
    /// The most parts of a form: 1,000.
    pub parts: usize,
    /// All text parts of a form together, and the longest body without files, in bytes: 16 MiB. `base64_data` is a file,
    /// not text.
    pub text_bytes: usize,
    /// How long nothing may arrive of a body that is being sent: a minute.
    pub silence: Duration,
    /// How many pages are read at once, over all requests: as many as there are cores.
    pub pages_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 512 * 1024 * 1024,
            parts: 1000,
            text_bytes: 16 * 1024 * 1024,
            silence: Duration::from_mins(1),
            pages_at_once: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not this computer's own.
    #[error("the server listens on this computer alone; {0} is not a loopback address, use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// Something listens there already.
    #[error("another program uses {0} already; end it or choose another port with --listen")]
    PortInUse(SocketAddr),
    /// The system does not let it listen there.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something else has the data folder, or it cannot be used.
    #[error("could not use the data folder {}: {source}", folder.display())]
    Data {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: super::store::StoreError,
    },
    /// No threads could be started.
    #[error("could not start the reading threads: {0}")]
    Threads(std::io::Error),
    /// The system gives no random numbers.
    #[error("could not make a key: {0}")]
    Key(getrandom::Error),
}
