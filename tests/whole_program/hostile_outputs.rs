//! Every output of the program in a hostile world, scanned for everything that a terminal obeys.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use vt100::Screen;

use crate::endpoint::{DIALECTS, Endpoint};
use crate::fault_proxy::{Fault, FaultProxy, Script};
use crate::harmless::{assert_harmless, is_harmful};
use crate::hostile_world::{self, HOSTILE, HOSTILE_HEADER};
use crate::one_shot::{command, finish};
use crate::printed_table::{Cell, PrintedTable};
use crate::screen::ids;
use crate::start::Start;

/// Commands and their arguments. `FILE` is a recording, `ID` a session, `BAD` hostile text.
const COMMANDS: &[&[&str]] = &[
    &["list"],
    &["list", "-o", "table"],
    &["list", "-o", "wide"],
    &["list", "-o", "json"],
    &["list", "-o", "jsonl"],
    &["list", "-o", "csv"],
    &["list", "-o", "tsv"],
    &["list", "--watch", "--count", "2"],
    &["list", "--sort", "BAD"],
    &["list", "--filter", "BAD"],
    &["list", "--columns", "BAD"],
    &["list", "--theme", "BAD"],
    &["list", "-e", "BAD"],
    &["list", "-o", "BAD"],
    &["show", "ID"],
    &["show", "ID", "-o", "json"],
    &["show", "BAD"],
    &["kill", "ID", "--dry-run"],
    &["kill", "ID", "--dry-run", "-o", "json"],
    &["kill", "ID", "--yes", "--reason", "BAD"],
    &["kill", "BAD"],
    &["record", "FILE", "--force", "--for", "1s"],
    &["replay", "FILE", "--at", "BAD"],
    &["report", "FILE"],
    &["report", "FILE", "--redact"],
    &["report", "--for", "1s"],
    &["doctor"],
    &["doctor", "-o", "json"],
    &["config"],
    &["config", "-o", "json"],
    &["config", "--config", "BAD"],
    &["export", "--listen", "BAD"],
    &["demo", "--profile-version", "BAD"],
    &["man"],
    &["completions", "bash"],
    &["completions", "BAD"],
    &["help"],
    &["BAD"],
];

/// Names of the worlds, and the replies of each.
const WORLDS: [(&str, Script); 7] = [
    ("behind texts", hostile_world::behind),
    ("before texts", hostile_world::before),
    ("errors", hostile_world::failing),
    ("rejections", hostile_world::rejecting),
    ("redirects", hostile_world::redirecting),
    ("no HTTP", hostile_world::no_http),
    ("encodings", hostile_world::encoded),
];

/// Returns the first characters that are not allowed in an output, with the text around them.
fn scan(bytes: &[u8], tabs: bool) -> Cell {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(format!("no UTF-8: {:?}", String::from_utf8_lossy(bytes)));
    };
    let is_bad = |c: char| is_harmful(c) && c != '\n' && !(tabs && c == '\t');
    match text.char_indices().find(|(_, c)| is_bad(*c)) {
        None => Ok(format!("{} bytes", bytes.len())),
        Some((place, c)) => {
            let before: String = text[..place].chars().rev().take(60).collect();
            let before: String = before.chars().rev().collect();
            Err(format!("{c:?} after {before:?}"))
        }
    }
}

/// One world and what the program may use there.
struct Stage {
    endpoint: Endpoint,
    proxy: FaultProxy,
    home: tempfile::TempDir,
    dialect: &'static str,
}

impl Stage {
    fn new(dialect: &'static str) -> Self {
        let endpoint = Endpoint::with(24, |spec| {
            spec.world.hostile = true;
            spec.world.incidents = dialect == "jsonapi";
            spec.world.node.push_str(HOSTILE);
        });
        Self {
            proxy: FaultProxy::start(endpoint.addr()),
            home: tempfile::tempdir().unwrap(),
            endpoint,
            dialect,
        }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn command(&self, words: &[&str]) -> Command {
        let id = self.endpoint.running().ids()[3].to_string();
        let file = self.path("a.maxtop");
        let replaced = words.iter().map(|word| match *word {
            "ID" => id.clone(),
            "FILE" => file.clone(),
            // An argument has no NUL.
            word => word.replace("BAD", &HOSTILE.replace('\0', "")),
        });
        let mut all: Vec<String> = replaced.collect();
        let url = self.proxy.url();
        let log = self.path("events.log");
        let audit = self.path("audit.jsonl");
        let options = [
            ("--endpoint", &url),
            ("--dialect", &self.dialect.to_owned()),
            ("--interval", &"100ms".to_owned()),
            ("--log", &log),
            ("--audit", &audit),
            ("--sql-user", &"maxtop".to_owned()),
        ]
        .map(|(name, value)| format!("{name}={value}"));
        if Self::takes_options(words) {
            let given = |option: &&String| {
                !words
                    .iter()
                    .any(|word| *word == "-e" && option.starts_with("--endpoint"))
            };
            let polls = !["show", "kill"].contains(&words[0]);
            let fits = |option: &&String| match option.split('=').next() {
                Some("--audit") => words[0] == "kill",
                Some("--sql-user") => self.dialect == "jsonapi",
                Some("--interval") => polls,
                _ => true,
            };
            all.extend(options.iter().filter(given).filter(fits).cloned());
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut command = command(self.home.path(), &all);
        command.env("MAXTOP_SQL_PASSWORD", "maxtop");
        command
    }

    /// Whether the command sends requests to the endpoint.
    fn takes_options(words: &[&str]) -> bool {
        let is_client = ["list", "show", "kill", "record", "doctor"].contains(&words[0]);
        is_client || words.starts_with(&["report", "--for"])
    }

    /// Runs every command. Returns the cell of each output.
    fn outputs(&self) -> Vec<(String, Cell)> {
        let mut outputs = Vec::new();
        for words in COMMANDS {
            let ran = finish(&mut self.command(words));
            let file = self.path("a.maxtop");
            if words[0] == "record" && std::fs::metadata(&file).is_err() {
                // A file without lists is not kept, but its faults have hostile texts too.
                let whole = finish(&mut self.command(&["record", "-", "--for", "1s"]));
                std::fs::write(&file, whole.out).unwrap();
            }
            let is_tsv = words[0] == "list" || words[0] == "completions";
            let both = [ran.out.as_slice(), &ran.err].concat();
            let cell = match ran.status {
                None => Err("does not end".to_owned()),
                Some(101) => Err(format!("panic: {:?}", String::from_utf8_lossy(&ran.err))),
                Some(status) => scan(&both, is_tsv).map(|seen| format!("{status}, {seen}")),
            };
            outputs.push((words.join(" "), cell));
        }
        for name in ["events.log", "audit.jsonl"] {
            let bytes = std::fs::read(self.path(name)).unwrap_or_default();
            outputs.push((name.to_owned(), scan(&bytes, false)));
        }
        outputs.push(("export: metrics".to_owned(), self.metrics()));
        outputs
    }

    /// Scrapes the exporter after its first lists.
    fn metrics(&self) -> Cell {
        let (url, dialect) = (format!("--endpoint={}", self.proxy.url()), self.dialect);
        let args = [
            "export",
            "--listen",
            "127.0.0.1:0",
            "-i",
            "100ms",
            "--dialect",
            dialect,
            &url,
        ];
        let mut child = command(self.home.path(), &args).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("serving metrics at http://")
            .unwrap()
            .to_owned();
        let address = address.strip_suffix("/metrics").unwrap();
        let mut body;
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let mut stream = TcpStream::connect(address).unwrap();
            let head = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).unwrap();
            body = reply.split_once("\r\n\r\n").unwrap().1.to_owned();
            let is_polled = |line: &str| {
                let is_up = line.starts_with("maxtop_up{") && line.ends_with(" 1");
                is_up || line.starts_with("maxtop_list_errors_total{") && !line.ends_with(" 0")
            };
            if body.lines().any(is_polled) {
                break;
            }
            assert!(Instant::now() < until, "never polled: {body}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        scan(body.as_bytes(), false)
    }
}

/// Keys that open the views and the dialog.
const VIEWS: [&str; 9] = ["\r", "S", "o", "e", "E", "b", "t", "y", "K"];

/// Takes the program's own copies to the clipboard out of the output. Returns the rest and the copied texts.
fn without_copies(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    const BEGIN: &[u8] = b"\x1b]52;c;";
    let (mut rest, mut copied, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        if !bytes[at..].starts_with(BEGIN) {
            rest.push(bytes[at]);
            at += 1;
            continue;
        }
        let text = &bytes[at + BEGIN.len()..];
        let length = text
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || b"+/=".contains(byte)));
        let length = length.expect("an end of the copy");
        let end = &text[length..];
        assert!(
            end.starts_with(b"\x07") || end.starts_with(b"\x1b\\"),
            "the end of a copy"
        );
        let engine = base64::engine::general_purpose::STANDARD;
        copied.extend(engine.decode(&text[..length]).unwrap());
        at += BEGIN.len() + length + if end[0] == 7 { 1 } else { 2 };
    }
    (rest, copied)
}

/// Scans a screen: its bytes and what it copied.
fn scan_screen(bytes: &[u8]) -> [Cell; 2] {
    let (rest, copied) = without_copies(bytes);
    let harmless = std::panic::catch_unwind(|| assert_harmless(&rest));
    let screen = harmless
        .map(|()| format!("{} bytes", rest.len()))
        .map_err(|cause| {
            let text = cause.downcast_ref::<String>().cloned();
            text.unwrap_or_else(|| "a foreign sequence".to_owned())
        });
    // A copied line of the table has tabs between its fields.
    [screen, scan(&copied, true)]
}

/// Opens every view and copies everything there. The last frame stays as the exit text.
fn screens(start: Start) -> [Cell; 2] {
    let mut pty = start.size(160, 40).open();
    let is_drawn = |screen: &Screen| {
        let text = screen.contents();
        !ids(screen).is_empty() || text.contains("again in") || text.contains("REPLAY")
    };
    pty.wait("a table, a failure or a prompt", |screen| {
        is_drawn(screen) || screen.contents().contains("password of")
    });
    if !pty.look(is_drawn) {
        // Without a password the program ends with the server's words.
        pty.keys("\r");
        pty.ends_anyhow_with(4);
        return scan_screen(&pty.bytes());
    }
    for view in VIEWS {
        pty.keys(view);
        pty.keys("Y");
        // The help is drawn after the frames of the keys before it.
        pty.keys("?");
        pty.sees("Help for");
        pty.keys("\x1b");
        pty.no_longer_sees("Help for");
        pty.keys("\x1b");
        // Esc alone is a key only after a pause.
        pty.keys("?");
        pty.sees("Help for");
        pty.keys("\x1b");
        pty.no_longer_sees("Help for");
    }
    pty.keys("/a\u{202e}\u{200b}\u{9b}b");
    pty.sees("/ a");
    pty.keys("\x1b");
    pty.no_longer_sees("/ a");
    pty.keys("Q");
    pty.ends_anyhow_with(0);
    scan_screen(&pty.bytes())
}

/// The commands that `maxtop --help` lists.
fn all_commands(home: &Path) -> BTreeSet<String> {
    let help = String::from_utf8(finish(&mut command(home, &["--help"])).out).unwrap();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_is_scanned() {
    let home = tempfile::tempdir().unwrap();
    let scanned: BTreeSet<String> = COMMANDS.iter().map(|words| words[0].to_owned()).collect();
    let missing: Vec<String> = all_commands(home.path()).difference(&scanned).cloned().collect();
    assert!(missing.is_empty(), "without a scan: {missing:?}");
}

#[test]
fn the_scan_finds_what_is_harmful() {
    for bad in HOSTILE.chars().filter(|c| is_harmful(*c) && *c != '\n') {
        assert!(scan(format!("a{bad}b").as_bytes(), false).is_err(), "{bad:?}");
    }
    assert!(HOSTILE_HEADER.chars().any(is_harmful));
    assert!(scan_screen(b"\x1b[?25l\x1b]0;x\x07")[0].is_err());
    assert!(scan_screen(b"\x1b]52;c;G1sySg==\x07")[1].is_err());
}

#[test]
fn no_output_has_a_foreign_control_byte() {
    let runs = WORLDS
        .iter()
        .flat_map(|world| DIALECTS.map(|dialect| (world, dialect)));
    let runs: Vec<_> = runs.map(|run| (run, Mutex::default())).collect();
    std::thread::scope(|scope| {
        for (((_, script), dialect), outputs) in &runs {
            scope.spawn(move || *outputs.lock().unwrap() = all_outputs(*script, dialect));
        }
    });
    let mut table = PrintedTable::new(&["output", "world", "dialect", "status and scanned bytes"]);
    for (((world, _), dialect), outputs) in runs {
        let outputs: Vec<(String, Cell)> = outputs.into_inner().unwrap();
        for (output, cell) in outputs {
            let texts = [output.as_str(), world, dialect].map(|text| Ok(text.to_owned()));
            table.push(texts.into_iter().chain([cell]).collect());
        }
    }
    table.judge();
}

/// Returns every output of one world.
fn all_outputs(script: Script, dialect: &'static str) -> Vec<(String, Cell)> {
    let stage = Stage::new(dialect);
    stage.proxy.set(Fault::Replies(script));
    let mut outputs = stage.outputs();
    let [screen, copies] = screens(watched(&stage));
    outputs.push(("screen and exit text".to_owned(), screen));
    outputs.push(("copies (OSC 52)".to_owned(), copies));
    let file: &'static str = stage.path("a.maxtop").leak();
    let [screen, copies] = screens(Start::new(["replay", file]));
    outputs.push(("screen of a replay".to_owned(), screen));
    outputs.push(("copies of a replay".to_owned(), copies));
    outputs
}

fn watched(stage: &Stage) -> Start {
    let url = stage.proxy.url();
    Start::new([
        "--endpoint",
        &url,
        "--dialect",
        stage.dialect,
        "--interval",
        "100ms",
    ])
    .args(["--grace", "0s", "--sort", "-idle"])
}
