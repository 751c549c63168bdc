//! The whole window, driven by labels, on the real reader: page workers, engine, embedded server, client, desk.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use proofdesk::desk::{DocumentId, FileState, ReadState, Target};
use proofdesk::document::{KeptText, Page, Standing};
use proofdesk::parts::{MissingPart, Parts};
use proofdesk::ui::{App, AppOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// The longest that anything here may take; a slow machine that builds meanwhile is not what is tested.
const PATIENCE: Duration = Duration::from_mins(2);

/// The folder of exports, below that of the data.
const EXPORTS: &str = "exports";

/// A window on a desk of its own.
struct Window {
    harness: Harness<'static, App>,
    /// Something asked for a repaint.
    woken: Receiver<()>,
    data: Arc<tempfile::TempDir>,
}

fn window(size: egui::Vec2) -> Window {
    window_with(Ok(Parts::find().expect("the run-time parts, which `make parts` fetches")), size)
}

fn window_with(parts: Result<Parts, MissingPart>, size: egui::Vec2) -> Window {
    window_on(Arc::new(tempfile::tempdir().unwrap()), parts, size)
}

/// A window on a desk that may have been used before.
fn window_on(data: Arc<tempfile::TempDir>, parts: Result<Parts, MissingPart>, size: egui::Vec2) -> Window {
    std::fs::create_dir_all(data.path().join(EXPORTS)).unwrap();
    let options = AppOptions {
        data: data.path().to_owned(),
        parts,
        pages_worker: Some(env!("CARGO_BIN_EXE_proofdesk").into()),
        keyring: false,
        exports: Some(data.path().join(EXPORTS)),
    };
    let harness = Harness::builder()
        .with_size(size)
        .with_theme(egui::Theme::Light)
        .with_step_dt(1.0 / 30.0)
        // Documents hold letters that this machine may have no font for.
        .allow_missing_glyphs()
        .build_eframe(|cc| App::new(&cc.egui_ctx, options));
    let (wake, woken) = sync_channel(1);
    harness.ctx.set_request_repaint_callback(move |_| {
        // One call in the queue is as good as many.
        let _ = wake.try_send(());
    });
    Window { harness, woken, data }
}

impl Window {
    /// Draws frames, as things happen, until `seen`. A picture of the window is kept where that does not come about.
    fn until(&mut self, what: &str, mut seen: impl FnMut(&Harness<'static, App>) -> bool) {
        let start = Instant::now();
        loop {
            self.harness.step();
            if seen(&self.harness) {
                return;
            }
            if start.elapsed() > PATIENCE {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.png", what.replace(' ', "_")));
                self.picture(&file);
                panic!("waited for: {what}; the window is in {}", file.display());
            }
            let _ = self.woken.recv_timeout(Duration::from_millis(100));
        }
    }

    fn picture(&mut self, file: &Path) {
        self.harness.render().unwrap().save(file).unwrap();
    }

    fn drop_files(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let files = paths.into_iter().map(|path| Arc::new(Dropped(path)) as egui::DroppedFileHandle);
        self.harness.input_mut().dropped_files = files.collect();
        self.harness.step();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label_contains(label).click();
        self.harness.run_steps(4);
    }

    fn key(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(4);
    }

    fn selection(&self) -> Option<Target> {
        self.harness.state().desk().state().selection.clone()
    }
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

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Documents beside the repository; a test of them says so and ends where they are absent.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.is_file() {
        eprintln!("not tested: {} is not there", path.display());
    }
    path.is_file().then_some(path)
}

const DESK: egui::Vec2 = egui::vec2(1440.0, 900.0);

fn has(harness: &Harness<'static, App>, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

fn is_read(harness: &Harness<'static, App>, place: usize) -> bool {
    let document = harness.state().desk().state().documents.get(place);
    document.is_some_and(|document| {
        assert!(!matches!(document.reading, ReadState::Failed(_)), "{document:?}");
        document.reading == ReadState::Done
    })
}

#[test]
fn an_invoice_is_dropped_read_and_gone_through_by_keyboard() {
    let mut window = window(DESK);
    window.harness.run_steps(4);
    window.harness.get_by_label("Drop documents here");
    window.until("the reader stands", |h| has(h, "This computer, general"));
    window.drop_files([fixture("zf_Mustang_RE-20190610_507.pdf")]);
    window.until("the invoice is read", |h| is_read(h, 0));
    window.until("a field with its score", |h| has(h, ", score "));
    assert!(window.harness.state().desk().state().documents[0].pages[&0].fields.len() >= 3);

    // A click in the list takes a value in hand; the page and the card show it.
    let row = window.harness.query_all_by_label_contains(": RE-20190610").next().expect("the invoice's number");
    row.click();
    window.harness.run_steps(4);
    let Some(Target::Field { id, .. }) = window.selection() else { panic!("no field is selected") };
    let page = window.harness.state().desk().state().documents[0].pages[&0].clone();
    assert!(page.fields.iter().any(|field| field.id == id && field.text.contains("RE-20190610")));
    window.harness.get_by_label("Copy value");

    // Tab goes on to another value, Escape lets go.
    let before = window.selection();
    window.key(egui::Modifiers::NONE, egui::Key::Tab);
    assert!(window.selection().is_some() && window.selection() != before);
    // The value is ready to be typed into; the first Escape leaves that.
    window.key(egui::Modifiers::NONE, egui::Key::Escape);
    assert!(window.selection().is_some());
    window.key(egui::Modifiers::NONE, egui::Key::Escape);
    assert_eq!(window.selection(), None);

    // The table's grid, and a cell of it in hand.
    assert_eq!(page.tables.len(), 2, "the invoice has two ruled tables");
    window.harness.get_by_label("Tables 2").click();
    window.harness.run_steps(4);
    window.until("the grid", |h| has(h, "Row 1, column 1: "));
    window.click("Row 1, column 1: ");
    assert!(matches!(window.selection(), Some(Target::Cell { row: 1, col: 1, .. })));

    // The page is zoomed by keyboard.
    let zoom = |window: &Window| window.harness.state().zoom_percent();
    let fitted = zoom(&window);
    window.key(egui::Modifiers::COMMAND, egui::Key::Plus);
    window.until("the zoom has settled", |h| h.state().zoom_percent() > fitted * 1.05);
    window.until("the page is drawn", |h| !has(h, "Drawing page"));
    window.harness.check_accessibility();
}

#[test]
fn a_photo_is_read_from_its_pixels() {
    let Some(photo) = shared("sroie/X51005200931.jpg").or_else(|| Some(fixture("tess_phototest_rotL.png"))) else {
        return;
    };
    let mut window = window(DESK);
    window.drop_files([photo]);
    window.until("the photo is read", |h| is_read(h, 0));
    let text = |h: &Harness<'static, App>| {
        h.state().desk().state().documents[0].pages[&0].text.as_ref().map_or(0, KeptText::len)
    };
    assert!(text(&window.harness) > 20, "words were read: {}", text(&window.harness));
    window.key(egui::Modifiers::NONE, egui::Key::W);
    assert!(window.harness.state().desk().state().view.words, "the words' boxes are shown");
    window.until("the photo is drawn", |h| !has(h, "Drawing page"));
}

#[test]
fn an_encrypted_document_opens_with_its_password_and_not_with_another() {
    let Some(encrypted) = shared("pdfs/pdfjs_issue6010_1.pdf") else { return };
    let mut window = window(DESK);
    window.drop_files([encrypted]);
    window.until("the prompt", |h| has(h, "This document needs a password"));
    for (password, seen) in [("wrong", "That password does not open it"), ("abc", "Page number")] {
        window.harness.get_by_label("Password").type_text(password);
        window.harness.run_steps(2);
        window.key(egui::Modifiers::NONE, egui::Key::Enter);
        window.until(seen, |h| has(h, seen));
    }
    assert!(matches!(window.harness.state().desk().state().documents[0].file, FileState::Ready(_)));
}

#[test]
fn two_hundred_files_at_once_leave_the_window_responsive() {
    let folder = tempfile::tempdir().unwrap();
    let invoice = std::fs::read(fixture("i2d_oyo.pdf")).unwrap();
    let paths: Vec<PathBuf> = (0..200).map(|n| folder.path().join(format!("receipt {n:03}.pdf"))).collect();
    for (n, path) in paths.iter().enumerate() {
        // The same file twice would be read once.
        std::fs::write(path, [&invoice[..], format!("% {n}").as_bytes()].concat()).unwrap();
    }
    let mut window = window(DESK);
    window.until("the reader stands", |h| has(h, "This computer, general"));
    window.drop_files(paths);
    window.until("all are listed and ten are read", |h| {
        let documents = &h.state().desk().state().documents;
        documents.len() == 200 && documents.iter().filter(|d| d.reading == ReadState::Done).count() >= 10
    });

    // The window answers meanwhile: another document is opened, the list is filtered, everything is stopped.
    window.click("receipt 004.pdf");
    let open = window.harness.state().desk().state().open_document().map(|document| document.name.clone());
    assert_eq!(open.as_deref(), Some("receipt 004.pdf"));
    window.click("Cancel all");
    window.until("nothing runs", |h| h.state().desk().state().activities.is_empty());
}

#[test]
fn a_missing_part_is_said_in_the_window() {
    let missing = MissingPart { name: "libpdfium.so".into(), looked_in: vec!["/nowhere".into()] };
    let mut window = window_with(Err(missing), egui::vec2(900.0, 600.0));
    window.harness.run_steps(4);
    window.harness.get_by_label_contains("libpdfium.so is missing");
    let button = window.harness.get_by_label("Copy the command");
    assert!(!button.accesskit_node().is_disabled());
}

/// What persons can change of the documents of a desk.
fn contents(window: &Window) -> Vec<(Standing, Vec<Page>)> {
    let documents = &window.harness.state().desk().state().documents;
    documents.iter().map(|d| (d.standing, d.pages.values().map(|page| Page::clone(page)).collect())).collect()
}

#[test]
fn ten_documents_are_reviewed_by_keyboard_alone_taken_back_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let sources = ["i2d_oyo.pdf", "i2d_coolblue1.pdf", "zf_Mustang_RE-20190610_507.pdf"];
    let paths: Vec<PathBuf> = (0..10)
        .map(|n| {
            let path = folder.path().join(format!("{n}.pdf"));
            // The same file twice would be read once.
            let file = std::fs::read(fixture(sources[n % sources.len()])).unwrap();
            std::fs::write(&path, [&file[..], format!("% {n}").as_bytes()].concat()).unwrap();
            path
        })
        .collect();
    let mut window = window(DESK);
    window.until("the reader stands", |h| has(h, "This computer, general"));
    window.drop_files(paths);
    window.until("all are read", |h| (0..10).all(|place| is_read(h, place)));
    let before = contents(&window);
    let (none, ctrl) = (egui::Modifiers::NONE, egui::Modifiers::COMMAND);

    // The first document: one value is corrected, one deleted, one said not to be there, one relabelled, the rest accepted.
    window.key(ctrl, egui::Key::ArrowUp);
    window.key(none, egui::Key::F3);
    window.harness.run_steps(2);
    window.harness.input_mut().events.push(egui::Event::Text("typed".into()));
    window.harness.run_steps(2);
    window.key(none, egui::Key::Enter);
    window.key(none, egui::Key::Escape);
    window.key(none, egui::Key::Delete);
    window.key(none, egui::Key::F3);
    window.key(egui::Modifiers::SHIFT, egui::Key::Delete);
    window.key(none, egui::Key::F3);
    window.key(none, egui::Key::Escape);
    window.key(none, egui::Key::L);
    window.harness.input_mut().events.push(egui::Event::Text("own label".into()));
    window.harness.run_steps(2);
    window.key(none, egui::Key::Enter);
    let desk = |window: &Window| window.harness.state().desk().state().clone();

    // A box is moved, and a cell typed over and emptied again.
    window.key(none, egui::Key::F3);
    window.key(none, egui::Key::Escape);
    let place = |window: &Window| match (window.selection(), desk(window).open_document()) {
        (Some(Target::Field { page, id }), Some(document)) => {
            document.pages[&page].fields.iter().find(|field| field.id == id).and_then(|field| field.rect)
        }
        _ => None,
    };
    let was = place(&window).expect("a value with a box");
    window.key(egui::Modifiers::ALT, egui::Key::ArrowRight);
    window.until("the box is moved", |h| {
        let state = h.state().desk().state();
        let Some(Target::Field { page, id }) = &state.selection else { return false };
        let fields = &state.open_document().unwrap().pages[page].fields;
        fields.iter().any(|field| field.id == *id && field.rect.is_some_and(|rect| rect.left() > was.left()))
    });
    let has_table =
        |h: &Window| desk(h).open_document().is_some_and(|d| d.pages.values().any(|p| !p.tables.is_empty()));
    while !has_table(&window) {
        window.key(ctrl, egui::Key::ArrowDown);
    }
    for _ in 0..200 {
        if matches!(window.selection(), Some(Target::Table { .. })) {
            break;
        }
        window.key(none, egui::Key::Tab);
    }
    window.key(none, egui::Key::ArrowDown);
    assert!(matches!(window.selection(), Some(Target::Cell { .. })), "{:?}", window.selection());
    window.harness.input_mut().events.push(egui::Event::Text("cell".into()));
    window.harness.run_steps(2);
    window.harness.input_mut().events.push(egui::Event::Text(" typed".into()));
    window.harness.run_steps(2);
    window.key(none, egui::Key::Enter);
    window.key(none, egui::Key::Escape);
    window.key(none, egui::Key::Delete);

    // Then Enter from one doubtful value to the next, over all documents.
    let mut presses = 0;
    while desk(&window).documents.iter().any(|d| desk(&window).doubtful(d) > 0) {
        window.key(none, egui::Key::Enter);
        presses += 1;
        assert!(presses < 1000, "Enter leads from value to value");
    }
    for _ in 0..10 {
        window.key(ctrl, egui::Key::ArrowUp);
    }
    for _ in 0..10 {
        window.key(ctrl, egui::Key::Enter);
        window.key(ctrl, egui::Key::ArrowDown);
    }
    let reviewed = contents(&window);
    let cells =
        reviewed.iter().flat_map(|(_, pages)| pages).flat_map(|page| &page.tables).flat_map(|table| &table.cells);
    assert!(cells.clone().any(|cell| cell.text == "cell typed"));
    assert!(reviewed.iter().all(|(standing, _)| *standing == Standing::Approved), "all are approved");
    let fields =
        |all: &[(Standing, Vec<Page>)]| all[0].1.iter().flat_map(|page| page.fields.clone()).collect::<Vec<_>>();
    assert!(fields(&reviewed).iter().any(|field| field.text == "typed"), "{:#?}", fields(&reviewed));
    assert!(fields(&reviewed).iter().any(|field| field.label == "own label"), "{:#?}", fields(&reviewed));
    assert_eq!(fields(&reviewed).len(), fields(&before).len() - 1);

    // All of it is taken back, and made again.
    let each = |window: &mut Window, key: egui::Key, modifiers: egui::Modifiers, all: &[(Standing, Vec<Page>)]| {
        for _ in 0..10 {
            window.key(ctrl, egui::Key::ArrowUp);
        }
        for (place, (standing, pages)) in all.iter().enumerate() {
            for _ in 0..400 {
                let document = &window.harness.state().desk().state().documents[place];
                if document.standing == *standing && document.pages.values().map(|page| &**page).eq(pages) {
                    break;
                }
                window.key(modifiers, key);
            }
            window.key(ctrl, egui::Key::ArrowDown);
        }
        assert!(contents(window) == all, "bit for bit");
    };
    each(&mut window, egui::Key::Z, ctrl, &before);
    each(&mut window, egui::Key::Y, ctrl, &reviewed);

    // It is there after a restart, and can still be taken back.
    let data = Arc::clone(&window.data);
    drop(window);
    let mut again = window_on(data, Ok(Parts::find().unwrap()), DESK);
    again.until("the values are back", |h| {
        let documents = &h.state().desk().state().documents;
        documents.len() == 10 && documents.iter().all(|d| !d.pages.is_empty())
    });
    assert!(contents(&again) == reviewed);

    assert_eq!(texts_of(&exported_by_keyboard(&mut again)), texts(&reviewed), "what is exported is what was reviewed");
    each(&mut again, egui::Key::Z, ctrl, &before);
}

/// What the window exports as JSON.
fn exported_by_keyboard(window: &mut Window) -> serde_json::Value {
    window.key(egui::Modifiers::COMMAND, egui::Key::E);
    for _ in 0..3 {
        window.key(egui::Modifiers::NONE, egui::Key::ArrowDown);
    }
    window.key(egui::Modifiers::NONE, egui::Key::Enter);
    let file = window.data.path().join(EXPORTS).join("documents.json");
    window.until("the export is there", |_| file.exists());
    serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap()
}

/// What an export says: the label and text of each value and the text of each cell, in order.
fn texts_of(exported: &serde_json::Value) -> Vec<String> {
    let mut texts = Vec::new();
    let list = |value: &serde_json::Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    for page in exported.as_array().unwrap().iter().flat_map(|document| list(document, "pages")) {
        for field in list(&page, "fields") {
            texts.push(format!("{}={}", field["label"].as_str().unwrap(), field["text"].as_str().unwrap()));
        }
        for cell in list(&page, "tables").iter().flat_map(|table| list(table, "cells")) {
            texts.push(cell["text"].as_str().unwrap().to_owned());
        }
    }
    texts
}

/// The same of what stands on the desk.
fn texts(documents: &[(Standing, Vec<Page>)]) -> Vec<String> {
    let mut texts = Vec::new();
    for page in documents.iter().flat_map(|(_, pages)| pages) {
        texts.extend(page.fields.iter().map(|field| format!("{}={}", field.label, field.text)));
        texts.extend(page.tables.iter().flat_map(|table| &table.cells).map(|cell| cell.text.clone()));
    }
    texts
}

/// What a label's value reads in a document.
fn value_in(window: &Window, document: DocumentId, label: &str) -> Option<String> {
    let document = window.harness.state().desk().state().document(document)?;
    let fields = document.pages.values().flat_map(|page| &page.fields);
    fields.into_iter().find(|field| field.label == label).map(|field| field.text.clone())
}

/// Says in the window what a label's value is in a document, whatever was read.
fn say(window: &mut Window, document: &str, label: &str, name: &str, text: &str) {
    // Accepting a value may have led to another document.
    window.click(document);
    let document = window.harness.state().desk().state().open.unwrap().document;
    match value_in(window, document, label) {
        Some(said) if said == text => return,
        Some(_) => {
            window.click(&format!("{name}: "));
            window.key(egui::Modifiers::NONE, egui::Key::F2);
            window.key(egui::Modifiers::COMMAND, egui::Key::A);
            window.harness.event(egui::Event::Text(text.into()));
        }
        None => {
            window.click(&format!("Type {name}"));
            window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, name).type_text(text);
        }
    }
    window.harness.run_steps(2);
    window.key(egui::Modifiers::NONE, egui::Key::Enter);
    assert_eq!(value_in(window, document, label).as_deref(), Some(text));
    window.key(egui::Modifiers::NONE, egui::Key::Escape);
}

/// Says and approves what the delivery notes from the first to the last say.
fn annotate(window: &mut Window, notes: std::ops::Range<usize>) {
    for n in notes {
        let name = format!("note {n:02}.pdf");
        say(window, &name, "ticket", "Ticket", &format!("ML-{:04}", n * 37 + 11));
        say(window, &name, "quantity", "Quantity", &(n + 3).to_string());
        window.click(&name);
        window.key(egui::Modifiers::COMMAND, egui::Key::Enter);
    }
}

#[test]
fn a_model_is_made_taught_by_five_documents_better_after_ten_and_what_it_found_is_exported() {
    let mut window = window(DESK);
    let folder = tempfile::tempdir().unwrap();
    window.until("this computer answers", |harness| {
        *harness.state().desk().state().chosen_reach() == proofdesk::desk::Reach::Ready
    });
    window.key(egui::Modifiers::COMMAND, egui::Key::T);
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").type_text("Mill");
    window.harness.run_steps(2);
    window.harness.get_by_label("Add a label").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Add a label").type_text("ticket, quantity");
    window.harness.run_steps(2);
    window.click("Make it");
    window.until("the model is there", |harness| has(harness, "Reads what comes now"));
    window.key(egui::Modifiers::NONE, egui::Key::Escape);

    let notes: Vec<PathBuf> = (0..10).map(|n| crate::desk::teaching::note(folder.path(), n)).collect();
    window.drop_files(notes[..5].to_vec());
    window.until("five are read", |harness| (0..5).all(|n| is_read(harness, n)));
    annotate(&mut window, 0..5);
    window.key(egui::Modifiers::COMMAND, egui::Key::T);
    window.click("Training set");
    assert!(has(&window.harness, "In 5") && has(&window.harness, "note 04.pdf: Comes with the next training"));
    let version = |harness: &Harness<'static, App>| {
        let state = harness.state().desk().state();
        let models = state.models_of(proofdesk::desk::ConnectionId::THIS_COMPUTER);
        models.into_iter().find(|model| model.name == "Mill").filter(|model| !model.is_busy())
    };
    window.harness.get_by_role_and_label(egui::accesskit::Role::Button, "Train").click();
    window.until("it is trained", |harness| version(harness).is_some_and(|model| model.versions.len() == 1));
    window.until("all is taught", |harness| has(harness, "note 04.pdf: In"));
    // Whoever watches the training hears of its end a moment after the dialog does.
    window.until("nothing runs", |harness| harness.state().desk().state().trainings.is_empty());
    window.key(egui::Modifiers::NONE, egui::Key::Escape);

    window.drop_files(notes[5..].to_vec());
    window.until("five more are read", |harness| (5..10).all(|n| is_read(harness, n)));
    let right = (5..10).filter(|n| {
        let state = window.harness.state().desk().state();
        let fields: Vec<_> = state.documents[*n].pages.values().flat_map(|page| &page.fields).collect();
        let says = |text: String| fields.iter().any(|field| field.text == text);
        says(format!("ML-{:04}", n * 37 + 11)) && says((n + 3).to_string())
    });
    assert!(right.count() >= 4, "what five documents taught is found in five more");
    annotate(&mut window, 5..10);
    window.key(egui::Modifiers::COMMAND, egui::Key::T);
    window.harness.get_by_role_and_label(egui::accesskit::Role::Button, "Train").click();
    window.until("it is trained again", |harness| version(harness).is_some_and(|model| model.versions.len() == 2));
    window.click("Results");
    assert!(has(&window.harness, "Version 2 against version 1") && has(&window.harness, "Go back to version 1"));
    let model = version(&window.harness).unwrap();
    let f1 = |n: usize| model.versions[n].f1.unwrap();
    assert!(f1(1) >= f1(0) && f1(1) > 0.9, "{} after {}", f1(1), f1(0));

    window.key(egui::Modifiers::NONE, egui::Key::Escape);
    let exported = texts_of(&exported_by_keyboard(&mut window));
    for n in 0..10 {
        let (ticket, quantity) = (format!("ticket=ML-{:04}", n * 37 + 11), format!("quantity={}", n + 3));
        assert!(exported.contains(&ticket) && exported.contains(&quantity), "{ticket}, {quantity} in {exported:?}");
    }
}
