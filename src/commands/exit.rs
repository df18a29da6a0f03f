//! How a command ends: every exit status and every error in one place.

use std::io;
use std::process::ExitCode;

use thiserror::Error;

use crate::client::{Client, ClientError, EndpointUrl, UrlError};
use crate::config::ConfigError;
use crate::demo::DemoError;
use crate::model::{Remedy, RequestError, SessionId, Text, TextLimit};

/// How a command ended (docs/scripting.md#exit-status).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// All is done.
    Done,
    /// Something failed or was refused.
    Failed,
    /// The command line cannot be used.
    Usage,
    /// No endpoint was reached.
    Unreachable,
    /// The endpoint refused who asks.
    NotAllowed,
    /// Ended by this signal.
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
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(exit: ExitStatus) -> Self {
        exit.status().into()
    }
}

/// Why a command did not do what it was asked: what, why and what to try, in one line.
#[derive(Debug, Error)]
pub(super) enum CommandError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An endpoint that is no address.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Settings that do not go together.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The endpoint gave no answer.
    #[error("{url}: {fault}{}", remedy(fault))]
    Fault {
        /// Which endpoint.
        url: EndpointUrl,
        /// Why.
        fault: RequestError,
    },
    /// Endpoints that gave no answer, each for another reason; this is the last.
    #[error(transparent)]
    Differing(Box<Self>),
    /// No endpoint to ask.
    #[error("no endpoint is named: give one with --endpoint")]
    NoEndpoint,
    /// Two endpoints that nobody could tell apart.
    #[error("two endpoints are called '{0}': leave one out, or give each a 'name' in the configuration file")]
    SameName(String),
    /// The id is in use on several endpoints.
    #[error("session {id} is on {}: name one with --endpoint", .endpoints.join(" and on "))]
    Ambiguous {
        /// Which id.
        id: SessionId,
        /// Where.
        endpoints: Vec<String>,
    },
    /// A session id that is no number, or too large to be one.
    #[error("bad session id '{0}': an id is a number, as 'maxtop list' shows it")]
    Id(Text),
    /// A filter that lets everybody through, where it is to hold somebody back.
    #[error("--filter is empty: leave it out, or say which sessions are meant")]
    EmptyFilter,
    /// JSON has all its names, always.
    #[error(
        "--columns does not go with JSON, whose names are always all there: leave it out, or use tsv or csv"
    )]
    ColumnsOfJson,
    /// No session has this id.
    #[error("{1}: no such session: {0}; 'maxtop list' shows those that there are")]
    NoSuchSession(SessionId, EndpointUrl),
    /// No session of any endpoint has this id.
    #[error("no endpoint has a session {0}; 'maxtop list' shows those that there are")]
    NowhereSession(SessionId),
    /// Some endpoints have not answered, and may have this id as well.
    #[error("session {0} may be on an endpoint that did not answer too: name one with --endpoint")]
    Unsure(SessionId),
    /// No session has this fingerprint.
    #[error("no session has the key {0} any more; 'maxtop list -o json' shows those that there are")]
    NoSuchKey(String),
    /// A fingerprint that cannot be one.
    #[error("bad key '{0}': a key is 16 hexadecimal digits, as 'maxtop list -o json' shows it")]
    Key(Text),
    /// More sessions are meant than were allowed.
    #[error(
        "{found} sessions are meant and --max is {max}: nothing was ended; raise it if they are all meant"
    )]
    TooMany {
        /// So many are meant.
        found: usize,
        /// So many were allowed.
        max: usize,
    },
    /// Ending sessions has to be confirmed, and there is nobody to ask.
    #[error("without a terminal nobody can be asked: give --yes, or look with --dry-run")]
    NobodyToAsk,
    /// A kill under `--read-only`.
    #[error("refused: {}{}", RequestError::ReadOnly, remedy(&RequestError::ReadOnly))]
    ReadOnly,
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// The answer of a person cannot be read, or signals cannot be heard.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
    /// The screen without anybody to see it.
    #[error("the screen needs a terminal: 'maxtop list' prints the sessions once")]
    NoTerminal,
    /// A terminal that cannot move its cursor.
    #[error(
        "the screen needs a terminal that can move its cursor, and TERM is 'dumb': try 'maxtop list', \
         which prints the sessions once, or set TERM to the terminal's type"
    )]
    DumbTerminal,
    /// The embedded endpoint could not be started.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// Its credentials are not of the form.
    #[error("--auth takes USER:PASSWORD")]
    DemoCredentials,
    /// The draft, as a version spoke it that never did.
    #[error("no version speaks the draft: leave out --dialect draft, or --profile-version")]
    DraftHasNoVersions,
}

impl CommandError {
    /// The exit status that stands for it.
    pub(super) const fn exit(&self) -> ExitStatus {
        match self {
            Self::Config(error) if error.is_usage() => ExitStatus::Usage,
            Self::Url(_)
            | Self::Client(ClientError::User(_) | ClientError::PlainHttp(_))
            | Self::Id(_)
            | Self::Key(_)
            | Self::NoTerminal
            | Self::DumbTerminal
            | Self::NoEndpoint
            | Self::SameName(_)
            | Self::EmptyFilter
            | Self::ColumnsOfJson
            | Self::DemoCredentials
            | Self::DraftHasNoVersions
            | Self::Demo(DemoError::NotLoopback(_) | DemoError::Speed(_) | DemoError::Profile { .. })
            | Self::NobodyToAsk => ExitStatus::Usage,
            Self::Fault { fault, .. } if fault.is_unreachable() => ExitStatus::Unreachable,
            Self::Fault { fault, .. } if fault.is_not_allowed() => ExitStatus::NotAllowed,
            _ => ExitStatus::Failed,
        }
    }

    /// A session id that cannot be one.
    pub(super) fn id(given: &str) -> Self {
        Self::Id(Text::clean(given, TextLimit::Name))
    }
}

/// A fault, with the endpoint that it came from.
pub(super) fn failed(client: &Client) -> impl Fn(RequestError) -> CommandError + use<'_> {
    |fault| CommandError::Fault {
        url: client.url().clone(),
        fault,
    }
}

fn remedy(fault: &RequestError) -> String {
    fault
        .remedy()
        .map(|Remedy(what)| format!(": {what}"))
        .unwrap_or_default()
}
