//! Models and their labels. What may happen to a model when is in `state`.

use super::change::Change;
use super::contents::ContentHash;
use super::state::{self, Event};
use super::{AuditEntry, Result, Settled, Store, StoreError};
use crate::api::{FileId, LabelId, ModelId, ModelState};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// What a new model is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewModel {
    /// What persons call it; may be empty.
    pub name: String,
    /// What kind of model, `ocr`.
    pub kind: String,
    /// It speaks of all pages of a file at once, when they are read ([`Task::Extract`](super::Task::Extract)).
    pub whole: bool,
    /// Its labels, in order. One that comes twice is one label.
    pub labels: Vec<NewLabel>,
    /// Who makes it.
    pub by: String,
}

/// A label that a model is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewLabel {
    /// What persons call it.
    pub name: String,
    /// How its values are typed, in the words of the request; empty where nobody said.
    pub kind: String,
    /// The columns of a table, in order; empty where nobody said.
    pub columns: Vec<String>,
}

/// What is changed of a label that a model has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelChange {
    /// It gets another name; where another label has that, both become one.
    Rename {
        /// Its name.
        name: String,
        /// Its name from now on.
        to: String,
    },
    /// Its values are typed in another way.
    Retype {
        /// Its name.
        name: String,
        /// How its values are typed, in the words of the request; empty where nobody says.
        kind: String,
        /// The columns of a table, in order; `None` where they stay.
        columns: Option<Vec<String>>,
    },
    /// It goes, with what was annotated of it.
    Remove {
        /// Its name.
        name: String,
    },
}

impl LabelChange {
    fn name(&self) -> &str {
        match self {
            Self::Rename { name, .. } | Self::Retype { name, .. } | Self::Remove { name } => name,
        }
    }
}

/// What a model learned in one training.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionRecord {
    /// Its number, from 1.
    pub number: u32,
    /// The share of held-out values that it got right, 0 to 1.
    pub accuracy: Option<f64>,
    /// What was measured; JSON text.
    pub report: String,
    /// How many documents it was trained with.
    pub documents: u32,
    /// When it was made, in milliseconds since 1970, UTC.
    pub made_ms: i64,
}

/// What came to a model and is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Documents of its training set.
    pub documents: u64,
    /// Files that were sent to be read.
    pub files: u64,
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRecord {
    /// Its name.
    pub id: ModelId,
    /// What persons call it; may be empty.
    pub name: String,
    /// What kind of model, `ocr`.
    pub kind: String,
    /// It reads any document as it is and is never trained.
    pub fixed: bool,
    /// It speaks of all pages of a file at once, when they are read.
    pub whole: bool,
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
    /// Which of its versions that is; 0 where it has learned nothing.
    pub version: u32,
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
    /// How its values are typed, in the words of the request; empty where nobody said.
    pub kind: String,
    /// The columns of a table, in order; empty where nobody said.
    pub columns: Vec<String>,
    /// How often it is annotated in the training set.
    pub count: u64,
    /// What it was called when earlier trainings learned it.
    pub formerly: Vec<String>,
}

const MODEL: &str =
    "SELECT id, kind, fixed, state, note, accuracy, report, learned, created_ms, name, version, whole FROM model";

impl Store {
    /// Makes a model in state 0.
    pub fn create_model(&self, new: &NewModel) -> Result<ModelRecord> {
        let id = Uuid::new_v4().to_string();
        self.change(|change| {
            change.insert_model(&id, &new.kind, false, ModelState::Created)?;
            let whole = "UPDATE model SET whole = ?2 WHERE id = ?1";
            change.tx.prepare_cached(whole)?.execute(params![id, new.whole])?;
            change.rename_model(&id, &new.name)?;
            change.insert_labels(&id, &new.labels)?;
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

    /// Gives a model another name, changes labels that it has ([`StoreError::UnknownLabel`]) and then adds new ones;
    /// those that it has already stay as they are. Labels of a model that is being trained cannot be changed
    /// ([`StoreError::BusyModel`]).
    pub fn change_model(
        &self,
        id: &ModelId,
        name: Option<&str>,
        changes: &[LabelChange],
        labels: &[NewLabel],
        by: &str,
    ) -> Result<ModelRecord> {
        self.change(|change| {
            let before = model(change.tx, id.as_str())?;
            if before.fixed {
                return Err(StoreError::FixedModel(id.to_string()));
            }
            let is_busy = matches!(before.state, ModelState::Queued | ModelState::Training | ModelState::Retraining);
            if is_busy && !changes.is_empty() {
                return Err(StoreError::BusyModel(id.to_string()));
            }
            if let Some(name) = name {
                change.rename_model(id.as_str(), name)?;
            }
            for label in changes {
                change.change_label(id.as_str(), label)?;
            }
            change.insert_labels(id.as_str(), labels)?;
            change.audit(&AuditEntry::new(by, "model.changed").model(id.as_str()))?;
            model(change.tx, id.as_str())
        })
    }

    /// Deletes a model with everything that came to it: files, results, training set, versions. The files that were still
    /// to be read; who waits for one is told that it is gone.
    pub fn delete_model(&self, id: &ModelId, by: &str) -> Result<Vec<FileId>> {
        self.change(|change| {
            if model(change.tx, id.as_str())?.fixed {
                return Err(StoreError::FixedModel(id.to_string()));
            }
            let mut held = change.tx.prepare_cached(
                "SELECT content FROM file WHERE model = ?1 UNION SELECT content FROM training WHERE model = ?1 \
                 UNION SELECT image FROM page JOIN file ON file.id = page.file WHERE model = ?1 AND image IS NOT NULL \
                 UNION SELECT learned FROM version WHERE model = ?1",
            )?;
            let held: Vec<ContentHash> =
                held.query_map([id.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for content in held {
                change.drop_content(content);
            }
            let pending: Vec<FileId> = change
                .tx
                .prepare_cached("SELECT id FROM file WHERE model = ?1 AND status = 'pending' ORDER BY seq")?
                .query_map([id.as_str()], |row| Ok(FileId::from(row.get::<_, String>(0)?)))?
                .collect::<rusqlite::Result<_>>()?;
            change.tx.prepare_cached("DELETE FROM model WHERE id = ?1")?.execute([id.as_str()])?;
            change.audit(&AuditEntry::new(by, "model.deleted").model(id.as_str()))?;
            change.deleted();
            pending.iter().cloned().for_each(|file| change.settled(Settled::File(file)));
            change.settled(Settled::Model(id.clone()));
            Ok(pending)
        })
    }

    /// What a model learned, training by training, oldest first.
    pub fn versions(&self, id: &ModelId) -> Result<Vec<VersionRecord>> {
        self.database.read(|read| {
            let mut versions = read.prepare_cached(
                "SELECT number, accuracy, report, documents, made_ms FROM version WHERE model = ?1 ORDER BY number",
            )?;
            let versions = versions.query_map([id.as_str()], |row| {
                Ok(VersionRecord {
                    number: row.get(0)?,
                    accuracy: row.get(1)?,
                    report: row.get(2)?,
                    documents: row.get(3)?,
                    made_ms: row.get(4)?,
                })
            })?;
            Ok(versions.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// What came to a model and is kept.
    pub fn holdings(&self, id: &ModelId) -> Result<Holdings> {
        self.database.read(|read| {
            let count = |table: &str| {
                let count: i64 = read
                    .prepare_cached(&format!("SELECT count(*) FROM {table} WHERE model = ?1"))?
                    .query_row([id.as_str()], |row| row.get(0))?;
                Ok::<u64, StoreError>(count.unsigned_abs())
            };
            Ok(Holdings { documents: count("training")?, files: count("file")? })
        })
    }

    /// Lets a model predict with what it learned in an earlier training.
    pub fn roll_back(&self, id: &ModelId, number: u32, by: &str) -> Result<ModelRecord> {
        self.change(|change| {
            change.model_event(id.as_str(), Event::RolledBack)?;
            let changed = change
                .tx
                .prepare_cached(
                    "UPDATE model SET version = ?2, (learned, accuracy, report) = \
                     (SELECT learned, accuracy, report FROM version WHERE model = ?1 AND number = ?2) \
                     WHERE id = ?1 AND EXISTS (SELECT 1 FROM version WHERE model = ?1 AND number = ?2)",
                )?
                .execute(params![id.as_str(), number])?;
            if changed == 0 {
                return Err(StoreError::missing("version", &number));
            }
            change.audit(&AuditEntry::new(by, "model.rolled_back").model(id.as_str()).detail(&number))?;
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

    fn rename_model(&self, id: &str, name: &str) -> Result<()> {
        self.tx.prepare_cached("UPDATE model SET name = ?2 WHERE id = ?1")?.execute([id, name])?;
        Ok(())
    }

    /// Adds labels behind those that the model has.
    fn insert_labels(&self, id: &str, labels: &[NewLabel]) -> Result<()> {
        let first: i64 = self
            .tx
            .prepare_cached("SELECT coalesce(max(place) + 1, 0) FROM label WHERE model = ?1")?
            .query_row([id], |row| row.get(0))?;
        let mut insert = self.tx.prepare_cached(
            "INSERT OR IGNORE INTO label (id, model, place, name, kind, columns) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (place, label) in (first..).zip(labels) {
            let columns = serde_json::to_string(&label.columns).unwrap_or_default();
            insert.execute(params![Uuid::new_v4().to_string(), id, place, label.name, label.kind, columns])?;
        }
        Ok(())
    }

    fn change_label(&mut self, model_id: &str, what: &LabelChange) -> Result<()> {
        let labels = model(self.tx, model_id)?.labels;
        let find = |name: &str| labels.iter().find(|label| label.name == name);
        let label = find(what.name()).ok_or_else(|| StoreError::UnknownLabel(what.name().to_owned()))?;
        match what {
            LabelChange::Retype { kind, columns, .. } => {
                let columns = serde_json::to_string(columns.as_ref().unwrap_or(&label.columns)).unwrap_or_default();
                self.tx.prepare_cached("UPDATE label SET kind = ?2, columns = ?3 WHERE id = ?1")?.execute([
                    label.id.as_str(),
                    kind.as_str(),
                    columns.as_str(),
                ])?;
            }
            LabelChange::Rename { to, .. } if *to == label.name => {}
            LabelChange::Rename { to, .. } => {
                self.rename_annotations(model_id, &label.name, Some(to))?;
                let target = find(to).unwrap_or(label);
                let known = target.formerly.iter().chain(&label.formerly).chain([&label.name]);
                let mut formerly: Vec<&String> = known.filter(|name| *name != to).collect();
                formerly.sort_unstable();
                formerly.dedup();
                let formerly = serde_json::to_string(&formerly).unwrap_or_default();
                self.tx.prepare_cached("UPDATE label SET name = ?2, formerly = ?3 WHERE id = ?1")?.execute([
                    target.id.as_str(),
                    to.as_str(),
                    formerly.as_str(),
                ])?;
                if target.id != label.id {
                    self.tx
                        .prepare_cached(
                            "INSERT INTO training_label (training, label, count) \
                             SELECT training, ?2, count FROM training_label WHERE label = ?1 \
                             ON CONFLICT (training, label) DO UPDATE SET count = count + excluded.count",
                        )?
                        .execute([label.id.as_str(), target.id.as_str()])?;
                    self.delete_label(label)?;
                }
            }
            LabelChange::Remove { .. } => {
                self.rename_annotations(model_id, &label.name, None)?;
                self.delete_label(label)?;
                self.deleted();
            }
        }
        Ok(())
    }

    fn delete_label(&self, label: &LabelRecord) -> Result<()> {
        self.tx.prepare_cached("DELETE FROM label WHERE id = ?1")?.execute([label.id.as_str()])?;
        Ok(())
    }

    /// Calls what is annotated of a label by another name, or takes it out.
    fn rename_annotations(&self, model_id: &str, from: &str, to: Option<&str>) -> Result<()> {
        let mut set = self.tx.prepare_cached("SELECT id, annotation FROM training WHERE model = ?1")?;
        let set: Vec<(String, String)> =
            set.query_map([model_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let mut update = self.tx.prepare_cached("UPDATE training SET annotation = ?2 WHERE id = ?1")?;
        for (training, annotation) in set {
            let Ok(mut objects) = serde_json::from_str::<Vec<serde_json::Value>>(&annotation) else { continue };
            let is_it = |object: &serde_json::Value| object.get("name").and_then(|name| name.as_str()) == Some(from);
            if !objects.iter().any(is_it) {
                continue;
            }
            if let Some(to) = to {
                for object in objects.iter_mut().filter(|object| is_it(object)) {
                    object["name"] = to.into();
                }
            } else {
                objects.retain(|object| !is_it(object));
            }
            update.execute([training, serde_json::Value::from(objects).to_string()])?;
        }
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
        name: row.get(9)?,
        version: row.get(10)?,
        whole: row.get(11)?,
    })
}

fn with_labels(connection: &Connection, mut model: ModelRecord) -> Result<ModelRecord> {
    let mut labels = connection.prepare_cached(
        "SELECT id, name, (SELECT coalesce(sum(count), 0) FROM training_label WHERE label = label.id), kind, \
         formerly, columns FROM label WHERE model = ?1 ORDER BY place",
    )?;
    model.labels = labels
        .query_map([model.id.as_str()], |row| {
            let count: i64 = row.get(2)?;
            let (id, name, kind) = (LabelId(row.get(0)?), row.get(1)?, row.get(3)?);
            let list = |column| -> rusqlite::Result<Vec<String>> {
                Ok(serde_json::from_str(&row.get::<_, String>(column)?).unwrap_or_default())
            };
            let (formerly, columns) = (list(4)?, list(5)?);
            Ok(LabelRecord { id, name, kind, columns, count: count.unsigned_abs(), formerly })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(model)
}
