//! Endpoints that cannot be reached, reject the request or are not a MaxScale: the exit status and one line.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use maxtop::demo::ServedDialects;

use crate::program::{Demo, Ran, answering, command, maxtop, ran};

const PASSWORD: &str = "tr0ub4dor-marker";

fn locked(dialects: ServedDialects) -> Demo {
    Demo::with(dialects, |spec| {
        spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
    })
}

/// Every command that sends a request.
const COMMANDS: [&[&str]; 3] = [&["list"], &["show", "7"], &["kill", "7", "--yes"]];

#[test]
fn no_endpoint_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for command in COMMANDS {
        let ran = maxtop(&[&["-e", &port.to_string()], command].concat());
        ran.failed(3, "connection refused");
        assert!(ran.err.contains("is MaxScale running"), "{}", ran.err);
    }
}

#[test]
fn an_address_that_is_none() {
    for url in ["ftp://db1", "http://", "db1:port", "http://admin:geheim@db1:8989"] {
        for command in COMMANDS {
            let ran = maxtop(&[command, &["-e", url]].concat());
            ran.failed(2, "bad endpoint");
            assert!(!ran.err.contains("geheim"), "{}", ran.err);
        }
    }
}

#[test]
fn a_page_is_no_admin_api() {
    let address = answering(|_| "<!DOCTYPE html><html><title>It works!</title></html>".to_owned());
    for command in COMMANDS {
        let ran = maxtop(&[&["-e", &address.to_string()], command].concat());
        ran.failed(1, "HTML instead of JSON");
        assert!(ran.err.contains("is this MaxScale's admin port?"), "{}", ran.err);
    }
}

#[test]
fn rows_that_are_no_sessions_are_a_fault_of_the_endpoint() {
    for body in [
        r#"[{"error":"x"}]"#,
        r#"{"data":[[],[]]}"#,
        r#"[{"VARIABLE_NAME":"VERSION","VALUE":"2.1"},{"VARIABLE_NAME":"UPTIME","VALUE":"7"}]"#,
        r#"{"data":[{"id":"7","type":"servers","attributes":{"state":"Master, Running"}}]}"#,
    ] {
        let address = answering(move |_| body.to_owned()).to_string();
        for command in COMMANDS {
            let ran = maxtop(&[&["-e", &address], command].concat());
            ran.failed(1, "is this MaxScale's admin port?");
            assert!(ran.err.contains("a session"), "{}", ran.err);
            assert!(!ran.err.contains("no session "), "{}", ran.err);
        }
        let doctor = maxtop(&["-e", &address, "doctor", "-o", "json"]);
        assert_eq!(doctor.status, 1, "{doctor:?}");
        let checks: serde_json::Value = serde_json::from_str(&doctor.out).unwrap();
        let failure = |check: &serde_json::Value| {
            check["verdict"] == "failure" && check["found"].as_str().unwrap().contains("a session")
        };
        assert!(checks.as_array().unwrap().iter().any(failure), "{checks}");
    }
    let empty = answering(|_| "[]".to_owned()).to_string();
    let list = maxtop(&["-e", &empty, "list", "-o", "json"]);
    assert_eq!((list.status, list.out.as_str()), (0, "[]\n"));
}

#[test]
fn an_unreadable_field_is_blank_and_its_session_is_there() {
    let rows = r#"{"id":1,"user":"a"},{"id":2,"user":"a\ud83dpp","idle":5},{"id":3,"user":"c","idle":1e400}"#;
    let address = answering(move |request| {
        if request.contains("/sessions/2/connections") {
            "[]".to_owned()
        } else if request.contains("/sessions/2") {
            r#"{"id":2,"user":"a\ud83dpp","idle":5}"#.to_owned()
        } else {
            format!("[{rows}]")
        }
    })
    .to_string();
    let list = maxtop(&["-e", &address, "list", "--columns", "id,user,idle", "-o", "tsv"]);
    assert_eq!(list.status, 0, "{list:?}");
    assert_eq!(
        list.out.lines().count(),
        4,
        "a heading and three sessions: {}",
        list.out
    );
    assert!(list.err.contains("2 fields that cannot be read"), "{}", list.err);
    let show = maxtop(&["-e", &address, "show", "2", "-o", "json"]);
    assert_eq!(show.status, 0, "{show:?}");
    let shown: serde_json::Value = serde_json::from_str(&show.out).unwrap();
    assert_eq!(
        (&shown["user"], &shown["idle_seconds"]),
        (&serde_json::Value::Null, &5.0.into())
    );
}

#[test]
fn not_allowed_until_the_password_is_given() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = locked(dialects);
        let url = demo.running.url();
        for command in COMMANDS {
            demo.maxtop(command).failed(4, "not allowed (401)");
        }
        let with = |password: &str| ran(command(&["-e", &url, "list"]).env("MAXTOP_PASSWORD", password));
        let right = with(PASSWORD);
        assert_eq!((right.status, right.err.as_str()), (0, ""));
        assert!(right.out.lines().count() > 40);
        with("wrong").failed(4, "check user and password");
    }
}

#[test]
fn a_refused_password_is_named_by_its_user_and_source() {
    let demo = locked(ServedDialects::JsonApi);
    let url = demo.running.url();
    let list = ["-e", &url, "-u", "bob", "list"];
    let mut with_variable = command(&list);
    ran(with_variable.env("MAXTOP_PASSWORD", "wrong")).failed(
        4,
        "the password of user bob (from MAXTOP_PASSWORD) was rejected: check user and password",
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    std::fs::write(&path, "wrong").unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let path = path.to_str().unwrap();
    let words = format!("the password of user bob (from {path}) was rejected");
    maxtop(&[&list[..], &["--password-file", path]].concat()).failed(4, &words);
    let by_command = ["--password-command", "echo wrong"];
    maxtop(&[&list[..], &by_command].concat()).failed(
        4,
        "the password of user bob (from --password-command) was rejected",
    );
    maxtop(&list).failed(4, "no password was given for user bob: set MAXTOP_PASSWORD");
}

#[test]
fn an_account_that_may_only_read_kills_no_session_and_gets_a_message() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::with(dialects, |spec| {
            spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
            spec.viewer = Some(("viewer".to_owned(), "schau-nur".into()));
        });
        let url = demo.running.url();
        let as_viewer = |args: &[&str]| {
            let all = [&["-e", &url, "-u", "viewer"], args].concat();
            ran(command(&all).env("MAXTOP_PASSWORD", "schau-nur"))
        };
        let list = as_viewer(&["list", "-o", "json"]);
        let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
        let ready = |row: &&serde_json::Value| !row["user"].is_null() && row["state"] == "Session started";
        let any = |row: &&serde_json::Value| !row["user"].is_null();
        let rows = list.as_array().unwrap();
        let row = rows.iter().find(ready).or_else(|| rows.iter().find(any)).unwrap();
        let id = row["id"].to_string();
        let kill = as_viewer(&["kill", &id, "--yes"]);
        assert_eq!(kill.status, 4, "{kill:?}");
        let words = "this account may only read";
        assert!(kill.out.contains(words) || kill.err.contains(words), "{kill:?}");
        // The draft does not report permissions: the reply to the DELETE does.
        let deletes = usize::from(dialects == ServedDialects::Draft);
        assert_eq!(demo.deletes().len(), deletes);
        assert_eq!(as_viewer(&["list"]).status, 0);
    }
}

#[test]
fn a_password_file_is_for_its_owner_only() {
    let demo = locked(ServedDialects::JsonApi);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("password");
    std::fs::write(&path, format!("{PASSWORD}\n")).unwrap();
    let with_mode = |mode: u32| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        demo.maxtop(&["list", "--password-file", path.to_str().unwrap()])
    };
    for mode in [0o644, 0o640, 0o604] {
        with_mode(mode).failed(2, "can be read by others");
    }
    assert!(demo.running.log().is_empty(), "nothing was asked");
    assert_eq!(with_mode(0o600).status, 0);
    let missing = dir.path().join("nothing");
    demo.maxtop(&["list", "--password-file", missing.to_str().unwrap()])
        .failed(2, "cannot read the password file");
}

#[test]
fn the_password_is_in_no_output() {
    let demo = locked(ServedDialects::JsonApi);
    let id = demo.running.ids()[3].to_string();
    let url = demo.running.url();
    let encoded = "YWRtaW46dHIwdWI0ZG9yLW1hcmtlcg";
    for args in [
        &["list", "-o", "json"][..],
        &["list", "-o", "wide"],
        &["show", &id],
        &["show", "x"],
        &["kill", &id, "--dry-run"],
        &["kill", &id],
        &["kill", &id, "--yes"],
        &["list", "--user", "some:body"],
        &["list", "-e", "http://db1.example.com"],
        &["list", "-e", "127.0.0.1:1"],
    ] {
        let all = [&["-e", &url], args].concat();
        let all = if args.contains(&"-e") { args } else { &all };
        let Ran { out, err, .. } = ran(command(all).env("MAXTOP_PASSWORD", PASSWORD));
        for text in [out, err] {
            assert!(
                !text.contains(PASSWORD) && !text.contains(encoded),
                "{args:?}: {text}"
            );
        }
    }
}

#[test]
fn a_password_does_not_cross_the_network_in_the_clear() {
    let ran = ran(command(&["list", "-e", "http://db1.example.com"]).env("MAXTOP_PASSWORD", PASSWORD));
    ran.failed(2, "a password is not sent over plain http to another machine");
}

#[test]
fn what_the_command_line_says_cannot_act_in_the_terminal() {
    let ran = maxtop(&["list", "--sort", "\u{1b}[2Jx"]);
    ran.failed(2, "no column");
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
    let ran = maxtop(&["list", "--filter", "\u{1b}[2Jx=1"]);
    ran.failed(2, "column 1: unknown field");
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn a_filter_that_is_none_is_a_usage_error_that_points_at_its_column() {
    let problem = "--filter: column 9: unknown field 'usr': did you mean user?";
    for command in [&["list"][..], &["kill", "1", "--yes"]] {
        let ran = maxtop(&[command, &["-f", "idle>5m usr=x"]].concat());
        ran.failed(2, problem);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
}

/// Returns a token that the endpoint issues for the password.
fn issued(demo: &Demo) -> String {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = reqwest::Client::new().get(format!("{}/v1/auth", demo.running.url()));
        let reply = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        json["meta"]["token"].as_str().unwrap().to_owned()
    })
}

#[test]
fn a_token_is_enough_and_no_output_shows_it() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
        spec.tokens = true;
    });
    let (token, url) = (issued(&demo), demo.running.url());
    let expired = "e30.eyJleHAiOjEwMDAwMDAwMDB9.marker-of-the-token";
    let with = |args: &[&str], token: &str| {
        let all = [&["-e", &url], args].concat();
        let ran = ran(command(&all).env("MAXTOP_TOKEN", token));
        assert!(!ran.out.contains(token) && !ran.err.contains(token), "{ran:?}");
        ran
    };
    let list = with(&["list"], &token);
    assert_eq!((list.status, list.err.as_str()), (0, ""));
    let doctor = with(&["doctor"], &token);
    assert!(
        doctor
            .out
            .contains("the token of user admin is accepted, valid until 20"),
        "{doctor:?}"
    );
    assert!(
        doctor
            .out
            .contains("user admin (admin) has permissions view, edit, sql"),
        "{doctor:?}"
    );
    assert!(with(&["config"], &token).out.contains("***"));
    let late = with(&["list"], expired);
    assert_eq!(late.status, 4);
    assert!(late.err.contains("token has expired"), "{late:?}");
    assert!(
        late.err
            .contains("rejected (401): it expired 2001-09-09 01:46:40 UTC: get a new token"),
        "{late:?}"
    );
    let doctor = with(&["doctor"], expired);
    assert!(
        doctor.out.contains("it expired 2001-09-09 01:46:40 UTC"),
        "{doctor:?}"
    );
    let renewed = ran(&mut command(&[
        "-e",
        &url,
        "list",
        "--token-command",
        &format!("echo {token}"),
    ]));
    assert_eq!((renewed.status, renewed.err.as_str()), (0, ""));
    assert!(demo.deletes().is_empty());
}

#[test]
fn a_file_that_cannot_be_used_is_a_usage_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("junk.pem");
    std::fs::write(&path, "junk").unwrap();
    let path = path.to_str().unwrap();
    let list = ["list", "-e", "https://127.0.0.1:1"];
    for (option, words) in [
        (["--ca-file", path], "no usable --ca-file"),
        (["--ca-file", "/nowhere/ca.pem"], "cannot read the CA file"),
        (
            ["--password-file", "/nowhere/password"],
            "cannot read the password file",
        ),
    ] {
        maxtop(&[&list[..], &option].concat()).failed(2, words);
    }
}
