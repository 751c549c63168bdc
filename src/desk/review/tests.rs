//! What is said about values, document by document and batch by batch.

use super::*;
use crate::desk::batches::Batches;
use crate::document::{Cell, Page, Table};
use std::sync::Arc;

fn field(id: &str, label: &str, text: &str, score: f32) -> Field {
    Field {
        id: FieldId(id.into()),
        label: label.into(),
        text: text.into(),
        score: Score::new(score),
        ..Field::default()
    }
}

fn document(fields: Vec<Field>, tables: Vec<Table>) -> DeskDocument {
    let page = Page { fields, tables, ..Page::default() };
    DeskDocument { pages: BTreeMap::from([(0, Arc::new(page))]), ..DeskDocument::default() }
}

fn words(document: &DeskDocument, rules: &Rules, id: &str) -> Vec<&'static str> {
    let facts = facts(std::slice::from_ref(document), rules);
    let concerns = concerns(document, rules, &facts, Batches::default().batch(0));
    concerns.fields.get(&FieldId(id.into())).map_or_else(Vec::new, |all| all.iter().map(|c| c.word).collect())
}

/// Of a document that came alone.
fn alone(document: &DeskDocument, rules: &Rules, facts: &BTreeMap<String, LabelFacts>) -> Concerns {
    concerns(document, rules, facts, Batches::default().batch(0))
}

fn facts(documents: &[DeskDocument], rules: &Rules) -> BTreeMap<String, LabelFacts> {
    let known = |(label, rule): (&String, &Rule)| {
        let usual = rule.same_everywhere.then(|| most_frequent(documents, label)).flatten();
        (label.clone(), LabelFacts { usual, ..facts_of(&[], Some(rule)) })
    };
    rules.iter().map(known).collect()
}

fn rule(label: &str, rule: Rule) -> Rules {
    Rules::from([(label.to_owned(), rule)])
}

#[test]
fn each_rule_says_what_it_has_against_a_value() {
    let total = |text: &str| document(vec![field("a", "total", text, 0.9)], Vec::new());
    let amount = Rule { meaning: Some(Meaning::Amount), ..Rule::default() };
    for (text, checked, expected) in [
        ("12.00", amount.clone(), vec![]),
        ("twelve", amount.clone(), vec!["malformed"]),
        ("12.00", Rule { least: Some(13.0), ..amount.clone() }, vec!["too small"]),
        ("12.00", Rule { most: Some(11.5), ..amount.clone() }, vec!["too large"]),
        ("12.00", Rule { pattern: r"\d+".into(), ..Rule::default() }, vec!["malformed"]),
        ("12", Rule { pattern: r"\d+".into(), ..Rule::default() }, vec![]),
        ("12", Rule { one_of: vec!["13".into(), " 12".into()], ..Rule::default() }, vec![]),
        ("12", Rule { one_of: vec!["13".into()], ..Rule::default() }, vec!["not listed"]),
        ("12", Rule { pattern: "(".into(), ..Rule::default() }, vec![]),
    ] {
        assert_eq!(words(&total(text), &rule("total", checked.clone()), "a"), expected, "{text} {checked:?}");
    }
    let dated = Rule { meaning: Some(Meaning::Date), from_day: "2026-01-01".into(), ..Rule::default() };
    let day = |text: &str| document(vec![field("a", "date", text, 0.9)], Vec::new());
    assert_eq!(words(&day("31.12.2025"), &rule("date", dated.clone()), "a"), ["too early"]);
    assert_eq!(words(&day("1.1.2026"), &rule("date", dated), "a"), [""; 0]);
}

#[test]
fn a_required_label_is_missed_until_somebody_says_that_it_is_not_there() {
    let rules = rule("total", Rule { required: true, ..Rule::default() });
    let missing = |document: &DeskDocument| alone(document, &rules, &BTreeMap::new()).missing;
    assert_eq!(missing(&document(Vec::new(), Vec::new())), ["total"]);
    let absent = Field { confirmed: true, ..field("a", "total", "", 1.0) };
    assert!(missing(&document(vec![absent], Vec::new())).is_empty());
}

#[test]
fn a_column_adds_up_to_its_total_or_that_is_said() {
    let cell = |row, text: &str| Cell {
        row,
        col: 1,
        row_span: 1,
        col_span: 1,
        label: "Price".into(),
        text: text.into(),
        ..Cell::default()
    };
    let table = Table { cells: vec![cell(1, "1.50 €"), cell(2, "2,50"), cell(3, "x")], ..Table::default() };
    let rules = rule("total", Rule { sum_of: "price".into(), ..Rule::default() });
    let with = |text: &str| document(vec![field("a", "total", text, 0.9)], vec![table.clone()]);
    assert_eq!(words(&with("4.00"), &rules, "a"), [""; 0]);
    assert_eq!(words(&with("4.10"), &rules, "a"), ["wrong sum"]);
}

#[test]
fn two_values_of_one_label_and_one_unlike_all_others_are_said() {
    let rules = rule("vendor", Rule { same_everywhere: true, ..Rule::default() });
    let usual = document(vec![field("a", "vendor", "Ada", 0.9)], Vec::new());
    let other = document(vec![field("b", "vendor", "Bob", 0.9)], Vec::new());
    let all = [usual.clone(), usual, other.clone()];
    let facts = facts(&all, &rules);
    assert_eq!(alone(&other, &rules, &facts).fields[&FieldId("b".into())][0].word, "differs");
    let two = document(vec![field("a", "vendor", "Ada", 0.9), field("b", "vendor", "Bob", 0.8)], Vec::new());
    assert_eq!(words(&two, &rule("vendor", Rule::default()), "a"), ["several"]);
}

#[test]
fn a_batch_says_which_value_is_odd_and_which_label_has_one_value_without_any_rule() {
    let came =
        |id: u64, fields: Vec<Field>| DeskDocument { id: DocumentId(id), batch: 4, ..document(fields, Vec::new()) };
    let mut all: Vec<DeskDocument> = (0..20)
        .map(|id| came(id, vec![field("a", "buyer", "Ada", 0.9), field("b", "no", &id.to_string(), 0.9)]))
        .collect();
    all[3] = came(3, vec![field("a", "buyer", "Bob", 0.9), field("b", "no", "3", 0.9)]);
    all[5] = came(5, vec![field("a", "buyer", "Ada", 0.9), field("b", "no", "5", 0.9), field("c", "no", "6", 0.9)]);
    let mut batches = Batches::default();
    batches.recount(all.iter());
    let of = |at: usize| concerns(&all[at], &Rules::new(), &BTreeMap::new(), batches.batch(4));
    assert_eq!(of(0), Concerns::default());
    let odd = &of(3).fields[&FieldId("a".into())];
    assert_eq!((odd.len(), odd[0].word), (1, "differs"));
    assert_eq!(odd[0].sentence, "19 of 20 documents that came together say Ada");
    let several = of(5).fields;
    assert_eq!((several.len(), several[&FieldId("c".into())][0].word), (2, "several"));
    let rules = rule("no", Rule { same_everywhere: true, ..Rule::default() });
    let differing = |at: usize| concerns(&all[at], &rules, &BTreeMap::new(), batches.batch(4)).fields.len();
    assert_eq!((0..20).map(differing).sum::<usize>(), 18 + 1 + 2, "all but one of the numbers, beside what is odd");
}

#[test]
fn about_as_many_sure_values_are_picked_as_is_asked_and_always_the_same() {
    let (rules, concerns) = (Rules::new(), Concerns::default());
    let judge = Judge::new(Score::new(0.8), &rules, &concerns, false).checking(DocumentId(7), 20);
    let picked = |n: usize| judge.is_picked(&field(&n.to_string(), "a", "x", 0.9));
    let count = (0..2000).filter(|n| picked(*n)).count();
    assert!((300..500).contains(&count), "{count} of 2,000");
    assert!((0..100).all(|n| picked(n) == picked(n)));
    assert!(
        (0..2000).all(|n| !judge.is_picked(&field(&n.to_string(), "a", "x", 0.5))),
        "doubtful ones are looked at anyway"
    );
}

#[test]
fn sure_cells_are_picked_too_but_no_headings_and_no_empty_ones() {
    let cell = |n: u32, row: u32, text: &str| Cell {
        id: n.to_string(),
        row,
        text: text.into(),
        score: Score::new(0.9),
        ..Cell::default()
    };
    let cells: Vec<Cell> =
        (0..500).flat_map(|n| [cell(3 * n, 1, "a"), cell(3 * n + 1, 2, "b"), cell(3 * n + 2, 2, " ")]).collect();
    let table = Table { header_rows: 1, score: Score::new(0.9), cells, ..Table::default() };
    let (rules, concerns) = (Rules::new(), Concerns::default());
    let judge = Judge::new(Score::new(0.8), &rules, &concerns, false);
    assert_eq!(judge.doubtful_cells(&table).count(), 0);
    let picked: Vec<&Cell> = judge.checking(DocumentId(7), 20).doubtful_cells(&table).collect();
    assert!((50..150).contains(&picked.len()), "{} of 500", picked.len());
    assert!(picked.iter().all(|cell| cell.text == "b"));
}

#[test]
fn what_is_typed_is_checked_by_the_rule_of_its_label() {
    let rules = rule("total", Rule { most: Some(700.0), meaning: Some(Meaning::Amount), ..Rule::default() });
    let known = LabelFacts { meaning: Meaning::Amount, ..LabelFacts::default() };
    let state = State { rules, labels: BTreeMap::from([("total".to_owned(), known)]), ..State::default() };
    let total = field("a", "total", "10.00", 0.9);
    let document = document(vec![total.clone()], Vec::new());
    assert_eq!(state.objections(&document, &total, "800.00"), ["It is above 700"]);
    assert!(state.objections(&document, &total, "600,00").is_empty());
    assert!(state.objections(&document, &field("b", "other", "x", 0.9), "800.00").is_empty());
}

#[test]
fn a_label_may_have_a_threshold_of_its_own_and_a_service_no_scores() {
    let rules = rule("total", Rule { threshold: Some(Score::new(0.95)), ..Rule::default() });
    let concerns_of = |scores: [f32; 3]| {
        let fields = scores.iter().map(|score| field(&score.to_string(), "other", "x", *score)).collect();
        alone(&document(fields, Vec::new()), &rules, &BTreeMap::new())
    };
    let some = concerns_of([0.0, 0.1, 0.2]);
    let judge = Judge::new(Score::new(0.8), &rules, &some, true);
    assert!(judge.needs_look(&field("a", "total", "1", 0.9)) && !judge.needs_look(&field("a", "date", "1", 0.9)));
    let none = concerns_of([0.0, 0.0, 0.0]);
    assert!(none.is_scoreless && !some.is_scoreless);
    let needs = |trusts| Judge::new(Score::new(0.8), &rules, &none, trusts).needs_look(&field("a", "date", "1", 0.0));
    assert!(needs(false) && !needs(true));
    let objected = Field { objection: Some("no such date".into()), ..field("a", "date", "1", 1.0) };
    assert!(Judge::new(Score::new(0.5), &rules, &none, true).needs_look(&objected));
    assert!(!Judge::new(Score::new(0.5), &rules, &none, true).needs_look(&Field { confirmed: true, ..objected }));
}

#[test]
fn what_is_not_what_the_others_of_its_label_are_needs_a_look() {
    let samples = ["31.00", "12.50", "8.20"].map(str::to_owned);
    let facts = BTreeMap::from([("total".to_owned(), facts_of(&samples, None))]);
    let about = |text: &str, confirmed: bool| {
        let field = Field { confirmed, ..field("a", "total", text, 0.9) };
        let said = alone(&document(vec![field], Vec::new()), &Rules::new(), &facts);
        said.fields.values().flatten().map(|concern| concern.sentence.clone()).collect::<Vec<_>>()
    };
    assert_eq!(about("31 00", false), ["This is no figure, as others of Total are"]);
    assert!(about("31 00", true).is_empty() && about("31.00", false).is_empty() && about("", false).is_empty());
    let text = Rule { meaning: Some(Meaning::Text), ..Rule::default() };
    let facts = facts_of(&samples, Some(&text));
    let facts = BTreeMap::from([("total".to_owned(), facts)]);
    let said = alone(&document(vec![field("a", "total", "31 00", 0.9)], Vec::new()), &rule("total", text), &facts);
    assert!(said.fields.values().all(Vec::is_empty), "a person says that they are text");
}
