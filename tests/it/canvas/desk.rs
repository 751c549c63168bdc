//! The page view with as much of a desk around it as it needs, and documents for it. No tests.

use egui_kittest::{Harness, HarnessBuilder};
use proofdesk::desk::{
    Command, Commands, DeskDocument, DocumentId, DrawPage, FileState, Open, ReadState, State, Target,
};
use proofdesk::document::{Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Score, Table};
use proofdesk::pages::{PageFile, Pages};
use proofdesk::parts::Parts;
use proofdesk::ui::canvas::{PageView, page_view_ui};
use proofdesk::ui::images::PageImages;
use proofdesk::ui::theme;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The page view with as much of a desk around it as it needs.
pub(crate) struct Desk {
    pub(crate) state: State,
    pub(crate) view: PageView,
    pub(crate) images: Option<PageImages>,
    drawer: Option<Arc<dyn DrawPage>>,
    pub(crate) heard: Vec<Command>,
}

impl Desk {
    fn ui(&mut self, ui: &mut egui::Ui) {
        let images = self.images.get_or_insert_with(|| {
            theme::install(ui.ctx());
            let mut images = PageImages::new(ui.ctx());
            images.set_drawer(self.drawer.clone());
            images
        });
        let commands = Commands::default();
        page_view_ui(ui, &self.state, &mut self.view, images, &commands);
        for command in commands.take() {
            match &command {
                Command::Select(target) => self.state.selection.clone_from(target),
                Command::SeePage(page) | Command::GoToPage(page) => {
                    if let Some(open) = &mut self.state.open {
                        open.page = *page;
                    }
                }
                _ => {}
            }
            self.heard.push(command);
        }
    }

    pub(crate) fn with(document: DeskDocument, drawer: Option<Arc<dyn DrawPage>>) -> Self {
        let open = Some(Open { document: document.id, page: 0 });
        let state = State { documents: vec![document], open, ..State::default() };
        Self { state, view: PageView::default(), images: None, drawer, heard: Vec::new() }
    }

    pub(crate) fn harness(self, builder: HarnessBuilder<Self>) -> Harness<'static, Self> {
        builder.with_max_steps(200).build_ui_state(|ui, desk: &mut Self| desk.ui(ui), self)
    }

    /// What was copied last.
    pub(crate) fn copied(&self) -> Option<&str> {
        self.heard.iter().rev().find_map(|c| if let Command::CopyText(text) = c { Some(text.as_str()) } else { None })
    }

    /// Pixels of pages that the window holds.
    pub(crate) fn image_bytes(&self) -> usize {
        self.images.as_ref().map_or(0, PageImages::bytes)
    }
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub(crate) fn pages() -> Option<Pages> {
    match Parts::find() {
        Ok(parts) => Some(Pages::with_program(&parts, env!("CARGO_BIN_EXE_proofdesk").into())),
        Err(missing) => {
            println!("not tested: {missing}");
            None
        }
    }
}

/// A document that is read: its text layer as the words.
pub(crate) fn document(path: &Path, pages: &Pages) -> DeskDocument {
    let file = PageFile::new(path);
    let info = pages.open(&file).unwrap();
    let mut answers = BTreeMap::new();
    for (number, size) in info.pages.iter().enumerate().take(5) {
        let layer = pages.text_layer(&file, number as u32).unwrap();
        let text = PageText { size: layer.size, words: layer.words, ..PageText::default() };
        let page = Page { number: number as u32, size: *size, text: Some(text.into()), ..Page::default() };
        answers.insert(number as u32, Arc::new(page));
    }
    DeskDocument {
        id: DocumentId(1),
        path: path.into(),
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        kind: Some(info.kind),
        file: FileState::Ready(Arc::new(info.pages)),
        reading: ReadState::Done,
        pages: answers,
        ..DeskDocument::default()
    }
}

/// A field where `text` stands as one word on the first page, the `nth` time.
pub(crate) fn add_field(document: &mut DeskDocument, label: &str, text: &str, nth: usize, score: f32) -> Target {
    let page = Arc::make_mut(document.pages.get_mut(&0).unwrap());
    let mut words = page.text.as_ref().unwrap().words();
    let word =
        words.by_ref().filter(|w| w.text == text).nth(nth).unwrap_or_else(|| panic!("{text} is not on the page"));
    let id = FieldId(format!("{label} {}", page.fields.len()));
    page.fields.push(Field {
        confirmed: false,
        id: id.clone(),
        label: label.into(),
        text: text.into(),
        rect: Some(word.rect),
        score: Score::new(score),
        objection: None,
        reread: None,
    });
    Target::Field { page: 0, id }
}

/// A table of `cols` × `rows` even cells.
pub(crate) fn add_table(document: &mut DeskDocument, rect: PageRect, rows: u32, cols: u32) -> FieldId {
    let page = Arc::make_mut(document.pages.get_mut(&0).unwrap());
    let (width, height) = (rect.width() / cols as f32, rect.height() / rows as f32);
    let cells = (0..rows * cols).map(|n| {
        let (x, y) = (rect.left() + (n % cols) as f32 * width, rect.top() + (n / cols) as f32 * height);
        Cell {
            confirmed: false,
            reread: None,
            id: n.to_string(),
            row: n / cols + 1,
            col: n % cols + 1,
            row_span: 1,
            col_span: 1,
            label: String::new(),
            text: n.to_string(),
            rect: PageRect::new(x, y, x + width, y + height),
            score: Score::new(if n == 7 { 0.4 } else { 0.97 }),
        }
    });
    let id = FieldId("line items".into());
    page.tables.push(Table {
        id: id.clone(),
        label: "line_items".into(),
        rect,
        score: Score::new(0.95),
        cells: cells.collect(),
        header_rows: 0,
        continues: false,
        reread: None,
    });
    id
}

/// A document of `count` white A4 pages without anything on them.
pub(crate) fn blank(count: u32) -> DeskDocument {
    DeskDocument {
        id: DocumentId(2),
        path: "blank.pdf".into(),
        name: "blank.pdf".into(),
        kind: None,
        file: FileState::Ready(Arc::new(vec![PageSize::new(2480, 3508); count as usize])),
        reading: ReadState::Queued,
        pages: BTreeMap::new(),
        ..DeskDocument::default()
    }
}

/// Steps until it holds.
#[track_caller]
pub(crate) fn step_until(what: &str, harness: &mut Harness<'_, Desk>, holds: impl Fn(&Harness<'_, Desk>) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds(harness) {
        assert!(Instant::now() < end, "waited 20 s in vain until {what}");
        harness.step();
    }
}

/// Until no new image came for a while.
pub(crate) fn settle(harness: &mut Harness<'_, Desk>) {
    let mut last = (usize::MAX, Instant::now());
    while last.1.elapsed() < Duration::from_millis(500) {
        harness.step();
        let bytes = harness.state().image_bytes();
        if bytes != last.0 {
            last = (bytes, Instant::now());
        }
    }
}

/// How many images of pages the last frame drew.
pub(crate) fn images_drawn(harness: &Harness<'_, Desk>) -> usize {
    let of_a_page = |shape: &egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Mesh(mesh) => mesh.texture_id != egui::TextureId::default(),
        _ => false,
    };
    harness.output().shapes.iter().filter(|s| of_a_page(s)).count()
}
