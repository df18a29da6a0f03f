//! Entry points for fuzzing: one function for each kind of input that others can choose. Each checks what must hold for
//! every input, in addition to the absence of a panic.
//!
//! `cargo fuzz` calls them with new inputs; an ordinary test calls them with those that were kept in `fuzz/kept`.

mod screen;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::fuzzed;
use crate::filter::Filter;
use crate::model::{Dialect, Session, SessionId, visible};
use crate::recording::{Limits, Recording};
use crate::wire::sql;
use crate::wire::{Bounds, Decoder, Interner, ListStream, draft, jsonapi, list};

/// A kind of input.
#[derive(Debug)]
pub struct Target {
    /// Name, also of its file in `fuzz/fuzz_targets` and of its directory in `fuzz/kept`.
    pub name: &'static str,
    /// Checks one input.
    pub check: fn(&[u8]),
}

/// All kinds of input.
pub static TARGETS: [Target; 8] = [
    Target {
        name: "session_list",
        check: session_list,
    },
    Target {
        name: "replies",
        check: replies,
    },
    Target {
        name: "sql_results",
        check: sql_results,
    },
    Target {
        name: "filter",
        check: filter,
    },
    Target {
        name: "configuration",
        check: configuration,
    },
    Target {
        name: "maxctrl_file",
        check: maxctrl_file,
    },
    Target {
        name: "recording",
        check: recording,
    },
    Target {
        name: "screen",
        check: screen::check,
    },
];

/// Checks one input of the target with this name.
///
/// # Panics
///
/// Panics if something does not hold, or if there is no such target.
pub fn check(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("no target {name}"));
    (target.check)(data);
}

fn time() -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::from_secs(1_795_450_733)
}

/// The first two bytes choose the dialect and the size of parts; the rest is a body. A list that arrives in parts is the
/// same as a whole one.
fn session_list(data: &[u8]) {
    let ([dialect, size, body @ ..], zone) = (data, TimeZone::UTC) else {
        return;
    };
    let dialect = if dialect % 2 == 0 {
        Dialect::Draft
    } else {
        Dialect::JsonApi
    };
    let mut interner = Interner::default();
    let whole = list(
        dialect,
        body,
        &mut Decoder::new(&mut interner, Some(&zone), time()),
    );
    let mut interner = Interner::default();
    let mut stream = ListStream::new(dialect, (Some(zone), time()), Bounds::default(), None);
    let parts = body.chunks(usize::from(*size).max(1));
    let pushed = parts
        .map(|part| stream.push(&mut interner, part))
        .find(Result::is_err);
    let parts = match pushed {
        Some(Err(error)) => Err(error),
        _ => stream.finish(&mut interner),
    };
    match (whole, parts) {
        (Ok(whole), Ok(parts)) => {
            assert_eq!(whole.sessions, parts.sessions);
            assert_eq!((whole.blanked, whole.dropped), (parts.blanked, parts.dropped));
        }
        // In JSON with several errors each can find another one first.
        (Err(_), Err(_)) => {}
        (whole, parts) => panic!("{:?} and {:?}", whole.map(drop), parts.map(drop)),
    }
}

/// The body of every other reply, in both dialects.
fn replies(body: &[u8]) {
    let (zone, mut interner) = (TimeZone::UTC, Interner::default());
    let mut decoder = Decoder::new(&mut interner, Some(&zone), time());
    let sessions = [
        draft::session(body, &mut decoder),
        jsonapi::session(body, &mut decoder),
    ];
    for detail in sessions.into_iter().flatten() {
        let shown = detail.session.client();
        assert_eq!(visible(&shown), shown, "a text on the screen is not escaped");
    }
    drop(draft::connections(body, &mut decoder));
    drop(jsonapi::servers(body, &mut decoder));
    drop(jsonapi::services(body, &mut decoder));
    drop(jsonapi::workers(body, &mut decoder));
    drop(jsonapi::account(body));
    drop(jsonapi::instance(body));
    drop(jsonapi::proxy(body));
}

/// Replies of `/v1/sql`, read as the result of each statement.
fn sql_results(body: &[u8]) {
    let (zone, mut interner) = (TimeZone::UTC, Interner::default());
    let mut decoder = Decoder::new(&mut interner, Some(&zone), time());
    drop(sql::connection(body));
    drop(sql::query(body, &mut decoder, sql::nothing));
    drop(sql::query(body, &mut decoder, sql::server));
    drop(sql::query(body, &mut decoder, sql::grants));
    drop(sql::query(body, &mut decoder, sql::threads));
    drop(sql::query(body, &mut decoder, sql::transactions));
    drop(sql::query(body, &mut decoder, sql::lock_count));
    drop(sql::query(body, &mut decoder, sql::lock_waits));
    drop(sql::query(body, &mut decoder, sql::metadata_plugin));
    drop(sql::query(body, &mut decoder, sql::metadata_locks));
}

/// A filter means the same after its own text was parsed again; an error can be shown.
fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Filter::parse(text) {
        Ok(filter) => {
            let again = Filter::parse(filter.text()).expect("its own text is a filter");
            let session = Session::bare(SessionId(7));
            assert_eq!(filter.matches(&session), again.matches(&session));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// The configuration file and a theme.
fn configuration(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        fuzzed::configuration(text);
    }
}

/// `.maxctrl.cnf`.
fn maxctrl_file(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        fuzzed::maxctrl(text);
    }
}

/// A recording is read to its end, and cut; a part can be read as well.
fn recording(data: &[u8]) {
    let limits = Limits {
        endpoints: 8,
        sessions: 1_000,
        line: 100_000,
        chunk: 1_000_000,
        lines: 1_000,
    };
    let Ok(recording) = Recording::open(Arc::<[u8]>::from(data), limits) else {
        return;
    };
    let facts = recording.facts();
    let read = facts.take(2_000).flatten().count();
    let Some((from, to)) = recording.span() else {
        assert_eq!(read, 0, "facts without a time");
        return;
    };
    drop(recording.step(from.elapsed, true));
    drop(recording.step(to.elapsed, false));
    if let Ok(part) = recording.part(from.elapsed, to.elapsed) {
        assert!(Recording::open(part, limits).is_ok(), "a part is a recording");
    }
}
