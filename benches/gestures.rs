//! How many keys and moves of the mouse a value costs: the real window reviews 20 real documents until every value of
//! their ground truth stands there, ten receipts and ten invoices, each first with a model that has learnt nothing; the
//! receipts once more with one that learnt from those ten, on ten others.
//!
//! `cargo bench --bench gestures -- [--data ../shared/data]`. Setting up models and adding documents is not counted.

#![allow(missing_docs, clippy::print_stdout)]

use anyhow::{Context, Result};
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use proofdesk::desk::{ConnectionId, DeskDocument, Reach, ReadState, State, Target};
use proofdesk::document::{Field, amounts, dates};
use proofdesk::parts::Parts;
use proofdesk::ui::{App, AppOptions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(10);
/// The labels of the receipts, and those of the invoices that are printed on them.
const RECEIPT: [&str; 4] = ["company", "date", "address", "total"];
const INVOICE: [&str; 6] = ["invoice_number", "date", "seller_name", "net_total", "tax_total", "total"];

#[derive(clap::Parser)]
struct Arguments {
    /// The folder of the documents.
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A person at the window.
struct Hand {
    harness: Harness<'static, App>,
    woken: Receiver<()>,
    /// Keys that are no letters of a value.
    /// The value in hand is ready to be typed into.
    is_ready: bool,
    keys: usize,
    letters: usize,
    moves: usize,
    _data: tempfile::TempDir,
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

impl Hand {
    fn new() -> Result<Self> {
        let data = tempfile::tempdir()?;
        let worker = std::env::current_exe()?;
        let worker = worker.parent().and_then(Path::parent).context("no folder of the program")?.join("proofdesk");
        let options = AppOptions {
            data: data.path().to_owned(),
            parts: Ok(Parts::find().map_err(|missing| anyhow::anyhow!("{missing}"))?),
            pages_worker: Some(worker),
            keyring: false,
            exports: None,
        };
        let harness = Harness::builder()
            .with_size(egui::vec2(1440.0, 900.0))
            .with_step_dt(1.0 / 30.0)
            .allow_missing_glyphs()
            .build_eframe(|cc| App::new(&cc.egui_ctx, options));
        let (wake, woken) = sync_channel(1);
        harness.ctx.set_request_repaint_callback(move |_| {
            // One call in the queue is as good as many.
            let _ = wake.try_send(());
        });
        let mut hand = Self { harness, woken, keys: 0, is_ready: false, letters: 0, moves: 0, _data: data };
        hand.until("the reader stands", |state| *state.chosen_reach() == Reach::Ready)?;
        Ok(hand)
    }

    fn state(&self) -> &State {
        self.harness.state().desk().state()
    }

    fn until(&mut self, what: &str, seen: impl Fn(&State) -> bool) -> Result<()> {
        let start = Instant::now();
        while !seen(self.state()) {
            self.harness.step();
            anyhow::ensure!(start.elapsed() < PATIENCE, "waited in vain: {what}");
            let _ = self.woken.recv_timeout(Duration::from_millis(50));
        }
        self.harness.run_steps(3);
        Ok(())
    }

    /// Presses a key, which counts.
    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.keys += 1;
        self.key(modifiers, key);
        match key {
            Key::F2 | Key::F3 | Key::Tab | Key::Enter => self.is_ready = true,
            Key::Escape => self.is_ready = false,
            _ => {}
        }
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    /// Types a value, letter by letter.
    fn write(&mut self, text: &str) {
        self.letters += text.chars().count();
        self.harness.event(Event::Text(text.into()));
        self.harness.run_steps(2);
    }

    /// Makes a model of these labels; not counted.
    fn make_model(&mut self, name: &str, labels: &[&str]) -> Result<()> {
        self.key(Modifiers::COMMAND, Key::T);
        if self.harness.query_by_label("Make it").is_none() {
            self.harness.get_by_label("New model").click();
            self.harness.run_steps(3);
        }
        self.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").type_text(name);
        self.harness.run_steps(2);
        self.harness.get_by_label("Add a label").focus();
        self.harness.run_steps(2);
        self.harness.get_by_label("Add a label").type_text(&labels.join(", "));
        self.harness.run_steps(2);
        self.harness.get_by_label("Make it").click();
        self.harness.run_steps(2);
        self.until("the model reads", |state| state.model_name(ConnectionId::THIS_COMPUTER) == name)?;
        self.key(Modifiers::NONE, Key::Escape);
        Ok(())
    }

    /// Trains the model that reads; not counted.
    fn train(&mut self) -> Result<()> {
        self.key(Modifiers::COMMAND, Key::T);
        self.harness.get_by_role_and_label(egui::accesskit::Role::Button, "Train").click();
        self.harness.run_steps(3);
        self.until("it is trained", |state| {
            let here = ConnectionId::THIS_COMPUTER;
            let model = state.models_of(here).into_iter().find(|model| model.id == state.model_of(here));
            model.is_some_and(|model| model.version > 0 && !model.is_busy()) && state.trainings.is_empty()
        })?;
        self.key(Modifiers::NONE, Key::Escape);
        Ok(())
    }

    /// Puts documents on the desk and waits until they are read; not counted. The first of them is shown.
    fn add(&mut self, paths: &[PathBuf]) -> Result<()> {
        let before = self.state().documents.len();
        let files = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
        self.harness.input_mut().dropped_files = files.collect();
        self.harness.step();
        let count = paths.len();
        self.until("all are read", |state| {
            state.documents.len() == before + count && state.documents.iter().all(|d| d.reading == ReadState::Done)
        })?;
        while before > 0 && self.shown() < before {
            self.key(Modifiers::COMMAND, Key::ArrowDown);
        }
        Ok(())
    }

    /// The place of the document that is shown.
    fn shown(&self) -> usize {
        let open = self.state().open.map(|open| open.document);
        self.state().documents.iter().position(|document| Some(document.id) == open).unwrap_or(0)
    }

    fn document(&self) -> Option<&DeskDocument> {
        self.state().open_document()
    }

    fn selected(&self) -> Option<Field> {
        let Some(Target::Field { page, id }) = &self.state().selection else { return None };
        self.document()?.pages.get(page)?.fields.iter().find(|field| field.id == *id).cloned()
    }

    /// Reviews the document that is shown until it says what is true, and approves it.
    fn review(&mut self, truth: &BTreeMap<String, String>) -> Result<()> {
        // What is doubtful, and what a person sees to be wrong though it is not.
        let wrong = |field: &Field| truth.get(&field.label).is_none_or(|text| !same(&field.text, text));
        let first = self.document().map(|document| document.id);
        for _ in 0..60 {
            let Some(document) = self.document() else { break };
            let judge = self.state().judge(document);
            let fields = || document.pages.values().flat_map(|page| &page.fields);
            let wants = |field: &&Field| !field.confirmed && (judge.needs_look(field) || wrong(field));
            let Some(next) = fields().find(wants).cloned() else { break };
            if judge.needs_look(&next) {
                if self.selected().is_none_or(|field| field.confirmed || !judge_of(self, &field)) {
                    self.press(Modifiers::NONE, Key::F3);
                }
            } else {
                for _ in 0..40 {
                    if self.selected().is_some_and(|field| field.id == next.id) {
                        break;
                    }
                    self.press(Modifiers::NONE, Key::Tab);
                }
            }
            if self.document().map(|document| document.id) != first {
                // The walk left the document: all of it was looked at.
                self.press(Modifiers::COMMAND, Key::ArrowUp);
                break;
            }
            let Some(field) = self.selected() else { break };
            match truth.get(&field.label) {
                None => {
                    if self.is_ready {
                        self.press(Modifiers::NONE, Key::Escape);
                    }
                    self.press(Modifiers::NONE, Key::Delete);
                }
                Some(text) if same(&field.text, text) => self.press(Modifiers::NONE, Key::Enter),
                Some(text) => {
                    if !self.is_ready {
                        self.press(Modifiers::NONE, Key::F2);
                    }
                    self.write(text);
                    self.press(Modifiers::NONE, Key::Enter);
                }
            }
            if self.document().map(|document| document.id) != first {
                self.press(Modifiers::COMMAND, Key::ArrowUp);
            }
        }
        // What is missing, in the order in which the window asks for it.
        let document = self.document().context("no document is shown")?;
        let has = |label: &str| document.pages.values().flat_map(|p| &p.fields).any(|field| field.label == label);
        let labels: Vec<String> = self.state().labels_of(document).iter().map(|label| label.name.clone()).collect();
        let missing: Vec<String> = labels.into_iter().filter(|label| !has(label)).collect();
        if !missing.is_empty() {
            if self.is_ready {
                self.press(Modifiers::NONE, Key::Escape);
            }
            self.press(Modifiers::NONE, Key::M);
            for label in missing {
                if let Some(text) = truth.get(&label) {
                    self.write(text);
                }
                self.press(Modifiers::NONE, Key::Enter);
            }
            self.harness.run_steps(3);
        }
        self.press(Modifiers::COMMAND, Key::Enter);
        let document = self.document().context("no document is shown")?;
        for (label, text) in truth {
            let says = |field: &Field| field.label == *label && same(&field.text, text);
            let is_right = document.pages.values().flat_map(|page| &page.fields).any(says);
            anyhow::ensure!(is_right, "{}: {label} is not {text}: {:?}", document.name, self.selected());
        }
        self.press(Modifiers::COMMAND, Key::ArrowDown);
        Ok(())
    }

    /// Reviews these documents, which were just added, and says what it took.
    fn session(&mut self, what: &str, documents: &[(PathBuf, BTreeMap<String, String>)]) -> Result<()> {
        (self.keys, self.letters, self.moves) = (0, 0, 0);
        let start = self.shown();
        for (n, (_, truth)) in documents.iter().enumerate() {
            while self.shown() < start + n {
                self.press(Modifiers::COMMAND, Key::ArrowDown);
            }
            self.review(truth)?;
        }
        let values: usize = documents.iter().map(|(_, truth)| truth.len()).sum();
        let each = |count: usize| count as f64 / values as f64;
        println!(
            "{what}: {} documents, {values} values: {:.2} keys and {:.1} letters a value, {} moves of the mouse",
            documents.len(),
            each(self.keys),
            each(self.letters),
            self.moves,
        );
        Ok(())
    }
}

/// Whether a value of the shown document needs a look.
fn judge_of(hand: &Hand, field: &Field) -> bool {
    hand.document().is_some_and(|document| hand.state().judge(document).needs_look(field))
}

/// Whether two texts say the same: letters and digits, a day or an amount.
fn same(said: &str, wanted: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<String>();
    bare(said) == bare(wanted)
        || (dates::is_date(wanted) && dates::same_day(said, wanted))
        || amounts::same_amount(said, wanted)
}

/// Documents with those values of their ground truth that have these labels.
fn documents(
    folder: &Path,
    prefix: &str,
    end: &str,
    labels: &[&str],
) -> Result<Vec<(PathBuf, BTreeMap<String, String>)>> {
    let mut all = Vec::new();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == end))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
        .collect();
    paths.sort();
    for path in paths {
        let truth = std::fs::read_to_string(path.with_extension("fields.json"))?;
        let truth: BTreeMap<String, serde_json::Value> = serde_json::from_str(&truth)?;
        let text = |(label, value): (String, serde_json::Value)| {
            let text = value.as_str()?.trim().to_owned();
            let is_day = label == "date" && text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
            let text = if is_day { format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]) } else { text };
            (labels.contains(&label.as_str()) && !text.is_empty() && !text.contains('\n')).then_some((label, text))
        };
        all.push((path, truth.into_iter().filter_map(text).collect()));
    }
    Ok(all)
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let receipts = documents(&arguments.data.join("sroie"), "sroie", "jpg", &RECEIPT)?;
    let invoices = documents(&arguments.data.join("invoices"), "zf", "pdf", &INVOICE)?;
    let paths =
        |all: &[(PathBuf, BTreeMap<String, String>)]| all.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    let mut hand = Hand::new()?;
    hand.make_model("Receipts", &RECEIPT)?;
    hand.add(&paths(&receipts[..10]))?;
    hand.session("receipts, nothing learnt", &receipts[..10])?;
    hand.train()?;
    hand.add(&paths(&receipts[10..20]))?;
    hand.session("other receipts, learnt from ten", &receipts[10..20])?;
    let mut hand = Hand::new()?;
    hand.make_model("Invoices", &INVOICE)?;
    let invoices = &invoices[..invoices.len().min(10)];
    hand.add(&paths(invoices))?;
    hand.session("invoices, nothing learnt", invoices)?;
    Ok(())
}
