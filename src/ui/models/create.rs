//! The form of a new model: a name, and the labels that it is to find.

use super::super::controls::{Look, PushButton, choice_ui, line_edit_ui, named_ui, palette, sized_icon_button_ui};
use super::super::icons::Icon;
use super::super::theme;
use super::labels::{columns_ui, kind_ui};
use crate::desk::{Command, Commands, ConnectionId, LabelKind, ModelCommand, NewLabel, NoticeKind, Reach, State};
use egui::{RichText, Ui};

/// The columns that tables of invoices begin with.
const LINE_ITEMS: &[&str] = &["description", "quantity", "unit_price", "amount"];
/// A set of labels to begin with.
const PRESETS: &[(&str, &[(&str, LabelKind)])] = &[
    (
        "Invoice",
        &[
            ("invoice_number", LabelKind::Id),
            ("invoice_date", LabelKind::Date),
            ("due_date", LabelKind::Date),
            ("seller_name", LabelKind::Text),
            ("seller_address", LabelKind::Address),
            ("net_amount", LabelKind::Amount),
            ("tax_amount", LabelKind::Amount),
            ("total_amount", LabelKind::Amount),
            ("line_items", LabelKind::Table),
        ],
    ),
    (
        "Receipt",
        &[
            ("company", LabelKind::Text),
            ("date", LabelKind::Date),
            ("address", LabelKind::Address),
            ("total", LabelKind::Amount),
        ],
    ),
];

/// So many labels that are in use are offered.
const MOST_IN_USE: usize = 30;

/// What became of the form.
pub(super) enum Outcome {
    /// It stays.
    Open,
    /// The person changed their mind.
    Closed,
    /// The model is there.
    Made(ConnectionId, String),
}

/// A model as it is written.
#[derive(Debug, Default)]
pub(super) struct CreateForm {
    name: String,
    at: ConnectionId,
    labels: Vec<NewLabel>,
    typed: String,
    is_open: bool,
    /// The labels of values that persons set or confirmed.
    used: Vec<NewLabel>,
    /// It was asked for: the models that were there before, and the last notice then.
    asked: Option<(Vec<String>, u64)>,
}

impl CreateForm {
    /// Of the service that reads now.
    pub(super) fn new(state: &State) -> Self {
        Self { at: state.chosen, used: in_use(state), ..Self::default() }
    }

    fn add_typed(&mut self) {
        // Several may be pasted, one a line or with commas.
        for name in self.typed.split([',', '\n', ';']).map(str::trim).filter(|name| !name.is_empty()) {
            if self.labels.iter().all(|known| known.name != name) {
                self.labels.push(NewLabel::new(name, LabelKind::Unsaid));
            }
        }
        self.typed.clear();
    }

    /// Shows the form.
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &State, commands: &Commands) -> Outcome {
        let palette = palette(ui);
        if let Some((before, last)) = &self.asked {
            let models = state.models_of(self.at);
            if let Some(new) = models.iter().find(|model| !before.contains(&model.id)) {
                return Outcome::Made(self.at, new.id.clone());
            }
            if state.notices.iter().any(|notice| notice.number > *last && notice.kind == NoticeKind::Problem) {
                // It was refused; why is said, and what is typed stays.
                self.asked = None;
            }
        }
        ui.label(RichText::new("New model").font(theme::semibold(16.0)).color(palette.text));
        ui.add_space(4.0);
        let name = line_edit_ui(ui, "Name", "As in Receipts of 2026", &mut self.name, false);
        if !std::mem::replace(&mut self.is_open, true) {
            name.request_focus();
        }
        let connections: Vec<ConnectionId> = state.connections().collect();
        if connections.len() > 1 {
            named_ui(ui, "Of", |ui| {
                for at in connections {
                    if choice_ui(ui, state.connection_name(at), self.at == at).clicked() {
                        self.at = at;
                    }
                }
            });
        }
        named_ui(ui, "Begin with", |ui| {
            for (preset, labels) in PRESETS {
                let labels: Vec<NewLabel> = labels.iter().map(|(name, kind)| preset_label(name, *kind)).collect();
                if choice_ui(ui, preset, self.labels == labels).clicked() {
                    self.labels = labels;
                    if self.name.is_empty() {
                        self.name = format!("{preset}s");
                    }
                }
            }
            if !self.used.is_empty() && choice_ui(ui, "Labels in use", self.labels == self.used).clicked() {
                self.labels.clone_from(&self.used);
            }
        });
        ui.add_space(6.0);
        let height = (ui.available_height() - 108.0).max(60.0);
        let mut gone = None;
        egui::ScrollArea::vertical().id_salt("new labels").max_height(height).auto_shrink([false, true]).show(
            ui,
            |ui| {
                ui.set_max_width(ui.available_width() - 14.0);
                if self.labels.is_empty() {
                    let text = "Name the values that it is to find, or begin with one of the above";
                    ui.label(RichText::new(text).color(palette.secondary));
                }
                for (n, label) in self.labels.iter_mut().enumerate() {
                    ui.horizontal(|ui| {
                        ui.set_height(34.0);
                        let edit = egui::TextEdit::singleline(&mut label.name)
                            .margin(egui::Margin::symmetric(10, 6))
                            .desired_width(280.0);
                        ui.add(edit).accessible_name(format!("Label {}", n + 1));
                        kind_ui(ui, &format!("kind {n}"), &mut label.kind);
                        if sized_icon_button_ui(ui, Icon::Close, "Take it out", 24.0).clicked() {
                            gone = Some(n);
                        }
                    });
                    if label.kind == LabelKind::Table {
                        columns_ui(ui, &format!("columns {n}"), &label.name, &mut label.columns);
                    }
                }
            },
        );
        if let Some(n) = gone {
            self.labels.remove(n);
        }
        ui.horizontal(|ui| {
            ui.set_height(40.0);
            let edit = egui::TextEdit::singleline(&mut self.typed)
                .hint_text("Add a label, as in order_number")
                .margin(egui::Margin::symmetric(10, 6))
                .desired_width(280.0);
            let response = ui.add(edit).accessible_name("Add a label");
            let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if ui.add_enabled(!self.typed.trim().is_empty(), PushButton::new("Add")).clicked() || entered {
                self.add_typed();
                response.request_focus();
            }
        });
        self.end_ui(ui, state, commands)
    }

    fn end_ui(&mut self, ui: &mut Ui, state: &State, commands: &Commands) -> Outcome {
        let palette = palette(ui);
        let is_there = state.reach.get(&self.at) == Some(&Reach::Ready);
        let why = if self.asked.is_some() {
            "It is made…"
        } else if !is_there {
            "The service does not answer just now"
        } else if self.name.trim().is_empty() {
            "Give it a name"
        } else if self.labels.iter().all(|label| label.name.trim().is_empty()) && self.typed.trim().is_empty() {
            "It needs at least one label"
        } else {
            ""
        };
        let mut outcome = Outcome::Open;
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let create = PushButton::new("Make it").look(Look::Primary).width(96.0);
            if ui.add_enabled(why.is_empty(), create).clicked() {
                self.add_typed();
                let trimmed = |label: &NewLabel| NewLabel { name: label.name.trim().to_owned(), ..label.clone() };
                let labels = self.labels.iter().map(trimmed).filter(|label| !label.name.is_empty()).collect();
                let command = ModelCommand::Create(self.name.trim().to_owned(), labels);
                commands.push(Command::Model(self.at, Box::new(command)));
                let known = state.models_of(self.at).into_iter().map(|model| model.id).collect();
                self.asked = Some((known, state.notices.iter().map(|notice| notice.number).max().unwrap_or(0)));
            }
            if ui.add(PushButton::new("Back").width(84.0)).clicked() {
                outcome = Outcome::Closed;
            }
            ui.label(RichText::new(why).font(theme::regular(theme::SMALL)).color(palette.secondary));
        });
        outcome
    }
}

fn preset_label(name: &str, kind: LabelKind) -> NewLabel {
    let columns: &[&str] = if kind == LabelKind::Table { LINE_ITEMS } else { &[] };
    NewLabel { columns: columns.iter().map(|&column| column.to_owned()).collect(), ..NewLabel::new(name, kind) }
}

/// The labels of values that persons made or confirmed, in the order of the desk.
fn in_use(state: &State) -> Vec<NewLabel> {
    let mut labels: Vec<NewLabel> = Vec::new();
    for field in state.documents.iter().flat_map(|d| d.pages.values()).flat_map(|page| &page.fields) {
        if labels.len() == MOST_IN_USE {
            break;
        }
        let is_theirs = field.confirmed || field.id.is_own();
        if is_theirs && !field.label.is_empty() && labels.iter().all(|known| known.name != field.label) {
            labels.push(NewLabel::new(field.label.clone(), LabelKind::Unsaid));
        }
    }
    labels
}
