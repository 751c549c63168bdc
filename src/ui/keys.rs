//! From the desk's keys to egui's: which action a key press asks for, and how a key is written.

use crate::desk::{Action, Key, KeyMap, Shortcut};
use egui::{Event, Modifiers};
use std::cell::RefCell;

/// The key as egui knows it.
const fn egui_key(key: Key) -> egui::Key {
    match key {
        Key::A => egui::Key::A,
        Key::B => egui::Key::B,
        Key::C => egui::Key::C,
        Key::D => egui::Key::D,
        Key::E => egui::Key::E,
        Key::F => egui::Key::F,
        Key::G => egui::Key::G,
        Key::H => egui::Key::H,
        Key::I => egui::Key::I,
        Key::J => egui::Key::J,
        Key::K => egui::Key::K,
        Key::L => egui::Key::L,
        Key::M => egui::Key::M,
        Key::N => egui::Key::N,
        Key::O => egui::Key::O,
        Key::P => egui::Key::P,
        Key::Q => egui::Key::Q,
        Key::R => egui::Key::R,
        Key::S => egui::Key::S,
        Key::T => egui::Key::T,
        Key::U => egui::Key::U,
        Key::V => egui::Key::V,
        Key::W => egui::Key::W,
        Key::X => egui::Key::X,
        Key::Y => egui::Key::Y,
        Key::Z => egui::Key::Z,
        Key::Num0 => egui::Key::Num0,
        Key::Num1 => egui::Key::Num1,
        Key::Num2 => egui::Key::Num2,
        Key::Num3 => egui::Key::Num3,
        Key::Num4 => egui::Key::Num4,
        Key::Num5 => egui::Key::Num5,
        Key::Num6 => egui::Key::Num6,
        Key::Num7 => egui::Key::Num7,
        Key::Num8 => egui::Key::Num8,
        Key::Num9 => egui::Key::Num9,
        Key::Plus => egui::Key::Plus,
        Key::Minus => egui::Key::Minus,
        Key::Comma => egui::Key::Comma,
        Key::Period => egui::Key::Period,
        Key::Questionmark => egui::Key::Questionmark,
        Key::Enter => egui::Key::Enter,
        Key::Escape => egui::Key::Escape,
        Key::Tab => egui::Key::Tab,
        Key::Space => egui::Key::Space,
        Key::Delete => egui::Key::Delete,
        Key::Backspace => egui::Key::Backspace,
        Key::ArrowUp => egui::Key::ArrowUp,
        Key::ArrowDown => egui::Key::ArrowDown,
        Key::ArrowLeft => egui::Key::ArrowLeft,
        Key::ArrowRight => egui::Key::ArrowRight,
        Key::PageUp => egui::Key::PageUp,
        Key::PageDown => egui::Key::PageDown,
        Key::Home => egui::Key::Home,
        Key::End => egui::Key::End,
        Key::F1 => egui::Key::F1,
        Key::F2 => egui::Key::F2,
        Key::F3 => egui::Key::F3,
        Key::F5 => egui::Key::F5,
        Key::F6 => egui::Key::F6,
        Key::F11 => egui::Key::F11,
        Key::F4 => egui::Key::F4,
        Key::F7 => egui::Key::F7,
        Key::F8 => egui::Key::F8,
        Key::F9 => egui::Key::F9,
        Key::F10 => egui::Key::F10,
        Key::F12 => egui::Key::F12,
    }
}

/// How a key is written on a cap.
fn key_name(key: Key) -> &'static str {
    match key {
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Comma => ",",
        Key::Period => ".",
        Key::Questionmark => "?",
        Key::Escape => "Esc",
        Key::Delete => "Del",
        Key::Backspace => "⌫",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::PageUp => "Page up",
        Key::PageDown => "Page down",
        other => egui_key(other).name(),
    }
}

/// A shortcut as it is written: `Ctrl Shift O`; with the Mac's signs there.
pub(super) fn shortcut_name(shortcut: Shortcut) -> String {
    let mac = cfg!(target_os = "macos");
    let mut parts = Vec::new();
    if shortcut.command {
        parts.push(if mac { "⌘" } else { "Ctrl" });
    }
    if shortcut.alt {
        parts.push(if mac { "⌥" } else { "Alt" });
    }
    if shortcut.shift {
        parts.push(if mac { "⇧" } else { "Shift" });
    }
    parts.push(key_name(shortcut.key));
    parts.join(" ")
}

thread_local! {
    /// The keys that hold on the window's thread; menus, buttons and tooltips show them.
    static KEYS: RefCell<KeyMap> = RefCell::default();
}

/// From now on these keys hold.
pub(super) fn use_keys(keys: &KeyMap) {
    KEYS.with_borrow_mut(|held| keys.clone_into(held));
}

/// The keys that ask for an action now.
pub(super) fn keys_of(action: Action) -> Vec<Shortcut> {
    KEYS.with_borrow(|held| held.keys(action).to_vec())
}

/// The key that was pressed, where it is one that an action can have.
pub(super) fn pressed_key(input: &egui::InputState) -> Option<Shortcut> {
    input.events.iter().find_map(|event| {
        let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
        let key = Key::ALL.iter().copied().find(|known| egui_key(*known) == *key)?;
        Some(Shortcut { command: modifiers.command, shift: modifiers.shift, alt: modifiers.alt, key })
    })
}

/// The first key of `action` as it is written; `None` where it has none.
pub(super) fn action_keys(action: Action) -> Option<String> {
    keys_of(action).first().map(|shortcut| shortcut_name(*shortcut))
}

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyboard {
    /// Nobody: every shortcut works.
    Free,
    /// A control that is not typed into: it keeps Tab, Enter, Space and the arrows.
    Control,
    /// A text edit: it keeps everything that edits text.
    TextEdit,
    /// A text edit in which nothing was typed yet: what takes changes back and goes to other documents works, too.
    FreshEdit,
    /// A dialog: only what opens or closes dialogs works.
    Dialog,
}

/// Whether it is one of those above the digits, which never type anything.
const fn is_function_key(key: Key) -> bool {
    matches!(
        key,
        Key::F1
            | Key::F2
            | Key::F3
            | Key::F4
            | Key::F5
            | Key::F6
            | Key::F7
            | Key::F8
            | Key::F9
            | Key::F10
            | Key::F11
            | Key::F12
    )
}

/// Whether it moves in a text or takes something out of it.
const fn moves_in_text(key: Key) -> bool {
    matches!(
        key,
        Key::Delete
            | Key::Backspace
            | Key::ArrowUp
            | Key::ArrowDown
            | Key::ArrowLeft
            | Key::ArrowRight
            | Key::Home
            | Key::End
    )
}

/// Whether `shortcut` works while `keyboard` holds.
const fn works(shortcut: Shortcut, action: Action, keyboard: Keyboard) -> bool {
    let function_key = is_function_key(shortcut.key);
    match keyboard {
        Keyboard::Free => true,
        Keyboard::Control => {
            shortcut.command
                || !matches!(
                    shortcut.key,
                    Key::Tab
                        | Key::Enter
                        | Key::Space
                        | Key::ArrowUp
                        | Key::ArrowDown
                        | Key::ArrowLeft
                        | Key::ArrowRight
                )
        }
        Keyboard::FreshEdit => {
            let goes = matches!(
                action,
                Action::Undo
                    | Action::Redo
                    | Action::NextDocument
                    | Action::PreviousDocument
                    | Action::SelectNextDocument
                    | Action::SelectPreviousDocument
                    | Action::SelectAllDocuments
                    | Action::NotThere
                    | Action::TakeReread
            );
            goes || works(shortcut, action, Keyboard::TextEdit)
        }
        Keyboard::TextEdit => {
            let types = matches!(shortcut.key, Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z);
            let ends = matches!(shortcut.key, Key::Enter | Key::Tab | Key::Space);
            function_key || (!moves_in_text(shortcut.key) && ((shortcut.command && !types) || (shortcut.alt && !ends)))
        }
        Keyboard::Dialog => {
            matches!(action, Action::CommandPalette | Action::KeySheet | Action::Quit)
                && (function_key || shortcut.command)
        }
    }
}

/// Whether a press of `key` with `modifiers` is `shortcut`. Signs that need Shift on some keyboards take it or leave it.
fn is_pressed(shortcut: Shortcut, key: egui::Key, modifiers: Modifiers) -> bool {
    let same_key = egui_key(shortcut.key) == key || (shortcut.key == Key::Plus && key == egui::Key::Equals);
    let any_shift = matches!(shortcut.key, Key::Plus | Key::Minus | Key::Questionmark | Key::Comma | Key::Period);
    same_key
        && shortcut.command == modifiers.command
        && shortcut.alt == modifiers.alt
        && (any_shift || shortcut.shift == modifiers.shift)
}

/// The actions whose keys were pressed since the last frame, in order; their events are taken away. The keys of what is
/// not `possible` now are left to whoever else wants them.
pub(super) fn pressed_actions(
    input: &mut egui::InputState,
    keyboard: Keyboard,
    possible: impl Fn(Action) -> bool,
) -> Vec<Action> {
    let mut asked = Vec::new();
    // The window system says what a key with Alt types, too: that is not meant to be written into a value.
    let mut types = false;
    input.events.retain(|event| {
        let is_typed_with_it = std::mem::take(&mut types) && matches!(event, Event::Text(_));
        if is_typed_with_it {
            return false;
        }
        if asked.last().is_some_and(|action| matches!(action, Action::CommandPalette)) {
            // What follows in the same frame is typed into the palette.
            return true;
        }
        let (key, modifiers) = match event {
            Event::Key { key, pressed: true, modifiers, .. } => (*key, *modifiers),
            // The window system turns Ctrl and C into an event of its own.
            Event::Copy => (egui::Key::C, Modifiers::COMMAND),
            _ => return true,
        };
        let found = Action::ALL.iter().copied().find(|action| {
            keys_of(*action).iter().any(|s| is_pressed(*s, key, modifiers) && works(*s, *action, keyboard))
                && possible(*action)
        });
        match found {
            Some(action) => {
                // Ctrl and C may come as both events; it is one wish.
                if asked.last() != Some(&action) || action != Action::Copy {
                    asked.push(action);
                }
                types = modifiers.alt;
                false
            }
            None => true,
        }
    });
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: egui::Key, modifiers: Modifiers, keyboard: Keyboard) -> Vec<Action> {
        let mut input = egui::InputState::default();
        input.events = vec![Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }];
        pressed_actions(&mut input, keyboard, |_| true)
    }

    #[test]
    fn every_key_of_every_action_asks_for_it() {
        for action in Action::ALL {
            for shortcut in action.shortcuts() {
                let modifiers = Modifiers {
                    command: shortcut.command,
                    ctrl: shortcut.command,
                    shift: shortcut.shift,
                    alt: shortcut.alt,
                    mac_cmd: false,
                };
                assert_eq!(press(egui_key(shortcut.key), modifiers, Keyboard::Free), [*action], "{shortcut:?}");
            }
        }
    }

    #[test]
    fn keys_that_a_person_chose_hold_in_place_of_the_own_ones() {
        let mut keys = KeyMap::default();
        keys.set(Action::Accept, Shortcut { command: false, shift: false, alt: false, key: Key::J }).unwrap();
        use_keys(&keys);
        assert_eq!(press(egui::Key::J, Modifiers::NONE, Keyboard::Free), [Action::Accept]);
        assert_eq!(press(egui::Key::Enter, Modifiers::NONE, Keyboard::Free), []);
        assert_eq!(action_keys(Action::Accept).as_deref(), Some("J"));
        use_keys(&KeyMap::default());
    }

    #[test]
    fn every_digit_and_function_key_can_be_chosen() {
        use egui::Key::{F4, F7, F8, F9, F10, F12, Num4, Num5, Num6, Num7, Num8, Num9};
        for key in [F4, F7, F8, F9, F10, F12, Num4, Num5, Num6, Num7, Num8, Num9] {
            let modifiers = Modifiers::NONE;
            let mut input = egui::InputState::default();
            input.events = vec![Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }];
            let chosen = pressed_key(&input).unwrap();
            let mut keys = KeyMap::default();
            keys.set(Action::ApproveSure, chosen).unwrap();
            use_keys(&keys);
            assert_eq!(press(key, Modifiers::NONE, Keyboard::Free), [Action::ApproveSure]);
            let is_typed = !format!("{key:?}").starts_with('F');
            let while_typing: &[Action] = if is_typed { &[] } else { &[Action::ApproveSure] };
            assert_eq!(press(key, Modifiers::NONE, Keyboard::TextEdit), while_typing, "{key:?}");
        }
        use_keys(&KeyMap::default());
        let all: std::collections::BTreeSet<_> = Key::ALL.iter().map(|key| format!("{:?}", egui_key(*key))).collect();
        assert_eq!(all.len(), Key::ALL.len());
    }

    #[test]
    fn what_is_typed_right_after_the_palette_was_opened_asks_for_nothing() {
        let key = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let events =
            vec![key(egui::Key::K, Modifiers::COMMAND), key(egui::Key::W, Modifiers::NONE), Event::Text("w".into())];
        let mut input = egui::InputState::default();
        input.events = events;
        assert_eq!(pressed_actions(&mut input, Keyboard::Free, |_| true), [Action::CommandPalette]);
        assert_eq!(input.events.len(), 2);
    }

    #[test]
    fn shift_and_tab_is_not_tab() {
        assert_eq!(press(egui::Key::Tab, Modifiers::SHIFT, Keyboard::Free), [Action::PreviousField]);
        assert_eq!(press(egui::Key::Tab, Modifiers::NONE, Keyboard::Free), [Action::NextField]);
    }

    #[test]
    fn a_question_mark_needs_shift_on_some_keyboards() {
        assert_eq!(press(egui::Key::Questionmark, Modifiers::SHIFT, Keyboard::Free), [Action::KeySheet]);
    }

    #[test]
    fn a_text_edit_keeps_its_keys() {
        assert_eq!(press(egui::Key::W, Modifiers::NONE, Keyboard::TextEdit), []);
        assert_eq!(press(egui::Key::A, Modifiers::COMMAND, Keyboard::TextEdit), []);
        assert_eq!(press(egui::Key::Enter, Modifiers::NONE, Keyboard::TextEdit), []);
        assert_eq!(press(egui::Key::K, Modifiers::COMMAND, Keyboard::TextEdit), [Action::CommandPalette]);
        assert_eq!(press(egui::Key::F1, Modifiers::NONE, Keyboard::TextEdit), [Action::KeySheet]);
    }

    #[test]
    fn what_a_key_with_alt_would_type_is_not_written_into_a_value() {
        let key = |key| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::ALT };
        let mut input = egui::InputState::default();
        input.events = vec![key(egui::Key::Plus), Event::Text("+".into()), Event::Text("7".into())];
        assert_eq!(pressed_actions(&mut input, Keyboard::FreshEdit, |_| true), [Action::LargerText]);
        assert_eq!(input.events, [Event::Text("7".into())]);
        assert_eq!(press(egui::Key::O, Modifiers::ALT, Keyboard::TextEdit), [Action::AddWith]);
        assert_eq!(press(egui::Key::ArrowLeft, Modifiers::ALT, Keyboard::TextEdit), [], "a text edit's own");
    }

    #[test]
    fn while_nothing_was_typed_changes_can_be_taken_back() {
        let press = |key, keyboard| press(key, Modifiers::COMMAND, keyboard);
        assert_eq!(press(egui::Key::Z, Keyboard::TextEdit), []);
        assert_eq!(press(egui::Key::Z, Keyboard::FreshEdit), [Action::Undo]);
        assert_eq!(press(egui::Key::ArrowDown, Keyboard::FreshEdit), [Action::NextDocument]);
        assert_eq!(press(egui::Key::C, Keyboard::FreshEdit), []);
        let taken = |keyboard| self::press(egui::Key::Enter, Modifiers::ALT, keyboard);
        assert_eq!((taken(Keyboard::FreshEdit), taken(Keyboard::TextEdit)), (vec![Action::TakeReread], vec![]));
    }

    #[test]
    fn a_control_that_has_the_keyboard_keeps_tab_and_enter() {
        assert_eq!(press(egui::Key::Tab, Modifiers::NONE, Keyboard::Control), []);
        assert_eq!(press(egui::Key::W, Modifiers::NONE, Keyboard::Control), [Action::ToggleWords]);
    }
}
