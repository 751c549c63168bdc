//! What a person waits for in the window on a library of many documents: the next value, what is found, the list. The
//! whole window on the real reader, without a graphics card: all that the processor does for a frame but the pixels, and
//! the names for a screen reader in every frame.
//!
//! `cargo bench --bench library -- --prepare DIR`, then `cargo bench --bench window -- DIR`; with a DOCUMENT of several
//! pages behind the first DIR also from page to page.

#![allow(missing_docs, clippy::print_stdout)]

use anyhow::{Context, Result, ensure};
use egui::{Event, Key, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use proofdesk::desk::State;
use proofdesk::parts::Parts;
use proofdesk::ui::{App, AppOptions};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(3);
/// So many times the next value is asked for.
const ENTERS: usize = 240;
/// For so many frames the list is scrolled.
const SCROLLED: usize = 600;
/// What is looked for: a word of every page, and a name that one document has.
const WORDS: [&str; 2] = ["bahnstr", "copy-07777"];

#[derive(clap::Parser)]
struct Arguments {
    /// A folder that `library --prepare` made; it is copied.
    prepared: PathBuf,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

struct Window {
    harness: Harness<'static, App>,
    woken: Receiver<()>,
    _data: tempfile::TempDir,
}

impl Window {
    fn open(prepared: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        std::fs::copy(prepared.join("data/library.sqlite"), data.path().join("library.sqlite"))
            .context("not made by `library --prepare`")?;
        let options = AppOptions {
            data: data.path().to_owned(),
            parts: Ok(Parts::find().map_err(|missing| anyhow::anyhow!("{missing}"))?),
            pages_worker: Some(env!("CARGO_BIN_EXE_proofdesk").into()),
            keyring: false,
            exports: None,
        };
        let harness = Harness::builder()
            .with_size(vec2(1440.0, 900.0))
            .with_step_dt(1.0 / 60.0)
            .allow_missing_glyphs()
            .build_eframe(|cc| App::new(&cc.egui_ctx, options));
        let (wake, woken) = sync_channel(1);
        harness.ctx.set_request_repaint_callback(move |_| {
            // One call in the queue is as good as many.
            let _ = wake.try_send(());
        });
        Ok(Self { harness, woken, _data: data })
    }

    fn state(&self) -> &State {
        self.harness.state().desk().state()
    }

    fn until(&mut self, what: &str, seen: impl Fn(&Self) -> bool) -> Result<Duration> {
        let begun = Instant::now();
        loop {
            self.harness.step();
            if seen(self) {
                return Ok(begun.elapsed());
            }
            ensure!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
            let _ = self.woken.recv_timeout(Duration::from_millis(2));
        }
    }

    /// One frame with these events, as long as it takes.
    fn frame(&mut self, events: impl IntoIterator<Item = Event>) -> Duration {
        self.harness.input_mut().events.extend(events);
        let begun = Instant::now();
        self.harness.step();
        begun.elapsed()
    }

    fn press(key: Key, modifiers: Modifiers) -> [Event; 2] {
        [true, false].map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers })
    }

    /// Whether the page in view is drawn.
    fn is_drawn(&self) -> bool {
        self.harness.query_all_by_label_contains("Drawing page").next().is_none()
    }
}

fn said(what: &str, mut spent: Vec<Duration>) {
    spent.sort_unstable();
    let at = |share: usize| spent.get((spent.len() * share / 100).min(spent.len() - 1)).copied().unwrap_or_default();
    if !spent.is_empty() {
        let (count, median, nearly, most) = (spent.len(), at(50), at(99), at(100));
        println!("{what}, {count} times: {median:.1?} median, {nearly:.1?} at the 99th percentile, {most:.1?} at most");
    }
}

fn enters(window: &mut Window) -> Result<()> {
    let (mut here, mut beside, mut elsewhere, mut frames) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ENTERS {
        // A person looks at the value first: what is drawn ahead is drawn meanwhile.
        for _ in 0..12 {
            window.frame([]);
            let _ = window.woken.recv_timeout(Duration::from_millis(8));
        }
        let (before, page) = (window.state().selection.clone(), window.state().open);
        let begun = Instant::now();
        window.harness.input_mut().events.extend(Window::press(Key::Enter, Modifiers::NONE));
        let mut count = 0;
        let is_there = |window: &Window| {
            let state = window.state();
            (state.selection != before || state.open.map(|open| open.document) != page.map(|open| open.document))
                && window.is_drawn()
        };
        loop {
            window.harness.step();
            count += 1;
            if is_there(window) {
                break;
            }
            ensure!(begun.elapsed() < PATIENCE, "Enter led nowhere");
            let _ = window.woken.recv_timeout(Duration::from_millis(2));
        }
        let now = window.state().open;
        if now == page {
            here.push(begun.elapsed());
            frames.push(count);
        } else if now.map(|open| open.document) == page.map(|open| open.document) {
            beside.push(begun.elapsed());
        } else {
            elsewhere.push(begun.elapsed());
        }
    }
    let most = frames.iter().max().copied().unwrap_or(0);
    said(&format!("Enter to the next value on the same page, at most {most} frame(s) later"), here);
    said("Enter to the next value on another page of the same document, drawn", beside);
    said("Enter to the next value on the page of another document, drawn", elsewhere);
    Ok(())
}

fn finds(window: &mut Window) {
    for word in WORDS {
        window.frame(Window::press(Key::F, Modifiers::COMMAND));
        for _ in 0..3 {
            window.frame([]);
        }
        window.frame(Window::press(Key::A, Modifiers::COMMAND));
        let letters: Vec<(Duration, Duration)> = word
            .chars()
            .map(|letter| {
                let spent = window.frame([Event::Text(letter.to_string())]);
                let mut whole = spent + window.frame([]);
                while window.harness.ctx.has_requested_repaint() {
                    whole += window.frame([]);
                }
                (spent, whole)
            })
            .collect();
        println!("find {word}: the first letter {:.1?}, all that says it found in {:.1?}", letters[0].0, letters[0].1);
        said("  each further letter", letters[1..].iter().map(|(spent, _)| *spent).collect());
        said("    and all that says it", letters[1..].iter().map(|(_, whole)| *whole).collect());
        window.frame(Window::press(Key::Escape, Modifiers::NONE));
        window.frame([]);
    }
    window.frame(Window::press(Key::F, Modifiers::COMMAND));
    window.frame([]);
    window.frame(Window::press(Key::A, Modifiers::COMMAND));
    window.frame(Window::press(Key::Backspace, Modifiers::NONE));
    window.frame(Window::press(Key::Escape, Modifiers::NONE));
}

fn scrolls(window: &mut Window) {
    let wheel = |down: f32| Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, down),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    window.frame([Event::PointerMoved(pos2(130.0, 500.0))]);
    let spent = (0..SCROLLED).map(|n| window.frame([wheel(if n < SCROLLED / 2 { -900.0 } else { 700.0 })])).collect();
    said("a frame while the list is scrolled", spent);
    let spent = (0..SCROLLED / 2).map(|_| window.frame([])).collect();
    said("a frame at rest", spent);
}

fn main() -> Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let mut window = Window::open(&arguments.prepared)?;
    let listed = window.until("documents are listed", |window| !window.state().documents.is_empty())?;
    let count = window.state().documents.len();
    let all = window.until("all results are there", |window| {
        window.state().documents.iter().all(|document| !document.pages.is_empty())
    })?;
    println!("{count} documents: listed after {listed:.0?}, all results after {:.1?}", listed + all);
    window.until("the page is drawn", Window::is_drawn)?;
    scrolls(&mut window);
    finds(&mut window);
    enters(&mut window)
}
