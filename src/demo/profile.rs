//! What distinguishes the versions of MaxScale, as values: one entry for each in [`table`].
//!
//! The replies ask these values and never for a version. Who may enter: the JSON:API dialect, and
//! `spec` and `endpoint` for the one that is served.

pub(super) mod table;

/// A version of MaxScale, by what its admin API does.
#[derive(Debug, Clone, Copy)]
pub struct VersionProfile {
    /// As `--profile-version` has it.
    pub name: &'static str,
    /// What it calls itself.
    pub version: &'static str,
    pub(super) http: Http,
    pub(super) links: Links,
    pub(super) parameters: ParameterSupport,
    pub(super) sessions: Operations,
    pub(super) row: RowForm,
    pub(super) proxy: ProxyForm,
}

/// What it does with HTTP.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Http {
    /// Connections stay open: that is up to the HTTP library that the version was built with.
    pub(super) keeps_connections: bool,
    /// Replies of the server itself carry headers against misuse by browsers.
    pub(super) guards_browsers: bool,
    /// Without `/v1` nothing is found.
    pub(super) needs_prefix: bool,
    /// The status for a method that nobody knows.
    pub(super) unknown_method: u16,
    /// The entity tag counts changes made over the API, of which this endpoint has none. Else it is a digest, and
    /// a precondition that holds makes the server forget parameters and validators.
    pub(super) counts_revisions: bool,
}

/// What its links look like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links {
    /// They have `/v1` even if the request had none.
    pub(super) always_prefixed: bool,
    /// Relationships have `related` beside `self`; else only `self`, which is the collection.
    pub(super) related: bool,
    /// Links of single objects end in a slash, as those of collections always do.
    pub(super) slash: bool,
}

/// Which parameters of a GET it knows.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct ParameterSupport {
    pub(super) pretty: Pretty,
    /// One line of JSON has blanks behind commas and colons.
    pub(super) spaced: bool,
    pub(super) fields: bool,
    /// They are chosen before the filter looks at a row.
    pub(super) fields_first: bool,
    pub(super) page: bool,
    pub(super) filter: Filtering,
}

/// What indents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pretty {
    /// No parameter, or `true`.
    Literal,
    /// Everything but no.
    Truthy,
}

/// What `filter` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filtering {
    /// Nothing.
    None,
    /// One comparison with a JSON value; anything else is ignored.
    Equality,
    /// Expressions too; a bad one is refused.
    Expressions,
}

/// What can be done with one session.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Operations {
    pub(super) delete: bool,
    pub(super) restart: bool,
    pub(super) patch: bool,
    /// An id is what C's `atoi` makes of it. Else digits, and nothing but digits.
    pub(super) atoi: bool,
    /// Whoever is listed is found by the id. Else only who has started.
    pub(super) finds_all: bool,
    pub(super) missing: NotFoundStyle,
}

/// What a 404 for an object of a known kind says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotFoundStyle {
    /// Nothing.
    Silent,
    /// That it is none.
    Named,
    /// That it is none, if its name cannot be one.
    NamedIfImpossible,
}

/// What the row of a session has, and in which form.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct RowForm {
    /// `state`: half-open, in use, stopping.
    pub(super) states: [&'static str; 3],
    /// `connected` is local time in the form of `asctime`. Else GMT in that of HTTP.
    pub(super) local_dates: bool,
    pub(super) idle: Idle,
    /// IPv4 addresses are written as those of IPv6.
    pub(super) mapped_addresses: bool,
    pub(super) port: bool,
    pub(super) default_database: bool,
    pub(super) connections: ConnectionForm,
    pub(super) client: ClientForm,
    /// `queries` and `log`.
    pub(super) statements: bool,
    /// Only readwritesplit notes the end of a statement.
    pub(super) forgets_ends: bool,
    pub(super) parameters: bool,
    pub(super) memory: MemoryForm,
    /// `io_activity` and `thread`.
    pub(super) activity: bool,
    pub(super) seconds_alive: bool,
}

/// What `idle` measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// The time since the client sent something.
    SinceRead,
    /// The time since the client sent or got something; 0 while there is more for it than it takes.
    SinceTraffic,
    /// The same, but 0 while a statement runs.
    BetweenStatements,
}

/// What stands in `connections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionForm {
    /// There is no such attribute.
    None,
    /// The address of a structure, and the thread id one level deeper.
    Pointer,
    /// Server, thread id and cipher.
    Plain,
}

/// What stands in `client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientForm {
    /// There is no such attribute.
    None,
    /// As the connections.
    Pointer,
    /// The cipher.
    Cipher,
    /// The cipher, what the client says of itself, and the length of the history.
    Attributes,
}

/// What stands in `memory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemoryForm {
    /// There is no such attribute.
    None,
    /// Buffers are one number.
    Number(Sizes),
    /// Buffers are told apart.
    Object(Sizes),
}

/// Sizes that differ from version to version, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// The client's side of somebody who has not logged in.
    pub(super) half_open: u64,
    /// A history without anything in it.
    pub(super) empty_history: u64,
}

/// What `/maxscale` and its threads have.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProxyForm {
    /// Its settings, as JSON.
    pub(super) settings: &'static str,
    /// The data directory is one of the settings.
    pub(super) datadir_among_settings: bool,
    /// Attributes of the current version that it does not have.
    pub(super) without: &'static [&'static str],
    /// Statistics of a thread that it does not have.
    pub(super) threads_without: &'static [&'static str],
}
