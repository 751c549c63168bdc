//! Files that other programs stumble over, against what those programs make of them (`.expect.json`).

use super::{ink, pages};
use proofdesk::document::PageSize;
use proofdesk::pages::{FileInfo, PageError, PageFile, Pages, Render};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The pages of one file that are drawn.
const DRAWN: usize = 3;

fn data(folder: &str) -> Option<Vec<(PathBuf, Value)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("nothing to test: {} is absent", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e != "json"));
    paths.sort();
    let expected = |path: &PathBuf| {
        let name = format!("{}.expect.json", path.file_name().unwrap().to_string_lossy());
        let beside = [path.with_file_name(name), path.with_extension("expect.json")];
        let text = beside.iter().find_map(|p| std::fs::read(p).ok()).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    Some(paths.into_iter().map(|path| (path.clone(), expected(&path))).collect())
}

/// Opens, draws and reads the first pages. None may take longer than the pool allows, or break a worker.
fn look(pages: &Pages, file: &PageFile) -> (Result<FileInfo, PageError>, Vec<PageError>) {
    let info = pages.open(file);
    let mut errors = Vec::new();
    for (page, size) in info.iter().flat_map(|i| &i.pages).enumerate().take(DRAWN) {
        errors.extend(pages.render(file, page as u32, &Render::whole(*size)).err());
        errors.extend(pages.text_layer(file, page as u32).err());
    }
    for error in info.as_ref().err().into_iter().chain(&errors) {
        assert!(!matches!(error, PageError::TimedOut(_) | PageError::Crashed), "{file:?}: {error}");
    }
    (info, errors)
}

#[test]
fn odd_pdf_files_open_or_say_why_not() {
    let Some(files) = data("pdfs") else { return };
    let pages = pages();
    for (path, expect) in files {
        let (mut info, mut errors) = look(&pages, &PageFile::new(&path));
        if let Some(password) = expect["password"].as_str() {
            assert_eq!(info, Err(PageError::NeedsPassword { wrong: false }), "{}", path.display());
            let wrong = PageFile { path: path.clone(), password: Some("no".into()) };
            assert_eq!(pages.open(&wrong), Err(PageError::NeedsPassword { wrong: true }));
            let right = PageFile { path: path.clone(), password: Some(password.into()) };
            (info, errors) = look(&pages, &right);
        }
        match (expect["expect"].as_str().unwrap(), info) {
            ("open" | "ask_password_then_open", Ok(info)) => {
                assert_eq!(info.pages.len() as u64, expect["pages"].as_u64().unwrap(), "{}", path.display());
                let pdfium = &expect["tools"]["pdfium"];
                // PDFium itself cannot load the page of one of them.
                assert!(errors.is_empty() || pdfium["error"].is_string(), "{}: {errors:?}", path.display());
                check_first_size(&info, pdfium, &path);
            }
            ("clean_error", Err(PageError::Corrupt(_) | PageError::NoPages)) => {}
            ("open_or_clean_error", outcome) => println!("{}: {outcome:?}", path.display()),
            (expected, outcome) => panic!("{} should {expected}: {outcome:?}", path.display()),
        }
    }
}

fn check_first_size(info: &FileInfo, pdfium: &Value, path: &Path) {
    let Some(points) = pdfium["page1_pt"].as_array() else { return };
    let size = PageSize::new(0, 0);
    let [width, height] = [0, 1].map(|n| points[n].as_f64().unwrap());
    let (got_width, got_height) = (f64::from(info.pages[0].width), f64::from(info.pages[0].height));
    assert_ne!(info.pages[0], size);
    assert!((got_width / got_height - width / height).abs() < 0.01, "{}: {:?}", path.display(), info.pages[0]);
    if width.max(height) < 2000.0 {
        assert!((got_width - width * 300.0 / 72.0).abs() <= 1.0, "{}: {:?}", path.display(), info.pages[0]);
    }
}

#[test]
fn odd_pictures_decode_upright_or_say_why_not() {
    let Some(files) = data("images") else { return };
    let pages = pages();
    for (path, expect) in files {
        let file = PageFile::new(&path);
        let (info, errors) = look(&pages, &file);
        let pillow = &expect["pillow"];
        match (expect["expect"].as_str().unwrap(), info) {
            ("decode", Ok(info)) => {
                assert_eq!(errors, [], "{}", path.display());
                assert_eq!(info.pages.len() as u64, pillow["frames"].as_u64().unwrap(), "{}", path.display());
                let upright = [0, 1].map(|n| pillow["upright_size"][n].as_u64().unwrap() as u32);
                assert_eq!([info.pages[0].width, info.pages[0].height], upright, "{}", path.display());
                let image = pages.render(&file, 0, &Render::whole(info.pages[0])).unwrap();
                // Of 16-bit gray, Pillow's mean is that of clipped values.
                if pillow["mode"] != "I;16" {
                    let count = u64::from(image.width()) * u64::from(image.height());
                    for channel in 0..3 {
                        let sum: u64 = image.pixels().map(|p| u64::from(p.0[channel])).sum();
                        let expected = pillow["mean_rgb"][channel].as_f64().unwrap();
                        let mean = sum as f64 / count as f64;
                        assert!((mean - expected).abs() <= 1.5, "{}: {mean} is not {expected}", path.display());
                    }
                }
            }
            ("clean_error_or_partial", Ok(info)) => {
                for error in &errors {
                    assert!(matches!(error, PageError::Corrupt(_)), "{}: {error:?}", path.display());
                }
                if errors.is_empty() {
                    let image = pages.render(&file, 0, &Render::whole(info.pages[0])).unwrap();
                    assert!(ink(&image, info.pages[0].rect()) > 0.0, "{}: something was decoded", path.display());
                }
            }
            ("clean_error_or_partial", Err(error)) => {
                assert!(
                    matches!(error, PageError::Corrupt(_) | PageError::Unsupported(_) | PageError::TooLarge(_)),
                    "{}: {error:?}",
                    path.display()
                );
            }
            (expected, outcome) => panic!("{} should {expected}: {outcome:?}", path.display()),
        }
    }
}

#[test]
fn what_is_no_document_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let pages = pages();
    let open = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        pages.open(&PageFile::new(path)).unwrap_err()
    };
    assert_eq!(open("empty.pdf", b""), PageError::Empty);
    assert_eq!(open("words.pdf", b"Dear Sir or Madam"), PageError::Unsupported("a text file".into()));
    assert!(matches!(open("half.pdf", b"%PDF-1.7\nand no more"), PageError::Corrupt(_)));
    assert!(matches!(open("half.png", b"\x89PNG\r\n\x1a\nand no more"), PageError::Corrupt(_)));
    let missing = pages.open(&PageFile::new(folder.path().join("none.pdf"))).unwrap_err();
    assert!(matches!(&missing, PageError::Io(reason) if !reason.contains("os error")), "{missing}");
    assert!(matches!(pages.open(&PageFile::new(folder.path())).unwrap_err(), PageError::Io(_)));
}

#[test]
fn a_file_is_what_it_contains_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.jpg");
    std::fs::copy(super::fixture("i2d_oyo.pdf").path, &path).unwrap();
    assert_eq!(pages().open(&PageFile::new(path)).unwrap().kind, proofdesk::pages::FileKind::Pdf);
}

#[test]
fn a_file_that_changed_is_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.pdf");
    let file = PageFile::new(&path);
    let pages = pages();
    std::fs::write(&path, super::handmade::pages_of_text(2)).unwrap();
    assert_eq!(pages.open(&file).unwrap().pages.len(), 2);
    std::fs::write(&path, super::handmade::pages_of_text(3)).unwrap();
    assert_eq!(pages.open(&file).unwrap().pages.len(), 3);
    assert_eq!(pages.text_layer(&file, 3).unwrap_err(), PageError::NoSuchPage(3));
}
