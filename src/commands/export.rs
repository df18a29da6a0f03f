//! `maxtop export`: polls the endpoints, and serves metrics for Prometheus.
//!
//! Uses the pollers of the screen, so history, samples and reports of servers are kept between the lists. A scrape
//! gets the last state and causes no request to an endpoint.

mod server;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;

use self::server::MetricsServer;
use super::auth_preflight::PreflightMode;
use super::exit::{self, CommandError, ExitStatus};
use super::{connect, output, watch as screen};
use crate::app::build_view::{ViewQuery, build_view};
use crate::app::msg::{Effect, Msg};
use crate::cli::{ExportArgs, GlobalOptions};
use crate::client::{Client, close_server_connections, off_thread};
use crate::clock;
use crate::config::Config;
use crate::export::{Exporter, Exposition, count};
use crate::model::{EndpointId, measured_text};
use crate::poller::PollSettings;
use crate::runtime::pollers::Pollers;
use crate::runtime::signals::{Interrupt, Interrupts};

/// Number of rows whose connections are sampled first (draft).
const SAMPLED_ROWS: usize = 50;
/// Signals that are the usual end: SIGINT and SIGTERM.
const USUAL_END: [u8; 2] = [2, 15];

/// Serves metrics until a signal ends the program.
pub(super) fn run(global: &GlobalOptions, args: &ExportArgs) -> Result<ExitStatus, CommandError> {
    let mut config = Config::read(&global.line)?;
    for site in &mut config.endpoints {
        // The client then has no function that kills a session.
        site.read_only = true;
    }
    let (config, clients) = connect::connect_with(config, PreflightMode::Command)?;
    connect::block_on(async {
        let listener = bind(args.listen).await?;
        let result = serve(&config, &clients, listener).await;
        close_server_connections(&clients).await;
        result
    })
}

/// Listens on the address, and prints the one with the real port.
async fn bind(address: SocketAddr) -> Result<TcpListener, CommandError> {
    let failed = |source| CommandError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    if !address.ip().is_loopback() {
        output::complain(
            &"--listen is not on loopback: the metrics need no password and are not encrypted, so put a proxy in \
              front (docs/metrics.md)",
        );
    }
    output::remark(&format!("serving metrics at http://{address}/metrics"));
    Ok(listener)
}

async fn serve(
    config: &Config,
    clients: &[Client],
    listener: TcpListener,
) -> Result<ExitStatus, CommandError> {
    let interrupts = Interrupts::listen()?;
    let polling = PollSettings {
        interval: config.interval,
        duty: config.duty,
    };
    let watched = clients.iter().cloned();
    let watched = watched.map(|client| screen::watched(config, client).endpoint);
    let query = ViewQuery {
        diagnosis: config.diagnosis(),
        ..ViewQuery::default()
    };
    let exporter = Exporter::new(watched.collect(), query, config.export_top, config.interval);
    let (sender, inbox) = unbounded_channel();
    let (shown, state) = watch::channel(Arc::new(exporter.exposition()));
    let server = MetricsServer::start(listener, state);
    let mut work = ExportLoop {
        pollers: Pollers::spawn(clients.to_vec(), polling, &sender),
        clients,
        inbox,
        exporter,
        shown,
        failing: BTreeMap::new(),
    };
    let status = work.run(interrupts).await;
    server.stop().await;
    status
}

struct ExportLoop<'a> {
    clients: &'a [Client],
    pollers: Pollers,
    inbox: UnboundedReceiver<Msg>,
    exporter: Exporter,
    /// The state that scrapes get.
    shown: watch::Sender<Arc<Exposition>>,
    /// The failing endpoints, each with its printed error and the time of the first one.
    failing: BTreeMap<EndpointId, (String, Duration)>,
}

impl ExportLoop<'_> {
    /// Handles messages until a signal ends the program.
    async fn run(&mut self, mut interrupts: Interrupts) -> Result<ExitStatus, CommandError> {
        loop {
            let wake = self.exporter.rounds.wake_at().map(clock::instant);
            tokio::select! {
                biased;
                event = interrupts.next() => match event {
                    Interrupt::End(signal) if USUAL_END.contains(&signal) => return Ok(ExitStatus::Done),
                    Interrupt::End(signal) => return Ok(ExitStatus::Signal(signal)),
                    Interrupt::Continued => {}
                },
                msg = self.inbox.recv() => match msg {
                    Some(msg) => self.handle(msg),
                    None => return Ok(ExitStatus::Failed),
                },
                ended = self.pollers.wait_for_end() => return Err(io::Error::other(ended).into()),
                () = clock::until(wake), if wake.is_some() => {}
            }
            if self.exporter.rounds.is_complete(clock::now()) {
                self.round().await;
            }
            self.shown.send_replace(Arc::new(self.exporter.exposition()));
        }
    }

    fn handle(&mut self, msg: Msg) {
        match &msg {
            Msg::ListFailed { endpoint, fault, .. } => {
                if let Some(client) = connect::client(self.clients, *endpoint) {
                    self.report_failure(*endpoint, exit::failed(client)(fault.clone()).to_string());
                }
            }
            Msg::Listed(snapshot) => self.report_recovery(snapshot.endpoint),
            _ => {}
        }
        if let Some(note) = self.exporter.update(msg, clock::now()) {
            output::remark(&note);
        }
    }

    /// Prints an error, unless it is the same as in the poll before.
    fn report_failure(&mut self, endpoint: EndpointId, error: String) {
        let (since, is_known) = match self.failing.get(&endpoint) {
            Some((known, since)) => (*since, *known == error),
            None => (clock::now().elapsed, false),
        };
        if !is_known {
            output::complain(&error);
            self.failing.insert(endpoint, (error, since));
        }
    }

    fn report_recovery(&mut self, endpoint: EndpointId) {
        if let Some((_, since)) = self.failing.remove(&endpoint) {
            let lasted = measured_text(clock::now().elapsed.saturating_sub(since));
            let url = connect::url(self.clients, endpoint);
            output::remark(&format!("{url}: answers again after {lasted}"));
        }
    }

    /// Counts the sessions of all lists that have arrived.
    async fn round(&mut self) {
        let request = self.exporter.rounds.begin();
        let (view, counts) = off_thread(move || {
            let view = Arc::new(build_view(request));
            let counts = count(&view);
            (view, counts)
        })
        .await;
        self.exporter.on_view(view, counts, clock::now());
        if let Some(Effect::Prioritize(shown)) = self.exporter.rounds.prioritized(SAMPLED_ROWS) {
            self.pollers.prioritize(&shown);
        }
    }
}
