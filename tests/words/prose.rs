//! Finds the prose of a file: comments and texts of Rust code, lines of a document.

/// One line of a comment, a text or a document.
pub(crate) struct Prose {
    /// Number of the line, from 1.
    pub(crate) line: usize,
    /// The words, without code in backticks.
    pub(crate) text: String,
    /// Whether this is the first line of a doc comment.
    pub(crate) opens_doc: bool,
}

/// Returns the lines of a document.
pub(crate) fn of_document(source: &str) -> Vec<Prose> {
    let lines = source.lines().zip(1..);
    lines
        .map(|(line, number)| Prose {
            line: number,
            text: without_code(line),
            opens_doc: false,
        })
        .collect()
}

/// Returns the comments of Rust code, and the string literals that have a blank if `with_texts`.
pub(crate) fn of_source(source: &str, with_texts: bool) -> Vec<Prose> {
    let mut found = Vec::new();
    let mut in_doc = false;
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let at = source.len() - rest.len();
        if rest.starts_with("//") {
            let comment = until(rest, "\n");
            let documents = comment.starts_with("///") || comment.starts_with("//!");
            found.push(Prose {
                line: line_of(source, at),
                text: without_code(comment.trim_start_matches(['/', '!']).trim()),
                opens_doc: documents && !in_doc,
            });
            in_doc = documents;
            rest = skip(rest, comment.len());
            continue;
        }
        if !next.is_whitespace() {
            in_doc = false;
        }
        let length = literal(rest);
        if length > 1 {
            let text = rest.get(..length).unwrap_or_default();
            if with_texts && text.starts_with(['"', 'r']) && text.contains(' ') {
                let lines = text.lines().zip(line_of(source, at)..);
                found.extend(lines.map(|(text, line)| Prose {
                    line,
                    text: without_code(text),
                    opens_doc: false,
                }));
            }
            rest = skip(rest, length);
        } else {
            let word = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_');
            rest = skip(rest, word.map(char::len_utf8).sum::<usize>().max(next.len_utf8()));
        }
    }
    found
}

/// Returns the length of the string or character literal that `code` begins with, or 0.
fn literal(code: &str) -> usize {
    if let Some(raw) = code.strip_prefix('r') {
        let hashes: String = raw.chars().take_while(|c| *c == '#').collect();
        if skip(raw, hashes.len()).starts_with('"') {
            let begin = hashes.len() + 2;
            let end = format!("\"{hashes}");
            return begin + until(skip(code, begin), &end).len() + end.len();
        }
        return 0;
    }
    let quote = match code.chars().next() {
        Some('"') => '"',
        // A character, not a lifetime.
        Some('\'') if code.starts_with("'\\") || code.chars().nth(2) == Some('\'') => '\'',
        _ => return 0,
    };
    let mut is_escaped = false;
    for (at, c) in code.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    code.len()
}

fn until<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).and_then(|at| text.get(..at)).unwrap_or(text)
}

fn skip(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or_default()
}

fn line_of(source: &str, at: usize) -> usize {
    source.get(..at).unwrap_or_default().matches('\n').count() + 1
}

/// Replaces what is in backticks by a blank: names of things keep their words.
fn without_code(text: &str) -> String {
    let mut pieces = text.split('`');
    let mut words = pieces.next().unwrap_or_default().to_owned();
    let rest: Vec<_> = pieces.collect();
    if rest.len() % 2 == 1 {
        // A backtick that is not closed on this line.
        return text.to_owned();
    }
    for piece in rest.iter().skip(1).step_by(2) {
        words.push_str(" ` ");
        words.push_str(piece);
    }
    words
}

#[test]
fn prose_is_comments_and_texts() {
    let code = "/// First `code` line.\n/// Second.\nfn a<'a>() { f('\\'', \"two words\", r#\"a \"raw\" one\"#, \"word\"); } // End\n";
    let found: Vec<_> = of_source(code, true)
        .into_iter()
        .map(|prose| (prose.line, prose.text, prose.opens_doc))
        .collect();
    let expected = [
        (1, "First  `  line.", true),
        (2, "Second.", false),
        (3, "\"two words\"", false),
        (3, "r#\"a \"raw\" one\"#", false),
        (3, "End", false),
    ];
    assert_eq!(
        found,
        expected.map(|(line, text, opens)| (line, text.to_owned(), opens))
    );
    assert!(
        of_source(code, false)
            .iter()
            .all(|prose| !prose.text.contains("words"))
    );
}
