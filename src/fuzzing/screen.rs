//! The screen: keys, pastes, lists and the mouse in any order, at any size.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::harness::AppHarness;
use crate::app::keymap::{BINDINGS, Code, KeyPress};
use crate::app::msg::Msg;
use crate::model::{Dialect, RequestError};
use crate::ui::view;

/// Maximum number of steps of one input.
const MAX_STEPS: usize = 200;

/// Lists of the proxy, one after the other.
const LISTS: [&str; 4] = [
    "[]",
    r#"[{"id":1,"user":"ann","remote":"10.0.0.1","service":"RW","state":"Session started","idle":3,"connected":"Mon, 23 Nov 2026 13:14:03 GMT"},{"id":2,"user":"bob","idle":40000}]"#,
    r#"[{"id":2,"user":"bob","idle":40010},{"id":3,"user":"a\u001b[2Jb\u202e","idle":0},{"id":4}]"#,
    "[{\"id\":",
];

/// The first two bytes are the size; of the others each is a step, some with an argument.
pub(super) fn check(data: &[u8]) {
    let [columns, lines, steps @ ..] = data else {
        return;
    };
    let size = (u16::from(*columns), u16::from(*lines % 80));
    let mut stage = AppHarness::new(Dialect::Draft, size);
    let mut steps = steps.iter().copied();
    for _ in 0..MAX_STEPS {
        let Some(step) = steps.next() else { break };
        take(&mut stage, step, &mut steps);
        draw(&stage);
    }
}

fn take(stage: &mut AppHarness, step: u8, rest: &mut impl Iterator<Item = u8>) {
    let mut next = || rest.next().unwrap_or_default();
    match step {
        0..=3 => {
            let list = LISTS[usize::from(step)];
            // A broken body is a fault of the request.
            if list.ends_with(':') {
                stage.fail(RequestError::TimedOut(Duration::from_secs(10)));
            } else {
                stage.list(list);
            }
        }
        4 => stage.wait_awake(Duration::from_millis(100 * u64::from(next()))),
        5 => stage.draw(),
        6 => {
            let size = (u16::from(next()), u16::from(next() % 80));
            stage.send(Msg::Resized(size.0, size.1));
        }
        7 => {
            let length = usize::from(next() % 40);
            let text: Vec<u8> = std::iter::repeat_with(&mut next).take(length).collect();
            stage.send(Msg::Paste(String::from_utf8_lossy(&text).into_owned()));
        }
        8 => stage.send(Msg::Suspends),
        9 => stage.send(Msg::Resumed),
        10..=99 => {
            let index = usize::from(step) * 256 + usize::from(next());
            let binding = &BINDINGS[index % BINDINGS.len()];
            let key = binding.keys[usize::from(next()) % binding.keys.len()];
            stage.send(Msg::Key(key));
        }
        step => {
            let c = char::from(step & 0x7f);
            stage.send(Msg::Key(KeyPress::plain(Code::Char(c))));
        }
    }
}

/// Draws a frame at the size of the screen.
fn draw(stage: &AppHarness) {
    let (columns, lines) = stage.app.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).expect("a terminal in memory");
    let drawn = terminal.draw(|frame| {
        view(&stage.app, frame);
    });
    drawn.expect("a frame in memory");
}
