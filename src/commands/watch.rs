//! `maxtop`: the screen.

use std::io::{self, IsTerminal};

use jiff::tz::TimeZone;
use tokio::runtime::{Builder, Runtime};

use super::admission::Purpose;
use super::connect::connect;
use super::exit::{Exit, Failure};
use super::output::{complain, visible};
use crate::app::Settings;
use crate::app::endpoint::Endpoint;
use crate::cli::CommonArgs;
use crate::config::Config;
use crate::shell::audit::AuditLog;
use crate::shell::client::Client;
use crate::shell::run::{self as screen, Watched};
use crate::triage::Thresholds;

/// Watches the endpoint of the command line.
pub(super) fn run(args: &CommonArgs) -> Result<Exit, Failure> {
    need_a_terminal()?;
    let (config, client) = connect(args, Purpose::Screen)?;
    let runtime = runtime()?;
    let left = show(&runtime, &config, client);
    // A name that is still being resolved must not hold up the end.
    runtime.shutdown_background();
    left
}

/// A screen needs somebody who sees it and can press keys.
pub(super) fn need_a_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        Ok(())
    } else {
        Err(Failure::NoTerminal)
    }
}

/// The drawing has the main thread; one more is enough for all requests.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

/// Shows the screen on an endpoint until it is left.
pub(super) fn show(runtime: &Runtime, config: &Config, client: Client) -> Result<Exit, Failure> {
    let name = client.url().authority();
    let endpoint = Endpoint::new(name, config.read_only, client.warnings());
    let audit = config.audit.clone();
    let log = AuditLog::new(audit.clone(), vec![client.url().to_string()]);
    let settings = Settings {
        interval: config.interval,
        duty: config.duty,
        ascii: config.ascii,
        plain: config.plain,
        filter: config.filter.clone(),
        sort: config.sort,
        grace: config.grace,
        protect: config.protect.clone(),
        audit: audit
            .as_ref()
            .map_or_else(String::new, |path| visible(&path.display().to_string())),
        thresholds: Thresholds::default(),
        zone: TimeZone::system(),
    };
    let left = runtime.block_on(screen::run(settings, vec![Watched { client, endpoint }], log))?;
    for line in &left.unsettled {
        complain(line);
    }
    Ok(match left.exit {
        screen::Exit::Quit => Exit::Done,
        screen::Exit::Unsettled | screen::Exit::TerminalGone => Exit::Failed,
        screen::Exit::Signal(signal) => Exit::Signal(signal),
    })
}
