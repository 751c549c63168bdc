//! Page images as textures: thumbnails, crops and the canvas' tiles. Asks for what this frame shows, keeps what fits a
//! bound in bytes. Decodes nothing and waits for nothing; the drawing is `desk::render`'s.

use super::canvas::cache::ByteCache;
use crate::desk::{DeskDocument, DocumentId, DrawPage, PageImage, RenderThreads, Wanted};
use crate::document::{PageRect, PageSize, Problem, Turn};
use crate::pages::{PageFile, Pages, PixelRegion};
use egui::{ColorImage, Rect, TextureHandle, TextureId, TextureOptions, Vec2};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// All textures of pages together take at most so many bytes (4 a pixel), unless one frame shows more.
pub const CACHE_BYTES: usize = 64 << 20;

/// And at least so many may be kept.
const LEAST_CACHE_BYTES: usize = 24 << 20;

/// So many times what the window shows is kept: what was just seen and what comes next. A 4K screen shows 33 MB.
const WINDOWS_KEPT: f32 = 5.0;

/// At most so many bytes go to the graphics card a frame (one image at least), so that no frame is late for it.
const UPLOAD_BYTES: usize = 8 << 20;

/// So many failures are remembered.
const FAILURES: usize = 500;

/// How pressing an image is; the lower comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A page in view has nothing to show yet.
    Blank,
    /// The magnified value in hand.
    Crop,
    /// A sharp image of what is in view; the smaller number first.
    Sharp(u32),
    /// A thumbnail in view.
    Thumbnail,
    /// What will probably be in view next; the smaller number first.
    Next(u32),
}

/// How an image stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageState {
    /// It is there.
    Ready(TextureId),
    /// It is being made.
    Waiting,
    /// It cannot be made.
    Failed(Problem),
}

type Wishes = Arc<Mutex<Vec<(Urgency, Wanted)>>>;

struct Failure {
    file: Arc<PageFile>,
    problem: Problem,
}

/// The images of pages that the window shows.
///
/// Whoever shows an image asks for it in every frame; what a frame did not ask for is forgotten unless it runs already.
pub struct PageImages {
    ctx: egui::Context,
    threads: Option<RenderThreads<ColorImage>>,
    cache: ByteCache<PageImage, TextureHandle>,
    wishes: Wishes,
    files: HashMap<DocumentId, Arc<PageFile>>,
    /// Of whole pages under `None`, of one image otherwise.
    failures: HashMap<(DocumentId, u32, Option<PageImage>), Failure>,
    broken: Option<TextureHandle>,
    pass: Option<u64>,
}

impl PageImages {
    /// No images yet; they need `set_drawer` (or `set_pages`) too.
    pub fn new(ctx: &egui::Context) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let repaint = ctx.clone();
        let threads = RenderThreads::start(
            cores.clamp(2, 6),
            |image| ColorImage::from_rgb([image.width() as usize, image.height() as usize], image.as_raw()),
            move || repaint.request_repaint(),
        );
        let threads = threads.inspect_err(|e| tracing::error!("no threads for page images: {e}")).ok();
        let wishes = Wishes::default();
        if let Some(threads) = &threads {
            let (collected, publish) = (Arc::downgrade(&wishes), threads.wishes());
            ctx.on_end_pass(
                "page images",
                Arc::new(move |_| {
                    let Some(collected) = collected.upgrade() else { return };
                    let mut wishes = std::mem::take(&mut *collected.lock().unwrap_or_else(PoisonError::into_inner));
                    wishes.sort_by_key(|(urgency, _)| *urgency);
                    publish.replace(wishes.into_iter().map(|(_, wanted)| wanted).collect());
                }),
            );
        }
        Self {
            ctx: ctx.clone(),
            threads,
            cache: ByteCache::new(CACHE_BYTES),
            wishes,
            files: HashMap::new(),
            failures: HashMap::new(),
            broken: None,
            pass: None,
        }
    }

    /// Where pages come from; without it everything waits.
    pub fn set_pages(&mut self, pages: Option<Pages>) {
        self.set_drawer(pages.map(|pages| Arc::new(pages) as Arc<dyn DrawPage>));
    }

    /// Whoever draws pages from now on; what failed before is tried again.
    pub fn set_drawer(&mut self, drawer: Option<Arc<dyn DrawPage>>) {
        self.failures.clear();
        if let Some(threads) = &self.threads {
            threads.set_drawer(drawer);
        }
    }

    /// A page as small as a thumbnail: its texture and its size in points, the longer side at most `max_side` points.
    /// `None` while it is being made. A page that cannot be drawn has a picture that says so; why is in
    /// [`Self::problem`].
    pub fn thumbnail(&mut self, document: &DeskDocument, page: u32, max_side: f32) -> Option<(TextureId, Vec2)> {
        let size = page_size(document, page)?;
        let scale = max_side * self.ctx.pixels_per_point() / size.width.max(size.height).max(1) as f32;
        let side = |pixels: u32| (pixels as f32 * scale).round().max(1.0) as u32;
        let whole = PageSize::new(side(size.width), side(size.height));
        let image = PageImage { document: document.id, page, whole, region: None, turn: Turn::None };
        self.shown(document, image, Urgency::Thumbnail)
    }

    /// The pixels around `rect` (of the page the service answered for), upright as its words are and magnified to fill
    /// `size` points: the texture, its size in points, and where `rect` is in it, in shares of its sides. `None` while it is
    /// being made.
    pub fn crop(
        &mut self,
        document: &DeskDocument,
        page: u32,
        rect: PageRect,
        size: Vec2,
    ) -> Option<(TextureId, Vec2, Rect)> {
        let file_size = page_size(document, page)?;
        let pixels = (size * self.ctx.pixels_per_point()).round();
        let answer = document.pages.get(&page);
        let answered = answer.map(|p| p.size).filter(|s| s.width > 0 && s.height > 0).unwrap_or(file_size);
        let turn = answer.and_then(|p| p.text.as_ref()).map_or(Turn::None, |text| text.turn);
        let (fx, fy) =
            (file_size.width as f32 / answered.width as f32, file_size.height as f32 / answered.height as f32);
        let rect = PageRect::new(rect.left() * fx, rect.top() * fy, rect.right() * fx, rect.bottom() * fy);
        let Crop { whole, region, place } = crop_of(rect, file_size, turn, pixels);
        let image = PageImage { document: document.id, page, whole, region: Some(region), turn };
        self.shown(document, image, Urgency::Crop).map(|(texture, size)| (texture, size, place))
    }

    /// Why a page cannot be drawn.
    pub fn problem(&self, document: DocumentId, page: u32) -> Option<&Problem> {
        self.failures.get(&(document, page, None)).map(|f| &f.problem)
    }

    /// Tries pages of a document again that could not be drawn.
    pub fn retry(&mut self, document: DocumentId) {
        self.failures.retain(|(failed, ..), _| *failed != document);
    }

    /// The bytes of all textures of pages.
    pub const fn bytes(&self) -> usize {
        self.cache.bytes()
    }

    /// An image, asked for with `urgency` where it is not there.
    pub fn image(&mut self, document: &DeskDocument, image: PageImage, urgency: Urgency) -> ImageState {
        self.begin_pass();
        if let Some(texture) = self.cache.get(&image) {
            return ImageState::Ready(texture.id());
        }
        let file = self.file(document);
        for key in [(document.id, image.page, None), (document.id, image.page, Some(image))] {
            if let Some(failure) = self.failures.get(&key) {
                if failure.file == file {
                    return ImageState::Failed(failure.problem.clone());
                }
                self.failures.remove(&key);
            }
        }
        let mut wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.push((urgency, Wanted { image, file }));
        ImageState::Waiting
    }

    /// An image if it is there already.
    pub fn cached(&mut self, image: &PageImage) -> Option<TextureId> {
        self.begin_pass();
        self.cache.get(image).map(TextureHandle::id)
    }

    /// Whether an image is there; that does not count as use.
    pub fn holds(&self, image: &PageImage) -> bool {
        self.cache.contains(image)
    }

    fn shown(&mut self, document: &DeskDocument, image: PageImage, urgency: Urgency) -> Option<(TextureId, Vec2)> {
        let size = image.size();
        let points = egui::vec2(size.width as f32, size.height as f32) / self.ctx.pixels_per_point();
        match self.image(document, image, urgency) {
            ImageState::Ready(texture) => Some((texture, points)),
            ImageState::Waiting => None,
            ImageState::Failed(_) => Some((self.broken_page(), points)),
        }
    }

    fn file(&mut self, document: &DeskDocument) -> Arc<PageFile> {
        if let Some(known) = self.files.get(&document.id)
            && known.path == document.path
            && known.password == document.password
        {
            return Arc::clone(known);
        }
        let file = Arc::new(PageFile { path: document.path.clone(), password: document.password.clone() });
        self.files.insert(document.id, Arc::clone(&file));
        file
    }

    /// Once a pass: takes what was made, as much as one frame can send to the graphics card.
    fn begin_pass(&mut self) {
        let pass = self.ctx.cumulative_pass_nr();
        if self.pass == Some(pass) {
            return;
        }
        self.pass = Some(pass);
        let window = self.ctx.content_rect().size() * self.ctx.pixels_per_point();
        self.cache.set_capacity(cache_bytes(window));
        self.cache.begin_turn();
        let mut sent = 0;
        while sent < UPLOAD_BYTES {
            let Some(rendered) = self.threads.as_ref().and_then(RenderThreads::take) else { return };
            let image = rendered.wanted.image;
            match rendered.result {
                Ok(pixels) => {
                    let bytes = pixels.pixels.len() * 4;
                    sent += bytes;
                    let texture = self.ctx.load_texture("page", pixels, TextureOptions::LINEAR);
                    self.cache.insert(image, texture, bytes);
                }
                Err(problem) => {
                    if self.failures.len() >= FAILURES {
                        self.failures.clear();
                    }
                    let key = (image.document, image.page, image.region.map(|_| image));
                    self.failures.insert(key, Failure { file: rendered.wanted.file, problem });
                }
            }
        }
        self.ctx.request_repaint();
    }

    /// A grey sheet with a cross.
    fn broken_page(&mut self) -> TextureId {
        let ctx = &self.ctx;
        let handle = self.broken.get_or_insert_with(|| {
            let (width, height) = (48usize, 64usize);
            let mut image = ColorImage::filled([width, height], egui::Color32::from_gray(0xf0));
            for step in 0..13usize {
                for thick in 0..2 {
                    image[(18 + step + thick - 1, 26 + step)] = egui::Color32::from_gray(0x98);
                    image[(30 - step + thick, 26 + step)] = egui::Color32::from_gray(0x98);
                }
            }
            ctx.load_texture("a page that cannot be drawn", image, TextureOptions::LINEAR)
        });
        handle.id()
    }
}

fn page_size(document: &DeskDocument, page: u32) -> Option<PageSize> {
    match &document.file {
        crate::desk::FileState::Ready(sizes) => sizes.get(page as usize).copied(),
        _ => None,
    }
}

/// The part of a page around `rect` that fills `pixels` once it is turned upright, magnified so that the value can be
/// read well and its neighbours show.
fn crop_of(rect: PageRect, page: PageSize, turn: Turn, pixels: Vec2) -> Crop {
    let (rect, page) = (turn.rect(rect, page), turn.size(page));
    // The value takes at most half of the height and nine tenths of the width; the page fills the crop at least.
    let fit = (pixels.y * 0.5 / rect.height().max(1.0)).min(pixels.x * 0.9 / rect.width().max(1.0));
    let fill = (pixels.x / page.width.max(1) as f32).max(pixels.y / page.height.max(1) as f32);
    let scale = fit.min(4.0).max(fill.min(8.0));
    let side = |length: u32| (length as f32 * scale).round().max(1.0) as u32;
    let whole = PageSize::new(side(page.width), side(page.height));
    let width = (pixels.x as u32).clamp(1, whole.width);
    let height = (pixels.y as u32).clamp(1, whole.height);
    let start = |center: f32, length: u32, all: u32| {
        (center * scale - length as f32 / 2.0).round().clamp(0.0, (all - length) as f32)
    };
    let (x, y) = (start(rect.center().x, width, whole.width), start(rect.center().y, height, whole.height));
    // Back to the page as it is in the file.
    let part = turn.inverse().rect(PageRect::new(x, y, x + width as f32, y + height as f32), whole);
    let region = PixelRegion {
        x: part.left() as u32,
        y: part.top() as u32,
        width: part.width() as u32,
        height: part.height() as u32,
    };
    let share = |at: egui::Pos2| egui::pos2((at.x * scale - x) / width as f32, (at.y * scale - y) / height as f32);
    let place =
        Rect::from_min_max(share(egui::pos2(rect.left(), rect.top())), share(egui::pos2(rect.right(), rect.bottom())));
    Crop { whole: turn.inverse().size(whole), region, place }
}

/// A part of a magnified page.
struct Crop {
    /// The size of the whole page.
    whole: PageSize,
    /// The part.
    region: PixelRegion,
    /// Where the value is in it once it is upright, in shares of its sides.
    place: Rect,
}

/// How much is kept for a window of so many pixels.
fn cache_bytes(window: Vec2) -> usize {
    let shown = window.x.max(0.0) * window.y.max(0.0) * 4.0;
    ((shown * WINDOWS_KEPT) as usize).clamp(LEAST_CACHE_BYTES, CACHE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_window_keeps_more_images_within_the_bound() {
        let kept = [(720.0, 480.0), (1440.0, 900.0), (3840.0, 2160.0)].map(|(x, y)| cache_bytes(Vec2::new(x, y)));
        assert_eq!(kept, [LEAST_CACHE_BYTES, 5 * 1440 * 900 * 4, CACHE_BYTES]);
    }

    #[test]
    fn a_crop_has_the_value_in_its_middle_and_fills_its_place() {
        let page = PageSize::new(2480, 3508);
        let rect = PageRect::new(1000.0, 1000.0, 1200.0, 1040.0);
        let Crop { whole, region, place } = crop_of(rect, page, Turn::None, egui::vec2(600.0, 120.0));
        assert_eq!((region.width, region.height), (600, 120));
        assert!((place.center() - egui::pos2(0.5, 0.5)).length() < 0.01);
        assert!((place.height() - 0.5).abs() < 0.01);
        let scale = whole.width as f32 / 2480.0;
        assert!((scale - 1.5).abs() < 0.01, "{scale}");
        assert!((region.x as f32 + 300.0 - 1100.0 * scale).abs() < 2.0);
    }

    #[test]
    fn a_crop_of_a_page_that_lies_on_its_side_is_upright() {
        let page = PageSize::new(2480, 3508);
        let rect = PageRect::new(1000.0, 1000.0, 1040.0, 1200.0);
        let Crop { whole, region, place } = crop_of(rect, page, Turn::Quarter, egui::vec2(600.0, 120.0));
        assert!((place.center() - egui::pos2(0.5, 0.5)).length() < 0.01);
        assert!((place.size() - egui::vec2(0.5, 0.5)).length() < 0.02, "upright: as wide as high in shares");
        let image = PageImage { document: DocumentId(1), page: 0, whole, region: Some(region), turn: Turn::Quarter };
        assert_eq!(image.size(), PageSize::new(600, 120));
        let scale = whole.width as f32 / 2480.0;
        assert!((region.x as f32 + 60.0 - 1020.0 * scale).abs() < 2.0);
        assert!((region.y as f32 + 300.0 - 1100.0 * scale).abs() < 2.0);
    }

    #[test]
    fn a_crop_at_the_corner_of_a_small_picture_stays_on_it() {
        let page = PageSize::new(300, 200);
        let rect = PageRect::new(0.0, 0.0, 4.0, 4.0);
        let Crop { whole, region, .. } = crop_of(rect, page, Turn::None, egui::vec2(600.0, 120.0));
        assert!(region.x + region.width <= whole.width && region.y + region.height <= whole.height);
        assert_eq!((region.x, region.y, region.width), (0, 0, 600));
    }
}
