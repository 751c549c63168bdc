//! The list of documents on the left: one row each, drawn only where it is in view.

use super::controls::{choice_ui, elided, focus_ring, paint_line, palette, sized_icon_button_ui};
use super::find::Finder;
use super::icons::{self, Icon};
use super::images::PageImages;
use super::menu::{MenuRow, line_ui};
use super::summary::{Filter, Summary};
use super::theme::{self, Palette};
use crate::desk::{
    Action, Command, Commands, DeskDocument, DocumentId, DocumentStatus, FileState, ReadState, State, SyncState, Way,
};
use crate::document::grouped;
use chrono::{DateTime, Days, Utc};
use egui::{Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use std::time::SystemTime;

/// What only the screen knows of the list.
#[derive(Debug, Default)]
pub(super) struct DocumentsView {
    filter: Filter,
    finder: Finder,
    /// The field to type into is to have the keyboard.
    wants_focus: bool,
    /// It has the keyboard.
    is_finding: bool,
    /// The document that was open in the last frame: a newly opened one is scrolled into view.
    seen_open: Option<DocumentId>,
}

impl DocumentsView {
    /// The next frame begins to look for documents.
    pub(super) fn find(&mut self) {
        self.wants_focus = true;
    }

    /// The documents that the list shows.
    pub(super) fn listed(&mut self, state: &State, summary: &Summary) -> Vec<DocumentId> {
        let places = self.finder.among(state, summary.places(self.filter));
        places.iter().filter_map(|place| Some(state.documents.get(*place)?.id)).collect()
    }

    /// Documents have changed.
    pub(super) fn desk_changed(&mut self) {
        self.finder.desk_changed();
    }
}

const THUMBNAIL: egui::Vec2 = egui::vec2(34.0, 44.0);

/// Lists the documents with how far each is; a click opens one.
pub(super) fn documents_ui(
    ui: &mut Ui,
    state: &State,
    summary: &Summary,
    view: &mut DocumentsView,
    images: &mut PageImages,
    commands: &Commands,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.take_available_width();
    head_ui(ui, state, summary, view);
    let opens = find_ui(ui, view);
    let places = view.finder.among(state, summary.places(view.filter));
    if opens && let Some(first) = places.first().and_then(|place| state.documents.get(*place)) {
        commands.push(Command::Open(first.id));
    }
    if places.is_empty() && !view.finder.query.trim().is_empty() {
        words_ui(ui, "No document says that");
        return;
    }
    if places.is_empty() {
        nothing_ui(ui, state, view.filter);
        return;
    }
    let opened = state.open.map(|open| open.document);
    let reveal = if opened == view.seen_open { None } else { opened };
    view.seen_open = opened;
    egui::ScrollArea::vertical().auto_shrink(false).id_salt("documents").show_viewport(ui, |ui, viewport| {
        ui.set_height(places.len() as f32 * theme::DOCUMENT_ROW);
        let (origin, width) = (ui.max_rect().min, ui.available_width());
        let row_rect = |row: usize| {
            Rect::from_min_size(
                pos2(origin.x, origin.y + row as f32 * theme::DOCUMENT_ROW),
                vec2(width, theme::DOCUMENT_ROW),
            )
        };
        let first = (viewport.top() / theme::DOCUMENT_ROW).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / theme::DOCUMENT_ROW).ceil().max(0.0) as usize).min(places.len());
        for row in first..last {
            if let Some(document) = places.get(row).and_then(|place| state.documents.get(*place)) {
                row_ui(ui, row_rect(row), state, document, images, commands);
            }
        }
        if let Some(id) = reveal
            && let Some(row) = places.iter().position(|place| state.documents.get(*place).is_some_and(|d| d.id == id))
        {
            ui.scroll_to_rect(row_rect(row), None);
        }
    });
}

fn head_ui(ui: &mut Ui, state: &State, summary: &Summary, view: &mut DocumentsView) {
    let palette = palette(ui);
    egui::Frame::new().inner_margin(egui::Margin { left: 14, right: 14, top: 8, bottom: 0 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(egui::RichText::new("Documents").font(theme::semibold(theme::HEADING)).color(palette.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = sized_icon_button_ui(ui, Icon::Filter, "Filter the documents", 24.0);
                egui::Popup::menu(&button).accessible_name("Filter").show(|ui| filter_menu_ui(ui, state, view));
                let count = grouped(summary.places(Filter::All).len());
                ui.label(egui::RichText::new(count).font(theme::regular(theme::SMALL)).color(palette.secondary));
            });
        });
    });
    egui::Frame::new().inner_margin(egui::Margin { left: 8, right: 8, top: 4, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (filter, name) in [(Filter::All, "All"), (Filter::ToLookAt, "To look at"), (Filter::Failed, "Failed")] {
                let label = match (filter, summary.places(filter).len()) {
                    (Filter::All, _) | (_, 0) => name.to_owned(),
                    (_, count) => format!("{name} {}", grouped(count)),
                };
                if choice_ui(ui, &label, view.filter == filter).clicked() {
                    view.filter = filter;
                }
            }
        });
    });
}

/// Filters to add to what is looked for; the same can be typed.
fn filter_menu_ui(ui: &mut Ui, state: &State, view: &mut DocumentsView) {
    ui.set_width(232.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut row = |ui: &mut Ui, label: &str, term: &str| {
        let is_on = view.finder.query.split_whitespace().any(|word| word == term);
        if MenuRow::new(label).ticked(is_on).ui(ui).clicked() {
            let others = view.finder.query.split_whitespace().filter(|word| *word != term);
            let mut words: Vec<&str> = others.collect();
            words.extend((!is_on).then_some(term));
            view.finder.query = words.join(" ");
            view.wants_focus = true;
            ui.close();
        }
    };
    for (label, term) in [
        ("Approved", "is:approved"),
        ("Rejected", "is:rejected"),
        ("Not decided yet", "is:open"),
        ("With a score below 0.50", "score<0.5"),
    ] {
        row(ui, label, term);
    }
    line_ui(ui);
    let today = DateTime::<Utc>::from(std::time::SystemTime::now()).date_naive();
    row(ui, "Came today (UTC)", &format!("date:{today}"));
    if let Some(week) = today.checked_sub_days(Days::new(7)) {
        row(ui, "Came in the last 7 days", &format!("date>{week}"));
    }
    let mut models: Vec<&str> = Vec::new();
    for document in &state.documents {
        let id = document.reader.model.as_str();
        if models.len() < MOST_MODELS && !id.is_empty() && !models.contains(&id) {
            models.push(id);
        }
    }
    if models.len() > 1 {
        line_ui(ui);
        for document in &state.documents {
            let Some(at) = models.iter().position(|id| *id == document.reader.model) else { continue };
            models.remove(at);
            let source = state.source_of(document);
            let name = source.rsplit_once(", ").map_or(source.as_str(), |(_, model)| model).to_lowercase();
            // A term is one word: its first tells models apart mostly.
            let first = name.split_whitespace().next().unwrap_or_default();
            row(ui, &format!("Read by {source}"), &format!("model:{first}"));
        }
    }
    if let Some(document) = state.open_document() {
        let labels = state.labels_of(document);
        if !labels.is_empty() {
            line_ui(ui);
        }
        for label in labels.iter().take(MOST_LABELS) {
            row(ui, &format!("With {}", label.name), &format!("label:{}", label.name.replace(' ', "")));
        }
    }
}

/// So many models are offered as filters.
const MOST_MODELS: usize = 6;
/// So many labels.
const MOST_LABELS: usize = 8;

fn words_ui(ui: &mut Ui, text: &str) {
    ui.add_space(20.0);
    ui.vertical_centered(|ui| {
        ui.label(egui::RichText::new(text).font(theme::regular(theme::SMALL)).color(palette(ui).secondary))
    });
}

/// What documents are looked for by, while something is; whether the first that is found is to be opened.
fn find_ui(ui: &mut Ui, view: &mut DocumentsView) -> bool {
    if view.finder.query.is_empty() && !view.wants_focus && !view.is_finding {
        return false;
    }
    let mut opens = false;
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 0, bottom: 8 }).show(ui, |ui| {
        let edit = egui::TextEdit::singleline(&mut view.finder.query)
            .hint_text("Name, value, word, is:approved, score<0.6")
            .margin(egui::Margin::symmetric(10, 6))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Find documents");
        if std::mem::take(&mut view.wants_focus) {
            response.request_focus();
        }
        if response.has_focus() && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
            view.finder.query.clear();
        }
        opens = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        view.is_finding = response.has_focus();
    });
    opens
}

fn nothing_ui(ui: &mut Ui, state: &State, filter: Filter) {
    let text = match filter {
        _ if state.documents.is_empty() => "Documents you add stand here",
        Filter::Failed => "Nothing failed",
        Filter::ToLookAt => "Nothing needs a look",
        Filter::All => "Documents you add stand here",
    };
    words_ui(ui, text);
}

fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    document: &DeskDocument,
    images: &mut PageImages,
    commands: &Commands,
) {
    let palette = palette(ui);
    let is_open = state.open.is_some_and(|open| open.document == document.id);
    let id = ui.make_persistent_id(("document", document.id.0));
    let response = ui.interact(rect, id, Sense::click());
    let status = state.status(document);
    let pause = state.pauses.get(&document.reader.connection).copied().filter(|until| *until > SystemTime::now());
    let line = StatusLine::of(document, &status, pause, palette);
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListBoxOption, true, is_open, format!("{}, {}", document.name, line.text))
    });
    if is_open {
        ui.painter().rect_filled(rect, 0.0, palette.accent_soft);
        ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, palette.accent);
    } else if response.hovered() || response.contains_pointer() {
        ui.painter().rect_filled(rect, 0.0, palette.hover);
    }
    thumbnail_ui(ui, rect, document, images);
    focus_ring(ui, &response, rect);

    let buttons = if response.contains_pointer() { row_buttons_ui(ui, rect, document, &line, commands) } else { 0.0 };
    let left = rect.left() + 14.0 + THUMBNAIL.x + 10.0;
    let width = rect.right() - 12.0 - left - buttons;
    let name = elided(ui, &document.name, theme::regular(theme::BODY), width);
    paint_line(ui, pos2(left, rect.center().y - 9.5), name, palette.text);
    status_ui(ui, pos2(left, rect.center().y + 9.5), width, &line);

    row_menu_ui(&response, document, &line, commands);
    let response = response.on_hover_text_at_pointer(hover_text(state, document, &status));
    if response.clicked() {
        commands.push(Command::Open(document.id));
    }
}

fn thumbnail_ui(ui: &Ui, row: Rect, document: &DeskDocument, images: &mut PageImages) {
    let palette = palette(ui);
    let place = Rect::from_min_size(pos2(row.left() + 14.0, row.center().y - THUMBNAIL.y / 2.0), THUMBNAIL);
    let radius = egui::CornerRadius::same(3);
    let Some((texture, size)) = images.thumbnail(document, 0, THUMBNAIL.y) else {
        ui.painter().rect(place, radius, palette.hover, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        Icon::File.paint(ui.painter(), place, 14.0, palette.secondary.gamma_multiply(0.6));
        return;
    };
    // The upper part of the page fills the little sheet, whatever the page's shape is.
    let scale = THUMBNAIL.x / size.x.max(1.0);
    let shown = (THUMBNAIL.y / (size.y * scale).max(1.0)).min(1.0);
    let place = if shown < 1.0 { place } else { place.with_max_y(place.top() + size.y * scale) };
    let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, shown));
    let sheet = egui::epaint::RectShape::filled(place, radius, Color32::WHITE);
    ui.painter().add(sheet.with_texture(texture, uv));
    ui.painter().rect_stroke(place, radius, Stroke::new(1.0, palette.line), StrokeKind::Outside);
}

/// The second line of a row.
struct StatusLine {
    sign: Sign,
    text: String,
    color: Color32,
    can_retry: bool,
}

enum Sign {
    Dot(Color32),
    Ring,
    Icon(Icon),
    Nothing,
}

impl StatusLine {
    /// `pause` is the end of one that its service asked for.
    fn of(document: &DeskDocument, status: &DocumentStatus, pause: Option<SystemTime>, palette: &Palette) -> Self {
        let quiet = |sign: Sign, text: String| Self { sign, text, color: palette.secondary, can_retry: false };
        match status {
            DocumentStatus::Waiting if document.file == FileState::Opening => quiet(Sign::Ring, "Opening".into()),
            DocumentStatus::Waiting => quiet(Sign::Dot(palette.edge), "Waiting".into()),
            DocumentStatus::Paced(until) => {
                quiet(Sign::Dot(palette.warning), format!("Sent in {}", seconds_words(*until)))
            }
            DocumentStatus::Uploading(_) if document.file == FileState::Elsewhere => {
                quiet(Sign::Ring, "Fetched by its service".into())
            }
            DocumentStatus::Uploading(share) => quiet(Sign::Ring, format!("Sending {:.0} %", share * 100.0)),
            DocumentStatus::Reading(page, pages) => quiet(Sign::Ring, reading_words(document, *page, *pages)),
            DocumentStatus::NeedsPassword => Self {
                sign: Sign::Icon(Icon::Lock),
                text: "Needs a password".into(),
                color: palette.warning,
                can_retry: false,
            },
            DocumentStatus::ToLookAt(count) => quiet(
                Sign::Dot(palette.warning),
                format!("{count} to look at{}{}", sync_words(&document.sync, pause), pages_words(document)),
            ),
            DocumentStatus::Done => quiet(
                Sign::Icon(Icon::Check),
                format!("Read{}{}", sync_words(&document.sync, pause), pages_words(document)),
            ),
            DocumentStatus::Approved => quiet(
                Sign::Icon(Icon::Check),
                format!("Approved{}{}", sync_words(&document.sync, pause), pages_words(document)),
            ),
            DocumentStatus::Rejected => quiet(Sign::Dot(palette.edge), "Rejected".into()),
            DocumentStatus::SameAs(_) => {
                Self { can_retry: true, ..quiet(Sign::Icon(Icon::Copy), "Twice on the desk".into()) }
            }
            DocumentStatus::Cancelled => Self { can_retry: true, ..quiet(Sign::Dot(palette.edge), "Stopped".into()) },
            DocumentStatus::Failed(problem) => Self {
                sign: Sign::Nothing,
                text: problem.message.clone(),
                color: palette.error,
                can_retry: !matches!(document.reading, ReadState::Reading { .. }),
            },
        }
    }
}

/// That a document is being read, and how its service was asked to.
fn reading_words(document: &DeskDocument, page: u32, pages: u32) -> String {
    match (document.reader.way, pages) {
        (Some(Way::AtOnce), _) => "Sent, read at once".to_owned(),
        (Some(Way::Later), 0) => "Sent, read later".to_owned(),
        (Some(Way::Later), _) => format!("Sent, read later: page {page} of {pages}"),
        (None, 0) => "Reading".to_owned(),
        (None, _) => format!("Reading page {page} of {pages}"),
    }
}

/// How it came to its service, once it did.
fn way_words(document: &DeskDocument, state: &State) -> Option<String> {
    let way = match document.reader.way? {
        Way::AtOnce => "read at once",
        Way::Later => "read later",
    };
    let pages = match document.wanted_pages().len() {
        0 => String::new(),
        1 => " (1 page)".to_owned(),
        pages => format!(" ({pages} pages)"),
    };
    Some(format!("Sent to {}, {way}{pages}", state.source_of(document)))
}

/// How long it is until then, as in `28 s`.
pub(super) fn seconds_words(until: SystemTime) -> String {
    let left = until.duration_since(SystemTime::now()).unwrap_or_default().as_secs() + 1;
    if left < 120 { format!("{left} s") } else { format!("{} min", left.div_ceil(60)) }
}

/// Whether its service knows what persons changed, behind what else is said; `pause` is the end of one that it asked for.
fn sync_words(sync: &SyncState, pause: Option<SystemTime>) -> String {
    match (sync, pause) {
        (SyncState::None, _) => String::new(),
        (SyncState::Pending | SyncState::Sending, Some(until)) => format!(" · sent in {}", seconds_words(until)),
        (SyncState::Pending, None) => " · to be sent".to_owned(),
        (SyncState::Sending, None) => " · being sent".to_owned(),
        (SyncState::Sent, _) => " · sent".to_owned(),
        (SyncState::NotOffered, _) => " · kept here".to_owned(),
        (SyncState::Failed(_), _) => " · not sent".to_owned(),
    }
}

/// How many pages it has, behind what else is said; nothing where it is one.
fn pages_words(document: &DeskDocument) -> String {
    match document.page_count() {
        None | Some(0 | 1) => String::new(),
        Some(pages) => format!(" · {pages} pages"),
    }
}

fn status_ui(ui: &Ui, left: egui::Pos2, width: f32, line: &StatusLine) {
    let sign = Rect::from_center_size(pos2(left.x + 5.0, left.y), egui::Vec2::splat(10.0));
    let inset = match line.sign {
        Sign::Dot(color) => {
            ui.painter().circle_filled(sign.center() - vec2(1.0, 0.0), 3.5, color);
            14.0
        }
        Sign::Ring => {
            icons::spinner(ui, sign, palette(ui).accent);
            16.0
        }
        Sign::Icon(icon) => {
            icon.paint(ui.painter(), sign, 11.0, if icon == Icon::Check { palette(ui).good } else { line.color });
            16.0
        }
        Sign::Nothing => 0.0,
    };
    let text = elided(ui, &line.text, theme::regular(theme::SMALL), width - inset);
    paint_line(ui, pos2(left.x + inset, left.y), text, line.color);
}

/// Buttons that stand in the row while the pointer is over it; answers how much width they take.
fn row_buttons_ui(ui: &mut Ui, row: Rect, document: &DeskDocument, line: &StatusLine, commands: &Commands) -> f32 {
    let mut right = row.right() - 8.0;
    let mut button = |icon: Icon, label: &str| {
        let place = Rect::from_min_size(pos2(right - 24.0, row.center().y - 12.0), egui::Vec2::splat(24.0));
        right -= 26.0;
        let builder = egui::UiBuilder::new().max_rect(place).id_salt((document.id.0, label));
        ui.scope_builder(builder, |ui| sized_icon_button_ui(ui, icon, label, 24.0).clicked()).inner
    };
    if button(Icon::Close, "Remove") {
        commands.push(Command::Remove(vec![document.id]));
    }
    if line.can_retry && button(Icon::Retry, "Read again") {
        commands.push(Command::Retry(vec![document.id]));
    }
    row.right() - 12.0 - right
}

fn row_menu_ui(response: &Response, document: &DeskDocument, line: &StatusLine, commands: &Commands) {
    response.context_menu(|ui| {
        ui.set_width(190.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let reading = matches!(line.sign, Sign::Ring);
        let mut row = |label: &str, enabled: bool, command: Command| {
            if ui.add_enabled_ui(enabled, |ui| MenuRow::new(label).ui(ui)).inner.clicked() {
                commands.push(command);
                ui.close();
            }
        };
        row("Open", true, Command::Open(document.id));
        row(Action::Retry.label(), !reading, Command::Retry(vec![document.id]));
        row("Copy path", true, Command::CopyText(document.path.display().to_string()));
        line_ui(ui);
        if MenuRow::new("Remove").ui(ui).clicked() {
            commands.push(Command::Remove(vec![document.id]));
            ui.close();
        }
    });
}

fn hover_text(state: &State, document: &DeskDocument, status: &DocumentStatus) -> String {
    let has_path = !document.path.as_os_str().is_empty();
    let mut text = if has_path { document.path.display().to_string() } else { document.name.clone() };
    match document.page_count() {
        Some(1) => text.push_str("\n1 page"),
        Some(pages) => text = format!("{text}\n{pages} pages"),
        None => {}
    }
    if let Some(way) = way_words(document, state) {
        text = format!("{text}\n{way}");
    }
    if !document.options.metadata.is_empty() {
        text = format!("{text}\nNote: {}", document.options.metadata);
    }
    if let DocumentStatus::Failed(problem) = status {
        text = format!("{text}\n{}", problem.message);
    }
    text
}
