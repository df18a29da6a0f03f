//! The last frame as text, for those who want to keep it when they quit.

use std::io;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::App;
use crate::ui::{plain, view};

/// The screen as plain text, for the shell's scrollback.
pub(super) fn last_frame(app: &App) -> io::Result<String> {
    let (columns, lines) = app.size;
    let mut paper = Terminal::new(TestBackend::new(columns, lines)).map_err(io::Error::other)?;
    let draw = |frame: &mut ratatui::Frame<'_>| {
        view(app, frame);
    };
    let frame = paper.draw(draw).map_err(io::Error::other)?;
    Ok(plain::text(frame.buffer))
}
