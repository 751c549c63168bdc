//! The dialog that shows who changed what in the open document, and when.

use super::controls::{line_edit_ui, palette};
use super::theme;
use crate::desk::{Command, Commands, State, TrailEntry};
use crate::document::{Edit, Field, Standing, Step, Table, label_name};
use chrono::{DateTime, Local, TimeZone};
use egui::{RichText, Ui, vec2};

/// Shows it, newest last.
pub(super) fn history_ui(ui: &mut Ui, state: &State, reviewer: &mut String, commands: &Commands) {
    let palette = palette(ui);
    let before = reviewer.clone();
    line_edit_ui(
        ui,
        "Who reviews",
        "Your name, as it stands in the history; the system's name otherwise",
        reviewer,
        false,
    );
    if *reviewer != before {
        commands.push(Command::SetReviewer(reviewer.clone()));
    }
    ui.add_space(8.0);
    let document = state.open.map(|open| open.document);
    let entries = match &state.trail {
        Some((of, entries)) if Some(*of) == document => entries,
        _ => {
            ui.label(RichText::new("Reading…").color(palette.secondary));
            return;
        }
    };
    if entries.is_empty() {
        ui.label(RichText::new("Nobody has changed anything in this document").color(palette.secondary));
        return;
    }
    let lines = lines_of(entries);
    let height = (ui.max_rect().height() - 120.0).max(120.0);
    let area = egui::ScrollArea::vertical().max_height(height).stick_to_bottom(true).auto_shrink([false, true]);
    // A step may confirm thousands of values: only the lines in view are drawn.
    area.show_rows(ui, LINE, lines.len(), |ui, rows| {
        for (entry, words) in lines.get(rows).unwrap_or_default() {
            ui.allocate_ui_with_layout(
                vec2(ui.available_width(), LINE),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    let when = format!("{}  {}", time_words(entry.at_ms), entry.by);
                    let when = RichText::new(when).font(theme::regular(theme::SMALL)).color(palette.secondary);
                    ui.allocate_ui_with_layout(
                        vec2(190.0, LINE),
                        egui::Layout::left_to_right(egui::Align::Center),
                        |ui| {
                            ui.set_width(190.0);
                            ui.add(egui::Label::new(when).truncate());
                        },
                    );
                    let text = RichText::new(words).color(palette.text);
                    ui.add(egui::Label::new(text).truncate().selectable(true));
                },
            );
        }
    });
}

/// The height of a line.
const LINE: f32 = 20.0;

/// A time, in milliseconds since 1970, as the clock on the wall shows it.
pub(super) fn time_words(at_ms: i64) -> String {
    time_words_at(at_ms, &Local)
}

fn time_words_at<Zone: TimeZone>(at_ms: i64, zone: &Zone) -> String {
    let Some(at) = DateTime::from_timestamp_millis(at_ms) else { return String::new() };
    at.with_timezone(zone).naive_local().format("%Y-%m-%d %H:%M").to_string()
}

/// What was done, in words, oldest first: a line for each value.
fn lines_of(entries: &[TrailEntry]) -> Vec<(&TrailEntry, String)> {
    // As the document's history goes: what stands, and what was taken back and may be made again.
    let (mut standing, mut undone): (Vec<&Step>, Vec<&Step>) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for entry in entries {
        let (step, before) = match &entry.step {
            Some(step) => {
                undone.clear();
                standing.push(step);
                (Some(step), "")
            }
            None if entry.is_undone => {
                let step = standing.pop();
                undone.extend(step);
                (step, "Took back: ")
            }
            None => {
                let step = undone.pop();
                standing.extend(step);
                (step, "Made again: ")
            }
        };
        let Some(step) = step else {
            // What that was cannot be read any more.
            let words = if entry.is_undone { "Took the last change back" } else { "Made a change" };
            lines.push((entry, words.to_owned()));
            continue;
        };
        let words = step.0.iter().flat_map(edit_words);
        lines.extend(words.map(|words| (entry, format!("{before}{words}"))));
    }
    lines
}

fn edit_words(edit: &Edit) -> Vec<String> {
    let words = match edit {
        Edit::Field { before, after, .. } => field_words(before.as_deref(), after.as_deref()),
        Edit::Table { before, after, .. } => return table_words(before.as_deref(), after.as_deref()),
        Edit::Standing { after: Standing::Approved, .. } => "Approved the document".to_owned(),
        Edit::Standing { after: Standing::Rejected, .. } => "Rejected the document".to_owned(),
        Edit::Standing { after: Standing::Open, .. } => "Took the decision back".to_owned(),
    };
    vec![words]
}

fn field_words(before: Option<&Field>, after: Option<&Field>) -> String {
    match (before, after) {
        (None, Some(field)) => format!("{}: added “{}”", label_name(&field.label), field.text),
        (Some(field), None) => format!("{}: deleted “{}”", label_name(&field.label), field.text),
        (Some(before), Some(after)) if before.label != after.label => {
            format!("{} became {}", label_name(&before.label), label_name(&after.label))
        }
        (Some(_), Some(after)) if after.text.is_empty() && after.rect.is_none() && after.confirmed => {
            format!("{}: not on the document", label_name(&after.label))
        }
        (Some(before), Some(after)) if before.text != after.text => {
            format!("{}: “{}” → “{}”", label_name(&after.label), before.text, after.text)
        }
        (Some(before), Some(after)) if before.rect != after.rect => format!("{}: moved", label_name(&after.label)),
        (_, Some(field)) => format!("{}: confirmed “{}”", label_name(&field.label), field.text),
        (None, None) => String::new(),
    }
}

fn table_words(before: Option<&Table>, after: Option<&Table>) -> Vec<String> {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (None, Some(table)) => return vec![format!("{}: added", label_name(&table.label))],
        (Some(table), None) => return vec![format!("{}: deleted", label_name(&table.label))],
        (None, None) => return Vec::new(),
    };
    let name = label_name(&after.label);
    let has_same_cells = before.cells.len() == after.cells.len()
        && before.cells.iter().zip(&after.cells).all(|(was, is)| (was.row, was.col) == (is.row, is.col));
    let mut words = Vec::new();
    if before.label != after.label {
        words.push(format!("{} became {name}", label_name(&before.label)));
    }
    if !has_same_cells {
        words.push(format!("{name}: {} × {} → {} × {}", before.rows(), before.cols(), after.rows(), after.cols()));
        return words;
    }
    for (was, is) in before.cells.iter().zip(&after.cells) {
        let place = format!("{name}, row {}, column {}", is.row, is.col);
        if was.text != is.text {
            words.push(format!("{place}: “{}” → “{}”", was.text, is.text));
        } else if is.confirmed && !was.confirmed && !is.text.is_empty() {
            words.push(format!("{place}: confirmed “{}”", is.text));
        }
    }
    if words.is_empty() {
        words.push(if before.rect == after.rect { format!("{name}: changed") } else { format!("{name}: moved") });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::FieldId;

    #[test]
    fn each_cell_that_changed_is_said() {
        let cell = |col, text: &str, confirmed| crate::document::Cell {
            row: 1,
            col,
            text: text.into(),
            confirmed,
            ..crate::document::Cell::default()
        };
        let table = |cells| Box::new(Table { label: "lines".into(), cells, ..Table::default() });
        let before = Some(table(vec![cell(1, "a", false), cell(2, "b", false)]));
        let after = Some(table(vec![cell(1, "a", true), cell(2, "c", true)]));
        let said = edit_words(&Edit::Table { page: 0, at: 0, before, after });
        assert_eq!(said, ["Lines, row 1, column 1: confirmed “a”", "Lines, row 1, column 2: “b” → “c”"]);
    }

    #[test]
    fn changes_are_said_in_words() {
        let field = |text: &str| Field {
            id: FieldId("a".into()),
            label: "total_sum".into(),
            text: text.into(),
            ..Field::default()
        };
        let edit = |before: Option<Field>, after: Option<Field>| {
            edit_words(&Edit::Field { page: 0, at: 0, before: before.map(Box::new), after: after.map(Box::new) })
                .concat()
        };
        assert_eq!(edit(Some(field("1")), Some(field("2"))), "Total sum: “1” → “2”");
        assert_eq!(edit(Some(field("1")), None), "Total sum: deleted “1”");
        assert_eq!(edit(None, Some(field("1"))), "Total sum: added “1”");
        let absent = Field { confirmed: true, ..field("") };
        assert_eq!(edit(Some(field("1")), Some(absent)), "Total sum: not on the document");
        let renamed = Field { label: "date".into(), ..field("1") };
        assert_eq!(edit(Some(field("1")), Some(renamed)), "Total sum became Date");
        let east = chrono::FixedOffset::east_opt(2 * 3600).unwrap();
        assert_eq!(time_words_at(0, &east), "1970-01-01 02:00");
    }

    #[test]
    fn what_was_taken_back_and_made_again_is_said() {
        let decided = |before, after| Some(Step(vec![Edit::Standing { before, after }]));
        let entry = |is_undone, step| TrailEntry { at_ms: 0, by: "ada".into(), is_undone, step };
        let entries = [
            entry(false, decided(Standing::Open, Standing::Approved)),
            entry(false, decided(Standing::Approved, Standing::Rejected)),
            entry(true, None),
            entry(true, None),
            entry(false, None),
            entry(false, decided(Standing::Approved, Standing::Open)),
            entry(true, None),
        ];
        let said: Vec<String> = lines_of(&entries).into_iter().map(|(_, words)| words).collect();
        assert_eq!(
            said,
            [
                "Approved the document",
                "Rejected the document",
                "Took back: Rejected the document",
                "Took back: Approved the document",
                "Made again: Approved the document",
                "Took the decision back",
                "Took back: Took the decision back",
            ]
        );
        let many = vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }; 5];
        assert_eq!(lines_of(&[entry(false, Some(Step(many)))]).len(), 5);
    }
}
