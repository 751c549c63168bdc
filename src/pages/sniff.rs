//! What a file is by its first bytes. Its name plays no part.

use super::FileKind;

/// The kind of a file that begins with `head` (1,024 bytes of it, or all); else what it seems to be instead, to
/// follow "This file is …".
pub(super) fn kind(head: &[u8]) -> Result<FileKind, &'static str> {
    let known = [
        (b"\x89PNG\r\n\x1a\n".as_slice(), FileKind::Png),
        (b"\xff\xd8\xff", FileKind::Jpeg),
        (b"II*\0", FileKind::Tiff),
        (b"MM\0*", FileKind::Tiff),
        (b"II+\0", FileKind::Tiff),
        (b"MM\0+", FileKind::Tiff),
        (b"GIF87a", FileKind::Gif),
        (b"GIF89a", FileKind::Gif),
        (b"BM", FileKind::Bmp),
    ];
    // Bytes may stand before a PDF's header (PDFium looks at the first 1,024, too).
    if head.windows(5).any(|w| w == b"%PDF-") {
        return Ok(FileKind::Pdf);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Ok(FileKind::WebP);
    }
    if let Some((_, kind)) = known.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Ok(*kind);
    }
    Err(other(head))
}

impl FileKind {
    /// How the names of files that are read usually end, in small letters.
    pub const EXTENSIONS: &[&str] =
        &["pdf", "png", "jpg", "jpeg", "jpe", "jfif", "tif", "tiff", "webp", "bmp", "dib", "gif"];
    /// So many bytes of a file's start are enough to tell what it is.
    pub const HEAD: usize = 1024;

    /// What a file that begins with `head` is; `None` where it is nothing that is read.
    pub fn of(head: &[u8]) -> Option<Self> {
        kind(head).ok()
    }
}

/// A kind that is not read, as a person names it.
fn other(head: &[u8]) -> &'static str {
    let known = [
        (b"\0\0\0\x0cjP  \r\n".as_slice(), "a JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (b"\xff\x0a", "a JPEG XL picture"),
        (b"\x97JB2", "a JBIG2 picture"),
        (b"AT&TFORM", "a DjVu document"),
        (b"%!PS", "a PostScript document"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"{\\rtf", "an RTF document"),
        (b"8BPS", "a Photoshop picture"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| head.starts_with(magic)) {
        return name;
    }
    let has = |text: &[u8]| head.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text));
    match head {
        [b'P', b'K', 3, 4, ..] if has(b"word/") || has(b"[Content_Types]") => "an Office document",
        [b'P', b'K', 3, 4, ..] if has(b"opendocument") => "an OpenDocument file",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if has(b"avif") => "an AVIF picture",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if has(b"hei") || has(b"mif1") => "a HEIC picture",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "a video",
        _ if has(b"<svg") => "an SVG drawing",
        _ if has(b"<html") || has(b"<!doctype html") => "a web page",
        _ if head.iter().all(|b| *b >= b' ' || b"\t\r\n\x0c".contains(b)) => "a text file",
        _ => "of an unknown kind",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(kind(b"junk\n%PDF-1.7"), Ok(FileKind::Pdf));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Ok(FileKind::WebP));
        assert_eq!(kind(b"MM\0*\0\0\0\x08"), Ok(FileKind::Tiff));
        assert_eq!(kind(b"RIFF\x10\0\0\0WAVEfmt "), Err("of an unknown kind"));
        assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Err("a HEIC picture"));
        assert_eq!(kind(b"PK\x03\x04\x14\0\x06\0[Content_Types].xml"), Err("an Office document"));
        assert_eq!(kind("Grüße".as_bytes()), Err("a text file"));
        assert_eq!(kind(b"\0"), Err("of an unknown kind"));
    }
}
