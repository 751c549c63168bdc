//! What hands do to the view: wheel, pinch, drag, click, keys. Decides what each means; draws nothing.

use super::PageView;
use super::boxes::{Drag, Drawn, Grip, Held, Tool, line_at, meant};
use super::camera::Viewport;
use super::overlay::Mark;
use super::pick::click_choice;
use super::text_select::{TextSelection, TextSpot};
use super::transform::UiFromPage;
use crate::desk::{Command, Commands, Reshape, State, Target, ZoomTo};
use crate::document::{Axis, PageRect};
use crate::ui::hands::held_at_click;
use egui::{CursorIcon, Key, PointerButton, Pos2, Response, Ui, Vec2};
use std::ops::RangeInclusive;

/// How far a drag has got.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Gesture {
    /// There is none.
    #[default]
    None,
    /// The page follows the pointer.
    Pan,
    /// A box or a line of a table follows the pointer.
    Box(Drag),
    /// Words are selected; whole lines after a third click.
    Text {
        /// Whole lines.
        lines: bool,
    },
}

/// When the view moved and a person typed last, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Motion {
    /// It panned.
    pub(super) panned: f64,
    /// It zoomed.
    pub(super) zoomed: f64,
    /// When a key was pressed last, in seconds.
    pub(super) typed: f64,
    /// How far a single page was scrolled beyond its end, in points.
    beyond: f32,
}

/// A page in view, in this frame.
#[derive(Clone, Copy)]
pub(super) struct VisiblePage {
    /// Which one, from 0.
    pub(super) page: u32,
    /// Where it stands; pixels of the file's page.
    pub(super) ui_from_file: UiFromPage,
    /// The same for pixels of the page the service answered for.
    pub(super) ui_from_page: UiFromPage,
    /// The same for pixels of the page the words are of.
    pub(super) ui_from_text: UiFromPage,
}

/// Pixels around a box within which the pointer still means it, in points.
const SLACK: f32 = 3.0;
/// How near to an edge a hand takes hold of it, in points.
const GRIP: f32 = 6.0;

impl PageView {
    /// Wheel, pinch, drags that pan and keys that scroll.
    pub(super) fn move_by_hand(&mut self, ui: &Ui, response: &Response, viewport: Viewport, now: f64) {
        let pressed = ui.input(|i| {
            i.events.iter().any(|e| matches!(e, egui::Event::Key { pressed: true, .. } | egui::Event::Text(_)))
        });
        if pressed {
            self.camera.stop();
        }
        let mut pan = Vec2::ZERO;
        if response.contains_pointer() {
            let (scroll, zoom, pointer) =
                ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta(), i.pointer.hover_pos()));
            if (zoom - 1.0).abs() > 1e-6 {
                self.zoom_by_hand(f64::from(zoom), pointer.unwrap_or(viewport.inner.center()), viewport, now);
            } else {
                pan += scroll;
                self.flip_beyond_end(scroll.y, now);
            }
        }
        if self.gesture == Gesture::Pan || (response.dragged_by(PointerButton::Middle) && !response.drag_started()) {
            pan += response.drag_delta();
        }
        pan += scroll_keys(ui, viewport);
        if pan != Vec2::ZERO {
            self.follow.unpin();
            let look = self.camera.look().panned(pan).clamped(self.layout.bounds(), viewport);
            if look != self.camera.look() {
                self.motion.panned = now;
            }
            self.camera.set(look);
        }
    }

    fn zoom_by_hand(&mut self, factor: f64, pointer: Pos2, viewport: Viewport, now: f64) {
        self.follow.unpin();
        let look = self.camera.look().zoomed(factor, pointer, viewport, self.zoom_limits());
        self.fit = ZoomTo::Scale((look.zoom * f64::from(self.pixels_per_point)) as f32);
        self.camera.set(look.clamped(self.layout.bounds(), viewport));
        self.motion.zoomed = now;
    }

    /// A single page that is scrolled on at its end gives way to the next one.
    fn flip_beyond_end(&mut self, scroll: f32, now: f64) {
        let (Some(page), Some(viewport)) = (self.layout.alone(), self.viewport) else { return };
        let look = self.camera.look();
        let moved = look.panned(Vec2::new(0.0, scroll)).clamped(self.layout.bounds(), viewport);
        let stuck = scroll != 0.0 && (moved.center.y - look.center.y).abs() * look.zoom < 0.01;
        if !stuck || self.motion.beyond * scroll < 0.0 {
            self.motion.beyond = 0.0;
        }
        if !stuck {
            return;
        }
        self.motion.beyond += scroll;
        if self.motion.beyond.abs() < 90.0 {
            return;
        }
        let down = scroll < 0.0;
        self.motion.beyond = 0.0;
        if down && page + 1 < self.page_count() {
            self.go_to_page(page + 1, now, 0.0);
        } else if !down && page > 0 {
            self.go_to_page(page - 1, now, 0.0);
            let look = self.camera.look().panned(Vec2::new(0.0, -1e9));
            self.camera.set(look.clamped(self.layout.bounds(), viewport));
        }
    }

    /// What is under the pointer: the page and the marks, smallest first.
    pub(super) fn marks_at(&self, state: &State, pos: Pos2, pages: &[VisiblePage]) -> Option<(u32, Vec<Mark>)> {
        let visible = pages.iter().find(|p| p.ui_from_file.page_rect().expand(SLACK).contains(pos))?;
        let overlay = self.overlays.page(visible.page)?;
        let slack = SLACK / visible.ui_from_page.scale().max(f32::MIN_POSITIVE);
        let hits = overlay.grid.at(visible.ui_from_page.page_point(pos), slack);
        let marks: Vec<Mark> = hits
            .into_iter()
            .map(|hit| overlay.marks[hit])
            .filter(|mark| if matches!(mark, Mark::Field(_)) { state.view.fields } else { state.view.tables })
            .collect();
        Some((visible.page, marks))
    }

    /// Clicks and drags that select.
    pub(super) fn select_by_hand(
        &mut self,
        ui: &Ui,
        response: &Response,
        state: &State,
        pages: &[VisiblePage],
        commands: &Commands,
    ) {
        let Some(pos) = response.interact_pointer_pos().or(response.hover_pos()) else {
            self.gesture = Gesture::None;
            return;
        };
        if ui.input(|i| i.key_pressed(Key::Escape)) {
            self.tool = Tool::None;
        }
        let space = ui.input(|i| i.key_down(Key::Space)) && !ui.ctx().egui_wants_keyboard_input();
        let shift = ui.input(|i| i.modifiers.shift);
        if response.drag_started_by(PointerButton::Primary) {
            let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pos);
            let pans = space || ui.input(egui::InputState::any_touches);
            let held = if pans { None } else { self.held_at(origin, state, pages) };
            self.gesture = match held {
                Some(drag) => Gesture::Box(drag),
                None => self.begin_drag(origin, shift, pans, pages),
            };
            if self.gesture == Gesture::Pan {
                self.pan_by(pos - origin);
            }
        }
        if response.drag_started_by(PointerButton::Middle) {
            let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pos);
            self.pan_by(pos - origin);
        }
        if response.dragged_by(PointerButton::Primary)
            && let Gesture::Text { lines } = self.gesture
        {
            if let Some(spots) = self.spots_near(pos, lines, pages)
                && let Some(text) = &mut self.text
            {
                text.extend(spots);
            }
            self.scroll_at_edge(ui, pos);
        }
        if let Gesture::Box(drag) = &mut self.gesture
            && let Some(visible) = pages.iter().find(|visible| visible.page == drag.page)
        {
            drag.to = visible.ui_from_page.page_point(pos);
        }
        if !response.dragged() {
            if let Gesture::Box(drag) = std::mem::take(&mut self.gesture) {
                let snaps = !ui.input(|i| i.modifiers.alt);
                self.end_drag(&drag, snaps, pages, commands);
            }
            self.gesture = Gesture::None;
        }
        let ctrl = held_at_click(ui).command;
        let took_word = response.clicked() && std::mem::take(&mut self.took_word);
        if self.tool != Tool::None && response.clicked() {
            self.take_word(pos, pages);
        } else if ctrl && response.clicked() {
            if let Some(target) = self.targets_at(pos, state, pages).into_iter().next() {
                self.follow.clicked(Some(target.clone()));
                commands.push(Command::Mark(target));
            }
        } else if response.triple_clicked() {
            self.text = self.spots_at(pos, true, pages).map(TextSelection::new);
        } else if took_word && response.double_clicked() {
            self.take_line(pos, pages);
        } else if response.double_clicked() {
            self.text = self.spots_at(pos, false, pages).map(TextSelection::new);
        } else if response.clicked() && !space {
            self.click(pos, shift, state, pages, commands);
        }
        self.set_cursor(ui, response, pos, space, state, pages);
    }

    /// What the hand moved before it was clear that it drags.
    fn pan_by(&mut self, delta: Vec2) {
        let Some(viewport) = self.viewport else { return };
        self.follow.unpin();
        self.camera.set(self.camera.look().panned(delta).clamped(self.layout.bounds(), viewport));
    }

    fn begin_drag(&mut self, origin: Pos2, shift: bool, pan: bool, pages: &[VisiblePage]) -> Gesture {
        if pan {
            return Gesture::Pan;
        }
        let Some(spots) = self.spots_at(origin, false, pages) else { return Gesture::Pan };
        match &mut self.text {
            Some(text) if shift => text.extend(spots),
            text => *text = Some(TextSelection::new(spots)),
        }
        Gesture::Text { lines: false }
    }

    fn click(&mut self, pos: Pos2, shift: bool, state: &State, pages: &[VisiblePage], commands: &Commands) {
        if shift
            && let Some(spots) = self.spots_near(pos, false, pages)
            && let Some(text) = &mut self.text
        {
            text.extend(spots);
            return;
        }
        self.text = None;
        let targets = self.targets_at(pos, state, pages);
        let choice = click_choice(&targets, state.selection.as_ref());
        if choice != state.selection {
            self.follow.clicked(choice.clone());
            commands.push(Command::Select(choice));
        }
    }

    /// What can be selected at `pos`, smallest first.
    fn targets_at(&self, pos: Pos2, state: &State, pages: &[VisiblePage]) -> Vec<Target> {
        let Some((page, marks)) = self.marks_at(state, pos, pages) else { return Vec::new() };
        let overlay = self.overlays.page(page);
        overlay.into_iter().flat_map(|overlay| marks.iter().map(|mark| overlay.target(*mark))).collect()
    }

    /// What a drag that begins at `pos` holds: a new box, the selected field's box, a line of the selected table.
    fn held_at(&self, pos: Pos2, state: &State, pages: &[VisiblePage]) -> Option<Drag> {
        let visible = pages.iter().find(|p| p.ui_from_file.page_rect().expand(SLACK).contains(pos))?;
        let point = visible.ui_from_page.page_point(pos);
        let drag = |held| Some(Drag { page: visible.page, held, from: point, to: point });
        if self.tool != Tool::None {
            return drag(Held::New(self.tool));
        }
        let slack = GRIP / visible.ui_from_page.scale().max(f32::MIN_POSITIVE);
        let overlay = self.overlays.page(visible.page)?;
        let selected = state.selection.as_ref().filter(|_| state.marked.is_empty())?;
        match overlay.mark(selected)? {
            Mark::Field(at) if state.view.fields => {
                let rect = overlay.field(at).rect?;
                drag(Held::Field(selected.clone(), Grip::at(rect, point, slack)?, rect))
            }
            Mark::Table(at) | Mark::Cell(at, _) if state.view.tables => {
                let table = overlay.table(at);
                let (axis, before) = line_at(table, point, slack)?;
                drag(Held::Line(table.id.clone(), axis, before))
            }
            _ => None,
        }
    }

    /// What was dragged stays where it is.
    fn end_drag(&mut self, drag: &Drag, snaps: bool, pages: &[VisiblePage], commands: &Commands) {
        let Some(visible) = pages.iter().find(|visible| visible.page == drag.page) else { return };
        let Some(overlay) = self.overlays.page(drag.page) else { return };
        let rect = drag.rect(visible.ui_from_page.size());
        match (&drag.held, rect) {
            (Held::New(Tool::Table), Some(rect)) => self.drawn = Some(Drawn::Table(drag.page, rect)),
            (Held::New(_), Some(rect)) => self.drawn = Some(Drawn::Field(drag.page, meant(&overlay.page, rect, snaps))),
            (Held::Field(target, grip, before), Some(rect)) if rect != *before => {
                // What is moved as a whole is meant where it is put.
                let rect = meant(&overlay.page, rect, snaps && *grip != Grip::WHOLE);
                commands.push(Command::SetRect(target.clone(), rect));
            }
            (Held::Line(_, axis, before), _) => {
                let to = if *axis == Axis::Rows { drag.to.y } else { drag.to.x };
                commands.push(Command::Reshape(Reshape::MoveEdge(*axis, *before, to)));
            }
            _ => {}
        }
        self.tool = Tool::None;
    }

    /// A click while a value is drawn takes the word below it.
    fn take_word(&mut self, pos: Pos2, pages: &[VisiblePage]) {
        let Some(visible) = pages.iter().find(|p| p.ui_from_file.page_rect().contains(pos)) else { return };
        let Some(overlay) = self.overlays.page(visible.page) else { return };
        let Some(at) = overlay.text.at(visible.ui_from_text.page_point(pos)) else { return };
        let Some(rect) = overlay.words.rects().get(at) else { return };
        let text_size = overlay.text_size(visible.ui_from_file.size());
        let rect = rect.rescaled(text_size, visible.ui_from_page.size());
        if self.tool == Tool::Field {
            self.drawn = Some(Drawn::Word(visible.page, meant(&overlay.page, rect, true)));
            self.tool = Tool::None;
            self.took_word = true;
        }
    }

    /// The second of two clicks takes the line in place of the word.
    fn take_line(&mut self, pos: Pos2, pages: &[VisiblePage]) {
        let Some(spots) = self.spots_at(pos, true, pages) else { return };
        let Some(visible) = pages.iter().find(|visible| visible.page == spots.start().page) else { return };
        let Some(overlay) = self.overlays.page(visible.page) else { return };
        let words = overlay.words.rects().get(spots.start().word..=spots.end().word).unwrap_or_default();
        let text_size = overlay.text_size(visible.ui_from_file.size());
        if let Some(line) = PageRect::around(words.iter().copied()) {
            self.drawn = Some(Drawn::Line(visible.page, line.rescaled(text_size, visible.ui_from_page.size())));
        }
    }

    /// The word (or line) that is meant at `pos`.
    fn spots_at(&self, pos: Pos2, line: bool, pages: &[VisiblePage]) -> Option<RangeInclusive<TextSpot>> {
        let visible = pages.iter().find(|p| p.ui_from_file.page_rect().contains(pos))?;
        let overlay = self.overlays.page(visible.page)?;
        let word = overlay.text.at(visible.ui_from_text.page_point(pos))?;
        Some(spots(visible.page, word, line, overlay))
    }

    /// The word (or line) nearest to `pos`.
    fn spots_near(&self, pos: Pos2, line: bool, pages: &[VisiblePage]) -> Option<RangeInclusive<TextSpot>> {
        let far = |p: &VisiblePage| p.ui_from_file.page_rect().distance_sq_to_pos(pos);
        let visible = pages.iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
        let overlay = self.overlays.page(visible.page)?;
        let word = overlay.text.nearest(visible.ui_from_text.page_point(pos))?;
        Some(spots(visible.page, word, line, overlay))
    }

    /// Words are selected beyond the edge of the view: it follows.
    fn scroll_at_edge(&mut self, ui: &Ui, pos: Pos2) {
        let Some(viewport) = self.viewport else { return };
        let rect = viewport.rect.shrink(16.0);
        let beyond = pos - rect.clamp(pos);
        if beyond == Vec2::ZERO {
            return;
        }
        let step = -beyond.clamp(Vec2::splat(-40.0), Vec2::splat(40.0)) * ui.input(|i| i.stable_dt).min(0.05) * 12.0;
        self.camera.set(self.camera.look().panned(step).clamped(self.layout.bounds(), viewport));
        self.follow.unpin();
        ui.ctx().request_repaint();
    }

    fn set_cursor(&self, ui: &Ui, response: &Response, pos: Pos2, space: bool, state: &State, pages: &[VisiblePage]) {
        if !response.contains_pointer() && !response.dragged() {
            return;
        }
        let held = match &self.gesture {
            Gesture::Box(drag) => Some(drag.held.clone()),
            Gesture::None if !space => self.held_at(pos, state, pages).map(|drag| drag.held),
            _ => None,
        };
        let icon = if let Some(held) = held {
            match held {
                Held::New(_) => CursorIcon::Crosshair,
                Held::Field(_, grip, _) => grip.cursor(),
                Held::Line(_, Axis::Rows, _) => CursorIcon::ResizeRow,
                Held::Line(_, Axis::Columns, _) => CursorIcon::ResizeColumn,
            }
        } else if self.gesture == Gesture::Pan || response.dragged_by(PointerButton::Middle) {
            CursorIcon::Grabbing
        } else if matches!(self.gesture, Gesture::Text { .. }) {
            CursorIcon::Text
        } else if space {
            CursorIcon::Grab
        } else if self
            .marks_at(state, pos, pages)
            .is_some_and(|(_, marks)| marks.iter().any(|m| matches!(m, Mark::Field(_) | Mark::Cell(..))))
        {
            CursorIcon::PointingHand
        } else if self.spots_at(pos, false, pages).is_some() {
            CursorIcon::Text
        } else {
            CursorIcon::Default
        };
        ui.ctx().set_cursor_icon(icon);
    }
}

fn spots(page: u32, word: usize, line: bool, overlay: &super::overlay::Overlay) -> RangeInclusive<TextSpot> {
    let range = if line { overlay.text.line_of(word) } else { word..=word };
    TextSpot { page, word: *range.start() }..=TextSpot { page, word: *range.end() }
}

/// Arrow keys, while nothing else has the keyboard.
fn scroll_keys(ui: &Ui, viewport: Viewport) -> Vec2 {
    if ui.ctx().memory(|m| m.focused().is_some()) {
        return Vec2::ZERO;
    }
    let step = (viewport.inner.height() * 0.08).max(24.0);
    ui.input(|i| {
        if i.modifiers.any() {
            return Vec2::ZERO;
        }
        let presses = |key| i.num_presses(key) as f32 * step;
        Vec2::new(presses(Key::ArrowLeft) - presses(Key::ArrowRight), presses(Key::ArrowUp) - presses(Key::ArrowDown))
    })
}
