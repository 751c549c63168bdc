//! How well and how fast pictures are read: words against ground truth, in this process. No server, no peers.
//!
//! `cargo bench --bench words -- FOLDER… [--limit N] [--turn DEGREES] [--words]` reads every picture that has a
//! `NAME.words.json` beside it. `--words` prints what was read, a JSON object a picture, before the figures.

use anyhow::{Context, Result};
use image::RgbImage;
use proofdesk::document::{PageText, Score};
use proofdesk::engine::Engine;
use proofdesk::parts::Parts;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

#[derive(clap::Parser)]
struct Arguments {
    /// Folders of pictures with ground truth.
    folders: Vec<PathBuf>,
    /// Only the first pictures of each folder.
    #[arg(long, default_value_t = usize::MAX)]
    limit: usize,
    /// Turn the pictures clockwise first.
    #[arg(long, default_value_t = 0)]
    turn: u16,
    /// Print what was read.
    #[arg(long)]
    words: bool,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(serde::Deserialize)]
struct Truth {
    text: String,
}

#[derive(Default)]
struct Figures {
    pictures: usize,
    seconds: f64,
    processor_seconds: f64,
    hit: usize,
    want: usize,
    have: usize,
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let engine = Engine::load(&Parts::find()?)?;
    writeln!(out, "loaded in {:.2} s", start.elapsed().as_secs_f64())?;
    for folder in &arguments.folders {
        let mut figures = Figures::default();
        let pictures = pictures(folder)?;
        for (n, picture) in pictures.iter().take(arguments.limit.max(1)).enumerate() {
            let image = open(picture, arguments.turn)?;
            if n == 0 {
                engine.read(&image, &CancellationToken::new())?;
            }
            let (start, computed) = (Instant::now(), processor_seconds());
            let text = engine.read(&image, &CancellationToken::new())?;
            let seconds = start.elapsed().as_secs_f64();
            if arguments.words {
                let line = serde_json::json!({ "file": picture, "seconds": seconds, "text": text });
                writeln!(out, "{line}")?;
            }
            figures.processor_seconds += processor_seconds() - computed;
            figures.add(&truth(picture)?, &text, seconds);
        }
        writeln!(
            out,
            "{}: {} pictures, words F1 {:.4} (recall {:.3}, precision {:.3}), {:.3} s a picture ({:.3} s of the processor)",
            folder.display(),
            figures.pictures,
            2.0 * figures.hit as f64 / (figures.want + figures.have).max(1) as f64,
            figures.hit as f64 / figures.want.max(1) as f64,
            figures.hit as f64 / figures.have.max(1) as f64,
            figures.seconds / figures.pictures.max(1) as f64,
            figures.processor_seconds / figures.pictures.max(1) as f64,
        )?;
    }
    Ok(())
}

/// What this process has computed so far, in seconds of one core; only Linux says (in hundredths), 0 elsewhere.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn pictures(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("no folder {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| ["jpg", "png"].iter().any(|known| e == *known)))
        .filter(|path| path.with_extension("words.json").exists())
        .collect();
    pictures.sort();
    Ok(pictures)
}

fn open(picture: &Path, turn: u16) -> Result<RgbImage> {
    let image = image::ImageReader::open(picture)?.with_guessed_format()?.decode()?.to_rgb8();
    Ok(match turn {
        90 => image::imageops::rotate90(&image),
        180 => image::imageops::rotate180(&image),
        270 => image::imageops::rotate270(&image),
        _ => image,
    })
}

fn truth(picture: &Path) -> Result<Vec<Truth>> {
    Ok(serde_json::from_slice(&std::fs::read(picture.with_extension("words.json"))?)?)
}

/// A bag of words: case folded, what is no letter or digit cut off at both ends.
fn bag<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<String, usize> {
    let mut bag = HashMap::new();
    for word in texts.flat_map(str::split_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if !bare.is_empty() {
            *bag.entry(bare).or_default() += 1;
        }
    }
    bag
}

impl Figures {
    fn add(&mut self, truth: &[Truth], text: &PageText, seconds: f64) {
        debug_assert!(text.words.iter().all(|w| w.score <= Score::CERTAIN));
        let want = bag(truth.iter().map(|w| w.text.as_str()));
        let have = bag(text.words.iter().map(|w| w.text.as_str()));
        self.hit += want.iter().map(|(word, &n)| n.min(have.get(word).copied().unwrap_or(0))).sum::<usize>();
        self.want += want.values().sum::<usize>();
        self.have += have.values().sum::<usize>();
        self.pictures += 1;
        self.seconds += seconds;
    }
}
