//! The dialogs of services: what is typed in them, with the keyboard alone, becomes what is asked of the desk, and what
//! makes no sense is said.

use super::{DESK, Window, asked, draw, picture, samples, window};
use crate::desk::{
    Account, Action, Command, ConnectionId, Import, ModelCommand, ModelInfo, Reach, ReadOptions, ReadState, State,
    SyncState, Tested, Theme, Way,
};
use crate::document::Problem;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::time::{Duration, SystemTime};

const CLOUD: ConnectionId = ConnectionId(1);

fn cloud() -> Account {
    Account {
        id: CLOUD,
        name: "Cloud".into(),
        base_url: "https://ocr.example/api/v2".into(),
        model: "m-1".into(),
        ..Account::default()
    }
}

/// A desk that has what comes read by an account.
fn with_cloud() -> State {
    let model = ModelInfo { id: "m-1".into(), name: "invoices".into(), ..ModelInfo::default() };
    let mut state = State { accounts: vec![cloud()], chosen: CLOUD, ..samples::busy_desk() };
    state.reach.insert(CLOUD, Reach::Ready);
    state.models.insert(CLOUD, vec![model]);
    state
}

fn press(harness: &mut Harness<'_, Window>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    draw(harness);
    draw(harness);
}

/// Types into what has the keyboard.
fn type_text(harness: &mut Harness<'_, Window>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    draw(harness);
}

fn tab(harness: &mut Harness<'_, Window>) {
    press(harness, Modifiers::NONE, Key::Tab);
}

fn has_focus(harness: &Harness<'_, Window>, label: &str) -> bool {
    harness.get_all_by_label(label).any(|node| node.is_focused())
}

/// Goes on with Tab until a control of this name has the keyboard.
fn tab_to(harness: &mut Harness<'_, Window>, label: &str) {
    for _ in 0..40 {
        if has_focus(harness, label) {
            return;
        }
        tab(harness);
    }
    panic!("the keyboard does not reach {label}");
}

#[test]
fn addresses_are_added_with_the_keyboard_alone() {
    let mut harness = window(samples::busy_desk(), DESK);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    assert!(has_focus(&harness, "Addresses"));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(harness.state().shell.has_dialog(), "nothing was typed");
    type_text(&mut harness, "https://a.example/b.pdf");
    assert!(harness.query_by_label_contains("fetches them itself").is_none(), "this computer is chosen");
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::AddText("https://a.example/b.pdf".into())]);
    assert!(!harness.state().shell.has_dialog());
}

#[test]
fn addresses_go_to_a_service_with_options_and_wrong_pages_are_said() {
    let mut harness = window(with_cloud(), DESK);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    type_text(&mut harness, "https://a.example/b.pdf");
    for checkbox in ["Cloud fetches them itself", "With options"] {
        tab_to(&mut harness, checkbox);
        press(&mut harness, Modifiers::NONE, Key::Space);
    }
    tab_to(&mut harness, "Pages");
    type_text(&mut harness, "3-1");
    harness.get_by_label_contains("3-1 is no page");
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(harness.state().shell.has_dialog(), "what makes no sense is not sent");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "1, 3");
    tab(&mut harness);
    type_text(&mut harness, "de");
    tab(&mut harness);
    type_text(&mut harness, "order 7");
    for theme in [Theme::Light, Theme::Dark] {
        harness.state_mut().state.view.theme = theme;
        draw(&mut harness);
        picture(&mut harness, &format!("addresses with options {theme:?}"));
    }
    tab_to(&mut harness, "Add them");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let options = ReadOptions { pages: vec![0, 2], language: "de".into(), metadata: "order 7".into() };
    let add = Command::SendText("https://a.example/b.pdf".into());
    assert_eq!(asked(&mut harness), [Command::With(Box::new(options), Box::new(add))]);
}

#[test]
fn files_and_folders_are_added_with_options_by_keyboard() {
    for (button, action) in [(None, Action::AddFiles), (Some("Choose a folder…"), Action::AddFolder)] {
        let mut harness = window(with_cloud(), DESK);
        press(&mut harness, Modifiers::ALT, Key::O);
        assert!(has_focus(&harness, "Pages"));
        type_text(&mut harness, "0");
        press(&mut harness, Modifiers::NONE, Key::Enter);
        assert!(harness.state().shell.has_dialog());
        harness.get_by_label_contains("0 is no page");
        tab_to(&mut harness, "Pages");
        press(&mut harness, Modifiers::COMMAND, Key::A);
        type_text(&mut harness, "2-3");
        harness.get_by_label_contains("which Cloud reads");
        if let Some(button) = button {
            tab_to(&mut harness, button);
        }
        press(&mut harness, Modifiers::NONE, Key::Enter);
        let options = ReadOptions { pages: vec![1, 2], ..ReadOptions::default() };
        assert_eq!(asked(&mut harness), [Command::With(Box::new(options), Box::new(Command::Do(action)))]);
        assert!(!harness.state().shell.has_dialog());
    }
}

#[test]
fn what_a_service_has_is_got_by_days_file_and_page_and_a_wrong_day_is_said() {
    let mut harness = window(with_cloud(), DESK);
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label_contains("What Cloud has read with the model invoices");
    assert!(has_focus(&harness, "First day"));
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "2026-02-30");
    harness.get_by_label_contains("Write days as in");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.state().shell.has_dialog());
    tab_to(&mut harness, "First day");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "1970-01-02");
    tab(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "1970-01-04");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::Import(CLOUD, Import::Days(1, 3))]);

    press(&mut harness, Modifiers::COMMAND, Key::G);
    tab_to(&mut harness, "One page");
    press(&mut harness, Modifiers::NONE, Key::Space);
    harness.get_by_label_contains("Type the page's id");
    tab_to(&mut harness, "File id");
    type_text(&mut harness, "f-1");
    tab(&mut harness);
    type_text(&mut harness, "p-2");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::Import(CLOUD, Import::Page("f-1".into(), "p-2".into()))]);
}

#[test]
fn an_account_is_written_tested_and_added_by_keyboard_and_what_is_wrong_is_said() {
    let mut harness = window(samples::busy_desk(), DESK);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    tab_to(&mut harness, "Add an account");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(has_focus(&harness, "Name"));
    harness.get_by_label_contains("where there is none, Proofdesk asks for it at each start");
    type_text(&mut harness, "Mine");
    tab(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "http://ocr.example/api/v2");
    harness.get_by_label_contains("The address is not one of a service");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "https://ocr.example/api/v2/");
    tab(&mut harness);
    type_text(&mut harness, "s3cret");
    tab_to(&mut harness, "Pages a minute");
    type_text(&mut harness, "many");
    harness.get_by_label_contains("Pages a minute is a number");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "20");
    tab_to(&mut harness, "Test");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let account = Account {
        name: "Mine".into(),
        base_url: "https://ocr.example/api/v2".into(),
        pages_a_minute: Some(20),
        ..Account::default()
    };
    let key = Some("s3cret".to_owned());
    assert_eq!(asked(&mut harness), [Command::TestAccount(Box::new(account.clone()), key.clone())]);
    let why = "The OCR service does not accept the API key; check it in the connection";
    for (tested, words) in [
        (Tested::Asking, "The service is asked"),
        (Tested::Failed(Problem::new(why)), "does not accept the API key"),
        (Tested::Passed("ocr.example answers and has 2 models".into()), "has 2 models"),
    ] {
        harness.state_mut().state.tested = tested;
        draw(&mut harness);
        harness.get_by_label_contains(words);
    }
    picture(&mut harness, "account tested");
    tab_to(&mut harness, "Add");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::SaveAccount(Box::new(account), key)]);
}

#[test]
fn a_key_that_no_keyring_has_is_asked_for_and_typed() {
    let mut state = with_cloud();
    state.reach.insert(CLOUD, Reach::NeedsKey);
    let mut harness = window(state, DESK);
    draw(&mut harness);
    harness.get_by_label_contains("Cloud needs its API key: this system keeps none for it");
    harness.get_by_label("Type it").click();
    draw(&mut harness);
    draw(&mut harness);
    assert!(has_focus(&harness, "API key"), "what is missing is typed first");
    type_text(&mut harness, "s3cret");
    tab_to(&mut harness, "Save");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::SaveAccount(Box::new(cloud()), Some("s3cret".into()))]);
}

#[test]
fn an_account_that_does_not_answer_says_why_and_is_used_changed_and_removed() {
    let mut state = with_cloud();
    let why = "ocr.example cannot be reached; check its address and this computer's network, then try again";
    state.reach.insert(CLOUD, Reach::Failed(Problem::new(why)));
    let mut harness = window(state, DESK);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    assert!(harness.query_all_by_label_contains("ocr.example cannot be reached").count() > 0);
    tab_to(&mut harness, "Use");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    tab_to(&mut harness, "Remove");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let wanted = [Command::ChooseConnection(ConnectionId::THIS_COMPUTER), Command::RemoveAccount(CLOUD)];
    assert_eq!(asked(&mut harness), wanted);
    tab_to(&mut harness, "Change");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Address").value().unwrap().contains("ocr.example"));
    tab_to(&mut harness, "Back");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Add an account");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!harness.state().shell.has_dialog());
}

#[test]
fn a_document_is_deleted_at_its_service_only_after_a_question() {
    let mut state = with_cloud();
    assert!(!crate::ui::menu::is_possible(Action::DeleteThere, &state), "no service has it");
    state.documents[0].reader.connection = CLOUD;
    state.documents[0].reader.has_it = true;
    let id = state.documents[0].id;
    for theme in [Theme::Light, Theme::Dark] {
        state.view.theme = theme;
        let mut harness = window(state.clone(), DESK);
        harness.state().commands.act(Action::DeleteThere);
        draw(&mut harness);
        draw(&mut harness);
        picture(&mut harness, &format!("delete there {theme:?}"));
        harness.get_by_label_contains("goes from Cloud for good");
        assert!(has_focus(&harness, "Keep it there"), "Enter alone deletes nothing");
        press(&mut harness, Modifiers::NONE, Key::Enter);
        assert!(!harness.state().shell.has_dialog());
        assert_eq!(asked(&mut harness), []);
        harness.state().commands.act(Action::DeleteThere);
        draw(&mut harness);
        draw(&mut harness);
        tab_to(&mut harness, "Delete it there");
        press(&mut harness, Modifiers::NONE, Key::Enter);
        assert_eq!(asked(&mut harness), [Command::DeleteThere(id)]);
    }
}

#[test]
fn the_log_of_requests_is_read_and_copied() {
    let state = with_cloud();
    state.note_request("ocr.example", 429);
    let line = state.requests.requests()[0].to_string();
    let mut harness = window(state, DESK);
    harness.state().commands.act(Action::ShowRequests);
    draw(&mut harness);
    draw(&mut harness);
    harness.get_by_label(&line);
    tab_to(&mut harness, "Copy all");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(asked(&mut harness), [Command::CopyText(line)]);
}

#[test]
fn rows_say_how_a_document_was_sent_and_how_long_a_service_asks_to_wait() {
    let mut state = with_cloud();
    let until = SystemTime::now() + Duration::from_mins(5);
    state.pauses.insert(CLOUD, until);
    for (at, way) in [(2, Way::Later), (4, Way::AtOnce)] {
        state.documents[at].reader.connection = CLOUD;
        state.documents[at].reader.way = Some(way);
    }
    state.documents[2].reading = ReadState::Reading { done: 3, total: 12 };
    state.documents[4].reading = ReadState::Reading { done: 0, total: 2 };
    state.documents[0].reader.connection = CLOUD;
    state.documents[0].sync = SyncState::Sending;
    for theme in [Theme::Light, Theme::Dark] {
        state.view.theme = theme;
        let mut harness = window(state.clone(), Vec2::new(1280.0, 800.0));
        draw(&mut harness);
        harness.get_by_label("oyo receipt.pdf, Sent, read later: page 4 of 12");
        harness.get_by_label("Miete 2018-04.pdf, Sent, read at once");
        harness.get_by_label_contains("to look at · sent in");
        harness.get_by_label_contains("Cloud asks for a pause: ");
        harness.get_by_label("oyo receipt.pdf, Sent, read later: page 4 of 12").hover();
        draw(&mut harness);
        picture(&mut harness, &format!("how it was sent {theme:?}"));
    }
}

#[test]
fn a_table_of_a_new_model_gets_its_columns_by_keyboard() {
    let mut harness = window(with_cloud(), DESK);
    press(&mut harness, Modifiers::COMMAND, Key::T);
    tab_to(&mut harness, "New model");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    tab_to(&mut harness, "Invoice");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    tab_to(&mut harness, "Columns of line_items");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "article, vat");
    type_text(&mut harness, ", ");
    type_text(&mut harness, "sum");
    for theme in [Theme::Light, Theme::Dark] {
        harness.state_mut().state.view.theme = theme;
        draw(&mut harness);
        picture(&mut harness, &format!("a table label with columns {theme:?}"));
    }
    tab_to(&mut harness, "Make it");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let commands = asked(&mut harness);
    let [.., Command::Model(CLOUD, command)] = &commands[..] else { panic!("{commands:?}") };
    let ModelCommand::Create(name, labels) = &**command else { panic!("{command:?}") };
    assert_eq!(name, "Invoices");
    assert_eq!(labels.last().unwrap().columns, ["article", "vat", "sum"]);
}
