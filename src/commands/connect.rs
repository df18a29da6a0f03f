//! Builds clients from settings, and runs their requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::answers::Answers;
use super::auth_preflight::{PreflightMode, admit_all};
use super::exit::{CommandError, failed};
use super::output::{self, visible};
use crate::cli::GlobalOptions;
use crate::client::{Client, ClientError, ClientSpec, Credentials, EndpointUrl, Login, TlsSpec, TokenSpec};
use crate::config::{Config, ConfigError, EndpointConfig, PasswordSource, TokenSource};
use crate::model::{EndpointId, Snapshot};
use crate::wire::Bounds;

/// Reads the settings and creates the clients of their endpoints, in order.
///
/// Sends requests only for the preflight: before a password prompt or before the screen opens.
pub(super) fn connect(
    args: &GlobalOptions,
    mode: PreflightMode,
) -> Result<(Config, Vec<Client>), CommandError> {
    connect_with(Config::read(&args.line)?, mode)
}

/// Creates the clients of the endpoints, in order.
pub(super) fn connect_with(
    config: Config,
    mode: PreflightMode,
) -> Result<(Config, Vec<Client>), CommandError> {
    let users: Vec<_> = config.endpoints.iter().map(|site| site.user.as_str()).collect();
    let mut specs = specs(&config)?;
    add_server_access(&config, &mut specs)?;
    let clients = admit_all(&specs, &users, mode)?;
    if matches!(mode, PreflightMode::Command | PreflightMode::Polling) {
        for client in &clients {
            warn_of_expiry(client);
        }
    }
    Ok((config, clients))
}

/// Prints a warning if the token of the client is about to expire and no source has another one. Not for the
/// screen, which shows it itself, nor for a report, which has a check for it.
fn warn_of_expiry(client: &Client) {
    let token = client.given_token().filter(|token| !token.is_renewable);
    let warning = token.and_then(|token| token.warning(Timestamp::now()));
    if let Some(warning) = warning {
        output::complain(&format!("{}: {}", client.url(), warning.as_str()));
    }
}

/// Returns the specifications of the clients. Fails if two endpoints have the same name.
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

/// Adds the database users. Reads their passwords.
pub(super) fn add_server_access(config: &Config, specs: &mut [ClientSpec]) -> Result<(), CommandError> {
    let has_no_password = |site: &EndpointConfig| site.sql_user.is_some() && site.sql_password.is_none();
    if config.endpoints.iter().any(has_no_password) {
        return Err(ConfigError::Setting {
            place: "sql-user".to_owned(),
            why: "no password: set MAXTOP_SQL_PASSWORD, sql-password-file or sql-password-command".to_owned(),
        }
        .into());
    }
    let needed = config.endpoints.iter().map(|site| {
        let password = site.sql_password.as_ref();
        password.filter(|_| site.sql_user.is_some())
    });
    let passwords = PasswordSource::read_all(needed)?;
    for ((site, spec), password) in config.endpoints.iter().zip(specs).zip(passwords) {
        let access = site.sql_user.clone().zip(password);
        spec.server_access = access.map(|(user, password)| Credentials { user, password });
    }
    Ok(())
}

fn all_specs(config: &Config) -> Result<Vec<ClientSpec>, CommandError> {
    let passwords = PasswordSource::read_all(config.endpoints.iter().map(|site| site.password.as_ref()))?;
    let tokens = TokenSource::read_all(config.endpoints.iter().map(|site| site.token.as_ref()))?;
    let sites = (0..).zip(&config.endpoints).zip(passwords).zip(tokens);
    let specs = sites.map(|(((number, site), password), token)| {
        let spec = client_spec(config, site, EndpointId(number), password)?;
        Ok(ClientSpec {
            token: token.map(|token| token_spec(site, token)),
            ..spec
        })
    });
    specs.collect()
}

/// Returns a token with its source, which is read again when the token has expired.
fn token_spec(site: &EndpointConfig, token: SecretString) -> TokenSpec {
    let source = site.token.clone().filter(TokenSource::is_renewable);
    TokenSpec {
        token,
        again: source.map(|source| {
            let again = move || source.read().map_err(|error| error.to_string());
            Arc::new(again) as _
        }),
    }
}

/// Returns the display name of an endpoint: its configured name, otherwise host, port and path.
fn label(site: &EndpointConfig, url: &EndpointUrl) -> String {
    site.name.as_deref().map_or_else(|| url.label(), visible)
}

/// Returns the display name of the client's endpoint.
pub(super) fn name(config: &Config, client: &Client) -> String {
    let site = config.endpoints.get(usize::from(client.endpoint().0));
    site.map_or_else(|| client.url().label(), |site| label(site, client.url()))
}

/// Returns the specification of a client. Credentials are sent only if there is a password.
fn client_spec(
    config: &Config,
    site: &EndpointConfig,
    endpoint: EndpointId,
    password: Option<SecretString>,
) -> Result<ClientSpec, CommandError> {
    let tls = site.tls.read()?;
    let spec = ClientSpec {
        credentials: password.map(|password| Credentials {
            user: site.user.clone(),
            password,
        }),
        login: Some(Login {
            user: site.user.clone(),
            password_source: site.password.as_ref().map(PasswordSource::name),
        }),
        tls: TlsSpec {
            ca_pem: tls.ca,
            identity_pem: tls.identity,
            insecure: site.tls.insecure,
        },
        timeout: config.timeout,
        bounds: Bounds {
            rows: config.max_sessions,
            bytes: config.max_list_memory,
        },
        dialect: config.dialect,
        allow_plain_http: site.allow_plain_http,
        read_only: site.read_only,
        ..ClientSpec::new(endpoint, site.url.parse()?)
    };
    check_tls(&spec)?;
    Ok(spec)
}

/// Checks the TLS files of an endpoint without TLS. They are not used there, but a mistake must not wait for https.
fn check_tls(spec: &ClientSpec) -> Result<(), CommandError> {
    let url = spec.url.to_string();
    let has_files = spec.tls.ca_pem.is_some() || spec.tls.identity_pem.is_some();
    let Some(rest) = url.strip_prefix("http://").filter(|_| has_files) else {
        return Ok(());
    };
    let with_tls = ClientSpec {
        tls: spec.tls.clone(),
        ..ClientSpec::new(spec.endpoint, format!("https://{rest}").parse()?)
    };
    match Client::new(with_tls) {
        Err(ClientError::Tls(_, what, why)) => Err(ClientError::Tls(spec.url.clone(), what, why).into()),
        _ => Ok(()),
    }
}

/// Runs a command's requests on this thread.
///
/// Does not wait for remaining tasks: a name that is still being resolved would delay the exit.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

/// Returns the client of an endpoint.
pub(super) fn client(clients: &[Client], endpoint: EndpointId) -> Option<&Client> {
    clients.get(usize::from(endpoint.0))
}

/// Returns the URL of an endpoint for display.
pub(super) fn url(clients: &[Client], endpoint: EndpointId) -> String {
    client(clients, endpoint).map_or_else(String::new, |client| client.url().to_string())
}

/// Returns the session lists of all endpoints that reply.
pub(super) async fn lists(clients: &[Client]) -> Answers<Snapshot> {
    let list = async |client: Client| client.snapshot(1).await.map_err(failed(&client));
    Answers::of(clients, list).await
}
