//! Stores texts that many sessions share once.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::bounds::ALLOCATION;
use crate::model::{Connected, Text, TextLimit};

/// A store of names and dates, kept from one list to the next.
///
/// Stores only texts that are kept whole, because they are found by their raw form. [`Interner::prune`]
/// drops the texts that no session references.
#[derive(Debug, Default)]
pub struct Interner {
    names: FxHashSet<Whole>,
    moments: FxHashSet<Moment>,
    /// Number of rows of the last list, to reserve memory for the next one.
    pub(super) rows: usize,
    /// Estimated memory of the stored texts, in bytes.
    kept_bytes: usize,
    /// Estimated memory of the texts of this list that are not stored, in bytes.
    loose_bytes: usize,
}

/// A text that is kept whole, found by its raw form.
#[derive(Debug, PartialEq, Eq)]
struct Whole(Text);

impl Hash for Whole {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.raw().kept().hash(state);
    }
}

impl Borrow<str> for Whole {
    fn borrow(&self) -> &str {
        self.0.raw().kept()
    }
}

/// A time of connection, found by its raw text.
#[derive(Debug, PartialEq, Eq)]
struct Moment(Arc<Connected>);

impl Hash for Moment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.sent.raw().kept().hash(state);
    }
}

impl Borrow<str> for Moment {
    fn borrow(&self) -> &str {
        self.0.sent.raw().kept()
    }
}

/// Memory of a text without its characters, in bytes: counts, lengths, a digest and two allocations.
const TEXT_SIZE: usize = 80 + 2 * ALLOCATION;

fn size(text: &Text) -> usize {
    let (shown, raw) = (text.as_str(), text.raw().kept());
    let second = if raw == shown { 0 } else { raw.len() + ALLOCATION };
    TEXT_SIZE + shown.len() + second
}

impl Interner {
    /// Returns a sanitized name.
    pub(crate) fn name(&mut self, raw: &str) -> Text {
        if let Some(known) = self.names.get(raw) {
            return known.0.clone();
        }
        let text = Text::clean(raw, TextLimit::Name);
        if self.counted(&text) {
            self.names.insert(Whole(text.clone()));
        }
        text
    }

    /// Returns [`name`](Self::name), which is likely to be the same as `before`, a text of the previous list.
    pub(super) fn same_name(&mut self, raw: &str, before: Option<&Text>) -> Text {
        match before {
            Some(before) if before.raw().whole() == Some(raw) => before.clone(),
            _ => self.name(raw),
        }
    }

    /// Returns a sanitized text without storing it. For texts that are rarely repeated.
    pub(crate) fn text(&mut self, raw: &str, limit: TextLimit) -> Text {
        let text = Text::clean(raw, limit);
        self.loose_bytes += size(&text);
        text
    }

    /// Returns the time of a connection as sent, and the result of `read`, which is called once for each text.
    pub(crate) fn connected(&mut self, raw: &str, read: impl FnOnce(&str) -> Option<i64>) -> Arc<Connected> {
        if let Some(known) = self.moments.get(raw) {
            return Arc::clone(&known.0);
        }
        let sent = Text::clean(raw, TextLimit::Name);
        let is_kept = self.counted(&sent);
        let connected = Arc::new(Connected { sent, at: read(raw) });
        if is_kept {
            self.moments.insert(Moment(Arc::clone(&connected)));
        }
        connected
    }

    /// Counts a new text. Returns `true` if it can be stored.
    fn counted(&mut self, text: &Text) -> bool {
        let is_kept = text.raw().whole().is_some();
        let bytes = if is_kept {
            &mut self.kept_bytes
        } else {
            &mut self.loose_bytes
        };
        *bytes += size(text);
        is_kept
    }

    /// Returns the estimated memory of the stored texts and of the other texts of this list, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.kept_bytes.saturating_add(self.loose_bytes)
    }

    /// Resets the memory of texts that are not stored. Called at the start of a list.
    pub(super) const fn forget_loose(&mut self) {
        self.loose_bytes = 0;
    }

    /// Drops every text that no session references.
    pub(crate) fn prune(&mut self) {
        self.names.retain(|name| name.0.owners() > 1);
        // The text of a time may be shared without the time, as by a mark.
        self.moments.retain(|moment| Arc::strong_count(&moment.0) > 1);
        let names = self.names.iter().map(|name| &name.0);
        let moments = self.moments.iter().map(|moment| &moment.0.sent);
        self.kept_bytes = names.chain(moments).map(size).sum();
    }

    /// Returns the number of stored texts.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.names.len() + self.moments.len()
    }
}
