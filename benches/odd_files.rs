//! Opens, draws and reads the text layer of every odd file in `../shared/data/{pdfs,images}`, each with a worker of
//! its own, and prints what happened as a table: `cargo bench --bench odd_files`, or `… -- FOLDER` for other files.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use image::RgbImage;
use proofdesk::pages::{PageError, PageFile, Pages, Render};
use proofdesk::parts::Parts;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The most pages of one file that are drawn.
const DRAWN: usize = 4;

fn main() {
    let mut folders: Vec<PathBuf> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).map(Into::into).collect();
    if folders.is_empty() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        folders = vec![data.join("pdfs"), data.join("images")];
    }
    let parts = Parts::find().unwrap();
    println!("| file | expected | what happened | seconds | worker's peak MB |");
    println!("|---|---|---|---:|---:|");
    for path in folders.iter().flat_map(|folder| documents(folder)) {
        let expect = expectation(&path);
        let pages = Pages::with_program(&parts, env!("CARGO_BIN_EXE_proofdesk").into());
        let start = Instant::now();
        let outcome = outcome(&pages, &path, expect["password"].as_str());
        let seconds = start.elapsed().as_secs_f64();
        let peak = worker_peaks().into_iter().max().map_or("–".into(), |kb| format!("{}", kb / 1024));
        let name = path.file_name().unwrap().to_string_lossy();
        let expected = expect["expect"].as_str().unwrap_or("–");
        println!("| {name} | {expected} | {outcome} | {seconds:.2} | {peak} |");
    }
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.is_file() && !p.extension().is_some_and(|e| e == "json" || e == "py"));
    paths.sort();
    paths
}

fn expectation(path: &Path) -> serde_json::Value {
    let name = format!("{}.expect.json", path.file_name().unwrap().to_string_lossy());
    let beside = [path.with_extension("expect.json"), path.with_file_name(name)];
    let text = beside.iter().find_map(|p| std::fs::read(p).ok());
    text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn outcome(pages: &Pages, path: &Path, password: Option<&str>) -> String {
    let file = PageFile::new(path);
    match (look(pages, &file), password) {
        (Ok(said), _) => said,
        (Err(PageError::NeedsPassword { wrong: false }), Some(password)) => {
            let file = PageFile { password: Some(password.into()), ..file };
            let said = look(pages, &file).unwrap_or_else(|e| format!("error: {e}"));
            format!("asks for the password; then {said}")
        }
        (Err(error), _) => format!("error: {error}"),
    }
}

fn look(pages: &Pages, file: &PageFile) -> Result<String, PageError> {
    let info = pages.open(file)?;
    let (count, size) = (info.pages.len(), info.pages[0]);
    let mut said = format!("{count} page{}, {} × {}", if count == 1 { "" } else { "s" }, size.width, size.height);
    for (page, size) in info.pages.iter().enumerate().take(DRAWN) {
        let drawn = pages.render(file, page as u32, &Render::whole(*size));
        let layer = drawn.and_then(|image| Ok((mean(&image), pages.text_layer(file, page as u32)?)));
        match layer {
            Ok((mean, layer)) if page == 0 => {
                write!(said, ", mean colour {mean}, {} words, {} rules", layer.words.len(), layer.rules.len()).unwrap();
            }
            Ok(_) => {}
            Err(error) => write!(said, ", page {}: {error}", page + 1).unwrap(),
        }
    }
    Ok(said)
}

fn mean(image: &RgbImage) -> String {
    let mut sums = [0_u64; 3];
    for pixel in image.pixels() {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(value);
        }
    }
    let count = u64::from(image.width()) * u64::from(image.height());
    sums.map(|sum| (sum / count.max(1)).to_string()).join("/")
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
