//! Kills of many sessions: exactly the confirmed ones, each once.

use std::time::Duration;

use maxtop::demo::State;

use crate::endpoint::{Endpoint, session_path};
use crate::screen::{has_rows, ids};

/// Types the confirmation of `count` victims until it is accepted: just after Yes opens it is not, and Enter
/// without a number is No.
pub(crate) fn type_number(pty: &mut crate::pty::Pty, count: usize) {
    let typed = format!("then Enter: {count}_");
    let is_typed = (0..60).any(|_| {
        pty.keys(&format!("\x7f\x7f\x7f{count}"));
        pty.becomes(Duration::from_millis(500), |screen| {
            screen.contents().contains(&typed)
        })
    });
    assert!(is_typed, "the number never counts\n{}", pty.text());
    pty.keys("\r");
    pty.no_longer_sees("then Enter");
}

/// Returns the ids of the victims that are struck out and shown.
fn struck_out(screen: &vt100::Screen) -> Vec<u64> {
    let text = screen.contents();
    let rows = text.lines().filter_map(|line| line.split_once("│ x "));
    rows.filter_map(|(_, row)| row.split_whitespace().next()?.parse().ok())
        .collect()
}

#[test]
fn two_hundred_with_three_struck_out_leave_exactly_those_three() {
    for dialect in ["draft", "jsonapi"] {
        let endpoint = Endpoint::with(200, |spec| {
            spec.speed = 0.0;
            spec.world.half_open = false;
        });
        // On 24.02 a GET does not find a session that is stopping.
        let (stopping, before): (Vec<_>, Vec<_>) = endpoint.running().with_world(|world| {
            let all = world.sessions().map(|session| (session.id(), session.state()));
            all.partition(|(_, state)| *state == State::Stopping)
        });
        let stopping: Vec<_> = stopping.into_iter().map(|(id, _)| id).collect();
        let before: Vec<_> = before.into_iter().map(|(id, _)| id).collect();
        let count = before.len();
        let mut pty = endpoint.watched(dialect).size(100, 30).open();
        pty.wait("a table", |screen| has_rows(screen, 20));
        pty.keys("/not state=stopping\r");
        pty.sees(&format!("{count} of 200 shown"));
        pty.keys("*K");
        pty.sees(&format!("{count} still the same"));
        pty.sees("sessions that match not state=stopping?");
        pty.keys("jxx\x1b[F");
        pty.sees("2 struck out");
        pty.keys("x");
        pty.sees("3 struck out");
        let mut struck = pty.look(struck_out);
        pty.keys("\x1b[H");
        pty.wait("the first ones", |screen| struck_out(screen).len() == 2);
        struck.extend(pty.look(struck_out));
        type_number(&mut pty, count - 3);
        pty.sees(&format!("{} killed", count - 3));
        let mut deletes = endpoint.deletes();
        deletes.sort_unstable();
        let meant = before.iter().filter(|id| !struck.contains(id));
        let mut expected: Vec<_> = meant.map(|id| session_path(dialect, *id)).collect();
        expected.sort_unstable();
        assert_eq!(deletes, expected);
        let mut left = [stopping.as_slice(), struck.as_slice()].concat();
        left.sort_unstable();
        assert_eq!(endpoint.running().ids(), left);
        pty.keys("\x1b");
        pty.keys("q");
        assert_eq!(pty.ends_with(0), "");
    }
}

#[test]
fn escape_stops_the_rest_and_says_so() {
    let endpoint = Endpoint::with(60, |spec| {
        spec.speed = 0.0;
        spec.world.half_open = false;
        spec.delay = Duration::from_millis(300);
    });
    let mut pty = endpoint.watched("draft").size(100, 30).open();
    pty.wait("a table", |screen| has_rows(screen, 20));
    pty.keys("*K");
    pty.sees("60 still the same");
    type_number(&mut pty, 60);
    pty.sees("Esc stops the rest");
    pty.keys("\x1b");
    pty.sees("stopped: l shows why");
    let sent = endpoint.deletes().len();
    assert!(sent < 60, "{sent}");
    endpoint.polled(3, &pty);
    assert_eq!(endpoint.deletes().len(), sent);
    assert_eq!(endpoint.running().ids().len(), 60 - sent);
}

#[test]
fn who_is_renamed_to_a_name_that_looks_the_same_is_not_ended() {
    for dialect in ["draft", "jsonapi"] {
        let endpoint = Endpoint::frozen(12);
        let mut pty = endpoint.watched(dialect).size(120, 30).open();
        pty.wait("a table", |screen| has_rows(screen, 8));
        let id = pty.look(ids)[2];
        // One name is the letter x and an override, the other spells it out: both are shown alike.
        assert!(endpoint.running().rename(id, "x\u{202e}"));
        pty.sees("x\\u{202e}");
        pty.keys("jjK");
        pty.sees("Yes, kill it");
        assert!(endpoint.running().rename(id, "x\\u{202e}"));
        crate::kill::confirm(&mut pty, "y");
        pty.sees("refused");
        crate::kill::lives(&endpoint, &pty, id);
    }
}

#[test]
fn a_client_that_reconnects_at_once_is_reported() {
    let endpoint = Endpoint::with(12, |spec| spec.world.returning = true);
    let mut pty = endpoint.watched("jsonapi").size(120, 30).open();
    let id = crate::kill::ask_checked(&mut pty);
    crate::kill::confirm(&mut pty, "y");
    pty.sees("its client has opened session ");
    pty.keys("l");
    pty.sees(&format!("{id} "));
    pty.sees("has opened session ");
    assert_eq!(endpoint.deletes().len(), 1);
}

#[test]
fn stuck_sessions_are_found_marked_and_killed() {
    for dialect in crate::endpoint::DIALECTS {
        let endpoint = Endpoint::frozen(60);
        let mut pty = endpoint.watched(dialect).size(120, 30).open();
        pty.wait("a table", |screen| has_rows(screen, 20));
        pty.keys("/reason=idle\r");
        pty.sees("1 of 6");
        let id = pty.look(ids)[0];
        pty.keys("*K");
        pty.sees(&format!("Kill the marked session {id}?"));
        pty.sees("Yes, kill it");
        crate::kill::confirm(&mut pty, "y");
        pty.sees(&format!("killed {id} "));
        assert_eq!(endpoint.deletes(), [session_path(dialect, id)]);
    }
}
