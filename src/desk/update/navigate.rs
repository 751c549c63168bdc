//! Going from document to document, page to page, value to value.

use super::Core;
use super::order::{Stop, stops};
use crate::desk::library::Change;
use crate::desk::{DeskDocument, DocumentId, Effect, Judge, Open, ReadState, Target};
use crate::document::{Page, Score, Standing, label_name};

/// So many pages and documents on are near.
const NEAR: usize = 20;

impl Core {
    /// A page comes into view; beyond the end it is the last one.
    pub(super) fn see_page(&mut self, page: u32) {
        let Some(open) = self.state.open else { return };
        let Some((document, paper)) = self.pair(open.document) else { return };
        let page = match document.page_count() {
            Some(count) => page.min(count.saturating_sub(1)),
            None if page == u32::MAX => return,
            None => page,
        };
        if paper.seen != page {
            paper.seen = page;
            self.change(Change::Seen(open.document, page));
        }
        self.state.open = Some(Open { page, ..open });
    }

    pub(super) fn step_page(&mut self, by: i64) {
        if let Some(open) = self.state.open {
            self.see_page((i64::from(open.page) + by).clamp(0, i64::from(u32::MAX - 1)) as u32);
        }
    }

    /// Shows the next document or the one before; at the ends it stays.
    pub(super) fn step_document(&mut self, forward: bool) {
        let documents = &self.state.documents;
        let at = self.state.open.and_then(|open| documents.iter().position(|d| d.id == open.document));
        let next = match at {
            Some(at) if forward => documents.get(at + 1),
            Some(at) => at.checked_sub(1).and_then(|at| documents.get(at)),
            None if forward => documents.first(),
            None => documents.last(),
        };
        if let Some(id) = next.map(|d| d.id) {
            self.open(id);
        }
    }

    /// Selects something, or nothing, and goes to its page.
    pub(super) fn select(&mut self, target: Option<Target>) {
        if let Some(target) = &target
            && self.state.open_document().is_some()
        {
            self.see_page(target.page());
        }
        self.state.marked.clear();
        self.state.range_end = None;
        self.state.selection = target.filter(|_| self.state.open.is_some());
    }

    /// Selects the next field or table, or the one before; after the last comes the first.
    pub(super) fn step_field(&mut self, forward: bool) {
        let (Some(document), Some(open)) = (self.state.open_document(), self.state.open) else { return };
        let is_whole = |stop: &Stop| !matches!(stop.target, Target::Cell { .. });
        let walk = Walk::new(document, self.state.judge(document), self.state.selection.as_ref(), open.page, is_whole);
        let next = if forward { walk.after().or_else(|| walk.first()) } else { walk.before().or_else(|| walk.last()) };
        if next.is_some() {
            self.select(next);
        }
    }

    /// Selects the next field beside what is selected, or the one before; where that is selected already, the last one is
    /// let go.
    pub(super) fn extend_selection(&mut self, forward: bool) {
        let (Some(document), Some(open)) = (self.state.open_document(), self.state.open) else { return };
        let is_field = |stop: &Stop| matches!(stop.target, Target::Field { .. });
        let walk = Walk::new(document, self.state.judge(document), self.state.selection.as_ref(), open.page, is_field);
        let Some(next) = (if forward { walk.after() } else { walk.before() }) else { return };
        let Some(last) = self.state.selection.take() else { return self.select(Some(next)) };
        match self.state.marked.iter().position(|marked| *marked == next) {
            Some(at) => {
                self.state.marked.remove(at);
            }
            None => self.state.marked.push(last),
        }
        self.see_page(next.page());
        self.state.selection = Some(next);
    }

    /// Whether a document is one of those that a search lists; all are where there is none.
    fn is_listed(&self, document: &DeskDocument) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.binary_search(&document.id).is_ok())
    }

    fn nothing_to_look_at(&mut self) {
        let sentence = match self.listed {
            Some(_) => "No value of the documents that were found needs a look",
            None => "No value needs a look",
        };
        self.info(sentence, None);
    }

    /// Selects the next value that needs a look: in this document, then in those after it, then from the start; where
    /// documents are searched, in those that were found.
    pub(super) fn next_problem(&mut self) {
        if self.state.view.worst_first {
            return self.next_worst();
        }
        let at = self.state.open.and_then(|open| self.state.documents.iter().position(|d| d.id == open.document));
        let here = at.filter(|at| self.is_listed(&self.state.documents[*at])).and_then(|at| self.problem_here(at));
        if here.is_some() {
            self.select(here);
            return;
        }
        let documents = &self.state.documents;
        let start = at.map_or(0, |at| at + 1);
        let others = documents.iter().skip(start).chain(documents.iter().take(start));
        let found: Option<(DocumentId, Target)> = others
            .filter(|document| self.is_listed(document) && self.state.doubtful(document) > 0)
            .find_map(|d| Some((d.id, Walk::new(d, self.state.judge(d), None, 0, |stop| stop.is_doubtful).first()?)));
        match found {
            Some((id, target)) => {
                self.open(id);
                self.select(Some(target));
            }
            None => self.next_missing(start),
        }
    }

    /// Says where the next value that needs a look stands, as far as it is near.
    pub(super) fn look_ahead(&mut self) {
        self.state.upcoming = self.upcoming();
    }

    fn upcoming(&self) -> Option<(DocumentId, u32)> {
        let open = self.state.open?;
        let at = self.state.documents.binary_search_by_key(&open.document, |document| document.id).ok()?;
        let found = |document: &DeskDocument, from: u32| {
            let judge = self.state.judge(document);
            let near = document.pages.range(from..).take(NEAR);
            let page = near.filter(|(_, page)| judge.doubts(page) > 0).map(|(number, _)| *number).next();
            page.map(|page| (document.id, page))
        };
        let here = found(&self.state.documents[at], open.page + 1);
        let after = || self.state.documents[at + 1..].iter().filter(|document| self.is_listed(document));
        here.or_else(|| after().take(NEAR).find_map(|document| found(document, 0)))
    }

    /// Opens the next document, from number `start` on, in which a label has no value, and says which.
    fn next_missing(&mut self, start: usize) {
        // The document that is open comes first.
        let start = start.saturating_sub(1);
        let documents = &self.state.documents;
        let mut all = documents.iter().skip(start).chain(documents.iter().take(start));
        let lacks = |document: &&DeskDocument| {
            let is_open = document.reading == ReadState::Done && document.standing == Standing::Open;
            is_open && self.is_listed(document) && !document.concerns.missing.is_empty()
        };
        let Some(document) = all.find(lacks) else {
            return self.nothing_to_look_at();
        };
        let labels: Vec<String> = document.concerns.missing.iter().map(|label| label_name(label)).collect();
        let sentence = format!("Nothing was found for {}; type what is missing (M)", labels.join(", "));
        let id = document.id;
        if self.state.open.is_none_or(|open| open.document != id) {
            self.open(id);
        }
        self.info(sentence, Some(id));
    }

    /// Selects the worst value of all documents, or the next worst where that is selected already.
    fn next_worst(&mut self) {
        let mut all: Vec<(f32, DocumentId, Target)> = Vec::new();
        for document in self.state.documents.iter().filter(|document| self.is_listed(document)) {
            let judge = self.state.judge(document);
            let doubtful = document.pages.values().flat_map(|page| doubts_of(page, judge));
            all.extend(doubtful.map(|(score, target)| (score.get(), document.id, target)));
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let open = self.state.open.map(|open| open.document);
        let is_selected = |(_, id, target): &(f32, DocumentId, Target)| {
            Some(*id) == open && Some(target) == self.state.selection.as_ref()
        };
        let at = all.iter().position(is_selected).map_or(0, |at| (at + 1) % all.len());
        match all.into_iter().nth(at) {
            Some((_, id, target)) => {
                self.open(id);
                self.select(Some(target));
            }
            None => self.nothing_to_look_at(),
        }
    }

    /// The next one in the open document. Who has selected nothing has seen nothing: for them it also is one before
    /// the page in view.
    fn problem_here(&self, at: usize) -> Option<Target> {
        let (document, open) = (self.state.documents.get(at)?, self.state.open?);
        let selection = self.state.selection.as_ref();
        let walk = Walk::new(document, self.state.judge(document), selection, open.page, |stop| stop.is_doubtful);
        walk.after().or_else(|| if selection.is_none() { walk.first() } else { None })
    }

    /// Selects nothing where what was selected is gone.
    pub(super) fn drop_stale_selection(&mut self) {
        let (Some(document), Some(target)) = (self.state.open_document(), &self.state.selection) else { return };
        // The library may still have to bring the page.
        let awaits = self.papers.get(&document.id).is_some_and(|paper| paper.stored.contains(&target.page()));
        let gone: Vec<Target> = self.state.marked.iter().filter(|target| !has(document, target)).cloned().collect();
        if !awaits && !has(document, target) {
            self.state.selection = None;
        }
        self.state.marked.retain(|target| !gone.contains(target));
    }

    /// Copies the words of the page in view, or asks for them.
    pub(super) fn copy_page_text(&mut self) {
        let Some(open) = self.state.open else { return };
        let page = self.state.open_document().and_then(|document| document.pages.get(&open.page));
        match page.and_then(|page| page.text.as_ref()) {
            Some(text) => self.effects.push(Effect::CopyText(text.text())),
            None => self.need_words(),
        }
    }
}

fn has(document: &DeskDocument, target: &Target) -> bool {
    document.pages.get(&target.page()).is_some_and(|page| match target {
        Target::Field { id, .. } => page.fields.iter().any(|field| field.id == *id),
        Target::Table { id, .. } => page.tables.iter().any(|table| table.id == *id),
        Target::Cell { id, row, col, .. } => {
            page.tables.iter().any(|table| table.id == *id && table.cell(*row, *col).is_some())
        }
    })
}

/// What of a page needs a look, each with its score.
fn doubts_of(page: &Page, judge: Judge<'_>) -> Vec<(Score, Target)> {
    let number = page.number;
    let fields = page.fields.iter().filter(|field| judge.needs_look(field));
    let mut all: Vec<(Score, Target)> =
        fields.map(|field| (field.score, Target::Field { page: number, id: field.id.clone() })).collect();
    for table in &page.tables {
        let id = &table.id;
        if judge.table_needs_look(table) {
            all.push((table.score, Target::Table { page: number, id: id.clone() }));
        }
        let target = |row, col| Target::Cell { page: number, id: id.clone(), row, col };
        all.extend(judge.doubtful_cells(table).map(|cell| (cell.score, target(cell.row, cell.col))));
    }
    all
}

/// A way through the values of a document, from where the person is. Looks at a page only when it comes to it.
struct Walk<'a, F> {
    document: &'a DeskDocument,
    judge: Judge<'a>,
    from: Option<&'a Target>,
    page: u32,
    wanted: F,
}

impl<'a, F: Fn(&Stop) -> bool> Walk<'a, F> {
    /// From the selection; without one, from the page in view.
    fn new(document: &'a DeskDocument, judge: Judge<'a>, from: Option<&'a Target>, page: u32, wanted: F) -> Self {
        Self { document, judge, from, page: from.map_or(page, Target::page), wanted }
    }

    fn stops(&self, page: u32) -> Vec<Stop> {
        self.document.pages.get(&page).map(|page| stops(page, self.judge)).unwrap_or_default()
    }

    /// Where the selection stands among `stops`; a cell that needs no look stands at what is before it in its table.
    fn place(&self, stops: &[Stop]) -> Option<usize> {
        let from = self.from?;
        let Target::Cell { id, row, col, .. } = from else {
            return stops.iter().position(|stop| stop.target == *from);
        };
        stops.iter().rposition(|stop| match &stop.target {
            Target::Table { id: table, .. } => table == id,
            Target::Cell { id: table, row: at, col: beside, .. } => table == id && (at, beside) <= (row, col),
            Target::Field { .. } => false,
        })
    }

    fn pick(&self, stops: impl IntoIterator<Item = Stop>) -> Option<Target> {
        stops.into_iter().find(|stop| (self.wanted)(stop)).map(|stop| stop.target)
    }

    /// The next one; `None` at the end.
    fn after(&self) -> Option<Target> {
        let mut here = self.stops(self.page);
        let from = self.place(&here).map_or(0, |at| at + 1);
        let later = || self.document.pages.range(self.page + 1..).map(|(page, _)| *page);
        self.pick(here.drain(from..)).or_else(|| later().find_map(|page| self.pick(self.stops(page))))
    }

    /// The one before; `None` at the start.
    fn before(&self) -> Option<Target> {
        let mut here = self.stops(self.page);
        let to = self.place(&here).unwrap_or(if self.from.is_some() { here.len() } else { 0 });
        let earlier = || self.document.pages.range(..self.page).rev().map(|(page, _)| *page);
        self.pick(here.drain(..to).rev())
            .or_else(|| earlier().find_map(|page| self.pick(self.stops(page).into_iter().rev())))
    }

    fn first(&self) -> Option<Target> {
        self.document.pages.keys().find_map(|page| self.pick(self.stops(*page)))
    }

    fn last(&self) -> Option<Target> {
        self.document.pages.keys().rev().find_map(|page| self.pick(self.stops(*page).into_iter().rev()))
    }
}
