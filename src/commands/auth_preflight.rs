//! Verifies access before anything is shown.
//!
//! Prompts for a password if the endpoint rejects requests without one, none is configured, and there is a
//! terminal. The password is used for that endpoint only. A rejected password, typed or configured, is not
//! requested again: the server logs each failure and may lock the account.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::exit::{CommandError, failed};
use super::password_prompt as prompt;
use crate::client::{Client, ClientError, ClientSpec, Credentials, Login};
use crate::model::RequestError;

/// Maximum time to wait for a reply before the screen opens or a report starts. Later errors are shown there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum time to wait for the runtime to stop. No task should take longer.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(100);

/// Purpose of the preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreflightMode {
    /// A command. It reports errors itself.
    Command,
    /// A command that polls. It continues if an endpoint cannot be reached.
    Polling,
    /// A report of problems. It is printed even if the preflight fails.
    Report,
    /// The screen. It shows errors, but does not open if the credentials are rejected.
    Screen,
}

/// Returns a client with verified access.
///
/// Prompts for `user`'s password if the endpoint rejects requests without one.
pub(super) fn admit(spec: ClientSpec, user: &str, mode: PreflightMode) -> Result<Client, CommandError> {
    let client = Client::new(spec.clone())?;
    let can_prompt = !client.has_credentials() && prompt::can_prompt();
    if matches!(mode, PreflightMode::Command | PreflightMode::Polling) && !can_prompt {
        return Ok(client);
    }
    match probe(&client, mode)? {
        Err(fault) if fault.is_not_allowed() && can_prompt => {
            let client = with_password(spec, user, &client, fault)?;
            match probe(&client, mode)? {
                Err(fault) if fault.is_not_allowed() => Err(failed(&client)(fault)),
                _ => Ok(client),
            }
        }
        Err(fault) if fault.is_not_allowed() => Err(failed(&client)(fault)),
        // The command would wait for it a second time.
        Err(fault) if mode == PreflightMode::Command && fault.is_unreachable() => Err(failed(&client)(fault)),
        _ => Ok(client),
    }
}

/// Returns the clients of all endpoints, in their order.
///
/// `users` are the names for the password prompts. With several endpoints, a rejection of one does not affect
/// the others.
pub(super) fn admit_all(
    specs: &[ClientSpec],
    users: &[&str],
    mode: PreflightMode,
) -> Result<Vec<Client>, CommandError> {
    if let ([spec], [user]) = (specs, users)
        && mode != PreflightMode::Report
    {
        return Ok(vec![admit(spec.clone(), user, mode)?]);
    }
    let mut clients = Vec::new();
    for spec in specs {
        clients.push(Client::new(spec.clone())?);
    }
    if !prompt::can_prompt() {
        return Ok(clients);
    }
    let without: Vec<_> = clients
        .iter()
        .filter(|client| !client.has_credentials())
        .cloned()
        .collect();
    for (place, fault) in probe_all(&without, mode)? {
        if let (Some(client), Some(spec), Some(user)) =
            (clients.get_mut(place), specs.get(place), users.get(place))
            && fault.is_not_allowed()
            && let Ok(admitted) = with_password(spec.clone(), user, client, fault)
        {
            *client = admitted;
        }
    }
    Ok(clients)
}

/// Prompts for the password. Fails without a prompt if the password must not be sent to this URL.
fn with_password(
    spec: ClientSpec,
    user: &str,
    client: &Client,
    refused: RequestError,
) -> Result<Client, CommandError> {
    let with = |password| ClientSpec {
        credentials: Some(Credentials {
            user: user.to_owned(),
            password,
        }),
        login: Some(Login {
            user: user.to_owned(),
            password_source: Some("the prompt".to_owned()),
        }),
        ..spec
    };
    if !client.url().may_carry_passwords(spec.allow_plain_http) {
        return Err(ClientError::PlainHttp(client.url().clone()).into());
    }
    match prompt::read_password(user, client.url())? {
        Some(password) => Ok(Client::new(with(password))?),
        None => Err(CommandError::NoPassword {
            url: client.url().clone(),
            refused,
        }),
    }
}

/// Sends one request to the endpoint and returns its error, if any.
fn probe(client: &Client, mode: PreflightMode) -> Result<Result<(), RequestError>, CommandError> {
    let faults = probe_all(std::slice::from_ref(client), mode)?;
    Ok(faults.into_iter().next().map_or(Ok(()), |(_, fault)| Err(fault)))
}

/// Returns the endpoints that failed, by number, with their errors.
///
/// All threads of the runtime are finished afterwards: the prompt blocks signals, and no other thread may
/// receive them.
fn probe_all(clients: &[Client], mode: PreflightMode) -> Result<Vec<(usize, RequestError)>, CommandError> {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let replies = runtime.block_on(async {
        let mut probes = JoinSet::new();
        for client in clients {
            let client = client.clone();
            probes.spawn(async move {
                let reply = match mode {
                    PreflightMode::Command | PreflightMode::Polling => client.probe().await,
                    PreflightMode::Report | PreflightMode::Screen => {
                        timeout(PROBE_TIMEOUT, client.probe()).await.unwrap_or(Ok(()))
                    }
                };
                Some((usize::from(client.endpoint().0), reply.err()?))
            });
        }
        probes.join_all().await
    });
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    let mut faults: Vec<_> = replies.into_iter().flatten().collect();
    faults.sort_by_key(|(place, _)| *place);
    Ok(faults)
}
