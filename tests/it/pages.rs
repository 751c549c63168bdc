//! Pages of real documents, through real worker processes.

use image::RgbImage;
use proofdesk::document::PageRect;
use proofdesk::pages::{FileKind, PageFile, Pages, Render};
use proofdesk::parts::Parts;
use std::path::PathBuf;

fn pages() -> Pages {
    Pages::with_program(&Parts::find().unwrap(), env!("CARGO_BIN_EXE_proofdesk").into())
}

fn fixture(name: &str) -> PageFile {
    PageFile::new(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
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

/// The share of dark pixels in a rectangle.
fn ink(image: &RgbImage, rect: PageRect) -> f32 {
    let (left, top) = (rect.left() as u32, rect.top() as u32);
    let (right, bottom) =
        ((rect.right().ceil() as u32).min(image.width()), (rect.bottom().ceil() as u32).min(image.height()));
    let dark = (top..bottom)
        .flat_map(|y| (left..right).map(move |x| (x, y)))
        .filter(|(x, y)| image.get_pixel(*x, *y).0[1] < 200)
        .count();
    dark as f32 / rect.area()
}
