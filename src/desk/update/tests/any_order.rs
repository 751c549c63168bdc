//! Whatever is asked and answered in whatever order, the desk stays sound and comes to rest.

use super::{Bench, SIZE, STAMP, failing, page};
use crate::desk::job::{Answer, Difference, Event, Found, Job, Opened, Stamp};
use crate::desk::{Action, Command, DocumentId, FileState, ReadState};
use crate::document::Problem;
use crate::pages::{FileKind, PageError};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

/// One thing that happens; numbers pick a document or a job among those there are.
#[derive(Clone, Debug)]
enum Step {
    Add(u8),
    AddAddress(u8),
    Act(Action),
    Open(usize),
    Remove(usize),
    Cancel(usize),
    CancelDocument(usize),
    Password(usize),
    Page(u32),
    Rewritten(usize),
    Gone(usize),
    /// A job among those that run ends: well, badly, or with a question.
    Answer(usize, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let actions = vec![
        Action::Retry,
        Action::RetryAllFailed,
        Action::CancelAll,
        Action::RemoveDocument,
        Action::NextDocument,
        Action::NextField,
        Action::NextProblem,
        Action::LastPage,
    ];
    let pick = any::<usize>();
    let step = prop_oneof![
        4 => any::<u8>().prop_map(Step::Add),
        1 => any::<u8>().prop_map(Step::AddAddress),
        3 => proptest::sample::select(actions).prop_map(Step::Act),
        2 => pick.prop_map(Step::Open),
        1 => pick.prop_map(Step::Remove),
        1 => pick.prop_map(Step::Cancel),
        1 => pick.prop_map(Step::CancelDocument),
        1 => pick.prop_map(Step::Password),
        1 => (0..40_u32).prop_map(Step::Page),
        1 => pick.prop_map(Step::Rewritten),
        1 => pick.prop_map(Step::Gone),
        16 => (pick, any::<u8>()).prop_map(|(job, how)| Step::Answer(job, how)),
    ];
    proptest::collection::vec(step, 0..120)
}

impl Bench {
    fn some_document(&self, pick: usize) -> Option<DocumentId> {
        let documents = &self.core.state.documents;
        documents.get(pick % documents.len().max(1)).map(|d| d.id)
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Add(name) => self.command(Command::AddPaths(vec![format!("{}.pdf", name % 12).into()])),
            Step::AddAddress(name) => self.command(Command::AddText(format!("https://a.example/{}", name % 4))),
            Step::Act(action) => self.act(action),
            Step::Page(page) => self.command(Command::SeePage(page)),
            Step::Cancel(pick) => {
                let activities = &self.core.state.activities;
                if let Some(activity) = activities.get(pick % activities.len().max(1)).map(|a| a.id) {
                    self.command(Command::Cancel(activity));
                }
            }
            Step::Answer(pick, how) => self.answer_one(pick, how),
            Step::Open(pick)
            | Step::Remove(pick)
            | Step::CancelDocument(pick)
            | Step::Password(pick)
            | Step::Rewritten(pick)
            | Step::Gone(pick) => {
                let Some(id) = self.some_document(pick) else { return };
                match step {
                    Step::Open(_) => self.command(Command::Open(id)),
                    Step::Remove(_) => self.command(Command::Remove(vec![id])),
                    Step::CancelDocument(_) => self.command(Command::CancelDocuments(vec![id])),
                    Step::Password(_) => self.command(Command::GivePassword(id, "x".into())),
                    Step::Rewritten(_) => self.event(Event::Changed(id, Difference::Rewritten)),
                    _ => self.event(Event::Changed(id, Difference::Gone(Problem::new("gone")))),
                }
            }
        }
    }

    /// Ends a job, also one that was stopped: its end may be on the way already.
    fn answer_one(&mut self, pick: usize, how: u8) {
        self.jobs.retain(|job| {
            matches!(job, Job::Find(..) | Job::Fetch(..) | Job::Open(..) | Job::Read(..) | Job::Words(..))
        });
        if self.jobs.is_empty() {
            return;
        }
        let (good, number) = (how & 3 != 0, how / 4);
        match self.jobs.remove(pick % self.jobs.len()) {
            Job::Find(task, paths) => {
                let files = paths.into_iter().map(|path| Found { identity: path.clone(), path }).collect();
                self.event(Event::Found(task, files));
                self.event(Event::FoundAll(task, Vec::new()));
            }
            Job::Fetch(task, address) => {
                let path = format!("/data/fetched/{}", address.len()).into();
                self.event(Event::Fetched(task, if good { Ok(path) } else { Err(Problem::new("no")) }));
            }
            Job::Open(task, _) => {
                let sizes = vec![SIZE; usize::from(number % 9) + 1];
                let stamp = Some(Stamp { bytes: u64::from(number % 2), ..STAMP });
                let result = match (good, number % 3) {
                    (true, _) => {
                        Ok(Opened { kind: FileKind::Png, sizes, stamp, hash: None, breaks_off: false, at_ms: 1 })
                    }
                    (false, 0) => Err(PageError::NeedsPassword { wrong: false }),
                    (false, _) => Err(PageError::Empty),
                };
                self.event(Event::Opened(task, result));
            }
            Job::Read(task, order) => {
                let pages = order.pages.unwrap_or_else(|| (0..3).collect());
                let pages = pages.into_iter().skip(usize::from(number % 2));
                let pages = pages.map(|n| if number % 5 == 0 { failing(n, "bad") } else { page(n) }).collect();
                let answer = Answer { pages, problem: None, took: Duration::from_millis(u64::from(number) * 100) };
                self.event(Event::Read(task, if good { Ok(answer) } else { Err(Problem::new("no")) }));
            }
            Job::Words(task, ..) => self.event(Event::Words(task, Ok(Vec::new()))),
            _ => {}
        }
    }

    /// What always holds.
    fn check(&self) {
        let state = &self.core.state;
        let ids: BTreeSet<DocumentId> = state.documents.iter().map(|d| d.id).collect();
        assert_eq!(ids.len(), state.documents.len(), "no name is given twice");
        assert!(self.core.papers.keys().eq(ids.iter()), "each document has its notes, and nobody else");
        assert!(state.documents.iter().map(|d| d.id).is_sorted(), "they are found by their names");
        assert_eq!(self.core.identities.len(), ids.len());
        assert_eq!(state.open.is_some(), !ids.is_empty(), "where there is a document, one is shown");
        assert!(state.open.is_none_or(|open| ids.contains(&open.document)));
        for task in self.core.papers.values().filter_map(|paper| paper.task) {
            assert!(self.core.tasks.contains_key(&task), "a document that waits for a job has one");
        }
        let reads = self.core.tasks.values().filter(|task| matches!(task, super::super::Task::Read(..))).count();
        assert!(reads <= 4);
        for document in &state.documents {
            let runs = matches!(document.reading, ReadState::Reading { .. } | ReadState::Uploading { .. });
            assert_eq!(self.core.papers[&document.id].activity.is_some(), runs, "{document:?}");
            let count = document.page_count().unwrap_or(u32::MAX);
            assert!(document.pages.keys().all(|page| *page < count));
            if document.reading == ReadState::Done && matches!(document.file, FileState::Ready(_)) {
                assert_eq!(document.pages.len() as u32, count);
            }
        }
    }
}

proptest! {
    #[test]
    fn the_desk_stays_sound_and_comes_to_rest(steps in steps()) {
        let mut bench = Bench::new();
        for step in steps {
            bench.step(&step);
            bench.check();
        }
        let mut answers = 0;
        while bench.jobs.iter().any(|job| !matches!(job, Job::Save(_) | Job::Stop(_))) {
            bench.answer_one(0, 1);
            bench.check();
            answers += 1;
            prop_assert!(answers < 10_000, "it never ends");
        }
        prop_assert!(bench.core.tasks.is_empty(), "{:?}", bench.core.tasks);
        prop_assert!(bench.core.state.activities.is_empty());
        for document in &bench.core.state.documents {
            let rests = match document.file {
                FileState::Ready(_) | FileState::Elsewhere => matches!(
                    document.reading,
                    ReadState::Done | ReadState::Failed(_) | ReadState::Cancelled
                ),
                FileState::NeedsPassword { .. } | FileState::Failed(_) => true,
                FileState::Opening => false,
            };
            prop_assert!(rests, "{document:?}");
        }
    }
}
