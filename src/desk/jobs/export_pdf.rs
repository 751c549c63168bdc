//! Searchable PDFs: each document's pages with their words behind them.

use super::export::{name_of, whole};
use super::{Context, DialogOpen};
use crate::desk::job::{Event, PdfOrder, TaskId};
use crate::document::{KeptText, Page, Problem, TextSource};
use crate::pages::{Binder, FileKind, Pages, Render};
use rfd::AsyncFileDialog;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Asks for a folder, and writes a PDF a document there.
pub(super) async fn export(context: Context, task: TaskId, orders: Vec<PdfOrder>) {
    let folder = {
        match DialogOpen::new(&context.has_dialog) {
            Some(_open) => AsyncFileDialog::new().set_title("Export searchable PDFs into a folder").pick_folder().await,
            None => None,
        }
    };
    let Some(folder) = folder.map(|folder| folder.path().to_path_buf()) else {
        context.tell(Event::PdfsExported(task, Ok(None))).await;
        return;
    };
    let result = written(&context, task, &folder, orders).await;
    context.tell(Event::PdfsExported(task, result.map(|(count, problems)| Some((folder, count, problems))))).await;
}

/// So many were written; the problems are those of the others.
async fn written(
    context: &Context,
    task: TaskId,
    folder: &Path,
    orders: Vec<PdfOrder>,
) -> Result<(usize, Vec<Problem>), Problem> {
    let Some(pages) = context.pages.clone() else { return Err(Problem::new("A part of the program is missing")) };
    let (total, mut taken, mut problems) = (orders.len(), HashSet::new(), Vec::new());
    for (done, order) in orders.into_iter().enumerate() {
        context.tell(Event::ExportingPdfs(task, done, total)).await;
        let (pages, path) = (pages.clone(), free_path(folder, &order.name, &mut taken));
        let one = tokio::task::spawn_blocking(move || write(&pages, &order, &path)).await;
        let one = one.unwrap_or_else(|error| Err(Problem::new(format!("The export failed: {error}"))));
        // One that cannot be written does not keep the others from it.
        problems.extend(one.err());
    }
    Ok((total - problems.len(), problems))
}

/// `a.pdf` for `a.jpg`; a second one of that name in this export is `a (2).pdf`. What was there before is replaced. A
/// service may call a document anything: what leads out of the folder is left away.
fn free_path(folder: &Path, name: &str, taken: &mut HashSet<String>) -> PathBuf {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = Path::new(last).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.unwrap_or_else(|| "document".to_owned());
    let mut name = format!("{stem}.pdf");
    let mut again = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{stem} ({again}).pdf");
        again += 1;
    }
    folder.join(name)
}

fn write(pages: &Pages, order: &PdfOrder, path: &Path) -> Result<(), Problem> {
    let name = name_of(path);
    let failed = |error: &dyn std::fmt::Display| Problem {
        message: format!("{name} could not be written; choose another place or make room"),
        details: error.to_string(),
    };
    let has_layer = |page: &Arc<Page>| page.text.as_ref().is_some_and(|text| text.source == TextSource::Layer);
    let is_searchable = order.kind == Some(FileKind::Pdf)
        && order.file.password.is_none()
        && order.pages.len() == order.sizes.len()
        && order.pages.iter().all(has_layer);
    // What is searchable already stays as it is.
    let bytes = if is_searchable {
        std::fs::read(&order.file.path).map_err(|error| failed(&error))?
    } else {
        let mut binder = Binder::default();
        for (number, size) in (0..).zip(order.sizes.iter()) {
            let image = pages.render(&order.file, number, &Render::whole(*size)).map_err(|error| Problem {
                message: format!("{} has pages that cannot be drawn; it was left out", order.name),
                details: error.to_string(),
            })?;
            let page = order.pages.iter().find(|page| page.number == number);
            let text = page.and_then(|page| page.text.as_ref()).map(KeptText::unpacked);
            binder.add(&image, *size, text.as_ref()).map_err(|error| failed(&error))?;
        }
        binder.finish(&order.name)
    };
    whole(path, &bytes).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_collide() {
        let mut taken = HashSet::new();
        let mut name = |name: &str| name_of(&free_path(Path::new("/x"), name, &mut taken));
        assert_eq!(
            [name("a.jpg"), name("A.pdf"), name("a.png"), name("b")],
            ["a.pdf", "A (2).pdf", "a (3).pdf", "b.pdf"]
        );
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["/etc/a.pdf", "../../a.pdf", "C:\\bills\\a.pdf"] {
            assert_eq!(free_path(Path::new("/x"), name, &mut HashSet::new()), Path::new("/x/a.pdf"), "{name}");
        }
        for name in ["/x/..", "", "/"] {
            assert_eq!(free_path(Path::new("/x"), name, &mut HashSet::new()), Path::new("/x/document.pdf"), "{name}");
        }
    }
}
