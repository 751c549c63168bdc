//! A service that asks for a pause (429) gets it: everything that is asked of it waits, and the person sees until when.

use super::Context;
use super::remote::may_pass;
use crate::client::{ClientError, Refusal};
use crate::desk::job::{Event, Remote};
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// How long to wait after a service asked for a pause without saying how long, the first time and after; its advice.
const PAUSES: [Duration; 3] = [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(2)];
/// So often a service may ask for a pause before a person decides.
const MOST_PAUSES: usize = 20;
/// So many questions in a row may get no answer.
const MOST_FAULTS: u32 = 10;
/// The first pause after a question that got no answer.
const FIRST: Duration = Duration::from_secs(1);
/// The longest.
const LAST: Duration = Duration::from_secs(30);

/// The pauses that a service has asked for in a row.
#[derive(Debug, Default)]
pub(super) struct Pauses(usize);

impl Pauses {
    /// How long to wait after this answer; `None` where it asks for no pause, or for one too often.
    pub(super) fn after(&mut self, error: &ClientError) -> Option<Duration> {
        let ClientError::Refused(refusal) = error else { return None };
        let Refusal { status: 429, retry_after, .. } = **refusal else { return None };
        if self.0 >= MOST_PAUSES {
            return None;
        }
        let advice = PAUSES[self.0.min(PAUSES.len() - 1)];
        self.0 += 1;
        Some(retry_after.unwrap_or(advice))
    }
}

/// Waits for so long, and has everything that goes to this model wait; the person sees until when.
pub(super) async fn pause(context: &Context, at: &Remote, wait: Duration) {
    context.service.pace(at, |pace, now| pace.pause(wait, now));
    context.tell(Event::Pausing(at.connection, SystemTime::now() + wait)).await;
    sleep(wait).await;
}

/// Asks, and asks again after each pause that the service asks for. For what does no harm where it is asked twice.
pub(super) async fn heeding<T, F>(context: &Context, at: &Remote, ask: impl Fn() -> F) -> Result<T, ClientError>
where
    F: Future<Output = Result<T, ClientError>>,
{
    let mut pauses = Pauses::default();
    loop {
        // Something else may have been told to wait.
        let left = context.service.pace(at, |pace, now| pace.pause_left(now)).unwrap_or_default();
        if !left.is_zero() {
            sleep(left).await;
        }
        let answer = ask().await;
        match answer.as_ref().err().and_then(|error| pauses.after(error)) {
            Some(wait) => pause(context, at, wait).await,
            None => return answer,
        }
    }
}

/// The same, and asks again too, with growing pauses, while the service does not answer.
pub(super) async fn patiently<T, F>(context: &Context, at: &Remote, ask: impl Fn() -> F) -> Result<T, ClientError>
where
    F: Future<Output = Result<T, ClientError>>,
{
    let (mut wait, mut faults) = (FIRST, 0);
    loop {
        let answer = heeding(context, at, &ask).await;
        faults += 1;
        if answer.as_ref().err().is_none_or(|error| faults >= MOST_FAULTS || !may_pass(error)) {
            return answer;
        }
        sleep(wait).await;
        wait = (wait * 2).min(LAST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorBody;

    fn refused(status: u16, retry_after: Option<u64>) -> ClientError {
        let retry_after = retry_after.map(Duration::from_secs);
        ClientError::Refused(Box::new(Refusal { status, body: ErrorBody::default(), retry_after }))
    }

    #[test]
    fn pauses_are_those_that_the_service_names_or_its_advice_and_not_without_end() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.after(&refused(500, Some(3))), None);
        assert_eq!(pauses.after(&refused(429, Some(3))), Some(Duration::from_secs(3)));
        let advice: Vec<u64> = (0..4).filter_map(|_| Some(pauses.after(&refused(429, None))?.as_secs())).collect();
        assert_eq!(advice, [60, 120, 120, 120]);
        let more = std::iter::from_fn(|| pauses.after(&refused(429, Some(1)))).count();
        assert_eq!(more, MOST_PAUSES - 5);
    }
}
