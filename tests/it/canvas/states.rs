//! What the page view shows where there is no page to see.

use super::desk::{Desk, blank, step_until};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::RgbImage;
use proofdesk::desk::{DeskDocument, DrawPage, FileState, PageImage, State};
use proofdesk::document::{Page, Problem};
use proofdesk::pages::PageFile;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn shown(file: FileState) -> Harness<'static, Desk> {
    let document = DeskDocument { file, name: "oyo.pdf".into(), ..blank(1) };
    let mut harness = Desk::with(document, None).harness(Harness::builder().with_size([600.0, 600.0]));
    harness.run_steps(3);
    harness
}

#[test]
fn nothing_is_open() {
    let mut desk = Desk::with(blank(1), None);
    desk.state = State::default();
    let mut harness = desk.harness(Harness::builder());
    harness.run_steps(2);
    harness.get_by_label("Open a document to see its pages");
}

#[test]
fn a_file_is_being_opened() {
    shown(FileState::Opening).get_by_label("Opening oyo.pdf…");
}

#[test]
fn a_file_that_cannot_be_shown_says_why() {
    let problem = Problem::new("This file is empty; choose another copy of it");
    shown(FileState::Failed(problem)).get_by_label("This file is empty; choose another copy of it");
    shown(FileState::NeedsPassword { wrong: false }).get_by_label("This document waits for its password");
}

/// Fails until it is mended.
#[derive(Default)]
struct Broken(AtomicBool);

impl DrawPage for Broken {
    fn draw(&self, _: &PageFile, image: &PageImage) -> Result<RgbImage, Problem> {
        let size = image.size();
        if self.0.load(Ordering::SeqCst) {
            Ok(RgbImage::new(size.width, size.height))
        } else {
            Err(Problem::new("This page broke the reader"))
        }
    }
}

#[test]
fn a_page_that_cannot_be_drawn_says_so_and_is_drawn_again_when_asked() {
    let broken = Arc::new(Broken::default());
    let desk = Desk::with(blank(1), Some(broken.clone()));
    let mut harness = desk.harness(Harness::builder().with_size([600.0, 600.0]));
    step_until("it says so", &mut harness, |h| h.query_by_label("This page broke the reader").is_some());
    broken.0.store(true, Ordering::SeqCst);
    harness.run_steps(5);
    harness.get_by_label("This page broke the reader");
    harness.get_by_label("Try again").click();
    harness.step();
    step_until("it is drawn", &mut harness, |h| h.state().image_bytes() > 0);
    harness.run_steps(2);
    assert!(harness.query_by_label("This page broke the reader").is_none());
}

#[test]
fn a_page_that_takes_long_says_that_it_is_being_drawn() {
    let builder = Harness::builder().with_size([600.0, 600.0]).with_step_dt(1.0 / 60.0);
    let mut harness = Desk::with(blank(1), None).harness(builder);
    harness.step();
    assert!(harness.query_by_label("Drawing page 1…").is_none(), "not at once: it would flicker");
    harness.run_steps(20);
    harness.get_by_label("Drawing page 1…");
}

#[test]
fn a_page_that_the_service_could_not_read_says_why() {
    let mut document = blank(1);
    let page = Page { problem: Some(Problem::new("it is too dark")), ..Page::default() };
    document.pages.insert(0, Arc::new(page));
    let mut harness = Desk::with(document, None).harness(Harness::builder().with_size([600.0, 600.0]));
    harness.run_steps(2);
    harness.get_by_label("This page could not be read: it is too dark");
}
