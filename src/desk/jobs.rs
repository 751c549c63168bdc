//! Runs jobs off the UI thread and brings their events. A thin shell: what a job does is in the files below it, what
//! follows from it is `update`'s.

mod accounts;
mod annotations;
mod dialog;
mod export;
mod export_pdf;
mod fetch;
mod files;
mod find;
mod import;
mod models;
mod pause;
mod poll;
mod push;
mod read;
mod read_box;
mod remote;
mod secrets;
mod service;
mod teach;
#[cfg(test)]
mod tests;

use super::DeskOptions;
use super::instance::{Listener, Waker};
use super::job::{Event, Job, TaskId};
use super::library::{Change, Library};
use crate::client::RequestLog;
use crate::pages::Pages;
use crate::parts::Parts;
use secrets::Secrets;
use service::Service;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// So many events wait at most; then jobs wait.
const EVENTS: usize = 256;
/// How long the end of the program waits for the library to be written.
const SAVING: Duration = Duration::from_secs(5);
/// How long it waits for whatever else runs.
const FAREWELL: Duration = Duration::from_millis(500);

/// The background of a desk.
pub(super) struct Jobs {
    /// `None` after the end, and where the system gives no threads.
    runtime: Option<Runtime>,
    events: Receiver<Event>,
    context: Context,
    library: Option<Library>,
    parts: Option<Parts>,
    wakers: Mutex<Vec<Waker>>,
}

/// What jobs need. Cheap to clone.
#[derive(Clone)]
struct Context {
    data: PathBuf,
    pages: Option<Pages>,
    service: Service,
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// What can be stopped.
    running: Arc<Mutex<HashMap<TaskId, CancellationToken>>>,
    stopping: CancellationToken,
    /// When the program started.
    start: SystemTime,
    has_dialog: Arc<AtomicBool>,
    /// Where exports go without asking.
    exports: Option<PathBuf>,
    /// Documents that wait until it is kept that they are sent.
    going: Arc<Mutex<HashMap<TaskId, oneshot::Sender<()>>>>,
}

impl Context {
    /// Brings an event; waits while there are too many. Whether anybody still takes them.
    async fn tell(&self, event: Event) -> bool {
        let taken = self.events.send(event).await.is_ok();
        (self.wake)();
        taken
    }

    /// The same on a thread that may wait.
    fn tell_blocking(&self, event: Event) -> bool {
        let taken = self.events.blocking_send(event).is_ok();
        (self.wake)();
        taken
    }

    fn going(&self) -> MutexGuard<'_, HashMap<TaskId, oneshot::Sender<()>>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<TaskId, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Jobs {
    /// Opens the library and starts the server, both in the background.
    pub(super) fn start(options: DeskOptions, requests: RequestLog) -> Self {
        let parts = options.parts.ok();
        let pages = parts.as_ref().map(|parts| match options.pages_worker {
            Some(program) => Pages::with_program(parts, program),
            None => Pages::new(parts),
        });
        let (send, events) = channel(EVENTS);
        let secrets = Secrets::new(&options.data, options.keyring);
        let context = Context {
            data: options.data,
            pages,
            service: Service::new(requests, secrets, send.clone()),
            events: send,
            wake: options.wake,
            running: Arc::default(),
            stopping: CancellationToken::new(),
            start: SystemTime::now(),
            has_dialog: Arc::default(),
            exports: options.exports,
            going: Arc::default(),
        };
        let runtime = Builder::new_multi_thread().thread_name("desk").enable_all().build();
        let runtime = runtime.inspect_err(|error| tracing::error!(%error, "no threads")).ok();
        let teller = context.clone();
        let library = Library::open(context.data.clone(), move |event| teller.tell_blocking(event))
            .inspect_err(|error| tracing::error!(%error, "no thread for the library"))
            .ok();
        let jobs = Self { runtime, events, context, library, parts, wakers: Mutex::default() };
        jobs.connect();
        jobs
    }

    /// What has arrived, without waiting.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Who draws pages.
    pub(super) fn pages(&self) -> Option<Pages> {
        self.context.pages.clone()
    }

    /// Has jobs done. Waits for nothing.
    pub(super) fn run(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            self.run_one(job);
        }
    }

    fn run_one(&mut self, job: Job) {
        let context = self.context.clone();
        match job {
            Job::Save(change) => self.save(change),
            Job::ReadTrail(id) => {
                if let Some(library) = &self.library {
                    library.read_trail(id);
                }
            }
            Job::Stop(task) => {
                context.going().remove(&task);
                if let Some(token) = context.running().remove(&task) {
                    token.cancel();
                }
            }
            Job::PickFiles(folder, options) => self.spawn(dialog::pick_files(context, folder, options)),
            Job::PickFolder(folder, options) => self.spawn(dialog::pick_folder(context, folder, options)),
            Job::Export(order) => self.spawn(export::export(context, *order)),
            Job::ExportPdfs(task, orders) => self.stoppable(task, export_pdf::export(context, task, orders)),
            Job::ExportAnnotations(documents, format) => {
                self.spawn(annotations::export(context, documents, format));
            }
            Job::PickAnnotations(folder) => self.spawn(annotations::pick(context, folder)),
            Job::ReadAnnotations(paths) => self.spawn(annotations::read(context, paths)),
            Job::Find(task, paths) => self.block(task, move |stop| find::find(&context, task, &paths, stop)),
            Job::Open(task, file) => self.block(task, move |_| files::open(&context, task, &file)),
            Job::Check(all) => self.aside(move || files::check(&context, all)),
            Job::Discard(path) => self.aside(move || files::discard(&context.data, &path)),
            Job::Sweep(keep) => self.aside(move || files::sweep(&context.data, &keep, context.start)),
            Job::Connect => self.connect(),
            Job::Reach(account, key) => self.spawn(accounts::reach(context, *account, key)),
            Job::ReachLater(id, wait) => self.spawn(accounts::reach_later(context, id, wait)),
            Job::Test(account, key) => self.spawn(accounts::test(context, *account, key)),
            Job::KeepKey(id, key) => self.spawn(accounts::keep_key(context, id, key)),
            Job::ForgetKey(id) => self.spawn(accounts::forget_key(context, id)),
            Job::Post(task, post) => self.stoppable(task, remote::post(context, task, *post)),
            Job::Go(task) => self.go(task),
            Job::Poll(task, asking) => self.stoppable(task, poll::poll(context, task, *asking)),
            Job::LookFor(task, at, token, sent_ms) => {
                self.stoppable(task, remote::look_for(context, task, at, token, sent_ms));
            }
            Job::Push(task, push) => self.stoppable(task, push::push(context, task, *push)),
            Job::DeleteThere(task, at, file) => self.stoppable(task, push::delete_there(context, task, at, file)),
            Job::Model(at, order) => self.spawn(models::ask(context, at, *order)),
            Job::Teach(task, order) => self.stoppable(task, teach::teach(context, task, *order)),
            Job::Import(task, from, what) => self.stoppable(task, import::import(context, task, from, what)),
            Job::FetchPages(task, what, address) => {
                self.stoppable(task, import::fetch_pages(context, task, *what, address));
            }
            Job::Fetch(task, address) => self.stoppable(task, fetch::run(context, task, address)),
            Job::Read(task, order) => self.stoppable(task, read::read(context, task, order)),
            Job::ReadBox(task, order) => self.stoppable(task, read_box::read_box(context, task, order)),
            Job::Words(task, order, sizes) => self.stoppable(task, read::words(context, task, order, sizes)),
        }
    }

    fn save(&self, change: Change) {
        if let Some(library) = &self.library {
            library.save(change);
        }
    }

    /// Lets a document go once everything that was to be saved is.
    fn go(&self, task: TaskId) {
        let Some(written) = self.context.going().remove(&task) else { return };
        match &self.library {
            Some(library) => library.after_saving(written),
            // Nothing can be kept; the person was told.
            None => drop(written),
        }
    }

    /// Starts the embedded server.
    fn connect(&self) {
        if let (Some(parts), Some(pages)) = (self.parts.clone(), self.pages()) {
            self.spawn(service::connect(self.context.clone(), parts, pages));
        }
    }

    /// Does `work` until it is done or stopped.
    fn stoppable(&self, task: TaskId, work: impl Future<Output = ()> + Send + 'static) {
        let token = self.context.stopping.child_token();
        self.context.running().insert(task, token.clone());
        let context = self.context.clone();
        self.spawn(async move {
            tokio::select! {
                () = token.cancelled() => {}
                () = work => {}
            }
            context.running().remove(&task);
        });
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stopping = self.context.stopping.clone();
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = work => {}
                }
            });
        }
    }

    /// Does `work` on a thread that may wait.
    fn aside(&self, work: impl FnOnce() + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn_blocking(work);
        }
    }

    /// The same for what can be stopped. It looks at its token now and then where it takes long.
    fn block(&self, task: TaskId, work: impl FnOnce(&CancellationToken) + Send + 'static) {
        let token = self.context.stopping.child_token();
        self.context.running().insert(task, token.clone());
        let context = self.context.clone();
        self.aside(move || {
            work(&token);
            context.running().remove(&task);
        });
    }

    /// Opens what later starts of the program hand over, on a thread of its own.
    pub(super) fn listen(&self, listener: Listener) {
        let context = self.context.clone();
        let waker = listener.waker();
        let listen = move || {
            while !context.stopping.is_cancelled() {
                match listener.accept() {
                    Ok(Some(commands)) => {
                        context.tell_blocking(Event::HandedOver(commands));
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(%error, "later starts of the program are not heard any more");
                        return;
                    }
                }
            }
        };
        match std::thread::Builder::new().name("hand-over".into()).spawn(listen) {
            Ok(_) => self.wakers.lock().unwrap_or_else(PoisonError::into_inner).extend(waker),
            Err(error) => tracing::error!(%error, "no thread to hear later starts of the program"),
        }
    }

    /// Stops everything; what is to be kept is written first.
    pub(super) fn shut_down(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        self.events.close();
        self.context.stopping.cancel();
        for waker in self.wakers.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            waker.wake();
        }
        if let Some(library) = self.library.take()
            && !library.close(SAVING)
        {
            tracing::error!("the library could not be written in time");
        }
        runtime.block_on(self.context.service.stop(FAREWELL));
        runtime.shutdown_timeout(FAREWELL);
    }
}

/// Says that a dialog is open for as long as it lives.
struct DialogOpen(Arc<AtomicBool>);

impl DialogOpen {
    /// `None` where one is open already.
    fn new(flag: &Arc<AtomicBool>) -> Option<Self> {
        (!flag.swap(true, Ordering::AcqRel)).then(|| Self(Arc::clone(flag)))
    }
}

impl Drop for DialogOpen {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
