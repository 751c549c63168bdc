//! How far the trainings are that run now. Kept in memory: after a restart a training begins anew.

use crate::api::ModelId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The share that is done of each training, 0 to 1.
#[derive(Debug, Default)]
pub(super) struct Trainings(Mutex<HashMap<ModelId, f32>>);

impl Trainings {
    fn shares(&self) -> MutexGuard<'_, HashMap<ModelId, f32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So much of a training is done.
    pub(super) fn put(&self, model: &ModelId, share: f32) {
        self.shares().insert(model.clone(), share);
    }

    /// A training is over.
    pub(super) fn end(&self, model: &ModelId) {
        self.shares().remove(model);
    }

    /// How much of a model's training is done, where one runs.
    pub(super) fn share(&self, model: &ModelId) -> Option<f32> {
        self.shares().get(model).copied()
    }
}
