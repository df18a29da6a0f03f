//! From settings to an endpoint that can be asked, and the runtime that asks it.

use super::exit::Failure;
use crate::cli::CommonArgs;
use crate::config::Config;
use crate::model::{EndpointId, Fault, Instance, Snapshot};
use crate::shell::client::{Client, ClientSpec, Credentials};

/// Reads the settings and makes the client of their endpoint; nothing is sent yet.
pub(super) fn connect(args: &CommonArgs) -> Result<(Config, Client), Failure> {
    let config = Config::read(args)?;
    let client = Client::new(client_spec(&config)?)?;
    Ok((config, client))
}

/// A user without a password is nobody: credentials are sent only when one was given.
pub(super) fn client_spec(config: &Config) -> Result<ClientSpec, Failure> {
    let url = config.endpoint.parse()?;
    Ok(ClientSpec {
        credentials: config.password.clone().map(|password| Credentials {
            user: config.user.clone(),
            password,
        }),
        timeout: config.timeout,
        dialect: config.dialect,
        allow_plain_http: config.allow_plain_http,
        read_only: config.read_only,
        ..ClientSpec::new(EndpointId(0), url)
    })
}

/// Runs a command's requests on this thread. What is left of them is not waited for: a name that
/// is still being resolved would hold the program.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

/// The process that answers, read before anything else. An endpoint that answers but cannot tell
/// costs only the proof of the process; one that does not answer will not answer the next request
/// either.
pub(super) async fn instance(client: &Client) -> Result<Option<Instance>, Fault> {
    match client.instance().await {
        Err(fault) if fault.is_unreachable() || fault.is_not_allowed() => Err(fault),
        answer => Ok(answer.unwrap_or_default()),
    }
}

/// A fault, with the endpoint that it came from.
pub(super) fn failed(client: &Client) -> impl Fn(Fault) -> Failure + use<'_> {
    |fault| Failure::Fault {
        url: client.url().clone(),
        fault,
    }
}

/// The sessions. The process first: a list belongs to the process that was there before it.
pub(super) async fn list(client: &Client) -> Result<Snapshot, Failure> {
    let instance = instance(client).await.map_err(failed(client))?;
    let list = client.polled().await.map_err(failed(client))?;
    Ok(list.into_snapshot(client.endpoint(), instance, 1))
}
