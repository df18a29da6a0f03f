//! `maxtop report`: an incident as Markdown, from a recording or from live polling.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::auth_preflight::PreflightMode;
use super::exit::{self, CommandError, ExitStatus};
use super::output::{complain, print_with};
use super::replay::Opened;
use super::{connect, recording};
use crate::app::build_view::{ViewQuery, build_view};
use crate::app::msg::{Effect, Msg};
use crate::app::recorded::fact_of;
use crate::cli::{GlobalOptions, ReportArgs};
use crate::client::{Client, close_server_connections, off_thread};
use crate::clock;
use crate::commands::ascii::Escapes;
use crate::config::Config;
use crate::model::{EndpointId, RequestError};
use crate::poller::PollSettings;
use crate::report::{ReportOptions, ReportSource, Reporter};
use crate::runtime::pollers::Pollers;
use crate::runtime::signals::{Interrupt, Interrupts};

/// Number of rows whose connections are sampled first (draft).
const SAMPLED_ROWS: usize = 50;
/// Signals at which the report is written with what is known: SIGHUP, SIGINT and SIGTERM.
const USUAL_ENDS: [u8; 3] = [1, 2, 15];

/// Writes a report of the recording, otherwise of live polling.
pub(super) fn run(global: &GlobalOptions, args: &ReportArgs) -> Result<ExitStatus, CommandError> {
    match &args.file {
        Some(file) => of_recording(&Config::read(&global.line)?, file, args.redact),
        None => of_endpoints(global, args),
    }
}

fn options(config: &Config, source: ReportSource, redacts: bool) -> ReportOptions {
    ReportOptions {
        source,
        redacts,
        zone: clock::local_zone(),
        query: ViewQuery {
            sort: config.sort,
            diagnosis: config.diagnosis(),
            shows_all_logins: true,
            ..ViewQuery::default()
        },
    }
}

fn write(config: &Config, reporter: &Reporter) -> Result<(), CommandError> {
    let text = reporter.text();
    print_with(Escapes::of(config.ascii, false), |out| {
        out.write_all(text.as_bytes())
    })
}

fn of_recording(config: &Config, file: &Path, redacts: bool) -> Result<ExitStatus, CommandError> {
    let opened = Opened::read(file)?;
    let recording = &opened.recording;
    let header = recording.header().clone();
    // Its texts are pseudonyms already.
    let redacts = redacts && !header.is_redacted;
    let is_complete = recording.is_complete();
    let options = options(config, ReportSource::Recording { is_complete }, redacts);
    let mut reporter = Reporter::new(header, |_| false, options);
    let mut status = ExitStatus::Done;
    for fact in recording.facts() {
        match fact {
            Ok(fact) => reporter.on_recorded_fact(fact),
            Err(error) => {
                complain(&opened.failed(error));
                reporter.on_damage();
                status = ExitStatus::Failed;
            }
        }
    }
    write(config, &reporter)?;
    if !reporter.has_lists() {
        complain(&CommandError::NoList(opened.path.clone()));
        status = ExitStatus::Failed;
    }
    Ok(status)
}

fn of_endpoints(global: &GlobalOptions, args: &ReportArgs) -> Result<ExitStatus, CommandError> {
    let mut config = Config::read(&global.line)?;
    for site in &mut config.endpoints {
        // The client then has no function that kills a session.
        site.read_only = true;
    }
    let (config, clients) = connect::connect_with(config, PreflightMode::Polling)?;
    connect::block_on(async {
        let interrupts = Interrupts::listen()?;
        let mut polling = ReportCommand::new(&config, &clients, args.redact);
        let end = polling.run(interrupts, args.span).await;
        let status = match end {
            Ok(signal) => polling.finish(&config, signal),
            Err(error) => Err(error),
        };
        drop(polling);
        close_server_connections(&clients).await;
        status
    })
}

struct ReportCommand {
    clients: Vec<Client>,
    pollers: Pollers,
    inbox: UnboundedReceiver<Msg>,
    reporter: Reporter,
    /// The last fault of each endpoint whose last list failed.
    faults: BTreeMap<EndpointId, RequestError>,
    started: Instant,
}

impl ReportCommand {
    fn new(config: &Config, clients: &[Client], redacts: bool) -> Self {
        let polling = PollSettings {
            interval: config.interval,
            duty: config.duty,
        };
        let (sender, inbox) = unbounded_channel();
        let has_access = |id| connect::client(clients, id).is_some_and(Client::has_server_access);
        let header = recording::header(config, clients);
        let options = options(config, ReportSource::Live, redacts);
        Self {
            pollers: Pollers::spawn(clients.to_vec(), polling, &sender),
            clients: clients.to_vec(),
            inbox,
            reporter: Reporter::new(header, has_access, options),
            faults: BTreeMap::new(),
            started: Instant::now(),
        }
    }

    /// Polls until the time span has passed or a signal arrives. Returns the signal.
    async fn run(&mut self, mut interrupts: Interrupts, span: Duration) -> Result<Option<u8>, CommandError> {
        let until = Some(self.started + span);
        loop {
            tokio::select! {
                biased;
                event = interrupts.next() => if let Interrupt::End(signal) = event {
                    return Ok(Some(signal));
                },
                () = clock::until(until) => return Ok(None),
                msg = self.inbox.recv() => match msg {
                    Some(msg) => self.handle(msg).await,
                    None => return Ok(None),
                },
                ended = self.pollers.wait_for_end() => return Err(io::Error::other(ended).into()),
            }
        }
    }

    async fn handle(&mut self, msg: Msg) {
        let now = clock::now();
        self.note(&msg);
        if let Some(fact) = fact_of(&msg, now) {
            self.reporter.on_fact(fact);
        }
        if self.reporter.is_round_complete(now) {
            let request = self.reporter.begin_round();
            let view = off_thread(move || Arc::new(build_view(request))).await;
            self.reporter.on_view(&view, now);
            if let Some(Effect::Prioritize(shown)) = self.reporter.prioritized(SAMPLED_ROWS) {
                self.pollers.prioritize(&shown);
            }
        }
    }

    /// Prints a line when an endpoint fails for another reason.
    fn note(&mut self, msg: &Msg) {
        match msg {
            Msg::Listed(list) => {
                self.faults.remove(&list.endpoint);
            }
            Msg::ListFailed { endpoint, fault, .. } => {
                let before = self.faults.insert(*endpoint, fault.clone());
                let client = connect::client(&self.clients, *endpoint);
                if let Some(client) = client.filter(|_| before.as_ref() != Some(fault)) {
                    complain(&exit::failed(client)(fault.clone()));
                }
            }
            _ => {}
        }
    }

    /// Writes the report. Returns the exit status.
    fn finish(&self, config: &Config, signal: Option<u8>) -> Result<ExitStatus, CommandError> {
        if let Some(signal) = signal.filter(|signal| !USUAL_ENDS.contains(signal)) {
            return Ok(ExitStatus::Signal(signal));
        }
        write(config, &self.reporter)?;
        Ok(self.status())
    }

    /// Returns the exit status: success if an endpoint has replied.
    fn status(&self) -> ExitStatus {
        if self.reporter.has_lists() {
            return ExitStatus::Done;
        }
        let status = |(endpoint, fault): (&EndpointId, &RequestError)| {
            let client = connect::client(&self.clients, *endpoint)?;
            Some(exit::failed(client)(fault.clone()).exit())
        };
        let all: Vec<_> = self.faults.iter().filter_map(status).collect();
        match all.first() {
            Some(first) if all.iter().all(|one| one == first) => *first,
            _ => ExitStatus::Failed,
        }
    }
}
