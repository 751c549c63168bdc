//! Lines of a body that continue the row above them, joined to it.

use super::figures::is_figure;
use super::sheet::median;
use super::structure::{Region, Row};

/// The body's rows, wrapped lines joined upwards where no rule lies between.
pub(super) fn joined_rows<'a>(region: &Region<'a>, header_lines: usize) -> Vec<Row<'a>> {
    let body = &region.rows[header_lines..];
    let pitch = median(body.windows(2).map(|pair| pair[1].top - pair[0].top), 12.0);
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (i, line) in body.iter().enumerate() {
        let continues = match (rows.last(), i.checked_sub(1)) {
            (Some(row), Some(before)) if !region.ruled_between(body[before].bottom - 1.5, line.top + 1.5, None) => {
                let line = Wrapped { line, gap: line.top - body[before].top, next: body.get(i + 1), pitch };
                line.fills_gaps_of(row)
                    || line.stands_close_to(row)
                    || line.goes_on_with_stub(row)
                    || line.completes(row)
            }
            _ => false,
        };
        match rows.last_mut() {
            Some(row) if continues => {
                for (&column, pieces) in &line.cells {
                    row.cells.entry(column).or_default().extend(pieces);
                }
                row.bottom = line.bottom;
            }
            _ => rows.push(line.clone()),
        }
    }
    rows
}

/// A line that may belong to the row above it.
struct Wrapped<'r, 'a> {
    line: &'r Row<'a>,
    /// From the top of the line before to its own.
    gap: f32,
    next: Option<&'r Row<'a>>,
    /// The median distance of the body's lines.
    pitch: f32,
}

impl Wrapped<'_, '_> {
    fn stub(&self) -> Option<f32> {
        stub(self.line)
    }

    fn is_stub_only(&self) -> bool {
        self.line.cells.len() == 1 && self.stub().is_some()
    }

    fn is_within(&self, row: &Row) -> bool {
        self.line.cells.keys().all(|c| row.cells.contains_key(c))
    }

    fn starts_lower_case(&self) -> bool {
        self.line.text(0).chars().next().is_some_and(char::is_lowercase)
    }

    /// No first column, no figures, and something above each of its cells.
    fn fills_gaps_of(&self, row: &Row) -> bool {
        self.stub().is_none()
            && self.is_within(row)
            && !self.line.cells.keys().any(|c| is_figure(&self.line.text(*c)))
            && self.gap < 1.6 * self.line.size
    }

    /// Closer than the other lines, no figures, not further left, and fewer cells than above.
    fn stands_close_to(&self, row: &Row) -> bool {
        let next_gap = self.next.map_or(99.0, |next| next.top - self.line.top);
        let close = self.gap < 0.85 * self.pitch || (self.gap < 0.8 * next_gap && self.is_stub_only());
        let indented = match (self.stub(), stub(row)) {
            (Some(own), Some(above)) => own >= above - 1.0,
            _ => true,
        };
        close
            && self.gap < 1.5 * self.line.size
            && indented
            && self.is_within(row)
            && !self.line.cells.keys().any(|c| *c > 0 && is_figure(&self.line.text(*c)))
            && self.line.cells.len() <= row.cells.len().saturating_sub(1).max(1)
    }

    /// The first column alone, in lower case or indented, unless the next line is indented further.
    fn goes_on_with_stub(&self, row: &Row) -> bool {
        let Some(left) = self.stub() else { return false };
        let next_indented = self.next.and_then(stub).is_some_and(|next| next > left + 3.0);
        self.is_stub_only()
            && row.cells.len() > 1
            && self.gap < 1.5 * self.line.size
            && self.gap <= 1.2 * self.pitch
            && (self.starts_lower_case() || stub(row).is_some_and(|above| left > above + 3.0))
            && !next_indented
    }

    /// The row above is a first column alone whose text goes on here, with the row's other cells.
    fn completes(&self, row: &Row) -> bool {
        self.stub().is_some()
            && row.cells.len() == 1
            && row.cells.contains_key(&0)
            && self.line.cells.len() > 1
            && self.gap < 1.35 * self.line.size
            && self.starts_lower_case()
    }
}

/// Where the first column's text begins.
fn stub(row: &Row) -> Option<f32> {
    row.cells.get(&0).and_then(|pieces| pieces.first()).map(|p| p.bounds.left)
}

#[cfg(test)]
mod tests {
    use super::super::draft::Evidence;
    use super::super::fixtures::{row, row_rule};
    use super::super::sheet::{Bounds, Piece, Stroke};
    use super::super::structure;

    fn texts(lines: &[Vec<Piece>], across: &[Stroke]) -> Vec<Vec<String>> {
        let pieces = lines.concat();
        let bounds = Bounds::around(pieces.iter().map(|p| p.bounds)).expect("words");
        structure::read(&pieces, across, bounds, Evidence::Stream).expect("a table").texts()
    }

    fn lines() -> Vec<Vec<Piece>> {
        vec![
            row(0.0, &[(0.0, "Green tea"), (100.0, "1.50"), (160.0, "hot or cold")]),
            row(14.0, &[(0.0, "Coffee"), (100.0, "2.50"), (160.0, "black or with")]),
            row(28.0, &[(160.0, "milk")]),
            row(42.0, &[(0.0, "Milk"), (100.0, "0.90"), (160.0, "cold")]),
        ]
    }

    #[test]
    fn a_line_without_first_column_joins_the_row_above() {
        assert_eq!(texts(&lines(), &[])[1], ["Coffee", "2.50", "black or with milk"]);
    }

    #[test]
    fn a_rule_between_keeps_lines_apart() {
        assert_eq!(texts(&lines(), &[row_rule(160.0, 220.0, 26.0)]).len(), 4);
    }

    #[test]
    fn a_first_column_goes_on_in_lower_case() {
        let mut lines = lines();
        lines[2] = row(28.0, &[(0.0, "from Peru")]);
        assert_eq!(texts(&lines, &[])[1][0], "Coffee from Peru");
        lines[2] = row(28.0, &[(0.0, "Juices")]);
        assert_eq!(texts(&lines, &[])[2][0], "Juices");
    }
}
