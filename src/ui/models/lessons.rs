//! The training set of a model: which documents of the desk are in it, which are not, and why.

use super::super::controls::{choice_ui, palette};
use super::super::theme;
use super::{count_words, row_ui};
use crate::desk::{Command, Commands, ConnectionId, DeskDocument, DocumentId, Lesson, ModelInfo, ReadState, State};
use egui::{RichText, Ui};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Which documents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    All,
    In,
    Out,
}

/// What was counted, and of which state of the desk.
#[derive(Debug, Default)]
pub(super) struct LessonsView {
    wanted: Wanted,
    revision: Option<(u64, bool)>,
    lessons: Vec<(DocumentId, Lesson)>,
    /// What each document was like when it was counted.
    made_from: HashMap<DocumentId, u64>,
}

impl LessonsView {
    /// Counts anew where the desk has changed.
    fn count(&mut self, state: &State, at: ConnectionId, model: &ModelInfo, all: bool) {
        if self.revision.replace((state.revision, all)) != Some((state.revision, all)) {
            let known: HashMap<DocumentId, Lesson> = self.lessons.drain(..).collect();
            for document in &state.documents {
                let made_from = made_from(document, model, all);
                let is_known = self.made_from.insert(document.id, made_from) == Some(made_from);
                let lesson = known.get(&document.id).filter(|_| is_known).cloned();
                self.lessons.push((document.id, lesson.unwrap_or_else(|| document.lesson(at, model, all))));
            }
        }
    }
}

/// Another number where a document's lesson may be another.
fn made_from(document: &DeskDocument, model: &ModelInfo, all: bool) -> u64 {
    let mut hash = DefaultHasher::new();
    for page in document.pages.values() {
        Arc::as_ptr(page).hash(&mut hash);
    }
    let reading = match &document.reading {
        ReadState::SameAs(id) => id.0 + 2,
        ReadState::Done => 1,
        _ => 0,
    };
    (document.page_count(), document.standing as u8, reading, all).hash(&mut hash);
    for taught in &document.taught {
        (&taught.model, &taught.digest).hash(&mut hash);
    }
    for label in &model.labels {
        label.name.hash(&mut hash);
    }
    hash.finish()
}

/// Shows it; answers whether a document was opened.
pub(super) fn lessons_ui(
    ui: &mut Ui,
    state: &State,
    at: ConnectionId,
    model: &ModelInfo,
    takes_all: &mut bool,
    view: &mut LessonsView,
    commands: &Commands,
) -> bool {
    let palette = palette(ui);
    view.count(state, at, model, *takes_all);
    let small = |text: String| RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    let count = |is_it: &dyn Fn(&Lesson) -> bool| view.lessons.iter().filter(|(_, lesson)| is_it(lesson)).count();
    let comes = count(&|lesson| *lesson == Lesson::New);
    let is_in = count(&Lesson::is_in);
    let out = view.lessons.len() - is_in;
    ui.horizontal(|ui| {
        for (wanted, name) in [
            (Wanted::All, format!("All {}", view.lessons.len())),
            (Wanted::In, format!("In {is_in}")),
            (Wanted::Out, format!("Out {out}")),
        ] {
            if choice_ui(ui, &name, view.wanted == wanted).clicked() {
                view.wanted = wanted;
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.checkbox(takes_all, "Also what nobody approved")
                .on_hover_text("Values that nobody looked at may be wrong, and are learnt all the same");
        });
    });
    ui.add(egui::Label::new(small(set_words(model, is_in - comes, comes))).wrap());
    ui.add_space(4.0);
    let listed: Vec<&(DocumentId, Lesson)> = view
        .lessons
        .iter()
        .filter(|(_, lesson)| match view.wanted {
            Wanted::All => true,
            Wanted::In => lesson.is_in(),
            Wanted::Out => !lesson.is_in(),
        })
        .collect();
    let failed = state.trainings.get(&(at, model.id.clone())).map(|training| &training.failed);
    let mut opened = None;
    egui::ScrollArea::vertical().id_salt("lessons").auto_shrink(false).show_rows(
        ui,
        theme::ROW,
        listed.len(),
        |ui, rows| {
            ui.set_max_width(ui.available_width() - 14.0);
            for (id, lesson) in listed[rows].iter().copied() {
                let Some(document) = state.document(*id) else { continue };
                let problem = failed.and_then(|failed| failed.get(id));
                let (words, color) = match problem {
                    Some(problem) => (problem.message.clone(), palette.error),
                    None if lesson.is_in() => (lesson_words(state, lesson), palette.good),
                    None => (lesson_words(state, lesson), palette.secondary),
                };
                let note = held_out(document, at, model);
                if row_ui(ui, &document.name, &words, color, &note) {
                    opened = Some(*id);
                }
            }
        },
    );
    if view.lessons.is_empty() {
        ui.label(small("Documents stand here once they are on the desk".to_owned()));
    }
    if let Some(id) = opened {
        commands.push(Command::Open(id));
    }
    opened.is_some()
}

/// What is in the set, and how it is measured.
fn set_words(model: &ModelInfo, taught: usize, comes: usize) -> String {
    let mut words = format!("{} with the next training", count_words(comes, "comes", "come"));
    // What was taken off the desk stays taught.
    let elsewhere = (model.documents.unwrap_or(0) as usize).saturating_sub(taught);
    if elsewhere > 0 {
        let documents = count_words(elsewhere, "document of the set is", "documents of the set are");
        words = format!("{words}. {documents} not on the desk any more");
    }
    format!(
        "{words}. Each document is held out once and measured by what the others teach; its contents decide with which"
    )
}

fn lesson_words(state: &State, lesson: &Lesson) -> String {
    match lesson {
        Lesson::New => "Comes with the next training".to_owned(),
        Lesson::Changed => "In, was changed since".to_owned(),
        Lesson::Sent => "Is sent".to_owned(),
        Lesson::Taught => "In".to_owned(),
        Lesson::Unreviewed => "Nobody approved it".to_owned(),
        Lesson::Rejected => "Rejected".to_owned(),
        Lesson::SameAs(id) => {
            format!("The same as {}", state.document(*id).map_or("another one", |document| document.name.as_str()))
        }
        Lesson::NoLabel => "No value of its labels".to_owned(),
        Lesson::Unread => "Not read".to_owned(),
    }
}

/// In which part a document was held out.
fn held_out(document: &DeskDocument, at: ConnectionId, model: &ModelInfo) -> String {
    let taught = document.taught.iter().find(|taught| taught.connection == at && taught.model == model.id);
    let Some((taught, version)) = taught.zip(model.current()) else { return String::new() };
    match version.parts.get(&taught.file) {
        Some(part) => format!("held out in part {part} of 5"),
        None => String::new(),
    }
}
