//! A page's text layer: asks PDFium for characters, paths and pictures; `words` and `rules` make sense of them.

use super::place::Map;
use super::rules::{self, Paint, Trace};
use super::words::{Glyph, Words};
use crate::document::{PageRect, PageSize};
use crate::pages::TextLayer;
use pdfium_render::prelude::{
    PdfPage, PdfPageObject, PdfPageObjectCommon, PdfPageObjectsCommon, PdfPagePathObject, PdfPageTextChar,
    PdfPageTextObject, PdfPageTextRenderMode, PdfPathFillMode, PdfPathSegmentType, PdfPathSegments,
};

use std::collections::HashSet;

/// Forms within forms deeper than this are not looked into.
const MAX_DEPTH: u32 = 8;
/// After so many objects and corners of paths the rest of a page's drawing is not looked at.
const MAX_PARTS: u32 = 400_000;
/// The page is divided into this many places a side to tell how much of it pictures cover.
const COVER_GRID: usize = 100;
/// A picture over so much of the page hides what was written before it.
const SCAN: f32 = 0.8;
/// What stands for a character without a proper Unicode value.
const UNMAPPED: char = '\u{fffd}';

/// Reads the text layer of a page whose image is `size` large.
pub(super) fn read(page: &PdfPage, size: PageSize) -> TextLayer {
    let pixels_from_points = Map::pixels_from_points(page, size);
    let mut layer = TextLayer { size, ..TextLayer::default() };
    let mut drawing = Drawing {
        page: size.rect(),
        point: pixels_from_points.scale(),
        rules: Vec::new(),
        cover: vec![false; COVER_GRID * COVER_GRID],
        parts: 0,
        trace: Trace::default(),
        written: Vec::new(),
        buried: 0,
    };
    for object in page.objects().iter() {
        drawing.object(&object, pixels_from_points, 0);
    }
    layer.image_cover = drawing.cover.iter().filter(|c| **c).count() as f32 / drawing.cover.len() as f32;
    layer.rules = drawing.rules;
    let buried = drawing.written[..drawing.buried].iter().copied().collect();
    read_words(page, pixels_from_points, &buried, &mut layer);
    layer
}

/// Reads the words. `buried` are the places of text that a picture lies on.
fn read_words(page: &PdfPage, pixels_from_points: Map, buried: &HashSet<Place>, layer: &mut TextLayer) {
    let Ok(text) = page.text() else { return };
    let (mut all, mut hidden, mut unmapped) = (0_u32, 0_u32, 0_u32);
    let mut words = Words::default();
    let bounds = layer.size.rect();
    let mut high = None;
    for char in text.chars().iter() {
        let Some(letter) = letter(char.unicode_value(), &mut high) else { continue };
        if letter.is_whitespace() {
            words.space();
            continue;
        }
        let Some(glyph) = glyph(&char, letter, pixels_from_points) else { continue };
        all += 1;
        let middle = glyph.ink.center();
        let off_page = !bounds.contains(middle);
        let invisible = char.render_mode().is_ok_and(|mode| {
            matches!(mode, PdfPageTextRenderMode::Invisible | PdfPageTextRenderMode::InvisibleClipping)
        });
        let buried = !buried.is_empty()
            && char.text_object().is_ok_and(|object| place(&object).is_some_and(|p| buried.contains(&p)));
        hidden += u32::from(off_page || invisible || buried);
        unmapped += u32::from(letter == UNMAPPED);
        if off_page {
            words.space();
        } else {
            words.push(glyph);
        }
    }
    words.space();
    let share = |count: u32| count as f32 / all.max(1) as f32;
    layer.hidden = share(hidden);
    layer.unmapped = share(unmapped);
    layer.turns = words.turns;
    layer.words = words.done;
    for word in &mut layer.words {
        let rect = word.rect;
        word.rect = PageRect::new(
            rect.left().max(bounds.left()),
            rect.top().max(bounds.top()),
            rect.right().min(bounds.right()),
            rect.bottom().min(bounds.bottom()),
        );
    }
}

/// The character of a UTF-16 or UTF-32 unit; `None` of the first half of a pair.
fn letter(unit: u32, high: &mut Option<u32>) -> Option<char> {
    let first = high.take();
    match unit {
        0xd800..=0xdbff => {
            *high = Some(unit);
            None
        }
        0xdc00..=0xdfff => {
            let joined = first.map(|h| 0x1_0000 + ((h - 0xd800) << 10) + (unit - 0xdc00));
            Some(joined.and_then(char::from_u32).unwrap_or(UNMAPPED))
        }
        // The hyphen at the end of a line.
        2 => Some('-'),
        9 | 10 | 13 | 0x85 => Some(' '),
        0..=0x1f | 0x7f..=0x9f | 0xe000..=0xf8ff | 0xfffe.. if !(0x1_0000..0xf_0000).contains(&unit) => Some(UNMAPPED),
        _ => Some(char::from_u32(unit).unwrap_or(UNMAPPED)),
    }
}

fn glyph(char: &PdfPageTextChar, letter: char, pixels_from_points: Map) -> Option<Glyph> {
    let cell = pixels_from_points.rect(char.loose_bounds().ok()?);
    let ink = char.tight_bounds().map_or(cell, |b| pixels_from_points.rect(b));
    let ink = if ink.area() > 0.0 { ink } else { cell };
    let (x, y) = char.origin().ok()?;
    let text = Map::of(char.matrix().ok()?);
    let (dx, dy) = pixels_from_points.direction(text.a, text.b);
    let length = dx.hypot(dy);
    let along = if length > 0.0 { (dx / length, dy / length) } else { (1.0, 0.0) };
    let (ux, uy) = pixels_from_points.direction(text.c, text.d);
    let size = char.unscaled_font_size().value * ux.hypot(uy);
    // A Type 3 font's size says little: its own matrix scales its glyphs.
    let size = if size > 0.5 { size } else { cell.height() };
    Some(Glyph { letter, cell, ink, base: pixels_from_points.point(x.value, y.value), along, size })
}

/// Tells one piece of text from another: its corners in whole hundredths of a point.
type Place = [i32; 4];

fn place(object: &PdfPageTextObject) -> Option<Place> {
    let bounds = object.bounds().ok()?;
    Some([bounds.left(), bounds.bottom(), bounds.right(), bounds.top()].map(|v| (v.value * 100.0) as i32))
}

/// What is gathered of a page's drawing.
struct Drawing {
    page: PageRect,
    /// The size of a point in pixels.
    point: f32,
    rules: Vec<crate::pages::Rule>,
    cover: Vec<bool>,
    parts: u32,
    trace: Trace,
    /// Where text was written, in the order it was.
    written: Vec<Place>,
    /// So many of `written` have a picture of the whole page over them.
    buried: usize,
}

impl Drawing {
    fn object(&mut self, object: &PdfPageObject, pixels_from_parent: Map, depth: u32) {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return;
        }
        match object {
            PdfPageObject::Path(path) => self.path(path, pixels_from_parent),
            PdfPageObject::Text(text) => self.written.extend(place(text)),
            PdfPageObject::Image(image) => {
                let Ok(bounds) = image.bounds() else { return };
                let points = [
                    (bounds.x1(), bounds.y1()),
                    (bounds.x2(), bounds.y2()),
                    (bounds.x3(), bounds.y3()),
                    (bounds.x4(), bounds.y4()),
                ];
                let points = points.map(|(x, y)| (x.value, y.value));
                let rect = pixels_from_parent.around(points);
                self.image(rect);
                if rect.area() > SCAN * self.page.area() && !image.has_transparency() {
                    self.buried = self.written.len();
                }
            }
            PdfPageObject::XObjectForm(form) if depth < MAX_DEPTH => {
                let Ok(matrix) = form.matrix() else { return };
                let pixels_from_form = pixels_from_parent.after(Map::of(matrix));
                for index in form.as_range() {
                    if let Ok(child) = form.get(index) {
                        self.object(&child, pixels_from_form, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// Marks the places whose middle the picture covers. A thin one is a rule.
    fn image(&mut self, rect: PageRect) {
        let corners = vec![(rect.left(), rect.top()), (rect.right(), rect.bottom())];
        let trace = Trace { points: corners, closed: false, curved: false };
        if rect.width().min(rect.height()) <= 3.2 * self.point {
            rules::add(&mut self.rules, &trace, Paint { stroke: None, fill: true }, self.page, self.point);
        }
        let places = |from: f32, to: f32, side: f32| {
            let grid = COVER_GRID as f32 / side.max(1.0);
            let first = (from * grid - 0.5).ceil().max(0.0) as usize;
            first..((to * grid + 0.5).floor().max(0.0) as usize).min(COVER_GRID)
        };
        for y in places(rect.top(), rect.bottom(), self.page.height()) {
            for x in places(rect.left(), rect.right(), self.page.width()) {
                self.cover[y * COVER_GRID + x] = true;
            }
        }
    }

    fn path(&mut self, path: &PdfPagePathObject, pixels_from_parent: Map) {
        let Ok(matrix) = path.matrix() else { return };
        let pixels_from_path = pixels_from_parent.after(Map::of(matrix));
        let seen = |color: Result<pdfium_render::prelude::PdfColor, _>| color.map_or(true, |c| c.alpha() > 0);
        let stroke = path.is_stroked().unwrap_or(false) && seen(path.stroke_color());
        let fill = path.fill_mode().is_ok_and(|m| m != PdfPathFillMode::None) && seen(path.fill_color());
        if !stroke && !fill {
            return;
        }
        let width = path.stroke_width().map_or(0.0, |w| w.value * pixels_from_path.scale()).max(1.0);
        let paint = Paint { stroke: stroke.then_some(width), fill };
        let segments = path.segments();
        for index in segments.as_range() {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return;
            }
            let Ok(segment) = segments.get(index) else { break };
            let (x, y) = segment.point();
            let place = pixels_from_path.point(x.value, y.value);
            match segment.segment_type() {
                PdfPathSegmentType::MoveTo => self.end_trace(paint),
                PdfPathSegmentType::BezierTo => self.trace.curved = true,
                PdfPathSegmentType::LineTo | PdfPathSegmentType::Unknown => {}
            }
            self.trace.points.push((place.x, place.y));
            if segment.is_close() {
                self.trace.closed = true;
                let start = self.trace.points[0];
                self.end_trace(paint);
                // What follows without a new start goes on from where the closed part began.
                self.trace.points.push(start);
            }
        }
        self.end_trace(paint);
    }

    fn end_trace(&mut self, paint: Paint) {
        if self.trace.points.len() > 1 {
            rules::add(&mut self.rules, &self.trace, paint, self.page, self.point);
        }
        self.trace.points.clear();
        self.trace.closed = false;
        self.trace.curved = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_characters() {
        let mut high = None;
        assert_eq!(letter(0x41, &mut high), Some('A'));
        assert_eq!(letter(0x1f600, &mut high), Some('😀'));
        assert_eq!(letter(0xd83d, &mut high), None);
        assert_eq!(letter(0xde00, &mut high), Some('😀'));
        assert_eq!(letter(0xde00, &mut high), Some(UNMAPPED));
        assert_eq!(letter(2, &mut high), Some('-'));
        assert_eq!(letter(13, &mut high), Some(' '));
        for unit in [0, 1, 0x80, 0xe001, 0xfffd, 0xffff, 0xf_0001, 0x11_0000] {
            assert_eq!(letter(unit, &mut high), Some(UNMAPPED), "{unit:x}");
        }
    }
}
