//! The labels that the open document has no value of: those that it should have, and those of its model. Each can be
//! drawn, typed, or said not to be there.

use super::controls::{PushButton, badge_ui, palette};
use super::theme;
use crate::desk::{Command, Commands, DeskDocument, DocumentId, LabelKind, State};
use crate::document::label_name;
use egui::{RichText, Ui};

/// What is being typed, and what is to be drawn.
#[derive(Debug, Default)]
pub(super) struct MissingView {
    typing: Option<Typing>,
    /// Another label that a value is typed for, also where it has one.
    other: Option<(DocumentId, String)>,
    /// The next missing value is typed, one after the other.
    fills: bool,
    draws: Option<Drawing>,
}

/// A value that is being typed.
#[derive(Clone, Debug)]
struct Typing {
    of: DocumentId,
    label: String,
    text: String,
    /// It has had the keyboard.
    is_open: bool,
}

impl Typing {
    fn new(of: DocumentId, label: &str) -> Self {
        Self { of, label: label.to_owned(), text: String::new(), is_open: false }
    }
}

/// The label of what is drawn next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawing {
    /// The label.
    pub(super) label: String,
    /// Its values are tables.
    pub(super) is_table: bool,
}

impl MissingView {
    /// From now on missing values are typed, one after the other.
    pub(super) const fn fill(&mut self) {
        self.fills = true;
    }

    /// A value of this label is typed next, whether it has one or not.
    pub(super) fn type_label(&mut self, of: DocumentId, label: String) {
        self.typing = None;
        self.other = Some((of, label));
    }

    /// What a person wants to draw, said once.
    pub(super) const fn take_drawing(&mut self) -> Option<Drawing> {
        self.draws.take()
    }
}

/// A label without a value.
struct Missing<'a> {
    label: &'a str,
    is_table: bool,
    /// The document should have one.
    is_required: bool,
}

/// Whether a label has no value yet that could be typed.
pub(super) fn has_missing(state: &State) -> bool {
    let document = state.open_document();
    document.is_some_and(|document| missing(state, document).iter().any(|one| !one.is_table))
}

fn missing<'a>(state: &'a State, document: &'a DeskDocument) -> Vec<Missing<'a>> {
    let labels = state.labels_of(document);
    let is_table = |label: &str| labels.iter().any(|known| known.name == label && known.kind == LabelKind::Table);
    let required = &document.concerns.missing;
    let mut missing: Vec<Missing<'_>> =
        required.iter().map(|label| Missing { label, is_table: is_table(label), is_required: true }).collect();
    let has = |label: &str| {
        document.pages.values().any(|page| {
            page.fields.iter().any(|field| field.label == label) || page.tables.iter().any(|table| table.label == label)
        })
    };
    for label in labels.iter().filter(|label| !required.contains(&label.name) && !has(&label.name)) {
        let is_table = label.kind == LabelKind::Table;
        missing.push(Missing { label: &label.name, is_table, is_required: false });
    }
    missing
}

/// Shows them.
pub(super) fn missing_ui(
    ui: &mut Ui,
    state: &State,
    document: &DeskDocument,
    view: &mut MissingView,
    commands: &Commands,
) {
    if view.typing.as_ref().is_some_and(|typing| typing.of != document.id) {
        view.typing = None;
    }
    view.other.take_if(|(of, _)| *of != document.id);
    let other = view.other.clone().map(|(_, label)| label);
    let mut missing = missing(state, document);
    if let Some(label) = &other {
        if missing.iter().all(|one| one.label != label) {
            missing.insert(0, Missing { label, is_table: false, is_required: false });
        }
        if view.typing.is_none() {
            view.typing = Some(Typing::new(document.id, label));
        }
    }
    if missing.is_empty() {
        *view = MissingView { draws: view.draws.take(), ..MissingView::default() };
        return;
    }
    if view.fills && view.typing.is_none() {
        let next = missing.iter().find(|one| !one.is_table);
        view.typing = next.map(|one| Typing::new(document.id, one.label));
        view.fills = view.typing.is_some();
    }
    let palette = palette(ui);
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        ui.add_space(16.0);
        let head = if view.other.is_some() { "To type" } else { "Missing" };
        ui.label(RichText::new(head).font(theme::semibold(theme::SMALL)).color(palette.secondary));
        badge_ui(ui, missing.len());
    });
    ui.add_space(2.0);
    for one in &missing {
        if view.typing.as_ref().is_some_and(|typing| typing.label == one.label) {
            typing_ui(ui, one, view, commands);
        } else {
            row_ui(ui, document, one, view, commands);
        }
    }
}

fn row_ui(ui: &mut Ui, document: &DeskDocument, one: &Missing<'_>, view: &mut MissingView, commands: &Commands) {
    let palette = palette(ui);
    let name = label_name(one.label);
    ui.horizontal(|ui| {
        ui.set_height(theme::ROW);
        ui.add_space(16.0);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.add_space(12.0);
            let none = PushButton::new("None").height(26.0);
            let hover = "The document has no such value";
            if ui.add(none).accessible_name(format!("{name} is not there")).on_hover_text(hover).clicked() {
                commands.push(Command::SayAbsent(one.label.to_owned()));
            }
            if !one.is_table {
                let typed = ui.add(PushButton::new("Type").height(26.0)).accessible_name(format!("Type {name}"));
                if typed.on_hover_text("Type the value; its place on the page is found").clicked() {
                    view.typing = Some(Typing::new(document.id, one.label));
                }
            }
            let draw = ui.add(PushButton::new("Draw").height(26.0)).accessible_name(format!("Draw {name}"));
            if draw.on_hover_text("Click a word or drag a box on the page").clicked() {
                view.draws = Some(Drawing { label: one.label.to_owned(), is_table: one.is_table });
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let color = if one.is_required { palette.warning } else { palette.text };
                ui.add(egui::Label::new(RichText::new(&name).color(color)).truncate());
            });
        });
    });
}

fn typing_ui(ui: &mut Ui, one: &Missing<'_>, view: &mut MissingView, commands: &Commands) {
    let Some(typing) = &mut view.typing else { return };
    let response = ui
        .horizontal(|ui| {
            ui.set_height(theme::ROW + 8.0);
            ui.add_space(16.0);
            let edit = egui::TextEdit::singleline(&mut typing.text)
                .hint_text(match &view.other {
                    Some(_) => label_name(one.label),
                    None => format!("{} · Enter alone: there is none", label_name(one.label)),
                })
                .margin(egui::Margin::symmetric(10, 6))
                .desired_width(ui.available_width() - 40.0);
            ui.add(edit).accessible_name(label_name(one.label))
        })
        .inner;
    if !std::mem::replace(&mut typing.is_open, true) {
        response.request_focus();
        return;
    }
    if response.has_focus() {
        return;
    }
    // Enter says it; whatever else takes the keyboard away leaves it unsaid.
    if response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        let (label, text) = (typing.label.clone(), typing.text.trim().to_owned());
        match text.is_empty() {
            true if view.other.is_some() => {}
            true => commands.push(Command::SayAbsent(label)),
            false => commands.push(Command::TypeValue(label, text)),
        }
    } else {
        view.fills = false;
    }
    view.typing = None;
    view.other = None;
}
