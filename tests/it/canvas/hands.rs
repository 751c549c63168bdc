//! Hands on the page view: wheel, clicks, drags, keys, the bar, thumbnails.

use super::desk::{Desk, add_field, add_table, blank, document, fixture, pages, step_until};
use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, Rect, TouchPhase, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use proofdesk::desk::{Action, Command, Target};
use proofdesk::document::{PageRect, Turn};
use proofdesk::ui::canvas::Drawn;

const ORDER: &str = "Field Order number AB321, score 0.97";

/// The invoice with some fields and a table; no images are drawn.
fn invoice() -> Option<(Harness<'static, Desk>, Vec<Target>)> {
    let pages = pages()?;
    let mut document = document(&fixture("zf_Mustang_RE-20190610_507.pdf"), &pages);
    let mut targets = vec![
        add_field(&mut document, "order_number", "AB321", 0, 0.97),
        add_field(&mut document, "total_due", "571.04", 0, 0.62),
    ];
    let id = add_table(&mut document, PageRect::new(220.0, 1600.0, 2180.0, 2050.0), 4, 5);
    targets.push(Target::Table { page: 0, id });
    let desk = Desk::with(document, None);
    let mut harness = desk.harness(Harness::builder().with_size([700.0, 700.0]).with_step_dt(1.0 / 60.0));
    harness.run_steps(3);
    Some((harness, targets))
}

fn rect(harness: &Harness<'_, Desk>, label: &str) -> Rect {
    harness.get_by_label(label).rect()
}

fn wheel(delta: Vec2, modifiers: Modifiers) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    }
}

fn click(harness: &mut Harness<'_, Desk>, pos: Pos2) {
    harness.hover_at(pos);
    harness.drag_at(pos);
    harness.event(Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    harness.step();
    harness.run_steps(2);
}

/// So long that the next click is a click of its own.
fn wait(harness: &mut Harness<'_, Desk>) {
    harness.run_steps(60);
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let Some((mut harness, _)) = invoice() else { return };
    let before = rect(&harness, ORDER);
    let percent = harness.state().view.zoom_percent();
    harness.hover_at(before.center());
    harness.event(wheel(vec2(0.0, 60.0), Modifiers::COMMAND));
    harness.step();
    harness.run_steps(40);
    let after = rect(&harness, ORDER);
    assert!(harness.state().view.zoom_percent() > percent * 1.15);
    assert!((after.center() - before.center()).length() < 3.0, "{before:?} {after:?}");
    assert!(after.width() > before.width() * 1.15);
}

#[test]
fn the_wheel_scrolls_and_a_drag_of_the_empty_page_pans() {
    let Some((mut harness, _)) = invoice() else { return };
    let before = rect(&harness, ORDER);
    harness.hover_at(pos2(350.0, 350.0));
    harness.event(wheel(vec2(0.0, -50.0), Modifiers::NONE));
    harness.step();
    harness.run_steps(40);
    let scrolled = rect(&harness, ORDER);
    assert!((before.center().y - scrolled.center().y - 50.0).abs() < 2.0);

    let empty = pos2(60.0, 80.0);
    harness.drag_at(empty);
    for step in 1..=5 {
        harness.hover_at(empty + vec2(0.0, 6.0 * step as f32));
    }
    harness.drop_at(empty + vec2(0.0, 30.0));
    harness.step();
    let panned = rect(&harness, ORDER);
    assert!((panned.center().y - scrolled.center().y - 30.0).abs() < 1.0, "{scrolled:?} {panned:?}");
    assert!(!harness.state().view.has_text_selection());
}

#[test]
fn a_click_selects_and_does_not_move_the_view() {
    let Some((mut harness, targets)) = invoice() else { return };
    let before = rect(&harness, ORDER);
    click(&mut harness, before.center());
    assert_eq!(harness.state().state.selection.as_ref(), Some(&targets[0]));
    harness.run_steps(20);
    assert_eq!(rect(&harness, ORDER), before);
    wait(&mut harness);
    click(&mut harness, pos2(60.0, 80.0));
    assert_eq!(harness.state().state.selection, None, "a click beside everything selects nothing");
}

#[test]
fn clicks_again_reach_the_cell_and_then_its_table() {
    let Some((mut harness, targets)) = invoice() else { return };
    let table = rect(&harness, "Table Line items 4 × 5, score 0.95");
    let inside = table.min + vec2(12.0, 12.0);
    click(&mut harness, inside);
    let first = harness.state().state.selection.clone();
    assert!(matches!(first, Some(Target::Cell { row: 1, col: 1, .. })), "{first:?}");
    wait(&mut harness);
    click(&mut harness, inside);
    assert_eq!(harness.state().state.selection.as_ref(), Some(&targets[2]));
    wait(&mut harness);
    click(&mut harness, inside);
    assert_eq!(harness.state().state.selection, first);
}

#[test]
fn a_selection_from_a_list_glides_into_view_and_a_key_stops_it() {
    let Some((mut harness, targets)) = invoice() else { return };
    harness.state_mut().view.act(Action::ActualSize);
    harness.run_steps(20);
    assert!(harness.query_by_label("Field Total due 571.04, score 0.62").is_none(), "it is out of view");
    harness.state_mut().state.selection = Some(targets[1].clone());
    harness.run_steps(30);
    let place = rect(&harness, "Field Total due 571.04, score 0.62");
    assert!(Rect::from_min_max(pos2(40.0, 60.0), pos2(660.0, 620.0)).contains_rect(place), "{place:?}");
    assert!(place.height() >= 8.0);

    harness.state_mut().view.act(Action::FitWidth);
    harness.run_steps(20);
    for _ in 0..3 {
        harness.state_mut().view.act(Action::ZoomIn);
    }
    harness.run_steps(20);
    harness.state_mut().state.selection = None;
    harness.run_steps(2);
    harness.state_mut().state.selection = Some(targets[1].clone());
    harness.run_steps(20);
    let place = rect(&harness, "Field Total due 571.04, score 0.62");
    harness.state_mut().state.selection = Some(targets[0].clone());
    harness.run_steps(2);
    harness.key_press(Key::A);
    harness.step();
    let stopped = rect(&harness, "Field Total due 571.04, score 0.62");
    assert!(stopped.top() > place.top() + 5.0, "it was on its way");
    harness.run_steps(20);
    assert_eq!(rect(&harness, "Field Total due 571.04, score 0.62"), stopped);
}

#[test]
fn without_animations_the_view_is_there_at_once() {
    let Some((mut harness, targets)) = invoice() else { return };
    harness.state_mut().view.act(Action::ActualSize);
    harness.run_steps(20);
    harness.ctx.all_styles_mut(|style| style.animation_time = 0.0);
    harness.state_mut().state.selection = Some(targets[1].clone());
    harness.run_steps(2);
    let place = rect(&harness, "Field Total due 571.04, score 0.62");
    harness.run_steps(20);
    assert_eq!(rect(&harness, "Field Total due 571.04, score 0.62"), place);
}

#[test]
fn boxes_follow_a_page_that_is_turned() {
    let Some((mut harness, _)) = invoice() else { return };
    harness.state_mut().view.act(Action::FitPage);
    harness.run_steps(20);
    let before = rect(&harness, ORDER);
    harness.state_mut().view.act(Action::RotateView);
    harness.state_mut().view.act(Action::FitPage);
    harness.run_steps(20);
    let turned = rect(&harness, ORDER);
    let before = before.width() / before.height();
    assert!((turned.height() / turned.width() / before - 1.0).abs() < 0.1, "wide boxes stand upright: {turned:?}");
    for _ in 0..3 {
        harness.state_mut().view.act(Action::RotateView);
    }
    harness.state_mut().view.act(Action::FitPage);
    harness.run_steps(20);
    assert_eq!(Turn::Quarter.then(Turn::ThreeQuarters), Turn::None);
    let back = rect(&harness, ORDER);
    assert!((back.width() / back.height() / before - 1.0).abs() < 0.1);
}

#[test]
fn text_is_selected_by_dragging_and_copied_with_its_lines() {
    let Some((mut harness, _)) = invoice() else { return };
    let order = rect(&harness, ORDER);
    // From "AB321" to a line below it: "Invoice # RE-… issued at 2019-06-10".
    harness.hover_at(order.center());
    harness.drag_at(order.center());
    for step in 1..=8 {
        harness.hover_at(order.center() + vec2(-4.0, 18.0 * step as f32 / 8.0));
    }
    harness.drop_at(order.center() + vec2(-4.0, 18.0));
    harness.step();
    assert!(harness.state().view.has_text_selection());
    assert!(harness.state_mut().view.act(Action::Copy));
    harness.run_steps(2);
    let text = harness.state().copied().unwrap().to_owned();
    assert!(text.starts_with("AB321\nInvoice # "), "{text:?}");
    assert_eq!(harness.state().state.selection, None, "a drag selects no field");
}

#[test]
fn a_double_click_takes_the_word_and_a_triple_click_the_line() {
    let Some((mut harness, _)) = invoice() else { return };
    let order = rect(&harness, ORDER).center();
    for (clicks, expected) in [(2, "AB321"), (3, "Your order AB321")] {
        wait(&mut harness);
        for _ in 0..clicks {
            click(&mut harness, order);
        }
        harness.state_mut().view.act(Action::Copy);
        harness.run_steps(2);
        assert_eq!(harness.state().copied(), Some(expected));
    }
    assert!(harness.state_mut().view.act(Action::SelectAllText));
    harness.run_steps(2);
    harness.state_mut().view.act(Action::Copy);
    harness.run_steps(2);
    let all = harness.state().copied().unwrap().to_owned();
    harness.state_mut().view.act(Action::CopyPageText);
    harness.run_steps(2);
    assert_eq!(harness.state().copied(), Some(all.as_str()));
    assert!(all.contains("Please remit until 2019-07-01.") && all.lines().count() > 20);
}

#[test]
fn a_click_while_drawing_takes_the_word_and_a_second_the_line() {
    let Some((mut harness, _)) = invoice() else { return };
    let order = rect(&harness, ORDER).center();
    wait(&mut harness);
    harness.state_mut().view.act(Action::DrawField);
    harness.step();
    click(&mut harness, order);
    let Some(Drawn::Word(0, word)) = harness.state_mut().view.take_drawn() else { panic!("no word was taken") };
    click(&mut harness, order);
    let Some(Drawn::Line(0, line)) = harness.state_mut().view.take_drawn() else { panic!("no line was taken") };
    assert!(line.left() < word.left() && line.width() > word.width() * 2.0, "{word:?} {line:?}");
    assert!(!harness.state().view.has_text_selection());
    wait(&mut harness);
    for _ in 0..2 {
        click(&mut harness, order);
    }
    assert!(harness.state().view.has_text_selection(), "afterwards a double click selects text again");
}

#[test]
fn without_selected_text_copy_is_not_the_views_own() {
    let Some((mut harness, _)) = invoice() else { return };
    assert!(!harness.state_mut().view.act(Action::Copy));
    assert!(!harness.state_mut().view.act(Action::ToggleTheme));
}

#[test]
fn the_card_under_the_pointer_tells_label_value_and_score() {
    let Some((mut harness, _)) = invoice() else { return };
    let place = rect(&harness, ORDER);
    harness.hover_at(place.center());
    harness.run_steps(30);
    assert!(harness.query_by_label("Order number").is_some());
    assert!(harness.query_by_label("AB321").is_some());
    assert!(harness.query_by_label("0.97").is_some());
}

#[test]
fn a_thousand_pages_are_walked_by_key_and_by_number() {
    let mut harness = Desk::with(blank(1000), None).harness(Harness::builder().with_size([700.0, 700.0]));
    harness.run_steps(3);
    harness.state_mut().view.act(Action::NextPage);
    harness.run_steps(5);
    assert_eq!((harness.state().view.page(), harness.state().state.open.unwrap().page), (1, 1));
    harness.state_mut().view.act(Action::LastPage);
    harness.run_steps(3);
    assert_eq!(harness.state().state.open.unwrap().page, 999);
    harness.state_mut().view.act(Action::NextPage);
    harness.run_steps(3);
    assert_eq!(harness.state().view.page(), 999);
    harness.get_by_label("Page number").focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_label("Page number").type_text("512");
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    harness.run_steps(3);
    assert_eq!(harness.state().view.page(), 511);
    harness.state_mut().view.act(Action::FirstPage);
    harness.run_steps(3);
    assert_eq!(harness.state().view.page(), 0);
}

#[test]
fn a_page_alone_gives_way_to_the_next_at_its_end() {
    let mut harness = Desk::with(blank(3), None).harness(Harness::builder().with_size([700.0, 700.0]));
    harness.state_mut().state.view.continuous = false;
    harness.state_mut().view.act(Action::FitPage);
    harness.run_steps(3);
    harness.hover_at(pos2(350.0, 350.0));
    for _ in 0..4 {
        harness.event(wheel(vec2(0.0, -60.0), Modifiers::NONE));
        harness.step();
    }
    harness.run_steps(3);
    assert!(harness.state().view.page() >= 1, "{}", harness.state().view.page());
    harness.state_mut().state.view.continuous = true;
    let page = harness.state().view.page();
    harness.run_steps(3);
    assert_eq!(harness.state().view.page(), page, "the same page stays in view");
}

#[test]
fn thumbnails_lead_to_pages_and_only_those_in_view_exist() {
    let mut harness = Desk::with(blank(1000), None).harness(Harness::builder().with_size([700.0, 700.0]));
    harness.state_mut().state.view.thumbnails = true;
    harness.run_steps(3);
    harness.get_by_label("Page 4").click();
    harness.step();
    step_until("page 4 is in view", &mut harness, |h| h.state().view.page() == 3);
    assert!(harness.query_by_label("Page 40").is_none());
    harness.state_mut().view.act(Action::LastPage);
    harness.run_steps(4);
    let last = harness.get_by_label("Page 1000");
    assert_eq!(last.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
}

#[test]
fn words_are_fetched_where_the_service_sent_none() {
    let Some((mut harness, _)) = invoice() else { return };
    let document = &mut harness.state_mut().state.documents[0];
    let page = std::sync::Arc::make_mut(document.pages.get_mut(&0).unwrap());
    page.text = None;
    harness.run_steps(2);
    assert!(!harness.state().heard.contains(&Command::NeedWords));
    harness.state_mut().state.view.words = true;
    harness.run_steps(5);
    let asked = harness.state().heard.iter().filter(|c| **c == Command::NeedWords).count();
    assert_eq!(asked, 1);
}
