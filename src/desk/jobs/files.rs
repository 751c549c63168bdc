//! Files are opened, looked after, and removed where they are our own.

use super::Context;
use crate::desk::DocumentId;
use crate::desk::clock::now_ms;
use crate::desk::job::{Difference, Event, Opened, Stamp, TaskId};
use crate::document::Problem;
use crate::pages::{PageError, PageFile};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The folder below the data folder that fetched documents are in, each in a folder of its own.
pub(super) const FETCHED: &str = "fetched";

/// Opens a file.
pub(super) fn open(context: &Context, task: TaskId, file: &PageFile) {
    // Looked at before it is opened: what changes in between is found next time.
    let stamp = stamp(&file.path).ok();
    let result = match &context.pages {
        Some(pages) => pages.open(file).map(|info| {
            let hash = hash(&file.path, &context.stopping).ok();
            let (kind, breaks_off) = (info.kind, info.breaks_off);
            Opened { kind, sizes: info.pages, breaks_off, stamp, hash, at_ms: now_ms() }
        }),
        None => Err(PageError::NoWorker("a run-time part is missing".to_owned())),
    };
    context.tell_blocking(Event::Opened(task, result));
}

/// The sha256 of a file, in hexadecimal digits.
fn hash(path: &Path, stopping: &CancellationToken) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut bytes)? {
            0 => break,
            _ if stopping.is_cancelled() => return Err(ErrorKind::Interrupted.into()),
            count => hasher.update(&bytes[..count]),
        }
    }
    Ok(format!("{:x}", hasher.finalize()))
}

/// What a file is like.
fn stamp(path: &Path) -> std::io::Result<Stamp> {
    let metadata = std::fs::metadata(path)?;
    let written = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Ok(Stamp { bytes: metadata.len(), written: written.map_or(0, |since| since.as_nanos() as u64) })
}

/// Says which files of earlier are gone or have changed.
pub(super) fn check(context: &Context, files: Vec<(DocumentId, PathBuf, Option<Stamp>)>) {
    for (id, path, before) in files {
        let difference = match stamp(&path) {
            Ok(now) if Some(now) == before => continue,
            Ok(_) => Difference::Rewritten,
            Err(error) if error.kind() == ErrorKind::NotFound => Difference::Gone(Problem::new(
                "This file is not where it was; put it back and try again, or remove it from the desk",
            )),
            Err(error) => Difference::Gone(Problem::new(PageError::from(error).to_string())),
        };
        if context.stopping.is_cancelled() || !context.tell_blocking(Event::Changed(id, difference)) {
            return;
        }
    }
}

/// Removes a document that was fetched, with the folder that was made for it. Removes nothing of anybody else's.
pub(super) fn discard(data: &Path, path: &Path) {
    let Some(folder) = path.parent().filter(|folder| folder.parent() == Some(&data.join(FETCHED))) else { return };
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(%error, "a fetched document could not be removed");
    }
}

/// Removes what was fetched before `start` but for these files: a crash may have left it.
pub(super) fn sweep(data: &Path, keep: &[PathBuf], start: SystemTime) {
    let kept: HashSet<&Path> = keep.iter().filter_map(|path| path.parent()).collect();
    for entry in std::fs::read_dir(data.join(FETCHED)).into_iter().flatten().flatten() {
        let folder = entry.path();
        // A folder of another name is none of ours.
        let is_ours = entry.file_name().to_str().is_some_and(|name| Uuid::parse_str(name).is_ok());
        let is_old = entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|written| written < start);
        if is_ours && is_old && !kept.contains(folder.as_path()) {
            discard(data, &folder.join("document"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_left_is_swept_and_what_is_in_use_or_not_ours_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let fetched = |name: &str| {
            let folder = data.path().join(FETCHED).join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("a.pdf"), b"x").unwrap();
            folder.join("a.pdf")
        };
        let used = fetched(&Uuid::new_v4().to_string());
        let left = fetched(&Uuid::new_v4().to_string());
        let other = fetched("my papers");
        sweep(data.path(), std::slice::from_ref(&used), UNIX_EPOCH);
        assert!(left.exists(), "what comes while it is swept is kept");
        sweep(data.path(), std::slice::from_ref(&used), SystemTime::now() + std::time::Duration::from_secs(9));
        assert!(used.exists() && other.exists() && !left.exists());
        discard(data.path(), &used);
        assert!(!used.parent().unwrap().exists());
        let outside = data.path().join("a.pdf");
        std::fs::write(&outside, b"x").unwrap();
        discard(data.path(), &outside);
        assert!(outside.exists(), "only what was fetched is removed");
    }
}
