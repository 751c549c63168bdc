//! Where white space parts the columns of a region.

use super::lines::{Chunk, Line};
use super::sheet::Bounds;

/// The columns of a region, at least two.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// Where columns begin and end: one more than there are columns, rising.
    pub(super) edges: Vec<f32>,
    /// The empty interval between each column and the next.
    pub(super) gaps: Vec<(f32, f32)>,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.gaps.len() + 1
    }

    /// From the first edge to the last.
    pub(super) fn width(&self) -> f32 {
        self.edges[self.edges.len() - 1] - self.edges[0]
    }

    pub(super) fn left(&self, column: usize) -> f32 {
        self.edges[column]
    }

    pub(super) fn right(&self, column: usize) -> f32 {
        self.edges[column + 1]
    }

    /// The columns that `bounds` reaches into, with how far.
    pub(super) fn reached(&self, bounds: Bounds) -> Vec<(usize, f32)> {
        (0..self.len())
            .map(|k| (k, bounds.right.min(self.right(k)) - bounds.left.max(self.left(k))))
            .filter(|(_, overlap)| *overlap > 0.0)
            .collect()
    }
}

/// Half a point: the grain in which coverage is counted.
const GRAIN: f32 = 0.5;
/// A narrower empty interval parts nothing.
const NARROWEST_GAP: f32 = 3.0;

/// Finds the columns: the intervals that the chunks of the fuller lines leave free. `None` where there is none.
///
/// With eight lines or more, one in twenty may cross a gap.
pub(super) fn columns(lines: &[Line]) -> Option<Columns> {
    let rows: Vec<Vec<Chunk>> = lines.iter().map(|l| l.chunks(0.55)).collect();
    let all = Bounds::around(rows.iter().flatten().map(|c| c.bounds))?;
    let used = fuller(&rows);
    let steps = ((all.width().max(0.0) as usize) * 2 + 4).min(1 << 20);
    let step = |x: f32| ((x - all.left) / GRAIN).max(0.0) as usize;
    let mut cover = vec![0usize; steps];
    for chunk in used.iter().copied().flatten() {
        let (from, to) = (step(chunk.bounds.left).min(steps), (step(chunk.bounds.right) + 1).min(steps));
        cover[from..to.max(from)].iter_mut().for_each(|c| *c += 1);
    }
    let crossing = if used.len() >= 8 { used.len() / 20 } else { 0 };
    let gaps = free_intervals(&cover, crossing)
        .map(|(from, to)| (all.left + from as f32 * GRAIN, all.left + to as f32 * GRAIN))
        .filter(|(from, to)| to - from >= NARROWEST_GAP)
        .collect::<Vec<_>>();
    if gaps.is_empty() {
        return None;
    }
    let edges = std::iter::once(all.left - 5.0)
        .chain(gaps.iter().map(|(from, to)| f32::midpoint(*from, *to)))
        .chain(std::iter::once(all.right + 5.0))
        .collect();
    Some(Columns { edges, gaps })
}

/// The rows with at least half as many chunks as the row at the 80th percentile, and never fewer than two.
fn fuller<'r, 'a>(rows: &'r [Vec<Chunk<'a>>]) -> Vec<&'r Vec<Chunk<'a>>> {
    let mut counts: Vec<usize> = rows.iter().map(Vec::len).collect();
    counts.sort_unstable();
    let most = counts.last().copied().unwrap_or(0);
    let high = if counts.len() > 4 { counts[counts.len() * 4 / 5] } else { most };
    let high = if high < 2 { most } else { high };
    let at_least = |n: f32| rows.iter().filter(|r| r.len() as f32 >= n).collect::<Vec<_>>();
    let used = at_least((high as f32 / 2.0).max(2.0));
    if used.len() < 2 { at_least(2.0) } else { used }
}

/// The runs of steps covered at most `crossing` times that touch neither end.
fn free_intervals(cover: &[usize], crossing: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    cover
        .chunk_by(move |a, b| (*a <= crossing) == (*b <= crossing))
        .map(move |run| {
            let from = start;
            start += run.len();
            (from, start, run[0] <= crossing)
        })
        .filter(|&(from, to, free)| free && from > 0 && to < cover.len())
        .map(|(from, to, _)| (from, to))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::piece;
    use super::super::lines::lines_of;
    use super::*;

    #[test]
    fn free_intervals_touch_no_end() {
        let found: Vec<_> = free_intervals(&[0, 1, 0, 0, 2, 0], 0).collect();
        assert_eq!(found, [(2, 4)]);
    }

    #[test]
    fn columns_lie_between_the_gaps_of_the_fuller_lines() {
        let mut pieces = vec![piece("A title that crosses every gap", 0.0, 0.0, 200.0, 10.0)];
        for row in 1..4u8 {
            let y = f32::from(row) * 14.0;
            pieces.push(piece("name", 0.0, y, 40.0 + f32::from(row), y + 10.0));
            pieces.push(piece("12", 100.0, y, 120.0, y + 10.0));
        }
        let columns = columns(&lines_of(&pieces)).expect("two columns");
        assert_eq!(columns.len(), 2);
        assert!((columns.edges[1] - 71.5).abs() < 1.0, "{columns:?}");
    }

    #[test]
    fn text_without_gaps_has_no_columns() {
        assert!(columns(&lines_of(&[piece("one", 0.0, 0.0, 40.0, 10.0)])).is_none());
        assert!(columns(&[]).is_none());
    }
}
