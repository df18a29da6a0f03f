//! Converts frames to bytes. Collects the output of ratatui; a frame without changes has no bytes.
//!
//! Does not access the terminal: its size is set by the caller, its cursor is stored. So a resize needs
//! no query, and a frame is one write of the writer thread.
//!
//! Also returns the last frame as text, to keep it after the program exits.
//!
//! Also the thread that writes frames to the terminal, so that a slow line never delays keys or data.
//!
//! The thread accepts one frame ahead and no more: while it is busy nothing is drawn, and the next frame
//! shows the newest state.

use std::io;
use std::thread;

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::{queue, terminal};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use tokio::sync::mpsc;

use super::cell_writer::write_cells;
use super::terminal::write_frame;
use super::title::{BELL, has_title, set_title};
use crate::app::App;
use crate::app::msg::Msg;
use crate::ui::{plain, view};

/// Start of a frame: the terminal shows it at once or not at all (mode 2026).
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// The backend that ratatui draws on.
#[derive(Debug)]
pub(super) struct FrameBackend {
    /// The bytes of the frame in progress.
    bytes: Vec<u8>,
    size: Size,
    /// Position of the cursor. `None` if hidden, the initial state.
    cursor: Option<Position>,
    /// Whether drawing cells has moved the terminal's cursor.
    moved: bool,
    /// Whether the next frame rings.
    rings: bool,
    /// Title that the next frame sets.
    title: Option<String>,
}

impl FrameBackend {
    pub(super) const fn new(size: Size) -> Self {
        Self {
            bytes: Vec::new(),
            size,
            cursor: None,
            moved: false,
            rings: false,
            title: None,
        }
    }

    pub(super) const fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Copies a text to the terminal's clipboard (OSC 52) with the next frame. The text is ours or
    /// sanitized; it is encoded in base64, so it cannot end the sequence.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        queue!(self.bytes, CopyToClipboard::to_clipboard_from(text))
    }

    /// Rings the terminal's bell with the next frame.
    pub(super) const fn ring(&mut self) {
        self.rings = true;
    }

    /// Sets the terminal's title with the next frame. The text is sanitized.
    pub(super) fn set_title(&mut self, text: String) {
        self.title = Some(text).filter(|_| has_title());
    }

    /// Returns the frame as one write. `None` if nothing has changed.
    pub(super) fn take_frame(&mut self) -> Option<Vec<u8>> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.extend(self.title.take().iter().flat_map(|text| set_title(text)));
        if std::mem::take(&mut self.rings) {
            bytes.extend(BELL);
        }
        (!bytes.is_empty()).then(|| [BEGIN, &bytes, END].concat())
    }
}

impl Backend for FrameBackend {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.moved = true;
        write_cells(&mut self.bytes, self.size.width, content);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        match self.cursor.take() {
            Some(_) => queue!(self.bytes, Hide),
            None => Ok(()),
        }
    }

    /// Shows the cursor. `set_cursor_position` places it: ratatui always calls both.
    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor.is_none() {
            self.cursor = Some(Position::ORIGIN);
            self.moved = true;
            queue!(self.bytes, Show)?;
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.moved || self.cursor != Some(position) {
            queue!(self.bytes, MoveTo(position.x, position.y))?;
        }
        self.moved = false;
        if let Some(shown) = &mut self.cursor {
            *shown = position;
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        let part = match clear_type {
            ClearType::All => terminal::ClearType::All,
            ClearType::AfterCursor => terminal::ClearType::FromCursorDown,
            ClearType::BeforeCursor => terminal::ClearType::FromCursorUp,
            ClearType::CurrentLine => terminal::ClearType::CurrentLine,
            ClearType::UntilNewLine => terminal::ClearType::UntilNewLine,
        };
        queue!(self.bytes, terminal::Clear(part))
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the screen as plain text, for the shell's scrollback.
pub(super) fn last_frame(app: &App) -> io::Result<String> {
    let (columns, lines) = app.size;
    let mut paper = Terminal::new(TestBackend::new(columns, lines)).map_err(io::Error::other)?;
    let draw = |frame: &mut ratatui::Frame<'_>| {
        view(app, frame);
    };
    let frame = paper.draw(draw).map_err(io::Error::other)?;
    Ok(plain::text(frame.buffer))
}

/// A frame to be written.
#[derive(Debug)]
pub(super) struct Frame {
    /// `None` if the screen does not change.
    pub(super) bytes: Vec<u8>,
    /// Message sent once the frame is written.
    pub(super) drawn: Msg,
}

/// Starts the thread. The channel closes when the terminal accepts no more bytes.
pub(super) fn start(out: mpsc::UnboundedSender<Msg>) -> io::Result<mpsc::Sender<Frame>> {
    let (frames, mut queue) = mpsc::channel::<Frame>(1);
    thread::Builder::new().name("writer".to_owned()).spawn(move || {
        while let Some(frame) = queue.blocking_recv() {
            match write_frame(&frame.bytes) {
                Ok(true) if out.send(frame.drawn).is_ok() => {}
                // The terminal is suspended, so the user has not seen this frame.
                Ok(false) => {}
                Ok(true) | Err(_) => return,
            }
        }
    })?;
    Ok(frames)
}
