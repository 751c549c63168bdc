//! Lines all over a page → the order in which a person reads them.

use super::quad::Quad;
use crate::document::{PageRect, PageSize, Turn};

/// Numbers the lines of a page that `turn` sets upright: for each quad, in reading order, its index and the number of
/// the text line it belongs to (pieces of one line share it).
pub(super) fn order(quads: &[Quad], size: PageSize, turn: Turn) -> Vec<(usize, u32)> {
    let rects: Vec<PageRect> = quads.iter().map(|quad| turn.rect(quad.bounds(), size)).collect();
    let mut by_top: Vec<usize> = (0..rects.len()).collect();
    by_top.sort_by(|&a, &b| rects[a].center().y.total_cmp(&rects[b].center().y));
    let mut rows: Vec<(PageRect, Vec<usize>)> = Vec::new();
    for n in by_top {
        let rect = rects[n];
        let row = rows.iter_mut().rev().take(4).find(|(row, _)| {
            let common = row.bottom().min(rect.bottom()) - row.top().max(rect.top());
            common > 0.55 * row.height().min(rect.height())
        });
        match row {
            Some((_, members)) => members.push(n),
            None => rows.push((rect, vec![n])),
        }
    }
    let mut numbered = Vec::new();
    for (number, (_, mut members)) in rows.into_iter().enumerate() {
        members.sort_by(|&a, &b| rects[a].left().total_cmp(&rects[b].left()));
        numbered.extend(members.into_iter().map(|n| (n, number as u32)));
    }
    numbered
}
