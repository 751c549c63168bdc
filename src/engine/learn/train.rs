//! Examples → an extractor and what it measured on itself: the order of the steps, shared out to threads.

use super::calibrate::{Calibration, Decision};
use super::candidates::Document;
use super::extractor::{DOUBTFUL, Extractor, hints_on};
use super::label::Label;
use super::memory::{Hint, Layout};
use super::paper::Paper;
use super::parallel::in_parallel;
use super::table_trials::{LearntTable, learn};
use super::teach::{EACH_ALONE, Learnt, Lesson, PARTS};
use super::text::hashed_wide;
use super::{Example, LabelReport, LabelSpec, LearnError, Report, TrainOptions, Truth, ValueKind};
use crate::document::PageRect;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

/// Where the values of a label stand in a document: the page and the upright place of each.
type Places = Vec<(usize, PageRect)>;

/// The examples in an order of their own, so that the order in which they came does not matter.
struct Lessons<'a> {
    /// The number of each as it came; of equal ones only the first.
    order: Vec<usize>,
    documents: Vec<Document>,
    truths: Vec<HashMap<&'a str, Vec<&'a Truth>>>,
    hints: Vec<Vec<Hint>>,
    /// In which part each is held out.
    parts: Vec<usize>,
}

/// See [`Extractor::train`].
pub(super) fn train(
    labels: &[LabelSpec],
    examples: &[Example],
    options: &TrainOptions,
    progress: &(dyn Fn(f32) + Sync),
    cancel: &CancellationToken,
) -> Result<(Extractor, Report), LearnError> {
    let known: HashSet<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    if !examples.iter().flat_map(|example| &example.truths).any(|truth| known.contains(truth.label.as_str())) {
        return Err(LearnError::Nothing);
    }
    let go_on = || !cancel.is_cancelled();
    let mut lessons = Lessons::of(examples, options.threads);
    let (tables, fields) = parted(labels, &lessons);
    let begun: Vec<(Option<Label>, Vec<Places>)> = in_parallel(options.threads, fields.len(), |n| {
        let of_label = lessons.of_label(&fields[n].name, usize::MAX);
        let label = go_on().then(|| Label::begun(fields[n], &of_label)).flatten();
        let places = |label: &Label| of_label.iter().map(|lesson| label.places(lesson)).collect();
        let places = label.as_ref().map(places).unwrap_or_default();
        (label, places)
    });
    progress(0.1);
    let layouts = layouts(&lessons.documents, begun.iter().map(|(_, places)| places.as_slice()));
    lessons.hints = in_parallel(options.threads, lessons.documents.len(), |n| {
        if go_on() { hints_on(&layouts, &lessons.documents[n], Some(n)) } else { Vec::new() }
    });
    progress(0.2);
    let done = AtomicUsize::new(0);
    let one_done = || progress(0.2 + 0.8 * (done.fetch_add(1, Ordering::Relaxed) + 1) as f32 / labels.len() as f32);
    let learnt: Vec<Option<Learnt>> = in_parallel(options.threads, fields.len(), |n| {
        let label = begun[n].0.clone().filter(|_| go_on());
        let learnt = label.and_then(|label| label.trained(&lessons.of_label(&fields[n].name, n), options.seed, &go_on));
        one_done();
        learnt
    });
    let ordered: Vec<&Example> = lessons.order.iter().map(|n| &examples[*n]).collect();
    let of_table = |spec: &&LabelSpec| {
        let learnt = learn(spec, &ordered, &lessons.parts, options.threads, &go_on);
        one_done();
        learnt
    };
    let tables: Vec<LearntTable> = tables.iter().map(of_table).collect();
    if cancel.is_cancelled() {
        return Err(LearnError::Cancelled);
    }
    let decided = |l: &Option<Learnt>| l.iter().flat_map(|l| &l.trials).map(|t| t.decision).collect();
    let decisions: Vec<Vec<Decision>> = learnt.iter().map(decided).collect();
    let kinds: Vec<_> = learnt.iter().map(|l| l.as_ref().and_then(|l| l.label.kinds.first().copied())).collect();
    let calibration = Calibration::of(&decisions, &kinds);
    let report = report(labels, &fields, examples, &lessons, &learnt, &tables, &calibration);
    let tables = tables.into_iter().map(|learnt| learnt.items).collect();
    let labels = fields
        .iter()
        .zip(learnt)
        .map(|(spec, learnt)| learnt.map_or_else(|| Label::untrained(spec), |l| l.label))
        .collect();
    Ok((Extractor { labels, tables, calibration, layouts }, report))
}

impl<'a> Lessons<'a> {
    fn of(examples: &'a [Example], threads: usize) -> Self {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let fingerprints: Vec<u64> = examples.iter().map(fingerprint).collect();
        order.sort_by_key(|n| (fingerprints[*n], *n));
        // The same document twice would be held out and learnt at once.
        order.dedup_by_key(|n| fingerprints[*n]);
        let document = |n: usize| Document::of(Paper::of(&examples[order[n]].pages.iter().collect::<Vec<_>>()));
        let documents = in_parallel(threads, order.len(), document);
        let truths = order.iter().map(|n| {
            let mut by_label: HashMap<&str, Vec<&Truth>> = HashMap::new();
            for truth in &examples[*n].truths {
                by_label.entry(&truth.label).or_default().push(truth);
            }
            by_label
        });
        let parts = order.iter().map(|n| part_of(&examples[*n])).collect();
        Self { truths: truths.collect(), documents, order, hints: Vec::new(), parts }
    }

    /// The lessons for a label; `number` is that of its hints.
    fn of_label(&self, name: &str, number: usize) -> Vec<Lesson<'_>> {
        let hints = |n: usize| self.hints.get(n).into_iter().flatten().filter(|hint| hint.label == number).copied();
        let truths = |n: usize| self.truths[n].get(name).cloned().unwrap_or_default();
        let documents = self.documents.iter().enumerate();
        documents
            .map(|(n, document)| Lesson { document, truths: truths(n), hints: hints(n).collect(), part: self.parts[n] })
            .collect()
    }
}

/// The labels whose values are tables, by what was said of them or by what was annotated, and the others.
fn parted<'a>(labels: &'a [LabelSpec], lessons: &Lessons<'_>) -> (Vec<&'a LabelSpec>, Vec<&'a LabelSpec>) {
    labels.iter().partition(|label| {
        let truths = || lessons.truths.iter().filter_map(|by_label| by_label.get(label.name.as_str())).flatten();
        let cells = || truths().any(|truth| !truth.cells.is_empty());
        label.kind == ValueKind::Table || (label.kind == ValueKind::Unsaid && cells())
    })
}

/// The pages of documents that have values, from the values' places by label and document.
fn layouts<'a>(documents: &[Document], places: impl Iterator<Item = &'a [Places]>) -> Vec<Layout> {
    let mut by_page: BTreeMap<(usize, usize), Vec<(usize, PageRect)>> = BTreeMap::new();
    for (label, places) in places.enumerate() {
        for (document, places) in places.iter().enumerate() {
            for (page, rect) in places {
                by_page.entry((document, *page)).or_default().push((label, *rect));
            }
        }
    }
    let layout = |((n, page), places): ((usize, usize), Vec<(usize, PageRect)>)| {
        Layout::of(n, &documents[n].paper.leaves[page], &places)
    };
    by_page.into_iter().map(layout).collect()
}

const fn mixed(hash: u64, part: u64) -> u64 {
    (hash ^ part).wrapping_mul(0x0100_0000_01B3).rotate_left(23)
}

/// A number that tells examples apart by what they say.
fn fingerprint(example: &Example) -> u64 {
    let words = example.pages.iter().flat_map(|page| &page.words).map(|word| hashed_wide(&word.text));
    let truths = example.truths.iter().map(|t| hashed_wide(&t.label) ^ t.text.as_deref().map_or(1, hashed_wide));
    let cells = example.truths.iter().flat_map(|truth| &truth.cells);
    let cells = cells.map(|cell| {
        [u64::from(cell.row), u64::from(cell.col), hashed_wide(&cell.text)]
            .into_iter()
            .fold(hashed_wide(&cell.label), mixed)
    });
    words.chain(truths).chain(cells).fold(0x9E37_79B9_7F4A_7C15, mixed)
}

/// Those of examples, each there once, whose pages say the same as another's: what is annotated differs.
fn contradicting(examples: &[Example], order: &[usize]) -> Vec<usize> {
    let mut by_pages: HashMap<u64, Vec<usize>> = HashMap::new();
    for &n in order {
        let words = examples[n].pages.iter().flat_map(|page| &page.words).map(|word| hashed_wide(&word.text));
        let mut words = words.peekable();
        if words.peek().is_some() {
            by_pages.entry(words.fold(0, mixed)).or_default().push(n);
        }
    }
    let mut all: Vec<usize> = by_pages.into_values().filter(|alike| alike.len() > 1).flatten().collect();
    all.sort_unstable();
    all
}

/// The part in which an example is held out, from what stands on its pages alone, so that it stays in it.
fn part_of(example: &Example) -> usize {
    let words = example.pages.iter().flat_map(|page| &page.words).map(|word| hashed_wide(&word.text));
    let mixed = words.fold(0x9E37_79B9_7F4A_7C15_u64, |hash, part| (hash ^ part).wrapping_mul(0x0100_0000_01B3));
    (mixed >> 32) as usize % PARTS
}

/// What the decisions on documents not trained on came to.
fn report(
    labels: &[LabelSpec],
    fields: &[&LabelSpec],
    examples: &[Example],
    lessons: &Lessons<'_>,
    learnt: &[Option<Learnt>],
    tables: &[LearntTable],
    calibration: &Calibration,
) -> Report {
    let mut rows: HashMap<&str, LabelReport> = HashMap::new();
    let mut report = Report::default();
    let mut sums = [0; 3];
    for (n, (spec, learnt)) in fields.iter().zip(learnt).enumerate() {
        let mut row = LabelReport::default();
        let mut right = vec![0; examples.len()];
        for trial in learnt.iter().flat_map(|l| &l.trials) {
            let example = lessons.order[trial.lesson];
            if calibration.probability(n, trial.decision.evidence) >= DOUBTFUL {
                row.said += 1;
                if trial.decision.right {
                    row.right += 1;
                    right[example] += 1;
                } else {
                    report.wrong.push(example);
                }
            }
        }
        // Too few examples to hold any of them out: nothing was measured.
        let measured = learnt.as_ref().is_none_or(|l| !l.trials.is_empty());
        report.measured |= learnt.as_ref().is_some_and(|l| !l.trials.is_empty());
        for example in lessons.order.iter().copied() {
            let truths = examples[example].truths.iter().filter(|t| t.label == spec.name).count() as u32;
            row.truths += truths;
            if measured && right[example] < truths {
                report.wrong.push(example);
            }
        }
        row.complete();
        sums = [sums[0] + row.truths, sums[1] + row.said, sums[2] + row.right];
        rows.insert(&spec.name, row);
    }
    let are_tables_all = !report.measured;
    if are_tables_all {
        sums = [0; 3];
    }
    for learnt in tables {
        let mut row = LabelReport { cells: true, ..LabelReport::default() };
        for trial in &learnt.trials {
            row.truths += trial.truths;
            row.said += trial.said;
            row.right += trial.right;
            if trial.right < trial.truths.max(trial.said) {
                report.wrong.push(lessons.order[trial.lesson]);
            }
        }
        report.measured |= !learnt.trials.is_empty();
        row.complete();
        if are_tables_all {
            sums = [sums[0] + row.truths, sums[1] + row.said, sums[2] + row.right];
        }
        rows.insert(&learnt.items.name, row);
    }
    if lessons.order.len() >= EACH_ALONE {
        report.parts = examples.iter().map(|example| part_of(example) as u8).collect();
    }
    report.f1 = 2.0 * sums[2] as f32 / (sums[0] + sums[1]).max(1) as f32;
    report.contradicting = contradicting(examples, &lessons.order);
    report.wrong.sort_unstable();
    report.wrong.dedup();
    let row = |label: &LabelSpec| LabelReport {
        label: label.name.clone(),
        ..rows.get(label.name.as_str()).cloned().unwrap_or_default()
    };
    report.labels = labels.iter().map(row).collect();
    report
}
