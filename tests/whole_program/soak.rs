//! The screen for a long time, with churn, faults one after the other, server access and keys.
//!
//! `MAXTOP_SOAK=30m` sets the time (`just soak`). By default every fault occurs once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use maxtop::demo::ServedDialects;
use vt100::Screen;

use crate::endpoint::Endpoint;
use crate::exchange::{Reply, Request};
use crate::fault_proxy::{Fault, FaultProxy, Step};
use crate::pty::Pty;
use crate::screen::{has_rows, lines};
use crate::start::Start;

/// Maximum time until the header shows a fault or its end, and until the next list: on a busy machine lists are
/// requested up to 10 s apart.
const PATIENCE: Duration = Duration::from_secs(25);
/// Maximum growth of memory, in percent.
const MAX_GROWTH: u64 = 30;
/// Maximum number of descriptors at the end, in addition to those at the start: connections differ in number.
const MAX_NEW_DESCRIPTORS: usize = 6;

/// Faults, in the order in which they occur.
const FAULTS: [(&str, Fault); 7] = [
    ("refused", Fault::Refused),
    ("no byte is read", Fault::Deaf),
    ("status 503", Fault::Replies(busy)),
    ("cut in the middle", Fault::Replies(cut)),
    ("reset", Fault::Replies(reset)),
    ("no reply", Fault::Replies(held)),
    ("not HTTP", Fault::Greeting(b"SSH-2.0-OpenSSH_9.2\r\n")),
];

/// Number of lists between two faults, in a long run.
const POLLS: usize = 5;

/// Keys between two faults. They open and close every view, and end where they began.
const KEYS: [&str; 8] = [
    "jjjkk\r\x1b",
    "b\x1b",
    "o\x1b",
    "e\x1b",
    "S\x1b",
    "E\x1b",
    "l\x1b",
    "/user=app*\r\x1b",
];

fn busy(_: &Request, _: Reply) -> Vec<Step> {
    vec![Step::Send(Reply::new("503 Service Unavailable", "").bytes())]
}

#[allow(clippy::needless_pass_by_value, reason = "a script owns the reply")]
fn cut(_: &Request, reply: Reply) -> Vec<Step> {
    let mut bytes = reply.bytes();
    bytes.truncate(bytes.len() / 2);
    vec![Step::Send(bytes), Step::Close]
}

fn reset(_: &Request, _: Reply) -> Vec<Step> {
    vec![Step::Reset]
}

fn held(_: &Request, _: Reply) -> Vec<Step> {
    vec![Step::Hold]
}

/// Memory and descriptors of a process.
struct Load {
    kilobytes: u64,
    descriptors: usize,
}

impl Load {
    fn of(process: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        Self {
            kilobytes: line.trim().trim_end_matches(" kB").parse().unwrap(),
            descriptors: fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(),
        }
    }
}

/// Counts of a program log.
#[derive(Default)]
struct Logged {
    polls: usize,
    faults: BTreeMap<String, usize>,
    recoveries: usize,
    /// Errors of the program itself.
    errors: Vec<String>,
}

impl Logged {
    fn read(path: &Path) -> Self {
        let mut logged = Self::default();
        for line in fs::read_to_string(path).unwrap().lines() {
            let mut words = line.split_whitespace().skip(1);
            let (level, subject) = (words.next().unwrap(), words.next().unwrap());
            let text = line.split_once(": ").map_or("", |(_, text)| text);
            match (level, subject) {
                ("ERROR", _) | ("WARN", "program") => logged.errors.push(line.to_owned()),
                ("WARN", "poll") => *logged.faults.entry(text.to_owned()).or_default() += 1,
                ("INFO", "poll") if text.starts_with("answers again") => logged.recoveries += 1,
                ("INFO", "poll") => logged.polls += 1,
                _ => {}
            }
        }
        logged
    }
}

fn is_live(screen: &Screen) -> bool {
    let lines = lines(screen);
    has_rows(screen, 5) && lines[0].contains("live")
}

/// Returns the time of the run; `None` for one round of all faults.
fn time() -> Option<Duration> {
    let text = std::env::var("MAXTOP_SOAK").ok()?;
    Some(humantime::parse_duration(&text).expect("MAXTOP_SOAK is a time such as 30m"))
}

/// Lets a fault occur and end. Returns the time until the screen was live again.
fn fault_and_recovery(name: &str, fault: Fault, proxy: &FaultProxy, pty: &Pty) -> Duration {
    proxy.set(fault);
    let is_shown = pty.becomes(PATIENCE, |screen| !lines(screen)[0].contains("live"));
    assert!(is_shown, "{name} is not shown\n{}", pty.text());
    let ended = Instant::now();
    proxy.set(Fault::None);
    assert!(
        pty.becomes(PATIENCE, is_live),
        "not live after {name}\n{}",
        pty.text()
    );
    ended.elapsed()
}

#[test]
fn the_screen_runs_on_through_faults_and_churn() {
    let endpoint = Endpoint::with(150, |spec| {
        spec.dialects = ServedDialects::JsonApi;
        spec.world.churn = Some(20.0);
        spec.world.incidents = true;
    });
    let proxy = FaultProxy::start(endpoint.addr());
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("events.log");
    let url = proxy.url();
    let mut pty = Start::new(["--endpoint", &url, "--interval", "200ms", "--duty", "100%"])
        .args([
            "--timeout",
            "1s",
            "--sql-user",
            "maxtop",
            "--log",
            log.to_str().unwrap(),
        ])
        .env("MAXTOP_SQL_PASSWORD", "maxtop")
        .size(110, 30)
        .open();
    pty.wait("a table with locks", |screen| {
        is_live(screen) && screen.contents().contains("blocks")
    });
    let (begun, until) = (Instant::now(), time().map(|time| Instant::now() + time));
    let (mut rounds, mut slowest) = (0, Duration::ZERO);
    let mut start = None;
    loop {
        for ((name, fault), keys) in FAULTS.iter().zip(KEYS.iter().cycle().skip(rounds)) {
            slowest = slowest.max(fault_and_recovery(name, *fault, &proxy, &pty));
            pty.keys(keys);
            for _ in 0..if until.is_some() { POLLS } else { 1 } {
                endpoint.polled_within(PATIENCE, 1, &pty);
            }
            pty.wait("the table again", is_live);
            start.get_or_insert_with(|| Load::of(pty.id()));
        }
        rounds += 1;
        if until.is_none_or(|until| Instant::now() >= until) {
            break;
        }
        if rounds == 1 {
            // From now on every buffer has had its use.
            start = Some(Load::of(pty.id()));
        }
    }
    let (start, end) = (start.unwrap(), Load::of(pty.id()));
    pty.keys("q");
    pty.ends_with(0);
    let logged = Logged::read(&log);
    println!(
        "{:.0} s, {rounds} rounds of {} faults, slowest recovery {:.1} s\n\
         {} polls, {} recoveries, memory {} kB at the start and {} kB at the end, {} and {} descriptors, \
         {} unhandled errors",
        begun.elapsed().as_secs_f64(),
        FAULTS.len(),
        slowest.as_secs_f64(),
        logged.polls,
        logged.recoveries,
        start.kilobytes,
        end.kilobytes,
        start.descriptors,
        end.descriptors,
        logged.errors.len()
    );
    for (fault, count) in &logged.faults {
        println!("{count:6} {fault}");
    }
    assert!(logged.errors.is_empty(), "{:#?}", logged.errors);
    assert!(logged.polls > rounds, "{}", logged.polls);
    assert!(
        logged.recoveries >= rounds * FAULTS.len(),
        "{}",
        logged.recoveries
    );
    let growth = end.kilobytes.saturating_sub(start.kilobytes) * 100 / start.kilobytes;
    assert!(
        growth <= MAX_GROWTH,
        "{} kB, {} kB",
        start.kilobytes,
        end.kilobytes
    );
    assert!(end.descriptors <= start.descriptors + MAX_NEW_DESCRIPTORS);
}
