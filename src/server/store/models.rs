//! Models and their labels. What may happen to a model when is in `state`.

use super::change::Change;
use super::contents::ContentHash;
use super::state::{self, Event};
use super::{AuditEntry, Result, Store, StoreError};
use crate::api::{LabelId, ModelId, ModelState};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// What a new model is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewModel {
    /// What kind of model, `ocr`.
    pub kind: String,
    /// Its labels, in order. One that comes twice is one label.
    pub labels: Vec<String>,
    /// Who makes it.
    pub by: String,
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRecord {
    /// Its name.
    pub id: ModelId,
    /// What kind of model, `ocr`.
    pub kind: String,
    /// It reads any document as it is and is never trained.
    pub fixed: bool,
    /// How far it is.
    pub state: ModelState,
    /// Why its last training failed, or empty.
    pub note: String,
    /// The share of held-out values that its last training got right, 0 to 1.
    pub accuracy: Option<f64>,
    /// What its last training measured; JSON text of the trainer's own.
    pub report: Option<String>,
    /// What it has learned.
    pub learned: Option<ContentHash>,
    /// Its labels, in order.
    pub labels: Vec<LabelRecord>,
    /// When it was made, in milliseconds since 1970, UTC.
    pub created_ms: i64,
}

/// A label of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRecord {
    /// Its name on the wire.
    pub id: LabelId,
    /// What persons call it.
    pub name: String,
    /// How often it is annotated in the training set.
    pub count: u64,
}

const MODEL: &str = "SELECT id, kind, fixed, state, note, accuracy, report, learned, created_ms FROM model";

impl Store {
    /// Makes a model in state 0.
    pub fn create_model(&self, new: &NewModel) -> Result<ModelRecord> {
        let id = Uuid::new_v4().to_string();
        self.change(|change| {
            change.insert_model(&id, &new.kind, false, ModelState::Created)?;
            let mut insert = change
                .tx
                .prepare_cached("INSERT OR IGNORE INTO label (id, model, place, name) VALUES (?1, ?2, ?3, ?4)")?;
            for (place, name) in (0_i64..).zip(&new.labels) {
                insert.execute(params![Uuid::new_v4().to_string(), id, place, name])?;
            }
            change.audit(&AuditEntry::new(&new.by, "model.created").model(&id))?;
            model(change.tx, &id)
        })
    }

    /// Makes sure that there is a hosted model of this name that reads without ever learning.
    pub fn ensure_fixed_model(&self, id: &ModelId, kind: &str) -> Result<ModelRecord> {
        if let Ok(there) = self.model(id) {
            return Ok(there);
        }
        self.change(|change| {
            change.insert_model(id.as_str(), kind, true, ModelState::Hosted)?;
            change.audit(&AuditEntry::by_the_program("model.created").model(id.as_str()))?;
            model(change.tx, id.as_str())
        })
    }

    /// A model.
    pub fn model(&self, id: &ModelId) -> Result<ModelRecord> {
        self.database.read(|read| model(read, id.as_str()))
    }

    /// All models, oldest first.
    pub fn models(&self) -> Result<Vec<ModelRecord>> {
        self.database.read(|read| {
            let mut all = read.prepare_cached(&format!("{MODEL} ORDER BY seq"))?;
            let models = all.query_map([], from_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
            models.into_iter().map(|model| with_labels(read, model)).collect()
        })
    }
}

impl Change<'_> {
    fn insert_model(&self, id: &str, kind: &str, fixed: bool, state: ModelState) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO model (id, kind, fixed, state, created_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (id) DO NOTHING",
            )?
            .execute(params![id, kind, fixed, state.number(), self.now_ms])?;
        Ok(())
    }

    /// Moves a model to the state that follows; [`StoreError::BusyModel`] where none does.
    pub(super) fn model_event(&self, id: &str, event: Event) -> Result<()> {
        let (state, learned): (i64, bool) = self
            .tx
            .prepare_cached("SELECT state, learned IS NOT NULL FROM model WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or_else(|| StoreError::missing("model", id))?;
        let next = state::after(ModelState::from_number(state), event, learned)
            .ok_or_else(|| StoreError::BusyModel(id.to_owned()))?;
        self.tx.prepare_cached("UPDATE model SET state = ?2 WHERE id = ?1")?.execute(params![id, next.number()])?;
        Ok(())
    }
}

/// A model as it stands in this connection.
pub(super) fn model(connection: &Connection, id: &str) -> Result<ModelRecord> {
    let found = connection.prepare_cached(&format!("{MODEL} WHERE id = ?1"))?.query_row([id], from_row).optional()?;
    with_labels(connection, found.ok_or_else(|| StoreError::missing("model", id))?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ModelRecord> {
    Ok(ModelRecord {
        id: ModelId(row.get(0)?),
        kind: row.get(1)?,
        fixed: row.get(2)?,
        state: ModelState::from_number(row.get(3)?),
        note: row.get(4)?,
        accuracy: row.get(5)?,
        report: row.get(6)?,
        learned: row.get(7)?,
        labels: Vec::new(),
        created_ms: row.get(8)?,
    })
}

fn with_labels(connection: &Connection, mut model: ModelRecord) -> Result<ModelRecord> {
    let mut labels = connection.prepare_cached(
        "SELECT id, name, (SELECT coalesce(sum(count), 0) FROM training_label WHERE label = label.id) \
         FROM label WHERE model = ?1 ORDER BY place",
    )?;
    model.labels = labels
        .query_map([model.id.as_str()], |row| {
            let count: i64 = row.get(2)?;
            Ok(LabelRecord { id: LabelId(row.get(0)?), name: row.get(1)?, count: count.unsigned_abs() })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(model)
}
