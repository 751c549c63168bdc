//! How far a model is, and what may happen to it next.

use crate::api::ModelState;

/// What can happen to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It got a document without annotations.
    Uploaded,
    /// It got an annotated document.
    Annotated,
    /// Somebody wants it trained.
    TrainingAsked,
    /// Its training begins.
    TrainingStarted,
    /// Its training was broken off and waits again.
    TrainingInterrupted,
    /// It has learned.
    TrainingDone,
    /// It could not learn.
    TrainingFailed,
    /// Somebody wants its training to end without a result.
    TrainingCancelled,
    /// It goes back to what it learned before.
    RolledBack,
}

/// The state after `event`, or none where it cannot happen now. `learned`: it was trained before, so that it stays usable.
pub(super) const fn after(state: ModelState, event: Event, learned: bool) -> Option<ModelState> {
    use Event as E;
    use ModelState as S;
    Some(match (event, state) {
        (E::Uploaded, S::Created) => S::Uploaded,
        (E::Annotated, S::Created | S::Uploaded | S::Error) | (E::TrainingCancelled, S::Queued | S::Training) => {
            S::Annotated
        }
        // New documents wait for the next training.
        (E::Uploaded | E::Annotated, other) => other,
        (E::TrainingAsked | E::RolledBack, S::Queued | S::Training | S::Retraining) => return None,
        (E::TrainingAsked, _) => {
            if learned {
                S::Retraining
            } else {
                S::Queued
            }
        }
        (E::TrainingStarted, S::Queued) => S::Training,
        (E::TrainingInterrupted, S::Training) => S::Queued,
        (E::TrainingStarted, S::Training | S::Retraining) | (E::TrainingInterrupted, S::Queued | S::Retraining) => {
            state
        }
        (E::TrainingFailed, S::Queued | S::Training) => S::Error,
        (E::TrainingDone, S::Queued | S::Training | S::Retraining)
        | (E::TrainingFailed | E::TrainingCancelled, S::Retraining)
        | (E::RolledBack, _) => S::Hosted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(events: &[Event], from: ModelState, learned: bool) -> Option<ModelState> {
        events.iter().try_fold(from, |state, event| after(state, *event, learned))
    }

    #[test]
    fn a_model_goes_from_created_to_hosted() {
        use Event::*;
        let way =
            [Uploaded, Annotated, TrainingAsked, TrainingStarted, TrainingInterrupted, TrainingStarted, TrainingDone];
        let states: Vec<i64> =
            (1..=way.len()).map(|n| run(&way[..n], ModelState::Created, false).unwrap().number()).collect();
        assert_eq!(states, [1, 2, 3, 4, 3, 4, 5]);
    }

    #[test]
    fn a_hosted_model_stays_usable_while_it_learns_again_and_when_that_fails() {
        use Event::*;
        let way = [TrainingAsked, TrainingStarted, TrainingInterrupted, TrainingFailed];
        let states: Vec<i64> =
            (1..=way.len()).map(|n| run(&way[..n], ModelState::Hosted, true).unwrap().number()).collect();
        assert_eq!(states, [6, 6, 6, 5]);
        assert_eq!(
            run(&[TrainingAsked, TrainingStarted, TrainingFailed], ModelState::Annotated, false),
            Some(ModelState::Error)
        );
        assert_eq!(
            run(&[TrainingAsked, TrainingStarted, TrainingCancelled], ModelState::Hosted, true),
            Some(ModelState::Hosted)
        );
        assert_eq!(run(&[TrainingAsked, TrainingCancelled], ModelState::Annotated, false), Some(ModelState::Annotated));
    }

    #[test]
    fn a_busy_model_cannot_be_asked_again_and_documents_do_not_disturb_it() {
        for number in [3, 4, 6] {
            let state = ModelState::from_number(number);
            assert_eq!(after(state, Event::TrainingAsked, number == 6), None);
            assert_eq!(after(state, Event::Annotated, false), Some(state));
            assert_eq!(after(state, Event::Uploaded, false), Some(state));
        }
    }

    #[test]
    fn a_training_that_nobody_asked_for_cannot_end() {
        for number in [-1, 0, 1, 2, 5] {
            let state = ModelState::from_number(number);
            for event in [
                Event::TrainingStarted,
                Event::TrainingDone,
                Event::TrainingFailed,
                Event::TrainingInterrupted,
                Event::TrainingCancelled,
            ] {
                assert_eq!(after(state, event, true), None, "{state:?} {event:?}");
            }
        }
    }
}
