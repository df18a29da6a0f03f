//! The way into an endpoint, before anything is shown: who is asked for a password, and who is turned
//! away.
//!
//! A password is asked for where an endpoint refuses whoever comes without one and a person is there to
//! answer. The answer is for that endpoint and no other. One that was refused, typed or given, is not
//! asked for again: each failure is logged by the server and may lock an account.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::exit::{CommandError, failed};
use super::password_prompt as prompt;
use crate::client::{Client, ClientError, ClientSpec, Credentials};
use crate::model::RequestError;

/// The screen opens without an answer after this, and a report begins; what comes then is a state like others.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// Nothing is left that would take longer to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(100);

/// What it is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreflightMode {
    /// A command, which itself says what goes wrong.
    Command,
    /// A report of what is wrong, which is all the same whatever goes wrong here.
    Report,
    /// The screen, which shows what goes wrong; but it does not open for somebody who is turned away.
    Screen,
}

/// The client of an endpoint, for whoever may come in. `user` is who would be asked for a password.
pub(super) fn admit(spec: ClientSpec, user: &str, purpose: PreflightMode) -> Result<Client, CommandError> {
    let client = Client::new(spec.clone())?;
    let can_ask = !client.has_credentials() && prompt::can_ask();
    if purpose == PreflightMode::Command && !can_ask {
        return Ok(client);
    }
    match knock(&client, purpose)? {
        Err(fault) if fault.is_not_allowed() && can_ask => {
            let client = with_password(spec, user, &client, fault)?;
            match knock(&client, purpose)? {
                Err(fault) if fault.is_not_allowed() => Err(failed(&client)(fault)),
                _ => Ok(client),
            }
        }
        Err(fault) if fault.is_not_allowed() => Err(failed(&client)(fault)),
        // It would be waited for a second time.
        Err(fault) if purpose == PreflightMode::Command && fault.is_unreachable() => {
            Err(failed(&client)(fault))
        }
        _ => Ok(client),
    }
}

/// The clients of all endpoints, in their order; `users` are who would be asked for a password. One
/// endpoint that turns somebody away does not keep the others closed.
pub(super) fn admit_all(
    specs: &[ClientSpec],
    users: &[&str],
    purpose: PreflightMode,
) -> Result<Vec<Client>, CommandError> {
    if let ([spec], [user]) = (specs, users)
        && purpose != PreflightMode::Report
    {
        return Ok(vec![admit(spec.clone(), user, purpose)?]);
    }
    let mut clients = Vec::new();
    for spec in specs {
        clients.push(Client::new(spec.clone())?);
    }
    if !prompt::can_ask() {
        return Ok(clients);
    }
    let without: Vec<_> = clients
        .iter()
        .filter(|client| !client.has_credentials())
        .cloned()
        .collect();
    for (place, fault) in knock_all(&without, purpose)? {
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

/// Asks for the password. Where it may not be sent, it is not asked for.
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
        ..spec
    };
    if !client.url().may_carry_passwords(spec.allow_plain_http) {
        return Err(ClientError::PlainHttp(client.url().clone()).into());
    }
    match prompt::ask(user, client.url())? {
        Some(password) => Ok(Client::new(with(password))?),
        None => Err(failed(client)(refused)),
    }
}

/// Hears whether it may come in.
fn knock(client: &Client, purpose: PreflightMode) -> Result<Result<(), RequestError>, CommandError> {
    let faults = knock_all(std::slice::from_ref(client), purpose)?;
    Ok(faults.into_iter().next().map_or(Ok(()), |(_, fault)| Err(fault)))
}

/// Those that may not come in, by the numbers of their endpoints. All threads of it are gone
/// afterwards: the prompt holds back signals, which nobody else may take meanwhile.
fn knock_all(clients: &[Client], purpose: PreflightMode) -> Result<Vec<(usize, RequestError)>, CommandError> {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let heard = runtime.block_on(async {
        let mut knocks = JoinSet::new();
        for client in clients {
            let client = client.clone();
            knocks.spawn(async move {
                let heard = match purpose {
                    PreflightMode::Command => client.probe().await,
                    PreflightMode::Report | PreflightMode::Screen => {
                        timeout(PROBE_TIMEOUT, client.probe()).await.unwrap_or(Ok(()))
                    }
                };
                Some((usize::from(client.endpoint().0), heard.err()?))
            });
        }
        knocks.join_all().await
    });
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    let mut faults: Vec<_> = heard.into_iter().flatten().collect();
    faults.sort_by_key(|(place, _)| *place);
    Ok(faults)
}
