//! The title of the kill dialog: a question that names the victims, or that they cannot be killed.

use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::app::kill_selection::Selection;
use crate::kill::KillOutcome;
use crate::model::counted;
use crate::ui::draw::fit;

/// Returns the title in at most `room` cells. The name of a group and a filter are cut, nothing else.
/// With several endpoints, the title of one victim names its proxy, because ids repeat between them.
pub(super) fn text(app: &App, asking: &KillDialog, room: usize, more: &str) -> String {
    let tasks = asking.batch.tasks();
    let beside = match asking.selection {
        Selection::Marks { beside_cursor: true } => " (the cursor is on another row)",
        _ => "",
    };
    if let [task] = tasks {
        let identity = &task.victim.identity;
        let proxy = app.endpoints.name_among_several(identity.endpoint);
        let on = proxy.map(|name| format!(" on {name}")).unwrap_or_default();
        let id = format!("{}{on}", identity.id);
        return match (task.outcome(), &asking.selection) {
            (Some(KillOutcome::AlreadyGone), _) => format!("Session {id} has already ended"),
            (Some(_), _) => format!("Session {id} cannot be killed"),
            (None, Selection::Marks { .. }) => format!("Kill the marked session {id}{beside}?"),
            (None, Selection::Group(name)) => {
                let (start, end) = (format!("Kill session {id}, the only one of "), "?");
                joined(&start, name, end, room, more)
            }
            (None, Selection::Session) => format!("Kill session {id}?"),
        };
    }
    // The number that Yes would kill, as in the line to type it.
    let left = asking.counts.left;
    if left == 0 {
        let checks = asking.batch.counts().checks;
        if checks.ended == tasks.len() {
            return "All of these sessions are already gone".to_owned();
        }
        return "None of these sessions can be killed".to_owned();
    }
    match (&asking.selection, &asking.batch.texts().common_filter) {
        (Selection::Group(name), _) => {
            let start = format!("Kill {} of ", counted(left, "session"));
            joined(&start, name, "?", room, more)
        }
        (Selection::Marks { .. }, None) => {
            format!("Kill {}{beside}?", counted(left, "marked session"))
        }
        (selection, Some(filter)) => {
            let verb = if left == 1 { "matches" } else { "match" };
            let noun = match selection {
                Selection::Marks { .. } => "marked session",
                _ => "session",
            };
            let start = format!("Kill {} that {verb} ", counted(left, noun));
            joined(&start, filter, &format!("{beside}?"), room, more)
        }
        (Selection::Session, None) => format!("Kill {}?", counted(left, "session")),
    }
}

/// Whether the title names what selected the victims.
pub(super) fn names_filter(asking: &KillDialog) -> bool {
    matches!(asking.selection, Selection::Marks { .. }) && asking.batch.texts().common_filter.is_some()
}

fn joined(start: &str, name: &str, end: &str, room: usize, more: &str) -> String {
    let left = room.saturating_sub(start.len() + end.len()).max(1);
    format!("{start}{}{end}", fit(name, left, more))
}
