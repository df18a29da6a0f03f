//! Reads maxctrl's file `~/.maxctrl.cnf`: an INI file with options in its section `[maxctrl]`, or that section of
//! MaxScale's own file ([`server_file`]).
//!
//! Options have their long or short names, without dashes; [`ini`] parses them. Options without a meaning here
//! are ignored. maxctrl lets the group read a file with a password; maxtop requires that only the owner can.

mod ini;
mod server_file;

use std::io;
use std::path::Path;
use std::sync::Arc;

use self::ini::Unclear;
pub(super) use self::ini::{IniEntry, entries};
use super::environment::Environment;
use super::file::{MAXCTRL, no_file};
use super::layer::{EndpointEntry, Layer};
use super::origin::{Origin, SourceFile, SourceValue};
use super::settings::SettingId;
use super::trust::{self, UnsafeFile};
use super::{ConfigError, value};
use crate::model::nearest;

/// Default of maxctrl's option `hosts`.
const USUAL_HOST: &str = "127.0.0.1:8989";

/// All options of maxctrl. [`layer`] ignores those without a meaning here.
const OPTIONS: [&str; 16] = [
    "user",
    "password",
    "hosts",
    "timeout",
    "secure",
    "tls-ca-cert",
    "tls-cert",
    "tls-key",
    "tls-passphrase",
    "tls-verify-server-cert",
    "secretsdir",
    "quiet",
    "tsv",
    "skip-sync",
    "config",
    "verbose",
];

/// The settings of maxctrl, and the file that has them.
pub(super) struct MaxctrlSettings {
    pub(super) layer: Layer,
    /// Name of the file on the screen.
    pub(super) file: &'static str,
}

/// Returns the settings of the user's file, otherwise those of MaxScale's own file. `None` if both are missing
/// or have none.
pub(super) fn read(environment: Environment<'_>) -> Result<Option<MaxctrlSettings>, ConfigError> {
    let found = |file| move |layer| MaxctrlSettings { layer, file };
    match of_user(environment)? {
        Some(layer) => Ok(Some(found("~/.maxctrl.cnf")(layer))),
        None => Ok(server_file::read(environment)?.map(found("maxscale.cnf"))),
    }
}

/// Returns the settings of the user's file; `None` if it is missing or empty.
fn of_user(environment: Environment<'_>) -> Result<Option<Layer>, ConfigError> {
    let Some(path) = environment.maxctrl_file() else {
        return Ok(None);
    };
    let failed = |why: String| ConfigError::File {
        path: path.display().to_string(),
        why,
    };
    let (metadata, bytes) = match trust::read(&path) {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return no_file(&path).map(|()| None),
        Err(error) => return Err(failed(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not valid UTF-8".to_owned()))?;
    let entries = known_entries(&text).map_err(|Unclear { line, why }| ConfigError::Setting {
        place: format!("{}, line {line}", path.display()),
        why,
    })?;
    if entries.is_empty() {
        return Ok(None);
    }
    let mistrust = UnsafeFile::of_settings(&path, &metadata)
        .or_else(|| UnsafeFile::of_reading(&metadata).filter(|_| holds_secret(&entries)));
    if let Some(why) = mistrust {
        return Err(ConfigError::Mistrusted {
            path: path.display().to_string(),
            why,
        });
    }
    let file = Arc::new(SourceFile {
        path: path.into_boxed_path(),
    });
    layer(&entries, &file, environment).map(Some)
}

/// Whether a file with these options must not be readable by others.
fn holds_secret(entries: &[IniEntry]) -> bool {
    let mut names = entries.iter().map(|entry| entry.name.as_str());
    names.any(|name| matches!(name, "password" | "tls-passphrase"))
}

/// Returns the options of a text.
pub(super) fn known_entries(text: &str) -> Result<Vec<IniEntry>, Unclear> {
    entries(text).and_then(known)
}

/// Checks the names of the options.
///
/// A misspelled one is an error. Other unknown ones may belong to a later maxctrl, but a file with no known
/// option is not a file of maxctrl.
fn known(entries: Vec<IniEntry>) -> Result<Vec<IniEntry>, Unclear> {
    let is_known = |entry: &&IniEntry| OPTIONS.contains(&entry.name.as_str());
    let misspelled = entries.iter().filter(|entry| !is_known(entry)).find_map(|entry| {
        let near = nearest(&entry.name, OPTIONS.into_iter())?;
        Some((entry, format!("did you mean {near}?")))
    });
    let foreign = || {
        let has_none = !entries.iter().any(|entry| is_known(&entry));
        let first = entries.first().filter(|_| has_none)?;
        Some((first, "the file has no option of maxctrl".to_owned()))
    };
    match misspelled.or_else(foreign) {
        None => Ok(entries),
        Some((entry, why)) => Err(Unclear {
            line: entry.line,
            why: format!("unknown option '{}': {why}", value::shown(&entry.name)),
        }),
    }
}

/// Converts the options to settings.
pub(super) fn layer(
    entries: &[IniEntry],
    file: &Arc<SourceFile>,
    environment: Environment<'_>,
) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    let (mut hosts, mut secure) = (Vec::new(), false);
    for entry in entries {
        let origin = origin(file, entry.line);
        let failed = |why| ConfigError::value(&entry.name, &origin, why);
        let switch = || value::switch(&entry.value).map_err(failed);
        let (setting, text) = match entry.name.as_str() {
            "hosts" => {
                if !entry.adds {
                    hosts.clear();
                }
                hosts.push(entry);
                continue;
            }
            "secure" => {
                secure = switch()?;
                continue;
            }
            "user" => ("user", entry.value.clone()),
            // maxctrl prompts for the password then.
            "password" if entry.value.is_empty() => continue,
            "password" => ("password", entry.value.clone()),
            "timeout" => ("timeout", timeout(&entry.value)),
            "tls-ca-cert" => ("ca-file", path(&entry.value, environment)),
            "tls-cert" => ("client-cert", path(&entry.value, environment)),
            "tls-key" => ("client-key", path(&entry.value, environment)),
            "tls-verify-server-cert" => ("insecure", (!switch()?).to_string()),
            "secretsdir" => {
                let why = "an encrypted password cannot be read: use --password-file or --password-command";
                return Err(failed(why.to_owned()));
            }
            "tls-passphrase" if !entry.value.is_empty() => {
                let why = "an encrypted key cannot be read: decrypt it and remove tls-passphrase";
                return Err(failed(why.to_owned()));
            }
            _ => continue,
        };
        let Some(id) = SettingId::named(setting) else {
            continue;
        };
        let given = SourceValue::new(text.as_str(), origin.clone());
        id.setting().check(&given).map_err(failed)?;
        layer.give(id, text, origin);
    }
    layer.endpoints = endpoints(&hosts, secure, file)?;
    Ok(layer)
}

/// Returns the endpoints of `hosts`, such as `host:8989,other:8989`. All have the same scheme.
fn endpoints(
    hosts: &[&IniEntry],
    secure: bool,
    file: &Arc<SourceFile>,
) -> Result<Vec<EndpointEntry>, ConfigError> {
    let scheme = if secure { "https" } else { "http" };
    if hosts.is_empty() {
        return Ok(vec![endpoint(USUAL_HOST, scheme, Origin::Default)?]);
    }
    let mut endpoints = Vec::new();
    for entry in hosts {
        let origin = origin(file, entry.line);
        let written = entry.value.split(',').map(str::trim);
        let before = endpoints.len();
        for host in written.filter(|host| !host.is_empty()) {
            endpoints.push(endpoint(host, scheme, origin.clone())?);
        }
        if endpoints.len() == before {
            return Err(ConfigError::value(
                "hosts",
                &origin,
                "expected HOST:PORT".to_owned(),
            ));
        }
    }
    Ok(endpoints)
}

fn endpoint(host: &str, scheme: &str, origin: Origin) -> Result<EndpointEntry, ConfigError> {
    let host = value::address(host).map_err(|why| ConfigError::value("hosts", &origin, why))?;
    let url = if host.contains("://") {
        host
    } else {
        format!("{scheme}://{host}")
    };
    Ok(EndpointEntry {
        url: SourceValue::new(url, origin),
        own: Layer::default(),
    })
}

/// Returns the timeout with a unit. A number without one is milliseconds.
fn timeout(written: &str) -> String {
    if written.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{written}ms")
    } else {
        written.to_owned()
    }
}

/// Resolves a path. A relative one is relative to the working directory, as in maxctrl.
fn path(written: &str, environment: Environment<'_>) -> String {
    let path = environment.path(written, Path::new(""));
    path.map_or_else(|| written.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn origin(file: &Arc<SourceFile>, line: usize) -> Origin {
    Origin::File {
        file: Arc::clone(file),
        line,
        profile: Some(MAXCTRL.into()),
    }
}
