//! What examples show of the columns of a table label: by the places of the annotated cells, and by the table that
//! `general` sees there, where the places are unknown.

use super::columns::{MOST_CELLS, common, compared, data, kinds, said_by, words};
use super::headings::Role;
use super::listing::listings;
use super::paper::{Leaf, Paper};
use super::text::Token;
use super::{Example, Truth};
use crate::document::{Cell, PageRect, Table};
use std::collections::{BTreeMap, BTreeSet};

/// A table that says a smaller share of the annotated cells is another table.
const SAME_CELLS: f32 = 0.3;
/// A header stands at most this many heights above the first cell.
const HEADER_ABOVE: f32 = 5.0;

/// A column of an annotated table.
#[derive(Default)]
pub(super) struct Annotated<'a> {
    pub(super) name: &'a str,
    pub(super) cells: Vec<&'a Cell>,
}

/// What an example shows of the columns of a label.
pub(super) struct Shown(pub(super) Vec<ShownColumn>);

impl Shown {
    /// The names of the columns that there are to find: those that `general` sees, where it sees the table; the annotated
    /// ones where it sees few of them, since a column or two may be in any table.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let names = |is_seen: bool| -> BTreeSet<&str> {
            self.0.iter().filter(|column| column.is_seen == is_seen).map(|column| column.name.as_str()).collect()
        };
        let (annotated, seen) = (names(false), names(true));
        if seen.len() >= annotated.len().min(2) && 2 * seen.len() >= annotated.len() { seen } else { annotated }
    }
}

/// One column of them.
pub(super) struct ShownColumn {
    pub(super) name: String,
    /// How many of its cells are days, money, other figures and words.
    pub(super) counts: [f32; 4],
    /// The words of the header that is printed over it, sorted.
    pub(super) head: Vec<u32>,
    /// What the header means, where it is known.
    pub(super) role: Option<Role>,
    /// Whether the table that `general` sees has it; else it is annotated.
    pub(super) is_seen: bool,
}

impl Shown {
    /// What an example shows of the label of this name.
    pub(super) fn of(name: &str, example: &Example) -> Self {
        let mut shown = Vec::new();
        if example.truths.iter().all(|truth| truth.label != name || truth.cells.is_empty()) {
            return Self(shown);
        }
        let lists = listings(&Paper::of(&example.pages.iter().collect::<Vec<_>>()), &|_| false);
        for truth in example.truths.iter().filter(|t| t.label == name && !t.cells.is_empty()) {
            let leaf = example.pages.get(truth.page.unwrap_or(0) as usize).map(Leaf::of);
            for column in annotated(&truth.cells).iter().filter(|column| said_by(&column.cells).next().is_some()) {
                let counts = kinds(column.cells.iter().copied());
                let head = leaf.as_ref().map(|leaf| header(leaf, column, &truth.cells)).unwrap_or_default();
                shown.push(ShownColumn { name: column.name.to_owned(), counts, head, role: None, is_seen: false });
            }
            shown.extend(seen_of(example, &lists, truth));
        }
        Self(shown)
    }
}

/// The columns of annotated cells that have a name, from left to right; the name may be a cell of the first row.
pub(super) fn annotated(cells: &[Cell]) -> Vec<Annotated<'_>> {
    let mut columns: BTreeMap<u32, Annotated<'_>> = BTreeMap::new();
    let named = cells.iter().any(|cell| !cell.label.trim().is_empty());
    for cell in cells {
        let column = columns.entry(cell.col).or_default();
        if named {
            if column.name.is_empty() {
                column.name = cell.label.trim();
            }
            column.cells.push(cell);
        } else if cell.row <= 1 {
            column.name = cell.text.trim();
        } else {
            column.cells.push(cell);
        }
    }
    columns.into_values().filter(|column| !column.name.is_empty()).collect()
}

/// What the table that `general` sees says of the columns of an annotated one: of that which says most of its cells.
fn seen_of(example: &Example, lists: &[(usize, Table)], truth: &Truth) -> Vec<ShownColumn> {
    let texts = |cells: &[&Cell]| said_by(cells).take(MOST_CELLS).map(|cell| compared(&cell.text)).collect::<Vec<_>>();
    let mut columns = annotated(&truth.cells);
    for column in &mut columns {
        column.cells.sort_by_key(|cell| cell.row);
    }
    let wanted: Vec<Vec<String>> = columns.iter().map(|column| texts(&column.cells)).collect();
    let all: usize = wanted.iter().map(Vec::len).sum();
    let pages = example.tables.iter().enumerate();
    let tables = pages.filter(|(page, _)| truth.page.is_none_or(|wanted| wanted as usize == *page));
    let mut best: (usize, Vec<ShownColumn>) = (0, Vec::new());
    let lists = lists.iter().filter(|(page, _)| truth.page.is_none_or(|wanted| wanted as usize == *page));
    let lists = lists.map(|(_, table)| table);
    for table in tables.flat_map(|(_, tables)| tables).chain(lists) {
        let labels = table.labels();
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for of_table in 0..labels.len() {
            let seen = texts(&data(table, of_table as u32 + 1).collect::<Vec<_>>());
            let same = wanted.iter().map(|wanted| common(wanted, &seen).iter().filter(|same| **same).count());
            pairs.extend(same.enumerate().filter(|(_, same)| *same > 0).map(|(n, same)| (same, n, of_table)));
        }
        pairs.sort_by_key(|(same, n, of_table)| (std::cmp::Reverse(*same), *n, *of_table));
        let mut matched: Vec<(usize, usize)> = Vec::new();
        let mut sum = 0;
        for (same, n, of_table) in pairs {
            if matched.iter().all(|(a, b)| *a != n && *b != of_table) {
                matched.push((n, of_table));
                sum += same;
            }
        }
        if sum > best.0 {
            let column = |(n, of_table): (usize, usize)| ShownColumn {
                name: columns[n].name.to_owned(),
                counts: kinds(data(table, of_table as u32 + 1)),
                head: words(&labels[of_table]),
                role: Role::of(&labels[of_table]),
                is_seen: true,
            };
            best = (sum, matched.into_iter().map(column).collect());
        }
    }
    if best.0 as f32 >= SAME_CELLS * all as f32 { best.1 } else { Vec::new() }
}

/// The words of the header that is printed over a column: in its width, in the rows right above its first cell, or in
/// that cell where it is not data.
fn header(leaf: &Leaf, column: &Annotated<'_>, all: &[Cell]) -> Vec<u32> {
    let Some(rect) = PageRect::around(column.cells.iter().map(|c| c.rect)).filter(|rect| rect.area() > 0.0) else {
        return Vec::new();
    };
    let table = PageRect::around(all.iter().map(|cell| cell.rect)).unwrap_or(rect);
    let (rect, table) = (leaf.upright(rect), leaf.upright(table));
    let over: Vec<&Token> = leaf
        .segments
        .iter()
        .flat_map(|s| s.words.iter().map(move |word| (s, word)))
        .filter(|(_, word)| {
            let across = word.rect.right().min(rect.right()) - word.rect.left().max(rect.left());
            let above = table.top() - word.rect.center().y;
            across > 0.5 * word.rect.width().min(rect.width()) && (0.0..HEADER_ABOVE * leaf.height).contains(&above)
        })
        .flat_map(|(s, word)| s.tokens.iter().filter(|t| t.start >= word.start && t.end <= word.end))
        .filter(|token| !token.digits)
        .collect();
    let mut words: Vec<u32> = over.iter().map(|token| token.hash).collect();
    words.sort_unstable();
    words.dedup();
    words
}
