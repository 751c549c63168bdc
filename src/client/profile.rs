//! Which paths a service knows. The specification names one for each operation, services in the field know others: where
//! the first is not there the next is tried, and what works is remembered, also over restarts where somebody keeps it.

use crate::api::paths::{Operation, ROUTES, Route};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Is told the paths that work, of operations that have several, when they are others than before.
pub type OnLearnt = Arc<dyn Fn(BTreeSet<String>) + Send + Sync>;

/// What is known of a service's paths.
#[derive(Default)]
pub(super) struct Profile {
    known: Mutex<HashMap<Operation, Known>>,
    on_learnt: Option<OnLearnt>,
}

/// What is known of an operation's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    /// Its number among the operation's.
    at: usize,
    /// It worked since the start; before that it is only the likeliest.
    has_worked: bool,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("known", &*self.known()).finish_non_exhaustive()
    }
}

impl Profile {
    /// One that begins with what worked before, and tells what it learns.
    pub(super) fn new(paths: &BTreeSet<String>, on_learnt: OnLearnt) -> Self {
        let known = with_others().filter_map(|route| {
            let at = route.paths.iter().position(|path| paths.contains(*path))?;
            Some((route.operation, Known { at, has_worked: false }))
        });
        Self { known: Mutex::new(known.collect()), on_learnt: Some(on_learnt) }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Operation, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The paths to try, each with its number among the operation's, the likeliest first.
    pub(super) fn paths(&self, operation: Operation) -> Vec<(usize, &'static str)> {
        let known = self.known().get(&operation).copied();
        let mut paths: Vec<_> = operation.route().paths.iter().copied().enumerate().collect();
        match known {
            Some(Known { at, has_worked: true }) => paths.retain(|(other, _)| *other == at),
            Some(Known { at, .. }) => paths.sort_by_key(|(other, _)| *other != at),
            None => {}
        }
        paths
    }

    /// The path of this number works.
    pub(super) fn learn(&self, operation: Operation, at: usize) {
        let mut known = self.known();
        let before = known.insert(operation, Known { at, has_worked: true });
        if operation.route().paths.len() < 2 || before.is_some_and(|before| before.at == at) {
            return;
        }
        let path = |route: &'static Route| Some((*route.paths.get(known.get(&route.operation)?.at)?).to_owned());
        let paths = with_others().filter_map(path).collect();
        drop(known);
        if let Some(on_learnt) = &self.on_learnt {
            on_learnt(paths);
        }
    }
}

/// The operations that services know by several paths.
fn with_others() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.paths.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIAS: &str = "/Inferences/Model/{model}/InferenceRequestFiles/GetPredictions/{file}";

    #[test]
    fn what_works_is_asked_for_alone_from_then_on() {
        let profile = Profile::default();
        assert_eq!(profile.paths(Operation::FileResult).len(), 2);
        profile.learn(Operation::FileResult, 1);
        assert_eq!(profile.paths(Operation::FileResult), [(1, ALIAS)]);
        assert_eq!(profile.paths(Operation::PageResult).len(), 2, "each operation by itself");
    }

    #[test]
    fn what_worked_before_is_tried_first_and_what_changes_is_told_once() {
        let told: Arc<Mutex<Vec<BTreeSet<String>>>> = Arc::default();
        let notes = Arc::clone(&told);
        let on_learnt: OnLearnt = Arc::new(move |paths| notes.lock().unwrap().push(paths));
        let kept = BTreeSet::from([ALIAS.to_owned(), "/of/another/version".to_owned()]);
        let profile = Profile::new(&kept, on_learnt);
        assert_eq!(profile.paths(Operation::FileResult).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 0]);
        profile.learn(Operation::FileResult, 1);
        profile.learn(Operation::Model, 0);
        assert_eq!(*told.lock().unwrap(), [], "that is known");
        profile.learn(Operation::PageResult, 1);
        profile.learn(Operation::PageResult, 1);
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(ALIAS) && told[0].len() == 2, "{told:?}");
    }

    #[test]
    fn each_path_is_of_one_operation() {
        let all: Vec<&str> = with_others().flat_map(|route| route.paths).copied().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
