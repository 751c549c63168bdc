//! The tags of the pages in view: which boxes have one, placed when something changed, drawn in each frame.

use super::fields::around;
use super::overlay::{Mark, Overlay};
use super::tags::{Kind, common_area, place};
use super::transform::UiFromPage;
use crate::desk::{Judge, JudgeKey};
use crate::document::{PageSize, Score, label_name};
use crate::ui::theme::{self, faded, text_on};
use egui::{Color32, Painter, Rect, Vec2, vec2};
use std::collections::HashMap;
use std::sync::Arc;

/// At most so many tags a page; the most doubtful first.
const MOST: usize = 160;
/// With more tags than this in view only the selected one is loud.
const CROWD: usize = 6;
/// Text of which the box is lower than this, in points, is too small to be read: so would be a tag to be understood.
const TARGET_FROM: f32 = 12.0;
const TEXT: f32 = 11.0;
const HEIGHT: f32 = 18.0;
const PADDING_X: f32 = 6.0;

/// What decides where a page's tags stand.
#[derive(Clone, PartialEq)]
struct Ground {
    page: *const crate::document::Page,
    size: Vec2,
    degrees: u16,
    judge: JudgeKey,
    selected: Option<usize>,
    fields: bool,
    tables: bool,
    pixels_per_point: f32,
}

struct Tag {
    mark: usize,
    text: String,
    /// From the page's top left corner, in points.
    rect: Rect,
    color: Color32,
    is_table: bool,
}

#[derive(Default)]
struct PageTags {
    ground: Option<Ground>,
    tags: Vec<Tag>,
}

/// The tags of the pages in view.
#[derive(Default)]
pub(super) struct TagLayer {
    pages: HashMap<u32, PageTags>,
}

/// What is shown of a page.
#[derive(Clone, Copy)]
pub(super) struct TagFrame<'a> {
    /// Who says which values have a tag.
    pub(super) judge: Judge<'a>,
    /// What is selected on this page.
    pub(super) selected: Option<Mark>,
    /// Fields are shown.
    pub(super) fields: bool,
    /// Tables are shown.
    pub(super) tables: bool,
    /// Where to draw.
    pub(super) painter: &'a Painter,
    /// How much of them is to be seen, 0 to 1.
    pub(super) opacity: f32,
    /// The size of the page in the file.
    pub(super) file_size: PageSize,
}

impl TagLayer {
    /// Forgets pages that `keep` refuses.
    pub(super) fn keep(&mut self, keep: impl Fn(u32) -> bool) {
        self.pages.retain(|page, _| keep(*page));
    }

    /// Draws the tags of a page. They are placed anew only where something changed that decides it.
    pub(super) fn draw(&mut self, frame: TagFrame<'_>, overlay: &Overlay, ui_from_page: UiFromPage) {
        let place = ui_from_page.page_rect();
        let selected = frame.selected.and_then(|s| overlay.marks.iter().position(|m| *m == s));
        let ground = Ground {
            page: Arc::as_ptr(&overlay.page),
            size: place.size(),
            degrees: ui_from_page.turn().degrees(),
            judge: frame.judge.key(),
            selected,
            fields: frame.fields,
            tables: frame.tables,
            pixels_per_point: frame.painter.ctx().pixels_per_point(),
        };
        let tags = self.pages.entry(overlay.page.number).or_default();
        if tags.ground.as_ref() != Some(&ground) {
            let at_origin = UiFromPage::new(
                Rect::from_min_size(egui::Pos2::ZERO, place.size()),
                ui_from_page.size(),
                ui_from_page.turn(),
            );
            tags.tags = placed(frame, overlay, at_origin, selected);
            tags.ground = Some(ground);
        }
        let seen = |tag: &&Tag| frame.painter.clip_rect().intersects(tag.rect.translate(place.min.to_vec2()));
        let crowd = tags.tags.iter().filter(seen).count() > CROWD;
        for tag in tags.tags.iter().filter(seen) {
            let loud = Some(tag.mark) == selected || (!crowd && !tag.is_table);
            tag_shape(frame.painter, tag, place.min.to_vec2(), loud, frame.opacity);
        }
    }
}

/// Draws one tag, moved by `offset`. In a crowd only what is selected is loud.
fn tag_shape(painter: &Painter, tag: &Tag, offset: Vec2, loud: bool, opacity: f32) {
    let rect = tag.rect.translate(offset);
    let (ground, ink) = if loud {
        (tag.color, text_on(tag.color))
    } else {
        // Paper is white in both themes.
        (Color32::WHITE.lerp_to_gamma(tag.color, 0.16), theme::LIGHT.text.lerp_to_gamma(tag.color, 0.25))
    };
    painter.rect_filled(rect, theme::TAG_RADIUS, faded(ground, opacity));
    let font = if loud { theme::semibold(TEXT) } else { theme::medium(TEXT) };
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, &tag.text, font, faded(ink, opacity));
}

/// What a tag says, the full words first and then what is left where there is little room.
fn texts(overlay: &Overlay, mark: Mark) -> Vec<String> {
    match mark {
        Mark::Field(at) => {
            let field = overlay.field(at);
            vec![format!("{} · {}", label_name(&field.label), field.score), field.score.to_string()]
        }
        Mark::Table(at) => {
            let table = overlay.table(at);
            vec![format!("{} · {} × {}", label_name(&table.label), table.rows(), table.cols())]
        }
        Mark::Cell(table, at) => {
            let cell = overlay.cell(table, at);
            let name = if cell.label.is_empty() {
                format!("Row {}, column {}", cell.row, cell.col)
            } else {
                label_name(&cell.label)
            };
            vec![format!("{name} · {}", cell.score)]
        }
    }
}

/// The marks that have a tag, the most important first.
fn wanted(frame: TagFrame<'_>, overlay: &Overlay, selected: Option<usize>) -> Vec<usize> {
    let mut doubtful: Vec<(Score, usize)> = Vec::new();
    let mut tables = Vec::new();
    for (number, mark) in overlay.marks.iter().enumerate() {
        match mark {
            Mark::Field(at) if frame.fields && frame.judge.needs_look(overlay.field(*at)) => {
                doubtful.push((overlay.field(*at).score, number));
            }
            Mark::Table(_) if frame.tables => tables.push(number),
            _ => {}
        }
    }
    doubtful.sort_by(|a, b| a.0.get().total_cmp(&b.0.get()).then(a.1.cmp(&b.1)));
    let mut all: Vec<usize> = selected.into_iter().collect();
    all.extend(doubtful.into_iter().map(|(_, number)| number).chain(tables).filter(|n| Some(*n) != selected));
    all.truncate(MOST);
    all
}

fn placed(frame: TagFrame<'_>, overlay: &Overlay, ui_from_page: UiFromPage, selected: Option<usize>) -> Vec<Tag> {
    let ui_from_text = ui_from_page.of_size(overlay.text_size(frame.file_size));
    let bounds = ui_from_page.page_rect().expand(6.0);
    let mut tags: Vec<Tag> = Vec::new();
    for number in wanted(frame, overlay, selected) {
        let mark = overlay.marks[number];
        let must = Some(number) == selected;
        let target = around(ui_from_page.rect(overlay.grid.rects()[number]));
        let (kind, line) = match mark {
            Mark::Table(at) => (Kind::Table, target.height() / overlay.table(at).rows().max(1) as f32),
            Mark::Field(_) | Mark::Cell(..) => (Kind::Value, target.height()),
        };
        if line < if must { 4.0 } else { TARGET_FROM } {
            continue;
        }
        let color = match mark {
            Mark::Field(at) => overlay.looks[at].color,
            _ => theme::TABLE,
        };
        // Short words in a free place are better than long ones over text.
        let mut wordings: Vec<(String, bool)> = texts(overlay, mark).into_iter().map(|text| (text, false)).collect();
        if must && let Some((shortest, _)) = wordings.last().cloned() {
            wordings.push((shortest, true));
        }
        for (text, must) in wordings {
            let width = text_width(frame.painter, &text);
            let covered = |rect: Rect| {
                taken(frame, overlay, ui_from_page, ui_from_text, number, rect)
                    + tags.iter().map(|t| common_area(t.rect.expand(1.0), rect)).sum::<f32>()
            };
            if let Some(rect) = place(kind, target, vec2(width + 2.0 * PADDING_X, HEIGHT), bounds, must, covered) {
                tags.push(Tag { mark: number, text, rect, color, is_table: kind == Kind::Table });
                break;
            }
        }
    }
    tags
}

/// How much of `rect` words, boxes and grids of the page take, in square points.
fn taken(
    frame: TagFrame<'_>,
    overlay: &Overlay,
    ui_from_page: UiFromPage,
    ui_from_text: UiFromPage,
    own: usize,
    rect: Rect,
) -> f32 {
    let mut sum = 0.0;
    overlay.words.touching(ui_from_text.page_rect_of(rect), |word| {
        sum += common_area(ui_from_text.rect(overlay.words.rects()[word]), rect);
        true
    });
    overlay.grid.touching(ui_from_page.page_rect_of(rect), |mark| {
        let shown = match overlay.marks[mark] {
            Mark::Field(_) => frame.fields,
            Mark::Table(_) | Mark::Cell(..) => false,
        };
        if shown && mark != own {
            sum += common_area(ui_from_page.rect(overlay.grid.rects()[mark]).expand(4.0), rect);
        }
        true
    });
    sum
}

fn text_width(painter: &Painter, text: &str) -> f32 {
    painter.layout_no_wrap(text.to_owned(), theme::semibold(TEXT), Color32::PLACEHOLDER).size().x.ceil()
}
