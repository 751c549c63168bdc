//! The fields and tables of the page in view, on the right. The grid of a table is `table_grid`'s.

use super::controls::{
    Look, PushButton, badge_ui, elided, focus_ring, paint_line, paint_line_right, paint_look, palette, tab_ui,
};
use super::hands::held_at_click;
use super::icons;
use super::images::PageImages;
use super::keys::action_keys;
use super::labels::LabelLooks;
use super::missing::{Drawing, MissingView, missing_ui};
use super::table_grid::{TableView, table_tab_ui};
use super::theme::{self, LabelLook};
use super::value::{Selected, table_size};
use super::value_card::{ValueEdit, value_card_ui};
use crate::desk::{Action, Command, Commands, DeskDocument, DocumentId, DocumentStatus, FileState, State, Target};
use crate::document::{Field, Page, Score, Standing, label_name};
use egui::{Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Which part of the inspector is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    /// The fields, and a row for each table.
    #[default]
    Fields,
    /// The grid of one table.
    Table,
}

/// What only the screen knows of the inspector.
#[derive(Debug, Default)]
pub(super) struct InspectorView {
    tab: Tab,
    /// What was selected in the last frame: a new selection is scrolled into view and brings its tab forward.
    seen: Option<Target>,
    table: TableView,
    edit: ValueEdit,
    missing: MissingView,
    /// The reviewer's name, as it is typed.
    name: String,
}

impl InspectorView {
    /// What a person wants to draw, said once.
    pub(super) const fn take_drawing(&mut self) -> Option<Drawing> {
        self.missing.take_drawing()
    }

    /// From now on missing values are typed, one after the other.
    pub(super) const fn fill_missing(&mut self) {
        self.tab = Tab::Fields;
        self.missing.fill();
    }

    /// A value of this label is typed next.
    pub(super) fn type_label(&mut self, of: DocumentId, label: String) {
        self.tab = Tab::Fields;
        self.missing.type_label(of, label);
    }

    /// From now on values are written into.
    pub(super) const fn write(&mut self) {
        self.edit.start();
    }

    /// What is typed replaces the value in hand.
    pub(super) fn write_over(&mut self, text: String) {
        self.edit.start_with(text);
    }

    /// A key may bring the next value in hand.
    pub(super) const fn await_next(&mut self) {
        self.edit.await_next();
    }

    /// Whether nothing is written into.
    pub(super) const fn is_idle(&self) -> bool {
        self.edit.is_idle()
    }

    /// Whether the value that is written into is as it was.
    pub(super) fn is_fresh(&self) -> bool {
        self.edit.is_fresh()
    }
}

/// Shows what was read on the page in view; a click selects.
pub(super) fn inspector_ui(
    ui: &mut Ui,
    state: &State,
    view: &mut InspectorView,
    colors: &LabelLooks,
    images: &mut PageImages,
    commands: &Commands,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    // Whatever stands in it, the panel keeps the width that it was given.
    ui.take_available_width();
    let Some((document, open)) = state.open_document().zip(state.open) else {
        nothing_ui(ui, "Open a document to see what was read", false);
        return;
    };
    let is_new = state.selection != view.seen;
    if is_new {
        view.seen.clone_from(&state.selection);
        match &state.selection {
            Some(Target::Field { .. }) => view.tab = Tab::Fields,
            Some(Target::Table { .. } | Target::Cell { .. }) => view.tab = Tab::Table,
            None => {}
        }
    }
    if let Some(target) = state.selection.as_ref().filter(|_| is_new) {
        view.edit.arrive(target, state.view.types_at_once, commands);
    }
    view.edit.end_frame();
    if !matches!(state.selection, Some(Target::Field { .. } | Target::Cell { .. })) {
        // No value is in hand; the next one is ready anew, also where it is the one before.
        view.edit.leave(commands);
    }
    if document.reviewer.is_some() && state.reviewer.is_empty() && !state.view.name_asked {
        // At the lower edge, where it moves nothing away from under the eyes.
        egui::Panel::bottom("your name").frame(egui::Frame::NONE).show_separator_line(false).show(ui, |ui| {
            name_ui(ui, &mut view.name, commands);
        });
    }
    let page = document.pages.get(&open.page).map(std::convert::AsRef::as_ref);
    tabs_ui(ui, view, page);
    let Some(page) = page else {
        waiting_ui(ui, document, state, commands);
        return;
    };
    match view.tab {
        Tab::Fields => {
            fields_tab_ui(ui, state, document, page, colors, view, images, is_new, commands);
        }
        Tab::Table => {
            table_tab_ui(ui, state, document, page, &mut view.table, &mut view.edit, images, is_new, commands);
        }
    }
}

/// Asks once, beside the first change, what the reviewer is called.
fn name_ui(ui: &mut Ui, name: &mut String, commands: &Commands) {
    let palette = palette(ui);
    let frame = egui::Frame::new().fill(palette.accent_soft).inner_margin(egui::Margin::symmetric(16, 12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        let words = "Your name in the history of what you change";
        ui.label(egui::RichText::new(words).font(theme::regular(theme::SMALL)).color(palette.secondary));
        ui.horizontal(|ui| {
            let width = ui.available_width() - 128.0;
            let edit = egui::TextEdit::singleline(name).hint_text("The system's name").desired_width(width);
            let edit = edit.margin(egui::Margin::symmetric(8, 6)).align(egui::Align2::LEFT_CENTER);
            let edit = edit.min_size(vec2(0.0, theme::BUTTON));
            let typed = ui.add(edit).accessible_name("Your name");
            let is_entered = typed.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let is_kept = ui.add(PushButton::new("Keep")).clicked() || is_entered;
            let is_refused = ui.add(PushButton::new("Skip").look(Look::Plain)).clicked();
            if is_kept {
                commands.push(Command::SetReviewer(name.trim().to_owned()));
            }
            if is_kept || is_refused {
                commands.push(Command::NameAsked);
            }
        });
    });
}

fn tabs_ui(ui: &mut Ui, view: &mut InspectorView, page: Option<&Page>) {
    let palette = palette(ui);
    let row = ui.horizontal(|ui| {
        ui.add_space(16.0);
        ui.spacing_mut().item_spacing.x = 20.0;
        let tables = page.map_or(0, |p| p.tables.len());
        let table_label = if tables > 1 { format!("Tables {tables}") } else { "Table".to_owned() };
        for (tab, label) in [(Tab::Fields, "Fields"), (Tab::Table, table_label.as_str())] {
            if tab_ui(ui, label, view.tab == tab).clicked() {
                view.tab = tab;
            }
        }
    });
    let bottom = row.response.rect.bottom();
    ui.painter().hline(ui.max_rect().x_range(), bottom, egui::Stroke::new(1.0, palette.line));
}

/// What stands where the page was not answered for yet, or never will be.
fn waiting_ui(ui: &mut Ui, document: &DeskDocument, state: &State, commands: &Commands) {
    let status = state.status(document);
    let (text, busy) = match &status {
        // Why stands in the middle of the window.
        DocumentStatus::Failed(_) if matches!(document.file, FileState::Failed(_)) => ("Nothing was read", false),
        DocumentStatus::Failed(problem) => (problem.message.as_str(), false),
        DocumentStatus::NeedsPassword => ("Its password is needed first", false),
        DocumentStatus::SameAs(id) => return twin_ui(ui, document, state, *id, commands),
        DocumentStatus::Cancelled => ("Reading was stopped", false),
        DocumentStatus::Done | DocumentStatus::Approved | DocumentStatus::Rejected | DocumentStatus::ToLookAt(_) => {
            ("Nothing was said about this page", false)
        }
        DocumentStatus::Paced(_) => ("Its service asks to wait; it is sent by itself", false),
        DocumentStatus::Uploading(_) => ("On its way to the reader", true),
        DocumentStatus::Reading(..) => ("Being read", true),
        DocumentStatus::Waiting => ("Waits its turn", false),
    };
    nothing_ui(ui, text, busy);
    let can_retry = matches!(status, DocumentStatus::Cancelled | DocumentStatus::Failed(_));
    if can_retry && matches!(document.file, FileState::Ready(_)) {
        ui.add_space(12.0);
        ui.vertical_centered(|ui| {
            let button = PushButton::new("Read it again").keys(action_keys(Action::Retry));
            if ui.add(button).clicked() {
                commands.push(Command::Retry(vec![document.id]));
            }
        });
    }
}

/// What stands where the very same file is on the desk twice and was read once.
fn twin_ui(ui: &mut Ui, document: &DeskDocument, state: &State, twin: DocumentId, commands: &Commands) {
    let name = state.document(twin).map_or("another document", |twin| twin.name.as_str());
    nothing_ui(ui, &format!("This is the same file as {name}, so it is read there only"), false);
    ui.add_space(12.0);
    ui.vertical_centered(|ui| {
        if ui.add(PushButton::new("Show that one").look(Look::Primary)).clicked() {
            commands.push(Command::Open(twin));
        }
        ui.add_space(6.0);
        let button = PushButton::new("Read this one too").keys(action_keys(Action::Retry));
        if ui.add(button).clicked() {
            commands.push(Command::Retry(vec![document.id]));
        }
    });
}

fn nothing_ui(ui: &mut Ui, text: &str, busy: bool) {
    let palette = palette(ui);
    ui.add_space(28.0);
    ui.vertical_centered(|ui| {
        ui.set_max_width((ui.available_width() - 40.0).max(60.0));
        if busy {
            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            icons::spinner(ui, rect, palette.accent);
            ui.add_space(8.0);
        }
        ui.label(egui::RichText::new(text).font(theme::regular(theme::BODY)).color(palette.secondary));
    });
}

#[expect(clippy::too_many_arguments, reason = "a panel: what to read, what only the screen knows, where to report")]
fn fields_tab_ui(
    ui: &mut Ui,
    state: &State,
    document: &DeskDocument,
    page: &Page,
    colors: &LabelLooks,
    view: &mut InspectorView,
    images: &mut PageImages,
    reveal: bool,
    commands: &Commands,
) {
    let InspectorView { edit, missing, .. } = view;
    if let Some(problem) = &page.problem {
        nothing_ui(ui, &problem.message, false);
        return;
    }
    if page.fields.is_empty() && page.tables.is_empty() {
        egui::ScrollArea::vertical().auto_shrink(false).id_salt("fields").show(ui, |ui| {
            missing_ui(ui, state, document, missing, commands);
            nothing_ui(ui, "No labelled values on this page", false);
            elsewhere_ui(ui, state, document, page, commands);
        });
        return;
    }
    let judge = state.judge(document);
    let is_settled = |f: &&Field| f.confirmed && !judge.needs_look(f);
    let (confirmed, open): (Vec<&Field>, Vec<&Field>) = page.fields.iter().partition(is_settled);
    let (doubtful, sure): (Vec<&Field>, Vec<&Field>) = open.into_iter().partition(|f| judge.needs_look(f));
    egui::ScrollArea::vertical().auto_shrink(false).id_salt("fields").show(ui, |ui| {
        let list = FieldList { state, document, page, colors, reveal, commands };
        missing_ui(ui, state, document, missing, commands);
        list.group_ui(ui, "Needs a look", &doubtful, edit, images);
        elsewhere_ui(ui, state, document, page, commands);
        // Nobody need look at what was decided: that is not to say that it was read surely.
        let is_open = document.standing == Standing::Open;
        list.group_ui(ui, if is_open { "Read with confidence" } else { "Not confirmed" }, &sure, edit, images);
        list.group_ui(ui, "Confirmed", &confirmed, edit, images);
        list.tables_ui(ui);
        ui.add_space(16.0);
    });
}

/// What is selected on this page, as a field's place in `fields`.
fn selected_place(state: &State, page: &Page, fields: &[&Field]) -> Option<usize> {
    let Some(Target::Field { page: number, id }) = &state.selection else { return None };
    fields.iter().position(|field| *number == page.number && field.id == *id)
}

struct FieldList<'a> {
    state: &'a State,
    document: &'a DeskDocument,
    page: &'a Page,
    colors: &'a LabelLooks,
    reveal: bool,
    commands: &'a Commands,
}

impl FieldList<'_> {
    fn group_ui(&self, ui: &mut Ui, name: &str, fields: &[&Field], edit: &mut ValueEdit, images: &mut PageImages) {
        if fields.is_empty() {
            return;
        }
        heading_ui(ui, name, fields.len());
        let Some(place) = selected_place(self.state, self.page, fields) else {
            self.rows_ui(ui, fields);
            return;
        };
        self.rows_ui(ui, &fields[..place]);
        let frame = egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 6 });
        let card = frame.show(ui, |ui| {
            let value = Selected::Field(self.page, fields[place]);
            let look = self.colors.look(&fields[place].label);
            value_card_ui(ui, self.state, self.document, value, look, edit, images, self.commands)
        });
        if self.reveal {
            card.response.scroll_to_me(None);
        }
        self.rows_ui(ui, &fields[place + 1..]);
    }

    /// Rows of one height: only those in view are drawn.
    fn rows_ui(&self, ui: &mut Ui, fields: &[&Field]) {
        let top = ui.cursor().top();
        let place_of = |y: f32| (((y - top) / theme::ROW).max(0.0) as usize).min(fields.len());
        let first = place_of(ui.clip_rect().top());
        let last = place_of(ui.clip_rect().bottom() + theme::ROW);
        let judge = self.state.judge(self.document);
        ui.add_space(first as f32 * theme::ROW);
        for field in &fields[first..last.max(first)] {
            let text = RowText {
                label: &label_name(&field.label),
                value: if is_absent(field) { "Not on the document" } else { &field.text },
                score: field.score,
                confirmed: field.confirmed && !judge.needs_look(field),
                doubtful: judge.needs_look(field),
                word: judge.concerns(field).first().filter(|_| judge.needs_look(field)).map(|concern| concern.word),
                look: self.colors.look(&field.label),
            };
            let target = Target::Field { page: self.page.number, id: field.id.clone() };
            if row_ui(ui, &text, self.state.marked.contains(&target)).clicked() {
                let marks = held_at_click(ui).command;
                self.commands.push(if marks { Command::Mark(target) } else { Command::Select(Some(target)) });
            }
        }
        ui.add_space((fields.len() - last.max(first)) as f32 * theme::ROW);
    }

    fn tables_ui(&self, ui: &mut Ui) {
        if self.page.tables.is_empty() {
            return;
        }
        heading_ui(ui, "Tables", self.page.tables.len());
        for table in &self.page.tables {
            let target = Target::Table { page: self.page.number, id: table.id.clone() };
            let selected = match &self.state.selection {
                Some(Target::Table { page, id } | Target::Cell { page, id, .. }) => {
                    *page == self.page.number && *id == table.id
                }
                _ => false,
            };
            let judge = self.state.judge(self.document);
            let cells = judge.doubtful_cells(table).count();
            let doubtful = judge.table_needs_look(table);
            let confirmed =
                !doubtful && cells == 0 && !table.cells.is_empty() && table.cells.iter().all(|cell| cell.confirmed);
            let (label, mut size) = (label_name(&table.label), table_size(table));
            if cells > 0 {
                size = format!("{cells} to look at · {size}");
            }
            let text = RowText {
                label: &label,
                value: &size,
                score: table.score,
                confirmed,
                doubtful,
                word: table.reread.is_some().then_some("read again"),
                look: LabelLook::plain(theme::TABLE),
            };
            if row_ui(ui, &text, selected).clicked() {
                self.commands.push(Command::Select(Some(target)));
            }
        }
    }
}

/// Whether a person said that there is no such value.
const fn is_absent(field: &Field) -> bool {
    field.confirmed && field.text.is_empty() && field.rect.is_none()
}

fn heading_ui(ui: &mut Ui, name: &str, count: usize) {
    let palette = palette(ui);
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        ui.add_space(16.0);
        ui.label(egui::RichText::new(name).font(theme::semibold(theme::SMALL)).color(palette.secondary));
        badge_ui(ui, count);
    });
    ui.add_space(2.0);
}

struct RowText<'a> {
    label: &'a str,
    value: &'a str,
    score: Score,
    confirmed: bool,
    doubtful: bool,
    /// What is against it beside its score.
    word: Option<&'static str>,
    look: LabelLook,
}

fn row_ui(ui: &mut Ui, text: &RowText<'_>, selected: bool) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW), Sense::click());
    response.widget_info(|| {
        let sure = match text.word {
            _ if text.confirmed => "confirmed".to_owned(),
            Some(word) => format!("{word}, score {}", text.score),
            None => format!("score {}", text.score),
        };
        let label = format!("{}: {}, {sure}", text.label, text.value);
        WidgetInfo::selected(Role::ListBoxOption, true, selected, label)
    });
    let ground = rect.shrink2(vec2(8.0, 0.0));
    if selected || response.hovered() {
        let fill = if selected { palette.accent_soft } else { palette.hover };
        ui.painter().rect_filled(ground, theme::FIELD_RADIUS, fill);
    }
    focus_ring(ui, &response, ground);
    let (left, right) = (rect.left() + 16.0, rect.right() - 16.0);
    let middle = rect.center().y;
    paint_look(ui, pos2(left + 5.0, middle), text.look);
    let label_left = left + 18.0;
    let value_left = label_left + ((right - label_left) * 0.38).clamp(72.0, 150.0);
    let score_font = if text.doubtful { theme::semibold(SCORE) } else { theme::regular(SCORE) };
    let score_color = if text.doubtful { palette.warning } else { palette.secondary };
    let score = match text.word {
        _ if text.confirmed => "✓".to_owned(),
        Some(word) => word.to_owned(),
        None => text.score.to_string(),
    };
    let score_color = if text.confirmed { palette.good } else { score_color };
    let score = elided(ui, &score, score_font, 80.0);
    let value_width = right - score.size().x - 10.0 - value_left;
    let label = elided(ui, text.label, theme::regular(SCORE), value_left - label_left - 8.0);
    paint_line(ui, pos2(label_left, middle), label, palette.secondary);
    paint_line(
        ui,
        pos2(value_left, middle),
        elided(ui, text.value, theme::regular(theme::BODY), value_width),
        palette.text,
    );
    paint_line_right(ui, pos2(right, middle), score, score_color);
    response
}

const SCORE: f32 = 12.5;

/// Says that other pages have values that need a look.
fn elsewhere_ui(ui: &mut Ui, state: &State, document: &DeskDocument, page: &Page, commands: &Commands) {
    let judge = state.judge(document);
    let here = judge.doubts(page);
    let elsewhere = state.doubtful(document).saturating_sub(here + document.concerns.missing.len());
    if elsewhere == 0 || here > 0 {
        return;
    }
    ui.add_space(12.0);
    // In the middle, as what else stands in place of values.
    ui.vertical_centered(|ui| {
        let label = format!("{elsewhere} to look at on other pages");
        let button = PushButton::new(&label).look(Look::Plain).keys(action_keys(Action::NextProblem));
        if ui.add(button).clicked() {
            commands.act(Action::NextProblem);
        }
    });
}
