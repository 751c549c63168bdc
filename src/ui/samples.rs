//! Desks made by hand for tests of what is drawn.

use crate::desk::{
    Activity, ActivityId, ConnectionId, DeskDocument, DocumentId, FileState, Open, Reach, ReadState, State, Target,
};
use crate::document::{Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Problem, Score, Table, Word};
use crate::pages::FileKind;
use std::collections::BTreeMap;
use std::sync::Arc;

const PAGE: PageSize = PageSize::new(2480, 3508);

fn field(id: usize, label: &str, text: &str, score: f32) -> Field {
    let top = 600.0 + id as f32 * 90.0;
    Field {
        confirmed: false,
        id: FieldId(format!("field {id}")),
        label: label.into(),
        text: text.into(),
        rect: Some(PageRect::new(900.0, top, 1400.0, top + 50.0)),
        score: Score::new(score),
        objection: None,
        reread: None,
    }
}

fn document(id: u64, name: &str, reading: ReadState) -> DeskDocument {
    DeskDocument {
        id: DocumentId(id),
        path: format!("/home/ada/invoices/{name}").into(),
        name: name.into(),
        kind: Some(FileKind::Pdf),
        file: FileState::Ready(Arc::new(vec![PAGE])),
        reading,
        pages: BTreeMap::new(),
        ..DeskDocument::default()
    }
}

fn table() -> Table {
    let rows = [
        ["1.00", "Design (hours): Of a sample invoice", "7%", "160.00 €", "160.00 €"],
        ["400.00", "Ballons: various colors, ~2000ml", "19%", "0.79 €", "316.00 €"],
        ["800.00", "Hot air „heiße Luft“ (litres)", "19%", "0.025 €", "20.00 €"],
    ];
    let labels = ["Amount", "Product", "VAT", "Price", "Total"];
    let mut cells = Vec::new();
    for (row, texts) in (1u32..).zip(rows) {
        for (col, (text, label)) in (1u32..).zip(texts.into_iter().zip(labels)) {
            let (x, y) = (400.0 + col as f32 * 280.0, 1400.0 + row as f32 * 100.0);
            cells.push(Cell {
                confirmed: false,
                reread: None,
                id: format!("{row}.{col}"),
                row,
                col,
                row_span: 1,
                col_span: 1,
                label: label.into(),
                text: text.into(),
                rect: PageRect::new(x, y, x + 270.0, y + 90.0),
                score: Score::new(if (row, col) == (3, 4) { 0.61 } else { 0.97 }),
            });
        }
    }
    Table {
        id: FieldId("table 1".into()),
        label: "line_items".into(),
        rect: PageRect::new(600.0, 1400.0, 2000.0, 1800.0),
        score: Score::new(0.95),
        cells,
        header_rows: 0,
        continues: false,
        reread: None,
    }
}

fn read_page() -> Page {
    let word = Word {
        text: "2019-06-10".into(),
        rect: PageRect::new(900.0, 600.0, 1400.0, 650.0),
        score: Score::new(0.99),
        ..Word::default()
    };
    Page {
        number: 0,
        size: PAGE,
        fields: vec![
            field(0, "delivery_date", "2019-06-10", 0.71),
            field(1, "total_due", "571.04 €", 0.62),
            field(2, "invoice_number", "RE-20190610/507", 0.99),
            field(3, "order_number", "AB321", 0.97),
            field(4, "invoice_date", "2019-06-10", 0.98),
            field(5, "buyer", "Theodor Est, Bahnstr. 42, 88802 Spielkreis", 0.93),
            field(6, "due_date", "2019-07-01", 0.88),
        ],
        tables: vec![table()],
        text: Some(PageText { size: PAGE, words: vec![word], ..PageText::default() }.into()),
        problem: None,
    }
}

/// Eight documents in every state, one open with a field selected.
pub(crate) fn busy_desk() -> State {
    let mut first = document(1, "zf_Mustang_RE-20190610_507.pdf", ReadState::Done);
    first.pages.insert(0, Arc::new(read_page()));
    let mut second = document(2, "Baurechnung 181301674.pdf", ReadState::Done);
    let fields = vec![field(0, "total", "1 204.00", 0.4), field(1, "date", "2018-03-13", 0.7)];
    second.pages.insert(0, Arc::new(Page { size: PAGE, fields, ..Page::default() }));
    let mut encrypted = document(6, "Taxifahrt.pdf", ReadState::Queued);
    encrypted.file = FileState::NeedsPassword { wrong: false };
    let mut broken = document(8, "scan_0141.tif", ReadState::Queued);
    broken.file = FileState::Failed(Problem::new("Could not be read: the file ends early"));
    let mut read = document(4, "coolblue factuur.pdf", ReadState::Done);
    read.pages.insert(0, Arc::new(Page { size: PAGE, ..Page::default() }));
    State {
        documents: vec![
            first,
            second,
            document(3, "oyo receipt.pdf", ReadState::Reading { done: 0, total: 1 }),
            read,
            document(5, "Miete 2018-04.pdf", ReadState::Uploading { sent: 40, total: 100 }),
            encrypted,
            document(7, "aws 42183017.pdf", ReadState::Queued),
            broken,
        ],
        open: Some(Open { document: DocumentId(1), page: 0 }),
        selection: Some(Target::Field { page: 0, id: FieldId("field 0".into()) }),
        reach: [(ConnectionId::THIS_COMPUTER, Reach::Ready)].into(),
        activities: vec![Activity { id: ActivityId(1), label: "Reading oyo receipt.pdf".into(), progress: Some(0.6) }],
        ..State::default()
    }
}
