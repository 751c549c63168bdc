//! The dialog of labels and rules: what is expected of the values of each label, and how many fail it now.

use super::controls::{Look, PushButton, SLIDER, choice_ui, line_edit_ui, named_ui, palette, slider_ui};
use super::theme;
use crate::desk::{Checked, Command, Commands, Rule, State, whole_pattern};
use crate::document::{DayOrder, Decimals, Meaning, Score, counted, label_name};
use egui::{RichText, Ui, vec2};
use std::collections::BTreeMap;

/// What is written of the rule of a label.
#[derive(Debug, Default)]
pub(super) struct RulesView {
    filter: String,
    form: Option<Form>,
}

/// A rule as it is typed.
#[derive(Debug)]
struct Form {
    label: String,
    rule: Rule,
    least: String,
    most: String,
    one_of: String,
}

impl RulesView {
    /// With the form of this label open.
    pub(super) fn of(state: &State, label: Option<&str>) -> Self {
        Self { form: label.map(|label| Form::of(state, label)), ..Self::default() }
    }
}

impl Form {
    fn of(state: &State, label: &str) -> Self {
        let rule = state.rules.get(label).cloned().unwrap_or_default();
        let figure = |figure: Option<f64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
        Self {
            label: label.to_owned(),
            least: figure(rule.least),
            most: figure(rule.most),
            one_of: rule.one_of.join("; "),
            rule,
        }
    }

    /// What was typed; why it is no rule otherwise.
    fn rule(&self) -> Result<Rule, String> {
        let figure = |typed: &str| match typed.trim() {
            "" => Ok(None),
            typed => typed.replace(',', ".").parse().map(Some).map_err(|_| format!("{typed} is no figure")),
        };
        let day = |typed: &str| match typed.trim() {
            "" => Ok(String::new()),
            typed => match chrono::NaiveDate::parse_from_str(typed, "%Y-%m-%d") {
                Ok(day) => Ok(day.format("%Y-%m-%d").to_string()),
                Err(_) => Err(format!("{typed} is no day; write as in 2026-01-31")),
            },
        };
        if !self.rule.pattern.is_empty() {
            whole_pattern(&self.rule.pattern)?;
        }
        let one_of = self.one_of.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
        let (least, most) = (figure(&self.least)?, figure(&self.most)?);
        let (from_day, to_day) = (day(&self.rule.from_day)?, day(&self.rule.to_day)?);
        Ok(Rule { least, most, from_day, to_day, one_of, ..self.rule.clone() })
    }
}

/// The dialog: all labels, or the rule of one.
pub(super) fn rules_ui(ui: &mut Ui, state: &State, view: &mut RulesView, commands: &Commands) {
    match &mut view.form {
        None => list_ui(ui, state, view, commands),
        Some(form) => {
            if !form_ui(ui, state, form, commands) {
                view.form = None;
            }
        }
    }
}

/// What there is of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    values: usize,
    tables: usize,
    /// So many values, cells and whole tables need a look.
    doubtful: usize,
}

impl Count {
    fn words(self) -> String {
        let values = (self.values > 0 || self.tables == 0).then(|| counted(self.values, "value"));
        let tables = (self.tables > 0).then(|| counted(self.tables, "table"));
        let all: Vec<String> = values.into_iter().chain(tables).collect();
        format!("{}, {} to look at", all.join(" and "), self.doubtful)
    }
}

/// What there is of each label.
fn counts(state: &State) -> BTreeMap<&str, Count> {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for label in state.rules.keys() {
        counts.entry(label).or_default();
    }
    for document in &state.documents {
        let judge = state.judge(document);
        for field in document.pages.values().flat_map(|page| &page.fields) {
            let count = counts.entry(&field.label).or_default();
            count.values += 1;
            count.doubtful += usize::from(judge.needs_look(field));
        }
        for table in document.pages.values().flat_map(|page| &page.tables) {
            let count = counts.entry(&table.label).or_default();
            count.tables += 1;
            count.doubtful += usize::from(judge.table_needs_look(table)) + judge.doubtful_cells(table).count();
        }
    }
    counts
}

/// How many of the sure values are to be checked, and what came of it.
pub(super) fn check_at_random_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    named_ui(ui, "Check at random", |ui| {
        let mut percent = f32::from(state.view.checked_percent);
        if slider_ui(ui, "Percent of the sure values to check", &mut percent, (25.0, 1.0), SLIDER).changed() {
            commands.push(Command::CheckSure(percent.round() as u8));
        }
        ui.label(format!("{} % of the sure values", state.view.checked_percent));
    });
    if let Checked { values: values @ 1.., wrong } = state.checked {
        named_ui(ui, "", |ui| {
            let words =
                format!("{wrong} of {values} checked were wrong ({:.1} %)", wrong as f64 / values as f64 * 100.0);
            ui.label(RichText::new(words).font(theme::regular(theme::SMALL)).color(palette(ui).secondary));
        });
    }
}

fn list_ui(ui: &mut Ui, state: &State, view: &mut RulesView, commands: &Commands) {
    let palette = palette(ui);
    let edit = egui::TextEdit::singleline(&mut view.filter)
        .hint_text("Find a label, or type a new one")
        .margin(egui::Margin::symmetric(10, 7))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Find a label");
    let is_entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    ui.add_space(4.0);
    check_at_random_ui(ui, state, commands);
    ui.add_space(4.0);
    let wanted = view.filter.trim().to_lowercase();
    let counts = counts(state);
    let fits =
        |label: &str| label.to_lowercase().contains(&wanted) || label_name(label).to_lowercase().contains(&wanted);
    let mut labels: Vec<(&str, Count)> =
        counts.iter().filter(|(label, _)| fits(label)).map(|(label, count)| (*label, *count)).collect();
    // Those with a rule, then those with many values.
    let order = |(label, count): &(&str, Count)| {
        (!state.rules.contains_key(*label), std::cmp::Reverse(count.values + count.tables))
    };
    // Labels of as many stay in the order of the alphabet.
    labels.sort_by_key(order);
    // Enter takes the first one, as in the list of documents.
    let mut opened = labels.first().filter(|_| is_entered && !wanted.is_empty()).map(|(label, _)| (*label).to_owned());
    let height = (ui.max_rect().height() - 180.0).max(120.0);
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show_rows(
        ui,
        34.0,
        labels.len(),
        |ui, rows| {
            // The bar that scrolls stands beside the buttons.
            ui.set_max_width(ui.available_width() - 14.0);
            for (label, count) in &labels[rows] {
                ui.horizontal(|ui| {
                    ui.set_height(34.0);
                    ui.allocate_ui_with_layout(
                        vec2(200.0, 30.0),
                        egui::Layout::left_to_right(egui::Align::Center),
                        |ui| {
                            ui.set_width(200.0);
                            ui.add(egui::Label::new(RichText::new(label_name(label)).color(palette.text)).truncate());
                        },
                    );
                    let words = format!("{}{}", count.words(), rule_words(state.rules.get(*label)));
                    let color = if count.doubtful > 0 { palette.warning } else { palette.secondary };
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if ui
                            .add(PushButton::new("Change").width(80.0))
                            .accessible_name(format!("Change {label}"))
                            .clicked()
                        {
                            opened = Some((*label).to_owned());
                        }
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            let text = RichText::new(words).font(theme::regular(theme::SMALL)).color(color);
                            ui.add(egui::Label::new(text).truncate());
                        });
                    });
                });
            }
        },
    );
    if labels.is_empty() && !wanted.is_empty() {
        let new = view.filter.trim().to_owned();
        if ui.add(PushButton::new(&format!("Set a rule for {new}")).look(Look::Primary)).clicked() || is_entered {
            opened = Some(new);
        }
    } else if labels.is_empty() {
        ui.label(RichText::new("Labels stand here once a document is read").color(palette.secondary));
    }
    if let Some(label) = opened {
        view.form = Some(Form::of(state, &label));
    }
}

/// What a rule wants, in a few words.
fn rule_words(rule: Option<&Rule>) -> String {
    let Some(rule) = rule else { return String::new() };
    let mut words = Vec::new();
    if let Some(threshold) = rule.threshold {
        words.push(format!("below {threshold}"));
    }
    if rule.required {
        words.push("required".to_owned());
    }
    let checks = [
        !rule.pattern.is_empty(),
        rule.least.is_some() || rule.most.is_some(),
        !rule.from_day.is_empty() || !rule.to_day.is_empty(),
        !rule.one_of.is_empty(),
        !rule.sum_of.is_empty(),
        rule.same_everywhere,
    ];
    match checks.iter().filter(|is_set| **is_set).count() {
        0 => {}
        1 => words.push("1 check".to_owned()),
        count => words.push(format!("{count} checks")),
    }
    if words.is_empty() { String::new() } else { format!(" · {}", words.join(", ")) }
}

/// The form of a rule; answers whether it stays open.
fn form_ui(ui: &mut Ui, state: &State, form: &mut Form, commands: &Commands) -> bool {
    let palette = palette(ui);
    ui.label(RichText::new(label_name(&form.label)).font(theme::semibold(theme::HEADING)).color(palette.text));
    ui.add_space(6.0);
    threshold_ui(ui, state, form);
    named_ui(ui, "Values are", |ui| {
        let meanings = [
            (None, "As they look"),
            (Some(Meaning::Text), "Text"),
            (Some(Meaning::Date), "Dates"),
            (Some(Meaning::Amount), "Amounts"),
            (Some(Meaning::Number), "Numbers"),
        ];
        for (meaning, name) in meanings {
            if choice_ui(ui, name, form.rule.meaning == meaning).clicked() {
                form.rule.meaning = meaning;
            }
        }
    });
    let known = state.labels.get(&form.label).cloned().unwrap_or_default();
    let meaning = form.rule.meaning.unwrap_or(known.meaning);
    if meaning == Meaning::Date {
        named_ui(ui, "03/04 is", |ui| {
            let orders =
                [(None, "As it looks"), (Some(DayOrder::DayFirst), "3 April"), (Some(DayOrder::MonthFirst), "March 4")];
            for (order, name) in orders {
                if choice_ui(ui, name, form.rule.order == order).clicked() {
                    form.rule.order = order;
                }
            }
        });
        line_edit_ui(ui, "First day", "Optional, as in 2026-01-31", &mut form.rule.from_day, false);
        line_edit_ui(ui, "Last day", "Optional", &mut form.rule.to_day, false);
    }
    if matches!(meaning, Meaning::Amount | Meaning::Number) {
        named_ui(ui, "1.234 is", |ui| {
            let signs = [
                (None, "As they look"),
                (Some(Decimals::Comma), "Over a thousand"),
                (Some(Decimals::Point), "Over one"),
            ];
            for (decimals, name) in signs {
                if choice_ui(ui, name, form.rule.decimals == decimals).clicked() {
                    form.rule.decimals = decimals;
                }
            }
        });
        line_edit_ui(ui, "At least", "Optional", &mut form.least, false);
        line_edit_ui(ui, "At most", "Optional", &mut form.most, false);
        line_edit_ui(ui, "Sum of column", "Optional: a table's heading, as in Total", &mut form.rule.sum_of, false);
    }
    line_edit_ui(ui, "Looks like", "Optional: a regular expression, as in RE-\\d+", &mut form.rule.pattern, false);
    line_edit_ui(ui, "One of", "Optional: values parted by ;", &mut form.one_of, false);
    named_ui(ui, "", |ui| {
        ui.checkbox(&mut form.rule.required, "Each document has one");
        ui.add_space(12.0);
        ui.checkbox(&mut form.rule.same_everywhere, "The same in all that came together");
    });
    let rule = form.rule();
    if let Err(why) = &rule {
        named_ui(ui, "", |ui| {
            ui.label(RichText::new(why).font(theme::regular(theme::SMALL)).color(palette.error));
        });
    }
    ui.add_space(8.0);
    let mut stays = true;
    named_ui(ui, "", |ui| {
        let save = ui.add_enabled(rule.is_ok(), PushButton::new("Save").look(Look::Primary).width(84.0));
        if let (true, Ok(rule)) = (save.clicked(), &rule) {
            commands.push(Command::SetRule(form.label.clone(), Some(Box::new(rule.clone()))));
            stays = false;
        }
        if ui.add(PushButton::new("Back").width(84.0)).clicked() {
            stays = false;
        }
        if state.rules.contains_key(&form.label) && ui.add(PushButton::new("Remove rule")).clicked() {
            commands.push(Command::SetRule(form.label.clone(), None));
            stays = false;
        }
    });
    stays
}

/// From which score on its values need a look, and how many would.
fn threshold_ui(ui: &mut Ui, state: &State, form: &mut Form) {
    let palette = palette(ui);
    named_ui(ui, "Look below", |ui| {
        let mut own = form.rule.threshold.is_some();
        if ui.checkbox(&mut own, "Its own").on_hover_text("The threshold of the desk otherwise").changed() {
            form.rule.threshold = own.then_some(state.view.threshold);
        }
        let mut value = form.rule.threshold.unwrap_or(state.view.threshold).get();
        ui.add_enabled_ui(own, |ui| {
            if slider_ui(ui, "Look at scores below", &mut value, (1.0, 0.01), SLIDER).changed() {
                form.rule.threshold = Some(Score::new((value * 100.0).round() / 100.0));
            }
        });
        let fields = state.documents.iter().flat_map(|d| d.pages.values()).flat_map(|page| &page.fields);
        let (mut all, mut below) = (0, 0);
        for field in fields.filter(|field| field.label == form.label && !field.confirmed) {
            all += 1;
            below += usize::from(field.score.get() < value);
        }
        let text = format!("{below} of {} below {value:.2}", counted(all, "unconfirmed value"));
        ui.label(RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_rule_says_why() {
        let state = State::default();
        let mut form = Form::of(&state, "total");
        form.least = "1,50".into();
        form.one_of = "a; b ;".into();
        assert_eq!(form.rule().map(|rule| (rule.least, rule.one_of)), Ok((Some(1.5), vec!["a".into(), "b".into()])));
        form.most = "much".into();
        assert!(form.rule().unwrap_err().contains("no figure"));
        form.most.clear();
        form.rule.pattern = "(".into();
        assert!(form.rule().unwrap_err().contains("regular expression"));
        form.rule.pattern.clear();
        form.rule.from_day = "31.1.2026".into();
        assert!(form.rule().unwrap_err().contains("no day"));
    }
}
