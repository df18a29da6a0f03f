//! `maxtop list --watch`, `--count` and `--fail-if`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::json_schema;
use crate::program::{Demo, NOT_EXAMINED, command, maxtop, replying};
use crate::terminal::AtTerminal;

/// Options of three quick lists.
const THREE: [&str; 5] = ["list", "--count", "3", "-i", "100ms"];

fn polls(demo: &Demo, more: &[&str]) -> String {
    let ran = demo.maxtop(&[&THREE[..], more].concat());
    // A table of the draft names the reasons that are not examined.
    let mut notes = ran.err.lines();
    assert!(notes.all(|note| note.contains("Z not examined: ")), "{ran:?}");
    assert_eq!(ran.status, 0, "{more:?}");
    ran.out
}

#[test]
fn json_is_one_document_for_each_list_and_line() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let out = polls(&demo, &["-o", "json"]);
    let lists: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lists.len(), 3);
    let times: Vec<_> = lists.iter().map(|list| list["time"].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times[0].ends_with('Z'), "{times:?}");
    assert!(
        lists
            .iter()
            .all(|list| list["sessions"].as_array().unwrap().len() >= 40)
    );
    let lines = polls(&demo, &["-o", "jsonl"]);
    assert!(
        lines.lines().all(|line| line.starts_with("{\"time\":\"2")),
        "{lines}"
    );
}

#[test]
fn csv_and_tsv_have_one_header_and_begin_with_the_time() {
    let demo = Demo::start(ServedDialects::Draft);
    for (form, sign) in [("csv", ','), ("tsv", '\t')] {
        let out = polls(&demo, &["-o", form, "--columns", "id,user"]);
        let (header, rows) = out.split_once('\n').unwrap();
        assert_eq!(header, format!("time{sign}id{sign}user"));
        let times: Vec<_> = rows.lines().map(|row| row.split(sign).next().unwrap()).collect();
        assert!(times.iter().all(|time| time.ends_with('Z')), "{rows}");
        let mut distinct = times.clone();
        distinct.dedup();
        assert_eq!(distinct.len(), 3, "{distinct:?}");
    }
}

#[test]
fn a_table_on_a_pipe_begins_with_its_time() {
    let demo = Demo::start(ServedDialects::Draft);
    let out = polls(&demo, &["-o", "table"]);
    let lists: Vec<_> = out.split("\n\n").collect();
    assert_eq!(lists.len(), 3, "{out}");
    for list in lists {
        let mut lines = list.lines();
        assert!(lines.next().unwrap().ends_with('Z'), "{list}");
        assert!(lines.next().unwrap().starts_with("ID"), "{list}");
    }
    assert!(!out.contains('\x1b'));
}

#[test]
fn a_failing_poll_is_one_line_and_the_status_is_that_of_the_last_one() {
    let ran = maxtop(&[&["-e", "http://127.0.0.1:1"], &THREE[..]].concat());
    assert_eq!((ran.status, ran.out.as_str()), (3, ""), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 3, "{ran:?}");
    let (requests, lists) = (AtomicUsize::new(0), r#"{"data":[]}"#.to_owned());
    // The second list fails.
    let address = replying(move |request| {
        let is_list = request.contains("/sessions");
        let number = requests.fetch_add(usize::from(is_list), Ordering::Relaxed);
        match is_list && number == 1 {
            true => (503, String::new()),
            false if is_list => (200, lists.clone()),
            false => (
                200,
                r#"{"data":{"id":"maxscale","attributes":{"version":"24.02.3"}}}"#.to_owned(),
            ),
        }
    });
    let url = format!("http://{address}");
    let ran = maxtop(&[&["-e", &url], &THREE[..], &["-o", "json"]].concat());
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    let (time, line) = ran.err.split_once(" maxtop: ").unwrap();
    assert!(line.ends_with("trying again\n"), "{line}");
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    let lists = documents(&ran.out);
    let failed: Vec<_> = lists.iter().map(|list| list["failed"].to_string()).collect();
    let cause = format!(r#"[{{"endpoint":"{url}","error":"status 503"}}]"#);
    assert_eq!(failed, ["[]", cause.as_str(), "[]"]);
}

/// Parses a document from each line, and checks it against the schema.
fn documents(out: &str) -> Vec<Value> {
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
    let all: Vec<Value> = lines.collect();
    for one in &all {
        json_schema::assert_matches("list", one);
    }
    all
}

#[test]
fn an_endpoint_that_fails_does_not_hide_the_others() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let ran = demo.maxtop(&[&["-e", "http://127.0.0.1:1"], &THREE[..], &["-o", "json"]].concat());
    assert_eq!(ran.status, 1, "{ran:?}");
    let lists = documents(&ran.out);
    assert_eq!(lists.len(), 3);
    for list in lists {
        assert_eq!(list["failed"][0]["endpoint"], "http://127.0.0.1:1");
        assert!(!list["sessions"].as_array().unwrap().is_empty());
    }
    let ran = demo.maxtop(&[&["-e", "http://127.0.0.1:1"], &THREE[..], &["-o", "jsonl"]].concat());
    let failed = documents(&ran.out)
        .into_iter()
        .filter(|line| line["id"].is_null());
    assert_eq!(failed.count(), 3);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let mut child = command(&["-e", &url, "list", "--watch", "-i", "50ms"])
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut String::new()).unwrap();
    drop(reader);
    let status = child.wait().unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((status.code(), err.as_str()), (Some(0), ""));
}

#[test]
fn on_a_terminal_each_list_replaces_the_one_before_it() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let args = ["-e", &url, "list", "--count", "2", "-i", "100ms"];
    let (status, screen) = AtTerminal::start(&args).ends();
    assert_eq!(status, 0, "{screen}");
    assert!(!screen.contains("\x1b[?1049h"), "{screen}");
    // A terminal of 24 lines: 23 of the list, and the line of the cursor.
    assert_eq!(screen.matches("\x1b[23F").count(), 1, "{screen:?}");
    assert!(screen.contains("more do not fit: "), "{screen}");
}

#[test]
fn on_a_terminal_polling_goes_on_after_a_failed_poll_too() {
    let args = ["-e", "http://127.0.0.1:1", "list", "--count", "2", "-i", "100ms"];
    let (status, screen) = AtTerminal::start(&args).ends();
    assert_eq!(status, 3, "{screen}");
    // A long line is wrapped.
    let text = screen.replace("\r\n", " ");
    assert_eq!(text.matches("connection refused").count(), 2, "{screen}");
    assert_eq!(text.matches("trying again").count(), 1, "{screen}");
    let (status, screen) = AtTerminal::start(&["-e", "http://127.0.0.1:1", "list"]).ends();
    assert_eq!((status, screen.matches("refused").count()), (3, 1), "{screen}");
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.auth = Some(("admin".to_owned(), "secret".into()));
    });
    let url = demo.running.url();
    let mut maxtop = AtTerminal::start(&["-e", &url, "list", "--watch"]);
    maxtop.awaits(": ");
    maxtop.types("wrong\r");
    let (status, screen) = maxtop.ends();
    assert_eq!(status, 4, "a rejected password ends it: {screen}");
}

#[test]
fn ctrl_c_is_the_usual_end_on_a_terminal() {
    let demo = Demo::start(ServedDialects::Draft);
    let url = demo.running.url();
    let mut maxtop = AtTerminal::start(&["-e", &url, "list", "--watch"]);
    maxtop.awaits("\x1b[J");
    maxtop.types("\x03");
    let (status, screen) = maxtop.ends();
    assert_eq!(status, 0, "{screen}");
}

#[test]
fn a_session_that_matches_gives_its_own_status_and_the_list_is_printed() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let idle = &demo.json(&["list", "-o", "json", "-f", "idle>1h"])[0]["id"].to_string();
    let ran = demo.maxtop(&["list", "--fail-if", "idle>1h"]);
    assert_eq!(ran.status, 5, "{ran:?}");
    assert_eq!(ran.err, format!("1 session matches idle>1h: {idle}\n"));
    assert!(ran.out.lines().count() > 40);
    assert_eq!(demo.maxtop(&["list", "--fail-if", "idle>99d"]).status, 0);
    let other = demo.maxtop(&["list", "-f", "user=nobody", "--fail-if", "idle>1h"]);
    assert_eq!(other.status, 0, "not listed: {other:?}");
    let watched = demo.maxtop(&[
        "list",
        "--watch",
        "-i",
        "100ms",
        "--fail-if",
        "idle>1h",
        "-o",
        "json",
    ]);
    assert_eq!(watched.status, 5, "{watched:?}");
    assert_eq!(watched.out.lines().count(), 1, "it ends at the first match");
}

#[test]
fn a_condition_says_how_many_sessions_the_filter_has_left_for_it() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let count = demo.list().len();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "filter = 'user=absent'\n").unwrap();
    let configured = ["list", "--config", file.to_str().unwrap()];
    let condition = ["-o", "json", "--fail-if", "id>0"];
    let ran = demo.maxtop(&[&configured[..], &condition].concat());
    assert_eq!(ran.status, 0, "{ran:?}");
    let scope = format!("--fail-if is evaluated for 0 of {count} sessions: those that match user=absent\n");
    assert_eq!(ran.err, scope);
    // A filter on the command line is known to its user.
    let ran = demo.maxtop(&[&["list", "-f", "user=absent"][..], &condition].concat());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let ran = demo.maxtop(&["list", "-o", "json", "--fail-if", "id=999999"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}

#[test]
fn sessions_that_cannot_be_decided_do_not_match_and_are_counted() {
    let demo = Demo::start(ServedDialects::JsonApi);
    // One is not logged in.
    let count = demo.list().len() - 1;
    let ran = demo.maxtop(&["list", "--fail-if", "blocks>0"]);
    assert_eq!(ran.status, 1, "it fails if none could be decided: {ran:?}");
    assert_eq!(
        ran.err,
        format!(
            "no session matches blocks>0; {count} could not be decided: the locks were not read, because sql-user \
             is not set\n"
        )
    );
    let ran = demo.maxtop(&[
        "list",
        "--watch",
        "-i",
        "100ms",
        "--count",
        "1",
        "--fail-if",
        "blocks>0",
    ]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.err.contains(&format!("{count} could not be decided")),
        "{ran:?}"
    );
    // No session reports them, and one decides nothing.
    for condition in ["reads>0 or writes>0", "reads>0"] {
        assert_eq!(
            demo.maxtop(&["list", "--fail-if", condition]).status,
            1,
            "{condition}"
        );
        let ran = demo.maxtop(&["list", "-o", "csv", "-f", condition]);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(
            ran.err.starts_with("nothing to list: no session reports"),
            "{ran:?}"
        );
    }
    // Decided by the id alone, or nothing to decide.
    for args in [
        &["--fail-if", "id=999999 and blocks>0"][..],
        &["--fail-if", "blocks>0 and id=999999"],
        &["--fail-if", "blocks>0", "-f", "id>500000"],
    ] {
        let ran = demo.maxtop(&[&["list"], args].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    }
}

#[test]
fn the_status_of_the_last_list_is_that_of_a_single_one() {
    let demo = Demo::start(ServedDialects::JsonApi);
    for count in ["1", "2"] {
        let args = ["list", "--count", count, "-i", "100ms", "-f", "blocks>0"];
        let ran = demo.maxtop(&args);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert_eq!(ran.err.matches("nothing to list: ").count(), 1, "{ran:?}");
    }
}

#[test]
fn a_filter_that_could_decide_no_session_leaves_the_condition_undecided() {
    let jsonapi = Demo::start(ServedDialects::JsonApi);
    let draft = Demo::start(ServedDialects::Draft);
    for demo in [&jsonapi, &draft] {
        for filter in ["blocks>0", "trx>1s"] {
            for condition in ["blocks>0", "id>0", "stuck"] {
                for count in [&[][..], &["--count", "2", "-i", "100ms"]] {
                    let args = ["list", "-o", "json", "-f", filter, "--fail-if", condition];
                    let ran = demo.maxtop(&[&args[..], count].concat());
                    assert_eq!(ran.status, 1, "{filter} {condition}: {ran:?}");
                    assert!(ran.err.contains("nothing to list: "), "{ran:?}");
                }
            }
        }
    }
}

/// Returns a session that is logged in and not stuck, as a condition.
fn quiet(demo: &Demo) -> String {
    let list = demo.list();
    let quiet = list.iter().find(|one| {
        !one["user"].is_null() && one["state"] != "Stopping session" && one["stuck"] == serde_json::json!([])
    });
    format!("id={}", quiet.unwrap()["id"])
}

#[test]
fn one_list_of_the_draft_cannot_say_that_nothing_is_stuck() {
    let demo = Demo::start(ServedDialects::Draft);
    let stuck = format!("stuck and {}", quiet(&demo));
    let early = "back-pressure and buffering need several lists, for 15s (--count 17)";
    let unexamined = "back-pressure, buffering and closing need several lists, for 15s (--count 17)";
    let never = "; blocks, history, lock-wait, memory, metadata-lock, no-backend, query, silent and transaction are \
                 not reported by the draft\n";
    for form in ["table", "wide", "json", "jsonl", "csv", "tsv"] {
        let listed = demo.maxtop(&["list", "-o", form, "-f", &stuck]);
        let failing = demo.maxtop(&["list", "-o", form, "--fail-if", &stuck]);
        for ran in [&listed, &failing] {
            assert_eq!(ran.status, 1, "{form}: {ran:?}");
            let note = format!("not examined: {unexamined}{never}");
            assert!(ran.err.contains(&note), "{form}: {ran:?}");
            let undecided = format!("could not be decided: {early}\n");
            assert!(ran.err.contains(&undecided), "{form}: {ran:?}");
        }
        let all = demo.maxtop(&["list", "-o", form]);
        let is_text = ["table", "wide"].contains(&form);
        assert_eq!(
            (all.status, all.err.contains(unexamined)),
            (0, is_text),
            "{all:?}"
        );
    }
    let watched = demo.maxtop(&["list", "--count", "1", "-i", "100ms", "--fail-if", &stuck]);
    assert_eq!(watched.status, 1, "{watched:?}");
    let early =
        "not examined: back-pressure, buffering and closing need several lists, for 15s (--count 152)\n";
    assert!(watched.err.contains(early), "{watched:?}");
    let jsonapi = Demo::start(ServedDialects::JsonApi);
    let stuck = format!("stuck and {}", quiet(&jsonapi));
    let ran = jsonapi.maxtop(&["list", "--fail-if", &stuck]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains(NOT_EXAMINED), "{ran:?}");
}

#[test]
fn a_reason_or_field_that_the_draft_never_reports_is_not_decided() {
    let draft = Demo::start(ServedDialects::Draft);
    let jsonapi = Demo::start(ServedDialects::JsonApi);
    for option in ["-f", "--fail-if"] {
        let args = ["list", option, "query~'no such statement'"];
        let ran = draft.maxtop(&args);
        assert_eq!(ran.status, 1, "{ran:?}");
        // There a session without one runs none.
        let ran = jsonapi.maxtop(&args);
        assert_eq!(ran.status, 0, "{ran:?}");
        let ran = draft.maxtop(&["list", option, "reason=memory"]);
        assert_eq!(ran.status, 1, "{ran:?}");
        let cause = "could not be decided: memory is not reported by the draft\n";
        assert!(ran.err.contains(cause), "{ran:?}");
    }
}

#[test]
fn a_condition_is_checked_before_any_request() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let before = demo.running.log().len();
    demo.maxtop(&["list", "--fail-if", "idle>>1"])
        .failed(2, "--fail-if: column");
    demo.maxtop(&["list", "--fail-if", " "])
        .failed(2, "would match every session");
    demo.maxtop(&["list", "--fail-if", "why=query"])
        .failed(2, "did you mean reason?");
    assert_eq!(demo.running.log().len(), before);
}

#[test]
fn the_condition_holds_for_all_endpoints() {
    let (one, other) = (
        Demo::start(ServedDialects::JsonApi),
        Demo::start(ServedDialects::Draft),
    );
    let (one, other) = (one.running.url(), other.running.url());
    let ran = maxtop(&["-e", &one, "-e", &other, "list", "--fail-if", "idle>1h"]);
    assert_eq!(ran.status, 5, "{ran:?}");
    for url in [one, other] {
        assert!(
            ran.err
                .contains(&format!("on {}", url.trim_start_matches("http://"))),
            "{ran:?}"
        );
    }
}

#[test]
fn reasons_that_need_several_lists_are_found_while_it_watches() {
    let demo = Demo::start(ServedDialects::Draft);
    let condition = ["--fail-if", "reason=back-pressure"];
    let once = demo.maxtop(&[&["list"], &condition[..]].concat());
    assert_eq!(once.status, 1, "its answer is not known: {once:?}");
    let cause = "could not be decided: back-pressure needs several lists, for 10s (--count 12)\n";
    assert!(once.err.contains(cause), "{once:?}");
    let listed = demo.maxtop(&["list", "-f", "reason=back-pressure"]);
    assert_eq!(listed.status, 1, "{listed:?}");
    assert!(listed.err.contains(cause), "{listed:?}");
    let locks = demo.maxtop(&["list", "--fail-if", "reason=blocks"]);
    assert_eq!(locks.status, 1, "{locks:?}");
    let known = demo.maxtop(&["list", "--fail-if", "reason=login"]);
    assert_ne!(known.status, 1, "{known:?}");
    let watched = demo.maxtop(&[&["list", "--watch", "-i", "200ms"], &condition[..]].concat());
    assert_eq!(watched.status, 5, "{}", watched.err);
}

#[test]
fn a_pipe_gets_no_bell_and_no_title() {
    let demo = Demo::start(ServedDialects::Draft);
    for output in ["table", "json"] {
        let out = polls(&demo, &["-o", output, "--bell"]);
        assert!(!out.contains(['\x1b', '\x07']), "{out}");
    }
}

#[test]
fn a_terminal_that_reports_no_size_has_the_usual_one() {
    let demo = Demo::start(ServedDialects::Draft);
    let url = demo.running.url();
    let args = ["-e", &url, "list", "--count", "1"];
    let (status, screen) = AtTerminal::sized(&args, 0, &[]).ends();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains("more do not fit") && screen.contains("SERVICE"),
        "{screen}"
    );
}
