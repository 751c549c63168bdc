//! API keys in the system's keyring. Where there is none, they are known for as long as the program runs.

use crate::api::Key;
use crate::desk::ConnectionId;
use keyring::v1::{Entry, Error};
use std::path::Path;
use std::time::Duration;

/// As the keyring lists what is ours.
const SERVICE: &str = "Proofdesk";
/// A keyring that asks a person to unlock it may take its time; one that never answers does not hold up the desk.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where keys are kept. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    /// Two data folders have accounts of their own.
    folder: String,
    is_used: bool,
}

/// Why a key is not in the keyring.
#[derive(Debug, thiserror::Error)]
pub(super) enum SecretError {
    /// The system has no keyring, or it is shut.
    #[error("this system has no keyring that is open")]
    NoKeyring,
    /// It did not answer.
    #[error("the keyring does not answer")]
    Silent,
    /// It refuses.
    #[error("the keyring refused")]
    Refused(#[source] Error),
}

impl Secrets {
    /// The keys of the accounts of `data`; none is ever kept unless `is_used`.
    pub(super) fn new(data: &Path, is_used: bool) -> Self {
        Self { folder: data.display().to_string(), is_used }
    }

    /// The key of an account, `None` where none is kept.
    pub(super) async fn get(&self, id: ConnectionId) -> Result<Option<Key>, SecretError> {
        let found = self.with(id, |entry| match entry.get_password() {
            Err(Error::NoEntry) => Ok(None),
            found => found.map(Some),
        });
        // What is no key was not put there by this program.
        Ok(found.await?.and_then(|secret| Key::new(secret).ok()))
    }

    /// Keeps the key of an account.
    pub(super) async fn keep(&self, id: ConnectionId, key: &Key) -> Result<(), SecretError> {
        let secret = key.secret().to_owned();
        self.with(id, move |entry| entry.set_password(&secret)).await
    }

    /// Forgets the key of an account.
    pub(super) async fn forget(&self, id: ConnectionId) -> Result<(), SecretError> {
        self.with(id, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        })
        .await
    }

    async fn with<T: Send + 'static>(
        &self,
        id: ConnectionId,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, SecretError> {
        if !self.is_used {
            return Err(SecretError::NoKeyring);
        }
        let user = format!("{} #{}", self.folder, id.0);
        let work = tokio::task::spawn_blocking(move || work(&Entry::new(SERVICE, &user)?));
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(Ok(done))) => Ok(done),
            Ok(Ok(Err(Error::NoDefaultStore | Error::NoStorageAccess(_) | Error::PlatformFailure(_)))) => {
                Err(SecretError::NoKeyring)
            }
            Ok(Ok(Err(error))) => Err(SecretError::Refused(error)),
            // A keyring that panics is as good as none.
            Ok(Err(_)) => Err(SecretError::NoKeyring),
            Err(_) => Err(SecretError::Silent),
        }
    }
}
