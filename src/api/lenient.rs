//! How values are read that services write in more than one way: numbers as text, ids as numbers, null for nothing.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serializer, de};
use serde_json::{Number, Value};

/// Text; a number or a bool is its digits or word, null is empty.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Null => Ok(String::new()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Array(_) => Err(de::Error::custom("a list where text was expected")),
        Value::Object(_) => Err(de::Error::custom("an object where text was expected")),
    }
}

/// As [`text`], with null as `None`.
pub(super) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => Ok(Some(T::from(text(value).map_err(de::Error::custom)?))),
    }
}

/// A finite number, also as text; null and empty text are 0.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let read = match Value::deserialize(deserializer)? {
        Value::Null => Some(0.0),
        Value::Bool(value) => Some(f64::from(u8::from(value))),
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.trim().is_empty() => Some(0.0),
        Value::String(text) => text.trim().parse().ok(),
        Value::Array(_) | Value::Object(_) => None,
    };
    read.filter(|n: &f64| n.is_finite()).ok_or_else(|| de::Error::custom("no number where one was expected"))
}

/// A whole number, rounded; outside of `i64` it is the nearest.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(number(deserializer)?.round() as i64)
}

/// A whole number from 0 that may be missing; null, text that is no number and negative numbers are `None`.
pub(super) fn optional_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let read = match &value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(read.map(f64::round).filter(|n| (0.0..=f64::from(u32::MAX)).contains(n)).map(|n| n as u32))
}

/// A bool that may be missing, also as text or number.
pub(super) fn optional_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(value) => Some(value),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => number.as_f64().map(|n| n != 0.0),
        _ => None,
    })
}

/// A number that may be missing, also as text; anything else is `None`.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => Some(number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// An object; anything that is none is an empty one, or `None` of an `Option`.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    match Value::deserialize(deserializer)? {
        object @ Value::Object(_) => serde_json::from_value(object).map_err(de::Error::custom),
        _ => Ok(T::default()),
    }
}

/// A list or another collection; null is an empty one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Writes a coordinate as the contract wants it: without a fraction.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
pub(super) fn whole<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(value.round() as i64)
}
