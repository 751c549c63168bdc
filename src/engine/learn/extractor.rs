//! The extractor: trained, asked, written and read as bytes.

use super::calibrate::{Calibration, Decision};
use super::candidates::Document;
use super::label::{Label, Learnt, Lesson, Said};
use super::memory::{Hint, Layout, hints};
use super::paper::Paper;
use super::parallel::in_parallel;
use super::text::hashed_wide;
use super::{Example, LabelReport, LabelSpec, LearnError, Prediction, Report, TrainOptions, ValueKind};
use crate::document::{Field, FieldId, PageRect, PageText, Score, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

/// The first byte of an extractor's bytes.
const VERSION: u8 = 1;
/// A value that is less likely right is not said.
const DOUBTFUL: f32 = 0.3;

/// Finds the values of a user's labels on pages of words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extractor {
    labels: Vec<Label>,
    calibration: Calibration,
    /// The annotated pages.
    layouts: Vec<Layout>,
}

/// Where the values of a label stand in a document: the page and the upright place of each.
type Places = Vec<(usize, PageRect)>;

impl Extractor {
    /// An extractor without training: it finds the labels by name and type.
    pub fn untrained(labels: &[LabelSpec]) -> Self {
        Self {
            labels: labels.iter().map(Label::untrained).collect(),
            calibration: Calibration::default(),
            layouts: Vec::new(),
        }
    }

    /// Learns `labels` from `examples` and measures itself on held-out parts of them.
    ///
    /// `progress` is told the share that is done, 0 to 1, from any thread.
    pub fn train(
        labels: &[LabelSpec],
        examples: &[Example],
        options: &TrainOptions,
        progress: &(dyn Fn(f32) + Sync),
        cancel: &CancellationToken,
    ) -> Result<(Self, Report), LearnError> {
        let known = |name: &str| labels.iter().any(|label| label.name == name);
        if !examples.iter().flat_map(|example| &example.truths).any(|truth| known(&truth.label)) {
            return Err(LearnError::Nothing);
        }
        // The order in which the examples come must not matter.
        let mut order: Vec<usize> = (0..examples.len()).collect();
        order.sort_by_cached_key(|n| (fingerprint(&examples[*n]), *n));
        let documents: Vec<Document> =
            order.iter().map(|n| Document::of(Paper::of(&examples[*n].pages.iter().collect::<Vec<_>>()))).collect();
        let mut lessons: Vec<Vec<Lesson<'_>>> = labels
            .iter()
            .map(|label| {
                let truths = |n: &usize| examples[*n].truths.iter().filter(|t| t.label == label.name).collect();
                let pairs = order.iter().zip(&documents);
                pairs.map(|(n, document)| Lesson { document, truths: truths(n), hints: Vec::new() }).collect()
            })
            .collect();
        let go_on = || !cancel.is_cancelled();
        let begun: Vec<(Option<Label>, Vec<Places>)> = in_parallel(options.threads, labels.len(), |n| {
            let label = go_on().then(|| Label::begun(&labels[n], &lessons[n])).flatten();
            let places = |label: &Label| lessons[n].iter().map(|lesson| label.places(lesson)).collect();
            let places = label.as_ref().map(places).unwrap_or_default();
            (label, places)
        });
        progress(0.1);
        let layouts = layouts(&documents, begun.iter().map(|(_, places)| places.as_slice()));
        let hints = in_parallel(options.threads, documents.len(), |n| hints_on(&layouts, &documents[n], Some(n)));
        for (n, hint) in hints.iter().enumerate().flat_map(|(n, hints)| hints.iter().map(move |hint| (n, hint))) {
            lessons[hint.label][n].hints.push(*hint);
        }
        progress(0.2);
        let done = AtomicUsize::new(0);
        let learnt: Vec<Option<Learnt>> = in_parallel(options.threads, labels.len(), |n| {
            let learnt = begun[n].0.clone().and_then(|label| label.trained(&lessons[n], options.seed, &go_on));
            progress(0.2 + 0.8 * (done.fetch_add(1, Ordering::Relaxed) + 1) as f32 / labels.len() as f32);
            learnt
        });
        if cancel.is_cancelled() {
            return Err(LearnError::Cancelled);
        }
        let decisions: Vec<Decision> =
            learnt.iter().flatten().flat_map(|l| l.trials.iter().map(|t| t.decision)).collect();
        let calibration = Calibration::of(&decisions);
        let report = report(labels, examples, &order, &learnt, &calibration);
        let labels = labels
            .iter()
            .zip(learnt)
            .map(|(spec, learnt)| learnt.map_or_else(|| Label::untrained(spec), |l| l.label))
            .collect();
        Ok((Self { labels, calibration, layouts }, report))
    }

    /// What it finds on the `pages` of one document, a prediction a page, in order.
    ///
    /// `tables` are those that `general` sees on each page; shorter than `pages` where it was not asked.
    pub fn predict(&self, pages: &[&PageText], _tables: &[&[Table]]) -> Vec<Prediction> {
        let document = Document::of(Paper::of(pages));
        let mut predictions = vec![Prediction::default(); pages.len()];
        let hints = hints_on(&self.layouts, &document, None);
        for (n, label) in self.labels.iter().enumerate() {
            let hints: Vec<Hint> = hints.iter().filter(|hint| hint.label == n).copied().collect();
            for said in label.ask(&document, &hints) {
                let score = self.calibration.probability(said.evidence);
                if score >= DOUBTFUL {
                    predictions[said.candidate.page].fields.push(field(&document, label, &said, score));
                }
            }
        }
        for prediction in &mut predictions {
            let place = |field: &Field| field.rect.map_or((0.0, 0.0), |r| (r.top(), r.left()));
            prediction.fields.sort_by(|a, b| {
                let (a, b) = (place(a), place(b));
                a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
            });
            for (n, field) in prediction.fields.iter_mut().enumerate() {
                field.id = FieldId(format!("{}_{n}", field.label));
            }
        }
        predictions
    }

    /// The extractor as bytes, for [`Extractor::from_bytes`] of this version or a later one.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        // Writing to memory cannot fail, and the names of all fields are known here.
        if serde_json::to_writer(&mut bytes, self).is_err() {
            bytes.truncate(1);
        }
        bytes
    }

    /// Reads what [`Extractor::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnError> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => {
                serde_json::from_slice(rest).map_err(|error| LearnError::Unreadable(error.to_string()))
            }
            Some((version, _)) => Err(LearnError::Unreadable(format!("version {version} is not known"))),
            None => Err(LearnError::Unreadable("it is empty".to_owned())),
        }
    }
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

/// Where annotated pages say that the values of a document are; the example `but` does not count.
fn hints_on(layouts: &[Layout], document: &Document, but: Option<usize>) -> Vec<Hint> {
    let leaves = document.paper.leaves.iter().enumerate();
    leaves.flat_map(|(page, leaf)| hints(layouts, leaf, page, but)).collect()
}

/// A number that tells examples apart by what they say.
fn fingerprint(example: &Example) -> u64 {
    let words = example.pages.iter().flat_map(|page| &page.words).map(|word| hashed_wide(&word.text));
    let truths = example.truths.iter().map(|t| hashed_wide(&t.label) ^ t.text.as_deref().map_or(1, hashed_wide));
    words
        .chain(truths)
        .fold(0x9E37_79B9_7F4A_7C15, |hash: u64, part| (hash ^ part).wrapping_mul(0x0100_0000_01B3).rotate_left(23))
}

fn field(document: &Document, label: &Label, said: &Said<'_>, score: f32) -> Field {
    let leaf = document.leaf(said.candidate);
    let rect = PageRect::around(document.rects(said.candidate).into_iter().map(|rect| leaf.submitted(rect)));
    Field {
        id: FieldId::default(),
        label: label.name.clone(),
        text: said.text.clone(),
        rect,
        score: Score::new(score),
        objection: None,
    }
}

fn report(
    labels: &[LabelSpec],
    examples: &[Example],
    order: &[usize],
    learnt: &[Option<Learnt>],
    calibration: &Calibration,
) -> Report {
    let mut report = Report::default();
    let mut sums = [0; 3];
    for (spec, learnt) in labels.iter().zip(learnt) {
        let of = |n: usize| examples[n].truths.iter().filter(|t| t.label == spec.name).count() as u32;
        let mut row = LabelReport { label: spec.name.clone(), ..LabelReport::default() };
        let mut right = vec![0; examples.len()];
        for trial in learnt.iter().flat_map(|l| &l.trials) {
            if calibration.probability(trial.decision.evidence) >= DOUBTFUL {
                row.said += 1;
                if trial.decision.right {
                    row.right += 1;
                    right[order[trial.lesson]] += 1;
                } else {
                    report.wrong.push(order[trial.lesson]);
                }
            }
        }
        row.truths = (0..examples.len()).map(of).sum();
        report.wrong.extend((0..examples.len()).filter(|n| spec.kind != ValueKind::Table && right[*n] < of(*n)));
        row.complete();
        sums = [sums[0] + row.truths, sums[1] + row.said, sums[2] + row.right];
        report.labels.push(row);
    }
    report.f1 = 2.0 * sums[2] as f32 / (sums[0] + sums[1]).max(1) as f32;
    report.wrong.sort_unstable();
    report.wrong.dedup();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let labels = [LabelSpec { name: "total".into(), ..LabelSpec::default() }];
        let read = Extractor::from_bytes(&Extractor::untrained(&labels).to_bytes()).unwrap();
        assert_eq!(read.labels[0].name, "total");
    }

    #[test]
    fn bytes_of_another_version_are_refused() {
        for bytes in [&[][..], &[0], &[VERSION], &[VERSION, b'{'], &[250, 1, 2]] {
            assert!(matches!(Extractor::from_bytes(bytes), Err(LearnError::Unreadable(_))), "{bytes:?}");
        }
    }

    #[test]
    fn no_value_is_nothing_to_learn_from() {
        let labels = [LabelSpec { name: "total".into(), ..LabelSpec::default() }];
        let none = Extractor::train(&labels, &[], &TrainOptions::default(), &|_| {}, &CancellationToken::new());
        assert_eq!(none.map(|_| ()).err(), Some(LearnError::Nothing));
    }
}
