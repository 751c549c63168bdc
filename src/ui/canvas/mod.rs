//! The page view: a document as fluid as a map, with what the service said over it.
//!
//! What it decides is pure and tested without a screen: `layout` (where pages stand), `camera` (what is looked at),
//! `tiles` (which images), `cache` (what stays), `pick` (what a click means), `tags` (where a tag stands), `text_select`.
//! Coordinates of the screen live for one frame, behind `transform::UiFromPage`.

mod boxes;
pub mod cache;
pub mod camera;
mod fields;
mod frame;
mod hands;
mod hover;
mod ink;
mod input;
pub mod layout;
mod navigate;
mod overlay;
pub mod pick;
mod scrollbar;
mod sheet;
mod states;
mod tables;
mod tag_layer;
pub mod tags;
pub mod text_select;
mod thumbnails;
pub mod tiles;
mod toolbar;
pub mod transform;
mod words;

use crate::desk::{Action, Commands, DocumentId, FileState, State, Target, ZoomTo};
use crate::document::Turn;
use crate::pages::FileKind;
use crate::ui::images::PageImages;
use crate::ui::theme::palette;
pub use boxes::Drawn;
use camera::{Camera, Look, Viewport};
use egui::{Rect, Ui, UiBuilder, pos2};
use layout::Layout;
use std::collections::HashMap;
use text_select::TextSelection;

/// The room at the lower edge of the view that the floating bar takes, in points.
pub(super) const TOOLBAR: f32 = toolbar::HEIGHT + toolbar::MARGIN;
/// A view that is narrower or lower shows no page, in points.
const LEAST: f32 = 24.0;

/// What only the screen knows of the page view: where it looks, what text is selected.
pub struct PageView {
    document: Option<DocumentId>,
    /// Where the other documents were left.
    places: HashMap<DocumentId, Place>,
    camera: Camera,
    fit: ZoomTo,
    turn: Turn,
    /// The page that is mostly in view, from 0.
    page: u32,
    layout: Layout,
    /// Where the view was in the frame before; `None` until a document was shown.
    viewport: Option<Viewport>,
    pixels_per_point: f32,
    /// Screen pixels a page pixel at 100 %: a PDF page, whose pixels are 300ths of an inch, at life size (an inch is 96
    /// points), a picture pixel by pixel.
    life_size: f64,
    follow: navigate::Follow,
    motion: input::Motion,
    gesture: input::Gesture,
    /// What the next drag draws.
    tool: boxes::Tool,
    /// What was drawn and nobody has taken yet.
    drawn: Option<boxes::Drawn>,
    /// The last click took a word for a new value.
    took_word: bool,
    text: Option<TextSelection>,
    /// Words were asked for: this document's.
    asked_words: Option<DocumentId>,
    pending: Vec<Action>,
    sheets: sheet::Sheets,
    overlays: overlay::Overlays,
    tags: tag_layer::TagLayer,
    toolbar: toolbar::ToolbarView,
    strip_page: Option<u32>,
    strip_offset: f32,
}

/// Where a document was left.
#[derive(Clone, Copy, Debug)]
struct Place {
    look: Look,
    fit: ZoomTo,
    turn: Turn,
}

impl Default for PageView {
    fn default() -> Self {
        Self {
            document: None,
            places: HashMap::new(),
            camera: Camera::default(),
            fit: ZoomTo::Width,
            turn: Turn::None,
            page: 0,
            layout: Layout::default(),
            viewport: None,
            pixels_per_point: 1.0,
            life_size: 1.0,
            follow: navigate::Follow::default(),
            motion: input::Motion::default(),
            gesture: input::Gesture::None,
            tool: boxes::Tool::None,
            drawn: None,
            took_word: false,
            text: None,
            asked_words: None,
            pending: Vec::new(),
            sheets: sheet::Sheets::default(),
            overlays: overlay::Overlays::default(),
            tags: tag_layer::TagLayer::default(),
            toolbar: toolbar::ToolbarView::default(),
            strip_page: None,
            strip_offset: 0.0,
        }
    }
}

impl PageView {
    /// Does what is the view's own: zoom, fit, turn, pages, text. Answers whether `action` was; it is then done in the
    /// next frame. `Copy` is the view's own only while text is selected on a page.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::DrawField => self.tool = boxes::Tool::Field,
            Action::DrawTable => self.tool = boxes::Tool::Table,
            // Whoever draws stops that first.
            Action::ClearSelection if self.tool != boxes::Tool::None => self.tool = boxes::Tool::None,
            _ => return self.act_in_next_frame(action),
        }
        true
    }

    fn act_in_next_frame(&mut self, action: Action) -> bool {
        let own = match action {
            Action::ZoomIn
            | Action::ZoomOut
            | Action::FitWidth
            | Action::FitPage
            | Action::ActualSize
            | Action::RotateView
            | Action::NextPage
            | Action::PreviousPage
            | Action::FirstPage
            | Action::LastPage
            | Action::SelectAllText
            | Action::CopyPageText => self.document.is_some(),
            Action::Copy => self.text.is_some(),
            _ => false,
        };
        if own {
            self.pending.push(action);
        }
        own
    }

    /// What was drawn since the last time.
    pub fn take_drawn(&mut self) -> Option<boxes::Drawn> {
        self.drawn.take()
    }

    /// How large pages are, in percent: of life size where they are of a PDF, of a pixel a pixel where they are pictures.
    pub fn zoom_percent(&self) -> f32 {
        (self.camera.destination().zoom * f64::from(self.pixels_per_point) / self.life_size * 100.0) as f32
    }

    /// Glides to a field, table or cell of the open document in the next frame, as if it were selected from a list.
    pub fn glide_to(&mut self, target: Target) {
        self.follow.glide_to(target);
    }

    /// The page that is mostly in view, from 0.
    pub const fn page(&self) -> u32 {
        self.page
    }

    /// The number of pages of the document that is shown.
    pub fn page_count(&self) -> u32 {
        self.layout.page_count()
    }

    /// Whether text of a page is selected.
    pub const fn has_text_selection(&self) -> bool {
        self.text.is_some()
    }

    /// Makes `document` the one that is shown; each keeps its own place.
    fn open(&mut self, document: Option<DocumentId>) {
        if self.document == document {
            return;
        }
        if let (Some(old), Some(_)) = (self.document, self.viewport) {
            self.places.insert(old, Place { look: self.camera.look(), fit: self.fit, turn: self.turn });
        }
        self.document = document;
        self.layout = Layout::default();
        self.viewport = None;
        self.text = None;
        self.tool = boxes::Tool::None;
        self.gesture = input::Gesture::None;
        self.pending.clear();
        self.follow = navigate::Follow::default();
        self.sheets = sheet::Sheets::default();
        self.overlays = overlay::Overlays::default();
        self.tags = tag_layer::TagLayer::default();
        self.page = 0;
        self.strip_page = None;
    }
}

/// Points an inch, as systems count them.
const POINTS_PER_INCH: f64 = 96.0;
/// Pixels an inch of a PDF page's image.
const PDF_DPI: f64 = 300.0;

/// Shows the pages of the open document with what the service said over them, and lets a person move over them.
pub fn page_view_ui(ui: &mut Ui, state: &State, view: &mut PageView, images: &mut PageImages, commands: &Commands) {
    let rect = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(rect);
    let builder = UiBuilder::new().id_salt("page view").max_rect(rect);
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ui.painter().rect_filled(rect, 0.0, palette(ui.visuals()).canvas);
        view.pixels_per_point = ui.pixels_per_point();
        let Some(document) = state.open_document() else {
            view.open(None);
            states::sentence_ui(ui, rect, "Open a document to see its pages");
            return;
        };
        view.open(Some(document.id));
        view.life_size = match document.kind {
            Some(FileKind::Pdf) => f64::from(view.pixels_per_point) * POINTS_PER_INCH / PDF_DPI,
            _ => 1.0,
        };
        match &document.file {
            FileState::Opening => states::opening_ui(ui, rect, document),
            FileState::Elsewhere => {
                states::sentence_ui(
                    ui,
                    rect,
                    "Its service fetches this document; its pages come once they are read there",
                );
            }
            FileState::NeedsPassword { .. } => states::sentence_ui(ui, rect, "This document waits for its password"),
            FileState::Failed(problem) => states::sentence_ui(ui, rect, &problem.message),
            FileState::Ready(sizes) if sizes.is_empty() => {
                states::sentence_ui(ui, rect, "This document has no pages");
            }
            FileState::Ready(sizes) => {
                let mut rest = rect;
                if state.view.thumbnails && rect.width() > 3.0 * thumbnails::WIDTH {
                    let edge = rect.left() + thumbnails::WIDTH;
                    let strip = Rect::from_min_max(rect.min, pos2(edge, rect.bottom()));
                    rest.min.x = edge;
                    let builder = UiBuilder::new().id_salt("thumbnails").max_rect(strip);
                    ui.scope_builder(builder, |ui| {
                        let judge = state.judge(document);
                        thumbnails::thumbnails_ui(ui, document, judge, view, images, commands);
                    });
                }
                if rest.size().min_elem() < LEAST {
                    // What is fitted into no room would stay as small once there is some.
                    return;
                }
                let builder = UiBuilder::new().id_salt("pages").max_rect(rest);
                ui.scope_builder(builder, |ui| {
                    ui.set_clip_rect(rest.intersect(ui.clip_rect()));
                    let shown = frame::Shown { state, document, sizes, images, commands };
                    frame::pages_ui(ui, rest, view, shown);
                    match view.tool {
                        boxes::Tool::None => {}
                        boxes::Tool::Field => {
                            states::hint_ui(ui, rest, "Drag over the value, or click its word · Esc leaves it");
                        }
                        boxes::Tool::Table => states::hint_ui(ui, rest, "Drag over the table · Esc leaves it"),
                    }
                });
            }
        }
    });
}
