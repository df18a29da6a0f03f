//! Options of every command: the settings that have an option, `--config` and `--profile`.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use super::scope::options;
use crate::config::{CommandLine, CommandName, Form, Heading, Origin, Setting, SettingId};

/// Name of the option for the configuration file.
const CONFIG: &str = "config";
/// Name of the option for the program log.
const LOG: &str = "log";
/// Name of the option for a profile of the file.
const PROFILE: &str = "profile";

/// Options of every command.
#[derive(Debug)]
pub(crate) struct GlobalOptions {
    /// The parsed options.
    pub line: CommandLine,
    /// File of the program log.
    pub log: Option<PathBuf>,
}

impl Args for GlobalOptions {
    fn augment_args(command: Command) -> Command {
        let program = Heading::Program.text();
        command
            .args(options().map(|setting| option(setting).hide(!setting.is_used_by(CommandName::Screen))))
            .arg(
                Arg::new(CONFIG)
                    .long(CONFIG)
                    .global(true)
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help_heading(program)
                    .help("Configuration file [default: ~/.config/maxtop/config.toml]"),
            )
            .arg(
                Arg::new(PROFILE)
                    .long(PROFILE)
                    .global(true)
                    .value_name("NAME")
                    .help_heading(program)
                    .help("Profile of the configuration file")
                    .long_help(
                        "Profile of the configuration file; 'maxctrl' uses ~/.maxctrl.cnf or [maxctrl] of \
                         /etc/maxscale.cnf",
                    ),
            )
            .arg(
                Arg::new(LOG)
                    .long(LOG)
                    .global(true)
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help_heading(program)
                    .hide_short_help(true)
                    .help("Program log: append polls, errors and kills to this file; only its owner may read it")
                    .long_help(
                        "Program log: append a line for each poll, error and kill to this file; it contains no \
                         password and no SQL, and only its owner may read it",
                    ),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Creates the option of a setting. Its value is checked together with those of the other sources.
pub(super) fn option(setting: &'static Setting) -> Arg {
    let mut option = Arg::new(setting.name)
        .long(setting.name)
        .short(setting.short)
        .global(true)
        .allow_hyphen_values(setting.form.may_begin_with_hyphen())
        .value_name(setting.placeholder())
        .help(short_help(setting))
        .long_help(long_help(setting))
        .help_heading(setting.heading.text())
        .hide_short_help(!setting.is_common)
        .action(ArgAction::Set);
    if setting.form == Form::Path {
        option = option.value_hint(if setting.is_directory {
            ValueHint::DirPath
        } else {
            ValueHint::FilePath
        });
    }
    if setting.form == Form::Endpoints {
        option = option.action(ArgAction::Append);
    }
    if setting.form == Form::Switch {
        option = option
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true");
    }
    option
}

/// Returns the meaning up to its first semicolon, and the default.
fn short_help(setting: &Setting) -> String {
    let about = setting.about.split(';').next().unwrap_or_default();
    format!("{}{}", capitalized(about), default(setting))
}

/// Returns the meaning, variable and default.
fn long_help(setting: &Setting) -> String {
    let variable = setting.variable.map(|name| format!(" [env: {name}]"));
    let about = capitalized(setting.about);
    format!("{about}{}{}", variable.unwrap_or_default(), default(setting))
}

fn default(setting: &Setting) -> String {
    let shows_default = !setting.default.is_empty() && setting.form != Form::Switch;
    let default = shows_default.then(|| format!(" [default: {}]", setting.default));
    default.unwrap_or_default()
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.clone()).collect()
}

impl FromArgMatches for GlobalOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut line = CommandLine {
            file: matches.get_one(CONFIG).cloned(),
            profile: matches.get_one(PROFILE).cloned(),
            ..CommandLine::default()
        };
        for id in SettingId::all().filter(|id| id.setting().flag) {
            let name = id.setting().name;
            if matches.value_source(name) != Some(ValueSource::CommandLine) {
                continue;
            }
            for text in matches.get_many::<String>(name).into_iter().flatten() {
                line.flags.give(id, text, Origin::Flag(name));
            }
        }
        Ok(Self {
            line,
            log: matches.get_one(LOG).cloned(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
