//! Choices of the command line, the environment and the file: endpoints, passwords, columns and keys.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use maxtop::demo::ServedDialects;

use crate::program::{Demo, command, maxtop, ran};

#[test]
fn an_endpoint_of_the_environment_never_gets_the_password_of_a_profile() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let before = demo.running.log().len();
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    fs::write(&secret, "geheim").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let file = home.path().join("config.toml");
    let endpoint = "endpoint = 'http://127.0.0.1:1'\npassword-file = 'secret'\n";
    for (text, args, words) in [
        (
            format!("[profiles.prod]\n{endpoint}"),
            vec!["--profile", "prod"],
            "MAXTOP_ENDPOINT and the endpoint of profile prod differ",
        ),
        (
            endpoint.to_owned(),
            vec![],
            "is only for the endpoints of its file",
        ),
    ] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let kill = ["kill", &id, "--yes", "--config", file.to_str().unwrap()];
        let mut kill = command(&[&kill[..], &args].concat());
        kill.env("MAXTOP_ENDPOINT", demo.running.url());
        ran(&mut kill).failed(2, words);
    }
    assert_eq!(demo.running.log().len(), before, "no request was sent");
}

#[test]
fn a_kill_names_the_endpoint_that_the_command_line_does_not() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let url = demo.running.url();
    let mut kill = command(&["kill", &id, "--yes"]);
    kill.env("MAXTOP_ENDPOINT", &url);
    let done = ran(&mut kill);
    assert_eq!(done.status, 0, "{done:?}");
    assert!(done.out.trim_end().ends_with(&format!("  on {url}")), "{done:?}");
}

#[test]
fn a_filter_compares_the_key_that_the_list_prints() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::start(dialects);
        let id = demo.ready_id();
        let list = demo.list();
        let session = list
            .iter()
            .find(|session| session["id"].as_u64() == id.parse().ok())
            .unwrap();
        let key = session["key"].as_str().unwrap();
        let filter = format!("key={}*", &key[..8]);
        let found = demo.json(&["list", "-f", &filter, "-o", "json"]);
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        assert_eq!(found[0]["key"], key);
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        fs::write(&file, format!("protect = \"key={key}\"")).unwrap();
        let protected = demo.maxtop(&["kill", &id, "--yes", "--config", file.to_str().unwrap()]);
        assert!(protected.out.contains("protected"), "{protected:?}");
        let killed = demo.maxtop(&["kill", "-f", &filter, "--yes"]);
        assert_eq!((killed.status, demo.deletes().len()), (0, 1), "{killed:?}");
    }
}

#[test]
fn columns_of_tsv_and_csv_have_the_names_of_the_output() {
    let demo = Demo::start(ServedDialects::JsonApi);
    for form in ["tsv", "csv"] {
        let all = demo.maxtop(&["list", "-o", form]);
        let names: Vec<_> = all.out.lines().next().unwrap().split(['\t', ',']).collect();
        for name in names {
            let one = demo.maxtop(&["list", "-o", form, "--columns", name]);
            assert_eq!((one.status, one.out.lines().next()), (0, Some(name)), "{one:?}");
        }
    }
}

#[test]
fn ascii_output_has_signs_and_no_escapes() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.json(&["list", "-o", "json", "-f", "reason=idle"])[0]["id"].to_string();
    let many = ["kill", "-f", "id>0", "--dry-run"];
    let commands: [&[&str]; 7] = [
        &["list", "-o", "table"],
        &["list", "-o", "wide"],
        &["list", "-o", "tsv"],
        &["show", &id],
        &["doctor"],
        &["kill", &id, "--dry-run"],
        &many,
    ];
    for args in commands {
        let ran = demo.maxtop(&[args, &["--ascii"]].concat());
        assert!(ran.out.is_ascii() && ran.err.is_ascii(), "{args:?} {ran:?}");
        assert!(
            !ran.out.contains(r"\u{") && !ran.err.contains(r"\u{"),
            "{args:?} {ran:?}"
        );
    }
    let list = demo
        .maxtop(&["list", "-o", "table", "--ascii", "-f", "stuck"])
        .out;
    assert!(
        list.lines()
            .skip(1)
            .all(|line| line.contains(" ! ") || line.contains(" o ")),
        "{list}"
    );
    let shown = demo.maxtop(&["show", &id, "--ascii"]).out;
    assert!(shown.contains("\n  ! ") || shown.contains("\n  o "), "{shown}");
}

#[test]
fn config_shows_keys_and_named_filters() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, "[keys]\nkill = 'X'\n[filters]\nslow = 'idle>1h'\n").unwrap();
    for form in ["text", "json"] {
        let shown = ran(&mut command(&[
            "config",
            "-o",
            form,
            "--config",
            file.to_str().unwrap(),
        ]));
        for words in ["keys.kill", "filters.slow", "idle>1h"] {
            assert!(shown.out.contains(words), "{words}: {shown:?}");
        }
    }
}

#[test]
fn an_empty_text_is_the_default() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let empty = ["-s", "", "-i", "", "-f", "", "--columns", ""];
    let list = demo.maxtop(&[&["list", "-o", "table"], &empty[..]].concat());
    assert_eq!(list.status, 0, "{list:?}");
    assert_eq!(list.out.lines().count(), demo.list().len() + 1);
}

#[test]
fn a_dry_run_says_that_read_only_refuses_the_kill() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let plan = demo.maxtop(&["kill", &id, "--dry-run", "--read-only"]);
    assert_eq!(plan.status, 1, "{plan:?}");
    assert!(
        plan.out.contains("  not killed: ") && !plan.out.contains("refused"),
        "said once: {plan:?}"
    );
    assert!(
        plan.out.contains("read-only mode") && !plan.out.contains("-X DELETE"),
        "{plan:?}"
    );
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, "read-only = true\n").unwrap();
    demo.maxtop(&["kill", &id, "--yes", "--config", file.to_str().unwrap()])
        .failed(
            1,
            "read-only (config.toml line 1) allows only GET requests: --read-only=false overrides it",
        );
}

#[test]
fn many_victims_have_a_line_each_with_the_reason() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let plan = demo.maxtop(&["kill", "-f", "id>0", "--dry-run"]).out;
    let count = demo.list().len();
    let lines: Vec<_> = plan.lines().take(count).collect();
    assert!(
        lines
            .iter()
            .all(|line| line.contains("  idle ") || line.contains("not killed")),
        "{plan}"
    );
    assert!(plan.contains("for each ID") && plan.contains(": curl"), "{plan}");
    let id = demo.json(&["list", "-o", "json", "-f", "reason=idle"])[0]["id"].to_string();
    let plan = demo.maxtop(&["kill", &id, "--dry-run"]).out;
    assert!(plan.contains("  why "), "{plan}");
}

#[test]
fn a_bad_duration_is_named_with_its_unit() {
    for (args, words) in [
        (
            &["list", "-i", "-1"][..],
            "--interval: expected a time such as 500ms or 2m",
        ),
        (&["list", "-i", "5M"], "M means months: write minutes as m"),
        (&["kill", "-5", "--yes"], "bad session id '-5'"),
        (&["show", "-5"], "bad session id '-5'"),
    ] {
        maxtop(args).failed(2, words);
    }
}
