//! `u`, and the order of Esc.

use super::kills::asked;
use super::*;
use crate::app::msg::Msg;

fn status(stage: &AppHarness) -> &str {
    stage.app.status.as_ref().map_or("", |status| &status.text)
}

fn marked(stage: &AppHarness) -> Vec<u64> {
    stage.app.marks.list().iter().map(|mark| mark.key.id.0).collect()
}

fn filter(stage: &AppHarness) -> &str {
    stage.app.table.filter.text()
}

#[test]
fn u_brings_back_marks_and_filters_the_newest_first() {
    let mut stage = stage();
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.type_text("*");
    stage.press(Code::Esc);
    assert_eq!(status(&stage), "2 marks cleared; u brings them back");
    stage.press(Code::Esc);
    assert_eq!(status(&stage), "filter cleared, 5 sessions; u brings it back");
    assert_eq!((filter(&stage), marked(&stage)), ("", vec![]));
    stage.type_text("u");
    assert_eq!((status(&stage), filter(&stage)), ("back: filter an", "an"));
    stage.type_text("u");
    assert_eq!((status(&stage), marked(&stage)), ("2 marks are back", vec![1, 4]));
    stage.type_text("u");
    assert_eq!(
        (status(&stage), marked(&stage)),
        ("marks as before: 0 marked", vec![])
    );
    stage.type_text("u");
    assert_eq!((status(&stage), filter(&stage)), ("back: no filter", ""));
    stage.type_text("u");
    assert_eq!(status(&stage), "nothing to undo");
}

#[test]
fn u_takes_back_a_filter_that_was_set_before_an_older_one_comes_back() {
    let mut stage = stage();
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.press(Code::Esc);
    for key in ["!", "="] {
        stage.type_text(key);
        assert!(!filter(&stage).is_empty(), "{key}");
        assert_eq!(stage.app.undo_hint(), Some("undo filter"));
        stage.type_text("u");
        assert_eq!((status(&stage), filter(&stage)), ("back: no filter", ""), "{key}");
    }
    stage.type_text("u");
    assert_eq!(filter(&stage), "an");
}

#[test]
fn u_takes_back_the_marks_of_a_key_for_several_sessions() {
    let mut stage = stage();
    stage.type_text(" U ");
    let one = marked(&stage);
    stage.type_text("*");
    assert_eq!((one.len(), marked(&stage).len()), (1, 5));
    stage.type_text("u");
    assert_eq!(
        (status(&stage), marked(&stage)),
        ("marks as before: 1 marked", one)
    );
    stage.type_text("u");
    assert_eq!(status(&stage), "1 mark is back", "that of U");
}

#[test]
fn marks_that_come_back_join_the_new_ones_without_ended_sessions() {
    let mut stage = stage();
    stage.type_text("  ");
    stage.press(Code::Esc);
    stage.type_text(" ");
    stage.list(&draft(&FIVE[1..]));
    stage.list(&draft(&FIVE[1..]));
    stage.type_text("u");
    assert_eq!(status(&stage), "1 mark is back; 1 session has ended");
    assert_eq!(marked(&stage), [2, 3]);
}

#[test]
fn u_offers_no_marks_of_sessions_that_have_all_ended() {
    let mut stage = stage();
    stage.type_text(" ");
    stage.press(Code::Esc);
    assert_eq!(stage.app.undo_hint(), Some("undo marks"));
    stage.list(&draft(&FIVE[1..]));
    stage.list(&draft(&FIVE[1..]));
    assert_eq!(stage.app.undo_hint(), None);
    stage.type_text("u");
    assert_eq!(status(&stage), "nothing to undo");
}

#[test]
fn a_filter_that_was_emptied_in_the_prompt_comes_back() {
    let mut stage = stage();
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.type_text("/");
    stage.press(Code::Backspace);
    stage.press(Code::Backspace);
    stage.press(Code::Enter);
    assert_eq!(filter(&stage), "");
    stage.type_text("u");
    assert_eq!(filter(&stage), "an");
}

#[test]
fn after_a_grace_period_u_says_that_it_is_too_late_and_later_undoes_older_things() {
    let second = Duration::from_secs(1);
    let mut stage = stage();
    stage.type_text("  ");
    stage.press(Code::Esc);
    stage.app.settings.grace = 3 * second;
    stage.press(Code::Home);
    asked(&mut stage, 1);
    stage.press(Code::Char('y'));
    stage.wait_awake(3 * second);
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1)));
    for (_, ticket) in stage.deletes() {
        stage.send(Msg::Kill(crate::kill::KillEvent::Deleted(ticket, Ok(()))));
    }
    stage.type_text("u");
    assert_eq!(
        (status(&stage), marked(&stage)),
        ("too late: already sent to 1 ann@10.0.3.1", vec![])
    );
    assert_eq!(
        stage.app.undo_hint(),
        None,
        "u would only say that it is too late"
    );
    stage.wait(6 * second);
    assert_eq!(stage.app.undo_hint(), Some("undo marks"));
    stage.type_text("u");
    assert_eq!(marked(&stage), [1, 2]);
}

#[test]
fn esc_leaves_what_was_opened_last() {
    let mut stage = stage();
    stage.type_text(" ");
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.press(Code::Char('t'));
    stage.press(Code::Esc);
    assert!(stage.app.table.groups.by.is_none());
    stage.press(Code::Esc);
    assert_eq!((filter(&stage), marked(&stage)), ("", vec![1]));
    stage.press(Code::Esc);
    assert!(marked(&stage).is_empty());
}

#[test]
fn esc_returns_from_the_sessions_of_one_client_to_the_details_and_the_filter() {
    let mut stage = stage();
    stage.type_text("/an");
    stage.press(Code::Enter);
    stage.press(Code::Down);
    stage.press(Code::Enter);
    let before = stage.app.detail.as_ref().unwrap().identity.clone();
    stage.type_text("=");
    assert!(stage.app.detail.is_none() && filter(&stage).contains("user="));
    stage.send(Msg::Resized(80, 24));
    assert_eq!(stage.app.esc_target().unwrap(), format!("session {}", before.id));
    stage.press(Code::Esc);
    assert_eq!(filter(&stage), "an");
    assert_eq!(stage.app.detail.as_ref().unwrap().identity, before);
    stage.press(Code::Esc);
    assert!(stage.app.detail.is_none());
    assert_eq!(filter(&stage), "an");
    stage.press(Code::Esc);
    assert_eq!(filter(&stage), "");
}

#[test]
fn hiding_idle_sessions_is_said_where_the_table_is_not_seen() {
    let mut stage = stage();
    stage.press(Code::Enter);
    stage.type_text("i");
    assert_eq!(
        status(&stage),
        "the table hides sessions idle without a reason; i shows them again"
    );
    stage.type_text("i");
    assert_eq!(status(&stage), "the table shows idle sessions again");
}

#[test]
fn a_filter_edited_behind_a_link_comes_back_after_esc() {
    let mut stage = stage();
    stage.press(Code::Char('='));
    let linked = filter(&stage).to_owned();
    stage.press(Code::Esc);
    assert_eq!(
        (filter(&stage), status(&stage)),
        ("", ""),
        "an unchanged filter needs no undo"
    );
    stage.press(Code::Char('='));
    assert_eq!(filter(&stage), linked);
    stage.type_text("/ idle>1");
    stage.press(Code::Enter);
    let edited = filter(&stage).to_owned();
    assert_ne!(edited, linked);
    stage.press(Code::Esc);
    assert_eq!(filter(&stage), "");
    assert_eq!(status(&stage), format!("filter {edited} left; u brings it back"));
    stage.press(Code::Char('u'));
    assert_eq!(filter(&stage), edited);
}

#[test]
fn u_skips_what_would_change_nothing() {
    let mut stage = stage();
    stage.type_text("*");
    assert_eq!(stage.app.undo_hint(), Some("undo marks"));
    stage.app.marks = crate::app::marks::Marks::default();
    assert_eq!(stage.app.undo_hint(), None);
    stage.type_text("u");
    assert_eq!(status(&stage), "nothing to undo");
}
