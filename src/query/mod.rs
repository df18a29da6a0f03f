//! The filter: for now one text that is looked for, ignoring case, in every text of a session.
//!
//! Used by `app` (the table), `kill` (is it still what was meant?) and the one-shot commands; uses
//! `model` only.

mod subject;

use crate::model::{Phase, Session, Text};

pub use subject::{Subject, Truth};

/// A filter as it was typed, ready to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    /// Lower case, without blanks at its ends; empty matches everything.
    needle: String,
}

impl Filter {
    /// Reads a filter. Every text is one.
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            needle: text.trim().to_lowercase(),
        }
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.needle.is_empty()
    }

    /// Whether a session matches, as far as is known.
    pub fn judge(&self, subject: &Subject<'_>) -> Truth {
        let session = subject.session;
        Truth::of(self.is_empty() || self.matches_number(session) || self.matches_text(session))
    }

    /// Whether a session certainly matches.
    pub fn matches(&self, session: &Session) -> bool {
        self.judge(&Subject::new(session)).is_yes()
    }

    fn matches_number(&self, session: &Session) -> bool {
        let digits = self.needle.bytes().all(|byte| byte.is_ascii_digit());
        digits
            && (session.id.to_string().contains(&self.needle)
                || self.has(session.port.map(|p| p.to_string()).as_deref()))
    }

    fn matches_text(&self, session: &Session) -> bool {
        // What the table shows is found as well as what the server sent.
        if self.has(session.phase().map(Phase::name)) {
            return true;
        }
        let rows = [&session.user, &session.address, &session.service, &session.state];
        if rows
            .into_iter()
            .any(|text| self.has(text.as_ref().map(Text::as_str)))
        {
            return true;
        }
        if self.needle.contains(':') && self.has(session.origin().as_deref()) {
            return true;
        }
        session.extra.as_ref().is_some_and(|extra| {
            let sql = extra.running.as_ref().and_then(|running| running.sql.as_ref());
            self.has(extra.program.as_ref().map(Text::as_str))
                || self.has(sql.map(Text::as_str))
                || self.has(extra.pid.map(|pid| pid.to_string()).as_deref())
                || extra
                    .backends
                    .iter()
                    .any(|backend| self.has(Some(backend.server.as_str())))
        })
    }

    fn has(&self, text: Option<&str>) -> bool {
        text.is_some_and(|text| contains_ignoring_case(text, &self.needle))
    }
}

/// `needle` is lower case already. ASCII, the usual case, is compared without allocating.
fn contains_ignoring_case(text: &str, needle: &str) -> bool {
    if text.is_ascii() {
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        text.windows(needle.len())
            .any(|part| part.eq_ignore_ascii_case(needle))
    } else {
        text.to_lowercase().contains(needle)
    }
}

#[cfg(test)]
mod tests;
