//! The program as a process: help and usage errors, file size limits, core dumps.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use maxtop::demo::ServedDialects;

use crate::program::{Demo, command, home, maxtop, ran};
use crate::terminal::AtTerminal;

/// The program, started by a shell after this command.
fn after(shell: &str, args: &[&str]) -> Command {
    let script = format!("{shell}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_maxtop")])
        .args(args)
        .envs([
            ("HOME", home()),
            ("XDG_CONFIG_HOME", home()),
            ("XDG_STATE_HOME", home()),
        ])
        .current_dir(home())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    for args in [&["--help"][..], &["--version"], &["kill", "--help"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ran = ran(command(args).stdout(full));
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.err.contains("cannot write the output"), "{ran:?}");
    }
}

#[test]
fn help_has_color_only_where_it_is_wanted() {
    let has_color = |args: &[&str]| {
        let ran = ran(command(args).env("CLICOLOR_FORCE", "1"));
        ran.out.contains('\x1b') || ran.err.contains('\x1b')
    };
    for args in [
        &["--help"][..],
        &["--nope"],
        &["--color", "never", "--help"],
        &["--color=never", "--nope"],
    ] {
        assert!(!has_color(args), "{args:?}");
    }
    assert!(has_color(&["--color", "always", "--help"]));
    let (status, screen) = AtTerminal::start(&["--color", "never", "--help"]).ends();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains("Usage") && !screen.contains('\x1b'), "{screen}");
    assert_eq!(maxtop(&["--nope"]).status, 2);
}

#[test]
fn with_a_file_size_limit_nothing_is_ended_and_it_says_why() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let (url, id) = (demo.running.url(), demo.ready_id());
    let ran = ran(&mut after("ulimit -f 0", &["-e", &url, "kill", &id, "--yes"]));
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(format!("{ran:?}").contains("File too large"), "{ran:?}");
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn it_leaves_no_core_dump() {
    // It accepts and does not reply, so the program waits with its password in memory.
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", endpoint.local_addr().unwrap());
    let mut child = after("ulimit -c unlimited", &["-e", &url, "list"])
        .env("MAXTOP_PASSWORD", "secret")
        .spawn()
        .unwrap();
    let _open = endpoint.accept().unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-ABRT", &id])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}
