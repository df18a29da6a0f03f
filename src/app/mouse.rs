//! The mouse: the wheel scrolls, a click chooses a row, sorts by a heading or presses the key of a hint, a double
//! click opens the details. Off unless the settings turn it on.

use std::time::Duration;

use super::App;
use super::build_view::Sort;
use super::column::fit::fit;
use super::groups::columns::{GroupSort, heading};
use super::keymap::{Action, Code, KeyContext, KeyPress};
use super::layout::Area;

/// Number of lines of one step of the wheel.
const WHEEL_LINES: isize = 3;
/// Maximum time between the two clicks of a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);
/// How long the order is held after a click on a row.
const HOLD: Duration = Duration::from_secs(2);

/// Event of the mouse that has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseAction {
    /// The left button was pressed.
    Click,
    /// The wheel was turned up.
    WheelUp,
    /// The wheel was turned down.
    WheelDown,
}

/// Event of the mouse with its place, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseEvent {
    /// The event.
    pub action: MouseAction,
    /// Column of the terminal.
    pub column: u16,
    /// Line of the terminal.
    pub line: u16,
}

/// Place of a hint in the line of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintPlace {
    /// First column.
    pub start: u16,
    /// Column after the last one.
    pub end: u16,
    /// Its key in the table of keys.
    pub key: KeyPress,
}

/// The state of the mouse.
#[derive(Clone, Debug, Default)]
pub(super) struct Mouse {
    /// The hints on the screen.
    pub(super) hints: Vec<HintPlace>,
    /// Time and place of the last click on a row.
    last_click: Option<(Duration, u16)>,
}

impl App {
    /// Handles an event of the mouse.
    pub(super) fn on_mouse(&mut self, event: MouseEvent) {
        if !self.settings.mouse {
            return;
        }
        match event.action {
            MouseAction::Click => self.click(event),
            MouseAction::WheelUp => self.wheel(event, -WHEEL_LINES),
            MouseAction::WheelDown => self.wheel(event, WHEEL_LINES),
        }
    }

    fn wheel(&mut self, event: MouseEvent, lines: isize) {
        let context = self.context();
        match context {
            // Up and down have another meaning there.
            KeyContext::Prompt | KeyContext::Reason | KeyContext::SaveQuestion | KeyContext::HelpSearch => {}
            _ if self.help.is_none()
                && self.modal.is_closed()
                && !self.covers_table()
                && contains(self.areas().detail, event) =>
            {
                self.scroll_detail(lines);
            }
            KeyContext::Detail if !self.areas().table.is_empty() => {
                let page = self.page();
                self.table.move_by(lines, page);
            }
            _ => {
                let key = KeyPress::plain(if lines < 0 { Code::Up } else { Code::Down });
                for _ in 0..lines.unsigned_abs() {
                    self.key_of_table(context, key);
                }
            }
        }
    }

    fn click(&mut self, event: MouseEvent) {
        let areas = self.areas();
        if contains(areas.hints, event) {
            let mut hints = self.mouse.hints.iter();
            let hint = hints.find(|hint| (hint.start..hint.end).contains(&event.column));
            if let Some(hint) = hint.copied() {
                self.key_of_table(self.context(), hint.key);
            }
        } else if self.help.is_some() || !self.modal.is_closed() || self.covers_table() {
            // Rows below the help, a modal or a view are not chosen.
        } else if contains(areas.detail, event) {
            self.detail_focused = !areas.table.is_empty();
        } else if contains(areas.table, event) {
            self.detail_focused = false;
            match event.line - areas.table.y {
                0 => self.click_heading(event.column, areas.table),
                row => self.click_row(usize::from(row) - 1, event.line),
            }
        }
    }

    /// Chooses a row of the window, or opens it with the second click.
    fn click_row(&mut self, row: usize, line: u16) {
        let groups = self.table.view.groups.as_ref();
        let (offset, rows) = match groups {
            Some(groups) => (self.table.groups.cursor.offset, groups.len()),
            None => (self.table.cursor.offset, self.table.view.len()),
        };
        let now = self.key_time();
        let before = self.mouse.last_click.take();
        if offset + row >= rows {
            return;
        }
        let is_double =
            before.is_some_and(|(at, place)| place == line && now.saturating_sub(at) <= DOUBLE_CLICK);
        self.status = None;
        self.hold_order(HOLD);
        if is_double {
            return self.act(Action::Open);
        }
        self.mouse.last_click = Some((now, line));
        self.jump(offset + row);
    }

    /// Sorts by the column of a heading, or reverses its order.
    fn click_heading(&mut self, column: u16, area: Area) {
        let place = column.saturating_sub(area.x);
        if let Some(groups) = &self.table.view.groups {
            let known = self.endpoints.known_group_columns();
            let fitted = fit(known, &groups.widths, |id| heading(groups, id), area.width);
            let widths = fitted.iter().map(|fitted| fitted.width);
            let Some(id) = column_at(widths, place)
                .and_then(|index| fitted.get(index))
                .map(|fitted| fitted.id)
            else {
                return;
            };
            if id == self.table.groups.sort.column {
                return self.invert();
            }
            let descending = id.column().descending;
            self.table.groups.sort = GroupSort {
                column: id,
                descending,
            };
        } else {
            let fitted = self.seen_columns();
            let widths = fitted.iter().map(|fitted| fitted.width);
            let Some(id) = column_at(widths, place)
                .and_then(|index| fitted.get(index))
                .map(|fitted| fitted.id)
            else {
                return;
            };
            if id == self.table.sort.column {
                return self.invert();
            }
            self.table.sort = Sort {
                column: id,
                descending: id.column().descending,
                then: None,
            };
        }
        self.reorder_now();
    }
}

/// Returns the index of the column at a place. A blank is before each column.
fn column_at(widths: impl Iterator<Item = u16>, place: u16) -> Option<usize> {
    let mut end = 0;
    let mut ends = widths.map(|width| {
        end += width + 1;
        end
    });
    ends.position(|end| place < end)
}

const fn contains(area: Area, event: MouseEvent) -> bool {
    event.column >= area.x
        && event.column - area.x < area.width
        && event.line >= area.y
        && event.line - area.y < area.height
}
