//! What came back: read within bounds, understood or named as what it is.

use super::retry::retry_after;
use super::{ClientError, Patience, Refusal, TransportFault};
use crate::api::ErrorBody;
use reqwest::Response;
use serde::de::DeserializeOwned;
use std::time::{Instant, SystemTime};

/// How much of a refusal is read.
const REFUSAL_BYTES: u64 = 64 * 1024;

/// Reads an answer: the value it holds, or the refusal it is.
pub(super) async fn read<T>(response: Response, host: &str, patience: &Patience) -> Result<T, ClientError>
where
    T: DeserializeOwned + Send + 'static,
{
    let status = response.status();
    if !status.is_success() {
        let retry_after = retry_after(response.headers(), SystemTime::now());
        // A refusal whose words are cut off is a refusal all the same.
        let bytes = bytes(response, host, patience, REFUSAL_BYTES).await.unwrap_or_default();
        let body = serde_json::from_slice::<ErrorBody>(&bytes).unwrap_or_default();
        return Err(ClientError::Refused(Box::new(Refusal { status: status.as_u16(), body, retry_after })));
    }
    let bytes = bytes(response, host, patience, patience.answer_bytes).await?;
    // A long answer takes a while to understand; nobody else should wait for it.
    let understood = tokio::task::spawn_blocking(move || understood(&bytes)).await;
    understood.unwrap_or_else(|_| Err(ClientError::Unreadable { path: ".".to_owned() }))
}

fn understood<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ClientError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| ClientError::Unreadable { path: error.path().to_string() })?;
    reader.end().map_err(|_| ClientError::Unreadable { path: ".".to_owned() })?;
    Ok(value)
}

async fn bytes(mut response: Response, host: &str, patience: &Patience, most: u64) -> Result<Vec<u8>, ClientError> {
    let (mut bytes, start) = (Vec::new(), Instant::now());
    loop {
        let left = patience.for_answer(bytes.len() as u64).saturating_sub(start.elapsed());
        let chunk = match tokio::time::timeout(patience.silence.min(left), response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return Ok(bytes),
            Ok(Err(error)) => return Err(broken(host, TransportFault::Broken, &chain(&error.without_url()))),
            Err(_) if left < patience.silence => {
                return Err(broken(host, TransportFault::Timeout, "the answer came too slowly"));
            }
            Err(_) => return Err(broken(host, TransportFault::Timeout, "the answer stopped on its way")),
        };
        if bytes.len() as u64 + chunk.len() as u64 > most {
            return Err(ClientError::AnswerTooLarge { bytes: most });
        }
        bytes.extend_from_slice(&chunk);
    }
}

fn broken(host: &str, fault: TransportFault, details: &str) -> ClientError {
    ClientError::Transport { host: host.to_owned(), fault, may_have_arrived: true, details: details.to_owned() }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PredictionReply;

    fn path(text: &str) -> String {
        match understood::<PredictionReply>(text.as_bytes()) {
            Err(ClientError::Unreadable { path }) => path,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_understood_is_named_by_its_path_alone() {
        assert_eq!(path("<html>secret</html>"), ".");
        assert_eq!(path(r#"{"result": [{"prediction": "secret"}]}"#), "result[0].prediction");
        assert_eq!(path(r#"{"result": []} secret"#), ".");
        assert_eq!(path(r#"{"result": [{"prediction": [{"label": "secret"#), "result[0].prediction[0].label");
    }
}
