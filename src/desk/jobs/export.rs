//! Exports: the person is asked where to, the file is written whole or not at all.

use super::{Context, DialogOpen};
use crate::desk::export::{Content, Format, bytes};
use crate::desk::job::{Event, ExportOrder};
use crate::desk::library::user_name;
use crate::document::Problem;
use rfd::AsyncFileDialog;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Asks where to, and writes the export there.
pub(super) async fn export(context: Context, mut order: ExportOrder) {
    for reviewer in order.documents.iter_mut().filter_map(|document| document.reviewer.as_mut()) {
        if reviewer.is_empty() {
            *reviewer = user_name();
        }
    }
    let Some(path) = place(&context, order.content).await else { return };
    let count = order.documents.len();
    let written = tokio::task::spawn_blocking(move || write(&order, &path).map(|()| (path, count))).await;
    let result = written.unwrap_or_else(|error| Err(Problem::new(format!("The export failed: {error}"))));
    context.tell(Event::Exported(result)).await;
}

/// Where an export goes; `None` where the person wants none, or is being asked something else.
async fn place(context: &Context, content: Content) -> Option<PathBuf> {
    let (title, name) = match content {
        Content::Values => ("Export values", "values.xlsx"),
        Content::Lines => ("Export table lines", "lines.csv"),
        Content::Everything => ("Export everything", "documents.json"),
        Content::Replies => ("Export replies of the Nanonets API", "replies.json"),
    };
    if let Some(folder) = &context.exports {
        return Some(folder.join(name));
    }
    let _open = DialogOpen::new(&context.has_dialog)?;
    let dialog = AsyncFileDialog::new().set_title(title).set_file_name(name);
    let dialog = match content {
        Content::Values => dialog
            .add_filter("Spreadsheet", &["xlsx"])
            .add_filter("CSV", &["csv"])
            .add_filter("JSON with scores and boxes", &["json"]),
        Content::Lines => dialog.add_filter("CSV", &["csv"]).add_filter("Spreadsheet", &["xlsx"]),
        Content::Everything | Content::Replies => dialog.add_filter("JSON", &["json"]),
    };
    Some(dialog.save_file().await?.path().to_path_buf())
}

fn write(order: &ExportOrder, path: &Path) -> Result<(), Problem> {
    let format = match order.content {
        Content::Everything | Content::Replies => Format::Json,
        Content::Values | Content::Lines => Format::of_name(&path.to_string_lossy()),
    };
    let bytes = bytes(&order.documents, order.content, order.columns, format, &order.known)?;
    whole(path, &bytes).map_err(|error| Problem {
        message: format!("{} could not be written; choose another place or make room", name_of(path)),
        details: error.to_string(),
    })
}

/// Writes a file under another name beside it first, so that nobody ever sees half of it.
pub(super) fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let mut file = tempfile::Builder::new().prefix(".proofdesk-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        // As any other new file; a temporary one is for its owner alone.
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.csv");
        for text in ["first, and longer", "second"] {
            whole(&path, text.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        assert!(whole(&folder.path().join("no/such/folder.csv"), b"x").is_err());
    }
}
