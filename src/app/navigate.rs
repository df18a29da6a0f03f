//! Navigation: the cursor, the pages, the jump to an id, the details.

use std::time::Duration;

use super::App;
use super::detail::DetailPane;
use super::keymap::{Action, KeyPress};
use super::msg::Effect;
use super::status::Status;
use super::table_view::TableView;
use crate::model::{RowKey, SessionId};

/// An id while its digits are typed.
#[derive(Clone, Debug)]
pub(super) struct Goto {
    digits: String,
    at: Duration,
    /// The row under the cursor before the first digit.
    from: Option<RowKey>,
    /// Whether no row matches, and that row is gone: no row is chosen.
    pub(super) is_lost: bool,
}

/// Maximum time between two digits of the same id.
const DIGIT_TIMEOUT: Duration = Duration::from_secs(1);

impl Goto {
    /// Adds a digit. A digit that follows too late begins another id.
    fn after(before: Option<Self>, digit: char, cursor: Option<RowKey>, now: Duration) -> Self {
        let before = before.filter(|goto| now.saturating_sub(goto.at) < DIGIT_TIMEOUT);
        let (mut digits, from) =
            before.map_or_else(|| (String::new(), cursor), |goto| (goto.digits, goto.from));
        digits.push(digit);
        Self {
            digits,
            at: now,
            from,
            is_lost: false,
        }
    }

    /// Returns the position of the first session whose id begins with the digits.
    fn position(&self, view: &TableView) -> Option<usize> {
        view.position_by_digits(self.digits.parse().ok()?)
    }
}

impl App {
    /// Returns the number of lines of a page in the focused part. One line of the previous page stays
    /// visible.
    pub(super) fn page_of_keys(&self) -> usize {
        if self.modal.overlay().is_some() {
            // The overlay without its frame.
            usize::from(self.size.1).saturating_sub(3).max(1)
        } else if self.detail_has_keys() {
            // Without the lines that stay, the scroll mark and one line of the previous page.
            usize::from(self.areas().detail.height).saturating_sub(5).max(1)
        } else {
            self.page()
        }
    }

    /// Moves the cursor, or scrolls the focused part.
    pub(super) fn step(&mut self, lines: isize) {
        if let Some(overlay) = self.modal.overlay_mut() {
            overlay.top = overlay.top.saturating_add_signed(lines);
        } else if self.detail_has_keys() {
            self.scroll_detail(lines);
        } else {
            let page = self.page();
            let left_departed_row = self.table.move_by(lines, page);
            self.on_cursor_moved(left_departed_row);
        }
    }

    /// Moves to the first or last row.
    pub(super) fn jump(&mut self, position: usize) {
        if let Some(overlay) = self.modal.overlay_mut() {
            overlay.top = position;
            return;
        }
        if self.detail_has_keys() {
            self.scroll_detail(if position == 0 { isize::MIN } else { isize::MAX });
            return;
        }
        let page = self.page();
        let left_departed_row = self.table.go_to(position, page);
        self.on_cursor_moved(left_departed_row);
    }

    pub(super) fn on_cursor_moved(&mut self, left_departed_row: bool) {
        self.goto = None;
        if left_departed_row {
            self.rebuild_view();
        }
        let beside = self.detail.is_some() && !self.areas().table.is_empty();
        if beside {
            self.open_detail();
        }
    }

    /// Handles a key that only the details have.
    pub(super) fn detail_key(&mut self, action: Action) {
        match (action, &mut self.detail) {
            (Action::Link(step), _) => self.step_link(step),
            (Action::Unfold, Some(detail)) => detail.unfold(),
            (Action::Across(columns), Some(detail)) => detail.move_across(columns),
            _ => {}
        }
    }

    pub(super) fn scroll_detail(&mut self, lines: isize) {
        if let Some(detail) = &mut self.detail {
            detail.scroll_by(lines);
        }
    }

    /// Handles a digit: moves to the first session whose id begins with the typed digits. If there is none, the
    /// cursor returns to the row that it was on before the first digit.
    pub(super) fn goto_digit(&mut self, key: KeyPress) {
        let Some(digit) = key.typed_char() else { return };
        let cursor = self.table.cursor.key.clone();
        let mut goto = Goto::after(self.goto.take(), digit, cursor, self.key_time());
        if let Some(position) = goto.position(&self.table.view) {
            self.jump(position);
        } else {
            let before = goto.from.as_ref();
            let position = before.and_then(|key| self.table.view.position(key));
            if let Some(position) = position {
                self.jump(position);
            }
            goto.is_lost = position.is_none();
            let text = self.why_not_shown(&goto.digits);
            self.status = Some(Status::note(text));
        }
        self.goto = Some(goto);
    }

    /// Returns why no row has an id that begins with these digits: it is hidden, or there is none.
    fn why_not_shown(&self, digits: &str) -> String {
        let id = digits.parse().ok().map(SessionId);
        let mut latest = self
            .endpoints
            .iter()
            .filter_map(|endpoint| endpoint.latest.as_ref());
        let is_listed = id.is_some_and(|id| latest.any(|latest| latest.get(id).is_some()));
        if !is_listed {
            return format!("{digits} is not listed");
        }
        let mut by = Vec::new();
        if !self.table.filter.is_empty() {
            by.push("the filter".to_owned());
        }
        if self.table.hide_idle {
            by.push(self.settings.keys.first(Action::HideIdle));
        }
        if by.is_empty() {
            return format!("{digits} is not shown yet");
        }
        format!("{digits} is hidden by {}", by.join(" or "))
    }

    /// Opens the details of the session under the cursor, or switches them to it.
    pub(super) fn open_detail(&mut self) {
        let Some(row) = self.table.view.row(self.table.cursor.position()) else {
            return;
        };
        let identity = row.identity();
        if self
            .detail
            .as_ref()
            .is_some_and(|detail| detail.identity == identity)
        {
            return;
        }
        let last_seen = row.has_ended().then_some(row.snapshot.taken_at);
        let ended = self.kills.end_of(&identity.key()).or(last_seen);
        let watched = ended.is_none().then_some((identity.endpoint, identity.id));
        self.outbox.push(Effect::Watch(watched));
        let mut detail = DetailPane::new(identity, row.session.clone());
        // A session that has ended keeps the reasons that it had when it was listed last.
        detail.on_diagnosis(Some(row.diagnosis));
        detail.ended = ended;
        self.detail = Some(detail);
        let page = self.page();
        self.table.scroll_into_view(page);
    }

    /// Closes the details. The cursor keeps its place.
    pub(super) fn close_detail(&mut self) {
        self.detail = None;
        self.detail_focused = false;
        self.outbox.push(Effect::Watch(None));
        let page = self.page();
        self.table.scroll_into_view(page);
    }
}
