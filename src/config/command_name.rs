//! The commands, and the headings of their options.

/// A command of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommandName {
    /// `maxtop` without a command.
    Screen,
    /// `maxtop demo`.
    Demo,
    /// `maxtop list`.
    List,
    /// `maxtop export`.
    Export,
    /// `maxtop show`.
    Show,
    /// `maxtop kill`.
    Kill,
    /// `maxtop record`.
    Record,
    /// `maxtop replay`.
    Replay,
    /// `maxtop report`.
    Report,
    /// `maxtop doctor`.
    Doctor,
    /// `maxtop config`.
    Config,
    /// `maxtop man`.
    Man,
    /// `maxtop completions`.
    Completions,
}

impl CommandName {
    /// All commands, in the order of the help.
    pub(crate) const ALL: [Self; 13] = [
        Self::Screen,
        Self::Demo,
        Self::List,
        Self::Export,
        Self::Show,
        Self::Kill,
        Self::Record,
        Self::Replay,
        Self::Report,
        Self::Doctor,
        Self::Config,
        Self::Man,
        Self::Completions,
    ];

    /// Returns the word on the command line; `None` for the screen.
    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Screen => None,
            Self::Demo => Some("demo"),
            Self::List => Some("list"),
            Self::Export => Some("export"),
            Self::Show => Some("show"),
            Self::Kill => Some("kill"),
            Self::Record => Some("record"),
            Self::Replay => Some("replay"),
            Self::Report => Some("report"),
            Self::Doctor => Some("doctor"),
            Self::Config => Some("config"),
            Self::Man => Some("man"),
            Self::Completions => Some("completions"),
        }
    }

    /// Whether this build of the program has the command.
    pub(crate) const fn is_built(self) -> bool {
        match self {
            Self::Demo => cfg!(feature = "demo"),
            Self::Export => cfg!(feature = "export"),
            _ => true,
        }
    }

    /// Returns the command with this word.
    pub(crate) fn of_word(word: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.word() == word)
    }
}

/// Commands with a screen.
pub(super) const SCREENS: &[CommandName] = &[CommandName::Screen, CommandName::Demo, CommandName::Replay];

/// Commands with a live screen.
pub(super) const WATCHING: &[CommandName] = &[CommandName::Screen, CommandName::Demo];

/// Commands that send requests to the endpoints of the settings.
pub(super) const CONNECTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::List,
    CommandName::Export,
    CommandName::Show,
    CommandName::Kill,
    CommandName::Record,
    CommandName::Report,
    CommandName::Doctor,
];

/// All commands that send requests, also to the simulated proxies.
pub(super) const REQUESTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::Demo,
    CommandName::List,
    CommandName::Export,
    CommandName::Show,
    CommandName::Kill,
    CommandName::Record,
    CommandName::Report,
    CommandName::Doctor,
];

/// Commands that print text, or draw a screen.
pub(super) const PRINTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::Demo,
    CommandName::List,
    CommandName::Export,
    CommandName::Show,
    CommandName::Kill,
    CommandName::Record,
    CommandName::Replay,
    CommandName::Report,
    CommandName::Doctor,
];

/// Commands that poll, or that calculate an interval.
pub(super) const POLLING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::Demo,
    CommandName::List,
    CommandName::Export,
    CommandName::Record,
    CommandName::Report,
    CommandName::Doctor,
];

/// Commands that select sessions.
pub(super) const SELECTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::Demo,
    CommandName::List,
    CommandName::Kill,
    CommandName::Replay,
];

/// Commands that list sessions.
pub(super) const LISTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::Demo,
    CommandName::List,
    CommandName::Replay,
];

/// Commands that kill sessions.
pub(super) const KILLING: &[CommandName] = &[CommandName::Screen, CommandName::Demo, CommandName::Kill];

/// Commands that serve metrics.
pub(super) const EXPORTING: &[CommandName] = &[CommandName::Export];

/// Heading of a group of options in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// The proxies, and how often they are polled.
    Endpoint,
    /// User, password, token.
    Access,
    /// Database user of the servers.
    ServerAccess,
    /// TLS.
    Encryption,
    /// Metrics.
    Metrics,
    /// Selection and form of the sessions.
    Sessions,
    /// Killing.
    Killing,
    /// Form of the text.
    Display,
    /// Files of the program.
    Program,
}

impl Heading {
    /// Returns the text of the heading.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Endpoint => "Endpoint",
            Self::Access => "Access",
            Self::ServerAccess => "Server access",
            Self::Encryption => "Encryption",
            Self::Metrics => "Metrics",
            Self::Sessions => "Sessions",
            Self::Killing => "Killing",
            Self::Display => "Display",
            Self::Program => "Program",
        }
    }
}
