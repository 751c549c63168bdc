//! Which lines of a region are its header, what its headings stand over, and how they stack into levels.

use super::figures::{is_figure, is_year};
use super::sheet::{Bounds, Piece};
use super::structure::{Region, Row};
use std::collections::BTreeMap;

/// A header of more lines is none.
const MOST_LINES: usize = 12;

/// A heading and the columns it stands over.
#[derive(Clone, Debug)]
pub(super) struct Heading<'a> {
    pub(super) first: usize,
    pub(super) last: usize,
    /// How many levels it reaches down, ≥ 1.
    pub(super) depth: usize,
    pub(super) pieces: Vec<&'a Piece>,
}

/// One level of a header, with its extent on the page.
#[derive(Clone, Debug)]
pub(super) struct Level<'a> {
    pub(super) headings: Vec<Heading<'a>>,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// How many lines from the top are header: those before the first line of figures, or before a rule over the whole width.
pub(super) fn lines(region: &Region) -> usize {
    let columns = region.columns.len();
    let body_begins = |row: &Row| {
        let texts: Vec<String> = row.cells.keys().filter(|c| **c > 0).map(|c| row.text(*c)).collect();
        let figures = texts.iter().filter(|t| is_figure(t)).count();
        let years = texts.iter().all(|t| is_year(t));
        figures > 0
            && figures * 2 >= texts.len()
            && !years
            && texts.len() as f32 >= (0.4 * (columns - 1) as f32).max(1.0)
    };
    let by_figures = region.rows.iter().take(MOST_LINES).position(body_begins).unwrap_or(0);
    let ruled = |pair: &[Row]| {
        region.rules.iter().any(|rule| {
            (pair[0].bottom - 2.0..=pair[1].top + 2.0).contains(&rule.at)
                && rule.length() > 0.85 * region.columns.width()
        })
    };
    let by_rule = region.rows.windows(2).take(10).position(ruled).map(|i| i + 1);
    let lines = match by_rule {
        Some(rule) if by_figures == 0 || rule <= by_figures => rule,
        _ => by_figures,
    };
    if lines >= region.rows.len() { 1 } else { lines }
}

/// Widens headings that stand centred over several columns which have headings of their own below.
pub(super) fn centre_spanners(region: &mut Region, header_lines: usize) {
    let columns = region.columns.len();
    let header = &region.rows[..header_lines];
    if header_lines < 2 || header.iter().any(|r| r.spans.iter().any(|(a, z)| z > a)) {
        return;
    }
    let extents: Vec<(f32, f32)> = (0..columns).map(|k| body_extent(region, header_lines, k)).collect();
    for i in 0..header_lines - 1 {
        let row = &region.rows[i];
        let keys: Vec<usize> = row.cells.keys().copied().collect();
        if keys.is_empty() || keys.len() as f32 > 0.6 * columns as f32 {
            continue;
        }
        let below: Vec<bool> =
            (0..columns).map(|k| region.rows[i + 1..header_lines].iter().any(|r| r.cells.contains_key(&k))).collect();
        let mut cells: BTreeMap<usize, Vec<&Piece>> = BTreeMap::new();
        let mut spans = BTreeMap::new();
        for (n, &column) in keys.iter().enumerate() {
            let from = if n > 0 { keys[n - 1] + 1 } else { 0 };
            let to = keys.get(n + 1).map_or(columns - 1, |next| next - 1);
            let pieces = &row.cells[&column];
            match centred_over(pieces, column, (from, to), &extents, &below) {
                Some((first, last)) if !cells.contains_key(&first) => {
                    cells.insert(first, pieces.clone());
                    spans.insert(first, last);
                }
                _ => cells.entry(column).or_default().extend(pieces),
            }
        }
        region.rows[i].cells = cells;
        region.rows[i].spans.extend(spans);
    }
}

/// Where the body's text of a column begins and ends.
fn body_extent(region: &Region, header_lines: usize, column: usize) -> (f32, f32) {
    let body = region.rows[header_lines..].iter().filter_map(|r| r.cells.get(&column)).flatten();
    Bounds::around(body.map(|p| p.bounds))
        .map_or((region.columns.left(column), region.columns.right(column)), |b| (b.left, b.right))
}

/// The widest run of columns with headings below that the pieces are centred over, clearly better than over their own.
fn centred_over(
    pieces: &[&Piece],
    own: usize,
    (from, to): (usize, usize),
    extents: &[(f32, f32)],
    below: &[bool],
) -> Option<(usize, usize)> {
    let middle = Bounds::around(pieces.iter().map(|p| p.bounds))?.center_x();
    let off = |first: usize, last: usize| (f32::midpoint(extents[first].0, extents[last].1) - middle).abs();
    let mut best: Option<(usize, usize)> = None;
    for first in from.max(1)..=own {
        for last in own.max(first + 1)..=to {
            let near = (0.06 * (extents[last].1 - extents[first].0)).max(7.0);
            if below[first..=last].iter().all(|b| *b)
                && off(first, last) <= near
                && off(first, last) + 3.0 < off(own, own)
                && best.is_none_or(|(a, z)| last - first > z - a)
            {
                best = Some((first, last));
            }
        }
    }
    best
}

/// A heading over several columns while levels are being found.
struct Spanner<'a> {
    level: usize,
    first: usize,
    last: usize,
    pieces: Vec<&'a Piece>,
    bottom: f32,
}

/// Stacks the header's headings: a spanner lies below the deepest above it over its columns; the lines of a single
/// column join into one heading below its deepest spanner.
pub(super) fn levels<'a>(region: &Region<'a>, header_lines: usize) -> Vec<Level<'a>> {
    let header = &region.rows[..header_lines];
    let spanners = spanners(region, header);
    let mut levels: BTreeMap<usize, BTreeMap<usize, Heading<'a>>> = BTreeMap::new();
    let mut add = |level: usize, first: usize, last: usize, pieces: &[&'a Piece]| {
        let heading = levels.entry(level).or_default().entry(first);
        heading.or_insert(Heading { first, last, depth: 1, pieces: Vec::new() }).pieces.extend(pieces);
    };
    for spanner in &spanners {
        add(spanner.level, spanner.first, spanner.last, &spanner.pieces);
    }
    for column in 0..region.columns.len() {
        let above = spanners.iter().filter(|s| (s.first..=s.last).contains(&column)).map(|s| s.level + 1).max();
        let mut level = above.unwrap_or(0);
        // A heading of its own over other columns may begin at this column: then go below it.
        while spanners.iter().any(|s| s.first == column && s.level == level) {
            level += 1;
        }
        let mut bottom = None;
        for row in header.iter().filter(|row| !row.is_spanner(column)) {
            let Some(pieces) = row.cells.get(&column) else { continue };
            let Some(bounds) = Bounds::around(pieces.iter().map(|p| p.bounds)) else { continue };
            if let Some(bottom) = bottom {
                level += usize::from(region.ruled_between(
                    bottom - 2.0,
                    bounds.top + 2.0,
                    Some((bounds.left, bounds.right)),
                ));
            }
            add(level, column, column, pieces);
            bottom = Some(bounds.bottom);
        }
    }
    stacked(levels.into_values().map(|l| l.into_values().collect()).collect())
}

/// The headings over several columns; lines of the same one joined, unless a rule parts them.
fn spanners<'a>(region: &Region<'a>, header: &[Row<'a>]) -> Vec<Spanner<'a>> {
    let mut spanners: Vec<Spanner<'a>> = Vec::new();
    for row in header {
        for (&first, &last) in row.spans.iter().filter(|(a, z)| z > a) {
            let Some(pieces) = row.cells.get(&first) else { continue };
            let Some(bounds) = Bounds::around(pieces.iter().map(|p| p.bounds)) else { continue };
            let reach = (region.columns.left(first) + 2.0, region.columns.right(last) - 2.0);
            let same = spanners.iter_mut().rev().find(|s| {
                (s.first, s.last) == (first, last)
                    && !region.ruled_between(s.bottom - 2.0, bounds.top + 2.0, Some(reach))
            });
            if let Some(same) = same {
                same.pieces.extend(pieces);
                same.bottom = bounds.bottom;
                continue;
            }
            let above = spanners.iter().filter(|s| s.first <= last && s.last >= first).map(|s| s.level + 1).max();
            let level = above.unwrap_or(0);
            spanners.push(Spanner { level, first, last, pieces: pieces.clone(), bottom: bounds.bottom });
        }
    }
    spanners
}

/// Lets each heading of one column reach down to the next one below it, and measures the levels.
fn stacked(levels: Vec<Vec<Heading>>) -> Vec<Level> {
    let covers = |level: &[Heading], column: usize| level.iter().any(|h| (h.first..=h.last).contains(&column));
    let depths: Vec<Vec<usize>> = (0..levels.len())
        .map(|i| {
            let depth = |h: &Heading| {
                let free = levels[i + 1..].iter().take_while(|below| !covers(below, h.first)).count();
                if h.first == h.last { 1 + free } else { 1 }
            };
            levels[i].iter().map(depth).collect()
        })
        .collect();
    let mut stacked = Vec::with_capacity(levels.len());
    for (mut headings, depths) in levels.into_iter().zip(depths) {
        headings.iter_mut().zip(depths).for_each(|(h, depth)| h.depth = depth);
        let flat = |h: &&Heading| h.depth == 1;
        let all = headings.iter().any(|h| h.depth == 1);
        let measured = headings.iter().filter(|h| !all || flat(h)).flat_map(|h| &h.pieces);
        let Some(bounds) = Bounds::around(measured.map(|p| p.bounds)) else { continue };
        stacked.push(Level { headings, top: bounds.top, bottom: bounds.bottom });
    }
    stacked
}

#[cfg(test)]
mod tests {
    use super::super::draft::{Draft, Evidence};
    use super::super::fixtures::{row, row_rule};
    use super::super::sheet::Stroke;
    use super::super::structure;
    use super::*;

    fn pieces(header: &[Vec<Piece>]) -> Vec<Piece> {
        let body = (0..4u8).map(|i| {
            let y = 60.0 + 14.0 * f32::from(i);
            row(y, &[(0.0, "Town"), (100.0, "1.50"), (150.0, "2.50"), (200.0, "3.50"), (250.0, "4.50")])
        });
        header.iter().cloned().chain(body).flatten().collect()
    }

    fn read<'a>(pieces: &'a [Piece], across: &[Stroke]) -> Draft<'a> {
        structure::read(pieces, across, Bounds::new(0.0, 0.0, 280.0, 120.0), Evidence::Rules).expect("a table")
    }

    #[test]
    fn lines_before_the_first_figures_are_one_heading_a_column() {
        let header = [
            row(20.0, &[(100.0, "Net"), (150.0, "Tax"), (200.0, "Sum"), (250.0, "Due")]),
            row(32.0, &[(0.0, "Place"), (100.0, "price"), (150.0, "rate"), (200.0, "total"), (250.0, "date")]),
        ];
        let pieces = pieces(&header);
        let draft = read(&pieces, &[]);
        assert_eq!(draft.header_rows, 1);
        assert_eq!(draft.texts()[0], ["Place", "Net price", "Tax rate", "Sum total", "Due date"]);
    }

    #[test]
    fn years_are_headings_though_they_are_figures() {
        let pieces = pieces(&[row(30.0, &[(100.0, "2019"), (150.0, "2020"), (200.0, "2021"), (250.0, "2022")])]);
        assert_eq!(read(&pieces, &[]).header_rows, 1);
    }

    #[test]
    fn a_rule_over_the_whole_width_ends_the_header() {
        let header = [row(20.0, &[(0.0, "1"), (100.0, "2.00"), (150.0, "3.00"), (200.0, "4.00"), (250.0, "5.00")])];
        let pieces = pieces(&header);
        assert_eq!(read(&pieces, &[row_rule(0.0, 280.0, 40.0)]).header_rows, 1);
        assert_eq!(read(&pieces, &[]).header_rows, 0);
    }

    #[test]
    fn a_heading_centred_over_two_columns_stands_over_both() {
        let header = [
            row(20.0, &[(112.0, "Summer"), (216.0, "Winter")]),
            row(34.0, &[(0.0, "Place"), (100.0, "Men"), (150.0, "All"), (200.0, "Men"), (250.0, "All")]),
        ];
        let pieces = pieces(&header);
        let draft = read(&pieces, &[]);
        let over: Vec<(usize, usize)> =
            draft.entries.iter().filter(|e| e.row == 0 && e.col > 0).map(|e| (e.col, e.col_span)).collect();
        assert_eq!(over, [(1, 2), (3, 2)]);
    }
}
