//! Every dialog, and what clicks in it lead to, stands whole in small and large windows.

use super::{Window, draw, picture, samples, window};
use crate::desk::{
    Account, Action, ConnectionId, LabelInfo, LabelKind, LabelScore, ModelInfo, ModelState, Notice, NoticeKind, Reach,
    Removal, State, Taught, Theme, TrailEntry, VersionInfo,
};
use crate::document::{Edit, Problem, Standing, Step};
use egui::{Key, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

/// Windows: width and height in points of the system, and the size of text in percent. The last is as small as may be.
const WINDOWS: [(f32, f32, u16); 6] = [
    (1280.0, 800.0, 100),
    (1280.0, 800.0, 200),
    (2560.0, 1440.0, 100),
    (2560.0, 1440.0, 200),
    (960.0, 560.0, 100),
    (600.0, 380.0, 100),
];

/// What opens a dialog, and what is clicked in it one after the other.
const DIALOGS: [(Action, &[&str]); 17] = [
    (Action::CommandPalette, &[]),
    (Action::KeySheet, &[]),
    (Action::ShowProblems, &[]),
    (Action::Connections, &["Change"]),
    (Action::AddAddresses, &["Cloud fetches them itself", "With options"]),
    (Action::AddWith, &[]),
    (Action::ImportDocuments, &["One file", "One page"]),
    (Action::RetryWith, &[]),
    (Action::ChangeLabel, &[]),
    (Action::Rules, &["Amounts", "Dates", "Back"]),
    (Action::Export, &["Table lines", "Annotations for Label Studio"]),
    (
        Action::Models,
        &["Receipts of 2026", "Training set", "Results", "Labels", "Rename total", "Remove date", "Delete…", "Rename…"],
    ),
    (Action::Models, &["New model", "Invoice"]),
    (Action::History, &[]),
    (Action::ShowRequests, &[]),
    (Action::Settings, &[]),
    (Action::About, &[]),
];

const CLOUD: ConnectionId = ConnectionId(1);

/// A desk with two services, of which one was taught, and with something in every list.
fn full_desk() -> State {
    let here = ConnectionId::THIS_COMPUTER;
    let account = Account {
        id: CLOUD,
        name: "Cloud".into(),
        base_url: "https://ocr.example/api/v2".into(),
        model: "m-1".into(),
        ..Account::default()
    };
    let mut state = State { accounts: vec![account], chosen: CLOUD, ..samples::busy_desk() };
    state.reach.insert(CLOUD, Reach::Ready);
    state.models.insert(CLOUD, vec![ModelInfo { id: "m-1".into(), name: "orders".into(), ..ModelInfo::default() }]);
    state.models.insert(here, vec![taught_model()]);
    for (document, file) in state.documents.iter_mut().zip(["f-1", "f-2", "f-3"]) {
        let taught =
            Taught { connection: here, model: "r-1".into(), digest: "1".into(), file: file.into(), was_approved: true };
        document.taught.push(taught);
    }
    state.trail = state.open.map(|open| (open.document, (0..40).map(trail_entry).collect()));
    for number in 1..=30 {
        let problem =
            Problem { message: "Could not be read: the file ends early".into(), details: "at byte 8 192".into() };
        let document = Some(state.documents[number as usize % 8].id);
        state.notices.push(Notice { number, kind: NoticeKind::Problem, problem, document });
        state.note_request("ocr.example", 200);
    }
    state.documents[0].reader.connection = CLOUD;
    state.documents[0].reader.has_it = true;
    state
}

fn taught_model() -> ModelInfo {
    let names =
        ["company", "date", "address", "total", "invoice_number", "due_date", "tax_amount", "iban", "line_items"];
    let label = |name: &&str| LabelInfo {
        name: (*name).into(),
        kind: if *name == "line_items" { LabelKind::Table } else { LabelKind::Unsaid },
        columns: Vec::new(),
        count: 20,
    };
    let version = |number: u32| VersionInfo {
        number,
        f1: Some(0.6 + 0.1 * number as f32),
        documents: 10 * number,
        labels: names
            .map(|name| LabelScore {
                label: name.into(),
                truths: 20,
                precision: 0.9,
                recall: 0.8,
                f1: 0.85,
                ..LabelScore::default()
            })
            .into(),
        wrong: Arc::new(["f-1", "f-2", "f-9"].map(String::from).into()),
        contradicting: Arc::new(["f-2", "f-3"].map(String::from).into()),
        ..VersionInfo::default()
    };
    ModelInfo {
        id: "r-1".into(),
        name: "Receipts of 2026".into(),
        state: ModelState::Hosted,
        labels: names.iter().map(label).collect(),
        version: 3,
        versions: (1..=3).map(version).collect(),
        documents: Some(30),
        can_change: true,
        ..ModelInfo::default()
    }
}

fn trail_entry(at_ms: i64) -> TrailEntry {
    let step = Step(vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }]);
    TrailEntry { at_ms, by: "ada".into(), is_undone: false, step: Some(step) }
}

/// The dialog that is open does not go beyond the window, and what can be pressed or typed into in it does not go beyond
/// the dialog's sides; upwards and downwards it may, since lists scroll.
fn stands_whole(harness: &Harness<'_, Window>, what: &str) {
    let ctx = &harness.ctx;
    let window = ctx.content_rect();
    let layer = ctx.memory(egui::Memory::top_modal_layer).unwrap_or_else(|| panic!("{what} is not open"));
    let dialog = ctx.memory(|memory| memory.area_rect(layer.id)).unwrap();
    assert!(window.expand(0.5).contains_rect(dialog), "{what}: {dialog} goes beyond {window}");
    let mut controls = 0;
    for area in harness.query_all_by_role(egui::accesskit::Role::Dialog) {
        for node in area.children_recursive() {
            let of = node.accesskit_node();
            if of.is_hidden() || !egui::accessibility::is_input(of.role()) {
                continue;
            }
            let bounds = of.raw_bounds().unwrap();
            let rect = Rect::from_x_y_ranges(bounds.x0 as f32..=bounds.x1 as f32, bounds.y0 as f32..=bounds.y1 as f32);
            let is_within =
                dialog.x_range().contains(rect.left() + 0.5) && dialog.x_range().contains(rect.right() - 0.5);
            assert!(is_within, "{what}: {:?} at {rect} goes beyond {dialog}", of.label());
            controls += 1;
        }
    }
    assert!(controls > 0, "{what} has a control");
}

#[test]
fn every_dialog_stands_whole_in_small_and_large_windows_in_both_themes_and_names_its_controls() {
    for (width, height, percent) in WINDOWS {
        for theme in [Theme::Light, Theme::Dark] {
            let mut state = full_desk();
            state.view.theme = theme;
            state.view.text_percent = percent;
            let mut harness = window(state, Vec2::new(width, height));
            let at = format!("{width}x{height} at {percent} {theme:?}");
            for (action, clicks) in DIALOGS {
                harness.state().commands.act(action);
                draw(&mut harness);
                draw(&mut harness);
                assert!(harness.state().shell.has_dialog(), "{action:?}");
                for step in 0..=clicks.len() {
                    if let Some(label) = step.checked_sub(1).map(|at| clicks[at]) {
                        harness.get_all_by_label(label).last().unwrap().click();
                        draw(&mut harness);
                        draw(&mut harness);
                    }
                    let what = format!("{at} {action:?} {}", clicks[..step].join(", "));
                    picture(&mut harness, &what);
                    stands_whole(&harness, &what);
                    harness.check_accessibility();
                }
                harness.key_press(Key::Escape);
                draw(&mut harness);
                assert!(!harness.state().shell.has_dialog(), "{action:?} stays open");
            }
            harness.state().commands.act(Action::DeleteThere);
            draw(&mut harness);
            draw(&mut harness);
            let what = format!("{at} DeleteThere");
            picture(&mut harness, &what);
            stands_whole(&harness, &what);
            harness.key_press(Key::Escape);
            draw(&mut harness);
            let documents = vec![harness.state().state.documents[0].id];
            harness.state_mut().state.removal = Some(Removal { documents, changed: 1 });
            draw(&mut harness);
            let what = format!("{at} removal");
            picture(&mut harness, &what);
            stands_whole(&harness, &what);
        }
    }
}
