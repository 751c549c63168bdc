//! What keys do to what is selected before they ask for actions: arrows go through cells, move boxes and select more,
//! letters begin the text of a cell.

use super::value::Selected;
use crate::desk::{Command, Commands, State, Target};
use crate::document::PageRect;
use egui::{Context, Modifiers, Ui};

/// What was typed in this frame that begins the text of a cell, taken away with the presses of its keys.
pub(super) fn typed_over(ctx: &Context) -> String {
    let is_plain = |modifiers: &Modifiers| !modifiers.command && !modifiers.ctrl && !modifiers.alt;
    ctx.input_mut(|i| {
        // A text comes right after the key that typed it. What a key with Alt types is not meant: it may also have been let
        // go by the end of a slow frame.
        let mut held = i.modifiers;
        let mut typed = String::new();
        let is_typed: Vec<bool> = i
            .events
            .iter()
            .map(|event| match event {
                egui::Event::Key { pressed: true, modifiers, .. } => {
                    held = *modifiers;
                    false
                }
                egui::Event::Text(text) if is_plain(&held) => {
                    typed.push_str(text);
                    true
                }
                _ => false,
            })
            .collect();
        if typed.trim().is_empty() {
            return String::new();
        }
        let mut is_typed = is_typed.into_iter();
        i.events.retain(|event| {
            let is_press = matches!(event, egui::Event::Key { modifiers, .. } if is_plain(modifiers));
            !is_typed.next().unwrap_or_default() && !is_press
        });
        typed
    })
}

/// What came in this frame up to Escape, taken away; nothing where that was not pressed.
pub(super) fn take_through_escape(ctx: &Context) -> Vec<egui::Event> {
    let is_escape =
        |event: &egui::Event| matches!(event, egui::Event::Key { key: egui::Key::Escape, pressed: true, .. });
    ctx.input_mut(|i| {
        let end = i.events.iter().position(is_escape).map_or(0, |at| at + 1);
        i.events.drain(..end).collect()
    })
}

/// What was typed in this frame, taken away.
pub(super) fn typed_text(ctx: &Context) -> String {
    let mut typed = String::new();
    ctx.input_mut(|i| {
        i.events.retain(|event| match event {
            egui::Event::Text(text) => {
                typed.push_str(text);
                false
            }
            _ => true,
        });
    });
    typed
}

/// What was held down when something was clicked in this frame: also where it was let go in the same frame, as happens
/// while frames are slow.
pub(super) fn held_at_click(ui: &Ui) -> Modifiers {
    let of_click = |event: &egui::Event| match event {
        egui::Event::PointerButton { pressed: false, modifiers, .. } => Some(*modifiers),
        _ => None,
    };
    ui.input(|i| i.events.iter().rev().find_map(of_click).unwrap_or(i.modifiers))
}

/// How often a key was pressed with these modifiers and no others; those presses are taken away. egui's own way lets Shift
/// and Alt go by, which mean something else here.
fn taken(ctx: &Context, modifiers: Modifiers, key: egui::Key) -> usize {
    let is_it = |event: &egui::Event| match event {
        egui::Event::Key { key: pressed, pressed: true, modifiers: held, .. } => {
            *pressed == key && held.matches_exact(modifiers)
        }
        _ => false,
    };
    ctx.input_mut(|i| {
        let before = i.events.len();
        i.events.retain(|event| !is_it(event));
        before - i.events.len()
    })
}

/// Arrow keys go from cell to cell while one is selected; with Shift they make a range.
pub(super) fn step_cells(ctx: &Context, state: &State, commands: &Commands) {
    if !matches!(state.selection, Some(Target::Cell { .. } | Target::Table { .. })) {
        return;
    }
    let ways = [
        (egui::Key::ArrowUp, -1, 0),
        (egui::Key::ArrowDown, 1, 0),
        (egui::Key::ArrowLeft, 0, -1),
        (egui::Key::ArrowRight, 0, 1),
    ];
    for (key, down, right) in ways {
        for (modifiers, extends) in [(Modifiers::SHIFT, true), (Modifiers::NONE, false)] {
            for _ in 0..taken(ctx, modifiers, key) {
                commands.push(Command::StepCell(down, right, extends));
            }
        }
    }
}

/// The ways of the arrow keys, to the right and down.
const ARROWS: [(egui::Key, f32, f32); 4] = [
    (egui::Key::ArrowUp, 0.0, -1.0),
    (egui::Key::ArrowDown, 0.0, 1.0),
    (egui::Key::ArrowLeft, -1.0, 0.0),
    (egui::Key::ArrowRight, 1.0, 0.0),
];

/// With Alt, arrow keys move the box of the selected value; with Shift too, they move its lower right corner.
pub(super) fn move_box(ctx: &Context, state: &State, commands: &Commands) {
    let Some(Selected::Field(page, field)) = Selected::of(state) else { return };
    let (Some(rect), Some(target)) = (field.rect, state.selection.clone()) else { return };
    let step = (page.size.width as f32 / 600.0).max(1.0).round();
    for (key, right, down) in ARROWS {
        for (modifiers, sizes) in [(Modifiers::ALT | Modifiers::SHIFT, true), (Modifiers::ALT, false)] {
            let times = taken(ctx, modifiers, key) as f32 * step;
            if times > 0.0 {
                let (x, y) = (right * times, down * times);
                let (left, top) = if sizes { (0.0, 0.0) } else { (x, y) };
                let moved = PageRect::new(rect.left() + left, rect.top() + top, rect.right() + x, rect.bottom() + y);
                commands.push(Command::SetRect(target.clone(), moved));
            }
        }
    }
}

/// With Shift, arrow keys select the next fields too.
pub(super) fn extend_selection(ctx: &Context, state: &State, commands: &Commands) {
    if matches!(state.selection, Some(Target::Field { .. })) {
        for (key, forward) in [(egui::Key::ArrowDown, true), (egui::Key::ArrowUp, false)] {
            for _ in 0..taken(ctx, Modifiers::SHIFT, key) {
                commands.push(Command::ExtendSelection(forward));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Event, Key};

    fn typed(events: Vec<Event>) -> (String, usize) {
        let (ctx, mut typed) = (Context::default(), String::new());
        let input = egui::RawInput { events, ..egui::RawInput::default() };
        let mut left = 0;
        let mut output = ctx.run_ui(input, |ui| {
            typed = typed_over(ui.ctx());
            left = ui.input(|i| i.events.len());
        });
        output.textures_delta.clear();
        (typed, left)
    }

    #[test]
    fn letters_begin_a_text_and_keys_with_alt_do_not() {
        let press = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let text = |text: &str| Event::Text(text.to_owned());
        assert_eq!(typed(vec![press(Key::A, Modifiers::NONE), text("a")]), ("a".to_owned(), 0));
        // Alt was let go within the frame.
        let with_alt = || vec![press(Key::Plus, Modifiers::ALT), text("+")];
        assert_eq!(typed(with_alt()), (String::new(), 2));
        let both = with_alt().into_iter().chain([press(Key::B, Modifiers::SHIFT), text("B")]).collect();
        assert_eq!(typed(both), ("B".to_owned(), 2), "what follows is typed");
        assert_eq!(typed(vec![press(Key::Space, Modifiers::NONE), text(" ")]).0, "", "a space alone begins nothing");
    }
}
