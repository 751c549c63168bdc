//! How well the extractor learns, in this process: trained on N documents, asked for others, as `fields.py` does it.
//!
//! `cargo bench --bench learn -- CACHE [--data FOLDER] [--set sroie] [--train 5,20] [--no-boxes] [--errors]` reads every
//! document of the set once with our own reader and keeps the words in CACHE; `CACHE/SET.stems.json` holds the order of
//! the documents of each seed (`{"0": ["stem", …]}`), for Python's shuffle is its own. `--set invoices --own --train 0` asks
//! untrained for the labels that each invoice has.

#![allow(missing_docs, clippy::print_stdout)]

use anyhow::{Context, Result};
use proofdesk::document::{PageRect, PageText, Table, amounts, dates};
use proofdesk::engine::learn::{Example, Extractor, LabelSpec, TrainOptions, Truth};
use proofdesk::engine::{Engine, general, text_layer};
use proofdesk::pages::{PageFile, Pages, Render};
use proofdesk::parts::Parts;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

#[derive(clap::Parser)]
struct Arguments {
    /// Where words and orders are kept.
    cache: PathBuf,
    /// The folder of the sets.
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// The set of documents: `sroie`, `adbuy`.
    #[arg(long, default_value = "sroie")]
    set: String,
    /// How many documents to train on.
    #[arg(long, value_delimiter = ',', default_value = "0,1,5,10,20,40")]
    train: Vec<usize>,
    /// How many documents to ask for at most.
    #[arg(long, default_value_t = 40)]
    test: usize,
    /// Only these seeds; all where none is given.
    #[arg(long, value_delimiter = ',')]
    seeds: Vec<String>,
    /// Values without places.
    #[arg(long)]
    no_boxes: bool,
    /// Every document so many times, told apart by a word: for times and memory.
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// Each document is asked for the labels that it has, untrained, and days and amounts are compared by what they mean:
    /// for sets whose documents have labels of their own (`invoices`, `funsd`).
    #[arg(long)]
    own: bool,
    /// Print what was said wrong.
    #[arg(long)]
    errors: bool,
    /// Threads to train with.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A document as it was read.
#[derive(Serialize, Deserialize)]
struct Read {
    pages: Vec<PageText>,
    tables: Vec<Vec<Table>>,
}

struct Document {
    read: Read,
    fields: BTreeMap<String, String>,
    boxes: HashMap<String, PageRect>,
}

/// Said values of all seeds, and what they came to.
#[derive(Default)]
struct Figures {
    by_label: BTreeMap<String, [u32; 4]>,
    /// The sum of what each label's values were scored.
    scores: BTreeMap<String, f32>,
    scored: Vec<(f32, bool)>,
    relaxed: Vec<f32>,
    exact: Vec<f32>,
    /// What training thought of itself.
    believed: Vec<f32>,
    train_secs: f64,
    predict_secs: f64,
    pages: usize,
    bytes: usize,
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let documents = documents(&arguments)?;
    let orders: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&std::fs::read(arguments.cache.join(format!("{}.stems.json", arguments.set)))?)?;
    println!(
        "| {} N | relaxed F1 | by seed | believed | exact | score | right | calibration | review | train s | ms a page | KB | by label |",
        arguments.set
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for &train in &arguments.train {
        let mut figures = Figures::default();
        for (seed, order) in &orders {
            if arguments.seeds.is_empty() || arguments.seeds.contains(seed) {
                figures.round(&arguments, &documents, order, train)?;
            }
        }
        figures.print(train);
    }
    Ok(())
}

/// Our own reader, loaded when the first document is read.
#[derive(Default)]
struct Reader(Option<(Pages, Engine)>);

impl Reader {
    /// The pages and tables of a file, read as the server reads them.
    fn read(&mut self, path: &Path) -> Result<Read> {
        if self.0.is_none() {
            let parts = Parts::find()?;
            let pages = Pages::with_program(&parts, env!("CARGO_BIN_EXE_proofdesk").into());
            self.0 = Some((pages, Engine::load(&parts)?));
        }
        let (pages, engine) = self.0.as_ref().context("no reader")?;
        let file = PageFile::new(path.to_path_buf());
        let mut read = Read { pages: Vec::new(), tables: Vec::new() };
        for (number, size) in (0..).zip(pages.open(&file)?.pages) {
            let layer = pages.text_layer(&file, number).unwrap_or_default();
            let (text, image) = if let Some(text) = text_layer::page_text(&layer) {
                (text, None)
            } else {
                let image = pages.render(&file, number, &Render::whole(size))?;
                (engine.read(&image, &CancellationToken::new())?, Some(image))
            };
            read.tables.push(general::predict(&text, &layer.rules, image.as_ref()).tables);
            read.pages.push(text);
        }
        Ok(read)
    }
}

/// All documents of a set by their stems, read now or before.
fn documents(arguments: &Arguments) -> Result<HashMap<String, Document>> {
    let folder = arguments.data.join(&arguments.set);
    let cache = arguments.cache.join(&arguments.set);
    std::fs::create_dir_all(&cache)?;
    let mut reader = Reader::default();
    let mut documents = HashMap::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("no folder {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".fields.json") else { continue };
        let kept = cache.join(format!("{stem}.json"));
        let read = if let Ok(bytes) = std::fs::read(&kept) {
            serde_json::from_slice(&bytes)?
        } else {
            let file =
                ["pdf", "jpg", "png"].map(|e| folder.join(format!("{stem}.{e}"))).into_iter().find(|f| f.exists());
            let read = reader.read(&file.with_context(|| format!("no document of {stem}"))?)?;
            std::fs::write(&kept, serde_json::to_vec(&read)?)?;
            read
        };
        documents.insert(stem.to_owned(), document(&folder, stem, read)?);
    }
    Ok(documents)
}

/// The annotation of a document: values, and the box around the first place of each where the set has places.
fn document(folder: &Path, stem: &str, read: Read) -> Result<Document> {
    #[derive(Deserialize)]
    struct Place {
        xmin: f32,
        ymin: f32,
        xmax: f32,
        ymax: f32,
    }
    let fields: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&std::fs::read(folder.join(format!("{stem}.fields.json")))?)?;
    let value = |(label, value): (String, serde_json::Value)| value.as_str().map(|v| (label, v.to_owned()));
    let fields = fields.into_iter().filter_map(value).filter(|(_, value)| !value.trim().is_empty()).collect();
    let places = folder.join(format!("{stem}.fieldboxes.json"));
    // Some sets give places in another way; they go without.
    let places: HashMap<String, Vec<Vec<Place>>> =
        std::fs::read(places).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let boxes = places.into_iter().filter_map(|(label, groups)| {
        let lines = groups.into_iter().next()?;
        PageRect::around(lines.iter().map(|p| PageRect::new(p.xmin, p.ymin, p.xmax, p.ymax))).map(|rect| (label, rect))
    });
    Ok(Document { read, fields, boxes: boxes.collect() })
}

impl Document {
    fn example(&self, boxes: bool) -> Example {
        let truths = self.fields.iter().map(|(label, value)| Truth {
            label: label.clone(),
            text: Some(value.clone()),
            page: None,
            rects: self.boxes.get(label).filter(|_| boxes).copied().into_iter().collect(),
            cells: Vec::new(),
        });
        Example { pages: self.read.pages.clone(), truths: truths.collect(), ..Example::default() }
    }
}

/// The example with a word that tells it from its copies.
fn numbered(mut example: Example, copy: usize) -> Example {
    if let Some(word) = example.pages.first_mut().and_then(|page| page.words.last_mut()).filter(|_| copy > 0) {
        word.text = format!("{}x{copy}", word.text).into();
    }
    example
}

impl Figures {
    /// Trains on the first documents of an order and asks for the next.
    fn round(
        &mut self,
        arguments: &Arguments,
        documents: &HashMap<String, Document>,
        order: &[String],
        train: usize,
    ) -> Result<()> {
        let all: Vec<&Document> = order.iter().filter_map(|stem| documents.get(stem)).collect();
        let (learnt, asked) = all.split_at(train.min(all.len()));
        let asked = &asked[..asked.len().min(arguments.test)];
        let of = |documents: &[&Document]| -> BTreeSet<String> {
            documents.iter().flat_map(|document| document.fields.keys().cloned()).collect()
        };
        let labels: Vec<LabelSpec> = if train > 0 { of(learnt) } else { of(asked) }
            .into_iter()
            .map(|name| LabelSpec { name, ..LabelSpec::default() })
            .collect();
        let copies = (0..arguments.repeat.max(1)).flat_map(|copy| learnt.iter().map(move |document| (copy, document)));
        let examples: Vec<Example> =
            copies.map(|(copy, document)| numbered(document.example(!arguments.no_boxes), copy)).collect();
        let start = Instant::now();
        let extractor = if train == 0 {
            Extractor::untrained(&labels)
        } else {
            let options = TrainOptions { seed: 0, threads: arguments.threads };
            let (extractor, report) =
                Extractor::train(&labels, &examples, &options, &|_| {}, &CancellationToken::new())?;
            self.believed.push(report.f1);
            extractor
        };
        self.train_secs += start.elapsed().as_secs_f64();
        let bytes = extractor.to_bytes();
        self.bytes = bytes.len();
        let extractor = Extractor::from_bytes(&bytes)?;
        let mut sums = [0; 4];
        for document in asked {
            let start = Instant::now();
            let pages: Vec<&PageText> = document.read.pages.iter().collect();
            let tables: Vec<&[Table]> = document.read.tables.iter().map(Vec::as_slice).collect();
            let own = |name: &String| LabelSpec { name: name.clone(), ..LabelSpec::default() };
            let own: Option<Vec<LabelSpec>> = arguments.own.then(|| document.fields.keys().map(own).collect());
            let untrained = own.as_deref().map(Extractor::untrained);
            let said = untrained.as_ref().unwrap_or(&extractor).predict(&pages, &tables);
            self.predict_secs += start.elapsed().as_secs_f64();
            self.pages += pages.len();
            let asked: &[LabelSpec] = own.as_deref().unwrap_or(&labels);
            for label in asked.iter().map(|label| &label.name) {
                let fields = said.iter().flat_map(|page| &page.fields).filter(|field| field.label == *label);
                // The first of the highest, as `fields.py` takes it.
                let best = fields.reduce(|best, field| if field.score > best.score { field } else { best });
                let truth = document.fields.get(label);
                let row = self.by_label.entry(label.clone()).or_default();
                let right = best.zip(truth).is_some_and(|(said, truth)| {
                    relaxed(&said.text) == relaxed(truth) || (arguments.own && mean_the_same(&said.text, truth))
                });
                let exactly = best.zip(truth).is_some_and(|(said, truth)| exact(&said.text) == exact(truth));
                let score = best.map_or(0.0, |said| said.score.get());
                let counts = [truth.is_some(), best.is_some(), exactly, right].map(u32::from);
                for n in 0..4 {
                    row[n] += counts[n];
                    sums[n] += counts[n];
                }
                *self.scores.entry(label.clone()).or_default() += score;
                if best.is_some() || truth.is_some() {
                    self.scored.push((if best.is_some() { score } else { -1.0 }, right));
                }
                if arguments.errors && !right && (best.is_some() || truth.is_some()) {
                    println!("  {label:14} {score:.2} said {:?} for {truth:?}", best.map(|said| &said.text));
                }
            }
        }
        self.relaxed.push(f1(sums[3], sums[0], sums[1]));
        self.exact.push(f1(sums[2], sums[0], sums[1]));
        Ok(())
    }

    fn print(&mut self, train: usize) {
        let rounds = self.relaxed.len().max(1) as f64;
        let scored = self.scored.clone();
        let said = || scored.iter().filter(|(score, _)| *score >= 0.0);
        let labels = self.by_label.iter().zip(self.scores.values()).map(|((label, row), scores)| {
            let said = row[1].max(1) as f32;
            let (score, right) = (scores / said, row[3] as f32 / said);
            format!("{label} {:.3} ({score:.2}, {right:.2} right)", f1(row[3], row[0], row[1]))
        });
        let seeds: Vec<String> = self.relaxed.iter().map(|f1| format!("{f1:.3}")).collect();
        println!(
            "| {train} | **{:.3}** | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.2} | {:.1} | {:.1} | {} | {} |",
            mean(&self.relaxed),
            seeds.join(" "),
            mean(&self.believed),
            mean(&self.exact),
            mean(&said().map(|(score, _)| *score).collect::<Vec<_>>()),
            mean(&said().map(|(_, right)| f32::from(u8::from(*right))).collect::<Vec<_>>()),
            calibration_error(&self.scored),
            review_share(&mut self.scored),
            self.train_secs / rounds,
            1000.0 * self.predict_secs / self.pages.max(1) as f64,
            self.bytes / 1024,
            labels.collect::<Vec<_>>().join(", "),
        );
    }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn f1(hit: u32, truth: u32, said: u32) -> f32 {
    2.0 * hit as f32 / (truth + said).max(1) as f32
}

fn relaxed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Whether both are the same amount or the same day, which may be written as `20260331`.
fn mean_the_same(said: &str, truth: &str) -> bool {
    let day = match truth.as_bytes() {
        digits if digits.len() == 8 && digits.iter().all(u8::is_ascii_digit) => {
            format!("{}-{}-{}", &truth[..4], &truth[4..6], &truth[6..])
        }
        _ => truth.to_owned(),
    };
    let is_amount = |text: &str| amounts::whole(text).is_some();
    dates::same_day(said, &day) || (is_amount(said) && is_amount(truth) && amounts::same_amount(said, truth))
}

fn exact(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// The mean distance between score and truth over ten bins of score; what was not said (below 0) does not count.
fn calibration_error(scored: &[(f32, bool)]) -> f32 {
    let said: Vec<&(f32, bool)> = scored.iter().filter(|(score, _)| *score >= 0.0).collect();
    let bin = |score: f32| ((score * 10.0) as usize).min(9);
    (0..10)
        .map(|n| {
            said.iter()
                .filter(|(score, _)| bin(*score) == n)
                .map(|(score, right)| score - f32::from(u8::from(*right)))
                .sum::<f32>()
        })
        .map(f32::abs)
        .sum::<f32>()
        / said.len().max(1) as f32
}

/// The share that must be looked at, lowest score first, until at most one in a hundred of the rest is wrong.
fn review_share(scored: &mut [(f32, bool)]) -> f32 {
    scored.sort_by(|a, b| a.0.max(0.0).total_cmp(&b.0.max(0.0)).then(b.1.cmp(&a.1)));
    let mut wrong = scored.iter().filter(|(_, right)| !right).count();
    for (seen, (_, right)) in scored.iter().enumerate() {
        if wrong as f32 <= 0.01 * (scored.len() - seen) as f32 {
            return seen as f32 / scored.len() as f32;
        }
        wrong -= usize::from(!right);
    }
    1.0
}
