//! Past moments: what they show, what stays, and what they never do.

use super::*;
use crate::app::msg::{PastMsg, Travel};
use crate::model::{EndpointId, SessionId};

const SECOND: Duration = Duration::from_secs(1);

/// Delivers a list each second: session 1 for 20 s, session 2 until 8 s, session 3 from 12 s on.
fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    for second in 0..20 {
        stage.wait(SECOND);
        let mut sessions = vec![(1, "ann", second)];
        if second < 8 {
            sessions.push((2, "bob", second));
        }
        if second >= 12 {
            sessions.push((3, "cid", second - 12));
        }
        stage.list(&draft(&sessions));
    }
    stage
}

fn ids(stage: &AppHarness) -> Vec<u64> {
    let mut ids = stage.shown().0;
    ids.sort_unstable();
    ids
}

#[test]
fn a_past_moment_shows_the_list_of_that_time_and_the_live_one_stays() {
    let stage = stage();
    let at = |second: u64| stage.ago(19 - second);
    assert_eq!(ids(&stage.back(at(3))), [1, 2]);
    assert_eq!(ids(&stage.back(at(9))), [1]);
    let past = stage.back(at(13));
    assert_eq!(ids(&past), [1, 3]);
    let row = past.app.table.view.row(0).unwrap();
    assert_eq!(row.session.idle.map(crate::model::Span::as_secs), Some(13));
    assert_eq!(past.app.past_moment(), Some(at(13)));
    assert_eq!(past.app.now.wall, stage.app.now.wall - SECOND * 6);
    assert_eq!((ids(&stage), stage.app.past_moment()), (vec![1, 3], None));
}

#[test]
fn the_cursor_stays_on_its_session_also_where_that_is_missing() {
    let mut stage = stage();
    let now = stage.app.now.elapsed;
    stage
        .app
        .table
        .cursor
        .choose_key(stage.app.session_key(EndpointId(0), SessionId(3)).unwrap());
    stage.wait(SECOND * 10);
    let later = stage.back(now.saturating_sub(SECOND));
    assert_eq!(later.shown().1, Some(3));
    let earlier = stage.back_at(now.saturating_sub(SECOND * 10), &later.app, None);
    assert_eq!(earlier.shown().1, Some(1));
    assert_eq!(earlier.app.sought_session().map(|key| key.id.0), Some(3));
    let again = stage.back_at(now.saturating_sub(SECOND * 2), &earlier.app, None);
    assert_eq!(again.shown().1, Some(3));
    stage.send(Msg::Past(PastMsg::Returned(earlier.app.sought_session())));
    assert_eq!(stage.shown().1, Some(3));
}

#[test]
fn a_session_that_has_ended_since_is_named_on_return() {
    let mut stage = stage();
    let mut past = stage.back(stage.ago(15));
    past.press(Code::End);
    assert_eq!(past.shown().1, Some(2));
    stage.send(Msg::Past(PastMsg::Returned(past.app.sought_session())));
    let status = stage.app.status.as_ref().unwrap();
    assert_eq!(status.text, "live again; session 2 has ended");
}

#[test]
fn nothing_is_killed_or_polled_in_the_past() {
    let stage = stage();
    let mut past = stage.back(stage.ago(3));
    for (key, text) in [
        (Code::Esc, "this is the first level; L for live, q quits"),
        (Code::Char('K'), "the past cannot be killed: L for live"),
        (Code::F(9), "the past cannot be killed: L for live"),
        (Code::Char('r'), "the past is not polled: L for live"),
        (Code::Char('p'), "the past is not polled: L for live"),
        (Code::Char('+'), "the past is not polled: L for live"),
        (
            Code::Char('W'),
            "settings are saved from the live screen: L for live",
        ),
    ] {
        past.press(key);
        assert_eq!(past.app.status.as_ref().unwrap().text, text);
        assert!(past.app.modal.is_closed());
    }
    past.press(Code::Enter);
    past.press(Code::Char('b'));
    past.press(Code::Char('K'));
    assert!(past.asked.is_empty(), "{:?}", past.asked);
}

#[test]
fn keys_request_another_moment_live_and_past() {
    let mut stage = stage();
    let asked = |stage: &mut AppHarness, key: char| {
        stage.press(Code::Char(key));
        match stage.asked.pop() {
            Some(Effect::Travel(travel)) => Some(travel),
            _ => None,
        }
    };
    assert_eq!(asked(&mut stage, '['), Some(Travel::Lists(-1)));
    assert_eq!(asked(&mut stage, '{'), Some(Travel::Minutes(-1)));
    for forward in [']', '}', 'L'] {
        // L drops a moment that is not shown yet.
        let live = (forward == 'L').then_some(Travel::Live);
        assert_eq!(asked(&mut stage, forward), live);
        let status = stage.app.status.as_ref().unwrap();
        assert_eq!(status.text, "this is live; [ goes back one list, { a minute");
    }
    let mut past = stage.back(stage.ago(3));
    for (key, travel) in [
        ('[', Travel::Lists(-1)),
        (']', Travel::Lists(1)),
        ('{', Travel::Minutes(-1)),
        ('}', Travel::Minutes(1)),
        ('L', Travel::Live),
    ] {
        assert_eq!(asked(&mut past, key), Some(travel));
    }
    past.press(Code::Char('o'));
    assert_eq!(
        asked(&mut past, '['),
        Some(Travel::Lists(-1)),
        "from the overview"
    );
}

#[test]
fn open_parts_of_the_screen_are_shown_at_that_moment() {
    let mut stage = stage();
    stage.type_text("/user=c*");
    stage.press(Code::Enter);
    stage.press(Code::Char('S'));
    let past = stage.back(stage.ago(3));
    assert!(past.app.servers.is_some());
    assert_eq!(past.app.table.filter.text(), "user=c*");
    assert_eq!(ids(&past), [3]);
}

#[test]
fn details_are_those_of_the_moment_or_closed_if_the_session_is_unknown_there() {
    let mut stage = stage();
    stage.press(Code::Char('3'));
    stage.press(Code::Enter);
    let now = stage.app.now.elapsed;
    let past = stage.back(now.saturating_sub(SECOND * 2));
    let detail = past.app.detail.as_ref().unwrap();
    assert_eq!(detail.listed.idle.map(crate::model::Span::as_secs), Some(5));
    assert!(detail.ended.is_none());
    let before = stage.back_at(now.saturating_sub(SECOND * 12), &past.app, None);
    assert!(before.app.detail.is_none());
    let status = before.app.status.as_ref().unwrap();
    assert_eq!(status.text, "session 3 is in no list of this time");
}

#[test]
fn a_moment_of_an_event_shows_its_session_although_a_filter_hides_it() {
    let mut stage = stage();
    let identity = stage.back(stage.ago(15));
    let identity = identity
        .app
        .table
        .view
        .window(0, 9)
        .map(|row| row.identity())
        .last()
        .unwrap();
    stage.type_text("/user=ann");
    stage.press(Code::Enter);
    let past = stage.back_at(stage.ago(15), &stage.app, Some(&identity));
    assert_eq!(past.shown().1, Some(identity.id.0));
    assert_eq!(
        past.app.detail.as_ref().map(|detail| detail.identity.id),
        Some(identity.id)
    );
}

#[test]
fn a_filter_typed_in_the_past_applies_although_its_clock_stays() {
    let stage = stage();
    let mut past = stage.back(stage.ago(3));
    past.press(Code::Char('/'));
    for c in "ann".chars() {
        past.press(Code::Char(c));
    }
    assert_eq!(ids(&past), [1]);
}

#[test]
fn the_past_marks_no_session_and_offers_no_kill_to_copy() {
    let mut stage = crate::app::locked::locked((80, 24));
    stage.wait(SECOND);
    let mut past = stage.back(stage.ago(1));
    let status = |stage: &AppHarness| stage.app.status.clone().map(|status| status.text);
    for key in [' ', 'v', '*'] {
        past.press(Code::Char(key));
        assert_eq!(
            status(&past).as_deref(),
            Some("no session of the past is marked, it cannot be killed: L for live"),
            "{key}"
        );
        assert!(past.app.marks.is_empty());
    }
    past.press(Code::Enter);
    let choices = past.app.copy_offer().choices;
    assert!(
        !choices.is_empty() && choices.iter().all(|choice| !choice.text.contains("KILL")),
        "{choices:?}"
    );
    past.press(Code::Esc);
    past.type_text("by");
    let menu = past.app.modal.copy_menu().unwrap();
    let why = menu.no_kill.as_deref().unwrap();
    assert!(why.starts_with("the thread may belong"), "{why}");
    assert!(menu.choices.iter().all(|choice| !choice.text.contains("KILL")));
}
