//! When to ask again, and after how long.

use super::{ClientError, Patience, TransportFault};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// How long to wait before a question that changes nothing is asked once more; `None` where asking again is no use.
/// `asked` counts how often it was asked.
pub(super) fn pause(error: &ClientError, asked: u32, patience: &Patience) -> Option<Duration> {
    if asked >= patience.attempts {
        return None;
    }
    let wanted = match error {
        ClientError::Transport { fault: TransportFault::Certificate, .. } => return None,
        ClientError::Transport { .. } => None,
        ClientError::Refused(refusal) if matches!(refusal.status, 429 | 500 | 502..=504) => refusal.retry_after,
        _ => return None,
    };
    let pause = wanted.unwrap_or_else(|| jittered(patience.pause * 2_u32.saturating_pow(asked - 1), random()));
    (pause <= patience.longest_pause).then_some(pause)
}

/// Between half and one and a half times `pause`, so that many clients do not come back at the same moment.
/// `random` is 0 to 1.
fn jittered(pause: Duration, random: f64) -> Duration {
    pause.mul_f64(0.5 + random)
}

fn random() -> f64 {
    // Without random numbers all clients wait equally long, which is a pity and no more.
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

/// What `Retry-After` says (RFC 9110, section 10.2.3), seconds or a date, as far as it makes sense: a second to a day.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    const LEAST: Duration = Duration::from_secs(1);
    const MOST: Duration = Duration::from_hours(24);
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = value.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait.clamp(LEAST, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorBody;
    use crate::client::Refusal;

    fn refused(status: u16, retry_after: Option<u64>) -> ClientError {
        let retry_after = retry_after.map(Duration::from_secs);
        ClientError::Refused(Box::new(Refusal { status, body: ErrorBody::default(), retry_after }))
    }

    #[test]
    fn what_may_pass_is_asked_again_and_the_rest_is_not() {
        let patience = Patience::default();
        for status in [429, 500, 502, 503, 504] {
            assert!(pause(&refused(status, None), 1, &patience).is_some(), "{status}");
            assert!(pause(&refused(status, None), 3, &patience).is_none(), "three times is enough");
        }
        for status in [400, 401, 402, 403, 404, 409, 413, 501] {
            assert!(pause(&refused(status, None), 1, &patience).is_none(), "{status}");
        }
    }

    #[test]
    fn a_service_that_names_a_time_gets_it_unless_it_is_long() {
        let patience = Patience::default();
        assert_eq!(pause(&refused(429, Some(7)), 1, &patience), Some(Duration::from_secs(7)));
        assert_eq!(pause(&refused(429, Some(3600)), 1, &patience), None);
    }

    #[test]
    fn pauses_grow_and_differ() {
        let pause = Duration::from_secs(2);
        assert_eq!(jittered(pause, 0.0), Duration::from_secs(1));
        assert_eq!(jittered(pause, 1.0), Duration::from_secs(3));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |value: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]), now);
        assert_eq!(read("120"), Some(Duration::from_mins(2)));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::from_secs(1)), "never at once");
        assert_eq!(read("0"), Some(Duration::from_secs(1)));
        assert_eq!(read("18446744073709551615"), Some(Duration::from_hours(24)), "no clock overflows");
        assert_eq!(read("soon"), None);
    }
}
