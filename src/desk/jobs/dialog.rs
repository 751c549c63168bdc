//! The system's dialogs for files and folders.

use super::{Context, DialogOpen};
use crate::desk::ReadOptions;
use crate::desk::job::Event;
use crate::document::Problem;
use crate::pages::FileKind;
use rfd::AsyncFileDialog;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A dialog that ends sooner without a choice was never seen: nobody is that fast.
const UNSEEN: Duration = Duration::from_millis(300);

/// Asks for files.
pub(super) async fn pick_files(context: Context, folder: Option<PathBuf>, options: ReadOptions) {
    let Some(_open) = DialogOpen::new(&context.has_dialog) else { return };
    let asked = Instant::now();
    let capitals: Vec<String> = FileKind::EXTENSIONS.iter().map(|e| e.to_ascii_uppercase()).collect();
    let extensions: Vec<&str> =
        FileKind::EXTENSIONS.iter().copied().chain(capitals.iter().map(String::as_str)).collect();
    let dialog = AsyncFileDialog::new().set_title("Add documents");
    let dialog = dialog.add_filter("Documents and pictures", &extensions).add_filter("All files", &["*"]);
    let files = starting_in(dialog, folder).pick_files().await;
    let paths = files.map(|files| files.iter().map(|file| file.path().to_path_buf()).collect());
    tell(&context, asked, paths, options).await;
}

/// Asks for folders.
pub(super) async fn pick_folder(context: Context, folder: Option<PathBuf>, options: ReadOptions) {
    let Some(_open) = DialogOpen::new(&context.has_dialog) else { return };
    let asked = Instant::now();
    let dialog = AsyncFileDialog::new().set_title("Add a folder");
    let folders = starting_in(dialog, folder).pick_folders().await;
    let paths = folders.map(|folders| folders.iter().map(|folder| folder.path().to_path_buf()).collect());
    tell(&context, asked, paths, options).await;
}

fn starting_in(dialog: AsyncFileDialog, folder: Option<PathBuf>) -> AsyncFileDialog {
    match folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

async fn tell(context: &Context, asked: Instant, paths: Option<Vec<PathBuf>>, options: ReadOptions) {
    let event = match paths {
        Some(paths) if !paths.is_empty() => Event::Picked(paths, options),
        _ if asked.elapsed() < UNSEEN => Event::NoDialog(Problem::new(
            "The system shows no file dialog; drop files onto the window instead, or paste their paths",
        )),
        _ => return,
    };
    context.tell(event).await;
}
