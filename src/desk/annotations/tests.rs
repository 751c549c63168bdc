//! Annotations go out and come back the same; what others write is read.

use super::*;
use serde_json::json;

fn object(name: &str, text: Option<&str>, bounds: [f64; 4], page: u32) -> LabelledBox {
    let [xmin, ymin, xmax, ymax] = bounds;
    LabelledBox {
        name: name.into(),
        ocr_text: text.map(str::to_owned),
        bndbox: BoundingBox { xmin, ymin, xmax, ymax, ..BoundingBox::default() },
        page: Some(page),
        ..LabelledBox::default()
    }
}

fn documents() -> Vec<AnnotatedDocument> {
    let size = PageSize::new(800, 1000);
    vec![
        AnnotatedDocument {
            name: "a & b.pdf".into(),
            sizes: vec![(0, size), (1, size)],
            objects: vec![
                object("total", Some("1 < 2 \"€\""), [80.0, 100.0, 160.0, 150.0], 0),
                object("date", Some("1.1.2026"), [8.0, 10.0, 16.0, 20.0], 1),
            ],
        },
        AnnotatedDocument {
            name: "c.jpg".into(),
            sizes: vec![(0, size)],
            objects: vec![object("total", Some("7"), [0.0; 4], 0)],
        },
    ]
}

/// Name, label, text, page and left edge of everything.
fn said(all: &[Annotated]) -> Vec<(String, String, Option<String>, u32, i64)> {
    let of = |one: &Annotated| {
        let name = one.filename.clone();
        let object = move |o: &LabelledBox| {
            (name.clone(), o.name.clone(), o.ocr_text.clone(), o.page.unwrap_or(0), o.bndbox.xmin.round() as i64)
        };
        one.objects.iter().map(object).collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

#[test]
fn what_is_written_is_read_again() {
    for format in [AnnotationFormat::Contract, AnnotationFormat::Voc, AnnotationFormat::LabelStudio] {
        let files = files(&documents(), format).unwrap();
        assert_eq!(files.len(), if format == AnnotationFormat::Voc { 3 } else { 1 }, "{format:?}");
        let read: Vec<Annotated> = files.iter().flat_map(|file| parse(&file.name, &file.bytes).unwrap()).collect();
        let mut wanted = vec![
            ("a & b.pdf".to_owned(), "total".to_owned(), Some("1 < 2 \"€\"".to_owned()), 0, 80),
            ("a & b.pdf".to_owned(), "date".to_owned(), Some("1.1.2026".to_owned()), 1, 8),
        ];
        if format != AnnotationFormat::LabelStudio {
            // It knows no value without a place.
            wanted.push(("c.jpg".to_owned(), "total".to_owned(), Some("7".to_owned()), 0, 0));
        }
        assert_eq!(said(&read), wanted, "{format:?}");
        assert!(read.iter().all(|one| one.size == Some(PageSize::new(800, 1000))), "{format:?}");
    }
}

#[test]
fn names_of_voc_files_differ() {
    let mut twice = documents();
    twice[0].name = "c.pdf".into();
    twice[0].sizes.truncate(1);
    let files = files(&twice, AnnotationFormat::Voc).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["c.xml", "c (2).xml"]);
}

#[test]
fn the_tools_own_files_are_read() {
    let label_img = r#"<?xml version="1.0"?><annotation verified="yes"><folder>x</folder><filename>0.jpg</filename>
        <path>/x/0.jpg</path><source><database>Unknown</database></source><size><width>400</width><height>300</height>
        <depth>3</depth></size><segmented>0</segmented><object><name>total</name><pose>Unspecified</pose>
        <truncated>0</truncated><difficult>0</difficult><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>110</xmax>
        <ymax>40</ymax></bndbox></object></annotation>"#;
    let read = parse("0.xml", label_img.as_bytes()).unwrap();
    assert_eq!(said(&read), [("0.jpg".to_owned(), "total".to_owned(), None, 0, 10)]);

    let task = json!([{ "id": 7, "data": { "ocr": "/data/upload/1/0a1b2c3d-slip.jpg" }, "annotations": [
        { "was_cancelled": true, "result": [] },
        { "result": [
            { "id": "x", "type": "rectangle", "original_width": 200, "original_height": 100,
              "value": { "x": 10, "y": 10, "width": 20, "height": 10, "rotation": 0 } },
            { "id": "x", "type": "labels", "original_width": 200, "original_height": 100,
              "value": { "x": 10, "y": 10, "width": 20, "height": 10, "rotation": 90, "labels": ["total"] } },
            { "id": "x", "type": "textarea", "value": { "x": 10, "y": 10, "width": 20, "height": 10, "text": ["31", "00"] } },
            { "id": "y", "type": "polygonlabels", "original_width": 200, "original_height": 100,
              "value": { "points": [[50, 50], [60, 55], [55, 70]], "polygonlabels": ["date"] } },
            { "type": "choices", "value": { "choices": ["good"] } } ] } ] }]);
    let read = parse("export.json", task.to_string().as_bytes()).unwrap();
    assert_eq!(
        (read[0].filename.as_str(), read[0].size),
        ("/data/upload/1/0a1b2c3d-slip.jpg", Some(PageSize::new(200, 100)))
    );
    let boxes: Vec<_> =
        read[0].objects.iter().map(|o| (o.name.as_str(), o.ocr_text.as_deref(), o.bndbox.clone())).collect();
    let bounds = |xmin, ymin, xmax, ymax| BoundingBox { xmin, ymin, xmax, ymax, ..BoundingBox::default() };
    assert_eq!((boxes[0].0, boxes[0].1), ("total", Some("31 00")));
    // Turned clockwise about its left top corner it hangs to the left of that.
    let turned = &boxes[0].2;
    assert!(
        (turned.xmin - 0.0).abs() < 0.01 && (turned.xmax - 20.0).abs() < 0.01 && (turned.ymax - 30.0).abs() < 0.01,
        "{turned:?}"
    );
    assert_eq!(boxes[1], ("date", None, bounds(100.0, 50.0, 120.0, 70.0)));

    let ack =
        json!({ "Meta": {}, "Data": [{ "filename": "0.jpg", "size": { "width": 4, "height": 3 }, "object": {} }] });
    let read = parse("set.json", ack.to_string().as_bytes()).unwrap();
    assert_eq!((read[0].size, read[0].objects.len()), (Some(PageSize::new(4, 3)), 0));
}

#[test]
fn what_is_no_annotation_is_refused_with_a_sentence() {
    for (name, bytes) in [
        ("a.json", &b"{"[..]),
        ("b.json", b"[1]"),
        ("c.json", br#"[{"object": []}]"#),
        ("d.xml", b"<annotation><object/></annotation>"),
        ("e.png", &[0xff, 0xfe, 0x00]),
        ("f.xml", b"<html>"),
    ] {
        let problem = parse(name, bytes).unwrap_err();
        assert!(problem.message.starts_with(name), "{}", problem.message);
    }
}
