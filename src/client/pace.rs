//! How many pages a model may be sent a minute, by its account's plan. No clock of its own.

use std::time::{Duration, Instant};

/// A token bucket: it holds a minute's pages, and fills up steadily. While a service asks for a pause, nothing goes, however
/// full it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Pages a minute; `None` is any number.
    rate: Option<f64>,
    /// Pages that may go at `at`; below zero where a long document went.
    pages: f64,
    at: Instant,
    /// Nothing goes before.
    pause: Option<Instant>,
}

impl Pace {
    /// A full bucket of `pages_a_minute`.
    pub fn new(pages_a_minute: Option<u32>, now: Instant) -> Self {
        let rate = pages_a_minute.map(|pages| f64::from(pages.max(1)));
        Self { rate, pages: rate.unwrap_or_default(), at: now, pause: None }
    }

    /// Takes `pages` out, and says how long to wait before they go. A document of more pages than a minute allows goes
    /// when the bucket is full, and what follows waits the longer.
    pub fn take(&mut self, pages: u32, now: Instant) -> Duration {
        let pause = self.pause_left(now);
        let Some(rate) = self.rate else { return pause };
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.pages = (self.pages + since * rate / 60.0).min(rate);
        self.at = self.at.max(now);
        let needed = f64::from(pages).min(rate);
        let lacking = (needed - self.pages).max(0.0);
        self.pages -= f64::from(pages);
        pause.max(Duration::from_secs_f64(lacking * 60.0 / rate))
    }

    /// How long the pause that the service asked for still is.
    pub fn pause_left(&self, now: Instant) -> Duration {
        self.pause.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Gives back what was taken and did not go.
    pub fn give_back(&mut self, pages: u32) {
        self.pages += f64::from(pages);
    }

    /// The service asks for a pause.
    pub fn pause(&mut self, wait: Duration, now: Instant) {
        let until = now + wait;
        self.pause = Some(self.pause.map_or(until, |known| known.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_minutes_pages_go_at_once_and_the_next_waits_its_share() {
        let now = Instant::now();
        let mut pace = Pace::new(Some(20), now);
        for _ in 0..20 {
            assert_eq!(pace.take(1, now), Duration::ZERO);
        }
        assert_eq!(pace.take(1, now), Duration::from_secs(3));
        assert_eq!(pace.take(2, now), Duration::from_secs(9));
        assert_eq!(Pace::new(None, now).take(1000, now), Duration::ZERO);
    }

    #[test]
    fn a_document_longer_than_a_minute_goes_when_the_bucket_is_full() {
        let now = Instant::now();
        let mut pace = Pace::new(Some(5), now);
        assert_eq!(pace.take(12, now), Duration::ZERO);
        assert_eq!(pace.take(1, now), Duration::from_secs(96), "the debt of seven and one");
    }

    #[test]
    fn a_pause_holds_everything_back() {
        let now = Instant::now();
        let mut pace = Pace::new(None, now);
        pace.pause(Duration::from_secs(30), now);
        pace.pause(Duration::from_secs(10), now);
        assert_eq!(pace.take(1, now + Duration::from_secs(10)), Duration::from_secs(20));
        assert_eq!(pace.take(1, now + Duration::from_secs(31)), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_a_minutes_pages_beyond_the_first(rate in 1_u32..30, count in 1_u32..200) {
            let now = Instant::now();
            let mut pace = Pace::new(Some(rate), now);
            let waits: Vec<f64> = (0..count).map(|_| pace.take(1, now).as_secs_f64()).collect();
            for (n, wait) in waits.iter().enumerate() {
                let due = (n as f64 + 1.0 - f64::from(rate)).max(0.0) * 60.0 / f64::from(rate);
                prop_assert!((wait - due).abs() < 1e-3, "page {n} waits {wait} s instead of {due} s");
            }
        }
    }
}
