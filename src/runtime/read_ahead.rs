//! Decodes facts on another thread while the screen of their moment is built, so that a jump takes less time.

use std::io;
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
/// Returns an error if the thread cannot be started.
pub(super) fn read_ahead<T>(
    next: impl FnMut() -> Option<Read> + Send,
    build: impl FnOnce(mpsc::IntoIter<Read>) -> T,
) -> io::Result<T> {
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
            .spawn_scoped(scope, decode)?;
        Ok(build(receiver.into_iter()))
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

    #[test]
    fn all_facts_arrive_in_their_order_and_the_source_goes_on_after_them() {
        let mut left = (0..100).map(note);
        let first = || left.by_ref().take(1).next();
        let mut taken = 0;
        let mut first = first;
        let next = || {
            taken += 1;
            if taken <= 50 { first() } else { None }
        };
        let read = read_ahead(next, |facts| {
            facts
                .map(|fact| format!("{:?}", fact.unwrap().kind))
                .collect::<Vec<_>>()
        });
        let wanted: Vec<_> = (0..50)
            .map(|number| format!("{:?}", note(number).unwrap().kind))
            .collect();
        assert_eq!(read.unwrap(), wanted);
        assert_eq!(left.count(), 50);
    }

    #[test]
    fn a_reader_that_stops_does_not_wait_for_the_rest() {
        let mut numbers = 0..1_000_000;
        let read = read_ahead(|| numbers.next().map(note), |mut facts| facts.next().is_some());
        assert!(read.unwrap());
        assert!(numbers.start < 1_000_000);
    }
}
