//! The training set of a model, and how its training goes.

use super::change::Change;
use super::contents::{Content, ContentHash};
use super::jobs::Claim;
use super::lanes::{Lane, Waiting};
use super::state::Event;
use super::{AuditEntry, ModelRecord, Result, Settled, Store, StoreError, models};
use crate::api::{FileId, ModelId};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

/// A document that a model is to learn from.
#[derive(Debug)]
pub struct NewTraining {
    /// Its content.
    pub content: Content,
    /// Its name, as uploaded.
    pub name: String,
    /// The width of its first page's image in pixels; 0 where not known.
    pub width: u32,
    /// The height of its first page's image in pixels; 0 where not known.
    pub height: u32,
    /// What is annotated in it; JSON text.
    pub annotation: String,
    /// The words of its pages, in order; JSON text.
    pub words: String,
    /// The tables of its pages, in order; JSON text, empty where nobody looked.
    pub tables: String,
    /// How often each label (by name) is annotated in it.
    pub labels: Vec<(String, u32)>,
}

/// A document of a training set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingRecord {
    /// Its name in the service.
    pub id: FileId,
    /// Its name, as uploaded.
    pub name: String,
    /// Its content.
    pub content: ContentHash,
    /// The content's size in bytes.
    pub bytes: u64,
    /// The width of its first page's image in pixels; 0 where not known.
    pub width: u32,
    /// The height of its first page's image in pixels; 0 where not known.
    pub height: u32,
    /// What is annotated in it; JSON text.
    pub annotation: String,
    /// When it came, in milliseconds since 1970, UTC.
    pub added_ms: i64,
}

/// What a training brought.
#[derive(Debug)]
pub struct Trained {
    /// What the model learned; bytes of the trainer's own.
    pub learned: Content,
    /// The share of held-out values that it got right, 0 to 1; none where nothing was held out.
    pub accuracy: Option<f64>,
    /// What was measured; JSON text.
    pub report: String,
    /// How many documents it was trained with.
    pub documents: u32,
}

/// A document to learn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its name in the service.
    pub id: FileId,
    /// What is annotated in it; JSON text.
    pub annotation: String,
    /// The words of its pages, in order; JSON text.
    pub words: String,
    /// The tables of its pages, in order; JSON text, empty where nobody looked.
    pub tables: String,
}

impl Store {
    /// Adds documents to the training set of a model: all, or none ([`StoreError::UnknownLabel`]). A document that is in
    /// it already, by name and content, gets the new annotation and keeps its own name.
    pub fn add_training(&self, model: &ModelId, documents: Vec<NewTraining>, by: &str) -> Result<Vec<TrainingRecord>> {
        let ids = self.change(|change| {
            if models::model(change.tx, model.as_str())?.fixed {
                return Err(StoreError::FixedModel(model.to_string()));
            }
            let count = documents.len();
            let mut ids = Vec::with_capacity(count);
            for document in documents {
                let annotated = document.labels.iter().any(|(_, count)| *count > 0);
                ids.push(change.put_training(model, document)?);
                change.model_event(model.as_str(), if annotated { Event::Annotated } else { Event::Uploaded })?;
            }
            change.audit(&AuditEntry::new(by, "training.added").model(model.as_str()).detail(&count))?;
            Ok(ids)
        })?;
        let mut all = self.training_set(model)?;
        all.retain(|record| ids.contains(&record.id.0));
        all.sort_by_key(|record| ids.iter().position(|id| *id == record.id.0));
        Ok(all)
    }

    /// The training set of a model, in the order in which it came.
    pub fn training_set(&self, model: &ModelId) -> Result<Vec<TrainingRecord>> {
        self.database.read(|read| {
            let mut set = read.prepare_cached(
                "SELECT id, name, content, size, width, height, annotation, added_ms FROM training \
                 WHERE model = ?1 ORDER BY seq",
            )?;
            let set = set.query_map([model.as_str()], |row| {
                let bytes: i64 = row.get(3)?;
                Ok(TrainingRecord {
                    id: FileId(row.get(0)?),
                    name: row.get(1)?,
                    content: row.get(2)?,
                    bytes: bytes.unsigned_abs(),
                    width: row.get(4)?,
                    height: row.get(5)?,
                    annotation: row.get(6)?,
                    added_ms: row.get(7)?,
                })
            })?;
            Ok(set.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// What a model is to learn from, in the order in which it came.
    pub fn lessons(&self, model: &ModelId) -> Result<Vec<Lesson>> {
        self.database.read(|read| {
            let mut set = read
                .prepare_cached("SELECT id, annotation, words, tables FROM training WHERE model = ?1 ORDER BY seq")?;
            let set = set.query_map([model.as_str()], |row| {
                Ok(Lesson { id: FileId(row.get(0)?), annotation: row.get(1)?, words: row.get(2)?, tables: row.get(3)? })
            })?;
            Ok(set.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Takes a document out of a training set.
    pub fn delete_training(&self, model: &ModelId, id: &FileId, by: &str) -> Result<()> {
        self.change(|change| {
            let content: Option<ContentHash> = change
                .tx
                .prepare_cached("DELETE FROM training WHERE model = ?1 AND id = ?2 RETURNING content")?
                .query_row([model.as_str(), id.as_str()], |row| row.get(0))
                .optional()?;
            change.drop_content(content.ok_or_else(|| StoreError::missing("file", id))?);
            change.audit(&AuditEntry::new(by, "training.removed").model(model.as_str()).file(id.as_str()))?;
            change.deleted();
            Ok(())
        })
    }

    /// Has a model trained with its training set as it is when the training begins.
    pub fn ask_training(&self, model: &ModelId, by: &str) -> Result<ModelRecord> {
        self.change(|change| {
            let record = models::model(change.tx, model.as_str())?;
            if record.fixed {
                return Err(StoreError::FixedModel(model.to_string()));
            }
            if record.labels.iter().all(|label| label.count == 0) {
                return Err(StoreError::NothingToLearn(model.to_string()));
            }
            change.model_event(model.as_str(), Event::TrainingAsked)?;
            let job = Waiting { kind: "train", model: model.as_str(), file: None, page: None };
            change.enqueue(Lane::Training, [job])?;
            change.audit(&AuditEntry::new(by, "training.asked").model(model.as_str()))?;
            models::model(change.tx, model.as_str())
        })
    }

    /// Ends the training of a model without a result: it is as it was before. [`StoreError::BusyModel`] where it is not
    /// being trained.
    pub fn cancel_training(&self, model: &ModelId, by: &str) -> Result<ModelRecord> {
        self.change(|change| {
            change.model_event(model.as_str(), Event::TrainingCancelled)?;
            change
                .tx
                .prepare_cached("DELETE FROM job WHERE model = ?1 AND kind = 'train'")?
                .execute([model.as_str()])?;
            change.settled(Settled::Model(model.clone()));
            change.audit(&AuditEntry::new(by, "training.cancelled").model(model.as_str()))?;
            models::model(change.tx, model.as_str())
        })
    }

    /// Ends a [`Task::Train`](super::Task::Train): the model is hosted with what it learned.
    pub fn save_trained(&self, claim: &Claim, trained: Trained) -> Result<()> {
        self.work(|change| {
            let job = change.held(claim)?;
            if job.kind != "train" {
                return Err(StoreError::LostClaim);
            }
            change.model_event(&job.model, Event::TrainingDone)?;
            let learned = change.publish(trained.learned)?;
            change
                .tx
                .prepare_cached(
                    "INSERT INTO version (model, number, learned, accuracy, report, documents, made_ms) \
                     VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM version WHERE model = ?1), ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    job.model,
                    learned,
                    trained.accuracy,
                    trained.report,
                    trained.documents,
                    change.now_ms
                ])?;
            change
                .tx
                .prepare_cached(
                    "UPDATE model SET learned = ?2, accuracy = ?3, report = ?4, note = '', \
                     version = (SELECT max(number) FROM version WHERE model = ?1) WHERE id = ?1",
                )?
                .execute(params![job.model, learned, trained.accuracy, trained.report])?;
            change.forget_versions(&job.model)?;
            change.remove_job(&job)?;
            change.settled(Settled::Model(ModelId::from(job.model.as_str())));
            change.audit(&AuditEntry::by_the_program("training.done").model(&job.model))
        })
    }
}

/// So many of a model's latest trainings it can go back to.
const VERSIONS_KEPT: u32 = 20;

impl Change<'_> {
    /// Forgets what a model learned long ago and does not use.
    fn forget_versions(&mut self, model: &str) -> Result<()> {
        let gone: Vec<ContentHash> = self
            .tx
            .prepare_cached(
                "DELETE FROM version WHERE model = ?1 AND number <= (SELECT max(number) FROM version WHERE model = ?1) - ?2 \
                 AND number <> (SELECT version FROM model WHERE id = ?1) RETURNING learned",
            )?
            .query_map(params![model, VERSIONS_KEPT], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for content in gone {
            self.drop_content(content);
        }
        Ok(())
    }

    fn put_training(&mut self, model: &ModelId, new: NewTraining) -> Result<String> {
        let bytes = i64::try_from(new.content.bytes()).unwrap_or(i64::MAX);
        let content = self.publish(new.content)?;
        let id: String = self
            .tx
            .prepare_cached(
                "INSERT INTO training (id, model, name, content, size, width, height, annotation, added_ms, words, tables) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
                 ON CONFLICT (model, name, content) DO UPDATE \
                 SET width = ?6, height = ?7, annotation = ?8, words = ?10, tables = ?11 RETURNING id",
            )?
            .query_row(
                params![
                    Uuid::new_v4().to_string(),
                    model.as_str(),
                    new.name,
                    content,
                    bytes,
                    new.width,
                    new.height,
                    new.annotation,
                    self.now_ms,
                    new.words,
                    new.tables
                ],
                |row| row.get(0),
            )?;
        self.tx.prepare_cached("DELETE FROM training_label WHERE training = ?1")?.execute([&id])?;
        for (name, count) in &new.labels {
            let label: String = self
                .tx
                .prepare_cached("SELECT id FROM label WHERE model = ?1 AND name = ?2")?
                .query_row([model.as_str(), name], |row| row.get(0))
                .optional()?
                .ok_or_else(|| StoreError::UnknownLabel(name.clone()))?;
            self.tx
                .prepare_cached(
                    "INSERT INTO training_label (training, label, count) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (training, label) DO UPDATE SET count = count + ?3",
                )?
                .execute(params![id, label, count])?;
        }
        Ok(id)
    }
}
