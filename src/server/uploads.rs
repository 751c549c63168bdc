//! Uploaded files on the disk while they are read: one folder a server, gone with it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// The name of the file in a server's folder that it holds locked as long as it runs.
const LOCK: &str = "lock";

/// This server's folder for uploads. It and what is left in it are removed when it is dropped; what a crash left
/// behind is removed by the next server that opens the same data folder.
#[derive(Debug)]
pub(super) struct Uploads {
    /// Held open, and so locked, as long as this server runs. Closed before the folder is removed, as Windows wants.
    _lock: File,
    folder: TempDir,
}

impl Uploads {
    /// Makes a folder of its own below `data`, and removes those of servers that do not run any more.
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        let all = data.join("uploads");
        fs::create_dir_all(&all)?;
        // One server at a time opens and sweeps, so that no folder is seen before its lock is held.
        let gate = File::create(all.join(LOCK))?;
        gate.lock()?;
        sweep(&all)?;
        let folder = tempfile::Builder::new().prefix("server-").tempdir_in(&all)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { _lock: lock, folder })
    }

    /// A new empty file; removed when it is dropped.
    pub(super) fn file(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix("upload-").tempfile_in(self.folder.path())
    }
}

/// Removes the folders of servers that do not run any more. What cannot be removed stays for the next time.
fn sweep(all: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all)? {
        let folder: PathBuf = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let runs = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_err());
        if !runs && let Err(error) = fs::remove_dir_all(&folder) {
            tracing::warn!(%error, folder = %folder.display(), "the uploads of an earlier run could not be removed");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(data: &Path) -> usize {
        fs::read_dir(data.join("uploads")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
    }

    #[test]
    fn what_a_crash_left_is_swept_and_what_runs_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let crashed = data.path().join("uploads").join("server-gone");
        fs::create_dir_all(&crashed).unwrap();
        fs::write(crashed.join(LOCK), b"").unwrap();
        fs::write(crashed.join("upload-1"), b"a page").unwrap();
        let first = Uploads::open(data.path()).unwrap();
        assert!(!crashed.exists());
        let upload = first.file().unwrap();
        let second = Uploads::open(data.path()).unwrap();
        assert!(upload.path().exists(), "a server that runs keeps its uploads");
        assert_eq!(servers(data.path()), 2);
        drop((first, second));
        assert_eq!(servers(data.path()), 0);
    }
}
