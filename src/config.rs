//! One [`Config`] from flags, environment, files and defaults.
//!
//! Every setting is one entry of a table ([`Setting`]); from it come the option of the command line,
//! the variable, the key in files, the help, the sample file, `maxtop config` and the table in `docs/configuration.md`.
//! What each source says is a layer of texts; [`ConfigReport`] takes each setting from the uppermost layer
//! that has it and lets it take effect. A secret is in none of the layers' `Debug`, and a password is
//! not read before somebody asks for it ([`PasswordSource`]).
//!
//! It may use the pure rooms' tables (columns, filters, thresholds); the shell turns its values into
//! I/O.

mod environment;
mod error;
mod file;
mod layer;
mod maxctrl;
mod origin;
mod password;
mod reading;
mod sample;
mod section;
mod setting;
mod settings;
mod tables;
mod tls;
mod trust;
mod value;

use std::path::PathBuf;
use std::time::Duration;

use self::environment::Environment;
use crate::app::build_view::Sort;
use crate::app::columns::ColumnId;
use crate::diagnosis::Thresholds;
use crate::filter::Filter;
use crate::model::Dialect;

pub use self::error::ConfigError;
pub use self::layer::CommandLine;
pub use self::layer::EndpointConfig;
pub use self::layer::Layer;
pub use self::origin::{Origin, SourceFile, SourceValue};
pub use self::password::PasswordSource;
pub use self::reading::{ConfigReport, EffectiveValue};
pub use self::sample::sample;
pub use self::setting::{Form, KeyScope, Setting};
pub use self::settings::SettingId;
pub use self::tls::{TlsFiles, TlsTexts};
pub use self::trust::UnsafeFile;
pub(crate) use self::value::number;

/// Everything that was asked for, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The endpoints, in the order in which they were named; at least one.
    pub endpoints: Vec<EndpointConfig>,
    /// A dialect that is not to be found out.
    pub dialect: Option<Dialect>,
    /// How often to poll.
    pub interval: Duration,
    /// The share of its time that listing may cost the proxy, 0 to 1.
    pub duty: f64,
    /// The deadline of a whole reply.
    pub timeout: Duration,
    /// The filter to begin with.
    pub filter: Filter,
    /// The order to begin with.
    pub sort: Sort,
    /// The columns that were chosen, from left to right; nothing: the usual ones.
    pub columns: Option<Vec<ColumnId>>,
    /// So long a confirmed kill can be taken back.
    pub grace: Duration,
    /// Where kills are logged; without a home directory nowhere, and then nothing is ended.
    pub audit: Option<PathBuf>,
    /// Who must never be ended; an empty one is nobody.
    pub protect: Filter,
    /// From when on a session counts as stuck.
    pub thresholds: Thresholds,
    /// Nothing but ASCII on the screen.
    pub ascii: bool,
    /// No colour.
    pub plain: bool,
    /// Whether colour was asked for or refused.
    plainness: Option<bool>,
}

impl Config {
    /// Reads everything that the command line, the environment and the files say.
    pub fn read(line: &CommandLine) -> Result<Self, ConfigError> {
        Ok(Self::explain(line)?.config)
    }

    /// The same, with where each setting came from.
    pub fn explain(line: &CommandLine) -> Result<ConfigReport, ConfigError> {
        ConfigReport::new(line, Environment(&|name| std::env::var_os(name)))
    }

    /// Before anything was set: each of the table's defaults fills one in.
    fn blank() -> Self {
        Self {
            endpoints: Vec::new(),
            dialect: None,
            interval: Duration::ZERO,
            duty: 0.0,
            timeout: Duration::ZERO,
            filter: Filter::default(),
            sort: Sort::default(),
            columns: None,
            grace: Duration::ZERO,
            audit: None,
            protect: Filter::default(),
            thresholds: Thresholds::default(),
            ascii: false,
            plain: false,
            plainness: None,
        }
    }

    /// What the terminal cannot do, or its user does not want.
    fn suit(&mut self, environment: Environment<'_>) {
        self.ascii |= !environment.is_utf8_locale();
        self.plain = self.plainness.unwrap_or_else(|| environment.refuses_color());
    }
}

/// Whether the environment of this process refuses color.
pub(crate) fn refuses_color() -> bool {
    Environment(&|name| std::env::var_os(name)).refuses_color()
}

#[cfg(test)]
mod tests;
