//! Cases without a kill: keys typed ahead, another session with the same id, missing permission.

use std::time::{Duration, Instant};

use crate::endpoint::{DIALECTS, Endpoint};
use crate::kill::{ask_checked, confirm, lives, yes_is_chosen};
use crate::pty::Pty;
use crate::screen::{cursor_id, has_rows, ids};

#[test]
fn keys_typed_ahead_do_not_confirm() {
    for dialect in DIALECTS {
        for ahead in ["y", "yyy", "\x1b[Cy", "\x1b[C\x1b[Cy"] {
            let endpoint = Endpoint::new(12);
            let mut pty = endpoint.watched(dialect).open();
            pty.wait("a table", |screen| has_rows(screen, 3));
            let id = pty.look(cursor_id).unwrap();
            pty.keys(&format!("K{ahead}"));
            pty.sees("Yes, kill it");
            lives(&endpoint, &pty, id);
            pty.sees(&format!("Kill session {id}?"));
        }
    }
}

/// A key that arrives within 300 ms of Yes. Repeated if the machine was too slow.
#[test]
fn a_key_that_meets_a_fresh_yes_does_not_confirm() {
    for _ in 0..20 {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched("draft").open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        let id = pty.look(cursor_id).unwrap();
        let asked = Instant::now();
        pty.keys("K");
        pty.sees("Yes, kill it");
        // An arrow has an effect once Yes is open.
        let is_chosen = (0..1000).any(|_| {
            pty.keys("\x1b[C");
            pty.becomes(Duration::from_millis(20), yes_is_chosen)
        });
        assert!(is_chosen, "{}", pty.text());
        pty.keys("yn");
        pty.no_longer_sees("Kill session");
        let took = asked.elapsed();
        endpoint.polled(3, &pty);
        if endpoint.deletes().is_empty() {
            assert!(endpoint.has(id));
            return;
        }
        assert!(took > Duration::from_millis(300), "confirmed after {took:?}");
    }
    panic!("never fast enough to tell");
}

#[test]
fn enter_typed_ahead_means_no() {
    let endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    let id = pty.look(cursor_id).unwrap();
    pty.keys("K\x1b[C\rj");
    pty.wait("the next row", |screen| cursor_id(screen) != Some(id));
    lives(&endpoint, &pty, id);
}

#[test]
fn another_user_under_the_number_is_not_ended() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        // Without another list, which would show that the confirmed session has ended.
        let mut pty = endpoint.watched_every("1h", dialect).size(120, 24).open();
        let id = ask_checked(&mut pty);
        let before = endpoint.user(id);
        assert!(endpoint.running().impersonate(id, "mallory"));
        confirm(&mut pty, "y");
        pty.sees(&format!("refused: id {id} is now mallory@"));
        pty.sees(&format!("(was {before}@"));
        pty.keys("r");
        endpoint.polled(1, &pty);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
        assert!(endpoint.has(id));
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn another_user_before_the_first_check_is_shown_beside_the_old_one() {
    let endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched_every("1h", "draft").open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    let id = pty.look(cursor_id).unwrap();
    let before = endpoint.user(id);
    assert!(endpoint.running().impersonate(id, "mallory"));
    pty.keys("K");
    pty.sees("a different session now");
    pty.sees(&format!("was {before}"));
    pty.sees("is mallory");
    pty.keys("yyy\x1b[C\rr");
    endpoint.polled(1, &pty);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}

#[test]
fn one_that_ends_meanwhile_is_said_to_be_gone() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched_every("1h", dialect).open();
        let id = ask_checked(&mut pty);
        assert!(endpoint.running().kill(id));
        confirm(&mut pty, "y");
        pty.sees("was already gone");
        pty.keys("r");
        endpoint.polled(1, &pty);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
    }
}

#[test]
fn one_that_ends_under_the_question_takes_yes_away() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched(dialect).open();
        let id = ask_checked(&mut pty);
        assert!(endpoint.running().kill(id));
        pty.sees(&format!("Session {id} has already ended"));
        pty.no_longer_sees("Yes, kill it");
        pty.keys("y\r");
        pty.no_longer_sees("has already ended ─");
        endpoint.polled(3, &pty);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
    }
}

#[test]
fn one_that_ended_before_the_question_is_said_to_have_ended() {
    let endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched_every("1h", "jsonapi").open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    let id = pty.look(cursor_id).unwrap();
    assert!(endpoint.running().kill(id));
    pty.keys("K");
    pty.sees("it has already ended");
    pty.keys("y\r");
    pty.no_longer_sees("Kill session");
    pty.keys("r");
    endpoint.polled(1, &pty);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}

#[test]
fn read_only_does_not_even_ask() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched(dialect).args(["--read-only"]).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        let id = pty.look(cursor_id).unwrap();
        pty.look(|screen| {
            assert!(screen.contents().contains("read-only"), "always in sight");
            assert!(!screen.contents().contains("K kill"), "not offered");
        });
        pty.keys("K");
        pty.sees("maxtop will not kill sessions");
        pty.look(|screen| assert!(!screen.contents().contains("Kill session")));
        lives(&endpoint, &pty, id);
    }
}

#[test]
fn a_connection_that_has_not_logged_in_is_refused() {
    let endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched("jsonapi").open();
    let anonymous = |world: &mut maxtop::demo::World| {
        world
            .sessions()
            .find(|session| session.user().is_none())
            .map(|session| session.id())
    };
    let id = endpoint.running().with_world(anonymous).expect("one");
    pty.wait("a table", |screen| ids(screen).contains(&id));
    pty.keys(&id.to_string());
    pty.wait("its row", |screen| cursor_id(screen) == Some(id));
    pty.keys("K");
    pty.sees("its user is unknown");
    lives(&endpoint, &pty, id);
}

#[test]
fn an_endpoint_that_disappears_during_the_dialog_gets_no_delete() {
    let mut endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched("draft").open();
    let id = ask_checked(&mut pty);
    endpoint.stop();
    confirm(&mut pty, "y");
    pty.sees("cannot be checked");
    endpoint.start();
    pty.sees("live");
    lives(&endpoint, &pty, id);
}

/// maxtop with an account of type basic.
fn watched_by_viewer(endpoint: &Endpoint, dialect: &str) -> Pty {
    endpoint
        .watched(dialect)
        .args(["--user", "viewer"])
        .env("MAXTOP_PASSWORD", "schau-nur")
        .size(120, 24)
        .open()
}

fn with_viewer() -> Endpoint {
    Endpoint::with(12, |spec| {
        spec.auth = Some(("admin".to_owned(), "geheim".into()));
        spec.viewer = Some(("viewer".to_owned(), "schau-nur".into()));
    })
}

#[test]
fn an_account_that_may_only_read_gets_a_message_and_continues() {
    // The draft does not report the type of an account: the reply to the DELETE does.
    let endpoint = with_viewer();
    let mut pty = watched_by_viewer(&endpoint, "draft");
    let id = ask_checked(&mut pty);
    confirm(&mut pty, "y");
    pty.sees("not allowed: this account may only read");
    pty.sees("read-only");
    assert!(endpoint.has(id));
    endpoint.polled(3, &pty);
    pty.look(|screen| assert!(screen.contents().contains("live"), "still let in"));
    pty.keys("K");
    pty.sees("this account may only read: use one with the permission edit");
    assert_eq!(endpoint.deletes().len(), 1, "never again");
}

#[test]
fn an_account_known_to_be_read_only_is_not_offered_yes() {
    let endpoint = with_viewer();
    let mut pty = watched_by_viewer(&endpoint, "jsonapi");
    pty.sees("live  read-only");
    pty.keys("K");
    pty.sees("this account may only read: use one with the permission edit");
    pty.look(|screen| assert!(!screen.contents().contains("Yes")));
    pty.keys("y");
    endpoint.polled(3, &pty);
    assert!(endpoint.deletes().is_empty());
}
