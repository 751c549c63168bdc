//! How well the tables of a label are found in documents that it was not shown, cell by cell, and what the scores of
//! cells are worth.

use super::calibrate::{Calibration, Decision, Evidence};
use super::columns::{MOST_CELLS, common, compared, said_by};
use super::line_items::LineItems;
use super::paper::Paper;
use super::parallel::in_parallel;
use super::shown::{Shown, annotated};
use super::teach::{EACH_ALONE, PARTS};
use super::{Example, LabelSpec};
use crate::document::{Cell, PageText, Score, Table};
use std::collections::BTreeMap;

/// The cells of one document are right or wrong together: no more than this many of them say what scores are worth.
const CELLS_OF_A_DOCUMENT: usize = 8;

/// What training made of a table label.
pub(super) struct LearntTable {
    pub(super) items: LineItems,
    pub(super) trials: Vec<TableTrial>,
}

/// What was said of a document that the label was not shown: counts of cells that are not empty.
pub(super) struct TableTrial {
    /// The number of the document.
    pub(super) lesson: usize,
    /// How many are annotated.
    pub(super) truths: u32,
    /// How many were said.
    pub(super) said: u32,
    /// How many of those are right: the same in the same column, row after row.
    pub(super) right: u32,
    decisions: Vec<Decision>,
}

/// Learns a table label from `examples`, each held out in its part where it is known what `general` sees on its pages.
/// Where no annotated table could be held out, nothing is measured. Unless `go_on`, it ends early and knows little.
pub(super) fn learn(
    spec: &LabelSpec,
    examples: &[&Example],
    parts: &[usize],
    threads: usize,
    go_on: &(dyn Fn() -> bool + Sync),
) -> LearntTable {
    let shown: Vec<Shown> = in_parallel(threads, examples.len(), |n| {
        if go_on() { Shown::of(&spec.name, examples[n]) } else { Shown(Vec::new()) }
    });
    let mut items = LineItems::trained(spec, shown.iter());
    let alone = examples.len() < EACH_ALONE;
    let part_of = |n: usize| if alone { n } else { parts[n] };
    let of_part = |part: usize| -> Vec<TableTrial> {
        let others =
            LineItems::trained(spec, shown.iter().enumerate().filter(|(n, _)| part_of(*n) != part).map(|s| s.1));
        let held_out = examples.iter().enumerate().filter(|(n, _)| part_of(*n) == part && others.is_taught());
        held_out.filter(|_| go_on()).filter_map(|(n, example)| tried(&others, &spec.name, n, example)).collect()
    };
    let count = if alone { examples.len() } else { PARTS };
    let mut trials: Vec<TableTrial> = in_parallel(threads, count, of_part).into_iter().flatten().collect();
    if trials.iter().all(|trial| trial.truths == 0) {
        // Only what is wrongly said could be counted, which would say that nothing is ever right.
        trials.clear();
    }
    trials.sort_by_key(|trial| trial.lesson);
    let decisions: Vec<Decision> = trials.iter().flat_map(|trial| &trial.decisions).copied().collect();
    if !decisions.is_empty() {
        items.calibrate(Calibration::starting_at(&Calibration::as_said(), &[decisions]));
    }
    LearntTable { items, trials }
}

/// What is known of a cell: how sure it seems.
pub(super) fn evidence(score: Score) -> Evidence {
    let p = score.get().clamp(0.01, 0.99);
    let mut evidence = Evidence::default();
    evidence[0] = (p / (1.0 - p)).ln();
    evidence
}

/// `None` where nobody looked for tables on the example's pages.
fn tried(items: &LineItems, name: &str, lesson: usize, example: &Example) -> Option<TableTrial> {
    if example.tables.len() != example.pages.len() || example.pages.is_empty() {
        return None;
    }
    let seen: Vec<&[Table]> = example.tables.iter().map(Vec::as_slice).collect();
    let pages: Vec<&PageText> = example.pages.iter().collect();
    let found = items.find(&Paper::of(&pages), &seen);
    let mut columns: BTreeMap<&str, (Vec<String>, Vec<&Cell>)> = BTreeMap::new();
    let mut truths: Vec<_> = example.truths.iter().filter(|truth| truth.label == name).collect();
    truths.sort_by_key(|truth| truth.page);
    for mut column in truths.iter().flat_map(|truth| annotated(&truth.cells)) {
        column.cells.sort_by_key(|cell| cell.row);
        columns.entry(column.name).or_default().0.extend(said_by(&column.cells).map(|cell| compared(&cell.text)));
    }
    for (_, table) in &found {
        let mut cells: Vec<&Cell> = table.cells.iter().collect();
        cells.sort_by_key(|cell| (cell.row, cell.col));
        for cell in said_by(&cells) {
            columns.entry(&cell.label).or_default().1.push(cell);
        }
    }
    let mut trial = TableTrial { lesson, truths: 0, said: 0, right: 0, decisions: Vec::new() };
    for (mut annotated, mut said) in columns.into_values() {
        annotated.truncate(MOST_CELLS);
        said.truncate(MOST_CELLS);
        let right = common(&annotated, &said.iter().map(|cell| compared(&cell.text)).collect::<Vec<_>>());
        trial.truths += annotated.len() as u32;
        trial.said += said.len() as u32;
        trial.right += right.iter().filter(|right| **right).count() as u32;
        let decision = |(cell, right): (&&Cell, bool)| Decision { evidence: evidence(cell.score), right };
        trial.decisions.extend(said.iter().zip(right).map(decision));
    }
    // Every so many of them, so that all columns have their say.
    let step = trial.decisions.len().div_ceil(CELLS_OF_A_DOCUMENT).max(1);
    trial.decisions = trial.decisions.into_iter().step_by(step).collect();
    Some(trial)
}

#[cfg(test)]
mod tests {
    use super::super::line_items::fixtures::{cell, example, spec};
    use super::*;

    /// An example with what `general` sees on its page: the annotated table under other headings, with these texts.
    fn seen(items: &[[&str; 3]]) -> Example {
        let heads = ["Article", "Pieces", "Sum"];
        let row = |(row, texts): (u32, &[&str; 3])| {
            let cells = (1..).zip(heads.iter().zip(*texts)).map(move |(col, (head, text))| cell(row, col, head, text));
            cells.collect::<Vec<_>>()
        };
        let cells = (1..).zip(items).flat_map(row).collect();
        Example { tables: vec![vec![Table { cells, score: Score::new(0.9), ..Table::default() }]], ..example() }
    }

    #[test]
    fn cells_of_documents_that_were_not_shown_are_counted() {
        let whole = seen(&[["Ink", "3", "9.50"], ["Paper", "12", "31.00"]]);
        let partly = seen(&[["Ink", "3", "9.50"], ["Paper roll", "12", "31,00"], ["Sum", "", "40.50"]]);
        let unseen = example();
        let learnt = learn(&spec(), &[&whole, &partly, &unseen], &[0, 1, 2], 2, &|| true);
        let counts: Vec<_> = learnt.trials.iter().map(|t| (t.lesson, t.truths, t.said, t.right)).collect();
        assert_eq!(
            counts,
            [(0, 6, 6, 6), (1, 6, 8, 5)],
            "what is wrong, and what is too much; nobody looked at the third"
        );
    }

    #[test]
    fn scores_of_cells_become_what_they_were_worth() {
        let score = |examples: &[&Example]| {
            let parts: Vec<usize> = (0..examples.len()).map(|n| n % PARTS).collect();
            let learnt = learn(&spec(), examples, &parts, 1, &|| true);
            let found = learnt.items.find(&Paper::default(), &[&examples[0].tables[0]]);
            found[0].1.cells[0].score.get()
        };
        let good = seen(&[["Ink", "3", "9.50"], ["Paper", "12", "31.00"]]);
        let bad = seen(&[["Irk", "8", "9.60"], ["Piper", "72", "81.00"]]);
        let untried = Example { tables: Vec::new(), ..good.clone() };
        let all_good = score(&[&good; 12]);
        assert!(all_good > score(&[&good, &untried]), "only one of two was tried");
        assert!(score(&[&bad; 12]) < 0.3 && all_good > 0.9);
    }

    #[test]
    fn a_label_with_one_annotated_document_is_not_measured() {
        let one = seen(&[["Ink", "3", "9.50"]]);
        let without = Example { truths: Vec::new(), ..one.clone() };
        for examples in [&[&one, &without][..], &[&one]] {
            let learnt = learn(&spec(), examples, &[0, 1], 1, &|| true);
            assert!(learnt.trials.is_empty());
            let found = learnt.items.find(&Paper::default(), &[&one.tables[0]]);
            let score = found[0].1.cells[0].score.get();
            assert!(score > 0.5, "the scores are as they seem: {score}");
        }
        let counts = |examples: &[&Example]| {
            let learnt = learn(&spec(), examples, &[0, 1, 2], 1, &|| true);
            learnt.trials.iter().map(|t| (t.lesson, t.truths, t.said, t.right)).collect::<Vec<_>>()
        };
        let expected = [(0, 6, 3, 3), (1, 0, 3, 0), (2, 6, 3, 3)];
        assert_eq!(counts(&[&one, &without, &one]), expected, "a table where none is annotated is one too many");
    }
}
