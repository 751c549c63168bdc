//! The limits on a worker process that the system itself keeps.

/// Address space of a worker, in bytes: what it can hold in memory stays under 1 GB, code and libraries included.
///
/// Linux and other Unix systems keep it; what asks for more is refused, which ends the worker and costs the page
/// a [`PageError::Crashed`](super::PageError::Crashed). macOS takes the limit but does not keep it, and Windows has none like it: there
/// only our own bounds hold (on the size of pages and pictures, see [`MAX_PIXELS`](super::MAX_PIXELS)), and the limit on time.
#[cfg(unix)]
const MEMORY: u64 = 950 << 20;

/// Applies the limits to this process.
pub(super) fn close() {
    #[cfg(unix)]
    {
        // A system that refuses a limit leaves the worker as it is: better than no pages at all.
        let _ = rlimit::setrlimit(rlimit::Resource::AS, MEMORY, MEMORY);
        let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    }
}
