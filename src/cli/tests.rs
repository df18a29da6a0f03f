//! The help, and the options of every command.

use clap::error::ErrorKind;

use super::*;
use crate::cli::scope::{MODES, options};
use crate::config::{CommandName, Form, Setting};

/// Words of a command line that is valid without further options.
fn words(command: CommandName) -> Vec<String> {
    let id = matches!(command, CommandName::Show | CommandName::Kill).then_some("1");
    let file = matches!(command, CommandName::Record | CommandName::Replay).then_some("a.mxr");
    let shell = (command == CommandName::Completions).then_some("bash");
    let words = [Some("maxtop"), command.word(), id, file, shell]
        .into_iter()
        .flatten();
    words.map(str::to_owned).collect()
}

fn parse(words: &[String]) -> Result<Cli, clap::Error> {
    Cli::parse_from(words.iter().map(Into::into))
}

fn option(setting: &Setting) -> String {
    let value = match setting.form {
        Form::Switch => "",
        Form::Column => "=id",
        _ => "=x",
    };
    format!("--{}{value}", setting.name)
}

/// The help of a command, as its short or long form.
fn help(command: CommandName, form: &str) -> String {
    let mut words: Vec<_> = words(command).into_iter().take(2).collect();
    words.push(form.to_owned());
    let error = parse(&words).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DisplayHelp, "{words:?}");
    error.render().to_string()
}

#[test]
fn every_option_is_used_or_a_usage_error() {
    for command in CommandName::ALL {
        let long = help(command, "--help");
        for setting in options() {
            let names = [format!("--{} ", setting.name), format!("--{}[", setting.name)];
            let is_in_help = names.iter().any(|name| long.contains(name));
            assert_eq!(
                is_in_help,
                setting.is_used_by(command),
                "{command:?} {}",
                setting.name
            );
            for place in [1, words(command).len()] {
                let mut words = words(command);
                words.insert(place, option(setting));
                let parsed = parse(&words);
                if setting.is_used_by(command) {
                    assert!(parsed.is_ok(), "{words:?}: {parsed:?}");
                    continue;
                }
                let error = parsed.unwrap_err();
                let word = command.word().map(|word| format!(" {word}")).unwrap_or_default();
                let text = format!("'maxtop{word}' does not use '--{}'", setting.name);
                assert!(error.to_string().contains(&text), "{words:?}: {error}");
                assert_eq!((error.exit_code(), error.use_stderr()), (2, true));
            }
        }
    }
}

#[test]
fn an_option_that_a_mode_does_not_use_is_a_usage_error() {
    let all = |command: CommandName, typed: &str| {
        let mut words = words(command);
        words.push(typed.to_owned());
        let used = options().filter(|setting| {
            let mut words = words.clone();
            words.push(option(setting));
            parse(&words).is_ok()
        });
        used.map(|setting| setting.name).collect::<Vec<_>>()
    };
    for mode in &MODES {
        let used = all(mode.command, mode.typed);
        match mode.option {
            "headless" => assert_eq!(used, ["dialect", "color"]),
            "print_sample" => assert_eq!(used, ["color"]),
            "file" => assert!(!used.contains(&"endpoint") && !used.contains(&"user"), "{used:?}"),
            _ => assert!(!used.contains(&"filter") && used.contains(&"grace"), "{used:?}"),
        }
    }
}

#[test]
fn the_help_fits_80_columns_and_ends_with_the_exit_status() {
    for command in CommandName::ALL {
        let (short, long) = (help(command, "-h"), help(command, "--help"));
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= 80, "{command:?}: {line}");
        }
        let first = match command {
            CommandName::Replay => "Sessions:",
            CommandName::Man | CommandName::Completions => "Arguments:",
            _ => "Endpoint:",
        };
        for part in [first, "Program:", "\nExamples:\n  maxtop", "\nExit status:\n  0 "] {
            assert!(long.contains(part), "{command:?}: {part}");
        }
        let has_options = !matches!(command, CommandName::Man | CommandName::Completions);
        assert!(
            !has_options || short.lines().count() < long.lines().count() / 2,
            "{command:?}: {short}"
        );
        assert!(!short.contains("Exit status:"));
    }
}

#[test]
fn every_example_can_be_typed() {
    for ending in &ENDINGS {
        for (line, _) in ending.examples {
            let line = line
                .split(" > ")
                .next()
                .and_then(|line| line.split(" | ").next())
                .unwrap();
            let mut quoted = false;
            let blank = |c: char| {
                quoted ^= c == '\'';
                c == ' ' && !quoted
            };
            let words: Vec<_> = line
                .split(blank)
                .map(|word| word.trim_matches('\'').to_owned())
                .collect();
            let parsed = parse(&words);
            assert!(parsed.is_ok(), "{words:?}: {parsed:?}");
            let command = words.get(1).filter(|word| !word.starts_with('-'));
            let command = CommandName::of_word(command.map(String::as_str)).unwrap();
            let demo = ending.command == CommandName::Screen && command == CommandName::Demo;
            assert!(command == ending.command || demo, "{line}");
        }
    }
}

fn refusal(words: &str) -> String {
    let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    parse(&words).unwrap_err().render().to_string()
}

#[test]
fn help_has_a_help_option() {
    for words in ["maxtop help --help", "maxtop help -h"] {
        assert_eq!(refusal(words), refusal("maxtop help"), "{words}");
    }
    assert_eq!(refusal("maxtop help list --help"), refusal("maxtop help list"));
    assert!(refusal("maxtop help list --help").contains("Usage: maxtop list"));
}

#[test]
fn a_negative_number_is_a_bad_value_and_not_an_unknown_option() {
    for words in [
        "maxtop list -i -1",
        "maxtop list --interval -1s",
        "maxtop kill 5 --grace -3s",
        "maxtop kill -5",
        "maxtop show -5",
    ] {
        let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
        assert!(parse(&words).is_ok(), "checked with the other values: {words:?}");
    }
}

#[test]
fn a_number_of_sessions_or_lists_is_at_least_one() {
    for words in [
        "maxtop kill 5 --max 0",
        "maxtop kill 5 --max x",
        "maxtop list --count 0",
    ] {
        assert!(refusal(words).contains("expected a number, 1 or more"), "{words}");
    }
}
