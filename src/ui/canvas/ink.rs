//! Draws many boxes as one mesh: a frame with thousands of boxes costs a few large shapes instead of thousands small.

use super::transform::snapped;
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Shape, pos2};
use std::f32::consts::FRAC_1_SQRT_2;

/// Boxes shorter than this, in points, have plain corners: round ones would not be seen.
const ROUND_FROM: f32 = 11.0;

/// With more boxes than this all have plain corners: nobody looks at the corners of one, and a round one costs five
/// times as much.
const ROUND_BOXES: usize = 500;

/// The triangles between an outer and an inner rectangle of four corners each.
const RING: [u32; 24] = [0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7];

/// A mesh in the making. Edges stand on the pixels of the screen, so that they are crisp.
pub(super) struct Ink {
    mesh: Mesh,
    /// Nothing is drawn outside.
    clip: Rect,
    pixels_per_point: f32,
    /// One pixel of the screen, in points.
    pixel: f32,
    round: bool,
}

impl Ink {
    /// An empty mesh for about `boxes` boxes; only what touches `clip` will be drawn.
    pub(super) fn new(clip: Rect, pixels_per_point: f32, boxes: usize) -> Self {
        let mut mesh = Mesh::default();
        mesh.reserve_vertices(boxes * 14);
        mesh.indices.reserve(boxes * 36);
        Self { mesh, clip, pixels_per_point, pixel: 1.0 / pixels_per_point, round: boxes <= ROUND_BOXES }
    }

    /// Whether `rect` can be seen.
    pub(super) fn sees(&self, rect: Rect) -> bool {
        self.clip.intersects(rect)
    }

    /// The mesh as one shape; `None` where nothing was drawn.
    pub(super) fn shape(self) -> Option<Shape> {
        (!self.mesh.is_empty()).then(|| Shape::mesh(self.mesh))
    }

    /// `rect` with its edges on pixels.
    pub(super) fn snap(&self, rect: Rect) -> Rect {
        snapped(rect, self.pixels_per_point)
    }

    /// `width` points as a whole number of pixels, one at least.
    pub(super) fn line_width(&self, width: f32) -> f32 {
        (width * self.pixels_per_point).round().max(1.0) * self.pixel
    }

    /// Fills a rectangle.
    pub(super) fn fill(&mut self, rect: Rect, color: Color32) {
        let rect = rect.intersect(self.clip);
        if color == Color32::TRANSPARENT || !rect.is_positive() {
            return;
        }
        let base = self.mesh.vertices.len() as u32;
        let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
        self.mesh.vertices.extend(corners.map(|pos| Vertex { pos, uv: WHITE_UV, color }));
        self.mesh.indices.extend([base, base + 1, base + 2, base, base + 2, base + 3]);
    }

    /// A line along the inside of the edges of a rectangle.
    pub(super) fn outline(&mut self, rect: Rect, width: f32, color: Color32) {
        let width = width.min(rect.width() / 2.0).min(rect.height() / 2.0);
        if self.clip.contains_rect(rect) {
            self.ring(rect, width, color);
            return;
        }
        let (min, max) = (rect.min, rect.max);
        self.fill(Rect::from_min_max(min, pos2(max.x, min.y + width)), color);
        self.fill(Rect::from_min_max(pos2(min.x, max.y - width), max), color);
        self.fill(Rect::from_min_max(pos2(min.x, min.y + width), pos2(min.x + width, max.y - width)), color);
        self.fill(Rect::from_min_max(pos2(max.x - width, min.y + width), pos2(max.x, max.y - width)), color);
    }

    fn ring(&mut self, rect: Rect, width: f32, color: Color32) {
        let base = self.mesh.vertices.len() as u32;
        let inner = rect.shrink(width);
        let corners = |r: Rect| [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom()];
        let ring = corners(rect).into_iter().chain(corners(inner));
        self.mesh.vertices.extend(ring.map(|pos| Vertex { pos, uv: WHITE_UV, color }));
        self.mesh.indices.extend(RING.map(|i| base + i));
    }

    /// A dashed line along the inside of the edges of a rectangle.
    pub(super) fn dashes(&mut self, rect: Rect, width: f32, color: Color32) {
        let (dash, gap) = (5.0, 3.0);
        self.dashed_run(rect.min.x, rect.max.x, dash, gap, self.clip.x_range(), |ink, a, b| {
            ink.fill(Rect::from_min_max(pos2(a, rect.min.y), pos2(b, rect.min.y + width)), color);
            ink.fill(Rect::from_min_max(pos2(a, rect.max.y - width), pos2(b, rect.max.y)), color);
        });
        let (top, bottom) = (rect.min.y + width, rect.max.y - width);
        self.dashed_run(top, bottom, dash, gap, self.clip.y_range(), |ink, a, b| {
            ink.fill(Rect::from_min_max(pos2(rect.min.x, a), pos2(rect.min.x + width, b)), color);
            ink.fill(Rect::from_min_max(pos2(rect.max.x - width, a), pos2(rect.max.x, b)), color);
        });
    }

    /// A filled box with a line around it, with round corners where there is room for them.
    pub(super) fn framed(&mut self, rect: Rect, radius: f32, fill: Color32, width: f32, line: Color32) {
        if !self.round || rect.height().min(rect.width()) < ROUND_FROM || radius <= 0.0 {
            self.fill(rect, fill);
            self.outline(rect, width, line);
        } else {
            self.rounded(rect, radius, fill, width, line);
        }
    }

    /// Calls `draw` for each dash between `low` and `high` that touches `seen`. A dash stands at both ends.
    fn dashed_run(
        &mut self,
        low: f32,
        high: f32,
        dash: f32,
        gap: f32,
        seen: egui::Rangef,
        draw: impl Fn(&mut Self, f32, f32),
    ) {
        let length = high - low;
        if length <= 0.0 {
            return;
        }
        let count = ((length + gap) / (dash + gap)).round().max(1.0);
        let step = (length + gap) / count;
        let first = ((seen.min - low) / step).floor().max(0.0);
        let last = ((seen.max - low) / step).ceil().min(count);
        let pixels = self.pixels_per_point;
        let snap = |v: f32| (v * pixels).round() / pixels;
        let mut at = first;
        while at < last {
            let start = low + at * step;
            draw(self, snap(start), snap((start + step - gap).min(high)));
            at += 1.0;
        }
    }

    fn rounded(&mut self, rect: Rect, radius: f32, fill: Color32, width: f32, line: Color32) {
        // Unit arc of a quarter circle in four steps.
        const ARC: [(f32, f32); 5] =
            [(1.0, 0.0), (0.923_88, 0.382_68), (FRAC_1_SQRT_2, FRAC_1_SQRT_2), (0.382_68, 0.923_88), (0.0, 1.0)];
        let radius = radius.min(rect.width() / 2.0).min(rect.height() / 2.0);
        let half = self.pixel / 2.0;
        let corners = [
            (pos2(rect.max.x - radius, rect.max.y - radius), 1.0, 1.0),
            (pos2(rect.min.x + radius, rect.max.y - radius), -1.0, 1.0),
            (pos2(rect.min.x + radius, rect.min.y + radius), -1.0, -1.0),
            (pos2(rect.max.x - radius, rect.min.y + radius), 1.0, -1.0),
        ];
        // Rings from outside in: the smoothed outer edge, the line, the smoothed inner edge, the fill.
        let rings = [
            (radius + half, Color32::TRANSPARENT),
            (radius - half, line),
            (radius - width + half, line),
            (radius - width - half, fill),
        ];
        let base = self.mesh.vertices.len() as u32;
        for (ring, color) in rings {
            for (corner, (middle, sx, sy)) in corners.iter().enumerate() {
                for step in 0..ARC.len() {
                    // Each second corner runs the other way, so that the ring goes round.
                    let (x, y) = ARC[if corner % 2 == 0 { step } else { ARC.len() - 1 - step }];
                    let pos = Pos2::new(middle.x + x * sx * ring, middle.y + y * sy * ring);
                    self.mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
                }
            }
        }
        let points = (corners.len() * ARC.len()) as u32;
        for ring in 0..3 {
            for point in 0..points {
                let next = (point + 1) % points;
                let (a, b) = (base + ring * points + point, base + ring * points + next);
                self.mesh.indices.extend([a, b, b + points, a, b + points, a + points]);
            }
        }
        let inner = base + 3 * points;
        for point in 1..points - 1 {
            self.mesh.indices.extend([inner, inner + point, inner + point + 1]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    const CLIP: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(100.0, 100.0) };

    #[test]
    fn nothing_is_drawn_outside_the_clip() {
        let mut ink = Ink::new(CLIP, 1.0, 0);
        ink.fill(Rect::from_min_size(pos2(200.0, 0.0), vec2(10.0, 10.0)), Color32::RED);
        ink.dashes(Rect::from_min_size(pos2(-1e6, -50.0), vec2(2e6, 20.0)), 1.0, Color32::RED);
        assert!(ink.shape().is_none());
    }

    #[test]
    fn a_dashed_box_larger_than_the_view_costs_only_what_is_seen() {
        let mut ink = Ink::new(CLIP, 2.0, 0);
        ink.dashes(Rect::from_min_size(pos2(-1e5, 10.0), vec2(2e5, 20.0)), 1.0, Color32::RED);
        assert!(ink.mesh.vertices.len() < 200, "{}", ink.mesh.vertices.len());
        assert!(ink.mesh.is_valid());
    }

    #[test]
    fn a_round_box_stays_within_half_a_pixel_of_its_place() {
        let mut ink = Ink::new(CLIP, 1.0, 0);
        let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(40.0, 20.0));
        ink.framed(rect, 3.0, Color32::from_white_alpha(20), 1.0, Color32::RED);
        assert!(ink.mesh.is_valid());
        let bounds = ink.mesh.calc_bounds();
        assert!(rect.expand(0.51).contains_rect(bounds) && bounds.expand(0.51).contains_rect(rect));
    }
}
