//! A page is read again: what persons said of it stays, and what is read now is said beside it.

use super::{Cell, Edit, Field, History, Page, PageRect, Table};

/// Two rectangles are of one value where they share more of their area than this (intersection over union).
const SAME_PLACE: f32 = 0.3;
/// Two tables are one where they share at least this.
const SAME_TABLE: f32 = 0.5;

/// What came of reading a page again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Something is read now that a person did not say, or said otherwise.
    pub says_else: bool,
    /// A table that a person changed was read with other rows or columns: the person's stands.
    pub has_other_table: bool,
}

/// Keeps what a person said of a page that was read again: what they took out stays out, and their fields and tables stand
/// in place of the model's, each with what is read now in [`Field::reread`] and [`Cell::reread`]. Of an approved document
/// a person has said everything.
///
/// Each of the person's values stands for at most one of the read ones, that which is most like it.
pub fn keep_confirmed(old: &Page, new: &mut Page, history: &History, is_approved: bool) -> Reread {
    let words = PersonsWords::of(old, history, is_approved);
    let mut reread = Reread::default();
    let fields = keep_fields(&words, &mut new.fields);
    let read_beside = !new.fields.is_empty();
    reread.says_else |= fields.iter().any(|field| field.reread.is_some()) || read_beside;
    new.fields.extend(fields);
    if let Some((known, read)) = old.tables.first().zip(new.tables.first_mut())
        && known.cols() == read.cols()
    {
        // That a table goes on from the page before, a person said.
        read.continues |= known.continues;
    }
    for gone in &words.deleted_tables {
        new.tables.retain(|table| table.rect.iou(gone.rect) < SAME_TABLE);
    }
    let mut kept = Vec::new();
    for (table, places) in &words.tables {
        let likeness =
            |read: &Table| places.iter().map(|place| place.iou(read.rect)).fold(table.rect.iou(read.rect), f32::max);
        let best = (new.tables.iter().enumerate())
            .filter(|(_, read)| likeness(read) >= SAME_TABLE)
            .max_by(|(_, a), (_, b)| likeness(a).total_cmp(&likeness(b)));
        let merged = match best {
            Some((_, read)) if has_same_grid(table, read) => with_reread_cells(table, read, is_approved),
            Some((_, read)) => {
                reread.has_other_table = true;
                Table { reread: Some(Box::new(read.clone())), ..(*table).clone() }
            }
            None => (*table).clone(),
        };
        new.tables.retain(|read| likeness(read) < SAME_TABLE);
        kept.push(merged);
    }
    let is_reread = |table: &Table| table.cells.iter().any(|cell| cell.reread.is_some());
    reread.says_else |= reread.has_other_table || !new.tables.is_empty() || kept.iter().any(is_reread);
    new.tables.extend(kept);
    reread
}

/// What persons said of a page.
struct PersonsWords<'a> {
    /// Their values, each with what it was before they changed it.
    fields: Vec<(&'a Field, Vec<&'a Field>)>,
    deleted_fields: Vec<&'a Field>,
    /// Their tables, each with where it was before.
    tables: Vec<(&'a Table, Vec<PageRect>)>,
    deleted_tables: Vec<&'a Table>,
}

impl<'a> PersonsWords<'a> {
    fn of(old: &'a Page, history: &'a History, is_approved: bool) -> Self {
        let edits: Vec<&Edit> = history.standing_edits().filter(|edit| edit.page() == Some(old.number)).collect();
        let fields = old.fields.iter().filter_map(|field| {
            let mut is_theirs = is_approved || field.confirmed;
            let mut earlier = Vec::new();
            for edit in &edits {
                let Edit::Field { before, after: Some(after), .. } = edit else { continue };
                if after.id == field.id {
                    is_theirs = true;
                    earlier.extend(before.as_deref());
                }
            }
            is_theirs.then_some((field, earlier))
        });
        let tables = old.tables.iter().filter_map(|table| {
            let mut is_theirs = is_approved || table.cells.iter().any(|cell| cell.confirmed);
            let mut earlier = Vec::new();
            for edit in &edits {
                let Edit::Table { before, after: Some(after), .. } = edit else { continue };
                if after.id == table.id {
                    is_theirs = true;
                    earlier.extend(before.as_ref().map(|before| before.rect));
                }
            }
            is_theirs.then_some((table, earlier))
        });
        let is_back = |table: &Table| old.tables.iter().any(|known| known.id == table.id);
        let deleted_tables = edits.iter().filter_map(|edit| match edit {
            Edit::Table { before: Some(table), after: None, .. } if !is_back(table) => Some(&**table),
            _ => None,
        });
        Self {
            fields: fields.collect(),
            deleted_fields: history.deleted_fields(old.number).collect(),
            tables: tables.collect(),
            deleted_tables: deleted_tables.collect(),
        }
    }
}

/// Takes out of `read` what persons said something of; their values, each with what was read in its place.
fn keep_fields(words: &PersonsWords<'_>, read: &mut Vec<Field>) -> Vec<Field> {
    let kept = words.fields.len();
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (at, field) in read.iter().enumerate() {
        for (mine, (known, earlier)) in words.fields.iter().enumerate() {
            pairs.extend(likeness(known, earlier, field).map(|like| (like, mine, at)));
        }
        for (gone, known) in words.deleted_fields.iter().enumerate() {
            // Something else without a place may be another value: it is looked at again.
            pairs.extend(likeness(known, &[], field).filter(|like| *like >= 1.0).map(|like| (like, kept + gone, at)));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut said: Vec<Option<String>> = vec![None; kept + words.deleted_fields.len()];
    let mut is_said = vec![false; said.len()];
    let mut is_taken = vec![false; read.len()];
    for (_, mine, at) in pairs {
        if !is_said[mine] && !is_taken[at] {
            (is_said[mine], is_taken[at]) = (true, true);
            said[mine] = Some(read[at].text.clone());
        }
    }
    let mut is_taken = is_taken.into_iter();
    read.retain(|_| !is_taken.next().unwrap_or(false));
    words
        .fields
        .iter()
        .zip(said)
        .map(|((known, _), said)| {
            let reread = said.filter(|said| said.trim() != known.text.trim());
            Field { reread, ..(*known).clone() }
        })
        .collect()
}

/// How much a field that was read is one that is known, or was before persons changed it; `None` where it is another.
/// From 2 on it stands where the known one stands, from 1 on it says the same.
fn likeness(known: &Field, earlier: &[&Field], read: &Field) -> Option<f32> {
    let all = || std::iter::once(known).chain(earlier.iter().copied());
    if all().all(|one| one.label != read.label) {
        return None;
    }
    let says_same = all().any(|one| !one.text.trim().is_empty() && one.text.trim() == read.text.trim());
    let overlap = |one: &Field| one.rect.zip(read.rect).map_or(0.0, |(a, b)| a.iou(b));
    let overlap = all().map(overlap).fold(0.0, f32::max);
    if overlap > SAME_PLACE {
        return Some(2.0 + overlap + f32::from(u8::from(says_same)));
    }
    let has_no_place = known.rect.is_none() || read.rect.is_none();
    has_no_place.then_some(if says_same { 1.0 } else { 0.5 })
}

fn has_same_grid(known: &Table, read: &Table) -> bool {
    let place = |cell: &Cell| (cell.row, cell.col, cell.row_span, cell.col_span);
    known.cells.len() == read.cells.len()
        && known.cells.iter().all(|cell| read.cells.iter().any(|other| place(other) == place(cell)))
}

/// A person's table with what was read now: in cells that nobody confirmed it is the text, in the others it stands beside.
fn with_reread_cells(known: &Table, read: &Table, is_approved: bool) -> Table {
    let cells = known.cells.iter().map(|cell| {
        let Some(now) = read.cells.iter().find(|now| (now.row, now.col) == (cell.row, cell.col)) else {
            return cell.clone();
        };
        if cell.confirmed || is_approved {
            let reread = (now.text.trim() != cell.text.trim()).then(|| now.text.as_str().into());
            Cell { reread, ..cell.clone() }
        } else {
            Cell { text: now.text.clone(), score: now.score, reread: None, ..cell.clone() }
        }
    });
    Table { cells: cells.collect(), reread: None, ..known.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{FieldId, Score, Step};

    fn field(id: &str, text: &str) -> Field {
        let rect = Some(PageRect::new(0.0, 0.0, 10.0, 10.0));
        Field { id: FieldId(id.into()), label: "total".into(), text: text.into(), rect, ..Field::default() }
    }

    fn placeless(id: &str, text: &str) -> Field {
        Field { rect: None, confirmed: true, ..field(id, text) }
    }

    fn page(fields: Vec<Field>) -> Page {
        Page { fields, ..Page::default() }
    }

    fn kept(old: &Page, read: Vec<Field>, history: &History) -> (Vec<Field>, Reread) {
        let mut new = page(read);
        let reread = keep_confirmed(old, &mut new, history, false);
        (new.fields, reread)
    }

    fn edited(before: Option<Field>, after: Option<Field>) -> Edit {
        Edit::Field { page: 0, at: 0, before: before.map(Box::new), after: after.map(Box::new) }
    }

    fn history(edits: Vec<Edit>) -> History {
        let mut history = History::default();
        history.push(Step(edits));
        history
    }

    #[test]
    fn what_is_read_anew_is_said_beside_a_persons_word() {
        let mine = Field { confirmed: true, ..field("a", "12.00") };
        let old = page(vec![mine.clone()]);
        let again = |text: &str| kept(&old, vec![field("b", text)], &History::default());
        assert_eq!(again("12.00"), (vec![mine.clone()], Reread::default()));
        let (fields, reread) = again("72.00");
        assert_eq!(fields, [Field { reread: Some("72.00".into()), ..mine }]);
        assert!(reread.says_else);
    }

    #[test]
    fn what_a_person_set_survives_another_reading() {
        let mine = Field { confirmed: true, ..field("a", "mine") };
        let old = page(vec![mine.clone(), field("b", "the model's")]);
        let read = vec![field("c", "again"), Field { label: "date".into(), ..field("d", "x") }];
        let (fields, _) = kept(&old, read, &History::default());
        assert_eq!(fields.iter().map(|f| f.text.as_str()).collect::<Vec<_>>(), ["x", "mine"]);
        assert_eq!(fields[1], Field { reread: Some("again".into()), ..mine });
    }

    #[test]
    fn several_values_of_a_label_without_a_place_stand_each_for_one() {
        let old = page(vec![placeless("a", "one"), placeless("b", "two")]);
        let (fields, reread) = kept(&old, vec![placeless("c", "two"), field("d", "three")], &History::default());
        assert_eq!(fields, [Field { reread: Some("three".into()), ..placeless("a", "one") }, placeless("b", "two")]);
        assert!(reread.says_else);
        let (fields, _) = kept(&old, vec![field("c", "two")], &History::default());
        assert_eq!(fields, [placeless("a", "one"), placeless("b", "two")], "what was not read again stays");
    }

    #[test]
    fn a_name_that_was_given_anew_to_another_value_drops_none() {
        let there = |id: &str, text: &str, y: f32| Field {
            rect: Some(PageRect::new(0.0, y, 10.0, y + 10.0)),
            ..field(id, text)
        };
        let mine = Field { confirmed: true, ..there("page-0-box-0", "first", 0.0) };
        let old = page(vec![mine.clone(), there("page-0-box-1", "second", 50.0)]);
        let (fields, _) = kept(&old, vec![there("page-0-box-0", "second", 50.0)], &History::default());
        assert_eq!(fields, [there("page-0-box-0", "second", 50.0), mine]);
    }

    #[test]
    fn a_value_that_a_person_named_or_moved_is_known_by_what_it_was() {
        let was = field("a", "1.1.2026");
        let place = Some(PageRect::new(200.0, 0.0, 210.0, 10.0));
        let is = Field { label: "due".into(), rect: place, ..was.clone() };
        let (fields, reread) = kept(
            &page(vec![is.clone()]),
            vec![field("b", "1.1.2026")],
            &history(vec![edited(Some(was), Some(is.clone()))]),
        );
        assert_eq!((fields, reread), (vec![is], Reread::default()));
    }

    #[test]
    fn what_was_taken_out_stays_out_once() {
        let gone = field("a", "x");
        let taken_out = history(vec![edited(Some(gone), None)]);
        let (fields, _) = kept(&page(vec![]), vec![field("b", "x")], &taken_out);
        assert!(fields.is_empty());
        let elsewhere = Field { rect: Some(PageRect::new(50.0, 50.0, 60.0, 60.0)), ..field("c", "x") };
        let (fields, reread) = kept(&page(vec![]), vec![elsewhere.clone()], &taken_out);
        assert_eq!((fields, reread.says_else), (vec![elsewhere], true));
    }

    fn table(id: &str, texts: &[&str]) -> Table {
        let cells = (1..).zip(texts).map(|(row, text)| Cell {
            row,
            col: 1,
            row_span: 1,
            col_span: 1,
            text: (*text).into(),
            score: Score::new(0.5),
            ..Cell::default()
        });
        let rect = PageRect::new(0.0, 0.0, 100.0, 100.0);
        Table { id: FieldId(id.into()), rect, cells: cells.collect(), ..Table::default() }
    }

    fn kept_tables(old: Vec<Table>, read: Vec<Table>, history: &History, is_approved: bool) -> (Vec<Table>, Reread) {
        let mut new = Page { tables: read, ..Page::default() };
        let old = Page { tables: old, ..Page::default() };
        let reread = keep_confirmed(&old, &mut new, history, is_approved);
        (new.tables, reread)
    }

    fn reshaped(before: Option<Table>, after: Option<Table>) -> History {
        history(vec![Edit::Table { page: 0, at: 0, before: before.map(Box::new), after: after.map(Box::new) }])
    }

    #[test]
    fn a_table_with_another_row_stays_as_the_person_made_it() {
        let (was, is) = (table("a", &["x", "y"]), table("a", &["x", "y", ""]));
        let history = reshaped(Some(was), Some(is.clone()));
        let read = table("b", &["x", "z"]);
        let (tables, reread) = kept_tables(vec![is.clone()], vec![read.clone()], &history, false);
        let both = Table { reread: Some(Box::new(read.clone())), ..is.clone() };
        assert_eq!((tables, reread), (vec![both.clone()], Reread { says_else: true, has_other_table: true }));
        let taken = both.as_reread().unwrap();
        assert_eq!((taken.id.clone(), taken.cells, taken.reread), (is.id.clone(), read.cells, None));
        let (tables, _) = kept_tables(vec![both], vec![table("c", &["x", "y", "z"])], &history, false);
        assert_eq!(tables[0].reread, None, "read as the person made it, nothing is asked any more");
    }

    #[test]
    fn a_table_that_was_taken_out_stays_out() {
        let history = reshaped(Some(table("a", &["x"])), None);
        let (tables, _) = kept_tables(vec![], vec![table("b", &["x"])], &history, false);
        assert!(tables.is_empty());
    }

    #[test]
    fn cells_that_nobody_confirmed_are_read_anew_and_the_others_say_what_is_read() {
        let mut known = table("a", &["x", "y", "z"]);
        for at in [0, 1] {
            known.cells[at].confirmed = true;
        }
        let (tables, reread) = kept_tables(vec![known], vec![table("b", &["x", "Y", "Z"])], &History::default(), false);
        let said: Vec<_> = tables[0].cells.iter().map(|cell| (cell.text.as_str(), cell.reread.as_deref())).collect();
        assert_eq!(said, [("x", None), ("y", Some("Y")), ("Z", None)]);
        assert_eq!(reread, Reread { says_else: true, has_other_table: false });
    }

    #[test]
    fn of_an_approved_document_nothing_is_replaced() {
        let mut new = Page { fields: vec![field("c", "13.00")], tables: vec![table("d", &["Y"])], ..Page::default() };
        let old = Page { fields: vec![field("a", "12.00")], tables: vec![table("b", &["y"])], ..Page::default() };
        let reread = keep_confirmed(&old, &mut new, &History::default(), true);
        assert_eq!(new.fields, [Field { reread: Some("13.00".into()), ..field("a", "12.00") }]);
        let cell = &new.tables[0].cells[0];
        assert_eq!((cell.text.as_str(), cell.reread.as_deref(), reread.says_else), ("y", Some("Y"), true));
    }
}
