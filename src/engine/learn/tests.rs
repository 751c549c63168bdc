//! What holds of the extractor as a whole, on hand-made documents.

use super::paper::fixtures::page;
use super::*;
use crate::document::{PageRect, PageSize, PageText, Score, Word};
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

const NAMES: [&str; 6] =
    ["Berg Trading Ltd", "Anders Hardware", "Copper Kettle Cafe", "Delta Book Shop", "Elm Motors", "Fjord Foods Inc"];

/// A receipt of one of several shops; the values differ with `n`.
fn receipt(n: usize) -> Example {
    let (name, day, total) =
        (NAMES[n % NAMES.len()], format!("{:02}/03/2018", n % 27 + 1), format!("{}.50", 20 + n * 3));
    let x = 100.0 + 40.0 * (n % 3) as f32;
    let lines = [
        (x, 60.0, name.to_owned()),
        (x, 100.0, format!("{n} High Street")),
        (x, 160.0, "Receipt no".to_owned()),
        (x + 300.0, 160.0, format!("R{}", 4000 + n * 7)),
        (x, 200.0, "Date".to_owned()),
        (x + 300.0, 200.0, day.clone()),
        (x, 260.0, "Tea  3.20".to_owned()),
        (x, 300.0, "Cake  4.10".to_owned()),
        (x, 360.0, "Total".to_owned()),
        (x + 300.0, 360.0, total.clone()),
        (x, 400.0, "Cash".to_owned()),
        (x + 300.0, 400.0, "99.00".to_owned()),
    ];
    let lines: Vec<(f32, f32, &str)> = lines.iter().map(|(x, y, text)| (*x, *y, text.as_str())).collect();
    let truth = |label: &str, text: String| Truth { label: label.into(), text: Some(text), ..Truth::default() };
    Example {
        pages: vec![page(&lines)],
        truths: vec![truth("shop", name.into()), truth("date", day), truth("total", total)],
        ..Example::default()
    }
}

fn receipts(count: usize) -> Vec<Example> {
    (0..count).map(receipt).collect()
}

fn specs(names: &[&str]) -> Vec<LabelSpec> {
    names.iter().map(|name| LabelSpec { name: (*name).into(), ..LabelSpec::default() }).collect()
}

fn trained(names: &[&str], examples: &[Example]) -> (Extractor, Report) {
    let options = TrainOptions { seed: 7, threads: 2 };
    Extractor::train(&specs(names), examples, &options, &|_| {}, &CancellationToken::new()).unwrap()
}

fn said<'a>(prediction: &'a [Prediction], label: &str) -> Vec<&'a str> {
    let fields = prediction.iter().flat_map(|page| &page.fields);
    fields.filter(|field| field.label == label).map(|field| field.text.as_str()).collect()
}

fn ask(extractor: &Extractor, example: &Example) -> Vec<Prediction> {
    extractor.predict(&example.pages.iter().collect::<Vec<_>>(), &[])
}

const LABELS: [&str; 3] = ["shop", "date", "total"];

#[test]
fn without_training_values_are_found_by_name_and_type() {
    let extractor = Extractor::untrained(&specs(&["date", "total", "receipt_no"]));
    let found = ask(&extractor, &receipt(3));
    assert_eq!(said(&found, "date"), ["04/03/2018"]);
    assert_eq!(said(&found, "receipt_no"), ["R4021"]);
}

#[test]
fn values_of_documents_never_seen_are_found() {
    let (extractor, report) = trained(&LABELS, &receipts(12));
    let new = receipt(17);
    let found = ask(&extractor, &new);
    for truth in &new.truths {
        assert_eq!(said(&found, &truth.label), [truth.text.as_deref().unwrap()], "{}", truth.label);
    }
    let field = found[0].fields.iter().find(|f| f.label == "total").unwrap();
    assert!(
        field.rect.unwrap().contains(new.pages[0].words.iter().find(|w| w.text == field.text).unwrap().rect.center())
    );
    assert!(report.f1 > 0.8, "{report:?}");
    assert_eq!(report.labels.iter().map(|l| l.truths).sum::<u32>(), 36);
}

#[test]
fn one_document_is_enough_for_the_same_layout() {
    let (extractor, _) = trained(&LABELS, &receipts(1));
    assert_eq!(said(&ask(&extractor, &receipt(6)), "total"), ["38.50"]);
}

#[test]
fn a_value_is_found_on_any_page() {
    let cover = page(&[(100.0, 100.0, "Dear customer"), (100.0, 140.0, "find your receipt below")]);
    let behind = |n: usize| {
        let mut example = receipt(n);
        example.pages = [vec![cover.clone(); 5], example.pages].concat();
        example
    };
    let examples: Vec<Example> = (0..8).map(behind).collect();
    let (extractor, _) = trained(&LABELS, &examples);
    let found = ask(&extractor, &behind(10));
    assert_eq!(found.len(), 6);
    assert_eq!(said(&found[5..], "total"), ["50.50"]);
}

#[test]
fn values_with_places_alone_are_learnt() {
    let examples: Vec<Example> = (0..8)
        .map(|n| {
            let mut example = receipt(n);
            let total = example.truths[2].text.take().unwrap();
            let rect = example.pages[0].words.iter().find(|w| w.text == total).unwrap().rect.grown(3.0);
            example.truths =
                vec![Truth { label: "total".into(), page: Some(0), rects: vec![rect], ..Truth::default() }];
            example
        })
        .collect();
    let (extractor, _) = trained(&["total"], &examples);
    assert_eq!(said(&ask(&extractor, &receipt(11)), "total"), ["53.50"]);
}

#[test]
fn repeated_values_are_all_said() {
    let with_items = |n: usize| {
        let rows = [format!("Item  A{}", 100 + n), format!("Item  B{}", 200 + n), format!("Item  C{}", 300 + n)];
        let mut lines = vec![(100.0, 100.0, "List"), (100.0, 400.0, "Total  900")];
        lines.extend(rows.iter().enumerate().map(|(k, row)| (100.0, 150.0 + 40.0 * k as f32, row.as_str())));
        let code = |row: &String| row.split("  ").nth(1).unwrap().to_owned();
        let truths = rows.iter().map(|row| Truth { label: "item".into(), text: Some(code(row)), ..Truth::default() });
        Example { pages: vec![page(&lines)], truths: truths.collect(), ..Example::default() }
    };
    let (extractor, _) = trained(&["item"], &(0..8).map(with_items).collect::<Vec<_>>());
    assert_eq!(said(&ask(&extractor, &with_items(40)), "item"), ["A140", "B240", "C340"]);
}

#[test]
fn lines_of_a_value_are_said_together() {
    let letter = |n: usize| {
        let (street, city) = (format!("{} Oak Road", n + 3), format!("{} Newtown", 10_100 + n));
        let lines = [
            (100.0, 100.0, NAMES[n % 6]),
            (100.0, 125.0, street.as_str()),
            (100.0, 150.0, city.as_str()),
            (100.0, 300.0, "Dear all, thank you"),
            (100.0, 325.0, "for your letter"),
        ];
        let text = Some(format!("{street}\n{city}"));
        let truths = vec![Truth { label: "address".into(), text, ..Truth::default() }];
        Example { pages: vec![page(&lines)], truths, ..Example::default() }
    };
    let (extractor, _) = trained(&["address"], &(0..10).map(letter).collect::<Vec<_>>());
    assert_eq!(said(&ask(&extractor, &letter(14)), "address"), ["17 Oak Road\n10114 Newtown"]);
}

#[test]
fn kinds_are_known_by_their_words() {
    for kind in ValueKind::ALL {
        assert_eq!(ValueKind::of_word(kind.word()), kind);
    }
    assert_eq!(ValueKind::of_word("signature"), ValueKind::Unsaid);
}

#[test]
fn nothing_to_learn_is_said_so() {
    let train = |labels: &[LabelSpec], examples: &[Example]| {
        let options = TrainOptions::default();
        Extractor::train(labels, examples, &options, &|_| {}, &CancellationToken::new()).map(|_| ()).err()
    };
    assert_eq!(train(&specs(&LABELS), &[]), Some(LearnError::Nothing));
    assert_eq!(train(&[], &receipts(2)), Some(LearnError::Nothing));
    assert_eq!(train(&specs(&["other"]), &receipts(2)), Some(LearnError::Nothing));
}

#[test]
fn a_cancelled_training_keeps_nothing() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let options = TrainOptions { seed: 0, threads: 2 };
    let result = Extractor::train(&specs(&LABELS), &receipts(6), &options, &|_| {}, &cancel);
    assert_eq!(result.map(|_| ()).err(), Some(LearnError::Cancelled));
}

#[test]
fn bad_examples_train_without_harm() {
    let mut examples = receipts(6);
    // Contradictory: the same document with another value; absent: a value that is nowhere; off the page; no words.
    examples.push(Example { truths: receipt(30).truths, ..receipt(2) });
    examples.push(Example { pages: vec![PageText::default()], truths: receipt(3).truths, ..Example::default() });
    examples.push(Example { truths: receipt(4).truths, ..Example::default() });
    let off = Truth {
        label: "total".into(),
        page: Some(9),
        rects: vec![PageRect::new(-1e9, f32::INFINITY, 1e9, f32::NAN)],
        ..Truth::default()
    };
    examples.push(Example { truths: vec![off], ..receipt(5) });
    let empty = Truth { label: "shop".into(), text: Some(" ".into()), ..Truth::default() };
    examples.push(Example { truths: vec![empty], ..receipt(6) });
    let (extractor, report) = trained(&LABELS, &examples);
    assert!(report.wrong.contains(&6) && report.wrong.iter().all(|n| *n < examples.len()));
    assert_eq!(said(&ask(&extractor, &receipt(13)), "date"), ["14/03/2018"]);
}

#[test]
fn one_value_for_all_documents_is_learnt() {
    let examples: Vec<Example> = (0..6)
        .map(|n| {
            let mut example = receipt(n * 6);
            example.truths.truncate(1);
            example
        })
        .collect();
    let (extractor, _) = trained(&["shop"], &examples);
    assert_eq!(said(&ask(&extractor, &receipt(42)), "shop"), [NAMES[0]]);
}

#[test]
fn the_same_document_twice_counts_once() {
    let examples = receipts(8);
    let (once, _) = trained(&LABELS, &examples);
    let (twice, report) = trained(&LABELS, &[examples.clone(), examples].concat());
    assert_eq!(once.to_bytes(), twice.to_bytes());
    assert_eq!(report.labels[0].truths, 8);
}

#[test]
fn examples_that_say_the_same_and_mean_another_value_are_told() {
    let mut examples = receipts(6);
    let mut other = examples[2].clone();
    other.truths[2].text = Some("1.00".into());
    examples.push(other);
    let (extractor, report) = trained(&LABELS, &examples);
    assert_eq!(report.contradicting, [2, 6]);
    assert!(!said(&ask(&extractor, &receipt(9)), "date").is_empty(), "it learns all the same");
    assert_eq!(trained(&LABELS, &receipts(6)).1.contradicting, [0_usize; 0]);
}

#[test]
fn tables_that_say_other_cells_contradict_each_other() {
    let examples: Vec<Example> = ["3.20", "3.70"]
        .iter()
        .map(|amount| {
            let mut example = receipt(3);
            let cell = Cell { row: 1, col: 1, label: "amount".into(), text: (*amount).into(), ..Cell::default() };
            example.truths = vec![Truth { label: "items".into(), cells: vec![cell], ..Truth::default() }];
            example
        })
        .collect();
    let (_, report) = trained(&["items"], &examples);
    assert_eq!(report.contradicting, [0, 1]);
    assert_eq!(trained(&["items"], &[examples[0].clone(), examples[0].clone()]).1.contradicting, [0usize; 0]);
}

#[test]
fn only_tables_count_where_no_other_value_could_be_held_out() {
    let table = |n: usize| {
        let mut example = receipt(n);
        let cell = |row, col, label: &str, text: &str| Cell {
            row,
            col,
            label: label.into(),
            text: text.into(),
            score: Score::new(0.9),
            ..Cell::default()
        };
        let cells = vec![cell(1, 1, "name", "Tea"), cell(1, 2, "amount", "3.20")];
        example.tables = vec![vec![Table { cells: cells.clone(), score: Score::new(0.9), ..Table::default() }]];
        example.truths.retain(|truth| n == 0 && truth.label == "total");
        example.truths.push(Truth { label: "items".into(), cells, ..Truth::default() });
        example
    };
    let (_, report) = trained(&["total", "items"], &[table(0), table(1)]);
    assert_eq!((report.labels[0].truths, report.labels[0].said, report.measured), (1, 0, true));
    assert_eq!((report.labels[1].truths, report.labels[1].right, report.f1), (4, 4, 1.0));
}

#[test]
fn ten_thousand_labels_train() {
    let names: Vec<String> = (0..10_000).map(|n| format!("label_{n}")).collect();
    let mut example = receipt(1);
    example.truths = names
        .iter()
        .map(|name| Truth { label: name.clone(), text: Some("23.50".into()), ..Truth::default() })
        .collect();
    let labels = specs(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let options = TrainOptions { seed: 0, threads: 2 };
    let (extractor, report) =
        Extractor::train(&labels, &[example], &options, &|_| {}, &CancellationToken::new()).unwrap();
    assert_eq!(report.labels.len(), 10_000);
    assert_eq!(said(&ask(&extractor, &receipt(1)), "label_77"), ["23.50"]);
}

#[test]
fn an_extractor_says_the_same_after_writing_and_reading() {
    let (extractor, _) = trained(&LABELS, &receipts(9));
    let bytes = extractor.to_bytes();
    let read = Extractor::from_bytes(&bytes).unwrap();
    assert_eq!(ask(&read, &receipt(20)), ask(&extractor, &receipt(20)));
    assert_eq!(read.to_bytes(), bytes);
    for cut in [1, 2, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(Extractor::from_bytes(&bytes[..cut]), Err(LearnError::Unreadable(_))));
    }
}

#[test]
fn annotated_tables_become_a_table_label() {
    let cell = |row: u32, col: u32, label: &str, text: &str| Cell {
        row,
        col,
        row_span: 1,
        col_span: 1,
        label: label.into(),
        text: text.into(),
        score: Score::new(0.9),
        ..Cell::default()
    };
    let mut example = receipt(0);
    let cells = vec![cell(1, 1, "description", "Tea"), cell(1, 2, "amount", "3.20")];
    example.truths.push(Truth { label: "items".into(), page: Some(0), cells, ..Truth::default() });
    let (extractor, _) = trained(&["items", "total"], &[example]);
    let cells = vec![cell(1, 1, "Description", "Cake"), cell(1, 2, "Amount", "4.10")];
    let seen = [Table { cells, score: Score::new(0.9), ..Table::default() }];
    let page = &receipt(1).pages[0];
    let found = extractor.predict(&[page], &[&seen]);
    assert_eq!(found[0].tables[0].label, "items");
    assert_eq!(found[0].tables[0].labels(), ["description", "amount"]);
}

#[test]
fn no_pages_and_blank_pages_are_no_trouble() {
    let (extractor, _) = trained(&LABELS, &receipts(4));
    assert!(extractor.predict(&[], &[]).is_empty());
    let blank = PageText { size: PageSize::new(0, 0), ..PageText::default() };
    assert_eq!(extractor.predict(&[&blank, &blank], &[]), vec![Prediction::default(); 2]);
}

#[test]
fn strange_letters_are_no_trouble() {
    let word =
        |text: &str, x: f32| Word { text: text.into(), rect: PageRect::new(x, 5.0, x + 9.0, 5.0), ..Word::default() };
    let words = ["ﬁ€1,", "٣٤٥", "İ’:", "1．2", "-", "20199999", "$", "12/", "٪", "a\u{301}:b", "12–", "МАЙ 3"];
    let words = words.iter().enumerate().map(|(n, text)| word(text, 10.0 * n as f32)).collect();
    let strange = PageText { size: PageSize::new(200, 20), words, ..PageText::default() };
    let labels = specs(&["date", "total", "no", "name", "address", "menge"]);
    Extractor::untrained(&labels).predict(&[&strange], &[]);
    let truths =
        labels.iter().map(|l| Truth { label: l.name.clone(), text: Some("a\u{301}:b".into()), ..Truth::default() });
    let example = Example { pages: vec![strange], truths: truths.collect(), ..Example::default() };
    trained(&["date", "total", "no", "name", "address", "menge"], &[example.clone(), example]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn training_is_deterministic_and_no_matter_in_what_order(seed in 0..9u64, turn in 1..8usize, threads in 1..4usize) {
        let examples = receipts(8);
        let mut turned = examples.clone();
        turned.rotate_left(turn);
        let train = |examples: &[Example], threads: usize| {
            let options = TrainOptions { seed, threads };
            Extractor::train(&specs(&LABELS), examples, &options, &|_| {}, &CancellationToken::new()).unwrap()
        };
        let (once, report) = train(&examples, 1);
        let (again, other) = train(&turned, threads);
        prop_assert_eq!(once.to_bytes(), again.to_bytes());
        prop_assert_eq!(report.labels, other.labels);
        prop_assert_eq!(report.wrong.len(), other.wrong.len());
    }

    #[test]
    fn any_text_can_be_asked(texts in proptest::collection::vec("\\PC{0,12}", 0..30)) {
        let words = texts.iter().enumerate().map(|(n, text)| {
            let (x, y) = (70.0 * (n % 5) as f32, 20.0 * (n / 5) as f32);
            Word { text: text.as_str().into(), rect: PageRect::new(x, y, x + 60.0, y + 15.0), ..Word::default() }
        });
        let page = PageText { size: PageSize::new(400, 200), words: words.collect(), ..PageText::default() };
        let labels = specs(&["date", "total", "no", "name", "address", "menge"]);
        Extractor::untrained(&labels).predict(&[&page], &[]);
    }
}
