//! Decodes facts on another thread while the screen of their moment is built, so that a jump takes less time.

use std::sync::mpsc;
use std::thread;

use crate::recording::{Fact, RecordingError};

/// Number of facts that are decoded ahead.
const MAX_AHEAD: usize = 8;

/// A fact, or why it cannot be read.
pub(super) type Read = Result<Fact, RecordingError>;

/// Calls `build` with the facts that `next` returns until it returns `None`. `next` runs on a thread of its own.
///
/// # Errors
///
/// Returns the error of `build`, or an error if the thread cannot be started.
pub(super) fn read_ahead<T>(
    next: impl FnMut() -> Option<Read> + Send,
    build: impl FnOnce(mpsc::IntoIter<Read>) -> Result<T, RecordingError>,
) -> Result<T, RecordingError> {
    let (sender, receiver) = mpsc::sync_channel(MAX_AHEAD);
    thread::scope(|scope| {
        let decode = move || {
            for fact in std::iter::from_fn(next) {
                // The rest is not needed after an error.
                if sender.send(fact).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name("decode".to_owned())
            .spawn_scoped(scope, decode)
            .map_err(|error| RecordingError::Thread(error.to_string()))?;
        build(receiver.into_iter())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Now, Text, TextLimit};
    use crate::recording::FactKind;

    #[expect(clippy::unnecessary_wraps, reason = "the form that a source returns")]
    fn note(number: usize) -> Read {
        let text = Text::clean(&number.to_string(), TextLimit::Line);
        Ok(Fact {
            at: Now::default(),
            endpoint: None,
            kind: FactKind::Note(text),
        })
    }

    fn number(fact: &Fact) -> usize {
        match &fact.kind {
            FactKind::Note(text) => text.as_str().parse().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn all_facts_arrive_in_their_order_and_the_source_goes_on_after_them() {
        let mut source = (0..100).map(note).peekable();
        let is_early = |fact: &Read| fact.as_ref().is_ok_and(|fact| number(fact) < 50);
        let next = || source.next_if(is_early);
        let read = read_ahead(next, Iterator::collect::<Result<Vec<_>, _>>).unwrap();
        let numbers: Vec<_> = read.iter().map(number).collect();
        assert_eq!(numbers, (0..50).collect::<Vec<_>>());
        assert_eq!(source.count(), 50);
    }

    #[test]
    fn a_reader_that_stops_does_not_wait_for_the_rest() {
        let mut numbers = 0..1_000_000;
        let read = read_ahead(
            || numbers.next().map(note),
            |mut facts| Ok(facts.next().is_some()),
        );
        assert!(read.unwrap());
        assert!(numbers.start < 1_000_000);
    }
}
