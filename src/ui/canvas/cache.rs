//! A cache that is bounded in bytes and forgets what was used longest ago. Pure.

use std::collections::HashMap;
use std::hash::Hash;

struct Entry<V> {
    value: V,
    bytes: usize,
    used: u64,
}

/// Values by key, at most `capacity` bytes of them, except that what is used in the present turn always stays: a view
/// never throws away what it shows.
pub struct ByteCache<K, V> {
    entries: HashMap<K, Entry<V>>,
    capacity: usize,
    bytes: usize,
    turn: u64,
}

impl<K: Hash + Eq + Copy, V> ByteCache<K, V> {
    /// An empty cache of `capacity` bytes.
    pub fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity, bytes: 0, turn: 0 }
    }

    /// A new turn (a frame) begins; then throws away what is too much.
    pub fn begin_turn(&mut self) {
        self.turn += 1;
        self.shrink(self.turn - 1);
    }

    /// At most so many bytes from now on.
    pub const fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }

    /// The value; it counts as used now.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        let entry = self.entries.get_mut(key)?;
        entry.used = self.turn;
        Some(&entry.value)
    }

    /// Whether the value is there; that does not count as use.
    pub fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    /// Keeps a value of `bytes` bytes, as used now.
    pub fn insert(&mut self, key: K, value: V, bytes: usize) {
        let old = self.entries.insert(key, Entry { value, bytes, used: self.turn });
        self.bytes = self.bytes + bytes - old.map_or(0, |e| e.bytes);
        self.shrink(self.turn);
    }

    /// Forgets the values that `keep` refuses.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        self.entries.retain(|key, _| keep(key));
        self.bytes = self.entries.values().map(|e| e.bytes).sum();
    }

    /// The bytes of all values.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Throws away the longest unused values, none that were used in turn `safe` or later, until the rest fits.
    fn shrink(&mut self, safe: u64) {
        if self.bytes <= self.capacity {
            return;
        }
        let mut old: Vec<(u64, K)> =
            self.entries.iter().filter(|(_, e)| e.used < safe).map(|(k, e)| (e.used, *k)).collect();
        old.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in old {
            if self.bytes <= self.capacity {
                return;
            }
            if let Some(entry) = self.entries.remove(&key) {
                self.bytes -= entry.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let mut cache = ByteCache::new(30);
        for key in 0..3 {
            cache.begin_turn();
            cache.insert(key, key, 10);
        }
        cache.begin_turn();
        assert_eq!(cache.get(&0), Some(&0));
        cache.begin_turn();
        cache.begin_turn();
        cache.insert(3, 3, 10);
        let left: Vec<bool> = (0..4).map(|key| cache.get(&key).is_some()).collect();
        assert_eq!(left, [true, false, true, true]);
        assert_eq!(cache.bytes(), 30);
        cache.set_capacity(10);
        cache.begin_turn();
        cache.begin_turn();
        assert_eq!(cache.bytes(), 10);
    }

    #[test]
    fn what_is_in_view_stays_even_beyond_the_bound() {
        let mut cache = ByteCache::new(10);
        cache.begin_turn();
        for key in 0..5 {
            cache.insert(key, (), 10);
        }
        assert_eq!(cache.len(), 5);
        cache.begin_turn();
        for key in 0..5 {
            assert!(cache.get(&key).is_some());
        }
        cache.begin_turn();
        cache.begin_turn();
        assert_eq!(cache.bytes(), 10);
    }

    proptest! {
        #[test]
        fn bytes_are_the_sum_and_bounded(ops in proptest::collection::vec((0..20u8, 1..40usize), 1..200)) {
            let mut cache = ByteCache::new(100);
            for (key, bytes) in ops {
                cache.begin_turn();
                cache.begin_turn();
                cache.insert(key, (), bytes);
                prop_assert!(cache.bytes() <= 100 + 40);
                let sum: usize = cache.entries.values().map(|e| e.bytes).sum();
                prop_assert_eq!(cache.bytes(), sum);
            }
        }
    }
}
