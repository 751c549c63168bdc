//! What stands in the middle while there is no page to show: the invitation, and what is missing or failed.

use super::controls::{Look, PushButton, centered_ui, notice_head_ui, palette};
use super::dialogs::password_ui;
use super::icons::Icon;
use super::keys::action_keys;
use super::theme;
use crate::desk::{Action, Command, Commands, DeskDocument, DocumentId, FileState, Reach, State};
use crate::document::Problem;
use crate::parts::MissingPart;
use egui::{Rect, RichText, Shape, Stroke, StrokeKind, Ui, vec2};

/// The password that is being typed, and for which document.
#[derive(Default)]
pub(super) struct PasswordView {
    document: Option<DocumentId>,
    typed: String,
}

impl PasswordView {
    /// Whether nothing is typed.
    pub(super) fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }
}

impl std::fmt::Debug for PasswordView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordView").field("document", &self.document).finish_non_exhaustive()
    }
}

/// What the middle shows instead of a page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instead<'a> {
    /// A run-time part is missing.
    MissingPart(&'a MissingPart),
    /// Nothing is on the desk, or nothing is open.
    Empty,
    /// The reader does not answer, and nothing is open.
    NoReader(&'a Problem),
    /// The open document is encrypted; `true` where a password was refused.
    Password(&'a DeskDocument, bool),
    /// The open document cannot be opened.
    Failed(&'a DeskDocument, &'a Problem),
}

impl<'a> Instead<'a> {
    /// What stands in for the page; `None` where a page can be shown.
    pub(super) fn of(state: &'a State, missing: Option<&'a MissingPart>) -> Option<Self> {
        if let Some(missing) = missing {
            return Some(Self::MissingPart(missing));
        }
        match (state.open_document(), state.chosen_reach()) {
            (None, Reach::Failed(problem)) => Some(Self::NoReader(problem)),
            (None, _) => Some(Self::Empty),
            (Some(document), _) => match &document.file {
                FileState::NeedsPassword { wrong } => Some(Self::Password(document, *wrong)),
                FileState::Failed(problem) => Some(Self::Failed(document, problem)),
                FileState::Opening | FileState::Elsewhere | FileState::Ready(_) => None,
            },
        }
    }
}

/// Shows it.
pub(super) fn instead_ui(
    ui: &mut Ui,
    instead: Instead<'_>,
    state: &State,
    view: &mut PasswordView,
    commands: &Commands,
) {
    match instead {
        Instead::Empty => empty_ui(ui, state, commands),
        Instead::MissingPart(missing) => missing_part_ui(ui, missing, commands),
        Instead::NoReader(problem) => failed_ui(ui, "The reader does not answer", problem, commands, &[]),
        Instead::Failed(document, problem) => {
            let title = format!("{} cannot be opened", document.name);
            let (retry, remove) = (Command::Retry(vec![document.id]), Command::Remove(vec![document.id]));
            failed_ui(ui, &title, problem, commands, &[("Try again", retry), ("Remove", remove)]);
        }
        Instead::Password(document, wrong) => {
            if view.document != Some(document.id) {
                *view = PasswordView { document: Some(document.id), typed: String::new() };
            }
            let given =
                centered_ui(ui, "password", 460.0, |ui| password_ui(ui, &document.name, wrong, &mut view.typed));
            if let Some(password) = given {
                commands.push(Command::GivePassword(document.id, password));
            }
        }
    }
}

/// A line above the page that says that the reader does not answer.
pub(super) fn no_reader_ui(ui: &mut Ui, problem: &Problem) {
    let palette = palette(ui);
    ui.horizontal_centered(|ui| {
        let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), sign, 15.0, palette.error);
        let text = RichText::new(format!("The reader does not answer: {}", problem.message)).color(palette.error);
        ui.add(egui::Label::new(text).truncate());
    });
}

/// A line above the page that says that its service gives no scores, and lets the person choose what that means.
pub(super) fn scoreless_ui(ui: &mut Ui, state: &State, document: &DeskDocument, commands: &Commands) {
    let palette = palette(ui);
    ui.horizontal_centered(|ui| {
        let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), sign, 15.0, palette.warning);
        let trusts = state.view.trusts_scoreless;
        let values: usize = document.pages.values().map(|page| page.fields.len()).sum();
        let (text, button) = if trusts {
            ("Its service gives no scores; its values are taken as sure".to_owned(), "Look at all")
        } else {
            (format!("Its service gives no scores, so all {values} values are to be looked at"), "Take them as sure")
        };
        ui.add(egui::Label::new(RichText::new(text).color(palette.warning)).truncate());
        if ui.add(PushButton::new(button)).clicked() {
            commands.push(Command::TrustScoreless(!trusts));
        }
    });
}

/// A line above the page that says that not all of it is there.
pub(super) fn breaks_off_ui(ui: &mut Ui) {
    let palette = palette(ui);
    ui.horizontal_centered(|ui| {
        let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), sign, 15.0, palette.warning);
        let text = "This file ends before its picture does, so part of the page is missing; get the whole file";
        ui.add(egui::Label::new(RichText::new(text).color(palette.warning)).truncate());
    });
}

/// A line above the page that says that its service was not told what persons changed.
pub(super) fn not_sent_ui(ui: &mut Ui, document: &DeskDocument, problem: &Problem, commands: &Commands) {
    let palette = palette(ui);
    ui.horizontal_centered(|ui| {
        let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), sign, 15.0, palette.error);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(PushButton::new("Send again")).clicked() {
                commands.push(Command::PushAgain(vec![document.id]));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let text = format!("What was changed is not at the service yet: {}", problem.message);
                ui.add(egui::Label::new(RichText::new(text).color(palette.error)).truncate());
            });
        });
    });
}

/// The invitation: a sheet with a dashed edge to drop files on, and one button.
fn empty_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    let room = ui.available_rect_before_wrap();
    let size = vec2((room.width() - 64.0).clamp(120.0, 560.0), (room.height() - 64.0).clamp(120.0, 348.0));
    let sheet = Rect::from_center_size(room.center(), size);
    ui.painter().rect_filled(sheet, 16.0, palette.pane);
    dashed_round_rect(ui, sheet, 16.0, Stroke::new(1.5, theme::faded(palette.secondary, 0.5)));
    let kinds = "PDF, PNG, JPEG, TIFF, WebP, BMP and GIF";
    let (title, explanation) = match state.account(state.chosen) {
        _ if !state.documents.is_empty() => ("Choose a document on the left", "Or drop more of them here".to_owned()),
        None => ("Drop documents here", format!("{kinds}. Everything is read on this computer")),
        Some(account) => ("Drop documents here", format!("{kinds}. They are sent to {} to be read", account.name)),
    };
    centered_ui(ui, "empty", size.x - 48.0, |ui| {
        notice_head_ui(ui, Icon::Tray, palette.accent, palette.accent_soft, title, &explanation);
        ui.add_space(20.0);
        let add =
            PushButton::new("Add documents").look(Look::Primary).icon(Icon::Plus).keys(action_keys(Action::AddFiles));
        // The bar above has a button of this name too; this one says more.
        if ui.add(add).accessible_name("Add documents to the desk").clicked() {
            commands.act(Action::AddFiles);
        }
        ui.add_space(12.0);
        let hint =
            format!("Or paste a path or an address with {} V", if cfg!(target_os = "macos") { "⌘" } else { "Ctrl" });
        ui.label(RichText::new(hint).font(theme::regular(theme::SMALL)).color(palette.secondary));
    });
}

/// A rectangle with round corners whose edge is dashed.
pub(super) fn dashed_round_rect(ui: &Ui, rect: Rect, radius: f32, stroke: Stroke) {
    let rect = rect.shrink(stroke.width / 2.0);
    let corner = |center: egui::Pos2, from: f32| {
        (0..=6u8).map(move |step| {
            center + radius * egui::Vec2::angled((from + f32::from(step) / 6.0) * std::f32::consts::FRAC_PI_2)
        })
    };
    let inner = rect.shrink(radius);
    let mut path: Vec<egui::Pos2> = Vec::with_capacity(30);
    path.extend(corner(inner.right_bottom(), 0.0));
    path.extend(corner(inner.left_bottom(), 1.0));
    path.extend(corner(inner.left_top(), 2.0));
    path.extend(corner(inner.right_top(), 3.0));
    if let Some(first) = path.first().copied() {
        path.push(first);
    }
    ui.painter().extend(Shape::dashed_line(&path, stroke, 7.0, 6.0));
}

fn missing_part_ui(ui: &mut Ui, missing: &MissingPart, commands: &Commands) {
    let palette = palette(ui);
    centered_ui(ui, "missing part", 560.0, |ui| {
        let title = "A part of Proofdesk is missing";
        notice_head_ui(ui, Icon::Part, palette.warning, palette.warning_soft, title, &sentence(&missing.to_string()));
        ui.add_space(16.0);
        let folders: Vec<String> = missing.looked_in.iter().map(|folder| folder.display().to_string()).collect();
        let frame = egui::Frame::new()
            .fill(palette.pane)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(theme::CARD_RADIUS)
            .inner_margin(12.0);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.label(RichText::new("Looked in").font(theme::semibold(theme::SMALL)).color(palette.secondary));
                for folder in &folders {
                    let text = RichText::new(folder).font(theme::regular(theme::SMALL)).color(palette.text);
                    ui.add(egui::Label::new(text).selectable(true).truncate());
                }
            });
        });
        ui.add_space(16.0);
        if ui.add(PushButton::new("Copy the command").look(Look::Primary).icon(Icon::Copy)).clicked() {
            commands.push(Command::CopyText("make parts".into()));
        }
    });
}

fn failed_ui(ui: &mut Ui, title: &str, problem: &Problem, commands: &Commands, actions: &[(&str, Command)]) {
    let palette = palette(ui);
    centered_ui(ui, "failed", 520.0, |ui| {
        notice_head_ui(ui, Icon::Warning, palette.error, palette.error_soft, title, &sentence(&problem.message));
        if !problem.details.is_empty() {
            ui.add_space(10.0);
            let details = RichText::new(&problem.details).font(theme::regular(theme::SMALL)).color(palette.secondary);
            ui.add(egui::Label::new(details).wrap().selectable(true));
        }
        ui.add_space(18.0);
        let width = actions.len() as f32 * 108.0 - 8.0;
        ui.allocate_ui_with_layout(
            vec2(width.max(0.0), 32.0),
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                for (place, (label, command)) in actions.iter().enumerate() {
                    let look = if place == 0 { Look::Primary } else { Look::Plain };
                    if ui.add(PushButton::new(label).look(look).width(100.0)).clicked() {
                        commands.push(command.clone());
                    }
                }
            },
        );
    });
}

/// Begins with a capital, as a sentence does, unless it begins with the name of a file.
fn sentence(text: &str) -> String {
    if text.split_whitespace().next().is_some_and(|word| word.contains(['.', '/'])) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Covers the window while files are dragged over it.
pub(super) fn drop_overlay_ui(ui: &Ui, count: usize) {
    let palette = palette(ui);
    let room = ui.ctx().content_rect();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(room, 0.0, theme::faded(palette.background, 0.86));
    let sheet = room.shrink(24.0);
    painter.rect(
        sheet,
        20.0,
        theme::faded(palette.accent_soft, 0.9),
        Stroke::new(2.0, palette.accent),
        StrokeKind::Inside,
    );
    let sign = Rect::from_center_size(sheet.center() - vec2(0.0, 34.0), egui::Vec2::splat(56.0));
    Icon::Tray.paint(&painter, sign, 44.0, palette.accent);
    let text = match count {
        0 | 1 => "Drop to add it to the desk".to_owned(),
        count => format!("Drop to add {count} files to the desk"),
    };
    painter.text(
        sheet.center() + vec2(0.0, 22.0),
        egui::Align2::CENTER_CENTER,
        text,
        theme::semibold(theme::TITLE),
        palette.text,
    );
}
