//! Which part of the world is looked at, and how the look moves: zoom at a point, pan, glide. Pure.

use super::layout::{World, WorldRect};
use egui::{Pos2, Rect, Vec2, pos2};

/// A fixed look: what stands in the middle of the view, how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// What stands in the middle.
    pub center: World,
    /// Points a unit of the world, > 0.
    pub zoom: f64,
}

/// Where the world is shown, in points of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// All of it.
    pub rect: Rect,
    /// The part that nothing covers and that a page is fitted to; inside `rect`.
    pub inner: Rect,
}

impl Look {
    /// Where a place of the world stands.
    pub fn ui_point(self, world: World, viewport: Viewport) -> Pos2 {
        let middle = viewport.inner.center();
        pos2(
            (f64::from(middle.x) + (world.x - self.center.x) * self.zoom) as f32,
            (f64::from(middle.y) + (world.y - self.center.y) * self.zoom) as f32,
        )
    }

    /// What stands there.
    pub fn world_point(self, ui: Pos2, viewport: Viewport) -> World {
        let from_middle = ui - viewport.inner.center();
        World::new(
            self.center.x + f64::from(from_middle.x) / self.zoom,
            self.center.y + f64::from(from_middle.y) / self.zoom,
        )
    }

    /// What stands in a part of the view.
    pub fn world_rect(self, ui: Rect, viewport: Viewport) -> WorldRect {
        WorldRect { min: self.world_point(ui.min, viewport), max: self.world_point(ui.max, viewport) }
    }

    /// Scaled by `factor`, within `limits`, so that what stands at `anchor` stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, anchor: Pos2, viewport: Viewport, limits: (f64, f64)) -> Self {
        let held = self.world_point(anchor, viewport);
        let zoom = (self.zoom * factor).clamp(limits.0, limits.1.max(limits.0));
        let from_middle = anchor - viewport.inner.center();
        let center = World::new(held.x - f64::from(from_middle.x) / zoom, held.y - f64::from(from_middle.y) / zoom);
        Self { center, zoom }
    }

    /// Moved so that the content follows `delta` points.
    #[must_use]
    pub fn panned(self, delta: Vec2) -> Self {
        let center =
            World::new(self.center.x - f64::from(delta.x) / self.zoom, self.center.y - f64::from(delta.y) / self.zoom);
        Self { center, ..self }
    }

    /// The nearest look that shows no more beside `content` than it must: what is smaller than the view stands in its
    /// middle, what is larger reaches its edges.
    #[must_use]
    pub fn clamped(self, content: WorldRect, viewport: Viewport) -> Self {
        let axis = |at: f64, low: f64, high: f64, view: f32| {
            let half = f64::from(view) / self.zoom / 2.0;
            if high - low <= half * 2.0 { f64::midpoint(low, high) } else { at.clamp(low + half, high - half) }
        };
        let center = World::new(
            axis(self.center.x, content.min.x, content.max.x, viewport.inner.width()),
            axis(self.center.y, content.min.y, content.max.y, viewport.inner.height()),
        );
        Self { center, ..self }
    }

    /// The look a share `t` (0 to 1) of the way to `to`; straight on the screen, also while the zoom changes.
    #[must_use]
    pub fn toward(self, to: Self, t: f64) -> Self {
        let zoom = self.zoom * (to.zoom / self.zoom).powf(t);
        // A zoom has a place that does not move on the screen; the centre moves with 1 / zoom around it.
        let way = 1.0 / to.zoom - 1.0 / self.zoom;
        let share = if way.abs() * self.zoom < 1e-3 { t } else { (1.0 / zoom - 1.0 / self.zoom) / way };
        let center = World::new(
            self.center.x + (to.center.x - self.center.x) * share,
            self.center.y + (to.center.y - self.center.y) * share,
        );
        Self { center, zoom }
    }
}

#[derive(Clone, Copy, Debug)]
struct Glide {
    from: Look,
    to: Look,
    begun: f64,
    seconds: f64,
}

/// A look that can glide to another.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    look: Look,
    glide: Option<Glide>,
}

impl Default for Camera {
    fn default() -> Self {
        Self { look: Look { center: World::default(), zoom: 1.0 }, glide: None }
    }
}

impl Camera {
    /// What is looked at now.
    pub const fn look(&self) -> Look {
        self.look
    }

    /// What will be looked at when the glide has ended.
    pub fn destination(&self) -> Look {
        self.glide.map_or(self.look, |g| g.to)
    }

    /// Whether it moves by itself.
    pub const fn is_gliding(&self) -> bool {
        self.glide.is_some()
    }

    /// Looks there at once.
    pub const fn set(&mut self, look: Look) {
        self.look = look;
        self.glide = None;
    }

    /// Glides there from time `now` on, for `seconds`; at once where that is 0.
    pub fn glide(&mut self, to: Look, now: f64, seconds: f64) {
        if seconds <= 0.0 {
            self.set(to);
        } else {
            self.glide = Some(Glide { from: self.look, to, begun: now, seconds });
        }
    }

    /// Stands still where it is.
    pub const fn stop(&mut self) {
        self.glide = None;
    }

    /// Moves on to time `now`.
    pub fn advance(&mut self, now: f64) {
        let Some(glide) = self.glide else { return };
        let t = ((now - glide.begun) / glide.seconds).clamp(0.0, 1.0);
        // Quick at first, then slower: the eye arrives with the page.
        let eased = 1.0 - (1.0 - t).powi(3);
        self.look = if t >= 1.0 { glide.to } else { glide.from.toward(glide.to, eased) };
        if t >= 1.0 {
            self.glide = None;
        }
    }
}

/// The next step of the zoom in or out from `scale` (screen pixels a page pixel): steps that a person knows.
pub fn zoom_step(scale: f64, inward: bool) -> f64 {
    const STEPS: [f64; 19] =
        [0.05, 0.075, 0.10, 0.125, 0.15, 0.20, 0.25, 0.33, 0.40, 0.50, 0.67, 0.80, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0];
    // A step that is nearly reached is no step.
    let next = if inward {
        STEPS.iter().copied().find(|s| *s > scale * 1.04)
    } else {
        STEPS.iter().rev().copied().find(|s| *s < scale / 1.04)
    };
    next.unwrap_or(if inward { scale * 1.25 } else { scale / 1.25 })
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these numbers come out exactly")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VIEW: Viewport = Viewport {
        rect: Rect { min: pos2(0.0, 0.0), max: pos2(1000.0, 800.0) },
        inner: Rect { min: pos2(20.0, 10.0), max: pos2(980.0, 730.0) },
    };
    const PAGE: WorldRect = WorldRect { min: World::new(-1240.0, 0.0), max: World::new(1240.0, 3508.0) };

    fn looks() -> impl Strategy<Value = Look> {
        (-2000.0..2000f64, -10.0..4_000_000f64, 0.02..8f64)
            .prop_map(|(x, y, zoom)| Look { center: World::new(x, y), zoom })
    }

    proptest! {
        #[test]
        fn the_pointer_holds_what_is_under_it(look in looks(), x in 0.0..1000f32, y in 0.0..800f32, factor in 0.3..3f64) {
            let before = look.world_point(pos2(x, y), VIEW);
            let after = look.zoomed(factor, pos2(x, y), VIEW, (0.01, 16.0));
            let there = after.ui_point(before, VIEW);
            prop_assert!((there - pos2(x, y)).length() < 0.01, "{there:?}");
        }

        #[test]
        fn a_clamped_look_is_stable_and_fills_the_view(look in looks()) {
            let clamped = look.clamped(PAGE, VIEW);
            prop_assert_eq!(clamped.clamped(PAGE, VIEW), clamped);
            let shown = clamped.world_rect(VIEW.inner, VIEW);
            prop_assert!(shown.width() >= PAGE.width() || (shown.min.x >= PAGE.min.x - 0.01 && shown.max.x <= PAGE.max.x + 0.01));
        }

        #[test]
        fn a_glide_ends_where_it_should(from in looks(), to in looks()) {
            let mut camera = Camera::default();
            camera.set(from);
            camera.glide(to, 10.0, 0.12);
            camera.advance(10.05);
            prop_assert!(camera.is_gliding());
            camera.advance(10.13);
            prop_assert_eq!(camera.look(), to);
            prop_assert!(!camera.is_gliding());
        }

        #[test]
        fn a_glide_that_zooms_at_a_point_holds_the_point(look in looks(), x in 0.0..1000f32, y in 0.0..800f32, t in 0.0..1f64) {
            let held = look.world_point(pos2(x, y), VIEW);
            let to = look.zoomed(1.5, pos2(x, y), VIEW, (0.001, 100.0));
            let there = look.toward(to, t).ui_point(held, VIEW);
            prop_assert!((there - pos2(x, y)).length() < 0.5, "{there:?}");
        }
    }

    #[test]
    fn a_key_stops_it_dead() {
        let mut camera = Camera::default();
        camera.glide(Look { center: World::new(100.0, 0.0), zoom: 1.0 }, 0.0, 0.12);
        camera.advance(0.06);
        let stopped_at = camera.look();
        camera.stop();
        camera.advance(1.0);
        assert_eq!(camera.look(), stopped_at);
        assert!(stopped_at.center.x > 0.0 && stopped_at.center.x < 100.0);
    }

    #[test]
    fn reduced_motion_is_there_at_once() {
        let mut camera = Camera::default();
        let to = Look { center: World::new(100.0, 0.0), zoom: 2.0 };
        camera.glide(to, 0.0, 0.0);
        assert_eq!((camera.look(), camera.is_gliding()), (to, false));
    }

    #[test]
    fn steps_lead_in_and_out_and_never_stick() {
        assert_eq!(zoom_step(0.9, true), 1.0);
        assert_eq!(zoom_step(1.0, true), 1.5);
        assert_eq!(zoom_step(0.99, true), 1.5, "so near to 1 that it is 1");
        assert_eq!(zoom_step(1.0, false), 0.8);
        assert!(zoom_step(9.0, true) > 9.0 && zoom_step(0.01, false) < 0.01);
    }
}
