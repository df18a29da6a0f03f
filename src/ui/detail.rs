//! The details of one session, from top to bottom: who it is, why it is stuck, what runs, what it holds, what
//! a kill does, connections, statements.
//!
//! Every section is a function from the state to lines; the pane shows a window of them.

mod connections;
mod if_killed;
mod named;
mod pen;
mod reasons;
mod running;
mod sections;
mod servers;
mod statements;
mod transaction;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use self::pen::Pen;
use super::draw::{fit, lines, wrap};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::diagnosis::Severity;
use crate::model::{IdleEntry, IdleMeaning, RequestError, Session, SessionDetail, SessionPhase, Text};

/// Width of the labels before texts, in cells.
const LABEL: usize = 14;

/// Draws the details, if they are open. Who it is stays at the top; the rest scrolls. Returns the maximum
/// scroll offset, in lines, and the lines with links.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) -> Option<(usize, Vec<ClickableLine>)> {
    let pane = app.detail.as_ref()?;
    let inner = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let pen = Pen {
        theme,
        width: usize::from(inner.width),
        across: pane.across,
        is_past: app.past.is_some(),
        unfolded: pane.unfolded,
    };
    let mut head = title(app, pane, &pen);
    let (mut text, links) = text(app, pane, &pen);
    if pane.ended.is_some() {
        head.iter_mut()
            .skip(1)
            .chain(&mut text)
            .for_each(|line| gray(line, theme));
    }
    let head_height = u16::try_from(head.len())
        .unwrap_or(u16::MAX)
        .min(inner.height / 2);
    lines(
        head,
        Rect {
            height: head_height,
            ..inner
        },
        frame.buffer_mut(),
    );
    let body = Rect {
        y: inner.y + head_height,
        height: inner.height - head_height,
        ..inner
    };
    Some(scrolled(pane, text, &links, body, theme, frame))
}

/// Draws the window of the lines, with a mark below it if there are more. Returns the maximum offset, and the lines
/// with links.
fn scrolled(
    pane: &DetailPane,
    text: Vec<Line<'_>>,
    links: &[usize],
    area: Rect,
    theme: &Theme,
    frame: &mut Frame<'_>,
) -> (usize, Vec<ClickableLine>) {
    let mark_height = u16::from(text.len() > usize::from(area.height)).min(area.height);
    let height = usize::from(area.height - mark_height);
    let last = text.len().saturating_sub(height);
    let mut top = pane.scroll.min(last);
    if let Some(line) = pane.link.and_then(|link| links.get(link).copied()) {
        top = top.min(line).max((line + 1).saturating_sub(height));
    }
    let below = text.len().saturating_sub(top + height);
    let window = Rect {
        height: area.height - mark_height,
        ..area
    };
    lines(text.into_iter().skip(top), window, frame.buffer_mut());
    if mark_height > 0 {
        let mark = outside::words(theme, top, below);
        let row = Rect {
            y: window.bottom(),
            height: mark_height,
            ..area
        };
        let mark = Line::styled(mark, theme.dim).right_aligned();
        lines([mark], row, frame.buffer_mut());
    }
    let shown = links.iter().enumerate().filter_map(|(link, line)| {
        let row = window.rows().nth(line.checked_sub(top)?)?;
        Some(clicks::line(row, ClickTarget::Link(link)))
    });
    (last, shown.collect())
}

/// Removes every color of a line: the session has ended.
fn gray(line: &mut Line<'_>, theme: &Theme) {
    line.style = theme.dim;
    for span in &mut line.spans {
        span.style = theme.dim;
    }
}

/// Returns all lines below the title, and which of them are links.
fn text<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> (Vec<Line<'a>>, Vec<usize>) {
    let mut text: Vec<_> = named::line(app, pane, pen).into_iter().collect();
    let remarks = remarks(app, pane, pen.width).into_iter();
    text.extend(remarks.map(|remark| Line::styled(pen.fit(&remark, pen.width), pen.theme.dim)));
    text.extend(killed_line(app, pane, pen));
    text.extend(reasons::section(app, pane, pen));
    text.extend(running::section(app, pane, pen));
    let (transaction, links) = transaction::section(app, pane, pen);
    let links = links.into_iter().map(|line| text.len() + line).collect();
    text.extend(transaction);
    text.extend(if_killed::section(app, pane, pen));
    let Some(observation) = &pane.observation else {
        let waiting = match &pane.fault {
            None if app.past.is_some() => "the details were not read at this time".to_owned(),
            _ if pane.ended.is_some() => "its details were not read before it ended".to_owned(),
            None => "loading …".to_owned(),
            Some(RequestError::NotFound) if pane.is_closing() => {
                "MaxScale lists it but finds no details of it (404): that is how it shows closing".to_owned()
            }
            Some(RequestError::NotFound) => {
                "MaxScale lists it but has no details of it yet: still logging in".to_owned()
            }
            Some(fault) => fault.one_line(),
        };
        text.push(Line::default());
        let waiting = wrap(&waiting, pen.width.max(1)).into_iter();
        text.extend(waiting.map(|line| Line::styled(line, pen.theme.dim)));
        return (text, links);
    };
    let detail = &observation.detail;
    text.extend(connections::section(pane, detail, servers::known(app, pane), pen));
    text.extend(statements::section(app, pane, detail, pen));
    text.extend(servers::section(app, pane, detail, pen));
    text.extend(sections::buffers(detail, pen));
    text.extend(sections::client(detail, pen));
    text.extend(sections::memory(detail, pen));
    text.extend(sections::log(detail, pen));
    (text, links)
}

/// Returns that the session was killed in this run, with the key of the kill log.
fn killed_line<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Option<Line<'a>> {
    pane.ended?;
    let at = app.kills.killed_at(&pane.identity.key())?;
    let text = format!("Killed by you at {} (l: kill log)", clock_time(app, at));
    Some(Line::styled(pen.fit(&text, pen.width), pen.theme.dim))
}

/// Minimum width of the client in the title, in cells, and maximum width that the state behind it
/// takes from a longer client.
const MIN_CLIENT: usize = 8;
const MAX_STATE: usize = 40;
/// Maximum number of lines for a fault that the title has no room for.
const MAX_FAULT_LINES: usize = 2;

/// Returns the title: session id, client, endpoint, and the state if the data is not current.
fn title<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let session = pane.session();
    let theme = pen.theme;
    let id = Span::styled(format!("Session {}", session.id), theme.head);
    let on = app
        .endpoints
        .name_among_several(pane.identity.endpoint)
        .map(|name| Span::styled(format!("on {name}"), theme.dim));
    let first = title_line(id, on, &session.client(), state(app, pane, theme), pen);
    let fault = last_fault(pane).map(RequestError::one_line);
    // The title has room for its beginning only.
    let cut = fault.filter(|fault| !first.to_string().contains(fault.as_str()));
    let cut = cut
        .iter()
        .flat_map(|fault| wrap(fault, pen.width))
        .take(MAX_FAULT_LINES);
    let cut: Vec<_> = cut.map(|line| Line::styled(line, theme.look)).collect();
    let facts = fit(
        &facts(app, session, pane.ended.is_none()),
        pen.width,
        theme.glyphs.more,
    );
    let mut lines = vec![first];
    lines.extend(cut);
    lines.push(Line::styled(facts, theme.dim));
    lines
}

/// Returns why the last poll of the session failed. `None` without details, which say it themselves, and after its
/// end.
fn last_fault(pane: &DetailPane) -> Option<&RequestError> {
    let is_shown = pane.observation.is_some() && pane.ended.is_none();
    pane.fault.as_ref().filter(|_| is_shown)
}

/// Puts the parts of the title into one line. The client is cut first, then the endpoint is left out,
/// then the client. The state fits at every width.
fn title_line<'a>(
    id: Span<'a>,
    on: Option<Span<'a>>,
    client: &str,
    state: Option<Span<'a>>,
    pen: &Pen<'_>,
) -> Line<'a> {
    let needed = state
        .as_ref()
        .map_or(0, |state| (state.width() + 3).min(MAX_STATE));
    let left = pen.width.saturating_sub(needed);
    if id.width() > left {
        return state.into_iter().chain([Span::raw("   "), id]).collect();
    }
    let has_room = |on: &Span<'_>| id.width() + on.width() + MIN_CLIENT + 4 <= left;
    let on = on.filter(has_room);
    let mut line = Line::from(id);
    if let Some(on) = on {
        line.extend([Span::raw("  "), on]);
    }
    let room = left.saturating_sub(line.width() + 2);
    if room >= MIN_CLIENT.min(client.width()) {
        line.extend([Span::raw("  "), Span::raw(pen.fit(client, room))]);
    }
    if let Some(state) = state {
        let room = pen.width.saturating_sub(line.width() + 3);
        line.extend([
            Span::raw("   "),
            Span::styled(pen.fit(&state.content, room), state.style),
        ]);
    }
    line
}

/// Returns `ended 14:03:22`, why the last poll of the session failed, or the severity.
fn state<'a>(app: &App, pane: &DetailPane, theme: &Theme) -> Option<Span<'a>> {
    if let Some(ended) = pane.ended {
        return Some(Span::styled(
            format!("ended {}", clock_time(app, ended)),
            theme.act,
        ));
    }
    if let Some(fault) = last_fault(pane) {
        return Some(Span::styled(fault.one_line(), theme.look));
    }
    if pane.is_closing() {
        let closing = format!("{} closing", Severity::Look.glyph());
        return Some(Span::styled(closing, theme.look));
    }
    let severity = pane.findings().first()?.severity;
    let word = format!("{} {}", severity.glyph(), severity.name());
    Some(Span::styled(word, theme.severity(severity)))
}

/// Returns the client's description and what idle measures in this release. Both share a line if they
/// fit. An idle time that works as expected gets no line of its own.
fn remarks(app: &App, pane: &DetailPane, width: usize) -> Vec<String> {
    let observation = pane.observation.as_ref();
    let says = observation.and_then(|observation| client_line(&observation.detail, app.settings.ascii));
    let Some(meaning) = idle_meaning(app, pane) else {
        return says.into_iter().collect();
    };
    let idle = format!("idle: {}", meaning.about);
    let joined = says
        .as_ref()
        .map(|says| format!("{says}{}{idle}", dot(app.settings.ascii)));
    match joined.filter(|joined| joined.chars().count() <= width) {
        Some(joined) => vec![joined],
        None if meaning.meaning == IdleMeaning::Between => says.into_iter().collect(),
        None => says.into_iter().chain([idle]).collect(),
    }
}

fn idle_meaning(app: &App, pane: &DetailPane) -> Option<&'static IdleEntry> {
    pane.session().idle?;
    let latest = app.endpoints.get(pane.identity.endpoint)?.latest.as_ref()?;
    latest.instance.as_ref()?.idle_meaning()?.entry()
}

/// Returns the separator between remarks.
const fn dot(ascii: bool) -> &'static str {
    if ascii { " - " } else { " · " }
}

/// Returns the time of day in the zone of the screen.
fn clock_time(app: &App, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(app.settings.zone.clone());
    at.strftime("%H:%M:%S").to_string()
}

/// Returns the time of day, with the date if it is not today.
fn connected_time(app: &App, at: Timestamp) -> String {
    let zone = &app.settings.zone;
    let (at, now) = (
        at.to_zoned_datetime(zone.clone()),
        app.now.wall.to_zoned_datetime(zone.clone()),
    );
    let form = if at.date() == now.date() {
        "%H:%M:%S"
    } else {
        "%-d %b %H:%M:%S"
    };
    at.strftime(form).to_string()
}

/// Formats `RW-Split · connected 03:03:12, 12m ago · idle 0s · ready · worker 2`.
fn facts(app: &App, session: &Session, has_state: bool) -> String {
    let mut facts = Vec::new();
    facts.extend(session.service.as_ref().map(ToString::to_string));
    let connected = session.connected.as_ref().map(|connected| {
        let at = connected.timestamp();
        at.map_or_else(|| connected.sent.to_string(), |at| connected_time(app, at))
    });
    facts.extend(match (connected, session.age) {
        (Some(at), Some(age)) => Some(format!("connected {at}, {age} ago")),
        (Some(at), None) => Some(format!("connected {at}")),
        (None, age) => age.map(|age| format!("age {age}")),
    });
    facts.extend(session.idle.map(|idle| format!("idle {idle}")));
    // The last state of an ended session would read as its present one.
    facts.extend(has_state.then(|| {
        match session.phase() {
            None => "state unknown".to_owned(),
            Some(SessionPhase::Other) => session
                .state
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            Some(phase) => phase.name().to_owned(),
        }
    }));
    let worker = session.extra.as_ref().and_then(|extra| extra.worker);
    facts.extend(worker.map(|worker| format!("worker {worker}")));
    facts.join(dot(app.settings.ascii))
}

/// Formats what the client reports: `reporting.py · pid 4711 · libmariadb 3.3.4 · Linux`.
fn client_line(detail: &SessionDetail, ascii: bool) -> Option<String> {
    let attribute = |name: &str| detail.attribute(name).map(Text::as_str);
    let pid = attribute("_pid").map(|pid| format!("pid {pid}"));
    let version = attribute("_client_version")
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    let library = attribute("_client_name").map(|name| format!("{name}{version}"));
    let program = attribute("program_name").map(str::to_owned);
    let system = attribute("_os").map(str::to_owned);
    let tls = detail.cipher.as_ref().map(|cipher| match cipher.as_str() {
        "" => "no TLS".to_owned(),
        cipher => cipher.to_owned(),
    });
    let parts: Vec<_> = [program, pid, library, system, tls]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(dot(ascii)))
}
