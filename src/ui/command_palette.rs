//! The command palette: every action by name, found by a few of its letters, run with the keyboard.

use super::controls::{key_cap_ui, paint_line, palette};
use super::keys::action_keys;
use super::menu::{is_on, is_possible, label_of};
use super::theme;
use crate::desk::{Action, Command, Commands, DocumentId, State};
use egui::text::LayoutJob;
use egui::{Align2, Key, Rect, Role, Sense, TextFormat, Ui, WidgetInfo, pos2, vec2};
use std::borrow::Cow;

/// What only the screen knows of the palette.
#[derive(Debug, Default)]
pub(super) struct PaletteView {
    query: String,
    /// The row that Enter runs.
    chosen: usize,
    /// The arrows moved the choice in this frame.
    moved: bool,
}

impl PaletteView {
    /// A palette in which this was typed already, before it stood.
    pub(super) fn with(query: String) -> Self {
        Self { query, ..Self::default() }
    }
}

/// Something that the palette can do.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Do(Action),
    Open(DocumentId),
}

/// An item that the query found.
struct Found {
    item: Item,
    name: Cow<'static, str>,
    /// The places of the query's letters in the name, in characters.
    letters: Vec<usize>,
    points: i32,
}

const WIDTH: f32 = 560.0;
const ROW: f32 = 34.0;
const MOST_ROWS: usize = 10;

/// Shows the palette; answers `false` once it is closed.
pub(super) fn command_palette_ui(
    ctx: &egui::Context,
    state: &State,
    view: &mut PaletteView,
    commands: &Commands,
) -> bool {
    let id = egui::Id::unique("command palette");
    let area = egui::Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 84.0));
    let mut open = true;
    let modal = egui::Modal::new(id)
        .area(area)
        .backdrop_color(palette_of(ctx).scrim)
        .frame(egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::ZERO).corner_radius(12.0))
        .show(ctx, |ui| {
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 40.0));
            ui.spacing_mut().item_spacing.y = 0.0;
            let (up, down, enter) = ui.input_mut(|i| {
                (
                    i.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowUp),
                    i.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowDown),
                    i.consume_key(egui::Modifiers::NONE, Key::Enter),
                )
            });
            query_ui(ui, view);
            let found = find(&view.query, state);
            view.moved |= up + down > 0;
            let last = found.len().saturating_sub(1);
            view.chosen = (view.chosen + down).saturating_sub(up).min(last);
            let clicked = rows_ui(ui, state, view, &found);
            let run = if enter { Some(view.chosen) } else { clicked };
            if let Some(found) = run.and_then(|row| found.get(row)) {
                match &found.item {
                    Item::Do(action) => commands.act(*action),
                    Item::Open(document) => commands.push(Command::Open(*document)),
                }
                open = false;
            }
        });
    open && !modal.should_close()
}

fn palette_of(ctx: &egui::Context) -> &'static theme::Palette {
    theme::palette(&ctx.global_style().visuals)
}

fn query_ui(ui: &mut Ui, view: &mut PaletteView) {
    let palette = palette(ui);
    let frame = egui::Frame::new().inner_margin(egui::Margin { left: 18, right: 18, top: 12, bottom: 12 });
    frame.show(ui, |ui| {
        let edit = egui::TextEdit::singleline(&mut view.query)
            .hint_text("Type a command or the name of a document")
            .font(theme::regular(15.0))
            .frame(egui::Frame::NONE)
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Command");
        response.request_focus();
        if response.changed() {
            view.chosen = 0;
            view.moved = true;
        }
    });
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), egui::Stroke::new(1.0, palette.line));
}

/// Shows what was found; answers the row that was clicked.
fn rows_ui(ui: &mut Ui, state: &State, view: &mut PaletteView, found: &[Found]) -> Option<usize> {
    let palette = palette(ui);
    if found.is_empty() {
        ui.add_space(18.0);
        ui.vertical_centered(|ui| ui.label(egui::RichText::new("Nothing is called that").color(palette.secondary)));
        ui.add_space(18.0);
        return None;
    }
    let mut clicked = None;
    let reveal = std::mem::take(&mut view.moved);
    let height = MOST_ROWS.min(found.len()) as f32 * ROW + 12.0;
    egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(
        ui,
        |ui| {
            ui.add_space(6.0);
            for (row, found) in found.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
                let chosen = row == view.chosen;
                let name = found.name.as_ref();
                response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, name));
                if chosen && reveal {
                    ui.scroll_to_rect(rect, None);
                }
                if ui.is_rect_visible(rect) {
                    row_ui(ui, rect, state, found, chosen, response.hovered());
                }
                if response.clicked() {
                    clicked = Some(row);
                }
            }
            ui.add_space(6.0);
        },
    );
    clicked
}

fn row_ui(ui: &mut Ui, rect: Rect, state: &State, found: &Found, chosen: bool, hovered: bool) {
    let palette = palette(ui);
    let ground = rect.shrink2(vec2(6.0, 0.0));
    if chosen || hovered {
        let fill = if chosen { palette.accent_soft } else { palette.hover };
        ui.painter().rect_filled(ground, theme::FIELD_RADIUS, fill);
    }
    let mut job = LayoutJob::default();
    for (place, letter) in found.name.chars().enumerate() {
        let hit = found.letters.contains(&place);
        let font = if hit { theme::semibold(theme::BODY) } else { theme::regular(theme::BODY) };
        let color = if hit { palette.accent } else { palette.text };
        job.append(letter.encode_utf8(&mut [0; 4]), 0.0, TextFormat::simple(font, color));
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width() - 190.0);
    let name = ui.painter().layout_job(job);
    paint_line(ui, pos2(rect.left() + 18.0, rect.center().y), name, palette.text);
    let right = Rect::from_min_max(pos2(rect.right() - 180.0, rect.top()), pos2(rect.right() - 18.0, rect.bottom()));
    // A child of its own: the next row stands below this one, however little stands at its right.
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let mut end = ui.new_child(egui::UiBuilder::new().max_rect(right).layout(layout));
    let (keys, note) = match &found.item {
        Item::Open(_) => (None, Some("Document")),
        Item::Do(Action::ToggleTheme) => (action_keys(Action::ToggleTheme), None),
        Item::Do(action) => (action_keys(*action), (is_on(*action, state) == Some(true)).then_some("On")),
    };
    if let Some(keys) = keys {
        key_cap_ui(&mut end, &keys);
    }
    if let Some(note) = note {
        end.label(egui::RichText::new(note).font(theme::regular(theme::SMALL)).color(palette.secondary));
    }
}

/// What the query finds, best first: actions that make sense now, and documents once something is typed.
fn find(query: &str, state: &State) -> Vec<Found> {
    let query = query.trim();
    let meant = state.meant_documents();
    let actions = Action::ALL.iter().copied().filter(|a| *a != Action::CommandPalette && is_possible(*a, state));
    let actions = actions.map(|action| (Item::Do(action), label_of(action, state, &meant)));
    let documents = state.documents.iter().filter(|_| !query.is_empty());
    let documents = documents.map(|document| (Item::Open(document.id), Cow::Owned(document.name.clone())));
    let mut found: Vec<Found> = actions
        .chain(documents)
        .filter_map(|(item, name)| {
            let (points, letters) = fuzzy(query, &name)?;
            Some(Found { item, name, letters, points })
        })
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse(f.points));
    found.truncate(60);
    found
}

/// How well `query` fits `name`, and where its letters are: every letter must be there in order; letters that follow each
/// other and letters that begin words count more.
fn fuzzy(query: &str, name: &str) -> Option<(i32, Vec<usize>)> {
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let letters: Vec<char> = name.chars().map(lower).collect();
    let wanted: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).map(lower).collect();
    // Each place where the first letter stands is a start; the best of them counts.
    let starts = (0..letters.len()).filter(|at| wanted.first().is_none_or(|w| letters[*at] == *w));
    let best = starts.take(24).filter_map(|start| fit(&wanted, &letters, start)).max_by_key(|(points, _)| *points);
    if wanted.is_empty() { Some((0, Vec::new())) } else { best }
}

fn fit(wanted: &[char], letters: &[char], start: usize) -> Option<(i32, Vec<usize>)> {
    let begins_word = |at: usize| at == 0 || !letters[at - 1].is_alphanumeric();
    let mut places: Vec<usize> = Vec::with_capacity(wanted.len());
    let mut points = 0;
    let mut from = start;
    for letter in wanted {
        let at = (from..letters.len()).find(|at| letters[*at] == *letter)?;
        let follows = places.last().is_some_and(|last| last + 1 == at);
        points += if follows {
            8
        } else if begins_word(at) {
            6
        } else {
            1
        };
        points -= (at - from).min(4) as i32;
        places.push(at);
        from = at + 1;
    }
    if start == 0 {
        points += 3;
    }
    Some((points - letters.len() as i32 / 12, places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::samples;

    fn names(query: &str) -> Vec<String> {
        find(query, &samples::busy_desk()).iter().map(|f| f.name.to_string()).collect()
    }

    #[test]
    fn a_few_letters_find_the_command() {
        assert_eq!(names("fitw")[0], "Fit width");
        assert_eq!(names("zi")[0], "Zoom in");
        assert_eq!(names("quux").len(), 0, "no action has these letters in order");
        assert_eq!(names("dark")[0], "Switch light and dark");
        assert_eq!(names("page text")[0], "Copy page text");
    }

    #[test]
    fn documents_are_found_by_name_once_something_is_typed() {
        assert!(names("oyo").contains(&"oyo receipt.pdf".to_owned()));
        assert!(!names("").contains(&"oyo receipt.pdf".to_owned()));
    }

    #[test]
    fn rows_without_keys_are_as_high_as_the_others() {
        use egui_kittest::kittest::Queryable;
        let state = samples::busy_desk();
        let mut view = PaletteView::with("s".into());
        let mut harness = egui_kittest::Harness::builder().with_size(vec2(800.0, 700.0)).build_ui(move |ui| {
            theme::install(ui.ctx());
            command_palette_ui(ui.ctx(), &state, &mut view, &Commands::default());
        });
        harness.run_steps(4);
        let mut tops: Vec<f32> = harness.query_all_by_role(Role::ListBoxOption).map(|row| row.rect().top()).collect();
        tops.sort_by(f32::total_cmp);
        assert!(tops.len() > 9 && tops.windows(2).all(|pair| (pair[1] - pair[0] - ROW).abs() < 0.5), "{tops:?}");
    }

    #[test]
    fn letters_out_of_order_find_nothing() {
        assert!(fuzzy("tif", "Fit width").is_none());
        assert_eq!(fuzzy("fw", "Fit width").unwrap().1, [0, 4]);
    }

    #[test]
    fn what_cannot_be_done_now_is_not_offered() {
        let names: Vec<_> = find("zoom", &State::default()).into_iter().map(|f| f.item).collect();
        assert!(!names.contains(&Item::Do(Action::ZoomIn)));
    }
}
