//! A row of the list of documents: its little page, its name, how far it is, and what can be asked of it.

use crate::desk::{
    Action, Command, Commands, DeskDocument, DocumentStatus, FileState, ReadState, State, SyncState, Way,
};
use crate::document::Standing;
use crate::ui::controls::{elided, focus_ring, paint_line, palette, sized_icon_button_ui};
use crate::ui::icons::{self, Icon};
use crate::ui::images::PageImages;
use crate::ui::menu::{MenuRow, label_of, line_ui};
use crate::ui::theme::{self, Palette};
use egui::{Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use std::time::SystemTime;

const THUMBNAIL: egui::Vec2 = egui::vec2(34.0, 44.0);
/// The tick on a document that is selected beside others.
const MARK: egui::Vec2 = egui::vec2(15.0, 15.0);

/// Draws the row of a document and answers to what is done with it.
pub(super) fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    document: &DeskDocument,
    images: &mut PageImages,
    commands: &Commands,
) -> Response {
    let palette = palette(ui);
    let is_open = state.open.is_some_and(|open| open.document == document.id);
    let is_selected = state.selected_documents.contains(&document.id);
    let is_meant = is_selected || (is_open && state.selected_documents.is_empty());
    let id = ui.make_persistent_id(("document", document.id.0));
    let response = ui.interact(rect, id, Sense::click());
    let status = state.status(document);
    let pause = state.pauses.get(&document.reader.connection).copied().filter(|until| *until > SystemTime::now());
    let line = StatusLine::of(document, &status, pause, palette);
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListBoxOption, true, is_meant, format!("{}, {}", document.name, line.text))
    });
    if is_meant {
        ui.painter().rect_filled(rect, 0.0, palette.accent_soft);
    } else if response.hovered() || response.contains_pointer() {
        ui.painter().rect_filled(rect, 0.0, palette.hover);
    }
    if is_open {
        ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, palette.accent);
    }
    thumbnail_ui(ui, rect, document, images);
    if is_selected {
        let mark = Rect::from_center_size(pos2(rect.left() + 11.0 + THUMBNAIL.x, rect.center().y + 15.0), MARK);
        ui.painter().circle(mark.center(), MARK.x / 2.0, palette.accent, Stroke::new(1.5, palette.accent_soft));
        Icon::Check.paint(ui.painter(), mark, 9.0, palette.on_accent);
    }
    focus_ring(ui, &response, rect);

    let buttons = if response.contains_pointer() { row_buttons_ui(ui, rect, document, &line, commands) } else { 0.0 };
    let left = rect.left() + 14.0 + THUMBNAIL.x + 10.0;
    let width = rect.right() - 12.0 - left - buttons;
    let name = elided(ui, &document.name, theme::regular(theme::BODY), width);
    paint_line(ui, pos2(left, rect.center().y - 9.5), name, palette.text);
    status_ui(ui, pos2(left, rect.center().y + 9.5), width, &line);

    row_menu_ui(&response, state, document, &line, commands);
    // What is said beside the pointer would lie over a dialog that a key has opened meanwhile.
    if ui.memory(|memory| memory.top_modal_layer().is_some()) {
        return response;
    }
    response.on_hover_text_at_pointer(hover_text(state, document, &status))
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
pub(in crate::ui) fn seconds_words(until: SystemTime) -> String {
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

/// How many pages it has, behind what else is said, or that it is not whole; nothing where it is one page.
fn pages_words(document: &DeskDocument) -> String {
    match document.page_count() {
        _ if document.breaks_off => " · cut off".to_owned(),
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

/// What can be asked of a document, or of all that are selected where it is one of them.
fn row_menu_ui(response: &Response, state: &State, document: &DeskDocument, line: &StatusLine, commands: &Commands) {
    response.context_menu(|ui| {
        ui.set_width(210.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let is_selected = state.selected_documents.contains(&document.id);
        let meant = if is_selected { state.meant_documents() } else { vec![document.id] };
        let is_one = meant.len() == 1;
        let reading = is_one && matches!(line.sign, Sign::Ring);
        let row = |ui: &mut Ui, label: &str, enabled: bool, asked: &[Command]| {
            if ui.add_enabled_ui(enabled, |ui| MenuRow::new(label).ui(ui)).inner.clicked() {
                for command in asked {
                    commands.push(command.clone());
                }
                ui.close();
            }
        };
        let label = |action: Action| label_of(action, state, &meant);
        row(ui, "Open", is_one, &[Command::Open(document.id)]);
        for (action, standing) in [(Action::Approve, Standing::Approved), (Action::Reject, Standing::Rejected)] {
            row(ui, &label(action), true, &[Command::Decide(meant.clone(), standing)]);
        }
        row(ui, &label(Action::Retry), !reading, &[Command::Retry(meant.clone())]);
        if is_selected {
            row(ui, &label(Action::Export), true, &[Command::Do(Action::Export)]);
        }
        row(ui, "Copy path", is_one, &[Command::CopyText(document.path.display().to_string())]);
        line_ui(ui);
        row(ui, &label(Action::RemoveDocument), true, &[Command::Remove(meant.clone())]);
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
