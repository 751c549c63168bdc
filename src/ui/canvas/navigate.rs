//! Where the view looks: fit, zoom steps, pages, and following the desk's selection and page. Moves no pointer.

use super::PageView;
use super::camera::{Look, Viewport, zoom_step};
use super::layout::{Layout, World, WorldRect};
use super::transform::UiFromPage;
use crate::desk::{Action, Command, Commands, DeskDocument, Open, State, Target, ZoomTo};
use crate::document::{PageRect, PageSize, Turn};
use crate::ui::theme::GLIDE_SECS;
use egui::{Rect, pos2, vec2};
use std::sync::Arc;

/// A small picture is not blown up beyond so many screen pixels a page pixel unless a person asks for it.
const MOST_AT_FIRST: f64 = 1.5;

/// Text lower than this, in points, is brought nearer when it is selected from a list.
const READABLE: f64 = 8.0;

/// A selection that was heard of, or none yet.
#[derive(Clone, Debug, Default, PartialEq)]
enum Heard {
    #[default]
    Nothing,
    Selection(Option<Target>),
}

/// What the view knows of the desk, to tell what it did itself from what came from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Follow {
    /// The selection as it was in the frame before.
    selection: Heard,
    /// What a click on the page has asked to select.
    clicked: Heard,
    /// The desk's page as it was in the frame before.
    page: Option<u32>,
    /// The page that the view has told the desk.
    told: Option<u32>,
    /// The page that a person went to: it counts as the one in view until they move on.
    pinned: Option<u32>,
    asked: Option<Target>,
}

impl Follow {
    /// Glides there in the next frame.
    pub(super) fn glide_to(&mut self, target: Target) {
        self.asked = Some(target);
    }

    /// A click on the page selects this; the view does not glide to what is under the pointer.
    pub(super) fn clicked(&mut self, target: Option<Target>) {
        self.clicked = Heard::Selection(target);
    }

    /// A person moves by hand.
    pub(super) const fn unpin(&mut self) {
        self.pinned = None;
    }

    /// The target that came from outside since the frame before.
    fn new_target(&mut self, selection: Option<&Target>) -> Option<Target> {
        let now = Heard::Selection(selection.cloned());
        let changed = self.selection != now;
        self.selection = now;
        if let Some(asked) = self.asked.take() {
            return Some(asked);
        }
        if !changed || std::mem::take(&mut self.clicked) == self.selection {
            return None;
        }
        selection.cloned()
    }

    /// The page that was asked for from outside since the frame before.
    fn new_page(&mut self, open: Open) -> Option<u32> {
        let before = self.page.replace(open.page);
        let changed = before != Some(open.page);
        (changed && self.told != Some(open.page)).then_some(open.page)
    }
}

impl PageView {
    /// Follows the document, the size of the view and the desk before a frame is drawn.
    pub(super) fn arrange(
        &mut self,
        state: &State,
        document: &DeskDocument,
        sizes: &Arc<Vec<PageSize>>,
        viewport: Viewport,
        now: f64,
        glide_secs: f64,
    ) {
        let asked_page = state.open.and_then(|open| self.follow.new_page(open));
        let first = self.viewport.is_none();
        let last_page = sizes.len() as u32 - 1;
        if first || (asked_page.is_some() && !state.view.continuous) {
            self.page = asked_page.unwrap_or(self.page);
        }
        self.page = self.page.min(last_page);
        let alone = (!state.view.continuous).then_some(self.page);
        if !self.layout.is_of(sizes, self.turn, alone) {
            self.lay_out(Layout::new(Arc::clone(sizes), self.turn, alone), first);
        }
        let resized = self.viewport.is_none_or(|v| v.inner.size() != viewport.inner.size());
        self.viewport = Some(viewport);
        if first {
            self.first_look(asked_page.unwrap_or(0));
        } else if resized {
            self.refit();
        }
        let target = self.follow.new_target(state.selection.as_ref());
        if let Some(page) = asked_page
            && !first
            && target.is_none()
        {
            self.go_to_page(page, now, glide_secs);
        }
        if let Some(target) = target {
            self.frame_target(document, &target, now, if first { 0.0 } else { glide_secs });
        }
    }

    /// Lays the pages out anew where the view was turned since.
    pub(super) fn relay(&mut self) {
        if self.layout.turn() != self.turn {
            self.lay_out(Layout::new(self.layout.sizes(), self.turn, self.layout.alone()), false);
        }
    }

    /// Tells the desk which page is in view.
    pub(super) fn report_page(&mut self, state: &State, commands: &Commands) {
        let Some(open) = state.open else { return };
        if open.page == self.page {
            self.follow.told = Some(self.page);
        } else if self.follow.told != Some(self.page) {
            self.follow.told = Some(self.page);
            commands.push(Command::SeePage(self.page));
        }
    }

    /// Finds the page that is mostly in view.
    pub(super) fn notice_page(&mut self) {
        let Some(viewport) = self.viewport else { return };
        if let Some(alone) = self.layout.alone() {
            self.page = alone;
            return;
        }
        let seen = self.camera.destination().world_rect(viewport.inner, viewport);
        if let Some(pinned) = self.follow.pinned
            && self.layout.page(pinned).share_in(seen) > 0.0
        {
            self.page = pinned;
            return;
        }
        let view_area = (seen.width() * seen.height()).max(f64::MIN_POSITIVE);
        let middle = f64::midpoint(seen.min.y, seen.max.y);
        let weight = |page: u32| {
            let place = self.layout.page(page);
            let share = place.share_in(seen);
            let filled = share * place.width() * place.height() / view_area;
            // The page that fills the view, or of several whole ones the one in the middle.
            let off = (f64::midpoint(place.min.y, place.max.y) - middle).abs() / seen.height().max(1.0);
            share.max(filled) - off * 0.01
        };
        let best = self.layout.pages_in(seen).max_by(|a, b| weight(*a).total_cmp(&weight(*b)));
        self.page = best.unwrap_or(self.page);
    }

    /// The smallest and the largest zoom, in points a page pixel.
    pub(super) fn zoom_limits(&self) -> (f64, f64) {
        let Some(viewport) = self.viewport else { return (0.01, 8.0) };
        let whole = self.fit_zoom(ZoomTo::Page, viewport);
        let largest = (8.0 / f64::from(self.pixels_per_point)).max(whole * 4.0);
        ((whole * 0.2).min(0.5 / f64::from(self.pixels_per_point)), largest)
    }

    /// Zooms to this share of 100 %, around the middle.
    pub(super) fn zoom_to(&mut self, share: f64) {
        let scale = share * self.life_size;
        self.fit = ZoomTo::Scale(scale as f32);
        self.pending_zoom(scale);
    }

    /// Whether the whole page is fitted.
    pub(super) fn fits_page(&self) -> bool {
        self.fit == ZoomTo::Page
    }

    /// Does what was asked of the view since the frame before; answers what has to do with text.
    pub(super) fn act_pending(&mut self, now: f64, glide_secs: f64) -> Vec<Action> {
        let mut rest = Vec::new();
        for action in std::mem::take(&mut self.pending) {
            match action {
                Action::ZoomIn | Action::ZoomOut => {
                    let scale = self.camera.destination().zoom * f64::from(self.pixels_per_point);
                    let next = zoom_step(scale / self.life_size, action == Action::ZoomIn);
                    self.glide_to_scale(next * self.life_size, now, glide_secs);
                }
                Action::ActualSize => self.glide_to_scale(self.life_size, now, glide_secs),
                Action::FitWidth => self.glide_to_fit(ZoomTo::Width, now, glide_secs),
                Action::FitPage => self.glide_to_fit(ZoomTo::Page, now, glide_secs),
                Action::RotateView => self.turn = self.turn.then(Turn::Quarter),
                Action::NextPage => {
                    self.go_to_page((self.page + 1).min(self.page_count().saturating_sub(1)), now, glide_secs);
                }
                Action::PreviousPage => self.go_to_page(self.page.saturating_sub(1), now, glide_secs),
                Action::FirstPage => self.go_to_page(0, now, 0.0),
                Action::LastPage => self.go_to_page(self.page_count().saturating_sub(1), now, 0.0),
                other => rest.push(other),
            }
        }
        rest
    }

    /// Goes to a page: its top at the top of the view.
    pub(super) fn go_to_page(&mut self, page: u32, now: f64, glide_secs: f64) {
        let Some(viewport) = self.viewport else { return };
        let page = page.min(self.page_count().saturating_sub(1));
        self.follow.pinned = Some(page);
        if self.layout.alone().is_some_and(|alone| alone != page) {
            self.page = page;
            let sizes = self.layout.sizes();
            self.lay_out(Layout::new(sizes, self.turn, Some(page)), true);
        }
        let from = self.camera.destination();
        let place = self.layout.page(page);
        let zoom = match self.fit {
            ZoomTo::Scale(_) => from.zoom,
            fit => self.fit_zoom_of(fit, place, viewport),
        };
        let center = World::new(from.center.x, place.min.y + f64::from(viewport.inner.height()) / zoom / 2.0);
        let to = Look { center, zoom }.clamped(self.layout.bounds(), viewport);
        // A far page is there at once: a flight over hundreds of pages shows nothing.
        let near = (to.center.y - self.camera.look().center.y).abs() * zoom < f64::from(viewport.rect.height()) * 3.0;
        self.camera.glide(to, now, if near { glide_secs } else { 0.0 });
    }

    /// Frames a field, table or cell with what stands around it.
    fn frame_target(&mut self, document: &DeskDocument, target: &Target, now: f64, glide_secs: f64) {
        let Some(viewport) = self.viewport else { return };
        let page = target.page().min(self.page_count().saturating_sub(1));
        if self.layout.alone().is_some_and(|alone| alone != page) {
            self.go_to_page(page, now, 0.0);
        }
        let Some((rect, size)) = place_of(document, target) else {
            let seen = self.camera.destination().world_rect(viewport.inner, viewport);
            if self.layout.page(page).share_in(seen) == 0.0 {
                self.go_to_page(page, now, glide_secs);
            }
            return;
        };
        self.follow.pinned = Some(page);
        let place = world_rect(&self.layout, page, rect, size);
        let from = self.camera.destination();
        let (view_w, view_h) = (f64::from(viewport.inner.width()), f64::from(viewport.inner.height()));
        // Near enough to read, far enough to see it whole.
        let fits = (view_w * 0.85 / place.width().max(1.0)).min(view_h * 0.7 / place.height().max(1.0));
        let line = place.height().min(place.width()).max(1.0);
        let zoom = from.zoom.max(READABLE / line).min(fits).min(self.zoom_limits().1).max(self.zoom_limits().0);
        let same_zoom = (zoom / from.zoom - 1.0).abs() < 0.01;
        let zoom = if same_zoom { from.zoom } else { zoom };
        let held = Look { zoom, ..from };
        let shown = Rect::from_two_pos(held.ui_point(place.min, viewport), held.ui_point(place.max, viewport));
        let margin = vec2(48.0, viewport.inner.height() * 0.15).min(viewport.inner.size() * 0.2);
        let calm = viewport.inner.shrink2(margin);
        if same_zoom && calm.contains_rect(shown) {
            return;
        }
        if !same_zoom {
            self.fit = ZoomTo::Scale((zoom * f64::from(self.pixels_per_point)) as f32);
        }
        // Across: no more than needed. Down: to the middle, so that what stands around is seen.
        let across = if shown.left() < calm.left() {
            shown.left() - calm.left()
        } else {
            (shown.right() - calm.right()).max(0.0).min(shown.left() - calm.left())
        };
        let down = shown.center().y - viewport.inner.center().y;
        let to = held.panned(-vec2(across, down)).clamped(self.layout.bounds(), viewport);
        let near = (to.center.y - self.camera.look().center.y).abs() * zoom < view_h * 3.0;
        self.camera.glide(to, now, if near { glide_secs } else { 0.0 });
    }

    /// Takes a new layout and keeps looking at the same place of the same page; at the page's top where `afresh`.
    fn lay_out(&mut self, layout: Layout, afresh: bool) {
        let old = std::mem::replace(&mut self.layout, layout);
        if afresh || old.page_count() == 0 {
            return;
        }
        let page = self.page.min(self.layout.page_count().saturating_sub(1));
        let unit = PageSize::new(1, 1);
        let (from, to) = (old.page(page), self.layout.page(page));
        let center = self.camera.destination().center;
        let share = crate::document::PagePoint::new(
            ((center.x - from.min.x) / from.width().max(1.0)) as f32,
            ((center.y - from.min.y) / from.height().max(1.0)) as f32,
        );
        let turned = old.turn().inverse().then(self.layout.turn()).point(share, unit);
        let look = Look {
            center: World::new(
                to.min.x + f64::from(turned.x) * to.width(),
                to.min.y + f64::from(turned.y) * to.height(),
            ),
            zoom: self.camera.destination().zoom,
        };
        self.camera.set(look);
        self.refit();
    }

    /// The look at a document that was just opened: where it was left, or at the top of `page`.
    fn first_look(&mut self, page: u32) {
        let Some(viewport) = self.viewport else { return };
        let known = self.document.and_then(|d| self.places.get(&d).copied());
        if let Some(place) = known {
            self.fit = place.fit;
            self.turn = place.turn;
            if self.layout.turn() != self.turn {
                self.layout = Layout::new(self.layout.sizes(), self.turn, self.layout.alone());
            }
            self.camera.set(place.look);
            self.refit();
            self.notice_page();
            if self.page == page {
                return;
            }
        } else {
            self.turn = Turn::None;
            self.fit = ZoomTo::Width;
            if self.layout.turn() != self.turn {
                self.layout = Layout::new(self.layout.sizes(), self.turn, self.layout.alone());
            }
            let place = self.layout.page(page);
            let most = MOST_AT_FIRST / f64::from(self.pixels_per_point);
            if self.fit_zoom_of(ZoomTo::Width, place, viewport) > most {
                let whole = self.fit_zoom_of(ZoomTo::Page, place, viewport);
                if whole <= most {
                    self.fit = ZoomTo::Scale(MOST_AT_FIRST as f32);
                } else {
                    self.fit = ZoomTo::Page;
                }
            }
            let zoom = self.fit_zoom(self.fit, viewport);
            self.camera.set(Look { center: World::default(), zoom });
        }
        self.go_to_page(page, 0.0, 0.0);
        let zoom = self.camera.look().zoom;
        self.sheets.settling.settle(zoom * f64::from(self.pixels_per_point), 0.0);
    }

    /// Fits again after the view or the layout changed.
    fn refit(&mut self) {
        let Some(viewport) = self.viewport else { return };
        let look = self.camera.destination();
        let zoom = match self.fit {
            ZoomTo::Scale(_) => look.zoom,
            fit => self.fit_zoom(fit, viewport),
        };
        self.camera.set(Look { zoom, ..look }.clamped(self.layout.bounds(), viewport));
    }

    fn glide_to_fit(&mut self, fit: ZoomTo, now: f64, glide_secs: f64) {
        let Some(viewport) = self.viewport else { return };
        self.fit = fit;
        let zoom = self.fit_zoom(fit, viewport);
        let from = self.camera.destination();
        let place = self.layout.page(self.page);
        let center = match fit {
            // A whole page stands in the middle.
            ZoomTo::Page => World::new(0.0, f64::midpoint(place.min.y, place.max.y)),
            _ => World::new(0.0, from.center.y),
        };
        let to = Look { center, zoom }.clamped(self.layout.bounds(), viewport);
        self.follow.pinned = Some(self.page);
        self.camera.glide(to, now, glide_secs);
    }

    fn glide_to_scale(&mut self, scale: f64, now: f64, glide_secs: f64) {
        let Some(viewport) = self.viewport else { return };
        let from = self.camera.destination();
        let factor = scale / f64::from(self.pixels_per_point) / from.zoom;
        let to = from.zoomed(factor, viewport.inner.center(), viewport, self.zoom_limits());
        self.fit = ZoomTo::Scale((to.zoom * f64::from(self.pixels_per_point)) as f32);
        self.camera.glide(to.clamped(self.layout.bounds(), viewport), now, glide_secs);
    }

    fn pending_zoom(&mut self, scale: f64) {
        self.glide_to_scale(scale, 0.0, 0.0);
    }

    fn fit_zoom(&self, fit: ZoomTo, viewport: Viewport) -> f64 {
        self.fit_zoom_of(fit, self.layout.page(self.page), viewport)
    }

    fn fit_zoom_of(&self, fit: ZoomTo, place: WorldRect, viewport: Viewport) -> f64 {
        let width = f64::from(viewport.inner.width().max(40.0)) / place.width().max(1.0);
        let height = f64::from(viewport.inner.height().max(40.0)) / place.height().max(1.0);
        match fit {
            ZoomTo::Width => width,
            ZoomTo::Page => width.min(height),
            ZoomTo::Scale(scale) => f64::from(scale) / f64::from(self.pixels_per_point),
        }
    }
}

/// How long a glide takes, in seconds: 0 for a person who wants no motion (no animations in egui's style).
pub(super) fn glide_secs(style: &egui::Style) -> f64 {
    if style.animation_time > 0.0 { f64::from(GLIDE_SECS) } else { 0.0 }
}

/// Where a target is: its rectangle and the page image that it is of.
fn place_of(document: &DeskDocument, target: &Target) -> Option<(PageRect, PageSize)> {
    let page = document.pages.get(&target.page())?;
    let rect = match target {
        Target::Field { id, .. } => page.fields.iter().find(|f| f.id == *id)?.rect?,
        Target::Table { id, .. } => page.tables.iter().find(|t| t.id == *id)?.rect,
        Target::Cell { id, row, col, .. } => page.tables.iter().find(|t| t.id == *id)?.cell(*row, *col)?.rect,
    };
    Some((rect, page.size))
}

/// Where a rectangle of a page (in pixels of an image of `size`) is in the world.
fn world_rect(layout: &Layout, page: u32, rect: PageRect, size: PageSize) -> WorldRect {
    let place = layout.page(page);
    let size = if size.width > 0 && size.height > 0 { size } else { layout.size(page) };
    // Points from the page's corner are small enough for an f32.
    let at_origin = Rect::from_min_size(pos2(0.0, 0.0), vec2(place.width() as f32, place.height() as f32));
    let turned = UiFromPage::new(at_origin, size, layout.turn()).rect(rect);
    let world = |p: egui::Pos2| World::new(place.min.x + f64::from(p.x), place.min.y + f64::from(p.y));
    WorldRect { min: world(turned.min), max: world(turned.max) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::FieldId;

    fn target(id: &str) -> Target {
        Target::Field { page: 0, id: FieldId(id.into()) }
    }

    #[test]
    fn a_selection_from_outside_is_followed_and_a_click_is_not() {
        let mut follow = Follow::default();
        assert_eq!(follow.new_target(None), None);
        assert_eq!(follow.new_target(Some(&target("a"))), Some(target("a")));
        assert_eq!(follow.new_target(Some(&target("a"))), None);
        follow.clicked(Some(target("b")));
        assert_eq!(follow.new_target(Some(&target("a"))), None, "the click has not reached the desk yet");
        assert_eq!(follow.new_target(Some(&target("b"))), None);
        assert_eq!(follow.new_target(Some(&target("a"))), Some(target("a")));
    }

    #[test]
    fn the_views_own_page_does_not_come_back_as_a_wish() {
        let open = |page| Open { document: crate::desk::DocumentId(1), page };
        let mut follow = Follow::default();
        assert_eq!(follow.new_page(open(0)), Some(0));
        follow.told = Some(3);
        assert_eq!(follow.new_page(open(0)), None, "the desk has not heard of it yet");
        assert_eq!(follow.new_page(open(3)), None);
        assert_eq!(follow.new_page(open(7)), Some(7));
    }
}
