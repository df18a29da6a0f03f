//! The mouse: the wheel scrolls, a click chooses a row, sorts by a heading or presses the key of a hint, a double
//! click does what Enter does. Off unless the settings turn it on.

use std::time::Duration;

use super::App;
use super::build_view::Sort;
use super::column::fit::fit;
use super::groups::columns::{GroupSort, heading};
use super::keymap::{Action, Code, KeyContext, KeyPress, action};
use super::layout::Area;
use super::modal::Modal;

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

/// Target of a click on a line. Rows are given by their position in their list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClickTarget {
    /// The headings of the table.
    Headings,
    /// A session or group of the table.
    Row(usize),
    /// A line of the view of blockers.
    Blocker(usize),
    /// A server or service; the services follow the servers.
    Server(usize),
    /// An endpoint of the view of endpoints.
    Endpoint(usize),
    /// A column of the column chooser.
    Column(usize),
    /// A text of the copy menu.
    CopyChoice(usize),
    /// A link of the details.
    Link(usize),
    /// A line of the kill log, which has no cursor.
    KillLog,
}

/// A line of the screen with an effect of clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClickableLine {
    /// The line of the terminal.
    pub line: u16,
    /// First column.
    pub start: u16,
    /// Column after the last one.
    pub end: u16,
    /// The target of a click.
    pub target: ClickTarget,
}

/// The state of the mouse.
#[derive(Clone, Debug, Default)]
pub(super) struct Mouse {
    /// The hints on the screen.
    pub(super) hints: Vec<HintPlace>,
    /// The lines on the screen with an effect of clicks.
    pub(super) lines: Vec<ClickableLine>,
    /// Time and place of the last click on a row.
    last_click: Option<(Duration, ClickableLine)>,
}

impl Mouse {
    /// Returns the line at a place of the screen.
    fn line_at(&self, event: MouseEvent) -> Option<ClickableLine> {
        let mut lines = self.lines.iter();
        let found =
            lines.find(|place| place.line == event.line && (place.start..place.end).contains(&event.column));
        found.copied()
    }

    /// Returns the position of the first row on the screen, in a list that is scrolled by itself.
    fn first_position(&self) -> Option<usize> {
        self.lines.iter().find_map(|place| match place.target {
            ClickTarget::Column(position) | ClickTarget::CopyChoice(position) => Some(position),
            _ => None,
        })
    }
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
        self.mouse.last_click = None;
        let context = self.context();
        match context {
            // Up and down have another meaning there.
            KeyContext::Prompt
            | KeyContext::Search
            | KeyContext::Time
            | KeyContext::Reason
            | KeyContext::SaveQuestion
            | KeyContext::HelpSearch => {}
            _ if self.help.is_none()
                && self.modal.is_closed()
                && !self.covers_table()
                && contains(self.areas().detail, event) =>
            {
                self.scroll_detail(lines);
            }
            KeyContext::Detail if !self.areas().table.is_empty() => {
                let page = self.page();
                let left_departed_row = self.table.move_by(lines, page);
                self.on_cursor_moved(left_departed_row);
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
        let before = self.mouse.last_click.take();
        if contains(areas.hints, event) {
            return self.click_hint(event.column);
        }
        // Lines below the help, a modal or a view are not among those of the frame.
        let is_table = self.help.is_none() && self.modal.is_closed() && !self.covers_table();
        if is_table && contains(areas.detail, event) {
            self.detail_focused = !areas.table.is_empty();
        }
        let Some(place) = self.mouse.line_at(event) else {
            return;
        };
        let now = self.key_time();
        let is_double =
            before.is_some_and(|(at, last)| last == place && now.saturating_sub(at) <= DOUBLE_CLICK);
        if is_double {
            return self.key_of_table(self.context(), KeyPress::plain(Code::Enter));
        }
        self.status = None;
        self.choose_target(place.target, event.column - place.start);
        if place.target != ClickTarget::Headings {
            self.mouse.last_click = Some((now, place));
        }
    }

    /// Presses the key of the hint at a column. A kill is confirmed only with the keyboard.
    fn click_hint(&mut self, column: u16) {
        let mut hints = self.mouse.hints.iter();
        let hint = hints.find(|hint| (hint.start..hint.end).contains(&column));
        let (context, Some(key)) = (self.context(), hint.map(|hint| hint.key)) else {
            return;
        };
        let confirms = matches!(action(context, key), Some(Action::Yes | Action::Accept));
        if context == KeyContext::Dialog && confirms || self.ends_kills(context, key) {
            return;
        }
        self.key_of_table(context, key);
    }

    /// Moves the cursor of a list to a row, or sorts by the column of a heading.
    fn choose_target(&mut self, target: ClickTarget, column: u16) {
        let first = self.mouse.first_position();
        match (target, &mut self.modal) {
            (ClickTarget::Headings, _) => {
                self.detail_focused = false;
                self.click_heading(column);
            }
            (ClickTarget::Row(position), _) => {
                self.detail_focused = false;
                self.hold_order(HOLD);
                self.jump(position);
            }
            (ClickTarget::Blocker(position), _) => self.choose_blocker(position),
            (ClickTarget::Server(position), _) => self.choose_server(position),
            (ClickTarget::Endpoint(position), _) => self.choose_endpoint(position),
            (ClickTarget::Column(position), Modal::Chooser(chooser)) => chooser.choose(position, first),
            (ClickTarget::CopyChoice(position), Modal::Copy(menu)) => menu.choose(position, first),
            (ClickTarget::Link(link), _) => self.choose_link(link),
            (ClickTarget::Column(_) | ClickTarget::CopyChoice(_) | ClickTarget::KillLog, _) => {}
        }
    }

    /// Sorts by the column of the heading at a place of the line, or reverses its order.
    fn click_heading(&mut self, place: u16) {
        let area = self.areas().table;
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
