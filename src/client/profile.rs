//! Which paths a service knows. The specification names one for each operation, services in the field know others: where
//! the first is not there the next is tried, and what works is remembered.

use crate::api::paths::Operation;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What is known of a service's paths.
#[derive(Debug, Default)]
pub(super) struct Profile(Mutex<HashMap<Operation, usize>>);

impl Profile {
    /// The paths to try, each with its number among the operation's.
    pub(super) fn paths(&self, operation: Operation) -> Vec<(usize, &'static str)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&operation).copied();
        let paths = operation.route().paths.iter().copied().enumerate();
        paths.filter(|(at, _)| known.is_none_or(|known| known == *at)).collect()
    }

    /// The path of this number works.
    pub(super) fn learn(&self, operation: Operation, at: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_is_asked_for_alone_from_then_on() {
        let profile = Profile::default();
        assert_eq!(profile.paths(Operation::FileResult).len(), 2);
        profile.learn(Operation::FileResult, 1);
        let alias = "/Inferences/Model/{model}/InferenceRequestFiles/GetPredictions/{file}";
        assert_eq!(profile.paths(Operation::FileResult), [(1, alias)]);
        assert_eq!(profile.paths(Operation::PageResult).len(), 2, "each operation by itself");
    }
}
