//! Labels that are tables: which of the page's tables is meant, and which of its columns is which of the label's.
//!
//! `general` finds the tables; here they are told apart by what their headers say and what their columns hold.

use super::LabelSpec;
use super::calibrate::Calibration;
use super::columns::{holds, words};
use super::headings::Role;
use super::listing::listings;
use super::paper::Paper;
use super::shown::Shown;
use super::table_trials::evidence;
use super::text::{Token, tokens};
use crate::document::{Cell, FieldId, PageRect, Score, Table, amounts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A column that fits a header and values less than this is another column.
const SAME_COLUMN: f32 = 0.45;
/// A table that fits less of the label's columns than this is another table.
const SAME_TABLE: f32 = 0.4;
/// How much what a column holds says, against its header.
const HOLDS: f32 = 0.35;
/// How much a header in other words that mean the same says, against one in the same words.
const SAME_ROLE: f32 = 0.85;
/// Headers of this many examples are kept for each column.
const MOST_HEADS: usize = 30;

/// So many of the columns that a person named make a table one of theirs before any was shown.
const FEW_COLUMNS: usize = 3;

/// So many kinds of tables are told apart.
const MOST_KINDS: usize = 50;

/// What was learnt of a table label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LineItems {
    pub(super) name: String,
    /// The columns in the order that somebody said, else of the first example.
    columns: Vec<Column>,
    /// Which of the columns tables have together, by their numbers; empty where nobody knows: then it is all of them.
    #[serde(default)]
    kinds: Vec<Vec<usize>>,
    /// Whether an example has a table of it.
    #[serde(default = "yes")]
    is_taught: bool,
    /// What the scores of cells are worth; `None` where that was not measured.
    #[serde(default)]
    calibration: Option<Calibration>,
}

/// Labels of earlier versions have columns only where an example has a table of them.
const fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Column {
    name: String,
    /// What its headers say: the words of each, sorted.
    heads: Vec<Vec<u32>>,
    /// What its name and its headers mean, where it is known.
    #[serde(default)]
    roles: Vec<Role>,
    /// The share of its cells that are days, money, other figures and words.
    holds: [f32; 4],
}

impl LineItems {
    /// A table label before anything was annotated: the tables with its columns are it, or any with named columns.
    pub(super) fn untrained(spec: &LabelSpec) -> Self {
        Self {
            name: spec.name.clone(),
            columns: spec.columns.iter().map(|name| Column::named(name)).collect(),
            ..Self::default()
        }
    }

    /// Learns the columns from what examples show of them.
    pub(super) fn trained<'a>(spec: &LabelSpec, shown: impl Iterator<Item = &'a Shown>) -> Self {
        let shown: Vec<&Shown> = shown.filter(|shown| !shown.0.is_empty()).collect();
        let mut items = Self::untrained(spec);
        let mut counts: Vec<[f32; 4]> = vec![[0.0; 4]; items.columns.len()];
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for column in shown.iter().flat_map(|shown| &shown.0) {
            let at = items.columns.iter().position(|known| known.name == column.name).unwrap_or_else(|| {
                items.columns.push(Column::named(&column.name));
                counts.push([0.0; 4]);
                items.columns.len() - 1
            });
            seen.insert(at);
            for (sum, count) in counts[at].iter_mut().zip(column.counts) {
                *sum += count;
            }
            let roles = &mut items.columns[at].roles;
            roles.extend(column.role.filter(|role| !roles.contains(role)));
            let heads = &mut items.columns[at].heads;
            if !column.head.is_empty() && !heads.contains(&column.head) && heads.len() < MOST_HEADS {
                heads.push(column.head.clone());
            }
        }
        for (column, counts) in items.columns.iter_mut().zip(counts) {
            let all: f32 = counts.iter().sum();
            if all > 0.0 {
                column.holds = counts.map(|count| count / all);
            }
        }
        items.is_taught = !seen.is_empty();
        if items.is_taught {
            // What no example has is not to be missed in every table.
            items.columns = seen.into_iter().map(|n| items.columns[n].clone()).collect();
        }
        for names in shown.iter().map(|shown| shown.names()) {
            let kind: Vec<usize> =
                (0..items.columns.len()).filter(|n| names.contains(items.columns[*n].name.as_str())).collect();
            if !items.kinds.contains(&kind) && items.kinds.len() < MOST_KINDS {
                items.kinds.push(kind);
            }
        }
        items
    }

    /// Whether an example has a table of it.
    pub(super) const fn is_taught(&self) -> bool {
        self.is_taught
    }

    /// From now on cells have the scores that theirs were worth.
    pub(super) fn calibrate(&mut self, calibration: Calibration) {
        self.calibration = Some(calibration);
    }

    /// The label's tables among those of each page, in the label's own words.
    ///
    /// Beside those that `general` sees, `tables`, the lists that headings tell on the pages are looked at.
    pub(super) fn find(&self, paper: &Paper, tables: &[&[Table]]) -> Vec<(usize, Table)> {
        let is_known = |heading: &str| {
            let said = words(heading);
            !said.is_empty() && self.columns.iter().any(|column| column.heads.contains(&said))
        };
        let lists = listings(paper, &is_known);
        let lists = lists.iter().map(|(page, table)| (*page, table));
        let seen = tables.iter().enumerate().flat_map(|(page, tables)| tables.iter().map(move |table| (page, table)));
        let tables: Vec<(usize, &Table)> = lists.chain(seen).collect();
        let tables = &tables[..];
        let found = that_fit(tables, |table| if self.columns.is_empty() { untaught(table) } else { self.fit(table) });
        // Headings may be in other words, or another language, than the columns that a person named.
        let found = if found.is_empty() && !self.is_taught { that_fit(tables, untaught) } else { found };
        found.into_iter().map(|(page, table, fit)| (page, self.named(table, &fit))).collect()
    }

    /// How well a table fits, and which of its columns is which.
    fn fit(&self, table: &Table) -> Fit {
        let heads: Vec<(Vec<Token>, Option<Role>)> =
            table.labels().iter().map(|label| (tokens(label), Role::of(label))).collect();
        let mut pairs = Vec::new();
        for (of_table, (head, role)) in heads.iter().enumerate() {
            let holds = holds(table, of_table as u32 + 1);
            for (of_label, column) in self.columns.iter().enumerate() {
                pairs.push((column.likeness(head, *role, holds), of_table, of_label));
            }
        }
        pairs.retain(|(like, ..)| *like >= SAME_COLUMN);
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let kinds = if self.kinds.is_empty() { std::slice::from_ref(&all) } else { &self.kinds };
        let mut best = Fit { like: 0.0, columns: vec![None; heads.len()], is_named: true };
        let mut most = 0.0;
        for kind in kinds {
            let mut columns: Vec<Option<usize>> = vec![None; heads.len()];
            let mut sum = 0.0;
            for (like, of_table, of_label) in pairs.iter().filter(|(_, _, of_label)| kind.contains(of_label)) {
                if columns[*of_table].is_none() && !columns.contains(&Some(*of_label)) {
                    columns[*of_table] = Some(*of_label);
                    sum += like;
                }
            }
            // A person may name more columns than a table has: as long as nobody has shown which, a few are enough.
            let matched = columns.iter().flatten().count();
            let are_enough = !self.is_taught && matched >= kind.len().min(FEW_COLUMNS);
            let wanted = if are_enough { kind.len().min(heads.len()) } else { kind.len() };
            let like = sum / wanted as f32;
            // Of those that fit it is the one that says most of the table, not the one with the fewest columns to find.
            let both = 2.0 * sum / (kind.len() + heads.len()) as f32;
            let fits = if like >= SAME_TABLE { 1.0 + both } else { like };
            if fits > most {
                most = fits;
                best = Fit { like, columns, ..best };
            }
        }
        best
    }

    /// The table with the label's names; columns that the label does not have are left out.
    fn named(&self, table: &Table, fit: &Fit) -> Table {
        let labels = table.labels();
        let kept: Vec<usize> = (0..labels.len()).filter(|n| !fit.is_named || fit.columns[*n].is_some()).collect();
        let name = |n: usize| match fit.columns.get(n).copied().flatten() {
            Some(column) => self.columns[column].name.clone(),
            None => labels[n].clone(),
        };
        let mut cells = Vec::new();
        for cell in table.cells.iter().filter(|cell| cell.row > table.header_rows && cell.col >= 1) {
            let first = cell.col as usize - 1;
            let covers = first..first + cell.col_span.max(1) as usize;
            let Some(col) = kept.iter().position(|n| covers.contains(n)) else { continue };
            let col_span = kept.iter().filter(|n| covers.contains(n)).count() as u32;
            let label = name(kept[col]);
            let seems = cell.score.and(Score::new(fit.like.min(1.0).sqrt()));
            let worth = |calibration: &Calibration| Score::new(calibration.probability(0, evidence(seems)));
            let score = self.calibration.as_ref().map_or(seems, worth);
            let (row, col) = (cell.row - table.header_rows, col as u32 + 1);
            let of_figures = fit.columns.get(first).copied().flatten().is_some_and(|n| self.columns[n].holds_figures());
            let text = if of_figures { figure_of(&cell.text).into() } else { cell.text.clone() };
            cells.push(Cell { id: String::new(), row, col, col_span, label, text, score, ..cell.clone() });
        }
        for (n, cell) in cells.iter_mut().enumerate() {
            cell.id = format!("{}_{n}", self.name);
        }
        Table {
            id: FieldId(self.name.clone()),
            label: self.name.clone(),
            rect: PageRect::around(cells.iter().map(|cell| cell.rect)).unwrap_or(table.rect),
            score: table.score.and(Score::new(fit.like)),
            cells,
            header_rows: 0,
            continues: table.continues,
            reread: None,
        }
    }
}

/// The tables that fit about as well as the best, with their pages.
///
/// Of what stands at the same place it is the one that fits best, of several the first.
fn that_fit<'a>(tables: &[(usize, &'a Table)], fits: impl Fn(&Table) -> Fit) -> Vec<(usize, &'a Table, Fit)> {
    let mut found: Vec<(usize, &Table, Fit)> = tables
        .iter()
        .map(|(page, table)| (*page, *table, fits(table)))
        .filter(|(_, _, fit)| fit.like >= SAME_TABLE)
        .collect();
    let best = found.iter().map(|(_, _, fit)| fit.like).fold(0.0, f32::max);
    // What fits much worse than the best is another table with some of the same columns.
    found.retain(|(_, _, fit)| fit.like >= 0.75 * best);
    // What goes on from the page before has its headings there: it is what that is.
    for (page, table) in tables.iter().filter(|(_, table)| table.continues) {
        let is_there = found.iter().any(|(of, other, _)| of == page && std::ptr::eq(*other, *table));
        let goes_on = |(of, before, _): &&(usize, &Table, Fit)| of + 1 == *page && before.labels() == table.labels();
        if let Some(fit) = found.iter().find(goes_on).map(|found| found.2.clone()).filter(|_| !is_there) {
            found.push((*page, *table, fit));
        }
    }
    found.sort_by(|a, b| b.2.like.total_cmp(&a.2.like));
    let mut kept: Vec<(usize, &Table, Fit)> = Vec::new();
    for one in found {
        let is_same = |(page, table, _): &(usize, &Table, Fit)| {
            let shared = table.rect.intersection(one.1.rect).map_or(0.0, PageRect::area);
            *page == one.0 && shared > 0.3 * table.rect.area().min(one.1.rect.area())
        };
        if !kept.iter().any(is_same) {
            kept.push(one);
        }
    }
    kept.sort_by(|a, b| (a.0, a.1.rect.top()).partial_cmp(&(b.0, b.1.rect.top())).unwrap_or(std::cmp::Ordering::Equal));
    kept
}

/// How well a table fits a label.
#[derive(Clone)]
struct Fit {
    /// The mean likeness of the columns that a table of its kind has, 0 to 1.
    like: f32,
    /// For each of the table's columns the number of the label's.
    columns: Vec<Option<usize>>,
    /// Whether the label's columns are known, so that others are not meant.
    is_named: bool,
}

/// A table for a label of which nothing is known: the more columns have names, the likelier.
fn untaught(table: &Table) -> Fit {
    let labels = table.labels();
    let named = labels.iter().filter(|label| label.contains(char::is_alphabetic)).count();
    let like = if named >= 2 && table.rows() >= 1 { 0.5 * named as f32 / labels.len() as f32 } else { 0.0 };
    Fit { like, columns: vec![None; labels.len()], is_named: false }
}

impl Column {
    /// One of this name, which may be its header too.
    fn named(name: &str) -> Self {
        let role = Role::of(&spaced(name));
        let holds = role.map_or([0.25; 4], Role::holds);
        Self { name: name.to_owned(), heads: vec![words(&spaced(name))], roles: role.into_iter().collect(), holds }
    }

    /// Whether it says how many, and nearly all of its cells are figures.
    fn holds_figures(&self) -> bool {
        // What its name means comes first; its headings may mean other things too.
        self.holds[2] >= 0.7 && self.roles.first() == Some(&Role::Quantity)
    }

    /// How well a header and what stands below it fit the column, 0 to 1.
    fn likeness(&self, head: &[Token], role: Option<Role>, holds: [f32; 4]) -> f32 {
        let held: f32 = holds.iter().zip(self.holds).map(|(a, b)| a.min(b)).sum();
        let alike = |known: &Vec<u32>| {
            let common = head.iter().filter(|token| known.contains(&token.hash)).count() as f32;
            2.0 * common / (head.len() + known.len()).max(1) as f32
        };
        let meant = if role.is_some_and(|role| self.roles.contains(&role)) { SAME_ROLE } else { 0.0 };
        let alike = self.heads.iter().map(alike).fold(0.0, f32::max);
        // Of two headings that mean the same it is the one that says more of the name.
        let said = alike.max(meant + (1.0 - SAME_ROLE) * alike * meant);
        (1.0 - HOLDS) * said + HOLDS * held
    }
}

/// The figure of `20 Stk`: in a column of quantities it is what counts. The whole text where it is anything else.
fn figure_of(text: &str) -> &str {
    let Some(at) = text.find(char::is_alphabetic) else { return text };
    let (figure, unit) = (text[..at].trim(), &text[at..]);
    let is_unit = unit.split_whitespace().count() <= 2 && !unit.contains(|c: char| c.is_ascii_digit());
    if is_unit && amounts::whole(figure).is_some() { figure } else { text }
}

/// `unit_price` as it is printed: `unit price`.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// A label and an annotated document of it for tests.
#[cfg(test)]
pub(super) mod fixtures {
    use super::super::paper::fixtures::page;
    use super::super::{Example, Truth, ValueKind};
    use super::*;

    pub(in super::super) fn cell(row: u32, col: u32, label: &str, text: &str) -> Cell {
        let (x, y) = (100.0 + 200.0 * col as f32, 200.0 + 40.0 * row as f32);
        let rect = PageRect::new(x, y, x + 150.0, y + 20.0);
        let score = Score::new(0.9);
        Cell {
            row,
            col,
            row_span: 1,
            col_span: 1,
            label: label.into(),
            text: text.into(),
            rect,
            score,
            ..Cell::default()
        }
    }

    pub(in super::super) fn spec() -> LabelSpec {
        LabelSpec { name: "line_items".into(), kind: ValueKind::Table, ..LabelSpec::default() }
    }

    /// A page whose header says `Article`, `Pieces`, `Sum`; the user's columns are called otherwise.
    pub(in super::super) fn example() -> Example {
        let page = page(&[(310.0, 205.0, "Article"), (500.0, 205.0, "Pieces"), (700.0, 205.0, "Sum")]);
        let cells = vec![
            cell(1, 1, "description", "Ink"),
            cell(1, 2, "quantity", "3"),
            cell(1, 3, "amount", "9.50"),
            cell(2, 1, "description", "Paper"),
            cell(2, 2, "quantity", "12"),
            cell(2, 3, "amount", "31.00"),
        ];
        let truth = Truth { label: "line_items".into(), page: Some(0), cells, ..Truth::default() };
        Example { pages: vec![page], truths: vec![truth], ..Example::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Example;
    use super::fixtures::{cell, example, spec};
    use super::*;

    fn trained(spec: &LabelSpec, examples: &[&Example]) -> LineItems {
        let shown: Vec<Shown> = examples.iter().map(|example| Shown::of(&spec.name, example)).collect();
        LineItems::trained(spec, shown.iter())
    }

    /// What `general` sees: the same header in another order, with a column more; and another table.
    fn seen() -> Vec<Table> {
        let items = vec![
            cell(1, 1, "Pos", "1"),
            cell(1, 2, "Pieces", "2"),
            cell(1, 3, "Article", "Glue"),
            cell(1, 4, "Sum", "4.00"),
        ];
        let taxes = vec![cell(1, 1, "Code", "SR"), cell(1, 2, "Tax", "0.24")];
        let score = Score::new(0.9);
        vec![Table { cells: taxes, score, ..Table::default() }, Table { cells: items, score, ..Table::default() }]
    }

    #[test]
    fn the_annotated_table_is_found_and_its_columns_have_the_users_names() {
        let items = trained(&spec(), &[&example()]);
        let seen = seen();
        let found = items.find(&Paper::default(), &[&[], &seen]);
        assert_eq!(found.len(), 1);
        let (page, table) = &found[0];
        assert_eq!((*page, table.label.as_str()), (1, "line_items"));
        let labels: Vec<(&str, &str)> = table.cells.iter().map(|c| (c.label.as_str(), c.text.as_str())).collect();
        assert_eq!(labels, [("quantity", "2"), ("description", "Glue"), ("amount", "4.00")]);
        assert_eq!(table.check(), Ok(()));
    }

    #[test]
    fn names_alone_find_columns_where_places_are_unknown() {
        let mut example = example();
        for cell in &mut example.truths[0].cells {
            cell.rect = PageRect::default();
        }
        let items = trained(&spec(), &[&example]);
        let cells = vec![cell(1, 1, "Description", "Glue"), cell(1, 2, "Quantity", "2"), cell(1, 3, "Amount", "4.00")];
        let seen = [Table { cells, score: Score::new(0.9), ..Table::default() }];
        assert_eq!(items.find(&Paper::default(), &[&seen])[0].1.cells.len(), 3);
    }

    #[test]
    fn headings_of_cells_without_a_place_are_those_of_the_table_that_says_the_same() {
        let mut example = example();
        for cell in &mut example.truths[0].cells {
            cell.rect = PageRect::default();
        }
        let rows = [["Ink", "3,0", "9,50 €"], ["Paper", "12", "31,00 €"]];
        let heads = ["Artikel", "Menge", "Betrag"];
        let row = |(row, texts): (u32, [&str; 3])| {
            let cells = (1..).zip(heads.iter().zip(texts)).map(move |(col, (head, text))| cell(row, col, head, text));
            cells.collect::<Vec<_>>()
        };
        let cells: Vec<Cell> = (1..).zip(rows).flat_map(row).collect();
        example.tables = vec![vec![Table { cells, score: Score::new(0.9), ..Table::default() }]];
        let cells = vec![cell(1, 1, "Betrag", "4,00 €"), cell(1, 2, "Artikel", "Glue"), cell(1, 3, "Menge", "2")];
        let seen = [Table { cells, score: Score::new(0.9), ..Table::default() }];
        let found = trained(&spec(), &[&example]).find(&Paper::default(), &[&seen]);
        let labels: Vec<&str> = found.iter().flat_map(|(_, t)| &t.cells).map(|c| c.label.as_str()).collect();
        assert_eq!(labels, ["amount", "description", "quantity"]);
    }

    #[test]
    fn another_table_is_not_said() {
        let items = trained(&spec(), &[&example()]);
        assert!(items.find(&Paper::default(), &[&seen()[..1]]).is_empty());
    }

    #[test]
    fn before_training_a_table_with_named_columns_is_it() {
        let found = LineItems::untrained(&spec()).find(&Paper::default(), &[&seen()]);
        assert!(!found.is_empty() && found.iter().all(|(_, table)| table.label == "line_items"));
        assert!(LineItems::untrained(&spec()).find(&Paper::default(), &[]).is_empty());
    }

    #[test]
    fn columns_that_a_person_named_are_found_by_their_names_before_training() {
        let columns = ["article", "sum"].map(str::to_owned).to_vec();
        let spec = LabelSpec { columns, ..spec() };
        let found = LineItems::untrained(&spec).find(&Paper::default(), &[&seen()]);
        let said: Vec<(&str, &str)> =
            found.iter().flat_map(|(_, t)| &t.cells).map(|c| (c.label.as_str(), c.text.as_str())).collect();
        assert_eq!(said, [("article", "Glue"), ("sum", "4.00")], "the other columns and the other table are not meant");
        let other = LabelSpec { columns: vec!["bezeichnung".into(), "betrag".into()], ..spec };
        assert!(
            !LineItems::untrained(&other).find(&Paper::default(), &[&seen()]).is_empty(),
            "headings may be in other words"
        );
    }

    #[test]
    fn a_named_column_that_no_example_has_is_not_missed() {
        let columns = ["vat", "amount", "description"].map(str::to_owned).to_vec();
        let items = trained(&LabelSpec { columns, ..spec() }, &[&example()]);
        let names: Vec<&str> = items.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["amount", "description", "quantity"], "in the order that was said");
        assert_eq!(items.find(&Paper::default(), &[&seen()]).len(), 1);
    }

    #[test]
    fn tables_of_one_kind_need_not_have_the_columns_of_another() {
        let mut other = example();
        for (cell, label) in other.truths[0].cells.iter_mut().zip(["day", "hours", "rate"].into_iter().cycle()) {
            cell.label = label.to_owned();
        }
        let (own, others) = (example(), vec![other; 9]);
        let examples: Vec<&Example> = others.iter().chain([&own]).collect();
        let found = trained(&spec(), &examples).find(&Paper::default(), &[&seen()]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_table_of_which_little_was_seen_makes_no_kind_of_its_own() {
        let mut badly_seen = example();
        for cell in &mut badly_seen.truths[0].cells {
            cell.rect = PageRect::default();
        }
        let taxes = [cell(1, 1, "Tax", "9.50"), cell(2, 1, "Tax", "31.00")];
        badly_seen.tables = vec![vec![Table { cells: taxes.to_vec(), score: Score::new(0.9), ..Table::default() }]];
        let shown = Shown::of("line_items", &badly_seen);
        assert_eq!(shown.0.iter().filter(|column| column.is_seen).count(), 1);
        let items = trained(&spec(), &[&badly_seen, &example()]);
        let cells = vec![cell(1, 1, "Code", "SR"), cell(1, 2, "Tax", "0.24")];
        let other = Table { cells, score: Score::new(0.9), ..Table::default() };
        assert!(items.find(&Paper::default(), &[&[other]]).is_empty(), "another table with one such column");
        assert_eq!(items.find(&Paper::default(), &[&seen()]).len(), 1);
    }

    #[test]
    fn of_two_kinds_that_fit_it_is_the_one_with_more_of_the_tables_columns() {
        let mut fewer = example();
        fewer.truths[0].cells.retain(|cell| cell.col < 3);
        let mut seen = seen();
        seen[1].cells[3].label = "Sum in EUR".into();
        let found = trained(&spec(), &[&fewer, &example()]).find(&Paper::default(), &[&seen]);
        assert_eq!(found[0].1.labels(), ["quantity", "description", "amount"]);
    }

    #[test]
    fn a_list_on_two_pages_is_found_on_both_and_goes_on() {
        use super::super::paper::fixtures::page;
        let row = |y: f32, texts: [&'static str; 4]| {
            [100.0, 300.0, 500.0, 800.0].into_iter().zip(texts).map(move |(x, t)| (x, y, t))
        };
        let first: Vec<_> = row(200.0, ["Pos", "Artikel", "Menge", "Betrag"])
            .chain(row(240.0, ["1", "Ink", "3 Stk", "9,00"]))
            .collect();
        let second: Vec<_> = row(100.0, ["2", "Glue", "1 Stk", "4,00"]).collect();
        let pages = [page(&first), page(&second)];
        let columns = ["product", "quantity", "line_total"].map(str::to_owned).to_vec();
        let items = LineItems::untrained(&LabelSpec { columns, ..spec() });
        let found = items.find(&Paper::of(&[&pages[0], &pages[1]]), &[&[], &[]]);
        let said = |table: &Table| table.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        let said: Vec<_> = found.iter().map(|(page, table)| (*page, table.continues, said(table))).collect();
        let texts = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
        assert_eq!(said, [(0, false, texts(["Ink", "3", "9,00"])), (1, true, texts(["Glue", "1", "4,00"]))]);
    }

    #[test]
    fn header_rows_of_several_levels_are_no_data() {
        let items = trained(&spec(), &[&example()]);
        let cells = vec![
            cell(1, 1, "", "Article"),
            cell(1, 2, "", "Pieces"),
            cell(1, 3, "", "Sum"),
            cell(2, 1, "", "Glue"),
            cell(2, 2, "", "2"),
            cell(2, 3, "", "4.00"),
        ];
        let seen = [Table { cells, header_rows: 1, score: Score::new(0.9), ..Table::default() }];
        let found = items.find(&Paper::default(), &[&seen]);
        assert_eq!((found[0].1.rows(), found[0].1.cells[0].label.as_str()), (1, "description"));
    }
}
