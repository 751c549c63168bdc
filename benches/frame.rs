//! How long the processor works on one frame of the page view: 2,000 boxes and a table of 60 × 12 cells on one page,
//! while a hand pans, zooms and points. Without a window: egui's pass and the tessellation, no graphics card.
//!
//! `cargo bench --bench frame`

use cpu_time::ThreadTime;
use egui::{Event, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};
use image::RgbImage;
use proofdesk::desk::{
    Commands, DeskDocument, DocumentId, DrawPage, FileState, Open, PageImage, ReadState, State, Target,
};
use proofdesk::document::{Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Problem, Score, Table, Word};
use proofdesk::pages::PageFile;
use proofdesk::ui::canvas::{PageView, page_view_ui};
use proofdesk::ui::images::PageImages;
use proofdesk::ui::theme;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const SIZE: PageSize = PageSize::new(2480, 3508);
const VIEW: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1440.0, 900.0) };
const FIELDS: u32 = 2000;
const ROWS: u32 = 60;
const COLS: u32 = 12;
const FRAMES: usize = 600;

/// Pages of grey paper, at once.
struct Paper;

impl DrawPage for Paper {
    fn draw(&self, _: &PageFile, image: &PageImage) -> Result<RgbImage, Problem> {
        let size = image.size();
        Ok(RgbImage::from_pixel(size.width, size.height, image::Rgb([250; 3])))
    }
}

fn full_page() -> Page {
    let place = |n: u32| {
        let (x, y) = (60.0 + (n % 25) as f32 * 95.0, 60.0 + (n / 25) as f32 * 42.0);
        PageRect::new(x, y, x + 80.0, y + 30.0)
    };
    let fields = (0..FIELDS).map(|n| Field {
        confirmed: false,
        id: FieldId(n.to_string()),
        label: format!("label_{}", n % 23),
        text: "571.04".into(),
        rect: Some(place(n)),
        score: Score::new(if n % 10 == 0 { 0.5 } else { 0.97 }),
        objection: None,
        reread: None,
    });
    let words = (0..FIELDS).map(|n| Word {
        text: "571.04".into(),
        rect: place(n),
        score: Score::CERTAIN,
        line: n / 25,
        font_size: 0.0,
    });
    let cells = (0..ROWS * COLS).map(|n| {
        let (x, y) = (60.0 + (n % COLS) as f32 * 195.0, 400.0 + (n / COLS) as f32 * 50.0);
        Cell {
            reread: None,
            confirmed: false,
            id: n.to_string(),
            row: n / COLS + 1,
            col: n % COLS + 1,
            row_span: 1,
            col_span: 1,
            label: String::new(),
            text: "1.00".into(),
            rect: PageRect::new(x, y, x + 195.0, y + 50.0),
            score: Score::new(if n % 17 == 0 { 0.5 } else { 0.97 }),
        }
    });
    let table = Table {
        id: FieldId("table".into()),
        label: "line_items".into(),
        rect: PageRect::new(60.0, 400.0, 2400.0, 3400.0),
        score: Score::new(0.95),
        cells: cells.collect(),
        header_rows: 0,
        continues: false,
        reread: None,
    };
    let text = PageText { size: SIZE, words: words.collect(), ..PageText::default() };
    Page {
        number: 0,
        size: SIZE,
        fields: fields.collect(),
        tables: vec![table],
        text: Some(text.into()),
        problem: None,
    }
}

struct Bench {
    ctx: egui::Context,
    state: State,
    view: PageView,
    images: PageImages,
    commands: Commands,
    time: f64,
}

impl Bench {
    fn new() -> Self {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let mut images = PageImages::new(&ctx);
        images.set_drawer(Some(Arc::new(Paper)));
        let page = full_page();
        let selection = Some(Target::Field { page: 0, id: page.fields[777].id.clone() });
        let document = DeskDocument {
            id: DocumentId(1),
            path: PathBuf::from("full.pdf"),
            name: "full.pdf".into(),
            kind: None,
            file: FileState::Ready(Arc::new(vec![SIZE; 1000])),
            reading: ReadState::Done,
            pages: BTreeMap::from([(0, Arc::new(page))]),
            ..DeskDocument::default()
        };
        let state = State {
            open: Some(Open { document: document.id, page: 0 }),
            documents: vec![document],
            selection,
            ..State::default()
        };
        Self { ctx, state, view: PageView::default(), images, commands: Commands::default(), time: 0.0 }
    }

    /// One frame: the time that the processor worked on it, however busy it was with other things.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.time += 1.0 / 60.0;
        let input = RawInput { screen_rect: Some(VIEW), time: Some(self.time), events, ..RawInput::default() };
        let begun = ThreadTime::now();
        let mut output = self.ctx.run_ui(input, |ui| {
            page_view_ui(ui, &self.state, &mut self.view, &mut self.images, &self.commands);
        });
        let meshes = self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let spent = begun.elapsed();
        std::hint::black_box(meshes);
        // There is no graphics card to give them to.
        output.textures_delta.clear();
        for command in self.commands.take() {
            if let proofdesk::desk::Command::SeePage(page) = command
                && let Some(open) = &mut self.state.open
            {
                open.page = page;
            }
        }
        spent
    }
}

fn wheel(delta: f32, modifiers: Modifiers) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    }
}

fn pointer(n: usize) -> Pos2 {
    let turn = n as f32 * 0.05;
    VIEW.center() + vec2(turn.cos() * 380.0, (turn * 1.3).sin() * 300.0)
}

/// What a hand does in a frame.
type Hand = fn(usize) -> Vec<Event>;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{FIELDS} boxes, a table of {ROWS} × {COLS} cells, {FIELDS} words, 1440 × 900 points; milliseconds")?;
    let mut worst = (0.0f64, 0.0f64);
    let hands: [(&str, bool, Hand); 5] = [
        ("rest", false, |_| Vec::new()),
        ("pan", false, |n| {
            vec![Event::PointerMoved(VIEW.center()), wheel(if n / 150 % 2 == 0 { -9.0 } else { 9.0 }, Modifiers::NONE)]
        }),
        ("zoom", false, |n| {
            vec![
                Event::PointerMoved(VIEW.center()),
                wheel(if n / 60 % 2 == 0 { 6.0 } else { -6.0 }, Modifiers::COMMAND),
            ]
        }),
        ("point", false, |n| vec![Event::PointerMoved(pointer(n))]),
        ("pan, words shown", true, |n| {
            vec![Event::PointerMoved(VIEW.center()), wheel(if n / 150 % 2 == 0 { -9.0 } else { 9.0 }, Modifiers::NONE)]
        }),
    ];
    for (name, words, hand) in hands {
        let mut bench = Bench::new();
        bench.state.view.words = words;
        for fit in [proofdesk::desk::Action::FitPage, proofdesk::desk::Action::FitWidth] {
            bench.view.act(fit);
            for _ in 0..60 {
                bench.frame(Vec::new());
                std::thread::yield_now();
            }
            let mut spent: Vec<f64> = (0..FRAMES).map(|n| bench.frame(hand(n)).as_secs_f64() * 1000.0).collect();
            spent.sort_by(f64::total_cmp);
            let (median, p99) = (spent[FRAMES / 2], spent[FRAMES * 99 / 100]);
            worst = (worst.0.max(median), worst.1.max(p99));
            writeln!(
                out,
                "{name:<18}{fit:?}: median {median:.2}, 99th percentile {p99:.2}, most {:.2}",
                spent[FRAMES - 1]
            )?;
        }
    }
    writeln!(out, "worst: median {:.2}, 99th percentile {:.2}", worst.0, worst.1)
}
