//! Consequences of a kill for the clients, the data and the sessions that wait.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::kill::KillTask;
use crate::kill::open_work::{OpenWork, consequences};
use crate::model::{SessionLocks, counted};
use crate::ui::draw::wrap;
use crate::ui::theme::Theme;

/// Number of changed rows above which rolling back takes long.
const LONG_ROLLBACK_ROWS: u64 = 100_000;

/// Returns the consequences, wrapped. Empty if nothing can be killed any more.
pub(super) fn lines<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let tasks = asking.batch.tasks();
    let counts = asking.batch.counts();
    if !counts.has_open {
        return Vec::new();
    }
    let kills_statements = asking.batch.has_server_access() && asking.batch.kills_statements();
    let changed = asking.counts.changed_rows;
    let work = match tasks {
        [task] => open_work(app, task),
        _ => counts
            .open_work
            .unwrap_or(OpenWork::UNKNOWN)
            .with_changes(changed > 0),
    };
    let general = consequences(work, tasks.len(), kills_statements).join(" ");
    let mut texts = vec![(general, Style::new())];
    if changed > 0 {
        let server = match tasks {
            [task] => locks(app, task).map(|locks| locks.server.to_string()),
            _ => None,
        };
        let rows = counted(changed, "changed row");
        let text = match server {
            Some(server) => format!("{server} rolls back {rows}."),
            None => format!("Together they roll back {rows}."),
        };
        texts.push((text, theme.look));
    }
    if changed > LONG_ROLLBACK_ROWS {
        let long = "Rolling back may take as long as the changes took.";
        texts.push((long.to_owned(), theme.act));
    }
    let blocked = match tasks {
        [task] => locks(app, task).map_or(0, |locks| locks.blocks),
        _ => 0,
    };
    let others = match blocked {
        0 => None,
        1 => Some("The session that waits for it can continue then.".to_owned()),
        count => Some(format!(
            "The {count} sessions that wait for it can continue then."
        )),
    };
    texts.extend(others.map(|text| (text, theme.good)));
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
