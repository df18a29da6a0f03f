//! Password sources. A password is read right before the first request to its endpoint.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret as _, SecretString};

use super::origin::{Origin, SourceValue};
use super::settings::SettingId;
use super::{ConfigError, trust};

/// Source of a password.
#[derive(Clone)]
pub(crate) enum PasswordSource {
    /// The password itself.
    Known(SecretString),
    /// A file that only its owner can read.
    File(PathBuf),
    /// The output of a command run by `sh -c`. The command itself may contain a secret.
    Command {
        /// Text of the command.
        command: SecretString,
        /// Origin of the command.
        origin: Origin,
    },
}

impl fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(_) => f.write_str("Known(***)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Command { origin, .. } => write!(f, "Command(*** from {origin})"),
        }
    }
}

impl PasswordSource {
    /// Reads the password or runs its command. Removes one newline at the end, which editors and commands add.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] if the file cannot be read, can be read by other users, or is empty, and if the
    /// command fails or prints nothing.
    pub(crate) fn read(&self) -> Result<SecretString, ConfigError> {
        match self {
            Self::Known(password) => Ok(password.clone()),
            Self::File(path) => {
                let password = without_newline(&trust::read_secret("password file", path)?);
                if password.expose_secret().is_empty() {
                    return Err(ConfigError::EmptyPassword(path.display().to_string()));
                }
                Ok(password)
            }
            Self::Command { command, origin } => run(command, origin),
        }
    }

    /// Reads the passwords of all endpoints, in their order. A source that several endpoints share is read or
    /// run once.
    ///
    /// # Errors
    ///
    /// See [`Self::read`].
    pub(crate) fn read_all<'a>(
        sources: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<Vec<Option<SecretString>>, ConfigError> {
        let mut read: Vec<(&Self, SecretString)> = Vec::new();
        let passwords = sources.map(|source| {
            let Some(source) = source else {
                return Ok(None);
            };
            if let Some((_, password)) = read.iter().find(|(known, _)| known.is_same(source)) {
                return Ok(Some(password.clone()));
            }
            let password = source.read()?;
            read.push((source, password.clone()));
            Ok(Some(password))
        });
        passwords.collect()
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => one == other,
            (Self::Command { command: one, .. }, Self::Command { command: other, .. }) => {
                one.expose_secret() == other.expose_secret()
            }
            _ => false,
        }
    }

    pub(super) fn given(password: &mut Option<Self>, given: &SourceValue) -> Result<(), String> {
        // By default there is no password.
        if given.is_empty() && !matches!(given.origin, Origin::Default) {
            return Err("the password is empty: set it, or unset the variable".to_owned());
        }
        Self::set(password, given, |text| Self::Known(text.into()))
    }

    pub(super) fn file(password: &mut Option<Self>, given: &SourceValue) -> Result<(), String> {
        Self::set(password, given, |text| Self::File(text.into()))
    }

    pub(super) fn command(password: &mut Option<Self>, given: &SourceValue) -> Result<(), String> {
        Self::set(password, given, |text| Self::Command {
            command: text.into(),
            origin: given.origin.clone(),
        })
    }

    /// Sets the only source. Sources of lower layers were removed before.
    fn set(
        password: &mut Option<Self>,
        given: &SourceValue,
        source: impl FnOnce(&str) -> Self,
    ) -> Result<(), String> {
        match password {
            _ if given.is_empty() => Ok(()),
            None => {
                *password = Some(source(given.text()));
                Ok(())
            }
            Some(_) => Err("password-file and password-command exclude each other: remove one".to_owned()),
        }
    }
}

/// Runs the password command without the secrets of the environment.
///
/// stderr is passed through to the user; a prompt of the command needs `/dev/tty`.
fn run(command: &SecretString, origin: &Origin) -> Result<SecretString, ConfigError> {
    let failed = |why: String| ConfigError::PasswordCommand {
        place: origin.to_string(),
        why,
    };
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(command.expose_secret())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    for variable in secret_variables() {
        shell.env_remove(variable);
    }
    let output = shell
        .output()
        .map_err(|error| failed(format!("could not be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("failed: {}", output.status)));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| failed("printed text that is not valid UTF-8".to_owned()))?;
    let password = without_newline(&text);
    if password.expose_secret().is_empty() {
        return Err(failed("printed nothing".to_owned()));
    }
    Ok(password)
}

/// Returns the environment variables that contain a secret of this program.
fn secret_variables() -> impl Iterator<Item = &'static str> {
    let secrets = SettingId::all().map(SettingId::setting);
    let secrets = secrets.filter(|setting| setting.form.is_secret());
    secrets.filter_map(|setting| setting.variable)
}

fn without_newline(text: &str) -> SecretString {
    text.strip_suffix('\n')
        .map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
        .into()
}
