//! The list of many victims: one row each, with why it is stuck or why it is not killed.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::many::MIN_WIDTH_WITH_AGES;
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::{FirstCheck, KillOutcome, KillState, KillTask, RefusalReason};
use crate::model::display_width;
use crate::ui::draw::{fit, fit_end, fit_middle};
use crate::ui::theme::Theme;

/// Width of sign, severity and their gaps, in cells.
const SIGNS: usize = 6;
/// Width of one span such as `4h 12m`, with its gap.
const AGE: usize = 8;
/// Width of the gap before PROXY and before WHY.
const GAP: usize = 2;
/// Minimum width of WHY, in cells.
const MIN_WHY: usize = 12;
/// Maximum width that WHY takes from the other columns.
const MAX_WHY: usize = 40;
/// Minimum width of a proxy that is cut.
const MIN_PROXY: usize = 8;

/// The list of victims, with its columns.
pub(super) struct Table<'a> {
    app: &'a App,
    asking: &'a KillDialog,
    theme: &'a Theme,
    width: usize,
    columns: Columns,
}

/// Widths of the columns, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    id: usize,
    client: usize,
    has_port: bool,
    /// 0 if there is only one proxy.
    proxy: usize,
    has_age: bool,
    has_idle: bool,
}

impl Columns {
    /// Returns the columns for a width. Ports are left out first, then ages, then the beginning of the proxy
    /// is cut, and last the middle of the client.
    fn of(asking: &KillDialog, width: usize) -> Self {
        let widths = asking.widths;
        let has_idle = width >= MIN_WIDTH_WITH_AGES;
        let proxy = match widths.proxy {
            0 => 0,
            proxy => proxy.max("PROXY".len()),
        };
        let full = Self {
            id: widths.id.max("ID".len()),
            client: widths.client.max("CLIENT".len()),
            has_port: true,
            proxy,
            has_age: has_idle,
            has_idle,
        };
        let without_port = Self {
            client: widths.client_without_port.max("CLIENT".len()),
            has_port: false,
            ..full
        };
        let without_age = Self {
            has_age: false,
            ..without_port
        };
        let cut = Self {
            proxy: proxy.min(MIN_PROXY),
            ..without_age
        };
        let why = widths.why.clamp(MIN_WHY, MAX_WHY);
        let mut all = [full, without_port, without_age, cut].into_iter();
        let fits = all.find(|columns| columns.width() + why <= width);
        fits.unwrap_or_else(|| {
            let others = cut.width() - cut.client + MIN_WHY;
            let room = width.saturating_sub(others).max("CLIENT".len());
            Self {
                client: cut.client.min(room),
                ..cut
            }
        })
    }

    /// Returns the width of all columns but WHY, with the gap before it.
    const fn width(&self) -> usize {
        let proxy = if self.proxy > 0 { self.proxy + GAP } else { 0 };
        let ages = self.has_age as usize + self.has_idle as usize;
        SIGNS + self.id + self.client + proxy + ages * AGE + GAP
    }
}

/// Returns the width at which no column is cut or left out.
pub(super) fn wanted_width(asking: &KillDialog) -> usize {
    let wide = Columns::of(asking, usize::MAX);
    wide.width() + asking.widths.why.clamp(MIN_WHY, MAX_WHY)
}

impl<'t> Table<'t> {
    pub(super) fn new(app: &'t App, asking: &'t KillDialog, theme: &'t Theme, width: usize) -> Self {
        Self {
            app,
            asking,
            theme,
            width,
            columns: Columns::of(asking, width),
        }
    }

    pub(super) fn headings<'a>(&self) -> Line<'a> {
        let Columns {
            id,
            client,
            proxy,
            has_age,
            has_idle,
            ..
        } = self.columns;
        let proxy = match proxy {
            0 => String::new(),
            proxy => format!("  {:<proxy$}", "PROXY"),
        };
        let age = if has_age { "     AGE" } else { "" };
        let idle = if has_idle { "    IDLE" } else { "" };
        let text = format!("   {:>id$}   {:<client$}{proxy}{age}{idle}  WHY", "ID", "CLIENT");
        Line::styled(fit(&text, self.width, self.theme.glyphs.more), self.theme.head)
    }

    pub(super) fn row<'a>(&self, index: usize, task: &KillTask) -> Line<'a> {
        let (theme, id_width) = (self.theme, self.columns.id);
        let (sign, base) = self.sign(index, task);
        let diagnosis = self.asking.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        let severity = diagnosis.and_then(|diagnosis| diagnosis.severity());
        let severity_style = severity.map_or(theme.dim, |severity| theme.severity(severity));
        let id = task.victim.identity.id.to_string();
        let mut spans = vec![
            Span::styled(format!("{sign:<2} {id:>id_width$} "), base),
            Span::styled(severity.map_or(" ", |severity| severity.glyph()), severity_style),
            Span::styled(format!(" {}", self.client(task)), base),
        ];
        self.push_state(&mut spans, (index, task), base);
        let rest = self.width.saturating_sub(width_of(&spans));
        spans.push(Span::styled(" ".repeat(rest), base));
        if index == self.asking.cursor {
            for span in &mut spans {
                span.style = span.style.patch(theme.cursor);
            }
        }
        Line::from(spans)
    }

    /// Returns why the victim is stuck, if its row cuts it.
    pub(super) fn cut_why(&self, index: usize, task: &KillTask) -> Option<String> {
        let problem = self.problem(index, task);
        let is_problem = problem.is_some();
        let text = problem.unwrap_or_else(|| self.asking.why(index, self.app.newest_session(task)));
        let ages = usize::from(self.columns.has_age) + usize::from(self.columns.has_idle);
        let taken = self.columns.width() - if is_problem { ages * AGE } else { 0 };
        (display_width(&self.theme.compared(&text)) > self.width.saturating_sub(taken)).then_some(text)
    }

    /// Returns the victim's user and address, and its proxy if there are several.
    fn client(&self, task: &KillTask) -> String {
        let (columns, more) = (self.columns, self.theme.glyphs.more);
        let session = task.session();
        let client = if columns.has_port {
            session.client()
        } else {
            session.client_without_port()
        };
        let client = fit_middle(&self.theme.compared(&client), columns.client, more);
        let client = padded(client, columns.client);
        if columns.proxy == 0 {
            return client;
        }
        let endpoint = task.victim.identity.endpoint;
        let name = self
            .app
            .endpoints
            .name_among_several(endpoint)
            .unwrap_or_default();
        let name = fit_end(&self.theme.compared(name), columns.proxy, more);
        format!("{client}  {}", padded(name, columns.proxy))
    }

    /// Appends why a victim is not killed, or its ages and why it is stuck.
    fn push_state(&self, spans: &mut Vec<Span<'_>>, (index, task): (usize, &KillTask), base: Style) {
        let theme = self.theme;
        let room = |spans: &[Span<'_>]| self.width.saturating_sub(width_of(spans) + GAP);
        if let Some(text) = self.problem(index, task) {
            let room = room(spans);
            // The whole text of the row under the cursor is below the list.
            let short = task
                .outcome()
                .and_then(KillOutcome::refusal)
                .map(RefusalReason::short);
            let text = match short {
                Some(short) if display_width(&text) > room => short,
                _ => text,
            };
            let text = fit(&theme.compared(&text), room, theme.glyphs.more);
            spans.push(Span::styled(format!("  {text}"), theme.look));
            return;
        }
        let session = self.app.newest_session(task);
        let ages = [
            (self.columns.has_age, session.age),
            (self.columns.has_idle, session.idle),
        ];
        for (_, span) in ages.into_iter().filter(|(is_shown, _)| *is_shown) {
            // The data of the check are older than the list that does not have it.
            let span = span.filter(|_| !self.asking.is_missing(index));
            let span = span.map_or_else(|| "?".to_owned(), |span| span.to_string());
            spans.push(Span::styled(format!(" {span:>7}"), base));
        }
        let diagnosis = self.asking.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        let severity = diagnosis.and_then(|diagnosis| diagnosis.severity());
        let style = match severity {
            Some(severity) if !task.is_removed() => theme.severity(severity),
            None if !task.is_removed() => theme.dim,
            _ => base,
        };
        let why = self.asking.why(index, session);
        let why = fit(&theme.compared(&why), room(spans), theme.glyphs.more);
        spans.push(Span::styled(format!("  {why}"), style));
    }

    /// Returns the sign and the style of a victim.
    fn sign(&self, index: usize, task: &KillTask) -> (&'static str, Style) {
        let (theme, glyphs) = (self.theme, self.theme.glyphs);
        if task.is_removed() {
            ("x", theme.dim.add_modifier(Modifier::CROSSED_OUT))
        } else if task.outcome().is_some() || self.asking.ended_since.contains(&index) {
            (glyphs.cross, theme.look)
        } else if task.may_be_confirmed() {
            (glyphs.check, Style::new())
        } else {
            (glyphs.dot, theme.dim)
        }
    }

    /// Returns why a victim is not killed, or cannot be checked yet.
    fn problem(&self, index: usize, task: &KillTask) -> Option<String> {
        if let Some(outcome) = task.outcome() {
            let (word, detail) = (outcome.word(), outcome.detail());
            return Some(match outcome.refusal() {
                Some(_) => detail,
                None => format!("{word} {detail}").trim_end().to_owned(),
            });
        }
        if self.asking.ended_since.contains(&index) && !task.is_removed() {
            return Some("has ended".to_owned());
        }
        match task.state() {
            KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) => Some(fault.to_string()),
            _ => None,
        }
    }
}

fn padded(text: String, width: usize) -> String {
    let pad = width.saturating_sub(display_width(&text));
    text + &" ".repeat(pad)
}

fn width_of(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}
