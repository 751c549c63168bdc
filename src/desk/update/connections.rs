//! Connections: chosen, changed, asked; and which model of each reads.

use super::Core;
use crate::api::Key;
use crate::desk::job::{Job, Unreached};
use crate::desk::{Account, ConnectionId, DocumentId, ModelInfo, Reach, Tested};
use crate::document::Problem;
use std::collections::BTreeSet;
use std::time::Duration;

/// After so long a service that does not answer is asked again; then after twice as long each time, to four minutes.
const FIRST_SILENCE: Duration = Duration::from_secs(15);

impl Core {
    /// Has what comes on the desk now read by this service.
    pub(super) fn choose_connection(&mut self, id: ConnectionId) {
        if !id.is_this_computer() && self.state.account(id).is_none() {
            return;
        }
        self.state.chosen = id;
        self.reach_unless_ready(id);
    }

    /// Has what comes on the desk now read by this service, with this model.
    pub(super) fn choose_model(&mut self, id: ConnectionId, model: &str) {
        match self.state.accounts.iter_mut().find(|account| account.id == id) {
            Some(account) => model.clone_into(&mut account.model),
            None => model.clone_into(&mut self.state.local_model),
        }
        self.choose_connection(id);
    }

    /// Adds an account or changes one. `key` where a new one was typed.
    pub(super) fn save_account(&mut self, mut account: Account, key: Option<&str>) {
        let key = match typed_key(key) {
            Ok(key) => key,
            Err(problem) => return self.problem(problem, None),
        };
        let known = self.state.accounts.iter().position(|known| known.id == account.id);
        if let Some(at) = known.filter(|_| !account.id.is_this_computer()) {
            // What was learnt is kept while it is the same service.
            let before = &self.state.accounts[at];
            let is_same = before.base_url == account.base_url;
            account.paths = if is_same { before.paths.clone() } else { BTreeSet::new() };
            self.state.accounts[at] = account.clone();
        } else {
            self.last_connection += 1;
            account.id = ConnectionId(self.last_connection);
            self.state.chosen = account.id;
            self.state.accounts.push(account.clone());
        }
        self.state.tested = Tested::Not;
        self.reach(account, key);
    }

    /// Takes an account off the desk, with its key. What it read stays; what it still reads is stopped.
    pub(super) fn remove_account(&mut self, id: ConnectionId) {
        let Some(at) = self.state.accounts.iter().position(|account| account.id == id) else { return };
        self.state.accounts.remove(at);
        let theirs: Vec<DocumentId> =
            self.papers.iter().filter(|(_, paper)| paper.origin.connection == id).map(|(id, _)| *id).collect();
        self.cancel_documents(theirs);
        self.state.reach.remove(&id);
        self.state.pauses.remove(&id);
        self.state.models.remove(&id);
        if self.state.chosen == id {
            self.state.chosen = ConnectionId::THIS_COMPUTER;
        }
        self.jobs.push(Job::ForgetKey(id));
    }

    /// Asks whether an account would work, without keeping anything.
    pub(super) fn test_account(&mut self, account: Account, key: Option<&str>) {
        self.state.tested = match typed_key(key) {
            Ok(key) => {
                self.jobs.push(Job::Test(Box::new(account), key));
                Tested::Asking
            }
            Err(problem) => Tested::Failed(problem),
        };
    }

    /// Asks an account; with a key that was typed, which is kept, or with the one that is known.
    fn reach(&mut self, account: Account, typed: Option<Key>) {
        self.state.reach.insert(account.id, Reach::Asking);
        if let Some(key) = &typed {
            self.jobs.push(Job::KeepKey(account.id, key.clone()));
        }
        self.jobs.push(Job::Reach(Box::new(account), typed));
    }

    /// Asks a service that does not answer yet, or failed to.
    pub(super) fn reach_unless_ready(&mut self, id: ConnectionId) {
        if matches!(self.state.reach.get(&id), Some(Reach::Ready | Reach::Asking)) {
            return;
        }
        match self.state.account(id).cloned() {
            Some(account) => self.reach(account, None),
            None if self.can_open => {
                self.state.reach.insert(id, Reach::Asking);
                self.jobs.push(Job::Connect);
            }
            None => {}
        }
    }

    /// At the start: asks the chosen service, and those that documents wait for.
    pub(super) fn reach_wanted(&mut self) {
        let mut wanted = BTreeSet::from([self.state.chosen]);
        // Both are in the order of their ids.
        let all = self.state.documents.iter().zip(self.papers.values());
        wanted.extend(all.filter(|(d, _)| d.reading.is_open()).map(|(_, paper)| paper.origin.connection));
        for id in wanted.into_iter().filter(|id| !id.is_this_computer()) {
            self.reach_unless_ready(id);
        }
    }

    /// A service answers, or does not.
    pub(super) fn reached(&mut self, id: ConnectionId, result: Result<Vec<ModelInfo>, Unreached>) {
        if !id.is_this_computer() && self.state.account(id).is_none() {
            return;
        }
        let reach = match result {
            Ok(models) => {
                self.silences.remove(&id);
                self.models_listed(id, models);
                Reach::Ready
            }
            Err(Unreached::NeedsKey) => {
                if id != self.state.chosen {
                    // Of the chosen one, a line above the page says so.
                    let name = self.state.connection_name(id);
                    let sentence = format!(
                        "{name} needs its API key for the documents that wait for it; choose it at the top left"
                    );
                    self.problem(Problem::new(sentence), None);
                }
                Reach::NeedsKey
            }
            Err(Unreached::ForNow(problem, asked)) => {
                let silences = self.silences.entry(id).or_default();
                let wait = asked.unwrap_or_default().max(FIRST_SILENCE * 2_u32.pow((*silences).min(4)));
                *silences += 1;
                let is_news = *silences == 1;
                self.jobs.push(Job::ReachLater(id, wait));
                if is_news {
                    self.problem(problem.clone(), None);
                }
                Reach::Failed(problem)
            }
            Err(Unreached::Problem(problem)) => {
                self.problem(problem.clone(), None);
                Reach::Failed(problem)
            }
        };
        self.state.reach.insert(id, reach);
    }

    /// A service answers at these paths: the next start begins with them.
    pub(super) fn paths_learnt(&mut self, id: ConnectionId, url: &str, paths: BTreeSet<String>) {
        let account = self.state.accounts.iter_mut().find(|account| account.id == id && account.base_url == url);
        if let Some(account) = account {
            account.paths = paths;
        }
    }

    /// A service that did not answer is asked again, unless a person did so meanwhile.
    pub(super) fn may_reach(&mut self, id: ConnectionId) {
        if matches!(self.state.reach.get(&id), Some(Reach::Failed(_))) && !id.is_this_computer() {
            self.reach_unless_ready(id);
        }
    }

    /// The models of a service as they are now. Where none was chosen, the only one that reads is.
    fn models_listed(&mut self, id: ConnectionId, models: Vec<ModelInfo>) {
        if let Some(account) = self.state.accounts.iter_mut().find(|account| account.id == id)
            && account.model.is_empty()
        {
            let mut ready = models.iter().filter(|model| model.is_ready());
            if let (Some(only), None) = (ready.next(), ready.next()) {
                account.model.clone_from(&only.id);
            }
        }
        let known = self.state.models.remove(&id).unwrap_or_default();
        let with_versions = models.into_iter().map(|mut model| {
            if let Some(known) = known.iter().find(|known| known.id == model.id) {
                model.versions.clone_from(&known.versions);
            }
            model
        });
        let models = with_versions.collect();
        self.state.models.insert(id, models);
        // What they are to find may be known only now.
        let theirs = self.state.documents.iter().filter(|document| document.reader.connection == id);
        self.stale.extend(theirs.map(|document| document.id));
        self.watch_trainings(id);
    }

    /// A test of a connection is over.
    pub(super) fn was_tested(&mut self, result: Result<String, Problem>) {
        self.state.tested = match result {
            Ok(sentence) => Tested::Passed(sentence),
            Err(problem) => Tested::Failed(problem),
        };
    }

    /// Whether documents can be read by this service now.
    pub(super) fn can_read(&self, id: ConnectionId) -> bool {
        self.state.reach.get(&id) == Some(&Reach::Ready) && !self.state.model_of(id).is_empty()
    }
}

/// The key that was typed, where one was.
fn typed_key(typed: Option<&str>) -> Result<Option<Key>, Problem> {
    typed.map(Key::new).transpose().map_err(|error| Problem::new(format!("This is no API key: {error}")))
}
