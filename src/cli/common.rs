//! The options that stand before or after every command: the settings that have one, from their
//! table, and where the configuration is.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{CommandLine, Form, Origin, Setting, SettingId};

/// The configuration file.
const CONFIG: &str = "config";
/// A profile of it.
const PROFILE: &str = "profile";

/// Options of every command.
#[derive(Debug)]
pub struct CommonArgs {
    /// What they say.
    pub line: CommandLine,
}

impl Args for CommonArgs {
    fn augment_args(command: Command) -> Command {
        let settings = SettingId::all().map(SettingId::setting);
        command
            .args(settings.filter(|setting| setting.flag).map(option))
            .arg(
                Arg::new(CONFIG)
                    .long(CONFIG)
                    .global(true)
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(std::path::PathBuf))
                    .help("The configuration file [default: ~/.config/maxtop/config.toml]"),
            )
            .arg(
                Arg::new(PROFILE)
                    .long(PROFILE)
                    .global(true)
                    .value_name("NAME")
                    .help("A profile of the configuration file; maxctrl: what ~/.maxctrl.cnf says"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The option of a setting. Its value is judged with those of the other sources, not here.
fn option(setting: &'static Setting) -> Arg {
    let mut option = Arg::new(setting.name)
        .long(setting.name)
        .short(setting.short)
        .global(true)
        .allow_hyphen_values(setting.form == Form::Column)
        .value_name(setting.form.placeholder())
        .help(help(setting))
        .action(ArgAction::Set);
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

/// What it means, and what holds without it.
fn help(setting: &Setting) -> String {
    let mut about = setting.about.chars();
    let first = about.next().map(|c| c.to_uppercase().to_string());
    let variable = setting.variable.map(|name| format!(" [env: {name}]"));
    let told = !setting.default.is_empty() && setting.form != Form::Switch;
    let default = told.then(|| format!(" [default: {}]", setting.default));
    [first, Some(about.as_str().to_owned()), variable, default]
        .into_iter()
        .flatten()
        .collect()
}

impl FromArgMatches for CommonArgs {
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
        Ok(Self { line })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
