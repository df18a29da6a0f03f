//! Consequences of a kill for the clients, the data and the sessions that wait.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::kill::open_work::{OpenWork, consequences};
use crate::kill::{EffectKind, KillTask, LockEffects};
use crate::model::SessionLocks;
use crate::ui::draw::wrap;
use crate::ui::theme::Theme;

/// Returns the consequences, wrapped. Empty if nothing can be killed any more.
///
/// With `is_tight` those of several victims leave out what every kill does.
pub(super) fn lines<'a>(
    app: &App,
    asking: &KillDialog,
    theme: &Theme,
    width: usize,
    is_tight: bool,
) -> Vec<Line<'a>> {
    let tasks = asking.batch.tasks();
    let counts = asking.batch.counts();
    if !counts.has_open {
        return Vec::new();
    }
    let kills_statements = asking.batch.has_server_access() && asking.batch.kills_statements();
    let changed = asking.counts.changed_rows;
    let work = match tasks {
        [task] => open_work(app, task),
        _ => asking
            .counts
            .work
            .unwrap_or(OpenWork::UNKNOWN)
            .with_changes(changed > 0),
    };
    let general = consequences(work, counts.left, kills_statements);
    let skipped = usize::from(is_tight && tasks.len() > 1 && general.len() > 1);
    let general = general.get(skipped..).unwrap_or_default().join(" ");
    let mut texts = vec![(general, Style::new())];
    let only = match tasks {
        [task] => locks(app, task),
        _ => None,
    };
    let effects = LockEffects {
        changed_rows: changed,
        server: only.map(|locks| &locks.server),
        blocked: only.map_or(asking.counts.freed, |locks| locks.blocks),
        keeps_locks: only.is_some_and(SessionLocks::runs) && !kills_statements,
    };
    let style = |kind| match kind {
        EffectKind::RollsBack | EffectKind::Waits => theme.look,
        EffectKind::TakesLong => theme.act,
        EffectKind::Frees => theme.good,
    };
    let effects = effects.sentences().into_iter();
    texts.extend(effects.map(|(kind, text)| (text, style(kind))));
    let texts = texts.into_iter().flat_map(|(text, style)| {
        let lines = wrap(&text, width).into_iter();
        lines.map(move |line| Line::styled(line, style))
    });
    texts.collect()
}

/// Returns what a victim has open.
fn open_work(app: &App, task: &KillTask) -> OpenWork {
    let victim = &task.victim;
    app.open_work(victim.identity.endpoint, app.newest_session(task))
        .unwrap_or_else(|| OpenWork::of_victim(victim))
}

/// Returns the transaction and locks of a victim.
pub(super) fn locks<'a>(app: &'a App, task: &KillTask) -> Option<&'a SessionLocks> {
    let identity = &task.victim.identity;
    app.locks_of(identity.endpoint)?.session(identity.id)
}
