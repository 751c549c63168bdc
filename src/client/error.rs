//! What can go wrong between here and a service, each with a sentence for the person.

use crate::api::ErrorBody;
use crate::document::Problem;
use std::path::PathBuf;
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is of no use; why. The caller's fault.
    #[error("the service's address cannot be used: {why}")]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A file to send cannot be read. The caller's fault, or the disk's.
    #[error("could not read the file to send: {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No answer: name, connection, certificate, time.
    #[error("could not reach the OCR service {host}")]
    Transport {
        /// Which service.
        host: String,
        /// What happened.
        fault: TransportFault,
        /// Whether the service may have received the request all the same.
        may_have_arrived: bool,
        /// The cause, without the address.
        details: String,
    },
    /// The service answered and said no.
    #[error("the OCR service refused ({}): {}", .0.status, .0.body.sentence())]
    Refused(Box<Refusal>),
    /// The service sends elsewhere; the key does not follow.
    #[error("the OCR service moved to {to}")]
    Moved {
        /// Where.
        to: String,
    },
    /// The answer broke the contract. The JSON path only: its text could quote a document. `.` is the whole answer:
    /// it is no JSON.
    #[error("unexpected answer from the OCR service at `{path}`")]
    Unreadable {
        /// Where in the answer.
        path: String,
    },
    /// The answer is larger than any answer should be.
    #[error("the OCR service's answer is larger than {bytes} bytes")]
    AnswerTooLarge {
        /// The limit.
        bytes: u64,
    },
}

/// What happened on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportFault {
    /// The address leads nowhere, or nothing listens there.
    NoConnection,
    /// The service cannot prove who it is.
    Certificate,
    /// It took too long.
    Timeout,
    /// The connection ended in the middle.
    Broken,
}

/// The service's no.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What the service said of it; empty where it did not speak the contract.
    pub body: ErrorBody,
    /// When to come back, where the service says so.
    pub retry_after: Option<Duration>,
}

impl ClientError {
    /// Whether the service says that there is nothing at this path, or nothing of this name.
    pub(super) fn is_missing(&self) -> bool {
        self.status() == Some(404)
    }

    /// The HTTP status, where the service refused.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// What happened and what to do, in a sentence; the details for support.
    pub fn problem(&self) -> Problem {
        let message = match self {
            Self::Address { why } => format!("The service's address cannot be used: {why}; correct it in the connection"),
            Self::File { path, .. } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                format!("{name} cannot be read; check that it is still there and that you may open it")
            }
            Self::Transport { host, fault, .. } => transport_sentence(host, *fault),
            Self::Refused(refusal) => refusal.sentence(),
            Self::Moved { to } => {
                format!("The OCR service has moved to {to}; if you trust that address, set it in the connection")
            }
            Self::Unreadable { .. } => {
                "The OCR service sent an answer that Proofdesk does not understand; check the address, or try again later"
                    .to_owned()
            }
            Self::AnswerTooLarge { .. } => {
                "The OCR service's answer is too large; send fewer pages at a time".to_owned()
            }
        };
        Problem { message, details: self.details() }
    }

    fn details(&self) -> String {
        match self {
            Self::Transport { details, .. } => format!("{self}: {details}"),
            Self::File { source, .. } => format!("{self}: {source}"),
            Self::Refused(refusal) => format!("HTTP {}: {}", refusal.status, refusal.body.sentence()),
            _ => self.to_string(),
        }
    }
}

pub(super) fn transport_sentence(host: &str, fault: TransportFault) -> String {
    match fault {
        TransportFault::NoConnection => {
            format!("{host} cannot be reached; check its address and this computer's network, then try again")
        }
        TransportFault::Certificate => {
            format!("{host} cannot prove who it is, so nothing was sent; check its address, or ask who runs it")
        }
        TransportFault::Timeout => format!("{host} did not answer in time; try again, or send fewer pages at a time"),
        TransportFault::Broken => format!("The connection to {host} broke off; try again"),
    }
}

impl Refusal {
    fn sentence(&self) -> String {
        let said = self.body.sentence();
        match self.status {
            401 | 403 => "The OCR service does not accept the API key; check it in the connection".to_owned(),
            402 => "The free pages of this OCR account are used up; choose a plan there, or read on this computer"
                .to_owned(),
            404 => "The OCR service does not have this model; check the model's id and the address".to_owned(),
            413 => "The OCR service takes no upload this large; send fewer or smaller files at a time".to_owned(),
            429 => match self.retry_after {
                Some(wait) => format!("The OCR service asks for a pause; try again in {} s", wait.as_secs().max(1)),
                None => "The OCR service asks for a pause; try again in a minute".to_owned(),
            },
            500 | 502.. if self.status != 507 || said.is_empty() => {
                "The OCR service has a problem of its own; try again later".to_owned()
            }
            _ if said.is_empty() => format!("The OCR service refused (HTTP {}); try again", self.status),
            _ => format!("The OCR service refused: {said}"),
        }
    }
}
