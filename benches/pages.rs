//! How fast pages come: pages a second by kind, the first page of a thousand, words, memory: `cargo bench --bench pages`.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/it/pages/handmade.rs"]
#[allow(dead_code)] // The tests need more kinds of files than the measurements.
mod handmade;

use proofdesk::document::PageSize;
use proofdesk::pages::{PageFile, Pages, Render};
use proofdesk::parts::Parts;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long each kind is drawn.
const LONG: Duration = Duration::from_secs(3);

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        println!("no documents: {} is absent", data.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    println!("| what | one at a time | as many as cores | worker's peak MB |");
    println!("|---|---:|---:|---:|");
    kinds(&data, folder.path());
    println!();
    println!("| what | time |");
    println!("|---|---:|");
    thousand(folder.path());
    words(&data);
}

fn pages() -> Pages {
    Pages::with_program(&Parts::find().unwrap(), env!("CARGO_BIN_EXE_proofdesk").into())
}

fn kinds(data: &Path, folder: &Path) {
    let text = PageFile::new(data.join("tables/icdar13_us-024.pdf"));
    let tiff = PageFile::new(multipage_tiff(&text, folder));
    let kinds = [
        ("text PDF at 300 DPI", text.clone(), None),
        ("text PDF, 1,000 pixels wide", text, Some(1000)),
        ("scan PDF (CCITT) at 300 DPI", PageFile::new(data.join("pdfs/ocrmypdf_ccitt.pdf")), None),
        ("scan PDF (four pages, JPEG) at 300 DPI", PageFile::new(data.join("pdfs/ocrmypdf_cardinal.pdf")), None),
        ("JPEG of 2 megapixels", PageFile::new(data.join("images/exif_Portrait_6.jpg")), None),
        ("TIFF of ten A4 pages at 300 DPI, gray", tiff, None),
    ];
    for (name, file, width) in kinds {
        let sizes = pages().open(&file).unwrap().pages;
        let sizes: Vec<PageSize> = sizes
            .into_iter()
            .map(|s| {
                width.map_or(s, |w| PageSize::new(w, (u64::from(s.height) * u64::from(w) / u64::from(s.width)) as u32))
            })
            .collect();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let pool = pages();
        let alone = rate(&pool, &file, &sizes, 1);
        let together = rate(&pool, &file, &sizes, cores);
        let peak = worker_peaks().into_iter().max().map_or("–".into(), |kb| (kb / 1024).to_string());
        println!("| {name} | {alone:.1} pages/s | {together:.1} pages/s | {peak} |");
    }
}

/// Pages a second with `threads` callers. Of a single picture the decoded pixels must not be drawn again: each caller
/// takes files in turn, so a copy of the picture is a file of its own.
fn rate(pages: &Pages, file: &PageFile, sizes: &[PageSize], threads: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let copies: Vec<PageFile> = (0..8)
        .map(|n| {
            let copy = folder.path().join(format!("{n}"));
            std::fs::copy(&file.path, &copy).unwrap();
            PageFile::new(copy)
        })
        .collect();
    let (start, next) = (Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while start.elapsed() < LONG {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let page = turn % sizes.len();
                    let copy = &copies[turn / sizes.len() % copies.len()];
                    pages.render(copy, page as u32, &Render::whole(sizes[page])).unwrap();
                }
            });
        }
    });
    next.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

/// Ten pages of the text as a scanner would store them.
fn multipage_tiff(text: &PageFile, folder: &Path) -> PathBuf {
    let path = folder.join("pages.tif");
    let pages = pages();
    let sizes = pages.open(text).unwrap().pages;
    let file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut encoder = tiff::encoder::TiffEncoder::new(file).unwrap().with_compression(tiff::encoder::Compression::Lzw);
    for n in 0..10 {
        let page = n % sizes.len();
        let image = pages.render(text, page as u32, &Render::whole(sizes[page])).unwrap();
        let gray: Vec<u8> = image.pixels().map(|p| p.0[1]).collect();
        encoder.write_image::<tiff::encoder::colortype::Gray8>(image.width(), image.height(), &gray).unwrap();
    }
    path
}

fn thousand(folder: &Path) {
    let path = folder.join("long.pdf");
    std::fs::write(&path, handmade::pages_of_text(1000)).unwrap();
    let file = PageFile::new(path);
    let pages = pages();
    let start = Instant::now();
    let info = pages.open(&file).unwrap();
    println!(
        "| 1,000-page PDF: all sizes, with the start of the worker | {:.0} ms |",
        start.elapsed().as_secs_f64() * 1e3
    );
    let first = info.pages[0];
    let screen = PageSize::new(1000, (u64::from(first.height) * 1000 / u64::from(first.width)) as u32);
    pages.render(&file, 0, &Render::whole(screen)).unwrap();
    println!("| … and its first page, 1,000 pixels wide | {:.0} ms |", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    pages.render(&file, 999, &Render::whole(screen)).unwrap();
    println!("| … then the last page, 1,000 pixels wide | {:.0} ms |", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    pages.open(&file).unwrap();
    println!("| … all sizes again | {:.1} ms |", start.elapsed().as_secs_f64() * 1e3);
    let peak = worker_peaks().into_iter().max().map_or("–".into(), |kb| (kb / 1024).to_string());
    println!("| … the worker's peak memory | {peak} MB |");
}

/// Words and rules of every page of the ad contracts and the tables, one after the other.
fn words(data: &Path) {
    for folder in ["adbuy", "tables", "invoices"] {
        let pages = pages();
        let (mut count, mut words, mut took) = (0_u32, 0, Duration::ZERO);
        let entries = std::fs::read_dir(data.join(folder)).unwrap().map(|e| e.unwrap().path());
        for path in entries.filter(|p| p.extension().is_some_and(|e| e == "pdf")) {
            let file = PageFile::new(path);
            for page in 0..pages.open(&file).unwrap().pages.len() {
                let start = Instant::now();
                words += pages.text_layer(&file, page as u32).unwrap().words.len();
                took += start.elapsed();
                count += 1;
            }
        }
        let each = took.as_secs_f64() * 1e3 / f64::from(count);
        println!("| words and rules of `{folder}`: {count} pages, {words} words | {each:.2} ms a page |");
    }
}

/// The most memory that each worker of this process ever held, in kB. Linux tells it; elsewhere none.
fn worker_peaks() -> Vec<u64> {
    let me = std::process::id().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let status = processes.filter_map(|p| std::fs::read_to_string(p.ok()?.path().join("status")).ok());
    let of_mine = status.filter(|s| field(s, "PPid:").is_some_and(|parent| parent == me));
    of_mine.filter_map(|s| field(&s, "VmHWM:")?.parse().ok()).collect()
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next())
}
