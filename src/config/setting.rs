//! What a setting is: one entry of the table, from which come its flag, its key in files, its help,
//! the sample file and the table in `docs/configuration.md`.

use super::layer::EndpointConfig;
use super::origin::SourceValue;
use super::{Config, value};
use crate::diagnosis::{Threshold, ThresholdAccess};

/// A setting.
pub struct Setting {
    /// The key in files, and with two dashes the flag.
    pub name: &'static str,
    /// The table of the file in which the key stands; nothing at the top.
    pub table: Option<&'static str>,
    /// Whether it is an option of the command line.
    pub flag: bool,
    /// The option of one letter.
    pub short: Option<char>,
    /// The environment variable.
    pub variable: Option<&'static str>,
    /// Where in files it may stand.
    pub key: KeyScope,
    /// What a value looks like.
    pub form: Form,
    /// As it is written in a file; nothing where there is no default.
    pub default: &'static str,
    /// What it means, in one line.
    pub about: &'static str,
    /// A value, where the default is none that could serve as one.
    pub example: &'static str,
    /// Settings of one such group stand for each other: of the uppermost layer that has any, one counts.
    pub group: Option<&'static str>,
    pub(super) apply: Apply,
}

/// Where in files a setting may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScope {
    /// Nowhere.
    Nowhere,
    /// At the top and in a profile.
    Usual,
    /// There, and at one endpoint of a list.
    Endpoint,
    /// Only at one endpoint of a list.
    EndpointOnly,
}

/// What a value looks like, and how TOML writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Addresses of endpoints: a string, or a list.
    Endpoints,
    /// A name.
    Name,
    /// A file.
    Path,
    /// What a shell runs; its text may hold a secret.
    Command,
    /// A secret.
    Secret,
    /// `1s`.
    Time,
    /// `10%`.
    Share,
    /// `10x`.
    Times,
    /// Yes or no.
    Switch,
    /// One of these words, with bars between them.
    Choice(&'static str),
    /// A filter.
    Filter,
    /// The name of a column.
    Column,
    /// A list of columns.
    Columns,
}

/// What a value does.
pub(super) enum Apply {
    /// Says which endpoints there are.
    Endpoints,
    /// Changes the whole.
    Config(fn(&mut Config, &str) -> Result<(), String>),
    /// Changes one endpoint.
    Endpoint(fn(&mut EndpointConfig, &SourceValue) -> Result<(), String>),
    /// Moves a limit of triage.
    Threshold(&'static Threshold),
}

impl Setting {
    /// Its name with the table in which it stands: `thresholds.idle`.
    pub fn path(&self) -> String {
        self.table
            .map_or_else(|| self.name.to_owned(), |table| format!("{table}.{}", self.name))
    }

    /// Whether a value can be used; else what was expected.
    pub(super) fn check(&self, given: &SourceValue) -> Result<(), String> {
        match &self.apply {
            Apply::Endpoints => value::address(given.text()).map(drop),
            Apply::Endpoint(apply) => apply(&mut EndpointConfig::default(), given),
            _ => self.apply_to(&mut Config::blank(), given),
        }
    }

    /// Lets a value of the whole take effect.
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

    /// Whether each endpoint has a value of its own.
    pub(super) const fn is_of_endpoint(&self) -> bool {
        matches!(self.apply, Apply::Endpoint(_))
    }
}

impl Form {
    /// What stands for a value in the help.
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Endpoints => "URL",
            Self::Name => "NAME",
            Self::Path => "FILE",
            Self::Command => "COMMAND",
            Self::Secret => "SECRET",
            Self::Time => "TIME",
            Self::Share => "SHARE",
            Self::Times => "TIMES",
            Self::Switch => "true|false",
            Self::Choice(words) => words,
            Self::Filter => "FILTER",
            Self::Column => "COLUMN",
            Self::Columns => "COLUMN,...",
        }
    }

    /// What stands for a value in a file.
    pub const fn in_files(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Columns => "a list of texts in quotes",
            Self::Share => "a share such as '10%'",
            Self::Times => "a number of times such as '10x'",
            Self::Time => "a time such as '30s'",
            _ => "a text in quotes",
        }
    }

    /// Whether a value must not be shown.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Command)
    }
}
