//! Paths as JSON: text where they are text, else as the system has them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(&'a str),
    Raw(OsString),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Text(String),
    Raw(OsString),
}

/// A path to its text.
pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    let written = path.to_str().map_or_else(|| Written::Raw(path.as_os_str().to_owned()), Written::Text);
    written.serialize(serializer)
}

/// The path of a text.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Ok(match Read::deserialize(deserializer)? {
        Read::Text(text) => text.into(),
        Read::Raw(raw) => raw.into(),
    })
}

/// The same where there may be none.
pub(super) mod optional {
    use super::{Deserialize, Deserializer, Path, PathBuf, Read, Serialize, Serializer};

    #[derive(Serialize)]
    struct Wrapped<'a>(#[serde(serialize_with = "super::serialize")] &'a Path);

    /// A path to its text.
    #[allow(clippy::ref_option, reason = "serde's signature")]
    pub(in super::super) fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(Wrapped).serialize(to)
    }

    /// The path of a text.
    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Read>::deserialize(from)?.map(|read| match read {
            Read::Text(text) => text.into(),
            Read::Raw(raw) => raw.into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Paths {
        #[serde(with = "super")]
        one: PathBuf,
        #[serde(with = "super::optional")]
        other: Option<PathBuf>,
    }

    #[test]
    fn a_path_is_text_where_it_can_be() {
        let paths = Paths { one: "/home/ada/ü.pdf".into(), other: None };
        let json = serde_json::to_string(&paths).unwrap();
        assert_eq!(json, r#"{"one":"/home/ada/ü.pdf","other":null}"#);
        assert_eq!(serde_json::from_str::<Paths>(&json).unwrap(), paths);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_comes_back_as_it_was() {
        let odd: OsString = std::os::unix::ffi::OsStringExt::from_vec(vec![b'/', 0xff, b'a']);
        let paths = Paths { one: odd.clone().into(), other: Some(odd.into()) };
        let json = serde_json::to_string(&paths).unwrap();
        assert_eq!(serde_json::from_str::<Paths>(&json).unwrap(), paths);
    }
}
