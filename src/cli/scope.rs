//! Options that a command does not use: left out of its help, and a usage error.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::global_options::option;
use crate::config::{CommandName, Heading, Setting, SettingId};

/// An argument that turns off what other options are for.
pub(super) struct Mode {
    pub(super) command: CommandName,
    /// Its id.
    pub(super) option: &'static str,
    /// The argument as a user types it.
    pub(super) typed: &'static str,
    uses: fn(&Setting) -> bool,
}

/// A command for which an option means something else than for the others.
struct OtherMeaning {
    command: CommandName,
    option: &'static str,
    about: &'static str,
}

const OTHER_MEANINGS: [OtherMeaning; 2] = [
    OtherMeaning {
        command: CommandName::Kill,
        option: "filter",
        about: "Kill the sessions that match: a text in any field, user=app* and idle>5m, or @NAME of [filters]",
    },
    OtherMeaning {
        command: CommandName::List,
        option: "filter",
        about: "List only sessions that match: a text in any field, user=app* and idle>5m, or @NAME of [filters]",
    },
];

/// The modes.
pub(super) const MODES: [Mode; 4] = [
    Mode {
        command: CommandName::Demo,
        option: "headless",
        typed: "--headless",
        uses: |setting| matches!(setting.name, "dialect" | "color"),
    },
    Mode {
        command: CommandName::Demo,
        option: "tour",
        typed: "--tour",
        // The steps need locks, and all sessions in the usual order.
        uses: |setting| !matches!(setting.name, "dialect" | "filter" | "sort" | "columns"),
    },
    Mode {
        command: CommandName::Config,
        option: "print_sample",
        typed: "--print-sample",
        uses: |setting| setting.name == "color",
    },
    Mode {
        command: CommandName::Report,
        option: "file",
        typed: "FILE",
        uses: |setting| !is_for_requests(setting),
    },
];

/// Whether an option is for requests to endpoints.
const fn is_for_requests(setting: &Setting) -> bool {
    matches!(
        setting.heading,
        Heading::Endpoint | Heading::Access | Heading::ServerAccess | Heading::Encryption
    )
}

/// Gives every command the options, in the order of the table, and hides those that it does not use.
pub(super) fn hide_unused(command: Command) -> Command {
    let built = CommandName::ALL.into_iter().filter(|name| name.is_built());
    built.fold(command, |all, name| {
        let Some(word) = name.word() else {
            return all;
        };
        let own = |setting: &'static Setting| {
            let is_hidden = !setting.is_used_by(name);
            let option = option(setting).global(false).hide(is_hidden);
            let mut others = OTHER_MEANINGS.iter();
            match others.find(|other| other.command == name && other.option == setting.name) {
                Some(other) => option.help(other.about).long_help(other.about),
                None => option,
            }
        };
        all.mut_subcommand(word, |one| one.args(options().map(own)))
    })
}

/// Checks that every given option is used.
pub(super) fn check(all: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let (word, own) = matches.subcommand().unzip();
    let Some(name) = CommandName::of_word(word) else {
        return Ok(());
    };
    let own = own.unwrap_or(matches);
    let mode = MODES
        .iter()
        .find(|mode| mode.command == name && is_given(own, mode.option));
    let is_used =
        |setting: &Setting| setting.is_used_by(name) && mode.is_none_or(|mode| (mode.uses)(setting));
    let given = options().filter(|setting| is_given(own, setting.name));
    let mut unused = given.filter(|setting| !is_used(setting));
    let Some(setting) = unused.next() else {
        return Ok(());
    };
    let mut line = word.map_or_else(|| "maxtop".to_owned(), |word| format!("maxtop {word}"));
    if let Some(mode) = mode.filter(|_| setting.is_used_by(name)) {
        line = format!("{line} {}", mode.typed);
    }
    let why = match name {
        CommandName::Demo if mode.is_none() && is_for_requests(setting) => {
            ": it connects only to its own simulated proxies"
        }
        _ => ": leave it out",
    };
    let text = format!("'{line}' does not use '--{}'{why}", setting.name);
    let one = word.and_then(|word| all.find_subcommand_mut(word));
    Err(match one {
        Some(one) => one.error(ErrorKind::ArgumentConflict, text),
        None => all.error(ErrorKind::ArgumentConflict, text),
    })
}

/// Whether an argument is on the command line.
fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Returns the settings that have an option.
pub(super) fn options() -> impl Iterator<Item = &'static Setting> {
    SettingId::all()
        .map(SettingId::setting)
        .filter(|setting| setting.flag)
}
