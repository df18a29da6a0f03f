//! Patterns with `*` (anything, nothing too) and `?` (one character). Case counts.

/// A pattern, taken apart at its stars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    source: String,
    /// What a text must begin with; without any star, what it must be.
    head: Piece,
    /// What must follow somewhere, one after the other.
    middle: Vec<Piece>,
    /// What it must end with; nothing if there is no star.
    tail: Option<Piece>,
}

/// A stretch without a star.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    has_any: bool,
}

impl Glob {
    pub(super) fn new(source: &str) -> Self {
        let mut pieces = source.split('*').map(Piece::new);
        let head = pieces.next().unwrap_or_else(|| Piece::new(""));
        let tail = pieces.next_back();
        Self {
            source: source.to_owned(),
            head,
            middle: pieces.filter(|piece| !piece.text.is_empty()).collect(),
            tail,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// Each piece is taken where it comes first: if any choice fits, that one does.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = self.head.strip(text) else {
            return false;
        };
        let Some(tail) = &self.tail else {
            return rest.is_empty();
        };
        for piece in &self.middle {
            let Some(after) = piece.find(rest) else {
                return false;
            };
            rest = after;
        }
        tail.ends(rest)
    }
}

impl Piece {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            has_any: text.contains('?'),
        }
    }

    /// What follows it at the beginning of a text.
    fn strip<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !self.has_any {
            return text.strip_prefix(self.text.as_str());
        }
        let mut rest = text.chars();
        for wanted in self.text.chars() {
            let found = rest.next()?;
            if wanted != '?' && wanted != found {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// What follows it where it comes first.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !self.has_any {
            return text.split_once(self.text.as_str()).map(|(_, after)| after);
        }
        let starts = text.char_indices().map(|(start, _)| start);
        starts
            .filter_map(|start| text.get(start..))
            .find_map(|from| self.strip(from))
    }

    fn ends(&self, text: &str) -> bool {
        if !self.has_any {
            return text.ends_with(self.text.as_str());
        }
        let mut rest = text.chars().rev();
        self.text
            .chars()
            .rev()
            .all(|wanted| rest.next().is_some_and(|found| wanted == '?' || wanted == found))
    }
}
