//! `maxtop record`: writes everything that the pollers of the screen fetch to a file.
//!
//! The samples of the draft are read for the stuck sessions and the first ones, as `maxtop list --watch` does.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, Interval, interval_at};

use super::auth_preflight::PreflightMode;
use super::exit::{self, CommandError, ExitStatus};
use super::{connect, output, watch};
use crate::app::build_view::{ViewQuery, build_view};
use crate::app::list_rounds::ListRounds;
use crate::app::msg::{Effect, Msg};
use crate::app::recorded::fact_of;
use crate::cli::{GlobalOptions, RecordArgs};
use crate::client::{Client, close_server_connections, off_thread};
use crate::clock;
use crate::config::Config;
use crate::model::{Dialect, EndpointId, RequestError, Text, TextLimit, counted, exact_text, size_text};
use crate::poller::PollSettings;
use crate::recording::{Header, MINOR_VERSION, RecordedEndpoint, Redactor};
use crate::runtime::pollers::Pollers;
use crate::runtime::recorder::{
    IncompleteRecording, RecordedSize, Recorder, RecorderError, RecordingTarget, Rotation,
};
use crate::runtime::signals::{Interrupt, Interrupts};

/// Number of rows whose connections are sampled first (draft).
const SAMPLED_ROWS: usize = 50;
/// Signals at which a recording is finished as usual: SIGINT and SIGTERM.
const USUAL_ENDS: [u8; 2] = [2, 15];
/// Time between two lines about the progress, on a terminal.
const PROGRESS_INTERVAL: Duration = Duration::from_mins(1);
/// Maximum time to wait for the last bytes.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(10);

/// Records until the time span has passed or a signal arrives.
pub(super) fn run(global: &GlobalOptions, args: &RecordArgs) -> Result<ExitStatus, CommandError> {
    let target = target(args);
    let (config, clients) = connect::connect(global, PreflightMode::Polling)?;
    connect::block_on(async {
        let interrupts = Interrupts::listen()?;
        let (end, ended) = oneshot::channel();
        let on_end = move |result| drop(end.send(result));
        let mut redactor = args.redact.then(Redactor::default);
        let mut header = header(&config, &clients);
        if let Some(redactor) = &mut redactor {
            header = redactor.header(header);
        }
        let recorder = Recorder::start(target, header, on_end)?;
        let mut command = RecordCommand::new(&config, &clients, recorder);
        command.redactor = redactor;
        let result = command.run(interrupts, ended, args.span).await;
        drop(command);
        close_server_connections(&clients).await;
        result
    })
}

fn target(args: &RecordArgs) -> RecordingTarget {
    if args.file.as_os_str() == "-" {
        return RecordingTarget::Stdout;
    }
    RecordingTarget::File {
        path: args.file.clone(),
        overwrite: args.force,
        rotation: Rotation {
            max_size: args.max_size as u64,
            max_age: args.max_age,
            keep: args.keep,
        },
        needs_list: true,
    }
}

/// Returns the header of a recording of these endpoints that starts now.
pub(super) fn header(config: &Config, clients: &[Client]) -> Header {
    let endpoint = |client: &Client| RecordedEndpoint {
        name: Text::clean(&connect::name(config, client), TextLimit::Name),
        url: Text::clean(&client.url().to_string(), TextLimit::Line),
        clock_offset_ms: None,
    };
    Header {
        program: Text::clean(env!("CARGO_PKG_VERSION"), TextLimit::Name),
        endpoints: clients.iter().map(endpoint).collect(),
        started: clock::now(),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    }
}

/// How a recording ended.
enum End {
    /// The time span has passed.
    Passed,
    /// By this signal.
    Signal(u8),
    /// The recorder has ended before.
    Written(Result<RecordedSize, RecorderError>),
}

struct RecordCommand {
    clients: Vec<Client>,
    pollers: Pollers,
    inbox: UnboundedReceiver<Msg>,
    rounds: ListRounds,
    recorder: Option<Recorder>,
    /// Replaces users, addresses and literals before they are written, if that is wanted.
    redactor: Option<Redactor>,
    /// The last fault of each endpoint whose last list failed, and its line.
    faults: BTreeMap<EndpointId, (RequestError, String)>,
    /// Number of lists.
    lists: u64,
    /// Whether an endpoint has the draft, whose samples depend on the view.
    has_draft: bool,
    started: Instant,
}

impl RecordCommand {
    fn new(config: &Config, clients: &[Client], recorder: Recorder) -> Self {
        let polling = PollSettings {
            interval: config.interval,
            duty: config.duty,
        };
        let (sender, inbox) = unbounded_channel();
        let watched = clients
            .iter()
            .cloned()
            .map(|client| watch::watched(config, client));
        let query = ViewQuery {
            sort: config.sort,
            diagnosis: config.diagnosis(),
            ..ViewQuery::default()
        };
        Self {
            pollers: Pollers::spawn(clients.to_vec(), polling, &sender),
            clients: clients.to_vec(),
            inbox,
            rounds: ListRounds::new(watched.map(|one| one.endpoint).collect(), query),
            recorder: Some(recorder),
            redactor: None,
            faults: BTreeMap::new(),
            lists: 0,
            has_draft: false,
            started: Instant::now(),
        }
    }

    /// Records until the end. Returns the exit status.
    async fn run(
        &mut self,
        mut interrupts: Interrupts,
        mut ended: oneshot::Receiver<Result<RecordedSize, RecorderError>>,
        span: Option<Duration>,
    ) -> Result<ExitStatus, CommandError> {
        let end = self.record(&mut interrupts, &mut ended, span).await?;
        let closed = self
            .recorder
            .take()
            .map(|recorder| recorder.finish().wait(MAX_WRITE_WAIT));
        // Another error arrives as the result.
        if closed == Some(Err(IncompleteRecording::TooSlow)) {
            return Err(io::Error::other("the disk does not accept the last part of the recording").into());
        }
        let (signal, written) = match end {
            End::Passed => (None, ended.await.ok()),
            End::Signal(signal) => (Some(signal), ended.await.ok()),
            // The result has been received, and there is no other one.
            End::Written(result) => (None, Some(result)),
        };
        if let Some(result) = written {
            let size = match result {
                // The reader is gone, and needs no more.
                Err(error) if error.is_closed_pipe() => return Ok(self.status()),
                result => result?,
            };
            if size.is_discarded {
                output::remark("no list was received: nothing is written");
            } else {
                self.report(size);
            }
        }
        Ok(match signal {
            Some(signal) if !USUAL_ENDS.contains(&signal) => ExitStatus::Signal(signal),
            _ => self.status(),
        })
    }

    async fn record(
        &mut self,
        interrupts: &mut Interrupts,
        ended: &mut oneshot::Receiver<Result<RecordedSize, RecorderError>>,
        span: Option<Duration>,
    ) -> Result<End, CommandError> {
        let until = span.map(|span| self.started + span);
        let is_shown = io::stderr().is_terminal();
        let mut progress: Interval = interval_at(self.started + PROGRESS_INTERVAL, PROGRESS_INTERVAL);
        loop {
            tokio::select! {
                biased;
                event = interrupts.next() => if let Interrupt::End(signal) = event {
                    return Ok(End::Signal(signal));
                },
                result = &mut *ended => {
                    self.recorder = None;
                    let result = result.map_err(|_| io::Error::other("the recorder has ended"))?;
                    return Ok(End::Written(result));
                }
                () = clock::until(until), if until.is_some() => return Ok(End::Passed),
                _ = progress.tick(), if is_shown => self.report_progress(),
                msg = self.inbox.recv() => match msg {
                    Some(msg) => {
                        self.handle(msg).await?;
                        if self.is_barred() {
                            return Ok(End::Passed);
                        }
                    }
                    None => return Ok(End::Passed),
                },
                ended = self.pollers.wait_for_end() => return Err(io::Error::other(ended).into()),
            }
        }
    }

    async fn handle(&mut self, msg: Msg) -> Result<(), CommandError> {
        let now = clock::now();
        if let (Some(recorder), Some(fact)) = (&self.recorder, fact_of(&msg, now)) {
            let fact = match &mut self.redactor {
                Some(redactor) => redactor.fact(fact),
                None => fact,
            };
            recorder.push(fact)?;
        }
        self.note(&msg);
        if let Some(note) = self.rounds.update(msg, now) {
            output::complain(&note);
        }
        if self.has_draft && self.rounds.is_complete(clock::now()) {
            let request = self.rounds.begin();
            let view = off_thread(move || Arc::new(build_view(request))).await;
            self.rounds.set_view(view);
            if let Some(Effect::Prioritize(shown)) = self.rounds.prioritized(SAMPLED_ROWS) {
                self.pollers.prioritize(&shown);
            }
        }
        Ok(())
    }

    /// Counts lists, and prints a line when an endpoint fails for another reason or replies again.
    fn note(&mut self, msg: &Msg) {
        match msg {
            Msg::Listed(list) => {
                self.lists += 1;
                self.has_draft |= list.dialect == Dialect::Draft;
                if self.faults.remove(&list.endpoint).is_some() {
                    let url = connect::url(&self.clients, list.endpoint);
                    output::complain(&format!("{url}: lists are recorded again"));
                }
            }
            Msg::ListFailed { endpoint, fault, .. } => {
                let Some(client) = connect::client(&self.clients, *endpoint) else {
                    return;
                };
                let line = exit::failed(client)(fault.clone()).to_string();
                let before = self.faults.insert(*endpoint, (fault.clone(), line.clone()));
                if before.is_none_or(|(_, before)| before != line) {
                    output::complain(&line);
                }
            }
            _ => {}
        }
    }

    /// Whether every endpoint has rejected the credentials from the start. Waiting does not help then.
    fn is_barred(&self) -> bool {
        let is_rejected = |(fault, _): &(RequestError, String)| fault.is_not_allowed();
        self.lists == 0 && self.faults.len() == self.clients.len() && self.faults.values().all(is_rejected)
    }

    fn report_progress(&self) {
        if let Some(recorder) = &self.recorder {
            self.report(recorder.size());
        }
    }

    /// Prints how much is recorded, on a terminal.
    fn report(&self, size: RecordedSize) {
        if io::stderr().is_terminal() {
            let span = Duration::from_secs(self.started.elapsed().as_secs());
            let lists = counted(usize::try_from(self.lists).unwrap_or(usize::MAX), "list");
            let (span, bytes) = (exact_text(span), size_text(size.bytes));
            output::remark(&format!("recorded {span}: {lists}, {bytes}"));
        }
    }

    /// Returns the exit status: success if an endpoint has replied.
    fn status(&self) -> ExitStatus {
        if self.lists > 0 {
            return ExitStatus::Done;
        }
        let status = |(endpoint, (fault, _)): (&EndpointId, &(RequestError, String))| {
            let client = connect::client(&self.clients, *endpoint)?;
            Some(exit::failed(client)(fault.clone()).exit())
        };
        let all: Vec<_> = self.faults.iter().filter_map(status).collect();
        match all.first() {
            None => ExitStatus::Done,
            Some(first) if all.iter().all(|one| one == first) => *first,
            Some(_) => ExitStatus::Failed,
        }
    }
}
