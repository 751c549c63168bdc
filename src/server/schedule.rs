//! The pages of requests whose result is not kept (full text, training documents): as many are read at once as there are
//! cores, and no request waits until another has had all of its. What is kept is read by the queue.

use super::form::Upload;
use super::reading::{ReadError, Reader, Source, Wanted};
use super::selection::Selection;
use super::store::Content;
use crate::document::{Page, PageSize, Problem};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Reads for all requests.
pub(super) struct Schedule {
    reader: Arc<dyn Reader>,
    seats: Arc<Semaphore>,
    count: usize,
}

/// What is asked of one request's files.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) pages: Selection,
    pub(super) password: Option<String>,
    pub(super) wanted: Wanted,
}

/// What came of one file.
#[derive(Debug)]
pub(super) struct FileRead {
    pub(super) name: String,
    /// The wanted pages in order, those that could not be read with a problem; or why there is none.
    pub(super) pages: Result<Vec<Page>, Problem>,
    /// The file itself.
    pub(super) content: Option<Content>,
}

/// A file of a request, shared with the threads that read it: it stays on the disk until the last has ended.
struct Job {
    upload: Upload,
    password: Option<String>,
}

impl Job {
    fn source(&self) -> Source<'_> {
        Source { path: self.upload.content.path(), password: self.password.as_deref() }
    }
}

impl Schedule {
    /// `count` pages are read at once.
    pub(super) fn new(reader: Arc<dyn Reader>, count: usize) -> Self {
        let count = count.max(1);
        Self { reader, seats: Arc::new(Semaphore::new(count)), count }
    }

    /// Reads the files of one request. Dropping the future cancels what runs.
    ///
    /// Seats are given in the order of asking, and a request asks for at most as many as there are; so the pages of
    /// several requests alternate.
    pub(super) async fn read(&self, uploads: Vec<Upload>, order: &Order) -> Result<Vec<FileRead>, ReadError> {
        let cancel = CancellationToken::new();
        let _cancelled_when_dropped = cancel.clone().drop_guard();
        let jobs: Vec<Arc<Job>> =
            uploads.into_iter().map(|upload| Arc::new(Job { upload, password: order.password.clone() })).collect();
        let opened: Vec<_> = stream::iter(jobs.clone()).map(|job| self.open(job)).buffered(self.count).collect().await;

        let mut files = Vec::with_capacity(jobs.len());
        let mut wanted = Vec::new();
        for (at, (job, sizes)) in jobs.iter().zip(opened).enumerate() {
            let pages = sizes.and_then(|sizes| {
                let numbers = order.pages.of(sizes.len());
                if numbers.is_empty() {
                    return Err(none_wanted(sizes.len()));
                }
                wanted.extend(numbers.into_iter().map(|number| (at, number, sizes[number as usize])));
                Ok(Vec::new())
            });
            files.push(FileRead { name: job.upload.name.clone(), pages, content: None });
        }
        let mut pages = stream::iter(wanted.into_iter().map(|(at, number, size)| {
            let page = self.page(jobs[at].clone(), number, size, order.wanted, cancel.clone());
            async move { (at, page.await) }
        }))
        .buffer_unordered(self.count);
        while let Some((at, page)) = pages.next().await {
            let page = page?;
            if let Ok(pages) = &mut files[at].pages {
                pages.push(page);
            }
        }
        drop(pages);
        for (file, job) in files.iter_mut().zip(jobs) {
            if let Ok(pages) = &mut file.pages {
                pages.sort_by_key(|page| page.number);
            }
            file.content = Arc::into_inner(job).map(|job| job.upload.content);
        }
        Ok(files)
    }

    async fn open(&self, job: Arc<Job>) -> Result<Vec<PageSize>, Problem> {
        let reader = self.reader.clone();
        let opened = self.seated(move || reader.open(job.source())).await;
        opened.unwrap_or_else(|| Err(ReadError::Problem(failed()))).map_err(|error| error.told().unwrap_or_else(failed))
    }

    async fn page(
        &self,
        job: Arc<Job>,
        number: u32,
        size: PageSize,
        wanted: Wanted,
        cancel: CancellationToken,
    ) -> Result<Page, ReadError> {
        let reader = self.reader.clone();
        let read = move || {
            if cancel.is_cancelled() {
                return Err(ReadError::Cancelled);
            }
            reader.read(job.source(), number, size, wanted, &cancel)
        };
        let read = self.seated(read).await.unwrap_or_else(|| Err(ReadError::Problem(failed())));
        read.or_else(|error| match error.told() {
            Some(problem) => Ok(Page { number, size, problem: Some(problem), ..Page::default() }),
            None => Err(ReadError::Cancelled),
        })
    }

    /// Does `work` on a thread of its own as soon as a seat is free; `None` where it panicked. The seat is taken until
    /// the work has ended, also when nobody waits for it any more.
    async fn seated<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let seat: OwnedSemaphorePermit = self.seats.clone().acquire_owned().await.ok()?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(seat);
            done
        });
        done.await.map_err(|error| tracing::error!(%error, "reading a page panicked")).ok()
    }
}

fn failed() -> Problem {
    Problem::new("This page could not be read because the reader failed; try it again, and tell us if it stays so")
}

pub(super) fn none_wanted(count: usize) -> Problem {
    let pages = if count == 1 { "one page" } else { "fewer pages" };
    Problem::new(format!("The document has {pages} ({count}) and none of the pages that were asked for"))
}
