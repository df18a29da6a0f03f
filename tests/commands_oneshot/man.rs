//! `maxtop man` and `maxtop completions`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::program::{Ran, command, ran};

const COMMANDS: [&str; 12] = [
    "demo",
    "list",
    "export",
    "show",
    "kill",
    "record",
    "replay",
    "report",
    "doctor",
    "config",
    "man",
    "completions",
];

fn run(args: &[&str]) -> Ran {
    ran(&mut command(args))
}

/// Returns the names of the options that a help lists.
fn options(help: &str) -> Vec<String> {
    let words = help.lines().flat_map(|line| {
        let is_option = line.trim_start().starts_with('-');
        line.split_whitespace().take(if is_option { 2 } else { 0 })
    });
    let names = words.filter(|word| word.starts_with("--"));
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    names
        .map(|word| word.split(end).next().unwrap().to_owned())
        .collect()
}

/// Returns a page as text: no escapes of roff.
fn plain(page: &str) -> String {
    page.replace("\\-", "-")
        .replace("\\fB", "")
        .replace("\\fR", "")
        .replace("\\fI", "")
}

#[test]
fn the_page_of_each_command_has_the_options_of_its_help() {
    for name in COMMANDS {
        let page = run(&["man", name]);
        assert_eq!((page.status, page.err.as_str()), (0, ""), "{name}");
        let page = plain(&page.out);
        assert!(page.contains(&format!("maxtop-{name}")), "{name}");
        let help = run(&[name, "--help"]).out;
        let options = options(&help);
        assert!(!options.is_empty(), "{name}");
        for option in options {
            assert!(page.contains(&option), "{name} {option}");
        }
        for section in ["SYNOPSIS", "EXAMPLES", "EXIT STATUS"] {
            assert!(page.contains(section), "{name} {section}");
        }
    }
}

#[test]
fn the_page_of_the_program_has_commands_keys_and_variables() {
    let page = plain(&run(&["man"]).out);
    for part in [
        "maxtop-kill(1)",
        ".SH KEYS",
        "kill the session, after check and confirmation",
        ".SH ENVIRONMENT",
        "MAXTOP_PASSWORD",
        ".SH FILES",
        "config.toml",
        "EXIT STATUS",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_of_an_unknown_command_is_a_usage_error() {
    let ran = run(&["man", "sing"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("no command 'sing'"), "{}", ran.err);
}

#[test]
fn completions_of_each_shell_have_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{shell}");
        for name in COMMANDS {
            assert!(ran.out.contains(name), "{shell} {name}");
        }
        assert!(ran.out.contains("dry-run"), "{shell}");
    }
}

#[test]
fn bash_accepts_its_completions() {
    let script = run(&["completions", "bash"]).out;
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn every_page_has_the_version() {
    let title = |name: &str| format!(".TH {name} 1  \"maxtop {}\" maxtop", env!("CARGO_PKG_VERSION"));
    assert!(run(&["man"]).out.contains(&title("maxtop")));
    for command in COMMANDS {
        let page = run(&["man", command]).out;
        assert!(page.contains(&title(&format!("maxtop-{command}"))), "{command}");
    }
}
