//! The labels of a model: names, kinds, how often each is annotated and how well it is found.

use super::super::controls::{PushButton, palette, sized_icon_button_ui};
use super::super::icons::Icon;
use super::super::theme;
use super::share_ui;
use crate::desk::{
    Command, Commands, ConnectionId, LabelChange, LabelInfo, LabelKind, ModelCommand, ModelInfo, NewLabel,
};
use egui::{Response, RichText, Ui, vec2};

/// What is typed about labels.
#[derive(Debug, Default)]
pub(super) struct LabelsView {
    /// A new one.
    typed: String,
    kind: LabelKind,
    /// One that gets another name: which, and the name as it is typed.
    renaming: Option<(String, String)>,
    /// One that is to go, once more asked.
    removing: Option<String>,
}

/// A kind as a person reads it.
const fn kind_name(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Unsaid => "By its name",
        LabelKind::Text => "Text",
        LabelKind::Date => "Date",
        LabelKind::Amount => "Amount",
        LabelKind::Number => "Number",
        LabelKind::Id => "Id",
        LabelKind::Address => "Address",
        LabelKind::Table => "Table",
    }
}

/// Chooses a kind; whether another one was chosen.
pub(super) fn kind_ui(ui: &mut Ui, salt: &str, kind: &mut LabelKind) -> bool {
    let before = *kind;
    let combo = egui::ComboBox::from_id_salt(salt)
        .width(112.0)
        // All of them are seen at once.
        .height(320.0)
        .selected_text(kind_name(*kind))
        .icon(|ui, rect, _, _| Icon::Down.paint(ui.painter(), rect, 11.0, palette(ui).secondary))
        .show_ui(ui, |ui| {
            for one in LabelKind::ALL {
                ui.selectable_value(kind, one, kind_name(one));
            }
        });
    combo.response.on_hover_text("How its values are typed");
    *kind != before
}

/// The columns of a table label, typed with commas between; its response tells when they are typed to the end.
pub(super) fn columns_ui(ui: &mut Ui, salt: &str, label: &str, columns: &mut Vec<String>) -> Response {
    let id = ui.make_persistent_id(salt);
    // While it is typed, a comma at the end stays.
    let typed: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = typed.unwrap_or_else(|| columns.join(", "));
    let response = ui
        .horizontal(|ui| {
            ui.set_height(34.0);
            ui.add_space(24.0);
            ui.label(RichText::new("Columns").font(theme::regular(theme::SMALL)).color(palette(ui).secondary));
            let edit = egui::TextEdit::singleline(&mut text)
                .id(id)
                .hint_text("As in description, quantity, amount")
                .margin(egui::Margin::symmetric(10, 6))
                .desired_width(ui.available_width().min(440.0) - 20.0);
            let response = ui.add(edit);
            response
                .on_hover_text("What stands above each of its columns, with commas between")
                .accessible_name(format!("Columns of {label}"))
        })
        .inner;
    if response.changed() || response.lost_focus() {
        *columns = text.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    }
    let is_typing = response.has_focus();
    ui.data_mut(|data| {
        if is_typing {
            data.insert_temp(id, text);
        } else {
            data.remove_temp::<String>(id);
        }
    });
    response
}

/// Shows them.
pub(super) fn labels_ui(ui: &mut Ui, at: ConnectionId, model: &ModelInfo, view: &mut LabelsView, commands: &Commands) {
    let palette = palette(ui);
    let ask = |command: ModelCommand| commands.push(Command::Model(at, Box::new(command)));
    let small = |text: &str| RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    let most = model.labels.iter().map(|label| label.count).max().unwrap_or(0).max(1);
    let height = (ui.available_height() - if model.can_change { 44.0 } else { 24.0 }).max(60.0);
    egui::ScrollArea::vertical().id_salt("labels").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 14.0);
        if model.labels.is_empty() {
            ui.label(small("It has no labels yet"));
        }
        for label in &model.labels {
            ui.push_id(&label.name, |ui| {
                label_ui(ui, model, label, most, view, &ask);
                if label.kind == LabelKind::Table && model.can_change {
                    let mut columns = label.columns.clone();
                    if columns_ui(ui, "columns", &label.name, &mut columns).lost_focus() && columns != label.columns {
                        let label = NewLabel { columns, ..NewLabel::new(label.name.clone(), label.kind) };
                        ask(ModelCommand::ChangeLabel(model.id.clone(), LabelChange::Retype(label)));
                    }
                }
            });
        }
    });
    if !model.can_change {
        ui.label(small("This service's labels are changed there; its API has no word for it"));
        return;
    }
    ui.horizontal(|ui| {
        ui.set_height(40.0);
        let edit = egui::TextEdit::singleline(&mut view.typed)
            .hint_text("Add a label, as in order_number")
            .margin(egui::Margin::symmetric(10, 6))
            .desired_width(224.0);
        let response = ui.add(edit).accessible_name("Add a label");
        kind_ui(ui, "new kind", &mut view.kind);
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let name = view.typed.trim().to_owned();
        let is_new = !name.is_empty() && !model.has_label(&name);
        if (ui.add_enabled(is_new, PushButton::new("Add")).clicked() || entered) && is_new {
            ask(ModelCommand::AddLabels(model.id.clone(), vec![NewLabel::new(name, view.kind)]));
            view.typed.clear();
            view.kind = LabelKind::Unsaid;
            response.request_focus();
        }
    });
}

fn label_ui(
    ui: &mut Ui,
    model: &ModelInfo,
    label: &LabelInfo,
    most: u32,
    view: &mut LabelsView,
    ask: &impl Fn(ModelCommand),
) {
    let palette = palette(ui);
    let small = |text: String| RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    let change = |change: LabelChange| ask(ModelCommand::ChangeLabel(model.id.clone(), change));
    ui.horizontal(|ui| {
        ui.set_height(36.0);
        if let Some((_, typed)) = view.renaming.as_mut().filter(|(of, _)| *of == label.name) {
            let edit = egui::TextEdit::singleline(typed).margin(egui::Margin::symmetric(10, 6)).desired_width(200.0);
            let response = ui.add(edit).accessible_name("New name of the label");
            let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if !response.has_focus() && !response.lost_focus() {
                response.request_focus();
            }
            let to = typed.trim().to_owned();
            let merges = to != label.name && model.has_label(&to);
            let words = if merges { "Merge" } else { "Rename" };
            if ui.add_enabled(!to.is_empty(), PushButton::new(words)).clicked() || (entered && !to.is_empty()) {
                if to != label.name {
                    change(LabelChange::Rename(label.name.clone(), to));
                }
                view.renaming = None;
            } else if ui.add(PushButton::new("Back")).clicked() {
                view.renaming = None;
            }
            if merges {
                ui.label(small("Both become one label".to_owned()));
            }
            return;
        }
        if view.removing.as_deref() == Some(label.name.as_str()) {
            let count = super::count_words(label.count as usize, "annotation", "annotations");
            let text = format!("With {} goes what was taught of it: {count}", label.name);
            ui.label(RichText::new(text).color(palette.error));
            if ui.add(PushButton::new("Remove it")).clicked() {
                change(LabelChange::Remove(label.name.clone()));
                view.removing = None;
            } else if ui.add(PushButton::new("Keep it")).clicked() {
                view.removing = None;
            }
            return;
        }
        // What stands behind the name keeps its room.
        let width = (ui.available_width() - 500.0).clamp(100.0, 200.0);
        ui.allocate_ui_with_layout(vec2(width, 30.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(width);
            ui.add(egui::Label::new(RichText::new(&label.name).color(palette.text)).truncate());
        });
        let mut kind = label.kind;
        if ui.add_enabled_ui(model.can_change, |ui| kind_ui(ui, "kind", &mut kind)).inner {
            change(LabelChange::Retype(NewLabel { kind, columns: label.columns.clone(), name: label.name.clone() }));
        }
        ui.add_space(8.0);
        share_ui(ui, label.count as f32 / most as f32, 90.0);
        ui.allocate_ui_with_layout(vec2(76.0, 30.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(76.0);
            ui.label(small(super::count_words(label.count as usize, "value", "values")));
        });
        let score = model.current().and_then(|version| version.labels.iter().find(|score| score.label == label.name));
        if let Some(score) = score.filter(|score| score.truths > 0) {
            ui.label(small(format!("F1 {:.2}", score.f1)));
        }
        if model.can_change {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if sized_icon_button_ui(ui, Icon::Close, &format!("Remove {}", label.name), 24.0).clicked() {
                    view.removing = Some(label.name.clone());
                }
                let rename = ui.add(PushButton::new("Rename…")).accessible_name(format!("Rename {}", label.name));
                if rename.on_hover_text("The name of another label makes both one").clicked() {
                    view.renaming = Some((label.name.clone(), label.name.clone()));
                }
            });
        }
    });
}
