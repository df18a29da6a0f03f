//! One session as text, in the order of the screen's details: identity, connections, statements.
//! Empty sections are left out.

use std::io::{self, Write};
use std::time::Duration;

use super::{ShownSession, transaction};
use crate::app::columns::Align;
use crate::commands::grid::{Grid, Head};
use crate::commands::output;
use crate::commands::paragraph::labelled;
use crate::commands::server_access::lock_reasons;
use crate::diagnosis::StepFor;
use crate::model::maxctrl::KEEP_STATEMENTS;
use crate::model::{
    Buffer, ConnectionDetail, Counter, Dialect, IdleMeaning, RetainedStatement, Session, SessionDetail,
    SessionPhase, Text, closing_text, glyph_in, measured_text, size_text,
};

/// Writes all sections.
pub(super) fn write(
    out: &mut impl Write,
    shown: &ShownSession,
    endpoint: &str,
    is_ascii: bool,
) -> io::Result<()> {
    let detail = &shown.detail;
    let id = format!("{}  ", detail.session.id);
    labelled(out, &id, &detail.session.client())?;
    facts(out, shown, endpoint)?;
    reasons(out, shown, endpoint, is_ascii)?;
    match &shown.locks.own {
        Some(own) => transaction::write(out, own)?,
        None if shown.dialect == Dialect::JsonApi && !shown.has_server_access => {
            let remark = format!("not examined: {} need sql-user", lock_reasons());
            section(out, "LOCKS", &remark)?;
        }
        None => {}
    }
    connections(out, detail, shown.dialect, is_ascii)?;
    statements(out, shown)?;
    buffers(out, detail)?;
    pairs(
        out,
        "CLIENT",
        detail
            .client
            .iter()
            .map(|(name, value)| (name, value.to_string())),
    )?;
    pairs(
        out,
        "MEMORY",
        detail
            .memory
            .iter()
            .map(|(part, bytes)| (part, size_text(*bytes))),
    )?;
    log(out, detail)
}

/// Writes the findings, most severe first.
fn reasons(out: &mut impl Write, shown: &ShownSession, url: &str, is_ascii: bool) -> io::Result<()> {
    let session = &shown.detail.session;
    let is_found = |name| {
        shown
            .diagnosis
            .found
            .iter()
            .any(|finding| finding.reason.name == name)
    };
    let is_closing = session.phase() == Some(SessionPhase::Stopping);
    let closing = (is_closing && shown.absence.is_none() && !is_found("closing")).then(|| closing_text(None));
    let remarks = || closing.iter().chain(&shown.absence).chain(&shown.not_examined);
    if !shown.diagnosis.found.is_empty() || remarks().next().is_some() {
        writeln!(out, "\nWHY")?;
    }
    for finding in &shown.diagnosis.found {
        let glyph = finding.severity.sign(is_ascii);
        labelled(out, &format!("  {glyph} "), &finding.sentence(session))?;
        labelled(
            out,
            "    next: ",
            &finding.next_step(
                session,
                StepFor::Output {
                    url,
                    options: &shown.options,
                    reads_locks: shown.has_server_access,
                },
            ),
        )?;
    }
    for remark in remarks() {
        labelled(out, "  ", remark)?;
    }
    Ok(())
}

fn facts(out: &mut impl Write, shown: &ShownSession, endpoint: &str) -> io::Result<()> {
    let session = &shown.detail.session;
    let extra = session.extra.as_deref();
    let known = |text: Option<&Text>| text.map(ToString::to_string);
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let cipher = shown.detail.cipher.as_ref().map(|cipher| match cipher.as_str() {
        "" => "none".to_owned(),
        cipher => cipher.to_owned(),
    });
    let facts = [
        ("endpoint", Some(endpoint.to_owned())),
        ("key", Some(shown.identity.fingerprint(endpoint))),
        ("service", known(session.service.as_ref())),
        ("state", known(session.state.as_ref())),
        ("age", session.age.map(|age| age.to_string())),
        ("idle", idle(shown)),
        ("connected", connected(session)),
        ("program", extra.and_then(|extra| known(extra.program.as_ref()))),
        ("pid", number(extra.and_then(|extra| extra.pid))),
        ("TLS", cipher),
        ("worker", number(extra.and_then(|extra| extra.worker))),
        ("I/O", number(extra.and_then(|extra| extra.io_activity))),
        ("memory", extra.and_then(|extra| extra.memory).map(size_text)),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            labelled(out, &format!("  {label:<10} "), &value)?;
        }
    }
    Ok(())
}

/// Returns the idle time and, if known, its meaning.
fn idle(shown: &ShownSession) -> Option<String> {
    let idle = shown.detail.session.idle?;
    let entry = shown.idle_meaning().and_then(IdleMeaning::entry);
    Some(entry.map_or_else(|| idle.to_string(), |entry| format!("{idle} ({})", entry.about)))
}

/// Returns the connect time as sent, and also in UTC if its zone is known and it is not in GMT already.
fn connected(session: &Session) -> Option<String> {
    let connected = session.connected.as_ref()?;
    let sent = connected.sent.as_str();
    Some(match connected.timestamp() {
        Some(at) if !sent.ends_with("GMT") => format!("{sent} ({at})"),
        _ => sent.to_owned(),
    })
}

/// Writes a section that has only a remark.
fn section(out: &mut impl Write, heading: &str, remark: &str) -> io::Result<()> {
    writeln!(out)?;
    labelled(out, &format!("{heading}  "), remark)
}

fn connections(
    out: &mut impl Write,
    detail: &SessionDetail,
    dialect: Dialect,
    is_ascii: bool,
) -> io::Result<()> {
    if detail.connections.is_empty() {
        let remark = if detail.is_empty() {
            "none: not connected to a server"
        } else {
            "not reported by this version of MaxScale"
        };
        return section(out, "CONNECTIONS", remark);
    }
    writeln!(out)?;
    let mut grid = match dialect {
        Dialect::Draft => with_statistics(detail),
        Dialect::JsonApi => with_threads(detail),
    };
    if let Some(width) = output::terminal_width() {
        grid.fit(width, glyph_in(is_ascii, "…"));
    }
    grid.write(out)
}

fn with_statistics(detail: &SessionDetail) -> Grid<'_> {
    let mut columns = vec![Head::new("CONNECTIONS", Align::Left)];
    columns.extend(Counter::ALL.map(|counter| Head::new(counter.heading(), Align::Right)));
    columns.extend([Head::new("role", Align::Left), Head::new("state", Align::Left)]);
    let mut grid = Grid::new(columns);
    for connection in &detail.connections {
        let statistics = connection.statistics.unwrap_or_default();
        let values = statistics
            .iter()
            .map(|(_, value)| value.map(|value| value.to_string().into()));
        let texts =
            [&connection.role, &connection.state].map(|text| text.as_ref().map(|text| text.as_str().into()));
        grid.push(
            std::iter::once(Some(server(connection).into()))
                .chain(values)
                .chain(texts),
        );
    }
    grid
}

fn with_threads(detail: &SessionDetail) -> Grid<'_> {
    let mut grid = Grid::new(vec![
        Head::new("CONNECTIONS", Align::Left),
        Head::new("thread", Align::Right),
        Head::new("read queue", Align::Right),
        Head::new("write queue", Align::Right),
        Head::new("cipher", Align::Left),
    ]);
    for connection in &detail.connections {
        let size = |bytes: Option<u64>| bytes.map(|bytes| size_text(bytes).into());
        let cells = [
            Some(server(connection).into()),
            connection.thread_id.map(|thread| format!("#{thread}").into()),
            size(connection.buffer.and_then(|buffer| buffer.readq)),
            size(connection.buffer.and_then(|buffer| buffer.writeq)),
            connection.cipher.as_ref().map(|cipher| cipher.as_str().into()),
        ];
        grid.push(cells.into_iter());
    }
    grid
}

fn server(connection: &ConnectionDetail) -> &str {
    connection.server.as_ref().map_or("?", Text::as_str)
}

/// Writes the statements, newest first.
///
/// Only the newest can be running: older ones without an end were never marked as complete (some routers up to
/// 6.1).
fn statements(out: &mut impl Write, shown: &ShownSession) -> io::Result<()> {
    let Some(queries) = &shown.detail.queries else {
        return Ok(());
    };
    if queries.is_empty() {
        let change = if shown.keeps_no_statements() {
            format!(" (retain_last_statements=0); to change that: {KEEP_STATEMENTS}")
        } else {
            String::new()
        };
        return section(out, "STATEMENTS", &format!("none retained{change}"));
    }
    writeln!(
        out,
        "\nSTATEMENTS  newest first, received by the clock of the proxy"
    )?;
    for (age, query) in queries.iter().rev().enumerate() {
        let took = format!("  {:<8} {:>8}  ", query.received_time(), took(query, age == 0));
        labelled(out, &took, &format!("{}{}", answered_by(query), query.title()))?;
    }
    Ok(())
}

fn took(query: &RetainedStatement, newest: bool) -> String {
    match query.duration_ms() {
        Some(ms) => measured_text(Duration::from_millis(ms)),
        None if newest && query.completed.is_none() => "running".to_owned(),
        None => String::new(),
    }
}

fn answered_by(query: &RetainedStatement) -> String {
    let mut servers = query
        .responses
        .iter()
        .filter_map(|response| response.server.as_ref());
    servers
        .next_back()
        .map(|server| format!("{server}: "))
        .unwrap_or_default()
}

fn buffers(out: &mut impl Write, detail: &SessionDetail) -> io::Result<()> {
    let Some(Buffer { readq, writeq }) = detail.client_buffer else {
        return Ok(());
    };
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), size_text);
    writeln!(out, "\nBUFFERS  towards the client")?;
    writeln!(out, "  read queue {}, write queue {}", size(readq), size(writeq))
}

fn pairs<'a>(
    out: &mut impl Write,
    heading: &str,
    pairs: impl Iterator<Item = (&'a Text, String)>,
) -> io::Result<()> {
    for (index, (name, value)) in pairs.enumerate() {
        if index == 0 {
            writeln!(out, "\n{heading}")?;
        }
        labelled(out, &format!("  {:<18} ", name.as_str()), &value)?;
    }
    Ok(())
}

fn log(out: &mut impl Write, detail: &SessionDetail) -> io::Result<()> {
    if !detail.log.is_empty() {
        writeln!(out, "\nLOG")?;
    }
    for line in &detail.log {
        labelled(out, "  ", line.as_str())?;
    }
    Ok(())
}
