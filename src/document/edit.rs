//! Changes that persons make: each an [`Edit`] with an inverse, so that everything can be undone and nothing is lost.

use super::{Field, Page, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a person has decided about a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    /// Nothing yet.
    #[default]
    Open,
    /// Its values are right.
    Approved,
    /// It is of no use.
    Rejected,
}

/// What can be edited of a document.
#[derive(Debug)]
pub struct Editable<'a> {
    /// What is known of its pages, by number.
    pub pages: &'a mut BTreeMap<u32, Arc<Page>>,
    /// What was decided about it.
    pub standing: &'a mut Standing,
}

/// One change. What was there before and what is there afterwards; `None` is nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// A field: its value, label or place; a new one; one that is deleted.
    Field {
        /// Its page, from 0.
        page: u32,
        /// Its place among the page's fields.
        at: usize,
        /// As it was.
        before: Option<Box<Field>>,
        /// As it is.
        after: Option<Box<Field>>,
    },
    /// A table with its cells.
    Table {
        /// Its page, from 0.
        page: u32,
        /// Its place among the page's tables.
        at: usize,
        /// As it was.
        before: Option<Box<Table>>,
        /// As it is.
        after: Option<Box<Table>>,
    },
    /// What was decided about the document.
    Standing {
        /// Before.
        before: Standing,
        /// Now.
        after: Standing,
    },
}

impl Edit {
    /// The edit that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Field { page, at, before, after } => Self::Field { page, at, before: after, after: before },
            Self::Table { page, at, before, after } => Self::Table { page, at, before: after, after: before },
            Self::Standing { before, after } => Self::Standing { before: after, after: before },
        }
    }

    /// The page it changes, from 0; `None` where it is about the whole document.
    pub const fn page(&self) -> Option<u32> {
        match self {
            Self::Field { page, .. } | Self::Table { page, .. } => Some(*page),
            Self::Standing { .. } => None,
        }
    }

    /// Makes the change. A page that is not there is left alone; what is to be changed and is gone comes back as it is to
    /// be, so that a person's word is never lost.
    pub fn apply(&self, document: &mut Editable<'_>) {
        match self {
            Self::Field { page, at, before, after } => {
                if let Some(page) = document.pages.get_mut(page) {
                    let fields = &mut Arc::make_mut(page).fields;
                    replace(fields, *at, before.as_deref(), after.as_deref(), |a, b| a.id == b.id);
                }
            }
            Self::Table { page, at, before, after } => {
                if let Some(page) = document.pages.get_mut(page) {
                    let tables = &mut Arc::make_mut(page).tables;
                    replace(tables, *at, before.as_deref(), after.as_deref(), |a, b| a.id == b.id);
                }
            }
            Self::Standing { after, .. } => *document.standing = *after,
        }
    }
}

fn replace<T: Clone>(
    list: &mut Vec<T>,
    at: usize,
    before: Option<&T>,
    after: Option<&T>,
    same: impl Fn(&T, &T) -> bool,
) {
    let there = before.or(after).and_then(|wanted| list.iter().position(|one| same(one, wanted)));
    match (there, after) {
        (Some(there), Some(after)) => list[there] = after.clone(),
        (Some(there), None) => {
            list.remove(there);
        }
        (None, Some(after)) => list.insert(at.min(list.len()), after.clone()),
        (None, None) => {}
    }
}

/// What one gesture changes; it is undone at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step(pub Vec<Edit>);

impl Step {
    /// Makes the changes, in their order.
    pub fn apply(&self, document: &mut Editable<'_>) {
        for edit in &self.0 {
            edit.apply(document);
        }
    }

    /// The step that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self(self.0.into_iter().rev().map(Edit::inverse).collect())
    }

    /// The pages it changes.
    pub fn pages(&self) -> impl Iterator<Item = u32> {
        self.0.iter().filter_map(Edit::page)
    }
}

/// The steps of a document: those that stand, and those that were undone and may be done again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    steps: Vec<Step>,
    /// How many of them stand.
    standing: usize,
}

impl History {
    /// A step was made. What was undone before cannot be done again any more.
    pub fn push(&mut self, step: Step) {
        self.steps.truncate(self.standing);
        self.steps.push(step);
        self.standing += 1;
    }

    /// The fields of a page that persons took out and did not bring back.
    pub fn deleted_fields(&self, page: u32) -> impl Iterator<Item = &Field> {
        self.standing_edits().filter_map(move |edit| match edit {
            Edit::Field { page: of, before: Some(field), after: None, .. } if *of == page => Some(&**field),
            _ => None,
        })
    }

    /// The edits that stand, oldest first.
    pub fn standing_edits(&self) -> impl Iterator<Item = &Edit> {
        self.steps[..self.standing].iter().flat_map(|step| &step.0)
    }

    /// How many steps there are, also those that were undone.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What takes the last step back; it counts as undone.
    pub fn undo(&mut self) -> Option<Step> {
        self.standing = self.standing.checked_sub(1)?;
        self.steps.get(self.standing).cloned().map(Step::inverse)
    }

    /// The step that was undone last; it counts as made.
    pub fn redo(&mut self) -> Option<Step> {
        let step = self.steps.get(self.standing).cloned()?;
        self.standing += 1;
        Some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{FieldId, PageRect};
    use proptest::prelude::*;

    fn field(id: &str, text: &str) -> Field {
        let rect = Some(PageRect::new(0.0, 0.0, 10.0, 10.0));
        Field { id: FieldId(id.into()), label: "total".into(), text: text.into(), rect, ..Field::default() }
    }

    fn pages() -> BTreeMap<u32, Arc<Page>> {
        let page = |number| {
            let fields = (0..4).map(|n| field(&format!("{number}-{n}"), "x")).collect();
            (number, Arc::new(Page { number, fields, ..Page::default() }))
        };
        (0..2).map(page).collect()
    }

    /// The `n`th gesture, one that makes sense now, from numbers that may be anything. A new field's name is its own, as
    /// [`FieldId`]s are.
    fn gesture(
        pages: &BTreeMap<u32, Arc<Page>>,
        standing: Standing,
        (n, (kind, page, at)): (usize, (u8, u32, usize)),
    ) -> Step {
        let page = page % 2;
        let fields = &pages[&page].fields;
        let at = at % (fields.len() + 1);
        let there = fields.get(at).cloned();
        let edit = match (kind % 4, there) {
            (0, Some(before)) => {
                let after = Field { text: format!("{}+", before.text), confirmed: true, ..before.clone() };
                Edit::Field { page, at, before: Some(Box::new(before)), after: Some(Box::new(after)) }
            }
            (1, Some(before)) => Edit::Field { page, at, before: Some(Box::new(before)), after: None },
            (2, _) => Edit::Standing { before: standing, after: Standing::Approved },
            _ => {
                let after = field(&format!("new-{n}"), "new");
                Edit::Field { page, at, before: None, after: Some(Box::new(after)) }
            }
        };
        Step(vec![edit])
    }

    proptest! {
        #[test]
        fn any_gestures_undone_give_the_original_and_redone_the_end(
            numbers in proptest::collection::vec((any::<u8>(), any::<u32>(), any::<usize>()), 0..30),
        ) {
            let (mut pages, mut standing, mut history) = (pages(), Standing::Open, History::default());
            let original = pages.clone();
            for numbered in numbers.into_iter().enumerate() {
                let step = gesture(&pages, standing, numbered);
                step.apply(&mut Editable { pages: &mut pages, standing: &mut standing });
                history.push(step);
            }
            let end = (pages.clone(), standing);
            while let Some(step) = history.undo() {
                step.apply(&mut Editable { pages: &mut pages, standing: &mut standing });
            }
            prop_assert_eq!((&pages, standing), (&original, Standing::Open));
            while let Some(step) = history.redo() {
                step.apply(&mut Editable { pages: &mut pages, standing: &mut standing });
            }
            prop_assert_eq!((pages, standing), end);
        }
    }

    #[test]
    fn a_new_step_ends_what_could_be_done_again() {
        let mut history = History::default();
        let step = |after| Step(vec![Edit::Standing { before: Standing::Open, after }]);
        history.push(step(Standing::Approved));
        assert!(history.undo().is_some() && history.undo().is_none());
        history.push(step(Standing::Rejected));
        assert_eq!(history.redo(), None);
        assert_eq!(history.undo(), Some(step(Standing::Rejected).inverse()));
    }
}
