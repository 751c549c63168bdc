//! The extractor: trained, asked, written and read as bytes.

use super::calibrate::Calibration;
use super::candidates::{Document, Kind};
use super::label::{Label, Said};
use super::line_items::LineItems;
use super::memory::{Hint, Layout, hints};
use super::paper::Paper;
use super::train::train;
use super::{Example, LabelSpec, LearnError, Prediction, Report, TrainOptions, ValueKind};
use crate::document::{Field, FieldId, PageRect, PageText, Score, Table};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// The first byte of an extractor's bytes.
const VERSION: u8 = 1;
/// A value that is less likely right is not said.
pub(super) const DOUBTFUL: f32 = 0.3;

/// Finds the values of a user's labels on pages of words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extractor {
    /// The labels whose values are fields.
    pub(super) labels: Vec<Label>,
    /// Those whose values are tables.
    pub(super) tables: Vec<LineItems>,
    pub(super) calibration: Calibration,
    /// The annotated pages.
    pub(super) layouts: Vec<Layout>,
}

impl Extractor {
    /// An extractor without training: it finds the labels by name and type.
    pub fn untrained(labels: &[LabelSpec]) -> Self {
        let (tables, labels): (Vec<&LabelSpec>, Vec<&LabelSpec>) =
            labels.iter().partition(|l| l.kind == ValueKind::Table);
        let labels: Vec<Label> = labels.into_iter().map(Label::untrained).collect();
        let kinds: Vec<Option<Kind>> = labels.iter().map(|label| label.kinds.first().copied()).collect();
        Self {
            labels,
            tables: tables.into_iter().map(LineItems::untrained).collect(),
            calibration: Calibration::untried(&kinds),
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
        train(labels, examples, options, progress, cancel)
    }

    /// The same after its labels were renamed, merged, taken out or added to: `labels` as they are now, and by what names
    /// each may have been learnt. What is new is found by name and type.
    #[must_use]
    pub fn speaking_of(mut self, labels: &[LabelSpec], formerly: &[Vec<String>]) -> Self {
        let mut names: Vec<&mut String> = self
            .labels
            .iter_mut()
            .map(|label| &mut label.name)
            .chain(self.tables.iter_mut().map(|t| &mut t.name))
            .collect();
        let learnt: Vec<String> = names.iter().map(|name| (**name).clone()).collect();
        // One that is not spoken of any more keeps its place, because layouts name labels by it, and no name.
        for name in &mut names {
            name.clear();
        }
        let known = |name: &String| learnt.iter().position(|learnt| learnt == name);
        let aliases = |n: usize| formerly.get(n).into_iter().flatten();
        // A name that is used anew belongs to the label that had it when it was learnt, if that is known by no other.
        let is_anothers = |n: usize, name: &String| {
            let others = labels.iter().enumerate().filter(|(m, other)| *m != n && known(&other.name).is_none());
            others.into_iter().any(|(m, _)| aliases(m).any(|alias| alias == name))
        };
        let mut new = Vec::new();
        for (n, spec) in labels.iter().enumerate() {
            let own = known(&spec.name).filter(|_| !is_anothers(n, &spec.name));
            let at = own.or_else(|| aliases(n).find_map(known)).filter(|at| names[*at].is_empty());
            match at {
                Some(at) => names[at].clone_from(&spec.name),
                None => new.push(spec.clone()),
            }
        }
        let Self { labels, tables, .. } = Self::untrained(&new);
        self.labels.extend(labels);
        self.tables.extend(tables);
        self
    }

    /// What it finds on the `pages` of one document, a prediction a page, in order.
    ///
    /// `tables` are those that `general` sees on each page; shorter than `pages` where it was not asked.
    pub fn predict(&self, pages: &[&PageText], tables: &[&[Table]]) -> Vec<Prediction> {
        let document = Document::of(Paper::of(pages));
        let mut predictions = vec![Prediction::default(); pages.len()];
        let hints = hints_on(&self.layouts, &document, None);
        for (n, label) in self.labels.iter().enumerate().filter(|(_, label)| !label.name.is_empty()) {
            let hints: Vec<Hint> = hints.iter().filter(|hint| hint.label == n).copied().collect();
            for said in label.ask(&document, &hints) {
                let score = self.calibration.probability(n, said.evidence);
                if score >= DOUBTFUL {
                    predictions[said.candidate.page].fields.push(field(&document, label, &said, score));
                }
            }
        }
        for (page, table) in self
            .tables
            .iter()
            .filter(|items| !items.name.is_empty())
            .flat_map(|items| items.find(&document.paper, tables))
        {
            if let Some(prediction) = predictions.get_mut(page) {
                prediction.tables.push(table);
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
            for (n, table) in prediction.tables.iter_mut().enumerate() {
                table.id = FieldId(format!("{}_table_{n}", table.label));
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

/// Where annotated pages say that the values of a document are; the example `but` does not count.
pub(super) fn hints_on(layouts: &[Layout], document: &Document, but: Option<usize>) -> Vec<Hint> {
    let leaves = document.paper.leaves.iter().enumerate();
    leaves.flat_map(|(page, leaf)| hints(layouts, leaf, page, but)).collect()
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
        reread: None,
        confirmed: false,
    }
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
    fn a_renamed_label_speaks_under_its_new_name_a_merged_one_once_and_a_new_one_by_its_name() {
        let spec = |name: &str| LabelSpec { name: name.into(), ..LabelSpec::default() };
        let learnt = Extractor::untrained(&[spec("total"), spec("due"), spec("gone"), spec("iban")]);
        let formerly = [vec!["due".into(), "total".into()], vec![], vec!["iban".into()]];
        let now = learnt.speaking_of(&[spec("due"), spec("date"), spec("account")], &formerly);
        let names: Vec<&str> = now.labels.iter().map(|label| label.name.as_str()).collect();
        assert_eq!(names, ["", "due", "", "account", "date"]);
        // `total` became `sum`, and there is a new `total`.
        let learnt = Extractor::untrained(&[spec("total")]);
        let now = learnt.speaking_of(&[spec("sum"), spec("total")], &[vec!["total".into()], vec![]]);
        let names: Vec<&str> = now.labels.iter().map(|label| label.name.as_str()).collect();
        assert_eq!(names, ["sum", "total"]);
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
