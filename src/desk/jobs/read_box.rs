//! Reading what stands in a part of a page, on this computer.

use super::Context;
use crate::api::ModelId;
use crate::api::convert::files_from_reply;
use crate::client::{OnProgress, PredictOptions, Upload};
use crate::desk::job::{BoxOrder, Event, TaskId};
use crate::document::{Cell, KeptText, Page, PageRect, PageText, Problem, Table, Word};
use crate::pages::{Pages, Render};
use image::ImageFormat;
use std::path::Path;
use std::sync::Arc;

/// Reads it, in pixels of the file's page.
pub(super) async fn read_box(context: Context, task: TaskId, order: BoxOrder) {
    let result = read(&context, &order).await;
    context.tell(Event::BoxRead(task, result)).await;
}

async fn read(context: &Context, order: &BoxOrder) -> Result<Page, Problem> {
    let absent = || Problem::new("The reader of this computer does not run; type the text, or restart Proofdesk");
    let client = context.service.client().ok_or_else(absent)?;
    let pages = context.pages.clone().ok_or_else(absent)?;
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let picture = folder.path().join("box.png");
    let (target, asked) = (picture.clone(), order.clone());
    let drawn = tokio::task::spawn_blocking(move || draw(&pages, &asked, &target)).await;
    drawn.map_err(|error| failed(&error))??;
    let nobody: OnProgress = Arc::new(|_| {});
    let upload = Upload { path: picture, name: "box.png".to_owned() };
    let general = ModelId::from(crate::api::GENERAL);
    let reply = client.predict_files(&general, &[upload], &PredictOptions::default(), &nobody).await;
    let files = files_from_reply(&reply.map_err(|error| error.problem())?);
    super::read::forget(&client, &general, files.iter().map(|file| file.id.clone()).collect());
    let page = files.into_iter().flat_map(|file| file.pages).next().unwrap_or_default();
    Ok(moved(page, order.region.x as f32, order.region.y as f32))
}

fn draw(pages: &Pages, order: &BoxOrder, target: &Path) -> Result<(), Problem> {
    let render = Render { size: order.size, region: Some(order.region) };
    let image = pages.ahead().render(&order.file, order.page, &render).map_err(|error| failed(&error))?;
    image.save_with_format(target, ImageFormat::Png).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::error::Error) -> Problem {
    Problem { message: "The box could not be read; type its text".to_owned(), details: error.to_string() }
}

/// What was read in a part of a page, as it stands on the whole page.
fn moved(page: Page, x: f32, y: f32) -> Page {
    let rect = |r: PageRect| PageRect::new(r.left() + x, r.top() + y, r.right() + x, r.bottom() + y);
    let cell = |cell: Cell| Cell { rect: rect(cell.rect), ..cell };
    let table =
        |table: Table| Table { rect: rect(table.rect), cells: table.cells.into_iter().map(cell).collect(), ..table };
    let word = |word: Word| Word { rect: rect(word.rect), ..word };
    let text = |kept: KeptText| {
        let text = kept.unpacked();
        PageText { words: text.words.into_iter().map(word).collect(), ..text }.into()
    };
    Page { tables: page.tables.into_iter().map(table).collect(), text: page.text.map(text), ..page }
}
