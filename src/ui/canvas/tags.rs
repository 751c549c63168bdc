//! Where a tag stands: beside its box, on nothing. Pure.

use egui::{Rect, Vec2, pos2};

/// The space between a box and its tag, in points.
const GAP: f32 = 4.0;

/// The places beside `target` for a tag of `size`, best first: right, above, below, left.
fn places(target: Rect, size: Vec2) -> [Rect; 6] {
    let at = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), size);
    let middle = target.center().y - size.y / 2.0;
    [
        at(target.right() + GAP + 1.0, middle),
        at(target.left(), target.top() - GAP - size.y),
        at(target.right() - size.x, target.top() - GAP - size.y),
        at(target.left(), target.bottom() + GAP),
        at(target.right() - size.x, target.bottom() + GAP),
        at(target.left() - GAP - 1.0 - size.x, middle),
    ]
}

/// The places for a tag of a table: on its upper edge at the right, at the left, then below.
fn table_places(target: Rect, size: Vec2) -> [Rect; 6] {
    let at = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), size);
    [
        at(target.right() - size.x, target.top() - 3.0 - size.y),
        at(target.left(), target.top() - 3.0 - size.y),
        at(target.right() - size.x, target.bottom() + 3.0),
        at(target.left(), target.bottom() + 3.0),
        at(target.right() + GAP, target.top()),
        at(target.left() - GAP - size.x, target.top()),
    ]
}

/// What a tag is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A box around a value: the tag stands at its right.
    Value,
    /// A table: the tag stands above it.
    Table,
}

/// Where a tag of `size` for `target` stands within `bounds`. `covered` says how much of a place is taken, in square
/// points. A place must be free; one that `must` stand takes the place that covers least.
pub fn place(
    kind: Kind,
    target: Rect,
    size: Vec2,
    bounds: Rect,
    must: bool,
    mut covered: impl FnMut(Rect) -> f32,
) -> Option<Rect> {
    let places = match kind {
        Kind::Value => places(target, size),
        Kind::Table => table_places(target, size),
    };
    let mut least: Option<(f32, Rect)> = None;
    for place in places {
        let outside = place.area() - place.intersect(bounds).area().max(0.0);
        if !must && outside > 0.5 {
            continue;
        }
        let cost = covered(place) + outside * 4.0;
        if cost < 0.5 {
            return Some(place);
        }
        if least.is_none_or(|(best, _)| cost < best) {
            least = Some((cost, place));
        }
    }
    if must { least.map(|(_, place)| place) } else { None }
}

/// How much two rectangles have in common, in square points.
pub fn common_area(a: Rect, b: Rect) -> f32 {
    let common = a.intersect(b);
    if common.is_positive() { common.area() } else { 0.0 }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these numbers come out exactly")]
mod tests {
    use super::*;
    use egui::vec2;
    use proptest::prelude::*;

    const PAGE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(600.0, 800.0) };
    const TAG: Vec2 = vec2(80.0, 18.0);

    fn target() -> Rect {
        Rect::from_min_size(pos2(200.0, 300.0), vec2(100.0, 20.0))
    }

    #[test]
    fn the_right_side_is_best() {
        let tag = place(Kind::Value, target(), TAG, PAGE, false, |_| 0.0).unwrap();
        assert!(tag.left() > target().right() && tag.center().y == target().center().y);
    }

    #[test]
    fn a_word_at_the_right_sends_it_above() {
        let word = Rect::from_min_size(pos2(310.0, 300.0), vec2(50.0, 20.0));
        let tag = place(Kind::Value, target(), TAG, PAGE, false, |r| common_area(r, word)).unwrap();
        assert!(tag.bottom() < target().top());
    }

    #[test]
    fn without_room_there_is_none_unless_it_must_stand() {
        assert_eq!(place(Kind::Value, target(), TAG, PAGE, false, |_| 10.0), None);
        assert!(place(Kind::Value, target(), TAG, PAGE, true, |_| 10.0).is_some());
        let corner = Rect::from_min_size(pos2(500.0, 0.0), vec2(100.0, 800.0));
        let tag = place(Kind::Value, corner, TAG, PAGE, false, |_| 0.0).unwrap();
        assert!(tag.right() < corner.left(), "only the left is on the page");
    }

    #[test]
    fn a_tables_tag_stands_above_its_right_end() {
        let tag = place(Kind::Table, target(), TAG, PAGE, false, |_| 0.0).unwrap();
        assert_eq!(tag.right(), target().right());
        assert!(tag.bottom() < target().top());
    }

    proptest! {
        #[test]
        fn a_tag_never_hides_its_own_box(x in 0.0..500f32, y in 0.0..700f32, w in 1.0..300f32, h in 1.0..100f32) {
            let target = Rect::from_min_size(pos2(x, y), vec2(w, h));
            for kind in [Kind::Value, Kind::Table] {
                if let Some(tag) = place(kind, target, TAG, PAGE, true, |_| 0.0) {
                    prop_assert_eq!(common_area(tag, target), 0.0);
                }
            }
        }
    }
}
