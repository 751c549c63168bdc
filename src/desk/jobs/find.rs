//! Finding files: what paths are, and what the folders among them hold.

use super::Context;
use crate::desk::job::{Event, Found, TaskId};
use crate::desk::natural::natural;
use crate::document::Problem;
use crate::pages::FileKind;
use std::fs::{DirEntry, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// So many files are brought at a time.
const BATCH: usize = 200;
/// A search that has brought nothing for so long says that it still looks.
const SLOW: Duration = Duration::from_millis(250);
/// The most files that one search brings: a desk with more is none.
const MOST: usize = 5_000;

/// Brings the files that `paths` name and those in the folders among them: in the order of the paths, a folder's files
/// before its folders, as a person lists them.
pub(super) fn find(context: &Context, task: TaskId, paths: &[PathBuf], stop: &CancellationToken) {
    let mut search = Search {
        found: Vec::new(),
        brought: 0,
        last: Instant::now(),
        problems: Vec::new(),
        stop,
        tell: &mut |files| context.tell_blocking(Event::Found(task, files)),
    };
    search.all(paths);
    let problems = search.problems;
    if !stop.is_cancelled() {
        context.tell_blocking(Event::FoundAll(task, problems));
    }
}

struct Search<'a> {
    found: Vec<Found>,
    brought: usize,
    last: Instant,
    problems: Vec<Problem>,
    stop: &'a CancellationToken,
    tell: &'a mut dyn FnMut(Vec<Found>) -> bool,
}

impl Search<'_> {
    fn all(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let path = unescaped(path);
            if path.is_dir() {
                let before = self.count();
                self.folder(&path);
                if self.count() == before && !self.is_over() {
                    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                    self.problems.push(Problem::new(format!(
                        "There is no document in {name} that Proofdesk reads; choose another folder"
                    )));
                }
            } else {
                // A file that was named is taken as it is: what is wrong with it is said when it is opened.
                self.file(path);
            }
        }
        if self.count() >= MOST {
            let sentence = format!("Only the first {MOST} documents were added; take some off and add the others then");
            self.problems.push(Problem::new(sentence));
        }
        if !self.found.is_empty() {
            self.bring();
        }
    }

    const fn count(&self) -> usize {
        self.brought + self.found.len()
    }

    fn is_over(&self) -> bool {
        self.stop.is_cancelled() || self.count() >= MOST
    }

    /// What a folder holds, without what is hidden. Links to folders are not followed: they may lead in circles.
    fn folder(&mut self, folder: &Path) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
                let message = format!("The folder {name} cannot be looked into; check that you may open it");
                self.problems.push(Problem { message, details: error.to_string() });
                return;
            }
        };
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for entry in entries.flatten().filter(|entry| !is_hidden(entry)) {
            if self.stop.is_cancelled() {
                return;
            }
            self.bring_now_and_then();
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if (kind.is_file() || path.is_file()) && is_readable(&path) => files.push(path),
                _ => {}
            }
        }
        for list in [&mut files, &mut folders] {
            list.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
        }
        for file in files {
            self.file(file);
        }
        for folder in folders {
            if self.is_over() {
                return;
            }
            self.folder(&folder);
        }
    }

    fn file(&mut self, path: PathBuf) {
        if self.is_over() {
            return;
        }
        let identity = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        self.found.push(Found { path, identity });
        if self.found.len() >= BATCH {
            self.bring();
        }
    }

    /// Brings what there is, if it was a while ago; nothing, too: that shows that it is being looked for.
    fn bring_now_and_then(&mut self) {
        if self.last.elapsed() >= SLOW {
            self.bring();
        }
    }

    fn bring(&mut self) {
        if !self.stop.is_cancelled() {
            self.last = Instant::now();
            self.brought += self.found.len();
            (self.tell)(std::mem::take(&mut self.found));
        }
    }
}

/// A path as a terminal writes it, with `\ ` for a space, where there is such a file and none by the path itself.
fn unescaped(path: PathBuf) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| cfg!(unix) && text.contains('\\')) else { return path };
    let plain = PathBuf::from(text.replace("\\ ", " ").replace("\\(", "(").replace("\\)", ")").replace("\\'", "'"));
    if !path.exists() && plain.exists() { plain } else { path }
}

#[cfg(windows)]
fn is_hidden(entry: &DirEntry) -> bool {
    /// `FILE_ATTRIBUTE_HIDDEN` of the Windows API.
    const HIDDEN: u32 = 2;
    let hidden =
        |metadata: std::fs::Metadata| std::os::windows::fs::MetadataExt::file_attributes(&metadata) & HIDDEN != 0;
    begins_with_dot(entry) || entry.metadata().is_ok_and(hidden)
}

#[cfg(not(windows))]
fn is_hidden(entry: &DirEntry) -> bool {
    begins_with_dot(entry)
}

fn begins_with_dot(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a file in a folder is one that is read: by its name, else by its first bytes.
fn is_readable(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if FileKind::EXTENSIONS.contains(&extension.as_str()) {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FileKind::HEAD as u64).read_to_end(&mut head));
    read.is_ok() && FileKind::of(&head).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Problem>) {
        let mut files = Vec::new();
        let stop = CancellationToken::new();
        let mut tell = |batch: Vec<Found>| {
            files.extend(batch.into_iter().map(|file| file.path));
            true
        };
        let mut search = Search {
            found: Vec::new(),
            brought: 0,
            last: Instant::now(),
            problems: Vec::new(),
            stop: &stop,
            tell: &mut tell,
        };
        search.all(paths);
        let problems = search.problems;
        (files, problems)
    }

    fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn a_folder_brings_its_documents_in_order_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let in_order = [
            write(at, "page 2.PDF", b""),
            write(at, "page 10.pdf", b""),
            write(at, "scan", b"\x89PNG\r\n\x1a\n"),
            write(at, "b/1.jpg", b""),
            write(at, "b/c/2.tiff", b""),
        ];
        for other in [".hidden.pdf", "notes.txt", ".git/a.png", "data.bin"] {
            write(at, other, b"no document");
        }
        let (files, problems) = found(&[at.to_path_buf()]);
        assert_eq!(files, in_order);
        assert_eq!(problems, []);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_holds_itself_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = write(folder.path(), "a.pdf", b"");
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert_eq!(found(&[folder.path().to_path_buf()]).0, [file]);
    }

    #[test]
    fn a_named_file_is_taken_whatever_it_is_and_an_empty_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let named = [write(folder.path(), "notes.txt", b"x"), folder.path().join("not there.pdf"), empty];
        let (files, problems) = found(&named);
        assert_eq!(files, named[..2]);
        assert!(problems[0].message.starts_with("There is no document in empty"), "{problems:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_as_a_terminal_writes_it_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = write(folder.path(), "a (1).pdf", b"");
        let typed = file.to_str().unwrap().replace(' ', "\\ ").replace('(', "\\(").replace(')', "\\)");
        assert_eq!(found(&[typed.into()]).0, [file]);
    }

    #[test]
    fn a_stopped_search_brings_nothing_more() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a.pdf", b"");
        let stop = CancellationToken::new();
        stop.cancel();
        let mut calls = 0;
        let mut tell = |_| {
            calls += 1;
            true
        };
        let mut search = Search {
            found: Vec::new(),
            brought: 0,
            last: Instant::now(),
            problems: Vec::new(),
            stop: &stop,
            tell: &mut tell,
        };
        search.all(&[folder.path().to_path_buf()]);
        assert_eq!(calls, 0);
    }
}
