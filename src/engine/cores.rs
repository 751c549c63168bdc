//! The computer's cores and what runs on them, shared by all pages that are read at once. Knows nothing of pages.

use super::EngineError;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks below guard is whole between any two statements, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As many leases as the computer has cores. First come, first served, so that who needs many is not passed over.
pub(super) struct Cores {
    count: usize,
    state: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    free: usize,
    next_ticket: u64,
    served: u64,
}

/// Some cores, given back when dropped.
pub(super) struct Lease<'a> {
    cores: &'a Cores,
    count: usize,
}

impl Cores {
    /// `count` cores, at least one.
    pub(super) fn new(count: usize) -> Self {
        let count = count.max(1);
        Self { count, state: Mutex::new(Queue { free: count, ..Queue::default() }), changed: Condvar::new() }
    }

    /// How many there are in all.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Waits for `count` cores, at most as many as there are.
    pub(super) fn lease(&self, count: usize) -> Lease<'_> {
        let count = count.clamp(1, self.count);
        let mut queue = lock(&self.state);
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        while queue.served != ticket || queue.free < count {
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.free -= count;
        queue.served += 1;
        self.changed.notify_all();
        Lease { cores: self, count }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        lock(&self.cores.state).free += self.count;
        self.cores.changed.notify_all();
    }
}

/// Things of which each is used by one at a time.
pub(super) struct Pool<T> {
    idle: Mutex<Vec<T>>,
    returned: Condvar,
}

/// A thing out of a pool, put back when dropped.
pub(super) struct Lent<'a, T> {
    pool: &'a Pool<T>,
    thing: Option<T>,
}

impl<T> Pool<T> {
    /// A pool of `things`; taking from an empty one would wait for ever, so there must be one.
    pub(super) fn new(things: Vec<T>) -> Self {
        debug_assert!(!things.is_empty());
        Self { idle: Mutex::new(things), returned: Condvar::new() }
    }

    /// Waits for a thing.
    pub(super) fn take(&self) -> Lent<'_, T> {
        let mut idle = lock(&self.idle);
        loop {
            if let Some(thing) = idle.pop() {
                return Lent { pool: self, thing: Some(thing) };
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        lock(&self.pool.idle).extend(self.thing.take());
        self.pool.returned.notify_one();
    }
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    #[allow(clippy::unreachable)] // `thing` is only taken by `drop`.
    fn deref(&self) -> &T {
        self.thing.as_ref().unwrap_or_else(|| unreachable!())
    }
}

impl<T> DerefMut for Lent<'_, T> {
    #[allow(clippy::unreachable)]
    fn deref_mut(&mut self) -> &mut T {
        self.thing.as_mut().unwrap_or_else(|| unreachable!())
    }
}

/// Does `work` for each number below `count` on up to `threads` threads, in rising order as far as threads allow;
/// the results in that order, or the first error. After an error nothing new is begun.
pub(super) fn each<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> Result<T, EngineError> + Sync,
) -> Result<Vec<T>, EngineError> {
    let threads = threads.min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let share = || -> Result<Vec<(usize, T)>, EngineError> {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            done.push((index, work(index).inspect_err(|_| failed.store(true, Ordering::Relaxed))?));
        }
        Ok(done)
    };
    let mut done = std::thread::scope(|scope| -> Result<Vec<(usize, T)>, EngineError> {
        let mut helpers = Vec::new();
        for n in 1..threads {
            let helper = std::thread::Builder::new().name(format!("reader-{n}")).spawn_scoped(scope, share);
            match helper {
                Ok(helper) => helpers.push(helper),
                // The threads there are do all of the work.
                Err(error) => {
                    tracing::warn!(%error, "no thread to read with");
                    break;
                }
            }
        }
        let mut done = share();
        for helper in helpers {
            let theirs =
                helper.join().unwrap_or_else(|_| Err(EngineError::Failed("a step of the reading broke down".into())));
            done = match (done, theirs) {
                (Ok(mut all), Ok(more)) => {
                    all.extend(more);
                    Ok(all)
                }
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        done
    })?;
    done.sort_unstable_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_from_any_number_of_threads() {
        for threads in [1, 2, 7] {
            assert_eq!(each(5, threads, |n| Ok(n * n)).unwrap(), [0, 1, 4, 9, 16]);
            assert_eq!(each(0, threads, Ok).unwrap(), [0; 0]);
        }
    }

    #[test]
    fn the_first_error_stops_the_rest() {
        let begun = AtomicUsize::new(0);
        let result = each(1000, 2, |n| {
            begun.fetch_add(1, Ordering::Relaxed);
            if n == 3 { Err(EngineError::Cancelled) } else { Ok(()) }
        });
        assert!(matches!(result, Err(EngineError::Cancelled)));
        assert!(begun.load(Ordering::Relaxed) < 1000);
    }

    #[test]
    fn a_thread_that_panics_is_an_error() {
        let me = std::thread::current().id();
        let result = each(64, 2, |_| {
            // The calling thread waits until the helper has broken down.
            assert_eq!(std::thread::current().id(), me, "only to see what happens");
            std::thread::yield_now();
            Ok(())
        });
        // The caller may do all of the work before the helper begins.
        assert!(matches!(result, Ok(_) | Err(EngineError::Failed(_))));
    }

    #[test]
    fn never_more_cores_are_leased_than_there_are() {
        let cores = Cores::new(3);
        let (used, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        each(60, 6, |n| {
            let count = 1 + n % 3;
            let lease = cores.lease(count);
            let now = used.fetch_add(count, Ordering::SeqCst) + count;
            most.fetch_max(now, Ordering::SeqCst);
            std::thread::yield_now();
            used.fetch_sub(count, Ordering::SeqCst);
            drop(lease);
            Ok(())
        })
        .unwrap();
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        drop(cores.lease(99));
    }

    #[test]
    fn a_pool_lends_each_thing_to_one_at_a_time() {
        let pool = Pool::new(vec![0u32, 0]);
        each(100, 4, |_| {
            *pool.take() += 1;
            Ok(())
        })
        .unwrap();
        let (a, b) = (pool.take(), pool.take());
        assert_eq!(*a + *b, 100);
    }
}
