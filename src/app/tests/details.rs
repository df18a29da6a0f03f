//! Keys of the details: links, copies, long lines.

use std::time::Duration;

use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::locked::{list_without, locked};
use crate::app::msg::Effect;
use crate::model::Dialect;

/// Opens the details of a session of the fixture with locks.
fn opened(id: u64, size: (u16, u16)) -> AppHarness {
    let mut stage = locked(size);
    stage.type_text(&id.to_string());
    stage.press(Code::Enter);
    stage
}

fn copied(stage: &AppHarness) -> Vec<String> {
    let texts = stage.asked.iter().filter_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

fn shown(stage: &AppHarness) -> u64 {
    stage.app.detail.as_ref().unwrap().identity.id.0
}

#[test]
fn the_first_copy_is_the_kill_of_the_thread_that_runs_the_statement() {
    let mut stage = opened(1187, (80, 24));
    let choices = stage.app.copy_offer().choices;
    let texts: Vec<_> = choices.iter().map(|choice| choice.text.as_str()).collect();
    assert_eq!(
        texts[..4],
        [
            "KILL 269",
            "1187",
            "shop_api@10.0.1.7",
            "maxctrl show session 1187"
        ]
    );
    assert_eq!(
        choices[0].about,
        "ends the thread that runs its statement; execute it on db-01, not on MaxScale"
    );
    stage.press(Code::Char('y'));
    stage.press(Code::Enter);
    assert_eq!(copied(&stage), ["KILL 269"]);
    assert!(stage.app.modal.is_closed());
    stage.press(Code::Char('Y'));
    assert_eq!(copied(&stage)[1], texts.join("\n"));
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(status, "sent to the clipboard: 5 lines");
}

#[test]
fn the_menu_of_copies_can_be_left_without_a_copy() {
    for leave in [Code::Esc, Code::Char('q')] {
        let mut stage = opened(1187, (80, 24));
        stage.press(Code::Char('y'));
        stage.press(Code::Down);
        stage.press(leave);
        assert!(stage.app.modal.is_closed() && stage.app.detail.is_some());
        assert_eq!(copied(&stage), [] as [&str; 0]);
    }
}

#[test]
fn lines_to_copy_have_a_url_and_no_password() {
    let mut stage = opened(1187, (80, 24));
    let endpoint = stage.app.endpoints.iter_mut().next().unwrap();
    endpoint.access = Some(crate::app::endpoint::CommandAccess {
        url: "https://db-proxy-1:8989".to_owned(),
        user: Some("admin".to_owned()),
    });
    let choices = stage.app.copy_offer().choices;
    let curl = choices.iter().find(|choice| choice.about.contains("curl"));
    assert_eq!(
        curl.unwrap().text,
        "curl -sS -u 'admin' 'https://db-proxy-1:8989/v1/sessions/1187'"
    );
}

#[test]
fn tab_goes_through_the_links_and_then_to_the_other_pane() {
    let mut stage = opened(1042, (160, 40));
    stage.press(Code::Tab);
    assert!(stage.app.detail_has_keys());
    let link = |stage: &AppHarness| stage.app.detail.as_ref().unwrap().link;
    assert_eq!(link(&stage), None);
    stage.press(Code::Tab);
    assert_eq!(link(&stage), Some(0));
    stage.press(Code::Tab);
    assert_eq!(link(&stage), Some(1));
    stage.press(Code::Tab);
    assert_eq!(link(&stage), Some(2), "a session that waits through another one");
    stage.press(Code::Tab);
    assert_eq!(link(&stage), None);
    assert!(!stage.app.detail_has_keys(), "after the last link");
    stage.press(Code::Tab);
    stage.press(Code::Tab);
    stage.press(Code::Enter);
    assert_eq!(shown(&stage), 1187, "the longest wait is the first link");
    stage.press(Code::Tab);
    stage.press(Code::Enter);
    assert_eq!(shown(&stage), 1042, "the link of a waiter is its blocker");
}

#[test]
fn long_lines_move_sideways_unless_they_are_unfolded() {
    let mut stage = opened(1187, (80, 24));
    let across = |stage: &AppHarness| stage.app.detail.as_ref().unwrap().across;
    stage.press(Code::Right);
    assert_eq!(across(&stage), 20);
    stage.press(Code::Left);
    stage.press(Code::Left);
    assert_eq!(across(&stage), 0);
    stage.press(Code::Right);
    stage.press(Code::Char('w'));
    assert!(stage.app.detail.as_ref().unwrap().unfolded);
    assert_eq!(across(&stage), 0);
    stage.press(Code::Right);
    assert_eq!(across(&stage), 0);
}

#[test]
fn the_copied_kill_has_the_whole_thread_id() {
    let whole = (3_u64 << 32) + 269;
    let mut stage = opened(1187, (80, 24));
    let mut activity = crate::app::locked::activity();
    for thread in &mut activity.threads.rows {
        thread.id = if thread.id == 269 { whole } else { thread.id };
    }
    crate::app::locked::report(&mut stage, Ok(activity.clone()));
    crate::app::locked::list_without(&mut stage, &[]);
    assert_eq!(stage.app.copy_offer().choices[0].text, format!("KILL {whole}"));
    // The server has no such thread any more.
    activity.threads.rows.retain(|thread| thread.id != whole);
    crate::app::locked::report(&mut stage, Ok(activity));
    crate::app::locked::list_without(&mut stage, &[]);
    assert_eq!(stage.app.copy_offer().choices[0].about, "session id");
}

#[test]
fn the_menu_of_a_protected_session_offers_no_kill() {
    for protect in ["user=shop_api", "program=backup"] {
        let mut stage = opened(1187, (80, 24));
        stage.app.settings.protect = crate::filter::Filter::parse(protect).unwrap();
        let choices = stage.app.copy_offer().choices;
        assert!(
            choices.iter().all(|choice| !choice.text.starts_with("KILL")),
            "{protect}"
        );
        stage.press(Code::Char('y'));
        let why = stage.app.modal.copy_menu().unwrap().no_kill.clone().unwrap();
        assert!(why.contains("protected"), "{why}");
        stage.press(Code::Esc);
        stage.press(Code::Char('Y'));
        assert!(!copied(&stage)[0].contains("KILL"), "{protect}");
    }
}

#[test]
fn all_that_wait_are_listed_below_the_one_that_they_wait_for() {
    let stage = opened(1042, (80, 24));
    let pane = stage.app.detail.as_ref().unwrap();
    let waiting = stage.app.waiting_for(pane);
    let waiting: Vec<_> = waiting.iter().map(|one| (one.id.0, one.depth)).collect();
    assert_eq!(waiting, [(1187, 0), (1188, 0), (1211, 1)]);
    let own = stage.app.locks_of(pane.identity.endpoint).unwrap();
    let blocks = own.session(pane.identity.id).unwrap().blocks;
    assert_eq!(blocks, 3, "the sentence counts the same");
}

/// Follows the link of 1042 to 1187, after a poll of the details of 1042.
fn linked() -> AppHarness {
    let mut stage = opened(1042, (80, 24));
    let detail = stage.detail(1042);
    stage.on_observation(Ok(detail));
    assert!(stage.app.detail.as_ref().unwrap().observation.is_some());
    stage.press(Code::Tab);
    stage.press(Code::Enter);
    assert_eq!(shown(&stage), 1187);
    stage.asked.clear();
    stage
}

/// Returns the sessions whose polls were requested; `None` ends them.
fn watched(stage: &AppHarness) -> Vec<Option<u64>> {
    let effects = stage.asked.iter();
    let watched = effects.filter_map(|effect| match effect {
        Effect::Watch(session) => Some(session.map(|(_, id)| id.0)),
        _ => None,
    });
    watched.collect()
}

#[test]
fn details_that_esc_returns_to_show_the_latest_list() {
    let mut stage = linked();
    stage.wait(std::time::Duration::from_mins(1));
    crate::app::locked::list_without(&mut stage, &[]);
    stage.press(Code::Esc);
    let pane = stage.app.detail.as_ref().unwrap();
    assert_eq!(pane.identity.id.0, 1042);
    assert!(pane.ended.is_none() && pane.observation.is_none());
    assert_eq!(watched(&stage).last(), Some(&Some(1042)));
}

#[test]
fn details_that_esc_returns_to_at_once_keep_their_last_poll() {
    let mut stage = linked();
    stage.press(Code::Esc);
    assert!(stage.app.detail.as_ref().unwrap().observation.is_some());
}

#[test]
fn details_whose_session_ended_behind_a_link_are_not_polled() {
    let mut stage = linked();
    for _ in 0..2 {
        stage.wait(std::time::Duration::from_secs(1));
        crate::app::locked::list_without(&mut stage, &[1042]);
    }
    stage.press(Code::Esc);
    let pane = stage.app.detail.as_ref().unwrap();
    assert_eq!(pane.identity.id.0, 1042);
    assert!(pane.ended.is_some() && pane.observation.is_some());
    assert_eq!(watched(&stage).last(), Some(&None));
}

#[test]
fn a_key_that_only_the_details_have_names_tab() {
    let mut stage = opened(1187, (140, 40));
    let status = |stage: &AppHarness| stage.app.status.clone().map(|status| status.text);
    stage.press(Code::Char('w'));
    assert_eq!(
        status(&stage).as_deref(),
        Some("this key works in the details: press Tab first")
    );
    stage.press(Code::Tab);
    stage.press(Code::Char('w'));
    assert_eq!(status(&stage), None);
    // Without details the key has no effect anywhere.
    let mut stage = locked((140, 40));
    stage.press(Code::Char('w'));
    assert!(status(&stage).unwrap().starts_with("this key has no effect here"));
}

#[test]
fn the_details_of_a_session_that_has_ended_keep_its_reasons() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(1, "ann", 9_000), (2, "bob", 1)]));
    stage.press(Code::Down);
    stage.press(Code::Up);
    for _ in 0..2 {
        stage.wait(Duration::from_secs(1));
        stage.list(&draft(&[(2, "bob", 1)]));
    }
    stage.press(Code::Enter);
    let pane = stage.app.detail.as_ref().unwrap();
    assert_eq!((pane.identity.id.0, pane.ended.is_some()), (1, true));
    let names: Vec<_> = pane.findings().iter().map(|found| found.reason.name).collect();
    assert_eq!(names, ["idle"]);
}

#[test]
fn a_session_behind_a_thread_without_a_row_is_not_below_another_one() {
    let mut stage = opened(1042, (80, 24));
    let waiting = |stage: &AppHarness| {
        let pane = stage.app.detail.as_ref().unwrap();
        let all = stage.app.waiting_for(pane).into_iter();
        all.map(|one| (one.id.0, one.depth)).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&stage), [(1187, 0), (1188, 0), (1211, 1)]);
    // The thread of 1188 still waits, and blocks 1211.
    list_without(&mut stage, &[1188]);
    assert_eq!(waiting(&stage), [(1187, 0), (1211, 0)]);
}

#[test]
fn a_kill_dialog_ends_the_pause_because_it_needs_current_data() {
    let mut stage = opened(1187, (80, 24));
    stage.press(Code::Esc);
    stage.type_text("p");
    assert!(stage.app.paused);
    stage.type_text("K");
    assert!(!stage.app.paused && stage.app.modal.kill_dialog().is_some());
}
