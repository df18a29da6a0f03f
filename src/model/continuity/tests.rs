use proptest::prelude::*;

use super::*;
use crate::model::{Span, TextLimit, http_date};

/// Time at which all clocks agree, in Unix seconds.
const EPOCH: i64 = 1_795_450_000;

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

/// Returns a process that started this number of seconds after the epoch.
fn process(started: i64) -> ProcessStart {
    let at = jiff::Timestamp::from_second(EPOCH + started).unwrap();
    ProcessStart {
        started_at: text(&http_date(at)),
        datadir: Some(text("/var/lib/maxscale/data1")),
        node: Some(text("db-proxy-1")),
    }
}

fn reading(process: Option<ProcessStart>, uptime: Option<i64>) -> Instance {
    Instance {
        version: None,
        uptime: uptime.map(Span::from_secs),
        process,
        retained_statements: None,
    }
}

/// Observes a process that started at `started`, `now` seconds after the epoch, by a correct clock.
fn read(history: &mut ProcessHistory, started: i64, now: i64) -> Continuity {
    let reading = reading(Some(process(started)), Some(now - started));
    history.observe(&reading, Duration::from_secs(now.unsigned_abs()))
}

use Continuity::{Restarted, Same, SeveralProxies};

#[test]
fn one_process_stays_the_same_over_all_readings() {
    let mut history = ProcessHistory::default();
    let seen = [10, 11, 11, 500].map(|now| read(&mut history, 0, now));
    assert_eq!(seen, [Same; 4]);
}

#[test]
fn a_newer_process_is_a_restart() {
    let mut history = ProcessHistory::default();
    let seen = [(0, 100), (105, 110), (105, 111), (200, 201)];
    let seen = seen.map(|(started, now)| read(&mut history, started, now));
    assert_eq!(seen, [Same, Restarted, Same, Restarted]);
}

#[test]
fn a_process_that_comes_back_after_another_one_proves_several() {
    let mut history = ProcessHistory::default();
    let seen = [(0, 100), (50, 101), (0, 102), (50, 103), (50, 104)];
    let seen = seen.map(|(started, now)| read(&mut history, started, now));
    assert_eq!(seen, [Same, Restarted, SeveralProxies, SeveralProxies, Same]);
}

#[test]
fn three_proxies_in_turn_are_noticed_in_the_second_round() {
    let mut history = ProcessHistory::default();
    let seen = [0, 50, 70, 0, 50].map(|started| read(&mut history, started, 100));
    assert_eq!(seen, [Same, Restarted, Restarted, SeveralProxies, SeveralProxies]);
}

#[test]
fn an_older_process_that_ran_at_the_same_time_proves_several() {
    let mut history = ProcessHistory::default();
    assert_eq!(read(&mut history, 50, 100), Same);
    assert_eq!(read(&mut history, 0, 101), SeveralProxies);
}

#[test]
fn a_restart_after_the_servers_clock_was_set_back_is_a_restart() {
    let mut history = ProcessHistory::default();
    assert_eq!(read(&mut history, 3_600, 3_700), Same);
    // The clock of the server is an hour behind now; this process has run for 2 s.
    let restarted = reading(Some(process(105)), Some(2));
    assert_eq!(history.observe(&restarted, Duration::from_secs(3_710)), Restarted);
    let untimed = reading(Some(process(90)), None);
    assert_eq!(history.observe(&untimed, Duration::from_secs(3_721)), Restarted);
}

#[test]
fn a_clock_that_is_set_forward_after_a_restart_is_no_proof() {
    let mut history = ProcessHistory::default();
    assert_eq!(read(&mut history, 0, 100), Same);
    let restarted = reading(Some(process(105)), Some(7_200));
    assert_eq!(history.observe(&restarted, Duration::from_secs(110)), Restarted);
}

#[test]
fn a_long_silence_is_no_proof_that_both_ran_at_once() {
    let mut history = ProcessHistory::default();
    assert_eq!(read(&mut history, 100, 200), Same);
    let failed_over = reading(Some(process(50)), Some(3_000));
    assert_eq!(
        history.observe(&failed_over, Duration::from_secs(3_301)),
        Restarted
    );
}

#[test]
fn an_unreadable_start_is_no_other_process() {
    let mut history = ProcessHistory::default();
    assert_eq!(read(&mut history, 0, 100), Same);
    let unread = reading(None, Some(100));
    assert_eq!(history.observe(&unread, Duration::from_secs(101)), Same);
    let partly = ProcessStart {
        datadir: None,
        node: None,
        ..process(0)
    };
    let partly = reading(Some(partly), None);
    assert_eq!(history.observe(&partly, Duration::from_secs(102)), Same);
    assert_eq!(read(&mut history, 0, 103), Same);
}

#[test]
fn processes_of_the_same_second_differ_by_data_directory_or_node() {
    let elsewhere = ProcessStart {
        node: Some(text("db-proxy-2")),
        ..process(0)
    };
    let beside = ProcessStart {
        datadir: Some(text("/var/lib/maxscale/data2")),
        ..process(0)
    };
    for other in [elsewhere, beside] {
        let mut history = ProcessHistory::default();
        let seen = [process(0), other, process(0)]
            .map(|start| history.observe(&reading(Some(start), Some(100)), Duration::from_secs(1)));
        assert_eq!(seen, [Same, Restarted, SeveralProxies]);
    }
}

#[test]
fn local_times_without_a_zone_are_compared_with_each_other() {
    let local = |started_at| ProcessStart {
        started_at: text(started_at),
        datadir: None,
        node: None,
    };
    let mut history = ProcessHistory::default();
    let newer = reading(Some(local("Mon Nov 23 16:16:27 2026")), Some(90));
    let older = reading(Some(local("Mon Nov 23 09:16:27 2026")), Some(25_290));
    assert_eq!(history.observe(&newer, Duration::from_secs(5)), Same);
    assert_eq!(history.observe(&older, Duration::from_secs(6)), SeveralProxies);
}

#[test]
fn readings_side_by_side_show_several_proxies_or_a_restart() {
    let of = |readings: &[(i64, Option<i64>)]| {
        let readings: Vec<_> = readings
            .iter()
            .map(|(started, uptime)| reading(Some(process(*started)), *uptime))
            .collect();
        Continuity::of_simultaneous(&readings)
    };
    assert_eq!(Continuity::of_simultaneous(&[]), Same);
    assert_eq!(Continuity::of_simultaneous(&[reading(None, None)]), Same);
    assert_eq!(of(&[(0, Some(100)); 16]), Same);
    assert_eq!(of(&[(0, Some(100)), (50, Some(50))]), SeveralProxies);
    assert_eq!(of(&[(0, Some(100)), (99, Some(1)), (0, Some(100))]), Restarted);
    assert_eq!(of(&[(98, Some(2)), (99, Some(1))]), SeveralProxies);
    assert_eq!(of(&[(0, None), (50, None)]), SeveralProxies);
    assert_eq!(
        of(&[(0, Some(100)), (98, Some(2)), (99, Some(1))]),
        SeveralProxies
    );
}

proptest! {
    /// Restarts with unreadable parts and with any clock error.
    #[test]
    fn restarts_never_prove_several_proxies(
        skew in -100_000_i64..100_000,
        steps in proptest::collection::vec((1_i64..1_000, 0_u8..5, any::<bool>()), 1..200),
    ) {
        let mut history = ProcessHistory::default();
        let (mut now, mut started) = (1_000_000, 0);
        for (seconds, kind, is_timed) in steps {
            now += seconds;
            if kind == 0 {
                started = now;
            }
            let process = (kind != 1).then(|| {
                let mut process = process(started + skew);
                process.node = process.node.filter(|_| kind != 2);
                process.datadir = process.datadir.filter(|_| kind != 3);
                process
            });
            let reading = reading(process, is_timed.then_some(now - started));
            let seen = history.observe(&reading, Duration::from_secs(now.unsigned_abs()));
            prop_assert_ne!(seen, SeveralProxies);
        }
    }

    /// A clock that is set back by any step before a restart does not prove several proxies either.
    #[test]
    fn a_clock_set_back_never_proves_several_proxies(back in 1_i64..1_000_000, pause in 0_i64..1_000) {
        let mut history = ProcessHistory::default();
        read(&mut history, 0, 2_000_000);
        let restarted = 2_000_000 + pause;
        let reading = reading(Some(process(restarted - back)), Some(1));
        let seen = history.observe(&reading, Duration::from_secs(restarted.unsigned_abs() + 1));
        prop_assert_eq!(seen, Restarted);
    }

    /// Every switch back to an earlier process is detected at once, regardless of the processes between.
    #[test]
    fn every_switch_back_proves_several_proxies(
        turns in proptest::collection::vec(0_usize..4, 1..100),
        repeats in 1_usize..3,
    ) {
        let mut history = ProcessHistory::default();
        let mut seen: Vec<usize> = Vec::new();
        for proxy in turns {
            let is_switch_back = seen.contains(&proxy) && seen.last() != Some(&proxy);
            for repeat in 0..repeats {
                let started = i64::try_from(proxy).unwrap();
                let reading = reading(Some(process(started)), None);
                let found = history.observe(&reading, Duration::from_secs(1));
                prop_assert_eq!(found == SeveralProxies, is_switch_back && repeat == 0);
            }
            seen.push(proxy);
        }
    }

    /// The history stays bounded.
    #[test]
    fn the_history_is_bounded(restarts in 1_i64..200) {
        let mut history = ProcessHistory::default();
        for started in 0..restarts {
            read(&mut history, started, started);
            prop_assert!(history.starts.len() <= MAX_STARTS);
        }
    }
}
