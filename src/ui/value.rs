//! The value in hand: what is selected, and in words why it should be looked at or can be trusted. Draws nothing.

use crate::desk::{DeskDocument, Judge, LabelFacts, PICKED, State, Target};
use crate::document::{Cell, Field, Meaning, Page, PageRect, Score, Table, Value, counted, label_name};

/// What is selected, found in its document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Selected<'a> {
    /// A field.
    Field(&'a Page, &'a Field),
    /// A whole table.
    Table(&'a Page, &'a Table),
    /// A cell of a table.
    Cell(&'a Page, &'a Table, &'a Cell),
}

impl<'a> Selected<'a> {
    /// What `state` has selected in its open document; `None` where that is nothing, or is gone.
    pub(super) fn of(state: &'a State) -> Option<Self> {
        let document = state.open_document()?;
        Self::find(document, state.selection.as_ref()?)
    }

    fn find(document: &'a DeskDocument, target: &Target) -> Option<Self> {
        let page = document.pages.get(&target.page())?;
        match target {
            Target::Field { id, .. } => page.fields.iter().find(|f| f.id == *id).map(|field| Self::Field(page, field)),
            Target::Table { id, .. } => page.tables.iter().find(|t| t.id == *id).map(|table| Self::Table(page, table)),
            Target::Cell { id, row, col, .. } => {
                let table = page.tables.iter().find(|t| t.id == *id)?;
                table.cell(*row, *col).map(|cell| Self::Cell(page, table, cell))
            }
        }
    }

    /// What it is called: its label, or its place in the table.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Field(_, field) => label_name(&field.label),
            Self::Table(_, table) => label_name(&table.label),
            Self::Cell(_, _, cell) if cell.label.trim().is_empty() => format!("Row {}, column {}", cell.row, cell.col),
            Self::Cell(_, _, cell) => format!("{} · row {}", cell.label.trim(), cell.row),
        }
    }

    /// Its text as it is copied; a table's cells are parted by tabs and lines, as a spreadsheet takes them.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Field(_, field) => field.text.clone(),
            Self::Table(_, table) => table_text(table),
            Self::Cell(_, _, cell) => cell.text.clone(),
        }
    }

    /// Its page.
    pub(super) const fn page(&self) -> &'a Page {
        match self {
            Self::Field(page, _) | Self::Table(page, _) | Self::Cell(page, ..) => page,
        }
    }

    /// Where it stands on its page.
    pub(super) fn rect(&self) -> Option<PageRect> {
        match self {
            Self::Field(_, field) => field.rect,
            Self::Table(_, table) => Some(table.rect),
            Self::Cell(_, _, cell) => Some(cell.rect),
        }
        .filter(|rect| rect.area() > 0.0)
    }

    /// The part of its page to show beside it: of a cell, its words, for most of it may be empty.
    pub(super) fn pixels(&self) -> Option<PageRect> {
        let rect = self.rect()?;
        match self {
            Self::Cell(page, ..) => page.snapped(rect).or(Some(rect)),
            Self::Field(..) | Self::Table(..) => Some(rect),
        }
    }

    /// The probability that it is right.
    pub(super) const fn score(&self) -> Score {
        match self {
            Self::Field(_, field) => field.score,
            Self::Table(_, table) => table.score,
            Self::Cell(_, _, cell) => cell.score,
        }
    }

    /// How everybody reads it, where it is a day or a figure that is written in another way; an error where it should be
    /// one and is none.
    pub(super) fn normal(text: &str, known: &LabelFacts) -> Option<Result<String, &'static str>> {
        if known.meaning == Meaning::Text || text.trim().is_empty() {
            return None;
        }
        match Value::read(text, known.meaning, known.writing) {
            Some(value) => Some(value.normal(known.meaning)).filter(|normal| normal != text.trim()).map(Ok),
            None if known.meaning == Meaning::Date => Some(Err("This is no date")),
            None => Some(Err("This is no figure")),
        }
    }

    /// Other texts that a field may be: what the page says now, what a person made of the same reading before, what else
    /// was found for its label.
    pub(super) fn suggestions(state: &State, page: &Page, field: &Field) -> Vec<String> {
        let made = state.corrections.get(&field.label).and_then(|made| made.get(&field.text));
        let before = made.and_then(|made| made.last()).cloned();
        let others = page.fields.iter().filter(|other| other.label == field.label && other.id != field.id);
        let others = others.map(|other| other.text.clone());
        let mut all: Vec<String> = Vec::new();
        for one in field.reread.clone().into_iter().chain(before).chain(others) {
            if !one.trim().is_empty() && one != field.text && !all.contains(&one) && all.len() < 3 {
                all.push(one);
            }
        }
        all
    }

    /// Its score below this is a doubt.
    pub(super) fn threshold(&self, judge: Judge<'_>) -> Score {
        match self {
            Self::Field(_, field) => judge.threshold(&field.label),
            Self::Table(_, table) => judge.threshold(&table.label),
            Self::Cell(_, table, cell) => judge.cell_threshold(table, cell),
        }
    }

    /// In one sentence, why it needs a look or why it does not.
    pub(super) fn reason(&self, judge: Judge<'_>) -> Reason {
        match self {
            Self::Field(_, field) if field.confirmed && field.reread.is_none() => {
                Reason::trust("Confirmed by a person")
            }
            Self::Cell(_, _, Cell { reread: Some(said), .. }) => Reason::doubt(format!("Read again, it says “{said}”")),
            Self::Cell(_, _, cell) if cell.confirmed => Reason::trust("Confirmed by a person"),
            Self::Field(page, field) => field_reason(page, field, judge),
            Self::Table(_, Table { reread: Some(read), .. }) => {
                Reason::doubt(format!("Read again, it has {}", table_size(read)))
            }
            Self::Table(_, table) => match (judge.table_needs_look(table), judge.doubtful_cells(table).count()) {
                (true, _) => Reason::doubt("Low score · rows and columns may be drawn elsewhere"),
                (false, 0) => Reason::trust("Read with confidence"),
                (false, n) => {
                    let needs = if n == 1 { "needs" } else { "need" };
                    Reason::doubt(format!("{} {needs} a look", counted(n, "cell")))
                }
            },
            Self::Cell(_, table, cell) if judge.is_cell_picked(table, cell) => Reason::doubt(PICKED),
            Self::Cell(page, table, cell) if judge.cell_needs_look(table, cell) => {
                let threshold = judge.cell_threshold(table, cell);
                let words = doubt_in_words(page, cell.rect, threshold, "the rows and columns are a guess");
                Reason::doubt(words.unwrap_or_else(|| "Low score".into()))
            }
            Self::Cell(..) => Reason::trust("Read with confidence"),
        }
    }
}

/// Why a value needs a look, or why not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reason {
    /// The sentence.
    pub(super) text: String,
    /// Whether it is a doubt.
    pub(super) is_doubt: bool,
    /// Another field that the sentence is about: its value, label and place.
    pub(super) other: Option<(String, String, Target)>,
}

impl Reason {
    fn doubt(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_doubt: true, other: None }
    }

    fn trust(text: &str) -> Self {
        Self { text: text.into(), is_doubt: false, other: None }
    }
}

fn field_reason(page: &Page, field: &Field, judge: Judge<'_>) -> Reason {
    let concerns = judge.concerns(field);
    if !concerns.is_empty() {
        let sentences: Vec<&str> = concerns.iter().map(|concern| concern.sentence.as_str()).collect();
        return Reason::doubt(sentences.join(" · "));
    }
    let threshold = judge.threshold(&field.label);
    if field.score >= threshold {
        return Reason::trust("Read with confidence");
    }
    let rival = page
        .fields
        .iter()
        .find(|other| other.id != field.id && (other.text.trim() == field.text.trim()) != (other.label == field.label));
    if let Some(rival) = rival {
        let target = Target::Field { page: page.number, id: rival.id.clone() };
        let other = Some((rival.text.clone(), label_name(&rival.label), target));
        return Reason { text: "Low score".into(), is_doubt: true, other };
    }
    let words = field.rect.and_then(|rect| doubt_in_words(page, rect, threshold, "the label is a guess"));
    Reason::doubt(words.unwrap_or_else(|| "Low score".into()))
}

/// Which word in `rect` the reader is least sure of; or that the letters are clear, and what the doubt is `otherwise`.
fn doubt_in_words(page: &Page, rect: PageRect, threshold: Score, otherwise: &str) -> Option<String> {
    let words = page.text.as_ref()?.words();
    // A word may hold more than the value (`Customer:2`), a value more than a word.
    let inside = words.filter(|word| {
        let common = word.rect.intersection(rect).map_or(0.0, PageRect::area);
        common > 0.5 * word.rect.area().min(rect.area())
    });
    let weakest = inside.min_by(|a, b| a.score.get().total_cmp(&b.score.get()))?;
    Some(if weakest.score < threshold {
        format!("Low score · least sure of “{}” ({})", weakest.text, weakest.score)
    } else {
        format!("Low score · the letters are clear, {otherwise}")
    })
}

/// A table as a spreadsheet pastes it: header, then rows; cells parted by tabs.
pub(super) fn table_text(table: &Table) -> String {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = Vec::new();
    let labels = table.labels();
    if labels.iter().any(|label| !label.is_empty()) {
        lines.push(labels.iter().map(|label| flat(label)).collect::<Vec<_>>().join("\t"));
    }
    for row in 1..=table.rows() {
        let cells = (1..=table.cols()).map(|col| match table.cell(row, col) {
            // A cell that spans stands once, at its upper left.
            Some(cell) if cell.row == row && cell.col == col => flat(&cell.text),
            _ => String::new(),
        });
        lines.push(cells.collect::<Vec<_>>().join("\t"));
    }
    lines.join("\n")
}

/// All that was read of a document: a line for each value, its label and text parted by a tab, then its tables.
pub(super) fn document_text(document: &DeskDocument) -> String {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fields = document.pages.values().flat_map(|page| &page.fields);
    let lines: Vec<String> =
        fields.map(|field| format!("{}\t{}", label_name(&field.label), flat(&field.text))).collect();
    let mut text = lines.join("\n");
    for table in document.pages.values().flat_map(|page| &page.tables) {
        text.push_str("\n\n");
        text.push_str(&table_text(table));
    }
    text
}

/// How large a table is, in words.
pub(super) fn table_size(table: &Table) -> String {
    format!("{} × {}", counted(table.rows() as usize, "row"), counted(table.cols() as usize, "column"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{FieldId, PageText, Word};

    fn field(id: &str, label: &str, text: &str, score: f32) -> Field {
        Field {
            confirmed: false,
            id: FieldId(id.into()),
            label: label.into(),
            text: text.into(),
            rect: Some(PageRect::new(0.0, 0.0, 100.0, 20.0)),
            score: Score::new(score),
            objection: None,
            reread: None,
        }
    }

    fn reason(page: &Page) -> Reason {
        let (rules, concerns) = (crate::desk::Rules::new(), crate::desk::Concerns::default());
        let judge = Judge::new(Score::new(0.8), &rules, &concerns, false);
        Selected::Field(page, &page.fields[0]).reason(judge)
    }

    #[test]
    fn days_and_figures_are_said_as_everybody_reads_them() {
        use crate::document::{DayOrder, Writing};
        let writing = Writing { order: DayOrder::MonthFirst, ..Writing::default() };
        let date = LabelFacts { meaning: Meaning::Date, writing, usual: None };
        let normal = |text: &str, known: &LabelFacts| Selected::normal(text, known);
        assert_eq!(normal("12/31/18", &date), Some(Ok("2018-12-31".into())));
        assert_eq!(normal("2018-12-31", &date), None, "as it is written");
        assert!(normal("13/31/18", &date).is_some_and(|normal| normal.is_err()));
        assert_eq!(normal("anything", &LabelFacts::default()), None);
    }

    #[test]
    fn what_was_made_of_the_same_reading_before_is_suggested() {
        let mut state = State::default();
        state.corrections.entry("total".into()).or_default().insert("IO.00".into(), vec!["10.00".into()]);
        let reread = Field { reread: Some("19.00".into()), ..field("a", "total", "IO.00", 0.5) };
        let fields = vec![reread, field("b", "total", "12.00", 0.4), field("c", "date", "1.1.2026", 0.4)];
        let page = Page { fields, ..Page::default() };
        assert_eq!(Selected::suggestions(&state, &page, &page.fields[0]), ["19.00", "10.00", "12.00"]);
        assert_eq!(Selected::suggestions(&state, &page, &page.fields[2]), [""; 0]);
    }

    #[test]
    fn the_same_text_under_another_label_is_said() {
        let fields =
            vec![field("a", "delivery_date", "2019-06-10", 0.7), field("b", "invoice_date", "2019-06-10", 0.98)];
        let other = reason(&Page { fields, ..Page::default() }).other.unwrap();
        assert_eq!((other.0.as_str(), other.1.as_str()), ("2019-06-10", "Invoice date"));
    }

    #[test]
    fn another_text_under_the_same_label_is_said() {
        let fields = vec![field("a", "total", "10.00", 0.7), field("b", "total", "12.00", 0.6)];
        assert_eq!(reason(&Page { fields, ..Page::default() }).other.unwrap().0, "12.00");
    }

    #[test]
    fn the_weakest_word_is_named() {
        let word = |text: &str, score: f32| Word {
            text: text.into(),
            rect: PageRect::new(10.0, 5.0, 30.0, 15.0),
            score: Score::new(score),
            ..Word::default()
        };
        let mut page = Page {
            fields: vec![field("a", "total", "IO 00", 0.5)],
            text: Some(PageText { words: vec![word("IO", 0.4), word("00", 0.9)], ..PageText::default() }.into()),
            ..Page::default()
        };
        assert_eq!(reason(&page).text, "Low score · least sure of “IO” (0.40)");
        page.text = Some(PageText { words: vec![word("IO", 0.97)], ..PageText::default() }.into());
        assert!(reason(&page).text.contains("letters are clear"));
    }

    #[test]
    fn a_table_is_copied_as_a_spreadsheet_pastes_it() {
        let cell = |row, col, col_span, text: &str, label: &str| Cell {
            row,
            col,
            row_span: 1,
            col_span,
            text: text.into(),
            label: label.into(),
            ..Cell::default()
        };
        let cells =
            vec![cell(1, 1, 1, "2", "Amount"), cell(1, 2, 1, "Hot\nair", "Product"), cell(2, 1, 2, "Total", "")];
        let table = Table { cells, ..Table::default() };
        assert_eq!(table_text(&table), "Amount\tProduct\n2\tHot air\nTotal\t");
        assert_eq!(table_size(&table), "2 rows × 2 columns");
    }
}
