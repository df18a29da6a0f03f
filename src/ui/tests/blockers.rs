//! The view of blockers, the details and the dialog of sessions with locks.

use super::frame;
use super::servers::server;
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::kill_log::KillLogEntry;
use crate::app::locked::{locked, report};
use crate::kill::KillOutcome;
use crate::model::{Dialect, ServerAccessFault, ServerActivity, SessionDetail, Text, TextLimit};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// Draws what `open` has opened, at each size.
fn view(name: &str, open: impl Fn(&mut AppHarness)) {
    for size in SIZES {
        let mut stage = locked(size);
        open(&mut stage);
        stage.wait_until_idle();
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), frame(&stage));
    }
}

#[test]
fn who_waits_for_whom() {
    view("tree", |stage| stage.press(Code::Char('b')));
}

#[test]
fn a_narrow_screen_shows_who_blocks_how_many_wait_and_what_to_do() {
    let mut stage = locked((60, 15));
    stage.press(Code::Char('b'));
    stage.wait_until_idle();
    insta::assert_snapshot!("tree_60x15", frame(&stage));
    let status = |stage: &AppHarness| frame(stage).lines().nth(13).unwrap().trim().to_owned();
    assert_eq!(
        status(&stage),
        "K kills 1042: 3 sessions that wait for it continue"
    );
    stage.press(Code::End);
    assert!(!status(&stage).starts_with("K kills"), "a waiter frees none");
}

#[test]
fn a_waiter_whose_blocker_was_just_killed_has_nothing_to_do() {
    let mut stage = locked((80, 40));
    assert_eq!(stage.shown().1, Some(1042));
    let identity = stage.app.table.view.row(0).unwrap().identity();
    stage.type_text("1187");
    stage.press(Code::Enter);
    assert!(frame(&stage).contains("a kill of 1042 frees this session too"));
    stage.app.kills.log.push(KillLogEntry {
        batch: 1,
        kill: 1,
        at: stage.app.now.wall,
        identity,
        outcome: KillOutcome::AlreadyGone,
        back: None,
    });
    let text = frame(&stage);
    assert!(
        text.contains("nothing to do yet: session 1042 has ended"),
        "{text}"
    );
    crate::app::locked::list_without(&mut stage, &[1042]);
    let text = frame(&stage);
    assert!(
        text.contains("nothing to do yet: session 1042 has ended"),
        "{text}"
    );
    assert!(!text.contains("copies the KILL"), "{text}");
}

#[test]
fn the_details_of_a_blocker_and_of_a_waiter() {
    for (name, id) in [("blocker", 1042), ("waiter", 1187)] {
        view(name, |stage| {
            stage.type_text(&id.to_string());
            stage.press(Code::Enter);
            let detail: SessionDetail = stage.detail(id);
            stage.on_observation(Ok(detail));
        });
    }
}

#[test]
fn the_dialog_of_a_blocker_and_of_a_waiter() {
    for (name, keys) in [("kill_blocker", "bK"), ("kill_waiter", "bjK")] {
        view(name, |stage| {
            stage.type_text(keys);
            let (ticket, id) = stage.checks()[0];
            stage.on_check(ticket, Ok(stage.detail(id)));
        });
    }
}

#[test]
fn the_view_without_a_database_user() {
    let mut stage = AppHarness::with(AppSettings::default(), Dialect::JsonApi, (80, 24));
    stage.press(Code::Char('b'));
    insta::assert_snapshot!(frame(&stage));
}

#[test]
fn the_view_without_waiters_and_with_a_fault() {
    let mut stage = locked((80, 24));
    report(&mut stage, Ok(ServerActivity::default()));
    crate::app::locked::list_without(&mut stage, &[]);
    stage.press(Code::Char('b'));
    stage.wait_until_idle();
    insta::assert_snapshot!("no_waiters", frame(&stage));
    let denied = Text::clean("Access denied; you need the PROCESS privilege", TextLimit::Line);
    report(&mut stage, Err(ServerAccessFault::NoPrivilege(denied)));
    crate::app::locked::list_without(&mut stage, &[]);
    insta::assert_snapshot!("no_privilege", frame(&stage));
}

#[test]
fn the_tree_in_ascii() {
    let mut stage = locked((80, 24));
    stage.app.settings.ascii = true;
    stage.press(Code::Char('b'));
    stage.wait_until_idle();
    let frame = frame(&stage);
    // The only `?` is the key of the help.
    assert!(frame.is_ascii() && frame.matches('?').count() <= 1, "{frame}");
}

#[test]
fn the_heading_stays_while_the_details_scroll() {
    let mut stage = locked((80, 15));
    stage.type_text("1187");
    stage.press(Code::Enter);
    stage.type_text("jjjj");
    let frame = frame(&stage);
    assert!(
        frame.contains("Session 1187  shop_api@10.0.1.7   ● look"),
        "{frame}"
    );
    assert!(frame.contains("4 more above"), "{frame}");
    assert!(frame.contains("more below"), "{frame}");
}

#[test]
fn the_footer_offers_only_keys_that_have_an_effect_on_the_row() {
    let mut stage = locked((80, 24));
    stage.press(Code::Char('b'));
    let keys = |stage: &AppHarness| frame(stage).lines().last().unwrap().to_owned();
    assert!(keys(&stage).contains("K kill  y copy"), "{}", keys(&stage));
    stage.type_text("jjjj");
    let shown = keys(&stage);
    assert!(!shown.contains("K kill") && !shown.contains("Enter"), "{shown}");
    assert!(shown.contains("y copy"), "{shown}");
    stage.app.settings.protect = crate::filter::Filter::parse("user=root or user=etl").unwrap();
    stage.press(Code::Home);
    assert!(!keys(&stage).contains("K kill"), "{}", keys(&stage));
}

#[test]
fn the_statement_that_creates_the_user_is_shown_whole() {
    for width in [60, 80, 120] {
        let mut stage = AppHarness::with(AppSettings::default(), Dialect::JsonApi, (width, 24));
        stage.press(Code::Char('b'));
        let shown = frame(&stage);
        let words: Vec<_> = shown.split_whitespace().collect();
        let shown = words.join(" ");
        assert!(
            shown.contains(crate::app::blockers::CREATE_USER),
            "{width}: {shown}"
        );
    }
}

#[test]
fn w_wraps_the_statements_of_the_sessions_that_wait() {
    let mut stage = locked((80, 24));
    stage.type_text("1042");
    stage.press(Code::Enter);
    assert!(!frame(&stage).contains("WHERE id = 4999"));
    stage.press(Code::Char('w'));
    let shown = frame(&stage);
    assert!(shown.contains("WHERE id = 4999"), "{shown}");
}

#[test]
fn the_draft_says_that_its_locks_are_unknown_and_proposes_no_option() {
    let mut stage = super::draft((80, 24));
    stage.press(crate::app::keymap::Code::Char('b'));
    let shown = super::frame(&stage);
    assert!(shown.contains("The draft API cannot read locks"), "{shown}");
    for text in ["--sql-user", "CREATE USER", "Known without it", "y copy"] {
        assert!(!shown.contains(text), "{text}\n{shown}");
    }
}

#[test]
fn a_server_that_is_not_read_because_it_is_down_is_named() {
    let mut stage = locked((80, 24));
    stage.servers(Ok(
        &[("db-01", "Master, Running"), ("db-03", "Down")].map(|(name, state)| server(name, state, None))
    ));
    stage.press(Code::Char('b'));
    stage.wait_until_idle();
    let shown = frame(&stage);
    assert!(shown.contains("db-03: Down, so its locks are unknown"), "{shown}");
    assert!(!shown.contains("db-01: Master"), "{shown}");
}

#[test]
fn a_server_that_is_not_read_yet_is_named_and_nothing_is_claimed_about_it() {
    let mut stage = locked((100, 24));
    report(&mut stage, Ok(ServerActivity::default()));
    crate::app::locked::list_without(&mut stage, &[]);
    let servers = ["db-01", "db-02", "db-03"].map(|name| super::servers::server(name, "Running", None));
    stage.servers(Ok(&servers));
    stage.press(Code::Char('b'));
    let shown = frame(&stage);
    assert!(shown.contains("unknown yet: db-02, db-03 not read"), "{shown}");
    assert!(shown.contains("not read yet: db-02, db-03"), "{shown}");
    assert!(!shown.contains("no session waits"), "{shown}");
}

#[test]
fn the_keys_of_details_name_their_session_while_a_link_is_chosen() {
    let mut stage = locked((80, 24));
    stage.press(Code::Enter);
    let last = |stage: &AppHarness| frame(stage).lines().last().unwrap().to_owned();
    assert!(!last(&stage).contains("kill 1042"), "{}", last(&stage));
    stage.press(Code::Tab);
    assert!(stage.app.detail.as_ref().unwrap().link.is_some());
    assert!(last(&stage).contains("K kill 1042"), "{}", last(&stage));
}

#[test]
fn the_dialog_of_several_says_how_many_sessions_then_continue() {
    let mut stage = locked((80, 30));
    stage.type_text("  K");
    let shown = frame(&stage);
    assert!(shown.contains("that wait for their lock"), "{shown}");
}
