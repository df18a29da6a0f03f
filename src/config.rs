//! One [`Config`] from flags, environment and defaults.
//!
//! It may use the pure rooms' tables (columns, filters); the shell turns its values into I/O.

mod columns;
mod file;

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use crate::app::arrange::Sort;
use crate::app::columns::{COLUMNS, ColumnId, NamingError};
use crate::cli::{self, ColorArg, CommonArgs, DialectArg};
use crate::model::Dialect;
use crate::query::{Filter, FilterError};

/// The environment variable that holds the password.
pub const PASSWORD_VARIABLE: &str = "MAXTOP_PASSWORD";

/// So long a confirmed kill can be taken back, unless told otherwise.
const GRACE: Duration = Duration::from_secs(3);

/// Everything that was asked for, checked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Config {
    /// URL or HOST:PORT, as given.
    pub endpoint: String,
    /// Who asks.
    pub user: String,
    /// The password, if one was given.
    pub password: Option<SecretString>,
    /// A dialect that is not to be found out.
    pub dialect: Option<Dialect>,
    /// How often to poll.
    pub interval: Duration,
    /// The share of its time that listing may cost the proxy, 0 to 1.
    pub duty: f64,
    /// The deadline of a whole reply.
    pub timeout: Duration,
    /// Credentials may go over plain http to another machine.
    pub allow_plain_http: bool,
    /// Nothing but GET.
    pub read_only: bool,
    /// The filter to begin with.
    pub filter: Filter,
    /// The columns that were chosen, by the flag or in the configuration file.
    pub columns: Option<Vec<ColumnId>>,
    /// The order to begin with.
    pub sort: Sort,
    /// So long a confirmed kill can be taken back.
    pub grace: Duration,
    /// Where kills are logged; without a home directory nowhere, and then nothing is ended.
    pub audit: Option<PathBuf>,
    /// Who must never be ended; an empty one is nobody.
    pub protect: Filter,
    /// Nothing but ASCII on the screen.
    pub ascii: bool,
    /// No colour.
    pub plain: bool,
}

/// A setting that cannot be used: what, why, what to try.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// No column has this name.
    #[error("no column '{name}' to sort by: there are {known}")]
    UnknownColumn {
        /// As given.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// There are no such columns to show.
    #[error("--columns: {0}")]
    Columns(NamingError),
    /// The filter is none.
    #[error("--filter: {0}")]
    Filter(#[from] FilterError),
    /// The password file cannot be read.
    #[error("cannot read the password file {path}: {source}")]
    PasswordFile {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the password file.
    #[error("the password file {path} can be read by others (mode {mode:03o}): chmod 600 it")]
    PasswordFileOpen {
        /// Which.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// It is no text.
    #[error("the password file {path} holds no text")]
    PasswordFileNoText {
        /// Which.
        path: String,
    },
    /// A setting of the configuration file cannot be used.
    #[error("the setting {name} of the configuration file: {why}")]
    Setting {
        /// Which.
        name: &'static str,
        /// Why not.
        why: String,
    },
    /// The configuration file cannot be used.
    #[error("the configuration file {path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Where in it, and why.
        why: String,
    },
    /// The variable holds no text.
    #[error("MAXTOP_PASSWORD is no valid text")]
    PasswordVariable,
}

impl Config {
    /// Checks the command line and reads what it points to.
    pub fn read(args: &CommonArgs) -> Result<Self, ConfigError> {
        let file = file::read(args.config.as_deref())?;
        Ok(Self {
            endpoint: args.endpoint.clone(),
            user: args.user.clone(),
            password: password(args.password_file.as_deref())?,
            dialect: match args.dialect {
                DialectArg::Auto => None,
                DialectArg::Draft => Some(Dialect::Draft),
                DialectArg::Jsonapi => Some(Dialect::JsonApi),
            },
            interval: args.interval,
            duty: args.duty,
            timeout: args.timeout,
            allow_plain_http: args.allow_plain_http,
            read_only: args.read_only,
            filter: Filter::parse(args.filter.as_deref().unwrap_or_default())?,
            columns: columns::columns(args.columns.as_deref(), file.columns.as_deref())?,
            sort: sort(&args.sort)?,
            grace: grace(args.grace, file.grace.as_deref())?,
            audit: args.audit.clone().or(file.audit).or_else(file::usual_audit_log),
            protect: protect(file.protect.as_deref())?,
            ascii: args.ascii || !speaks_utf8(),
            plain: is_plain(args.color),
        })
    }
}

/// `idle`, `-idle`.
fn sort(text: &str) -> Result<Sort, ConfigError> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let column = ColumnId::named(&name.to_lowercase()).ok_or_else(|| ConfigError::UnknownColumn {
        name: name.to_owned(),
        known: COLUMNS
            .iter()
            .map(|column| column.name)
            .collect::<Vec<_>>()
            .join(", "),
    })?;
    Ok(Sort { column, descending })
}

fn protect(text: Option<&str>) -> Result<Filter, ConfigError> {
    Filter::parse(text.unwrap_or_default()).map_err(|error| ConfigError::Setting {
        name: "protect",
        why: error.to_string(),
    })
}

/// The flag before the file before the default.
fn grace(flag: Option<Duration>, file: Option<&str>) -> Result<Duration, ConfigError> {
    match (flag, file) {
        (Some(grace), _) => Ok(grace),
        (None, Some(text)) => cli::grace(text).map_err(|why| ConfigError::Setting { name: "grace", why }),
        (None, None) => Ok(GRACE),
    }
}

/// The flag before the environment.
fn password(file: Option<&Path>) -> Result<Option<SecretString>, ConfigError> {
    if let Some(path) = file {
        return password_file(path).map(Some);
    }
    match std::env::var(PASSWORD_VARIABLE) {
        Ok(password) => Ok(Some(password.into())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(ConfigError::PasswordVariable),
    }
}

/// The permissions are those of the file that was opened, not of a name that may change meanwhile.
/// One newline at the end is dropped: editors add it.
fn password_file(path: &Path) -> Result<SecretString, ConfigError> {
    let shown = path.display().to_string();
    let failed = |source| ConfigError::PasswordFile {
        path: shown.clone(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let mode = file
        .metadata()
        .as_ref()
        .map(Metadata::mode)
        .map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    if mode & 0o077 != 0 {
        return Err(ConfigError::PasswordFileOpen {
            path: shown,
            mode: mode & 0o777,
        });
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let text =
        String::from_utf8(bytes).map_err(|_| ConfigError::PasswordFileNoText { path: shown.clone() })?;
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text))
        .into())
}

/// A locale that is named and is not UTF-8 gets ASCII; none at all is taken for UTF-8.
fn speaks_utf8() -> bool {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    named.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

fn is_plain(color: ColorArg) -> bool {
    match color {
        ColorArg::Always => false,
        ColorArg::Never => true,
        ColorArg::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            refused || std::env::var("TERM").is_ok_and(|term| term == "dumb")
        }
    }
}
