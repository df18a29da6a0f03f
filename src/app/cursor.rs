//! The cursor of a table, and the visible part of the table.
//!
//! The cursor is an identity. Rows may move; the cursor stays on its row and, if the ends of the table
//! allow it, on its line of the screen.

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

/// Row under the cursor, and the first row on the screen. `K` is the key of a row.
#[derive(Clone, Debug)]
pub struct Cursor<K> {
    /// The row under the cursor; `None` until there is one.
    pub key: Option<K>,
    /// The first row on the screen.
    pub offset: usize,
    position: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self {
            key: None,
            offset: 0,
            position: 0,
        }
    }
}

impl<K: PartialEq> Cursor<K> {
    /// Returns the position of the cursor's row.
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Moves the cursor to a row; `height` is the number of rows on the screen. Returns whether it left a
    /// departed row, which must then be removed.
    pub(super) fn go_to(&mut self, position: usize, rows: &impl KeyedRows<K>, height: usize) -> bool {
        let before = self.key.take();
        self.position = position.min(rows.row_count().saturating_sub(1));
        self.key = rows.key_at(self.position);
        self.scroll_into_view(rows, height);
        rows.has_departed() && before != self.key
    }

    /// Follows the cursor's row in new rows. If the row is hidden or gone, moves to the nearest one.
    /// With `keeps_top`, the top of the table stays on the screen while the cursor fits below.
    pub(super) fn follow(&mut self, rows: &impl KeyedRows<K>, height: usize, keeps_top: bool) {
        let line = self.position.saturating_sub(self.offset);
        match self.key.as_ref().map(|key| rows.position_of(key)) {
            Some(Some(position)) => {
                self.position = position;
                let stays_at_top = keeps_top && self.offset == 0 && position < height;
                self.offset = if stays_at_top {
                    0
                } else {
                    position.saturating_sub(line)
                };
                self.scroll_into_view(rows, height);
            }
            Some(None) => _ = self.go_to(self.position, rows, height),
            None => _ = self.go_to(0, rows, height),
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
        let Some(key) = &self.key else { return false };
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
    fn the_cursor_follows_its_row() {
        let mut cursor = at('c', "abcdef", 3);
        cursor.follow(&"cabdef", 3, false);
        assert_eq!((cursor.key, cursor.position(), cursor.offset), (Some('c'), 0, 0));
    }

    #[test]
    fn the_top_stays_on_the_screen_if_that_is_requested() {
        for (keeps_top, offset) in [(true, 0), (false, 2)] {
            let mut cursor = at('a', "abcdef", 3);
            cursor.follow(&"bcadef", 3, keeps_top);
            assert_eq!((cursor.position(), cursor.offset), (2, offset));
        }
    }

    #[test]
    fn the_nearest_row_replaces_one_that_is_gone() {
        let mut cursor = at('f', "abcdef", 3);
        cursor.follow(&"abc", 3, false);
        assert_eq!((cursor.key, cursor.offset), (Some('c'), 0));
        cursor.follow(&"", 3, false);
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
