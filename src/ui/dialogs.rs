//! What stands over the window: the sheet of keys, the list of problems, who made this. One is open at a time.

use super::addresses::{AddressesView, addresses_ui};
use super::command_palette::{PaletteView, command_palette_ui};
use super::connections::{ConnectionsView, connections_ui};
use super::controls::{Look, PushButton, key_cap_ui, palette, sized_icon_button_ui};
use super::delete_there::delete_there_ui;
use super::export::{ExportView, export_ui};
use super::history::history_ui;
use super::icons::Icon;
use super::import::{ImportView, import_ui};
use super::keys::{keys_of, pressed_key, shortcut_name};
use super::label_chooser::{LabelView, label_chooser_ui};
use super::menu;
use super::models::{ModelsView, models_ui};
use super::read_with::{AddWithView, ReadWithView, add_with_ui, read_with_ui};
use super::rules::{RulesView, rules_ui};
use super::settings::{SettingsView, settings_ui};
use super::theme;
use crate::desk::{Action, Command, Commands, DocumentId, Key, Notice, NoticeKind, State};
use egui::{Context, RichText, Ui, Vec2, vec2};

/// The dialog that is open.
#[derive(Debug, Default)]
pub(super) enum Dialog {
    /// None.
    #[default]
    None,
    /// The command palette.
    Palette(PaletteView),
    /// All keys, to read and to change.
    Keys(KeysView),
    /// All problems.
    Problems,
    /// All connections.
    Connections(ConnectionsView),
    /// Addresses to add, as they are typed.
    Addresses(AddressesView),
    /// What to get from a service, as it is typed.
    Import(ImportView),
    /// How to read a document again, as it is typed.
    ReadWith(ReadWithView),
    /// How to read what is added next, as it is typed.
    AddWith(AddWithView),
    /// Whether a document is to be deleted at its service.
    DeleteThere(DocumentId),
    /// What a value is.
    Label(LabelView),
    /// What is expected of values.
    Rules(RulesView),
    /// What to export.
    Export(ExportView),
    /// The models and what they learn.
    Models(Box<ModelsView>),
    /// Who changed what; the reviewer's name as it is typed.
    History(String),
    /// What was asked of services.
    Requests,
    /// How the desk is set.
    Settings(SettingsView),
    /// Who made this.
    About,
}

impl Dialog {
    /// Whether one is open.
    pub(super) const fn is_open(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Shows the open dialog and closes it where the person does.
    pub(super) fn show(&mut self, ctx: &Context, state: &State, icon: &egui::TextureHandle, commands: &Commands) {
        let stays = match self {
            Self::None => return,
            Self::Palette(view) => command_palette_ui(ctx, state, view, commands),
            Self::Keys(view) => {
                modal(ctx, "Keyboard shortcuts", 780.0, |ui| keys_ui(ui, state, view, commands))
                    || view.changing.is_some()
            }
            Self::Problems => modal(ctx, "Problems", 560.0, |ui| problems_ui(ui, state, commands)),
            Self::Connections(view) => modal(ctx, "Connections", 620.0, |ui| connections_ui(ui, state, view, commands)),
            Self::Addresses(view) => {
                let mut is_done = false;
                modal(ctx, "Add from the web", 560.0, |ui| is_done = addresses_ui(ui, state, view, commands))
                    && !is_done
            }
            Self::Import(view) => {
                let mut is_done = false;
                let title = "Get from a service";
                modal(ctx, title, 560.0, |ui| is_done = import_ui(ui, state, view, commands)) && !is_done
            }
            Self::ReadWith(view) => {
                let mut is_done = false;
                let title = "Read again with options";
                modal(ctx, title, 560.0, |ui| is_done = read_with_ui(ui, state, view, commands)) && !is_done
            }
            Self::AddWith(view) => {
                let mut is_done = false;
                let title = "Add documents with options";
                modal(ctx, title, 560.0, |ui| is_done = add_with_ui(ui, state, view, commands)) && !is_done
            }
            Self::DeleteThere(id) => {
                let mut is_done = false;
                let title = "Delete it at its service?";
                modal(ctx, title, 460.0, |ui| is_done = delete_there_ui(ui, state, *id, commands)) && !is_done
            }
            Self::Label(view) => {
                let mut is_done = false;
                let stays = modal(ctx, view.title(), 380.0, |ui| is_done = label_chooser_ui(ui, state, view, commands));
                (stays || view.is_fresh(ctx.input(|i| i.time))) && !is_done
            }
            Self::Rules(view) => modal(ctx, "Labels and rules", 620.0, |ui| rules_ui(ui, state, view, commands)),
            Self::Export(view) => {
                let mut is_done = false;
                modal(ctx, "Export", 620.0, |ui| is_done = export_ui(ui, view, commands)) && !is_done
            }
            Self::Models(view) => {
                let mut is_done = false;
                let title = "Models and training";
                modal(ctx, title, 1040.0, |ui| is_done = models_ui(ui, state, view, commands)) && !is_done
            }
            Self::History(name) => modal(ctx, "History", 720.0, |ui| history_ui(ui, state, name, commands)),
            Self::Requests => modal(ctx, "Requests", 900.0, |ui| requests_ui(ui, state, commands)),
            Self::Settings(view) => {
                let mut is_left = false;
                modal(ctx, "Settings", 560.0, |ui| is_left = settings_ui(ui, state, view, commands)) && !is_left
            }
            Self::About => modal(ctx, "About Proofdesk", 440.0, |ui| about_ui(ui, icon)),
        };
        if !stays {
            *self = Self::None;
        }
    }
}

/// A dialog with a title and a button to close it; answers whether it stays open.
pub(super) fn modal(ctx: &Context, title: &str, width: f32, add: impl FnOnce(&mut Ui)) -> bool {
    let scrim = theme::palette(&ctx.global_style().visuals).scrim;
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(20)).corner_radius(14.0);
    let modal = egui::Modal::new(egui::Id::unique(title)).backdrop_color(scrim).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(ctx.content_rect().width() - 80.0));
        ui.set_max_height((ctx.content_rect().height() - 120.0).max(200.0));
        let mut stays = true;
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).font(theme::semibold(16.0)).color(palette(ui).text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                stays = !sized_icon_button_ui(ui, Icon::Close, "Close", 26.0).clicked();
            });
        });
        ui.add_space(10.0);
        add(ui);
        stays
    });
    modal.inner && !modal.should_close()
}

/// The key that is being changed.
#[derive(Debug, Default)]
pub(super) struct KeysView {
    changing: Option<Action>,
    /// Why the last key was not taken.
    refused: Option<String>,
}

impl KeysView {
    /// Takes the key that was pressed for the action that is being changed.
    fn take_key(&mut self, ui: &Ui, state: &State, commands: &Commands) {
        let (Some(action), Some(key)) = (self.changing, ui.input(pressed_key)) else { return };
        self.changing = None;
        if key.key == Key::Escape {
            return;
        }
        let mut keys = state.view.keys.clone();
        match keys.set(action, key) {
            Ok(()) => commands.push(Command::SetKeys(Box::new(keys))),
            Err(owner) => {
                let owner = owner.label().trim_end_matches('…');
                self.refused = Some(format!("{} is taken by “{owner}”; change that first", shortcut_name(key)));
            }
        }
    }
}

fn keys_ui(ui: &mut Ui, state: &State, view: &mut KeysView, commands: &Commands) {
    let palette = palette(ui);
    view.take_key(ui, state, commands);
    ui.horizontal(|ui| {
        let (words, color) = match (&view.changing, &view.refused) {
            (Some(action), _) => {
                (format!("Press the new keys for “{}”, or Esc", action.label().trim_end_matches('…')), palette.accent)
            }
            (None, Some(why)) => (why.clone(), palette.error),
            (None, None) => ("Click a key to change it".to_owned(), palette.secondary),
        };
        ui.label(RichText::new(words).color(color));
        if state.view.keys.is_changed() {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(PushButton::new("All as they were")).clicked() {
                    commands.push(Command::SetKeys(Box::default()));
                }
            });
        }
    });
    ui.add_space(4.0);
    // Groups in two columns of about the same height.
    let columns: [&[usize]; 2] = [&[0, 4, 5, 6, 7], &[1, 2, 3]];
    let height = ui.max_rect().height() - 100.0;
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        // The bar that scrolls stands beside the keys.
        ui.set_max_width(ui.available_width() - 14.0);
        ui.spacing_mut().item_spacing.x = 40.0;
        ui.columns(2, |uis| {
            for (ui, groups) in uis.iter_mut().zip(columns) {
                ui.spacing_mut().item_spacing.x = 8.0;
                for place in groups {
                    if let Some((name, actions)) = menu::GROUPS.get(*place) {
                        keys_group_ui(ui, name, actions, view);
                    }
                }
                if groups.contains(&1) {
                    fixed_keys_ui(ui);
                }
            }
        });
    });
}

/// The keys that nobody changes: those of what is in hand.
const FIXED: [(&str, &str); 7] = [
    ("From cell to cell, into a table", "Arrows"),
    ("Select a range of cells, several values", "Shift Arrows"),
    ("Replace a cell's text", "Type"),
    ("Move the value's box", "Alt Arrows"),
    ("Size the value's box", "Alt Shift Arrows"),
    ("Leave the text, then the value", "Esc"),
    ("Choose a label in its dialog", "1 – 9"),
];

fn fixed_keys_ui(ui: &mut Ui) {
    let palette = palette(ui);
    ui.add_space(6.0);
    ui.label(RichText::new("In hand").font(theme::semibold(theme::SMALL)).color(palette.secondary));
    ui.add_space(2.0);
    for (words, keys) in FIXED {
        ui.horizontal(|ui| {
            ui.set_height(24.0);
            ui.label(RichText::new(words).color(palette.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| key_cap_ui(ui, keys));
        });
    }
}

fn keys_group_ui(ui: &mut Ui, name: &str, actions: &[Action], view: &mut KeysView) {
    let palette = palette(ui);
    ui.add_space(6.0);
    ui.label(RichText::new(name).font(theme::semibold(theme::SMALL)).color(palette.secondary));
    ui.add_space(2.0);
    for action in actions {
        ui.horizontal(|ui| {
            ui.set_height(24.0);
            ui.label(RichText::new(action.label().trim_end_matches('…')).color(palette.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 5.0;
                let label = action.label().trim_end_matches('…');
                let is_changing = view.changing == Some(*action);
                let keys = keys_of(*action);
                let caps: Vec<String> = match (is_changing, keys.is_empty()) {
                    (true, _) => vec!["Press keys".to_owned()],
                    (false, true) => vec!["–".to_owned()],
                    (false, false) => keys.iter().rev().map(|key| shortcut_name(*key)).collect(),
                };
                let row = ui.scope(|ui| {
                    for cap in &caps {
                        key_cap_ui(ui, cap);
                    }
                });
                let click =
                    ui.interact(row.response.rect, ui.scope_id().with(("keys of", label)), egui::Sense::click());
                click.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Change the keys of {label}"))
                });
                if click.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                    view.changing = Some(*action);
                    view.refused = None;
                }
            });
        });
    }
    ui.add_space(8.0);
}

fn problems_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    let problems: Vec<&Notice> = state.notices.iter().rev().filter(|n| n.kind == NoticeKind::Problem).collect();
    if problems.is_empty() {
        ui.label(RichText::new("No problems. What goes wrong is listed here").color(palette.secondary));
        ui.add_space(8.0);
        return;
    }
    let height = ui.max_rect().height() - 60.0;
    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for (place, notice) in problems.iter().enumerate() {
            if place > 0 {
                ui.separator();
            }
            ui.push_id(notice.number, |ui| problem_ui(ui, state, notice, commands));
        }
    });
    ui.add_space(10.0);
    if ui.add(PushButton::new("Clear the list")).clicked() {
        for notice in problems {
            commands.push(Command::Dismiss(notice.number));
        }
    }
}

fn problem_ui(ui: &mut Ui, state: &State, notice: &Notice, commands: &Commands) {
    let palette = palette(ui);
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(20.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), rect, 15.0, palette.error);
        ui.vertical(|ui| {
            ui.set_max_width(ui.available_width() - 40.0);
            let document = notice.document.and_then(|id| state.document(id));
            if let Some(document) = document {
                let name = RichText::new(&document.name).font(theme::semibold(theme::BODY)).color(palette.text);
                let link = ui.add(egui::Label::new(name).sense(egui::Sense::click()).truncate());
                if link.on_hover_text("Open the document").clicked() {
                    commands.push(Command::Open(document.id));
                }
            }
            ui.add(
                egui::Label::new(RichText::new(&notice.problem.message).color(palette.text)).wrap().selectable(true),
            );
            if !notice.problem.details.is_empty() {
                let head = RichText::new("Details").font(theme::regular(theme::SMALL)).color(palette.secondary);
                egui::CollapsingHeader::new(head).show(ui, |ui| {
                    let details = RichText::new(&notice.problem.details).monospace().color(palette.secondary);
                    ui.add(egui::Label::new(details).wrap().selectable(true));
                });
            }
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
            if sized_icon_button_ui(ui, Icon::Close, "Dismiss", 22.0).clicked() {
                commands.push(Command::Dismiss(notice.number));
            }
        });
    });
}

/// What was asked of services, newest last, to read and to copy for support.
fn requests_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    let requests = state.requests.requests();
    let note = "Never with keys, or with what documents say. Times are UTC";
    ui.label(RichText::new(note).font(theme::regular(theme::SMALL)).color(palette.secondary));
    ui.add_space(8.0);
    if requests.is_empty() {
        ui.label(RichText::new("Nothing was asked yet").color(palette.secondary));
        return;
    }
    let height = (ui.max_rect().height() - 120.0).max(120.0);
    let row = ui.text_style_height(&egui::TextStyle::Monospace);
    egui::ScrollArea::both().max_height(height).stick_to_bottom(true).auto_shrink([false, true]).show_rows(
        ui,
        row,
        requests.len(),
        |ui, rows| {
            for request in &requests[rows] {
                let text = RichText::new(request.to_string()).monospace().color(palette.text);
                ui.add(egui::Label::new(text).extend().selectable(true));
            }
        },
    );
    ui.add_space(10.0);
    if ui.add(PushButton::new("Copy all").icon(Icon::Copy)).clicked() {
        let lines: Vec<String> = requests.iter().map(ToString::to_string).collect();
        commands.push(Command::CopyText(lines.join("\n")));
    }
}

fn about_ui(ui: &mut Ui, icon: &egui::TextureHandle) {
    let palette = palette(ui);
    ui.horizontal_top(|ui| {
        ui.add(egui::Image::new((icon.id(), Vec2::splat(56.0))).alt_text("Proofdesk"));
        ui.add_space(6.0);
        ui.vertical(|ui| {
            ui.label(RichText::new("Proofdesk").font(theme::semibold(18.0)).color(palette.text));
            let version = format!("Version {}", env!("CARGO_PKG_VERSION"));
            ui.add(egui::Label::new(RichText::new(version).color(palette.secondary)).selectable(true));
        });
    });
    ui.add_space(12.0);
    for text in [
        "Documents become data you can be sure of. They are read on this computer, unless you choose an account elsewhere.",
        "Licensed under Apache-2.0. It stands on PDFium, ONNX Runtime, the PP-OCRv6 models, egui and the typeface Inter; \
         THIRD_PARTY.md names their licences.",
    ] {
        ui.add(egui::Label::new(RichText::new(text).color(palette.secondary)).wrap());
        ui.add_space(6.0);
    }
}

/// Asks for the password of an encrypted document; `None` until one is given.
pub(super) fn password_ui(ui: &mut Ui, name: &str, wrong: bool, typed: &mut String) -> Option<String> {
    let palette = palette(ui);
    let explanation = format!("{name} is encrypted. Its password stays on this computer and is not stored");
    super::controls::notice_head_ui(
        ui,
        Icon::Lock,
        palette.accent,
        palette.accent_soft,
        "This document needs a password",
        &explanation,
    );
    ui.add_space(18.0);
    let mut given = None;
    let row = vec2(340.0_f32.min(ui.available_width()), 34.0);
    ui.allocate_ui_with_layout(row, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let edit = egui::TextEdit::singleline(typed)
            .password(true)
            .hint_text("Password")
            .margin(egui::Margin::symmetric(10, 7))
            .desired_width(row.x - 90.0);
        let response = ui.add(edit).accessible_name("Password");
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        if !response.has_focus() && ui.memory(|m| m.focused().is_none()) {
            response.request_focus();
        }
        let pressed = ui.add(PushButton::new("Open").look(Look::Primary).width(78.0)).clicked();
        if (entered || pressed) && !typed.is_empty() {
            given = Some(std::mem::take(typed));
        }
    });
    if wrong {
        ui.add_space(8.0);
        ui.label(RichText::new("That password does not open it. Try another one").color(palette.error));
    }
    given
}
