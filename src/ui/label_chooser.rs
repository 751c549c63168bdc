//! The dialog that asks what a value is: a label by a digit, by its first letters, or a new one.

use super::controls::{focus_ring, key_cap_ui, palette};
use super::keys::shortcut_name;
use super::theme;
use crate::desk::{Command, Commands, LabelKind, Shortcut, State, Target};
use crate::document::{PageRect, Table, label_name};
use egui::{Key, RichText, Role, Sense, Ui, WidgetInfo, vec2};

/// Takes what was typed as a new label, whatever else fits.
const AS_TYPED: Shortcut = Shortcut { command: true, alt: false, shift: false, key: crate::desk::Key::Enter };

/// So many labels are offered at once, each with a digit.
const OFFERED: usize = 9;

/// Within so many seconds a second click makes one of two, as for egui.
const DOUBLE_CLICK: f64 = 0.35;

/// What the label is for.
#[derive(Clone, Debug, PartialEq)]
enum Purpose {
    /// A new value that stands here.
    New(u32, PageRect),
    /// What is selected.
    Change,
    /// The column of the selected cell.
    Column,
    /// A value that is typed next.
    Type,
}

/// The label that is being typed.
#[derive(Clone, Debug)]
pub(super) struct LabelView {
    purpose: Purpose,
    typed: String,
    /// The offered label that Enter takes.
    at: usize,
    /// When it was opened, in seconds of the window's time.
    opened: Option<f64>,
}

impl LabelView {
    /// For a new value on a page.
    pub(super) const fn for_new(page: u32, rect: PageRect) -> Self {
        Self::opening(Purpose::New(page, rect))
    }

    /// It has just opened: a second click still belongs to what was clicked on the page.
    pub(super) fn is_fresh(&self, now: f64) -> bool {
        self.opened.is_none_or(|opened| now - opened < DOUBLE_CLICK)
    }

    /// A second click takes the whole line in place of the word.
    fn take_line(&mut self, ui: &Ui, state: &State) {
        let now = ui.input(|i| i.time);
        if self.opened.is_none() {
            // What is pressed in this frame is still the first click.
            self.opened = Some(now);
            return;
        }
        let is_fresh = self.is_fresh(now);
        if let Purpose::New(page, rect) = &mut self.purpose
            && is_fresh
            && ui.input(|i| i.pointer.primary_pressed())
        {
            let known = state.open_document().and_then(|document| document.pages.get(page));
            if let Some((known, text)) = known.and_then(|known| Some((known, known.text.as_ref()?.unpacked())))
                && let Some(line) = text.line_at(rect.rescaled(known.size, text.size))
            {
                *rect = line.rescaled(text.size, known.size);
            }
        }
    }

    /// For what is selected.
    pub(super) const fn for_selection() -> Self {
        Self::opening(Purpose::Change)
    }

    /// For the column of the selected cell.
    pub(super) const fn for_column() -> Self {
        Self::opening(Purpose::Column)
    }

    /// For a value that is typed next.
    pub(super) const fn for_typing() -> Self {
        Self::opening(Purpose::Type)
    }

    const fn opening(purpose: Purpose) -> Self {
        Self { purpose, typed: String::new(), at: 0, opened: None }
    }

    /// What the dialog asks.
    pub(super) const fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::New(..) | Purpose::Change => "Label",
            Purpose::Column => "Name the column",
            Purpose::Type => "Label of the value to type",
        }
    }
}

/// The labels that fit what was typed: those of its model first, then the document's own, those with a rule, all others.
fn offered(state: &State, purpose: &Purpose, typed: &str) -> Vec<String> {
    let is_column = matches!(purpose, Purpose::Column | Purpose::Change);
    let is_typed = *purpose == Purpose::Type;
    let wanted = typed.trim().to_lowercase();
    let fits = |label: &str| {
        let (plain, name) = (label.to_lowercase(), label_name(label).to_lowercase());
        wanted.is_empty() || plain.contains(&wanted) || name.contains(&wanted)
    };
    let document = state.open_document();
    // A column of a table is called as columns are.
    let columns = if is_column { column_names(state) } else { Vec::new() };
    let of_model = document.into_iter().flat_map(|document| state.labels_of(document));
    let of_model = of_model.filter(|label| !is_typed || label.kind != LabelKind::Table).map(|label| &label.name);
    let own = document.into_iter().flat_map(|d| d.pages.values()).flat_map(|page| page.fields.iter().map(|f| &f.label));
    let mut labels: Vec<String> = Vec::new();
    let of_values = of_model.chain(own).chain(state.rules.keys()).chain(state.labels.keys());
    for label in columns.iter().chain(of_values.filter(|_| columns.is_empty())) {
        if labels.len() == OFFERED {
            break;
        }
        if !label.trim().is_empty() && fits(label) && !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    // What begins with it comes first.
    labels.sort_by_key(|label| !label_name(label).to_lowercase().starts_with(&wanted));
    labels
}

/// The names for a column of the selected cell's table: those that its model has for it, then those of the document's tables.
fn column_names(state: &State) -> Vec<String> {
    let (Some(Target::Cell { page, id, .. }), Some(document)) = (&state.selection, state.open_document()) else {
        return Vec::new();
    };
    let tables = || document.pages.values().flat_map(|page| &page.tables);
    let table = document.pages.get(page).and_then(|page| page.tables.iter().find(|table| table.id == *id));
    let label = table.map_or("", |table| &table.label);
    let of_model = state.labels_of(document).iter().filter(|known| known.name == label);
    let mut names: Vec<String> = of_model.flat_map(|known| known.columns.iter().cloned()).collect();
    names.extend(tables().flat_map(Table::labels).filter(|name| !name.trim().is_empty()));
    names
}

/// Asks for a label; answers whether one was given.
pub(super) fn label_chooser_ui(ui: &mut Ui, state: &State, view: &mut LabelView, commands: &Commands) -> bool {
    let palette = palette(ui);
    view.take_line(ui, state);
    let labels = offered(state, &view.purpose, &view.typed);
    // A digit chooses, as long as nothing else was typed.
    let mut chosen = None;
    if view.typed.is_empty() {
        let digits =
            [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
        for (label, key) in labels.iter().zip(digits) {
            if ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, key)) {
                // The digit is also typed as text.
                ui.input_mut(|i| i.events.retain(|event| !matches!(event, egui::Event::Text(_))));
                chosen = Some(label.clone());
            }
        }
    }
    let count = labels.len() + usize::from(is_new(&labels, &view.typed));
    let step = |i: &mut egui::InputState, key| i.consume_key(egui::Modifiers::NONE, key);
    if ui.input_mut(|i| step(i, Key::ArrowDown)) {
        view.at = (view.at + 1).min(count.saturating_sub(1));
    }
    if ui.input_mut(|i| step(i, Key::ArrowUp)) {
        view.at = view.at.saturating_sub(1);
    }
    let as_typed = ui.input_mut(|i| i.consume_key(egui::Modifiers::COMMAND, Key::Enter));
    let enter = ui.input_mut(|i| step(i, Key::Enter));
    let edit = egui::TextEdit::singleline(&mut view.typed)
        .hint_text("A digit, the first letters, or a new label")
        .margin(egui::Margin::symmetric(10, 7))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Label");
    let labels = if response.changed() {
        view.at = 0;
        offered(state, &view.purpose, &view.typed)
    } else {
        labels
    };
    response.request_focus();
    ui.add_space(6.0);
    let new = is_new(&labels, &view.typed).then(|| view.typed.trim().to_owned());
    let count = labels.len() + usize::from(new.is_some());
    view.at = view.at.min(count.saturating_sub(1));
    for (place, label) in labels.iter().chain(&new).enumerate() {
        let keys = (view.typed.is_empty() && place < OFFERED).then(|| (place + 1).to_string());
        // Enter takes what is marked; what was typed is a label too where others begin with it.
        let is_new = place == labels.len();
        let keys = keys.or_else(|| (is_new && place > 0).then(|| shortcut_name(AS_TYPED)));
        let name = if is_new { format!("New label “{label}”") } else { label_name(label) };
        if row_ui(ui, &name, keys.as_deref(), place == view.at)
            || (enter && place == view.at)
            || (as_typed && (is_new || label_name(label) == view.typed.trim()))
        {
            chosen = Some(label.clone());
        }
    }
    if count == 0 {
        let text = RichText::new("Type the first label").font(theme::regular(theme::SMALL)).color(palette.secondary);
        ui.label(text);
    }
    let Some(label) = chosen else { return false };
    commands.push(match view.purpose {
        Purpose::New(page, rect) => Command::AddField(page, rect, label),
        Purpose::Change | Purpose::Column => Command::SetLabel(label),
        Purpose::Type => Command::TypeLabel(label),
    });
    true
}

fn is_new(labels: &[String], typed: &str) -> bool {
    let typed = typed.trim();
    !typed.is_empty() && !labels.iter().any(|label| label == typed || label_name(label) == typed)
}

fn row_ui(ui: &mut Ui, name: &str, keys: Option<&str>, is_at: bool) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_at, name));
    if is_at || response.hovered() {
        let fill = if is_at { palette.accent_soft } else { palette.hover };
        ui.painter().rect_filled(rect, theme::FIELD_RADIUS, fill);
    }
    focus_ring(ui, &response, rect);
    let text = super::controls::elided(ui, name, theme::regular(theme::BODY), rect.width() - 100.0);
    super::controls::paint_line(ui, rect.left_center() + vec2(10.0, 0.0), text, palette.text);
    if let Some(keys) = keys {
        let place = rect.translate(vec2(-8.0, 0.0));
        let from_right = egui::Layout::right_to_left(egui::Align::Center);
        ui.scope_builder(egui::UiBuilder::new().max_rect(place).layout(from_right), |ui| key_cap_ui(ui, keys));
    }
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Rule;
    use crate::ui::samples;

    #[test]
    fn the_documents_own_labels_come_first_and_what_fits_is_offered() {
        let mut state = samples::busy_desk();
        state.rules.insert("zz_total".into(), Rule::default());
        let own = offered(&state, &Purpose::Change, "");
        assert_eq!(own.last().map(String::as_str), Some("zz_total"));
        assert!(own.len() > 1 && own.len() <= OFFERED);
        assert_eq!(offered(&state, &Purpose::Change, "zz tot"), ["zz_total"]);
        assert!(is_new(&offered(&state, &Purpose::Change, "iban"), "iban") && !is_new(&own, "zz_total"));
    }
}
