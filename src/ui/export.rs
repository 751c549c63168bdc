//! The dialog of exports: what, of which documents, and what stands beside the values.

use super::controls::{Look, PushButton, choice_ui, palette};
use super::theme;
use crate::desk::{
    AnnotationFormat, Command, Commands, DeskDocument, DocumentId, ExportColumns, ExportOf, ExportWhat, State,
};
use crate::document::Standing;
use egui::{RichText, Role, Sense, Ui, WidgetInfo, vec2};
use std::collections::BTreeSet;

/// What can be exported: its name, and what it is in a few words.
const WHAT: &[(ExportWhat, &str, &str)] = &[
    (ExportWhat::Values, "Values", "A row a document: spreadsheet, CSV or JSON"),
    (ExportWhat::Lines, "Table lines", "A row a line of a table: CSV or spreadsheet"),
    (ExportWhat::Pdfs, "Searchable PDFs", "Each document with its words behind the page"),
    (ExportWhat::Json, "Everything as JSON", "Flat, with scores, boxes and cells"),
    (ExportWhat::Replies, "Everything as the Nanonets API says it", "For programs that read its replies"),
    (
        ExportWhat::Annotations(AnnotationFormat::Contract),
        "Annotations for the Nanonets API",
        "What is reviewed, as UploadFile takes it",
    ),
    (
        ExportWhat::Annotations(AnnotationFormat::LabelStudio),
        "Annotations for Label Studio",
        "What is reviewed, as tasks",
    ),
    (
        ExportWhat::Annotations(AnnotationFormat::Voc),
        "Annotations as Pascal VOC",
        "What is reviewed, an XML file a page",
    ),
];

/// Which documents are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Of {
    #[default]
    All,
    Approved,
    Listed,
    Selected,
    Open,
}

/// What is chosen.
#[derive(Debug)]
pub(super) struct ExportView {
    at: usize,
    of: Of,
    columns: ExportColumns,
    /// What can be meant, with the documents that are.
    offered: Vec<(Of, &'static str, Vec<DocumentId>)>,
}

impl ExportView {
    /// With what the list of documents shows.
    pub(super) fn of(state: &State, listed: &[DocumentId]) -> Self {
        let listed: BTreeSet<DocumentId> = listed.iter().copied().collect();
        let is_part = !listed.is_empty() && listed.len() < state.documents.len();
        let open = state.open.map(|open| open.document);
        let documents = |is_meant: &dyn Fn(&DeskDocument) -> bool| -> Vec<DocumentId> {
            let is_read = |document: &&DeskDocument| {
                !document.pages.is_empty() && document.standing != Standing::Rejected && is_meant(document)
            };
            state.documents.iter().filter(is_read).map(|document| document.id).collect()
        };
        let mut offered = vec![
            (Of::All, "All read", documents(&|_| true)),
            (Of::Approved, "Approved", documents(&|document| document.standing == Standing::Approved)),
        ];
        if is_part {
            offered.push((Of::Listed, "Listed at the left", documents(&|document| listed.contains(&document.id))));
        }
        let selected = &state.selected_documents;
        if !selected.is_empty() {
            offered.push((Of::Selected, "Selected", documents(&|document| selected.contains(&document.id))));
        } else if open.is_some() {
            offered.push((Of::Open, "The open one", documents(&|document| Some(document.id) == open)));
        }
        let of = match () {
            () if !selected.is_empty() => Of::Selected,
            () if is_part => Of::Listed,
            () => Of::All,
        };
        Self { at: 0, of, columns: state.view.export, offered }
    }

    /// The documents that are meant.
    fn documents(&self) -> &[DocumentId] {
        let meant = self.offered.iter().find(|(of, ..)| *of == self.of);
        meant.map(|(.., documents)| documents.as_slice()).unwrap_or_default()
    }
}

/// Asks what to export; answers whether it was said.
pub(super) fn export_ui(ui: &mut Ui, view: &mut ExportView, commands: &Commands) -> bool {
    let palette = palette(ui);
    let step = |i: &mut egui::InputState, key| i.consume_key(egui::Modifiers::NONE, key);
    if ui.input_mut(|i| step(i, egui::Key::ArrowDown)) {
        view.at = (view.at + 1).min(WHAT.len() - 1);
    }
    if ui.input_mut(|i| step(i, egui::Key::ArrowUp)) {
        view.at = view.at.saturating_sub(1);
    }
    for (place, (_, name, explanation)) in WHAT.iter().enumerate() {
        if what_ui(ui, name, explanation, view.at == place) {
            view.at = place;
        }
    }
    let what = WHAT[view.at].0;
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let mut meant = view.of;
        for (of, name, documents) in &view.offered {
            if choice_ui(ui, &format!("{name} · {}", documents.len()), view.of == *of).clicked() {
                meant = *of;
            }
        }
        view.of = meant;
    });
    ui.add_space(8.0);
    let has_columns = matches!(what, ExportWhat::Values | ExportWhat::Lines);
    ui.add_enabled_ui(has_columns, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("With").color(palette.secondary));
            ui.checkbox(&mut view.columns.scores, "scores");
            ui.checkbox(&mut view.columns.boxes, "boxes");
            ui.checkbox(&mut view.columns.reviewer, "reviewer");
            ui.checkbox(&mut view.columns.source, "who read it");
        });
    });
    ui.add_space(14.0);
    let documents = view.documents().to_vec();
    let export = PushButton::new("Export…").look(Look::Primary).width(110.0);
    let clicked = ui.add_enabled(!documents.is_empty(), export).clicked();
    let is_done = !documents.is_empty() && (clicked || ui.input(|i| i.key_pressed(egui::Key::Enter)));
    if is_done {
        commands.push(Command::Export(what, ExportOf::These(documents), view.columns));
    }
    is_done
}

fn what_ui(ui: &mut Ui, name: &str, explanation: &str, is_at: bool) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_at, name));
    if is_at || response.hovered() {
        let fill = if is_at { palette.accent_soft } else { palette.hover };
        ui.painter().rect_filled(rect, theme::FIELD_RADIUS, fill);
    }
    super::controls::focus_ring(ui, &response, rect);
    let middle = rect.left_center();
    let text = super::controls::elided(ui, name, theme::medium(theme::BODY), 270.0);
    super::controls::paint_line(ui, middle + vec2(10.0, 0.0), text, palette.text);
    let text = super::controls::elided(ui, explanation, theme::regular(theme::SMALL), rect.width() - 296.0);
    super::controls::paint_line(ui, middle + vec2(286.0, 0.0), text, palette.secondary);
    response.clicked()
}
