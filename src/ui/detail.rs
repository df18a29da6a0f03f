//! The details of one session, from top to bottom: client, reasons, connections, statements.
//!
//! Every section is a function from the state to lines; the pane shows a window of them.

mod connections;
mod named;
mod sections;
mod servers;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, lines};
use super::theme::Theme;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::model::{IdleEntry, IdleMeaning, RequestError, Session, SessionDetail, SessionPhase, Text};

/// Theme, size and glyphs that the sections draw with.
struct Pen<'a> {
    theme: &'a Theme,
    width: usize,
}

/// Draws the details, if they are open. Returns the maximum scroll offset, in lines.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Option<usize> {
    let pane = app.detail.as_ref()?;
    let inner = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let pen = Pen {
        theme,
        width: usize::from(inner.width),
    };
    let text = text(app, pane, &pen);
    let last = text.len().saturating_sub(usize::from(inner.height));
    lines(
        text.into_iter().skip(pane.scroll.min(last)),
        inner,
        frame.buffer_mut(),
    );
    Some(last)
}

fn text<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let mut text = title(app, pane, pen);
    text.extend(sections::section(app, pane, pen));
    let Some(observation) = &pane.observation else {
        let waiting = match &pane.fault {
            None => "loading …".to_owned(),
            Some(RequestError::NotFound) => {
                "MaxScale lists it but has no details for it: still logging in, or closing".to_owned()
            }
            Some(fault) => fault.one_line(),
        };
        text.extend([Line::default(), Line::styled(waiting, pen.theme.quiet)]);
        return text;
    };
    let detail = &observation.detail;
    text.extend(connections::section(pane, detail, servers::known(app, pane), pen));
    text.extend(servers::section(app, pane, detail, pen));
    text.extend(sections::statements(app, pane, detail, pen));
    text.extend(sections::buffers(detail, pen));
    text.extend(sections::client(detail, pen));
    text.extend(sections::memory(detail, pen));
    text.extend(sections::log(detail, pen));
    text
}

/// Minimum width of the client in the title, in cells, and maximum width that the state behind it
/// takes from a longer client.
const MIN_CLIENT: usize = 8;
const MAX_STATE: usize = 40;

/// Returns the title: session id, client, endpoint, and the state if the data is not current.
fn title<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let session = pane.session();
    let theme = pen.theme;
    let id = Span::styled(format!("Session {}", session.id), theme.strong);
    let on = app
        .endpoints
        .name_among_several(pane.identity.endpoint)
        .map(|name| Span::styled(format!("on {name}"), theme.quiet));
    let first = title_line(id, on, &session.client(), state(app, pane, theme), pen);
    let facts = fit(&facts(session), pen.width, theme.glyphs.more);
    let mut text = vec![first, Line::styled(facts, theme.quiet)];
    text.extend(named::line(app, pane, pen));
    let remarks = remarks(app, pane, pen.width).into_iter();
    text.extend(remarks.map(|remark| Line::styled(fit(&remark, pen.width, theme.glyphs.more), theme.quiet)));
    text
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

/// Returns `ended 14:03:22`, or why the last poll of the session failed.
fn state<'a>(app: &App, pane: &DetailPane, theme: &Theme) -> Option<Span<'a>> {
    if let Some(ended) = pane.ended {
        let time = ended
            .to_zoned_datetime(app.settings.zone.clone())
            .strftime("%H:%M:%S")
            .to_string();
        return Some(Span::styled(format!("ended {time}"), theme.alarm));
    }
    let fault = pane.fault.as_ref().filter(|_| pane.observation.is_some())?;
    Some(Span::styled(fault.one_line(), theme.warning))
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

/// Formats `RW-Split  connected Wed Aug 31 03:03:12 2016  age 12m  idle 0s  ready  worker 2`.
fn facts(session: &Session) -> String {
    let mut facts = Vec::new();
    facts.extend(session.service.as_ref().map(ToString::to_string));
    facts.extend(session.age.map(|age| format!("age {age}")));
    facts.extend(session.idle.map(|idle| format!("idle {idle}")));
    facts.push(match session.phase() {
        None => "state unknown".to_owned(),
        Some(SessionPhase::Other) => session
            .state
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        Some(phase) => phase.name().to_owned(),
    });
    facts.extend(
        session
            .connected
            .as_ref()
            .map(|connected| format!("connected {}", connected.sent)),
    );
    facts.extend(
        session
            .extra
            .as_ref()
            .and_then(|extra| extra.worker)
            .map(|worker| format!("worker {worker}")),
    );
    facts.join("  ")
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

impl Pen<'_> {
    /// Returns a blank line and a heading with a dimmed remark.
    fn heading<'a>(&self, heading: &'static str, remark: &str) -> [Line<'a>; 2] {
        let line = Line::from(vec![
            Span::styled(heading, self.theme.strong),
            Span::styled(format!("  {remark}"), self.theme.quiet),
        ]);
        [Line::default(), line]
    }

    fn fit(&self, text: &str, width: usize) -> String {
        fit(text, width, self.theme.glyphs.more)
    }
}
