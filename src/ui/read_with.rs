//! How documents are read: which pages, with a hint of the language, with words of one's own. The lines to type it in, the
//! dialog that reads a document again and the one that adds documents.

use super::controls::{Look, NAMES, PushButton, form_button_ui, form_note_ui, line_edit_ui, palette};
use crate::desk::{Action, Command, Commands, DeskDocument, DocumentId, ReadOptions, State};
use egui::{Response, RichText, Ui};
use std::collections::BTreeSet;

/// No document that is added has a page beyond.
const MOST_PAGES: u32 = 100_000;

/// How to read documents, as it is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionsForm {
    pages: String,
    language: String,
    metadata: String,
}

impl OptionsForm {
    fn of(options: &ReadOptions) -> Self {
        let ReadOptions { pages, language, metadata } = options.clone();
        Self { pages: written(&pages), language, metadata }
    }

    /// What was typed, for a document of so many pages or for any; why it makes no sense otherwise.
    pub(super) fn options(&self, count: Option<u32>) -> Result<ReadOptions, String> {
        Ok(ReadOptions {
            pages: pages(&self.pages, count)?,
            language: self.language.trim().to_owned(),
            metadata: self.metadata.trim().to_owned(),
        })
    }

    /// The lines; answers the first.
    pub(super) fn ui(&mut self, ui: &mut Ui, pages_hint: &str) -> Response {
        let first = line_edit_ui(ui, "Pages", pages_hint, &mut self.pages, false);
        line_edit_ui(ui, "Language", "A hint, for services that take one: en, de, ja", &mut self.language, false);
        line_edit_ui(ui, "Your own note", "Goes along and comes back with the values", &mut self.metadata, false);
        first
    }
}

/// How to read a document again, as it is typed.
#[derive(Debug)]
pub(super) struct ReadWithView {
    document: DocumentId,
    form: OptionsForm,
}

impl ReadWithView {
    /// As it opens: as the document was read.
    pub(super) fn of(document: &DeskDocument) -> Self {
        Self { document: document.id, form: OptionsForm::of(&document.options) }
    }
}

/// Pages as they are typed, from 1, as in `1-3, 7`; those of the answer count from 0. Nothing is all of them, and so are all
/// `count` that a document has, where that is known.
fn pages(typed: &str, count: Option<u32>) -> Result<Vec<u32>, String> {
    let wrong = |part: &str| format!("{part} is no page; write as in 1-3, 7");
    let mut pages = BTreeSet::new();
    for part in typed.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let page = |text: &str| text.trim().parse::<u32>().ok().filter(|page| *page > 0).ok_or_else(|| wrong(part));
        let (first, last) = (page(first)?, page(last)?);
        if first > last {
            return Err(wrong(part));
        }
        match count {
            Some(count) if last > count => {
                return Err(format!("The document has {count} {}", if count == 1 { "page" } else { "pages" }));
            }
            None if last > MOST_PAGES => return Err(format!("No document has a page {last}")),
            _ => {}
        }
        pages.extend(first - 1..last);
    }
    Ok(if Some(pages.len() as u32) == count { Vec::new() } else { pages.into_iter().collect() })
}

/// Pages as a person types them.
fn written(pages: &[u32]) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for page in pages {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *page => *last = *page,
            _ => spans.push((*page, *page)),
        }
    }
    let span = |(first, last): &(u32, u32)| {
        if first == last { (first + 1).to_string() } else { format!("{}-{}", first + 1, last + 1) }
    };
    spans.iter().map(span).collect::<Vec<_>>().join(", ")
}

/// Asks how to read it; answers whether it was said.
pub(super) fn read_with_ui(ui: &mut Ui, state: &State, view: &mut ReadWithView, commands: &Commands) -> bool {
    let palette = palette(ui);
    let Some(document) = state.document(view.document) else { return true };
    ui.add(egui::Label::new(RichText::new(&document.name).color(palette.secondary)).truncate());
    ui.add_space(8.0);
    let count = document.page_count();
    let hint = match count {
        Some(1) => "There is only one".to_owned(),
        Some(count) => format!("All {count}; or some, as in 1-3, 7"),
        None => "All; or some, as in 1-3, 7".to_owned(),
    };
    let first = view.form.ui(ui, &hint);
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    let options = view.form.options(count);
    let (note, color) = match &options {
        Err(why) => (why.as_str(), palette.error),
        Ok(_) => ("What you confirmed or corrected stays; other values are replaced", palette.secondary),
    };
    form_note_ui(ui, note, color);
    let is_done = form_button_ui(ui, "Read it again", options.is_ok());
    if let (true, Ok(options)) = (is_done, options) {
        commands.push(Command::ReadWith(view.document, options));
    }
    is_done
}

/// How to read what is added next, as it is typed.
#[derive(Debug, Default)]
pub(super) struct AddWithView {
    form: OptionsForm,
}

/// Asks how to read what is chosen then; answers whether it was said.
pub(super) fn add_with_ui(ui: &mut Ui, state: &State, view: &mut AddWithView, commands: &Commands) -> bool {
    let palette = palette(ui);
    let service = state.account(state.chosen).map_or("this computer", |account| account.name.as_str());
    let words = format!("They hold for what you choose now, which {service} reads, and for nothing that comes later");
    ui.add(egui::Label::new(RichText::new(words).color(palette.secondary)).wrap());
    ui.add_space(8.0);
    let first = view.form.ui(ui, "All; or some, as in 1-3, 7");
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    let options = view.form.options(None);
    let (note, color) = match &options {
        Err(why) => (why.as_str(), palette.error),
        Ok(_) => ("Pages that a document does not have are left out", palette.secondary),
    };
    form_note_ui(ui, note, color);
    ui.add_space(14.0);
    let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
    let mut wanted = None;
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        ui.add_enabled_ui(options.is_ok(), |ui| {
            let files = ui.add(PushButton::new("Choose files…").look(Look::Primary));
            let folder = ui.add(PushButton::new("Choose a folder…"));
            if folder.clicked() {
                wanted = Some(Action::AddFolder);
            } else if files.clicked() || (enter && !folder.has_focus()) {
                wanted = Some(Action::AddFiles);
            }
        });
    });
    let (Some(action), Ok(options)) = (wanted, options) else { return false };
    commands.push(Command::With(Box::new(options), Box::new(Command::Do(action))));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_written_as_people_write_them() {
        assert_eq!(pages("1-3, 7", Some(9)).unwrap(), [0, 1, 2, 6]);
        assert_eq!(pages("2", Some(2)).unwrap(), [1]);
        assert!(pages("", Some(9)).unwrap().is_empty() && pages("1–9", Some(9)).unwrap().is_empty(), "all of them");
        for wrong in ["0", "3-1", "a", "1-10", "-1"] {
            assert!(pages(wrong, Some(9)).is_err(), "{wrong}");
        }
        assert_eq!(pages("1-3, 7", None).unwrap(), [0, 1, 2, 6], "of a document that is still to come");
        assert!(pages("1-4000000000", None).is_err());
        assert_eq!(written(&[0, 1, 2, 6]), "1-3, 7");
    }
}
