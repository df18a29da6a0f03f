//! Builds one [`Config`] from flags, environment, files and defaults.
//!
//! Every setting is one entry of a table ([`Setting`]). Its option, variable, key in files, help, the sample
//! file, `maxtop config` and the table in `docs/configuration.md` are made from it. Each source is a layer of
//! texts; [`ConfigReport`] takes each setting from the highest-priority layer that sets it. `Debug` output of a
//! layer shows no secret, and a password is read only when it is needed ([`PasswordSource`]).
//!
//! May use the tables of the pure rooms (columns, filters, thresholds).

mod command_name;
mod credentials;
mod edit;
mod environment;
mod error;
mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod keys;
mod layer;
mod maxctrl;
mod origin;
mod password;
mod reading;
mod sample;
mod saving;
mod section;
mod server_access;
mod setting;
mod settings;
mod tables;
mod theme;
mod tls;
mod token;
mod trust;
mod value;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use self::environment::Environment;
use crate::app::build_view::Sort;
use crate::app::columns::ColumnId;
use crate::app::groups::groupings::GroupingId;
use crate::app::remap::RemappedKeys;
use crate::app::theme::ThemeStyles;
use crate::diagnosis::{DiagnosisSettings, ExpectedFilter, Thresholds};
use crate::filter::{Filter, SavedFilters};
use crate::model::Dialect;

pub(crate) use self::command_name::{CommandName, Heading};
pub(crate) use self::error::ConfigError;
pub(crate) use self::layer::CommandLine;
pub(crate) use self::layer::EndpointConfig;
pub(crate) use self::origin::Origin;
pub(crate) use self::password::PasswordSource;
pub(crate) use self::reading::{ConfigReport, EffectiveValue, NamedValue};
pub(crate) use self::sample::sample;
pub(crate) use self::saving::{Saved, SettingsFile};
pub(crate) use self::setting::{Form, Setting};
pub(crate) use self::settings::SettingId;
pub(crate) use self::token::TokenSource;
#[cfg(feature = "demo")]
pub(crate) use self::value::number;
pub(crate) use self::value::{recording_span, size};

/// The effective settings, checked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent settings")]
pub(crate) struct Config {
    /// The endpoints, in the order in which they were given. Never empty.
    pub endpoints: Vec<EndpointConfig>,
    /// Dialect to use; `None` to detect it.
    pub dialect: Option<Dialect>,
    /// Time from the start of one poll to the start of the next.
    pub interval: Duration,
    /// Maximum share of the proxy's time for lists, 0 to 1.
    pub duty: f64,
    /// Maximum time to wait for a complete reply.
    pub timeout: Duration,
    /// Maximum number of sessions in a list.
    pub max_sessions: usize,
    /// Maximum memory of a decoded list, in bytes.
    pub max_list_memory: usize,
    /// Time that the history of the screen covers. Zero for no history.
    pub history_span: Duration,
    /// Maximum size of that history, in bytes. Zero for no history.
    pub history_memory: usize,
    /// Initial filter.
    pub filter: Filter,
    /// Named filters. `None` while a file is read, when any name is accepted.
    pub saved_filters: Option<SavedFilters>,
    /// Initial sort order.
    pub sort: Sort,
    /// Columns from left to right; `None` for the default ones.
    pub columns: Option<Vec<ColumnId>>,
    /// Grace period: time in which a confirmed kill can be canceled. Zero for none.
    pub grace: Duration,
    /// Path of the audit log. `None` without a home directory; no session is killed then.
    pub audit: Option<PathBuf>,
    /// Whether that is the default path. Only its directories are created.
    pub is_default_audit: bool,
    /// Directory of the recordings of the screen. `None` without a home directory.
    pub recordings: Option<PathBuf>,
    /// Filter of sessions that are never killed. An empty one protects none.
    pub protect: Filter,
    /// Origin of that filter.
    pub protect_origin: Origin,
    /// Whether a kill also ends the running statements of its sessions.
    pub kill_statements: bool,
    /// Sessions that are expected to wait. They never have a reason.
    pub expected: ExpectedFilter,
    /// Limits from which a session is stuck.
    pub thresholds: Thresholds,
    /// Whether to print only ASCII characters.
    pub ascii: bool,
    /// Whether to use no color.
    pub plain: bool,
    /// Keys that the file gives to actions.
    pub keys: RemappedKeys,
    /// File that settings of the screen are saved to.
    pub settings_file: SettingsFile,
    /// Whether the screen uses the mouse.
    pub mouse: bool,
    /// Whether the terminal rings when a session becomes ▲, and shows the number of stuck sessions in its title.
    pub bell: bool,
    /// Theme, if color is used.
    pub theme: Arc<ThemeStyles>,
    /// Name of the theme, or the path of its file.
    pub theme_name: String,
    /// Maximum number of values of each label of the metrics.
    pub export_top: usize,
    /// Field that the screen groups sessions by; `None` to show them one by one.
    pub group_by: Option<GroupingId>,
    /// Value of the setting `color`: `Some(true)` for never, `None` for auto.
    plainness: Option<bool>,
}

impl Config {
    /// Reads the command line, the environment and the files.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] if a value is invalid, or if a file cannot be read or is not safe to use.
    pub(crate) fn read(line: &CommandLine) -> Result<Self, ConfigError> {
        Ok(Self::explain(line)?.config)
    }

    /// Reads all sources and returns every setting with its origin.
    ///
    /// # Errors
    ///
    /// See [`Self::read`].
    pub(crate) fn explain(line: &CommandLine) -> Result<ConfigReport, ConfigError> {
        ConfigReport::new(line, Environment(&|name| std::env::var_os(name)))
    }

    /// Returns the settings of the diagnosis.
    pub(crate) fn diagnosis(&self) -> DiagnosisSettings {
        DiagnosisSettings {
            thresholds: self.thresholds,
            expected: self.expected.clone(),
        }
    }

    /// Returns empty settings. The defaults of the table fill in every field.
    fn blank() -> Self {
        Self {
            endpoints: Vec::new(),
            dialect: None,
            interval: Duration::ZERO,
            duty: 0.0,
            timeout: Duration::ZERO,
            max_sessions: 0,
            max_list_memory: 0,
            history_span: Duration::ZERO,
            history_memory: 0,
            filter: Filter::default(),
            saved_filters: None,
            sort: Sort::default(),
            columns: None,
            grace: Duration::ZERO,
            audit: None,
            is_default_audit: true,
            recordings: None,
            protect: Filter::default(),
            protect_origin: Origin::Default,
            kill_statements: false,
            expected: ExpectedFilter::default(),
            thresholds: Thresholds::default(),
            ascii: false,
            plain: false,
            keys: RemappedKeys::default(),
            settings_file: SettingsFile::default(),
            mouse: false,
            bell: false,
            theme: ThemeStyles::usual(),
            theme_name: String::new(),
            export_top: 0,
            group_by: None,
            plainness: None,
        }
    }

    /// Applies the limits of the terminal and the user's color preference.
    fn suit(&mut self, environment: Environment<'_>) {
        self.ascii |= !environment.is_utf8_locale();
        self.plain = self.plainness.unwrap_or_else(|| environment.refuses_color());
    }
}

/// Returns the text of a theme's file: one of the program, or an own one.
///
/// # Errors
///
/// Returns [`ConfigError`] if there is no such theme, or if its file cannot be read or is not valid.
pub(crate) fn theme_text(name: &str) -> Result<String, ConfigError> {
    theme::text(name, Environment(&|name| std::env::var_os(name)))
}

/// Whether the environment of this process refuses color.
pub(crate) fn refuses_color() -> bool {
    Environment(&|name| std::env::var_os(name)).refuses_color()
}

#[cfg(test)]
mod tests;
