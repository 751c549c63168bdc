//! The window around desks made by hand, driven by labels. What needs the real reader is in `tests/it/window.rs`.

mod dialogs;
mod fits;
mod selection;

use super::images::PageImages;
use super::inspector::{InspectorView, inspector_ui};
use super::labels::LabelLooks;
use super::shell::Shell;
use super::{samples, theme};
use crate::desk::{
    Action, Command, Commands, ConnectionId, DocumentId, FileState, Notice, NoticeKind, Reach, Saving, State, Target,
    Theme,
};
use crate::document::{FieldId, Problem};
use crate::parts::MissingPart;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// A window on a desk that never changes; what was asked for is kept.
struct Window {
    shell: Shell,
    state: State,
    missing: Option<MissingPart>,
    commands: Commands,
    asked: Vec<Command>,
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.shell.desk_changed();
        self.shell.input(ctx, &self.state, &self.commands);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.shell.ui(ui, &self.state, self.missing.as_ref(), &self.commands);
        for command in self.commands.take() {
            match self.shell.route(ui.ctx(), &self.state, command) {
                Some(Command::Do(Action::ShowProblems)) => self.shell.show_problems(),
                command => self.asked.extend(command),
            }
        }
    }
}

fn window<'a>(state: State, size: Vec2) -> Harness<'a, Window> {
    Harness::builder().with_size(size).with_max_steps(40).with_theme(egui::Theme::Light).build_eframe(|cc| Window {
        shell: Shell::new(&cc.egui_ctx),
        state,
        missing: None,
        commands: Commands::default(),
        asked: Vec::new(),
    })
}

const DESK: Vec2 = Vec2::new(1440.0, 900.0);

/// Draws the window a few times: some desks have something that turns, so it never comes to rest.
fn draw(harness: &mut Harness<'_, Window>) {
    harness.run_steps(8);
}

/// Keeps a picture where `PROOFDESK_PICTURES` names a folder, for eyes to look at.
fn picture(harness: &mut Harness<'_, Window>, name: &str) {
    if let Some(folder) = std::env::var_os("PROOFDESK_PICTURES") {
        let path = std::path::PathBuf::from(folder).join(format!("{name}.png"));
        harness.render().unwrap().save(path).unwrap();
    }
}

fn asked(harness: &mut Harness<'_, Window>) -> Vec<Command> {
    std::mem::take(&mut harness.state_mut().asked)
}

#[test]
fn a_busy_desk_says_how_far_each_document_is() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = samples::busy_desk();
        state.view.theme = theme;
        let mut harness = window(state, DESK);
        draw(&mut harness);
        picture(&mut harness, &format!("busy {theme:?}"));
        for row in [
            "zf_Mustang_RE-20190610_507.pdf, 3 to look at",
            "oyo receipt.pdf, Reading page 1 of 1",
            "Miete 2018-04.pdf, Sending 40 %",
            "Taxifahrt.pdf, Needs a password",
            "scan_0141.tif, Could not be read: the file ends early",
        ] {
            harness.get_by_label(row);
        }
        harness.check_accessibility();
    }
}

#[test]
fn an_empty_desk_invites_a_drop_and_offers_one_action() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = State { reach: samples::busy_desk().reach, ..State::default() };
        state.view.theme = theme;
        let mut harness = window(state, Vec2::new(1280.0, 800.0));
        draw(&mut harness);
        picture(&mut harness, &format!("empty {theme:?}"));
        harness.get_by_label("Drop documents here");
        harness.get_by_label("Add documents to the desk").click();
        draw(&mut harness);
        assert_eq!(asked(&mut harness), [Command::Do(Action::AddFiles)]);
    }
}

#[test]
fn a_missing_part_is_named_with_what_helps() {
    let mut harness = window(State::default(), Vec2::new(1280.0, 800.0));
    harness.state_mut().missing = Some(MissingPart {
        name: "libpdfium.so".into(),
        looked_in: vec![
            "/opt/proofdesk".into(),
            "/opt/proofdesk/parts".into(),
            "/home/ada/.local/share/proofdesk/parts".into(),
        ],
    });
    draw(&mut harness);
    picture(&mut harness, "missing part");
    harness.get_by_label_contains("libpdfium.so is missing");
    harness.get_by_label("Copy the command").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::CopyText("make parts".into())]);
}

fn failed(sentence: &str) -> std::collections::BTreeMap<ConnectionId, Reach> {
    [(ConnectionId::THIS_COMPUTER, Reach::Failed(Problem::new(sentence)))].into()
}

#[test]
fn a_reader_that_does_not_answer_is_said() {
    let state =
        State { reach: failed("the reader could not start; close Proofdesk and start it again"), ..State::default() };
    let mut harness = window(state, Vec2::new(1280.0, 800.0));
    draw(&mut harness);
    picture(&mut harness, "no reader");
    harness.get_by_label("The reader does not answer");
    harness.get_by_label("This computer, not reading");
}

#[test]
fn an_encrypted_document_asks_for_its_password() {
    let mut state = samples::busy_desk();
    state.open = Some(crate::desk::Open { document: DocumentId(6), page: 0 });
    state.documents[5].file = FileState::NeedsPassword { wrong: true };
    let mut harness = window(state, DESK);
    draw(&mut harness);
    picture(&mut harness, "password");
    harness.get_by_label_contains("does not open it");
    harness.get_by_label("Password").type_text("s3cret");
    draw(&mut harness);
    harness.key_press(Key::Enter);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::GivePassword(DocumentId(6), "s3cret".into())]);
}

#[test]
fn a_document_that_cannot_be_opened_says_why_and_can_be_tried_again() {
    let mut state = samples::busy_desk();
    state.open = Some(crate::desk::Open { document: DocumentId(8), page: 0 });
    let mut harness = window(state, DESK);
    draw(&mut harness);
    picture(&mut harness, "failed");
    harness.get_by_label("scan_0141.tif cannot be opened");
    harness.get_by_label("Try again").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Retry(vec![DocumentId(8)])]);
}

#[test]
fn the_table_tab_shows_the_grid_and_a_cell_can_be_taken_in_hand() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = samples::busy_desk();
        state.view.theme = theme;
        let id = FieldId("table 1".into());
        state.selection = Some(Target::Cell { page: 0, id: id.clone(), row: 3, col: 4 });
        let mut harness = window(state, DESK);
        draw(&mut harness);
        picture(&mut harness, &format!("table {theme:?}"));
        harness.get_by_label("Row 2, column 3: 19%, score 0.97").click();
        draw(&mut harness);
        let cell = Target::Cell { page: 0, id, row: 2, col: 3 };
        assert_eq!(asked(&mut harness), [Command::Select(Some(cell))]);
    }
}

#[test]
fn what_is_lost_is_asked_about_and_kept_by_enter_and_escape() {
    for (key, answer) in [(Key::Enter, false), (Key::Escape, false)] {
        let mut state = samples::busy_desk();
        let documents = vec![state.documents[0].id, state.documents[1].id];
        state.removal = Some(crate::desk::Removal { documents, changed: 1 });
        let mut harness = window(state, DESK);
        draw(&mut harness);
        picture(&mut harness, "removal");
        harness.get_by_label_contains("One of them was worked on");
        harness.key_press(key);
        draw(&mut harness);
        assert_eq!(asked(&mut harness), [Command::AnswerRemoval(answer)], "{key:?}");
    }
}

#[test]
fn the_name_of_the_reviewer_is_asked_once_beside_the_first_change() {
    let mut state = samples::busy_desk();
    state.documents[0].reviewer = Some(String::new());
    let mut harness = window(state, DESK);
    draw(&mut harness);
    picture(&mut harness, "name");
    harness.get_by_label("Your name").focus();
    draw(&mut harness);
    harness.get_by_label("Your name").type_text("Ada");
    draw(&mut harness);
    harness.get_by_label("Keep").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::SetReviewer("Ada".into()), Command::NameAsked]);
}

#[test]
fn the_palette_finds_a_command_and_runs_it_with_the_keyboard() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    draw(&mut harness);
    harness.get_by_label("Command").type_text("show");
    draw(&mut harness);
    harness.key_press(Key::ArrowDown);
    draw(&mut harness);
    picture(&mut harness, "palette");
    harness.key_press(Key::Enter);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::ToggleTables)]);
    assert!(harness.query_by_label("Command").is_none(), "it closed");
}

#[test]
fn escape_closes_the_palette_and_nothing_else() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    draw(&mut harness);
    harness.key_press(Key::Escape);
    draw(&mut harness);
    assert!(harness.query_by_label("Command").is_none());
    assert_eq!(asked(&mut harness), [], "the selection stays");
}

#[test]
fn the_sheet_of_keys_the_problems_and_who_made_this_open_and_close() {
    let mut state = samples::busy_desk();
    for (number, document) in [(1, DocumentId(8)), (2, DocumentId(5))] {
        state.notices.push(Notice {
            number,
            kind: NoticeKind::Problem,
            problem: Problem {
                message: "Could not be read: the file ends early".into(),
                details: "at byte 8 192 of 40 960".into(),
            },
            document: Some(document),
        });
    }
    let mut harness = window(state, DESK);
    draw(&mut harness);
    picture(&mut harness, "toasts");
    for (action, name) in [(Action::KeySheet, "keys"), (Action::ShowProblems, "problems"), (Action::About, "about")] {
        harness.state().commands.act(action);
        draw(&mut harness);
        draw(&mut harness);
        picture(&mut harness, name);
        let close = harness.get_all_by_label("Close").last().unwrap();
        close.click();
        draw(&mut harness);
        assert!(!harness.state().shell.has_dialog(), "{action:?}");
    }
}

#[test]
fn settings_are_set_and_lead_to_the_dialogs_beside_them() {
    let mut harness = window(samples::busy_desk(), DESK);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    draw(&mut harness);
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Your name").click();
    draw(&mut harness);
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Your name").type_text("Ada");
    draw(&mut harness);
    harness.get_by_label("Dark").click();
    draw(&mut harness);
    harness.get_by_label("Larger text").click();
    draw(&mut harness);
    let wanted = [Command::SetReviewer("Ada".into()), Command::SetTheme(Theme::Dark), Command::Do(Action::LargerText)];
    assert_eq!(asked(&mut harness), wanted);
    let mut others = harness.get_all_by_label_contains("Connections");
    others.next().unwrap().click();
    drop(others);
    draw(&mut harness);
    draw(&mut harness);
    harness.get_by_label("Add an account");
}

#[test]
fn keys_reach_the_desk_and_a_value_is_copied() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.key_press(Key::Tab);
    draw(&mut harness);
    harness.key_press(Key::Enter);
    draw(&mut harness);
    harness.event(egui::Event::Copy);
    draw(&mut harness);
    assert_eq!(
        asked(&mut harness),
        [Command::Do(Action::NextField), Command::Do(Action::Accept), Command::CopyText("2019-06-10".into())]
    );
}

#[test]
fn what_is_pasted_and_dropped_is_added() {
    let mut harness = window(State::default(), DESK);
    draw(&mut harness);
    harness.event(egui::Event::Paste("/home/ada/a.pdf".into()));
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::AddText("/home/ada/a.pdf".into())]);
    harness.input_mut().hovered_files = vec![egui::HoveredFile::default(); 3];
    harness.step();
    picture(&mut harness, "drop");
}

#[test]
fn the_menu_offers_every_group() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.get_by_label("Menu").click();
    draw(&mut harness);
    harness.get_by_label("View").hover();
    draw(&mut harness);
    picture(&mut harness, "menu");
    harness.get_by_label("Show words").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::ToggleWords)]);
}

#[test]
fn a_document_that_was_not_read_can_be_read_again() {
    let mut state = samples::busy_desk();
    state.reach = failed("it stopped; start Proofdesk again");
    state.documents[2].reading =
        crate::desk::ReadState::Failed(Problem::new("The reader did not answer in time. Try again"));
    state.open = Some(crate::desk::Open { document: DocumentId(3), page: 0 });
    state.selection = None;
    let mut harness = window(state, DESK);
    draw(&mut harness);
    picture(&mut harness, "not read");
    harness.get_by_label("The reader does not answer: it stopped; start Proofdesk again");
    harness.get_by_label("Read it again").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Retry(vec![DocumentId(3)])]);
}

#[test]
fn letters_typed_right_after_the_palettes_key_are_not_lost() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    let key = |key, modifiers| egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    for event in [
        key(Key::K, Modifiers::COMMAND),
        key(Key::W, Modifiers::NONE),
        egui::Event::Text("wo".into()),
        egui::Event::Text("rds".into()),
    ] {
        harness.input_mut().events.push(event);
    }
    draw(&mut harness);
    harness.key_press(Key::Enter);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::ToggleWords)]);
}

#[test]
fn the_keyboard_reaches_the_controls_and_comes_back() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.key_press(Key::F6);
    draw(&mut harness);
    assert!(harness.get_by_label("This computer, general").is_focused());
    harness.key_press(Key::Tab);
    draw(&mut harness);
    assert!(harness.get_by_label("Add documents").is_focused());
    // Tab goes on to the next control now, and Enter presses it.
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    draw(&mut harness);
    harness.key_press(Key::Tab);
    draw(&mut harness);
    harness.key_press(Key::Enter);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::AddFiles)]);
    harness.key_press(Key::Escape);
    draw(&mut harness);
    assert!(!harness.get_by_label("Add documents").is_focused());
    assert_eq!(asked(&mut harness), [], "the selection stays");
}

#[test]
fn a_key_right_after_the_escape_that_leaves_a_control_is_not_lost() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.key_press(Key::F6);
    draw(&mut harness);
    let key =
        |key| egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    // One slow frame takes all of them: the first is still the control's.
    harness.input_mut().events.extend([Key::T, Key::Escape, Key::W].map(key));
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::ToggleWords)]);
}

#[test]
fn a_table_that_was_read_with_another_grid_stands_beside_the_persons_and_is_asked_about() {
    for (size, name) in [(DESK, "two tables below each other"), (Vec2::new(2000.0, 900.0), "two tables")] {
        let mut state = samples::busy_desk();
        let page = std::sync::Arc::make_mut(state.documents[0].pages.get_mut(&0).unwrap());
        let table = &mut page.tables[0];
        let mut read = table.clone();
        read.cells.retain(|cell| cell.row < table.rows());
        read.cells[0].text = "read anew".into();
        table.reread = Some(Box::new(read));
        let target = Target::Table { page: 0, id: table.id.clone() };
        state.selection = Some(target.clone());
        let mut harness = window(state, size);
        draw(&mut harness);
        picture(&mut harness, name);
        assert!(harness.get_all_by_label_contains("read anew, needs a look").next().is_some());
        harness.get_by_label("Keep mine").click();
        draw(&mut harness);
        harness.get_by_label("Take the other").click();
        draw(&mut harness);
        let select = || Command::Select(Some(target.clone()));
        assert_eq!(
            asked(&mut harness),
            [select(), Command::Do(Action::Accept), select(), Command::Do(Action::TakeReread)]
        );
        harness.key_press_modifiers(Modifiers::ALT, Key::Enter);
        draw(&mut harness);
        assert_eq!(asked(&mut harness), [Command::Do(Action::TakeReread)]);
    }
}

#[test]
fn a_value_is_ready_to_be_typed_into_again_after_a_table_was_in_hand() {
    let mut state = samples::busy_desk();
    let value = state.selection.clone();
    let table = Target::Table { page: 0, id: state.documents[0].pages[&0].tables[0].id.clone() };
    state.view.types_at_once = true;
    let mut harness = window(state, DESK);
    draw(&mut harness);
    harness.key_press(Key::F2);
    draw(&mut harness);
    let is_ready = |harness: &Harness<'_, Window>| harness.ctx.text_edit_focused();
    assert!(is_ready(&harness));
    harness.state_mut().state.selection = Some(table);
    draw(&mut harness);
    harness.key_press(Key::F3);
    harness.step();
    harness.state_mut().state.selection = value;
    draw(&mut harness);
    assert!(is_ready(&harness), "a key brought it");
}

#[test]
fn what_is_under_a_pointer_that_rests_is_not_said_while_somebody_types() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    let field = harness.get_by_label_contains("Field Total due 571.04 €").rect().center();
    harness.event(egui::Event::PointerMoved(field));
    harness.run_steps(30);
    harness.get_by_label("571.04 €");
    harness.key_press(Key::Tab);
    draw(&mut harness);
    assert!(harness.query_by_label("571.04 €").is_none(), "it would stand over what the key leads to");
    harness.event(egui::Event::PointerMoved(field + Vec2::splat(2.0)));
    harness.run_steps(30);
    harness.get_by_label("571.04 €");
}

#[test]
fn the_line_says_whether_everything_is_saved() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = samples::busy_desk();
        state.view.theme = theme;
        let mut harness = window(state, DESK);
        draw(&mut harness);
        harness.get_by_label("Saved");
        let full = Problem::new(
            "What changes now cannot be saved (the disk is full); make room on the disk, then go on working",
        );
        harness.state_mut().state.saving = Saving::Fails(full.clone());
        draw(&mut harness);
        picture(&mut harness, &format!("not saved {theme:?}"));
        harness.get_by_label(&format!("Not saved: {}", full.message));
        harness.state_mut().state.saving = Saving::Saving;
        // A blink later: each step is a sixtieth of a second.
        harness.run_steps(60);
        harness.get_by_label("Saving…");
        harness.state_mut().state.saving = Saving::Saved;
        draw(&mut harness);
        picture(&mut harness, &format!("saved {theme:?}"));
        harness.get_by_label("Saved");
    }
}

#[test]
fn a_box_is_moved_and_sized_by_keyboard() {
    let state = samples::busy_desk();
    let target = state.selection.clone().unwrap();
    let page = state.documents[0].pages[&0].clone();
    let rect = page.fields[0].rect.unwrap();
    let step = (page.size.width as f32 / 600.0).max(1.0).round();
    let mut harness = window(state, DESK);
    draw(&mut harness);
    let grown = |left: f32, top: f32, right: f32, bottom: f32| {
        crate::document::PageRect::new(
            rect.left() + left,
            rect.top() + top,
            rect.right() + right,
            rect.bottom() + bottom,
        )
    };
    for (modifiers, key, expected) in [
        (Modifiers::ALT, Key::ArrowRight, grown(step, 0.0, step, 0.0)),
        (Modifiers::ALT, Key::ArrowUp, grown(0.0, -step, 0.0, -step)),
        (Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight, grown(0.0, 0.0, step, 0.0)),
        (Modifiers::ALT | Modifiers::SHIFT, Key::ArrowUp, grown(0.0, 0.0, 0.0, -step)),
    ] {
        harness.key_press_modifiers(modifiers, key);
        draw(&mut harness);
        assert_eq!(asked(&mut harness), [Command::SetRect(target.clone(), expected)], "{key:?}");
    }
}

#[test]
fn alt_and_an_arrow_moves_a_row_and_an_arrow_alone_goes_to_a_cell() {
    let mut state = samples::busy_desk();
    let id = state.documents[0].pages[&0].tables[0].id.clone();
    state.selection = Some(Target::Cell { page: 0, id, row: 2, col: 1 });
    let mut harness = window(state, DESK);
    draw(&mut harness);
    for (modifiers, expected) in [
        (Modifiers::ALT, Command::Do(Action::MoveRowUp)),
        (Modifiers::SHIFT, Command::StepCell(-1, 0, true)),
        (Modifiers::NONE, Command::StepCell(-1, 0, false)),
    ] {
        harness.key_press_modifiers(modifiers, Key::ArrowUp);
        draw(&mut harness);
        assert_eq!(asked(&mut harness), [expected]);
    }
}

#[test]
fn the_theme_can_follow_the_system_again() {
    let mut state = samples::busy_desk();
    state.view.theme = Theme::Dark;
    let mut harness = window(state, DESK);
    draw(&mut harness);
    harness.get_by_label("Menu").click();
    draw(&mut harness);
    harness.get_by_label("Window").hover();
    draw(&mut harness);
    picture(&mut harness, "themes");
    harness.get_by_label("As the system").click();
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::SetTheme(Theme::System)]);
}

/// How much two software renderers may differ: a few pixels at the edges of letters.
fn tolerance() -> egui_kittest::SnapshotOptions {
    egui_kittest::SnapshotOptions::new().threshold(1.0).max_failed_pixels(120)
}

#[test]
fn everything_is_smaller_where_the_window_would_cut_it_off() {
    for (percent, size, points) in [
        (100, DESK, DESK),
        (150, DESK, DESK / 1.5),
        (100, Vec2::new(640.0, 400.0), Vec2::new(640.0, 400.0) / 0.65),
        (200, Vec2::new(1280.0, 800.0), Vec2::new(1280.0, 800.0) / 1.3),
    ] {
        let mut state = samples::busy_desk();
        state.view.text_percent = percent;
        let mut harness = window(state, size);
        draw(&mut harness);
        draw(&mut harness);
        let now = harness.ctx.content_rect().size();
        assert!((now - points).length() < 1.0, "{percent} % in {size}: {now}");
        assert!(harness.get_by_label("Add documents").rect().right() < now.x);
    }
}

#[test]
fn a_page_is_fitted_once_there_is_room_for_it() {
    // In the first frame, before everything is smaller, the panels leave no room for the page.
    let mut harness = window(samples::busy_desk(), Vec2::new(600.0, 380.0));
    draw(&mut harness);
    draw(&mut harness);
    let percent = harness.state().shell.zoom_percent();
    assert!(percent > 15.0, "the page stands there at {percent} %");
}

#[test]
fn the_invitation_looks_as_it_was_designed() {
    let state = State { reach: samples::busy_desk().reach, ..State::default() };
    let mut harness = window(state, Vec2::new(960.0, 560.0));
    draw(&mut harness);
    harness.snapshot_options("invitation", &tolerance());
}

#[test]
fn the_value_in_hand_looks_as_it_was_designed() {
    let state = samples::busy_desk();
    let mut view = InspectorView::default();
    let mut images = None;
    let mut harness = Harness::builder().with_size(Vec2::new(360.0, 600.0)).build_ui(move |ui| {
        let images = images.get_or_insert_with(|| {
            theme::install(ui.ctx());
            ui.ctx().set_theme(egui::Theme::Dark);
            PageImages::new(ui.ctx())
        });
        let mut colors = LabelLooks::default();
        colors.follow(&state, state.open_document().expect("a document"));
        inspector_ui(ui, &state, &mut view, &colors, images, &Commands::default());
    });
    harness.run_steps(6);
    harness.snapshot_options("value_in_hand", &tolerance());
}
