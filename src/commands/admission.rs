//! The way into an endpoint, before anything is shown: who is asked for a password, and who is turned
//! away.
//!
//! A password is asked for where an endpoint refuses whoever comes without one and a person is there to
//! answer. The answer is for that endpoint and no other. One that was refused, typed or given, is not
//! asked for again: each failure is logged by the server and may lock an account.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::connect::failed;
use super::exit::Failure;
use super::password_prompt as prompt;
use crate::model::Fault;
use crate::shell::client::{Client, ClientError, ClientSpec, Credentials};

/// The screen opens without an answer after this; what comes then is a state like others.
const KEEPS_WAITING: Duration = Duration::from_secs(1);
/// Nothing is left that would take longer to end.
const ENDS_WITHIN: Duration = Duration::from_millis(100);

/// What it is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A command, which itself says what goes wrong.
    Command,
    /// The screen, which shows what goes wrong; but it does not open for somebody who is turned away.
    Screen,
}

/// The client of an endpoint, for whoever may come in. `user` is who would be asked for a password.
pub(super) fn admit(spec: ClientSpec, user: &str, purpose: Purpose) -> Result<Client, Failure> {
    let client = Client::new(spec.clone())?;
    let can_ask = !client.has_credentials() && prompt::can_ask();
    if purpose == Purpose::Command && !can_ask {
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
        Err(fault) if purpose == Purpose::Command && fault.is_unreachable() => Err(failed(&client)(fault)),
        _ => Ok(client),
    }
}

/// Asks for the password. Where it may not be sent, it is not asked for.
fn with_password(spec: ClientSpec, user: &str, client: &Client, refused: Fault) -> Result<Client, Failure> {
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

/// Hears whether it may come in. All threads of it are gone afterwards: the prompt holds back signals,
/// which nobody else may take meanwhile.
fn knock(client: &Client, purpose: Purpose) -> Result<Result<(), Fault>, Failure> {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let heard = runtime.block_on(async {
        match purpose {
            Purpose::Command => client.knock().await,
            Purpose::Screen => timeout(KEEPS_WAITING, client.knock()).await.unwrap_or(Ok(())),
        }
    });
    runtime.shutdown_timeout(ENDS_WITHIN);
    Ok(heard)
}
