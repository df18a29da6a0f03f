//! Navigation: the cursor, the pages, the jump to an id, the details.

use std::time::Duration;

use super::App;
use super::detail::DetailPane;
use super::msg::Effect;
use super::status::Status;

/// An id while its digits are typed.
#[derive(Clone, Debug)]
pub(super) struct Goto {
    digits: String,
    at: Duration,
}

/// Maximum time between two digits of the same id.
const DIGIT_TIMEOUT: Duration = Duration::from_secs(1);

impl App {
    /// Returns the number of lines of a page in the focused part. One line of the previous page stays
    /// visible.
    pub(super) fn page_of_keys(&self) -> usize {
        if self.modal.overlay().is_some() {
            // The overlay without its frame.
            usize::from(self.size.1).saturating_sub(3).max(1)
        } else if self.detail_has_keys() {
            usize::from(self.areas().detail.height).saturating_sub(1).max(1)
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
            let left_ghost = self.table.move_by(lines, page);
            self.on_cursor_moved(left_ghost);
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
        let left_ghost = self.table.go_to(position, page);
        self.on_cursor_moved(left_ghost);
    }

    fn on_cursor_moved(&mut self, left_ghost: bool) {
        if left_ghost {
            self.rebuild_view();
        }
        let beside = self.detail.is_some() && !self.areas().table.is_empty();
        if beside {
            self.open_detail();
        }
    }

    fn scroll_detail(&mut self, lines: isize) {
        if let Some(detail) = &mut self.detail {
            detail.scroll = detail.scroll.saturating_add_signed(lines);
        }
    }

    /// Handles a digit: moves to the first session whose id begins with the typed digits.
    pub(super) fn goto_digit(&mut self, digit: char) {
        let now = self.now.elapsed;
        let mut digits = match self.goto.take() {
            Some(goto) if now.saturating_sub(goto.at) < DIGIT_TIMEOUT => goto.digits,
            _ => String::new(),
        };
        digits.push(digit);
        // Prefers the exact id, then the shortest longer one, which is the smallest.
        let wanted = digits.parse::<u64>().ok();
        let rows = self.table.view.window(0, usize::MAX);
        let ids = rows.map(|row| row.session.id.0).enumerate();
        let found = wanted.and_then(|wanted| {
            ids.filter(|(_, id)| begins_with(*id, wanted))
                .min_by_key(|(_, id)| *id)
        });
        match found {
            Some((position, _)) => self.jump(position),
            None => self.status = Some(Status::note(format!("no id shown begins with {digits}"))),
        }
        self.goto = Some(Goto { digits, at: now });
    }

    /// Opens the details of the session under the cursor, or switches them to it.
    pub(super) fn open_detail(&mut self) {
        let Some(row) = self.table.view.row(self.table.position()) else {
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
        self.outbox
            .push(Effect::Watch(Some((identity.endpoint, identity.id))));
        self.detail = Some(DetailPane::new(identity, row.session.clone()));
        self.diagnose_detail();
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

/// Whether a number begins with the digits of another.
const fn begins_with(mut id: u64, digits: u64) -> bool {
    while id > digits {
        id /= 10;
    }
    id == digits
}
