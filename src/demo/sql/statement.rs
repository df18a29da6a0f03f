//! Statements of maxtop: the name in their first comment, and the selected columns.

/// A statement. Only its name, its columns and its limit are parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SqlStatement<'a> {
    /// Name in the comment `/* maxtop NAME */` at the beginning.
    pub(super) name: &'a str,
    /// Text after the comment.
    pub(super) text: &'a str,
    /// Selected columns. Empty if the statement selects nothing.
    pub(super) columns: Vec<SelectedColumn<'a>>,
    /// Number in the last `LIMIT` outside parentheses.
    pub(super) limit: Option<usize>,
}

/// A column of a `SELECT`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SelectedColumn<'a> {
    /// Alias, or the expression if it has none.
    pub(super) field: &'a str,
    pub(super) expression: &'a str,
}

impl<'a> SqlStatement<'a> {
    /// Parses a statement. Returns `None` without the comment.
    pub(super) fn parse(sql: &'a str) -> Option<Self> {
        let (comment, text) = sql.trim_start().strip_prefix("/*")?.split_once("*/")?;
        let name = comment.trim().strip_prefix("maxtop ")?.trim();
        let words = outer_words(text);
        let find = |wanted: &str| words.iter().find(|(word, _)| word.eq_ignore_ascii_case(wanted));
        let columns = find("SELECT").map_or_else(Vec::new, |(word, start)| {
            let from = *start + word.len();
            let end = words
                .iter()
                .find(|(word, at)| *at > *start && is_clause(word))
                .map_or(text.len(), |(_, at)| *at);
            columns(text.get(from..end).unwrap_or_default())
        });
        let limit = words.windows(2).rev().find_map(|pair| match pair {
            [(word, _), (number, _)] if word.eq_ignore_ascii_case("LIMIT") => number.parse().ok(),
            _ => None,
        });
        Some(Self {
            name,
            text: text.trim(),
            columns,
            limit,
        })
    }
}

fn is_clause(word: &str) -> bool {
    ["FROM", "WHERE", "UNION", "LIMIT", "ORDER"]
        .iter()
        .any(|clause| word.eq_ignore_ascii_case(clause))
}

/// Returns the words outside parentheses and quotes, with their places.
fn outer_words(text: &str) -> Vec<(&str, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (place, c, outer) in outer_characters(text).chain([(text.len(), ' ', true)]) {
        let in_word = outer && (c.is_alphanumeric() || c == '_');
        match start {
            None if in_word => start = Some(place),
            Some(from) if !in_word => {
                words.push((text.get(from..place).unwrap_or_default(), from));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Returns each character with its place, and whether it is outside parentheses and quotes.
fn outer_characters(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let (mut depth, mut quote) = (0_usize, None);
    text.char_indices().map(move |(place, c)| {
        let outer = depth == 0 && quote.is_none();
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        (place, c, outer && !matches!(c, '(' | ')'))
    })
}

fn columns(list: &str) -> Vec<SelectedColumn<'_>> {
    let commas = outer_characters(list).filter(|(_, c, outer)| *outer && *c == ',');
    let ends = commas.map(|(place, ..)| place).chain([list.len()]);
    let mut start = 0;
    ends.map(|end| {
        let column = list.get(start..end).unwrap_or_default().trim();
        start = end + 1;
        column
    })
    .filter(|column| !column.is_empty())
    .map(column)
    .collect()
}

fn column(text: &str) -> SelectedColumn<'_> {
    let alias = outer_words(text)
        .into_iter()
        .rev()
        .find(|(word, _)| word.eq_ignore_ascii_case("AS"));
    let parts = alias.and_then(|(word, at)| Some((text.get(..at)?, text.get(at + word.len()..)?)));
    let (expression, field) = parts.unwrap_or_else(|| {
        let plain = text.chars().all(|c| c.is_alphanumeric() || "_.`".contains(c));
        let last = text.rsplit('.').next().unwrap_or(text);
        (text, if plain { last } else { text })
    });
    SelectedColumn {
        field: field.trim().trim_matches(|c| c == '`' || c == '\''),
        expression: expression.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(sql: &str) -> Vec<(&str, &str)> {
        let statement = SqlStatement::parse(sql).unwrap();
        let columns = statement.columns.into_iter();
        columns.map(|column| (column.field, column.expression)).collect()
    }

    #[test]
    fn the_name_is_in_the_first_comment() {
        let named = |sql| SqlStatement::parse(sql).map(|statement| statement.name);
        assert_eq!(named("/* maxtop threads */ SELECT 1"), Some("threads"));
        assert_eq!(named(" /*maxtop lock-count*/SELECT 1"), Some("lock-count"));
        assert_eq!(named("SELECT /* maxtop threads */ 1"), None);
        assert_eq!(named("/* threads */ SELECT 1"), None);
        assert_eq!(named("/* maxtop threads"), None);
    }

    #[test]
    fn columns_end_at_the_first_clause_and_have_aliases() {
        let sql = "/* maxtop transactions */ SET STATEMENT max_statement_time=1 FOR \
                   SELECT t.trx_state AS state, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS `age`, \
                   r.`ID`, COUNT(*), 'a, FROM' AS text FROM information_schema.INNODB_TRX t WHERE 1 LIMIT 7";
        let expected = [
            ("state", "t.trx_state"),
            ("age", "TIMESTAMPDIFF(SECOND, trx_started, NOW())"),
            ("ID", "r.`ID`"),
            ("COUNT(*)", "COUNT(*)"),
            ("text", "'a, FROM'"),
        ];
        assert_eq!(fields(sql), expected);
        assert_eq!(SqlStatement::parse(sql).unwrap().limit, Some(7));
        let none: [(&str, &str); 0] = [];
        assert_eq!(fields("/* maxtop setup */ SET SESSION wait_timeout=60"), none);
        assert_eq!(
            fields("/* maxtop server */ SELECT @@hostname AS h, CONNECTION_ID() AS c"),
            [("h", "@@hostname"), ("c", "CONNECTION_ID()")]
        );
    }

    #[test]
    fn a_subquery_is_a_part_of_its_column() {
        let sql = "/* maxtop server */ SELECT (SELECT x FROM y LIMIT 3) AS x, b FROM z";
        assert_eq!(fields(sql), [("x", "(SELECT x FROM y LIMIT 3)"), ("b", "b")]);
        assert_eq!(SqlStatement::parse(sql).unwrap().limit, None);
    }
}
