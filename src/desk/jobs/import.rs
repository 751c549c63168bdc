//! What a service has read already comes on the desk: results first, then the pages, through addresses that it signs.

use super::Context;
use super::fetch::{NewFolder, fetching};
use super::pause::heeding;
use super::poll::page_of;
use crate::api::{FileId, FileStatus, ModelId, ModeratedPage, ModeratedReply, PageId};
use crate::client::{Client, ClientError, Fetch, FetchError, Fetched, OnFetched, fetch};
use crate::desk::job::{Event, Got, Remote, TaskId};
use crate::desk::{Import, Imported, metadata};
use crate::document::{PageSize, Problem};
use crate::pages::{Binder, PageFile, Pages, Render};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for the images of a document that is still being read.
const WAIT: Duration = Duration::from_secs(3);

/// Gets what a service has read.
pub(super) async fn import(context: Context, task: TaskId, from: Remote, what: Import) {
    let result = match context.service.of(from.connection) {
        Some(client) => {
            let files = heeding(&context, &from, || got(&client, &from, &what)).await;
            files.map_err(|error| error.problem())
        }
        None => Err(not_connected()),
    };
    context.tell(Event::Imported(task, result)).await;
}

async fn got(client: &Client, from: &Remote, what: &Import) -> Result<Vec<Got>, ClientError> {
    let model = ModelId::from(from.model.as_str());
    let reply = match what {
        Import::Days(first, last) => client.day_results(&model, *first, *last).await?,
        Import::File(file) => client.file_result(&model, &FileId::from(file.as_str())).await?,
        Import::Page(file, page) => {
            client.page_result(&model, &FileId::from(file.as_str()), &PageId(page.clone())).await?
        }
    };
    let page = if let Import::Page(_, page) = what { page.as_str() } else { "" };
    Ok(files_of(&reply, from, page))
}

/// The files of a reply, in the order in which they first occur, with their pages in order and numbered without gaps:
/// a page that the service left out has no image here either.
fn files_of(reply: &ModeratedReply, from: &Remote, page: &str) -> Vec<Got> {
    let mut files: Vec<(String, Vec<(&ModeratedPage, bool)>)> = Vec::new();
    let approved = reply.moderated_images.iter().map(|page| (page, true));
    for (wire, is_approved) in approved.chain(reply.unmoderated_images.iter().map(|page| (page, false))) {
        // A service that does not name files has one of each page.
        let name = match wire.request_file_id.as_str() {
            "" => wire.id.0.clone(),
            file => file.to_owned(),
        };
        match files.iter_mut().find(|(file, _)| *file == name) {
            Some((_, pages)) => pages.push((wire, is_approved)),
            None => files.push((name, vec![(wire, is_approved)])),
        }
    }
    let got = |(file, mut wires): (String, Vec<(&ModeratedPage, bool)>)| {
        wires.sort_by_key(|(wire, _)| wire.page.unwrap_or(0));
        let (first, _) = wires.first()?;
        let name = first.original_file_name.clone().filter(|name| !name.trim().is_empty());
        let waits = wires.iter().any(|(wire, _)| wire.status == Some(FileStatus::Pending));
        let mut name = name.unwrap_or_else(|| file.clone());
        if !page.is_empty() {
            name = format!("{name}, page {}", first.page.unwrap_or(0) + 1);
        }
        let pages =
            wires.iter().filter(|(wire, _)| wire.status != Some(FileStatus::Pending)).map(|(wire, _)| page_of(wire));
        let mut pages: Vec<_> = pages.collect();
        for (number, page) in (0..).zip(&mut pages) {
            page.number = number;
        }
        let from = Imported {
            connection: from.connection,
            model: from.model.clone(),
            file: file.clone(),
            page: page.to_owned(),
        };
        let is_approved = wires.iter().all(|(wire, is_approved)| *is_approved || wire.is_moderated == Some(true));
        let metadata = metadata::own(first.request_metadata.as_deref().unwrap_or_default()).to_owned();
        Some(Got { from, name, pages, waits, metadata, is_approved })
    };
    files.into_iter().filter_map(got).collect()
}

/// Fetches the pages of a document that a service had, as one file: its original where the service gives that out and it
/// has the same pages, otherwise the images of its pages, bound. Where it gives out neither and fetched the document from
/// `address` itself, that is fetched here too.
pub(super) async fn fetch_pages(context: Context, task: TaskId, what: Imported, address: Option<String>) {
    let result = fetching(&context, task, |progress| fetched(&context, &what, address.as_deref(), progress)).await;
    context.tell(Event::Fetched(task, result)).await;
}

async fn fetched(
    context: &Context,
    what: &Imported,
    address: Option<&str>,
    progress: OnFetched,
) -> Result<PathBuf, Problem> {
    let Some(client) = context.service.of(what.connection) else { return Err(not_connected()) };
    let Some(pages) = context.pages.clone() else { return Err(Problem::new("A part of the program is missing")) };
    let (model, file) = (ModelId::from(what.model.as_str()), FileId::from(what.file.as_str()));
    let folder = NewFolder::make(context)?;
    let limits = Fetch { may_be_here: client.address().is_this_computer(), ..Fetch::default() };
    let (mut why, mut has_tried) = (None, !what.page.is_empty());
    let from = Remote { connection: what.connection, model: what.model.clone() };
    loop {
        let reply = heeding(context, &from, || async {
            if what.page.is_empty() {
                client.file_result(&model, &file).await
            } else {
                client.page_result(&model, &file, &PageId(what.page.clone())).await
            }
        });
        let reply = reply.await;
        let sources = Sources::of(&reply.map_err(|error| error.problem())?, &client);
        if let (Some(original), false) = (&sources.original, has_tried) {
            has_tried = true;
            match fetch(original, folder.path(), &limits, &progress).await {
                // While it is being read nobody knows how many pages it has there.
                Ok(Fetched { path }) if is_of(&pages, path.clone(), sources.images.len(), sources.waits).await => {
                    folder.keep();
                    return Ok(path);
                }
                Ok(_) => {}
                Err(error) => why = Some(error),
            }
        }
        if sources.waits {
            tokio::time::sleep(WAIT).await;
            continue;
        }
        let error = match images(&pages, &sources.images, folder.path(), &limits, &progress).await {
            Ok(path) => {
                folder.keep();
                return Ok(path);
            }
            Err(error) => error.or(why),
        };
        if let Some(address) = address
            && let Ok(Fetched { path }) = fetch(address, folder.path(), &Fetch::default(), &progress).await
            && is_of(&pages, path.clone(), sources.images.len(), false).await
        {
            folder.keep();
            return Ok(path);
        }
        return Err(error.map_or_else(no_images, |error| error.problem()));
    }
}

/// Where a document's pages are.
#[derive(Debug, Default, PartialEq)]
struct Sources {
    original: Option<String>,
    /// Of each page that was read, in order.
    images: Vec<(Option<String>, PageSize)>,
    /// Pages are still being read.
    waits: bool,
}

impl Sources {
    fn of(reply: &ModeratedReply, client: &Client) -> Self {
        let mut wires: Vec<&ModeratedPage> = reply.moderated_images.iter().chain(&reply.unmoderated_images).collect();
        wires.sort_by_key(|wire| wire.page.unwrap_or(0));
        let address = |named: &str| {
            let signed = reply.signed_urls.get(named).map(|urls| urls.original.as_str()).unwrap_or_default();
            let address = if signed.is_empty() { named } else { signed };
            client.address().resolve(address)
        };
        let image = |wire: &&ModeratedPage| {
            let path = wire.extra.get("filepath").and_then(|path| path.as_str()).unwrap_or_default();
            let size = wire.size.as_ref().map_or_else(PageSize::default, |size| {
                PageSize::new(size.width.max(0.0) as u32, size.height.max(0.0) as u32)
            });
            let signed = [path, &wire.url].into_iter().find(|named| reply.signed_urls.contains_key(*named));
            (address(signed.unwrap_or(&wire.url)), size)
        };
        let is_read = |wire: &&&ModeratedPage| wire.status != Some(FileStatus::Pending);
        let images = wires.iter().filter(is_read).map(image).collect();
        let original = wires.iter().find_map(|wire| wire.file_url.as_deref().and_then(address));
        let waits = wires.iter().any(|wire| wire.status == Some(FileStatus::Pending));
        Self { original, images, waits }
    }
}

/// Whether a file can be shown and has so many pages, or any number; or is one that a password opens.
async fn is_of(pages: &Pages, path: PathBuf, count: usize, is_any: bool) -> bool {
    let pages = pages.clone();
    let opened = tokio::task::spawn_blocking(move || pages.open(&PageFile::new(path))).await;
    match opened {
        Ok(Ok(info)) => is_any || info.pages.len() == count,
        Ok(Err(error)) => matches!(error, crate::pages::PageError::NeedsPassword { .. }),
        Err(_) => false,
    }
}

/// Fetches the images of pages into `folder`; several are bound into one file.
async fn images(
    pages: &Pages,
    images: &[(Option<String>, PageSize)],
    folder: &Path,
    limits: &Fetch,
    progress: &OnFetched,
) -> Result<PathBuf, Option<FetchError>> {
    let mut paths = Vec::with_capacity(images.len());
    for (address, _) in images {
        let address = address.as_deref().ok_or(None)?;
        // Images may all have the same name.
        let own = folder.join(format!("page {}", paths.len() + 1));
        std::fs::create_dir(&own).map_err(|error| Some(error.into()))?;
        paths.push(fetch(address, &own, limits, progress).await.map_err(Some)?.path);
    }
    let target = folder.join("pages.pdf");
    let (pages, sizes) = (pages.clone(), images.iter().map(|(_, size)| *size).collect::<Vec<_>>());
    let bound = tokio::task::spawn_blocking(move || bind(&pages, &paths, &sizes, &target).map(|()| target)).await;
    bound.unwrap_or(Err(None))
}

/// Binds page images into one file, each as large as the service says it is.
fn bind(pages: &Pages, images: &[PathBuf], sizes: &[PageSize], target: &Path) -> Result<(), Option<FetchError>> {
    if images.is_empty() {
        return Err(None);
    }
    let mut binder = Binder::default();
    for (path, said) in images.iter().zip(sizes) {
        let file = PageFile::new(path);
        let own = pages.open(&file).ok().and_then(|info| info.pages.first().copied()).ok_or(None)?;
        let image = pages.render(&file, 0, &Render::whole(own)).map_err(|_| None)?;
        let size = if said.width == 0 || said.height == 0 { own } else { *said };
        binder.add(&image, size, None).map_err(|_| None)?;
    }
    std::fs::write(target, binder.finish("")).map_err(|error| Some(error.into()))
}

fn no_images() -> Problem {
    Problem::new("The service gives out no images of this document; its values are here, the page is not")
}

fn not_connected() -> Problem {
    Problem::new("The service is not connected; connect it, then try again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::ConnectionId;

    fn from() -> Remote {
        Remote { connection: ConnectionId(1), model: "m".to_owned() }
    }

    fn page(file: &str, number: u32, status: &str) -> serde_json::Value {
        serde_json::json!({ "id": format!("{file}-{number}"), "request_file_id": file, "page": number, "status": status,
                            "original_file_name": format!("{file}.pdf"), "url": format!("up/{file}/{number}.jpeg"),
                            "size": { "width": 100, "height": 50 } })
    }

    #[test]
    fn files_come_once_with_their_pages_in_order_and_what_was_approved() {
        let reply = serde_json::json!({
            "moderated_images": [page("a", 4, "success"), page("a", 1, "success")],
            "unmoderated_images": [page("b", 0, "pending"), page("c", 0, "success")],
        });
        let files = files_of(&serde_json::from_value(reply).unwrap(), &from(), "");
        let seen: Vec<_> = files.iter().map(|f| (f.name.as_str(), f.pages.len(), f.is_approved, f.waits)).collect();
        assert_eq!(seen, [("a.pdf", 2, true, false), ("b.pdf", 0, false, true), ("c.pdf", 1, false, false)]);
        assert_eq!(files[0].pages.iter().map(|page| page.number).collect::<Vec<_>>(), [0, 1], "without gaps");
        assert_eq!(files[0].from.file, "a");
    }

    #[test]
    fn a_page_alone_says_which_it_is() {
        let reply = serde_json::json!({ "unmoderated_images": [page("a", 4, "success")] });
        let files = files_of(&serde_json::from_value(reply).unwrap(), &from(), "a-4");
        assert_eq!((files[0].name.as_str(), files[0].from.page.as_str()), ("a.pdf, page 5", "a-4"));
    }

    #[test]
    fn images_are_found_by_their_path_signed_or_not() {
        let client = Client::new("https://ocr.example/api/v2", crate::api::Key::new("k").unwrap()).unwrap();
        let mut reply = serde_json::json!({ "unmoderated_images": [page("a", 1, "success"), page("a", 0, "success")],
            "signed_urls": { "up/a/0.jpeg": { "original": "https://images.example/0?sign" } } });
        let sources = Sources::of(&serde_json::from_value(reply.clone()).unwrap(), &client);
        let addresses: Vec<_> = sources.images.iter().map(|(address, _)| address.as_deref().unwrap()).collect();
        assert_eq!(addresses, ["https://images.example/0?sign", "https://ocr.example/up/a/1.jpeg"]);
        assert_eq!(sources.images[0].1, PageSize::new(100, 50));
        reply["unmoderated_images"][0]["url"] = "".into();
        let sources = Sources::of(&serde_json::from_value(reply).unwrap(), &client);
        assert_eq!(sources.images[1].0, None);
    }
}
