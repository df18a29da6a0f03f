//! Runs one fault against the screen and against a command.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use maxtop::demo::ServedDialects;
use vt100::Screen;

use crate::endpoint::Endpoint;
use crate::fault_proxy::{Fault, FaultProxy};
use crate::faults::{Case, OneShot, Rows, Tls, Trigger};
use crate::one_shot::{command, finish, peak_memory};
use crate::printed_table::Cell as Outcome;
use crate::pty::Pty;
use crate::screen::{cursor_id, cursor_line, ids, lines};
use crate::start::Start;
use crate::tls_front::{Times, TlsFront, self_signed};

/// Maximum time until the screen shows the rows of a fault, or its end.
const PATIENCE: Duration = Duration::from_secs(20);
/// Maximum time until a key has its effect. Only a failing test takes this long.
const KEY_PATIENCE: Duration = Duration::from_secs(20);
/// Number of sessions, which fit on the screen.
const SESSIONS: usize = 12;

/// The endpoint, the proxy with the fault, and TLS if the case needs it.
struct Stage {
    endpoint: Endpoint,
    /// An endpoint that speaks the other dialect only.
    other: Option<Endpoint>,
    proxy: FaultProxy,
    url: String,
}

impl Stage {
    fn new(case: &Case, dialect: &'static str) -> Self {
        let served = |served| {
            Endpoint::with(SESSIONS, |spec| {
                spec.speed = 0.0;
                spec.world.half_open = false;
                spec.dialects = served;
            })
        };
        let is_changing = matches!(case.trigger, Trigger::OtherDialect);
        let (own, others) = match dialect {
            "draft" => (ServedDialects::Draft, ServedDialects::JsonApi),
            _ => (ServedDialects::JsonApi, ServedDialects::Draft),
        };
        let endpoint = served(own);
        let certificate = self_signed(&["127.0.0.1"], Times::Now);
        let tls = |target: SocketAddr| TlsFront::start(target, &certificate, None);
        let (proxy, url) = match case.tls {
            Tls::No => {
                let proxy = FaultProxy::start(endpoint.addr());
                let url = proxy.url();
                (proxy, url)
            }
            Tls::BeforeFault => {
                let proxy = FaultProxy::start(endpoint.addr());
                let url = tls(proxy.address).url("127.0.0.1");
                (proxy, url)
            }
            Tls::BehindFault => {
                let proxy = FaultProxy::start(tls(endpoint.addr()).address);
                let url = proxy.url().replace("http:", "https:");
                (proxy, url)
            }
        };
        proxy.set(case.before);
        Self {
            endpoint,
            other: is_changing.then(|| served(others)),
            proxy,
            url,
        }
    }

    fn begin(&self, case: &Case) {
        match case.trigger {
            Trigger::Fault(fault) => self.proxy.set(fault),
            Trigger::Restart => self.endpoint.running().restart(),
            Trigger::OtherDialect => {
                let other = self.other.as_ref().unwrap();
                self.proxy.set(Fault::Other(other.addr()));
            }
        }
    }

    fn args<'a>(&'a self, case: &'a Case, dialect: &'static str) -> Vec<&'a str> {
        let dialect = if self.other.is_some() { "auto" } else { dialect };
        let mut args = vec!["--endpoint", &self.url, "--dialect", dialect];
        args.extend(["--interval", "100ms", "--duty", "100%"]);
        args.extend(["--timeout", case.timeout]);
        args.extend((case.tls != Tls::No).then_some("--insecure"));
        args
    }
}

/// Runs a case in one dialect. Returns the cells after name and dialect.
pub(crate) fn run(case: &Case, dialect: &'static str) -> Vec<Outcome> {
    let stage = Stage::new(case, dialect);
    let args = stage.args(case, dialect);
    let mut pty = Start::new(args.iter().copied())
        .args(["--grace", "0s", "--sort", "-idle"])
        .open();
    let is_begun = |screen: &Screen| ids(screen).len() == SESSIONS && lines(screen)[0].contains("live");
    if !pty.becomes(PATIENCE, is_begun) {
        return vec![Err(format!("no table:\n{}", pty.text()))];
    }
    let before = pty.look(ids);
    stage.begin(case);
    let named = named_cause(case, &pty);
    let rows = rows(case, &pty, &before);
    let keys = keys(case.rows, &mut pty);
    let one_shot = one_shot(case, &args);
    let recovery = recovery(case, &stage, &pty, &before);
    let peak = peak_memory(pty.id()).unwrap_or(0);
    let memory = within(peak.max(one_shot.1), case.memory);
    pty.keys("q");
    let end = match pty.exit_status() {
        0 => Ok("0".to_owned()),
        other => Err(format!("the screen ends with {other}")),
    };
    vec![named, rows, keys, recovery, memory, end, one_shot.0]
}

fn named_cause(case: &Case, pty: &Pty) -> Outcome {
    let header = |screen: &Screen| lines(screen)[..2].join("\n");
    let is_named = |screen: &Screen| case.shown.iter().all(|words| header(screen).contains(words));
    if pty.becomes(case.patience, is_named) {
        Ok(case.shown.join(", "))
    } else {
        Err(format!("never {:?} in the header:\n{}", case.shown, pty.text()))
    }
}

/// Number of columns that are checked for being dim: those of the id. A mark keeps its color.
const ID_COLUMNS: u16 = 7;

/// Whether the ids of the table are dim, except the one under the cursor.
fn are_dim(screen: &Screen) -> bool {
    let cursor = cursor_line(screen).map(|(line, _)| line);
    let lines = lines(screen);
    let head = lines.iter().position(|line| line.contains("USER"));
    let first = head.map_or(0, |head| head + 1);
    let rows = (first..first + ids(screen).len()).filter(|line| Some(*line) != cursor);
    let mut cells = rows.flat_map(|line| {
        let line = u16::try_from(line).unwrap();
        (0..ID_COLUMNS).filter_map(move |column| screen.cell(line, column))
    });
    cells.all(|cell| cell.contents().trim().is_empty() || cell.dim())
}

fn rows(case: &Case, pty: &Pty, before: &[u64]) -> Outcome {
    let same = |screen: &Screen| {
        let mut now = ids(screen);
        let mut before = before.to_vec();
        now.sort_unstable();
        before.sort_unstable();
        now == before
    };
    let is_met = |screen: &Screen| match case.rows {
        Rows::Dimmed => ids(screen) == before && are_dim(screen),
        Rows::Live => same(screen) && !are_dim(screen),
        Rows::Others => !ids(screen).is_empty(),
        Rows::Ended => lines(screen).iter().any(|line| line.contains("ended")),
    };
    if pty.becomes(PATIENCE, is_met) {
        Ok(case.rows.text().to_owned())
    } else {
        let wanted = case.rows.text();
        Err(format!("rows are not {wanted}: {before:?}\n{}", pty.text()))
    }
}

/// Presses keys. Returns the longest time until one had its effect.
fn keys(rows: Rows, pty: &mut Pty) -> Outcome {
    let mut longest = Duration::ZERO;
    let mut press = |pty: &mut Pty, key: &str, what: &str, is_met: &dyn Fn(&Screen) -> bool| {
        let begun = Instant::now();
        pty.keys(key);
        let met = pty.becomes(KEY_PATIENCE, is_met);
        longest = longest.max(begun.elapsed());
        if met {
            Ok(())
        } else {
            Err(format!("{what} has no effect\n{}", pty.text()))
        }
    };
    let row = Cell::new(None);
    let is_last = |screen: &Screen| {
        row.set(cursor_id(screen));
        row.get().is_some() && row.get() == ids(screen).last().copied()
    };
    // Rows that are new still move.
    if matches!(rows, Rows::Dimmed | Rows::Live) {
        press(pty, "G", "G", &is_last)?;
        // A list that arrives now can still move the row away from the end of the table.
        let is_back = |screen: &Screen| cursor_id(screen) == row.get();
        for _ in 0..2 {
            press(pty, "k", "k", &|screen| {
                cursor_id(screen).is_some() && !is_back(screen)
            })?;
            press(pty, "j", "j", &is_back)?;
        }
    }
    press(pty, "/abc", "/", &|screen| screen.contents().contains("/ abc"))?;
    press(pty, "\x1b", "Esc", &|screen| !screen.contents().contains("/ abc"))?;
    press(pty, "?", "?", &|screen| screen.contents().contains("Help for"))?;
    press(pty, "\x1b", "Esc", &|screen| {
        !screen.contents().contains("Help for")
    })?;
    Ok(format!("{} ms", longest.as_millis()))
}

/// Ends the fault. Without a key the screen is live again.
fn recovery(case: &Case, stage: &Stage, pty: &Pty, before: &[u64]) -> Outcome {
    let begun = Instant::now();
    if matches!(case.trigger, Trigger::Fault(_)) {
        stage.proxy.set(case.before);
    }
    let is_back = |screen: &Screen| {
        let header = lines(screen)[..2].join("\n");
        let is_listed = match case.rows {
            Rows::Ended => true,
            Rows::Others if stage.other.is_some() => true,
            // A session that is gone stays while the cursor is on it.
            _ => ids(screen).starts_with(before) && !are_dim(screen),
        };
        is_listed && header.contains("live") && !header.contains("stale") && !header.contains("unreadable")
    };
    if pty.becomes(PATIENCE, is_back) {
        Ok(format!("{:.1} s", begun.elapsed().as_secs_f64()))
    } else {
        Err(format!("not live again: {before:?}\n{}", pty.text()))
    }
}

/// Runs the command while the fault lasts. Returns its cell and its memory.
fn one_shot(case: &Case, args: &[&str]) -> (Outcome, u64) {
    let OneShot { words, status, text } = &case.one_shot;
    let home = tempfile::tempdir().unwrap();
    let all = [args, words].concat();
    let ran = finish(&mut command(home.path(), &all));
    let (out, err) = (
        String::from_utf8_lossy(&ran.out),
        String::from_utf8_lossy(&ran.err),
    );
    let all = format!("{out}{err}");
    let head: String = all.chars().take(2_000).collect();
    let cell = if ran.status == Some(*status) && all.contains(text) {
        Ok(format!("{status} {text}"))
    } else {
        Err(format!(
            "{words:?} is not {status} {text:?}: {:?} {head}",
            ran.status
        ))
    };
    (cell, ran.peak)
}

fn within(peak: u64, limit: u64) -> Outcome {
    if peak <= limit {
        Ok(format!("{peak} of {limit} MB"))
    } else {
        Err(format!("{peak} MB of memory, more than {limit} MB"))
    }
}
