//! The whole window around the desk's state: panels, dialogs, keys, what is dropped and pasted. What only the screen
//! knows lives here; what was asked for goes to the desk.

use super::addresses::AddressesView;
use super::bottom_line::bottom_line_ui;
use super::canvas::{Drawn, PageView, TOOLBAR, page_view_ui};
use super::center::{
    Instead, PasswordView, breaks_off_ui, drop_overlay_ui, instead_ui, no_reader_ui, not_sent_ui, scoreless_ui,
};
use super::command_palette::PaletteView;
use super::connections::{ConnectionsView, needs_key_ui};
use super::controls::palette;
use super::dialogs::{Dialog, KeysView};
use super::documents::{DocumentsView, documents_ui, neighbour};
use super::export::ExportView;
use super::hands::{extend_selection, move_box, step_cells, take_through_escape, typed_over, typed_text};
use super::images::PageImages;
use super::import::ImportView;
use super::inspector::{InspectorView, inspector_ui};
use super::keys::{Keyboard, pressed_actions, use_keys};
use super::label_chooser::LabelView;
use super::labels::LabelLooks;
use super::missing::{Drawing, has_missing};
use super::models::ModelsView;
use super::read_with::{AddWithView, ReadWithView};
use super::removal::removal_ui;
use super::rules::RulesView;
use super::settings::SettingsView;
use super::summary::Summary;
use super::toasts::Toasts;
use super::top_bar::top_bar_ui;
use super::value::{Selected, document_text};
use super::{app_icon, menu, theme};
use crate::desk::{
    Action, Command, Commands, DocumentId, FileState, KeyMap, Reach, ReadState, Reshape, State, SyncState, Target,
    Theme, pasted_cells,
};
use crate::document::PageRect;
use crate::parts::MissingPart;
use egui::{Context, Frame, Margin, Panel, TextureOptions, Ui, Vec2, ViewportCommand, vec2};

/// Everything that only the screen knows.
pub(super) struct Shell {
    page: PageView,
    images: PageImages,
    documents: DocumentsView,
    /// The documents that a search has found, as the desk was told.
    found: Option<Vec<DocumentId>>,
    inspector: InspectorView,
    password: PasswordView,
    /// The label of what is drawn next, where it was said before.
    drawing: Option<Drawing>,
    /// The word that was clicked for it: its page and place, its label, and until when a second click takes the line.
    clicked: Option<(u32, PageRect, String, f64)>,
    dialog: Dialog,
    toasts: Toasts,
    icon: egui::TextureHandle,
    summary: Summary,
    colors: LabelLooks,
    /// The document that `colors` are of.
    colors_of: Option<DocumentId>,
    /// Lists and counters have to be counted again.
    is_stale: bool,
    /// A control had the keyboard in the last frame; Escape gives it back before it means anything else.
    had_focus: bool,
    /// The keyboard goes to the first control in the next frame, or back from where it is.
    moves_focus: bool,
    keys: KeyMap,
    theme: Option<Theme>,
    title: String,
}

impl Shell {
    /// A window that shows nothing yet; installs fonts and themes.
    pub(super) fn new(ctx: &Context) -> Self {
        theme::install(ctx);
        Self {
            page: PageView::default(),
            images: PageImages::new(ctx),
            documents: DocumentsView::default(),
            found: None,
            inspector: InspectorView::default(),
            password: PasswordView::default(),
            drawing: None,
            clicked: None,
            dialog: Dialog::None,
            toasts: Toasts::default(),
            icon: ctx.load_texture("icon", app_icon::icon_image(128), TextureOptions::LINEAR),
            summary: Summary::default(),
            colors: LabelLooks::default(),
            colors_of: None,
            is_stale: true,
            had_focus: false,
            moves_focus: false,
            keys: KeyMap::default(),
            theme: None,
            title: String::new(),
        }
    }

    /// The images of pages, to say who draws them.
    pub(super) const fn images(&mut self) -> &mut PageImages {
        &mut self.images
    }

    /// Something on the desk has changed: what is counted once is counted again.
    pub(super) const fn desk_changed(&mut self) {
        self.is_stale = true;
    }

    /// Whether a dialog is open.
    #[cfg(test)]
    pub(super) const fn has_dialog(&self) -> bool {
        self.dialog.is_open()
    }

    /// Opens the list of problems.
    pub(super) fn show_problems(&mut self) {
        self.dialog = Dialog::Problems;
    }

    /// Screen pixels a page pixel, in percent.
    pub(super) fn zoom_percent(&self) -> f32 {
        self.page.zoom_percent()
    }

    /// Before the frame is drawn: keys, drops and pastes become commands.
    pub(super) fn input(&mut self, ctx: &Context, state: &State, commands: &Commands) {
        self.dress(ctx, state);
        if std::mem::take(&mut self.moves_focus) {
            move_focus(ctx);
        }
        drop_files(ctx, commands);
        // Escape takes the keyboard from a control; what was pressed before it in the same frame was for that control.
        let not_ours = if self.had_focus { take_through_escape(ctx) } else { Vec::new() };
        self.take_keys(ctx, state, commands);
        ctx.input_mut(|i| drop(i.events.splice(0..0, not_ours)));
    }

    fn take_keys(&mut self, ctx: &Context, state: &State, commands: &Commands) {
        let keyboard = self.keyboard(ctx, state);
        if !matches!(keyboard, Keyboard::TextEdit | Keyboard::FreshEdit | Keyboard::Dialog) {
            paste(ctx, state, commands);
            step_cells(ctx, state, commands);
            extend_selection(ctx, state, commands);
            if matches!(state.selection, Some(Target::Cell { .. })) && self.inspector.is_idle() {
                let typed = typed_over(ctx);
                if !typed.is_empty() {
                    self.inspector.write_over(typed);
                }
            }
        }
        if !matches!(keyboard, Keyboard::TextEdit | Keyboard::Dialog) {
            move_box(ctx, state, commands);
        }
        let actions = ctx.input_mut(|i| pressed_actions(i, keyboard, |action| menu::is_possible(action, state)));
        if actions.iter().any(|a| matches!(a, Action::NextField | Action::PreviousField)) {
            // The key went from value to value, not from control to control.
            ctx.memory_mut(|m| m.move_focus(egui::FocusDirection::None));
        }
        for action in actions {
            if action != Action::CommandPalette {
                commands.act(action);
            } else if matches!(self.dialog, Dialog::Palette(_)) {
                self.dialog = Dialog::None;
            } else {
                self.dialog = Dialog::Palette(PaletteView::with(typed_text(ctx)));
            }
        }
    }

    fn keyboard(&self, ctx: &Context, state: &State) -> Keyboard {
        if self.dialog.is_open() || state.removal.is_some() || egui::Popup::is_any_open(ctx) {
            Keyboard::Dialog
        } else if ctx.text_edit_focused() {
            // A password is asked for by itself: whoever has none goes on with the keys.
            let is_asked = state.open_document().is_some_and(|d| matches!(d.file, FileState::NeedsPassword { .. }))
                && self.password.is_empty()
                && !self.documents.is_finding();
            if self.inspector.is_fresh() || is_asked { Keyboard::FreshEdit } else { Keyboard::TextEdit }
        } else if ctx.memory(|m| m.focused().is_some()) {
            Keyboard::Control
        } else {
            Keyboard::Free
        }
    }

    /// Keys, theme and title, where they have changed.
    fn dress(&mut self, ctx: &Context, state: &State) {
        if self.keys != state.view.keys {
            self.keys.clone_from(&state.view.keys);
            use_keys(&self.keys);
        }
        if self.theme != Some(state.view.theme) {
            self.theme = Some(state.view.theme);
            ctx.set_theme(match state.view.theme {
                Theme::System => egui::ThemePreference::System,
                Theme::Light => egui::ThemePreference::Light,
                Theme::Dark => egui::ThemePreference::Dark,
            });
        }
        let window = ctx.content_rect().size() * ctx.zoom_factor();
        let scale = scale(f32::from(state.view.text_percent.clamp(70, 200)) / 100.0, window);
        if (ctx.zoom_factor() - scale).abs() > 0.001 {
            ctx.set_zoom_factor(scale);
        }
        let title = match state.open_document() {
            Some(document) => format!("{} – Proofdesk", document.name),
            None => "Proofdesk".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws the window. `missing` is the run-time part without which nothing can be read.
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &State, missing: Option<&MissingPart>, commands: &Commands) {
        self.count(state);
        let colors = palette(ui);
        let bar = |x: i8| Frame::new().fill(colors.pane).inner_margin(Margin::symmetric(x, 0));
        Panel::top("top bar").frame(bar(14)).exact_size(theme::TOP_BAR).show(ui, |ui| {
            top_bar_ui(ui, state, &self.summary, &self.icon, commands);
        });
        Panel::bottom("bottom line").frame(bar(14)).exact_size(theme::BOTTOM_LINE).show(ui, |ui| {
            bottom_line_ui(ui, state, commands);
        });
        let has_documents = !state.documents.is_empty() && missing.is_none();
        // A wide window has room for long values too.
        let window = ui.available_width();
        let mut left = state.view.documents_panel && has_documents;
        Panel::left("documents")
            .frame(bar(0))
            .default_size((window * 0.12).clamp(theme::DOCUMENTS_WIDTH, 320.0))
            .size_range(190.0..=460.0)
            .drag_to_open(has_documents)
            .show_collapsible(ui, &mut left, |ui| {
                documents_ui(ui, state, &self.summary, &mut self.documents, &mut self.images, commands);
            });
        let found = if left { self.documents.found(state, &self.summary) } else { None };
        if found != self.found {
            self.found.clone_from(&found);
            commands.push(Command::Listed(found));
        }
        let mut right = state.view.inspector_panel && has_documents;
        Panel::right("inspector")
            .frame(bar(0))
            .default_size((window * 0.19).clamp(theme::INSPECTOR_WIDTH, 480.0))
            .size_range(260.0..=620.0)
            .drag_to_open(has_documents)
            .show_collapsible(ui, &mut right, |ui| {
                inspector_ui(ui, state, &mut self.inspector, &self.colors, &mut self.images, commands);
            });
        if has_documents {
            // A panel that was dragged shut or open is asked for like any other switch.
            for (now, wanted, action) in [
                (state.view.documents_panel, left, Action::ToggleDocuments),
                (state.view.inspector_panel, right, Action::ToggleInspector),
            ] {
                if now != wanted {
                    commands.act(action);
                }
            }
        }
        if let (Reach::Failed(problem), true) = (state.chosen_reach(), has_documents) {
            let frame = Frame::new().fill(colors.error_soft).inner_margin(Margin::symmetric(14, 0));
            Panel::top("no reader").frame(frame).exact_size(34.0).show(ui, |ui| no_reader_ui(ui, problem));
        }
        if *state.chosen_reach() == Reach::NeedsKey {
            let frame = Frame::new().fill(colors.warning_soft).inner_margin(Margin::symmetric(14, 0));
            Panel::top("needs key").frame(frame).exact_size(42.0).show(ui, |ui| needs_key_ui(ui, state, commands));
        }
        if let Some(document) = state.open_document()
            && let SyncState::Failed(problem) = &document.sync
        {
            let frame = Frame::new().fill(colors.error_soft).inner_margin(Margin::symmetric(14, 0));
            Panel::top("not sent")
                .frame(frame)
                .exact_size(42.0)
                .show(ui, |ui| not_sent_ui(ui, document, problem, commands));
        }
        if state.open_document().is_some_and(|document| document.breaks_off) {
            let frame = Frame::new().fill(colors.warning_soft).inner_margin(Margin::symmetric(14, 0));
            Panel::top("breaks off").frame(frame).exact_size(34.0).show(ui, breaks_off_ui);
        }
        if let Some(document) = state.open_document().filter(|document| document.concerns.is_scoreless) {
            let frame = Frame::new().fill(colors.warning_soft).inner_margin(Margin::symmetric(14, 0));
            Panel::top("no scores")
                .frame(frame)
                .exact_size(42.0)
                .show(ui, |ui| scoreless_ui(ui, state, document, commands));
        }
        let center = egui::CentralPanel::no_frame().frame(Frame::new().fill(colors.canvas)).show(ui, |ui| {
            let instead = Instead::of(state, missing);
            let is_page = instead.is_none();
            match instead {
                Some(instead) => instead_ui(ui, instead, state, &mut self.password, commands),
                None => page_view_ui(ui, state, &mut self.page, &mut self.images, commands),
            }
            is_page
        });
        if let Some(drawing) = self.inspector.take_drawing() {
            self.page.act(if drawing.is_table { Action::DrawTable } else { Action::DrawField });
            self.drawing = Some(drawing);
        }
        let now = ui.input(|i| i.time);
        match self.page.take_drawn() {
            // A second click may follow, which takes the line: until then nothing is made of the word.
            Some(Drawn::Word(page, rect)) if self.drawing.is_some() => {
                self.clicked = self.drawing.take().map(|drawing| (page, rect, drawing.label, now + DOUBLE_CLICK));
            }
            Some(Drawn::Line(page, rect)) => {
                if let Some((_, _, label, _)) = self.clicked.take() {
                    commands.push(Command::AddField(page, rect, label));
                }
            }
            Some(Drawn::Field(page, rect) | Drawn::Word(page, rect)) => match self.drawing.take() {
                Some(Drawing { label, .. }) => commands.push(Command::AddField(page, rect, label)),
                None => self.dialog = Dialog::Label(LabelView::for_new(page, rect)),
            },
            Some(Drawn::Table(page, rect)) => {
                let label = self.drawing.take().map(|drawing| drawing.label).unwrap_or_default();
                commands.push(Command::AddTable(page, rect, label));
            }
            None => {}
        }
        match self.clicked.take() {
            Some((page, rect, label, until)) if now >= until => commands.push(Command::AddField(page, rect, label)),
            waiting => {
                self.clicked = waiting;
                if self.clicked.is_some() {
                    ui.ctx().request_repaint_after_secs(DOUBLE_CLICK as f32);
                }
            }
        }
        let mut place = center.response.rect;
        if self.dialog.is_open() {
            // Only the lower edge of the window is free of it.
            place = ui.ctx().content_rect().translate(vec2(0.0, 12.0));
        } else if center.inner {
            place.max.y -= TOOLBAR;
        }
        self.toasts.show(ui, place, state, commands);
        self.dialog.show(ui.ctx(), state, &self.icon, commands);
        if let Some(removal) = &state.removal {
            removal_ui(ui.ctx(), state, removal, commands);
        }
        let dragged = ui.input(|i| i.raw.hovered_files.len());
        if dragged > 0 {
            drop_overlay_ui(ui, dragged);
        }
        if state.documents.iter().any(|d| matches!(d.reading, ReadState::Paced { .. })) {
            // Their rows count down.
            ui.ctx().request_repaint_after_secs(1.0);
        }
        self.had_focus = ui.memory(|m| m.focused().is_some());
    }

    fn count(&mut self, state: &State) {
        let open = state.open.map(|open| open.document);
        if self.is_stale || open != self.colors_of {
            self.colors_of = open;
            if let Some(document) = state.open_document() {
                self.colors.follow(state, document);
            }
        }
        if std::mem::take(&mut self.is_stale) {
            self.documents.desk_changed();
            self.summary = Summary::of(state);
        }
    }

    /// Takes what only the screen can do; hands back what is the desk's.
    pub(super) fn route(&mut self, ctx: &Context, state: &State, command: Command) -> Option<Command> {
        let action = match command {
            Command::Do(action) => action,
            Command::TypeLabel(label) => {
                if let Some(open) = state.open {
                    self.inspector.type_label(open.document, label);
                }
                return None;
            }
            command => return Some(command),
        };
        if matches!(action, Action::DrawField | Action::DrawTable | Action::ClearSelection) {
            // What is drawn now gets a label of its own.
            self.drawing = None;
        }
        match action {
            Action::CommandPalette => self.dialog = Dialog::Palette(PaletteView::default()),
            Action::FocusControls => self.moves_focus = true,
            Action::EditValue => {
                self.inspector.write();
                if !state.view.inspector_panel {
                    return Some(Command::Do(Action::ToggleInspector));
                }
            }
            Action::Accept | Action::TakeReread | Action::NextProblem | Action::NextField | Action::PreviousField => {
                self.inspector.await_next();
                return Some(command);
            }
            Action::NextDocument | Action::PreviousDocument => {
                let listed = self.documents.listed(state, &self.summary);
                let open = state.open.map(|open| open.document);
                return neighbour(&listed, open, action == Action::NextDocument).map(Command::Open);
            }
            // Nobody is to decide about several documents without seeing which.
            Action::SelectNextDocument | Action::SelectPreviousDocument | Action::SelectAllDocuments
                if !state.view.documents_panel =>
            {
                return Some(Command::Do(Action::ToggleDocuments));
            }
            Action::SelectNextDocument => return self.documents.extend(state, &self.summary, true),
            Action::SelectPreviousDocument => return self.documents.extend(state, &self.summary, false),
            Action::SelectAllDocuments => return Some(self.documents.select_all(state, &self.summary)),
            Action::AcceptSureListed => {
                return Some(Command::AcceptSure(self.documents.listed(state, &self.summary)));
            }
            Action::CopyDocument => {
                return state.open_document().map(|document| Command::CopyText(document_text(document)));
            }
            Action::FillMissing => {
                if has_missing(state) {
                    self.inspector.fill_missing();
                } else {
                    // Nothing is known to be missing: the person says what it is.
                    self.dialog = Dialog::Label(LabelView::for_typing());
                }
                if !state.view.inspector_panel {
                    return Some(Command::Do(Action::ToggleInspector));
                }
            }
            Action::Find => {
                self.documents.find();
                if !state.view.documents_panel {
                    return Some(Command::Do(Action::ToggleDocuments));
                }
            }
            Action::KeySheet => self.dialog = Dialog::Keys(KeysView::default()),
            Action::About => self.dialog = Dialog::About,
            Action::Connections => self.dialog = Dialog::Connections(ConnectionsView::of(state)),
            Action::AddAddresses => self.dialog = Dialog::Addresses(AddressesView::default()),
            Action::AddWith => self.dialog = Dialog::AddWith(AddWithView::default()),
            Action::ImportDocuments => self.dialog = Dialog::Import(ImportView::new()),
            Action::RetryWith => {
                if let Some(document) = state.open_document() {
                    self.dialog = Dialog::ReadWith(ReadWithView::of(document));
                }
            }
            Action::DeleteThere => {
                let document = state.open_document().filter(|document| document.reader.has_it);
                if let Some(document) = document {
                    self.dialog = Dialog::DeleteThere(document.id);
                }
            }
            Action::ChangeLabel => self.dialog = Dialog::Label(LabelView::for_selection()),
            Action::NameColumn => self.dialog = Dialog::Label(LabelView::for_column()),
            Action::Export => {
                self.dialog = Dialog::Export(ExportView::of(state, &self.documents.listed(state, &self.summary)));
            }
            Action::Models => self.dialog = Dialog::Models(Box::new(ModelsView::of(state))),
            Action::Rules => self.dialog = Dialog::Rules(RulesView::of(state, selected_label(state))),
            Action::History => {
                self.dialog = Dialog::History(state.reviewer.clone());
                return Some(Command::Do(action));
            }
            Action::ShowRequests => self.dialog = Dialog::Requests,
            Action::Settings => self.dialog = Dialog::Settings(SettingsView::of(state)),
            Action::PastePaths => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            Action::ToggleTheme => {
                let theme = if ctx.theme() == egui::Theme::Dark { Theme::Light } else { Theme::Dark };
                return Some(Command::SetTheme(theme));
            }
            _ if self.page.act(action) => {}
            Action::Copy if state.range_end.is_some() => return range_text(state).map(Command::CopyText),
            Action::Copy => return Selected::of(state).map(|value| Command::CopyText(value.text())),
            _ => return Some(command),
        }
        None
    }
}

/// From the page to the first control, or from any control back to the page.
fn move_focus(ctx: &Context) {
    ctx.memory_mut(|memory| match memory.focused() {
        Some(id) => memory.surrender_focus(id),
        None => memory.move_focus(egui::FocusDirection::Next),
    });
}

/// Within so many seconds a second click makes one of two, as for egui.
const DOUBLE_CLICK: f64 = 0.35;
/// What the largest dialogs need, in points.
const NEEDED: Vec2 = vec2(960.0, 560.0);
/// Text is not made smaller than this for them.
const LEAST_SCALE: f32 = 0.6;

/// How large everything is drawn: as a person wants it, and smaller where a window of that size (in points of the system)
/// would cut it off.
fn scale(wanted: f32, window: Vec2) -> f32 {
    let fits = (window / NEEDED).min_elem();
    // In steps, so that a window that is dragged smaller does not flicker.
    wanted.min(((fits * 20.0).floor() / 20.0).max(LEAST_SCALE))
}

/// The label of the selected field.
fn selected_label(state: &State) -> Option<&str> {
    match Selected::of(state)? {
        Selected::Field(_, field) => Some(&field.label),
        _ => None,
    }
}

/// The text of the selected range of cells, as a spreadsheet takes it.
fn range_text(state: &State) -> Option<String> {
    let (page, id, range) = state.cell_range()?;
    let table = state.open_document()?.pages.get(&page)?.tables.iter().find(|table| table.id == *id)?;
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = |row: u32, col: u32| match table.cell(row, col) {
        Some(cell) if (cell.row, cell.col) == (row, col) => flat(&cell.text),
        _ => String::new(),
    };
    let line = |row: u32| range.cols.clone().map(|col| text(row, col)).collect::<Vec<_>>().join("\t");
    Some(range.rows.clone().map(line).collect::<Vec<_>>().join("\n"))
}

fn paste(ctx: &Context, state: &State, commands: &Commands) {
    let pasted = ctx.input_mut(|i| {
        let mut pasted = Vec::new();
        i.events.retain(|event| match event {
            egui::Event::Paste(text) => {
                pasted.push(text.clone());
                false
            }
            _ => true,
        });
        pasted
    });
    let into_cells = matches!(state.selection, Some(Target::Cell { .. }));
    for text in pasted {
        if into_cells {
            commands.push(Command::Reshape(Reshape::Paste(pasted_cells(&text))));
        } else {
            commands.push(Command::AddText(text));
        }
    }
}

fn drop_files(ctx: &Context, commands: &Commands) {
    let paths: Vec<_> = ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
    if !paths.is_empty() {
        commands.push(Command::AddPaths(paths));
    }
}
