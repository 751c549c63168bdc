//! Documents as rows and columns, before it is said in which format.

use super::{ExportDocument, standing_word};
use crate::document::{Field, Score, Table, label_name};

/// A cell of an export.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    /// What it says.
    pub(super) text: String,
    /// The lowest score of what stands in it; `None` where nothing was read for it.
    pub(super) score: Option<Score>,
}

/// Rows below one row of names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Vec<Entry>>,
}

fn plain(text: impl Into<String>) -> Entry {
    Entry { text: text.into(), score: None }
}

/// A row a document: its file, what was decided, then a column a label, in the order in which labels first occur. Several
/// values of a label stand in one cell, parted by semicolons.
pub(super) fn values(documents: &[ExportDocument]) -> Rows {
    let mut labels: Vec<&str> = Vec::new();
    for field in documents.iter().flat_map(fields) {
        if !labels.contains(&field.label.as_str()) {
            labels.push(&field.label);
        }
    }
    let row = |document: &ExportDocument| {
        let mut row = vec![plain(&document.name), plain(standing_word(document.standing))];
        for label in &labels {
            let found: Vec<&Field> = fields(document).filter(|field| field.label == *label).collect();
            let text = found.iter().map(|field| field.text.as_str()).collect::<Vec<_>>().join("; ");
            let score = found.iter().map(|field| field.score).reduce(Score::min);
            row.push(Entry { text, score });
        }
        row
    };
    let names = ["File", "Status"].iter().map(|name| (*name).to_owned());
    Rows {
        names: names.chain(labels.iter().map(|label| label_name(label))).collect(),
        rows: documents.iter().map(row).collect(),
    }
}

fn fields(document: &ExportDocument) -> impl Iterator<Item = &Field> {
    document.pages.iter().flat_map(|page| &page.fields)
}

/// A row a line of a table: its file, page and table, then a column a heading, in the order in which headings first
/// occur; columns without a heading are counted.
pub(super) fn lines(documents: &[ExportDocument]) -> Rows {
    let mut headings: Vec<String> = Vec::new();
    let mut rows: Vec<(Vec<Entry>, Vec<Under>)> = Vec::new();
    for document in documents {
        for page in &document.pages {
            for (number, table) in page.tables.iter().enumerate() {
                let columns = columns(table, &mut headings);
                let first = table.header_rows + 1;
                for line in first..=table.rows() {
                    let place = vec![
                        plain(&document.name),
                        plain((page.number + 1).to_string()),
                        plain((number + 1).to_string()),
                    ];
                    let cells = table.cells.iter().filter(|cell| cell.row == line && cell.col >= 1);
                    let cells = cells.filter_map(|cell| {
                        let column = *columns.get(cell.col as usize - 1)?;
                        Some((column, Entry { text: cell.text.clone(), score: Some(cell.score) }))
                    });
                    rows.push((place, cells.collect()));
                }
            }
        }
    }
    let names = ["File", "Page", "Table"].iter().map(|name| (*name).to_owned());
    let width = headings.len();
    let row = |(mut place, cells): (Vec<Entry>, Vec<Under>)| {
        let start = place.len();
        place.resize(start + width, Entry::default());
        for (column, entry) in cells {
            place[start + column] = entry;
        }
        place
    };
    Rows { names: names.chain(headings).collect(), rows: rows.into_iter().map(row).collect() }
}

/// An entry with the number of the heading it stands under.
type Under = (usize, Entry);

/// Which heading each column of a table stands under; headings that are new are added.
fn columns(table: &Table, headings: &mut Vec<String>) -> Vec<usize> {
    let mut taken = Vec::new();
    for (number, label) in table.labels().into_iter().enumerate() {
        let name = if label.trim().is_empty() { format!("Column {}", number + 1) } else { label.trim().to_owned() };
        let place = headings.iter().enumerate().position(|(at, heading)| *heading == name && !taken.contains(&at));
        taken.push(place.unwrap_or_else(|| {
            headings.push(name);
            headings.len() - 1
        }));
    }
    taken
}

/// A number that is written as money is: digits in groups and two after the decimal sign, a currency before or after it.
pub(super) fn amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.trim_matches(|c: char| !c.is_ascii_digit() && c != '-').trim_end_matches('-');
    let around = text.replacen(number, "", 1);
    if around.chars().filter(|c| c.is_alphanumeric()).count() > 3 {
        return None;
    }
    let (whole, cents) = number.rsplit_once(['.', ','])?;
    if cents.len() != 2 || !cents.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let negative = whole.starts_with('-');
    let groups: Vec<&str> = whole.trim_start_matches('-').split(['.', ',', ' ', '\'', '\u{a0}', '\u{202f}']).collect();
    let (first, rest) = groups.split_first()?;
    let is_group = |group: &&str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) || !rest.iter().all(is_group) {
        return None;
    }
    let value: f64 = format!("{}.{cents}", groups.concat()).parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A day that can be read in one way only: `2019-06-10`, `10.06.2019`, as year, month and day.
pub(super) fn day(text: &str) -> Option<(u16, u8, u8)> {
    let text = text.trim();
    let (parts, is_german): (Vec<&str>, bool) =
        if text.contains('-') { (text.split('-').collect(), false) } else { (text.split('.').collect(), true) };
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = if is_german { (c, b, a) } else { (a, b, c) };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.trim().parse().ok()?, day.trim().parse().ok()?);
    ((1900..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day))
        .then_some((year, month, day))
}
