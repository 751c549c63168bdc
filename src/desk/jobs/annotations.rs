//! Files of annotations: picked and read, made and written.

use super::export::{name_of, whole};
use super::{Context, DialogOpen};
use crate::desk::annotations::{AnnotatedDocument, AnnotationFormat, files, parse};
use crate::desk::job::Event;
use crate::document::Problem;
use rfd::AsyncFileDialog;
use std::path::{Path, PathBuf};

/// A larger file holds no annotations.
const MOST_BYTES: u64 = 256 << 20;

/// Asks for files of annotations and reads them.
pub(super) async fn pick(context: Context, folder: Option<PathBuf>) {
    let picked = {
        let Some(_open) = DialogOpen::new(&context.has_dialog) else { return };
        let dialog = AsyncFileDialog::new()
            .set_title("Import annotations")
            .add_filter("Annotations (JSON, VOC XML)", &["json", "xml", "JSON", "XML"])
            .add_filter("All files", &["*"]);
        let dialog = match folder {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        dialog.pick_files().await
    };
    let Some(picked) = picked else { return };
    let paths: Vec<PathBuf> = picked.iter().map(|file| file.path().to_path_buf()).collect();
    read(context, paths).await;
}

/// Reads files of annotations.
pub(super) async fn read(context: Context, paths: Vec<PathBuf>) {
    let all = tokio::task::spawn_blocking(move || {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            match read_one(&path) {
                Ok(annotated) => all.extend(annotated),
                Err(problem) => problems.push(problem),
            }
        }
        (all, problems)
    });
    let (all, problems) = all.await.unwrap_or_else(|error| {
        (Vec::new(), vec![Problem::new(format!("The annotations could not be read: {error}"))])
    });
    context.tell(Event::AnnotationsRead(all, problems)).await;
}

fn read_one(path: &Path) -> Result<Vec<crate::desk::annotations::Annotated>, Problem> {
    let name = name_of(path);
    let failed = |error: std::io::Error| Problem {
        message: format!("{name} cannot be read; check that it is still there and that you may open it"),
        details: error.to_string(),
    };
    if std::fs::metadata(path).map_err(failed)?.len() > MOST_BYTES {
        return Err(Problem::new(format!("{name} is too large to hold annotations")));
    }
    parse(&name, &std::fs::read(path).map_err(failed)?)
}

/// Asks where to, and writes annotations there: a file, or of VOC a folder of files.
pub(super) async fn export(context: Context, documents: Vec<AnnotatedDocument>, format: AnnotationFormat) {
    let place = {
        let Some(_open) = DialogOpen::new(&context.has_dialog) else { return };
        let dialog = AsyncFileDialog::new().set_title("Export annotations");
        match format {
            AnnotationFormat::Voc => dialog.pick_folder().await,
            AnnotationFormat::Contract => {
                dialog.set_file_name("annotations.json").add_filter("JSON", &["json"]).save_file().await
            }
            AnnotationFormat::LabelStudio => {
                dialog.set_file_name("label-studio.json").add_filter("JSON", &["json"]).save_file().await
            }
        }
    };
    let Some(place) = place.map(|place| place.path().to_path_buf()) else { return };
    let count = documents.len();
    let written = tokio::task::spawn_blocking(move || write(&documents, format, &place).map(|()| (place, count))).await;
    let result = written.unwrap_or_else(|error| Err(Problem::new(format!("The export failed: {error}"))));
    context.tell(Event::Exported(result)).await;
}

/// A file of this name in a folder, or of one with a number where that is taken: nobody was asked about it.
fn free(folder: &Path, name: &str) -> PathBuf {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, "xml"));
    let mut path = folder.join(name);
    let mut again = 2;
    while path.exists() {
        path = folder.join(format!("{stem} ({again}).{end}"));
        again += 1;
    }
    path
}

fn write(documents: &[AnnotatedDocument], format: AnnotationFormat, place: &Path) -> Result<(), Problem> {
    for file in files(documents, format)? {
        let path = if format == AnnotationFormat::Voc { free(place, &file.name) } else { place.to_path_buf() };
        whole(&path, &file.bytes).map_err(|error| Problem {
            message: format!("{} could not be written; choose another place or make room", name_of(&path)),
            details: error.to_string(),
        })?;
    }
    Ok(())
}
