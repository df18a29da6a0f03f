//! The consequences of a kill, in sentences.

use ratatui::text::Line;

use super::{Pen, running};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::filter::Ternary;
use crate::kill::continue_later;
use crate::kill::open_work::{OpenWork, consequences};
use crate::model::{SessionLocks, counted};

/// Returns the section. A session that is closing or has ended cannot be killed, and none in the past.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if pane.ended.is_some() || pane.is_closing() || pen.is_past {
        return Vec::new();
    }
    let locks = app.locks_of(pane.identity.endpoint);
    let own = locks.and_then(|locks| locks.session(pane.identity.id));
    let threads = running::threads(app, pane);
    let mut work = app
        .open_work(pane.identity.endpoint, pane.session())
        .unwrap_or(OpenWork::UNKNOWN);
    // The draft reports connections of one session, not in lists.
    let is_draft = pane.session().extra.is_none();
    let observation = pane.observation.as_ref().filter(|_| is_draft);
    work = work.without_servers_if(observation.is_some_and(|seen| seen.detail.is_empty()));
    if !threads.is_empty() {
        // The sentence about its thread says more.
        work.statement = Ternary::No;
    } else if running::retained(pane).is_some() && !work.is_unconnected {
        work.statement = Ternary::Yes;
    }
    let general = consequences(work, 1, false).into_iter();
    let mut sentences: Vec<_> = general.map(str::to_owned).collect();
    let changed = own.and_then(|own| own.transaction?.rows_modified);
    if let (Some(own), Some(changed)) = (own, changed.filter(|changed| *changed > 0)) {
        let rows = counted(changed, "changed row");
        sentences.push(format!("{} rolls back {rows}.", own.server));
    }
    match own.map_or(0, |own| own.blocks) {
        0 => {}
        count if own.is_some_and(SessionLocks::runs) => sentences.push(continue_later(count)),
        1 => sentences.push("1 session that waits for it continues.".to_owned()),
        count => sentences.push(format!("{count} sessions that wait for it continue.")),
    }
    for (server, thread) in &threads {
        sentences.push(format!(
            "Its statement may run on at {}, thread {}, until it ends there.",
            server.report.server, thread.id
        ));
    }
    let mut text = vec![Line::default()];
    text.extend(pen.labelled("IF KILLED", &sentences.join(" ")));
    text
}
