//! The extractors of models, as they were learnt or, before that, by names and types alone. The latest are kept in memory.

use super::store::{ContentHash, ModelRecord, Store};
use crate::api::ModelId;
use crate::engine::learn::{Extractor, LabelSpec, ValueKind};
use std::sync::{Arc, Mutex, PoisonError};

/// So many are kept in memory.
const KEPT: usize = 8;

/// What an extractor comes from.
#[derive(Clone, PartialEq)]
struct Origin {
    model: ModelId,
    learned: Option<ContentHash>,
    labels: Vec<LabelSpec>,
    /// What each was called when it was learnt.
    formerly: Vec<Vec<String>>,
}

/// Hands out extractors; the one used last stands last.
#[derive(Default)]
pub(super) struct Extractors(Mutex<Vec<(Origin, Arc<Extractor>)>>);

impl Extractors {
    /// The extractor of a model as it is now; the sentence says why there is none.
    pub(super) fn of(&self, store: &Store, model: &ModelRecord) -> Result<Arc<Extractor>, String> {
        let formerly = model.labels.iter().map(|label| label.formerly.clone()).collect();
        let origin = Origin { model: model.id.clone(), learned: model.learned, labels: label_specs(model), formerly };
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = kept.iter().position(|(known, _)| *known == origin) {
                let found = kept.remove(at);
                let extractor = found.1.clone();
                kept.push(found);
                return Ok(extractor);
            }
        }
        let extractor = Arc::new(match origin.learned {
            None => Extractor::untrained(&origin.labels),
            Some(hash) => {
                let path = store.local_path(hash).map_err(|error| error.to_string())?;
                let bytes = std::fs::read(path).map_err(|error| format!("what the model learnt is gone: {error}"))?;
                let learnt = Extractor::from_bytes(&bytes).map_err(|error| error.to_string())?;
                learnt.speaking_of(&origin.labels, &origin.formerly)
            }
        });
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((origin, extractor.clone()));
        Ok(extractor)
    }
}

/// The labels of a model as the engine wants them.
pub(super) fn label_specs(model: &ModelRecord) -> Vec<LabelSpec> {
    model
        .labels
        .iter()
        .map(|label| LabelSpec {
            name: label.name.clone(),
            kind: ValueKind::of_word(&label.kind),
            columns: label.columns.clone(),
        })
        .collect()
}
