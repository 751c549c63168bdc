//! The dialog that reads a document again: some pages only, or with a hint.

use super::controls::{form_button_ui, form_note_ui, line_edit_ui, palette};
use crate::desk::{Command, Commands, DeskDocument, DocumentId, ReadOptions, State};
use egui::{RichText, Ui};
use std::collections::BTreeSet;

/// How to read it, as it is typed.
#[derive(Debug)]
pub(super) struct ReadWithView {
    document: DocumentId,
    pages: String,
    language: String,
}

impl ReadWithView {
    /// As it opens: as the document was read.
    pub(super) fn of(document: &DeskDocument) -> Self {
        let options = &document.options;
        Self { document: document.id, pages: written(&options.pages), language: options.language.clone() }
    }

    /// What was typed; why it makes no sense otherwise.
    fn options(&self, count: u32) -> Result<ReadOptions, String> {
        Ok(ReadOptions { pages: pages(&self.pages, count)?, language: self.language.trim().to_owned() })
    }
}

/// Pages as they are typed, from 1, as in `1-3, 7`; those of the answer count from 0. Nothing is all of them.
fn pages(typed: &str, count: u32) -> Result<Vec<u32>, String> {
    let wrong = |part: &str| format!("{part} is no page; write as in 1-3, 7");
    let mut pages = BTreeSet::new();
    for part in typed.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let page = |text: &str| text.trim().parse::<u32>().ok().filter(|page| *page > 0).ok_or_else(|| wrong(part));
        let (first, last) = (page(first)?, page(last)?);
        if first > last {
            return Err(wrong(part));
        }
        if last > count {
            return Err(format!("The document has {count} {}", if count == 1 { "page" } else { "pages" }));
        }
        pages.extend(first - 1..last);
    }
    Ok(if pages.len() as u32 == count { Vec::new() } else { pages.into_iter().collect() })
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
    let count = document.page_count().unwrap_or(1);
    let hint = format!("All {count}; or some, as in 1-3, 7");
    let hint = if count == 1 { "There is only one" } else { &hint };
    let first = line_edit_ui(ui, "Pages", hint, &mut view.pages, false);
    line_edit_ui(ui, "Language", "A hint, for services that take one: en, de, ja", &mut view.language, false);
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    let options = view.options(count);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_written_as_people_write_them() {
        assert_eq!(pages("1-3, 7", 9).unwrap(), [0, 1, 2, 6]);
        assert_eq!(pages("2", 2).unwrap(), [1]);
        assert!(pages("", 9).unwrap().is_empty() && pages("1–9", 9).unwrap().is_empty(), "all of them");
        for wrong in ["0", "3-1", "a", "1-10", "-1"] {
            assert!(pages(wrong, 9).is_err(), "{wrong}");
        }
        assert_eq!(written(&[0, 1, 2, 6]), "1-3, 7");
    }
}
