//! The bell and the title of the terminal.

use std::time::Duration;

use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::locked::{activity, list_without, report};
use crate::app::msg::{Effect, Msg};
use crate::filter::Filter;
use crate::model::{Dialect, LockWaits, ServerActivity};

/// Ids of the sessions of a pool.
const POOL: [u64; 10] = [250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2250, 2500];

/// A list of a pool. The sessions in `act` are ▲: they are idle for hours, unlike most of their pool.
fn list(act: &[u64]) -> String {
    list_of(&POOL, act)
}

fn list_of(ids: &[u64], act: &[u64]) -> String {
    let idle = |id| if act.contains(&id) { 15_000 } else { 3 };
    let sessions: Vec<_> = ids.iter().map(|id| (*id, "etl", idle(*id))).collect();
    draft(&sessions)
}

fn with(settings: AppSettings, endpoints: &[&str]) -> AppHarness {
    let settings = AppSettings {
        bell: true,
        ..settings
    };
    AppHarness::watching(endpoints, settings, Dialect::Draft, (80, 24))
}

fn stage() -> AppHarness {
    with(AppSettings::default(), &["prod-1"])
}

/// Delivers a list one poll later. Returns how often it rang.
fn rings(stage: &mut AppHarness, body: &str) -> usize {
    stage.wait(Duration::from_secs(1));
    rings_at(stage, 0, body)
}

fn rings_at(stage: &mut AppHarness, endpoint: u16, body: &str) -> usize {
    let before = bells(stage);
    stage.list_at(endpoint, body, "");
    bells(stage) - before
}

fn bells(stage: &AppHarness) -> usize {
    let all = stage.asked.iter();
    all.filter(|effect| matches!(effect, Effect::Bell)).count()
}

fn titles(stage: &AppHarness) -> Vec<&str> {
    let all = stage.asked.iter();
    all.filter_map(|effect| match effect {
        Effect::Title(title) => Some(title.as_str()),
        _ => None,
    })
    .collect()
}

#[test]
fn the_first_list_is_silent_and_a_new_act_session_rings_once() {
    let mut stage = stage();
    assert_eq!(rings(&mut stage, &list(&[250])), 0, "the first list");
    assert_eq!(rings(&mut stage, &list(&[250, 500])), 1);
    assert_eq!(rings(&mut stage, &list(&[250, 500])), 0, "it is still ▲");
    assert_eq!(rings(&mut stage, &list(&[500])), 0, "one has recovered");
}

#[test]
fn a_session_that_recovers_rings_again_after_10_seconds() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250])), 1);
    for _ in 0..20 {
        assert_eq!(rings(&mut stage, &list(&[])), 0);
        assert_eq!(rings(&mut stage, &list(&[250])), 0, "from list to list");
    }
    rings(&mut stage, &list(&[]));
    stage.wait(Duration::from_secs(10));
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250])), 1);
}

/// How often it rings when a ▲ transaction blocks others, with this filter.
fn rings_as_transaction_blocks(filter: &str) -> usize {
    let settings = AppSettings {
        bell: true,
        filter: Filter::parse(filter).unwrap(),
        ..AppSettings::default()
    };
    let mut stage = AppHarness::watching(&["prod-1"], settings, Dialect::JsonApi, (80, 24));
    let mut alone = ServerActivity {
        lock_waits: LockWaits::None,
        ..activity()
    };
    alone.transactions.rows.truncate(1);
    for activity in [alone, activity()] {
        stage.wait(Duration::from_secs(1));
        report(&mut stage, Ok(activity));
        list_without(&mut stage, &[]);
    }
    let last = *titles(&stage).last().unwrap();
    assert!(last.starts_with("maxtop ▲1 "), "{last}");
    bells(&stage)
}

#[test]
fn another_reason_of_an_act_session_rings_only_if_the_filter_requests_it() {
    assert_eq!(rings_as_transaction_blocks(""), 0);
    assert_eq!(rings_as_transaction_blocks("stuck"), 0);
    assert_eq!(rings_as_transaction_blocks("reason=blocks"), 1);
}

#[test]
fn two_of_one_list_ring_once() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250, 750])), 1);
}

#[test]
fn a_new_session_that_is_act_at_once_rings() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    let more = [&POOL[..], &[2750]].concat();
    assert_eq!(rings(&mut stage, &list_of(&more, &[2750])), 1);
}

#[test]
fn a_session_that_is_missing_in_one_list_does_not_ring_again() {
    let mut stage = stage();
    let without = list_of(&POOL[1..], &[]);
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250])), 1);
    assert_eq!(rings(&mut stage, &without), 0);
    assert_eq!(rings(&mut stage, &list(&[250])), 0, "missing in one list");
    rings(&mut stage, &without);
    stage.wait(Duration::from_secs(30));
    assert_eq!(rings(&mut stage, &list(&[250])), 0, "missing in one slow list");
    rings(&mut stage, &without);
    rings(&mut stage, &without);
    stage.wait(Duration::from_secs(10));
    rings(&mut stage, &without);
    assert_eq!(rings(&mut stage, &list(&[250])), 1, "missing for long");
}

#[test]
fn another_session_with_the_same_id_rings() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    rings(&mut stage, &list(&[500]));
    let other = list(&[500]).replacen("15:20:03 2026", "15:21:03 2026", 1);
    assert_ne!(other, list(&[500]));
    assert_eq!(rings(&mut stage, &other), 1);
}

#[test]
fn it_rings_once_while_paused() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    stage.press(Code::Char('p'));
    assert_eq!(rings(&mut stage, &list(&[250])), 1);
    stage.type_text("/user=web");
    stage.press(Code::Enter);
    stage.press(Code::Esc);
    stage.press(Code::Char('p'));
    assert_eq!(rings(&mut stage, &list(&[250])), 0);
    assert_eq!(bells(&stage), 1);
}

#[test]
fn bell_and_title_follow_the_filter() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    stage.type_text("/user=web");
    stage.press(Code::Enter);
    assert_eq!(rings(&mut stage, &list(&[250])), 0, "hidden");
    assert_eq!(titles(&stage).last(), Some(&"maxtop prod-1"));
    stage.press(Code::Esc);
    assert_eq!(titles(&stage).last(), Some(&"maxtop ▲1 prod-1"));
    stage.type_text("iI");
    assert_eq!(rings(&mut stage, &list(&[250])), 0, "a key shows an old ▲");
    assert_eq!(rings(&mut stage, &list(&[250, 500])), 1);
}

#[test]
fn an_act_session_rings_when_it_comes_to_match_the_filter() {
    let settings = AppSettings {
        filter: Filter::parse("idle>5h").unwrap(),
        ..AppSettings::default()
    };
    let mut stage = with(settings, &["prod-1"]);
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250])), 0);
    let longer = list(&[250]).replace("15000", "19000");
    assert_eq!(rings(&mut stage, &longer), 1);
}

#[test]
fn endpoints_that_are_listed_at_the_same_time_ring_once_and_each_first_list_is_silent() {
    let mut stage = with(AppSettings::default(), &["a", "b"]);
    rings(&mut stage, &list(&[]));
    stage.wait(Duration::from_secs(1));
    assert_eq!(rings_at(&mut stage, 1, &list(&[250])), 0, "its first list");
    stage.wait(Duration::from_secs(1));
    assert_eq!(rings_at(&mut stage, 0, &list(&[250])), 1);
    assert_eq!(rings_at(&mut stage, 1, &list(&[250, 500])), 0, "within a second");
    assert_eq!(rings_at(&mut stage, 0, &list(&[250, 500])), 0, "within a second");
    let before = bells(&stage);
    stage.wait_awake(Duration::from_millis(999));
    assert_eq!(bells(&stage), before);
    stage.wait_awake(Duration::from_millis(1));
    assert_eq!(bells(&stage), before + 1, "they ring together");
    stage.wait_awake(Duration::from_secs(5));
    assert_eq!(bells(&stage), before + 1);
}

#[test]
fn a_restarted_proxy_begins_with_a_first_list() {
    let mut stage = stage();
    rings(&mut stage, &list(&[]));
    let fresh = list(&[250]).replace(" 15:", " 16:");
    assert_eq!(rings(&mut stage, &fresh), 0);
    let latest = stage.app.endpoints[0].latest.as_ref();
    assert!(latest.is_some_and(|latest| latest.change.is_after_restart));
    let next = list(&[250, 500]).replace(" 15:", " 16:");
    assert_eq!(rings(&mut stage, &next), 1);
}

#[test]
fn the_title_has_the_number_of_act_sessions_and_the_worst_endpoint() {
    let mut stage = with(AppSettings::default(), &["a", "prod-1"]);
    stage.list_at(0, &list(&[250]), "");
    stage.list_at(1, &list(&[250, 500]), "");
    stage.list_at(1, &list(&[250, 500]), "");
    stage.list_at(1, &list(&[]), "");
    stage.list_at(0, &list(&[]), "");
    let expected = [
        "maxtop",
        "maxtop ▲1 a",
        "maxtop ▲3 prod-1",
        "maxtop ▲1 a",
        "maxtop",
    ];
    assert_eq!(titles(&stage), expected);
}

#[test]
fn the_title_is_set_again_after_a_suspension() {
    let mut stage = stage();
    stage.list(&list(&[250]));
    stage.send(Msg::Suspends);
    stage.send(Msg::Resumed);
    let expected = ["maxtop", "maxtop ▲1 prod-1", "maxtop ▲1 prod-1"];
    assert_eq!(titles(&stage), expected);
}

#[test]
fn the_title_is_escaped_bounded_and_ascii_if_requested() {
    let name = format!("é\u{1b}]0;\u{7}\u{202e}{}", "x".repeat(500));
    for ascii in [false, true] {
        let settings = AppSettings {
            ascii,
            ..AppSettings::default()
        };
        let mut stage = with(settings, &[&name]);
        stage.list(&list(&[250]));
        let title = *titles(&stage).last().unwrap();
        let is_shown = |c: char| !c.is_control() && c != '\u{202e}';
        assert!(
            title.chars().all(is_shown) && title.chars().count() < 80,
            "{title:?}"
        );
        let start = if ascii {
            "maxtop !1 \\u{e9}"
        } else {
            "maxtop ▲1 é"
        };
        assert!(title.starts_with(start), "{title}");
        assert_eq!(title.is_ascii(), ascii);
    }
}

#[test]
fn nothing_is_sent_without_the_setting() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    rings(&mut stage, &list(&[]));
    assert_eq!(rings(&mut stage, &list(&[250])), 0);
    assert_eq!(titles(&stage), Vec::<&str>::new());
}
