//! What pasted or dropped text means: paths and addresses, one a line. Looks at no disk.

use std::path::PathBuf;
use url::Url;

/// What a line of text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pasted {
    /// A file or a folder.
    Path(PathBuf),
    /// A document on the web.
    Address(String),
}

/// What file managers put around the paths they copy.
const WRAPPINGS: &[&str] = &["x-special/nautilus-clipboard", "copy", "cut"];

/// Cells as a spreadsheet copies them: lines of cells parted by tabs; one that holds either stands in quotation marks.
pub fn pasted_cells(text: &str) -> Vec<Vec<String>> {
    let mut lines = csv::ReaderBuilder::new();
    lines.delimiter(b'\t').has_headers(false).flexible(true);
    let records = lines.from_reader(text.as_bytes()).into_records();
    records.flatten().map(|line| line.iter().map(str::to_owned).collect()).collect()
}

/// What the lines of `text` name. Lines that name nothing are left out.
pub(super) fn named_in(text: &str) -> Vec<Pasted> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Pasted> {
    let text = unquoted(text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}'));
    // A list of addresses (RFC 2483) has comments.
    if text.is_empty() || text.starts_with('#') || WRAPPINGS.contains(&text) {
        return None;
    }
    if let Some((scheme, _)) = text.split_once(':')
        && ["file", "http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    {
        let url = Url::parse(text).ok()?;
        return match url.scheme() {
            "file" => url.to_file_path().ok().map(Pasted::Path),
            _ => url.has_host().then(|| Pasted::Address(url.into())),
        };
    }
    if let Some(below) = text.strip_prefix("~/") {
        return directories::BaseDirs::new().map(|dirs| Pasted::Path(dirs.home_dir().join(below)));
    }
    is_absolute(text).then(|| Pasted::Path(text.into()))
}

/// Without the quotation marks that a terminal or a file manager puts around a path.
fn unquoted(text: &str) -> &str {
    let inside = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark).map(str::trim);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

/// Whether it is a whole path, on any system: what is no path here says so when it is opened.
fn is_absolute(text: &str) -> bool {
    let drive = matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    text.starts_with('/') || text.starts_with("\\\\") || drive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Pasted {
        Pasted::Path(text.into())
    }

    #[test]
    fn cells_are_pasted_as_spreadsheets_copy_them() {
        let cells = pasted_cells("a\tb\r\n\"two\nlines\"\t\"said \"\"so\"\"\"\n\tlast\n");
        assert_eq!(cells, [["a", "b"], ["two\nlines", "said \"so\""], ["", "last"]]);
    }

    #[test]
    fn paths_and_addresses_are_told_apart() {
        let text =
            "/home/ada/a b.pdf\r\n  \"/x/y.png\"\n'/z'\nhttps://example.com/a%20b.pdf?x=1\nHTTP://127.0.0.1:9/a\n";
        assert_eq!(
            named_in(text),
            [
                path("/home/ada/a b.pdf"),
                path("/x/y.png"),
                path("/z"),
                Pasted::Address("https://example.com/a%20b.pdf?x=1".into()),
                Pasted::Address("http://127.0.0.1:9/a".into()),
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_a_file_manager_copies_is_understood() {
        let text = "x-special/nautilus-clipboard\ncopy\nfile:///home/ada/%C3%9Cber%20uns.pdf\n# a comment\n";
        assert_eq!(named_in(text), [path("/home/ada/Über uns.pdf")]);
        assert_eq!(named_in("file://localhost/etc/hosts"), [path("/etc/hosts")]);
    }

    #[test]
    fn prose_names_nothing() {
        assert_eq!(named_in("Dear Sir,\nsee invoice.pdf: it is due\nmailto:a@b.c\nhttp://\n\n"), []);
        assert_eq!(named_in("C:\\Users\\Ada\\a.pdf"), [path("C:\\Users\\Ada\\a.pdf")]);
        assert!(matches!(&named_in("~/a.pdf")[..], [Pasted::Path(p)] if p.ends_with("a.pdf") && p.is_absolute()));
    }
}
