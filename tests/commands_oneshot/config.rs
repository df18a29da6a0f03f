//! The settings as the program takes them: from its options, its environment and its files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use maxtop::demo::ServedDialects;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Demo, Ran, command, ran};

const PASSWORD: &str = "tr0ub4dor-marker";

/// A home directory of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file that only its owner can read.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        chmod(&path, 0o600);
        path
    }

    fn with_config(self, text: &str) -> Self {
        self.file("maxtop/config.toml", text);
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, self.0.path());
        }
        command
    }

    fn maxtop(&self, args: &[&str]) -> Ran {
        ran(&mut self.command(args))
    }

    /// Returns a setting from `maxtop config -o json`: value, origin and source.
    fn setting(&self, args: &[&str], name: &str) -> Value {
        let ran = self.maxtop(&[&["config", "-o", "json"], args].concat());
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        let all: Value = serde_json::from_str(&ran.out).unwrap();
        let mut all = all.as_array().unwrap().iter();
        all.find(|record| record["setting"] == name).unwrap().clone()
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn locked() -> Demo {
    Demo::with(ServedDialects::JsonApi, |spec| {
        spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
    })
}

#[test]
fn an_unusable_certificate_is_refused_also_without_tls() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, "no certificate\n").unwrap();
    for url in ["http://127.0.0.1:1", "https://127.0.0.1:1", "127.0.0.1:1"] {
        let args = ["-e", url, "list", "--ca-file", file.to_str().unwrap()];
        ran(&mut command(&args)).failed(2, "127.0.0.1:1: no usable --ca-file");
    }
}

#[test]
fn each_setting_is_shown_with_its_source() {
    let home = Home::new().with_config(
        "interval = '2s'\nuser = 'uwe'\n[profiles.p]\nuser = 'pia'\n[profiles.p.thresholds]\nidle = '2h'\n",
    );
    let interval = home.setting(&[], "interval");
    assert_eq!(
        (&interval["value"], &interval["from"]),
        (&"2s".into(), &"file".into())
    );
    assert_eq!(interval["line"], 1);
    assert_eq!(
        interval["path"],
        home.path("maxtop/config.toml").to_str().unwrap()
    );
    let user = home.setting(&["--profile", "p"], "user");
    assert_eq!(
        (&user["value"], &user["from"]),
        (&"pia".into(), &"profile".into())
    );
    assert_eq!((&user["profile"], &user["endpoint"]), (&"p".into(), &1.into()));
    let idle = home.setting(&["--profile", "p"], "thresholds.idle");
    assert_eq!((&idle["value"], &idle["line"]), (&"2h".into(), &6.into()));
    let flag = home.setting(&["--profile", "p", "-u", "bob"], "user");
    assert_eq!((&flag["value"], &flag["by"]), (&"bob".into(), &"--user".into()));
    let duty = home.setting(&[], "duty");
    assert_eq!(
        (&duty["value"], &duty["from"]),
        (&"10%".into(), &"default".into())
    );
    let switch = home.setting(&["--read-only"], "read-only");
    assert_eq!(switch["value"], "true");
    let switch = home.setting(&["--read-only=false"], "read-only");
    assert_eq!(
        (&switch["value"], &switch["from"]),
        (&"false".into(), &"flag".into())
    );

    let ran = ran(home
        .command(&["config", "--profile", "p"])
        .env("MAXTOP_USER", "eva"));
    let line = |name: &str| {
        let line = ran
            .out
            .lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("user"), "user eva MAXTOP_USER");
    assert_eq!(line("interval"), "interval 2s config.toml line 1");
    assert_eq!(
        line("thresholds.idle"),
        "thresholds.idle 2h profile p, config.toml line 6"
    );
    assert_eq!(line("profile"), "profile p");
}

#[test]
fn several_endpoints_are_carried() {
    let home = Home::new();
    let several = ["-e", "db1", "-e", "https://db2:1"];
    let ran = home.maxtop(&[&["config"], &several[..]].concat());
    let of = |word: &str| ran.out.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((ran.status, of("endpoint")), (0, 2), "{}", ran.out);
    home.maxtop(&["config", "-e", "ftp://db1"])
        .failed(2, "bad endpoint");
}

#[test]
fn the_password_is_shown_nowhere() {
    let home = Home::new().with_config(&format!("[profiles.p]\npassword-command = 'echo {PASSWORD}'\n"));
    home.file(".maxctrl.cnf", &format!("[maxctrl]\np={PASSWORD}\n"));
    let bad = home.file("bad.toml", &format!("password = '{PASSWORD}'\n"));
    let worse = home.file(
        "worse.toml",
        &format!("endpoint = 'http://admin:{PASSWORD}@db1'\n"),
    );
    let unquoted = home.file("unquoted.toml", &format!("user = {PASSWORD}\n"));
    for args in [
        &["config"][..],
        &["config", "-o", "json"],
        &["config", "--profile", "p"],
        &["config", "--profile", "maxctrl"],
        &["config", "--password-command", PASSWORD],
        &["config", "--print-sample"],
        &["config", "-e", &format!("http://admin:{PASSWORD}@db1")],
        &["config", "-e", &format!("db1?{PASSWORD}")],
        &["config", "--config", bad.to_str().unwrap()],
        &["config", "--config", worse.to_str().unwrap()],
        &["config", "--config", unquoted.to_str().unwrap()],
        &["--help"],
        &["config", "--help"],
        &["config", "--password", PASSWORD],
    ] {
        let Ran { out, err, .. } = ran(home.command(args).env("MAXTOP_PASSWORD", PASSWORD));
        assert!(
            !out.contains(PASSWORD) && !err.contains(PASSWORD),
            "{args:?}: {out}{err}"
        );
    }
}

#[test]
fn a_command_prints_the_password() {
    let demo = locked();
    let url = demo.running.url();
    let home = Home::new().with_config(&format!(
        "[profiles.p]\nendpoint = '{url}'\npassword-command = 'cat \"$HOME/secret\"'\n"
    ));
    home.file("secret", &format!("{PASSWORD}\n"));
    assert_eq!(home.maxtop(&["list", "--profile", "p"]).status, 0);
    home.maxtop(&["list", "-e", &url]).failed(4, "not allowed (401)");
    let by_flag = format!("echo {PASSWORD}");
    assert_eq!(
        home.maxtop(&["list", "-e", &url, "--password-command", &by_flag])
            .status,
        0
    );
    home.maxtop(&["list", "-e", &url, "--password-command", "exit 7"])
        .failed(
            1,
            "the password command (--password-command) failed: exit status: 7",
        );
    chmod(&home.path("maxtop/config.toml"), 0o664);
    let asked = demo.running.log().len();
    home.maxtop(&["list", "--profile", "p"])
        .failed(2, "others can write it (mode 664): chmod go-w it");
    assert_eq!(demo.running.log().len(), asked, "nothing was asked");
    home.maxtop(&["config", "--profile", "p"])
        .failed(2, "others can write it (mode 664): chmod go-w it");
}

#[test]
fn a_command_does_not_inherit_the_password_of_the_environment() {
    let demo = locked();
    let url = demo.running.url();
    let home = Home::new();
    let seen = home.path("seen");
    let command = format!("env > '{}'; echo {PASSWORD}", seen.display());
    let mut maxtop = home.command(&["list", "-e", &url, "--password-command", &command]);
    let ran = ran(maxtop
        .env("MAXTOP_PASSWORD", "another")
        .env("MAXTOP_USER", "admin"));
    assert_eq!(ran.status, 0, "{ran:?}");
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("MAXTOP_USER=admin"), "only secrets are held back");
    assert!(
        !seen.contains("MAXTOP_PASSWORD") && !seen.contains("another"),
        "{seen}"
    );
}

#[test]
fn a_named_pipe_as_a_password_file_does_not_hang() {
    let home = Home::new();
    let pipe = home.path("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    home.maxtop(&["list", "--password-file", pipe.to_str().unwrap()])
        .failed(2, "it is a named pipe");
    home.maxtop(&["list", "--config", pipe.to_str().unwrap()])
        .failed(2, "it is a named pipe");
    std::fs::rename(&pipe, home.path(".maxctrl.cnf")).unwrap();
    home.maxtop(&["list"]).failed(2, "it is a named pipe");
}

#[test]
fn a_path_or_a_broken_scheme_is_no_endpoint() {
    let home = Home::new();
    for (given, words) in [
        ("/run/x.sock", "not on a Unix socket: give HOST:PORT"),
        ("unix:/x", "not on a Unix socket: give HOST:PORT"),
        ("http:/127.0.0.1", "write http:// or https:// with two slashes"),
    ] {
        home.maxtop(&["list", "-e", given]).failed(2, words);
    }
    let demo = locked();
    let loud = demo.running.url().replace("http://127.0.0.1", "HTTP://LocalHost");
    let command = format!("echo {PASSWORD}");
    let ran = home.maxtop(&["list", "-e", &loud, "--password-command", &command]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn a_time_zone_is_understood_or_named() {
    for known in [
        "posix/Europe/Berlin",
        ":right/Europe/Berlin",
        "Europe/Berlin",
        "UTC0",
    ] {
        let ran = ran(command(&["config"]).env("TZ", known));
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{known}");
    }
    let ran = ran(command(&["config"]).env("TZ", "Europe/Berlim"));
    let said = "maxtop: TZ=Europe/Berlim is not a known time zone: times are in UTC\n";
    assert_eq!((ran.status, ran.err.as_str()), (0, said));
}

#[test]
fn an_endpoint_of_a_list_has_its_own_credentials() {
    let demo = locked();
    let url = demo.running.url();
    let home = Home::new().with_config(&format!(
        "user = 'nobody'\n[profiles.p]\nendpoints = [{{ url = '{url}', user = 'admin', \
         password-file = '../secret', read-only = true }}]\n"
    ));
    home.file("secret", PASSWORD);
    assert_eq!(home.maxtop(&["list", "--profile", "p"]).status, 0);
    home.maxtop(&["kill", "1", "--yes", "--profile", "p"])
        .failed(1, "read-only");
}

#[test]
fn the_file_of_the_official_tool_is_used_when_nothing_else_is_named() {
    let demo = locked();
    let url = demo.running.url();
    let host = url.trim_start_matches("http://");
    let home = Home::new();
    let file = home.file(
        ".maxctrl.cnf",
        &format!("[maxctrl]\nuser = admin\npassword = {PASSWORD}\nhosts = {host}\n"),
    );
    assert_eq!(home.maxtop(&["list"]).status, 0);
    home.maxtop(&["list", "-e", &url]).failed(4, "not allowed (401)");
    chmod(&file, 0o640);
    home.maxtop(&["list"]).failed(
        2,
        "it contains a password and others can read it (mode 640): chmod 600 it",
    );
}

#[test]
fn thresholds_reach_the_commands() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let home = Home::new().with_config("[thresholds]\nidle = '1s'\n");
    let url = demo.running.url();
    let stuck = |home: &Home| {
        let ran = home.maxtop(&["list", "-e", &url, "-o", "json", "-f", "reason=idle"]);
        let list: Value = serde_json::from_str(&ran.out).unwrap();
        list.as_array().unwrap().clone()
    };
    let (usual, early) = (stuck(&Home::new()), stuck(&home));
    assert!(early.len() > usual.len() + 5, "{} {}", early.len(), usual.len());
    let more: Vec<_> = early
        .iter()
        .filter(|session| {
            let known = |other: &&Value| other["id"] == session["id"];
            !usual.iter().any(|other| known(&other))
        })
        .collect();
    let id = more[0]["id"].to_string();
    let shown = home.maxtop(&["show", &id, "-e", &url]);
    assert!(shown.out.contains("idle"), "{}", shown.out);
    let kill = ["kill", &id, "-e", &url, "-f", "reason=idle", "--dry-run"];
    assert_eq!(home.maxtop(&kill).status, 0);
    let usual = Home::new().maxtop(&kill);
    assert_eq!(usual.status, 1);
    assert!(usual.err.contains("it does not match the filter"), "{usual:?}");
}

#[test]
fn the_sample_can_be_used_as_it_is() {
    let home = Home::new();
    let sample = home.maxtop(&["config", "--print-sample"]);
    assert_eq!((sample.status, sample.err.as_str()), (0, ""));
    assert_eq!(sample.out, include_str!("../../assets/config.toml"));
    let home = home.with_config(&sample.out);
    assert_eq!(home.setting(&[], "interval")["from"], "default");
}

#[test]
fn a_variable_that_is_not_text_is_reported_by_name() {
    use std::os::unix::ffi::OsStrExt as _;
    let bad = std::ffi::OsStr::from_bytes(b"\xff");
    for name in ["MAXTOP_PASSWORD", "MAXTOP_USER", "MAXTOP_ENDPOINT"] {
        let ran = ran(Home::new().command(&["list"]).env(name, bad));
        ran.failed(2, &format!("{name} is not valid UTF-8"));
    }
}

#[test]
fn a_missing_certificate_is_reported_before_any_request() {
    let home = Home::new();
    home.maxtop(&["list", "--ca-file", "/nowhere/ca.pem"])
        .failed(2, "cannot read the CA file /nowhere/ca.pem");
    let empty = home.file("empty.pem", "no certificate");
    home.maxtop(&[
        "list",
        "-e",
        "https://127.0.0.1:1",
        "--ca-file",
        empty.to_str().unwrap(),
    ])
    .failed(2, "https://127.0.0.1:1");
}
