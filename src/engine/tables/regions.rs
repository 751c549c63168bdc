//! Where tables may stand outside lattices: between horizontal rules with equal ends, and in runs of aligned lines.

use super::figures::{is_drawn_line, is_figure};
use super::lines::{Chunk, Line, chunks, lines_of};
use super::sheet::{Bounds, Piece, Stroke};

/// How far words may stand out beyond the ends of rules.
const OVERHANG: f32 = 4.0;

/// A region between rules while it grows.
#[derive(Clone, Copy, Debug)]
struct Band {
    bounds: Bounds,
    /// Lines of two chunks or more.
    rows: usize,
    lines: usize,
}

impl Band {
    fn of_line<'a>(&self, line: &Line<'a>) -> Vec<&'a Piece> {
        line.within(self.bounds.left - OVERHANG, self.bounds.right + OVERHANG)
    }
}

/// Whether a chunk is running text: seven words or more, few of them figures.
fn is_prose(chunk: &Chunk) -> bool {
    let text = chunk.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let figures = words.iter().filter(|w| is_figure(w)).count();
    words.len() >= 7 && (figures as f32) < 0.3 * words.len() as f32
}

/// The number of chunks of a line that looks like a table's row, 0 of one that does not: prose, a list's bullet, one chunk.
fn row_chunks(line: &Line, k: f32) -> usize {
    let chunks = line.chunks(k);
    if chunks.len() < 2 {
        return 0;
    }
    let prose = chunks.iter().filter(|c| is_prose(c)).count();
    let figures = || chunks.iter().any(|c| is_figure(&c.text()));
    if prose >= (chunks.len() - 1).max(1) && chunks.len() <= 3 && !figures() {
        return 0;
    }
    if let [first, second] = &chunks[..]
        && first.text().chars().count() <= 3
        && !is_figure(&second.text())
    {
        return 0;
    }
    chunks.len()
}

/// Regions between neighbouring rules that begin and end alike, grown past the last and above the first rule where
/// the table goes on there.
pub(super) fn between_rules(across: &[Stroke], pieces: &[&Piece]) -> Vec<Bounds> {
    let mut rules: Vec<Stroke> = across.iter().filter(|r| r.length() >= 60.0).copied().collect();
    rules.sort_by(|a, b| a.at.total_cmp(&b.at));
    let groups = equal_ends(&rules);
    let mut bands: Vec<Band> = groups.iter().flat_map(|group| good_bands(group, pieces)).collect();
    let lines = lines_of(pieces.iter().copied());
    grow_down(&mut bands, &groups, &rules, &lines);
    grow_up(&mut bands, &lines);
    bands.iter().filter(|b| b.rows >= 2 && b.lines >= 2).map(|b| b.bounds).collect()
}

/// Groups of two rules or more whose ends agree within 6.
fn equal_ends(rules: &[Stroke]) -> Vec<Vec<Stroke>> {
    let mut used = vec![false; rules.len()];
    let mut groups = Vec::new();
    for i in 0..rules.len() {
        if used[i] {
            continue;
        }
        let mut group = vec![rules[i]];
        for j in i + 1..rules.len() {
            let alike = (rules[j].from - rules[i].from).abs() <= 6.0 && (rules[j].to - rules[i].to).abs() <= 6.0;
            if alike && !used[j] {
                group.push(rules[j]);
                used[j] = true;
            }
        }
        if group.len() >= 2 {
            groups.push(group);
        }
    }
    groups
}

/// The bands between neighbouring rules that hold rows of a table; touching ones merged.
fn good_bands(group: &[Stroke], pieces: &[&Piece]) -> Vec<Band> {
    let left = group.iter().map(|r| r.from).fold(f32::INFINITY, f32::min);
    let right = group.iter().map(|r| r.to).fold(f32::NEG_INFINITY, f32::max);
    let mut bands: Vec<Band> = Vec::new();
    let mut open = false;
    for pair in group.windows(2) {
        let (top, bottom) = (pair[0].at, pair[1].at);
        let inside = pieces.iter().copied().filter(|p| {
            (left - OVERHANG..=right + OVERHANG).contains(&p.bounds.center_x())
                && p.bounds.center_y() > top - 1.0
                && p.bounds.center_y() < bottom + 1.0
        });
        let lines = lines_of(inside);
        let rows = lines.iter().filter(|l| row_chunks(l, 0.8) >= 2).count();
        let prose: Vec<bool> = lines.iter().map(|l| is_full_prose(l, right - left)).collect();
        let longest = prose.chunk_by(|a, b| a == b).filter(|run| run[0]).map(<[bool]>::len).max().unwrap_or(0);
        let good = !lines.is_empty()
            && longest < 3
            && (rows as f32 >= 0.35 * lines.len() as f32 || (lines.len() <= 2 && longest == 0));
        if !good {
            open = false;
            continue;
        }
        match bands.last_mut() {
            Some(band) if open => {
                band.bounds.bottom = bottom;
                band.rows += rows;
                band.lines += lines.len();
            }
            _ => bands.push(Band { bounds: Bounds::new(left, top, right, bottom), rows, lines: lines.len() }),
        }
        open = true;
    }
    bands
}

/// Whether a line is one chunk of eight words or more over most of the width.
fn is_full_prose(line: &Line, width: f32) -> bool {
    let (Some(first), Some(last)) = (line.pieces.first(), line.pieces.last()) else { return false };
    line.pieces.len() >= 8
        && line.chunks(1.0).len() == 1
        && !is_figure(&last.text)
        && last.bounds.right - first.bounds.left > 0.6 * width
}

/// Lets regions whose last band looks like a header, and groups without a good last band, run on below their last rule.
fn grow_down(bands: &mut Vec<Band>, groups: &[Vec<Stroke>], rules: &[Stroke], lines: &[Line]) {
    let mut candidates: Vec<(Option<usize>, Band)> = bands.iter().enumerate().map(|(i, b)| (Some(i), *b)).collect();
    for group in groups {
        let (first, last) = (group[0], group[group.len() - 1]);
        if !bands.iter().any(|b| (b.bounds.bottom - last.at).abs() < 1.0) {
            let bounds = Bounds::new(first.from, last.at, first.to, last.at);
            candidates.push((None, Band { bounds, rows: 0, lines: 0 }));
        }
    }
    for (index, mut band) in candidates {
        if !ends_in_header(&band, groups, lines) {
            continue;
        }
        let Some((bottom, rows)) = run_below(&band, rules, lines) else { continue };
        band.bounds.bottom = bottom;
        band.rows += rows;
        band.lines += rows;
        match index {
            Some(index) => bands[index] = band,
            None => bands.push(band),
        }
    }
}

/// Whether what stands between a region's last two rules is short and has few figures.
fn ends_in_header(band: &Band, groups: &[Vec<Stroke>], lines: &[Line]) -> bool {
    let b = band.bounds;
    let top = groups
        .iter()
        .flatten()
        .filter(|r| r.at < b.bottom - 1.0 && (r.from - b.left).abs() < 7.0)
        .map(|r| r.at)
        .reduce(f32::max)
        .unwrap_or(-9.0);
    let inside: Vec<Vec<&Piece>> = lines
        .iter()
        .filter(|l| l.center_y() > top && l.center_y() < b.bottom)
        .map(|l| band.of_line(l))
        .filter(|pieces| !pieces.is_empty())
        .collect();
    let figures: usize =
        inside.iter().map(|pieces| chunks(pieces, 0.8).iter().skip(1).filter(|c| is_figure(&c.text())).count()).sum();
    inside.len() <= 5 && (figures <= 2 || inside.len() <= 3)
}

/// How far rows go on below a region and how many there are; `None` of fewer than three.
fn run_below(band: &Band, rules: &[Stroke], lines: &[Line]) -> Option<(f32, usize)> {
    let b = band.bounds;
    let (mut y, mut end, mut rows, mut others) = (b.bottom, b.bottom, 0, 0);
    for line in lines.iter().filter(|l| l.center_y() > b.bottom) {
        let pieces = band.of_line(line);
        if pieces.is_empty() {
            continue;
        }
        let ruled =
            rules.iter().any(|r| r.at > b.bottom + 1.0 && r.at < line.top + 2.0 && (r.from - b.left).abs() < 7.0);
        if line.top - y > 1.9 * line.size || ruled {
            break;
        }
        let cells = chunks(&pieces, 0.8);
        let figures = cells.iter().skip(1).any(|c| is_figure(&c.text()));
        y = line.bottom;
        if cells.len() >= 2 && !cells.iter().any(is_prose) && (figures || rows > 0) {
            rows += 1;
            end = line.bottom + 1.0;
            others = 0;
        } else {
            others += 1;
            if others > 2 {
                break;
            }
        }
    }
    (rows >= 3).then_some((end, rows))
}

/// What of a line stands in the region's width, drawn lines left out.
fn undrawn<'a>(band: &Band, line: &Line<'a>) -> Vec<&'a Piece> {
    band.of_line(line).into_iter().filter(|p| !is_drawn_line(&p.text, false)).collect()
}

/// Takes up to three lines above the first rule as header where the first line under it is figures.
fn grow_up(bands: &mut [Band], lines: &[Line]) {
    for i in 0..bands.len() {
        let band = bands[i];
        let b = band.bounds;
        let first = lines
            .iter()
            .find(|l| l.center_y() > b.top - 1.0 && l.center_y() < b.bottom && !undrawn(&band, l).is_empty());
        let Some(first) = first else { continue };
        let cells = chunks(&undrawn(&band, first), 0.8);
        let figures = cells.iter().skip(1).filter(|c| is_figure(&c.text())).count();
        if cells.len() < 2 || (figures as f32) < 0.5 * (cells.len() - 1) as f32 {
            continue;
        }
        let (mut y, mut top, mut count) = (first.top, None, 0);
        for line in lines.iter().rev().filter(|l| l.center_y() < b.top) {
            let pieces = undrawn(&band, line);
            if pieces.is_empty() {
                continue;
            }
            let cells = chunks(&pieces, 0.8);
            let single = cells.len() < 2;
            if y - line.bottom > 1.3 * line.size
                || count >= 3
                || cells.iter().any(is_prose)
                || (single && count == 0)
                || (single && cells[0].bounds.left < b.left + 0.25 * b.width())
            {
                break;
            }
            count += 1;
            top = Some(line.top - 1.0);
            y = line.top;
        }
        let Some(top) = top else { continue };
        let blocked = bands.iter().enumerate().any(|(j, other)| {
            let o = other.bounds;
            j != i && o.top < top && top < o.bottom && o.left < b.right && o.right > b.left
        });
        if !blocked {
            bands[i].bounds.top = top;
            bands[i].rows += 1;
        }
    }
}

/// Runs of lines of two chunks or more, at most two others between, broken by wide gaps and by prose.
pub(super) fn streams<'a>(pieces: &[&'a Piece]) -> Vec<Vec<Line<'a>>> {
    let mut streams = Vec::new();
    let mut run: Vec<(Line<'a>, bool)> = Vec::new();
    let mut others = 0;
    for line in lines_of(pieces.iter().copied()) {
        let chunks = row_chunks(&line, 1.0);
        let long_prose = |c: &Chunk| is_prose(c) && c.text().chars().count() > 45;
        let prose = chunks < 3 && line.chunks(1.0).iter().any(long_prose);
        let apart = run.last().is_some_and(|(last, _)| line.top - last.bottom > 2.2 * line.size.max(6.0));
        if apart || prose {
            streams.extend(closed(std::mem::take(&mut run)));
            others = 0;
        }
        if chunks >= 2 && !prose {
            run.push((line, true));
            others = 0;
        } else if !run.is_empty() {
            others += 1;
            if others > 2 {
                streams.extend(closed(std::mem::take(&mut run)));
                others = 0;
            } else {
                run.push((line, false));
            }
        }
    }
    streams.extend(closed(run));
    streams
}

/// The lines of a run from its first row to its last; `None` of fewer than three rows.
fn closed(run: Vec<(Line, bool)>) -> Option<Vec<Line>> {
    if run.iter().filter(|(_, row)| *row).count() < 3 {
        return None;
    }
    let last = run.iter().rposition(|(_, row)| *row)?;
    Some(run.into_iter().take(last + 1).skip_while(|(_, row)| !row).map(|(line, _)| line).collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{row, row_rule};
    use super::*;

    fn table(from: f32) -> Vec<Piece> {
        (0..4u8)
            .flat_map(|i| row(from + 14.0 * f32::from(i), &[(0.0, "Town"), (100.0, "1.50"), (150.0, "2.5")]))
            .collect()
    }

    fn refs(pieces: &[Piece]) -> Vec<&Piece> {
        pieces.iter().collect()
    }

    #[test]
    fn rows_between_rules_of_equal_ends_are_a_region() {
        let pieces = table(14.0);
        let rules = [row_rule(0.0, 170.0, 10.0), row_rule(1.0, 171.0, 72.0)];
        assert_eq!(between_rules(&rules, &refs(&pieces)), [Bounds::new(0.0, 10.0, 171.0, 72.0)]);
    }

    #[test]
    fn prose_between_rules_is_none() {
        let line = "a long line of prose that has more than eight words".split(' ').collect::<Vec<_>>();
        let words = |y: f32| {
            let starts = line.iter().scan(0.0, |x, w| Some(std::mem::replace(x, *x + 5.0 * w.len() as f32 + 3.0)));
            let at: Vec<(f32, &str)> = starts.zip(line.iter().copied()).collect();
            row(y, &at)
        };
        let pieces = [words(14.0), words(28.0), words(42.0), words(56.0)].concat();
        let rules = [row_rule(0.0, 280.0, 10.0), row_rule(0.0, 280.0, 72.0)];
        assert!(between_rules(&rules, &refs(&pieces)).is_empty());
    }

    #[test]
    fn a_body_without_a_last_rule_is_followed_down() {
        let header = row(14.0, &[(0.0, "Place"), (100.0, "Net"), (150.0, "Tax")]);
        let pieces = [header, table(32.0)].concat();
        let rules = [row_rule(0.0, 170.0, 10.0), row_rule(0.0, 170.0, 28.0)];
        let found = between_rules(&rules, &refs(&pieces));
        assert_eq!(found.len(), 1);
        assert!(found[0].bottom > 84.0, "{found:?}");
    }

    #[test]
    fn aligned_lines_are_a_stream_until_a_wide_gap() {
        let pieces = [table(0.0), table(200.0)].concat();
        assert_eq!(streams(&refs(&pieces)).iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);
    }

    #[test]
    fn bullets_are_no_columns() {
        let pieces: Vec<Piece> =
            (0..4u8).flat_map(|i| row(14.0 * f32::from(i), &[(0.0, "-"), (30.0, "an item of a list")])).collect();
        assert!(streams(&refs(&pieces)).is_empty());
    }
}
