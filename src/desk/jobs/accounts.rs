//! Accounts elsewhere: whether they answer, which models they have, their keys.

use super::Context;
use super::models::info;
use super::pause::Pauses;
use super::remote::may_pass;
use crate::api::{Key, ModelId};
use crate::client::{Client, ClientError};
use crate::desk::job::{Event, Unreached};
use crate::desk::{Account, ConnectionId, ModelInfo};
use crate::document::Problem;
use std::time::Duration;

/// Asks an account for its models; with this key, or with the one that is known.
pub(super) async fn reach(context: Context, account: Account, key: Option<Key>) {
    let id = account.id;
    let result = reached(&context, &account, key).await;
    context.tell(Event::Reached(id, result)).await;
}

async fn reached(context: &Context, account: &Account, key: Option<Key>) -> Result<Vec<ModelInfo>, Unreached> {
    let Some(key) = known_key(context, account.id, key).await else { return Err(Unreached::NeedsKey) };
    let refused = |error: ClientError| match Pauses::default().after(&error) {
        Some(pause) => Unreached::ForNow(error.problem(), Some(pause)),
        None if may_pass(&error) => Unreached::ForNow(error.problem(), None),
        None => Unreached::Problem(error.problem()),
    };
    let client = context.service.speak_to(account, key.clone()).map_err(refused)?;
    let models = models(&client, account).await.map_err(refused)?;
    context.service.put(account, client, key);
    Ok(models)
}

/// Says after a while that an account may be asked again.
pub(super) async fn reach_later(context: Context, id: ConnectionId, wait: Duration) {
    tokio::time::sleep(wait).await;
    context.tell(Event::MayReach(id)).await;
}

/// The key that was typed, or the one of earlier, or the keyring's.
async fn known_key(context: &Context, id: ConnectionId, typed: Option<Key>) -> Option<Key> {
    if let Some(key) = typed.or_else(|| context.service.known_key(id)) {
        return Some(key);
    }
    match context.service.secrets.get(id).await {
        Ok(key) => key,
        Err(error) => {
            tracing::info!(%error, "the key of an account is asked for");
            None
        }
    }
}

/// The models that a service lists, and those that were added by their id. A service that lists none is asked for these.
async fn models(client: &Client, account: &Account) -> Result<Vec<ModelInfo>, ClientError> {
    let mut models: Vec<ModelInfo> = match client.models().await {
        Ok(models) => models.iter().map(info).collect(),
        Err(error) if matches!(error.status(), Some(404 | 405)) => Vec::new(),
        Err(error) => return Err(error),
    };
    for id in account.added_models.iter().chain([&account.model]).filter(|id| !id.is_empty()) {
        if models.iter().any(|model| model.id == **id) {
            continue;
        }
        match client.model(&ModelId::from(id.as_str())).await {
            Ok(model) => models.push(info(&model)),
            // That it is not there, or not for this key, is told where it is to read.
            Err(error) if matches!(error.status(), Some(400 | 402..=428 | 430..=499)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(models)
}

/// Asks whether an account would work, and says what its service said.
pub(super) async fn test(context: Context, account: Account, key: Option<Key>) {
    let result = tested(&context, &account, key).await;
    context.tell(Event::Tested(result)).await;
}

async fn tested(context: &Context, account: &Account, key: Option<Key>) -> Result<String, Problem> {
    let Some(key) = known_key(context, account.id, key).await else {
        return Err(Problem::new("Type the account's API key first"));
    };
    let client = context.service.speak_to(account, key).map_err(|error| error.problem())?;
    let models = models(&client, account).await.map_err(|error| error.problem())?;
    let host = client.address().host();
    Ok(match &models[..] {
        [] => format!("{host} answers and lists no model; add one by its id"),
        [only] => format!("{host} answers and has the model {}", only.name),
        several => format!("{host} answers and has {} models", several.len()),
    })
}

/// Puts a key into the keyring.
pub(super) async fn keep_key(context: Context, id: ConnectionId, key: Key) {
    if let Err(error) = context.service.secrets.keep(id, &key).await {
        let message =
            "The API key is not kept, because this system has no open keyring; Proofdesk asks for it at each start";
        let details = error.to_string();
        context.tell(Event::KeyNotKept(Problem { message: message.to_owned(), details })).await;
    }
}

/// Takes a key out of the keyring, and forgets the account.
pub(super) async fn forget_key(context: Context, id: ConnectionId) {
    context.service.remove(id);
    if let Err(error) = context.service.secrets.forget(id).await {
        tracing::info!(%error, "the key of an account that was removed could not be taken out of the keyring");
    }
}
