//! Pages of real documents, through real worker processes.

mod binder;
mod faults;
mod handmade;
mod odd_files;
mod pictures;
mod text;

use image::RgbImage;
use proofdesk::document::PageRect;
use proofdesk::pages::{FileKind, PageFile, Pages, PixelRegion, Render};
use proofdesk::parts::Parts;
use std::path::PathBuf;

fn pages() -> Pages {
    Pages::with_program(&Parts::find().unwrap(), env!("CARGO_BIN_EXE_proofdesk").into())
}

fn fixture(name: &str) -> PageFile {
    PageFile::new(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

/// The share of dark pixels in a rectangle.
fn ink(image: &RgbImage, rect: PageRect) -> f32 {
    let (left, top) = (rect.left() as u32, rect.top() as u32);
    let (right, bottom) =
        ((rect.right().ceil() as u32).min(image.width()), (rect.bottom().ceil() as u32).min(image.height()));
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    places.filter(|(x, y)| image.get_pixel(*x, *y).0[1] < 200).count() as f32 / rect.area()
}

#[test]
fn an_invoice_has_pages_pixels_words_and_rules() {
    let pages = pages();
    let file = fixture("zf_Mustang_RE-20190610_507.pdf");
    let info = pages.open(&file).unwrap();
    assert_eq!(info.kind, FileKind::Pdf);
    let image = pages.render(&file, 0, &Render::whole(info.pages[0])).unwrap();
    assert_eq!((image.width(), image.height()), (info.pages[0].width, info.pages[0].height));
    let layer = pages.text_layer(&file, 0).unwrap();
    let line: Vec<&str> = layer.words.iter().filter(|w| w.line == 20).map(|w| w.text.as_str()).collect();
    assert_eq!(line, ["Please", "remit", "until", "2019-07-01."]);
    assert!(layer.rules.iter().any(|r| r.is_horizontal()) && layer.rules.iter().any(|r| !r.is_horizontal()));
    assert!(layer.hidden == 0.0 && layer.unmapped == 0.0 && layer.image_cover < 0.05);
    assert!(layer.words.iter().all(|w| ink(&image, w.rect) > 0.02), "every box has ink in it");
}

#[test]
fn tiles_of_a_page_meet_without_a_seam() {
    let pages = pages();
    for (name, page) in [("icdar13_us-016.pdf", 0), ("i2d_oyo.pdf", 0), ("tess_phototest_rotL.png", 0)] {
        let file = fixture(name);
        let full = pages.open(&file).unwrap().pages[page as usize];
        for percent in [13, 40, 107] {
            let mut render = Render::whole(full);
            render.size.width = full.width * percent / 100;
            render.size.height = full.height * percent / 100;
            let whole = pages.render(&file, page, &render).unwrap();
            // A row of tiles across the middle, and one that is cut off by the edge.
            let y = render.size.height / 2;
            for x in (0..render.size.width).step_by(256) {
                let region = PixelRegion { x, y, width: 256, height: 256 };
                let tile = pages.render(&file, page, &Render { region: Some(region), ..render }).unwrap();
                let same = image::imageops::crop_imm(&whole, x, y, tile.width(), tile.height()).to_image();
                assert_eq!(tile.width(), 256.min(render.size.width - x));
                let values = tile.as_raw().iter().zip(same.as_raw());
                // Curves are rounded to one of 256 shades wherever they begin.
                let most = values.map(|(a, b)| a.abs_diff(*b)).max();
                assert!(most <= Some(2), "{name} at {percent} %, {x}: {most:?}");
            }
        }
    }
}

#[test]
fn a_thousand_pages_open_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.pdf");
    std::fs::write(&path, handmade::pages_of_text(1000)).unwrap();
    let file = PageFile::new(path);
    let info = pages().open(&file).unwrap();
    assert_eq!(info.pages.len(), 1000);
    assert!(info.pages.iter().all(|p| (p.width, p.height) == (2550, 3300)));
    let layer = pages().text_layer(&file, 999).unwrap();
    assert_eq!(layer.words[..2].iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["Page", "1000"]);
}
