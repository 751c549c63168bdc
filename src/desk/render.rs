//! Page images made in the background: what is wanted now, most pressing first; what nobody wants any more is
//! forgotten. Knows no screen and no textures.

use super::DocumentId;
use crate::document::{PageSize, Problem, Turn};
use crate::pages::{PageFile, Pages, PixelRegion, Render};
use image::RgbImage;
use image::imageops::{FilterType, resize, rotate90, rotate180, rotate270};
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Names one image of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageImage {
    /// The document.
    pub document: DocumentId,
    /// The page, from 0.
    pub page: u32,
    /// The size of the whole page in pixels of this image.
    pub whole: PageSize,
    /// The part that is shown, of the page as it is in the file; `None` is all of it.
    pub region: Option<PixelRegion>,
    /// How that part is turned then.
    pub turn: Turn,
}

impl PageImage {
    /// The size of the image in pixels.
    pub fn size(&self) -> PageSize {
        self.turn.size(self.region.map_or(self.whole, |r| PageSize::new(r.width, r.height)))
    }
}

/// Whoever draws pages: [`Pages`], or a fake in tests. Called off the UI thread; may take its time.
pub trait DrawPage: Send + Sync {
    /// The image; what went wrong as one sentence for the person.
    fn draw(&self, file: &PageFile, image: &PageImage) -> Result<RgbImage, Problem>;
}

impl DrawPage for Pages {
    fn draw(&self, file: &PageFile, image: &PageImage) -> Result<RgbImage, Problem> {
        let fine = finer(image);
        let render = Render { size: fine.whole, region: fine.region };
        let drawn = self.render(file, image.page, &render).map_err(|error| Problem::new(error.to_string()))?;
        if fine.whole == image.whole {
            return Ok(drawn);
        }
        Ok(resize(&drawn, image.whole.width, image.whole.height, FilterType::Triangle))
    }
}

/// So many pixels, and a page is a thumbnail.
const THUMBNAIL: u32 = 320;
/// So much finer is a thumbnail drawn.
const FINER: u32 = 4;

/// What to draw for `image`: a thumbnail is drawn finer and made smaller then, because no line is ever drawn thinner than
/// a pixel, and a table would be a black bar.
fn finer(image: &PageImage) -> PageImage {
    let PageSize { width, height } = image.whole;
    if image.region.is_some() || width.max(height) > THUMBNAIL {
        return *image;
    }
    PageImage { whole: PageSize::new(width * FINER, height * FINER), ..*image }
}

/// An image that is wanted, and where from.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The image.
    pub image: PageImage,
    /// The file.
    pub file: Arc<PageFile>,
}

/// An image that was made, or why it was not.
#[derive(Debug)]
pub struct Rendered<T> {
    /// What was wanted.
    pub wanted: Wanted,
    /// The image as `convert` left it.
    pub result: Result<T, Problem>,
}

/// What waits and what runs.
#[derive(Debug, Default)]
struct Queue {
    /// Most pressing last.
    waiting: Vec<Wanted>,
    running: HashSet<PageImage>,
    closed: bool,
}

impl Queue {
    /// Forgets what waited and waits for `wanted`, most pressing first. What runs already is not asked for again.
    fn replace(&mut self, wanted: Vec<Wanted>) {
        self.waiting = wanted;
        self.waiting.retain(|w| !self.running.contains(&w.image));
        self.waiting.reverse();
    }

    fn start_next(&mut self) -> Option<Wanted> {
        let next = self.waiting.pop()?;
        self.running.insert(next.image);
        self.waiting.retain(|w| w.image != next.image);
        Some(next)
    }
}

struct Shared {
    queue: Mutex<Queue>,
    drawer: Mutex<Option<Arc<dyn DrawPage>>>,
    changed: Condvar,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drawer(&self) -> Option<Arc<dyn DrawPage>> {
        self.drawer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the next image to make; `None` when the program needs none any more.
    fn take(&self) -> Option<(Wanted, Arc<dyn DrawPage>)> {
        let mut queue = self.queue();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(drawer) = self.drawer()
                && let Some(wanted) = queue.start_next()
            {
                return Some((wanted, drawer));
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Makes wanted page images on threads of its own and hands them back in the order they are done.
pub struct RenderThreads<T> {
    shared: Arc<Shared>,
    done: Receiver<Rendered<T>>,
}

/// Publishes what is wanted, from wherever a frame ends.
#[derive(Clone)]
pub struct RenderWishes(Arc<Shared>);

impl RenderWishes {
    /// Everything that is wanted now, most pressing first; replaces what was wanted before.
    pub fn replace(&self, wanted: Vec<Wanted>) {
        let mut queue = self.0.queue();
        if wanted.is_empty() && queue.waiting.is_empty() {
            return;
        }
        queue.replace(wanted);
        drop(queue);
        self.0.changed.notify_all();
    }
}

impl<T: Send + 'static> RenderThreads<T> {
    /// Starts `threads` threads. Each image passes `convert` there; then `announce` is called.
    pub fn start(
        threads: usize,
        convert: impl Fn(RgbImage) -> T + Send + Sync + 'static,
        announce: impl Fn() + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let shared =
            Arc::new(Shared { queue: Mutex::default(), drawer: Mutex::default(), changed: Condvar::default() });
        // Bounded: a window that draws nothing makes the threads wait instead of piling up images.
        let (send, done) = sync_channel(threads.max(1) * 2);
        let work = Arc::new((convert, announce));
        for number in 0..threads.max(1) {
            let (shared, send, work) = (Arc::clone(&shared), send.clone(), Arc::clone(&work));
            std::thread::Builder::new()
                .name(format!("page images {number}"))
                .spawn(move || run(&shared, &send, &work.0, &work.1))?;
        }
        Ok(Self { shared, done })
    }

    /// Whoever draws from now on; with `None` everything waits.
    pub fn set_drawer(&self, drawer: Option<Arc<dyn DrawPage>>) {
        *self.shared.drawer.lock().unwrap_or_else(PoisonError::into_inner) = drawer;
        self.shared.changed.notify_all();
    }

    /// Where to say what is wanted.
    pub fn wishes(&self) -> RenderWishes {
        RenderWishes(Arc::clone(&self.shared))
    }

    /// The next image that is done, without waiting.
    pub fn take(&self) -> Option<Rendered<T>> {
        self.done.try_recv().ok()
    }
}

impl<T> Drop for RenderThreads<T> {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.changed.notify_all();
    }
}

fn run<T>(shared: &Shared, done: &SyncSender<Rendered<T>>, convert: &impl Fn(RgbImage) -> T, announce: &impl Fn()) {
    while let Some((wanted, drawer)) = shared.take() {
        let image = wanted.image;
        let result = drawer.draw(&wanted.file, &image).map(|pixels| convert(turned(pixels, image.turn)));
        let sent = done.send(Rendered { wanted, result });
        shared.queue().running.remove(&image);
        if sent.is_err() {
            return;
        }
        announce();
    }
}

fn turned(pixels: RgbImage, turn: Turn) -> RgbImage {
    match turn {
        Turn::None => pixels,
        Turn::Quarter => rotate90(&pixels),
        Turn::Half => rotate180(&pixels),
        Turn::ThreeQuarters => rotate270(&pixels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(page: u32) -> Wanted {
        let image =
            PageImage { document: DocumentId(1), page, whole: PageSize::new(10, 20), region: None, turn: Turn::None };
        Wanted { image, file: Arc::new(PageFile::new("a.pdf")) }
    }

    fn pages(queue: &mut Queue) -> Vec<u32> {
        std::iter::from_fn(|| queue.start_next().map(|w| w.image.page)).collect()
    }

    #[test]
    fn thumbnails_are_drawn_finer_and_tiles_as_they_are() {
        let image = |side: u32, region: Option<PixelRegion>| PageImage {
            document: DocumentId(1),
            page: 0,
            whole: PageSize::new(side, side),
            region,
            turn: Turn::None,
        };
        assert_eq!(finer(&image(44, None)).whole, PageSize::new(176, 176));
        assert_eq!(finer(&image(900, None)), image(900, None));
        let tile = image(100, Some(PixelRegion { x: 0, y: 0, width: 50, height: 50 }));
        assert_eq!(finer(&tile), tile);
    }

    #[test]
    fn the_most_pressing_comes_first_and_once() {
        let mut queue = Queue::default();
        queue.replace(vec![wanted(3), wanted(1), wanted(3), wanted(2)]);
        assert_eq!(pages(&mut queue), [3, 1, 2]);
    }

    #[test]
    fn what_is_scrolled_away_is_never_made() {
        let mut queue = Queue::default();
        queue.replace((0..100).map(wanted).collect());
        assert_eq!(queue.start_next().unwrap().image.page, 0);
        queue.replace(vec![wanted(500), wanted(0)]);
        assert_eq!(pages(&mut queue), [500], "page 0 runs, the others are forgotten");
    }

    struct Numbered;

    impl DrawPage for Numbered {
        fn draw(&self, _: &PageFile, image: &PageImage) -> Result<RgbImage, Problem> {
            if image.page == 13 {
                return Err(Problem::new("This page cannot be drawn"));
            }
            let size = image.size();
            Ok(RgbImage::from_pixel(size.width, size.height, image::Rgb([image.page as u8; 3])))
        }
    }

    #[test]
    fn images_and_failures_come_back() {
        let (send, announced) = sync_channel(16);
        let threads = RenderThreads::start(2, |image| image.get_pixel(0, 0).0[0], move || send.send(()).unwrap());
        let threads = threads.unwrap();
        threads.wishes().replace(vec![wanted(7), wanted(13)]);
        threads.set_drawer(Some(Arc::new(Numbered)));
        announced.recv().unwrap();
        announced.recv().unwrap();
        let mut done: Vec<_> = std::iter::from_fn(|| threads.take()).collect();
        done.sort_by_key(|r| r.wanted.image.page);
        assert_eq!(done[0].result, Ok(7));
        assert_eq!(done[1].result, Err(Problem::new("This page cannot be drawn")));
        assert!(done.len() == 2);
    }
}
