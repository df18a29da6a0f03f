//! Finds an open transaction in the statements that MaxScale keeps for a session.
//!
//! The statements are read from the newest to the oldest, up to the first one that decides. The result is an
//! inference: a statement that failed with error 1205 or 1213 may have rolled the transaction back, and the API
//! reports no errors.

/// What a statement does to the transaction of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransactionStep {
    /// Begins one.
    Begins,
    /// Turns autocommit off: the next statement that reads or writes data begins one.
    TurnsAutocommitOff,
    /// Ends it.
    Ends,
    /// Reads or writes data, within a transaction if there is one.
    UsesData,
    /// None, such as `SET NAMES` or `SAVEPOINT`.
    None,
    /// Undetermined: an implicit commit, a procedure, or several statements in one text.
    Unknown,
}

/// Returns whether a transaction is open after these statements; `None` if undetermined.
///
/// The newest statement comes first. `None` stands for an entry without text, such as the execution of a
/// prepared statement.
pub(super) fn is_open<'t>(newest_first: impl Iterator<Item = Option<&'t str>>) -> Option<bool> {
    let mut uses_data = false;
    for sql in newest_first {
        match step(sql?) {
            TransactionStep::Begins => return Some(true),
            TransactionStep::TurnsAutocommitOff => return Some(uses_data),
            TransactionStep::Ends => return Some(false),
            TransactionStep::Unknown => return None,
            TransactionStep::UsesData => uses_data = true,
            TransactionStep::None => {}
        }
    }
    // The statement that began it may no longer be kept.
    None
}

fn step(sql: &str) -> TransactionStep {
    if has_second_statement(sql) {
        return TransactionStep::Unknown;
    }
    let mut words = SqlWords(sql);
    let first = words.next().unwrap_or_default();
    let is = |word: &str| first.eq_ignore_ascii_case(word);
    if is("select") || is("insert") || is("update") || is("delete") || is("replace") || is("with") {
        TransactionStep::UsesData
    } else if is("begin") {
        // `BEGIN NOT ATOMIC` is a compound statement.
        if words.next_is("not") {
            TransactionStep::Unknown
        } else {
            TransactionStep::Begins
        }
    } else if is("start") {
        if words.next_is("transaction") {
            TransactionStep::Begins
        } else {
            TransactionStep::Unknown
        }
    } else if is("commit") {
        end_of_transaction(words)
    } else if is("rollback") {
        let after = SqlWords(words.0);
        let is_partial = words.any(|word| word.eq_ignore_ascii_case("to"));
        if is_partial {
            TransactionStep::None
        } else {
            end_of_transaction(after)
        }
    } else if is("set") {
        set(words)
    } else if FREE_OF_EFFECT.iter().any(|word| is(word)) {
        TransactionStep::None
    } else {
        TransactionStep::Unknown
    }
}

/// First words of statements that neither begin nor end a transaction.
const FREE_OF_EFFECT: [&str; 9] = [
    "use",
    "show",
    "describe",
    "desc",
    "explain",
    "savepoint",
    "release",
    "do",
    "kill",
];

/// Returns the effect of `COMMIT` or `ROLLBACK` with these words after it.
fn end_of_transaction(words: SqlWords<'_>) -> TransactionStep {
    let mut last_two = ("", "");
    for word in words {
        last_two = (last_two.1, word);
    }
    let chains = last_two.1.eq_ignore_ascii_case("chain") && !last_two.0.eq_ignore_ascii_case("no");
    if chains {
        TransactionStep::Begins
    } else {
        TransactionStep::Ends
    }
}

/// Returns the effect of `SET` with these words after it.
fn set(words: SqlWords<'_>) -> TransactionStep {
    let mut words = words.peekable();
    let mut step = TransactionStep::None;
    while let Some(word) = words.next() {
        if !word.eq_ignore_ascii_case("autocommit") {
            continue;
        }
        let value = words.next().unwrap_or_default();
        step = if value == "0" || value.eq_ignore_ascii_case("off") || value.eq_ignore_ascii_case("false") {
            TransactionStep::TurnsAutocommitOff
        } else {
            // It also commits, if the transaction began under `autocommit=0`.
            return TransactionStep::Unknown;
        };
    }
    step
}

/// The words of a statement, without comments. A word is made of letters, digits and underscores.
#[derive(Clone)]
struct SqlWords<'t>(&'t str);

impl SqlWords<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        self.next().is_some_and(|next| next.eq_ignore_ascii_case(word))
    }
}

impl<'t> Iterator for SqlWords<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            let rest = self
                .0
                .trim_start_matches(|c: char| !is_of_word(c) && !"/-#".contains(c));
            if let Some(after) = after_comment(rest) {
                self.0 = after;
            } else if rest.starts_with(['/', '-', '#']) {
                self.0 = rest.get(1..).unwrap_or_default();
            } else if rest.is_empty() {
                self.0 = rest;
                return None;
            } else {
                let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                self.0 = after;
                return Some(word);
            }
        }
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns what follows a comment at the beginning of `text`. The server runs the content of `/*! */`, so
/// that is not a comment.
fn after_comment(text: &str) -> Option<&str> {
    if let Some(comment) = text.strip_prefix("/*") {
        let runs = comment.starts_with('!') || comment.starts_with("M!");
        return (!runs).then(|| comment.split_once("*/").map_or("", |(_, after)| after));
    }
    let is_line = text.starts_with('#') || text.starts_with("-- ") || text.starts_with("--\n");
    is_line.then(|| text.split_once('\n').map_or("", |(_, after)| after))
}

/// Whether anything but space follows a semicolon outside of quotes.
fn has_second_statement(sql: &str) -> bool {
    let trimmed = sql.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    if !trimmed.contains(';') {
        return false;
    }
    let mut quote = None;
    let mut is_escaped = false;
    for c in trimmed.chars() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some('\'' | '"') if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == ';' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evaluates statements given from the oldest to the newest.
    fn after(statements: &[&str]) -> Option<bool> {
        is_open(statements.iter().rev().map(|sql| Some(*sql)))
    }

    #[test]
    fn a_begin_without_an_end_is_an_open_transaction() {
        for begin in [
            "BEGIN",
            "begin work",
            "START TRANSACTION",
            "start transaction read only;",
            "/* app */ START /* x */ TRANSACTION",
            "-- a line\nBEGIN",
            "# a line\nBEGIN",
            "SET NAMES utf8mb4, autocommit=0",
            "SET @@session.autocommit = OFF",
        ] {
            assert_eq!(after(&[begin, "UPDATE t SET a = 1"]), Some(true), "{begin}");
        }
        assert_eq!(after(&["COMMIT", "BEGIN", "SELECT 1", "SAVEPOINT a"]), Some(true));
        assert_eq!(after(&["BEGIN", "SET NAMES utf8mb4", "USE shop"]), Some(true));
    }

    #[test]
    fn a_commit_or_rollback_ends_it_but_not_back_to_a_savepoint() {
        for end in [
            "COMMIT",
            "commit work;",
            "ROLLBACK",
            "ROLLBACK AND NO CHAIN RELEASE",
            "COMMIT AND NO CHAIN",
        ] {
            assert_eq!(after(&["BEGIN", "UPDATE t SET a = 1", end]), Some(false), "{end}");
            assert_eq!(after(&["BEGIN", end, "SELECT 1"]), Some(false), "{end}");
        }
        for partial in [
            "ROLLBACK TO a",
            "ROLLBACK WORK TO SAVEPOINT a",
            "RELEASE SAVEPOINT a",
        ] {
            assert_eq!(after(&["BEGIN", "SAVEPOINT a", partial]), Some(true), "{partial}");
        }
        assert_eq!(after(&["COMMIT AND CHAIN"]), Some(true));
    }

    #[test]
    fn autocommit_off_opens_one_with_the_next_statement() {
        assert_eq!(after(&["SET autocommit=0"]), Some(false));
        assert_eq!(after(&["SET autocommit=0", "SELECT a FROM t"]), Some(true));
    }

    #[test]
    fn what_may_commit_or_is_not_known_is_undetermined() {
        for other in [
            "SET autocommit=1",
            "CREATE TABLE a (b INT)",
            "ALTER TABLE a ADD c INT",
            "TRUNCATE a",
            "LOCK TABLES a WRITE",
            "CALL close_day()",
            "EXECUTE stmt",
            "XA START 'a'",
            "BEGIN NOT ATOMIC SELECT 1",
            "START SLAVE",
            "/*!50000 COMMIT */",
            "/*M! COMMIT */",
            "UPDATE t SET a = 1; COMMIT",
            "(SELECT 1); COMMIT",
            "",
        ] {
            assert_eq!(after(&["BEGIN", other]), None, "{other}");
            assert_eq!(after(&["BEGIN", other, "SELECT 1"]), None, "{other}");
        }
        assert_eq!(is_open([None, Some("BEGIN")].into_iter()), None, "without text");
        assert_eq!(after(&["SELECT 1", "SELECT 2"]), None, "no longer kept");
        assert_eq!(after(&[]), None);
    }

    #[test]
    fn a_semicolon_in_quotes_does_not_end_a_statement() {
        let quoted = [
            "SELECT 'a;b'",
            "SELECT \"a\\\";b\"",
            "SELECT `a;b` ; ",
            "SELECT 'it''s; b'",
        ];
        for sql in quoted {
            assert_eq!(after(&["BEGIN", sql]), Some(true), "{sql}");
        }
    }
}
