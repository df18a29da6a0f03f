//! The cost of a past moment with 1,000 sessions.

use std::time::{Duration, Instant};

use super::Watcher;
use super::recording::facts;
use crate::app::endpoint::EndpointState;
use crate::app::past::{HistoryExtent, Moment};
use crate::app::{App, AppSettings};
use crate::recording::{HISTORY_BYTES, HISTORY_SPAN, History};

/// Maximum time without optimization; with it a tenth.
const MAX_TIME: Duration = Duration::from_secs(10);

#[test]
fn a_past_moment_of_a_thousand_sessions_is_built_soon() {
    let mut watcher = Watcher::with_incidents(1_000, 10);
    let facts = facts(&mut watcher);
    let mut history = History::new(1, HISTORY_BYTES, HISTORY_SPAN).unwrap();
    let began = Instant::now();
    for fact in &facts {
        history.push(fact).unwrap();
    }
    let per_list = began.elapsed() / u32::try_from(facts.len()).unwrap();
    let endpoint = EndpointState::new("demo".to_owned(), false, Vec::new());
    let app = App::new(AppSettings::default(), vec![endpoint], (120, 40));
    let (from, to) = history.span().unwrap();
    let began = Instant::now();
    let moment = Moment {
        at: to.elapsed,
        live: to,
        extent: HistoryExtent {
            from,
            bytes: history.bytes(),
        },
        session: None,
    };
    let past = app
        .past_screen(None)
        .at(moment, history.facts_until(to.elapsed))
        .unwrap()
        .unwrap();
    let took = began.elapsed();
    println!(
        "{took:?} for a moment, {per_list:?} for a list, {} bytes for {} lists",
        history.bytes(),
        facts.len()
    );
    assert_eq!(past.past_moment(), Some(to.elapsed));
    assert!(took < MAX_TIME, "{took:?}");
}
