//! The open transaction of the session, what it waits for, and who waits for it. Needs server access.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{LABEL, Pen};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::links::MAX_WAITING;
use crate::model::{DRAFT_WITHOUT_LOCKS, Dialect, LockHolder, SessionLocks, counted};

/// Width of a waiting client with its id, in cells.
const CLIENT: usize = 26;
/// Maximum number of indented levels of the sessions that wait.
const MAX_DEPTH: usize = 4;

/// Returns the section, and which of its lines are links, from top to bottom.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> (Vec<Line<'a>>, Vec<usize>) {
    if let Some(text) = missing(app, pane) {
        let mut lines = vec![Line::default()];
        lines.extend(pen.labelled("LOCKS", text));
        return (lines, Vec::new());
    }
    let locks = app
        .locks_of(pane.identity.endpoint)
        .filter(|_| pane.ended.is_none());
    let Some(own) = locks.and_then(|locks| locks.session(pane.identity.id)) else {
        return (Vec::new(), Vec::new());
    };
    let mut text = Vec::new();
    let mut links = Vec::new();
    if own.transaction.is_some() {
        text.push(Line::default());
        text.extend(pen.labelled("TRANSACTION", &transaction(own)));
    }
    if let Some(wait) = &own.wait {
        let holder = wait.blocker.as_ref();
        let name = holder.map_or_else(|| "an unknown thread".to_owned(), ToString::to_string);
        let likely = if wait.is_likely { "probably " } else { "" };
        let is_link = matches!(holder, Some(LockHolder::Session { .. }));
        links.extend(is_link.then_some(text.len()));
        text.push(Line::from(vec![
            Span::styled(format!("{:<LABEL$}", "WAITS FOR"), pen.theme.head),
            Span::raw(likely),
            Span::styled(
                name,
                if is_link {
                    link_style(pane, 0, pen)
                } else {
                    Style::new()
                },
            ),
            Span::styled("  b shows the chain", pen.theme.dim),
        ]));
    }
    let (waiting, places) = waiting(app, pane, own, links.len(), pen);
    links.extend(places.into_iter().map(|line| text.len() + line));
    text.extend(waiting);
    (text, links)
}

/// Returns how to read the locks of a stuck session, if they are not read.
fn missing(app: &App, pane: &DetailPane) -> Option<&'static str> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    let is_asked = pane.ended.is_none() && !pane.findings().is_empty();
    let text = match endpoint.dialect? {
        Dialect::Draft => DRAFT_WITHOUT_LOCKS,
        Dialect::JsonApi if endpoint.server_access.is_set => return None,
        Dialect::JsonApi => "unknown without --sql-user; b says how to read them",
    };
    is_asked.then_some(text)
}

/// Returns the lines of the tree to the left of a session: `│ ├ `. `below` has the depths of the sessions below it.
fn tree_lines(depth: usize, below: &(impl Iterator<Item = usize> + Clone)) -> String {
    let continues = |level: usize| {
        let mut rest = below.clone().take_while(|other| *other >= level);
        rest.any(|other| other == level)
    };
    let first = depth.saturating_sub(MAX_DEPTH).max(1);
    let levels = first..=depth;
    let lines = levels.map(|level| match (level == depth, continues(level)) {
        (true, true) => "├ ",
        (true, false) => "└ ",
        (false, true) => "│ ",
        (false, false) => "  ",
    });
    lines.collect()
}

/// Returns the sessions that wait for this one, also through others, which are indented. Each is a link;
/// also returns their lines.
fn waiting<'a>(
    app: &App,
    pane: &DetailPane,
    own: &SessionLocks,
    first_link: usize,
    pen: &Pen<'_>,
) -> (Vec<Line<'a>>, Vec<usize>) {
    let waiting = app.waiting_for(pane);
    if waiting.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut text = vec![Line::default()];
    let mut links = Vec::new();
    for (place, one) in waiting.iter().take(MAX_WAITING).enumerate() {
        let label = if place == 0 { "WAIT FOR IT" } else { "" };
        let below = waiting.iter().skip(place + 1).map(|other| other.depth);
        let tree = tree_lines(one.depth, &below);
        let room = CLIENT.saturating_sub(tree.width());
        let client = pen.fit(&format!("{} {}", one.id, one.client), room);
        let gap = room.saturating_sub(client.width());
        let lasted = one.lasted.map(|lasted| lasted.to_string()).unwrap_or_default();
        let room = pen.width.saturating_sub(LABEL + CLIENT + 10);
        let mut statement = pen.long(&one.statement, room).into_iter();
        links.push(text.len());
        text.push(Line::from(vec![
            Span::styled(format!("{label:<LABEL$}"), pen.theme.head),
            Span::styled(tree, pen.theme.dim),
            Span::styled(client, link_style(pane, first_link + place, pen)),
            Span::raw(format!("{:gap$}{lasted:>7}  ", "")),
            Span::styled(statement.next().unwrap_or_default(), pen.theme.dim),
        ]));
        let indent = LABEL + CLIENT + 9;
        text.extend(statement.map(|line| Line::styled(format!("{:indent$}{line}", ""), pen.theme.dim)));
    }
    let shown = waiting.len().min(MAX_WAITING);
    let all = waiting
        .len()
        .max(usize::try_from(own.blocks).unwrap_or(usize::MAX));
    if all > shown {
        text.push(Line::styled(
            format!("{:LABEL$}and {} more; b shows the tree", "", all - shown),
            pen.theme.dim,
        ));
    }
    (text, links)
}

/// Returns the style of a link: reversed if it is chosen.
fn link_style(pane: &DetailPane, link: usize, pen: &Pen<'_>) -> Style {
    if pane.link == Some(link) {
        pen.theme.cursor
    } else {
        pen.theme.input
    }
}

/// Returns the transaction in words.
fn transaction(own: &SessionLocks) -> String {
    let transaction = own.transaction;
    let age = transaction.and_then(|transaction| transaction.age);
    let locked = transaction.and_then(|transaction| transaction.rows_locked);
    let changed = transaction.and_then(|transaction| transaction.rows_modified);
    let open = age.map_or_else(|| "open".to_owned(), |age| format!("open for {age}"));
    let parts = [
        Some(format!("{open} on {}, thread {}", own.server, own.thread)),
        own.idle
            .map(|idle| format!("idle for {idle} since its last statement")),
        locked.map(|rows| format!("{} locked", counted(rows, "row"))),
        changed.map(|rows| format!("{} changed", counted(rows, "row"))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::tree_lines;

    fn tree(depths: &[usize]) -> Vec<String> {
        let lines = depths.iter().enumerate();
        let lines = lines.map(|(place, depth)| tree_lines(*depth, &depths[place + 1..].iter().copied()));
        lines.collect()
    }

    #[test]
    fn only_the_last_of_several_siblings_ends_its_line() {
        assert_eq!(tree(&[0, 1, 1, 1]), ["", "├ ", "├ ", "└ "]);
        assert_eq!(
            tree(&[0, 1, 2, 2, 1, 0, 1]),
            ["", "├ ", "│ ├ ", "│ └ ", "└ ", "", "└ "]
        );
    }
}
