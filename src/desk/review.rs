//! What makes a value need a look: its score, what its service objects to, and rules that the person set for its label.
//! Pure; counted anew where a document or a rule has changed.

use super::batches::Batch;
use super::{DeskDocument, DocumentId, State};
use crate::document::{
    Cell, DayOrder, Decimals, Field, FieldId, Meaning, Page, Score, Table, Value, Writing, decimals_of, label_name,
    meaning_of, order_of,
};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What a person expects of the values of a label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Values below this score need a look; `None` is as for all labels.
    pub threshold: Option<Score>,
    /// What its values are; `None` is as they look.
    pub meaning: Option<Meaning>,
    /// How its dates are written; `None` is as they look.
    pub order: Option<DayOrder>,
    /// How its figures are written; `None` is as they look.
    pub decimals: Option<Decimals>,
    /// Each document has one.
    pub required: bool,
    /// The whole value matches this regular expression; empty is any.
    pub pattern: String,
    /// The smallest figure.
    pub least: Option<f64>,
    /// The largest figure.
    pub most: Option<f64>,
    /// The first day, as in `2026-01-31`; empty is any.
    pub from_day: String,
    /// The last day; empty is any.
    pub to_day: String,
    /// One of these values; empty is any.
    pub one_of: Vec<String>,
    /// The heading of the table column whose figures add up to it; empty is none.
    pub sum_of: String,
    /// The same in all documents that came together; in those that came alone, as on the rest of the desk.
    pub same_everywhere: bool,
}

/// The rules by label.
pub type Rules = BTreeMap<String, Rule>;

/// What is known of the values of a label over the whole desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelFacts {
    /// What its values are.
    pub meaning: Meaning,
    /// How they are written.
    pub writing: Writing,
    /// The value that most documents have, where a rule wants the same in all.
    pub usual: Option<String>,
}

/// A reason to look at a value, beside its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Concern {
    /// In a word, for where there is little room.
    pub word: &'static str,
    /// In a sentence.
    pub sentence: String,
}

/// The concerns about a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concerns {
    /// About its values.
    pub fields: HashMap<FieldId, Vec<Concern>>,
    /// Labels that it should have and has not.
    pub missing: Vec<String>,
    /// Its service gave every value a score of 0: it gives none.
    pub is_scoreless: bool,
    /// Rises whenever they change.
    pub version: u64,
}

/// Says of each value of a document whether it needs a look. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    threshold: Score,
    rules: &'a Rules,
    concerns: &'a Concerns,
    /// Scores do not count: the service gives none, and the person trusts it.
    trusts: bool,
    /// Whose values are judged, and how many percent of the sure ones are checked.
    checks: (DocumentId, u8),
    /// Somebody approved or rejected the document: nobody need look at its values any more.
    is_decided: bool,
}

/// Why a value that seems sure is to be looked at.
pub const PICKED: &str = "It seems sure, and was picked at random to be checked";

/// Tells judges apart that may say something else of the same page.
pub type JudgeKey = (u32, u64, DocumentId, u8, [bool; 2]);

/// What came of checking values that seemed sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// So many were looked at.
    pub values: usize,
    /// So many of them were changed.
    pub wrong: usize,
}

impl<'a> Judge<'a> {
    /// Judges with these.
    pub const fn new(threshold: Score, rules: &'a Rules, concerns: &'a Concerns, trusts_scoreless: bool) -> Self {
        Self {
            threshold,
            rules,
            concerns,
            trusts: trusts_scoreless && concerns.is_scoreless,
            checks: (DocumentId(0), 0),
            is_decided: false,
        }
    }

    /// Judges values of a document that was decided about, where `true`.
    #[must_use]
    pub const fn deciding(self, is_decided: bool) -> Self {
        Self { is_decided, ..self }
    }

    /// Picks so many percent of the sure values of a document too.
    #[must_use]
    pub const fn checking(mut self, document: DocumentId, percent: u8) -> Self {
        self.checks = (document, percent);
        self
    }

    /// Whether a value that seems sure was picked to be checked: always the same ones, as good as at random.
    pub fn is_picked(&self, field: &Field) -> bool {
        self.checks.1 > 0 && !self.is_doubtful(field) && self.picks(&[&field.id.0])
    }

    /// The same of a cell that says something and is no heading.
    pub fn is_cell_picked(&self, table: &Table, cell: &Cell) -> bool {
        let is_sure = || cell.score >= self.cell_threshold(table, cell);
        let says = || cell.row > table.header_rows && !cell.text.trim().is_empty();
        self.checks.1 > 0 && says() && is_sure() && self.picks(&[&table.id.0, &cell.id])
    }

    /// Whether what has these names is among the percent that are picked.
    fn picks(&self, names: &[&str]) -> bool {
        let (document, percent) = self.checks;
        // FNV-1a over the names.
        let bytes = document.0.to_le_bytes().into_iter().chain(names.iter().flat_map(|name| name.bytes()));
        let hash =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        ((hash ^ (hash >> 32)) % 100) < u64::from(percent)
    }

    /// Whether something is against a value, whoever confirmed it.
    fn is_doubtful(&self, field: &Field) -> bool {
        field.score < self.threshold(&field.label)
            || field.objection.is_some()
            || self.concerns.fields.contains_key(&field.id)
    }

    /// Values of this label below this score need a look.
    pub fn threshold(&self, label: &str) -> Score {
        if self.trusts {
            return Score::new(0.0);
        }
        // Most desks have no rules.
        if self.rules.is_empty() {
            return self.threshold;
        }
        own_threshold(self.rules, label).unwrap_or(self.threshold)
    }

    /// Whether a value is to be looked at: it is not sure or something is against it, and nobody has confirmed it or
    /// decided about its document.
    pub fn needs_look(&self, field: &Field) -> bool {
        let is_open = !self.is_decided && !field.confirmed && (self.is_doubtful(field) || self.is_picked(field));
        is_open || field.reread.is_some()
    }

    /// Cells of this table below this score need a look: the column's threshold, else the table's.
    pub fn cell_threshold(&self, table: &Table, cell: &Cell) -> Score {
        self.threshold(if own_threshold(self.rules, &cell.label).is_some() { &cell.label } else { &table.label })
    }

    /// Whether a table is to be looked at as a whole: its rows and columns may be others, or were read as others.
    pub fn table_needs_look(&self, table: &Table) -> bool {
        let is_confirmed = table.cells.iter().all(|cell| cell.confirmed);
        let is_open = !self.is_decided && !is_confirmed && table.score < self.threshold(&table.label);
        is_open || table.reread.is_some()
    }

    /// Whether a cell is to be looked at by itself. An empty one says nothing that could be wrong.
    pub fn cell_needs_look(&self, table: &Table, cell: &Cell) -> bool {
        let is_open = !self.is_decided && !cell.confirmed && !cell.text.trim().is_empty();
        let is_doubtful = || cell.score < self.cell_threshold(table, cell) || self.is_cell_picked(table, cell);
        (is_open && is_doubtful()) || cell.reread.is_some()
    }

    /// The cells of a table that are to be looked at one by one. Of a table that is to be looked at as a whole these are
    /// only those that a person had set and that say something else now.
    pub fn doubtful_cells<'t>(&self, table: &'t Table) -> impl Iterator<Item = &'t Cell> + use<'a, 't> {
        let (judge, as_whole) = (*self, self.table_needs_look(table));
        table
            .cells
            .iter()
            .filter(move |cell| if as_whole { cell.reread.is_some() } else { judge.cell_needs_look(table, cell) })
    }

    /// How much of a page is to be looked at: values, tables and cells.
    pub fn doubts(&self, page: &Page) -> usize {
        let fields = page.fields.iter().filter(|field| self.needs_look(field)).count();
        let tables = page
            .tables
            .iter()
            .map(|table| usize::from(self.table_needs_look(table)) + self.doubtful_cells(table).count());
        fields + tables.sum::<usize>()
    }

    /// What is against a value beside its score: its service's word and the rules.
    pub fn concerns(&self, field: &Field) -> Vec<Concern> {
        let said = field.objection.as_deref().map(str::trim);
        let said = said.map(|said| Concern {
            word: "objected to",
            sentence: if said.is_empty() { "The service objects to it".to_owned() } else { said.to_owned() },
        });
        let picked = self.is_picked(field).then(|| Concern { word: "check", sentence: PICKED.to_owned() });
        let reread =
            field.reread.as_deref().map(|said| Concern {
                word: "read again",
                sentence: format!("Read again, it says “{}”", shortened(said)),
            });
        let known = self.concerns.fields.get(&field.id).cloned().unwrap_or_default();
        reread.into_iter().chain(said).chain(known).chain(picked).collect()
    }

    /// Changes whenever what it says may change.
    pub const fn key(&self) -> JudgeKey {
        let (document, percent) = self.checks;
        let flags = [self.trusts, self.is_decided];
        (self.threshold.get().to_bits(), self.concerns.version, document, percent, flags)
    }
}

impl State {
    /// What the rule of a field's label has against a text that is typed in its place, in sentences.
    pub fn objections(&self, document: &DeskDocument, field: &Field, text: &str) -> Vec<String> {
        let Some(rule) = self.rules.get(&field.label) else { return Vec::new() };
        let nothing = LabelFacts::default();
        let known = self.labels.get(&field.label).unwrap_or(&nothing);
        let mut said: Vec<String> =
            Check::new(rule, known).of(text).into_iter().map(|concern| concern.sentence).collect();
        if !rule.sum_of.is_empty() {
            let typed = Field { text: text.trim().to_owned(), ..field.clone() };
            said.extend(wrong_sum(document, &typed, &rule.sum_of, known));
        }
        said
    }
}

/// The threshold that a person gave this label.
pub(super) fn own_threshold(rules: &Rules, label: &str) -> Option<Score> {
    rules.get(label)?.threshold
}

/// What the values of a label are, by some of them and by what its rule says.
pub(super) fn facts_of(samples: &[String], rule: Option<&Rule>) -> LabelFacts {
    let texts = || samples.iter().map(String::as_str);
    let meaning = rule.and_then(|rule| rule.meaning).unwrap_or_else(|| meaning_of(texts()));
    let order = rule.and_then(|rule| rule.order).unwrap_or_else(|| order_of(texts()));
    let decimals = rule.and_then(|rule| rule.decimals).unwrap_or_else(|| decimals_of(texts()));
    LabelFacts { meaning, writing: Writing { order, decimals }, usual: None }
}

/// The value of a label that most documents have.
pub(super) fn most_frequent(documents: &[DeskDocument], label: &str) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let fields = documents.iter().flat_map(|document| document.pages.values()).flat_map(|page| &page.fields);
    for field in fields.filter(|field| field.label == label && !field.text.trim().is_empty()) {
        *counts.entry(field.text.trim()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text.to_owned())
}

/// Whether a value cannot be read as what most values of its label are.
fn is_none_of(known: &LabelFacts, text: &str) -> bool {
    known.meaning != Meaning::Text
        && !text.trim().is_empty()
        && Value::read(text, known.meaning, known.writing).is_none()
}

/// What is to be said about a document of a batch.
pub(super) fn concerns(
    document: &DeskDocument,
    rules: &Rules,
    facts: &BTreeMap<String, LabelFacts>,
    batch: Batch<'_>,
) -> Concerns {
    let mut concerns = Concerns { is_scoreless: is_scoreless(document), ..Concerns::default() };
    let mut by_label: BTreeMap<&str, Vec<&Field>> = rules.keys().map(|label| (label.as_str(), Vec::new())).collect();
    for field in document.pages.values().flat_map(|page| &page.fields) {
        by_label.entry(&field.label).or_default().push(field);
    }
    let nothing = LabelFacts::default();
    for (label, values) in by_label {
        let (rule, known) = (rules.get(label), facts.get(label).unwrap_or(&nothing));
        let is_nothing = |field: &&Field| field.text.trim().is_empty() && !field.confirmed;
        if rule.is_some_and(|rule| rule.required) && values.iter().all(is_nothing) {
            concerns.missing.push(label.to_owned());
        }
        let check = rule.map(|rule| Check::new(rule, known));
        let mut texts: Vec<&str> = values.iter().map(|field| field.text.trim()).collect();
        texts.retain(|text| !text.is_empty());
        texts.sort_unstable();
        texts.dedup();
        for field in values.iter().filter(|field| !field.confirmed) {
            let mut about = check.as_ref().map_or_else(Vec::new, |check| check.of(&field.text));
            if rule.is_none_or(|rule| rule.meaning.is_none()) && is_none_of(known, &field.text) {
                let what = if known.meaning == Meaning::Date { "date" } else { "figure" };
                about.push(concern("malformed", format!("This is no {what}, as others of {} are", label_name(label))));
            }
            if texts.len() > 1 && (rule.is_some() || batch.holds_one(label)) {
                let other = texts.iter().find(|text| **text != field.text.trim()).copied().unwrap_or_default();
                about
                    .push(concern("several", format!("{} was also found for {}", shortened(other), label_name(label))));
            }
            if texts.len() == 1
                && let Some(sentence) = differs(field, rule, known, batch)
            {
                about.push(concern("differs", sentence));
            }
            if let Some(rule) = rule.filter(|rule| !rule.sum_of.is_empty())
                && let Some(sentence) = wrong_sum(document, field, &rule.sum_of, known)
            {
                about.push(concern("wrong sum", sentence));
            }
            if !about.is_empty() {
                concerns.fields.insert(field.id.clone(), about);
            }
        }
    }
    concerns
}

/// Whether a service gave nothing a score, as far as nobody confirmed it. One or two zeros may mean what they say.
fn is_scoreless(document: &DeskDocument) -> bool {
    let pages = || document.pages.values();
    let fields = pages().flat_map(|page| &page.fields).map(|field| (field.confirmed, field.score));
    let cells = pages().flat_map(|page| &page.tables).flat_map(|table| &table.cells);
    let cells = cells.filter(|cell| !cell.text.trim().is_empty()).map(|cell| (cell.confirmed, cell.score));
    let (mut all, mut open) = (0, 0);
    for (is_confirmed, score) in fields.chain(cells) {
        all += 1;
        if !is_confirmed {
            open += 1;
            if score.get() > 0.0 {
                return false;
            }
        }
    }
    open > 0 && all >= 3
}

fn concern(word: &'static str, sentence: impl Into<String>) -> Concern {
    Concern { word, sentence: sentence.into() }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text.to_owned() }
}

/// A rule, made ready to be checked.
struct Check<'a> {
    rule: &'a Rule,
    known: &'a LabelFacts,
    pattern: Option<Regex>,
}

impl<'a> Check<'a> {
    fn new(rule: &'a Rule, known: &'a LabelFacts) -> Self {
        let pattern = (!rule.pattern.is_empty()).then(|| whole_pattern(&rule.pattern).ok()).flatten();
        Self { rule, known, pattern }
    }

    /// What the rule has against a value.
    fn of(&self, text: &str) -> Vec<Concern> {
        let text = text.trim();
        let (rule, known) = (self.rule, self.known);
        let mut about = Vec::new();
        if text.is_empty() {
            return about;
        }
        let value = Value::read(text, known.meaning, known.writing);
        let kind = match known.meaning {
            Meaning::Text => None,
            Meaning::Date => Some("date"),
            Meaning::Amount => Some("amount"),
            Meaning::Number => Some("number"),
        };
        if let (Some(kind), None) = (kind, value) {
            about.push(concern("malformed", format!("This is no {kind}")));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            about.push(concern("malformed", format!("It does not look like {}", rule.pattern)));
        }
        if !rule.one_of.is_empty() && !rule.one_of.iter().any(|one| one.trim() == text) {
            about.push(concern("not listed", "It is none of the values that are expected"));
        }
        match value {
            Some(Value::Figure(figure)) => {
                if let Some(least) = rule.least.filter(|least| figure < *least) {
                    about.push(concern("too small", format!("It is below {least}")));
                }
                if let Some(most) = rule.most.filter(|most| figure > *most) {
                    about.push(concern("too large", format!("It is above {most}")));
                }
            }
            Some(Value::Day(_)) => {
                let day = value.map(|value| value.normal(Meaning::Date)).unwrap_or_default();
                if !rule.from_day.is_empty() && day < rule.from_day {
                    about.push(concern("too early", format!("It is before {}", rule.from_day)));
                }
                if !rule.to_day.is_empty() && day > rule.to_day {
                    about.push(concern("too late", format!("It is after {}", rule.to_day)));
                }
            }
            // Of a day without its year nobody can say whether it is too early.
            Some(Value::DayOfYear(..)) | None => {}
        }
        about
    }
}

/// What the documents say that came together with a value's, where that is something else: most of them where a rule wants
/// the same in all, nearly all of them otherwise.
fn differs(field: &Field, rule: Option<&Rule>, known: &LabelFacts, batch: Batch<'_>) -> Option<String> {
    let text = field.text.trim();
    if text.is_empty() {
        return None;
    }
    let wants_same = rule.is_some_and(|rule| rule.same_everywhere);
    let usual = if wants_same { batch.most_say(&field.label) } else { batch.usual(&field.label) };
    if let Some(usual) = usual {
        let (documents, of) = (usual.documents, usual.of);
        let said = || format!("{documents} of {of} documents that came together say {}", shortened(usual.text));
        return (!usual.is(text)).then(said);
    }
    let usual = known.usual.as_deref().filter(|usual| wants_same && *usual != text)?;
    Some(format!("Other documents say {}", shortened(usual)))
}

/// A regular expression that a whole value matches; why it is none otherwise.
pub fn whole_pattern(pattern: &str) -> Result<Regex, String> {
    let whole = format!("^(?:{pattern})$");
    regex::RegexBuilder::new(&whole)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| format!("{pattern} is no regular expression"))
}

/// Why a figure is not what the column below `heading` adds up to; `None` where it is, or where nobody can say.
fn wrong_sum(document: &DeskDocument, field: &Field, heading: &str, known: &LabelFacts) -> Option<String> {
    let Value::Figure(said) = Value::read(&field.text, Meaning::Amount, known.writing)? else { return None };
    let (mut sum, mut lines) = (0.0, 0);
    for table in document.pages.values().flat_map(|page| &page.tables) {
        let labels = table.labels();
        let Some(col) = labels.iter().position(|label| label.trim().eq_ignore_ascii_case(heading.trim())) else {
            continue;
        };
        let cells = table.cells.iter().filter(|cell| cell.col == col as u32 + 1 && cell.row > table.header_rows);
        for cell in cells {
            if let Some(Value::Figure(figure)) = Value::read(&cell.text, Meaning::Amount, known.writing) {
                sum += figure;
                lines += 1;
            }
        }
    }
    // What is shown has two decimals, so each line may be off by half of the last.
    let tolerance = 0.005 * f64::from(lines.max(1)) + 0.001;
    (lines > 0 && (sum - said).abs() > tolerance)
        .then(|| format!("The column {heading} adds up to {sum:.2}, not {said:.2}"))
}

#[cfg(test)]
mod tests;
