//! Draws the page itself: a sheet of paper, the small image first, then the sharp ones over it; old ones until the new
//! stand.

use super::layout::Layout;
use super::tiles::{Level, Settling};
use super::transform::UiFromPage;
use crate::desk::{DeskDocument, PageImage};
use crate::document::{PagePoint, PageRect, PageSize, Problem, Turn};
use crate::pages::PixelRegion;
use crate::ui::images::{ImageState, PageImages, Urgency};
use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Painter, Rect, Shape, TextureId, pos2};
use std::collections::HashMap;

/// So many scales of a page are looked through for something to show until the right one stands.
const RECENT_LEVELS: usize = 4;

/// A page may be blank for so many seconds before it says that it is being drawn: less would flicker.
const BLANK_SECS: f64 = 0.25;

/// What a page can show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SheetState {
    /// Its image, sharp or not yet.
    Shown,
    /// Nothing yet, and not for long.
    Blank,
    /// Nothing yet, for a while.
    Drawing,
    /// It cannot be drawn.
    Failed(Problem),
}

#[derive(Clone, Debug, Default)]
struct Sheet {
    /// The scales it was shown at, the present one last.
    levels: Vec<Level>,
    blank_since: Option<f64>,
}

/// The images of the pages in view.
#[derive(Default)]
pub(super) struct Sheets {
    sheets: HashMap<u32, Sheet>,
    /// Which scale to make images for.
    pub(super) settling: Settling,
}

/// What every page of a frame is drawn with.
pub(super) struct SheetFrame<'a> {
    /// The document.
    pub(super) document: &'a DeskDocument,
    /// Where the view is.
    pub(super) clip: Rect,
    /// Image pixels a page pixel that images are made for.
    pub(super) image_scale: f64,
    /// The time, in seconds.
    pub(super) now: f64,
    /// Where to draw.
    pub(super) painter: &'a Painter,
}

impl Sheets {
    /// Forgets pages that `keep` refuses.
    pub(super) fn keep(&mut self, keep: impl Fn(u32) -> bool) {
        self.sheets.retain(|page, _| keep(*page));
    }

    /// Draws a page in view and asks for what is missing.
    pub(super) fn draw(
        &mut self,
        frame: &SheetFrame<'_>,
        images: &mut PageImages,
        page: u32,
        ui_from_page: UiFromPage,
    ) -> SheetState {
        let size = ui_from_page.size();
        let sheet = self.sheets.entry(page).or_default();
        let level = Level::of(size, frame.image_scale);
        let visible = ui_from_page.page_rect_of(frame.clip.intersect(ui_from_page.page_rect()));
        let key =
            |whole: PageSize, region| PageImage { document: frame.document.id, page, whole, region, turn: Turn::None };
        if sheet.levels.last() != Some(&level) {
            sheet.levels.retain(|l| *l != level);
            if sheet.levels.len() >= RECENT_LEVELS {
                // A scale that never got an image can go before one that has something to show.
                let has_image = |l: &Level| l.images(visible, size).iter().any(|r| images.holds(&key(l.whole, *r)));
                let empty = sheet.levels.iter().position(|l| !has_image(l));
                sheet.levels.remove(empty.unwrap_or(0));
            }
            sheet.levels.push(level);
        }

        // The right images first, to know whether anything else is needed.
        let mut right: Vec<(Option<PixelRegion>, TextureId)> = Vec::new();
        let mut missing = Vec::new();
        for (rank, region) in level.images(visible, size).into_iter().enumerate() {
            match images.cached(&key(level.whole, region)) {
                Some(texture) => right.push((region, texture)),
                None => missing.push((rank as u32, region)),
            }
        }
        let mut shown = missing.is_empty();
        let mut problem = None;
        if shown {
            sheet.levels.drain(..sheet.levels.len() - 1);
        } else {
            shown = draw_stand_ins(frame, images, &key, ui_from_page, visible, &sheet.levels, level);
            let blank = !shown && right.is_empty();
            if level.needs_preview() {
                // It stays under the sharp images: what the next zoom or scroll uncovers is never blank.
                let preview = key(Level::preview(size).whole, None);
                let urgency = if blank { Urgency::Blank } else { Urgency::Next(0) };
                if let ImageState::Failed(p) = images.image(frame.document, preview, urgency) {
                    problem = Some(p);
                }
            }
            for (rank, region) in missing {
                let urgency = if blank && region.is_none() { Urgency::Blank } else { Urgency::Sharp(rank) };
                if let ImageState::Failed(p) = images.image(frame.document, key(level.whole, region), urgency)
                    && region.is_none()
                {
                    problem = Some(p);
                }
            }
        }
        for (region, texture) in &right {
            image_mesh(frame.painter, ui_from_page, level.page_rect(*region, size), *texture);
        }
        if shown || !right.is_empty() {
            sheet.blank_since = None;
            return SheetState::Shown;
        }
        if let Some(problem) = problem {
            return SheetState::Failed(problem);
        }
        let since = *sheet.blank_since.get_or_insert(frame.now);
        if frame.now - since < BLANK_SECS { SheetState::Blank } else { SheetState::Drawing }
    }

    /// Asks for what will probably be in view next: `page` where `visible` (page pixels) of it will be seen.
    pub(super) fn prepare(
        frame: &SheetFrame<'_>,
        images: &mut PageImages,
        layout: &Layout,
        page: u32,
        visible: PageRect,
        rank: u32,
    ) {
        let size = layout.size(page);
        let level = Level::of(size, frame.image_scale);
        let key =
            |whole: PageSize, region| PageImage { document: frame.document.id, page, whole, region, turn: Turn::None };
        if level.needs_preview() {
            images.image(frame.document, key(Level::preview(size).whole, None), Urgency::Next(rank));
        }
        for region in level.images(visible, size) {
            images.image(frame.document, key(level.whole, region), Urgency::Next(rank + 1));
        }
    }
}

/// Draws what is there in place of the right images: the preview and other scales. Answers whether the page is covered.
fn draw_stand_ins(
    frame: &SheetFrame<'_>,
    images: &mut PageImages,
    key: &impl Fn(PageSize, Option<PixelRegion>) -> PageImage,
    ui_from_page: UiFromPage,
    visible: PageRect,
    levels: &[Level],
    right: Level,
) -> bool {
    let size = ui_from_page.size();
    let mut covered = false;
    if let Some(texture) = images.cached(&key(Level::preview(size).whole, None)) {
        image_mesh(frame.painter, ui_from_page, size.rect(), texture);
        covered = true;
    }
    for old in levels.iter().filter(|l| **l != right) {
        let regions = old.images(visible, size);
        let mut all = !regions.is_empty();
        for region in regions {
            match images.cached(&key(old.whole, region)) {
                Some(texture) => image_mesh(frame.painter, ui_from_page, old.page_rect(region, size), texture),
                None => all = false,
            }
        }
        covered |= all;
    }
    covered
}

/// Draws `texture` where `part` of the page stands.
fn image_mesh(painter: &Painter, ui_from_page: UiFromPage, part: PageRect, texture: TextureId) {
    let corners = [
        (PagePoint::new(part.left(), part.top()), pos2(0.0, 0.0)),
        (PagePoint::new(part.right(), part.top()), pos2(1.0, 0.0)),
        (PagePoint::new(part.right(), part.bottom()), pos2(1.0, 1.0)),
        (PagePoint::new(part.left(), part.bottom()), pos2(0.0, 1.0)),
    ];
    let mut mesh = Mesh::with_texture(texture);
    for (corner, uv) in corners {
        let pos = ui_from_page.point(corner);
        mesh.vertices.push(Vertex { pos, uv, color: Color32::WHITE });
    }
    mesh.indices.extend([0, 1, 2, 0, 2, 3]);
    painter.add(Shape::mesh(mesh));
}
