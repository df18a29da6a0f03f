//! What the system, a library or the other side said, as it may be shown.

use crate::model::{Limit, Text};

/// One cleaned line.
pub(super) fn line(text: &str) -> Text {
    Text::clean(text, Limit::Line)
}
