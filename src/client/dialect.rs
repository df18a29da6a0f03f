//! Detects the dialect of an endpoint by the shape of its list (docs/maxscale-api.md#dialects).

use std::sync::{Mutex, PoisonError};

use crate::model::Dialect;
use crate::wire::Shape;

/// The dialect of an endpoint, shared by the requests of one client.
#[derive(Debug)]
pub(super) struct DialectDetector {
    forced: Option<Dialect>,
    found: Mutex<Option<Dialect>>,
}

impl DialectDetector {
    pub(super) const fn new(forced: Option<Dialect>) -> Self {
        Self {
            forced,
            found: Mutex::new(forced),
        }
    }

    /// Returns the dialect if it was detected or is set by the user.
    pub(super) fn known(&self) -> Option<Dialect> {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the dialect of a successful list. It is valid until a list of the other dialect succeeds;
    /// failures prove nothing.
    pub(super) fn set(&self, dialect: Dialect) {
        let dialect = self.forced.unwrap_or(dialect);
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(dialect);
    }

    /// Whether the dialect is set by the user.
    pub(super) const fn is_forced(&self) -> bool {
        self.forced.is_some()
    }
}

/// The next step after the reply to a request for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DialectStep {
    /// Use the reply: rows, or the reason why there are none.
    Take,
    /// Send the request in this dialect instead.
    Ask(Dialect),
}

/// Returns the next step. A 404 and a body of the other shape depend on the dialect; a 401, a 5xx or HTML
/// do not.
///
/// `MaxScale` serves its JSON:API list under the draft's path too (2.4 and later), so the path of the
/// reply proves nothing.
pub(super) fn next(requested: Dialect, status: u16, shape: Shape) -> DialectStep {
    match (requested, status, shape) {
        (Dialect::JsonApi, 404, _) | (Dialect::JsonApi, 200, Shape::Array) => {
            DialectStep::Ask(Dialect::Draft)
        }
        (Dialect::Draft, 404, _) | (Dialect::Draft, 200, Shape::Object) => DialectStep::Ask(Dialect::JsonApi),
        _ => DialectStep::Take,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{Draft, JsonApi};

    #[test]
    fn the_shape_tells_the_dialect() {
        assert_eq!(next(JsonApi, 200, Shape::Object), DialectStep::Take);
        assert_eq!(next(Draft, 200, Shape::Array), DialectStep::Take);
        assert_eq!(next(JsonApi, 200, Shape::Array), DialectStep::Ask(Draft));
        assert_eq!(next(Draft, 200, Shape::Object), DialectStep::Ask(JsonApi));
    }

    #[test]
    fn a_404_means_the_other_one() {
        for shape in [Shape::Empty, Shape::Object, Shape::Html] {
            assert_eq!(next(JsonApi, 404, shape), DialectStep::Ask(Draft));
            assert_eq!(next(Draft, 404, shape), DialectStep::Ask(JsonApi));
        }
    }

    #[test]
    fn refusals_errors_and_pages_say_nothing() {
        for status in [401, 403, 500, 503, 302] {
            for shape in [Shape::Array, Shape::Object, Shape::Empty, Shape::Html] {
                assert_eq!(next(JsonApi, status, shape), DialectStep::Take);
            }
        }
        assert_eq!(next(JsonApi, 200, Shape::Html), DialectStep::Take);
        assert_eq!(next(Draft, 200, Shape::Empty), DialectStep::Take);
    }

    #[test]
    fn a_forced_dialect_is_never_unlearned() {
        let forced = DialectDetector::new(Some(Draft));
        forced.set(JsonApi);
        assert_eq!(forced.known(), Some(Draft));
        let free = DialectDetector::new(None);
        assert_eq!(free.known(), None);
        free.set(JsonApi);
        free.set(Draft);
        assert_eq!(free.known(), Some(Draft));
    }
}
