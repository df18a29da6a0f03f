//! The terminal's events, and what they mean to the core.
//!
//! A thread of its own waits for them: crossterm's stream would try for its reader's lock, spinning,
//! each time the loop looks at anything. And at the end of its input, which is what a terminal that
//! has gone away gives, crossterm reads on for ever: a loop caught in that would hear no signal.

use std::io;
use std::thread;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::app::key::{Code, Key};
use crate::app::msg::Msg;

/// Listens from now on. The channel closes when the terminal cannot be read any more.
pub(super) fn listen() -> io::Result<UnboundedReceiver<Event>> {
    let (tell, told) = unbounded_channel();
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        while let Ok(event) = event::read() {
            if tell.send(event).is_err() {
                return;
            }
        }
    })?;
    Ok(told)
}

/// What an event means; nothing for those that maxtop has no use for.
pub(super) fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => pressed(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        // The size comes by signal: one that changes before this thread listens must not be missed.
        Event::Resize(..) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn pressed(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(n) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        _ => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(Key {
        code,
        ctrl,
        alt: event.modifiers.contains(KeyModifiers::ALT),
    })
}
