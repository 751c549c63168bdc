//! PDF files written by hand, for what no real document at hand does.

/// Objects of a PDF file, numbered from 1 in the order they are added.
#[derive(Default)]
pub(super) struct Pdf {
    objects: Vec<Vec<u8>>,
    /// More entries of the catalogue.
    pub(super) catalogue: String,
}

impl Pdf {
    /// Adds an object and tells its number.
    pub(super) fn add(&mut self, body: impl AsRef<[u8]>) -> usize {
        self.objects.push(body.as_ref().to_vec());
        self.objects.len()
    }

    /// Adds a stream; `entries` stand in its dictionary beside the length.
    pub(super) fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let mut body = format!("<< {entries} /Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.add(body)
    }

    /// Adds pages of US Letter; each is its own entries.
    pub(super) fn finish(mut self, pages: impl IntoIterator<Item = String>) -> Vec<u8> {
        let pages: Vec<String> = pages.into_iter().collect();
        let tree = self.objects.len() + pages.len() + 1;
        let numbers: Vec<usize> = pages
            .iter()
            .map(|entries| self.add(format!("<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 612 792] {entries} >>")))
            .collect();
        let kids: Vec<String> = numbers.iter().map(|n| format!("{n} 0 R")).collect();
        self.add(format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" ")));
        let root = self.add(format!("<< /Type /Catalog /Pages {tree} 0 R {} >>", self.catalogue));
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut places = Vec::new();
        for (n, body) in self.objects.iter().enumerate() {
            places.push(file.len());
            file.extend_from_slice(format!("{} 0 obj\n", n + 1).as_bytes());
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let count = places.len() + 1;
        file.extend_from_slice(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes());
        for place in places {
            file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
        }
        let end = format!("trailer\n<< /Size {count} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(end.as_bytes());
        file
    }
}

/// A file of one page with this content; Helvetica is `/F`.
pub(super) fn page(content: &str, entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    let content = pdf.stream("", content.as_bytes());
    pdf.finish([format!("/Contents {content} 0 R /Resources << /Font << /F {font} 0 R >> >> {entries}")])
}

/// A file of `count` pages, each with its number and some lines of text.
pub(super) fn pages_of_text(count: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    let line = "(The quick brown fox jumps over the lazy dog 1234567890) '";
    let pages: Vec<String> = (1..=count)
        .map(|n| {
            let text = format!("BT /F 11 Tf 14 TL 72 720 Td (Page {n}) Tj {} ET", format!("{line}\n").repeat(40));
            let content = pdf.stream("", text.as_bytes());
            format!("/Contents {content} 0 R /Resources << /Font << /F {font} 0 R >> >>")
        })
        .collect();
    pdf.finish(pages)
}

/// A file whose one page takes minutes to draw, and little memory: the colour of each pixel is computed by a long program.
pub(super) fn endless() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let program = format!("{{ {} }}", "sin cos sqrt 1 add ".repeat(400).trim_end());
    let program = program.replacen("{ ", "{ mul abs ", 1);
    let entries = "/FunctionType 4 /Domain [0 1 0 1] /Range [0 1]";
    let function = pdf.stream(entries, program.as_bytes());
    let shading = format!(
        "<< /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1 0 1] /Matrix [612 0 0 792 0 0] /Function {function} 0 R >>"
    );
    let content = pdf.stream("", b"/S sh");
    let resources = format!("/Resources << /Shading << /S {shading} >> >>");
    pdf.finish([format!("/Contents {content} 0 R {resources}")])
}

/// A file whose one page asks for gigabytes: a picture of 40,000 × 40,000 points in colour, in a few kilobytes.
pub(super) fn bomb() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let side: u64 = 40_000;
    let image = pdf.stream(
        &format!(
            "/Type /XObject /Subtype /Image /Width {side} /Height {side} /BitsPerComponent 8 /ColorSpace /DeviceRGB \
             /Filter /FlateDecode"
        ),
        &zeros(side * side * 3),
    );
    let content = pdf.stream("", b"q 612 0 0 792 0 0 cm /I Do Q");
    pdf.finish([format!("/Contents {content} 0 R /Resources << /XObject << /I {image} 0 R >> >>")])
}

/// About `count` zero bytes as a zlib stream (RFC 1950, 1951): a literal, then copies of 258 bytes by fixed codes.
fn zeros(count: u64) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    let copies = (count - 1) / 258;
    let mut bytes = vec![0x78, 0x01];
    let (mut byte, mut filled) = (0_u8, 0);
    let mut put = |bit: bool, bytes: &mut Vec<u8>| {
        byte |= u8::from(bit) << filled;
        filled += 1;
        if filled == 8 {
            bytes.push(byte);
            (byte, filled) = (0, 0);
        }
    };
    for bit in bits {
        put(bit, &mut bytes);
    }
    // 285, the length of 258, and the distance of 1.
    let copy = [true, true, false, false, false, true, false, true, false, false, false, false, false];
    (0..copies).for_each(|_| copy.into_iter().for_each(|bit| put(bit, &mut bytes)));
    (0..14).for_each(|_| put(false, &mut bytes));
    bytes.extend([0; 4]);
    bytes
}
