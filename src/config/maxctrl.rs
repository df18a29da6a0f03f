//! The file of the official tool, `~/.maxctrl.cnf`: an INI file whose section `[maxctrl]` has the
//! tool's options, by their long or short names, without dashes.
//!
//! It is read as the tool does (the npm package `ini`): `;` and `#` begin a comment unless quoted or
//! behind a backslash, and a key alone is true. Options that mean nothing here are passed over. The
//! tool lets the group read the password; here nobody but the owner may.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use nix::unistd::Uid;

use super::environment::Environment;
use super::file::MAXCTRL;
use super::layer::{EndpointEntry, Layer};
use super::origin::{Given, Origin, SourceFile};
use super::settings::SettingId;
use super::trust::{self, Mistrust};
use super::{ConfigError, value};

/// Where the tool asks unless told otherwise.
const USUAL_HOST: &str = "127.0.0.1:8989";

/// The tool's options that have a short name and mean something here.
const OPTIONS: [(&str, &str); 6] = [
    ("u", "user"),
    ("p", "password"),
    ("h", "hosts"),
    ("t", "timeout"),
    ("s", "secure"),
    ("n", "tls-verify-server-cert"),
];

/// An option as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) line: usize,
}

/// What the file says; nothing where there is none, or where it says nothing.
pub(super) fn read(environment: Environment<'_>) -> Result<Option<Layer>, ConfigError> {
    let Some(path) = environment.maxctrl_file() else {
        return Ok(None);
    };
    let failed = |why: String| ConfigError::File {
        path: path.display().to_string(),
        why,
    };
    let (metadata, bytes) = match trust::read(&path) {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| failed("it is no text".to_owned()))?;
    let entries = entries(&text);
    if entries.is_empty() {
        return Ok(None);
    }
    let holds_secret = entries
        .iter()
        .any(|entry| matches!(entry.name.as_str(), "password" | "tls-passphrase"));
    let mistrust = somebody_elses_link(&path)
        .or_else(|| Mistrust::of_writing(&metadata))
        .or_else(|| Mistrust::of_reading(&metadata).filter(|_| holds_secret));
    if let Some(why) = mistrust {
        return Err(ConfigError::Mistrusted {
            path: path.display().to_string(),
            why,
        });
    }
    let file = Arc::new(SourceFile {
        path: path.into_boxed_path(),
        mistrust: None,
    });
    layer(&entries, &file, environment).map(Some)
}

/// A symbolic link leads wherever its owner likes; what it leads to is judged by itself.
fn somebody_elses_link(path: &Path) -> Option<Mistrust> {
    let owner = fs::symlink_metadata(path).ok()?.uid();
    (owner != 0 && owner != Uid::effective().as_raw()).then_some(Mistrust::Owner(owner))
}

/// The options of the section `[maxctrl]`.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut inside = false;
    let mut entries = Vec::new();
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        if text.is_empty() || text.starts_with([';', '#']) {
        } else if let Some(section) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            inside = section.trim() == MAXCTRL;
        } else if inside {
            let (name, value) = text
                .split_once('=')
                .map_or((text, "true".to_owned()), |(name, value)| (name, unquoted(value)));
            let name = unquoted(name);
            let long = OPTIONS.iter().find(|(short, _)| *short == name);
            entries.push(Entry {
                name: long.map_or(name, |(_, long)| (*long).to_owned()),
                value,
                line,
            });
        }
    }
    entries
}

/// A value without its quotes, or up to its comment.
fn unquoted(written: &str) -> String {
    let written = written.trim();
    if let Some(inner) = written
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        return inner.to_owned();
    }
    if written.len() > 1 && written.starts_with('"') && written.ends_with('"') {
        return serde_json::from_str(written).unwrap_or_else(|_| written.to_owned());
    }
    let mut value = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            ';' | '#' => break,
            '\\' => match characters.next_if(|next| matches!(next, '\\' | ';' | '#')) {
                Some(escaped) => value.push(escaped),
                None => value.push(c),
            },
            c => value.push(c),
        }
    }
    value.trim_end().to_owned()
}

/// The options as settings.
pub(super) fn layer(
    entries: &[Entry],
    file: &Arc<SourceFile>,
    environment: Environment<'_>,
) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    let (mut hosts, mut secure) = (None, false);
    for entry in entries {
        let origin = origin(file, entry.line);
        let failed = |why| ConfigError::value(&entry.name, &origin, why);
        let switch = || value::switch(&entry.value).map_err(failed);
        let (setting, text) = match entry.name.as_str() {
            "hosts" => {
                hosts = Some(entry);
                continue;
            }
            "secure" => {
                secure = switch()?;
                continue;
            }
            "user" => ("user", entry.value.clone()),
            // The tool asks for it then.
            "password" if entry.value.is_empty() => continue,
            "password" => ("password", entry.value.clone()),
            "timeout" => ("timeout", timeout(&entry.value)),
            "tls-ca-cert" => ("ca-file", path(&entry.value, environment)),
            "tls-cert" => ("client-cert", path(&entry.value, environment)),
            "tls-key" => ("client-key", path(&entry.value, environment)),
            "tls-verify-server-cert" => ("insecure", (!switch()?).to_string()),
            "tls-passphrase" if !entry.value.is_empty() => {
                let why = "an encrypted key cannot be read: decrypt it, and leave the passphrase out";
                return Err(failed(why.to_owned()));
            }
            _ => continue,
        };
        let Some(id) = SettingId::named(setting) else {
            continue;
        };
        let given = Given::new(text.as_str(), origin.clone());
        id.setting().check(&given).map_err(failed)?;
        layer.give(id, text, origin);
    }
    layer.endpoints = endpoints(hosts, secure, file)?;
    Ok(layer)
}

/// `host:8989,other:8989`: one scheme for all.
fn endpoints(
    hosts: Option<&Entry>,
    secure: bool,
    file: &Arc<SourceFile>,
) -> Result<Vec<EndpointEntry>, ConfigError> {
    let scheme = if secure { "https" } else { "http" };
    let written = hosts.map_or(USUAL_HOST, |entry| entry.value.as_str());
    let origin = hosts.map_or(Origin::Default, |entry| origin(file, entry.line));
    let hosts = written.split(',').map(str::trim).filter(|host| !host.is_empty());
    let entries = hosts.map(|host| {
        let host = value::address(host).map_err(|why| ConfigError::value("hosts", &origin, why))?;
        let url = if host.contains("://") {
            host
        } else {
            format!("{scheme}://{host}")
        };
        Ok(EndpointEntry {
            url: Given::new(url, origin.clone()),
            own: Layer::default(),
        })
    });
    entries.collect()
}

/// A bare number is milliseconds.
fn timeout(written: &str) -> String {
    if written.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{written}ms")
    } else {
        written.to_owned()
    }
}

/// The tool takes a relative path from where it is started.
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
