//! Texts that many sessions share, kept once.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Limit, Text};

/// A store of names and moments, kept from one list to the next.
///
/// Only texts that are kept whole are stored: their raw form finds them again. [`Interner::prune`] lets go of what no session holds any more.
#[derive(Debug, Default)]
pub struct Interner {
    names: FxHashSet<Whole>,
    moments: FxHashMap<Whole, Option<i64>>,
    /// How many rows the last list had; the next one has about as many.
    pub(super) rows: usize,
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

impl Interner {
    /// A name, cleaned.
    pub fn name(&mut self, raw: &str) -> Text {
        if let Some(known) = self.names.get(raw) {
            return known.0.clone();
        }
        let text = Text::clean(raw, Limit::Name);
        if text.raw().whole().is_some() {
            self.names.insert(Whole(text.clone()));
        }
        text
    }

    /// A moment as it was sent, and what `read` makes of it (asked once for each text).
    pub fn moment(&mut self, raw: &str, read: impl FnOnce(&str) -> Option<i64>) -> (Text, Option<i64>) {
        if let Some((known, at)) = self.moments.get_key_value(raw) {
            return (known.0.clone(), *at);
        }
        let text = Text::clean(raw, Limit::Name);
        let at = read(raw);
        if text.raw().whole().is_some() {
            self.moments.insert(Whole(text.clone()), at);
        }
        (text, at)
    }

    /// Lets go of every text that nothing else holds.
    pub fn prune(&mut self) {
        self.names.retain(|name| name.0.owners() > 1);
        self.moments.retain(|moment, _| moment.0.owners() > 1);
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
