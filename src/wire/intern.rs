//! Texts that many sessions share, kept once.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet};

use super::bounds::ALLOCATION;
use crate::model::{Text, TextLimit};

/// A store of names and moments, kept from one list to the next.
///
/// Only texts that are kept whole are stored: their raw form finds them again. [`Interner::prune`] lets go of what no session holds any more.
#[derive(Debug, Default)]
pub struct Interner {
    names: FxHashSet<Whole>,
    moments: FxHashMap<Whole, Option<i64>>,
    /// How many rows the last list had; the next one has about as many.
    pub(super) rows: usize,
    /// Estimated memory of the texts that are kept.
    kept_bytes: usize,
    /// Estimated memory of the texts that were made since, and are not kept.
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

/// Memory of a text beside its characters: counts, lengths, a digest and two allocations.
const TEXT_SIZE: usize = 80 + 2 * ALLOCATION;

fn size(text: &Text) -> usize {
    let (shown, raw) = (text.as_str(), text.raw().kept());
    let second = if raw == shown { 0 } else { raw.len() + ALLOCATION };
    TEXT_SIZE + shown.len() + second
}

impl Interner {
    /// A name, cleaned.
    pub fn name(&mut self, raw: &str) -> Text {
        if let Some(known) = self.names.get(raw) {
            return known.0.clone();
        }
        let text = Text::clean(raw, TextLimit::Name);
        if self.counted(&text) {
            self.names.insert(Whole(text.clone()));
        }
        text
    }

    /// A text that hardly comes twice, cleaned and not kept.
    pub fn text(&mut self, raw: &str, limit: TextLimit) -> Text {
        let text = Text::clean(raw, limit);
        self.loose_bytes += size(&text);
        text
    }

    /// A moment as it was sent, and what `read` makes of it (asked once for each text).
    pub fn moment(&mut self, raw: &str, read: impl FnOnce(&str) -> Option<i64>) -> (Text, Option<i64>) {
        if let Some((known, at)) = self.moments.get_key_value(raw) {
            return (known.0.clone(), *at);
        }
        let text = Text::clean(raw, TextLimit::Name);
        let at = read(raw);
        if self.counted(&text) {
            self.moments.insert(Whole(text.clone()), at);
        }
        (text, at)
    }

    /// Counts a new text. Returns `true` if it can be kept.
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

    /// Estimated memory of the texts that are kept, and of those made since the last list.
    pub(super) const fn bytes(&self) -> usize {
        self.kept_bytes.saturating_add(self.loose_bytes)
    }

    /// Forgets the texts that were made and not kept: a list starts.
    pub(super) const fn forget_loose(&mut self) {
        self.loose_bytes = 0;
    }

    /// Lets go of every text that nothing else holds.
    pub fn prune(&mut self) {
        self.names.retain(|name| name.0.owners() > 1);
        self.moments.retain(|moment, _| moment.0.owners() > 1);
        let kept = self.names.iter().chain(self.moments.keys());
        self.kept_bytes = kept.map(|text| size(&text.0)).sum();
    }

    /// How many texts it holds.
    pub fn len(&self) -> usize {
        self.names.len() + self.moments.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
