//! Transactions and locks of the servers in `maxtop list`, `maxtop show` and `maxtop kill`.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use maxtop::demo::{ServeSpec, ServedDialects};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::program::{Demo, Ran, command, ran};
use crate::terminal::AtTerminal;

/// An endpoint whose world does not move, with transactions that block others.
fn incidents(change: impl FnOnce(&mut ServeSpec)) -> Arc<Demo> {
    Arc::new(Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
        change(spec);
    }))
}

/// Returns the program with the database user.
fn with_servers(demo: &Demo, args: &[&str]) -> Command {
    let url = demo.running.url();
    let mut command = command(&[args, &["-e", &url, "--sql-user", "maxtop"]].concat());
    command.env("MAXTOP_SQL_PASSWORD", "maxtop");
    command
}

fn run(demo: &Demo, args: &[&str]) -> Ran {
    ran(&mut with_servers(demo, args))
}

fn json(demo: &Demo, args: &[&str]) -> Value {
    let ran = run(demo, args);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// Returns the session that blocks most.
fn blocker(demo: &Demo) -> Value {
    let list = json(demo, &["list", "-o", "json", "-f", "blocks>5"]);
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    list[0].clone()
}

/// Whether connections to servers were opened and all of them are closed.
fn are_closed(demo: &Demo) -> bool {
    let log = demo.running.log();
    let opened = log.iter().any(|line| line.target.contains("persist=yes"));
    opened && demo.running.sql_connections().is_empty()
}

/// Runs `then` on the endpoint as soon as it has logged a request that `when` describes.
fn react(
    demo: &Arc<Demo>,
    when: impl Fn(&str) -> bool + Send + 'static,
    then: impl FnOnce(&Demo) + Send + 'static,
) -> std::thread::JoinHandle<()> {
    let demo = Arc::clone(demo);
    std::thread::spawn(move || {
        while !demo.running.log().iter().any(|line| when(&line.target)) {
            std::thread::sleep(Duration::from_millis(1));
        }
        then(&demo);
    })
}

#[test]
fn list_has_transactions_and_locks_in_every_form() {
    let demo = incidents(|_| {});
    let blocker = blocker(&demo);
    assert!(blocker["trx"].as_f64().unwrap() > 300.0, "{blocker}");
    assert_eq!(
        (&blocker["blocks"], &blocker["rows_locked"]),
        (&7.into(), &4.into())
    );
    assert_eq!(blocker["waits"], Value::Null);
    assert_eq!(
        (&blocker["severity"], &blocker["stuck"][0]["reason"]),
        (&"act".into(), &"blocks".into())
    );
    let waiting = json(
        &demo,
        &["list", "-o", "json", "-f", "reason=lock-wait and waits>20s"],
    );
    assert!(waiting.as_array().unwrap().len() >= 4, "{waiting}");
    assert!(
        waiting[0]["why"].as_str().unwrap().contains("for session"),
        "{waiting}"
    );

    let tsv = run(&demo, &["list", "-o", "tsv", "-f", "blocks>5"]);
    let lines: Vec<Vec<_>> = tsv.out.lines().map(|line| line.split('\t').collect()).collect();
    let end = lines[0].len() - 6;
    assert_eq!(
        lines[0][end..],
        ["trx", "blocks", "waits", "rows_locked", "severity", "why"]
    );
    assert_eq!(lines[1][end + 1..end + 5], ["7", "", "4", "act"]);
    let chosen = run(
        &demo,
        &[
            "list",
            "-o",
            "csv",
            "-f",
            "blocks>5",
            "--columns",
            "id,blocks,severity",
        ],
    );
    assert_eq!(
        chosen.out,
        format!("id,blocks,severity\n{},7,act\n", blocker["id"])
    );
    let table = run(
        &demo,
        &[
            "list",
            "-o",
            "table",
            "-f",
            "blocks>5",
            "--columns",
            "id,trx,blocks",
        ],
    );
    assert!(table.out.contains("5m") && table.out.contains(" 7"), "{table:?}");
    assert!(are_closed(&demo));
}

#[test]
fn without_a_database_user_the_fields_are_null_and_nothing_is_posted() {
    let demo = incidents(|_| {});
    for row in demo.list() {
        for field in ["trx", "blocks", "waits", "rows_locked"] {
            assert_eq!(row[field], Value::Null, "{row}");
        }
    }
    assert!(demo.running.log().iter().all(|line| line.method == "GET"));
}

#[test]
fn a_read_only_list_reads_locks_with_fixed_selects_only() {
    let demo = incidents(|_| {});
    let list = json(&demo, &["list", "--read-only", "-o", "json", "-f", "blocks>5"]);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(
        demo.running
            .sql_log()
            .iter()
            .all(|sql| sql.starts_with("/* maxtop "))
    );
    assert!(are_closed(&demo));
}

#[test]
fn show_has_a_section_of_the_transaction_with_waiters_and_blocker() {
    let demo = incidents(|_| {});
    let id = blocker(&demo)["id"].to_string();
    let shown = run(&demo, &["show", &id]);
    assert_eq!((shown.status, shown.err.as_str()), (0, ""));
    for part in [
        "\nTRANSACTION  on db-01, thread ",
        "4 locked, 2 changed",
        "7 threads, the longest for ",
    ] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    let shown = json(&demo, &["show", &id, "-o", "json"]);
    let waiters = shown["transaction"]["waiters"].as_array().unwrap();
    assert_eq!((waiters.len(), &shown["blocks"]), (7, &7.into()), "{shown}");
    let waiter = waiters[0]["session"].to_string();
    let shown = json(&demo, &["show", &waiter, "-o", "json"]);
    assert_eq!(shown["transaction"]["waits_for"]["session"].to_string(), id);
    assert_eq!(shown["transaction"]["waits_for"]["table"], "shop.orders");
    let shown = run(&demo, &["show", &waiter]);
    assert!(shown.out.contains(&format!("for session {id} ")), "{}", shown.out);
    assert!(are_closed(&demo));
}

#[test]
fn servers_that_cannot_be_read_are_one_line_and_the_rest_works() {
    type Change = fn(&mut ServeSpec);
    let cases: [(Change, &str); 3] = [
        (
            |spec| spec.sql.password = "other".into(),
            "wrong database user or password",
        ),
        (|spec| spec.sql.process = false, "missing privilege"),
        (|spec| spec.sql.max_connections = 0, "too many connections"),
    ];
    for (change, words) in cases {
        let demo = incidents(change);
        let id = demo.ready_id();
        for args in [&["list", "-o", "json"][..], &["show", &id]] {
            let ran = run(&demo, args);
            assert_eq!(ran.status, 0, "{ran:?}");
            assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
            assert!(
                ran.err.starts_with("maxtop: locks of db-01") && ran.err.contains(words),
                "{ran:?}"
            );
            assert!(!ran.out.is_empty());
        }
        assert!(demo.running.sql_connections().is_empty());
    }
    let draft = Demo::start(ServedDialects::Draft);
    let ran = run(&draft, &["list", "-o", "json"]);
    assert_eq!(ran.status, 0);
    assert_eq!(
        ran.err,
        "maxtop: locks are unknown: the draft does not report locks\n"
    );
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    let cause = serde_json::json!([{"server": null, "cause": "the draft does not report locks"}]);
    assert_eq!(list[0]["unknown_locks"], cause);
    let watched = run(&draft, &["list", "-o", "jsonl", "--count", "1"]);
    let (_, said) = watched.err.split_once(' ').unwrap();
    assert_eq!((watched.status, said), (0, ran.err.as_str()), "after its time");
    let first: Value = serde_json::from_str(watched.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["unknown_locks"], cause);
    let shown = run(&draft, &["show", &draft.ready_id(), "-o", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(shown["unknown_locks"], cause);
}

#[test]
fn a_server_that_is_down_is_named_in_every_form() {
    // The simulated db-03 fails after 90 seconds.
    let demo = incidents(|spec| spec.head_start = Duration::from_secs(100));
    let line = "maxtop: locks of db-03 are unknown: server down: Down\n";
    let unknown = serde_json::json!([{"server": "db-03", "cause": "server down: Down"}]);
    let id = demo.ready_id();
    for args in [&["list"][..], &["list", "-o", "table"], &["show", &id]] {
        let ran = run(&demo, args);
        assert_eq!((ran.status, ran.err.as_str()), (0, line), "{args:?}");
    }
    let json = |args: &[&str]| -> Value {
        let ran = run(&demo, args);
        assert!(ran.status == 0 && ran.err.ends_with(line), "{args:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap()
    };
    assert_eq!(json(&["list", "-o", "json"])[0]["unknown_locks"], unknown);
    assert_eq!(
        json(&["list", "-o", "json", "--count", "1"])["sessions"][0]["unknown_locks"],
        unknown
    );
    assert_eq!(json(&["show", &id, "-o", "json"])["unknown_locks"], unknown);
    let healthy = incidents(|_| {});
    let list = crate::locks::json(&healthy, &["list", "-o", "json"]);
    assert_eq!(list[0]["unknown_locks"], Value::Array(Vec::new()));
    assert_eq!(
        healthy.list()[0]["unknown_locks"],
        Value::Null,
        "no database user"
    );
}

#[test]
fn a_protection_by_locks_without_a_database_user_says_what_it_needs() {
    let demo = incidents(|_| {});
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    std::fs::write(&file, "protect = \"blocks>0 or trx>1h\"\n").unwrap();
    let id = demo.ready_id();
    let ran = demo.maxtop(&["kill", &id, "--yes", "--config", file.to_str().unwrap()]);
    assert_eq!((ran.status, demo.deletes().len()), (1, 0), "{ran:?}");
    let words = "needs server access for the fields trx, blocks, and the locks of the session are unknown: set sql-user";
    assert!(ran.out.contains(words), "{ran:?}");
}

#[test]
fn connections_are_closed_before_a_signal_ends_the_program() {
    let demo = incidents(|spec| spec.sql.delay = Duration::from_millis(700));
    let id = demo.ready_id();
    for args in [
        &["list"][..],
        &["show", &id],
        &["kill", "-f", "blocks>0", "--yes"],
    ] {
        let before = demo.running.sql_log().len();
        let child = with_servers(&demo, args).spawn().unwrap();
        while demo.running.sql_log().len() == before {
            std::thread::sleep(Duration::from_millis(1));
        }
        kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.stdout.is_empty(), "{output:?}");
        if args[0] == "kill" {
            assert_eq!(output.status.code(), Some(128 + Signal::SIGINT as i32));
            assert_eq!(output.stderr, b"maxtop: nothing was killed: interrupted\n");
        } else {
            assert_eq!(output.status.signal(), Some(Signal::SIGINT as i32), "{args:?}");
            assert!(output.stderr.is_empty(), "{output:?}");
        }
        assert!(are_closed(&demo), "{args:?}");
    }
    assert!(demo.deletes().iter().all(|target| target.starts_with("/v1/sql/")));
}

#[test]
fn connections_are_closed_after_a_closed_pipe_and_after_an_error() {
    let demo = incidents(|_| {});
    let mut child = with_servers(&demo, &["list"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert!(are_closed(&demo));
    let ran = run(&demo, &["kill", "-f", "blocks>=0", "--max", "1", "--yes"]);
    ran.failed(1, "sessions match, --max is 1");
    assert!(are_closed(&demo));
}

#[test]
fn a_session_that_still_blocks_is_killed() {
    let demo = incidents(|_| {});
    let id = blocker(&demo)["id"].to_string();
    let ran = run(&demo, &["kill", "-f", "blocks>5", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with(&format!("killed {id} etl@")), "{ran:?}");
    assert!(are_closed(&demo));
    let left = json(&demo, &["list", "-o", "json", "-f", "blocks>5"]);
    assert_eq!(left, Value::Array(Vec::new()));
}

/// Kills the blockers by this filter, while `change` happens at their first check.
fn kill_while(filter: &str, change: fn(&Demo, u64)) -> (Arc<Demo>, Ran) {
    // The reply to each check is late enough for the change.
    let demo = incidents(|spec| spec.delay = Duration::from_millis(300));
    let id = blocker(&demo)["id"].as_u64().unwrap();
    let check = format!("/v1/sessions/{id}");
    let changed = react(
        &demo,
        move |target| target.starts_with(&check),
        move |demo| change(demo, id),
    );
    let ran = run(&demo, &["kill", &id.to_string(), "-f", filter, "--yes"]);
    changed.join().unwrap();
    (demo, ran)
}

#[test]
fn a_session_that_has_freed_its_locks_meanwhile_is_skipped() {
    for (filter, words) in [
        ("blocks>0", "no longer blocks"),
        (
            "blocks>2 and user=etl",
            "no longer matches 'blocks>2 and user=etl'",
        ),
        ("reason=blocks", "no longer matches 'reason=blocks'"),
        ("trx>5m", "no longer matches 'trx>5m'"),
    ] {
        let (demo, ran) = kill_while(filter, |demo, id| {
            demo.running.with_world(|world| world.commit(id));
        });
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(
            ran.out.starts_with("skipped: ") && ran.out.contains(words),
            "{ran:?}"
        );
        assert!(demo.deletes().iter().all(|target| target.starts_with("/v1/sql/")));
        assert!(are_closed(&demo));
    }
}

#[test]
fn a_session_whose_locks_cannot_be_read_any_more_is_skipped() {
    let (demo, ran) = kill_while("blocks>0", |demo, _| {
        demo.running.change_sql(|sql| sql.max_connections = 0);
    });
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out
            .contains(": whether it still blocks could not be read: db-01: too many connections"),
        "{ran:?}"
    );
    assert!(demo.deletes().iter().all(|target| target.starts_with("/v1/sql/")));
}

#[test]
fn the_commands_that_show_recommends_work_as_printed() {
    let demo = incidents(|_| {});
    let id = blocker(&demo)["id"].to_string();
    let shown = run(&demo, &["show", &id]);
    let (url, out) = (demo.running.url(), &shown.out);
    let kill = format!("'maxtop kill -e {url} --sql-user=maxtop {id}'");
    assert!(out.contains(&kill), "{out}");
    assert!(
        out.contains("; TRANSACTION below lists them") && !out.contains("waits>=0s"),
        "{out}"
    );
    let waiting = json(&demo, &["list", "-o", "json", "-f", "waits>=0s"]);
    let waiter = waiting[0]["id"].to_string();
    let shown = run(&demo, &["show", &waiter]).out;
    let (_, rest) = shown.split_once("next: '").unwrap();
    let (recommended, _) = rest.split_once('\'').unwrap();
    let words: Vec<_> = recommended.split(' ').skip(1).collect();
    let ran = ran(command(&words).env("MAXTOP_SQL_PASSWORD", "maxtop"));
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{recommended}");
    assert!(
        ran.out.contains("\nTRANSACTION  on "),
        "{recommended}: {}",
        ran.out
    );
}

/// Starts a kill of the blocker at a terminal, with its grace period and its audit log.
fn at_terminal(demo: &Demo, home: &Path, args: &[&str]) -> AtTerminal {
    let password = home.join("password");
    std::fs::write(&password, "maxtop\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (url, log) = (demo.running.url(), home.join("log"));
    let common = [
        "-e",
        &url,
        "--sql-user",
        "maxtop",
        "--sql-password-file",
        password.to_str().unwrap(),
        "--audit",
        log.to_str().unwrap(),
    ];
    AtTerminal::start(&[&["kill", "-f", "blocks>5"], args, &common].concat())
}

#[test]
fn after_the_locks_were_read_ctrl_c_still_ends_the_prompt_and_cancels_the_grace_period() {
    let (demo, home) = (incidents(|_| {}), tempfile::tempdir().unwrap());
    let mut maxtop = at_terminal(&demo, home.path(), &[]);
    maxtop.awaits("? [y/N] ");
    assert!(are_closed(&demo), "at the prompt");
    maxtop.types("\x03");
    assert_ne!(maxtop.ends().0, 0);

    let mut maxtop = at_terminal(&demo, home.path(), &["--yes", "--grace", "10m"]);
    maxtop.awaits("press Ctrl-C to cancel\r\n");
    maxtop.types("\x03");
    let (status, screen) = maxtop.ends();
    assert_eq!(status, 130, "{screen}");
    assert!(screen.contains("canceled, nothing was killed"), "{screen}");
    assert!(are_closed(&demo));
    assert!(demo.deletes().iter().all(|target| target.starts_with("/v1/sql/")));
}

#[test]
fn sessions_that_could_not_be_decided_are_named_with_the_cause() {
    let demo = incidents(|_| {});
    let list = demo.list();
    let all = list.len();
    let has_none = |session: &&Value| session["servers"].as_array().is_some_and(Vec::is_empty);
    let without_connection = list.iter().filter(has_none).count();
    let decided = |count: usize, ran: &Ran, cause: &str| {
        let line = format!("{count} sessions could not be decided: {cause}");
        assert!(ran.err.contains(&line), "{line}: {ran:?}");
        assert!(!ran.err.contains("no session matches"), "{ran:?}");
    };
    let unset = "the locks were not read, because sql-user is not set";
    let killed = demo.maxtop(&["kill", "--yes", "-f", "blocks>0"]);
    decided(all, &killed, unset);
    assert_eq!((killed.status, demo.deletes().len()), (1, 0), "{killed:?}");
    let dry = demo.maxtop(&["kill", "--dry-run", "-f", "blocks>0"]);
    assert_eq!(dry.status, 1, "{dry:?}");
    let listed = demo.maxtop(&["list", "-f", "blocks>0", "-o", "json"]);
    decided(all, &listed, unset);
    assert_eq!(
        listed.status, 1,
        "nothing is known, which is not an empty list: {listed:?}"
    );
    for args in [
        &["list", "-f", "blocks>0", "-o", "table"][..],
        &["kill", "--yes", "-f", "blocks>0"],
    ] {
        let mut wrong = with_servers(&demo, args);
        // A session without a connection has no locks.
        decided(
            all - without_connection,
            &ran(wrong.env("MAXTOP_SQL_PASSWORD", "wrong")),
            "the locks could not be read",
        );
    }
    let ran = demo.maxtop(&["kill", "--yes", "-f", "id=999999 and blocks>0"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("no session matches"), "{ran:?}");
}

#[test]
fn a_session_without_a_server_connection_can_be_killed_by_a_filter_of_locks() {
    let demo = incidents(|_| {});
    let list = json(&demo, &["list", "-o", "json", "-f", "blocks=0"]);
    let without = list.as_array().unwrap().iter();
    let mut without = without.filter(|session| session["servers"].as_array().is_some_and(Vec::is_empty));
    let id = without.next().expect("a session without a connection")["id"].to_string();
    let ran = run(&demo, &["kill", &id, "-f", "blocks=0", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(demo.deletes().contains(&format!("/v1/sessions/{id}")));
}

#[test]
fn the_program_log_names_statements_without_their_sql() {
    let demo = incidents(|_| {});
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.log");
    let list = json(&demo, &["list", "-o", "json", "-f", "query~'^UPDATE orders'"]);
    let id = list[0]["id"].to_string();
    let ran = run(&demo, &["kill", &id, "--yes", "--log", log.to_str().unwrap()]);
    assert!(ran.out.contains("UPDATE orders"), "{ran:?}");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(
        text.contains("; its statement") && text.contains(", query "),
        "{text}"
    );
    assert!(!text.contains("UPDATE"), "{text}");
}

#[test]
fn the_preview_of_a_kill_has_changed_rows_and_waiters() {
    let demo = incidents(|_| {});
    let id = blocker(&demo)["id"].to_string();
    let ran = run(&demo, &["kill", &id, "--dry-run"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "sessions wait for its locks",
        "Its open transaction is rolled back.",
        "db-01 rolls back ",
        " changed rows.",
        "sessions that wait for its locks then continue one by one.",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(are_closed(&demo));
}

#[test]
fn the_draft_is_named_as_the_cause_of_unknown_locks() {
    let draft = Demo::start(ServedDialects::Draft);
    let filter = ["list", "-o", "json", "-f", "blocks>0"];
    for ran in [draft.maxtop(&filter), run(&draft, &filter)] {
        assert_eq!(ran.status, 1, "{ran:?}");
        let cause = "could not be decided: the draft does not report locks\n";
        assert!(ran.err.contains(cause), "{ran:?}");
    }
}

#[test]
fn a_condition_that_needs_locks_fails_if_the_servers_could_not_be_read() {
    let demo = incidents(|_| {});
    let all = json(&demo, &["list", "-o", "json"]);
    let is_quiet = |session: &&Value| session["severity"].is_null() && session["waits"].is_null();
    let quiet = all.as_array().unwrap().iter().find(is_quiet).unwrap()["id"].to_string();
    let wrong = |args: &[&str]| {
        let filter = format!("id={quiet}");
        ran(with_servers(&demo, &[args, &["-f", &filter]].concat()).env("MAXTOP_SQL_PASSWORD", "wrong"))
    };
    for condition in ["stuck", "reason=lock-wait"] {
        let ran = wrong(&["list", "--fail-if", condition]);
        assert_eq!(ran.status, 1, "{ran:?}");
    }
    let ran = wrong(&["list", "--fail-if", "stuck"]);
    let line = "no session matches stuck; blocks, lock-wait and metadata-lock are unknown: the locks could not be read";
    assert!(ran.err.contains(line), "{ran:?}");
    let ran = wrong(&["list", "--fail-if", "reason=idle"]);
    assert_eq!(ran.status, 0, "no lock decides it: {ran:?}");
    let filter = format!("id={quiet}");
    let ran = run(&demo, &["list", "--fail-if", "stuck", "-f", &filter]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn without_a_database_user_no_command_takes_the_absence_of_a_lock_reason_for_granted() {
    let demo = incidents(|_| {});
    let id = blocker(&demo)["id"].to_string();
    let unset = "could not be decided: the locks were not read, because sql-user is not set";
    let own = format!("id={id} and not reason=blocks");
    for filter in [own.as_str(), "reason=blocks", "reason=lock-wait"] {
        for consent in ["--dry-run", "--yes"] {
            let ran = demo.maxtop(&["kill", consent, "-f", filter]);
            assert_eq!(ran.status, 1, "{filter}: {ran:?}");
            assert!(ran.err.contains(unset), "{filter}: {ran:?}");
        }
    }
    let ran = demo.maxtop(&["kill", &id, "--yes", "-f", "not reason=blocks"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("unknown whether it matches"), "{ran:?}");
    let deletes = demo.deletes();
    assert!(
        deletes.iter().all(|target| target.starts_with("/v1/sql/")),
        "{deletes:?}"
    );
    let own = format!("id={id}");
    let ran = demo.maxtop(&["list", "-f", &own, "--fail-if", "not reason=blocks"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("1 could not be decided"), "{ran:?}");
    let ran = run(&demo, &["list", "-f", &own, "--fail-if", "reason=blocks"]);
    assert_eq!(ran.status, 5, "{ran:?}");
}

#[test]
fn a_reason_that_no_list_shows_is_named_as_the_cause() {
    let demo = incidents(|_| {});
    let ran = run(&demo, &["kill", "--dry-run", "-f", "reason=buffering"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("buffering is not reported"), "{ran:?}");
    let ran = run(&demo, &["kill", "--dry-run", "-f", "reason=no-backend"]);
    assert!(ran.err.contains("no-backend needs several lists"), "{ran:?}");
}

#[test]
fn a_closing_session_that_one_list_does_not_decide_is_no_empty_result() {
    let demo = incidents(|spec| spec.world.old_troubles = true);
    let list = demo.list();
    let closing = list.iter().find(|session| {
        let state = session["state"].as_str().unwrap_or_default();
        state.contains("topping")
    });
    let id = closing.expect("a closing session")["id"].to_string();
    for filter in ["reason=closing", "not reason=closing"] {
        let filter = format!("id={id} and {filter}");
        let ran = run(&demo, &["kill", "--dry-run", "-f", &filter]);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(
            ran.err
                .contains("1 session could not be decided: closing needs several lists"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_kill_by_a_field_of_locks_names_no_reason() {
    let demo = incidents(|_| {});
    let list = json(&demo, &["list", "-o", "json", "-f", "user=catalog"]);
    let id = list[0]["id"].to_string();
    let filter = format!("id={id} and not reason=blocks");
    let ran = run(&demo, &["kill", "--dry-run", "-f", &filter]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let filter = format!("id={id} and not blocks>0");
    let ran = demo.maxtop(&["kill", "--dry-run", "-f", &filter]);
    let cause = "could not be decided: the locks were not read, because sql-user is not set\n";
    assert!(ran.err.contains(cause), "no reason is named: {ran:?}");
}
