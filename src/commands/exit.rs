//! Exit statuses and errors of the commands.

use std::io;
use std::process::ExitCode;

use thiserror::Error;

use super::output::visible;
use crate::client::{Client, ClientError, EndpointUrl, Login, UrlError};
use crate::config::ConfigError;
#[cfg(feature = "demo")]
use crate::demo::DemoError;
use crate::filter::FilterError;
use crate::model::{Remedy, RequestError, SessionId, Text, TextLimit};
use crate::recording::{RecordingError, RecordingTimeError};
use crate::runtime::program_log::ProgramLogError;
use crate::runtime::recorder::RecorderError;

/// Exit status of a command (docs/scripting.md#exit-status).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// The command succeeded.
    Done,
    /// Something failed or was refused.
    Failed,
    /// The command line cannot be used.
    Usage,
    /// No endpoint was reached.
    Unreachable,
    /// The endpoint rejected the credentials, or the account may not do this.
    NotAllowed,
    /// A session matches `--fail-if`.
    Matched,
    /// Stopped by this signal.
    Signal(u8),
}

impl ExitStatus {
    pub(super) const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::NotAllowed => 4,
            Self::Matched => 5,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(exit: ExitStatus) -> Self {
        exit.status().into()
    }
}

/// Why a command failed: what, why and what to try, in one line.
#[derive(Debug, Error)]
pub(super) enum CommandError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An endpoint that is not a valid address.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Settings that contradict each other.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A request to the endpoint failed.
    #[error("{url}: {fault}{}", advice(fault, login.as_deref()))]
    Fault {
        /// URL of the endpoint.
        url: EndpointUrl,
        /// Cause.
        fault: RequestError,
        /// User and source of the password, if known.
        login: Option<Box<Login>>,
    },
    /// An endpoint that needs a password, and none was typed.
    #[error("{url}: no password was typed: {refused}{}", remedy(refused))]
    NoPassword {
        /// The endpoint.
        url: EndpointUrl,
        /// Its refusal.
        refused: RequestError,
    },
    /// Several endpoints failed for different reasons; holds the last one.
    #[error(transparent)]
    Differing(Box<Self>),
    /// No endpoint was given.
    #[error("no endpoint given: use --endpoint")]
    NoEndpoint,
    /// Two endpoints have the same name.
    #[error("two endpoints are named '{0}': remove one or set 'name' in the configuration file")]
    SameName(String),
    /// Several endpoints have a session with this id.
    #[error("session {id} exists on {}: choose one with --endpoint", .endpoints.join(" and on "))]
    Ambiguous {
        /// The session id.
        id: SessionId,
        /// URLs of these endpoints.
        endpoints: Vec<String>,
    },
    /// A session id that is not a number, or is too large.
    #[error("bad session id '{0}': expected a number (see 'maxtop list')")]
    Id(Text),
    /// An empty filter where it selects the sessions to kill; it would match every session.
    #[error("--filter is empty and would match every session: leave it out or give a condition")]
    EmptyFilter,
    /// A kill without victims: the options select none.
    #[error("nothing to kill: give session ids (see 'maxtop list'), --filter or --key")]
    NothingToKill,
    /// A condition that cannot be used.
    #[error("--fail-if: {0}")]
    FailIf(#[from] FilterError),
    /// An empty condition; it would match every session.
    #[error("--fail-if is empty and would match every session: give a condition")]
    EmptyCondition,
    /// `--columns` with JSON output, which always has every field.
    #[error(
        "--columns does not apply to JSON, which always has every field: leave it out, or use tsv or csv"
    )]
    ColumnsOfJson,
    /// No session has this id.
    #[error("{1}: no session {0} (see 'maxtop list')")]
    NoSuchSession(SessionId, EndpointUrl),
    /// No session of any endpoint has this id.
    #[error("no endpoint has a session {0} (see 'maxtop list')")]
    NowhereSession(SessionId),
    /// Some endpoints did not reply and may have a session with this id too.
    #[error("session {0} may also exist on an endpoint that did not reply: choose one with --endpoint")]
    Unsure(SessionId),
    /// No session has this fingerprint.
    #[error("no session has the key {0}: it may be gone (see 'maxtop list -o json')")]
    NoSuchKey(String),
    /// A fingerprint that is not 16 hexadecimal digits.
    #[error("bad key '{0}': expected 16 hexadecimal digits (see 'maxtop list -o json')")]
    Key(Text),
    /// More sessions match than `--max` allows.
    #[error("{found} sessions match, --max is {max}: nothing was killed; raise --max to continue")]
    TooMany {
        /// Number of matching sessions.
        found: usize,
        /// Maximum number allowed.
        max: usize,
    },
    /// `--statements` without a database user.
    #[error("--statements needs a database user: set sql-user")]
    NoServerAccess,
    /// The directory of a chosen audit log does not exist.
    #[error("--audit: no directory {0}: create it, or choose another file")]
    NoAuditDirectory(String),
    /// A kill needs a confirmation, but there is no terminal to prompt on.
    #[error("cannot prompt without a terminal: use --yes, or --dry-run to preview")]
    CannotPrompt,
    /// A kill under `read-only`.
    #[error("refused: {0} allows only GET requests: {1}")]
    ReadOnly(String, &'static str),
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// The terminal cannot be read, or signals cannot be received.
    #[error("system error: {0}")]
    System(#[from] io::Error),
    /// The screen without a terminal.
    #[error("the screen needs a terminal: {0}")]
    NoTerminal(&'static str),
    /// A terminal that cannot move its cursor (`TERM=dumb`).
    #[error(
        "the screen needs a terminal that can move its cursor, but TERM is 'dumb': set TERM to the terminal's \
         type, or {0}"
    )]
    DumbTerminal(&'static str),
    #[cfg(feature = "export")]
    /// The address for metrics cannot be used.
    #[error("cannot listen on {address}: {source}: choose another one with --listen")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Cause.
        source: io::Error,
    },
    /// The program log cannot be opened.
    #[error(transparent)]
    ProgramLog(#[from] ProgramLogError),
    /// A recording cannot be written.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    /// A recording cannot be opened.
    #[error("cannot read the recording {path}: {source}")]
    OpenRecording {
        /// Path of the file.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// A recording cannot be read.
    #[error("{path}: {source}")]
    Recording {
        /// Path of the file.
        path: String,
        /// Cause.
        source: RecordingError,
    },
    /// A recording without facts.
    #[error("{0}: the recording is empty")]
    EmptyRecording(String),
    /// A recording without a complete session list.
    #[error("{0}: the recording has no complete session list")]
    NoList(String),
    /// A time that is not valid, or not in the recording.
    #[error(transparent)]
    RecordingTime(#[from] RecordingTimeError),
    /// A part that ends before it starts.
    #[error("the part ends before it starts: give FROM and TO in order")]
    EmptyPart,
    /// A part without a session list.
    #[error("the part has no list: choose other times")]
    PartWithoutList,
    /// A part that would replace the recording that it is cut from.
    #[error("the part would replace the recording itself: choose another file")]
    OverItself,
    #[cfg(feature = "demo")]
    /// The embedded endpoint could not be started.
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[cfg(feature = "demo")]
    /// The credentials of the demo are not `USER:PASSWORD`.
    #[error("--auth must be USER:PASSWORD")]
    DemoCredentials,
    #[cfg(feature = "demo")]
    /// `--dialect draft` with `--profile-version`.
    #[error("the draft has no versions: leave out --dialect draft or --profile-version")]
    DraftHasNoVersions,
}

impl CommandError {
    /// Returns the exit status for this error.
    pub(super) const fn exit(&self) -> ExitStatus {
        match self {
            Self::Config(error) if error.is_usage() => ExitStatus::Usage,
            Self::Url(_)
            | Self::Client(_)
            | Self::Id(_)
            | Self::Key(_)
            | Self::NoTerminal(_)
            | Self::DumbTerminal(_)
            | Self::NoEndpoint
            | Self::SameName(_)
            | Self::EmptyFilter
            | Self::NothingToKill
            | Self::FailIf(_)
            | Self::EmptyCondition
            | Self::ColumnsOfJson
            | Self::ProgramLog(ProgramLogError::Open { .. })
            | Self::Recorder(
                RecorderError::Exists(_)
                | RecorderError::Directory(_)
                | RecorderError::NoRecording(_)
                | RecorderError::InUse(_)
                | RecorderError::Terminal,
            )
            | Self::RecordingTime(_)
            | Self::EmptyPart
            | Self::PartWithoutList
            | Self::OverItself
            | Self::CannotPrompt
            | Self::NoAuditDirectory(_)
            | Self::NoServerAccess => ExitStatus::Usage,
            #[cfg(feature = "demo")]
            Self::DemoCredentials
            | Self::DraftHasNoVersions
            | Self::Demo(DemoError::NotLoopback(_) | DemoError::Speed(_) | DemoError::Profile { .. }) => {
                ExitStatus::Usage
            }
            Self::Fault { fault, .. } if fault.is_unreachable() => ExitStatus::Unreachable,
            Self::NoPassword { .. } => ExitStatus::NotAllowed,
            Self::Fault { fault, .. } if fault.is_not_allowed() => ExitStatus::NotAllowed,
            _ => ExitStatus::Failed,
        }
    }

    /// Returns the error for an invalid session id.
    pub(super) fn id(given: &str) -> Self {
        Self::Id(Text::clean(given, TextLimit::Name))
    }
}

/// Returns a function that adds the endpoint to a request error.
pub(super) fn failed(client: &Client) -> impl Fn(RequestError) -> CommandError + use<'_> {
    |fault| CommandError::Fault {
        url: client.url().clone(),
        fault,
        login: client.login().cloned().map(Box::new),
    }
}

/// Returns the advice for an error. After a rejection it names the user and the source of the password.
fn advice(fault: &RequestError, login: Option<&Login>) -> String {
    match (fault, login) {
        (RequestError::NotAllowed { .. }, Some(login)) => rejection(fault, login),
        _ => remedy(fault),
    }
}

/// Returns why an endpoint has rejected a request and what to check, after a colon.
fn rejection(fault: &RequestError, login: &Login) -> String {
    let user = visible(&login.user);
    match (fault, &login.password_source) {
        (
            RequestError::NotAllowed {
                status,
                with_credentials: true,
                ..
            },
            Some(source),
        ) => {
            let what = match status {
                401 => format!(": the password of user {user} (from {source}) was rejected"),
                _ => format!(": user {user} (password from {source}) has no permission"),
            };
            format!("{what}{}", remedy(fault))
        }
        (
            RequestError::NotAllowed {
                with_credentials: false,
                ..
            },
            None,
        ) => format!(
            ": no password was given for user {user}: set MAXTOP_PASSWORD or --password-file, and --user for \
             another user"
        ),
        _ => remedy(fault),
    }
}

fn remedy(fault: &RequestError) -> String {
    fault
        .remedy()
        .map(|Remedy(what)| format!(": {what}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::EXIT_STATUSES;

    #[test]
    fn every_status_is_in_the_table() {
        let known: Vec<_> = EXIT_STATUSES.iter().map(|exit| exit.status).collect();
        for exit in [
            ExitStatus::Done,
            ExitStatus::Failed,
            ExitStatus::Usage,
            ExitStatus::Unreachable,
            ExitStatus::NotAllowed,
        ] {
            assert!(known.contains(&exit.status().to_string().as_str()), "{exit:?}");
        }
        assert_eq!(ExitStatus::Signal(2).status(), 130);
    }
}
