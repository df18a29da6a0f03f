//! Frames of a kill: the dialog for one and for many, the countdown, the outcomes.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{draft, frame, json_api, text};
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::kill_log::KillLogEntry;
use crate::app::msg::{FrameReport, Msg};
use crate::diagnosis::ConnectionSample;
use crate::kill::KillEvent;
use crate::model::{RequestError, SessionId};
use crate::ui::view;

/// Returns the question whose Yes a frame enables.
fn question(stage: &AppHarness) -> Option<crate::kill::Ticket> {
    let (columns, lines) = stage.app.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    let mut shown = FrameReport::default();
    terminal.draw(|frame| shown = view(&stage.app, frame)).unwrap();
    shown.question
}

#[test]
fn the_kill_dialog_before_and_after_the_check() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('K'));
    insta::assert_snapshot!("dialog_checking", frame(&stage));
    let detail = stage.detail(1042);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_checked", frame(&stage));
}

#[test]
fn yes_is_open_only_on_a_frame_that_shows_whom_it_is_about() {
    for (size, is_open) in [
        ((80, 24), true),
        ((40, 12), true),
        ((20, 5), false),
        ((80, 4), false),
        ((30, 2), false),
    ] {
        let mut stage = draft(size);
        stage.press(Code::Char('K'));
        assert_eq!(question(&stage), None, "before the check");
        let detail = stage.detail(1042);
        stage.on_check(stage.last_check().unwrap(), Ok(detail));
        assert_eq!(question(&stage).is_some(), is_open, "{size:?}");
    }
}

#[test]
fn the_kill_dialog_when_it_is_somebody_else() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('K'));
    let mut detail = stage.detail(1042);
    detail.session.user = Some(text("mallory"));
    detail.session.address = Some(text("10.66.0.1"));
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_changed", frame(&stage));
}

#[test]
fn the_kill_dialog_of_a_real_session_fits_a_small_screen() {
    let mut stage = json_api((60, 15));
    stage.type_text("8");
    stage.press(Code::Char('K'));
    let detail = stage.detail(8);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    insta::assert_snapshot!("dialog_60x15", frame(&stage));
}

/// Marks all sessions of a small fleet, opens the dialog, and strikes one out.
fn many(size: (u16, u16)) -> AppHarness {
    let mut stage = json_api(size);
    stage.type_text("/user=app*");
    stage.press(Code::Enter);
    stage.type_text("*");
    stage.press(Code::End);
    stage.press(Code::Char('K'));
    for (ticket, id) in stage.checks() {
        let answer = if id == 12 {
            Err(RequestError::NotFound)
        } else {
            Ok(stage.detail(id))
        };
        stage.on_check(ticket, answer);
    }
    stage.press(Code::Down);
    stage.type_text("x");
    stage.type_text("rpool is stuck");
    stage.press(Code::Enter);
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage
}

#[test]
fn the_question_about_many_at_every_size() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 15), (40, 12)] {
        let name = format!("dialog_many_{columns}x{lines}");
        insta::assert_snapshot!(name, frame(&many((columns, lines))));
    }
}

#[test]
fn the_kill_log_has_the_reason_that_was_typed() {
    let mut stage = many((80, 24));
    stage.app.settings.grace = Duration::from_secs(3);
    stage.type_text("13");
    stage.press(Code::Enter);
    stage.press(Code::Char('u'));
    stage.press(Code::Char('l'));
    let log = frame(&stage);
    assert!(log.contains("reason         pool is stuck"), "{log}");
}

#[test]
fn a_narrow_dialog_keeps_when_it_sends_and_how_to_answer() {
    let mut stage = many((60, 15));
    stage.app.settings.grace = Duration::from_secs(3);
    let text = frame(&stage);
    assert!(text.contains("type 13, then Enter: _   sent after 3s"), "{text}");
    let mut stage = crate::app::locked::locked((60, 15));
    crate::app::tests::kills::asked(&mut stage, 1042);
    let text = frame(&stage);
    assert!(text.contains("n no") && text.contains("Enter accept"), "{text}");
    assert!(text.contains("checked just now; again before"), "{text}");
}

#[test]
fn the_countdown_the_progress_and_the_outcomes() {
    let mut stage = many((80, 24));
    stage.app.settings.grace = Duration::from_secs(3);
    let count = stage.app.modal.kill_dialog().unwrap().batch.confirmable();
    stage.type_text(&count.to_string());
    stage.press(Code::Enter);
    let last = |stage: &AppHarness| frame(stage).lines().last().unwrap().to_owned();
    insta::assert_snapshot!("kill_countdown", last(&stage));
    let before = stage.checks().len();
    stage.wait_awake(Duration::from_secs(3));
    let checks: Vec<_> = stage.checks().into_iter().skip(before).collect();
    for (place, (ticket, id)) in checks.into_iter().enumerate() {
        let mut detail = stage.detail(id);
        if place == 2 {
            detail.session.user = Some(text("mallory"));
        }
        stage.on_check(ticket, Ok(detail));
    }
    insta::assert_snapshot!("kill_progress", last(&stage));
    for (_, ticket) in stage.deletes() {
        stage.send(Msg::Kill(KillEvent::Deleted(ticket, Ok(()))));
    }
    let looks = stage.checks().len();
    stage.wait(Duration::from_millis(20));
    for (ticket, _) in stage.checks().into_iter().skip(looks) {
        stage.on_check(ticket, Err(RequestError::NotFound));
    }
    "/home/dba/.local/state/maxtop/audit.jsonl".clone_into(&mut stage.app.settings.audit);
    assert!(stage.app.modal.is_closed(), "the log opens on request only");
    insta::assert_snapshot!("kill_outcome", last_lines(&stage));
    stage.press(Code::Char('l'));
    insta::assert_snapshot!("kill_log", frame(&stage));
    stage.press(Code::Enter);
    let listed = frame(&stage);
    assert!(listed.contains("killed         "), "{listed}");
    // A full log has not all entries of a large batch. The counts are still those of all.
    stage.app.kills.log.pop();
    let is_first = |entry: &KillLogEntry| entry.outcome.is_gone();
    let dropped = stage.app.kills.log.iter().position(is_first).unwrap();
    stage.app.kills.log.remove(dropped);
    let shown = frame(&stage);
    assert!(shown.contains("12 killed, 1 not killed"), "{shown}");
    stage.press(Code::End);
    let shown = frame(&stage);
    assert!(
        shown.contains("2 sessions more: only the audit log has them"),
        "{shown}"
    );
}

/// Returns the status line and the keys.
fn last_lines(stage: &AppHarness) -> String {
    let frame = frame(stage);
    let lines: Vec<_> = frame.lines().collect();
    lines[lines.len() - 2..].join("\n")
}

#[test]
fn the_dialog_of_a_group_counts_the_healthy_and_names_the_group() {
    for (columns, lines) in [(80, 24), (60, 15)] {
        let mut stage = json_api((columns, lines));
        stage.type_text("t");
        stage.wait_until_idle();
        stage.press(Code::Char('K'));
        for (ticket, id) in stage.checks() {
            stage.on_check(ticket, Ok(stage.detail(id)));
        }
        insta::assert_snapshot!(format!("dialog_group_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn help_and_quit_stay_in_the_hints_of_a_narrow_screen() {
    let stage = json_api((60, 15));
    let keys = last_lines(&stage);
    assert!(keys.ends_with("? help  q quit"), "{keys}");
}

#[test]
fn no_size_is_too_small_for_many() {
    for (columns, lines) in (0..=90)
        .step_by(9)
        .flat_map(|x| (0..=26).step_by(2).map(move |y| (x, y)))
    {
        let mut stage = many((80, 24));
        stage.send(Msg::Resized(columns, lines));
        frame(&stage);
        let is_open = question(&stage).is_some();
        assert!(is_open || columns < 45 || lines < 12, "{columns}x{lines}");
        assert!(!is_open || (columns >= 27 && lines >= 6), "{columns}x{lines}");
        stage.press(Code::Esc);
        stage.press(Code::Char('l'));
        frame(&stage);
        stage.press(Code::Esc);
        stage.press(Code::Char('o'));
        frame(&stage);
    }
}

#[test]
fn the_kill_dialog_with_a_database_user_offers_the_statements() {
    let mut stage = draft((80, 24));
    stage
        .app
        .endpoints
        .iter_mut()
        .for_each(|endpoint| endpoint.server_access.is_set = true);
    stage.press(Code::Char('K'));
    let detail = stage.detail(1042);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    stage.press(Code::Char('s'));
    insta::assert_snapshot!("dialog_statements", frame(&stage));
}

/// Opens the dialog for all sessions of two proxies whose names differ only at their end.
fn of_two_proxies(size: (u16, u16)) -> AppHarness {
    let proxies = ["maxscale.eu.example.net:8989", "maxscale.eu.example.net:8990"];
    let settings = crate::app::AppSettings {
        grace: Duration::ZERO,
        ..crate::app::AppSettings::default()
    };
    let mut stage = AppHarness::watching(&proxies, settings, crate::model::Dialect::Draft, size);
    let sessions = [(1, "app_reporting_service", 1), (2, "app_reporting_service", 2)];
    let body = crate::app::harness::draft(&sessions);
    for endpoint in 0..2 {
        stage.list_at(endpoint, &body, "Mon, 23 Nov 2026 15:55:27 GMT");
    }
    stage.type_text("*K");
    stage
}

#[test]
fn with_several_proxies_the_user_is_not_cut_and_the_end_of_the_proxy_stays() {
    for (size, proxy) in [((80, 24), "8990"), ((120, 40), "maxscale.eu.example.net:8990")] {
        let shown = frame(&of_two_proxies(size));
        assert!(shown.contains("app_reporting_service@10.0.3.1"), "{shown}");
        assert!(shown.contains(proxy), "{shown}");
    }
}

#[test]
fn title_number_to_type_and_counts_agree_and_each_refusal_has_its_cause() {
    let shown = frame(&many((80, 24)));
    for text in [
        "Kill 13 marked sessions",
        "None of these 13 sessions",
        "✓ 13 still the same, checked just now  1 already gone",
        "app_orders 8, app_reports 5",
        "type 13",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
}

#[test]
fn the_ages_and_reasons_of_the_dialog_are_those_of_the_newest_list() {
    let body = |idle| crate::app::harness::draft(&[(1, "ann", idle), (2, "bob", 1)]);
    let mut stage = AppHarness::new(crate::model::Dialect::Draft, (80, 24));
    stage.list(&body(8_000));
    stage.type_text("*K");
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    let shown = frame(&stage);
    assert!(shown.contains("2 still the same, checked just now"), "{shown}");
    assert!(shown.contains("2h 13m  idle 2h 13m"), "{shown}");
    stage.wait(Duration::from_secs(4));
    assert!(frame(&stage).contains("checked 4s ago"), "{}", frame(&stage));
    stage.list(&body(8_100));
    let shown = frame(&stage);
    assert!(shown.contains("2h 15m  idle 2h 15m"), "{shown}");
    stage.list(&body(2));
    let shown = frame(&stage);
    assert!(shown.contains("2s  no reason found"), "{shown}");
}

#[test]
fn a_victim_that_ends_while_its_number_is_typed_has_no_check_mark() {
    let body = |from| {
        let sessions: Vec<_> = (from..=8).map(|id| (id, "ann", 8_000 + id)).collect();
        crate::app::harness::draft(&sessions)
    };
    let mut stage = AppHarness::new(crate::model::Dialect::Draft, (80, 24));
    stage.list(&body(1));
    stage.type_text("*K");
    for (ticket, id) in stage.checks() {
        stage.on_check(ticket, Ok(stage.detail(id)));
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.type_text("8");
    let row = |stage: &AppHarness| {
        let shown = frame(stage);
        let row = shown.lines().find(|line| line.contains("  1 ● ann"));
        row.map(str::to_owned).unwrap_or(shown)
    };
    stage.wait(Duration::from_secs(1));
    stage.list(&body(2));
    assert!(row(&stage).contains("?       ?"), "{}", row(&stage));
    stage.wait(Duration::from_secs(1));
    stage.list(&body(2));
    let shown = frame(&stage);
    assert!(shown.contains("✓ 7 same, checked"), "{shown}");
    assert!(shown.contains("1 has ended since"), "{shown}");
    assert!(
        row(&stage).contains("✗") && row(&stage).contains("has ended"),
        "{shown}"
    );
}

#[test]
fn a_key_typed_before_the_question_says_that_it_does_not_count() {
    let early = "y was typed before the question was shown; press y again";
    for size in [(80, 24), (60, 15), (40, 12)] {
        let mut stage = draft(size);
        stage.type_text("Ky");
        assert!(!frame(&stage).contains("y was typed"), "Yes is not enabled yet");
        let detail = stage.detail(1042);
        stage.on_check(stage.last_check().unwrap(), Ok(detail));
        stage.draw();
        let shown = frame(&stage);
        if size.0 >= 60 {
            assert!(shown.contains(early), "{shown}");
        } else {
            assert!(shown.contains("y was typed before"), "{shown}");
        }
        stage.wait(Duration::from_millis(300));
        stage.press(Code::Char('y'));
        assert!(stage.app.modal.is_closed(), "{size:?}");
    }
}

#[test]
fn an_outcome_with_too_little_room_says_where_the_rest_is() {
    let mut stage = draft((80, 24));
    let identity = stage.app.endpoints[0].latest.as_ref().unwrap();
    let identity = identity.identity(&identity.sessions[0]);
    let detail = "the server replied with a long error, ".repeat(6);
    let outcome = crate::kill::KillOutcome::Failed(RequestError::Status {
        status: 500,
        detail: Some(text(&detail)),
    });
    stage.app.status = Some(crate::app::status::Status::outcome(&outcome, &identity, None));
    let shown = last_lines(&stage);
    assert!(shown.ends_with("…  l: all of it"), "{shown}");
    stage.press(Code::Down);
    stage.app.status = Some(crate::app::status::Status::note(
        "word ".repeat(20).trim().to_owned(),
    ));
    let shown = last_lines(&stage);
    assert!(!shown.contains('…'), "two lines are enough: {shown}");
}

/// Kills a session of the fleet, whose details were not opened, and lists the others.
fn killed_unseen(id: u64) -> AppHarness {
    let mut stage = draft((80, 24));
    stage.type_text(&id.to_string());
    stage.press(Code::Char('K'));
    let detail = stage.detail(id);
    stage.on_check(stage.last_check().unwrap(), Ok(detail.clone()));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    let (_, delete) = stage.deletes()[0];
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    stage
}

#[test]
fn details_of_a_killed_session_say_that_it_ended_and_by_which_kill() {
    let mut stage = killed_unseen(1190);
    stage.press(Code::Enter);
    stage.on_observation(Err(RequestError::NotFound));
    let shown = frame(&stage);
    for text in [
        "ended 16:20:",
        "its details were not read before it ended",
        "Killed by you at 16:20:",
        "(l: kill log)",
        "Read-Only",
    ] {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    for text in ["logging in", "ready", "loading"] {
        assert!(!shown.contains(text), "{text}\n{shown}");
    }
}

#[test]
fn the_progress_of_a_kill_says_what_it_does_and_since_when() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('K'));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1042)));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    let last = |stage: &AppHarness| frame(stage).lines().last().unwrap().trim().to_owned();
    let stages = [
        (Duration::ZERO, "checked again before its DELETE"),
        (Duration::from_secs(4), "DELETE sent 4s ago"),
        (Duration::from_secs(1), "DELETE sent 5s ago, waiting for its end"),
    ];
    for (step, (wait, words)) in stages.into_iter().enumerate() {
        stage.wait(wait);
        if step == 2 {
            let (_, delete) = stage.deletes()[0];
            stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
        }
        let line = last(&stage);
        assert!(
            line.starts_with("killing 1042 ") && line.ends_with(words),
            "{line}"
        );
        if step == 0 {
            stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1042)));
        }
    }
    stage.press(Code::Char('l'));
    let log = frame(&stage);
    assert!(log.contains("in progress") && log.contains("1042 etl@"), "{log}");
}

#[test]
fn connections_that_cannot_be_read_are_named_where_a_session_seems_healthy() {
    let mut stage = draft((80, 24));
    for _ in 0..3 {
        stage.wait(Duration::from_secs(1));
        stage.list(super::FLEET);
    }
    let endpoint = crate::model::EndpointId(0);
    let fault = RequestError::Refused;
    let failed = Msg::SamplingFailed { endpoint, fault };
    stage.send(failed);
    let words = RequestError::Refused.one_line();
    let header: String = frame(&stage).lines().take(2).collect();
    assert!(header.contains(&format!(": {words}")), "{header}");
    stage.press(Code::Char('E'));
    assert!(
        frame(&stage).contains(&format!("connections: {words}")),
        "{}",
        frame(&stage)
    );
    stage.press(Code::Esc);
    stage.press(Code::End);
    stage.press(Code::Char('K'));
    let shown = frame(&stage);
    assert!(
        shown.contains("no reason found; connections not read:"),
        "{shown}"
    );
    stage.press(Code::Esc);
    // It stays until connections are read again, for 10 s at least.
    stage.wait(Duration::from_secs(30));
    let header = |stage: &AppHarness| -> String { frame(stage).lines().take(2).collect() };
    assert!(header(&stage).contains(&words), "{}", header(&stage));
    let sample = ConnectionSample::next(None, &[], None, stage.app.now.wall);
    stage.send(Msg::Sampled(endpoint, vec![(SessionId(1042), sample)]));
    assert!(!header(&stage).contains(&words), "{}", header(&stage));
}

#[test]
fn a_kill_that_was_stopped_says_what_it_waits_for() {
    let mut stage = many((80, 24));
    let count = stage.app.modal.kill_dialog().unwrap().batch.confirmable();
    let before = stage.checks().len();
    stage.type_text(&count.to_string());
    stage.press(Code::Enter);
    let checks: Vec<_> = stage.checks().into_iter().skip(before).collect();
    for (ticket, id) in checks.into_iter().take(5) {
        let detail = stage.detail(id);
        stage.on_check(ticket, Ok(detail));
    }
    stage.press(Code::Esc);
    let line = frame(&stage).lines().last().unwrap().to_owned();
    assert!(
        line.contains("stopped, waiting for 5 sessions: 8 stopped") && !line.contains("Esc"),
        "{line}"
    );
}
