//! The versions, oldest first. Each entry has the changes since the previous one.
//!
//! The entry of 25.10 follows its documentation; no reply of it was recorded.

use super::{
    ClientForm, ConnectionForm, Filtering, Http, Idle, Links, MemoryForm, NotFoundStyle, Operations,
    ParameterSupport, Pretty, ProxyForm, RowForm, Sizes, SqlForm, VersionProfile,
};

/// All versions in order of release.
pub static PROFILES: [VersionProfile; 11] = [
    V2_2, V2_3, V2_4, V2_5, V6_4, V21_06, V22_08, V23_02, V23_08, V24_02, V25_10,
];

/// Place of the default version: the newest one with recorded replies.
const CURRENT: usize = PROFILES.len() - 2;

impl VersionProfile {
    /// Returns the default version.
    pub const fn current() -> &'static Self {
        &PROFILES[CURRENT]
    }
}

const V2_2: VersionProfile = VersionProfile {
    name: "2.2",
    version: "2.2.21",
    http: Http {
        keeps_connections: true,
        guards_browsers: false,
        needs_prefix: true,
        unknown_method: 404,
        counts_revisions: true,
    },
    links: Links {
        always_prefixed: true,
        related: false,
        slash: false,
    },
    parameters: ParameterSupport {
        pretty: Pretty::Literal,
        spaced: true,
        fields: false,
        fields_first: false,
        page: false,
        filter: Filtering::None,
    },
    sessions: Operations {
        delete: false,
        restart: false,
        patch: false,
        atoi: true,
        finds_all: true,
        missing: NotFoundStyle::Silent,
    },
    row: RowForm {
        states: ["Session Ready", "Session ready for routing", "Stopping session"],
        local_dates: true,
        idle: Idle::SinceRead,
        mapped_addresses: true,
        port: false,
        default_database: false,
        connections: ConnectionForm::None,
        client: ClientForm::None,
        statements: false,
        forgets_ends: true,
        parameters: false,
        memory: MemoryForm::None,
        activity: false,
        seconds_alive: false,
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/2.2.json"),
        datadir_among_settings: true,
        without: &["config_sync", "process_datadir", "system"],
        threads_without: &[
            "avg_event_queue_length",
            "current_descriptors",
            "listening",
            "load",
            "memory",
            "query_classifier_cache",
            "sessions",
            "state",
            "total_descriptors",
            "zombies",
        ],
    },
    roles: false,
    server_status: false,
    sql: None,
};

const V2_3: VersionProfile = VersionProfile {
    name: "2.3",
    version: "2.3.19",
    row: RowForm {
        connections: ConnectionForm::Pointer,
        statements: true,
        ..V2_2.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/2.3.json"),
        threads_without: &["listening", "memory", "sessions", "state", "zombies"],
        ..V2_2.proxy
    },
    ..V2_2
};

const V2_4: VersionProfile = VersionProfile {
    name: "2.4",
    version: "2.4.19",
    http: Http {
        needs_prefix: false,
        unknown_method: 405,
        ..V2_3.http
    },
    row: RowForm {
        states: ["Session created", "Session started", "Stopping session"],
        client: ClientForm::Pointer,
        ..V2_3.row
    },
    ..V2_3
};

const V2_5: VersionProfile = VersionProfile {
    name: "2.5",
    version: "2.5.29",
    http: Http {
        guards_browsers: true,
        counts_revisions: false,
        ..V2_4.http
    },
    links: Links {
        related: true,
        ..V2_4.links
    },
    parameters: ParameterSupport {
        fields: true,
        fields_first: true,
        filter: Filtering::Equality,
        ..V2_4.parameters
    },
    row: RowForm {
        idle: Idle::SinceTraffic,
        default_database: true,
        connections: ConnectionForm::Plain,
        client: ClientForm::Cipher,
        ..V2_4.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/2.5.json"),
        datadir_among_settings: false,
        without: &["config_sync", "system"],
        ..V2_4.proxy
    },
    ..V2_4
};

const V6_4: VersionProfile = VersionProfile {
    name: "6.4",
    version: "6.4.15",
    http: Http {
        keeps_connections: false,
        ..V2_5.http
    },
    links: Links {
        always_prefixed: false,
        slash: true,
        ..V2_5.links
    },
    parameters: ParameterSupport {
        spaced: false,
        fields_first: false,
        page: true,
        ..V2_5.parameters
    },
    sessions: Operations {
        patch: true,
        ..V2_5.sessions
    },
    row: RowForm {
        idle: Idle::BetweenStatements,
        port: true,
        default_database: false,
        client: ClientForm::Attributes,
        forgets_ends: false,
        parameters: true,
        ..V2_5.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/6.4.json"),
        without: &["system"],
        ..V2_5.proxy
    },
    sql: Some(SQL_6_4),
    ..V2_5
};

const SQL_6_4: SqlForm = SqlForm {
    integer_ids: true,
    split_cookie: true,
    has_timeout: false,
    metadata: false,
    issuer: "mxs-query",
};

const SQL_22_08: SqlForm = SqlForm {
    integer_ids: false,
    split_cookie: false,
    ..SQL_6_4
};

const SQL_23_02: SqlForm = SqlForm {
    has_timeout: true,
    issuer: "maxscale",
    ..SQL_22_08
};

/// The same series as 6.4, renamed.
const V21_06: VersionProfile = VersionProfile {
    name: "21.06",
    version: "21.06.17",
    ..V6_4
};

const V22_08: VersionProfile = VersionProfile {
    name: "22.08",
    version: "22.08.14",
    sessions: Operations {
        delete: true,
        restart: true,
        ..V21_06.sessions
    },
    row: RowForm {
        memory: MemoryForm::Number(Sizes {
            half_open: 990,
            empty_history: 0,
        }),
        ..V21_06.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/22.08.json"),
        without: &[],
        threads_without: &["listening", "state"],
        ..V21_06.proxy
    },
    sql: Some(SQL_22_08),
    ..V21_06
};

const V23_02: VersionProfile = VersionProfile {
    name: "23.02",
    version: "23.02.11",
    parameters: ParameterSupport {
        pretty: Pretty::Truthy,
        ..V22_08.parameters
    },
    row: RowForm {
        local_dates: false,
        memory: MemoryForm::Object(Sizes {
            half_open: 1_006,
            empty_history: 0,
        }),
        activity: true,
        ..V22_08.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/23.02.json"),
        threads_without: &[],
        ..V22_08.proxy
    },
    sql: Some(SQL_23_02),
    ..V22_08
};

const V23_08: VersionProfile = VersionProfile {
    name: "23.08",
    version: "23.08.6",
    sessions: Operations {
        missing: NotFoundStyle::Named,
        ..V23_02.sessions
    },
    row: RowForm {
        mapped_addresses: false,
        ..V23_02.row
    },
    ..V23_02
};

const V24_02: VersionProfile = VersionProfile {
    name: "24.02",
    version: "24.02.3",
    parameters: ParameterSupport {
        filter: Filtering::Expressions,
        ..V23_08.parameters
    },
    sessions: Operations {
        atoi: false,
        finds_all: false,
        missing: NotFoundStyle::NamedIfImpossible,
        ..V23_08.sessions
    },
    row: RowForm {
        memory: MemoryForm::Object(Sizes {
            half_open: 746,
            empty_history: 16,
        }),
        seconds_alive: true,
        ..V23_08.row
    },
    proxy: ProxyForm {
        settings: include_str!("parameters/24.02.json"),
        ..V23_08.proxy
    },
    sql: Some(SqlForm {
        metadata: true,
        ..SQL_23_02
    }),
    ..V23_08
};

const V25_10: VersionProfile = VersionProfile {
    name: "25.10",
    version: "25.10.4",
    roles: true,
    server_status: true,
    ..V24_02
};
