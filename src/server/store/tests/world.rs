//! What the store should hold, kept in plain memory: random operations are done on both and must agree.

use super::ops::Op;
use super::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Open(FileId),
    Page(FileId, u32),
    Train(usize),
}

#[derive(Clone, Debug)]
pub(super) struct WorldJob {
    pub(super) owner: Owner,
    pub(super) lane: Lane,
    pub(super) attempts: u32,
    pub(super) interruptions: u32,
    /// The claim that holds it, and until when.
    pub(super) held: Option<(usize, i64)>,
}

#[derive(Clone, Debug)]
pub(super) struct WorldPage {
    pub(super) number: u32,
    pub(super) status: Status,
    pub(super) boxes: Option<u8>,
    pub(super) image: Option<u8>,
    pub(super) corrected: Option<(u8, u32)>,
}

#[derive(Clone, Debug)]
pub(super) struct WorldFile {
    pub(super) id: FileId,
    pub(super) model: usize,
    pub(super) content: u8,
    pub(super) status: Status,
    pub(super) approved: bool,
    pub(super) pages: Vec<WorldPage>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct WorldModel {
    pub(super) state: i64,
    /// What it learned, training by training; all of it is kept.
    pub(super) learned: Vec<u8>,
    /// Content and how often its label is annotated.
    pub(super) training: Vec<(u8, u32)>,
}

/// What the store should hold.
pub(super) struct World {
    pub(super) models: Vec<ModelId>,
    pub(super) known: Vec<WorldModel>,
    pub(super) files: Vec<WorldFile>,
    pub(super) jobs: Vec<WorldJob>,
    pub(super) claims: Vec<Claim>,
    pub(super) tries: u64,
    pub(super) now_ms: i64,
}

pub(super) fn bytes_of(content: u8) -> Vec<u8> {
    format!("content {content}").into_bytes()
}

impl World {
    pub(super) fn new(desk: &Desk) -> Self {
        Self {
            models: vec![desk.model(), desk.model()],
            known: vec![WorldModel::default(), WorldModel::default()],
            files: Vec::new(),
            jobs: Vec::new(),
            claims: Vec::new(),
            tries: 0,
            now_ms: desk.store.now_ms(),
        }
    }

    /// Does `op` on the store and here, and compares what the store answers.
    pub(super) fn apply(&mut self, desk: &Desk, op: &Op) {
        let store = &desk.store;
        self.now_ms = store.now_ms();
        match op {
            Op::Put { model, contents, sync } => self.put(store, *model, contents, *sync),
            Op::Claim { training } => self.claim(store, *training),
            Op::Finish { claim, value, pages } => self.finish(store, *claim, *value, *pages),
            Op::Fail { claim, again } => self.fail(store, *claim, *again),
            Op::Release { claim } => self.release(store, *claim),
            Op::Renew { claim } => {
                let Some((claim, job)) = self.pick(*claim) else { return };
                let renewed = store.renew(&claim, LEASE);
                if let Some(job) = job {
                    renewed.unwrap();
                    self.jobs[job].held.as_mut().unwrap().1 = self.now_ms + LEASE.as_millis() as i64;
                } else {
                    assert!(matches!(renewed, Err(StoreError::LostClaim)));
                }
            }
            Op::LeasesRunOut => desk.advance(LEASE * 2),
            Op::Delete { file } => {
                let Some(at) = chosen(&self.files, *file) else { return };
                let gone = self.files.remove(at);
                store.delete_file(&gone.id, "p").unwrap();
                self.jobs.retain(|job| !matches!(&job.owner, Owner::Open(id) | Owner::Page(id, _) if *id == gone.id));
            }
            Op::Correct { file, page, value } => {
                let Some(at) = chosen(&self.files, *file) else { return };
                let Some(page) = chosen(&self.files[at].pages, *page) else { return };
                let id = page_ids(store, &self.files[at].id)[page].clone();
                store.save_corrections(&id, &format!("[{value}]"), "p").unwrap();
                let corrected = &mut self.files[at].pages[page].corrected;
                *corrected = Some((*value, corrected.map_or(1, |(_, version)| version + 1)));
            }
            Op::Approve { file } => {
                let Some(at) = chosen(&self.files, *file) else { return };
                let approved = store.approve(&self.files[at].id, "p");
                assert_eq!(approved.is_ok(), self.files[at].status != Status::Pending);
                self.files[at].approved |= approved.is_ok();
            }
            Op::Unapprove { file } => {
                let Some(at) = chosen(&self.files, *file) else { return };
                store.unapprove(&self.files[at].id, "p").unwrap();
                self.files[at].approved = false;
            }
            Op::Retry { file } => self.retry(store, *file),
            Op::Annotate { model, content, count } => self.annotate(store, *model, *content, *count),
            Op::Train { model } => self.train(store, *model),
        }
    }

    fn put(&mut self, store: &Store, model: usize, contents: &[u8], sync: bool) {
        let lane = if sync { Lane::Sync } else { Lane::Async };
        let files = contents.iter().map(|content| new_file(store, &bytes_of(*content), "f", lane)).collect();
        let records = store.put_files(&self.models[model], files).unwrap();
        for (record, content) in records.into_iter().zip(contents) {
            self.enqueue(Owner::Open(record.id.clone()), lane);
            let id = record.id;
            let status = Status::Pending;
            self.files.push(WorldFile { id, model, content: *content, status, approved: false, pages: Vec::new() });
        }
    }

    fn claim(&mut self, store: &Store, training: bool) {
        let mut lanes = if training { vec![Lane::Training] } else { READING.to_vec() };
        let claimed = store.claim(&lanes, LEASE).unwrap();
        self.interrupt(|until| until < store.now_ms());
        self.tries += 1;
        if self.tries.is_multiple_of(4) {
            lanes.sort_by_key(|lane| *lane != Lane::Async);
        }
        let waiting = |job: &WorldJob, lane: Lane| job.held.is_none() && job.lane == lane;
        let lane = lanes.into_iter().find(|lane| self.jobs.iter().any(|job| waiting(job, *lane)));
        let Some(claim) = claimed else {
            assert_eq!(lane, None, "a job waits and none was handed out");
            return;
        };
        let owner = match &claim.task {
            Task::Open { file } => Owner::Open(file.clone()),
            Task::Page { file, number, .. } => Owner::Page(file.clone(), *number),
            Task::Extract { .. } => panic!("the world's models speak page by page"),
            Task::Train { model } => Owner::Train(self.models.iter().position(|id| id == model).unwrap()),
        };
        if let Owner::Train(model) = owner {
            let state = &mut self.known[model].state;
            *state = if *state == 3 { 4 } else { *state };
        }
        let number = self.claims.len();
        let until = self.now_ms + LEASE.as_millis() as i64;
        let job = self.jobs.iter_mut().find(|job| job.owner == owner).expect("a job that should be");
        assert!(job.held.is_none(), "handed out twice");
        assert_eq!(Some(job.lane), lane);
        assert_eq!(claim.attempt, job.attempts + 1);
        job.held = Some((number, until));
        self.claims.push(claim);
    }

    fn finish(&mut self, store: &Store, claim: usize, value: u8, pages: u32) {
        let Some((claim, job)) = self.pick(claim) else { return };
        let image = value.is_multiple_of(2).then_some(value);
        let outcome = match &claim.task {
            Task::Open { .. } => store.save_opened(&claim, 9, &numbered(pages)),
            Task::Page { .. } => {
                let image = image.map(|image| content(store, &bytes_of(image)));
                store.save_page(&claim, PageReading { image, ..reading(&format!("[{value}]")) })
            }
            Task::Extract { .. } => panic!("the world's models speak page by page"),
            Task::Train { .. } => {
                let learned = content(store, &bytes_of(value));
                store.save_trained(&claim, Trained { learned, accuracy: None, report: String::new(), documents: 1 })
            }
        };
        let Some(job) = job else {
            assert!(matches!(outcome, Err(StoreError::LostClaim)), "{outcome:?}");
            return;
        };
        outcome.unwrap();
        let job = self.jobs.remove(job);
        match &job.owner {
            Owner::Open(id) if pages == 0 => self.file(id).status = Status::Failure,
            Owner::Open(id) => {
                let pages: Vec<WorldPage> = (0..pages)
                    .map(|number| WorldPage {
                        number,
                        status: Status::Pending,
                        boxes: None,
                        image: None,
                        corrected: None,
                    })
                    .collect();
                for page in &pages {
                    self.enqueue(Owner::Page(id.clone(), page.number), job.lane);
                }
                self.file(id).pages = pages;
            }
            Owner::Page(id, number) => {
                let page = self.page(id, *number);
                (page.status, page.boxes, page.image) = (Status::Success, Some(value), image);
                self.settle(id);
            }
            Owner::Train(model) => {
                self.known[*model].state = 5;
                self.known[*model].learned.push(value);
            }
        }
    }

    fn fail(&mut self, store: &Store, claim: usize, again: bool) {
        let Some((claim, job)) = self.pick(claim) else { return };
        let fate = store.fail(&claim, "why", again);
        let Some(job) = job else {
            assert!(matches!(fate, Err(StoreError::LostClaim)));
            return;
        };
        if again && self.jobs[job].attempts < 2 {
            assert_eq!(fate.unwrap(), Fate::Again);
            self.jobs[job].attempts += 1;
            self.back(job);
        } else {
            assert_eq!(fate.unwrap(), Fate::GivenUp);
            self.give_up(job);
        }
    }

    fn release(&mut self, store: &Store, claim: usize) {
        let Some((claim, job)) = self.pick(claim) else { return };
        let released = store.release(&claim);
        if let Some(job) = job {
            released.unwrap();
            self.back(job);
        } else {
            assert!(matches!(released, Err(StoreError::LostClaim)));
        }
    }

    fn retry(&mut self, store: &Store, file: usize) {
        let Some(at) = chosen(&self.files, file) else { return };
        let before = self.files[at].clone();
        let retried = store.retry(&before.id, "p");
        assert_eq!(matches!(retried, Err(StoreError::Approved(_))), before.approved);
        if before.approved || before.status == Status::Pending {
            return;
        }
        let none_failed = before.pages.iter().all(|page| page.status != Status::Failure);
        self.files[at].status = Status::Pending;
        for (page, was) in before.pages.iter().enumerate() {
            if none_failed || was.status == Status::Failure {
                self.files[at].pages[page].status = Status::Pending;
                self.enqueue(Owner::Page(before.id.clone(), was.number), Lane::Async);
            }
        }
        if before.pages.is_empty() {
            self.enqueue(Owner::Open(before.id), Lane::Async);
        }
    }

    fn annotate(&mut self, store: &Store, model: usize, document: u8, count: u32) {
        let new = NewTraining {
            content: content(store, &bytes_of(document)),
            name: "t".to_owned(),
            width: 1,
            height: 1,
            annotation: format!("{count}"),
            words: "[]".to_owned(),
            tables: String::new(),
            labels: vec![("total".to_owned(), count)],
        };
        store.add_training(&self.models[model], vec![new], "p").unwrap();
        let known = &mut self.known[model];
        known.training.retain(|(there, _)| *there != document);
        known.training.push((document, count));
        known.state = match (known.state, count) {
            (0, 0) => 1,
            (-1..=1, 1..) => 2,
            (other, _) => other,
        };
    }

    fn train(&mut self, store: &Store, model: usize) {
        let asked = store.ask_training(&self.models[model], "p");
        let known = &mut self.known[model];
        if known.training.iter().all(|(_, count)| *count == 0) {
            assert!(matches!(asked, Err(StoreError::NothingToLearn(_))));
        } else if [3, 4, 6].contains(&known.state) {
            assert!(matches!(asked, Err(StoreError::BusyModel(_))));
        } else {
            asked.unwrap();
            known.state = if known.learned.is_empty() { 3 } else { 6 };
            self.enqueue(Owner::Train(model), Lane::Training);
        }
    }

    /// The store was opened again: nobody holds a job any more.
    pub(super) fn reopened(&mut self) {
        self.interrupt(|_| true);
        self.tries = 0;
    }

    fn enqueue(&mut self, owner: Owner, lane: Lane) {
        self.jobs.push(WorldJob { owner, lane, attempts: 0, interruptions: 0, held: None });
    }

    /// A claim out of all there ever were, mostly a late one, and the job it holds, if it still does.
    fn pick(&self, claim: usize) -> Option<(Claim, Option<usize>)> {
        let back = claim % 8 % self.claims.len().max(1);
        let number = self.claims.len().checked_sub(1 + back)?;
        let job = self.jobs.iter().position(|job| job.held.is_some_and(|(held, _)| held == number));
        Some((self.claims[number].clone(), job))
    }

    fn interrupt(&mut self, over: impl Fn(i64) -> bool) {
        let mut at = 0;
        while at < self.jobs.len() {
            if !self.jobs[at].held.is_some_and(|(_, until)| over(until)) {
                at += 1;
            } else if self.jobs[at].interruptions + 1 >= MAX_INTERRUPTIONS {
                self.give_up(at);
            } else {
                self.jobs[at].interruptions += 1;
                self.back(at);
            }
        }
    }

    fn back(&mut self, job: usize) {
        self.jobs[job].held = None;
        if let Owner::Train(model) = self.jobs[job].owner {
            let state = &mut self.known[model].state;
            *state = if *state == 4 { 3 } else { *state };
        }
    }

    fn give_up(&mut self, job: usize) {
        match self.jobs.remove(job).owner {
            Owner::Open(id) => self.file(&id).status = Status::Failure,
            Owner::Page(id, number) => {
                self.page(&id, number).status = Status::Failure;
                self.settle(&id);
            }
            Owner::Train(model) => {
                let known = &mut self.known[model];
                known.state = if known.state == 6 { 5 } else { -1 };
            }
        }
    }

    fn settle(&mut self, id: &FileId) {
        let file = self.file(id);
        if file.pages.iter().all(|page| page.status != Status::Pending) {
            let read = file.pages.iter().any(|page| page.status == Status::Success);
            file.status = if read { Status::Success } else { Status::Failure };
        }
    }

    fn file(&mut self, id: &FileId) -> &mut WorldFile {
        self.files.iter_mut().find(|file| file.id == *id).unwrap()
    }

    fn page(&mut self, id: &FileId, number: u32) -> &mut WorldPage {
        self.file(id).pages.iter_mut().find(|page| page.number == number).unwrap()
    }
}

fn chosen<T>(of: &[T], number: usize) -> Option<usize> {
    (!of.is_empty()).then(|| number % of.len())
}
