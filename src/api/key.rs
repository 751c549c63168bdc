//! The secret that a client shows and a server asks for.

/// An API key: the user name of HTTP Basic, with an empty password. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// The key cannot travel as a user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an API key has one to 512 visible characters, without spaces and colons")]
pub struct InvalidKey;

impl Key {
    /// A key that a service gave out. HTTP Basic cannot carry a colon (RFC 7617, section 2).
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidKey> {
        let key = key.into();
        let fits = (1..=512).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if fits { Ok(Self(key)) } else { Err(InvalidKey) }
    }

    /// A new random key of 128 bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)?;
        let digit = |n: u8| char::from(b"0123456789abcdef"[usize::from(n)]);
        Ok(Self(bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()))
    }

    /// The secret itself, to send or to compare.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        assert_eq!(format!("{:?}", Key::new("secret").unwrap()), "Key(…)");
    }

    #[test]
    fn a_key_that_http_basic_cannot_carry_is_refused() {
        for bad in ["", "a:b", "a b", "a\n", "ключ"] {
            assert_eq!(Key::new(bad), Err(InvalidKey), "{bad:?}");
        }
        let (one, two) = (Key::random().unwrap(), Key::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(Key::new(one.secret()), Ok(one));
    }
}
