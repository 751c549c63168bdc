//! Page images bound into one PDF, each with its words behind it, so that they can be searched, selected and copied.

use super::DPI;
use crate::document::{PagePoint, PageSize, PageText, Turn, Word};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, RgbImage};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::BTreeMap;

/// The JPEG quality of page images, of 100: print stays crisp, a page of letter size takes some 600 kB.
const QUALITY: u8 = 82;
/// The width of every letter of the font behind the page, in thousandths of its size. It is never seen.
const LETTER: f32 = 500.0;
const FONT: Name<'static> = Name(b"F1");
const IMAGE: Name<'static> = Name(b"Im1");
const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Binds page images into a PDF. The images stay in memory, as JPEG, until it is finished.
pub struct Binder {
    pdf: Pdf,
    last: i32,
    tree: Ref,
    font: Ref,
    pages: Vec<Ref>,
    /// The number of each letter that occurs, from 1.
    letters: BTreeMap<char, u16>,
}

impl Default for Binder {
    fn default() -> Self {
        let mut pdf = Pdf::new();
        let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
        pdf.catalog(catalog).pages(tree);
        Self { pdf, last: font.get(), tree, font, pages: Vec::new(), letters: BTreeMap::new() }
    }
}

impl std::fmt::Debug for Binder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binder").field("pages", &self.pages.len()).finish_non_exhaustive()
    }
}

impl Binder {
    /// Adds a page that is `size` pixels large at 300 DPI, whatever the resolution of `image` is. Words whose text cannot
    /// be placed are left out.
    pub fn add(&mut self, image: &RgbImage, size: PageSize, text: Option<&PageText>) -> Result<(), ImageError> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(image)?;
        let (page, contents, picture) = (self.next(), self.next(), self.next());
        let points = |pixels: u32| (f64::from(pixels.max(1)) * 72.0 / DPI) as f32;
        let (width, height) = (points(size.width), points(size.height));

        let mut content = Content::new();
        content.save_state();
        content.transform([width, 0.0, 0.0, height, 0.0, 0.0]);
        content.x_object(IMAGE);
        content.restore_state();
        if let Some(text) = text {
            self.words(&mut content, text, [width, height]);
        }
        self.pdf.stream(contents, &content.finish());

        let mut written = self.pdf.page(page);
        written.media_box(Rect::new(0.0, 0.0, width, height)).parent(self.tree).contents(contents);
        let mut resources = written.resources();
        resources.x_objects().pair(IMAGE, picture);
        resources.fonts().pair(FONT, self.font);
        resources.finish();
        written.finish();

        let mut written = self.pdf.image_xobject(picture, &jpeg);
        written.filter(Filter::DctDecode);
        written.width(image.width() as i32).height(image.height() as i32);
        written.color_space().device_rgb();
        written.bits_per_component(8);
        written.finish();
        self.pages.push(page);
        Ok(())
    }

    /// The file's bytes.
    pub fn finish(mut self, title: &str) -> Vec<u8> {
        let info = self.next();
        self.pdf.document_info(info).title(TextStr(title)).producer(TextStr("Proofdesk"));
        let count = self.pages.len() as i32;
        self.pdf.pages(self.tree).kids(self.pages.iter().copied()).count(count);
        self.write_font();
        self.pdf.finish()
    }

    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    /// Each word at its place, as wide and high as it stands there, unseen.
    fn words(&mut self, content: &mut Content, text: &PageText, page: [f32; 2]) {
        let from = text.size;
        if from.width == 0 || from.height == 0 {
            return;
        }
        let [sx, sy] = [page[0] / from.width as f32, page[1] / from.height as f32];
        content.begin_text();
        content.set_text_rendering_mode(TextRenderingMode::Invisible);
        for word in &text.words {
            let Some((size, stretch, matrix)) = placed(word, text.turn, from, [sx, sy], page[1]) else { continue };
            let letters: Vec<u8> = word.text.chars().flat_map(|letter| self.letter(letter).to_be_bytes()).collect();
            content.set_font(FONT, size).set_horizontal_scaling(stretch).set_text_matrix(matrix);
            content.show(Str(&letters));
        }
        content.end_text();
    }

    fn letter(&mut self, letter: char) -> u16 {
        let next = u16::try_from(self.letters.len() + 1).unwrap_or(u16::MAX);
        *self.letters.entry(letter).or_insert(next)
    }

    /// A font whose letters are all one box: which letters they are, says its table. Whoever reads the PDF finds each
    /// letter as wide and high as it was placed, whatever fonts the system has.
    fn write_font(&mut self) {
        let (letters, descriptor, table) = (self.next(), self.next(), self.next());
        let (shapes, file) = (self.next(), self.next());
        let name = Name(b"Unseen");
        let mut font = self.pdf.type0_font(self.font);
        font.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(letters).to_unicode(table);
        font.finish();
        let mut font = self.pdf.cid_font(letters);
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
        font.default_width(LETTER).cid_to_gid_map_stream(shapes);
        font.finish();
        let mut font = self.pdf.font_descriptor(descriptor);
        font.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(0.0, -200.0, LETTER, 800.0));
        font.italic_angle(0.0).ascent(800.0).descent(-200.0).cap_height(700.0).stem_v(80.0).font_file2(file);
        font.finish();
        let box_of_each: Vec<u8> = (0..=self.letters.len()).flat_map(|_| 1_u16.to_be_bytes()).collect();
        self.pdf.stream(shapes, &box_of_each);
        let font = box_font();
        self.pdf.stream(file, &font).pair(Name(b"Length1"), font.len() as i32);
        let mut map = UnicodeCmap::new(Name(b"Unseen-UTF16"), SYSTEM);
        for (letter, number) in &self.letters {
            map.pair(*number, *letter);
        }
        self.pdf.cmap(table, &map.finish());
    }
}

/// A TrueType font of two shapes, both a box from a fifth below the line to four fifths above it, half as wide as high.
fn box_font() -> Vec<u8> {
    const LOW: i16 = -200;
    const HIGH: i16 = 800;
    const WIDE: i16 = LETTER as i16;
    fn table(words: &[i16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }
    // Version 1.0, revision, checksum (none looks), magic number 0x5F0F3CF5, flags, units an em, two dates, the bounds,
    // style, smallest size, direction, short offsets, format.
    let head = [1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, LOW, WIDE, HIGH, 0, 8, 2, 0, 0];
    // Version, ascent, descent, gap, widest, bearings, extent, caret, reserved, format, how many widths.
    let hhea = [1, 0, HIGH, LOW, 0, WIDE, 0, 0, WIDE, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    // Version, shapes, then the most of everything.
    let maxp = [1, 0, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    // One contour of four points, its bounds, its last point, no instructions, then flags (a byte each) and steps.
    let glyph = [1, 0, LOW, WIDE, HIGH, 3, 0, 0x0101, 0x0101, 0, WIDE, 0, -WIDE, LOW, 0, HIGH - LOW, 0];
    let length = (glyph.len() * 2) as i16;
    let tables: [(&[u8; 4], Vec<u8>); 6] = [
        (b"glyf", [table(&glyph), table(&glyph)].concat()),
        (b"head", table(&head)),
        (b"hhea", table(&hhea)),
        (b"hmtx", table(&[WIDE, 0, 0])),
        (b"loca", table(&[0, length / 2, length])),
        (b"maxp", table(&maxp)),
    ];
    let count = tables.len();
    // For a search in halves: 4 tables, 2 halvings, 2 more.
    let mut font = table(&[1, 0, count as i16, 64, 2, 32]);
    let mut at = font.len() + 16 * count;
    let mut bodies = Vec::new();
    for (name, body) in tables {
        font.extend(name);
        font.extend([0; 4]);
        font.extend((at as u32).to_be_bytes());
        font.extend((body.len() as u32).to_be_bytes());
        let padded = body.len().next_multiple_of(4);
        at += padded;
        bodies.extend(&body);
        bodies.resize(bodies.len() + padded - body.len(), 0);
    }
    font.extend(bodies);
    font
}

/// The font size, the stretch in percent and the text matrix (PDF 32000-1, 9.4.2) of a word, in points from the page's
/// lower left; `None` where it has no area.
fn placed(word: &Word, turn: Turn, from: PageSize, [sx, sy]: [f32; 2], height: f32) -> Option<(f32, f32, [f32; 6])> {
    let upright = turn.rect(word.rect, from);
    let count = word.text.chars().count();
    if count == 0 || upright.width() < 0.5 || upright.height() < 0.5 {
        return None;
    }
    let back = |x: f32, y: f32| {
        let point = turn.inverse().point(PagePoint::new(x, y), turn.size(from));
        [point.x * sx, height - point.y * sy]
    };
    // The word's lower left, right of it along the line, and above it.
    let origin = back(upright.left(), upright.bottom());
    let along = back(upright.right(), upright.bottom());
    let above = back(upright.left(), upright.top());
    let (ax, ay) = (along[0] - origin[0], along[1] - origin[1]);
    let (bx, by) = (above[0] - origin[0], above[1] - origin[1]);
    let (length, size) = (ax.hypot(ay), bx.hypot(by));
    let stretch = 100.0 * length / (count as f32 * size * LETTER / 1000.0);
    // What hangs below the line takes about a fifth.
    let lift = 0.2;
    let matrix = [ax / length, ay / length, bx / size, by / size, origin[0] + lift * bx, origin[1] + lift * by];
    Some((size, stretch, matrix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageRect;

    fn word(rect: PageRect) -> Word {
        Word { text: "Total".into(), rect, ..Word::default() }
    }

    #[test]
    fn a_word_stands_on_its_line_as_wide_as_it_is() {
        let size = PageSize::new(300, 600);
        let (font, stretch, matrix) =
            placed(&word(PageRect::new(100.0, 200.0, 200.0, 250.0)), Turn::None, size, [0.24, 0.24], 144.0).unwrap();
        assert!((font - 12.0).abs() < 1e-3);
        assert!((stretch * 0.01 * 5.0 * 0.5 * font - 24.0).abs() < 1e-3, "{stretch}");
        let expected = [1.0, 0.0, 0.0, 1.0, 24.0, 144.0 - 60.0 + 2.4];
        assert!(matrix.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3), "{matrix:?}");
    }

    #[test]
    fn a_word_of_a_page_on_its_side_goes_up_or_down() {
        let size = PageSize::new(300, 600);
        // Turned clockwise it is upright, so on the page it goes up.
        let (_, _, matrix) =
            placed(&word(PageRect::new(100.0, 200.0, 120.0, 300.0)), Turn::Quarter, size, [1.0, 1.0], 600.0).unwrap();
        assert!(matrix[0].abs() < 1e-3 && (matrix[1] - 1.0).abs() < 1e-3, "{matrix:?}");
        assert!(placed(&word(PageRect::default()), Turn::None, size, [1.0, 1.0], 600.0).is_none());
    }
}
