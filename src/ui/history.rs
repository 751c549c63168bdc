//! The dialog that shows who changed what in the open document, and when.

use super::controls::{line_edit_ui, palette};
use super::theme;
use crate::desk::{Command, Commands, State, TrailEntry};
use crate::document::{Edit, Field, Standing, Table, label_name};
use chrono::{DateTime, Utc};
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
    let height = (ui.max_rect().height() - 120.0).max(120.0);
    egui::ScrollArea::vertical().max_height(height).stick_to_bottom(true).auto_shrink([false, true]).show(ui, |ui| {
        for entry in entries {
            ui.horizontal_top(|ui| {
                let small =
                    |text: String| RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
                ui.allocate_ui_with_layout(vec2(190.0, 20.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
                    ui.set_width(190.0);
                    ui.add(egui::Label::new(small(format!("{}  {}", time_words(entry.at_ms), entry.by))).truncate());
                });
                let text = RichText::new(act_words(entry)).color(palette.text);
                ui.add(egui::Label::new(text).wrap().selectable(true));
            });
            ui.add_space(4.0);
        }
    });
}

pub(super) fn time_words(at_ms: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(at_ms)
        .map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// What was done, in words.
fn act_words(entry: &TrailEntry) -> String {
    match (&entry.step, entry.is_undone) {
        (Some(step), _) => {
            let mut words: Vec<String> = step.0.iter().map(edit_words).collect();
            let more = words.len().saturating_sub(3);
            words.truncate(3);
            if more > 0 {
                words.push(format!("and {more} more"));
            }
            words.join("; ")
        }
        (None, true) => "Took the last change back".to_owned(),
        (None, false) => "Made it again".to_owned(),
    }
}

fn edit_words(edit: &Edit) -> String {
    match edit {
        Edit::Field { before, after, .. } => field_words(before.as_deref(), after.as_deref()),
        Edit::Table { before, after, .. } => table_words(before.as_deref(), after.as_deref()),
        Edit::Standing { after: Standing::Approved, .. } => "Approved the document".to_owned(),
        Edit::Standing { after: Standing::Rejected, .. } => "Rejected the document".to_owned(),
        Edit::Standing { after: Standing::Open, .. } => "Took the decision back".to_owned(),
    }
}

fn field_words(before: Option<&Field>, after: Option<&Field>) -> String {
    match (before, after) {
        (None, Some(field)) => format!("{}: added “{}”", label_name(&field.label), field.text),
        (Some(field), None) => format!("{}: deleted “{}”", label_name(&field.label), field.text),
        (Some(before), Some(after)) if before.label != after.label => {
            format!("{} became {}", label_name(&before.label), label_name(&after.label))
        }
        (Some(before), Some(after)) if before.text != after.text => {
            format!("{}: “{}” → “{}”", label_name(&after.label), before.text, after.text)
        }
        (Some(before), Some(after)) if before.rect != after.rect => format!("{}: moved", label_name(&after.label)),
        (_, Some(field)) => format!("{}: confirmed “{}”", label_name(&field.label), field.text),
        (None, None) => String::new(),
    }
}

fn table_words(before: Option<&Table>, after: Option<&Table>) -> String {
    match (before, after) {
        (None, Some(table)) => format!("{}: added", label_name(&table.label)),
        (Some(table), None) => format!("{}: deleted", label_name(&table.label)),
        (Some(before), Some(after)) => {
            let text =
                |table: &Table, id: &str| table.cells.iter().find(|cell| cell.id == id).map(|cell| cell.text.clone());
            let changed = after.cells.iter().find(|cell| text(before, &cell.id).is_some_and(|text| text != cell.text));
            let name = label_name(&after.label);
            match changed {
                Some(cell) if before.cells.len() == after.cells.len() => {
                    let was = text(before, &cell.id).unwrap_or_default();
                    format!("{name}, row {}, column {}: “{was}” → “{}”", cell.row, cell.col, cell.text)
                }
                _ => format!("{name}: {} × {} → {} × {}", before.rows(), before.cols(), after.rows(), after.cols()),
            }
        }
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{FieldId, Step};

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
        };
        assert_eq!(edit(Some(field("1")), Some(field("2"))), "Total sum: “1” → “2”");
        assert_eq!(edit(Some(field("1")), None), "Total sum: deleted “1”");
        assert_eq!(edit(None, Some(field("1"))), "Total sum: added “1”");
        let renamed = Field { label: "date".into(), ..field("1") };
        assert_eq!(edit(Some(field("1")), Some(renamed)), "Total sum became Date");
        let undone = TrailEntry { at_ms: 0, by: "ada".into(), is_undone: true, step: None };
        assert_eq!(
            (act_words(&undone).as_str(), time_words(0).as_str()),
            ("Took the last change back", "1970-01-01 00:00 UTC")
        );
        let many = vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }; 5];
        let entry = TrailEntry { step: Some(Step(many)), ..undone };
        assert!(act_words(&entry).ends_with("and 2 more"));
    }
}
