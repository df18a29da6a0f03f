//! The consequences of a kill, in sentences.

use ratatui::text::Line;

use super::{Pen, running};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::model::counted;

/// Returns the section. A session that is closing or has ended cannot be killed, and none in the past.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if pane.ended.is_some() || pane.is_closing() || pen.is_past {
        return Vec::new();
    }
    let locks = app.locks_of(pane.identity.endpoint);
    let own = locks.and_then(|locks| locks.session(pane.identity.id));
    let mut sentences = vec!["The client loses its connection without an error.".to_owned()];
    let changed = own.and_then(|own| own.transaction?.rows_modified);
    match (own, changed) {
        (Some(own), Some(changed)) if changed > 0 => {
            let rows = counted(changed, "changed row");
            sentences.push(format!("{} rolls back {rows}.", own.server));
        }
        (Some(_), _) => {}
        (None, _) => sentences.push("An open transaction is rolled back.".to_owned()),
    }
    match own.map_or(0, |own| own.blocks) {
        0 => {}
        1 => sentences.push("1 session that waits for it continues.".to_owned()),
        count => sentences.push(format!("{count} sessions that wait for it continue.")),
    }
    let threads = running::threads(app, pane);
    for (server, thread) in &threads {
        sentences.push(format!(
            "Its statement may run on at {}, thread {}, until it ends there.",
            server.report.server, thread.id
        ));
    }
    if threads.is_empty() && running::retained(pane).is_some() {
        sentences.push("Its statement may run on at the server until it ends there.".to_owned());
    }
    let mut text = vec![Line::default()];
    text.extend(pen.labelled("IF KILLED", &sentences.join(" ")));
    text
}
