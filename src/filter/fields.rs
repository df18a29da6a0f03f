//! The table of fields that a filter can use.

use super::field::{FilterField, NumberTest, Search, TextTest, Values};
use super::input::{FilterInput, Reasons};
use super::synonyms::SYNONYMS;
use super::ternary::Ternary;
use crate::model::{JsonApiFields, RawText, ServerConnection, Session, SessionPhase, Span, Text, nearest};

/// All fields.
pub(crate) static FIELDS: [FilterField; 26] = [
    FilterField {
        name: "id",
        about: "session id, unique within one run of MaxScale",
        example: "id=1187",
        search: Search::Digits,
        values: Values::Number(|of, test| Ternary::of(test(of.session.id.0))),
    },
    FilterField {
        name: "key",
        about: "fingerprint of its identity, as in 'list -o json'",
        example: "key=3f9a*",
        search: Search::Never,
        values: Values::Text(|of, test| one(of.key().as_deref(), test)),
    },
    FilterField {
        name: "user",
        about: "user of the client",
        example: "user=app*",
        search: Search::Always,
        values: Values::Text(|of, test| text(of.session.user.as_ref(), test)),
    },
    FilterField {
        name: "address",
        about: "address of the client, without the port",
        example: "address=10.0.3.*",
        search: Search::Always,
        values: Values::Text(|of, test| address(of.session, test)),
    },
    FilterField {
        name: "port",
        about: "port of the client",
        example: "port>=40000",
        search: Search::Digits,
        values: Values::Number(|of, test| number(of.session.port.map(u64::from), test)),
    },
    FilterField {
        name: "service",
        about: "service that the client uses",
        example: "service~'^Rep'",
        search: Search::Always,
        values: Values::Text(|of, test| text(of.session.service.as_ref(), test)),
    },
    FilterField {
        name: "server",
        about: "a server that it is connected to; '' if none",
        example: "server=db-01",
        search: Search::IfKnown,
        values: Values::Text(|of, test| match of.session.server_connections() {
            None => Ternary::Unknown,
            Some([]) => test(RawText::from("")),
            Some(backends) => servers(backends, test),
        }),
    },
    FilterField {
        name: "state",
        about: "starting, ready, stopping, or the state as reported",
        example: "state!=ready",
        search: Search::Always,
        values: Values::Text(state),
    },
    FilterField {
        name: "idle",
        about: "time without traffic, as this version measures it",
        example: "idle>5m",
        search: Search::Never,
        values: Values::Duration(|of, test| number(of.session.idle.map(Span::as_millis), test)),
    },
    FilterField {
        name: "age",
        about: "time since the client connected",
        example: "age<1h30m",
        search: Search::Never,
        values: Values::Duration(|of, test| number(of.session.age.map(Span::as_millis), test)),
    },
    FilterField {
        name: "program",
        about: "program name that the client reports",
        example: "program=*.py",
        search: Search::IfKnown,
        values: Values::Text(|of, test| text(extra(of, |extra| extra.program.as_ref()), test)),
    },
    FilterField {
        name: "pid",
        about: "process id that the client reports",
        example: "pid=4711",
        search: Search::Digits,
        values: Values::Number(|of, test| number(extra(of, |extra| extra.pid), test)),
    },
    FilterField {
        name: "query",
        about: "running statement, if MaxScale retains statements",
        example: "query~'(?i)^update'",
        search: Search::IfKnown,
        values: Values::Text(|of, test| {
            let sql = extra(of, |extra| extra.running.as_ref()?.sql.as_ref());
            text(sql, test)
        }),
    },
    FilterField {
        name: "io",
        about: "I/O events in the last 30 s; every API read ages them",
        example: "io=0",
        search: Search::Never,
        values: Values::Number(|of, test| number(extra(of, |extra| extra.io_activity), test)),
    },
    FilterField {
        name: "memory",
        about: "memory of the session in MaxScale",
        example: "memory>2MiB",
        search: Search::Never,
        values: Values::Size(|of, test| number(extra(of, |extra| extra.memory), test)),
    },
    FilterField {
        name: "worker",
        about: "routing worker that serves the session",
        example: "worker=3",
        search: Search::Never,
        values: Values::Number(|of, test| number(extra(of, |extra| extra.worker), test)),
    },
    FilterField {
        name: "thread_id",
        about: "thread id of a connection on its server",
        example: "thread_id=4021",
        search: Search::Never,
        values: Values::Number(|of, test| {
            of.session
                .server_connections()
                .map_or(Ternary::Unknown, |b| threads(b, test))
        }),
    },
    FilterField {
        name: "stuck",
        about: "has at least one reason",
        example: "stuck",
        search: Search::Never,
        values: Values::Flag(|of| match of.reasons {
            None => Ternary::Unknown,
            Some(reasons) if !reasons.found.is_empty() => Ternary::Yes,
            Some(reasons) if of.is_strict && has_open(of, reasons) => Ternary::Unknown,
            Some(_) => Ternary::No,
        }),
    },
    FilterField {
        name: "reason",
        about: "why it is stuck; none if no reason was found",
        example: "reason=back-pressure",
        search: Search::IfKnown,
        values: Values::Text(reason),
    },
    FilterField {
        name: "endpoint",
        about: "name of the endpoint that lists the session",
        example: "endpoint=db-proxy-1*",
        // Otherwise a word in the endpoint's name would match all its sessions.
        search: Search::Never,
        values: Values::Text(endpoint),
    },
    FilterField {
        name: "reads",
        about: "reads from its servers, if reported",
        example: "reads=0",
        search: Search::Never,
        values: Values::Number(|of, test| number(of.reads, test)),
    },
    FilterField {
        name: "writes",
        about: "writes to its servers, if reported",
        example: "writes>1000",
        search: Search::Never,
        values: Values::Number(|of, test| number(of.writes, test)),
    },
    FilterField {
        name: "trx",
        about: "age of its open transaction (server access)",
        example: "trx>30s",
        search: Search::Never,
        values: Values::Duration(|of, test| number(of.locks.transaction_age.map(Span::as_millis), test)),
    },
    FilterField {
        name: "blocks",
        about: "number of threads that wait for it (server access)",
        example: "blocks>0",
        search: Search::Never,
        values: Values::Number(|of, test| number(of.locks.blocks, test)),
    },
    FilterField {
        name: "waits",
        about: "time that it has waited for a lock (server access)",
        example: "waits>10s",
        search: Search::Never,
        values: Values::Duration(|of, test| number(of.locks.wait.map(Span::as_millis), test)),
    },
    FilterField {
        name: "rows_locked",
        about: "number of rows that it has locked (server access)",
        example: "rows_locked>1000",
        search: Search::Never,
        values: Values::Number(|of, test| number(of.locks.rows_locked, test)),
    },
];

fn one(value: Option<&str>, test: TextTest<'_>) -> Ternary {
    value.map_or(Ternary::Unknown, |value| test(RawText::from(value)))
}

fn text(value: Option<&Text>, test: TextTest<'_>) -> Ternary {
    value.map_or(Ternary::Unknown, |value| test(value.raw()))
}

/// Tests the name of the endpoint, and the names of others that are the same proxy.
fn endpoint(of: &FilterInput<'_>, test: TextTest<'_>) -> Ternary {
    let aliases = of.names.into_iter().flat_map(|names| &names.aliases);
    aliases.fold(one(of.endpoint, test), |found, alias| {
        found.or(one(Some(alias), test))
    })
}

/// Tests the short form of an address, and its IPv6 form if the endpoint sent that.
fn address(session: &Session, test: TextTest<'_>) -> Ternary {
    let short = text(session.address.as_ref(), test);
    match session.address.as_ref().and_then(|address| address.raw().whole()) {
        Some(address) if session.address_is_mapped && !short.is_yes() => {
            short.or(test(RawText::from(&*format!("::ffff:{address}"))))
        }
        _ => short,
    }
}

fn servers(backends: &[ServerConnection], test: TextTest<'_>) -> Ternary {
    let mut result = Ternary::No;
    for backend in backends {
        result = result.or(test(backend.server.raw()));
        if result.is_yes() {
            break;
        }
    }
    result
}

fn number(value: Option<u64>, test: NumberTest<'_>) -> Ternary {
    value.map_or(Ternary::Unknown, |value| Ternary::of(test(value)))
}

fn extra<'a, T>(of: &FilterInput<'a>, value: impl FnOnce(&'a JsonApiFields) -> Option<T>) -> Option<T> {
    value(of.session.extra.as_ref()?)
}

/// Tests the state as sent, and the word that the table shows for it.
fn state(of: &FilterInput<'_>, test: TextTest<'_>) -> Ternary {
    let Some(sent) = &of.session.state else {
        return Ternary::Unknown;
    };
    let word = match SessionPhase::of(sent.as_str()) {
        SessionPhase::Other => None,
        phase => Some(phase.name()),
    };
    let result = test(sent.raw());
    match word {
        Some(word) if !result.is_yes() => result.or(test(RawText::from(word))),
        _ => result,
    }
}

/// Tests the thread ids. A connection with an unknown one makes the result unknown, unless another one passes.
fn threads(backends: &[ServerConnection], test: NumberTest<'_>) -> Ternary {
    let mut result = Ternary::No;
    for backend in backends {
        result = result.or(number(backend.thread_id.map(u64::from), test));
        if result.is_yes() {
            break;
        }
    }
    result
}

/// The reason that no version of JSON:API reports. A test compares it with the table of reasons.
pub(crate) const DRAFT_ONLY: &str = "buffering";

/// Whether the session may have a reason that could not be evaluated, and that its dialect reports.
fn has_open(of: &FilterInput<'_>, reasons: Reasons<'_>) -> bool {
    let is_jsonapi = of.session.extra.is_some();
    let mut open = reasons.unjudged.iter();
    open.any(|name| !(is_jsonapi && *name == DRAFT_ONLY))
}

/// A name that no reason has.
const ANY_REASON: &str = "any reason";

/// Tests the names of the reasons. In a strict evaluation, a reason that could not be evaluated makes the
/// result unknown if it would decide it.
fn reason(of: &FilterInput<'_>, test: TextTest<'_>) -> Ternary {
    let Some(reasons) = of.reasons else {
        return Ternary::Unknown;
    };
    let mut test = |name: &str| test(RawText::from(name)).is_yes();
    // A pattern for any text means any reason, not `none`.
    let names_none = test("") && !test(ANY_REASON);
    if reasons.found.iter().any(|name| test(name)) {
        Ternary::Yes
    } else if !of.is_strict || reasons.unjudged.is_empty() {
        Ternary::of(reasons.found.is_empty() && names_none)
    } else {
        if reasons.unjudged.iter().any(|name| test(name)) {
            return Ternary::Unknown;
        }
        match reasons.found.is_empty() && names_none {
            true if has_open(of, reasons) => Ternary::Unknown,
            is_none => Ternary::of(is_none),
        }
    }
}

impl FilterField {
    /// Returns the field with this name, ignoring case.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Returns the field that is probably intended by a name.
    pub(super) fn near(name: &str) -> Option<&'static Self> {
        let is_synonym = |(word, _): &&(&str, &str)| word.eq_ignore_ascii_case(name);
        if let Some((_, field)) = SYNONYMS.iter().find(is_synonym) {
            return Self::named(field);
        }
        let has_value = |field: &&Self| {
            let mut values = field.closed_values().iter();
            values.any(|value| value.eq_ignore_ascii_case(name))
        };
        let near = nearest(name, FIELDS.iter().map(|field| field.name)).and_then(Self::named);
        near.or_else(|| FIELDS.iter().find(has_value))
    }
}
