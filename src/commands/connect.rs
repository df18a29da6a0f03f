//! From settings to an endpoint that can be asked, and the runtime that asks it.

use std::collections::BTreeSet;

use secrecy::SecretString;

use super::answers::Answers;
use super::auth_preflight::{PreflightMode, admit_all};
use super::exit::{CommandError, failed};
use super::output::visible;
use crate::cli::CommonArgs;
use crate::client::{Client, ClientSpec, Credentials, EndpointUrl, TlsSpec};
use crate::config::{Config, EndpointConfig, PasswordSource};
use crate::model::{EndpointId, Instance, RequestError, Snapshot};

/// Reads the settings and makes the clients of their endpoints, in their order. Nothing is sent, unless
/// somebody is there who can be asked for a password, or for whom a screen is to open.
pub(super) fn connect(
    args: &CommonArgs,
    purpose: PreflightMode,
) -> Result<(Config, Vec<Client>), CommandError> {
    let config = Config::read(&args.line)?;
    let users: Vec<_> = config.endpoints.iter().map(|site| site.user.as_str()).collect();
    let clients = admit_all(&specs(&config)?, &users, purpose)?;
    Ok((config, clients))
}

/// What the clients of the endpoints go by.
pub(super) fn specs(config: &Config) -> Result<Vec<ClientSpec>, CommandError> {
    let specs = all_specs(config)?;
    let mut names = BTreeSet::new();
    for (site, spec) in config.endpoints.iter().zip(&specs) {
        let name = label(site, &spec.url);
        if !names.insert(name.clone()) {
            return Err(CommandError::SameName(name));
        }
    }
    Ok(specs)
}

fn all_specs(config: &Config) -> Result<Vec<ClientSpec>, CommandError> {
    let passwords = PasswordSource::read_all(config.endpoints.iter().map(|site| site.password.as_ref()))?;
    let sites = (0..).zip(&config.endpoints).zip(passwords);
    let specs =
        sites.map(|((number, site), password)| client_spec(config, site, EndpointId(number), password));
    specs.collect()
}

/// What an endpoint is called: its name, else host, port and path.
fn label(site: &EndpointConfig, url: &EndpointUrl) -> String {
    site.name.as_deref().map_or_else(|| url.label(), visible)
}

/// What the endpoint of a client is called.
pub(super) fn name(config: &Config, client: &Client) -> String {
    let site = config.endpoints.get(usize::from(client.endpoint().0));
    site.map_or_else(|| client.url().label(), |site| label(site, client.url()))
}

/// A user without a password is nobody: credentials are sent only when one was given.
fn client_spec(
    config: &Config,
    site: &EndpointConfig,
    endpoint: EndpointId,
    password: Option<SecretString>,
) -> Result<ClientSpec, CommandError> {
    let tls = site.tls.read()?;
    Ok(ClientSpec {
        credentials: password.map(|password| Credentials {
            user: site.user.clone(),
            password,
        }),
        tls: TlsSpec {
            ca_pem: tls.ca,
            identity_pem: tls.identity,
            insecure: site.tls.insecure,
        },
        timeout: config.timeout,
        dialect: config.dialect,
        allow_plain_http: site.allow_plain_http,
        read_only: site.read_only,
        ..ClientSpec::new(endpoint, site.url.parse()?)
    })
}

/// Runs a command's requests on this thread. What is left of them is not waited for: a name that
/// is still being resolved would hold the program.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
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
pub(super) async fn instance(client: &Client) -> Result<Option<Instance>, RequestError> {
    match client.instance().await {
        Err(fault) if fault.is_unreachable() || fault.is_not_allowed() => Err(fault),
        answer => Ok(answer.unwrap_or_default()),
    }
}

/// The client of an endpoint.
pub(super) fn client(clients: &[Client], endpoint: EndpointId) -> Option<&Client> {
    clients.get(usize::from(endpoint.0))
}

/// Where an endpoint is, as it is shown.
pub(super) fn url(clients: &[Client], endpoint: EndpointId) -> String {
    client(clients, endpoint).map_or_else(String::new, |client| client.url().to_string())
}

/// The sessions of all endpoints that answer.
pub(super) async fn lists(clients: &[Client]) -> Answers<Snapshot> {
    Answers::of(clients, async |client: Client| list(&client).await).await
}

/// The sessions. The process first: a list belongs to the process that was there before it.
pub(super) async fn list(client: &Client) -> Result<Snapshot, CommandError> {
    let instance = instance(client).await.map_err(failed(client))?;
    let list = client.poll_sessions().await.map_err(failed(client))?;
    Ok(list.into_snapshot(client.endpoint(), instance, 1))
}
