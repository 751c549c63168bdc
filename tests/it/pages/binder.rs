//! Page images bound into a PDF are found again with their words in their places.

use super::pages;
use image::RgbImage;
use proofdesk::document::{PageRect, PageSize, PageText, Score, TextSource, Turn, Word};
use proofdesk::pages::{Binder, PageFile, Render};

const SIZE: PageSize = PageSize::new(1240, 1754);

fn word(text: &str, rect: PageRect, line: u32) -> Word {
    Word { text: text.into(), rect, score: Score::CERTAIN, line, font_size: 0.0 }
}

#[test]
fn what_is_bound_can_be_searched_where_it_stands() {
    let pages = pages();
    let words = vec![
        word("Überweisung", PageRect::new(100.0, 200.0, 400.0, 240.0), 0),
        word("1.234,50", PageRect::new(500.0, 200.0, 650.0, 240.0), 0),
        word("合計", PageRect::new(100.0, 400.0, 180.0, 440.0), 1),
    ];
    let text = PageText { size: SIZE, words: words.clone(), source: TextSource::Read, turn: Turn::None };
    let mut binder = Binder::default();
    let white = RgbImage::from_pixel(620, 877, image::Rgb([250, 250, 250]));
    binder.add(&white, SIZE, Some(&text)).unwrap();
    binder.add(&white, PageSize::new(877, 620), None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bound.pdf");
    std::fs::write(&path, binder.finish("Bound")).unwrap();

    let file = PageFile::new(&path);
    let info = pages.open(&file).unwrap();
    assert_eq!(info.pages, [SIZE, PageSize::new(877, 620)], "as large as it was said to be");
    let layer = pages.text_layer(&file, 0).unwrap();
    let found: Vec<&str> = layer.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(found, ["Überweisung", "1.234,50", "合計"]);
    for (found, meant) in layer.words.iter().zip(&words) {
        assert!(found.rect.iou(meant.rect) > 0.5, "{}: {:?} is {:?}", meant.text, meant.rect, found.rect);
    }
    let drawn = pages.render(&file, 0, &Render::whole(PageSize::new(310, 438))).unwrap();
    assert!(drawn.pixels().all(|pixel| pixel.0.iter().all(|c| *c > 240)), "the words are not to be seen");
}
