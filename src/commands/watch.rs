//! `maxtop` without a command: the screen.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::auth_preflight::PreflightMode;
use super::connect::{self, connect_with};
use super::exit::{CommandError, ExitStatus};
use super::output::{complain, visible};
use crate::app::AppSettings;
use crate::app::endpoint::{CommandAccess, EndpointState};
use crate::cli::GlobalOptions;
use crate::client::Client;
use crate::clock::local_zone;
use crate::config::{Config, EndpointConfig};
use crate::model::TokenExpiry;
use crate::runtime::audit::AuditLog;
use crate::runtime::history::HistoryLimits;
use crate::runtime::run::{self as screen, PastSource, ScreenFiles, ScreenResult, Watched};

/// Shows the screen for the configured endpoints.
pub(super) fn run(args: &GlobalOptions) -> Result<ExitStatus, CommandError> {
    need_a_terminal("use 'maxtop list' to print the sessions once")?;
    let config = Config::read(&args.line)?;
    check_audit(&config)?;
    let (config, clients) = connect_with(config, PreflightMode::Screen)?;
    let runtime = runtime()?;
    let left = show(&runtime, &config, clients, false);
    // A name that is still being resolved must not delay the exit.
    runtime.shutdown_background();
    left
}

/// Fails if the directory of a chosen audit log does not exist. It is not created: the path may be mistyped.
pub(super) fn check_audit(config: &Config) -> Result<(), CommandError> {
    let chosen = config.audit.as_ref().filter(|_| !config.is_default_audit);
    let directory = chosen.and_then(|path| path.parent());
    match directory.filter(|path| !path.as_os_str().is_empty() && !path.exists()) {
        Some(missing) => Err(CommandError::NoAuditDirectory(visible(
            &missing.display().to_string(),
        ))),
        None => Ok(()),
    }
}

/// Fails if stdin or stdout is not a terminal, or if the terminal cannot move its cursor. `advice` says what works
/// without one.
pub(super) fn need_a_terminal(advice: &'static str) -> Result<(), CommandError> {
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return Err(CommandError::DumbTerminal(advice));
    }
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        Ok(())
    } else {
        Err(CommandError::NoTerminal(advice))
    }
}

/// Creates the runtime. The main thread draws; one more thread is enough for all requests.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    Ok(Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

/// Returns the client with the first state of its endpoint.
pub(super) fn watched(config: &Config, client: Client) -> Watched {
    let site = config.endpoints.get(usize::from(client.endpoint().0));
    let mut warnings = client.warnings();
    // No other source gives the endpoint or the user.
    warnings.extend(site.and_then(|site| site.maxctrl_file));
    let name = connect::name(config, &client);
    let mut endpoint = EndpointState::new(name, site.is_some_and(|site| site.read_only), warnings);
    endpoint.is_default = site.is_some_and(EndpointConfig::is_default);
    endpoint.server_access.is_set = client.has_server_access();
    endpoint.access = Some(CommandAccess {
        url: client.url().to_string(),
        user: client.user().map(ToOwned::to_owned),
    });
    let token = client.given_token().filter(|token| !token.is_renewable);
    endpoint.token_expiry = token.and_then(|token| token.expires).map(TokenExpiry);
    Watched { client, endpoint }
}

/// Returns the settings of the screen.
pub(super) fn settings(config: &Config) -> AppSettings {
    let audit = config.audit.as_ref();
    AppSettings {
        interval: config.interval,
        duty: config.duty,
        ascii: config.ascii,
        plain: config.plain,
        theme: Arc::clone(&config.theme),
        theme_name: config.theme_name.clone(),
        mouse: config.mouse,
        bell: config.bell,
        keys: config.keys.clone(),
        filter: config.filter.clone(),
        saved_filters: config.saved_filters.clone().unwrap_or_default(),
        columns: config.columns.clone(),
        sort: config.sort,
        group_by: config.group_by,
        grace: config.grace,
        protect: config.protect.clone(),
        kill_statements: config.kill_statements,
        audit: audit.map_or_else(String::new, |path| visible(&path.display().to_string())),
        diagnosis: config.diagnosis(),
        zone: local_zone(),
        tour: false,
        in_tmux: std::env::var_os("TMUX").is_some_and(|socket| !socket.is_empty()),
    }
}

/// Shows the screen for these endpoints until it is closed. `tour` is whether the tour of the demo is shown.
pub(super) fn show(
    runtime: &Runtime,
    config: &Config,
    clients: Vec<Client>,
    tour: bool,
) -> Result<ExitStatus, CommandError> {
    let urls = clients.iter().map(|client| client.url().to_string());
    let log = AuditLog::new(config.audit.clone(), urls.collect());
    let watched = clients
        .into_iter()
        .map(|client| watched(config, client))
        .collect();
    let settings = AppSettings {
        tour,
        ..settings(config)
    };
    let files = ScreenFiles {
        audit: log,
        settings: config.settings_file.clone(),
        past: PastSource::History(HistoryLimits {
            span: config.history_span,
            bytes: config.history_memory,
        }),
        recordings: config.recordings.clone(),
    };
    let left = runtime.block_on(screen::run(settings, watched, files))?;
    finish(left)
}

/// Prints what the screen leaves to say. Returns the exit status.
///
/// # Errors
///
/// Returns the error that ended the screen.
pub(super) fn finish(left: ScreenResult) -> Result<ExitStatus, CommandError> {
    for line in left.unsettled.iter().chain(&left.incomplete) {
        complain(line);
    }
    Ok(match left.exit? {
        screen::ScreenExit::Quit if left.incomplete.is_empty() => ExitStatus::Done,
        screen::ScreenExit::Quit | screen::ScreenExit::Unsettled | screen::ScreenExit::TerminalGone => {
            ExitStatus::Failed
        }
        screen::ScreenExit::Signal(signal) => ExitStatus::Signal(signal),
    })
}
