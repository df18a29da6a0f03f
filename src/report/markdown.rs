//! Markdown: texts that cannot become markup, tables and blocks.

use std::fmt::Write as _;

use crate::model::visible;

/// Maximum number of characters of a line in a block.
const MAX_LINE: usize = 160;

/// Returns a text as it is shown in a paragraph or in a cell: nothing in it is markup.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let shown = visible(text);
    let mut chars = shown.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let is_in_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        before = c;
        match c {
            // Only at the start or end of a word it is markup.
            '_' if is_in_word => escaped.push(c),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    // Otherwise these become links.
    escaped.replace("://", ":\\/\\/").replace("www.", "www\\.")
}

/// Returns a text as code. Nothing in it is markup.
pub(super) fn code(text: &str) -> String {
    let shown = visible(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&shown) + 1);
    let gap = if shown.starts_with('`') || shown.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{gap}{shown}{gap}{fence}")
}

/// A table. Its cells are escaped already.
pub(super) struct Table {
    columns: usize,
    lines: String,
    rows: usize,
}

impl Table {
    /// Creates a table without rows.
    pub(super) fn new(head: &[&str]) -> Self {
        let rule = head.iter().map(|_| "---|").collect::<String>();
        Self {
            columns: head.len(),
            lines: format!("| {} |\n|{rule}\n", head.join(" | ")),
            rows: 0,
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[String]) {
        let cells = cells.iter().map(|cell| if cell.is_empty() { "–" } else { cell });
        let cells: Vec<_> = cells.take(self.columns).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(self.lines, "| {} |", cells.join(" | "));
        self.rows += 1;
    }

    /// Whether it has no rows.
    pub(super) const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Returns its lines.
    pub(super) fn text(&self) -> &str {
        &self.lines
    }
}

/// Returns lines as a block, as they are. Long ones are cut.
pub(super) fn block(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| cut(&visible(line))).collect();
    let longest = lines
        .iter()
        .map(|line| longest_run(line))
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", lines.join("\n"))
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Returns the largest number of backticks in a row.
fn longest_run(line: &str) -> usize {
    let runs = line.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}
