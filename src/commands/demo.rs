//! `maxtop demo`: runs the embedded endpoint, with or without the screen.

use std::io::{self, Write};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::connect::{add_server_access, specs};
use super::exit::{CommandError, ExitStatus};
use super::watch::{check_audit, need_a_terminal, runtime, show};
use crate::app::AppSettings;
use crate::cli::{DemoArgs, GlobalOptions};
use crate::client::Client;
use crate::clock::local_zone;
use crate::config::{Config, EndpointConfig, Origin, PasswordSource};
use crate::demo::{Faults, ServeSpec, ServedDialects, SimServer, VersionProfile, serve};
use crate::model::Dialect;
use crate::runtime::signals::EndingSignals;

/// World time before the first request, without incidents. These have begun before the world starts.
const HEAD_START: Duration = Duration::from_secs(135);

/// Minimum grace period in the tour, so that there is time to read about it.
const TOUR_GRACE: Duration = Duration::from_secs(10);

/// Serves the demo and shows the screen, unless `--headless` is given.
pub(super) fn run(args: &GlobalOptions, demo: &DemoArgs) -> Result<ExitStatus, CommandError> {
    if !demo.headless {
        need_a_terminal("use --headless for the simulated proxy alone")?;
    }
    // Only the endpoint started below is used, so the settings of other endpoints are not read.
    let mut config = Config::read(&args.line.clone().at("demo"))?;
    check_audit(&config)?;
    if demo.profile_version.is_some() {
        if config.dialect == Some(Dialect::Draft) {
            return Err(CommandError::DraftHasNoVersions);
        }
        config.dialect = Some(Dialect::JsonApi);
    }
    if demo.tour {
        prepare_tour(&mut config);
    }
    let mut spec = serve_spec(demo, config.dialect.filter(|_| demo.headless))?;
    // Only JSON:API can show locks.
    spec.world.incidents = config.dialect == Some(Dialect::JsonApi);
    if !spec.world.incidents {
        spec.world.old_troubles = true;
        spec.head_start = HEAD_START;
    }
    let runtime = runtime()?;
    let running = runtime.block_on(serve_all(&spec, demo.nodes))?;
    if demo.headless {
        return runtime.block_on(serve_until_ended(&running));
    }
    let config = on_demo(config, demo, &spec, &running);
    let mut specs = specs(&config)?;
    add_server_access(&config, &mut specs)?;
    let clients = specs.into_iter().map(Client::new).collect::<Result<_, _>>()?;
    let left = show(&runtime, &config, clients, demo.tour);
    runtime.shutdown_background();
    left
}

/// Sets what the tour relies on: locks, all sessions in the usual order, and time to cancel a kill.
fn prepare_tour(config: &mut Config) {
    let usual = AppSettings::default();
    config.dialect = Some(Dialect::JsonApi);
    config.filter = usual.filter;
    config.columns = usual.columns;
    config.sort = usual.sort;
    config.grace = config.grace.max(TOUR_GRACE);
}

/// Starts `nodes` simulated proxies, each with its own sessions. Only the first uses the requested port.
async fn serve_all(spec: &ServeSpec, nodes: u16) -> Result<Vec<SimServer>, CommandError> {
    let mut running = Vec::new();
    for node in 0..nodes {
        let mut spec = spec.clone();
        spec.world.seed = spec.world.seed.wrapping_add(u64::from(node));
        spec.world.node = format!("db-proxy-{}", u32::from(node) + 1);
        if node > 0 {
            spec.listen.set_port(0);
        }
        running.push(serve(spec).await?);
    }
    Ok(running)
}

/// Returns the specification of the simulated proxies. A headless one serves both dialects unless `--dialect`
/// is given.
fn serve_spec(demo: &DemoArgs, dialect: Option<Dialect>) -> Result<ServeSpec, CommandError> {
    let mut spec = ServeSpec::new(demo.sessions, demo.seed);
    spec.listen = demo.listen;
    spec.speed = demo.speed;
    spec.zone = local_zone();
    spec.world.churn = demo.churn;
    spec.world.hostile = demo.hostile;
    spec.auth = demo.auth.as_ref().map(credentials).transpose()?;
    spec.faults = demo.faults.map(|rate| Faults::new(rate, demo.seed));
    spec.dialects = match dialect {
        None => ServedDialects::Both,
        Some(Dialect::Draft) => ServedDialects::Draft,
        Some(Dialect::JsonApi) => ServedDialects::JsonApi,
    };
    if let Some(name) = &demo.profile_version {
        spec.profile = VersionProfile::named(name)?;
        spec.dialects = ServedDialects::JsonApi;
    }
    Ok(spec)
}

fn credentials(text: &SecretString) -> Result<(String, SecretString), CommandError> {
    let (user, password) = text
        .expose_secret()
        .split_once(':')
        .ok_or(CommandError::DemoCredentials)?;
    Ok((user.to_owned(), password.into()))
}

/// Points the settings at the simulated proxies. Uses the draft by default, because it has connection
/// statistics. Uses their database user if they play locks.
fn on_demo(mut config: Config, demo: &DemoArgs, spec: &ServeSpec, running: &[SimServer]) -> Config {
    let settings = config.endpoints.first().cloned().unwrap_or_default();
    let (user, password) = match demo.auth.as_ref().and_then(|auth| credentials(auth).ok()) {
        Some((user, password)) => (
            user,
            Some(PasswordSource::Known {
                secret: password,
                origin: Origin::Flag("auth"),
            }),
        ),
        None => (settings.user, None),
    };
    let sql = Some(&spec.sql).filter(|_| spec.world.incidents);
    let site = |one: &SimServer| EndpointConfig {
        url: one.url(),
        user: user.clone(),
        password: password.clone(),
        read_only: settings.read_only,
        sql_user: sql.map(|sql| sql.user.clone()),
        sql_password: sql.map(|sql| PasswordSource::Known {
            secret: sql.password.clone(),
            origin: Origin::Default,
        }),
        ..EndpointConfig::default()
    };
    config.endpoints = running.iter().map(site).collect();
    config.dialect = config.dialect.or(Some(Dialect::Draft));
    config
}

/// Prints the URLs and serves until a signal arrives.
async fn serve_until_ended(running: &[SimServer]) -> Result<ExitStatus, CommandError> {
    let mut signals = EndingSignals::listen()?;
    let mut out = io::stdout().lock();
    for one in running {
        writeln!(out, "listening on {}", one.url()).map_err(CommandError::Output)?;
    }
    out.flush().map_err(CommandError::Output)?;
    drop(out);
    Ok(ExitStatus::Signal(signals.next().await))
}
