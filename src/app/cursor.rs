//! The cursor of a table, and the visible part of the table.
//!
//! The cursor is an identity. Rows may move; the cursor stays on its row. What keeps its place on the screen
//! is the [`Anchor`].

use super::layout::clamp_scroll;

/// Rows with an identity, in order.
pub(crate) trait KeyedRows<K> {
    /// Returns the number of rows.
    fn row_count(&self) -> usize;

    /// Returns the key of the row at a position.
    fn key_at(&self, position: usize) -> Option<K>;

    /// Returns the position of a row, if it is shown.
    fn position_of(&self, key: &K) -> Option<usize>;

    /// Whether there is a row that is shown only because the cursor is on it.
    fn has_departed(&self) -> bool;
}

/// Part of the table that keeps its place on the screen when rows move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The top of the table. The cursor is on the first row, whichever it is. In effect until a key
    /// chooses a row.
    #[default]
    Top,
    /// The line of the cursor's row. A table that shows its first row keeps showing it, and the cursor's
    /// row may leave the screen.
    Row,
    /// The line of the cursor's row in any case.
    Followed,
}

/// Row under the cursor, and the first row on the screen. `K` is the key of a row.
#[derive(Clone, Debug)]
pub struct Cursor<K> {
    /// The row under the cursor; `None` until there is one.
    pub key: Option<K>,
    /// The first row on the screen.
    pub offset: usize,
    position: usize,
    anchor: Anchor,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self {
            key: None,
            offset: 0,
            position: 0,
            anchor: Anchor::Top,
        }
    }
}

impl<K: PartialEq> Cursor<K> {
    /// Returns the position of the cursor's row.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Whether the cursor's row is followed everywhere.
    pub(crate) fn is_followed(&self) -> bool {
        self.anchor == Anchor::Followed
    }

    /// Returns the key of a row that was chosen by a key press.
    pub(super) fn chosen_key(&self) -> Option<&K> {
        self.key.as_ref().filter(|_| self.anchor != Anchor::Top)
    }

    /// Keeps the cursor on its row in all later rows, because a key refers to it.
    pub(super) fn choose(&mut self) {
        if self.anchor == Anchor::Top {
            self.anchor = Anchor::Row;
        }
    }

    /// Puts the cursor on the row with this key in the next rows.
    pub(super) fn choose_key(&mut self, key: K) {
        self.key = Some(key);
        self.anchor = Anchor::Row;
    }

    /// Follows the cursor's row everywhere, or no longer.
    pub(super) fn set_followed(&mut self, is_followed: bool) {
        self.anchor = if is_followed {
            Anchor::Followed
        } else {
            Anchor::Row
        };
    }

    /// Puts the cursor on the first row of the next rows, unless its row is followed.
    pub(super) fn go_to_top(&mut self) {
        if self.anchor != Anchor::Followed {
            self.anchor = Anchor::Top;
        }
    }

    /// Whether the cursor's row is on the screen.
    pub(crate) const fn is_visible(&self, height: usize) -> bool {
        self.position >= self.offset && self.position - self.offset < height
    }

    /// Moves the cursor to a row; `height` is the number of rows on the screen. Returns whether it left a
    /// departed row, which must then be removed.
    pub(super) fn go_to(&mut self, position: usize, rows: &impl KeyedRows<K>, height: usize) -> bool {
        self.anchor = Anchor::Row;
        self.place(position, rows, height)
    }

    fn place(&mut self, position: usize, rows: &impl KeyedRows<K>, height: usize) -> bool {
        let before = self.key.take();
        self.position = position.min(rows.row_count().saturating_sub(1));
        self.key = rows.key_at(self.position);
        self.scroll_into_view(rows, height);
        rows.has_departed() && before != self.key
    }

    /// Finds the cursor's row in new rows. If the row is hidden or gone, moves to the nearest one.
    pub(super) fn follow(&mut self, rows: &impl KeyedRows<K>, height: usize) {
        let line = self.position.saturating_sub(self.offset);
        let keeps_top = self.anchor == Anchor::Row && self.offset == 0;
        match self.chosen_key().map(|key| rows.position_of(key)) {
            Some(Some(position)) => {
                self.position = position;
                if !keeps_top {
                    self.offset = position.saturating_sub(line);
                    self.scroll_into_view(rows, height);
                }
            }
            Some(None) => _ = self.place(self.position, rows, height),
            None => {
                self.offset = 0;
                self.place(0, rows, height);
            }
        }
    }

    /// Whether new rows were built for another cursor and do not contain this one's row, although
    /// `shown` does.
    pub(super) fn is_outdated(
        &self,
        built_for: Option<&K>,
        new: &impl KeyedRows<K>,
        shown: &impl KeyedRows<K>,
    ) -> bool {
        let Some(key) = self.chosen_key() else {
            return false;
        };
        built_for != Some(key) && new.position_of(key).is_none() && shown.position_of(key).is_some()
    }

    /// Scrolls so that the cursor is visible, and without empty lines below the last row while there
    /// are rows above.
    pub(super) fn scroll_into_view(&mut self, rows: &impl KeyedRows<K>, height: usize) {
        self.offset = clamp_scroll(self.offset, self.position, rows.row_count(), height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl KeyedRows<char> for &str {
        fn row_count(&self) -> usize {
            self.len()
        }

        fn key_at(&self, position: usize) -> Option<char> {
            self.chars().nth(position)
        }

        fn position_of(&self, key: &char) -> Option<usize> {
            self.find(*key)
        }

        fn has_departed(&self) -> bool {
            false
        }
    }

    fn at(key: char, rows: &str, height: usize) -> Cursor<char> {
        let mut cursor = Cursor::default();
        cursor.go_to(rows.find(key).unwrap(), &rows, height);
        cursor
    }

    #[test]
    fn the_cursor_is_on_the_first_row_until_a_key_chooses_one() {
        let mut cursor = Cursor::default();
        cursor.follow(&"abc", 3);
        cursor.follow(&"cab", 3);
        assert_eq!((cursor.key, cursor.offset), (Some('c'), 0));
        cursor.choose();
        cursor.follow(&"abc", 3);
        assert_eq!((cursor.key, cursor.position()), (Some('c'), 2));
        cursor.go_to_top();
        cursor.follow(&"abc", 3);
        assert_eq!((cursor.key, cursor.position()), (Some('a'), 0));
    }

    #[test]
    fn the_cursor_keeps_its_line_once_the_table_is_scrolled() {
        let mut cursor = at('e', "abcdef", 3);
        assert_eq!(cursor.offset, 2);
        cursor.follow(&"abecdf", 3);
        assert_eq!((cursor.key, cursor.position(), cursor.offset), (Some('e'), 2, 0));
        let mut cursor = at('d', "abcdef", 3);
        cursor.follow(&"abcefd", 3);
        assert_eq!((cursor.position(), cursor.offset), (5, 3));
    }

    #[test]
    fn the_top_stays_on_the_screen_although_the_cursor_leaves_it() {
        let mut cursor = at('a', "abcdef", 3);
        cursor.follow(&"bcdefa", 3);
        assert_eq!((cursor.key, cursor.position(), cursor.offset), (Some('a'), 5, 0));
        assert!(!cursor.is_visible(3));
        cursor.scroll_into_view(&"bcdefa", 3);
        assert!(cursor.is_visible(3));
    }

    #[test]
    fn a_followed_row_stays_on_the_screen() {
        let mut cursor = at('a', "abcdef", 3);
        cursor.set_followed(true);
        cursor.go_to_top();
        cursor.follow(&"bcdefa", 3);
        assert_eq!((cursor.key, cursor.offset), (Some('a'), 3));
        assert!(cursor.is_visible(3));
        cursor.go_to(0, &"bcdefa", 3);
        assert!(!cursor.is_followed());
    }

    #[test]
    fn the_nearest_row_replaces_one_that_is_gone() {
        let mut cursor = at('f', "abcdef", 3);
        cursor.follow(&"abc", 3);
        assert_eq!((cursor.key, cursor.offset), (Some('c'), 0));
        cursor.follow(&"", 3);
        assert_eq!((cursor.key, cursor.position()), (None, 0));
    }

    #[test]
    fn rows_that_were_built_for_an_earlier_cursor_are_outdated() {
        let cursor = at('b', "abc", 3);
        assert!(cursor.is_outdated(Some(&'a'), &"ac", &"abc"));
        assert!(!cursor.is_outdated(Some(&'b'), &"ac", &"abc"));
        assert!(!cursor.is_outdated(Some(&'a'), &"abc", &"abc"));
    }
}
