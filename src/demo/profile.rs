//! Differences between MaxScale versions, as data: one entry per version in [`table`].
//!
//! The replies use these values and never compare versions.

pub(super) mod table;

/// The behavior of the admin API in one MaxScale version.
#[derive(Debug, Clone, Copy)]
pub struct VersionProfile {
    /// Name, as in `--profile-version`.
    pub name: &'static str,
    /// Full version, as MaxScale reports it.
    pub version: &'static str,
    pub(super) http: Http,
    pub(super) links: Links,
    pub(super) parameters: ParameterSupport,
    pub(super) sessions: Operations,
    pub(super) row: RowForm,
    pub(super) proxy: ProxyForm,
    /// Whether accounts have roles and permissions, which `/whoami` and `/users/NAME` show.
    pub(super) roles: bool,
    /// Whether servers have the object `status`.
    pub(super) server_status: bool,
    /// Form of `/sql`. `None` if the resource does not exist.
    pub(super) sql: Option<SqlForm>,
}

/// HTTP behavior.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Http {
    /// Whether connections stay open. Depends on the HTTP library that the version was built with.
    pub(super) keeps_connections: bool,
    /// Whether MaxScale's own replies carry headers against misuse by browsers.
    pub(super) guards_browsers: bool,
    /// Whether paths without `/v1` are not found.
    pub(super) needs_prefix: bool,
    /// Status for an unknown method.
    pub(super) unknown_method: u16,
    /// Whether the entity tag counts changes made over the API; this endpoint has no such changes.
    ///
    /// Otherwise the tag is a digest, and a met precondition discards parameters and validators.
    pub(super) counts_revisions: bool,
}

/// Form of the links.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links {
    /// Whether links have `/v1` even if the request had none.
    pub(super) always_prefixed: bool,
    /// Whether relationships have `related` in addition to `self`. Otherwise `self` is the collection.
    pub(super) related: bool,
    /// Whether links of single objects end in a slash, as those of collections always do.
    pub(super) slash: bool,
}

/// Supported parameters of a GET.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct ParameterSupport {
    pub(super) pretty: Pretty,
    /// Whether JSON in one line has blanks after commas and colons.
    pub(super) spaced: bool,
    pub(super) fields: bool,
    /// Whether fields are removed before the filter is evaluated.
    pub(super) fields_first: bool,
    pub(super) page: bool,
    pub(super) filter: Filtering,
}

/// Values of `pretty` that indent. Without the parameter the reply is always indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pretty {
    /// Only `true`.
    Literal,
    /// Every value except a false one.
    Truthy,
}

/// Support for `filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filtering {
    /// Not supported.
    None,
    /// One comparison with a JSON value. Anything else is ignored.
    Equality,
    /// Expressions too. An invalid one is rejected.
    Expressions,
}

/// Operations on one session.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Operations {
    pub(super) delete: bool,
    pub(super) restart: bool,
    pub(super) patch: bool,
    /// Whether an id is parsed as C's `atoi` does. Otherwise it must be digits only.
    pub(super) atoi: bool,
    /// Whether every listed session is found by its id. Otherwise only started ones are.
    pub(super) finds_all: bool,
    pub(super) missing: NotFoundStyle,
}

/// Message of a 404 for an object of a known kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotFoundStyle {
    /// No message.
    Silent,
    /// "NAME is not a KIND".
    Named,
    /// The same message, but for sessions only if the name cannot be an id.
    NamedIfImpossible,
}

/// Attributes of a session and their form.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct RowForm {
    /// Values of `state`: half-open, in use, stopping.
    pub(super) states: [&'static str; 3],
    /// Whether `connected` is local time in `asctime` form. Otherwise it is GMT in the form of HTTP.
    pub(super) local_dates: bool,
    pub(super) idle: Idle,
    /// Whether IPv4 addresses are written as mapped IPv6 addresses.
    pub(super) mapped_addresses: bool,
    pub(super) port: bool,
    pub(super) default_database: bool,
    pub(super) connections: ConnectionForm,
    pub(super) client: ClientForm,
    /// Whether sessions have `queries` and `log`.
    pub(super) statements: bool,
    /// Whether only readwritesplit records the end of a statement.
    pub(super) forgets_ends: bool,
    pub(super) parameters: bool,
    pub(super) memory: MemoryForm,
    /// Whether sessions have `io_activity` and `thread`.
    pub(super) activity: bool,
    pub(super) seconds_alive: bool,
}

/// Definition of `idle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// Time since the client last sent something.
    SinceRead,
    /// Time since the client last sent or received something. 0 while data for the client is queued.
    SinceTraffic,
    /// As `SinceTraffic`, but 0 while a statement runs.
    BetweenStatements,
}

/// Form of `connections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionForm {
    /// The attribute does not exist.
    None,
    /// Address of a structure, with the thread id one level deeper.
    Pointer,
    /// Server, thread id and cipher.
    Plain,
}

/// Form of `client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientForm {
    /// The attribute does not exist.
    None,
    /// As in [`ConnectionForm::Pointer`].
    Pointer,
    /// Cipher only.
    Cipher,
    /// Cipher, connection attributes, and length of the command history.
    Attributes,
}

/// Form of `memory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemoryForm {
    /// The attribute does not exist.
    None,
    /// The buffers are one number.
    Number(Sizes),
    /// The buffers are listed separately.
    Object(Sizes),
}

/// Sizes that differ between versions, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Client side of a session before login.
    pub(super) half_open: u64,
    /// An empty command history.
    pub(super) empty_history: u64,
}

/// Form of `/sql`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct SqlForm {
    /// Whether ids are numbers. Otherwise they are UUIDs.
    pub(super) integer_ids: bool,
    /// Whether a token is sent in two cookies. Otherwise it is sent in one.
    pub(super) split_cookie: bool,
    /// Whether a query's `timeout` has an effect, and connections show their target and statement.
    pub(super) has_timeout: bool,
    /// Whether results describe their columns.
    pub(super) metadata: bool,
    /// Issuer of the tokens.
    pub(super) issuer: &'static str,
}

/// Attributes of `/maxscale` and its threads.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProxyForm {
    /// Settings, as JSON.
    pub(super) settings: &'static str,
    /// Whether the data directory is among the settings.
    pub(super) datadir_among_settings: bool,
    /// Attributes of the current version that this one lacks.
    pub(super) without: &'static [&'static str],
    /// Thread statistics of the current version that this one lacks.
    pub(super) threads_without: &'static [&'static str],
}
