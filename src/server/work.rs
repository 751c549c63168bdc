//! What the queue's jobs are: opening files, reading pages, finding the values of a model's labels, training.

use super::extractors::{Extractors, label_specs};
use super::lessons::example;
use super::queue::{Failure, Outcome};
use super::reading::{ReadError, Reader, Source, Wanted};
use super::schedule::none_wanted;
use super::selection::Selection;
use super::store::{FileRecord, NewPage, PageReading, Store, StoreError, Task, Trained};
use super::trainings::Trainings;
use crate::api::convert::predictions;
use crate::api::{FileId, ModelId, PageId, Prediction};
use crate::document::{Page, PageSize, PageText, Table};
use crate::engine::learn::{self, Extractor, LearnError, TrainOptions};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Does the jobs.
pub(super) struct Work {
    pub(super) store: Arc<Store>,
    pub(super) reader: Arc<dyn Reader>,
    pub(super) extractors: Extractors,
    pub(super) trainings: Arc<Trainings>,
    pub(super) threads: usize,
}

impl Work {
    /// Does one job.
    pub(super) fn run(&self, task: &Task, cancel: &CancellationToken) -> Result<Outcome, Failure> {
        match task {
            Task::Open { file } => self.open(file),
            Task::Page { page, file, number } => self.read(page, file, *number, cancel),
            Task::Extract { file } => self.extract(file),
            Task::Train { model } => self.train(model, cancel),
        }
    }

    fn open(&self, id: &FileId) -> Result<Outcome, Failure> {
        let file = self.store.file(id).map_err(|e| stored(&e))?;
        let sizes = self.with_source(&file, |source| self.reader.open(source))?.map_err(unread)?;
        let wanted = Selection::parse(&file.pages_wanted).unwrap_or_default().of(sizes.len());
        if wanted.is_empty() {
            return Err(Failure::ForGood(none_wanted(sizes.len()).message));
        }
        let page = |number: u32| {
            let size = sizes[number as usize];
            NewPage { number, width: size.width, height: size.height }
        };
        Ok(Outcome::Opened { page_count: sizes.len() as u32, pages: wanted.into_iter().map(page).collect() })
    }

    fn read(&self, id: &PageId, file: &FileId, number: u32, cancel: &CancellationToken) -> Result<Outcome, Failure> {
        let file = self.store.file(file).map_err(|e| stored(&e))?;
        let record = self.store.page(id).map_err(|e| stored(&e))?;
        let size = PageSize::new(record.width, record.height);
        let read = self
            .with_source(&file, |source| self.reader.read(source, number, size, Wanted::Fields, cancel))?
            .map_err(unread)?;
        let whole = self.store.model(&file.model).map_err(|e| stored(&e))?.whole;
        let words = json(&read.text)?;
        let tables = if whole { json(&read.tables)? } else { "[]".to_owned() };
        let size = read.size;
        let boxes = if whole { "[]".to_owned() } else { json(&predictions(&named(read)))? };
        Ok(Outcome::Read(PageReading {
            width: size.width,
            height: size.height,
            image: None,
            boxes,
            words,
            tables,
            message: String::new(),
        }))
    }

    /// A model of labels has its say over all pages of a file at once: a value may stand on any of them.
    fn extract(&self, id: &FileId) -> Result<Outcome, Failure> {
        let file = self.store.file(id).map_err(|e| stored(&e))?;
        let model = self.store.model(&file.model).map_err(|e| stored(&e))?;
        let extractor = self.extractors.of(&self.store, &model).map_err(Failure::ForGood)?;
        let contents = self.store.contents(id).map_err(|e| stored(&e))?;
        let mut texts: Vec<PageText> = Vec::with_capacity(contents.len());
        let mut tables: Vec<Vec<Table>> = Vec::with_capacity(contents.len());
        for page in &contents {
            texts.push(parsed::<Option<PageText>>(&page.words)?.unwrap_or_default());
            tables.push(parsed(&page.tables)?);
        }
        let said =
            extractor.predict(&texts.iter().collect::<Vec<_>>(), &tables.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let mut boxes = Vec::with_capacity(contents.len());
        for ((page, text), said) in contents.into_iter().zip(&texts).zip(said) {
            let learn::Prediction { fields, tables } = said;
            let read = Page { number: page.number, size: text.size, fields, tables, ..Page::default() };
            let mut wire: Vec<Prediction> = predictions(&named(read));
            for one in &mut wire {
                one.label_id = model.labels.iter().find(|label| label.name == one.label).map(|label| label.id.clone());
            }
            boxes.push((page.page, json(&wire)?));
        }
        Ok(Outcome::Extracted(boxes))
    }

    fn train(&self, id: &ModelId, cancel: &CancellationToken) -> Result<Outcome, Failure> {
        let model = self.store.model(id).map_err(|e| stored(&e))?;
        let lessons = self.store.lessons(id).map_err(|e| stored(&e))?;
        let mut examples = Vec::with_capacity(lessons.len());
        for lesson in &lessons {
            examples.push(example(lesson).map_err(Failure::ForGood)?);
        }
        let options = TrainOptions { threads: self.threads, ..TrainOptions::default() };
        let progress = |share: f32| self.trainings.put(id, share);
        progress(0.0);
        let trained = Extractor::train(&label_specs(&model), &examples, &options, &progress, cancel);
        self.trainings.end(id);
        let (extractor, report) = trained.map_err(|error| match error {
            LearnError::Cancelled => Failure::Cancelled,
            other => Failure::ForGood(other.to_string()),
        })?;
        let files = |numbers: &[usize]| numbers.iter().filter_map(|&n| Some(&lessons.get(n)?.id)).collect();
        let (wrong, contradicting) = (files(&report.wrong), files(&report.contradicting));
        let parts = lessons.iter().zip(&report.parts).map(|(lesson, part)| (lesson.id.as_str(), part + 1)).collect();
        let f1 = report.measured.then_some(report.f1);
        let report_json = json(&ReportOut { labels: &report.labels, f1, wrong, contradicting, parts })?;
        let mut learned = self.store.incoming().map_err(|e| stored(&e))?;
        learned.write_all(&extractor.to_bytes()).map_err(|e| stored(&e.into()))?;
        Ok(Outcome::Trained(Trained {
            learned: learned.finish().map_err(|e| stored(&e))?,
            accuracy: f1.map(f64::from),
            report: report_json,
            documents: lessons.len() as u32,
        }))
    }

    /// Gives `what` the file's content and password.
    fn with_source<T>(&self, file: &FileRecord, what: impl FnOnce(Source<'_>) -> T) -> Result<T, Failure> {
        let path = self.store.local_path(file.content).map_err(|e| stored(&e))?;
        let password = self.store.password(&file.id).map_err(|e| stored(&e))?;
        Ok(what(Source { path: &path, password: password.as_ref().map(|password| password.0.as_str()) }))
    }
}

/// What a training measured, as it is kept and answered.
#[derive(Serialize)]
struct ReportOut<'a> {
    labels: &'a [learn::LabelReport],
    /// None where too few documents were there to hold any out.
    f1: Option<f32>,
    /// The documents that it got wrong.
    wrong: Vec<&'a FileId>,
    /// Those that say the same as another one and are annotated in another way.
    contradicting: Vec<&'a FileId>,
    /// In which of five parts each document was held out, from 1; empty where each was held out by itself.
    parts: BTreeMap<&'a str, u8>,
}

/// Gives everything on a page a name that nothing else has, on any page of any file.
fn named(mut page: Page) -> Page {
    let name = || Uuid::new_v4().to_string();
    for field in &mut page.fields {
        field.id.0 = name();
    }
    for table in &mut page.tables {
        table.id.0 = name();
        for cell in &mut table.cells {
            cell.id = name();
        }
    }
    page
}

/// Why a job did not read.
fn unread(error: ReadError) -> Failure {
    match error {
        ReadError::Cancelled => Failure::Cancelled,
        ReadError::Problem(problem) => Failure::ForGood(problem.message),
        ReadError::Passing(problem) => Failure::ThisTime(problem.message),
    }
}

/// The store could not say what a job needs. Where the record is gone, so is the job.
fn stored(error: &StoreError) -> Failure {
    match error {
        StoreError::Missing { .. } => Failure::Cancelled,
        other => Failure::ThisTime(other.to_string()),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::ForGood(error.to_string()))
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::ForGood(error.to_string()))
}
