//! Models are made, changed, trained, gone back with and deleted.

use super::{Core, Task};
use crate::api::GENERAL;
use crate::desk::job::{Job, LessonOrder, Lost, ModelOrder, Remote, TaskId, TeachOrder, Told};
use crate::desk::models::{Lesson, Taught, Training};
use crate::desk::teaching::teaches;
use crate::desk::{
    ConnectionId, Delivery, DeskDocument, DocumentId, LabelChange, ModelCommand, ModelInfo, Origin, ReadState,
};
use crate::document::{Edit, Field, Problem, Standing, Step, Table, counted};
use crate::pages::PageFile;
use std::collections::BTreeSet;

/// The digest of annotations that are not known any more.
const OTHER: &str = "other";

impl Core {
    /// Does what a person asked of a model.
    pub(super) fn model_command(&mut self, at: ConnectionId, command: ModelCommand) {
        let order = match command {
            ModelCommand::Train(model, all) => return self.train(at, &model, all),
            ModelCommand::ReadUnreviewed(model) => return self.read_unreviewed(at, &model),
            ModelCommand::Create(name, labels) => ModelOrder::Create(name, labels),
            ModelCommand::Rename(model, name) => ModelOrder::Change(model, Some(name), None, Vec::new()),
            ModelCommand::AddLabels(model, labels) => ModelOrder::Change(model, None, None, labels),
            ModelCommand::ChangeLabel(model, change) => ModelOrder::Change(model, None, Some(change), Vec::new()),
            ModelCommand::Delete(model) => ModelOrder::Delete(model),
            ModelCommand::Look(model) => ModelOrder::Look(model),
            ModelCommand::RollBack(model, version) => ModelOrder::RollBack(model, version),
            ModelCommand::CancelTraining(model) => return self.cancel_training(at, &model),
        };
        self.jobs.push(Job::Model(at, Box::new(order)));
    }

    /// A service did what was asked of a model, or did not.
    pub(super) fn model_told(&mut self, at: ConnectionId, order: ModelOrder, result: Result<Told, Problem>) {
        let told = match result {
            Ok(told) => told,
            Err(problem) => {
                if let ModelOrder::CancelTraining(model) = order {
                    // It goes on, or was over already.
                    self.jobs.push(Job::Model(at, Box::new(ModelOrder::Look(model))));
                }
                return self.problem(problem, None);
            }
        };
        match (order, told) {
            (ModelOrder::Change(_, _, Some(LabelChange::Rename(from, to)), _), Told::Model(model)) => {
                self.relabel(at, &model.id, &from, &to);
                self.model_is(at, *model);
            }
            (ModelOrder::Create(..), Told::Model(model)) => {
                let (id, name) = (model.id.clone(), model.name.clone());
                self.model_is(at, *model);
                self.choose_model(at, &id);
                self.info(format!("{name} is made and reads what comes on the desk now"), None);
            }
            (ModelOrder::Delete(model), _) => self.model_gone(at, &model),
            (ModelOrder::RollBack(_, version), Told::Model(model)) => {
                self.info(format!("{} predicts with version {version} again", model.name), None);
                self.model_is(at, *model);
            }
            (_, Told::Model(model)) => self.model_is(at, *model),
            (_, Told::Nothing) => {}
        }
        // Whoever else began a training: it is watched.
        self.watch_trainings(at);
    }

    /// A label of a model has another name: its values on the desk are called so too, a step a document.
    fn relabel(&mut self, at: ConnectionId, model: &str, from: &str, to: &str) {
        let is_its = |document: &&DeskDocument| {
            let is_taught = document.taught.iter().any(|taught| taught.connection == at && taught.model == model);
            is_taught || (document.reader.connection == at && document.reader.model == model)
        };
        let steps: Vec<(DocumentId, Step)> = self
            .state
            .documents
            .iter()
            .filter(is_its)
            .map(|document| (document.id, Step(relabelled(document, from, to))))
            .filter(|(_, step)| !step.0.is_empty())
            .collect();
        for (id, step) in steps {
            self.make(id, Some(step));
        }
        self.take_rule_along(from, to);
    }

    /// What is expected of a label's values goes with its new name; where documents of others still have the old one, it
    /// stays there too.
    fn take_rule_along(&mut self, from: &str, to: &str) {
        let Some(rule) = self.state.rules.get(from).cloned() else { return };
        let pages = || self.state.documents.iter().flat_map(|document| document.pages.values());
        let is_left = pages().any(|page| {
            page.fields.iter().any(|field| field.label == from) || page.tables.iter().any(|table| table.label == from)
        });
        if !is_left {
            self.set_rule(from.to_owned(), None);
        }
        if !self.state.rules.contains_key(to) {
            self.set_rule(to.to_owned(), Some(rule));
        }
    }

    /// What is known of a model now.
    fn model_is(&mut self, at: ConnectionId, mut model: ModelInfo) {
        self.has_other_labels(at, &model);
        let models = self.state.models.entry(at).or_default();
        match models.iter_mut().find(|known| known.id == model.id) {
            Some(known) => {
                if model.versions.is_empty() {
                    model.versions = std::mem::take(&mut known.versions);
                }
                *known = model;
            }
            None => models.push(model),
        }
    }

    /// Documents of a model whose labels are others now are looked at anew.
    fn has_other_labels(&mut self, at: ConnectionId, model: &ModelInfo) {
        let names = |model: &ModelInfo| model.labels.iter().map(|label| label.name.clone()).collect::<Vec<_>>();
        let known = self.state.models.get(&at).and_then(|models| models.iter().find(|known| known.id == model.id));
        if known.is_some_and(|known| names(known) == names(model)) {
            return;
        }
        let its = self.state.documents.iter().filter(|d| d.reader.connection == at && d.reader.model == model.id);
        self.stale.extend(its.map(|document| document.id));
    }

    fn model_gone(&mut self, at: ConnectionId, model: &str) {
        let Some(models) = self.state.models.get_mut(&at) else { return };
        let name = models.iter().find(|known| known.id == model).map_or(model, |known| known.name.as_str()).to_owned();
        models.retain(|known| known.id != model);
        if self.state.model_of(at) == model {
            let next = if at.is_this_computer() { GENERAL } else { "" };
            match self.state.accounts.iter_mut().find(|account| account.id == at) {
                Some(account) => next.clone_into(&mut account.model),
                None => next.clone_into(&mut self.state.local_model),
            }
        }
        self.stop_teaching(at, model);
        for document in self.state.documents.iter().filter(|document| document.reading.is_open()) {
            let Some(paper) = self.papers.get_mut(&document.id) else { continue };
            let origin = &mut paper.origin;
            if origin.connection == at && origin.model == model && origin.delivery == Delivery::Unsent {
                // Whoever is chosen then reads what waits for it; what was read keeps the name of who read it.
                origin.model.clear();
                self.changed.insert(document.id);
            }
        }
        for document in &mut self.state.documents {
            let before = document.taught.len();
            document.taught.retain(|taught| taught.connection != at || taught.model != model);
            if document.taught.len() != before {
                self.changed.insert(document.id);
            }
        }
        self.info(format!("{name} is deleted"), None);
    }

    fn teachings<'a>(&'a self, at: ConnectionId, model: &'a str) -> impl Iterator<Item = TaskId> + 'a {
        let is_it = move |task: &Task| matches!(task, Task::Teach(of) if of.connection == at && of.model == model);
        self.tasks.iter().filter(move |(_, task)| is_it(task)).map(|(id, _)| *id)
    }

    /// A model of a service, as far as that is known.
    fn model(&self, at: ConnectionId, model: &str) -> Option<ModelInfo> {
        self.state.models_of(at).into_iter().find(|known| known.id == model)
    }

    /// Sends what a model is to learn from and has not got yet, and has it trained.
    fn train(&mut self, at: ConnectionId, model: &str, all: bool) {
        let Some(info) = self.model(at, model).filter(ModelInfo::learns) else { return };
        if self.teachings(at, model).next().is_some() || info.is_busy() {
            return self.info(format!("{} is being trained already", info.name), None);
        }
        let mut order = TeachOrder {
            remote: Remote { connection: at, model: model.to_owned() },
            trains: true,
            ..TeachOrder::default()
        };
        let mut known = 0;
        for document in &self.state.documents {
            let lesson = document.lesson(at, &info, all);
            let taught = document.taught.iter().find(|taught| taught.connection == at && taught.model == model);
            match (&lesson, taught) {
                (Lesson::Taught, _) => known += 1,
                (lesson, _) if lesson.is_in() => order.lessons.extend(self.lesson_order(document, at, &info)),
                // What a person took back is to be forgotten; what is only not here yet is not.
                (Lesson::Unread, _) => {}
                (Lesson::Unreviewed, Some(taught)) if !taught.was_approved => {}
                (_, Some(taught)) if !taught.file.is_empty() => order.forgets.push((document.id, taught.file.clone())),
                _ => {}
            }
        }
        if order.lessons.is_empty() && known == 0 && info.documents.unwrap_or(0) == 0 {
            let sentence = format!(
                "{} has nothing to learn from yet: approve documents that have values of its labels (Ctrl Enter), then train it",
                info.name
            );
            return self.info(sentence, None);
        }
        let training = Training { total: order.lessons.len(), ..Training::default() };
        self.state.trainings.insert((at, model.to_owned()), training);
        self.start(Task::Teach(order.remote.clone()), |task| Job::Teach(task, Box::new(order)));
    }

    fn lesson_order(&self, document: &DeskDocument, at: ConnectionId, model: &ModelInfo) -> Option<LessonOrder> {
        let (objects, digest) = teaches(document, at, model);
        let paper = self.papers.get(&document.id)?;
        let taught = document.taught.iter().find(|taught| taught.connection == at && taught.model == model.id);
        Some(LessonOrder {
            document: document.id,
            file: PageFile { path: document.path.clone(), password: document.password.clone() },
            name: document.name.clone(),
            // What its service fetched is here with the pages that were read, which may not be all.
            address: paper.address.clone().filter(|_| !paper.is_theirs),
            objects,
            digest,
            may_be_there: taught.is_some_and(|taught| taught.digest.is_empty()),
            replaces: taught.map(|taught| taught.file.clone()).unwrap_or_default(),
        })
    }

    /// Where a model is trained or waits for it, that is watched until it is over.
    pub(super) fn watch_trainings(&mut self, at: ConnectionId) {
        let busy = self.state.models_of(at).into_iter().filter(|model| model.is_busy() && model.learns());
        for model in busy.collect::<Vec<_>>() {
            if self.teachings(at, &model.id).next().is_some() {
                continue;
            }
            let remote = Remote { connection: at, model: model.id.clone() };
            let training = Training { is_asked: true, ..Training::default() };
            self.state.trainings.insert((at, model.id), training);
            let order = TeachOrder { remote: remote.clone(), ..TeachOrder::default() };
            self.start(Task::Teach(remote), |task| Job::Teach(task, Box::new(order)));
        }
    }

    /// Documents are about to be sent to a training set: from now on they may be there, and that is kept before they go.
    pub(super) fn teaching(&mut self, task: TaskId, ids: Vec<DocumentId>) {
        let Some(Task::Teach(remote)) = self.tasks.get(&task) else { return };
        let remote = remote.clone();
        for id in ids {
            self.note_taught(id, &remote, String::new(), String::new());
        }
        self.after_saving.push(Job::Go(task));
    }

    /// A document is in a training set, or could not be sent.
    pub(super) fn taught(&mut self, task: TaskId, id: DocumentId, result: Result<(String, String), Lost>) {
        let Some(Task::Teach(remote)) = self.tasks.get(&task) else { return };
        let remote = remote.clone();
        if let Some(training) = self.state.trainings.get_mut(&(remote.connection, remote.model.clone())) {
            training.sent += 1;
            if let Err(lost) = &result {
                training.failed.insert(id, lost.problem.clone());
            }
        }
        match result {
            Ok((digest, file)) => self.note_taught(id, &remote, digest, file),
            Err(lost) => {
                if !lost.may_be_there {
                    self.note_unsent(id, &remote);
                }
                self.problem(lost.problem, Some(id));
            }
        }
    }

    fn note_taught(&mut self, id: DocumentId, remote: &Remote, digest: String, file: String) {
        let Some((document, _)) = self.pair(id) else { return };
        let was_approved = document.standing == Standing::Approved;
        let (connection, model) = (remote.connection, remote.model.clone());
        let known = document.taught.iter_mut().find(|known| known.connection == connection && known.model == model);
        match known {
            Some(known) => {
                if !file.is_empty() {
                    known.file = file;
                }
                known.digest = digest;
                known.was_approved = was_approved;
            }
            None => document.taught.push(Taught { connection, model, digest, file, was_approved }),
        }
        self.changed.insert(id);
    }

    /// A document that was to be sent is not there as it is now; an earlier state of it may be.
    fn note_unsent(&mut self, id: DocumentId, remote: &Remote) {
        let Some((document, _)) = self.pair(id) else { return };
        let is_it = |known: &Taught| known.connection == remote.connection && known.model == remote.model;
        document.taught.retain(|known| !is_it(known) || !known.file.is_empty());
        for known in document.taught.iter_mut().filter(|known| is_it(known)) {
            OTHER.clone_into(&mut known.digest);
        }
        self.changed.insert(id);
    }

    /// A document is not in a training set any more.
    pub(super) fn forgot(&mut self, task: TaskId, id: DocumentId) {
        let Some(Task::Teach(remote)) = self.tasks.get(&task) else { return };
        let remote = remote.clone();
        let Some((document, _)) = self.pair(id) else { return };
        document.taught.retain(|taught| taught.connection != remote.connection || taught.model != remote.model);
        self.changed.insert(id);
    }

    /// The service is about to be asked to train.
    pub(super) fn training_asked(&mut self, task: TaskId) {
        let Some(Task::Teach(remote)) = self.tasks.get(&task) else { return };
        if let Some(training) = self.state.trainings.get_mut(&(remote.connection, remote.model.clone())) {
            training.is_asked = true;
        }
    }

    /// How far a training is.
    pub(super) fn training(&mut self, task: TaskId, model: ModelInfo) {
        let Some(Task::Teach(remote)) = self.tasks.get(&task) else { return };
        let at = remote.connection;
        if let Some(training) = self.state.trainings.get_mut(&(at, model.id.clone())) {
            training.is_asked = true;
        }
        self.model_is(at, model);
    }

    /// A training is over.
    pub(super) fn trained(&mut self, task: TaskId, result: Result<ModelInfo, Problem>) {
        let Some(Task::Teach(remote)) = self.tasks.remove(&task) else { return };
        let Remote { connection: at, model } = remote;
        let remote_model = model.clone();
        if let Some(training) = self.state.trainings.remove(&(at, model.clone()))
            && !training.failed.is_empty()
        {
            let failed = training.failed.len();
            let documents = counted(failed, "document");
            let training = Training { is_asked: false, ..training };
            self.state.trainings.insert((at, model), training);
            self.info(format!("{documents} could not be sent to learn from; the rest was"), None);
        }
        let model = match result {
            Ok(model) => model,
            Err(problem) => {
                // It may be trained all the same.
                self.jobs.push(Job::Model(at, Box::new(ModelOrder::Look(remote_model))));
                return self.problem(problem, None);
            }
        };
        if !model.note.is_empty() {
            self.problem(Problem::new(format!("{} was not trained: {}", model.name, model.note)), None);
        } else if model.is_ready() {
            self.info(learnt(&model), None);
        }
        self.model_is(at, model);
    }

    /// Stops sending and watching; whether the service was asked to train.
    fn stop_teaching(&mut self, at: ConnectionId, model: &str) -> bool {
        let running: Vec<TaskId> = self.teachings(at, model).collect();
        for task in running {
            self.stop(task);
        }
        self.state.trainings.remove(&(at, model.to_owned())).is_some_and(|training| training.is_asked)
    }

    pub(super) fn cancel_training(&mut self, at: ConnectionId, model: &str) {
        let was_asked = self.stop_teaching(at, model);
        if was_asked || self.model(at, model).is_some_and(|known| known.is_busy()) {
            self.jobs.push(Job::Model(at, Box::new(ModelOrder::CancelTraining(model.to_owned()))));
        }
    }

    /// Has them read with the model as it is now. What persons said of them stays.
    fn read_unreviewed(&mut self, at: ConnectionId, model: &str) {
        let ids = self.state.unreviewed(at, model);
        if ids.is_empty() {
            return self.info("There is no document that was read and that nobody decided about", None);
        }
        for id in &ids {
            let Some((document, paper)) = self.pair(*id) else { continue };
            paper.origin = Origin { connection: at, model: model.to_owned(), ..Origin::default() };
            paper.asks_again = false;
            paper.read.clear();
            paper.wordless.clear();
            paper.chunk = 1;
            document.reading = ReadState::Queued;
            self.changed.insert(*id);
        }
        let count = ids.len();
        self.info(format!("{} {} read again", counted(count, "document"), if count == 1 { "is" } else { "are" }), None);
    }

    /// A document was approved: a model of this computer that read it may learn from it at once.
    pub(super) fn note_approval(&mut self, id: DocumentId) {
        if !self.state.view.learns_at_once {
            return;
        }
        let Some((_, paper)) = self.known(id) else { return };
        let origin = &paper.origin;
        if origin.connection.is_this_computer() && origin.model != GENERAL && !origin.model.is_empty() {
            self.to_teach.insert(origin.model.clone());
        }
    }

    /// Has the models trained whose documents were approved.
    pub(super) fn start_teachings(&mut self) {
        let here = ConnectionId::THIS_COMPUTER;
        if self.to_teach.is_empty() || !self.can_read(here) {
            return;
        }
        let is_free = |model: &String| {
            let is_busy = self.model(here, model).is_some_and(|known| known.is_busy());
            !is_busy && self.teachings(here, model).next().is_none()
        };
        let free: BTreeSet<String> = self.to_teach.iter().filter(|model| is_free(model)).cloned().collect();
        for model in free {
            self.to_teach.remove(&model);
            self.train(here, &model, false);
        }
    }
}

/// The edits that call the values of a label by another name.
fn relabelled(document: &DeskDocument, from: &str, to: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for page in document.pages.values() {
        let number = page.number;
        for (at, before) in page.fields.iter().enumerate().filter(|(_, field)| field.label == from) {
            let after = Field { label: to.to_owned(), ..before.clone() };
            let (before, after) = (Some(before.clone().into()), Some(after.into()));
            edits.push(Edit::Field { page: number, at, before, after });
        }
        for (at, before) in page.tables.iter().enumerate().filter(|(_, table)| table.label == from) {
            let after = Table { label: to.to_owned(), ..before.clone() };
            let (before, after) = (Some(before.clone().into()), Some(after.into()));
            edits.push(Edit::Table { page: number, at, before, after });
        }
    }
    edits
}

/// What a training came to, in a sentence.
fn learnt(model: &ModelInfo) -> String {
    let name = &model.name;
    let Some((version, earlier)) = model.versions.split_last() else { return format!("{name} is trained") };
    let before = earlier.last().and_then(|version| version.f1);
    let documents = counted(version.documents as usize, "document");
    match (version.f1, before) {
        (Some(now), Some(before)) => format!("{name} learnt from {documents}: F1 {now:.2}, before {before:.2}"),
        (Some(now), None) => format!("{name} learnt from {documents}: F1 {now:.2}"),
        (None, _) => format!("{name} learnt from {documents}"),
    }
}
