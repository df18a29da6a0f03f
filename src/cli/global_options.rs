//! Options of every command: the settings that have an option, `--config` and `--profile`.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{CommandLine, Form, Origin, Setting, SettingId};

/// Name of the option for the configuration file.
const CONFIG: &str = "config";
/// Name of the option for a profile of the file.
const PROFILE: &str = "profile";

/// Options of every command.
#[derive(Debug)]
pub(crate) struct GlobalOptions {
    /// The parsed options.
    pub line: CommandLine,
}

impl Args for GlobalOptions {
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
                    .help("Configuration file [default: ~/.config/maxtop/config.toml]"),
            )
            .arg(
                Arg::new(PROFILE)
                    .long(PROFILE)
                    .global(true)
                    .value_name("NAME")
                    .help("Profile of the configuration file; 'maxctrl' uses ~/.maxctrl.cnf or [maxctrl] of /etc/maxscale.cnf"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Creates the option of a setting. Its value is checked together with those of the other sources.
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

/// Returns the help text: meaning, variable and default.
fn help(setting: &Setting) -> String {
    let mut about = setting.about.chars();
    let first = about.next().map(|c| c.to_uppercase().to_string());
    let variable = setting.variable.map(|name| format!(" [env: {name}]"));
    let shows_default = !setting.default.is_empty() && setting.form != Form::Switch;
    let default = shows_default.then(|| format!(" [default: {}]", setting.default));
    [first, Some(about.as_str().to_owned()), variable, default]
        .into_iter()
        .flatten()
        .collect()
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
        Ok(Self { line })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
