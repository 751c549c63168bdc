//! What stands in exported files.

use super::table::{amount, day, lines, values};
use super::*;
use crate::document::{Cell, Field, PageRect, Score, Table};

fn field(label: &str, text: &str, score: f32) -> Field {
    Field { label: label.into(), text: text.into(), score: Score::new(score), ..Field::default() }
}

fn known() -> Known {
    Known { threshold: Score::new(0.8), ..Known::default() }
}

fn documents() -> Vec<ExportDocument> {
    let cell = |row, col, text: &str| Cell {
        row,
        col,
        row_span: 1,
        col_span: 1,
        label: ["Item", "Price"][col as usize - 1].into(),
        text: text.into(),
        rect: PageRect::new(1.0, 2.0, 3.0, 4.0),
        score: Score::new(0.9),
        ..Cell::default()
    };
    let cells = vec![cell(1, 1, "Paper, A4"), cell(1, 2, "9.50"), cell(2, 1, "=cmd()"), cell(2, 2, "1.234,00 €")];
    let first = Page {
        fields: vec![field("invoice_no", "00123", 0.9), field("total", "1,234.50", 0.4)],
        tables: vec![Table { label: "items".into(), cells, ..Table::default() }],
        ..Page::default()
    };
    let second = Page { number: 1, fields: vec![field("total", "7.00", 0.95)], ..Page::default() };
    let other = Page { fields: vec![field("date", "10.06.2019", 0.9)], ..Page::default() };
    let document = |name: &str, standing, pages: Vec<Page>| ExportDocument {
        name: name.into(),
        standing,
        reviewer: Some("ada".into()),
        source: "This computer, general".into(),
        metadata: String::new(),
        pages: pages.into_iter().map(Arc::new).collect(),
    };
    vec![
        document("a.pdf", Standing::Approved, vec![first, second]),
        document("b \"x\".pdf", Standing::Open, vec![other]),
    ]
}

#[test]
fn values_are_a_row_a_document_and_a_column_a_label() {
    let rows = values(&documents(), ExportColumns::default(), &known());
    assert_eq!(rows.names, ["File", "Status", "Invoice no", "Total", "Date"]);
    let texts: Vec<Vec<&str>> = rows.rows.iter().map(|row| row.iter().map(|e| e.text.as_str()).collect()).collect();
    assert_eq!(texts[0], ["a.pdf", "approved", "00123", "1,234.50; 7.00", ""]);
    assert_eq!(texts[1], ["b \"x\".pdf", "open", "", "", "10.06.2019"]);
    assert_eq!(rows.rows[0][3].score, Some(Score::new(0.4)), "the lowest counts");
}

#[test]
fn lines_are_a_row_each_below_their_headings() {
    let rows = lines(&documents(), ExportColumns::default(), &known());
    assert_eq!(rows.names, ["File", "Page", "Table", "Item", "Price"]);
    let texts: Vec<Vec<&str>> = rows.rows.iter().map(|row| row.iter().map(|e| e.text.as_str()).collect()).collect();
    assert_eq!(texts, [["a.pdf", "1", "1", "Paper, A4", "9.50"], ["a.pdf", "1", "1", "=cmd()", "1.234,00 €"]]);
}

#[test]
fn scores_boxes_reviewer_and_source_stand_beside_where_they_are_wanted() {
    let all = ExportColumns { scores: true, boxes: true, reviewer: true, source: true };
    let rows = values(&documents(), all, &known());
    assert_eq!(
        rows.names[..7],
        ["File", "Status", "Reviewer", "Source", "Invoice no", "Invoice no score", "Invoice no box"]
    );
    let texts: Vec<&str> = rows.rows[0].iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts[..7], ["a.pdf", "approved", "ada", "This computer, general", "00123", "0.90", ""]);
    let rows = lines(&documents(), all, &known());
    assert_eq!(rows.names[..7], ["File", "Page", "Table", "Reviewer", "Source", "Lowest score", "Box"]);
    let texts: Vec<&str> = rows.rows[0].iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts[5..], ["0.90", "p. 1: 1 2 3 4", "Paper, A4", "9.50"]);
}

#[test]
fn a_table_over_pages_is_one_table_below_one_set_of_headings() {
    let mut all = documents();
    let first = Page::clone(&all[0].pages[0]);
    let mut second = first.clone();
    second.number = 1;
    second.tables[0].continues = true;
    for cell in &mut second.tables[0].cells {
        cell.label = format!("{} again", cell.label);
    }
    all[0].pages = vec![Arc::new(first), Arc::new(second)];
    let rows = lines(&all[..1], ExportColumns::default(), &known());
    assert_eq!(rows.names, ["File", "Page", "Table", "Item", "Price"]);
    let places: Vec<Vec<&str>> =
        rows.rows.iter().map(|row| row[1..4].iter().map(|e| e.text.as_str()).collect()).collect();
    assert_eq!(places, [["1", "1", "Paper, A4"], ["1", "1", "=cmd()"], ["2", "1", "Paper, A4"], ["2", "1", "=cmd()"]]);
}

#[test]
fn replies_are_those_of_the_contract() {
    let text = bytes(&documents(), Content::Replies, ExportColumns::default(), Format::Json, &known()).unwrap();
    let reply: crate::api::PredictionReply = serde_json::from_slice(&text).unwrap();
    assert_eq!((reply.message.as_str(), reply.result.len()), ("Success", 3));
    let files = crate::api::convert::files_from_reply(&reply);
    assert_eq!(files.iter().map(|file| file.pages.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(files[0].pages[0].fields[1].text, "1,234.50");
    assert_eq!(files[0].pages[0].tables[0].cells.len(), 4);
}

#[test]
fn csv_is_quoted_where_it_must_be_and_runs_nothing() {
    let text = bytes(&documents(), Content::Lines, ExportColumns::default(), Format::Csv, &known()).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(
        text,
        "\u{feff}File,Page,Table,Item,Price\r\na.pdf,1,1,\"Paper, A4\",9.50\r\na.pdf,1,1,'=cmd(),\"1.234,00 €\"\r\n"
    );
    let text = bytes(&documents(), Content::Values, ExportColumns::default(), Format::Csv, &known()).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("\"b \"\"x\"\".pdf\",open"));
}

#[test]
fn json_has_scores_and_boxes() {
    let text = bytes(&documents(), Content::Values, ExportColumns::default(), Format::Json, &known()).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(said[0]["pages"][0]["fields"][1]["label"], "total");
    assert_eq!(said[0]["pages"][0]["tables"][0]["cells"][0]["box"], serde_json::json!([1.0, 2.0, 3.0, 4.0]));
    assert_eq!(said[1]["status"], "open");
}

#[test]
fn a_spreadsheet_is_a_zip_with_two_sheets() {
    let bytes = bytes(&documents(), Content::Values, ExportColumns::default(), Format::Xlsx, &known()).unwrap();
    assert_eq!(bytes[..2], *b"PK");
    let names = String::from_utf8_lossy(&bytes);
    assert!(names.contains("xl/worksheets/sheet1.xml") && names.contains("xl/worksheets/sheet2.xml"));
}

/// Writes what `tests/clients/spreadsheet.py` opens again with another program's reader.
#[test]
fn a_spreadsheet_and_a_csv_are_left_for_an_independent_reader() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/exports");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in [("values.xlsx", Content::Values), ("lines.csv", Content::Lines)] {
        let bytes = bytes(&documents(), content, ExportColumns::default(), Format::of_name(name), &known()).unwrap();
        assert!(!bytes.is_empty());
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

#[test]
fn amounts_and_days_are_known_where_they_mean_one_thing() {
    assert_eq!(amount("1,234.50"), Some(1234.5));
    assert_eq!(amount("1.234,50 €"), Some(1234.5));
    assert_eq!(amount("RM 9.50"), Some(9.5));
    assert_eq!(amount("-12.00"), Some(-12.0));
    for none in ["00123", "9.5", "1.234", "12.06.2019", "Nanganallur 12.50", "", "-", "1,23,4.50"] {
        assert_eq!(amount(none), None, "{none}");
    }
    assert_eq!(day("10.06.2019"), Some((2019, 6, 10)));
    assert_eq!(day("2019-06-10"), Some((2019, 6, 10)));
    for none in ["10/06/2019", "10.06.19", "2019-13-01", "1.2", "a-b-c"] {
        assert_eq!(day(none), None, "{none}");
    }
}

#[test]
fn a_name_says_the_format() {
    assert_eq!(
        [Format::of_name("a.csv"), Format::of_name("a.JSON"), Format::of_name("a")],
        [Format::Csv, Format::Json, Format::Xlsx]
    );
}

#[test]
fn numbers_and_days_are_real_ones_and_names_of_digits_are_not() {
    use crate::desk::Rule;
    use crate::document::{DayOrder, Meaning, Value, Writing};
    let writing = Writing { order: DayOrder::MonthFirst, ..Writing::default() };
    let facts = |meaning| LabelFacts { meaning, writing, usual: None };
    let mut known = known();
    known.labels.insert("due".into(), facts(Meaning::Date));
    known.labels.insert("pieces".into(), facts(Meaning::Number));
    known.rules.insert("pieces".into(), Rule { threshold: Some(Score::new(0.95)), ..Rule::default() });
    let fields = vec![
        field("due", "03/04/2026", 0.9),
        field("pieces", "12", 0.9),
        field("code", "001.20", 0.9),
        field("number", "100234", 0.9),
    ];
    let page = Arc::new(Page { fields, ..Page::default() });
    let document = ExportDocument { pages: vec![page], ..documents().remove(0) };
    let rows = values(&[document], ExportColumns::default(), &known);
    let said: Vec<_> = rows.rows[0][2..].iter().map(|entry| entry.value.map(|(value, m)| value.normal(m))).collect();
    assert_eq!(said, [Some("2026-03-04".to_owned()), Some("12".into()), None, None]);
    assert!(matches!(rows.rows[0][3].value, Some((Value::Figure(_), _))));
    assert_eq!(
        rows.rows[0][2..].iter().map(|entry| entry.is_doubtful).collect::<Vec<_>>(),
        [false, true, false, false]
    );
}

#[test]
fn a_column_of_figures_is_one_of_numbers_unless_one_begins_with_naught() {
    let cell = |row, col, text: &str| Cell {
        row,
        col,
        row_span: 1,
        col_span: 1,
        label: ["Qty", "Code"][col as usize - 1].into(),
        text: text.into(),
        score: Score::new(0.9),
        ..Cell::default()
    };
    let cells = vec![cell(1, 1, "5"), cell(1, 2, "0012"), cell(2, 1, "2.5"), cell(2, 2, "4711")];
    let page = Page { tables: vec![Table { cells, ..Table::default() }], ..Page::default() };
    let document = ExportDocument { pages: vec![Arc::new(page)], ..documents().remove(0) };
    let rows = lines(&[document], ExportColumns::default(), &known());
    let said = |row: usize, column: usize| rows.rows[row][3 + column].value.map(|(value, m)| value.normal(m));
    assert_eq!((said(0, 0), said(1, 0)), (Some("5".into()), Some("2.5".into())));
    assert_eq!((said(0, 1), said(1, 1)), (None, None));
}

#[test]
fn a_day_that_does_not_exist_is_what_was_read_and_costs_nobody_the_file() {
    let page = Arc::new(Page { fields: vec![field("date", "31.02.2026", 0.9)], ..Page::default() });
    let document = ExportDocument { pages: vec![page], ..documents().remove(0) };
    let made = bytes(&[document], Content::Values, ExportColumns::default(), Format::Xlsx, &known());
    assert!(made.is_ok(), "{made:?}");
}
