//! The dialog of models: made, labelled, taught, compared. A part of it a file.

mod create;
mod labels;
mod lessons;
mod results;

use super::controls::{Look, PushButton, elided, focus_ring, paint_line, palette, progress_ui, tab_ui};
use super::icons::Icon;
use super::theme;
use crate::desk::{Command, Commands, ConnectionId, ModelCommand, ModelInfo, State, Training};
use create::CreateForm;
use egui::{Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use labels::LabelsView;
use lessons::LessonsView;

/// The width of the list of models, in points.
const LIST: f32 = 216.0;
/// The height of the line with the button that trains.
const FOOT: f32 = 52.0;

/// Which part of a model is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// What it looks for.
    #[default]
    Labels,
    /// What it learns from.
    Lessons,
    /// How well it learnt.
    Results,
}

/// What the dialog remembers.
#[derive(Debug, Default)]
pub(super) struct ModelsView {
    /// The model that is shown.
    shown: Option<(ConnectionId, String)>,
    /// The one that was asked for last, and in which state it was.
    looked: Option<(ConnectionId, String, bool)>,
    tab: Tab,
    create: Option<CreateForm>,
    labels: LabelsView,
    lessons: LessonsView,
    /// Its name as it is typed.
    renaming: Option<String>,
    /// It is to be deleted, once more asked.
    deletes: bool,
    /// Documents that nobody approved are taken too.
    takes_all: bool,
}

impl ModelsView {
    /// With the model that reads, or the first that learns, or a form for the first one.
    pub(super) fn of(state: &State) -> Self {
        let reads = (state.chosen, state.model_of(state.chosen).to_owned());
        let learning: Vec<(ConnectionId, String)> = state
            .connections()
            .flat_map(|at| state.models_of(at).into_iter().filter(ModelInfo::learns).map(move |model| (at, model.id)))
            .collect();
        let shown = if learning.contains(&reads) { Some(reads) } else { learning.into_iter().next() };
        let create = shown.is_none().then(|| CreateForm::new(state));
        Self { shown, create, ..Self::default() }
    }

    fn show(&mut self, at: ConnectionId, model: &str) {
        *self = Self { shown: Some((at, model.to_owned())), tab: self.tab, ..Self::default() };
    }
}

fn shown(state: &State, view: &ModelsView) -> Option<(ConnectionId, ModelInfo)> {
    let (at, id) = view.shown.as_ref()?;
    Some((*at, state.models_of(*at).into_iter().find(|model| model.id == *id)?))
}

/// The dialog; answers whether it is done: a document of it was opened.
pub(super) fn models_ui(ui: &mut Ui, state: &State, view: &mut ModelsView, commands: &Commands) -> bool {
    let size = vec2(ui.available_width(), (ui.max_rect().height() - 60.0).clamp(240.0, 640.0));
    let mut is_done = false;
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 0.0;
        let column = |ui: &mut Ui, width: f32, add: &mut dyn FnMut(&mut Ui)| {
            ui.allocate_ui_with_layout(vec2(width, size.y), egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.set_width(width);
                ui.set_min_height(size.y);
                ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
                add(ui);
            });
        };
        column(ui, LIST, &mut |ui| list_ui(ui, state, view));
        let line = ui.cursor().left() + 14.0;
        ui.painter().vline(line, ui.max_rect().y_range(), egui::Stroke::new(1.0, palette(ui).line));
        ui.add_space(30.0);
        let width = size.x - LIST - 30.0;
        column(ui, width, &mut |ui| is_done = right_ui(ui, state, view, commands));
    });
    is_done
}

/// The models of every service, and the button that makes one.
fn list_ui(ui: &mut Ui, state: &State, view: &mut ModelsView) {
    let palette = palette(ui);
    let button = PushButton::new("New model").icon(Icon::Plus).width(LIST);
    if ui.add(button).clicked() {
        view.create = Some(CreateForm::new(state));
    }
    ui.add_space(4.0);
    egui::ScrollArea::vertical().id_salt("models").auto_shrink(false).show(ui, |ui| {
        for at in state.connections() {
            let models: Vec<ModelInfo> = state.models_of(at).into_iter().filter(ModelInfo::learns).collect();
            if models.is_empty() && !at.is_this_computer() {
                continue;
            }
            ui.add_space(6.0);
            let name = RichText::new(state.connection_name(at)).font(theme::semibold(theme::SMALL));
            ui.add(egui::Label::new(name.color(palette.secondary)).truncate());
            if models.is_empty() {
                ui.label(RichText::new("No model yet").font(theme::regular(theme::SMALL)).color(palette.secondary));
            }
            for model in models {
                let is_shown =
                    view.create.is_none() && view.shown.as_ref().is_some_and(|(of, id)| *of == at && *id == model.id);
                if model_row_ui(ui, &model, is_shown) {
                    view.show(at, &model.id);
                }
            }
        }
    });
}

fn model_row_ui(ui: &mut Ui, model: &ModelInfo, is_shown: bool) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_shown, &model.name));
    if is_shown || response.hovered() {
        let fill = if is_shown { palette.accent_soft } else { palette.hover };
        ui.painter().rect_filled(rect, theme::FIELD_RADIUS, fill);
    }
    focus_ring(ui, &response, rect);
    let width = rect.width() - 20.0;
    let name = elided(ui, &model.name, theme::medium(theme::BODY), width);
    paint_line(ui, pos2(rect.left() + 10.0, rect.top() + 15.0), name, palette.text);
    let words = match model.current().and_then(|version| version.f1).or(model.accuracy) {
        Some(f1) if model.is_ready() => format!("F1 {f1:.2} · {}", model.state_words()),
        _ => model.state_words().to_owned(),
    };
    let words = elided(ui, &words, theme::regular(theme::SMALL), width);
    let color = if model.note.is_empty() { palette.secondary } else { palette.error };
    paint_line(ui, pos2(rect.left() + 10.0, rect.top() + 31.0), words, color);
    response.clicked()
}

fn right_ui(ui: &mut Ui, state: &State, view: &mut ModelsView, commands: &Commands) -> bool {
    if let Some(form) = &mut view.create {
        match form.ui(ui, state, commands) {
            create::Outcome::Open => {}
            create::Outcome::Closed => view.create = None,
            create::Outcome::Made(at, model) => view.show(at, &model),
        }
        return false;
    }
    let Some((at, model)) = shown(state, view) else {
        nothing_ui(ui);
        return false;
    };
    // All that is known of it is asked for once, and again when its training is over.
    let wanted = (at, model.id.clone(), model.is_busy());
    if view.looked.as_ref() != Some(&wanted) {
        view.looked = Some(wanted);
        commands.push(Command::Model(at, Box::new(ModelCommand::Look(model.id.clone()))));
    }
    head_ui(ui, state, at, &model, view, commands);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        for (tab, name) in [(Tab::Labels, "Labels"), (Tab::Lessons, "Training set"), (Tab::Results, "Results")] {
            if tab_ui(ui, name, view.tab == tab).clicked() {
                view.tab = tab;
                // The tabs themselves are drawn already.
                ui.ctx().request_repaint();
            }
        }
    });
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 4.0, egui::Stroke::new(1.0, palette(ui).line));
    let height = (ui.available_height() - FOOT).max(80.0);
    let mut is_done = false;
    let size = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.add_space(4.0);
        match view.tab {
            Tab::Labels => labels::labels_ui(ui, at, &model, &mut view.labels, commands),
            Tab::Lessons => {
                is_done = lessons::lessons_ui(ui, state, at, &model, &mut view.takes_all, &mut view.lessons, commands);
            }
            Tab::Results => is_done = results::results_ui(ui, state, at, &model, commands),
        }
    });
    foot_ui(ui, state, at, &model, view, commands);
    is_done
}

fn nothing_ui(ui: &mut Ui) {
    ui.add_space(40.0);
    ui.vertical_centered(|ui| {
        let text = "A model finds the values that you name: make one, label a few documents, train it";
        ui.label(RichText::new(text).color(palette(ui).secondary));
    });
}

/// Its name, how far it is, and what can be done with it as a whole.
fn head_ui(
    ui: &mut Ui,
    state: &State,
    at: ConnectionId,
    model: &ModelInfo,
    view: &mut ModelsView,
    commands: &Commands,
) {
    let palette = palette(ui);
    let ask = |command: ModelCommand| commands.push(Command::Model(at, Box::new(command)));
    ui.horizontal(|ui| {
        ui.set_height(32.0);
        if let Some(typed) = &mut view.renaming {
            let edit = egui::TextEdit::singleline(typed).margin(egui::Margin::symmetric(10, 6)).desired_width(240.0);
            let response = ui.add(edit).accessible_name("Name of the model");
            let is_given = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if !response.has_focus() && !response.lost_focus() {
                response.request_focus();
            }
            if ui.add(PushButton::new("Rename")).clicked() || is_given {
                if !typed.trim().is_empty() {
                    ask(ModelCommand::Rename(model.id.clone(), typed.trim().to_owned()));
                }
                view.renaming = None;
            }
        } else {
            let name = RichText::new(&model.name).font(theme::semibold(16.0)).color(palette.text);
            ui.add(egui::Label::new(name).truncate());
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if model.can_change {
                if ui.add(PushButton::new("Delete…")).clicked() {
                    view.deletes = true;
                }
                if view.renaming.is_none() && ui.add(PushButton::new("Rename…")).clicked() {
                    view.renaming = Some(model.name.clone());
                }
            }
            if state.chosen == at && state.model_of(at) == model.id {
                ui.label(RichText::new("Reads what comes now").font(theme::medium(theme::SMALL)).color(palette.good));
            } else if ui.add(PushButton::new("Read with it")).clicked() {
                commands.push(Command::ChooseModel(at, model.id.clone()));
            }
        });
    });
    ui.label(RichText::new(state_words(model)).font(theme::regular(theme::SMALL)).color(palette.secondary));
    if view.deletes {
        delete_ui(ui, model, &mut view.deletes, || ask(ModelCommand::Delete(model.id.clone())));
    }
}

/// Asks once more, and says what goes with it.
fn delete_ui(ui: &mut Ui, model: &ModelInfo, deletes: &mut bool, delete: impl FnOnce()) {
    let palette = palette(ui);
    let frame = egui::Frame::new().fill(palette.error_soft).corner_radius(theme::CARD_RADIUS).inner_margin(12.0);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let holds = [
            count_words(
                model.documents.unwrap_or(0) as usize,
                "document of its training set",
                "documents of its training set",
            ),
            count_words(model.versions.len(), "version", "versions"),
        ];
        let text = format!("With {} go {} and {}. What stands on the desk stays.", model.name, holds[0], holds[1]);
        ui.add(egui::Label::new(RichText::new(text).color(palette.error)).wrap());
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if ui.add(PushButton::new("Delete it")).clicked() {
                delete();
                *deletes = false;
            }
            if ui.add(PushButton::new("Keep it")).clicked() {
                *deletes = false;
            }
        });
    });
}

/// How far a model is, in a line.
fn state_words(model: &ModelInfo) -> String {
    let mut words = vec![capital(model.state_words())];
    if let Some(version) = model.current() {
        words.push(format!("version {}", version.number));
        if let Some(f1) = version.f1 {
            words.push(format!("F1 {f1:.2} on documents it had not seen"));
        }
        words.push(format!("trained {}", super::history::time_words(version.made_ms)));
    } else if let Some(accuracy) = model.accuracy {
        words.push(format!("accuracy {:.0} %", accuracy * 100.0));
    }
    if let Some(documents) = model.documents.filter(|count| *count > 0) {
        words.push(count_words(documents as usize, "document in its training set", "documents in its training set"));
    }
    if !model.note.is_empty() {
        words.push(model.note.clone());
    }
    words.join(" · ")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A count with its noun.
fn count_words(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// The line at the bottom: how the training goes, or the button that begins it.
fn foot_ui(ui: &mut Ui, state: &State, at: ConnectionId, model: &ModelInfo, view: &ModelsView, commands: &Commands) {
    let palette = palette(ui);
    let ask = |command: ModelCommand| commands.push(Command::Model(at, Box::new(command)));
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, palette.line));
    ui.add_space(10.0);
    let training = state.trainings.get(&(at, model.id.clone()));
    let runs = model.is_busy() || training.is_some_and(|training| training.is_asked || training.sent < training.total);
    ui.horizontal(|ui| {
        ui.set_height(34.0);
        if runs {
            let (words, share) = running_words(model, training);
            progress_ui(ui, share, 160.0, &words);
            ui.label(RichText::new(words).font(theme::regular(theme::SMALL)).color(palette.secondary));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(PushButton::new("Cancel training")).clicked() {
                    ask(ModelCommand::CancelTraining(model.id.clone()));
                }
            });
            return;
        }
        if at.is_this_computer() {
            let mut learns = state.view.learns_at_once;
            let switch = ui.checkbox(&mut learns, "Learn from every approval at once");
            if switch
                .on_hover_text("A model of this computer is trained in the background after each approval")
                .changed()
            {
                commands.push(Command::LearnAtOnce(learns));
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(PushButton::new("Train").look(Look::Primary).width(96.0)).clicked() {
                ask(ModelCommand::Train(model.id.clone(), view.takes_all));
            }
            let count = state.unreviewed(at, &model.id).len();
            let label = format!("Read {} again", count_words(count, "unreviewed document", "unreviewed documents"));
            let hover = if at.is_this_computer() {
                "Those that this model or general read and nobody decided about. What persons said of them stays"
            } else {
                "Those that this model read and nobody decided about: they are sent again, which the service may charge. What \
                 persons said of them stays"
            };
            if ui.add_enabled(count > 0, PushButton::new(&label)).on_hover_text(hover).clicked() {
                ask(ModelCommand::ReadUnreviewed(model.id.clone()));
            }
        });
    });
}

fn running_words(model: &ModelInfo, training: Option<&Training>) -> (String, Option<f32>) {
    match training {
        Some(training) if !training.is_asked && training.sent < training.total => {
            let words = format!("Sending document {} of {}", training.sent + 1, training.total);
            (words, Some(training.sent as f32 / training.total as f32))
        }
        _ => match model.progress {
            Some(share) => (format!("Training, {:.0} %", share * 100.0), Some(share)),
            None => ("Training".to_owned(), None),
        },
    }
}

/// A row of a list: a name that can be clicked, and what is said of it at the right.
fn row_ui(ui: &mut Ui, name: &str, words: &str, color: egui::Color32, note: &str) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}: {words}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, theme::FIELD_RADIUS, palette.hover);
    }
    focus_ring(ui, &response, rect);
    let place = |left: f32| pos2(rect.left() + left, rect.center().y);
    let width = (rect.width() - 20.0).max(0.0);
    let text = elided(ui, name, theme::regular(theme::BODY), width * 0.46);
    paint_line(ui, place(8.0), text, palette.text);
    let text = elided(ui, words, theme::regular(theme::SMALL), width * 0.3);
    paint_line(ui, place(8.0 + width * 0.48), text, color);
    let text = elided(ui, note, theme::regular(theme::SMALL), width * 0.2);
    super::controls::paint_line_right(ui, pos2(rect.right() - 8.0, rect.center().y), text, palette.secondary);
    response.clicked()
}

/// A bar that shows a share, 0 to 1.
fn share_ui(ui: &mut Ui, share: f32, width: f32) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, 14.0), Sense::hover());
    let rail = Rect::from_center_size(rect.center(), Vec2::new(rect.width(), 5.0));
    ui.painter().rect_filled(rail, 2.5, palette.line);
    let filled = rail.with_max_x(rail.left() + rail.width() * share.clamp(0.0, 1.0));
    ui.painter().rect_filled(filled, 2.5, palette.accent);
}
