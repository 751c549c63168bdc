//! The strip of page thumbnails. Only those in view exist.

use super::PageView;
use crate::desk::Judge;
use crate::desk::{Commands, DeskDocument};
use crate::ui::images::PageImages;
use crate::ui::theme::{self, palette};
use egui::{Align2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

/// The width of the strip, in points.
pub(super) const WIDTH: f32 = 124.0;
const THUMBNAIL: f32 = 92.0;
const ROW: f32 = THUMBNAIL + 30.0;

/// Draws the strip; a click goes to the page.
pub(super) fn thumbnails_ui(
    ui: &mut Ui,
    document: &DeskDocument,
    judge: Judge<'_>,
    view: &mut PageView,
    images: &mut PageImages,
    commands: &Commands,
) {
    let palette = palette(ui.visuals());
    let strip = ui.max_rect();
    ui.painter().rect_filled(strip, 0.0, palette.pane);
    ui.painter().vline(strip.right() - 0.5, strip.y_range(), Stroke::new(1.0, palette.line));
    let count = view.page_count();
    let current = view.page();
    let mut area = ScrollArea::vertical().id_salt("page thumbnails").auto_shrink(false);
    // The strip follows the page view, not the other way round.
    if view.strip_page != Some(current) {
        view.strip_page = Some(current);
        let top = current as f32 * ROW;
        let seen = view.strip_offset..view.strip_offset + strip.height() - ROW;
        if !seen.contains(&top) {
            area = area.vertical_scroll_offset((top - strip.height() / 2.0 + ROW / 2.0).max(0.0));
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let output = area.show_rows(ui, ROW, count as usize, |ui, rows| {
        for page in rows {
            let page = page as u32;
            let (place, response) = ui.allocate_exact_size(vec2(WIDTH - 1.0, ROW), Sense::CLICK);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::Button, true, page == current, format!("Page {}", page + 1))
            });
            thumbnail_ui(ui, document, judge, images, page, place, page == current, response.hovered());
            if response.clicked() {
                commands.push(crate::desk::Command::GoToPage(page));
            }
        }
    });
    view.strip_offset = output.state.clamped_offset().y;
}

#[allow(clippy::too_many_arguments, reason = "one thumbnail is drawn from all of these")]
fn thumbnail_ui(
    ui: &Ui,
    document: &DeskDocument,
    judge: Judge<'_>,
    images: &mut PageImages,
    page: u32,
    place: Rect,
    current: bool,
    hovered: bool,
) {
    let palette = palette(ui.visuals());
    let middle = Rect::from_min_size(place.min + vec2(0.0, 10.0), vec2(place.width(), THUMBNAIL));
    let image = images.thumbnail(document, page, THUMBNAIL);
    let size = image.map_or(vec2(THUMBNAIL * 0.707, THUMBNAIL), |(_, size)| size);
    let sheet = Align2::CENTER_CENTER.align_size_within_rect(size, middle);
    let sheet = super::transform::snapped(sheet, ui.ctx().pixels_per_point());
    ui.painter().rect_filled(sheet, 1.0, egui::Color32::WHITE);
    if let Some((texture, _)) = image {
        let uv = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter().image(texture, sheet, uv, egui::Color32::WHITE);
    }
    let stroke = if current {
        Stroke::new(2.0, palette.accent)
    } else {
        Stroke::new(1.0, if hovered { palette.secondary } else { palette.edge })
    };
    ui.painter().rect_stroke(sheet, 2.0, stroke, StrokeKind::Outside);
    let ink = if current { palette.accent } else { palette.secondary };
    let number = egui::pos2(place.center().x, middle.bottom() + 10.0);
    let number = ui.painter().text(number, Align2::CENTER_CENTER, page + 1, theme::medium(11.0), ink);
    let doubtful = document.pages.get(&page).map_or(0, |answer| judge.doubts(answer));
    if doubtful > 0 {
        let dot = egui::pos2(number.right() + 9.0, number.center().y);
        ui.painter().circle_filled(dot, 3.0, palette.warning);
        let count = egui::pos2(dot.x + 6.0, dot.y);
        ui.painter().text(count, Align2::LEFT_CENTER, doubtful, theme::regular(11.0), palette.warning);
    }
}
