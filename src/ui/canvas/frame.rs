//! One frame of the pages of a document: move, draw sheets, draw marks, tags, what is under the pointer, the bars.

use super::camera::Viewport;
use super::fields::{Emphasis, field_ink};
use super::hands::draw_hands;
use super::hover::{hover_ui, spoken_name};
use super::ink::Ink;
use super::input::{Gesture, VisiblePage};
use super::navigate::glide_secs;
use super::overlay::{Mark, Overlay};
use super::sheet::{SheetFrame, SheetState, Sheets};
use super::tables::{cell_ink, table_ink};
use super::tag_layer::TagFrame;
use super::text_select::{TextSelection, TextSpot};
use super::tiles::Level;
use super::transform::{UiFromPage, snapped};
use super::words::{selection_ink, words_ink};
use super::{PageView, scrollbar, states, toolbar};
use crate::desk::{Action, Command, Commands, DeskDocument, FileState, PageImage, ReadState, State};
use crate::document::{KeptText, PageRect, PageSize, Turn};
use crate::ui::images::{PageImages, Urgency};
use crate::ui::theme::{self, palette};
use egui::{Color32, Rect, Response, Sense, Ui, pos2, vec2};
use std::sync::Arc;
use std::time::Duration;

/// Everything that a frame shows and where it reports.
pub(super) struct Shown<'a> {
    /// The desk.
    pub(super) state: &'a State,
    /// The document that is open.
    pub(super) document: &'a DeskDocument,
    /// Its pages.
    pub(super) sizes: &'a Arc<Vec<PageSize>>,
    /// Where images come from.
    pub(super) images: &'a mut PageImages,
    /// Where to report.
    pub(super) commands: &'a Commands,
}

/// At most so many marks are named for a screen reader.
const NAMED_MARKS: usize = 300;

/// The tags fade while the view moved within so many seconds.
const REST_SECS: f64 = 0.12;

/// Draws the pages in `rect`.
pub(super) fn pages_ui(ui: &mut Ui, rect: Rect, view: &mut PageView, mut shown: Shown<'_>) {
    let now = ui.input(|i| i.time);
    let glide = glide_secs(ui.style());
    let inner = Rect::from_min_max(
        rect.min + vec2(16.0, 16.0),
        pos2(rect.right() - 16.0, rect.bottom() - toolbar::HEIGHT - 2.0 * toolbar::MARGIN),
    );
    let viewport = Viewport { rect, inner };
    let response = ui.interact(rect, ui.scope_id().with("pages"), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Pages"));

    view.arrange(shown.state, shown.document, shown.sizes, viewport, now, glide);
    view.move_by_hand(ui, &response, viewport, now);
    let for_text = view.act_pending(now, glide);
    view.relay();
    let before = view.camera.look();
    view.camera.advance(now);
    note_glide(view, before.zoom, now);
    view.notice_page();

    let pages = visible_pages(view, rect, ui.pixels_per_point());
    view.overlays.follow(shown.state, shown.document);
    let pages = prepare_overlays(view, &shown, &pages);
    ask_for_words(view, &shown);
    act_on_text(view, &for_text, &shown);
    view.select_by_hand(ui, &response, shown.state, &pages, shown.commands);

    draw_sheets(ui, view, &mut shown, &pages, now);
    let rests = pointer_rests(ui, view, now);
    let hovered = hovered_mark(ui, view, &response, &shown, &pages).filter(|_| !rests);
    draw_marks(ui, view, &shown, &pages, hovered);
    draw_tags(ui, view, &shown, &pages, now);
    name_marks(ui, view, &shown, &pages, &response);
    if let Some((page, mark)) = hovered {
        hover_card(ui, view, &shown, &pages, page, mark);
    }
    context_menu(view, &response, &shown);

    let busy = now - view.motion.panned.max(view.motion.zoomed) < 0.8;
    let content = view.layout.bounds();
    if let Some(look) = scrollbar::scrollbars_ui(ui, view.camera.look(), content, viewport, busy) {
        view.follow.unpin();
        view.camera.set(look.clamped(content, viewport));
        view.motion.panned = now;
        ui.ctx().request_repaint();
    }
    toolbar::toolbar_ui(ui, rect, view, shown.commands);
    view.report_page(shown.state, shown.commands);
    if view.camera.is_gliding() || !view.pending.is_empty() {
        ui.ctx().request_repaint();
    }
}

/// A glide counts as motion.
fn note_glide(view: &mut PageView, zoom_before: f64, now: f64) {
    if view.camera.is_gliding() {
        view.motion.panned = now;
    }
    if (view.camera.look().zoom / zoom_before - 1.0).abs() > 1e-9 {
        view.motion.zoomed = now;
    }
}

/// Where the pages in view stand, on whole pixels of the screen.
fn visible_pages(view: &PageView, rect: Rect, pixels_per_point: f32) -> Vec<(u32, UiFromPage)> {
    let Some(viewport) = view.viewport else { return Vec::new() };
    let look = view.camera.look();
    let scale = look.zoom * f64::from(pixels_per_point);
    let seen = look.world_rect(rect, viewport);
    let place = |page: u32| {
        let world = view.layout.page(page);
        let corner = look.ui_point(world.min, viewport);
        // As many pixels as its image has, so that an image pixel is a screen pixel.
        let side = |length: f64| (length * scale).round().max(1.0) as f32 / pixels_per_point;
        let corner = snapped(Rect::from_min_size(corner, vec2(0.0, 0.0)), pixels_per_point).min;
        let place = Rect::from_min_size(corner, vec2(side(world.width()), side(world.height())));
        (page, UiFromPage::new(place, view.layout.size(page), view.turn))
    };
    view.layout.pages_in(seen).map(place).collect()
}

fn prepare_overlays(view: &mut PageView, shown: &Shown<'_>, pages: &[(u32, UiFromPage)]) -> Vec<VisiblePage> {
    let keep = |page: u32| pages.iter().any(|(visible, _)| page.abs_diff(*visible) <= 1);
    view.overlays.keep(keep);
    view.sheets.keep(keep);
    view.tags.keep(keep);
    let mut visible = Vec::with_capacity(pages.len());
    for (page, ui_from_file) in pages {
        let size = ui_from_file.size();
        view.overlays.prepare(shown.document, *page, size);
        let overlay = view.overlays.page(*page);
        visible.push(VisiblePage {
            page: *page,
            ui_from_file: *ui_from_file,
            ui_from_page: ui_from_file.of_size(overlay.map_or(size, |o| o.size(size))),
            ui_from_text: ui_from_file.of_size(overlay.map_or(size, |o| o.text_size(size))),
        });
    }
    visible
}

/// Fetches the words where they are needed and the service did not send them along; once a document.
fn ask_for_words(view: &mut PageView, shown: &Shown<'_>) {
    let needed = shown.state.view.words;
    if !needed || shown.document.reading != ReadState::Done || view.asked_words == Some(shown.document.id) {
        return;
    }
    if shown.document.pages.get(&view.page).is_some_and(|page| page.text.is_none() && page.problem.is_none()) {
        view.asked_words = Some(shown.document.id);
        shown.commands.push(Command::NeedWords);
    }
}

/// Select all, copy, copy the page.
fn act_on_text(view: &mut PageView, actions: &[Action], shown: &Shown<'_>) {
    let text_of = |page: u32| shown.document.pages.get(&page).and_then(|p| p.text.as_ref());
    for action in actions {
        let page_text = text_of(view.page);
        if page_text.is_none() && matches!(action, Action::SelectAllText | Action::CopyPageText) {
            shown.commands.push(Command::NeedWords);
        }
        match action {
            Action::SelectAllText => {
                let words = page_text.map_or(0, KeptText::len);
                let page = view.page;
                view.text = (words > 0)
                    .then(|| TextSelection::new(TextSpot { page, word: 0 }..=TextSpot { page, word: words - 1 }));
            }
            Action::Copy => {
                if let Some(text) = view.text.as_ref().map(|selection| selection.text(text_of)) {
                    shown.commands.push(Command::CopyText(text));
                }
            }
            Action::CopyPageText => {
                if let Some(text) = page_text {
                    shown.commands.push(Command::CopyText(text.text()));
                }
            }
            _ => {}
        }
    }
}

fn draw_sheets(ui: &mut Ui, view: &mut PageView, shown: &mut Shown<'_>, pages: &[VisiblePage], now: f64) {
    let painter = ui.painter().clone();
    let scale = view.camera.look().zoom * f64::from(view.pixels_per_point);
    let goal = view.camera.destination().zoom * f64::from(view.pixels_per_point);
    if view.camera.is_gliding() {
        view.sheets.settling.settle(goal, now);
    }
    let (image_scale, rested) = view.sheets.settling.scale(if view.camera.is_gliding() { goal } else { scale }, now);
    if !rested {
        ui.ctx().request_repaint_after(Duration::from_millis(30));
    }
    let frame = SheetFrame { document: shown.document, clip: ui.clip_rect(), image_scale, now, painter: &painter };
    let shadow = egui::Shadow { offset: [0, 1], blur: 6, spread: 0, color: palette(ui.visuals()).shadow };
    let mut failed = Vec::new();
    for visible in pages {
        let place = visible.ui_from_file.page_rect();
        painter.add(shadow.as_shape(place, 0.0));
        painter.rect_filled(place, 0.0, Color32::WHITE);
        match view.sheets.draw(&frame, shown.images, visible.page, visible.ui_from_file) {
            SheetState::Shown => {}
            SheetState::Blank => ui.ctx().request_repaint_after(Duration::from_millis(100)),
            SheetState::Drawing => states::drawing_page_ui(ui, visible.ui_from_file, visible.page),
            SheetState::Failed(problem) => failed.push((visible, problem)),
        }
        if let Some(problem) = shown.document.pages.get(&visible.page).and_then(|p| p.problem.as_ref()) {
            states::unread_page_ui(ui, visible.ui_from_file, problem);
        }
    }
    for (visible, problem) in failed {
        if states::failed_page_ui(ui, visible.ui_from_file, visible.page, &problem) {
            shown.images.retry(shown.document.id);
        }
    }
    prepare_next(view, &frame, shown.images, pages);
    prepare_upcoming(view, &frame, shown);
}

/// Asks for the page before and the page after what is in view.
fn prepare_next(view: &PageView, frame: &SheetFrame<'_>, images: &mut PageImages, pages: &[VisiblePage]) {
    let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return };
    let height = f64::from(frame.clip.height()) / view.camera.look().zoom;
    let next = (last.page + 1 < view.page_count()).then_some((last.page + 1, 0, true));
    let previous = first.page.checked_sub(1).map(|page| (page, 2, false));
    for (page, rank, top) in [next, previous].into_iter().flatten() {
        let size = view.layout.size(page);
        let all = size.rect();
        let turned = view.turn.size(size);
        // The end of the page that comes into view first.
        let part = (height as f32 * 0.5).min(turned.height as f32);
        let low = if top { 0.0 } else { turned.height as f32 - part };
        let slice = PageRect::new(0.0, low, turned.width as f32, low + part);
        let slice = view.turn.inverse().rect(slice, turned).intersection(all).unwrap_or(all);
        Sheets::prepare(frame, images, &view.layout, page, slice, rank);
    }
}

/// Asks for the page to which the next value that needs a look leads.
fn prepare_upcoming(view: &PageView, frame: &SheetFrame<'_>, shown: &mut Shown<'_>) {
    let Some((id, page)) = shown.state.upcoming else { return };
    if id == shown.document.id {
        if page < view.page_count() {
            Sheets::prepare(frame, shown.images, &view.layout, page, view.layout.size(page).rect(), 4);
        }
        return;
    }
    let Some(document) = shown.state.document(id) else { return };
    let FileState::Ready(sizes) = &document.file else { return };
    if let Some(size) = sizes.get(page as usize) {
        let whole = Level::preview(*size).whole;
        let image = PageImage { document: id, page, whole, region: None, turn: Turn::None };
        shown.images.image(document, image, Urgency::Next(5));
    }
}

/// Whether the pointer has not moved since a key was pressed: whoever works with the keyboard wants no card over the value.
fn pointer_rests(ui: &Ui, view: &mut PageView, now: f64) -> bool {
    // Of what actions have taken nothing is left but in the raw events.
    let is_key = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
    let (typed, still) =
        ui.input(|i| (i.raw.events.iter().any(is_key), f64::from(i.pointer.time_since_last_movement())));
    if typed {
        view.motion.typed = now;
    }
    now - still < view.motion.typed
}

fn hovered_mark(
    ui: &Ui,
    view: &PageView,
    response: &Response,
    shown: &Shown<'_>,
    pages: &[VisiblePage],
) -> Option<(u32, Mark)> {
    if view.gesture != Gesture::None || response.dragged() || !response.contains_pointer() {
        return None;
    }
    let pos = ui.input(|i| i.pointer.hover_pos())?;
    let (page, marks) = view.marks_at(shown.state, pos, pages)?;
    // A table is meant only by a click: its cells are what a person points at.
    marks.into_iter().find(|m| !matches!(m, Mark::Table(_))).map(|mark| (page, mark))
}

fn draw_marks(ui: &Ui, view: &PageView, shown: &Shown<'_>, pages: &[VisiblePage], hovered: Option<(u32, Mark)>) {
    let settings = &shown.state.view;
    for visible in pages {
        let Some(overlay) = view.overlays.page(visible.page) else { continue };
        let clip = ui.clip_rect().intersect(visible.ui_from_file.page_rect().expand(8.0));
        let mut ink = Ink::new(clip, ui.pixels_per_point(), boxes_in(overlay, visible, clip, settings.words));
        if settings.words {
            words_ink(&mut ink, overlay, visible.ui_from_text, clip, settings.threshold);
        }
        let selected = shown.state.selection.as_ref().and_then(|target| overlay.mark(target));
        let judge = shown.state.judge(shown.document);
        let draw = |mark: Mark, ink: &mut Ink| {
            let emphasis =
                Emphasis { selected: selected == Some(mark), hovered: hovered == Some((visible.page, mark)) };
            match mark {
                Mark::Field(at) if settings.fields => {
                    field_ink(ink, overlay, at, visible.ui_from_page, judge, emphasis);
                }
                Mark::Table(at) if settings.tables => {
                    table_ink(ink, overlay, at, visible.ui_from_page, emphasis);
                }
                Mark::Cell(table, at) if settings.tables => {
                    cell_ink(ink, overlay, (table, at), visible.ui_from_page, judge, emphasis);
                }
                _ => {}
            }
        };
        for mark in overlay.marks.iter().filter(|m| Some(**m) != selected) {
            draw(*mark, &mut ink);
        }
        // What is selected lies on top.
        if let Some(mark) = selected {
            draw(mark, &mut ink);
        }
        if let Some(text) = &view.text
            && let Some(range) = text.on_page(visible.page, overlay.words.rects().len())
        {
            selection_ink(&mut ink, overlay, visible.ui_from_text, &range);
        }
        draw_hands(&mut ink, ui, &view.gesture, shown.state, overlay, visible);
        if let Some(shape) = ink.shape() {
            ui.painter().add(shape);
        }
    }
}

/// About how many boxes are drawn.
fn boxes_in(overlay: &Overlay, visible: &VisiblePage, clip: Rect, words: bool) -> usize {
    let mut boxes = 0;
    let mut count = |_| {
        boxes += 1;
        true
    };
    overlay.grid.touching(visible.ui_from_page.page_rect_of(clip), &mut count);
    if words {
        overlay.words.touching(visible.ui_from_text.page_rect_of(clip), &mut count);
    }
    boxes
}

fn draw_tags(ui: &Ui, view: &mut PageView, shown: &Shown<'_>, pages: &[VisiblePage], now: f64) {
    let panned = now - view.motion.panned < REST_SECS && view.motion.panned > 0.0;
    let zoomed = now - view.motion.zoomed < REST_SECS && view.motion.zoomed > 0.0;
    if panned || zoomed {
        ui.ctx().request_repaint_after(Duration::from_millis(60));
    }
    let time = if ui.style().animation_time > 0.0 { 0.12 } else { 0.0 };
    let resting = ui.ctx().animate_bool_with_time(ui.scope_id().with("tags"), !panned && !zoomed, time);
    if zoomed {
        return;
    }
    let settings = &shown.state.view;
    for visible in pages {
        let Some(overlay) = view.overlays.page(visible.page) else { continue };
        let frame = TagFrame {
            judge: shown.state.judge(shown.document),
            selected: shown.state.selection.as_ref().and_then(|target| overlay.mark(target)),
            fields: settings.fields,
            tables: settings.tables,
            painter: ui.painter(),
            opacity: 0.2 + 0.8 * resting,
            file_size: visible.ui_from_file.size(),
        };
        view.tags.draw(frame, overlay, visible.ui_from_page);
    }
}

/// Names the marks in view for a screen reader and for tests, only while someone listens.
fn name_marks(ui: &Ui, view: &PageView, shown: &Shown<'_>, pages: &[VisiblePage], response: &Response) {
    if !ui.ctx().has_accesskit_node(response.id) {
        return;
    }
    let mut left = NAMED_MARKS;
    for visible in pages {
        let Some(overlay) = view.overlays.page(visible.page) else { continue };
        for (number, mark) in overlay.marks.iter().enumerate().rev() {
            let shown_kind = match mark {
                Mark::Field(_) => shown.state.view.fields,
                Mark::Table(_) => shown.state.view.tables,
                Mark::Cell(..) => continue,
            };
            let place = visible.ui_from_page.rect(overlay.grid.rects()[number]).intersect(ui.clip_rect());
            if !shown_kind || !place.is_positive() {
                continue;
            }
            if left == 0 {
                return;
            }
            left -= 1;
            name_mark(ui, overlay, *mark, number, place, shown);
        }
    }
}

fn name_mark(ui: &Ui, overlay: &Overlay, mark: Mark, number: usize, place: Rect, shown: &Shown<'_>) {
    let id = ui.scope_id().with(("mark", overlay.page.number, number));
    let named = ui.interact(place, id, Sense::hover());
    let selected = shown.state.selection.as_ref().is_some_and(|target| overlay.mark(target) == Some(mark));
    named.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, selected, spoken_name(overlay, mark)));
    if ui.input(|i| i.has_accesskit_action_request(id, egui::accesskit::Action::Click)) {
        shown.commands.push(Command::Select(Some(overlay.target(mark))));
    }
}

fn hover_card(ui: &Ui, view: &PageView, shown: &Shown<'_>, pages: &[VisiblePage], page: u32, mark: Mark) {
    let still = ui.input(|i| i.pointer.time_since_last_movement());
    if still < 0.2 {
        ui.ctx().request_repaint_after(Duration::from_millis(60));
        return;
    }
    let (Some(overlay), Some(visible)) = (view.overlays.page(page), pages.iter().find(|p| p.page == page)) else {
        return;
    };
    if let Some(rect) = overlay.rect(mark) {
        let place = visible.ui_from_page.rect(rect).intersect(ui.clip_rect());
        hover_ui(ui, overlay, mark, place, shown.state.judge(shown.document));
    }
}

fn context_menu(view: &mut PageView, response: &Response, shown: &Shown<'_>) {
    response.context_menu(|ui| {
        ui.set_min_width(180.0);
        let copy = ui.add_enabled(view.text.is_some(), egui::Button::new("Copy selected text"));
        if copy.clicked() {
            view.act(Action::Copy);
        }
        for action in [Action::CopyPageText, Action::SelectAllText] {
            if ui.button(action.label()).clicked() {
                view.act(action);
            }
        }
        ui.separator();
        for action in [Action::FitWidth, Action::FitPage, Action::ActualSize, Action::RotateView] {
            if ui.button(action.label()).clicked() {
                view.act(action);
            }
        }
        if let FileState::Ready(sizes) = &shown.document.file
            && let Some(size) = sizes.get(view.page as usize)
        {
            ui.separator();
            let text = format!("Page {} · {} × {} pixels", view.page + 1, size.width, size.height);
            ui.label(egui::RichText::new(text).font(theme::regular(theme::SMALL)).weak());
        }
    });
}
