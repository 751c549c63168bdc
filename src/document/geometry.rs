//! Places on a page. Screen coordinates do not live here: see `ui::canvas`.

use serde::{Deserialize, Serialize};

/// A point on a page, in pixels of the page image the server answered for; origin top left, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PagePoint {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

impl PagePoint {
    /// The point `x` pixels from the left and `y` from the top.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// A rectangle on a page, in pixels of the page image the server answered for; origin top left.
///
/// Invariant: `min` is above and left of `max` (or equal to it), and no coordinate is NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRect {
    min: PagePoint,
    max: PagePoint,
}

impl PageRect {
    /// The rectangle with these opposite corners, in any order. A NaN counts as 0.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|v| if v.is_nan() { 0.0 } else { v });
        Self { min: PagePoint::new(x0.min(x1), y0.min(y1)), max: PagePoint::new(x0.max(x1), y0.max(y1)) }
    }

    /// The smallest rectangle that holds all `rects`; `None` of none.
    pub fn around(rects: impl IntoIterator<Item = PageRect>) -> Option<Self> {
        rects.into_iter().reduce(PageRect::union)
    }

    /// The corner at the top left.
    pub const fn min(self) -> PagePoint {
        self.min
    }

    /// The corner at the bottom right.
    pub const fn max(self) -> PagePoint {
        self.max
    }

    /// The left edge.
    pub const fn left(self) -> f32 {
        self.min.x
    }

    /// The right edge.
    pub const fn right(self) -> f32 {
        self.max.x
    }

    /// The top edge.
    pub const fn top(self) -> f32 {
        self.min.y
    }

    /// The bottom edge.
    pub const fn bottom(self) -> f32 {
        self.max.y
    }

    /// Width in pixels, ≥ 0.
    pub fn width(self) -> f32 {
        self.max.x - self.min.x
    }

    /// Height in pixels, ≥ 0.
    pub fn height(self) -> f32 {
        self.max.y - self.min.y
    }

    /// Area in square pixels, ≥ 0.
    pub fn area(self) -> f32 {
        self.width() * self.height()
    }

    /// The point in the middle.
    pub fn center(self) -> PagePoint {
        PagePoint::new(f32::midpoint(self.min.x, self.max.x), f32::midpoint(self.min.y, self.max.y))
    }

    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            min: PagePoint::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: PagePoint::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    /// What both have in common, `None` where they do not overlap.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let min = PagePoint::new(self.min.x.max(other.min.x), self.min.y.max(other.min.y));
        let max = PagePoint::new(self.max.x.min(other.max.x), self.max.y.min(other.max.y));
        (min.x < max.x && min.y < max.y).then_some(Self { min, max })
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(self, other: Self) -> f32 {
        let common = self.intersection(other).map_or(0.0, PageRect::area);
        let all = self.area() + other.area() - common;
        if all > 0.0 { common / all } else { 0.0 }
    }

    /// Whether `point` lies inside or on the edge.
    pub fn contains(self, point: PagePoint) -> bool {
        (self.min.x..=self.max.x).contains(&point.x) && (self.min.y..=self.max.y).contains(&point.y)
    }

    /// Grown by `by` pixels on every side; a negative `by` shrinks, at most to the centre.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        let by_x = by.max(-self.width() / 2.0);
        let by_y = by.max(-self.height() / 2.0);
        Self::new(self.min.x - by_x, self.min.y - by_y, self.max.x + by_x, self.max.y + by_y)
    }

    /// Scaled away from the page's origin.
    #[must_use]
    pub fn scaled(self, factor: f32) -> Self {
        Self::new(self.min.x * factor, self.min.y * factor, self.max.x * factor, self.max.y * factor)
    }

    /// The same place on a page image of another size. A size of 0 is unknown, and nothing changes.
    #[must_use]
    pub fn rescaled(self, from: PageSize, to: PageSize) -> Self {
        if from == to || from.width == 0 || from.height == 0 || to.width == 0 || to.height == 0 {
            return self;
        }
        let (x, y) = (to.width as f32 / from.width as f32, to.height as f32 / from.height as f32);
        Self::new(self.left() * x, self.top() * y, self.right() * x, self.bottom() * y)
    }

    /// The part of it that lies on a page of `size`; `None` where none does.
    pub fn clamped(self, size: PageSize) -> Option<Self> {
        self.intersection(size.rect())
    }
}

/// The size of a page image in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl PageSize {
    /// `width` × `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The whole page.
    pub fn rect(self) -> PageRect {
        PageRect::new(0.0, 0.0, self.width as f32, self.height as f32)
    }
}

/// Clockwise quarter turns that set a page upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Turn {
    /// It is upright.
    #[default]
    None,
    /// One quarter turn clockwise.
    Quarter,
    /// Upside down.
    Half,
    /// One quarter turn counter-clockwise.
    ThreeQuarters,
}

impl Turn {
    /// Degrees clockwise: 0, 90, 180 or 270.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// The turn nearest to `degrees` clockwise; any multiple of 90, negative ones too.
    pub fn from_degrees(degrees: i32) -> Self {
        match degrees.rem_euclid(360) {
            45..135 => Self::Quarter,
            135..225 => Self::Half,
            225..315 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    /// The turn that takes this one back.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Quarter => Self::ThreeQuarters,
            Self::ThreeQuarters => Self::Quarter,
            other => other,
        }
    }

    /// This turn and then `next`.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self::from_degrees(i32::from(self.degrees()) + i32::from(next.degrees()))
    }

    /// The size of a page of `size` after the turn.
    pub const fn size(self, size: PageSize) -> PageSize {
        match self {
            Self::None | Self::Half => size,
            Self::Quarter | Self::ThreeQuarters => PageSize::new(size.height, size.width),
        }
    }

    /// Where `point` of a page of `size` lies after the turn.
    pub fn point(self, point: PagePoint, size: PageSize) -> PagePoint {
        let (w, h) = (size.width as f32, size.height as f32);
        match self {
            Self::None => point,
            Self::Quarter => PagePoint::new(h - point.y, point.x),
            Self::Half => PagePoint::new(w - point.x, h - point.y),
            Self::ThreeQuarters => PagePoint::new(point.y, w - point.x),
        }
    }

    /// Where `rect` of a page of `size` lies after the turn.
    pub fn rect(self, rect: PageRect, size: PageSize) -> PageRect {
        let (a, b) = (self.point(rect.min, size), self.point(rect.max, size));
        PageRect::new(a.x, a.y, b.x, b.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rects() -> impl Strategy<Value = PageRect> {
        (0.0..4000f32, 0.0..4000f32, 0.0..4000f32, 0.0..4000f32).prop_map(|(a, b, c, d)| PageRect::new(a, b, c, d))
    }

    fn turns() -> impl Strategy<Value = Turn> {
        (0..4i32).prop_map(|n| Turn::from_degrees(n * 90))
    }

    proptest! {
        #[test]
        fn corners_in_any_order_make_the_same_rectangle(r in rects()) {
            prop_assert_eq!(PageRect::new(r.right(), r.bottom(), r.left(), r.top()), r);
            prop_assert!(r.width() >= 0.0 && r.height() >= 0.0);
        }

        #[test]
        fn an_intersection_lies_in_both_and_a_union_holds_both(a in rects(), b in rects()) {
            if let Some(common) = a.intersection(b) {
                prop_assert_eq!(common.union(a), a);
                prop_assert_eq!(common.union(b), b);
                prop_assert!(a.iou(b) > 0.0);
            }
            prop_assert!(a.union(b).contains(a.min()) && a.union(b).contains(b.max()));
            prop_assert!((0.0..=1.001).contains(&a.iou(b)));
        }

        #[test]
        fn a_turn_and_its_inverse_are_identity(r in rects(), turn in turns()) {
            let size = PageSize::new(4000, 5000);
            let there = turn.rect(r, size);
            let back = turn.inverse().rect(there, turn.size(size));
            prop_assert!((back.left() - r.left()).abs() < 0.01 && (back.bottom() - r.bottom()).abs() < 0.01);
            prop_assert_eq!(turn.then(turn.inverse()), Turn::None);
        }

        #[test]
        fn shrinking_stops_at_the_centre(r in rects(), by in 0.0..9000f32) {
            let small = r.grown(-by);
            prop_assert!(small.width() >= 0.0 && small.height() >= 0.0);
        }
    }

    #[test]
    fn a_rectangle_of_nan_is_still_a_rectangle() {
        assert_eq!(PageRect::new(f32::NAN, 1.0, 2.0, f32::NAN), PageRect::new(0.0, 0.0, 2.0, 1.0));
    }
}
