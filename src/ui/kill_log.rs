//! The kill log: the kills of this run, newest first; of each, what failed first.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::clicks;
use super::draw::{dialog_box, fit, lines, wrap};
use super::outside::mark_border;
use super::theme::Theme;
use crate::app::App;
use crate::app::keymap::Action;
use crate::app::kill_log::{KillLogEntry, KillsLeft, LoggedBatch};
use crate::app::killing::STILL_LISTED;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::app::overlay::Overlay;
use crate::kill::{KillOutcome, OutcomeKind, RefusalReason};
use crate::model::counted;

/// Minimum height of the log in lines; a lower screen is covered completely.
const MIN_HEIGHT: u16 = 8;
/// Maximum width of the log, in cells.
const MAX_WIDTH: u16 = 120;
/// Width of a time of day, in cells.
const TIME: usize = 10;
/// Width of an outcome, in cells.
const OUTCOME: usize = 14;

/// Draws the log over everything. Returns the last line that it can be scrolled to, and the lines with an effect of
/// clicks.
pub(super) fn draw(
    app: &App,
    overlay: &Overlay,
    theme: &Theme,
    frame: &mut Frame<'_>,
) -> (usize, Vec<ClickableLine>) {
    let screen = frame.area();
    let width = screen.width.min(MAX_WIDTH);
    let batches = app.kills.logged_batches();
    let log = Log {
        app,
        theme,
        width: usize::from(width.saturating_sub(4)),
        is_unfolded: overlay.is_unfolded,
    };
    let mut text = log.progress();
    text.extend(batches.iter().flat_map(|batch| log.batch(batch)));
    let later = app.kills.later();
    if later > 0 {
        let keys = &app.settings.keys;
        let (live, own) = (keys.first(Action::Live), keys.first(Action::KillLog));
        let later = counted(later, "kill");
        let later = format!("{later} after this moment: {live}, then {own} shows all");
        text.insert(
            0,
            Line::styled(fit(&later, log.width, theme.glyphs.more), theme.look),
        );
    } else if text.is_empty() {
        text.push(Line::styled("no kills in this run", theme.dim));
    }
    let audit = &app.settings.audit;
    // A kill that was canceled is not written.
    let is_written = batches.iter().any(|batch| !batch.entries.is_empty());
    let foot = if audit.is_empty() || !is_written { 0 } else { 2 };
    let height = u16::try_from(text.len() + foot + 2).unwrap_or(u16::MAX);
    // The status line with the totals stays visible.
    let height = height.min(screen.height.saturating_sub(4).max(MIN_HEIGHT.min(screen.height)));
    let inner = dialog_box(theme, title(app, theme), (width, height), frame.buffer_mut());
    let rows = usize::from(inner.height).saturating_sub(foot);
    let last = text.len().saturating_sub(rows);
    let top = overlay.top.min(last);
    let mut shown: Vec<_> = text.into_iter().skip(top).take(rows).collect();
    if foot > 0 {
        let kept = fit(&format!("also written to {audit}"), log.width, theme.glyphs.more);
        shown.extend([Line::default(), Line::styled(kept, theme.dim)]);
    }
    lines(shown, inner, frame.buffer_mut());
    let area = ratatui::layout::Rect {
        x: inner.x.saturating_sub(2),
        width: inner.width + 4,
        height: inner.height + 1,
        ..inner
    };
    mark_border(theme, area, (top, last - top), frame.buffer_mut());
    let entries = std::iter::repeat_n(ClickTarget::KillLog, rows);
    (last, clicks::rows(inner, entries))
}

/// Returns the title, with the time zone of the times.
fn title<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let zoned = app.now.wall.to_zoned_datetime(app.settings.zone.clone());
    let which = if app.is_past() {
        "until this moment"
    } else {
        "of this run"
    };
    let text = format!(
        " Kill log {which}, newest first (times: {}) ",
        zoned.strftime("%Z")
    );
    Line::from(Span::styled(text, theme.head))
}

struct Log<'a> {
    app: &'a App,
    theme: &'a Theme,
    width: usize,
    is_unfolded: bool,
}

impl Log<'_> {
    /// Returns how many sessions of a kill in progress have an outcome.
    fn progress<'b>(&self) -> Vec<Line<'b>> {
        let kills = &self.app.kills;
        let batch = kills.batches.last().filter(|_| kills.in_grace().is_none());
        let Some(batch) = batch else { return Vec::new() };
        let (done, total) = batch.progress();
        if done >= total {
            return Vec::new();
        }
        let stage = batch
            .tasks()
            .iter()
            .find_map(|task| task.progress_text(self.app.now.elapsed));
        let text = match (total, stage) {
            (1, Some(stage)) => format!("{}  {stage}", batch.describe_victims()),
            _ => format!("{done} of {} done", counted(total, "session")),
        };
        self.row(None, ("in progress", self.theme.act), &text)
    }

    /// Returns the lines of one confirmation: its outcomes, and the reason that was typed.
    fn batch<'b>(&self, batch: &LoggedBatch<'_>) -> Vec<Line<'b>> {
        let mut text = self.outcomes(batch);
        let reason = batch.reason.filter(|_| !text.is_empty());
        text.extend(reason.into_iter().flat_map(|reason| {
            let reason = crate::model::visible(reason.as_str());
            self.row(None, ("reason", self.theme.dim), &reason)
        }));
        text
    }

    /// Returns a single kill, or totals with what failed below them.
    fn outcomes<'b>(&self, batch: &LoggedBatch<'_>) -> Vec<Line<'b>> {
        let theme = self.theme;
        if let Some(canceled) = batch.canceled {
            let text = format!("{}: nothing was sent ({})", canceled.victims, canceled.why);
            return self.row(Some(canceled.at), ("canceled", theme.dim), &text);
        }
        match batch.entries.as_slice() {
            [] => Vec::new(),
            [entry] if batch.total() == 1 => self.row(
                Some(entry.at),
                (entry.outcome.word(), self.style(&entry.outcome)),
                &format!(
                    "{}{}",
                    self.words(entry),
                    self.app.kills.waiters_words(entry.batch)
                ),
            ),
            _ => self.totals(batch),
        }
    }

    /// Returns the lines of several kills. The counts are of all of them: the log may have dropped some.
    fn totals<'b>(&self, batch: &LoggedBatch<'_>) -> Vec<Line<'b>> {
        let (theme, entries) = (self.theme, batch.entries.as_slice());
        let killed = batch.count(OutcomeKind::Killed);
        let already_gone = batch.count(OutcomeKind::AlreadyGone);
        let unknown = batch.count(OutcomeKind::Unknown);
        let left = batch.total().saturating_sub(killed + already_gone);
        let gone_words = [(killed, "killed"), (already_gone, "already gone")];
        let gone_words = gone_words.into_iter().filter(|(count, _)| *count > 0);
        let after = KillsLeft::of(entries);
        let sessions = if left > 0 {
            let each = gone_words.clone().map(|(count, word)| format!("{count} {word}"));
            let rest = [(unknown, "unknown"), (left - unknown, "not killed")];
            let rest = rest.into_iter().filter(|(count, _)| *count > 0);
            let rest = rest.map(|(count, word)| format!("{count} {word}"));
            each.chain(rest).collect::<Vec<_>>().join(", ")
        } else {
            counted(batch.total(), "session")
        };
        let (word, style) = if left > 0 {
            let word = if left == unknown {
                "partly unknown"
            } else {
                "not all killed"
            };
            (word.to_owned(), theme.act)
        } else if after.may_run() {
            ("sessions gone".to_owned(), theme.look)
        } else {
            ("all gone".to_owned(), theme.good)
        };
        let mut parts = vec![sessions];
        parts.extend(after.parts());
        let waiters = entries
            .first()
            .map(|entry| self.app.kills.waiters_words(entry.batch));
        let sessions = parts.join("; ") + &waiters.unwrap_or_default();
        let at = entries.iter().map(|entry| entry.at).max();
        let mut text = self.row(at, (&word, style), &sessions);
        let is_shown = |entry: &&&KillLogEntry| self.is_unfolded || !entry.outcome.is_gone();
        for entry in entries.iter().filter(is_shown) {
            let outcome = (entry.outcome.word(), self.style(&entry.outcome));
            text.extend(self.row(None, outcome, &self.words(entry)));
        }
        if self.is_unfolded {
            let dropped = batch.total().saturating_sub(entries.len());
            if dropped > 0 {
                let more = format!(
                    "{} more: only the audit log has them",
                    counted(dropped, "session")
                );
                text.extend(self.row(None, ("", theme.dim), &more));
            }
            return text;
        }
        let mut hint = "Enter lists them";
        for (count, word) in gone_words {
            let outcome = format!("{count} {word}");
            text.extend(self.row(None, (&outcome, theme.good), hint));
            hint = "";
        }
        text
    }

    fn style(&self, outcome: &KillOutcome) -> Style {
        match outcome {
            KillOutcome::Killed { .. } | KillOutcome::AlreadyGone => self.theme.good,
            _ => self.theme.act,
        }
    }

    /// Returns the victim and the details of the outcome. A refusal shows the old and the new identity in
    /// full.
    fn words(&self, entry: &KillLogEntry) -> String {
        let (id, client) = (entry.identity.id, entry.identity.client());
        let back = entry
            .back
            .map(|back| format!("; {}", back.words()))
            .unwrap_or_default();
        let text = match entry.outcome.refusal() {
            Some(RefusalReason::Changed(_)) => entry.outcome.words(&entry.identity),
            _ => format!(
                "{id} {client}  {}{back}{}",
                entry.outcome.detail(),
                self.still_listed(entry)
            ),
        };
        let text = text.trim_start_matches("refused: ").trim_end();
        match self.app.endpoints.name_among_several(entry.identity.endpoint) {
            Some(name) => format!("{name}: {text}"),
            None => text.to_owned(),
        }
    }

    /// Returns that a session is still listed, if the outcome of its kill is unknown.
    fn still_listed(&self, entry: &KillLogEntry) -> &'static str {
        let is_unknown = entry.outcome.kind() == OutcomeKind::Unknown && !self.app.is_past();
        let view = &self.app.table.view;
        if is_unknown && view.diagnosis(&entry.identity.key()).is_some() {
            STILL_LISTED
        } else {
            ""
        }
    }

    /// Returns a row with a time, an outcome and a text, which is wrapped.
    fn row<'b>(&self, at: Option<Timestamp>, outcome: (&str, Style), text: &str) -> Vec<Line<'b>> {
        let at = at.map(|at| {
            let zoned = at.to_zoned_datetime(self.app.settings.zone.clone());
            zoned.strftime("%H:%M:%S").to_string()
        });
        let at = at.unwrap_or_default();
        let room = self.width.saturating_sub(TIME + OUTCOME + 1).max(1);
        let lines = wrap(text, room).into_iter().enumerate();
        let lines = lines.map(|(place, text)| {
            let (at, word) = if place == 0 {
                (at.as_str(), outcome.0)
            } else {
                ("", "")
            };
            Line::from(vec![
                Span::styled(format!("{at:<TIME$}"), self.theme.dim),
                Span::styled(format!("{word:<OUTCOME$} "), outcome.1),
                Span::raw(text),
            ])
        });
        lines.collect()
    }
}
