//! What stands under the pointer, in words: label, value, score.

use super::overlay::{Mark, Overlay};
use crate::desk::Judge;
use crate::document::{Score, label_name};
use crate::ui::controls::paint_look;
use crate::ui::theme::{self, LabelLook, palette};
use egui::{Rect, RichText, Ui};

/// Shows the card of a mark beside its box.
pub(super) fn hover_ui(ui: &Ui, overlay: &Overlay, mark: Mark, rect: Rect, judge: Judge<'_>) {
    let id = ui.scope_id().with("under the pointer");
    let anchor = egui::PopupAnchor::ParentRect(rect.expand(2.0));
    let tooltip = egui::Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, anchor);
    tooltip.gap(6.0).show(|ui| match mark {
        Mark::Field(at) => {
            let field = overlay.field(at);
            card_ui(
                ui,
                overlay.looks[at],
                &label_name(&field.label),
                &field.text,
                field.score,
                judge.threshold(&field.label),
            );
            for concern in judge.concerns(field).iter().filter(|_| !field.confirmed) {
                ui.label(RichText::new(&concern.sentence).color(palette(ui.visuals()).warning));
            }
        }
        Mark::Table(at) => {
            let table = overlay.table(at);
            let size = format!("{} rows × {} columns", table.rows(), table.cols());
            card_ui(
                ui,
                LabelLook::plain(theme::TABLE),
                &label_name(&table.label),
                &size,
                table.score,
                judge.threshold(&table.label),
            );
        }
        Mark::Cell(table, at) => {
            let (of, cell) = (overlay.table(table), overlay.cell(table, at));
            let place = format!("Row {}, column {}", cell.row, cell.col);
            let name = if cell.label.is_empty() { place } else { format!("{} · {place}", label_name(&cell.label)) };
            card_ui(ui, LabelLook::plain(theme::TABLE), &name, &cell.text, cell.score, judge.cell_threshold(of, cell));
        }
    });
}

/// How a mark is called for a screen reader.
pub(super) fn spoken_name(overlay: &Overlay, mark: Mark) -> String {
    match mark {
        Mark::Field(at) => {
            let field = overlay.field(at);
            format!("Field {} {}, score {}", label_name(&field.label), field.text, field.score)
        }
        Mark::Table(at) => {
            let table = overlay.table(at);
            format!("Table {} {} × {}, score {}", label_name(&table.label), table.rows(), table.cols(), table.score)
        }
        Mark::Cell(table, at) => {
            let cell = overlay.cell(table, at);
            format!("Cell {}, {} {}, score {}", cell.row, cell.col, cell.text, cell.score)
        }
    }
}

fn card_ui(ui: &mut Ui, look: LabelLook, name: &str, value: &str, score: Score, threshold: Score) {
    let palette = palette(ui.visuals());
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(egui::Vec2::splat(8.0), egui::Sense::hover());
        paint_look(ui, dot.center(), look);
        ui.label(RichText::new(name).color(palette.secondary));
        let ink = if score < threshold { palette.warning } else { palette.secondary };
        ui.label(RichText::new(score.to_string()).color(ink));
    });
    let value = shortened(value);
    if value.is_empty() {
        ui.label(RichText::new("Empty").color(palette.secondary));
    } else {
        ui.label(RichText::new(value).font(theme::medium(theme::BODY)).color(palette.text));
    }
}

/// At most 300 letters of it.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
