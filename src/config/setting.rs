//! Definition of a setting. Its option, key in files, help, the sample file and the table in
//! `docs/configuration.md` are made from it.

use super::command_name::{CommandName, Heading};
use super::layer::EndpointConfig;
use super::origin::SourceValue;
use super::{Config, theme, value};
use crate::diagnosis::{Threshold, ThresholdAccess};

/// Group of the sources of the database password.
pub(super) const SQL_PASSWORD_GROUP: &str = "sql-password";

/// A setting.
pub(crate) struct Setting {
    /// Key in files; with two dashes, the option.
    pub name: &'static str,
    /// Table of the file with the key; `None` for the top.
    pub table: Option<&'static str>,
    /// Whether there is an option on the command line.
    pub flag: bool,
    /// One-letter option.
    pub short: Option<char>,
    /// Environment variable.
    pub variable: Option<&'static str>,
    /// Places in files where the key is allowed.
    pub key: KeyScope,
    /// Form of a value.
    pub form: Form,
    /// Whether its path is that of a directory.
    pub is_directory: bool,
    /// Default, as written in a file; empty if there is none.
    pub default: &'static str,
    /// Meaning, in one line.
    pub about: &'static str,
    /// Example value, if the default does not serve as one.
    pub example: &'static str,
    /// Group of mutually exclusive settings, such as the password sources. The highest layer that sets any
    /// member decides.
    pub group: Option<&'static str>,
    /// Heading of the option in the help.
    pub heading: Heading,
    /// Commands that use it. `config` always does, because it shows every setting.
    pub commands: &'static [CommandName],
    /// Whether the short help has the option.
    pub is_common: bool,
    pub(super) apply: Apply,
}

/// Places in files where a setting is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyScope {
    /// Nowhere.
    Nowhere,
    /// At the top and in a profile.
    Usual,
    /// At the top, in a profile and at an endpoint of a list.
    Endpoint,
    /// Only at an endpoint of a list.
    EndpointOnly,
}

/// Form of a value, which also decides how it is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// URLs of endpoints: a string or a list.
    Endpoints,
    /// A name.
    Name,
    /// Path of a file.
    Path,
    /// A shell command, which may contain a secret.
    Command,
    /// A secret.
    Secret,
    /// `1s`; a bare number is in seconds.
    Time,
    /// `10%`.
    Share,
    /// `10x`.
    Times,
    /// `2000000`.
    Count,
    /// `512MB`.
    Size,
    /// True or false.
    Switch,
    /// One of these words, with bars between them.
    Choice(&'static str),
    /// A theme, by its name or the path of its file.
    Theme,
    /// A filter.
    Filter,
    /// The name of a column.
    Column,
    /// A list of columns.
    Columns,
}

impl Form {
    /// Whether a value may begin with a hyphen: a column to sort by, and a number, so that a negative one is an
    /// error of the value and not an unknown option.
    pub(crate) const fn may_begin_with_hyphen(&self) -> bool {
        matches!(
            self,
            Self::Column | Self::Time | Self::Share | Self::Times | Self::Count | Self::Size
        )
    }
}

/// How a value is applied.
pub(super) enum Apply {
    /// Adds an endpoint.
    Endpoints,
    /// Changes the settings for all endpoints.
    Config(fn(&mut Config, &str) -> Result<(), String>),
    /// Changes the settings of one endpoint.
    Endpoint(fn(&mut EndpointConfig, &SourceValue) -> Result<(), String>),
    /// Changes a threshold of the diagnosis.
    Threshold(&'static Threshold),
}

impl Setting {
    /// Returns the name with its table: `thresholds.idle`.
    pub(crate) fn path(&self) -> String {
        self.table
            .map_or_else(|| self.name.to_owned(), |table| format!("{table}.{}", self.name))
    }

    /// Checks a value. The error says what was expected.
    pub(super) fn check(&self, given: &SourceValue) -> Result<(), String> {
        match &self.apply {
            Apply::Endpoints => value::address(given.text()).map(drop),
            Apply::Endpoint(apply) => apply(&mut EndpointConfig::default(), given),
            _ => self.apply_to(&mut Config::blank(), given),
        }
    }

    /// Applies a value that is for all endpoints.
    pub(super) fn apply_to(&self, config: &mut Config, given: &SourceValue) -> Result<(), String> {
        match &self.apply {
            Apply::Config(apply) => apply(config, given.text()),
            Apply::Threshold(threshold) => {
                match threshold.limit {
                    ThresholdAccess::Span(at) => *at(&mut config.thresholds) = value::span(given.text())?,
                    ThresholdAccess::Times(at) => *at(&mut config.thresholds) = value::times(given.text())?,
                }
                Ok(())
            }
            Apply::Endpoints | Apply::Endpoint(_) => Ok(()),
        }
    }

    /// Returns the placeholder for a value in the help.
    pub(crate) const fn placeholder(&self) -> &'static str {
        if self.is_directory {
            "DIR"
        } else {
            self.form.placeholder()
        }
    }

    /// Whether the command uses it.
    pub(crate) fn is_used_by(&self, command: CommandName) -> bool {
        command == CommandName::Config || self.commands.contains(&command)
    }

    /// Whether it is a source of the database password.
    pub(super) fn is_sql_password(&self) -> bool {
        self.group == Some(SQL_PASSWORD_GROUP)
    }

    /// Whether it is a source of a token.
    pub(super) fn is_token(&self) -> bool {
        self.name.starts_with("token")
    }

    /// Whether each endpoint has its own value.
    pub(super) const fn is_of_endpoint(&self) -> bool {
        matches!(self.apply, Apply::Endpoint(_))
    }
}

impl Form {
    /// Returns the placeholder for a value of this form.
    const fn placeholder(self) -> &'static str {
        match self {
            Self::Endpoints => "URL",
            Self::Name => "NAME",
            Self::Path => "FILE",
            Self::Command => "COMMAND",
            Self::Secret => "SECRET",
            Self::Time => "TIME",
            Self::Share => "SHARE",
            Self::Times => "TIMES",
            Self::Count => "NUMBER",
            Self::Size => "SIZE",
            Self::Switch => "true|false",
            Self::Choice(words) => words,
            Self::Theme => "NAME|FILE",
            Self::Filter => "FILTER",
            Self::Column => "COLUMN",
            Self::Columns => "COLUMN,...",
        }
    }

    /// Returns what a file must contain, for error messages.
    pub(crate) const fn in_files(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Columns => "a list of texts in quotes",
            Self::Share => "a share such as '10%'",
            Self::Times => "a number of times such as '10x'",
            Self::Count => "a number",
            Self::Size => "a size such as '512MB'",
            Self::Time => "a time such as '30s', or a number of seconds",
            _ => "a text in quotes",
        }
    }

    /// Whether this value is the path of a file.
    pub(super) fn is_path(self, text: &str) -> bool {
        match self {
            Self::Path => !text.is_empty(),
            Self::Theme => theme::is_path(text),
            _ => false,
        }
    }

    /// Whether a value must not be shown.
    pub(crate) const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Command)
    }
}
