//! Reads rows and cursor from the screen.

use vt100::Screen;

/// Returns the lines, without trailing blanks.
pub(crate) fn lines(screen: &Screen) -> Vec<String> {
    let (_, columns) = screen.size();
    screen
        .rows(0, columns.get())
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Returns the line under the table's cursor: the one in reverse video from its first cell.
pub(crate) fn cursor_line(screen: &Screen) -> Option<(usize, String)> {
    lines(screen).into_iter().enumerate().find(|(place, _)| {
        let row = u16::try_from(*place).unwrap();
        [0, 1].iter().all(|column| {
            let cell = screen.cell(row, *column);
            cell.is_some_and(vt100::Cell::inverse)
        })
    })
}

/// Returns the id of the session under the cursor.
pub(crate) fn cursor_id(screen: &Screen) -> Option<u64> {
    id_of(&cursor_line(screen)?.1)
}

/// Returns the id at the start of a table line, after its mark if it has one.
pub(crate) fn id_of(line: &str) -> Option<u64> {
    let line = line.strip_prefix(['*', 'v']).unwrap_or(line);
    line.split_whitespace().next()?.parse().ok()
}

/// Whether the table has more than this number of rows, and the frame is drawn to its end: a large one arrives in parts.
pub(crate) fn has_rows(screen: &Screen, more_than: usize) -> bool {
    let is_drawn = lines(screen).last().is_some_and(|line| !line.trim().is_empty());
    is_drawn && ids(screen).len() > more_than
}

/// Returns the ids in the table, from top to bottom. The last two lines of a screen are not part of it; on a
/// low screen only the last one.
pub(crate) fn ids(screen: &Screen) -> Vec<u64> {
    let lines = lines(screen);
    let head = lines.iter().position(|line| line.contains("USER"));
    let Some(head) = head else { return Vec::new() };
    let end = lines.len() - if lines.len() < 8 { 1 } else { 2 };
    let rows = lines.get(head + 1..end).unwrap_or_default();
    rows.iter().map_while(|line| id_of(line)).collect()
}
