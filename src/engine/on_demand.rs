//! A thing that is made when it is first needed and given up when nobody has needed it for a while.

use super::EngineError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// After so long without use it is given up.
const IDLE: Duration = Duration::from_mins(2);

type Make<T> = Box<dyn Fn() -> Result<T, EngineError> + Send + Sync>;

/// Makes a thing on demand and shares it.
pub(super) struct OnDemand<T>(Arc<Shared<T>>);

struct Shared<T> {
    make: Make<T>,
    made: Mutex<Option<Made<T>>>,
}

struct Made<T> {
    thing: Arc<T>,
    used: Instant,
}

impl<T: Send + Sync + 'static> OnDemand<T> {
    pub(super) fn new(make: impl Fn() -> Result<T, EngineError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared { make: Box::new(make), made: Mutex::new(None) }))
    }

    /// The thing, made now where it is not there; who else asks meanwhile waits for it.
    pub(super) fn get(&self) -> Result<Arc<T>, EngineError> {
        let mut made = self.0.lock();
        let now = Instant::now();
        if let Some(made) = &mut *made {
            made.used = now;
            return Ok(made.thing.clone());
        }
        let thing = Arc::new((self.0.make)()?);
        *made = Some(Made { thing: thing.clone(), used: now });
        let shared = Arc::downgrade(&self.0);
        let watch = std::thread::Builder::new().name("engine-idle".to_owned()).spawn(move || watch(&shared));
        if let Err(error) = watch {
            // Then it stays.
            tracing::warn!(%error, "no thread to give up what is not used");
        }
        Ok(thing)
    }

    /// Whether it is there.
    pub(super) fn is_made(&self) -> bool {
        self.0.lock().is_some()
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Made<T>>> {
        // What it guards is whole between any two statements.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the thing up where nobody has used it for so long; otherwise how long it is to be kept at least.
    fn give_up(&self, now: Instant, idle: Duration) -> Option<Duration> {
        let mut made = self.lock();
        let there = made.as_mut()?;
        if Arc::strong_count(&there.thing) > 1 {
            there.used = now;
        }
        let left = idle.saturating_sub(now.saturating_duration_since(there.used));
        if left.is_zero() {
            *made = None;
            return None;
        }
        Some(left)
    }
}

fn watch<T>(shared: &Weak<Shared<T>>) {
    let mut wait = IDLE;
    loop {
        std::thread::sleep(wait);
        let left = shared.upgrade().and_then(|shared| shared.give_up(Instant::now(), IDLE));
        let Some(left) = left else { return };
        wait = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn it_is_made_when_needed_kept_while_used_and_given_up_after() {
        let makes = Arc::new(AtomicUsize::new(0));
        let count = makes.clone();
        let on_demand = OnDemand::new(move || Ok(count.fetch_add(1, Ordering::SeqCst)));
        assert!(!on_demand.is_made());
        let used = on_demand.get().unwrap();
        assert_eq!((*used, *on_demand.get().unwrap()), (0, 0), "one for all");
        let later = Instant::now() + IDLE * 2;
        assert_eq!(on_demand.0.give_up(later, IDLE), Some(IDLE), "somebody uses it");
        drop(used);
        assert_eq!(on_demand.0.give_up(later + IDLE / 2, IDLE), Some(IDLE / 2));
        assert_eq!(on_demand.0.give_up(later + IDLE, IDLE), None);
        assert!(!on_demand.is_made());
        assert_eq!(*on_demand.get().unwrap(), 1, "made anew");
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let makes = AtomicUsize::new(0);
        let on_demand = OnDemand::new(move || match makes.fetch_add(1, Ordering::SeqCst) {
            0 => Err(EngineError::Cancelled),
            n => Ok(n),
        });
        assert!(on_demand.get().is_err());
        assert_eq!(*on_demand.get().unwrap(), 1);
    }
}
