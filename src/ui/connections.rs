//! Who reads: the menu below the chip in the top bar, and the dialog of all connections.

use super::controls::{Look, NAMES, PushButton, form_note_ui, line_edit_ui, palette};
use super::menu::{MenuRow, line_ui};
use super::theme;
use crate::desk::{Account, Action, Command, Commands, ConnectionId, Reach, State, Tested};
use egui::{RichText, Ui, vec2};

/// Where the accounts of the cloud are.
const CLOUD: &str = "https://app.nanonets.com/api/v2";

/// The menu below the chip: every connection with its models.
pub(super) fn connection_menu_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    ui.set_width(272.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    for id in state.connections() {
        let models = state.models_of(id);
        head_ui(ui, state.connection_name(id));
        if models.is_empty() {
            let row = MenuRow::new(match state.reach.get(&id) {
                Some(Reach::NeedsKey) => "Needs its API key",
                Some(Reach::Failed(_)) => "Does not answer; ask again",
                Some(Reach::Ready) => "Has no model yet",
                Some(Reach::Asking) => "Is asked for its models…",
                None => "Read here",
            });
            if row.ticked(state.chosen == id).ui(ui).clicked() {
                commands.push(Command::ChooseConnection(id));
                ui.close();
            }
        }
        for model in models {
            let is_chosen = state.chosen == id && state.model_of(id) == model.id;
            let label = match model.state_words() {
                "" | "ready" => model.name.clone(),
                state => format!("{} · {state}", model.name),
            };
            if MenuRow::new(&label).ticked(is_chosen).ui(ui).clicked() {
                commands.push(Command::ChooseModel(id, model.id.clone()));
                ui.close();
            }
        }
        line_ui(ui);
    }
    if MenuRow::new(Action::Connections.label()).ui(ui).clicked() {
        commands.act(Action::Connections);
        ui.close();
    }
}

fn head_ui(ui: &mut Ui, name: &str) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        let text = RichText::new(name).font(theme::semibold(theme::SMALL)).color(palette(ui).secondary);
        ui.add(egui::Label::new(text).truncate());
    });
    ui.add_space(2.0);
}

/// An account that is written, and what the dialog remembers of it.
#[derive(Default)]
pub(super) struct ConnectionsView {
    form: Option<Form>,
}

/// An account as it is typed.
#[derive(Default)]
struct Form {
    account: Account,
    key: String,
    pace: String,
    models: String,
    /// A test was asked for since the form was opened.
    has_asked: bool,
    /// It was shown before.
    is_open: bool,
}

/// Without the key.
impl std::fmt::Debug for ConnectionsView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionsView").field("is_writing", &self.form.is_some()).finish_non_exhaustive()
    }
}

impl ConnectionsView {
    /// As it opens: with the form of the chosen account where that needs its key.
    pub(super) fn of(state: &State) -> Self {
        let needs_key = *state.chosen_reach() == Reach::NeedsKey;
        Self { form: state.account(state.chosen).filter(|_| needs_key).map(Form::of) }
    }
}

impl Form {
    fn new() -> Self {
        Self { account: Account { base_url: CLOUD.to_owned(), ..Account::default() }, ..Self::default() }
    }

    fn of(account: &Account) -> Self {
        Self {
            pace: account.pages_a_minute.map(|pages| pages.to_string()).unwrap_or_default(),
            models: account.added_models.join(" "),
            account: account.clone(),
            ..Self::default()
        }
    }

    /// What was typed; why it is no account otherwise.
    fn account(&self) -> Result<Account, &'static str> {
        let mut account = Account {
            base_url: self.account.base_url.trim().trim_end_matches('/').to_owned(),
            name: self.account.name.trim().to_owned(),
            ..self.account.clone()
        };
        let host = account.host();
        let host = host.ok_or("The address is not one of a service, as in https://app.nanonets.com/api/v2")?;
        if account.name.is_empty() {
            account.name = host;
        }
        account.pages_a_minute = match self.pace.trim() {
            "" => None,
            typed => Some(typed.parse().ok().filter(|n| *n > 0).ok_or("Pages a minute is a number, or empty for any")?),
        };
        let ids = self.models.split([' ', ',', '\n']).filter(|id| !id.is_empty());
        account.added_models = ids.map(str::to_owned).collect();
        if account.model.is_empty()
            && let Some(first) = account.added_models.first()
        {
            account.model.clone_from(first);
        }
        Ok(account)
    }

    fn key(&self) -> Option<String> {
        let key = self.key.trim();
        (!key.is_empty()).then(|| key.to_owned())
    }
}

/// The dialog: all connections, or the form of one.
pub(super) fn connections_ui(ui: &mut Ui, state: &State, view: &mut ConnectionsView, commands: &Commands) {
    match &mut view.form {
        None => list_ui(ui, state, view, commands),
        Some(form) => {
            if !form_ui(ui, state, form, commands) {
                view.form = None;
            }
        }
    }
}

fn list_ui(ui: &mut Ui, state: &State, view: &mut ConnectionsView, commands: &Commands) {
    let palette = palette(ui);
    for id in state.connections() {
        let account = state.account(id);
        ui.push_id(id.0, |ui| {
            ui.horizontal(|ui| {
                ui.set_height(48.0);
                ui.vertical(|ui| {
                    ui.add_space(6.0);
                    ui.set_width((ui.available_width() - 250.0).max(120.0));
                    let name = RichText::new(state.connection_name(id)).font(theme::semibold(theme::BODY));
                    ui.add(egui::Label::new(name.color(palette.text)).truncate());
                    let (words, is_bad) = reach_words(state, id, account);
                    let words = RichText::new(words).font(theme::regular(theme::SMALL));
                    ui.add(
                        egui::Label::new(words.color(if is_bad { palette.error } else { palette.secondary }))
                            .truncate(),
                    );
                });
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if let Some(account) = account {
                        if ui.add(PushButton::new("Remove")).clicked() {
                            commands.push(Command::RemoveAccount(id));
                        }
                        if ui.add(PushButton::new("Change")).clicked() {
                            view.form = Some(Form::of(account));
                        }
                    }
                    if state.chosen == id {
                        ui.label(RichText::new("Reads").font(theme::medium(theme::SMALL)).color(palette.good));
                    } else if ui.add(PushButton::new("Use")).clicked() {
                        commands.push(Command::ChooseConnection(id));
                    }
                });
            });
        });
        ui.separator();
    }
    ui.add_space(6.0);
    if ui.add(PushButton::new("Add an account").look(Look::Primary).icon(super::icons::Icon::Plus)).clicked() {
        view.form = Some(Form::new());
    }
    ui.add_space(8.0);
    let note = "An account reads documents elsewhere: they are sent over the network to its service. Those that are on the \
                desk already stay with who reads them now";
    ui.add(egui::Label::new(RichText::new(note).font(theme::regular(theme::SMALL)).color(palette.secondary)).wrap());
}

/// How a service is, in words; `true` where that is bad.
fn reach_words(state: &State, id: ConnectionId, account: Option<&Account>) -> (String, bool) {
    let place = account.map_or("The embedded server; nothing leaves this computer", |a| a.base_url.as_str());
    match state.reach.get(&id) {
        Some(Reach::Failed(problem)) => (problem.message.clone(), true),
        Some(Reach::NeedsKey) => (format!("{place} · needs its API key"), true),
        Some(Reach::Asking) => (format!("{place} · is asked"), false),
        Some(Reach::Ready) | None => (place.to_owned(), false),
    }
}

/// The form of an account; answers whether it stays open.
fn form_ui(ui: &mut Ui, state: &State, form: &mut Form, commands: &Commands) -> bool {
    let palette = palette(ui);
    let is_new = form.account.id == ConnectionId::THIS_COMPUTER;
    // A key goes nowhere but where it was typed for.
    let has_key = state.account(form.account.id).is_some_and(|kept| kept.host() == form.account.host());
    let key_hint =
        if has_key { "As it is; type another one to change it" } else { "From the account's page of API keys" };
    let name = line_edit_ui(ui, "Name", "Optional: as it is called here", &mut form.account.name, false);
    let opens = !std::mem::replace(&mut form.is_open, true);
    line_edit_ui(ui, "Address", CLOUD, &mut form.account.base_url, false);
    let key = line_edit_ui(ui, "API key", key_hint, &mut form.key, true);
    if opens {
        // What is to be typed first: the key that is missing, or all of it.
        if *state.chosen_reach() == Reach::NeedsKey && form.account.id == state.chosen { key } else { name }
            .request_focus();
    }
    line_edit_ui(ui, "Models by id", "Optional: where the service does not list them", &mut form.models, false);
    line_edit_ui(ui, "Pages a minute", "Optional: what the plan allows each model", &mut form.pace, false);
    let account = form.account();
    let (words, color) = match (&account, &state.tested) {
        (Err(why), _) => ((*why).to_owned(), palette.error),
        (Ok(_), Tested::Asking) if form.has_asked => ("The service is asked…".to_owned(), palette.secondary),
        (Ok(_), Tested::Passed(sentence)) if form.has_asked => (sentence.clone(), palette.good),
        (Ok(_), Tested::Failed(problem)) if form.has_asked => (problem.message.clone(), palette.error),
        (Ok(_), _) => (
            "The key is kept in the system's keyring; where there is none, Proofdesk asks for it at each start"
                .to_owned(),
            palette.secondary,
        ),
    };
    form_note_ui(ui, &words, color);
    ui.add_space(14.0);
    let mut stays = true;
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        ui.add_enabled_ui(account.is_ok() && (form.key().is_some() || has_key), |ui| {
            let label = if is_new { "Add" } else { "Save" };
            if ui.add(PushButton::new(label).look(Look::Primary).width(84.0)).clicked()
                && let Ok(account) = &account
            {
                commands.push(Command::SaveAccount(Box::new(account.clone()), form.key()));
                stays = false;
            }
            if ui.add(PushButton::new("Test").width(84.0)).clicked()
                && let Ok(account) = &account
            {
                form.has_asked = true;
                commands.push(Command::TestAccount(Box::new(account.clone()), form.key()));
            }
        });
        if ui.add(PushButton::new("Back").width(84.0)).clicked() {
            stays = false;
        }
    });
    stays
}

/// A line above the page that says that the chosen account needs its key.
pub(super) fn needs_key_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    ui.horizontal_centered(|ui| {
        let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
        super::icons::Icon::Lock.paint(ui.painter(), sign, 14.0, palette.warning);
        let name = state.connection_name(state.chosen);
        let text = format!("{name} needs its API key: this system keeps none for it");
        ui.add(egui::Label::new(RichText::new(text).color(palette.warning)).truncate());
        if ui.add(PushButton::new("Type it")).clicked() {
            commands.act(Action::Connections);
        }
    });
}
