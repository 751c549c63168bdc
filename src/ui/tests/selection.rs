//! Several documents of the list are selected and something is asked of all of them.

use super::{DESK, asked, draw, picture, window};
use crate::desk::{Action, Command, DocumentId, Theme};
use crate::ui::samples;
use egui::accesskit::Toggled;
use egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::{NodeT, Queryable};
use std::collections::BTreeSet;

const SECOND: &str = "Baurechnung 181301674.pdf, 2 to look at";

fn ids(numbers: &[u64]) -> BTreeSet<DocumentId> {
    numbers.iter().copied().map(DocumentId).collect()
}

#[test]
fn ctrl_and_a_click_or_keys_select_further_documents() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    harness.get_by_label(SECOND).click_modifiers(Modifiers::COMMAND);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::SelectDocuments(ids(&[1, 2]))]);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::ALT, Key::A);
    draw(&mut harness);
    let all = ids(&[1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(asked(&mut harness), [Command::SelectDocuments(ids(&[1, 2])), Command::SelectDocuments(all)]);
}

#[test]
fn documents_are_selected_only_where_the_list_is_seen() {
    let mut state = samples::busy_desk();
    state.view.documents_panel = false;
    let mut harness = window(state, DESK);
    draw(&mut harness);
    harness.key_press_modifiers(Modifiers::ALT, Key::A);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowDown);
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::Do(Action::ToggleDocuments), Command::Do(Action::ToggleDocuments)]);
}

#[test]
fn a_modifier_that_is_let_go_in_the_frame_of_the_click_still_counts() {
    let mut harness = window(samples::busy_desk(), DESK);
    draw(&mut harness);
    let pos = harness.get_by_label(SECOND).rect().center();
    harness.event(Event::PointerMoved(pos));
    draw(&mut harness);
    let held = Modifiers::COMMAND | Modifiers::CTRL;
    for pressed in [true, false] {
        harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: held });
    }
    draw(&mut harness);
    assert_eq!(asked(&mut harness), [Command::SelectDocuments(ids(&[1, 2]))]);
}

#[test]
fn the_bar_says_how_many_are_selected_and_asks_something_of_all_of_them() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = samples::busy_desk();
        state.view.theme = theme;
        state.selected_documents = ids(&[1, 2, 4]);
        let mut harness = window(state, DESK);
        draw(&mut harness);
        picture(&mut harness, &format!("selected {theme:?}"));
        harness.get_by_label("3 selected");
        let is_selected = |label: &str| harness.get_by_label(label).accesskit_node().toggled() == Some(Toggled::True);
        assert_eq!([SECOND, "aws 42183017.pdf, Waiting"].map(is_selected), [true, false]);
        harness.get_by_label("Approve").click();
        harness.get_by_label("What to do with the selected documents").click();
        draw(&mut harness);
        picture(&mut harness, &format!("selected menu {theme:?}"));
        harness.get_by_label_contains("Remove 3 documents").click();
        draw(&mut harness);
        harness.get_by_label("Select none of them").click();
        draw(&mut harness);
        let nothing = Command::SelectDocuments(BTreeSet::new());
        assert_eq!(asked(&mut harness), [Command::Do(Action::Approve), Command::Do(Action::RemoveDocument), nothing]);
        harness.check_accessibility();
    }
}

#[test]
fn the_bar_says_how_many_of_them_are_not_listed_and_esc_empties_the_search() {
    let mut state = samples::busy_desk();
    state.selected_documents = ids(&[1, 2, 4]);
    let mut harness = window(state, DESK);
    draw(&mut harness);
    assert!(harness.query_by_label_contains("not listed").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    draw(&mut harness);
    harness.event(Event::Text("181301674".into()));
    draw(&mut harness);
    draw(&mut harness);
    picture(&mut harness, "selected not listed");
    harness.get_by_label("3 selected");
    harness.get_by_label("2 not listed");
    harness.key_press(Key::Escape);
    draw(&mut harness);
    draw(&mut harness);
    assert!(harness.query_by_label_contains("not listed").is_none());
}

#[test]
fn selected_documents_are_what_the_export_offers_first() {
    let mut state = samples::busy_desk();
    state.selected_documents = ids(&[2, 4, 7]);
    let mut harness = window(state, DESK);
    draw(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    draw(&mut harness);
    picture(&mut harness, "export selected");
    harness.get_by_label("Selected · 2");
    harness.key_press(Key::Enter);
    draw(&mut harness);
    let asked = asked(&mut harness);
    let Some(Command::Export(_, crate::desk::ExportOf::These(documents), _)) = asked.first() else {
        panic!("{asked:?}");
    };
    assert_eq!(documents, &[DocumentId(2), DocumentId(4)], "the third is not read yet");
}
