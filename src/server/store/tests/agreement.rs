//! The store and the world in memory agree after every operation.

use super::ops::an_op;
use super::world::{World, bytes_of};
use super::*;
use crate::api::ModelState;
use proptest::prelude::*;
use std::collections::BTreeSet;

impl World {
    /// Fails where the store holds anything else.
    pub(super) fn compare(&self, desk: &Desk) {
        let store = &desk.store;
        let mut found = 0;
        let mut named = BTreeSet::new();
        for (number, id) in self.models.iter().enumerate() {
            found += store.files_of_days(id, 0..=u32::MAX).unwrap().len();
            let (known, model) = (&self.known[number], store.model(id).unwrap());
            assert_eq!(model.state, ModelState::from_number(known.state));
            assert_eq!(model.learned.is_some(), !known.learned.is_empty());
            named.extend(known.learned.iter().copied());
            let count: u64 = known.training.iter().map(|(_, count)| u64::from(*count)).sum();
            assert_eq!(model.labels[0].count, count);
            let set = store.training_set(id).unwrap();
            assert_eq!(set.len(), known.training.len());
            for (document, count) in &known.training {
                let hash = ContentHash::of(&bytes_of(*document));
                let record = set.iter().find(|record| record.content == hash).unwrap();
                assert_eq!(record.annotation, format!("{count}"));
            }
            named.extend(known.training.iter().map(|(document, _)| *document));
        }
        assert_eq!(found, self.files.len());
        for file in &self.files {
            let record = store.file(&file.id).unwrap();
            assert_eq!(record.model, self.models[file.model]);
            assert_eq!((record.status, record.approval.is_some()), (file.status, file.approved), "{file:?}");
            let done = file.pages.iter().filter(|page| page.status != Status::Pending).count();
            assert_eq!(record.progress, Progress { done: done as u32, all: file.pages.len() as u32 });
            assert_eq!(std::fs::read(store.local_path(record.content).unwrap()).unwrap(), bytes_of(file.content));
            named.insert(file.content);
            let pages = store.pages(&file.id).unwrap();
            assert_eq!(pages.len(), file.pages.len());
            for (page, expected) in pages.iter().zip(&file.pages) {
                assert_eq!((page.number, page.status), (expected.number, expected.status));
                assert_eq!(page.boxes, expected.boxes.map(|value| format!("[{value}]")));
                let corrected = page.corrections.as_ref().map(|c| (c.boxes.clone(), c.version));
                assert_eq!(corrected, expected.corrected.map(|(value, version)| (format!("[{value}]"), version)));
                let image = page.image.map(|image| std::fs::read(store.local_path(image).unwrap()).unwrap());
                assert_eq!(image, expected.image.map(bytes_of));
                named.extend(expected.image);
            }
            let words = file.pages.iter().filter(|page| page.boxes.is_some()).count();
            assert_eq!(store.words(&file.id).unwrap().len(), words);
        }
        let held = self.jobs.iter().filter(|job| job.held.is_some()).count() as u64;
        assert_eq!(store.job_counts().unwrap(), (self.jobs.len() as u64 - held, held));
        assert_eq!(contents_in(desk.folder.path()).len(), named.len(), "no content too many and none too few");
    }
}
proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_store_holds_what_a_simple_model_of_it_holds(
        ops in prop::collection::vec((an_op(), prop::bool::weighted(0.03)), 1..120)
    ) {
        let mut desk = Desk::new();
        let mut world = World::new(&desk);
        for (op, reopen) in ops {
            world.apply(&desk, &op);
            if reopen {
                desk = desk.reopen();
                world.reopened();
            }
            world.compare(&desk);
        }
        desk.store.check().unwrap();
    }
}
