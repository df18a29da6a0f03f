//! Options that a command does not use: left out of its help, and a usage error.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::global_options::option;
use crate::config::{CommandName, Heading, Setting, SettingId};

/// An option that turns off what other options are for.
pub(super) struct Mode {
    pub(super) command: CommandName,
    /// Its name, without dashes.
    pub(super) option: &'static str,
    uses: fn(&Setting) -> bool,
}

/// The modes.
pub(super) const MODES: [Mode; 3] = [
    Mode {
        command: CommandName::Demo,
        option: "headless",
        uses: |setting| matches!(setting.name, "dialect" | "color"),
    },
    Mode {
        command: CommandName::Demo,
        option: "tour",
        // The steps need locks, and all sessions in the usual order.
        uses: |setting| !matches!(setting.name, "dialect" | "filter" | "sort" | "columns"),
    },
    Mode {
        command: CommandName::Config,
        option: "print_sample",
        uses: |setting| setting.name == "color",
    },
];

/// Gives every command the options, in the order of the table, and hides those that it does not use.
pub(super) fn hide_unused(command: Command) -> Command {
    let built = CommandName::ALL.into_iter().filter(|name| name.is_built());
    built.fold(command, |all, name| {
        let Some(word) = name.word() else {
            return all;
        };
        let own = |setting: &'static Setting| {
            let is_hidden = !setting.is_used_by(name);
            option(setting).global(false).hide(is_hidden)
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
        .find(|mode| mode.command == name && own.get_flag(mode.option));
    let is_used =
        |setting: &Setting| setting.is_used_by(name) && mode.is_none_or(|mode| (mode.uses)(setting));
    let is_given = |setting: &&Setting| own.value_source(setting.name) == Some(ValueSource::CommandLine);
    let mut unused = options().filter(is_given).filter(|setting| !is_used(setting));
    let Some(setting) = unused.next() else {
        return Ok(());
    };
    let mut line = word.map_or_else(|| "maxtop".to_owned(), |word| format!("maxtop {word}"));
    if let Some(mode) = mode.filter(|_| setting.is_used_by(name)) {
        line = format!("{line} --{}", mode.option.replace('_', "-"));
    }
    let why = match (name, setting.heading) {
        (
            CommandName::Demo,
            Heading::Endpoint | Heading::Access | Heading::ServerAccess | Heading::Encryption,
        ) if mode.is_none() => ": it connects only to its own simulated proxies",
        _ => ": leave it out",
    };
    let text = format!("'{line}' does not use '--{}'{why}", setting.name);
    let one = word.and_then(|word| all.find_subcommand_mut(word));
    Err(match one {
        Some(one) => one.error(ErrorKind::ArgumentConflict, text),
        None => all.error(ErrorKind::ArgumentConflict, text),
    })
}

/// Returns the settings that have an option.
pub(super) fn options() -> impl Iterator<Item = &'static Setting> {
    SettingId::all()
        .map(SettingId::setting)
        .filter(|setting| setting.flag)
}
