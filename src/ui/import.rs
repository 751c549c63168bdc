//! The dialog that gets what a service has read already: of some days, one file, or one page.

use super::controls::{NAMES, choice_ui, form_button_ui, form_note_ui, line_edit_ui, palette};
use crate::desk::{Command, Commands, Import, State};
use chrono::{DateTime, Days, NaiveDate, Utc};
use egui::{RichText, Ui};

/// As days are typed.
const DAY: &str = "%Y-%m-%d";

/// Which of the three is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Days,
    File,
    Page,
}

/// What to get, as it is typed.
#[derive(Debug, Default)]
pub(super) struct ImportView {
    kind: Kind,
    first: String,
    last: String,
    file: String,
    page: String,
}

impl ImportView {
    /// As it opens: with the last week.
    pub(super) fn new() -> Self {
        let mut view = Self::default();
        view.take(today(), 7);
        view
    }

    /// So many days, `last` the last of them.
    fn take(&mut self, last: NaiveDate, days: u64) {
        let first = last.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(last);
        self.first = first.format(DAY).to_string();
        self.last = last.format(DAY).to_string();
    }

    /// What was typed; why it is nothing to get otherwise.
    fn wanted(&self) -> Result<Import, &'static str> {
        match self.kind {
            Kind::Days => {
                let (first, last) = (day(&self.first)?, day(&self.last)?);
                if first > last { Err("The first day is after the last") } else { Ok(Import::Days(first, last)) }
            }
            Kind::File => Ok(Import::File(id(&self.file).ok_or("Type the file's id")?)),
            Kind::Page => {
                let page = id(&self.page).ok_or("Type the page's id")?;
                Ok(Import::Page(id(&self.file).ok_or("Type the id of the page's file")?, page))
            }
        }
    }
}

fn today() -> NaiveDate {
    DateTime::<Utc>::from(std::time::SystemTime::now()).date_naive()
}

/// A day as it is typed, in days since 1970.
fn day(typed: &str) -> Result<u32, &'static str> {
    let wrong = "Write days as in 2026-11-24";
    let date = NaiveDate::parse_from_str(typed.trim(), DAY).map_err(|_| wrong)?;
    let since = date.signed_duration_since(DateTime::<Utc>::UNIX_EPOCH.date_naive());
    u32::try_from(since.num_days()).map_err(|_| wrong)
}

fn id(typed: &str) -> Option<String> {
    let id = typed.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// Asks what to get; answers whether it was said.
pub(super) fn import_ui(ui: &mut Ui, state: &State, view: &mut ImportView, commands: &Commands) -> bool {
    let palette = palette(ui);
    let service = state.account(state.chosen).map_or("this computer", |account| account.name.as_str());
    let model = state.model_name(state.chosen);
    let from = format!("What {service} has read with the model {model}; the top bar chooses another");
    ui.add(egui::Label::new(RichText::new(from).color(palette.secondary)).wrap());
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        for (kind, name) in [(Kind::Days, "Some days"), (Kind::File, "One file"), (Kind::Page, "One page")] {
            if choice_ui(ui, name, view.kind == kind).clicked() {
                view.kind = kind;
            }
        }
    });
    ui.add_space(6.0);
    let first = match view.kind {
        Kind::Days => {
            let first = line_edit_ui(ui, "First day", "2026-11-24", &mut view.first, false);
            line_edit_ui(ui, "Last day", "2026-11-24", &mut view.last, false);
            spans_ui(ui, view);
            first
        }
        Kind::File => line_edit_ui(ui, "File id", "As the service names the file", &mut view.file, false),
        Kind::Page => {
            let first = line_edit_ui(ui, "File id", "As the service names the file", &mut view.file, false);
            line_edit_ui(ui, "Page id", "As the service names the page", &mut view.page, false);
            first
        }
    };
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    let wanted = view.wanted();
    let note = match &wanted {
        Err(why) => *why,
        Ok(Import::Days(..)) => "Days as the service counts them, in UTC. What is on the desk already is left as it is",
        Ok(_) => "What is on the desk already is left as it is",
    };
    // An id that was not typed yet is nothing wrong.
    let is_wrong = wanted.is_err() && view.kind == Kind::Days;
    let color = if is_wrong { palette.error } else { palette.secondary };
    form_note_ui(ui, note, color);
    let is_done = form_button_ui(ui, "Get them", wanted.is_ok());
    if let (true, Ok(wanted)) = (is_done, wanted) {
        commands.push(Command::Import(state.chosen, wanted));
    }
    is_done
}

/// Spans that are often wanted.
fn spans_ui(ui: &mut Ui, view: &mut ImportView) {
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        let today = today();
        let yesterday = today.pred_opt().unwrap_or(today);
        let spans = [("Today", today, 1), ("Yesterday", yesterday, 1), ("7 days", today, 7), ("30 days", today, 30)];
        for (name, last, days) in spans {
            let mut span = ImportView::default();
            span.take(last, days);
            let is_it = (&span.first, &span.last) == (&view.first, &view.last);
            if choice_ui(ui, name, is_it).clicked() {
                (view.first, view.last) = (span.first, span.last);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let mut view = ImportView::default();
        view.take(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), 2);
        assert_eq!((view.first.as_str(), view.last.as_str()), ("2026-02-28", "2026-03-01"));
        // `date -d 2026-03-01 +%s` / 86,400.
        assert_eq!(view.wanted(), Ok(Import::Days(20_512, 20_513)));
        view.last = "2026-02-30".into();
        assert!(view.wanted().is_err(), "no such day");
        view.last = "2026-02-27".into();
        assert!(view.wanted().is_err(), "before the first");
        view.first = "1969-12-31".into();
        assert!(view.wanted().is_err(), "before all days");
    }

    #[test]
    fn a_page_is_named_by_its_file_and_itself() {
        let mut view = ImportView { kind: Kind::Page, page: " p ".into(), ..ImportView::default() };
        assert!(view.wanted().is_err());
        view.file = "f".into();
        assert_eq!(view.wanted(), Ok(Import::Page("f".into(), "p".into())));
        view.kind = Kind::File;
        assert_eq!(view.wanted(), Ok(Import::File("f".into())));
    }
}
