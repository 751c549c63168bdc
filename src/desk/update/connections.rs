//! Connections: chosen, changed, asked; and which model of each reads.

use super::Core;
use crate::api::Key;
use crate::desk::job::{Job, Unreached};
use crate::desk::{Account, Connection, ConnectionId, Delivery, DocumentId, ModelInfo, Reach, Tested};
use crate::document::Problem;
use std::collections::BTreeSet;

impl Core {
    /// Has what comes on the desk now read by this service.
    pub(super) fn choose_connection(&mut self, id: ConnectionId) {
        if !id.is_this_computer() && self.state.account(id).is_none() {
            return;
        }
        self.state.chosen = id;
        self.reach_unless_ready(id);
    }

    /// Has the chosen service read with this model.
    pub(super) fn choose_model(&mut self, id: ConnectionId, model: &str) {
        match self.state.accounts.iter_mut().find(|account| account.id == id) {
            Some(account) => model.clone_into(&mut account.model),
            None => model.clone_into(&mut self.state.local_model.0),
        }
    }

    /// Adds an account or changes one. `key` where a new one was typed.
    pub(super) fn save_account(&mut self, mut account: Account, key: Option<&str>) {
        let key = match key.map(Key::new).transpose() {
            Ok(key) => key,
            Err(error) => {
                self.problem(Problem::new(format!("This is no API key: {error}")), None);
                return;
            }
        };
        let known = self.state.accounts.iter().position(|known| known.id == account.id);
        if let Some(at) = known.filter(|_| !account.id.is_this_computer()) {
            self.state.accounts[at] = account.clone();
        } else {
            let last = self.state.accounts.iter().map(|account| account.id.0).max().unwrap_or(0);
            account.id = ConnectionId(last.max(self.last_connection) + 1);
            self.last_connection = account.id.0;
            self.state.chosen = account.id;
            self.state.accounts.push(account.clone());
        }
        self.state.tested = Tested::Not;
        self.reach(account, key, true);
    }

    /// Takes an account off the desk, with its key. What it read stays; what it still reads is stopped.
    pub(super) fn remove_account(&mut self, id: ConnectionId) {
        let Some(at) = self.state.accounts.iter().position(|account| account.id == id) else { return };
        self.state.accounts.remove(at);
        let theirs: Vec<DocumentId> =
            self.papers.iter().filter(|(_, paper)| paper.origin.connection == id).map(|(id, _)| *id).collect();
        self.cancel_documents(theirs);
        self.state.reach.remove(&id);
        self.state.models.remove(&id);
        if self.state.chosen == id {
            self.state.chosen = ConnectionId::THIS_COMPUTER;
        }
        self.jobs.push(Job::ForgetKey(id));
    }

    /// Asks whether an account would work, without keeping anything.
    pub(super) fn test_account(&mut self, account: Account, key: Option<&str>) {
        let key = match key.map(Key::new).transpose() {
            Ok(key) => key,
            Err(error) => {
                self.state.tested = Tested::Failed(Problem::new(format!("This is no API key: {error}")));
                return;
            }
        };
        self.state.tested = Tested::Asking;
        self.jobs.push(Job::Test(Box::new(account), key));
    }

    /// A key that was asked for at the start.
    pub(super) fn give_key(&mut self, id: ConnectionId, key: &str) {
        let Some(account) = self.state.account(id).cloned() else { return };
        match Key::new(key.trim()) {
            Ok(key) => self.reach(account, Some(key), true),
            Err(error) => self.problem(Problem::new(format!("This is no API key: {error}")), None),
        }
    }

    fn reach(&mut self, account: Account, key: Option<Key>, keeps_key: bool) {
        self.state.reach.insert(account.id, Reach::Asking);
        if let (Some(key), true) = (&key, keeps_key) {
            self.jobs.push(Job::KeepKey(account.id, key.clone()));
        }
        self.jobs.push(Job::Reach(Box::new(account), key));
    }

    /// Asks a service that does not answer yet, or failed to.
    pub(super) fn reach_unless_ready(&mut self, id: ConnectionId) {
        if matches!(self.state.reach.get(&id), Some(Reach::Ready | Reach::Asking)) {
            return;
        }
        match self.state.account(id).cloned() {
            Some(account) => self.reach(account, None, false),
            None if self.can_open => {
                self.state.reach.insert(id, Reach::Asking);
                self.jobs.push(Job::Connect);
            }
            None => {}
        }
    }

    /// At the start: asks the chosen service, and those that documents are still at.
    pub(super) fn reach_wanted(&mut self) {
        let mut wanted: BTreeSet<ConnectionId> = BTreeSet::from([self.state.chosen]);
        wanted.extend(
            self.papers.values().filter(|p| p.origin.delivery != Delivery::Unsent).map(|p| p.origin.connection),
        );
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
                self.models_listed(id, models);
                Reach::Ready
            }
            Err(Unreached::NeedsKey) => Reach::NeedsKey,
            Err(Unreached::Problem(problem)) => {
                self.problem(problem.clone(), None);
                Reach::Failed(problem)
            }
        };
        self.state.reach.insert(id, reach);
    }

    /// The models of a service as they are now. Where none was chosen, the only one that reads is.
    fn models_listed(&mut self, id: ConnectionId, models: Vec<ModelInfo>) {
        if let Some(account) = self.state.accounts.iter_mut().find(|account| account.id == id)
            && account.model.is_empty()
        {
            let mut ready = models.iter().filter(|model| model.is_ready);
            if let (Some(only), None) = (ready.next(), ready.next()) {
                account.model.clone_from(&only.id);
            }
        }
        self.state.models.insert(id, models);
    }

    /// A test of a connection is over.
    pub(super) fn was_tested(&mut self, result: Result<String, Problem>) {
        self.state.tested = match result {
            Ok(sentence) => Tested::Passed(sentence),
            Err(problem) => Tested::Failed(problem),
        };
    }

    /// Shows how the chosen service is.
    pub(super) fn show_connection(&mut self) {
        let id = self.state.chosen;
        self.state.connection = match self.state.reach.get(&id) {
            None | Some(Reach::Asking) => Connection::Starting,
            Some(Reach::NeedsKey) => Connection::NeedsKey,
            Some(Reach::Failed(problem)) => Connection::Failed(problem.clone()),
            Some(Reach::Ready) => Connection::Ready {
                name: self.state.connection_name(id).to_owned(),
                model: self.state.model_name(id).to_owned(),
            },
        };
    }

    /// Whether documents can be read by this service now.
    pub(super) fn can_read(&self, id: ConnectionId) -> bool {
        self.state.reach.get(&id) == Some(&Reach::Ready) && !self.state.model_of(id).is_empty()
    }
}
