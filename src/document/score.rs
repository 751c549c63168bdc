//! How sure the reader is.

use serde::{Deserialize, Serialize};

/// The probability, 0 to 1, that a value is right. Never NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Score(f32);

impl Score {
    /// Surely right, as a person's own word is.
    pub const CERTAIN: Self = Self(1.0);

    /// A probability; outside 0 to 1 it is clamped, NaN is 0.
    pub const fn new(probability: f32) -> Self {
        if probability.is_nan() { Self(0.0) } else { Self(probability.clamp(0.0, 1.0)) }
    }

    /// The score of a service that may count to 100: what is above 1 is divided by 100.
    pub fn from_service(value: f64) -> Self {
        Self::new(if value > 1.0 { value / 100.0 } else { value } as f32)
    }

    /// The probability, 0 to 1.
    pub const fn get(self) -> f32 {
        self.0
    }

    /// Both are right, if they are independent.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The lower of both.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl From<f32> for Score {
    fn from(value: f32) -> Self {
        Self::new(value)
    }
}

impl From<Score> for f32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Rounding up would show a doubtful 0.997 as a certain 1.00.
        write!(f, "{:.2}", if self.0 < 1.0 { (self.0 * 100.0).floor() / 100.0 } else { 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_on_a_scale_to_100_is_divided() {
        assert_eq!(Score::from_service(93.0), Score::new(0.93));
        assert_eq!(Score::from_service(0.93), Score::new(0.93));
        assert_eq!(Score::from_service(-3.0), Score::new(0.0));
        assert_eq!(Score::from_service(f64::NAN), Score::new(0.0));
    }

    #[test]
    fn a_doubt_is_never_shown_as_certainty() {
        assert_eq!(Score::new(0.9999).to_string(), "0.99");
        assert_eq!(Score::CERTAIN.to_string(), "1.00");
    }
}
