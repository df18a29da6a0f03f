//! Sources of passwords and tokens. They are read right before the first request to their endpoint.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use super::origin::{Origin, SourceValue};
use super::settings::SettingId;
use super::{ConfigError, trust};
use crate::model::exact_text;

/// Maximum time for a command that prints a secret. A person may have to unlock a store of passwords.
const MAX_COMMAND_TIME: Duration = Duration::from_mins(2);
/// Time after which a line says that the command is awaited.
const SILENT_TIME: Duration = Duration::from_secs(3);
/// Interval at which a command is polled that has closed its output and not ended.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Kind of a secret, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretKind {
    Password,
    Token,
}

impl SecretKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Password => "password file",
            Self::Token => "token file",
        }
    }
}

/// Source of a password.
#[derive(Clone)]
pub(crate) enum PasswordSource {
    /// The password itself.
    Known {
        /// The password.
        secret: SecretString,
        /// Origin of the password.
        origin: Origin,
    },
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
            Self::Known { origin, .. } => write!(f, "Known(*** from {origin})"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Command { origin, .. } => write!(f, "Command(*** from {origin})"),
        }
    }
}

impl PasswordSource {
    /// Returns the source as it is named in messages: `MAXTOP_PASSWORD`, the path of a file, or the origin of a
    /// command.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Known { origin, .. } => origin.to_string(),
            Self::File(path) => path.display().to_string(),
            Self::Command { origin, .. } => match origin {
                Origin::File { .. } => format!("password-command, {origin}"),
                _ => origin.to_string(),
            },
        }
    }

    /// Returns the source as a user sets it: a variable, or the name of a setting.
    fn setting(&self, kind: SecretKind) -> String {
        let name = kind.name();
        match self {
            Self::Known { origin, .. } => origin.to_string(),
            Self::File(_) => format!("{name}-file"),
            Self::Command { .. } => format!("{name}-command"),
        }
    }

    /// Reads the secret or runs its command. Removes one newline at the end, which editors and commands add.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] if the file cannot be read, can be read by other users, or is empty, and if the
    /// command fails or prints nothing.
    pub(super) fn read_as(&self, kind: SecretKind) -> Result<SecretString, ConfigError> {
        match self {
            Self::Known { secret, .. } => Ok(secret.clone()),
            Self::File(path) => {
                let secret = without_newline(&trust::read_secret(kind.file(), path)?);
                if secret.expose_secret().is_empty() {
                    return Err(ConfigError::EmptySecret(kind.name(), path.display().to_string()));
                }
                Ok(secret)
            }
            Self::Command { command, origin } => run(kind, command, origin),
        }
    }

    /// Reads the passwords of all endpoints, in their order. A source that several endpoints share is read or
    /// run once.
    ///
    /// # Errors
    ///
    /// See [`Self::read_as`].
    pub(crate) fn read_all<'a>(
        sources: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<Vec<Option<SecretString>>, ConfigError> {
        Self::read_all_as(SecretKind::Password, sources)
    }

    pub(super) fn read_all_as<'a>(
        kind: SecretKind,
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
            let password = source.read_as(kind)?;
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
        Self::given_as(password, given, SecretKind::Password)
    }

    pub(super) fn file(password: &mut Option<Self>, given: &SourceValue) -> Result<(), String> {
        Self::file_as(password, given, SecretKind::Password)
    }

    pub(super) fn command(password: &mut Option<Self>, given: &SourceValue) -> Result<(), String> {
        Self::command_as(password, given, SecretKind::Password)
    }

    pub(super) fn given_as(
        secret: &mut Option<Self>,
        given: &SourceValue,
        kind: SecretKind,
    ) -> Result<(), String> {
        // By default there is none.
        if given.is_empty() && !matches!(given.origin, Origin::Default) {
            return Err(format!(
                "the {} is empty: set it, or unset the variable",
                kind.name()
            ));
        }
        Self::set(secret, given, kind, |text| Self::Known {
            secret: text.into(),
            origin: given.origin.clone(),
        })
    }

    pub(super) fn file_as(
        secret: &mut Option<Self>,
        given: &SourceValue,
        kind: SecretKind,
    ) -> Result<(), String> {
        Self::set(secret, given, kind, |text| Self::File(text.into()))
    }

    pub(super) fn command_as(
        secret: &mut Option<Self>,
        given: &SourceValue,
        kind: SecretKind,
    ) -> Result<(), String> {
        Self::set(secret, given, kind, |text| Self::Command {
            command: text.into(),
            origin: given.origin.clone(),
        })
    }

    /// Sets the only source. Sources of lower layers were removed before.
    fn set(
        secret: &mut Option<Self>,
        given: &SourceValue,
        kind: SecretKind,
        source: impl FnOnce(&str) -> Self,
    ) -> Result<(), String> {
        match secret {
            _ if given.is_empty() => Ok(()),
            None => {
                *secret = Some(source(given.text()));
                Ok(())
            }
            Some(other) => {
                let (one, other) = (other.setting(kind), source(given.text()).setting(kind));
                Err(format!("{one} and {other} exclude each other: remove one"))
            }
        }
    }
}

/// Runs the command of a secret without the secrets of the environment.
///
/// stderr is passed through to the user; a prompt of the command needs `/dev/tty`.
fn run(kind: SecretKind, command: &SecretString, origin: &Origin) -> Result<SecretString, ConfigError> {
    let failed = |why: String| ConfigError::SecretCommand {
        what: kind.name(),
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
    let (status, printed) = output_of(shell)
        .map_err(|error| failed(format!("could not be run: {error}")))?
        .ok_or_else(|| failed(format!("did not end within {}", exact_text(MAX_COMMAND_TIME))))?;
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    let text =
        String::from_utf8(printed).map_err(|_| failed("printed text that is not valid UTF-8".to_owned()))?;
    let password = without_newline(&text);
    if password.expose_secret().is_empty() {
        return Err(failed("printed nothing".to_owned()));
    }
    Ok(password)
}

/// Runs a command. Returns its status and its output, or `None` if it was ended because it takes too long. A process
/// that it has started may continue.
fn output_of(mut command: Command) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let deadline = Instant::now() + MAX_COMMAND_TIME;
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let (sender, printed) = mpsc::channel();
    if let Some(mut out) = child.stdout.take() {
        thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            let read = out.read_to_end(&mut bytes).map(|_| bytes);
            // Fails only after the deadline.
            let _ = sender.send(read);
        })?;
    }
    let first = printed.recv_timeout(SILENT_TIME);
    if first.is_err() {
        // Fails only without a terminal or file for it.
        let _ = writeln!(
            io::stderr(),
            "maxtop: waiting for the command that prints the secret"
        );
    }
    let Ok(printed) = first.or_else(|_| printed.recv_timeout(MAX_COMMAND_TIME)) else {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    };
    let printed = printed?;
    // Usually it has ended with its output.
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some((status, printed)));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
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
