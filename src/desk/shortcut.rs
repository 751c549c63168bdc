//! Keys, and which action each asks for where a person chose others than an action's own.

use super::Action;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A key on the keyboard, named as egui names it; the window maps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Key {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
    N,
    O,
    P,
    Q,
    R,
    S,
    T,
    U,
    V,
    W,
    X,
    Y,
    Z,
    Num0,
    Num1,
    Num2,
    Num3,
    Num4,
    Num5,
    Num6,
    Num7,
    Num8,
    Num9,
    Plus,
    Minus,
    Comma,
    Period,
    Questionmark,
    Enter,
    Escape,
    Tab,
    Space,
    Delete,
    Backspace,
    ArrowUp,
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    PageUp,
    PageDown,
    Home,
    End,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F11,
    F12,
}

impl Key {
    /// Every key.
    pub const ALL: &[Self] = &[
        Self::A,
        Self::B,
        Self::C,
        Self::D,
        Self::E,
        Self::F,
        Self::G,
        Self::H,
        Self::I,
        Self::J,
        Self::K,
        Self::L,
        Self::M,
        Self::N,
        Self::O,
        Self::P,
        Self::Q,
        Self::R,
        Self::S,
        Self::T,
        Self::U,
        Self::V,
        Self::W,
        Self::X,
        Self::Y,
        Self::Z,
        Self::Num0,
        Self::Num1,
        Self::Num2,
        Self::Num3,
        Self::Num4,
        Self::Num5,
        Self::Num6,
        Self::Num7,
        Self::Num8,
        Self::Num9,
        Self::Plus,
        Self::Minus,
        Self::Comma,
        Self::Period,
        Self::Questionmark,
        Self::Enter,
        Self::Escape,
        Self::Tab,
        Self::Space,
        Self::Delete,
        Self::Backspace,
        Self::ArrowUp,
        Self::ArrowDown,
        Self::ArrowLeft,
        Self::ArrowRight,
        Self::PageUp,
        Self::PageDown,
        Self::Home,
        Self::End,
        Self::F1,
        Self::F2,
        Self::F3,
        Self::F4,
        Self::F5,
        Self::F6,
        Self::F7,
        Self::F8,
        Self::F9,
        Self::F10,
        Self::F11,
        Self::F12,
    ];
}

/// The keys of actions, with those that the person chose in place of an action's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct KeyMap(BTreeMap<Action, Vec<Shortcut>>);

/// What an earlier or later version kept and this one does not know is left out.
impl<'de> Deserialize<'de> for KeyMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
        let entry = |(action, keys): (String, serde_json::Value)| {
            let action = serde_json::from_value(serde_json::Value::String(action)).ok()?;
            Some((action, serde_json::from_value(keys).ok()?))
        };
        Ok(Self(kept.into_iter().filter_map(entry).collect()))
    }
}

impl KeyMap {
    /// The keys that ask for `action`; the first is the one that is shown.
    pub fn keys(&self, action: Action) -> &[Shortcut] {
        self.0.get(&action).map_or_else(|| action.shortcuts(), Vec::as_slice)
    }

    /// The action that a key asks for.
    pub fn owner(&self, key: Shortcut) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| self.keys(*action).contains(&key))
    }

    /// From now on `key` alone asks for `action`; refused with the action that has it already, where that is another.
    pub fn set(&mut self, action: Action, key: Shortcut) -> Result<(), Action> {
        match self.owner(key) {
            Some(owner) if owner != action => Err(owner),
            _ => {
                self.0.insert(action, vec![key]);
                Ok(())
            }
        }
    }

    /// Whether any key is not the action's own.
    pub fn is_changed(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A key with what is held down. `command` is Ctrl, and ⌘ on a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shortcut {
    /// Ctrl (⌘ on a Mac) is held.
    pub command: bool,
    /// Shift is held.
    pub shift: bool,
    /// Alt (⌥ on a Mac) is held.
    pub alt: bool,
    /// The key itself.
    pub key: Key,
}

pub(super) const fn plain(key: Key) -> Shortcut {
    Shortcut { command: false, shift: false, alt: false, key }
}

pub(super) const fn ctrl(key: Key) -> Shortcut {
    Shortcut { command: true, shift: false, alt: false, key }
}

pub(super) const fn ctrl_shift(key: Key) -> Shortcut {
    Shortcut { command: true, shift: true, alt: false, key }
}

pub(super) const fn shift(key: Key) -> Shortcut {
    Shortcut { command: false, shift: true, alt: false, key }
}

pub(super) const fn alt(key: Key) -> Shortcut {
    Shortcut { command: false, shift: false, alt: true, key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_taken_is_refused_and_what_is_kept_comes_back() {
        let mut keys = KeyMap::default();
        assert_eq!(keys.set(Action::Accept, plain(Key::W)), Err(Action::ToggleWords));
        assert_eq!(keys.set(Action::Accept, plain(Key::J)), Ok(()));
        assert_eq!((keys.keys(Action::Accept), keys.owner(plain(Key::Enter))), (&[plain(Key::J)][..], None));
        assert_eq!(keys.set(Action::ToggleWords, plain(Key::Enter)), Ok(()), "it is free now");
        let mut kept = serde_json::to_value(&keys).unwrap();
        assert_eq!(serde_json::from_value::<KeyMap>(kept.clone()).unwrap(), keys);
        kept["FlyToTheMoon"] = serde_json::json!([]);
        assert_eq!(serde_json::from_value::<KeyMap>(kept).unwrap(), keys, "another version's action is left out");
        for (action, key) in Action::ALL.iter().flat_map(|a| keys.keys(*a).iter().map(move |key| (a, key))) {
            assert_eq!(keys.owner(*key), Some(*action), "no key asks for two things");
        }
    }
}
