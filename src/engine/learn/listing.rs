//! Lists of goods, services or days that are told by their headings alone: a line of headings that mean something, and
//! below it lines with a figure in the column of amounts.
//!
//! `general` sees tables by rules and by how words stand; invoices often have neither. Here a line of the list may go
//! over several lines of print, as a description does that is too long for its column.

use super::headings::Role;
use super::lexicon::Concepts;
use super::paper::{Leaf, Paper, Placed, Segment};
use super::text::{Token, tokens};
use crate::document::{Cell, PageRect, Score, Table, amounts};

/// A line is one of headings where so many of its stretches mean different columns.
const HEADINGS: usize = 3;
/// A heading has no more words than that: more is prose.
const MOST_WORDS: usize = 5;
/// Headings have lines above and below the one that says most, so many heights away.
const HEADING_LINES: f32 = 2.6;
/// A list ends where nothing stands for so many heights.
const EMPTY: f32 = 9.0;
/// Lines of print that go on with a description follow each other at most so many heights apart, from middle to middle.
const GOES_ON: f32 = 1.9;
/// What stands this many heights higher or lower is of the same line.
const BESIDE: f32 = 0.9;
/// A page that goes on with a list has at most so many lines of print before it, and the page before behind it.
const BEFORE: usize = 4;
/// How sure it is that a list that is found this way is one.
const SURE: f32 = 0.8;

/// A column of a list, from its headings.
#[derive(Clone, Debug)]
struct Column {
    /// What stands over it, line by line.
    heading: String,
    role: Option<Role>,
    /// Where the heading stands.
    rect: PageRect,
    /// From where to where its words stand.
    left: f32,
    right: f32,
}

impl Column {
    /// One below the first line of its heading.
    fn below(heading: &Segment) -> Self {
        let (rect, left, right) = (heading.rect, heading.rect.left(), heading.rect.right());
        Self { heading: heading.text.clone(), role: None, rect, left, right }
    }
}

/// The lists of a document, each with its page. `is_known` says whether headings of other words than those that are known
/// here are headings of a column.
pub(super) fn listings(paper: &Paper, is_known: &dyn Fn(&str) -> bool) -> Vec<(usize, Table)> {
    let mut found: Vec<(usize, Table)> = Vec::new();
    // What a list at the end of the page before has for columns.
    let mut open: Option<Vec<Column>> = None;
    for (page, leaf) in paper.leaves.iter().enumerate() {
        let mut heads = Vec::new();
        while let Some(next) = next_headings(leaf, heads.last().map_or(0, |head: &Headings| head.below), is_known) {
            heads.push(next);
        }
        let ends = |n: usize| heads.get(n).map_or(leaf.rows.len(), |head| head.first);
        let before = open.take().and_then(|columns| Lines::of(leaf, &columns, 0..ends(0), true));
        let below =
            heads.iter().enumerate().map(|(n, head)| Lines::of(leaf, &head.columns, head.below..ends(n + 1), false));
        for lines in std::iter::once(before).chain(below).flatten() {
            open = (!lines.is_closed).then(|| lines.columns.clone());
            found.extend(lines.table(leaf).map(|table| (page, table)));
        }
    }
    found
}

/// Headings, and the rows where they begin and what stands below them does.
struct Headings {
    columns: Vec<Column>,
    first: usize,
    below: usize,
}

fn segments(leaf: &Leaf, row: usize) -> &[Segment] {
    &leaf.segments[leaf.rows[row].clone()]
}

fn has_digits(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

/// The next headings from `row` on.
fn next_headings(leaf: &Leaf, row: usize, is_known: &dyn Fn(&str) -> bool) -> Option<Headings> {
    let count = |row: usize| {
        let mut roles: Vec<Role> = Vec::new();
        let mut known = 0;
        let is_short = |segment: &&Segment| segment.words.len() <= MOST_WORDS && !has_digits(&segment.text);
        for segment in segments(leaf, row).iter().filter(is_short) {
            match Role::of(&segment.text) {
                Some(role) if roles.contains(&role) => {}
                Some(role) => roles.push(role),
                None => known += usize::from(is_known(&segment.text)),
            }
        }
        // Who lists something says what it is and how much.
        let is_much = |role: &Role| matches!(role, Role::Amount | Role::UnitPrice | Role::Quantity);
        let is_list = known > 0 || (roles.iter().any(is_much) && !roles.iter().all(is_much));
        if is_list { roles.len() + known } else { 0 }
    };
    let first = (row..leaf.rows.len()).find(|row| count(*row) >= HEADINGS)?;
    // The line after it may say more.
    let best = if first + 1 < leaf.rows.len() && count(first + 1) > count(first) { first + 1 } else { first };
    let mut columns: Vec<Column> = segments(leaf, best).iter().map(Column::below).collect();
    let mut below = best + 1;
    let center = segments(leaf, best).first()?.rect.center().y;
    let near = |row: usize| {
        let rect = segments(leaf, row)[0].rect;
        (rect.center().y - center).abs() <= HEADING_LINES * leaf.height
    };
    for row in (row..best).rev().take_while(|row| near(*row)) {
        if !add_line(&mut columns, segments(leaf, row), true) {
            break;
        }
    }
    for row in (best + 1..leaf.rows.len()).take_while(|row| near(*row)) {
        if !add_line(&mut columns, segments(leaf, row), false) {
            break;
        }
        below = row + 1;
    }
    columns.sort_by(|a, b| a.rect.left().total_cmp(&b.rect.left()));
    for column in &mut columns {
        column.role = Role::of(&column.heading);
    }
    Some(Headings { columns, first, below })
}

/// Adds another line of headings, each to the column that it stands over or below; `false` where it is no such line.
fn add_line(columns: &mut Vec<Column>, line: &[Segment], is_above: bool) -> bool {
    let shares = |column: &Column, rect: PageRect| {
        let shared = column.rect.right().min(rect.right()) - column.rect.left().max(rect.left());
        shared > 0.3 * column.rect.width().min(rect.width())
    };
    let over = |segment: &Segment| -> Vec<usize> {
        (0..columns.len()).filter(|n| shares(&columns[*n], segment.rect)).collect()
    };
    let places: Vec<Vec<usize>> = line.iter().map(over).collect();
    if places.iter().any(|places| places.len() > 1) || line.iter().any(|segment| has_digits(&segment.text)) {
        return false;
    }
    for (segment, places) in line.iter().zip(places) {
        match places.first() {
            Some(at) => {
                let column = &mut columns[*at];
                let parts = if is_above { [&segment.text, &column.heading] } else { [&column.heading, &segment.text] };
                column.heading = format!("{} {}", parts[0], parts[1]);
                column.rect = column.rect.union(segment.rect);
            }
            None => columns.push(Column::below(segment)),
        }
    }
    true
}

/// The lines below headings.
struct Lines {
    columns: Vec<Column>,
    /// For each line its rows of print: the one with the figures, then those that go on with the description.
    rows: Vec<Vec<usize>>,
    /// Whether something ends it on this page.
    is_closed: bool,
    /// Whether it goes on from the page before.
    goes_on: bool,
}

impl Lines {
    /// Those in `rows`; `None` where there are none. Where a list `goes_on`, the page begins with what is none of it.
    fn of(leaf: &Leaf, columns: &[Column], rows: std::ops::Range<usize>, goes_on: bool) -> Option<Self> {
        let key = key_column(columns)?;
        let mut columns = columns.to_vec();
        let middle = |row: usize| segments(leaf, row)[0].rect.center().y;
        let has_figure = |row: usize| {
            let is_near = |segment: &Segment| {
                let rect = columns[key].rect;
                let shared = rect.right().min(segment.rect.right()) - rect.left().max(segment.rect.left());
                shared > 0.0 || (segment.rect.right() - rect.right()).abs() < 2.0 * leaf.height
            };
            let figure = |segment: &&Segment| {
                segment.words.last().is_some_and(|word| is_figure(&segment.text[word.start..word.end]))
            };
            segments(leaf, row).iter().filter(|segment| is_near(segment)).any(|segment| figure(&segment))
        };
        let least = if goes_on { HEADINGS } else { 2 };
        let says = |rows: &[usize]| rows.iter().map(|row| segments(leaf, *row).len()).sum::<usize>();
        // What stands a little higher or lower in its line belongs to the figure too; where it stands alone, also what is
        // further up or down.
        let band = |row: usize, taken: &[usize]| -> Vec<usize> {
            let near = |other: &usize, heights: f32| {
                let is_near = (middle(*other) - middle(row)).abs() <= heights * leaf.height;
                is_near && !has_figure(*other) && !taken.contains(other)
            };
            let up = |heights: f32| (rows.start..row).rev().take_while(move |other| near(other, heights));
            let down = |heights: f32| (row + 1..rows.end).take_while(move |other| near(other, heights));
            let mut band: Vec<usize> = up(BESIDE).chain(row..=row).chain(down(BESIDE)).collect();
            if says(&band) < least {
                // Figures mostly stand below what they are of.
                let (above, below): (Vec<usize>, Vec<usize>) = (up(GOES_ON).collect(), down(GOES_ON).collect());
                band.extend(if above.is_empty() { below } else { above });
            }
            band.sort_unstable();
            band.dedup();
            band
        };
        let (mut bands, mut is_closed, mut end): (Vec<Vec<usize>>, bool, usize) = (Vec::new(), false, rows.end);
        let mut last = rows.start.checked_sub(1).map_or(0.0, middle);
        for row in rows.clone() {
            let is_begun = !goes_on || !bands.is_empty();
            if is_begun && (middle(row) - last > EMPTY * leaf.height || sums_up(&columns, segments(leaf, row))) {
                (is_closed, end) = (true, row);
                break;
            }
            if goes_on && bands.is_empty() && row >= rows.start + BEFORE {
                return None;
            }
            if has_figure(row) {
                let band = band(row, bands.last().map_or(&[], Vec::as_slice));
                if says(&band) >= least {
                    bands.push(band);
                }
            }
            if !goes_on || !bands.is_empty() {
                last = middle(row);
            }
        }
        if bands.is_empty() {
            return None;
        }
        // A line goes on with what follows closely.
        let follows = |row: usize| row < end && middle(row) - middle(row - 1) <= GOES_ON * leaf.height;
        if !goes_on {
            let next = |band: &Vec<usize>| band.last().map(|last| last + 1).filter(|row| follows(*row));
            let parting: Vec<usize> = bands.iter().flat_map(|band| band.iter().copied().chain(next(band))).collect();
            part(&mut columns, &parting, leaf);
        }
        let told = columns.iter().position(|column| column.role == Some(Role::Description));
        // More of the description, and of what else is words: no figures, and nothing that says what it is by itself.
        let is_told = |row: usize| {
            let of = |segment: &Segment| {
                let middle = segment.rect.center().x;
                columns.iter().position(|column| (column.left..column.right).contains(&middle))
            };
            let is_words = |segment: &Segment| {
                let role = of(segment).and_then(|n| columns[n].role);
                let fits = of(segment).is_some_and(|n| segment.rect.right() <= columns[n].right + leaf.height);
                fits && matches!(role, None | Some(Role::Description | Role::Code | Role::Position | Role::Unit))
            };
            let row = segments(leaf, row);
            let is_more = told.is_some() && row.iter().any(|segment| of(segment) == told);
            is_more && row.iter().all(|segment| is_words(segment) && !segment.text.contains(':'))
        };
        let starts: Vec<usize> = bands.iter().map(|band| band[0]).collect();
        for (n, band) in bands.iter_mut().enumerate() {
            let from = band.last().map_or(0, |last| last + 1);
            let until = starts.get(n + 1).copied().unwrap_or(end);
            band.extend((from..until).take_while(|row| follows(*row) && is_told(*row)));
        }
        // Below a list that goes on, a page has little more than its number.
        let last = bands.last().and_then(|band| band.last()).map_or(0, |row| row + 1);
        is_closed |= last + BEFORE < leaf.rows.len();
        Some(Self { columns, rows: bands, is_closed, goes_on })
    }

    /// As `general` would have seen it: the headings are the labels of the cells.
    fn table(&self, leaf: &Leaf) -> Option<Table> {
        let mut cells = Vec::new();
        for (row, line) in (1..).zip(&self.rows) {
            for (col, column) in (1..).zip(&self.columns) {
                let middle = |word: &Placed| word.rect.center().x;
                let is_in = |word: &&Placed| middle(word) >= column.left && middle(word) < column.right;
                let (mut texts, mut rects, mut score) = (Vec::new(), Vec::new(), 1.0_f32);
                for row in line {
                    for segment in segments(leaf, *row) {
                        for word in segment.words.iter().filter(is_in) {
                            texts.push(&segment.text[word.start..word.end]);
                            rects.push(word.rect);
                            score = score.min(word.score);
                        }
                    }
                }
                let rect = PageRect::around(rects.iter().copied());
                let top = segments(leaf, line[0])[0].rect.top();
                let empty = PageRect::new(column.left, top, column.right, top + leaf.height);
                cells.push(Cell {
                    row,
                    col,
                    row_span: 1,
                    col_span: 1,
                    label: column.heading.clone(),
                    text: texts.join(" "),
                    rect: leaf.submitted(rect.unwrap_or(empty)),
                    score: Score::new(score * SURE.sqrt()),
                    ..Cell::default()
                });
            }
        }
        let rect = PageRect::around(cells.iter().map(|cell| cell.rect))?;
        Some(Table { cells, rect, score: Score::new(SURE), continues: self.goes_on, ..Table::default() })
    }
}

/// The column whose figures tell that a line begins: amounts, else prices, else quantities.
fn key_column(columns: &[Column]) -> Option<usize> {
    let of = |role: Role| columns.iter().rposition(|column| column.role == Some(role));
    of(Role::Amount).or_else(|| of(Role::UnitPrice)).or_else(|| of(Role::Quantity))
}

fn is_figure(text: &str) -> bool {
    amounts::whole(text).is_some() || (has_digits(text) && !text.contains(char::is_alphabetic))
}

/// Whether a line says what all of the list is worth: how many there are of it, it does not.
fn sums_up(columns: &[Column], line: &[Segment]) -> bool {
    let Some(first) = line.first() else { return false };
    let is_of_one = |column: &&Column| matches!(column.role, Some(Role::Quantity | Role::UnitPrice));
    let stands_in = |segment: &Segment| {
        let middle = segment.rect.center().x;
        let mut of_one = columns.iter().filter(is_of_one);
        of_one.any(|column| (column.rect.left()..column.rect.right()).contains(&middle))
    };
    if line.iter().any(stands_in) {
        return false;
    }
    let sums = Concepts::TOTAL.or(Concepts::NET).or(Concepts::TAX).or(Concepts::DUE);
    let says: Vec<Token> = tokens(&first.text).into_iter().take(2).collect();
    let has_money =
        line.last().is_some_and(|last| last.words.last().is_some_and(|w| is_figure(&last.text[w.start..w.end])));
    line.len() <= 3 && has_money && says.iter().any(|token| token.concepts.meets(sums))
}

/// Parts the columns where the fewest words of the lines stand: between the middles of two headings.
fn part(columns: &mut [Column], rows: &[usize], leaf: &Leaf) {
    let words: Vec<PageRect> = rows
        .iter()
        .flat_map(|row| segments(leaf, *row))
        .flat_map(|segment| segment.words.iter().map(|word| word.rect))
        .collect();
    let step = (leaf.height / 4.0).max(1.0);
    for n in 1..columns.len() {
        let (before, after) = (columns[n - 1].rect, columns[n].rect);
        let (from, to) = (before.center().x, after.center().x.max(before.center().x + step));
        let crossing = |x: f32| words.iter().filter(|word| word.left() < x && word.right() > x).count();
        let places: Vec<(usize, f32)> =
            (0..=((to - from) / step) as usize).map(|n| from + n as f32 * step).map(|x| (crossing(x), x)).collect();
        let least = places.iter().map(|(count, _)| *count).min().unwrap_or(0);
        // The widest stretch of them; of several the last: words begin at the left of their columns more than they end there.
        let mut best: (f32, f32) = (0.0, f32::midpoint(before.right(), after.left()));
        let mut at = 0;
        while at < places.len() {
            let end = places[at..].iter().take_while(|(count, _)| *count == least).count() + at;
            if end > at {
                let width = places[end - 1].1 - places[at].1 + step;
                if width > best.0 {
                    best = (width, f32::midpoint(places[at].1, places[end - 1].1));
                }
            }
            at = end.max(at + 1);
        }
        columns[n - 1].right = best.1;
        columns[n].left = best.1;
    }
    if let Some(first) = columns.first_mut() {
        first.left = 0.0;
    }
    if let Some(last) = columns.last_mut() {
        last.right = leaf.width + 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::fixtures::page;
    use super::*;
    use crate::document::PageText;

    const HEADS: [(f32, f32, &str); 5] = [
        (100.0, 200.0, "Pos"),
        (200.0, 200.0, "Bezeichnung"),
        (600.0, 200.0, "Menge"),
        (750.0, 200.0, "Einzelpreis"),
        (950.0, 200.0, "Betrag"),
    ];

    fn read(pages: &[&[(f32, f32, &str)]]) -> Vec<(usize, Vec<Vec<String>>)> {
        let pages: Vec<PageText> = pages.iter().map(|lines| page(lines)).collect();
        let found = listings(&Paper::of(&pages.iter().collect::<Vec<_>>()), &|_| false);
        let rows = |table: &Table| {
            assert_eq!(table.check(), Ok(()));
            let text = |row, col| table.cell(row, col).map(|cell| cell.text.clone()).unwrap_or_default();
            let row = |row| (1..=table.cols()).map(|col| text(row, col)).collect();
            (1..=table.rows()).map(row).collect()
        };
        found.iter().map(|(page, table)| (*page, rows(table))).collect()
    }

    fn lines(more: &[(f32, f32, &'static str)]) -> Vec<(f32, f32, &'static str)> {
        HEADS.iter().chain(more).copied().collect()
    }

    #[test]
    fn a_description_goes_on_below_its_figures_until_something_else_is_said() {
        let page = lines(&[
            (100.0, 240.0, "1"),
            (200.0, 240.0, "Ink for"),
            (600.0, 240.0, "3"),
            (750.0, 240.0, "4,00"),
            (950.0, 240.0, "12,00"),
            (200.0, 270.0, "printers"),
            (200.0, 300.0, "Colour: blue"),
            (100.0, 360.0, "2"),
            (200.0, 360.0, "Paper"),
            (600.0, 360.0, "1"),
            (750.0, 360.0, "9,50"),
            (950.0, 360.0, "9,50"),
            (200.0, 420.0, "Summe"),
            (950.0, 420.0, "21,50"),
        ]);
        let expected = [["1", "Ink for printers", "3", "4,00", "12,00"], ["2", "Paper", "1", "9,50", "9,50"]];
        assert_eq!(read(&[&page]), [(0, expected.map(|row| row.map(str::to_owned).to_vec()).to_vec())]);
    }

    #[test]
    fn figures_that_stand_a_little_lower_are_of_the_line() {
        let page = lines(&[
            (100.0, 240.0, "1"),
            (200.0, 240.0, "Ink"),
            (600.0, 240.0, "3"),
            (750.0, 240.0, "4,00"),
            (950.0, 256.0, "12,00"),
            (100.0, 400.0, "2"),
            (200.0, 400.0, "Glue"),
            (600.0, 400.0, "1"),
            (750.0, 400.0, "5,00"),
            (950.0, 426.0, "5,00"),
        ]);
        let expected = [["1", "Ink", "3", "4,00", "12,00"], ["2", "Glue", "1", "5,00", "5,00"]];
        assert_eq!(read(&[&page])[0].1, expected);
    }

    #[test]
    fn a_row_of_print_is_of_one_line_only_and_an_item_may_be_called_like_a_sum() {
        let page = lines(&[
            (200.0, 240.0, "Payment terminal"),
            (600.0, 240.0, "3"),
            (950.0, 270.0, "12,00"),
            (200.0, 300.0, "Glue"),
            (600.0, 300.0, "1"),
            (950.0, 330.0, "5,00"),
        ]);
        let found = read(&[&page]);
        let said: Vec<&str> = found[0].1.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(said, ["Payment terminal", "Glue"]);
    }

    #[test]
    fn prose_in_columns_is_no_list() {
        let prose = [
            (100.0, 200.0, "all of the total price that is due"),
            (550.0, 200.0, "from the delivery date on that was agreed"),
            (1000.0, 200.0, "a description of goods in writing and"),
            (1000.0, 240.0, "14."),
            (100.0, 240.0, "as said"),
        ];
        assert!(read(&[&prose]).is_empty());
    }

    #[test]
    fn a_list_goes_on_at_the_top_of_the_next_page_with_the_same_columns() {
        let first = lines(&[(100.0, 240.0, "1"), (200.0, 240.0, "Ink"), (600.0, 240.0, "3"), (950.0, 240.0, "12,00")]);
        let second = [
            (100.0, 80.0, "Page 2"),
            (100.0, 120.0, "2"),
            (200.0, 120.0, "Glue"),
            (600.0, 120.0, "1"),
            (950.0, 120.0, "2,00"),
        ];
        let found = read(&[&first, &second]);
        assert_eq!(found[1], (1, vec![["2", "Glue", "1", "", "2,00"].map(str::to_owned).to_vec()]));
        let pages = [page(&first), page(&second)];
        let goes_on = listings(&Paper::of(&pages.iter().collect::<Vec<_>>()), &|_| false);
        assert_eq!(goes_on.iter().map(|(_, table)| table.continues).collect::<Vec<_>>(), [false, true]);
        let more = |n: usize, y: f32| {
            let row = move |n: usize| {
                let y = y + 60.0 * n as f32;
                [(100.0, y, "3"), (200.0, y, "Tape"), (600.0, y, "1"), (950.0, y, "1,00"), (200.0, y + 25.0, "clear")]
            };
            (0..n).flat_map(row).collect::<Vec<_>>()
        };
        let (second, third) = (more(15, 400.0), more(3, 400.0));
        let counts: Vec<usize> = read(&[&first, &second, &third]).iter().map(|(_, rows)| rows.len()).collect();
        assert_eq!(counts, [1, 15, 3], "further down on the page too, and over several");
        let letter = [(100.0, 80.0, "Dear"), (100.0, 120.0, "2"), (200.0, 120.0, "Sums"), (950.0, 120.0, "2,00")];
        let far: Vec<_> = (0..6).map(|n| (100.0, 60.0 + 40.0 * n as f32, "Words of a letter")).collect();
        let far: Vec<_> = far.into_iter().chain(letter.map(|(x, y, text)| (x, y + 300.0, text))).collect();
        assert_eq!(read(&[&first, &far]).len(), 1, "what stands far down is another thing");
    }

    #[test]
    fn a_heading_may_have_several_lines() {
        let page = [
            (960.0, 175.0, "Positions-"),
            (100.0, 200.0, "Pos"),
            (200.0, 200.0, "Bezeichnung"),
            (600.0, 200.0, "Menge"),
            (960.0, 200.0, "betrag"),
            (960.0, 225.0, "ohne USt."),
            (100.0, 260.0, "1"),
            (200.0, 260.0, "Ink"),
            (600.0, 260.0, "3"),
            (960.0, 260.0, "12,00"),
        ];
        let text = super::super::paper::fixtures::page(&page);
        let found = listings(&Paper::of(&[&text]), &|_| false);
        assert_eq!(found[0].1.labels(), ["Pos", "Bezeichnung", "Menge", "Positions- betrag ohne USt."]);
    }

    #[test]
    fn lines_without_headings_that_mean_columns_are_no_list() {
        assert!(read(&[&[(100.0, 100.0, "Ink"), (500.0, 100.0, "3"), (900.0, 100.0, "12,00")]]).is_empty());
        assert!(read(&[&HEADS]).is_empty(), "headings alone are none");
        assert!(read(&[&[]]).is_empty());
    }
}
