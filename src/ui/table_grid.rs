//! The tab with the grid of one table: cells as they stand in it, selectable, doubtful ones marked.

use super::controls::{Look, PushButton, elided, focus_ring, icon_button_ui, paint_line, palette};
use super::icons::Icon;
use super::images::PageImages;
use super::keys::action_keys;
use super::menu::group_ui;
use super::theme::{self, LabelLook};
use super::value::{Selected, table_size, table_text};
use super::value_card::{ValueEdit, value_card_ui};
use crate::desk::{Action, Command, Commands, DeskDocument, State, Target};
use crate::document::{Cell, FieldId, Page, Table, label_name};
use egui::{Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// What only the screen knows of the grid.
#[derive(Debug, Default)]
pub(super) struct TableView {
    /// The table that is shown where none is selected.
    shown: Option<(u32, FieldId)>,
    layout: Option<Layout>,
    /// Of what was read again, where that has another grid.
    reread_layout: Option<Layout>,
}

/// The columns' widths, measured once a table.
#[derive(Debug)]
struct Layout {
    /// Which table on which page of which document, how many cells it had and what its columns are called.
    of: (u64, u32, FieldId, usize, Vec<String>),
    /// The left edge of each column and the right edge of the last.
    edges: Vec<f32>,
    has_header: bool,
}

const ROW: f32 = 28.0;
const NARROWEST: f32 = 44.0;
const WIDEST: f32 = 200.0;
const CELL_PADDING: f32 = 8.0;
/// From this width on a table and what was read again stand beside each other, below it one above the other.
const BESIDE: f32 = 560.0;

/// Shows the table that is selected, or the one that was shown last, or the first.
#[expect(clippy::too_many_arguments, reason = "a panel: what to read, what only the screen knows, where to report")]
pub(super) fn table_tab_ui(
    ui: &mut Ui,
    state: &State,
    document: &DeskDocument,
    page: &Page,
    view: &mut TableView,
    edit: &mut ValueEdit,
    images: &mut PageImages,
    reveal: bool,
    commands: &Commands,
) {
    let selected_id = match &state.selection {
        Some(Target::Table { page: number, id } | Target::Cell { page: number, id, .. }) if *number == page.number => {
            Some(id)
        }
        _ => None,
    };
    let shown =
        selected_id.or_else(|| view.shown.as_ref().filter(|(number, _)| *number == page.number).map(|(_, id)| id));
    let place = shown.and_then(|id| page.tables.iter().position(|table| table.id == *id)).unwrap_or(0);
    let Some(table) = page.tables.get(place) else {
        ui.add_space(28.0);
        ui.vertical_centered(|ui| ui.label(egui::RichText::new("No table on this page").color(palette(ui).secondary)));
        return;
    };
    view.shown = Some((page.number, table.id.clone()));
    head_ui(ui, page, place, view, commands);
    let selected = Selected::of(state).filter(|value| matches!(value, Selected::Cell(..)));
    if let Some(value) = selected {
        let frame = egui::Frame::new().fill(palette(ui).pane).inner_margin(egui::Margin {
            left: 12,
            right: 12,
            top: 10,
            bottom: 12,
        });
        egui::Panel::bottom("cell in hand").frame(frame).show_separator_line(false).show(ui, |ui| {
            value_card_ui(ui, state, document, value, LabelLook::plain(theme::TABLE), edit, images, commands);
        });
    }
    lay_out(ui, document.id.0, page.number, table, &mut view.layout);
    if let Some(read) = table.reread.as_deref() {
        lay_out(ui, document.id.0, page.number, read, &mut view.reread_layout);
        question_ui(ui, state, page, table, read, commands);
        if let Some(layout) = &view.reread_layout {
            let room = ui.available_size();
            let panel = if room.x >= BESIDE {
                egui::Panel::right("read again").exact_size(room.x / 2.0)
            } else {
                // Where the person's is short, the other begins right below it.
                let mine = view.layout.as_ref().map_or(0.0, |layout| Place::of(layout, pos2(0.0, 0.0)).size(table).y);
                egui::Panel::bottom("read again").exact_size((room.y - mine - 2.0 * ROW).max(room.y / 2.0))
            };
            panel.frame(egui::Frame::NONE).show(ui, |ui| {
                heading_ui(ui, "Read again");
                reread_ui(ui, table, read, layout);
            });
        }
        heading_ui(ui, "Yours");
    }
    if let Some(layout) = &view.layout {
        grid_ui(ui, state, page, table, layout, reveal, commands);
    }
}

/// Measures a table, where it is another one than before.
fn lay_out(ui: &Ui, document: u64, page: u32, table: &Table, layout: &mut Option<Layout>) {
    let of = (document, page, table.id.clone(), table.cells.len(), table.labels());
    if layout.as_ref().is_none_or(|layout| layout.of != of) {
        let has_header = of.4.iter().any(|label| !label.is_empty());
        *layout = Some(Layout { of, edges: column_edges(ui, table), has_header });
    }
}

/// A person's table was read with another grid: which one stands?
fn question_ui(ui: &mut Ui, state: &State, page: &Page, table: &Table, read: &Table, commands: &Commands) {
    let palette = palette(ui);
    let frame = egui::Frame::new().fill(palette.warning_soft).inner_margin(egui::Margin::symmetric(16, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        let words = format!("Read again, it has {}; yours has {}", table_size(read), table_size(table));
        let words = egui::RichText::new(words).font(theme::regular(theme::SMALL)).color(palette.warning);
        ui.add(egui::Label::new(words).wrap());
        ui.horizontal_wrapped(|ui| {
            // With a cell in hand the keys are for that one.
            let is_in_hand = matches!(state.selection, Some(Target::Table { .. }));
            let keys = |action: Action| action_keys(action).filter(|_| is_in_hand);
            let keep = PushButton::new("Keep mine").look(Look::Primary).keys(keys(Action::Accept));
            let take = PushButton::new("Take the other").keys(keys(Action::TakeReread));
            let asked =
                [(keep, Action::Accept), (take, Action::TakeReread)].map(|(button, does)| (ui.add(button), does));
            for (_, action) in asked.iter().filter(|(button, _)| button.clicked()) {
                commands.push(Command::Select(Some(Target::Table { page: page.number, id: table.id.clone() })));
                commands.act(*action);
            }
        });
    });
}

fn heading_ui(ui: &mut Ui, words: &str) {
    egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 12, top: 6, bottom: 4 }).show(ui, |ui| {
        let color = palette(ui).secondary;
        ui.label(egui::RichText::new(words).font(theme::semibold(theme::SMALL)).color(color));
    });
}

/// What was read again, to be looked at; cells that say something else than `mine` at their place are marked.
fn reread_ui(ui: &mut Ui, mine: &Table, read: &Table, layout: &Layout) {
    let place = Place::of(layout, ui.max_rect().min);
    egui::ScrollArea::both().auto_shrink(false).id_salt("read again").show_viewport(ui, |ui, _| {
        ui.set_min_size(place.size(read) + vec2(1.0, 1.0));
        let place = Place { origin: ui.max_rect().min, ..place };
        for (at, cell) in read.cells.iter().enumerate() {
            let rect = place.rect(cell);
            if ui.is_rect_visible(rect) {
                let is_other = mine.cell(cell.row, cell.col).is_none_or(|mine| mine.text.trim() != cell.text.trim());
                cell_ui(ui, rect, at, cell, is_other, false, false);
            }
        }
        if layout.has_header {
            header_ui(ui, read, layout, place.origin);
        }
    });
}

/// Where cells of a grid stand.
#[derive(Clone, Copy)]
struct Place<'a> {
    layout: &'a Layout,
    origin: egui::Pos2,
    header: f32,
}

impl<'a> Place<'a> {
    const fn of(layout: &'a Layout, origin: egui::Pos2) -> Self {
        Self { layout, origin, header: if layout.has_header { ROW } else { 0.0 } }
    }

    /// How large the whole table is.
    fn size(&self, table: &Table) -> egui::Vec2 {
        let width = self.layout.edges.last().copied().unwrap_or(0.0);
        vec2(width, self.header + table.rows() as f32 * ROW)
    }

    fn rect(&self, cell: &Cell) -> Rect {
        let edges = &self.layout.edges;
        let edge = |col: u32| self.origin.x + edges.get(col as usize).or(edges.last()).copied().unwrap_or(0.0);
        let top = self.origin.y + self.header + (cell.row.max(1) - 1) as f32 * ROW;
        let (first, bottom) = (cell.col.max(1) - 1, top + cell.row_span.max(1) as f32 * ROW);
        Rect::from_min_max(pos2(edge(first), top), pos2(edge(first + cell.col_span.max(1)), bottom))
    }
}

fn head_ui(ui: &mut Ui, page: &Page, place: usize, view: &mut TableView, commands: &Commands) {
    let palette = palette(ui);
    let table = &page.tables[place];
    egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 12, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            let name = egui::RichText::new(label_name(&table.label)).font(theme::semibold(theme::BODY));
            ui.add(egui::Label::new(name.color(palette.text)).truncate());
            if page.tables.len() > 1 {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    chooser_ui(ui, page, place, view, commands);
                });
            }
        });
        ui.horizontal(|ui| {
            let line = format!("{} · score {}", table_size(table), table.score);
            let line = egui::RichText::new(line).font(theme::regular(theme::SMALL)).color(palette.secondary);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(PushButton::new("Copy table").icon(Icon::Copy)).clicked() {
                    commands.push(Command::CopyText(table_text(table)));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(line).truncate());
                });
            });
        });
        if table.continues {
            let line = format!("Goes on from page {}", page.number);
            ui.label(egui::RichText::new(line).font(theme::regular(theme::SMALL)).color(palette.secondary));
        }
    });
}

/// Goes from table to table of the page. Laid out from right to left.
fn chooser_ui(ui: &mut Ui, page: &Page, place: usize, view: &mut TableView, commands: &Commands) {
    let mut go = |to: usize| {
        if let Some(table) = page.tables.get(to) {
            view.shown = Some((page.number, table.id.clone()));
            commands.push(Command::Select(Some(Target::Table { page: page.number, id: table.id.clone() })));
        }
    };
    ui.add_enabled_ui(place + 1 < page.tables.len(), |ui| {
        if icon_button_ui(ui, Icon::Right, "Next table").clicked() {
            go(place + 1);
        }
    });
    let of = format!("{} of {}", place + 1, page.tables.len());
    ui.label(egui::RichText::new(of).font(theme::regular(theme::SMALL)).color(palette(ui).secondary));
    ui.add_enabled_ui(place > 0, |ui| {
        if icon_button_ui(ui, Icon::Left, "Previous table").clicked() {
            go(place.saturating_sub(1));
        }
    });
}

fn column_edges(ui: &Ui, table: &Table) -> Vec<f32> {
    let mut widths = vec![NARROWEST; table.cols() as usize];
    let mut measure = |col: u32, text: &str, font: egui::FontId| {
        if let Some(width) = widths.get_mut((col as usize).wrapping_sub(1)) {
            let needed = elided(ui, text, font, WIDEST).size().x + 2.0 * CELL_PADDING;
            *width = width.max(needed.min(WIDEST));
        }
    };
    // The first rows tell what a column holds; a table of thousands is not measured to its end.
    for cell in table.cells.iter().filter(|cell| cell.col_span <= 1).take(600) {
        measure(cell.col, &cell.text, theme::regular(theme::SMALL));
        measure(cell.col, &cell.label, theme::semibold(theme::SMALL));
    }
    let mut edges = vec![0.0];
    for width in widths {
        edges.push(edges.last().copied().unwrap_or(0.0) + width.ceil());
    }
    edges
}

fn grid_ui(ui: &mut Ui, state: &State, page: &Page, table: &Table, layout: &Layout, reveal: bool, commands: &Commands) {
    let palette = palette(ui);
    let judge = state.open_document().map(|document| state.judge(document));
    let size = Place::of(layout, egui::Pos2::ZERO).size(table);
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), Stroke::new(1.0, palette.line));
    // Each table is where it was left.
    let salt = ("table", layout.of.0, layout.of.1, &table.id.0);
    egui::ScrollArea::both().auto_shrink(false).id_salt(salt).show_viewport(ui, |ui, _| {
        ui.set_min_size(size + vec2(1.0, 1.0));
        let origin = ui.max_rect().min;
        let grid = Place::of(layout, origin);
        for (place, cell) in table.cells.iter().enumerate() {
            let rect = grid.rect(cell);
            let selected = is_selected(state, page, table, cell);
            let in_range = state.range_end.is_some()
                && state.cell_range().is_some_and(|(of, id, range)| {
                    of == page.number
                        && *id == table.id
                        && range.rows.contains(&cell.row)
                        && range.cols.contains(&cell.col)
                });
            if selected && reveal {
                ui.scroll_to_rect(rect.expand(ROW), None);
            }
            if !ui.is_rect_visible(rect) {
                continue;
            }
            let doubtful = judge.is_some_and(|judge| judge.cell_needs_look(table, cell));
            let response = cell_ui(ui, rect, place, cell, doubtful, selected, in_range);
            if response.clicked() || (response.secondary_clicked() && !in_range) {
                let target = Target::Cell { page: page.number, id: table.id.clone(), row: cell.row, col: cell.col };
                commands.push(Command::Select(Some(target)));
            }
            response.context_menu(|ui| group_ui(ui, "Table", state, commands));
        }
        if layout.has_header {
            let named = header_ui(ui, table, layout, origin);
            if let Some(col) = named {
                let row = (1..=table.rows()).find(|row| *row > table.header_rows).unwrap_or(1);
                let target = Target::Cell { page: page.number, id: table.id.clone(), row, col };
                commands.push(Command::Select(Some(target)));
                commands.act(Action::NameColumn);
            }
        }
    });
}

fn is_selected(state: &State, page: &Page, table: &Table, cell: &Cell) -> bool {
    match &state.selection {
        Some(Target::Cell { page: number, id, row, col }) => {
            *number == page.number
                && *id == table.id
                && (cell.row..cell.row + cell.row_span.max(1)).contains(row)
                && (cell.col..cell.col + cell.col_span.max(1)).contains(col)
        }
        _ => false,
    }
}

/// One cell.
fn cell_ui(
    ui: &mut Ui,
    rect: Rect,
    place: usize,
    cell: &Cell,
    doubtful: bool,
    selected: bool,
    in_range: bool,
) -> Response {
    let palette = palette(ui);
    let response = ui.interact(rect, ui.make_persistent_id(("cell", place)), Sense::click());
    response.widget_info(|| {
        let sure = match (cell.confirmed, doubtful) {
            (true, _) => "confirmed".to_owned(),
            (false, true) => format!("needs a look, score {}", cell.score),
            (false, false) => format!("score {}", cell.score),
        };
        let label = format!("Row {}, column {}: {}, {sure}", cell.row, cell.col, cell.text);
        WidgetInfo::selected(Role::Button, true, selected, label)
    });
    let fill = if selected || in_range {
        palette.accent_soft
    } else if response.hovered() {
        palette.hover
    } else if doubtful {
        palette.warning_soft
    } else {
        palette.pane
    };
    ui.painter().rect(rect, 0.0, fill, Stroke::new(1.0, palette.line), StrokeKind::Middle);
    let inner = rect.shrink2(vec2(CELL_PADDING, 0.0));
    let text = elided(ui, &cell.text, theme::regular(theme::SMALL), inner.width());
    let looks_like_a_number =
        cell.text.chars().any(|c| c.is_ascii_digit()) && !cell.text.chars().any(char::is_alphabetic);
    let left = if looks_like_a_number { inner.right() - text.size().x } else { inner.left() };
    paint_line(ui, pos2(left, rect.center().y), text, if doubtful { palette.warning } else { palette.text });
    if doubtful && !selected {
        // Never colour alone: a doubtful cell is dashed as well.
        let r = rect.shrink(2.5);
        let corners = [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom(), r.left_top()];
        ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(1.0, palette.warning), 4.0, 3.0));
    }
    if selected || response.has_focus() {
        ui.painter().rect_stroke(rect, 2.0, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
    response.on_hover_text_at_pointer(format!("{}\nScore {}", cell.text, cell.score))
}

/// The header row; it stays in view while the cells scroll below it. Answers the number of a column that is to be named.
fn header_ui(ui: &Ui, table: &Table, layout: &Layout, origin: egui::Pos2) -> Option<u32> {
    let mut named = None;
    let palette = palette(ui);
    let top = ui.clip_rect().top().max(origin.y);
    for (col, label) in table.labels().iter().enumerate() {
        let (Some(left), Some(right)) = (layout.edges.get(col), layout.edges.get(col + 1)) else { continue };
        let rect = Rect::from_min_max(pos2(origin.x + left, top), pos2(origin.x + right, top + ROW));
        let response = ui.interact(rect, ui.make_persistent_id(("heading", col)), Sense::click());
        let said = format!("Column {}: {label}", col + 1);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        let fill = if response.hovered() { palette.hover } else { palette.background };
        ui.painter().rect(rect, 0.0, fill, Stroke::new(1.0, palette.line), StrokeKind::Middle);
        if response.clicked() {
            named = Some(col as u32 + 1);
        }
        let response = response.on_hover_text(if label.is_empty() { "Name the column" } else { label });
        focus_ring(ui, &response, rect);
        let text = elided(ui, label, theme::semibold(theme::SMALL), rect.width() - 2.0 * CELL_PADDING);
        paint_line(ui, rect.left_center() + vec2(CELL_PADDING, 0.0), text, palette.secondary);
    }
    named
}
