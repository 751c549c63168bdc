//! What the page view shows where there is no page to see: one sentence and, where there is one, one thing to do.
//! Files that cannot be opened and passwords are the window's: see `center`.

use super::transform::UiFromPage;
use crate::desk::DeskDocument;
use crate::document::Problem;
use crate::ui::theme::{self, palette};
use egui::{Align2, Color32, Rect, RichText, Ui, pos2, vec2};

/// A quiet sentence in the middle.
pub(super) fn sentence_ui(ui: &mut Ui, rect: Rect, sentence: &str) {
    card_ui(ui, rect, |ui| {
        ui.label(RichText::new(sentence).font(theme::regular(theme::HEADING)).color(palette(ui.visuals()).secondary));
    });
}

/// The file is being opened.
pub(super) fn opening_ui(ui: &mut Ui, rect: Rect, document: &DeskDocument) {
    card_ui(ui, rect, |ui| {
        ui.add(egui::Spinner::new().size(20.0).color(palette(ui.visuals()).accent));
        ui.add_space(8.0);
        ui.label(RichText::new(format!("Opening {}…", document.name)).color(palette(ui.visuals()).secondary));
    });
}

/// A page has nothing to show yet, for a while.
pub(super) fn drawing_page_ui(ui: &mut Ui, ui_from_page: UiFromPage, page: u32) {
    page_sentence_ui(ui, ui_from_page, &format!("Drawing page {}…", page + 1), theme::LIGHT.secondary);
}

/// A page cannot be drawn; answers whether to try again.
pub(super) fn failed_page_ui(ui: &mut Ui, ui_from_page: UiFromPage, page: u32, problem: &Problem) -> bool {
    page_sentence_ui(ui, ui_from_page, &problem.message, theme::LIGHT.error);
    let seen = ui_from_page.page_rect().intersect(ui.clip_rect());
    let place = Rect::from_center_size(seen.center() + vec2(0.0, 34.0), vec2(96.0, theme::BUTTON));
    if ui_from_page.page_rect().width() < 240.0 || !seen.contains_rect(place) {
        return false;
    }
    let button = ui.put(place, egui::Button::new("Try again"));
    button.on_hover_text(format!("Draw page {} again", page + 1)).clicked()
}

/// Says over a page why the service could not read it.
pub(super) fn unread_page_ui(ui: &mut Ui, ui_from_page: UiFromPage, problem: &Problem) {
    let page = ui_from_page.page_rect();
    if page.width() < 200.0 {
        return;
    }
    let palette = palette(ui.visuals());
    let text = format!("This page could not be read: {}", problem.message);
    let galley = ui.painter().layout(text, theme::regular(theme::SMALL), palette.error, page.width() - 48.0);
    let size = galley.size() + vec2(24.0, 12.0);
    let place = Rect::from_min_size(egui::pos2(page.center().x - size.x / 2.0, page.top() + 12.0), size);
    ui.painter().rect_filled(place, theme::RADIUS, palette.error_soft);
    ui.put(place.shrink2(vec2(12.0, 6.0)), egui::Label::new(galley));
}

/// A sentence in the middle of what is seen of a page. Paper is white in both themes.
fn page_sentence_ui(ui: &mut Ui, ui_from_page: UiFromPage, sentence: &str, color: Color32) {
    let page = ui_from_page.page_rect();
    let seen = page.intersect(ui.clip_rect());
    if !seen.is_positive() || page.width() < 90.0 {
        return;
    }
    let font = theme::regular(if page.width() < 240.0 { 11.0 } else { theme::BODY });
    let galley = ui.painter().layout(sentence.to_owned(), font, color, (page.width() - 32.0).max(60.0));
    let place = Align2::CENTER_CENTER.anchor_size(seen.center(), galley.size());
    ui.put(place, egui::Label::new(galley));
}

/// What `content` shows, in the middle of `rect`.
fn card_ui(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui)) {
    let width = (rect.width() - 48.0).clamp(120.0, 420.0);
    let top = (rect.center().y - 90.0).max(rect.top() + 16.0);
    let place = Rect::from_min_max(
        egui::pos2(rect.center().x - width / 2.0, top),
        egui::pos2(rect.center().x + width / 2.0, rect.bottom()),
    );
    let builder = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::top_down(egui::Align::Center));
    ui.scope_builder(builder, content);
}

/// Says over the top of the pages what the next drag does.
pub(super) fn hint_ui(ui: &Ui, rect: Rect, text: &str) {
    let palette = palette(ui.visuals());
    let text = ui.painter().layout_no_wrap(text.to_owned(), theme::medium(theme::BODY), palette.text);
    let size = text.size() + vec2(28.0, 16.0);
    let place = Rect::from_center_size(pos2(rect.center().x, rect.top() + 12.0 + size.y / 2.0), size);
    let shadow = egui::Shadow { offset: [0, 2], blur: 10, spread: 0, color: palette.shadow };
    ui.painter().add(shadow.as_shape(place, 10.0));
    ui.painter().rect(place, 10.0, palette.pane, egui::Stroke::new(1.0, palette.accent), egui::StrokeKind::Inside);
    ui.painter().galley(place.center() - text.size() / 2.0, text, palette.text);
}
