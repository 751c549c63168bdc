//! The probability map → a rectangle around each text line (the last step of DB, Liao et al. 2019).

use super::map::Map;
use super::quad::{Quad, hull, smallest_rectangle};
use crate::document::PagePoint;

/// What is more probable than this is text.
const TEXT: f32 = 0.3;
/// A rectangle's mean probability must reach this.
const MEAN: f32 = 0.5;
/// The model draws lines thinner than they are, by area / circumference times this.
const GROWTH: f32 = 1.6;
/// Thinner than this, in map pixels, is a speck.
const THINNEST: f32 = 3.0;

/// A stretch of text pixels in one row of the map.
#[derive(Clone, Copy, Debug)]
struct Run {
    y: usize,
    from: usize,
    /// The last pixel.
    to: usize,
}

/// A rectangle around each piece of connected text, in page pixels, read from left to right.
pub(super) fn quads(map: &Map) -> Vec<Quad> {
    let page = 1.0 / map.scale;
    pieces(map)
        .into_iter()
        .filter_map(|runs| {
            let ends = runs.iter().flat_map(|run| [(run.from, run.y), (run.to, run.y)]);
            let hull = hull(ends.map(|(x, y)| PagePoint::new(x as f32, y as f32)).collect());
            let (center, axis, along, across) = smallest_rectangle(&hull);
            if 2.0 * along.min(across) < THINNEST || mean_inside(map, center, axis, along, across) < MEAN {
                return None;
            }
            let growth = along * across * GROWTH / (along + across);
            // A pixel's value stands for its middle.
            let center = PagePoint::new(center.x + 0.5, center.y + 0.5);
            Some(Quad::new(center, axis, along + growth, across + growth).scaled(page, page))
        })
        .collect()
}

/// The text pixels, grown by one to the right and below, as connected pieces (corners connect).
fn pieces(map: &Map) -> Vec<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut above = 0..0;
    let mut text = vec![false; map.width];
    for y in 0..map.height {
        let row = &map.values[y * map.width..(y + 1) * map.width];
        let before = &map.values[y.saturating_sub(1) * map.width..][..map.width];
        for (x, text) in text.iter_mut().enumerate() {
            let left = x.saturating_sub(1);
            *text = row[x].max(row[left]).max(before[x]).max(before[left]) > TEXT;
        }
        let first = runs.len();
        let mut x = 0;
        while let Some(from) = text[x..].iter().position(|&t| t).map(|n| n + x) {
            let to = text[from..].iter().position(|&t| !t).map_or(map.width, |n| n + from) - 1;
            parents.push(runs.len());
            runs.push(Run { y, from, to });
            x = to + 1;
        }
        let mut upper = above.clone();
        for lower in first..runs.len() {
            // Upper runs that end before this one begins touch no later one either.
            while upper.start < upper.end && runs[upper.start].to + 1 < runs[lower].from {
                upper.start += 1;
            }
            for touching in upper.clone().take_while(|&n| runs[n].from <= runs[lower].to + 1) {
                let (a, b) = (root(&mut parents, touching), root(&mut parents, lower));
                parents[a.max(b)] = a.min(b);
            }
        }
        above = first..runs.len();
    }
    let mut pieces: Vec<Vec<Run>> = Vec::new();
    let mut number = vec![usize::MAX; runs.len()];
    for (n, run) in runs.iter().enumerate() {
        let root = root(&mut parents, n);
        if number[root] == usize::MAX {
            number[root] = pieces.len();
            pieces.push(Vec::new());
        }
        pieces[number[root]].push(*run);
    }
    pieces
}

/// The first run of the piece that run `n` belongs to; shortens the way there.
fn root(parents: &mut [usize], mut n: usize) -> usize {
    while parents[n] != n {
        parents[n] = parents[parents[n]];
        n = parents[n];
    }
    n
}

/// The mean probability in a rectangle of the map.
fn mean_inside(map: &Map, center: PagePoint, axis: PagePoint, along: f32, across: f32) -> f32 {
    let bounds = Quad::new(center, axis, along, across).bounds();
    let last = |pixels: usize| (pixels - 1) as f32;
    let (mut sum, mut count) = (0.0, 0.0);
    for y in bounds.top().floor().max(0.0) as usize..=bounds.bottom().ceil().clamp(0.0, last(map.height)) as usize {
        for x in bounds.left().floor().max(0.0) as usize..=bounds.right().ceil().clamp(0.0, last(map.width)) as usize {
            let (dx, dy) = (x as f32 - center.x, y as f32 - center.y);
            let inside =
                (dx * axis.x + dy * axis.y).abs() <= along + 0.5 && (dy * axis.x - dx * axis.y).abs() <= across + 0.5;
            if inside {
                sum += map.values[y * map.width + x];
                count += 1.0;
            }
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageRect;
    use proptest::prelude::*;

    fn map(width: usize, height: usize, text: impl Fn(usize, usize) -> bool) -> Map {
        let values = (0..width * height).map(|n| if text(n % width, n / width) { 0.9 } else { 0.1 }).collect();
        Map { width, height, values, scale: 0.5 }
    }

    #[test]
    fn two_lines_are_two_rectangles_in_page_pixels() {
        let map = map(100, 60, |x, y| (10..60).contains(&x) && ((10..16).contains(&y) || (30..36).contains(&y)));
        let quads = quads(&map);
        assert_eq!(quads.len(), 2);
        let bounds = quads[0].bounds();
        // 50 × 6 map pixels and what it is grown by, at twice the size.
        assert!(bounds.iou(PageRect::new(12.0, 11.0, 128.0, 43.0)) > 0.85, "{bounds:?}");
        assert!(quads[0].length() > quads[0].height());
    }

    #[test]
    fn specks_and_faint_stains_are_no_text() {
        let speck = map(50, 50, |x, y| x == 20 && y == 20);
        assert!(quads(&speck).is_empty());
        let mut stain = map(50, 50, |_, _| false);
        for value in &mut stain.values[500..1500] {
            *value = 0.4;
        }
        assert!(quads(&stain).is_empty());
    }

    #[test]
    fn a_ring_is_one_piece_though_its_rows_fall_apart() {
        let ring = map(60, 40, |x, y| {
            (5..50).contains(&x) && (5..30).contains(&y) && !((8..47).contains(&x) && (8..27).contains(&y))
        });
        assert_eq!(pieces(&ring).len(), 1);
    }

    proptest! {
        #[test]
        fn a_slanted_line_keeps_its_slant(degrees in -30.0..30f32) {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let map = map(200, 160, |x, y| {
                let (dx, dy) = (x as f32 - 100.0, y as f32 - 80.0);
                (dx * cos + dy * sin).abs() < 70.0 && (dy * cos - dx * sin).abs() < 5.0
            });
            let quads = quads(&map);
            prop_assert_eq!(quads.len(), 1);
            let [a, b, ..] = quads[0].corners();
            let found = (b.y - a.y).atan2(b.x - a.x).to_degrees();
            prop_assert!((found - degrees).abs() < 2.0, "{} for {}", found, degrees);
        }

        #[test]
        fn any_map_gives_rectangles_of_some_size(seed in prop::collection::vec(0.0..1f32, 24 * 17)) {
            let map = Map { width: 24, height: 17, values: seed, scale: 1.0 };
            for quad in quads(&map) {
                prop_assert!(quad.length() >= THINNEST && quad.height() >= THINNEST);
            }
        }
    }
}
