//! SQL without literals, comments and accounts. Keywords and identifiers stay.
//!
//! How a server reads a text depends on its settings: a backslash may escape a quote or not, and `"` may start a
//! string or an identifier. Where both ways of reading differ, the rest of the text is left out.

/// Mark in place of a literal.
const LITERAL: &str = "?";
/// First words of statements that only name accounts.
const ACCOUNT_STATEMENTS: [&str; 3] = ["GRANT", "REVOKE", "CHANGE"];
/// First words of statements that name accounts if one of [`ACCOUNT_WORDS`] follows.
const MAYBE_ACCOUNT_STATEMENTS: [&str; 7] = ["CREATE", "ALTER", "DROP", "RENAME", "SET", "SHOW", "KILL"];
/// Words before accounts.
const ACCOUNT_WORDS: [&str; 6] = ["USER", "ROLE", "GRANTS", "PASSWORD", "DEFINER", "AUTHORIZATION"];
/// Number of words in which these are searched.
const STARTING_WORDS: usize = 6;

/// A part of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// White space, or a comment.
    Space,
    /// A keyword, or an identifier without quotes.
    Word(&'a str),
    /// An identifier in backticks, with them.
    Quoted(&'a str),
    /// A literal, or an account.
    Literal,
    /// Any other character.
    Sign(char),
}

/// Returns the text with a `?` in place of each literal and account.
pub(super) fn without_literals(sql: &str) -> String {
    let pieces = without_accounts(&pieces(sql));
    let statements = pieces.split(|piece| *piece == Piece::Sign(';'));
    let statements: Vec<_> = statements.map(statement).collect();
    statements.join(";")
}

/// Returns one statement. One that names accounts is cut after its first two words.
fn statement(pieces: &[Piece<'_>]) -> String {
    let words = pieces.iter().filter_map(|piece| match piece {
        Piece::Word(word) => Some(*word),
        _ => None,
    });
    let start: Vec<&str> = words.take(STARTING_WORDS).collect();
    if names_accounts(&start) {
        let kept = start.get(..2).unwrap_or(&start);
        return format!("{} {LITERAL}", kept.join(" "));
    }
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Space if text.is_empty() || text.ends_with(' ') => {}
            Piece::Space => text.push(' '),
            Piece::Word(word) | Piece::Quoted(word) => text.push_str(word),
            Piece::Literal => text.push_str(LITERAL),
            Piece::Sign(sign) => text.push(*sign),
        }
    }
    text
}

fn names_accounts(start: &[&str]) -> bool {
    let is_one_of = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    let Some((first, others)) = start.split_first() else {
        return false;
    };
    is_one_of(first, &ACCOUNT_STATEMENTS)
        || (is_one_of(first, &MAYBE_ACCOUNT_STATEMENTS)
            && others.iter().any(|word| is_one_of(word, &ACCOUNT_WORDS)))
}

/// Replaces accounts, such as `app@10.0.0.7`, by one literal. User variables stay.
fn without_accounts<'a>(pieces: &[Piece<'a>]) -> Vec<Piece<'a>> {
    let mut kept: Vec<Piece<'a>> = Vec::with_capacity(pieces.len());
    let mut rest = pieces;
    while let Some((piece, after)) = rest.split_first() {
        rest = after;
        let is_host = matches!(
            rest.iter().find(|piece| **piece != Piece::Space),
            Some(Piece::Word(_) | Piece::Quoted(_) | Piece::Literal | Piece::Sign('%'))
        );
        let name = kept.iter().rposition(|piece| *piece != Piece::Space);
        let is_after_name = match name.and_then(|place| kept.get(place)) {
            Some(Piece::Quoted(_) | Piece::Literal) => true,
            Some(Piece::Word(_)) => name.is_some_and(|place| place + 1 == kept.len()),
            _ => false,
        };
        if *piece != Piece::Sign('@') || !is_host || !is_after_name {
            kept.push(*piece);
            continue;
        }
        while kept.last() == Some(&Piece::Space) {
            kept.pop();
        }
        while kept.last().is_some_and(is_part_of_account) {
            kept.pop();
        }
        kept.push(Piece::Literal);
        let spaces = rest.iter().take_while(|piece| **piece == Piece::Space).count();
        let host = rest
            .iter()
            .skip(spaces)
            .take_while(|piece| is_part_of_account(piece))
            .count();
        rest = rest.get(spaces + host..).unwrap_or_default();
    }
    kept
}

const fn is_part_of_account(piece: &Piece<'_>) -> bool {
    matches!(
        piece,
        Piece::Word(_) | Piece::Quoted(_) | Piece::Literal | Piece::Sign('.' | '-' | '%' | ':')
    )
}

/// Splits a text. After a literal whose end is uncertain there is nothing more.
fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (piece, length) = match first {
            _ if first.is_whitespace() => (Piece::Space, run(rest, char::is_whitespace)),
            '#' => (Piece::Space, line(rest)),
            '-' if is_line_comment(rest) => (Piece::Space, line(rest)),
            '/' if rest.starts_with("/*") => (Piece::Space, comment(rest)),
            '\'' | '"' => (Piece::Literal, string(rest, first)),
            '`' => match identifier(rest) {
                Some(length) => (Piece::Quoted(rest.get(..length).unwrap_or_default()), length),
                None => (Piece::Literal, rest.len()),
            },
            _ if first.is_ascii_digit() => (Piece::Literal, number(rest)),
            '.' if !is_name(pieces.last()) && second(rest).is_some_and(|c| c.is_ascii_digit()) => {
                (Piece::Literal, number(rest))
            }
            _ if is_word(first) => {
                let length = run(rest, is_word);
                (Piece::Word(rest.get(..length).unwrap_or_default()), length)
            }
            _ => (Piece::Sign(first), first.len_utf8()),
        };
        pieces.push(piece);
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    pieces
}

const fn is_name(piece: Option<&Piece<'_>>) -> bool {
    matches!(piece, Some(Piece::Word(_) | Piece::Quoted(_)))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

fn second(text: &str) -> Option<char> {
    text.chars().nth(1)
}

/// Returns the length of the start of a text whose characters are all of one kind.
fn run(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_in(c)).unwrap_or(text.len())
}

fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn is_line_comment(text: &str) -> bool {
    let after = text.strip_prefix("--").map(|after| after.chars().next());
    after.is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || c.is_control()))
}

/// Returns the length of a comment, with the comments in it. Without an end, and if it may be executed and has quotes
/// or comments, everything up to the end of the text belongs to it.
fn comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut place = 0;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        place += step;
        if depth == 0 {
            break;
        }
    }
    let content = text.get(2..place).unwrap_or_default();
    let is_executed = content.starts_with('!') || content.starts_with("M!");
    let is_uncertain =
        content.contains(['\'', '"', '`', '#', '\\']) || content.contains("--") || content.contains("/*");
    if is_executed && is_uncertain {
        text.len()
    } else {
        place
    }
}

/// Returns the length of a string. A quote after an odd number of backslashes may end it or not: then everything up to
/// the end of the text belongs to it.
fn string(text: &str, quote: char) -> usize {
    let mut backslashes = 0_usize;
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((place, c)) = chars.next() {
        if c == '\\' {
            backslashes += 1;
            continue;
        }
        if c == quote {
            if backslashes % 2 == 1 {
                return text.len();
            }
            if chars.next_if(|(_, next)| *next == quote).is_none() {
                return place + 1;
            }
        }
        backslashes = 0;
    }
    text.len()
}

/// Returns the length of an identifier in backticks; `None` without an end.
fn identifier(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((place, c)) = chars.next() {
        if c == '`' && chars.next_if(|(_, next)| *next == '`').is_none() {
            return Some(place + 1);
        }
    }
    None
}

/// Returns the length of a number, in any base. Letters after it belong to it.
fn number(text: &str) -> usize {
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    let mut before = ' ';
    for (place, c) in text.char_indices() {
        let is_exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex;
        if !is_word(c) && c != '.' && !is_exponent_sign {
            return place;
        }
        before = c;
    }
    text.len()
}
