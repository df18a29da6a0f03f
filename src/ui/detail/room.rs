//! How full the session's service is, where it has a limit: whoever hangs may be waiting to get in.

use ratatui::text::Line;

use super::Pen;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::model::counted;

/// One line; nothing without a limit.
pub(super) fn line<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Option<Line<'a>> {
    let endpoint = app.endpoint(pane.identity.endpoint)?;
    let services = endpoint.services.latest.as_ref()?;
    let service = services.find(pane.session().service.as_ref()?)?;
    let load = service.load()?;
    let (what, style) = match (load.is_full(), load.is_nearly_full()) {
        (true, _) => (": full, new clients are turned away", pen.theme.alarm),
        (false, true) => (": nearly full", pen.theme.alarm),
        (false, false) => ("", pen.theme.quiet),
    };
    let words = format!(
        "{} {} of {}{what}",
        service.name,
        load.connections,
        counted(load.limit, "connection")
    );
    Some(Line::styled(pen.fit(&words, pen.width), style))
}
