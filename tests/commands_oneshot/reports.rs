//! `maxtop report`, and the redaction of reports and recordings.

use std::collections::BTreeSet;
use std::fs;

use maxtop::demo::ServedDialects;
use maxtop::recording::{FactKind, Limits, Recording};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Demo, Ran, command, maxtop, ran};

const DIALECTS: [ServedDialects; 2] = [ServedDialects::Draft, ServedDialects::JsonApi];
/// Size below which a text may occur by chance: a user `a`.
const SHORTEST: usize = 3;
/// A user of the world, and a word of reports and recordings.
const OWN_WORD: &str = "report";

/// A world with transactions that block others.
fn incidents(dialects: ServedDialects) -> Demo {
    Demo::with(dialects, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
    })
}

fn run(demo: &Demo, args: &[&str]) -> Ran {
    let url = demo.running.url();
    let all = [&["-e", &url, "-i", "200ms"], args].concat();
    let mut command = command(&all);
    if demo.json(&["list", "-o", "json"])[0]["dialect"] != "draft" {
        command.args(["--sql-user", "maxtop"]);
        command.env("MAXTOP_SQL_PASSWORD", "maxtop");
    }
    ran(&mut command)
}

fn report(demo: &Demo, args: &[&str]) -> String {
    let ran = run(demo, &[&["report"], args].concat());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.out
}

/// Records the world. Returns the path of the recording.
fn recorded(demo: &Demo, directory: &TempDir, args: &[&str]) -> String {
    let path = directory.path().join("a.mxr").display().to_string();
    let ran = run(demo, &[&["record", &path, "--for", "3s"], args].concat());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    path
}

/// Returns the ids of the stuck sessions.
fn stuck(demo: &Demo) -> Vec<String> {
    let list = demo.json(&["list", "-o", "json", "-f", "stuck"]);
    let ids = list.as_array().unwrap().iter().map(|one| one["id"].to_string());
    ids.collect()
}

/// Returns the users, addresses and programs of a world, also those of the endpoint.
fn secrets(demo: &Demo) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for session in demo.list() {
        for field in ["user", "address", "program"] {
            if let Some(value) = session[field].as_str() {
                secrets.insert(value.to_owned());
            }
        }
    }
    secrets.insert("127.0.0.1".to_owned());
    secrets.retain(|secret| secret.len() >= SHORTEST);
    secrets
}

/// Returns the literals of a statement: quoted texts, and words that begin with a digit.
fn literals(sql: &str) -> Vec<String> {
    let quoted = sql.split('\'').skip(1).step_by(2).map(ToOwned::to_owned);
    let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
    let numbers = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    quoted.chain(numbers.map(ToOwned::to_owned)).collect()
}

/// Returns all statements of a recording.
fn statements(recording: &Recording) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for fact in recording.facts() {
        match fact.unwrap().kind {
            FactKind::Listed(list) => {
                let extra = list.sessions.iter().filter_map(|session| session.extra.as_ref());
                let running = extra.filter_map(|extra| extra.running.as_ref()?.sql.as_ref());
                found.extend(running.map(ToString::to_string));
            }
            FactKind::ServerReport(report) => {
                let threads = report.activity.iter().flat_map(|activity| &activity.threads.rows);
                let running = threads.filter_map(|thread| thread.statement.as_ref());
                found.extend(running.map(ToString::to_string));
            }
            _ => {}
        }
    }
    found
}

fn open(path: &str) -> Recording {
    Recording::open(fs::read(path).unwrap(), Limits::default()).unwrap()
}

/// Whether a text has a user, address or program.
fn has_secret(text: &str, secret: &str) -> bool {
    if secret == OWN_WORD {
        let forms = [
            format!("{secret}@"),
            format!("| {secret} |"),
            format!("\"user\":\"{secret}\""),
        ];
        return forms.iter().any(|form| text.contains(form));
    }
    has_word(text, secret)
}

/// Whether a text has a word, and not only as a part of another one.
fn has_word(text: &str, word: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        !before.is_some_and(is_inner) && !after.is_some_and(is_inner)
    })
}

#[test]
fn a_live_report_has_every_stuck_session_in_both_dialects() {
    for dialects in DIALECTS {
        let demo = incidents(dialects);
        let report = report(&demo, &["--for", "3s"]);
        for id in stuck(&demo) {
            assert!(report.contains(&format!("| {id} |")), "{id}: {report}");
        }
        assert!(report.contains("From polling the endpoints."));
        // Those of server connections are to `/v1/sql`.
        let deletes = demo.deletes();
        let killed = deletes.iter().find(|target| target.contains("/sessions"));
        assert_eq!(killed, None);
    }
}

#[test]
fn a_report_of_a_recording_has_its_stuck_sessions_and_blockers() {
    let directory = tempfile::tempdir().unwrap();
    let demo = incidents(ServedDialects::JsonApi);
    let path = recorded(&demo, &directory, &[]);
    let ids = stuck(&demo);
    drop(demo);
    let ran = maxtop(&["report", &path]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(!ids.is_empty());
    for id in ids {
        assert!(ran.out.contains(&format!("| {id} |")), "{id}: {}", ran.out);
    }
    assert!(
        ran.out.contains("the worst moment, ") && ran.out.contains("blocks "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("From a recording made by maxtop"));
}

#[test]
fn a_redacted_recording_and_report_have_no_users_addresses_and_literals() {
    for dialects in DIALECTS {
        let directory = tempfile::tempdir().unwrap();
        let demo = incidents(dialects);
        let secrets = secrets(&demo);
        assert!(secrets.len() > 10, "{secrets:?}");
        let plain = open(&recorded(&demo, &directory, &[]));
        let unredacted = maxtop(&["report", &directory.path().join("a.mxr").display().to_string()]).out;
        assert!(
            secrets.iter().any(|secret| has_secret(&unredacted, secret)),
            "{unredacted}"
        );
        let mut literals: BTreeSet<_> = statements(&plain).iter().flat_map(|sql| literals(sql)).collect();
        literals.retain(|literal| literal.len() >= SHORTEST);
        let path = recorded(&demo, &directory, &["--redact", "--force"]);
        let recording = open(&path);
        assert!(recording.header().is_redacted);
        let lines = zstd::decode_all(fs::File::open(&path).unwrap()).unwrap();
        let lines = format!("{:?}{}", recording.header(), String::from_utf8(lines).unwrap());
        let live = report(&demo, &["--for", "3s", "--redact"]);
        let of_redacted = maxtop(&["report", &path]).out;
        assert!(of_redacted.contains("user-1"), "{of_redacted}");
        let statements: Vec<_> = statements(&recording).into_iter().collect();
        for (name, text) in [("recording", &lines), ("live", &live), ("report", &of_redacted)] {
            for secret in &secrets {
                assert!(!has_secret(text, secret), "{name} has {secret}");
            }
            for literal in literals
                .iter()
                .filter(|literal| !literal.chars().all(|c| c.is_ascii_digit()))
            {
                assert!(!has_word(text, literal), "{name} has {literal}");
            }
        }
        for sql in statements {
            assert_eq!(self::literals(&sql), [""; 0], "{sql}");
        }
    }
}

#[test]
fn a_report_of_a_recording_is_redacted_like_a_live_one() {
    let directory = tempfile::tempdir().unwrap();
    let demo = incidents(ServedDialects::JsonApi);
    let path = recorded(&demo, &directory, &[]);
    let ran = maxtop(&["report", &path, "--redact"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    for secret in secrets(&demo) {
        assert!(!has_secret(&ran.out, &secret), "{secret}: {}", ran.out);
    }
}

#[test]
fn an_interrupted_recording_is_reported_up_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Demo::start(ServedDialects::JsonApi);
    let path = recorded(&demo, &directory, &[]);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 300]).unwrap();
    let ran = maxtop(&["report", &path]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("It ends in the middle"), "{}", ran.out);
    // Only the header and what comes before the first list.
    let whole = open(&path).facts().count();
    let start = (1..bytes.len()).find(|length| {
        let part = Recording::open(bytes[..*length].to_vec(), Limits::default());
        part.is_ok_and(|part| part.facts().all(|fact| fact.is_ok()))
    });
    fs::write(&path, &bytes[..start.unwrap()]).unwrap();
    assert!(whole > 0);
    let ran = maxtop(&["report", &path]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.err
            .ends_with("a.mxr: the recording has no complete session list\n"),
        "{ran:?}"
    );
    assert!(
        ran.out.matches("Not known: there is no complete list.").count() == 2,
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("--sql-user"), "{}", ran.out);
    fs::write(&path, "not a recording").unwrap();
    maxtop(&["report", &path]).failed(1, "a.mxr");
}

#[test]
fn at_ctrl_c_the_report_is_written() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let child = command(&["-e", &url, "-i", "100ms", "report", "--for", "10m"])
        .spawn()
        .unwrap();
    let lists = || {
        let log = demo.running.log();
        log.iter()
            .filter(|line| line.target.contains("/sessions"))
            .count()
    };
    while lists() < 4 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGHUP).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.starts_with("# MaxScale incident report\n"), "{report}");
}

#[test]
fn an_endpoint_that_is_not_reached_gives_its_status() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let ran = maxtop(&["-e", &url, "report", "--for", "1s"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.err.contains("connection refused"), "{ran:?}");
}

#[test]
fn a_recording_is_not_polled_for_a_time() {
    maxtop(&["report", "a.mxr", "--for", "5s"]).failed_with_usage();
}

impl Ran {
    fn failed_with_usage(&self) {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{self:?}");
    }
}

#[test]
fn the_number_of_sessions_is_that_of_the_list() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let sessions: Vec<Value> = demo.list();
    let report = report(&demo, &["--for", "1s"]);
    assert!(
        report.contains(&format!("| jsonapi | {} |", sessions.len())),
        "{report}"
    );
}
