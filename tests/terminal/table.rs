//! The table: it appears, the cursor moves and stays on its session, and a pause stops updates.

use maxtop::demo::ServedDialects;

use crate::endpoint::{DIALECTS, Endpoint};
use crate::screen::{cursor_id, cursor_line, ids, lines};

#[test]
fn it_appears_in_both_dialects_and_sizes() {
    let endpoint = Endpoint::new(50);
    for dialect in DIALECTS {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let mut pty = endpoint.watched(dialect).size(columns, rows).open();
            let room = usize::from(rows) - 5;
            pty.wait("a full table", |screen| {
                ids(screen).len() == room && screen.contents().contains("live")
            });
            pty.look(|screen| {
                let text = lines(screen);
                assert!(text[0].contains(&endpoint.addr().to_string()), "{}", text[0]);
                for heading in ["ID", "USER", "ADDRESS", "SERVICE", "AGE", "IDLE"] {
                    assert!(text[2].contains(heading), "{heading}: {}", text[2]);
                }
                assert!(ids(screen).iter().all(|id| endpoint.has(*id)));
                assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
            });
            assert!(!pty.modes_are_as_found(), "raw mode");
            pty.keys("q");
            pty.ends_with(0);
        }
    }
}

#[test]
fn what_is_stuck_stands_first_and_says_why() {
    let endpoint = Endpoint::frozen(50);
    for (dialect, counts, reasons) in [
        // The draft's connections are sampled one after another.
        ("draft", "▲2", &["▲ etl", "▲ report"][..]),
        ("jsonapi", "▲2   ●1", &["▲ etl", "▲ report", "● "]),
    ] {
        let mut pty = endpoint.watched_every("100ms", dialect).open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.wait("the counts", |screen| lines(screen)[0].contains(counts));
        pty.look(|screen| {
            let text = lines(screen);
            assert!(text[2].ends_with("WHY▾"), "{}", text[2]);
            for (line, reason) in text[3..].iter().zip(reasons) {
                assert!(line.contains(reason), "{line}");
            }
            assert!(text[3].contains(" idle"), "{}", text[3]);
            assert!(!text[6].contains(['▲', '●']), "{}", text[6]);
        });
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn the_dialect_is_found() {
    for (dialects, found) in [
        (ServedDialects::Draft, "draft"),
        (ServedDialects::JsonApi, "24.02"),
    ] {
        let endpoint = Endpoint::with(12, |spec| spec.dialects = dialects);
        let mut pty = endpoint.watched("auto").open();
        pty.wait("a table", |screen| !ids(screen).is_empty());
        pty.look(|screen| assert!(lines(screen)[0].contains(found), "{}", lines(screen)[0]));
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn the_demo_brings_its_own_endpoint() {
    let mut pty = crate::start::Start::new(["demo", "--sessions", "20", "--churn", "0"]).open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn the_cursor_moves() {
    let endpoint = Endpoint::frozen(50);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let first = pty.look(ids);
    let mut goes = |keys: &str, what: &str, is_so: &dyn Fn(&vt100::Screen) -> bool| {
        pty.keys(keys);
        pty.wait(&format!("{keys:?}: {what}"), is_so);
    };
    goes("j", "second row", &|screen| cursor_id(screen) == Some(first[1]));
    goes("\x1b[B", "third row", &|screen| {
        cursor_id(screen) == Some(first[2])
    });
    goes("k\x1b[A", "first row", &|screen| {
        cursor_id(screen) == Some(first[0])
    });
    goes("k", "stays in the list", &|screen| {
        cursor_id(screen) == Some(first[0])
    });
    goes("\x1b[6~", "second page", &|screen| {
        cursor_id(screen).is_some_and(|id| !first.contains(&id))
    });
    goes("G", "last row", &|screen| {
        cursor_id(screen) == ids(screen).last().copied() && screen.contents().contains("31 above")
    });
    goes("\x1b[H", "first row", &|screen| {
        cursor_id(screen) == Some(first[0]) && ids(screen) == first
    });
    let last = *endpoint.running().ids().last().unwrap();
    goes(&last.to_string(), "to the id", &|screen| {
        cursor_id(screen) == Some(last)
    });
}

#[test]
fn the_cursor_stays_on_its_session() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let order = pty.look(ids);
    pty.keys("jjj");
    pty.wait("the fourth row", |screen| cursor_id(screen) == Some(order[3]));

    for id in &order[..2] {
        endpoint.running().kill(*id);
    }
    pty.wait("two rows fewer", |screen| ids(screen).len() == 10);
    assert_eq!(pty.look(cursor_id), Some(order[3]));

    pty.keys("II");
    pty.wait("the first row after a sort", |screen| {
        cursor_id(screen) == Some(ids(screen)[0])
    });
}

#[test]
fn a_session_that_ends_under_the_cursor_stays_until_it_leaves() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").size(120, 24).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let id = pty.look(ids)[1];
    pty.keys("j");
    pty.wait("the second row", |screen| cursor_id(screen) == Some(id));
    endpoint.running().kill(id);
    pty.wait("it has ended", |screen| {
        cursor_line(screen).is_some_and(|(_, line)| line.contains("ended"))
    });
    // The row is shown, but its session no longer exists.
    pty.look(|screen| assert!(lines(screen)[22].starts_with(" 11 sessions")));
    pty.keys("K");
    pty.sees("this session has already ended");
    pty.keys("j");
    pty.wait("it is gone", |screen| !ids(screen).contains(&id));
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}

#[test]
fn a_pause_holds_the_table_and_polling_goes_on() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let before = pty.look(ids);
    pty.keys("p");
    pty.sees("paused");
    endpoint.running().kill(before[5]);
    pty.wait("one fewer in the header", |screen| {
        lines(screen)[1].contains("sessions 11 ")
    });
    assert_eq!(pty.look(ids), before);
    pty.keys("p");
    pty.wait("it is gone", |screen| ids(screen).len() == 11);
    pty.no_longer_sees("paused");
}
