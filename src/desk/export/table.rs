//! Documents as rows and columns, before it is said in which format.

use super::{ExportColumns, ExportDocument, Known, standing_word};
use crate::document::{
    Field, Meaning, PageRect, Score, Table, Value, Writing, amounts, dates, decimals_of, label_name, order_of,
};

/// A cell of an export.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    /// What it says.
    pub(super) text: String,
    /// The lowest score of what stands in it; `None` where nothing was read for it.
    pub(super) score: Option<Score>,
    /// That is below the threshold of its label.
    pub(super) is_doubtful: bool,
    /// What it says, where that is a day or a figure.
    pub(super) value: Option<(Value, Meaning)>,
}

/// Rows below one row of names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Vec<Entry>>,
}

fn plain(text: impl Into<String>) -> Entry {
    Entry { text: text.into(), ..Entry::default() }
}

/// A row a document: its file, what was decided, then a column a label, in the order in which labels first occur. Several
/// values of a label stand in one cell, parted by semicolons.
pub(super) fn values(documents: &[ExportDocument], columns: ExportColumns, known: &Known) -> Rows {
    let mut labels: Vec<&str> = Vec::new();
    for field in documents.iter().flat_map(fields) {
        if !labels.contains(&field.label.as_str()) {
            labels.push(&field.label);
        }
    }
    let row = |document: &ExportDocument| {
        let mut row = vec![plain(&document.name), plain(standing_word(document.standing))];
        row.extend(about(document, columns));
        for label in &labels {
            let found: Vec<(u32, &Field)> =
                fields_by_page(document).filter(|(_, field)| field.label == *label).collect();
            let joined = |text: &dyn Fn(u32, &Field) -> String| {
                found.iter().map(|(page, field)| text(*page, field)).collect::<Vec<_>>().join("; ")
            };
            let score = found.iter().map(|(_, field)| field.score).reduce(Score::min);
            let text = joined(&|_, field| field.text.clone());
            let is_doubtful = score.is_some_and(|score| score < known.threshold([label, label]));
            row.push(Entry { value: value_of(&text, label, known), text, score, is_doubtful });
            if columns.scores {
                row.push(plain(joined(&|_, field| field.score.to_string())));
            }
            if columns.boxes {
                row.push(plain(joined(&box_words)));
            }
        }
        row
    };
    let mut names: Vec<String> = ["File", "Status"].iter().map(|name| (*name).to_owned()).collect();
    names.extend(about_names(columns));
    for label in &labels {
        let name = label_name(label);
        names.push(name.clone());
        if columns.scores {
            names.push(format!("{name} score"));
        }
        if columns.boxes {
            names.push(format!("{name} box"));
        }
    }
    Rows { names, rows: documents.iter().map(row).collect() }
}

/// What is said of a document beside its values.
fn about(document: &ExportDocument, columns: ExportColumns) -> impl Iterator<Item = Entry> {
    let reviewer = columns.reviewer.then(|| plain(document.reviewer.as_deref().unwrap_or_default()));
    reviewer.into_iter().chain(columns.source.then(|| plain(&document.source)))
}

fn about_names(columns: ExportColumns) -> impl Iterator<Item = String> {
    let reviewer = columns.reviewer.then(|| "Reviewer".to_owned());
    reviewer.into_iter().chain(columns.source.then(|| "Source".to_owned()))
}

/// Where a value stands: its page from 1, then left, top, right and bottom in pixels of the page image.
fn box_words(page: u32, field: &Field) -> String {
    field.rect.map_or_else(String::new, |rect| {
        let [left, top, right, bottom] = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f32::round);
        format!("p. {}: {left} {top} {right} {bottom}", page + 1)
    })
}

fn fields_by_page(document: &ExportDocument) -> impl Iterator<Item = (u32, &Field)> {
    document.pages.iter().flat_map(|page| page.fields.iter().map(|field| (page.number, field)))
}

fn fields(document: &ExportDocument) -> impl Iterator<Item = &Field> {
    document.pages.iter().flat_map(|page| &page.fields)
}

/// A row a line of a table: its file, page and table, then a column a heading, in the order in which headings first
/// occur; columns without a heading are counted.
pub(super) fn lines(documents: &[ExportDocument], wanted: ExportColumns, known: &Known) -> Rows {
    let mut headings: Vec<String> = Vec::new();
    let mut rows: Vec<(Vec<Entry>, Vec<Under>)> = Vec::new();
    for document in documents {
        // The number and the columns of the table that the next one may go on from.
        let mut last: Option<(usize, Vec<usize>)> = None;
        for page in &document.pages {
            // As they stand on the page: what goes on does so from the last of the page before.
            let mut tables: Vec<&Table> = page.tables.iter().collect();
            tables.sort_by(|a, b| a.rect.top().total_cmp(&b.rect.top()));
            for (number, table) in tables.into_iter().enumerate() {
                let goes_on =
                    last.take().filter(|(_, columns)| table.continues && columns.len() == table.cols() as usize);
                let (number, columns) = goes_on.unwrap_or_else(|| (number, columns(table, &mut headings)));
                last = Some((number, columns.clone()));
                let first = table.header_rows + 1;
                for line in first..=table.rows() {
                    let mut place = vec![
                        plain(&document.name),
                        plain((page.number + 1).to_string()),
                        plain((number + 1).to_string()),
                    ];
                    place.extend(about(document, wanted));
                    let cells = || table.cells.iter().filter(|cell| cell.row == line && cell.col >= 1);
                    if wanted.scores {
                        let least = cells().map(|cell| cell.score).reduce(Score::min);
                        place.push(plain(least.map_or_else(String::new, |score| score.to_string())));
                    }
                    if wanted.boxes {
                        let around = PageRect::around(cells().map(|cell| cell.rect));
                        let field = Field { rect: around, ..Field::default() };
                        place.push(plain(box_words(page.number, &field)));
                    }
                    let cells = cells().filter_map(|cell| {
                        let column = *columns.get(cell.col as usize - 1)?;
                        let is_doubtful = cell.score < known.threshold([&cell.label, &table.label]);
                        let (text, score) = (cell.text.clone(), Some(cell.score));
                        Some((column, Entry { text, score, is_doubtful, value: None }))
                    });
                    rows.push((place, cells.collect()));
                }
            }
        }
    }
    let mut by_column: Vec<Vec<&mut Entry>> = headings.iter().map(|_| Vec::new()).collect();
    for (column, entry) in rows.iter_mut().flat_map(|(_, cells)| cells) {
        by_column[*column].push(entry);
    }
    for entries in &mut by_column {
        read_column(entries);
    }
    let names = ["File", "Page", "Table"].iter().map(|name| (*name).to_owned()).chain(about_names(wanted));
    let names = names.chain(wanted.scores.then(|| "Lowest score".to_owned()));
    let names = names.chain(wanted.boxes.then(|| "Box".to_owned()));
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

/// What a value of a label says: as the label's values are meant, or where nobody knows, as it can only be read.
fn value_of(text: &str, label: &str, known: &Known) -> Option<(Value, Meaning)> {
    if known.rules.get(label).is_some_and(|rule| rule.meaning == Some(Meaning::Text)) {
        return None;
    }
    match known.labels.get(label) {
        Some(facts) if facts.meaning != Meaning::Text => read(text, facts.meaning, facts.writing),
        _ => certain_value(text),
    }
}

/// Reads a text as what it means; none where a number could not hold all of it: `0012` is a name, and so are twenty digits.
fn read(text: &str, meaning: Meaning, writing: Writing) -> Option<(Value, Meaning)> {
    let digits = || text.chars().filter(char::is_ascii_digit);
    let begins = text.trim().trim_start_matches(['-', '+', '(']);
    let is_name = begins.starts_with('0') && begins[1..].starts_with(|c: char| c.is_ascii_digit());
    let is_figure = matches!(meaning, Meaning::Amount | Meaning::Number);
    if is_figure && (is_name || digits().count() > 15) {
        return None;
    }
    Value::read(text, meaning, writing).map(|value| (value, meaning))
}

/// An amount or a day that can be read in one way only.
fn certain_value(text: &str) -> Option<(Value, Meaning)> {
    let figure = || amount(text).map(|figure| (Value::Figure(figure), Meaning::Amount));
    let day = || {
        let (year, month, of_month) = day(text)?;
        Some((Value::Day(dates::Day { year, month, of_month }), Meaning::Date))
    };
    figure().or_else(day)
}

/// Says of the cells below a heading what they mean, where all of them are figures, or all days.
fn read_column(entries: &mut [&mut Entry]) {
    let texts: Vec<String> = entries.iter().map(|entry| entry.text.trim().to_owned()).collect();
    let said = || texts.iter().map(String::as_str).filter(|text| !text.is_empty());
    let is_figure = |text: &str| read(text, Meaning::Number, Writing::default()).is_some();
    let has_cents = |text: &str| amounts::whole(text).is_some_and(|found| found.money);
    let meaning = match () {
        () if said().next().is_none() => return,
        () if said().all(dates::is_date) => Meaning::Date,
        () if said().all(is_figure) && said().any(has_cents) => Meaning::Amount,
        () if said().all(is_figure) => Meaning::Number,
        () => Meaning::Text,
    };
    let writing = Writing { order: order_of(said()), decimals: decimals_of(said()) };
    for (entry, text) in entries.iter_mut().zip(&texts) {
        entry.value = match meaning {
            Meaning::Text => certain_value(text),
            meaning => read(text, meaning, writing),
        };
    }
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

/// A number that is written as money is: digits in groups and two after the decimal sign, or four beside a currency.
pub(super) fn amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.trim_matches(|c: char| !c.is_ascii_digit() && c != '-').trim_end_matches('-');
    let around = text.replacen(number, "", 1);
    if around.chars().filter(|c| c.is_alphanumeric()).count() > 3 {
        return None;
    }
    let (whole, cents) = number.rsplit_once(['.', ','])?;
    // `12.2020` is a month; in prices of one piece a currency says what it is.
    let is_price = cents.len() == 4 && around.contains(|c: char| "€$£".contains(c));
    if !(cents.len() == 2 || is_price) || !cents.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let negative = whole.starts_with('-');
    let groups: Vec<&str> = whole.trim_start_matches('-').split(['.', ',', ' ', '\'', '\u{a0}', '\u{202f}']).collect();
    let (first, rest) = groups.split_first()?;
    let is_group = |group: &&str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    // `001.20` is a number of something.
    let is_name = first.len() > 1 && first.starts_with('0');
    if first.is_empty() || is_name || !first.bytes().all(|b| b.is_ascii_digit()) || !rest.iter().all(is_group) {
        return None;
    }
    let value: f64 = format!("{}.{cents}", groups.concat()).parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A day that can be read in one way only: `2019-06-10`, `10.06.2019`, `19 April 2014`, as year, month and day.
pub(super) fn day(text: &str) -> Option<(u16, u8, u8)> {
    let text = text.trim();
    let has_year = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
    if has_year && text.contains(char::is_alphabetic) && dates::is_date(text) {
        // A month that is written out.
        let [dates::Day { year, month, of_month }] = dates::days(text)[..] else { return None };
        return Some((year, month, of_month));
    }
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
