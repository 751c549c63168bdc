//! What is drawn, asked for and kept: sharp, never blank, never more than the bound, nothing that is scrolled away.

use super::desk::{Desk, blank, document, fixture, images_drawn, pages, settle, step_until};
use egui_kittest::Harness;
use image::RgbImage;
use proofdesk::desk::{Action, DeskDocument, DrawPage, PageImage};
use proofdesk::document::{PageSize, Problem};
use proofdesk::pages::{FileKind, PageFile, Render};
use proofdesk::ui::images::CACHE_BYTES;
use std::sync::{Arc, Condvar, Mutex};

/// Draws grey pages while the gate is open, and writes down which.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    drawn: Mutex<Vec<PageImage>>,
}

impl Gate {
    fn set(&self, open: bool) {
        *self.open.lock().unwrap() = open;
        self.opened.notify_all();
    }

    fn drawn(&self) -> Vec<PageImage> {
        self.drawn.lock().unwrap().clone()
    }
}

impl DrawPage for Gate {
    fn draw(&self, _: &PageFile, image: &PageImage) -> Result<RgbImage, Problem> {
        self.drawn.lock().unwrap().push(*image);
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        let size = image.size();
        Ok(RgbImage::from_pixel(size.width, size.height, image::Rgb([200; 3])))
    }
}

fn gated(count: u32, open: bool) -> (Arc<Gate>, Harness<'static, Desk>) {
    let gate = Arc::new(Gate::default());
    gate.set(open);
    let desk = Desk::with(blank(count), Some(gate.clone()));
    (gate, desk.harness(Harness::builder().with_size([700.0, 700.0])))
}

#[test]
fn an_image_pixel_is_a_screen_pixel() {
    let Some(pages) = pages() else { return };
    let path = fixture("zf_Mustang_RE-20190610_507.pdf");
    let mut document = document(&path, &pages);
    document.pages.clear();
    for scale in [1.0, 1.5] {
        let desk = Desk::with(document.clone(), Some(Arc::new(pages.clone())));
        let builder = Harness::builder().with_size([640.0, 700.0]).with_pixels_per_point(scale);
        let mut harness = desk.harness(builder);
        harness.state_mut().view.act(Action::FitPage);
        harness.step();
        settle(&mut harness);
        // 100 % of a PDF is life size: 96 points an inch, of which the page image has 300 pixels.
        let share = harness.state().view.zoom_percent() / 100.0 * scale * 96.0 / 300.0;
        let whole = PageSize::new((2480.0 * share).round() as u32, (3508.0 * share).round() as u32);
        let truth = pages.render(&PageFile::new(&path), 0, &Render::whole(whole)).unwrap();
        let shown = harness.render().unwrap();
        let (left, top) = paper(&shown);
        let mut wrong = 0;
        for (x, y, pixel) in truth.enumerate_pixels() {
            let there = shown.get_pixel(left + x, top + y).0;
            if pixel.0.iter().zip(there).any(|(a, b)| a.abs_diff(b) > 3) {
                wrong += 1;
            }
        }
        assert!(wrong * 1000 < whole.width * whole.height, "{wrong} pixels of {whole:?} are not the page's own");
    }
}

#[test]
fn a_hundred_percent_of_a_pdf_is_life_size_and_of_a_picture_a_pixel_a_pixel() {
    for (kind, width) in [(FileKind::Pdf, 2480 * 96 / 300), (FileKind::Jpeg, 2480)] {
        let document = DeskDocument { kind: Some(kind), ..blank(1) };
        let gate = Arc::new(Gate::default());
        gate.set(true);
        let desk = Desk::with(document, Some(gate.clone()));
        let mut harness = desk.harness(Harness::builder().with_size([900.0, 700.0]));
        harness.state_mut().view.act(Action::ActualSize);
        harness.run_steps(40);
        assert!((harness.state().view.zoom_percent() - 100.0).abs() < 0.01);
        step_until("the page in that size", &mut harness, |_| {
            gate.drawn().iter().any(|image| image.whole.width.abs_diff(width) <= 1)
        });
    }
}

/// The upper left corner of the white page.
fn paper(shown: &image::RgbaImage) -> (u32, u32) {
    let white = |x, y| shown.get_pixel(x, y).0 == [255; 4];
    let middle = (shown.width() / 2, shown.height() / 2);
    let left = (0..shown.width()).find(|x| (0..60).all(|d| white(*x, middle.1 + 40 + d % 3))).unwrap();
    let top = (0..shown.height()).find(|y| white(left + 4, *y)).unwrap();
    (left, top)
}

#[test]
fn a_zoom_shows_the_old_image_until_the_new_one_stands() {
    let (gate, mut harness) = gated(3, true);
    step_until("the first page stands", &mut harness, |h| images_drawn(h) > 0);
    settle(&mut harness);
    gate.set(false);
    for action in [Action::ZoomIn, Action::ZoomIn, Action::FitPage, Action::ZoomOut, Action::FitWidth] {
        harness.state_mut().view.act(action);
        for _ in 0..4 {
            harness.step();
            assert!(images_drawn(&harness) > 0, "blank after {action:?}");
        }
    }
    gate.set(true);
}

#[test]
fn pages_that_were_scrolled_past_are_never_drawn() {
    let (gate, mut harness) = gated(1000, false);
    harness.step();
    for page in (0..1000).step_by(25) {
        harness.state_mut().state.open.as_mut().unwrap().page = page;
        harness.step();
    }
    harness.state_mut().view.act(Action::LastPage);
    harness.run_steps(3);
    gate.set(true);
    step_until("the last page stands", &mut harness, |h| images_drawn(h) > 0);
    settle(&mut harness);
    let pages: std::collections::BTreeSet<u32> = gate.drawn().iter().map(|i| i.page).collect();
    assert!(pages.contains(&999));
    assert!(pages.len() < 12, "what ran when it began, the last and the one before: {pages:?}");
}

#[test]
fn a_thousand_pages_take_no_more_memory_than_the_bound() {
    let (_gate, mut harness) = gated(1000, true);
    harness.step();
    harness.state_mut().view.act(Action::FitWidth);
    for page in 0..60 {
        harness.state_mut().state.open.as_mut().unwrap().page = page * 16;
        step_until("the page stands", &mut harness, |h| h.state().view.page() == page * 16 && images_drawn(h) > 0);
        assert!(harness.state().image_bytes() <= CACHE_BYTES);
    }
    assert!(harness.state().image_bytes() > 0);
}

#[test]
fn the_next_page_is_there_before_it_is_in_view() {
    let (gate, mut harness) = gated(40, true);
    step_until("the next page is drawn", &mut harness, |_| gate.drawn().iter().any(|i| i.page == 1));
    settle(&mut harness);
    assert!(gate.drawn().iter().all(|i| i.page <= 2));
}

#[test]
fn only_the_tiles_in_view_are_drawn_of_a_page_that_is_zoomed_in() {
    let (gate, mut harness) = gated(1, true);
    settle(&mut harness);
    for _ in 0..12 {
        harness.state_mut().view.act(Action::ZoomIn);
        harness.step();
    }
    settle(&mut harness);
    // What the view passed on its way, at the same scale and wider, counts for nothing: all is drawn anew as it stands.
    let before = gate.drawn().len();
    harness.state_mut().images = None;
    settle(&mut harness);
    let tiles: Vec<PageImage> = gate.drawn()[before..].iter().copied().filter(|i| i.region.is_some()).collect();
    let last = tiles.last().expect("tiles").whole;
    assert!(last.width >= 2480 * 3);
    let sharp = tiles.iter().filter(|t| t.whole == last).count();
    assert!(sharp <= 4, "a view of 700 pixels needs four tiles of 768, not {sharp}");
}
