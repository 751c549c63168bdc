//! The rectangle of a text line on the page: it may be slanted or turned.

use crate::document::{PagePoint, PageRect};

/// A rectangle with any slant, in page pixels.
///
/// The corners go around as the text is read: where it starts above and ends above, then ends below and starts below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quad([PagePoint; 4]);

fn between(a: PagePoint, b: PagePoint, share: f32) -> PagePoint {
    PagePoint::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}

fn distance(a: PagePoint, b: PagePoint) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

impl Quad {
    /// The rectangle around `center` that reaches `along` pixels along the unit vector `axis` to both sides, and
    /// `across` pixels across. It reads along whichever of its axes is nearer to left → right.
    pub(super) fn new(center: PagePoint, axis: PagePoint, along: f32, across: f32) -> Self {
        let (mut axis, mut along, mut across) = (axis, along, across);
        if axis.x.abs() < axis.y.abs() {
            axis = PagePoint::new(-axis.y, axis.x);
            std::mem::swap(&mut along, &mut across);
        }
        if axis.x < 0.0 {
            axis = PagePoint::new(-axis.x, -axis.y);
        }
        let corner = |s: f32, t: f32| {
            let (s, t) = (s * along, t * across);
            PagePoint::new(center.x + s * axis.x - t * axis.y, center.y + s * axis.y + t * axis.x)
        };
        Self([corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)])
    }

    /// An upright rectangle, read from left to right.
    pub(super) fn upright(rect: PageRect) -> Self {
        let (a, b) = (rect.min(), rect.max());
        Self([a, PagePoint::new(b.x, a.y), b, PagePoint::new(a.x, b.y)])
    }

    /// The corners, as the text is read.
    pub(super) const fn corners(self) -> [PagePoint; 4] {
        self.0
    }

    /// The length of the text in page pixels.
    pub(super) fn length(self) -> f32 {
        distance(self.0[0], self.0[1])
    }

    /// The height of the text in page pixels.
    pub(super) fn height(self) -> f32 {
        distance(self.0[0], self.0[3])
    }

    /// The same rectangle, its text read a quarter turn further clockwise `quarters` times: 1 reads downwards what 0
    /// reads to the right.
    pub(super) fn read_turned(self, quarters: u8) -> Self {
        let mut corners = self.0;
        corners.rotate_left(usize::from(quarters % 4));
        Self(corners)
    }

    /// The part between the shares `from` and `to` (0 to 1) of its length.
    pub(super) fn part(self, from: f32, to: f32) -> Self {
        let [a, b, c, d] = self.0;
        Self([between(a, b, from), between(a, b, to), between(d, c, to), between(d, c, from)])
    }

    /// Scaled away from the origin, by its own factor in each direction.
    pub(super) fn scaled(self, x: f32, y: f32) -> Self {
        Self(self.0.map(|p| PagePoint::new(p.x * x, p.y * y)))
    }

    /// The smallest upright rectangle that holds it.
    pub(super) fn bounds(self) -> PageRect {
        let [a, b, c, d] = self.0;
        PageRect::new(a.x, a.y, c.x, c.y).union(PageRect::new(b.x, b.y, d.x, d.y))
    }
}

/// The convex hull of `points`, going around; a point or the ends of a line where they have no area (Andrew's
/// monotone chain).
pub(super) fn hull(mut points: Vec<PagePoint>) -> Vec<PagePoint> {
    points.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let turns_left =
        |o: PagePoint, a: PagePoint, b: PagePoint| (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x) > 0.0;
    let mut hull: Vec<PagePoint> = Vec::with_capacity(points.len());
    let mut chain = |points: &mut dyn Iterator<Item = PagePoint>| {
        let start = hull.len();
        for point in points {
            while hull.len() >= start + 2 && !turns_left(hull[hull.len() - 2], hull[hull.len() - 1], point) {
                hull.pop();
            }
            hull.push(point);
        }
        hull.pop();
    };
    chain(&mut points.iter().copied());
    chain(&mut points.iter().rev().copied());
    hull
}

/// The smallest rectangle that holds a convex `hull`: its centre, the unit vector of one axis, and how far it reaches
/// along that axis and across it. One of its sides lies on a side of the hull (Freeman and Shapira 1975).
pub(super) fn smallest_rectangle(hull: &[PagePoint]) -> (PagePoint, PagePoint, f32, f32) {
    let mut best = (hull.first().copied().unwrap_or_default(), PagePoint::new(1.0, 0.0), 0.0, 0.0);
    let mut best_area = f32::INFINITY;
    for (i, &from) in hull.iter().enumerate() {
        let to = hull[(i + 1) % hull.len()];
        let length = distance(from, to);
        if length == 0.0 {
            continue;
        }
        let axis = PagePoint::new((to.x - from.x) / length, (to.y - from.y) / length);
        let (mut s, mut t) = ((f32::INFINITY, f32::NEG_INFINITY), (f32::INFINITY, f32::NEG_INFINITY));
        for p in hull {
            let (along, across) = (p.x * axis.x + p.y * axis.y, p.y * axis.x - p.x * axis.y);
            s = (s.0.min(along), s.1.max(along));
            t = (t.0.min(across), t.1.max(across));
        }
        let area = (s.1 - s.0) * (t.1 - t.0);
        if area < best_area {
            let (u, v) = (f32::midpoint(s.0, s.1), f32::midpoint(t.0, t.1));
            let center = PagePoint::new(u * axis.x - v * axis.y, u * axis.y + v * axis.x);
            (best_area, best) = (area, (center, axis, (s.1 - s.0) / 2.0, (t.1 - t.0) / 2.0));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: PagePoint, b: PagePoint) -> bool {
        distance(a, b) < 0.05
    }

    proptest! {
        #[test]
        fn a_slanted_rectangle_is_found_again_from_its_corners(
            x in 100.0..900f32, y in 100.0..900f32, degrees in -44.0..44f32, along in 20.0..80f32, across in 2.0..15f32,
        ) {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let quad = Quad::new(PagePoint::new(x, y), PagePoint::new(cos, sin), along, across);
            let (center, axis, a, b) = smallest_rectangle(&hull(quad.corners().to_vec()));
            let again = Quad::new(center, axis, a, b);
            for (p, q) in quad.corners().into_iter().zip(again.corners()) {
                prop_assert!(near(p, q), "{quad:?} {again:?}");
            }
            prop_assert!((quad.length() - 2.0 * along).abs() < 0.05 && (quad.height() - 2.0 * across).abs() < 0.05);
        }

        #[test]
        fn every_point_lies_in_its_hull_and_rectangle(points in prop::collection::vec((0..200i32, 0..200i32), 1..60)) {
            let points: Vec<PagePoint> = points.into_iter().map(|(x, y)| PagePoint::new(x as f32, y as f32)).collect();
            let hull = hull(points.clone());
            let (center, axis, along, across) = smallest_rectangle(&hull);
            for p in points {
                let (dx, dy) = (p.x - center.x, p.y - center.y);
                prop_assert!((dx * axis.x + dy * axis.y).abs() <= along + 0.05);
                prop_assert!((dy * axis.x - dx * axis.y).abs() <= across + 0.05);
            }
        }

        #[test]
        fn four_quarters_read_as_none(x in 0.0..50f32, y in 0.0..50f32) {
            let quad = Quad::upright(PageRect::new(x, y, x + 30.0, y + 10.0));
            prop_assert_eq!(quad.read_turned(1).read_turned(3), quad);
            prop_assert!((quad.read_turned(1).height() - quad.length()).abs() < 1e-3);
        }
    }

    #[test]
    fn text_read_downwards_starts_at_the_top() {
        let quad = Quad::upright(PageRect::new(10.0, 20.0, 14.0, 60.0)).read_turned(1);
        assert_eq!((quad.length(), quad.height()), (40.0, 4.0));
        assert_eq!(quad.part(0.0, 0.25).bounds(), PageRect::new(10.0, 20.0, 14.0, 30.0));
    }

    #[test]
    fn points_without_area_have_a_rectangle() {
        assert_eq!(smallest_rectangle(&hull(vec![PagePoint::new(3.0, 4.0); 5])).0, PagePoint::new(3.0, 4.0));
        let (_, axis, along, across) =
            smallest_rectangle(&hull((0..9).map(|n| PagePoint::new(n as f32, 7.0)).collect()));
        assert_eq!((axis.x.abs(), along, across), (1.0, 4.0, 0.0));
        assert!(smallest_rectangle(&[]).2 == 0.0);
    }
}
