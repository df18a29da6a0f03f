//! Parses the arguments, and prints help and usage errors with color only where it is wanted.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use super::exit::ExitStatus;
use super::output::{self, visible};
use crate::cli::Cli;
use crate::config::refuses_color;

/// Returns the arguments of this process, or the exit status after printing help or a usage error.
pub(super) fn parse() -> Result<Cli, ExitCode> {
    Cli::parse_from(std::env::args_os()).map_err(|error| print(&error))
}

fn print(error: &clap::Error) -> ExitCode {
    let is_terminal = if error.use_stderr() {
        io::stderr().is_terminal()
    } else {
        io::stdout().is_terminal()
    };
    let styled = error.render();
    let is_colored = wants_color(std::env::args_os()).unwrap_or(is_terminal && !refuses_color());
    let text = if is_colored && are_plain(std::env::args_os()) {
        styled.ansi().to_string()
    } else {
        visible_lines(&styled.to_string())
    };
    if error.use_stderr() {
        // If it cannot be written, the status still reports the error.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        return ExitStatus::Usage.into();
    }
    match output::print(|out| out.write_all(text.as_bytes())) {
        Ok(()) => ExitStatus::Done.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit().into()
        }
    }
}

/// Whether all arguments are shown as they are. An error quotes them, and its colors look like the
/// sequences in an argument.
fn are_plain(arguments: impl IntoIterator<Item = OsString>) -> bool {
    let is_plain = |argument: OsString| {
        let text = argument.to_string_lossy();
        visible(&text) == text
    };
    arguments.into_iter().all(is_plain)
}

/// Returns a text in which every line is safe to print.
fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Returns the choice of the last `--color`; `None` for `auto` or without the option. Also works if other
/// arguments are invalid, because errors are colored too.
fn wants_color(arguments: impl IntoIterator<Item = OsString>) -> Option<bool> {
    let mut wanted = None;
    let mut is_value = false;
    for argument in arguments
        .into_iter()
        .map_while(|argument| argument.into_string().ok())
    {
        let value = if is_value {
            Some(argument.as_str())
        } else {
            argument.strip_prefix("--color=")
        };
        match value {
            Some("never") => wanted = Some(false),
            Some("always") => wanted = Some(true),
            Some("auto") => wanted = None,
            _ => {}
        }
        is_value = !is_value && argument == "--color";
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_color_option_is_valid() {
        let wants = |arguments: &str| wants_color(arguments.split(' ').map(OsString::from));
        assert_eq!(wants("maxtop --help"), None);
        assert_eq!(wants("maxtop --color never --help"), Some(false));
        assert_eq!(wants("maxtop --color=never --nope"), Some(false));
        assert_eq!(wants("maxtop --color never --color always"), Some(true));
        assert_eq!(wants("maxtop --color always --color=auto"), None);
        assert_eq!(wants("maxtop never"), None);
    }

    #[test]
    fn errors_show_what_a_terminal_would_obey() {
        let plain = |argument: &str| are_plain([OsString::from(argument)]);
        assert!(plain("user=app*") && plain(r"a\b"));
        assert!(!plain("\u{1b}[2J") && !plain("a\u{202e}b") && !plain("\u{9b}2J"));
        assert_eq!(
            visible_lines("bad '\u{9b}2J\u{202e}'\n\n\u{200b}x\n"),
            "bad '\\u{9b}2J\\u{202e}'\n\n\\u{200b}x\n"
        );
    }
}
