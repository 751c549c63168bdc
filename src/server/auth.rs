//! Who may ask: HTTP Basic with the key as user name (RFC 7617). The password is ignored.

use crate::api::Key;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Knows the key by its hash, so that a comparison takes the same time whatever was sent, and however long it is.
pub(super) struct Lock([u8; 32]);

impl Lock {
    pub(super) fn new(key: &Key) -> Self {
        Self(Sha256::digest(key.secret()).into())
    }

    /// Whether the request carries the key.
    pub(super) fn opens(&self, headers: &HeaderMap) -> bool {
        let Some(user) = headers.get(AUTHORIZATION).and_then(|value| user(value.as_bytes())) else {
            return false;
        };
        let sent: [u8; 32] = Sha256::digest(user).into();
        self.0.ct_eq(&sent).into()
    }
}

/// The user name of Basic credentials.
fn user(header: &[u8]) -> Option<Vec<u8>> {
    let (scheme, credentials) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let mut pair = BASE64.decode(credentials.trim_ascii()).ok()?;
    let colon = pair.iter().position(|&b| b == b':').unwrap_or(pair.len());
    pair.truncate(colon);
    Some(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(header: &str) -> bool {
        let lock = Lock::new(&Key::new("k").unwrap());
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
        lock.opens(&headers)
    }

    #[test]
    fn the_key_opens_as_user_name_whatever_the_password() {
        for good in ["Basic azo=", "basic azo", "BASIC  azpwYXNz", "Basic aw=="] {
            assert!(opens(good), "{good}");
        }
    }

    #[test]
    fn nothing_else_opens() {
        // The last three are ":k", "kk:" and "".
        for bad in ["", "Basic", "Basic ", "Bearer k", "Basic k:", "Basic !!!!", "Basic Oms=", "Basic a2s6", "Basic  "]
        {
            assert!(!opens(bad), "{bad}");
        }
        assert!(!Lock::new(&Key::new("k").unwrap()).opens(&HeaderMap::new()));
    }
}
