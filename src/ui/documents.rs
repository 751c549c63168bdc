//! The list of documents on the left: one row each, drawn only where it is in view.

mod row;
mod selection;

use super::controls::{choice_ui, palette, sized_icon_button_ui};
use super::find::Finder;
use super::hands::held_at_click;
use super::icons::Icon;
use super::images::PageImages;
use super::menu::{MenuRow, line_ui};
use super::summary::{Filter, Summary};
use super::theme;
use crate::desk::{Command, Commands, DocumentId, State};
use crate::document::grouped;
use chrono::{Days, Local};
use egui::{Rect, Ui, pos2, vec2};
use row::row_ui;
pub(super) use row::seconds_words;
use selection::bar_ui;
pub(super) use selection::neighbour;
use std::time::Duration;

/// What only the screen knows of the list.
#[derive(Debug, Default)]
pub(super) struct DocumentsView {
    filter: Filter,
    finder: Finder,
    /// The field to type into is to have the keyboard.
    wants_focus: bool,
    /// It has the keyboard.
    is_finding: bool,
    /// The document that was open in the last frame: a newly opened one is scrolled into view.
    seen_open: Option<DocumentId>,
    /// So many documents it showed in the last frame.
    shown: usize,
    /// Where a selection of several documents begins.
    anchor: Option<DocumentId>,
    /// Where it ends.
    end: Option<DocumentId>,
    /// It is scrolled into view in the next frame.
    reveals: Option<DocumentId>,
}

impl DocumentsView {
    /// The next frame begins to look for documents.
    pub(super) fn find(&mut self) {
        self.wants_focus = true;
    }

    /// The documents that the list shows.
    pub(super) fn listed(&mut self, state: &State, summary: &Summary) -> Vec<DocumentId> {
        let places = self.finder.all(state, summary.places(self.filter));
        places.iter().filter_map(|place| Some(state.documents.get(*place)?.id)).collect()
    }

    /// Whether what is looked for is being typed.
    pub(super) const fn is_finding(&self) -> bool {
        self.is_finding
    }

    /// The documents that a search found, as far as it is; `None` where nothing is looked for.
    pub(super) fn found(&mut self, state: &State, summary: &Summary) -> Option<Vec<DocumentId>> {
        if self.finder.query.trim().is_empty() {
            return None;
        }
        let (places, _) = self.finder.among(state, summary.places(self.filter), Duration::ZERO);
        Some(places.iter().filter_map(|place| Some(state.documents.get(*place)?.id)).collect())
    }

    /// Documents have changed.
    pub(super) fn desk_changed(&mut self) {
        self.finder.desk_changed();
    }
}

/// So long a frame looks for documents; the next one goes on.
const FINDING: Duration = Duration::from_millis(6);

/// Lists the documents with how far each is; a click opens one, with Ctrl or Shift it selects several.
pub(super) fn documents_ui(
    ui: &mut Ui,
    state: &State,
    summary: &Summary,
    view: &mut DocumentsView,
    images: &mut PageImages,
    commands: &Commands,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.take_available_width();
    head_ui(ui, state, summary, view);
    let opens = find_ui(ui, view);
    if opens && let Some(first) = view.listed(state, summary).first() {
        commands.push(Command::Open(*first));
    }
    let (places, is_all) = view.finder.among(state, summary.places(view.filter), FINDING);
    if !is_all || places.len() != view.shown {
        ui.ctx().request_repaint();
    }
    view.shown = places.len();
    bar_ui(ui, state, &places, commands);
    if places.is_empty() && !view.finder.query.trim().is_empty() {
        words_ui(ui, if is_all { "No document says that" } else { "Looking…" });
        return;
    }
    if places.is_empty() {
        nothing_ui(ui, state, view.filter);
        return;
    }
    let opened = state.open.map(|open| open.document);
    let reveal = if opened == view.seen_open { view.reveals.take() } else { opened };
    let mut clicked = None;
    egui::ScrollArea::vertical().auto_shrink(false).id_salt("documents").show_viewport(ui, |ui, viewport| {
        ui.set_height(places.len() as f32 * theme::DOCUMENT_ROW);
        let (origin, width) = (ui.max_rect().min, ui.available_width());
        let row_rect = |row: usize| {
            Rect::from_min_size(
                pos2(origin.x, origin.y + row as f32 * theme::DOCUMENT_ROW),
                vec2(width, theme::DOCUMENT_ROW),
            )
        };
        let first = (viewport.top() / theme::DOCUMENT_ROW).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / theme::DOCUMENT_ROW).ceil().max(0.0) as usize).min(places.len());
        for row in first..last {
            if let Some(document) = places.get(row).and_then(|place| state.documents.get(*place))
                && row_ui(ui, row_rect(row), state, document, images, commands).clicked()
            {
                clicked = Some(document.id);
            }
        }
        let is_revealed = |place: &usize| state.documents.get(*place).is_some_and(|d| Some(d.id) == reveal);
        let row = reveal.and_then(|_| places.iter().position(is_revealed));
        if let Some(row) = row {
            ui.scroll_to_rect(row_rect(row), None);
        }
        if row.is_some() || is_all {
            view.seen_open = opened;
        }
    });
    if let Some(id) = clicked {
        let listed = view.listed(state, summary);
        commands.push(view.clicked(state, &listed, id, held_at_click(ui)));
    }
}

/// The name of the list, how many of all documents it shows, and which.
fn head_ui(ui: &mut Ui, state: &State, summary: &Summary, view: &mut DocumentsView) {
    let palette = palette(ui);
    egui::Frame::new().inner_margin(egui::Margin { left: 14, right: 14, top: 8, bottom: 0 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(egui::RichText::new("Documents").font(theme::semibold(theme::HEADING)).color(palette.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = sized_icon_button_ui(ui, Icon::Filter, "Filter the documents", 24.0);
                egui::Popup::menu(&button).accessible_name("Filter").show(|ui| filter_menu_ui(ui, state, view));
                let all = summary.places(Filter::All).len();
                let count = match view.shown {
                    shown if shown < all => format!("{} of {}", grouped(shown), grouped(all)),
                    _ => grouped(all),
                };
                ui.label(egui::RichText::new(count).font(theme::regular(theme::SMALL)).color(palette.secondary));
            });
        });
    });
    egui::Frame::new().inner_margin(egui::Margin { left: 8, right: 8, top: 4, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (filter, name) in [(Filter::All, "All"), (Filter::ToLookAt, "To look at"), (Filter::Failed, "Failed")] {
                let label = match (filter, summary.places(filter).len()) {
                    (Filter::All, _) | (_, 0) => name.to_owned(),
                    (_, count) => format!("{name} {}", grouped(count)),
                };
                if choice_ui(ui, &label, view.filter == filter).clicked() {
                    view.filter = filter;
                }
            }
        });
    });
}

/// Filters to add to what is looked for; the same can be typed.
fn filter_menu_ui(ui: &mut Ui, state: &State, view: &mut DocumentsView) {
    ui.set_width(232.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut row = |ui: &mut Ui, label: &str, term: &str| {
        let is_on = view.finder.query.split_whitespace().any(|word| word == term);
        if MenuRow::new(label).ticked(is_on).ui(ui).clicked() {
            let others = view.finder.query.split_whitespace().filter(|word| *word != term);
            let mut words: Vec<&str> = others.collect();
            words.extend((!is_on).then_some(term));
            view.finder.query = words.join(" ");
            view.wants_focus = true;
            ui.close();
        }
    };
    for (label, term) in [
        ("Approved", "is:approved"),
        ("Rejected", "is:rejected"),
        ("Not decided yet", "is:open"),
        ("With a score below 0.50", "score<0.5"),
    ] {
        row(ui, label, term);
    }
    line_ui(ui);
    let today = Local::now().date_naive();
    row(ui, "Came today", &format!("date:{today}"));
    if let Some(week) = today.checked_sub_days(Days::new(7)) {
        row(ui, "Came in the last 7 days", &format!("date>{week}"));
    }
    let mut models: Vec<&str> = Vec::new();
    for document in &state.documents {
        let id = document.reader.model.as_str();
        if models.len() < MOST_MODELS && !id.is_empty() && !models.contains(&id) {
            models.push(id);
        }
    }
    if models.len() > 1 {
        line_ui(ui);
        for document in &state.documents {
            let Some(at) = models.iter().position(|id| *id == document.reader.model) else { continue };
            models.remove(at);
            let source = state.source_of(document);
            let name = source.rsplit_once(", ").map_or(source.as_str(), |(_, model)| model).to_lowercase();
            // A term is one word: its first tells models apart mostly.
            let first = name.split_whitespace().next().unwrap_or_default();
            row(ui, &format!("Read by {source}"), &format!("model:{first}"));
        }
    }
    if let Some(document) = state.open_document() {
        let labels = state.labels_of(document);
        if !labels.is_empty() {
            line_ui(ui);
        }
        for label in labels.iter().take(MOST_LABELS) {
            row(ui, &format!("With {}", label.name), &format!("label:{}", label.name.replace(' ', "")));
        }
    }
}

/// So many models are offered as filters.
const MOST_MODELS: usize = 6;
/// So many labels.
const MOST_LABELS: usize = 8;

fn words_ui(ui: &mut Ui, text: &str) {
    ui.add_space(20.0);
    ui.vertical_centered(|ui| {
        ui.label(egui::RichText::new(text).font(theme::regular(theme::SMALL)).color(palette(ui).secondary))
    });
}

/// What documents are looked for by, while something is; whether the first that is found is to be opened.
fn find_ui(ui: &mut Ui, view: &mut DocumentsView) -> bool {
    if view.finder.query.is_empty() && !view.wants_focus && !view.is_finding {
        return false;
    }
    let mut opens = false;
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 0, bottom: 8 }).show(ui, |ui| {
        let edit = egui::TextEdit::singleline(&mut view.finder.query)
            .hint_text("Name, value, word, is:approved, score<0.6")
            .margin(egui::Margin::symmetric(10, 6))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Find documents");
        if std::mem::take(&mut view.wants_focus) {
            response.request_focus();
        }
        if (response.has_focus() || response.lost_focus()) && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
            view.finder.query.clear();
        }
        opens = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        view.is_finding = response.has_focus();
    });
    opens
}

fn nothing_ui(ui: &mut Ui, state: &State, filter: Filter) {
    let text = match filter {
        _ if state.documents.is_empty() => "Documents you add stand here",
        Filter::Failed => "Nothing failed",
        Filter::ToLookAt => "Nothing needs a look",
        Filter::All => "Documents you add stand here",
    };
    words_ui(ui, text);
}
