//! Words and rules of pages whose every place is known.

use super::{handmade, ink, pages};
use proofdesk::document::{PageRect, PageSize, Turn};
use proofdesk::pages::{PageFile, Render, TextLayer};

/// The layer of a handmade page and its image.
fn read(content: &str, entries: &str) -> (TextLayer, image::RgbImage) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, handmade::page(content, entries)).unwrap();
    let file = PageFile::new(path);
    let pages = pages();
    let size = pages.open(&file).unwrap().pages[0];
    let layer = pages.text_layer(&file, 0).unwrap();
    assert_eq!(layer.size, size);
    (layer, pages.render(&file, 0, &Render::whole(size)).unwrap())
}

/// A point of an unturned Letter page in pixels.
fn px(points: f32) -> f32 {
    points * 300.0 / 72.0
}

#[test]
fn words_and_rules_stand_where_the_ink_is_however_the_page_is_turned() {
    let content = "BT /F 24 Tf 100 600 Td (Total due) Tj ET 2 w 100 500 m 400 500 l S 300 200 50 1 re f";
    for (turn, size) in [(0, (2550, 3300)), (90, (3300, 2550)), (180, (2550, 3300)), (270, (3300, 2550))] {
        let (layer, image) = read(content, &format!("/Rotate {turn}"));
        assert_eq!(layer.size, PageSize::new(size.0, size.1));
        let texts: Vec<&str> = layer.words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts, ["Total", "due"]);
        assert_eq!(layer.turns, vec![Turn::from_degrees(-turn); 2], "at {turn}");
        for word in &layer.words {
            assert!(ink(&image, word.rect) > 0.2, "{} at {turn}", word.text);
            assert!((word.font_size - px(24.0)).abs() < 0.5, "{}", word.font_size);
        }
        assert_eq!(layer.rules.len(), 2, "at {turn}");
        for rule in &layer.rules {
            assert!(ink(&image, rule.rect) > 0.6, "{:?} at {turn}", rule.rect);
            assert_eq!(rule.is_horizontal(), turn % 180 == 0);
        }
    }
}

#[test]
fn the_visible_box_is_the_page() {
    let content = "BT /F 24 Tf 100 600 Td (kept) Tj 0 -500 Td (cut off) Tj ET";
    let (layer, image) = read(content, "/CropBox [50 300 350 700]");
    assert_eq!(layer.size, PageSize::new(1250, 1667));
    assert_eq!(layer.words.len(), 1);
    assert!(ink(&image, layer.words[0].rect) > 0.2);
    assert!((layer.hidden - 6.0 / 10.0).abs() < 1e-6, "{}", layer.hidden);
}

#[test]
fn invisible_text_is_told() {
    let (layer, _) = read("BT /F 24 Tf 100 600 Td 3 Tr (secret) Tj 0 Tr 0 -40 Td (shown!) Tj ET", "");
    assert_eq!(layer.words.len(), 2);
    assert!((layer.hidden - 0.5).abs() < 1e-6, "{}", layer.hidden);
}

#[test]
fn a_picture_over_half_the_page_covers_half_of_it() {
    let image = "q 612 0 0 396 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{40} EI Q";
    let (layer, _) = read(image, "");
    assert!((layer.image_cover - 0.5).abs() < 0.02, "{}", layer.image_cover);
}

#[test]
fn the_edges_of_a_box_and_lines_within_forms_are_rules() {
    let (layer, image) = read("1 w 100 100 200 50 re S", "");
    assert_eq!(layer.rules.len(), 4);
    let around = PageRect::around(layer.rules.iter().map(|r| r.rect)).unwrap();
    assert!((around.width() - px(201.0)).abs() < 1.0 && (around.height() - px(51.0)).abs() < 1.0, "{around:?}");
    assert!(layer.rules.iter().all(|r| ink(&image, r.rect) > 0.7));

    let mut pdf = handmade::Pdf::default();
    let form =
        pdf.stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [2 0 0 2 0 0]", b"1 w 10 20 m 60 20 l S");
    let content = pdf.stream("", b"q 1 0 0 1 100 300 cm /X Do Q");
    let bytes = pdf.finish([format!("/Contents {content} 0 R /Resources << /XObject << /X {form} 0 R >> >>")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.pdf");
    std::fs::write(&path, bytes).unwrap();
    let layer = pages().text_layer(&PageFile::new(path), 0).unwrap();
    let rule = layer.rules[0].rect;
    assert!((rule.left() - px(120.0)).abs() < 1.0 && (rule.right() - px(220.0)).abs() < 1.0, "{rule:?}");
    assert!((rule.center().y - px(792.0 - 340.0)).abs() < 1.0, "{rule:?}");
    assert!((rule.height() - px(2.0)).abs() < 0.5, "{rule:?}");
}

#[test]
fn text_under_a_picture_of_the_whole_page_is_hidden() {
    let image = "q 612 0 0 792 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{40} EI Q";
    let text = "BT /F 24 Tf 100 600 Td (under or over) Tj ET";
    let (under, _) = read(&format!("{text} {image}"), "");
    assert_eq!((under.hidden, under.image_cover, under.words.len()), (1.0, 1.0, 3));
    let (over, _) = read(&format!("{image} {text}"), "");
    assert_eq!((over.hidden, over.image_cover), (0.0, 1.0));
}

#[test]
fn what_is_filled_into_a_form_is_read() {
    let mut pdf = handmade::Pdf::default();
    let font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    let look = pdf.stream(
        &format!("/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F {font} 0 R >> >>"),
        b"/Tx BMC BT /F 12 Tf 2 5 Td (Jane 4711) Tj ET EMC",
    );
    let field = pdf.add(format!(
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Jane 4711) /F 4 /Rect [100 600 300 620] /AP << /N {look} 0 R >> >>"
    ));
    pdf.catalogue = format!("/AcroForm << /Fields [{field} 0 R] >>");
    let content = pdf.stream("", b"BT /F 12 Tf 40 605 Td (Name:) Tj ET");
    let page = format!("/Contents {content} 0 R /Annots [{field} 0 R] /Resources << /Font << /F {font} 0 R >> >>");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.pdf");
    std::fs::write(&path, pdf.finish([page])).unwrap();
    let file = PageFile::new(path);
    let pages = pages();
    let image = pages.render(&file, 0, &Render::whole(PageSize::new(2550, 3300))).unwrap();
    // Read twice: the second time the page is flattened already.
    for _ in 0..2 {
        let layer = pages.text_layer(&file, 0).unwrap();
        assert_eq!(layer.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["Name:", "Jane", "4711"]);
        assert!(layer.words.iter().all(|w| ink(&image, w.rect) > 0.15));
        assert!((layer.words[1].rect.left() - px(102.0)).abs() < px(1.5), "{:?}", layer.words[1].rect);
    }
}
