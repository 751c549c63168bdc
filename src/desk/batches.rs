//! What documents that came together have in common: labels that say the same in nearly all of them, and labels that have
//! one value each. Counted on as documents change, so that nothing is counted anew. Pure.

use super::{DeskDocument, DocumentId};
use crate::document::Standing;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

/// Of fewer documents nothing is concluded.
const LEAST_DOCUMENTS: u32 = 10;
/// A label says the same in a batch where at least so many percent of its documents do.
const SAME_PERCENT: u32 = 90;
/// A label has one value each where at most so many percent of its documents have several.
const SEVERAL_PERCENT: u32 = 10;
/// Once persons have confirmed so many other values, the label may differ.
const CONFIRMED_OTHERS: u32 = 2;

/// The counts of all batches.
#[derive(Debug, Default)]
pub(super) struct Batches {
    labels: HashMap<String, u32>,
    tallies: HashMap<(u64, u32), Tally>,
    /// What each document was counted with.
    told: BTreeMap<DocumentId, (u64, Box<[Told]>)>,
}

/// What one document says for a label.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    label: u32,
    /// The key of its one text; `None` where it has several.
    text: Option<u64>,
    confirmed: bool,
}

/// What the documents of one batch say for a label.
#[derive(Debug, Default)]
struct Tally {
    texts: HashMap<u64, Text>,
    /// The key of the most frequent text.
    leader: Option<u64>,
    /// So many documents have one text.
    single: u32,
    /// So many documents have several.
    several: u32,
    /// So many have a confirmed one.
    confirmed: u32,
    verdict: Verdict,
}

#[derive(Debug)]
struct Text {
    letters: Box<str>,
    documents: u32,
    confirmed: u32,
}

/// What follows from the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Verdict {
    usual: Option<u64>,
    leader: Option<u64>,
    holds_one: bool,
}

/// What nearly all documents of a batch say for a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usual<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// So many documents say it.
    pub(super) documents: u32,
    /// Of so many that say something.
    pub(super) of: u32,
}

impl Usual<'_> {
    /// Whether a value says the same, however it is spaced.
    pub(super) fn is(&self, text: &str) -> bool {
        key(self.text) == key(text)
    }
}

/// One batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch<'a> {
    batches: &'a Batches,
    number: u64,
}

impl<'a> Batch<'a> {
    /// What nearly all documents say for a label, where it is so many documents that another value is worth a look.
    pub(super) fn usual(&self, label: &str) -> Option<Usual<'a>> {
        let tally = self.tally(label)?;
        tally.usual(tally.verdict.usual?)
    }

    /// What most documents say for a label; `None` where fewer than two say something.
    pub(super) fn most_say(&self, label: &str) -> Option<Usual<'a>> {
        let tally = self.tally(label).filter(|tally| tally.single >= 2)?;
        tally.usual(tally.leader?)
    }

    /// Whether a label has one value in nearly all documents.
    pub(super) fn holds_one(&self, label: &str) -> bool {
        self.tally(label).is_some_and(|tally| tally.verdict.holds_one)
    }

    fn tally(&self, label: &str) -> Option<&'a Tally> {
        let label = self.batches.labels.get(label)?;
        self.batches.tallies.get(&(self.number, *label))
    }
}

impl Batches {
    /// The batch with this number.
    pub(super) const fn batch(&self, number: u64) -> Batch<'_> {
        Batch { batches: self, number }
    }

    /// Counts documents anew that have changed; the batches of which something else is to be said now.
    pub(super) fn recount<'a>(&mut self, documents: impl Iterator<Item = &'a DeskDocument>) -> BTreeSet<u64> {
        let mut touched = BTreeSet::new();
        for document in documents {
            self.take_out(document.id, &mut touched);
            let told = self.tell(document);
            for one in &told {
                let text = || one_text(document, one.label, &self.labels);
                let tally = self.tallies.entry((document.batch, one.label)).or_default();
                tally.add(*one, text);
                touched.insert((document.batch, one.label));
            }
            self.told.insert(document.id, (document.batch, told.into()));
        }
        self.judge(touched)
    }

    /// A document is off the desk; its batch, where something else is to be said of that now.
    pub(super) fn forget(&mut self, id: DocumentId) -> BTreeSet<u64> {
        let mut touched = BTreeSet::new();
        self.take_out(id, &mut touched);
        self.judge(touched)
    }

    fn take_out(&mut self, id: DocumentId, touched: &mut BTreeSet<(u64, u32)>) {
        let Some((batch, told)) = self.told.remove(&id) else { return };
        for one in told {
            if let Entry::Occupied(mut tally) = self.tallies.entry((batch, one.label)) {
                tally.get_mut().take_out(one);
                touched.insert((batch, one.label));
            }
        }
    }

    /// What a document says for each of its labels. A rejected one says nothing, nor does one of which nobody knows with
    /// which others it came.
    fn tell(&mut self, document: &DeskDocument) -> Vec<Told> {
        let mut told: Vec<Told> = Vec::new();
        if document.standing == Standing::Rejected || document.batch == 0 {
            return told;
        }
        let fields = document.pages.values().flat_map(|page| &page.fields);
        for field in fields.filter(|field| !field.text.trim().is_empty()) {
            let next = self.labels.len() as u32;
            let label = match self.labels.get(&field.label) {
                Some(label) => *label,
                None => *self.labels.entry(field.label.clone()).or_insert(next),
            };
            let text = Some(key(&field.text));
            match told.iter_mut().find(|one| one.label == label) {
                Some(one) if one.text == text => one.confirmed |= field.confirmed,
                Some(one) => (one.text, one.confirmed) = (None, false),
                None => told.push(Told { label, text, confirmed: field.confirmed }),
            }
        }
        told
    }

    fn judge(&mut self, touched: BTreeSet<(u64, u32)>) -> BTreeSet<u64> {
        let mut changed = BTreeSet::new();
        for (batch, label) in touched {
            let Some(tally) = self.tallies.get_mut(&(batch, label)) else { continue };
            let now = tally.judged();
            if std::mem::replace(&mut tally.verdict, now) != now {
                changed.insert(batch);
            }
        }
        changed
    }
}

impl Tally {
    fn add(&mut self, one: Told, text: impl FnOnce() -> Box<str>) {
        let Some(key) = one.text else {
            self.several += 1;
            return;
        };
        let entry = self.texts.entry(key).or_insert_with(|| Text { letters: text(), documents: 0, confirmed: 0 });
        entry.documents += 1;
        entry.confirmed += u32::from(one.confirmed);
        let documents = entry.documents;
        self.single += 1;
        self.confirmed += u32::from(one.confirmed);
        if self.leader.and_then(|leader| self.texts.get(&leader)).is_none_or(|leader| leader.documents < documents) {
            self.leader = Some(key);
        }
    }

    fn take_out(&mut self, one: Told) {
        let Some(key) = one.text else {
            self.several -= 1;
            return;
        };
        let Some(entry) = self.texts.get_mut(&key) else { return };
        entry.documents -= 1;
        entry.confirmed -= u32::from(one.confirmed);
        self.single -= 1;
        self.confirmed -= u32::from(one.confirmed);
        if entry.documents == 0 {
            self.texts.remove(&key);
        }
        if self.leader == Some(key) {
            // Of two as frequent ones always the same.
            let most = self.texts.iter().max_by_key(|(key, text)| (text.documents, **key));
            self.leader = most.map(|(key, _)| *key);
        }
    }

    fn usual(&self, key: u64) -> Option<Usual<'_>> {
        let text = self.texts.get(&key)?;
        Some(Usual { text: &text.letters, documents: text.documents, of: self.single })
    }

    fn judged(&self) -> Verdict {
        let leader = self.leader.and_then(|leader| Some((leader, self.texts.get(&leader)?)));
        let is_usual = |leader: &Text| {
            self.single >= LEAST_DOCUMENTS
                && leader.documents * 100 >= self.single * SAME_PERCENT
                && self.confirmed - leader.confirmed < CONFIRMED_OTHERS
        };
        Verdict {
            usual: leader.filter(|(_, text)| is_usual(text)).map(|(key, _)| key),
            leader: self.leader.filter(|_| self.single >= 2),
            holds_one: self.single >= LEAST_DOCUMENTS && self.several * 100 <= self.single * SEVERAL_PERCENT,
        }
    }
}

/// A text by what tells it from others: its letters, whatever their size and spacing.
fn key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in text.split_whitespace() {
        word.chars().flat_map(char::to_lowercase).for_each(|letter| letter.hash(&mut hasher));
        ' '.hash(&mut hasher);
    }
    hasher.finish()
}

/// The first text that a document has for a label.
fn one_text(document: &DeskDocument, label: u32, labels: &HashMap<String, u32>) -> Box<str> {
    let mut fields = document.pages.values().flat_map(|page| &page.fields);
    let field = fields.find(|field| labels.get(&field.label) == Some(&label) && !field.text.trim().is_empty());
    field.map_or_else(Box::default, |field| field.text.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Field, Page};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn document(id: u64, batch: u64, fields: &[(&str, &str, bool)]) -> DeskDocument {
        let field = |(label, text, confirmed): &(&str, &str, bool)| Field {
            label: (*label).into(),
            text: (*text).into(),
            confirmed: *confirmed,
            ..Field::default()
        };
        let page = Page { fields: fields.iter().map(field).collect(), ..Page::default() };
        DeskDocument { id: DocumentId(id), batch, pages: [(0, Arc::new(page))].into(), ..DeskDocument::default() }
    }

    fn counted(documents: &[DeskDocument]) -> Batches {
        let mut batches = Batches::default();
        batches.recount(documents.iter());
        batches
    }

    fn usual(batches: &Batches, batch: u64) -> Option<String> {
        batches.batch(batch).usual("buyer").map(|usual| usual.text.to_owned())
    }

    #[test]
    fn what_nearly_all_documents_of_a_batch_say_is_usual_in_it_alone() {
        let mut all: Vec<DeskDocument> = (0..19).map(|id| document(id, 1, &[("buyer", "Ada  Ltd", false)])).collect();
        all.push(document(19, 1, &[("buyer", "Bob", false)]));
        all.extend((20..40).map(|id| document(id, 2, &[("buyer", &format!("number {id}"), false)])));
        let batches = counted(&all);
        assert_eq!(usual(&batches, 1).as_deref(), Some("Ada  Ltd"));
        let known = batches.batch(1).usual("buyer").unwrap();
        assert!(known.is("ada ltd") && !known.is("Bob") && (known.documents, known.of) == (19, 20));
        assert_eq!((usual(&batches, 2), usual(&batches, 3)), (None, None));
        let unknown: Vec<DeskDocument> =
            all[..20].iter().map(|document| DeskDocument { batch: 0, ..document.clone() }).collect();
        assert_eq!(usual(&counted(&unknown), 0), None);
        assert_eq!(usual(&counted(&all[..9]), 1), None, "of few documents nothing is concluded");
    }

    #[test]
    fn once_persons_confirmed_two_others_a_label_may_differ() {
        let mut all: Vec<DeskDocument> = (0..30).map(|id| document(id, 1, &[("buyer", "Ada", false)])).collect();
        all[0] = document(0, 1, &[("buyer", "Bob", true)]);
        all[1] = document(1, 1, &[("buyer", "Cid", false)]);
        let mut batches = counted(&all);
        assert!(usual(&batches, 1).is_some());
        let confirmed = document(1, 1, &[("buyer", "Cid", true)]);
        assert_eq!(batches.recount([&confirmed].into_iter()), BTreeSet::from([1]));
        assert_eq!(usual(&batches, 1), None);
        assert_eq!(batches.forget(DocumentId(1)), BTreeSet::from([1]));
        assert!(usual(&batches, 1).is_some(), "it is gone from the desk");
    }

    #[test]
    fn a_label_with_one_value_in_nearly_all_documents_holds_one() {
        let several = [("total", "1", false), ("total", "2", false), ("item", "a", false), ("item", "b", false)];
        let mut all: Vec<DeskDocument> = (0..20)
            .map(|id| document(id, 1, &[("total", "1", false), ("item", "a", false), ("item", "b", false)]))
            .collect();
        all[7] = document(7, 1, &several);
        let batches = counted(&all);
        assert!(batches.batch(1).holds_one("total") && !batches.batch(1).holds_one("item"));
    }

    proptest! {
        #[test]
        fn counting_on_gives_what_counting_anew_gives(
            changes in proptest::collection::vec((0..25u64, 0..4usize, any::<bool>(), any::<bool>()), 1..120),
        ) {
            let (mut batches, mut now) = (Batches::default(), BTreeMap::new());
            for (id, text, confirmed, goes) in changes {
                if goes && confirmed {
                    batches.forget(DocumentId(id));
                    now.remove(&id);
                } else {
                    let text = ["Ada", "Ada", "Ada", "Bob"][text];
                    let changed = document(id, id % 2 + 1, &[("buyer", text, confirmed)]);
                    batches.recount([&changed].into_iter());
                    now.insert(id, changed);
                }
            }
            let mut anew = Batches::default();
            anew.recount(now.values());
            for batch in 1..=2 {
                prop_assert_eq!(batches.batch(batch).usual("buyer"), anew.batch(batch).usual("buyer"));
                prop_assert_eq!(batches.batch(batch).holds_one("buyer"), anew.batch(batch).holds_one("buyer"));
            }
        }
    }
}
