//! `maxtop list --watch`: prints a list after every poll.
//!
//! Uses the pollers of the screen, so history, samples and reports of servers are kept between the lists. Output
//! is written on another thread: a slow reader gets fewer lists, and signals still end the program.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

use super::bell::TerminalBell;
use super::fail_if::FailIf;
use super::live::{LiveArea, Size, heading, more, size};
use super::printer::{FailedEndpoint, ListPrinter, Poll};
use super::{examined, not_examined, not_examined_yet, query, remarks, status, warnings};
use crate::app::build_view::{TableView, build_view};
use crate::app::condition::ListCount;
use crate::app::list_rounds::ListRounds;
use crate::app::msg::{Effect, Msg};
use crate::client::{Client, close_server_connections, off_thread};
use crate::clock;
use crate::commands::ascii::{Ascii, Escapes};
use crate::commands::exit::{self, CommandError, ExitStatus};
use crate::commands::server_access::{none_known, unknown};
use crate::commands::{connect, output, watch};
use crate::config::Config;
use crate::model::{RequestError, counted, exact_text};
use crate::poller::PollSettings;
use crate::runtime::pollers::Pollers;
use crate::runtime::signals::{Interrupt, Interrupts};

/// Number of rows whose connections are sampled first (draft).
const SAMPLED_ROWS: usize = 50;
/// Number of SIGINT.
const SIGINT: u8 = 2;

/// Prints lists until the count is reached, a session matches, the reader is gone or a signal ends the program.
pub(super) fn run(
    config: &Config,
    clients: &[Client],
    printer: ListPrinter,
    fail_if: Option<FailIf>,
    count: Option<u64>,
) -> Result<ExitStatus, CommandError> {
    let polling = PollSettings {
        interval: config.interval,
        duty: config.duty,
    };
    let query = query(config, clients, &printer);
    let watched = clients
        .iter()
        .cloned()
        .map(|client| watch::watched(config, client));
    let endpoints = watched.map(|watched| watched.endpoint).collect();
    let is_live = printer.is_text() && io::stdout().is_terminal() && !is_dumb();
    connect::block_on(async {
        let (sender, inbox) = unbounded_channel();
        let interrupts = Interrupts::listen()?;
        let mut watch = ListWatch {
            pollers: Pollers::spawn(clients.to_vec(), polling, &sender),
            clients: clients.to_vec(),
            inbox,
            rounds: ListRounds::new(endpoints, query),
            printer,
            fail_if,
            left: count,
            interval: polling.interval,
            zone: clock::local_zone(),
            bell: TerminalBell::new(is_live && config.bell, config.ascii)?,
            live: is_live.then(LiveArea::default),
            notes: Vec::new(),
            said: BTreeSet::new(),
            writing: None,
            has_written: false,
            last: None,
            rounds_done: 0,
        };
        let result = watch.run(interrupts).await;
        if watch.bell.is_some() {
            TerminalBell::end(watch.writing.take()).await;
        }
        drop(watch);
        close_server_connections(clients).await;
        result
    })
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

struct ListWatch {
    clients: Vec<Client>,
    pollers: Pollers,
    inbox: UnboundedReceiver<Msg>,
    rounds: ListRounds,
    printer: ListPrinter,
    fail_if: Option<FailIf>,
    /// Number of lists until the end. `None` for no limit.
    left: Option<u64>,
    interval: Duration,
    zone: TimeZone,
    /// The place of the list on a terminal.
    live: Option<LiveArea>,
    /// The bell and the title of the terminal, if they are used.
    bell: Option<TerminalBell>,
    /// Lines for stderr that are not written yet.
    notes: Vec<String>,
    /// Lines that are written once only.
    said: BTreeSet<String>,
    writing: Option<JoinHandle<io::Result<()>>>,
    has_written: bool,
    /// Status of the last list.
    last: Option<ExitStatus>,
    /// Number of rounds.
    rounds_done: u64,
}

impl ListWatch {
    async fn run(&mut self, mut interrupts: Interrupts) -> Result<ExitStatus, CommandError> {
        let mut end = None;
        loop {
            let wake = self.wake_at().map(clock::instant);
            let is_writing = self.writing.is_some();
            tokio::select! {
                biased;
                event = interrupts.next() => match event {
                    Interrupt::End(signal) => return Ok(self.interrupted(signal)),
                    Interrupt::Continued => {
                        self.live.iter_mut().for_each(LiveArea::forget);
                        self.bell.iter_mut().for_each(TerminalBell::forget);
                    }
                },
                written = written(&mut self.writing), if is_writing => {
                    self.writing = None;
                    match written {
                        Ok(()) => {}
                        // The reader is gone, and needs no more lists.
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                            return Ok(self.last.unwrap_or(ExitStatus::Done));
                        }
                        Err(error) => return Err(CommandError::Output(error)),
                    }
                }
                msg = self.inbox.recv() => match msg {
                    Some(msg) => self.handle(msg),
                    None => return Ok(ExitStatus::Failed),
                },
                ended = self.pollers.wait_for_end() => return Err(io::Error::other(ended).into()),
                () = TerminalBell::stop_requested(&mut self.bell) => TerminalBell::stop(self.writing.take()).await?,
                () = clock::until(wake), if wake.is_some() && !is_writing => {}
            }
            if self.writing.is_some() {
                continue;
            }
            if let Some(end) = end {
                return Ok(end);
            }
            if self.rounds.is_complete(clock::now()) {
                end = self.round().await;
            } else if !self.notes.is_empty() || self.bell.as_ref().is_some_and(TerminalBell::is_due) {
                self.write(Frame::Same);
            }
        }
    }

    /// Returns when something has to be written without a message.
    fn wake_at(&self) -> Option<Duration> {
        let bell = self.bell.as_ref().and_then(TerminalBell::wake_at);
        self.rounds.wake_at().into_iter().chain(bell).min()
    }

    /// Returns the exit status after a signal. Ctrl-C is the usual end of a list without a count.
    fn interrupted(&self, signal: u8) -> ExitStatus {
        if self.live.is_some() && self.writing.is_none() {
            // The terminal has echoed ^C on this line.
            // A terminal that is gone needs no line end.
            let _ = writeln!(io::stdout());
        }
        match self.last {
            Some(last) if signal == SIGINT => last,
            _ => ExitStatus::Signal(signal),
        }
    }

    fn handle(&mut self, msg: Msg) {
        if let Msg::ListFailed {
            endpoint,
            fault,
            retry_in,
        } = &msg
            && let Some(client) = connect::client(&self.clients, *endpoint)
        {
            let failure = exit::failed(client)(fault.clone());
            let wait = Duration::from_secs(retry_in.as_secs());
            let is_new = self.rounds.failed().all(|(failing, _)| failing != *endpoint);
            let next = if self.left == Some(1) {
                None
            } else if wait > self.interval * 2 {
                Some(format!("; the next try is in {}", exact_text(wait)))
            } else {
                is_new.then(|| "; trying again".to_owned())
            };
            self.note(&format!("maxtop: {failure}{}", next.unwrap_or_default()));
        }
        if let Some(note) = self.rounds.update(msg, clock::now()) {
            self.note(&format!("maxtop: {note}"));
        }
    }

    /// Adds a line for stderr, with its time: that of the heading on a terminal, that of the lists elsewhere.
    fn note(&mut self, line: &str) {
        let now = Timestamp::now();
        self.notes.push(match self.live {
            Some(_) => format!("{} {line}", self.zone.to_datetime(now).strftime("%H:%M:%S")),
            None => format!("{now:.3} {line}"),
        });
    }

    /// Adds a line for stderr, unless it was written before.
    fn say_once(&mut self, line: String) {
        if !self.said.contains(&line) {
            self.note(&line);
            self.said.insert(line);
        }
    }

    /// Prints the list of a round. Returns the exit status if it is the last one.
    async fn round(&mut self) -> Option<ExitStatus> {
        let request = self.rounds.begin();
        let view = off_thread(move || Arc::new(build_view(request))).await;
        self.rounds.set_view(Arc::clone(&view));
        self.printer.lock_faults = self.rounds.lock_faults().collect();
        if let Some(Effect::Prioritize(shown)) = self.rounds.prioritized(SAMPLED_ROWS) {
            self.pollers.prioritize(&shown);
        }
        if let Some(bell) = &mut self.bell {
            bell.on_view(&view);
        }
        self.rounds_done += 1;
        self.say_causes(&view);
        let status = self.check(&view);
        let matched = status == ExitStatus::Matched;
        self.last = (!matched).then_some(status).or(self.last);
        let hidden = &view.spec.hidden_endpoints;
        let mut lists = view.snapshots.iter();
        let is_listed = lists.any(|list| !hidden.contains(&list.endpoint));
        // JSON names the endpoints that failed, so it is written without any list too.
        let is_written = is_listed || self.printer.is_json();
        self.write(if is_written {
            Frame::Next(&view)
        } else {
            Frame::Same
        });
        self.left = self.left.map(|left| left.saturating_sub(1));
        if matched {
            Some(ExitStatus::Matched)
        } else {
            (self.left == Some(0)).then_some(status)
        }
    }

    /// Adds what could not be read, each cause once.
    fn say_causes(&mut self, view: &TableView) {
        let mut lines: Vec<String> = Vec::new();
        let is_single = self.clients.len() == 1;
        for (snapshot, locks) in view.snapshots.iter().zip(&view.locks) {
            let place = if is_single {
                String::new()
            } else {
                format!("{}: ", connect::url(&self.clients, snapshot.endpoint))
            };
            lines.extend(
                unknown(locks.servers.iter().map(|server| server.report.as_ref()))
                    .into_iter()
                    .map(|line| format!("maxtop: {place}{line}")),
            );
        }
        for (id, fault) in &self.printer.lock_faults {
            let place = if is_single {
                String::new()
            } else {
                format!("{}: ", connect::url(&self.clients, *id))
            };
            lines.push(format!("maxtop: {place}{}", none_known(fault)));
        }
        let warnings = view.snapshots.iter().flat_map(|snapshot| warnings(snapshot));
        lines.extend(warnings.map(|line| format!("maxtop: {line}")));
        let (examined, fail_if) = (examined(&self.clients, view, self.lists()), self.fail_if.as_ref());
        let numbered = if self.live.is_none() {
            remarks(view, &self.printer, &examined)
        } else {
            Vec::new()
        };
        lines.extend(not_examined(view, &self.printer, fail_if, &examined));
        let unexamined = |place| not_examined_yet(view, &self.printer, fail_if, &examined, place);
        lines.extend(unexamined((true, false)));
        if self.left == Some(1) {
            lines.extend(unexamined((false, true)));
        }
        for line in numbered {
            // The numbers change from list to list, the cause does not.
            let without_numbers = line.replace(|c: char| c.is_ascii_digit(), "");
            if self.said.insert(without_numbers) {
                self.note(&line);
            }
        }
        for line in lines {
            self.say_once(line);
        }
    }

    /// Returns the lists until now.
    const fn lists(&self) -> ListCount {
        ListCount {
            count: self.rounds_done,
            interval: self.interval,
        }
    }

    /// Evaluates the condition and returns the status of the list. Adds the line of the condition for stderr.
    fn check(&mut self, view: &TableView) -> ExitStatus {
        let exit = status(view, self.status());
        let Some(fail_if) = &self.fail_if else {
            return exit;
        };
        let matches = fail_if.evaluate(view);
        let has_match = !matches.sessions.is_empty();
        let examined = examined(&self.clients, view, self.lists());
        let status = fail_if.exit(&matches, exit, &examined);
        let (scope, mut line) = (fail_if.scope(view), fail_if.line(&matches, view, &examined));
        let cause = format!("undecided: {}", fail_if.cause(&matches, &examined));
        let was_undecided = self.said.iter().any(|said| said.starts_with("undecided: "));
        if self.left == Some(1) && line.is_none() && was_undecided {
            // An earlier line says that some could not be decided.
            line = Some(fail_if.all_decided());
        }
        // The numbers change from list to list, the filter and the cause do not.
        if let Some(line) = scope.filter(|_| self.said.insert("scope".to_owned())) {
            self.note(&line);
        }
        if let Some(line) = line.filter(|_| has_match || self.said.insert(cause)) {
            self.note(&line);
        }
        status
    }

    /// Returns the exit status of the last poll of each endpoint.
    fn status(&self) -> ExitStatus {
        let fault = |(id, fault): (_, &RequestError)| {
            connect::client(&self.clients, id).map(|client| exit::failed(client)(fault.clone()).exit())
        };
        let failed: Vec<_> = self.rounds.failed().filter_map(fault).collect();
        match failed.first() {
            None => ExitStatus::Done,
            Some(first) if failed.len() == self.clients.len() && failed.iter().all(|one| one == first) => {
                *first
            }
            Some(_) => ExitStatus::Failed,
        }
    }

    /// Returns the output for a frame.
    fn output(&mut self, frame: Frame<'_>) -> Vec<u8> {
        let (now, size, ascii) = (Timestamp::now(), size(), self.printer.ascii);
        if self.live.is_some() {
            let lines = match frame {
                Frame::Next(view) => Some(self.frame(view, now, size)),
                Frame::Same => None,
            };
            let drawn = self.live.as_mut().map(|live| match lines {
                Some(lines) => live.draw(lines, size, more(ascii)),
                None => live.redraw(size, more(ascii)),
            });
            return drawn.unwrap_or_default().into_bytes();
        }
        let Frame::Next(view) = frame else {
            return Vec::new();
        };
        let time = format!("{now:.3}");
        let failed: Vec<_> = self
            .rounds
            .failed()
            .map(|(id, fault)| FailedEndpoint {
                endpoint: connect::url(&self.clients, id),
                error: fault.to_string(),
            })
            .collect();
        let poll = Poll {
            time: &time,
            is_first: !self.has_written,
            failed: &failed,
        };
        self.has_written = true;
        let mut out = Ascii::new(Vec::new(), self.printer.escapes());
        // Writing to memory does not fail.
        let _ = self.printer.write(&mut out, view, None, Some(poll));
        out.into_inner()
    }

    /// Returns the lines of a list on a terminal: time and totals, the table, and the number of rows below it.
    fn frame(&self, view: &TableView, now: Timestamp, (columns, rows): Size) -> Vec<String> {
        let room = rows.saturating_sub(1).max(2);
        let mut table = Ascii::new(Vec::new(), Escapes::of(self.printer.ascii, false));
        // Writing to memory does not fail.
        let _ = self.printer.write_table(&mut table, view, Some(columns), room);
        let table = String::from_utf8_lossy(&table.into_inner()).into_owned();
        let mut lines = vec![heading(
            view,
            &self.zone.to_datetime(now).strftime("%H:%M:%S").to_string(),
            self.interval,
            self.rounds.failed().count(),
            self.printer.ascii,
        )];
        let examined = examined(&self.clients, view, self.lists());
        lines.extend(remarks(view, &self.printer, &examined));
        lines.extend(table.lines().map(ToOwned::to_owned));
        if lines.len() > room || view.len() > room {
            lines.truncate(room.saturating_sub(1));
            lines.push(format!(
                "more do not fit: {} in all",
                counted(view.len(), "session")
            ));
        }
        lines
    }

    /// Writes the notes to stderr and the frame to stdout, in this order, on another thread. On a terminal the notes
    /// are above the list.
    fn write(&mut self, frame: Frame<'_>) {
        let notes = std::mem::take(&mut self.notes);
        let erased = match &mut self.live {
            Some(live) if !notes.is_empty() => live.erase(size()),
            _ => String::new(),
        };
        let mut list = self.output(frame);
        if let Some(bell) = &mut self.bell {
            list.extend(bell.output());
        }
        if notes.is_empty() && list.is_empty() {
            return;
        }
        self.writing = Some(tokio::task::spawn_blocking(move || {
            let mut out = io::stdout().lock();
            out.write_all(erased.as_bytes())?;
            out.flush()?;
            for note in notes {
                output::remark(&note);
            }
            out.write_all(&list)?;
            out.flush()
        }));
    }
}

/// The next output for a terminal.
#[derive(Clone, Copy)]
enum Frame<'a> {
    /// The list of this view.
    Next(&'a TableView),
    /// No new list: a terminal shows the last one.
    Same,
}

async fn written(writing: &mut Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    match writing {
        Some(writing) => writing.await.map_err(io::Error::other)?,
        None => std::future::pending().await,
    }
}
