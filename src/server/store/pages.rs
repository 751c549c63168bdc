//! Pages of files: what a reading brought, and what persons made of it.

use super::change::Change;
use super::contents::{Content, ContentHash};
use super::files::Status;
use super::jobs::Claim;
use super::lanes::Waiting;
use super::{AuditEntry, Result, Store, StoreError};
use crate::api::{FileId, PageId};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

/// A page that is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPage {
    /// Its number in the file, from 0.
    pub number: u32,
    /// The width of its image, in pixels.
    pub width: u32,
    /// The height of its image, in pixels.
    pub height: u32,
}

/// What the reading of a page brought.
#[derive(Debug)]
pub struct PageReading {
    /// The width of the image that was read, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// The image, where it is to be kept.
    pub image: Option<Content>,
    /// The fields and tables; JSON text.
    pub boxes: String,
    /// The words; JSON text.
    pub words: String,
    /// The tables that were seen, for a model of labels to choose from; JSON text.
    pub tables: String,
    /// What a person should know of it, or empty.
    pub message: String,
}

/// What was read on a page, for a model of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContents {
    /// The page.
    pub page: PageId,
    /// Its number in the file, from 0.
    pub number: u32,
    /// Its words; JSON text.
    pub words: String,
    /// Its tables; JSON text.
    pub tables: String,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRecord {
    /// Its name.
    pub id: PageId,
    /// Its file.
    pub file: FileId,
    /// Its number in the file, from 0.
    pub number: u32,
    /// How far it is.
    pub status: Status,
    /// Why it failed, or what else there is to say; or empty.
    pub message: String,
    /// The width of its image, in pixels.
    pub width: u32,
    /// The height of its image, in pixels.
    pub height: u32,
    /// Its image, where it is kept.
    pub image: Option<ContentHash>,
    /// The model's word: fields and tables, JSON text; none before it was read. Stays until a new reading is in.
    pub boxes: Option<String>,
    /// The final word; none until a person saved the page.
    pub corrections: Option<Corrections>,
}

/// What a person saved for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrections {
    /// The complete list of fields and tables, JSON text: what is not in it is deleted.
    pub boxes: String,
    /// How often the page was saved.
    pub version: u32,
    /// When it was saved last, in milliseconds since 1970, UTC.
    pub saved_ms: i64,
    /// By whom.
    pub saved_by: String,
}

const PAGE: &str = "SELECT page.id, file, number, status, message, width, height, image, prediction.boxes, \
     correction.boxes, version, saved_ms, saved_by FROM page \
     LEFT JOIN prediction ON prediction.page = page.id LEFT JOIN correction ON correction.page = page.id";

impl Store {
    /// Ends a [`Task::Open`](super::Task::Open): the file has `page_count` pages, and these are to be read. Without any
    /// the file failed.
    pub fn save_opened(&self, claim: &Claim, page_count: u32, pages: &[NewPage]) -> Result<()> {
        self.work(|change| {
            let job = change.held(claim)?;
            let Some(file) = job.file.as_deref().filter(|_| job.kind == "open") else {
                return Err(StoreError::LostClaim);
            };
            change.tx.prepare_cached("UPDATE file SET pages = ?2 WHERE id = ?1")?.execute(params![file, page_count])?;
            if pages.is_empty() {
                return change.give_up(&job, "none of its pages is wanted");
            }
            let ids = change.insert_pages(file, pages)?;
            change.remove_job(&job)?;
            let jobs =
                ids.iter().map(|page| Waiting { kind: "page", model: &job.model, file: Some(file), page: Some(page) });
            change.enqueue(job.lane, jobs)
        })
    }

    /// Ends a [`Task::Page`](super::Task::Page) with its result, which takes the place of an earlier one. The file's
    /// status follows when it was the last.
    pub fn save_page(&self, claim: &Claim, reading: PageReading) -> Result<()> {
        self.work(|change| {
            let job = change.held(claim)?;
            let (Some(file), Some(page)) = (job.file.as_deref(), job.page.as_deref()) else {
                return Err(StoreError::LostClaim);
            };
            change.save_reading(page, reading)?;
            change.remove_job(&job)?;
            change.settle_file(file)
        })
    }

    /// A page.
    pub fn page(&self, id: &PageId) -> Result<PageRecord> {
        self.database.read(|read| {
            read.prepare_cached(&format!("{PAGE} WHERE page.id = ?1"))?
                .query_row([id.as_str()], from_row)
                .optional()?
                .ok_or_else(|| StoreError::missing("page", id))
        })
    }

    /// The pages of a file, by number; none before it was opened.
    pub fn pages(&self, file: &FileId) -> Result<Vec<PageRecord>> {
        self.database.read(|read| {
            let mut pages = read.prepare_cached(&format!("{PAGE} WHERE file = ?1 ORDER BY number"))?;
            let pages = pages.query_map([file.as_str()], from_row)?;
            Ok(pages.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Ends a [`Task::Extract`](super::Task::Extract): what the model says of each page, JSON text, takes the place of
    /// what it said before, and the reading of the file has ended.
    pub fn save_extracted(&self, claim: &Claim, boxes: &[(PageId, String)]) -> Result<()> {
        self.work(|change| {
            let job = change.held(claim)?;
            let Some(file) = job.file.as_deref().filter(|_| job.kind == "extract") else {
                return Err(StoreError::LostClaim);
            };
            for (page, boxes) in boxes {
                change
                    .tx
                    .prepare_cached(
                        "UPDATE prediction SET boxes = ?2, made_ms = ?3 \
                         WHERE page = (SELECT id FROM page WHERE id = ?1 AND file = ?4)",
                    )?
                    .execute(params![page.as_str(), boxes, change.now_ms, file])?;
            }
            change.remove_job(&job)?;
            change.end_file(file, true)
        })
    }

    /// What was read on the pages of a file, by number; pages that were not read are left out.
    pub fn contents(&self, file: &FileId) -> Result<Vec<PageContents>> {
        self.database.read(|read| {
            let mut pages = read.prepare_cached(
                "SELECT page.id, number, words, tables FROM page JOIN prediction ON prediction.page = page.id \
                 WHERE file = ?1 ORDER BY number",
            )?;
            let pages = pages.query_map([file.as_str()], |row| {
                Ok(PageContents {
                    page: PageId(row.get(0)?),
                    number: row.get(1)?,
                    words: row.get(2)?,
                    tables: row.get(3)?,
                })
            })?;
            Ok(pages.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The words of the pages of a file, JSON text, by page; pages that were not read are left out.
    pub fn words(&self, file: &FileId) -> Result<Vec<(PageId, String)>> {
        self.database.read(|read| {
            let mut words = read.prepare_cached(
                "SELECT page.id, words FROM page JOIN prediction ON prediction.page = page.id \
                 WHERE file = ?1 ORDER BY number",
            )?;
            let words = words.query_map([file.as_str()], |row| Ok((PageId(row.get(0)?), row.get(1)?)))?;
            Ok(words.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Saves what a person made of a page: the complete list of its fields and tables, JSON text. It takes the place of
    /// what was saved before; what is not in it is deleted. A page whose reading failed can be filled in by hand too.
    pub fn save_corrections(&self, page: &PageId, boxes: &str, by: &str) -> Result<PageRecord> {
        self.change(|change| {
            let (model, file): (String, String) = change
                .tx
                .prepare_cached("SELECT model, file.id FROM page JOIN file ON file.id = page.file WHERE page.id = ?1")?
                .query_row([page.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .ok_or_else(|| StoreError::missing("page", page))?;
            let version: u32 = change
                .tx
                .prepare_cached(
                    "INSERT INTO correction (page, boxes, version, saved_ms, saved_by) VALUES (?1, ?2, 1, ?3, ?4) \
                     ON CONFLICT (page) DO UPDATE SET boxes = ?2, version = version + 1, saved_ms = ?3, saved_by = ?4 \
                     RETURNING version",
                )?
                .query_row(params![page.as_str(), boxes, change.now_ms, by], |row| row.get(0))?;
            let entry = AuditEntry::new(by, "page.corrected").model(&model).file(&file).page(page.as_str());
            change.audit(&entry.detail(&version))
        })?;
        self.page(page)
    }
}

impl Change<'_> {
    /// Makes the pages of a file; the first gets the name it was given when the file came.
    fn insert_pages(&self, file: &str, pages: &[NewPage]) -> Result<Vec<String>> {
        let mut first: Option<String> = self
            .tx
            .prepare_cached("SELECT first_page FROM file WHERE id = ?1")?
            .query_row([file], |row| row.get(0))
            .optional()?;
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO page (id, file, number, status, width, height) VALUES (?1, ?2, ?3, 'pending', ?4, ?5)",
        )?;
        let mut sorted = pages.to_vec();
        sorted.sort_unstable_by_key(|page| page.number);
        sorted.dedup_by_key(|page| page.number);
        let mut ids = Vec::with_capacity(sorted.len());
        for page in sorted {
            let id = first.take().unwrap_or_else(|| Uuid::new_v4().to_string());
            insert.execute(params![id, file, page.number, page.width, page.height])?;
            ids.push(id);
        }
        Ok(ids)
    }

    fn save_reading(&mut self, page: &str, reading: PageReading) -> Result<()> {
        let before: Option<ContentHash> =
            self.tx.prepare_cached("SELECT image FROM page WHERE id = ?1")?.query_row([page], |row| row.get(0))?;
        if let Some(before) = before {
            self.drop_content(before);
        }
        let image = reading.image.map(|image| self.publish(image)).transpose()?;
        self.tx
            .prepare_cached(
                "UPDATE page SET status = 'success', message = ?2, width = ?3, height = ?4, image = ?5 WHERE id = ?1",
            )?
            .execute(params![page, reading.message, reading.width, reading.height, image])?;
        self.tx
            .prepare_cached(
                "INSERT INTO prediction (page, boxes, words, tables, made_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (page) DO UPDATE SET boxes = ?2, words = ?3, tables = ?4, made_ms = ?5",
            )?
            .execute(params![page, reading.boxes, reading.words, reading.tables, self.now_ms])?;
        Ok(())
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<PageRecord> {
    let corrected: Option<String> = row.get(9)?;
    let corrections = match corrected {
        Some(boxes) => {
            Some(Corrections { boxes, version: row.get(10)?, saved_ms: row.get(11)?, saved_by: row.get(12)? })
        }
        None => None,
    };
    Ok(PageRecord {
        id: PageId(row.get(0)?),
        file: FileId(row.get(1)?),
        number: row.get(2)?,
        status: Status::from_word(&row.get::<_, String>(3)?),
        message: row.get(4)?,
        width: row.get(5)?,
        height: row.get(6)?,
        image: row.get(7)?,
        boxes: row.get(8)?,
        corrections,
    })
}
