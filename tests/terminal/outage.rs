//! The endpoint disappears, hangs or restarts: the screen shows it, the rows stay, and keys work.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use vt100::Screen;

use crate::endpoint::{DIALECTS, Endpoint};
use crate::screen::{cursor_id, cursor_line, has_rows, ids, lines};
use crate::start::Start;

#[test]
fn it_goes_away_and_comes_back() {
    for dialect in DIALECTS {
        let mut endpoint = Endpoint::frozen(12);
        let mut pty = endpoint.watched(dialect).open();
        pty.wait("a table", |screen| {
            ids(screen).len() > 3 && lines(screen)[0].contains("live")
        });
        let order = pty.look(ids);

        endpoint.stop();
        pty.wait("its state", |screen| {
            let header = lines(screen)[..2].join("\n");
            header.contains("stale") && header.contains("connection refused") && header.contains("again in")
        });
        assert_eq!(pty.look(ids), order);
        pty.keys("jj");
        pty.wait("keys answer", |screen| cursor_id(screen) == Some(order[2]));
        pty.keys("?");
        pty.sees("Help for");
        pty.keys("\x1b");
        pty.no_longer_sees("Help for");

        endpoint.start();
        pty.wait("live again", |screen| {
            let header = lines(screen)[..2].join("\n");
            header.contains("live") && !header.contains("refused")
        });
        assert_eq!(pty.look(cursor_id), Some(order[2]));
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn no_endpoint_listens_from_the_start() {
    let mut endpoint = Endpoint::new(12);
    endpoint.stop();
    let mut pty = endpoint.watched("auto").open();
    pty.sees("no data");
    pty.sees("connection refused");
    pty.sees("Is MaxScale running");
    pty.sees("maxtop doctor");
    pty.keys("jKG\r");
    endpoint.start();
    pty.wait("a table", |screen| has_rows(screen, 3));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn one_that_never_answers_holds_up_no_key() {
    // It accepts connections and never replies.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut pty = Start::new(["--endpoint", &url, "--timeout", "1h"]).open();
    pty.sees("connecting");
    pty.sees("Waiting for the first list of sessions");
    pty.sees("No reply for");
    pty.keys("?");
    pty.sees("Help for");
    pty.keys("\x1b");
    pty.no_longer_sees("Help for");
    pty.keys("jK\r/abc");
    pty.sees("/ abc");
    pty.keys("\x1b");
    pty.wait("the table", Screen::hide_cursor);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn one_that_stops_answering_is_said_to_have_timed_out() {
    let mut endpoint = Endpoint::new(12);
    let pty = endpoint.watched("draft").args(["--timeout", "300ms"]).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    endpoint.stop();
    let silent = TcpListener::bind(endpoint.addr()).unwrap();
    pty.sees("timed out after 300ms");
    assert_eq!(pty.look(ids).len(), 12);
    drop(silent);
    endpoint.start();
    pty.wait("live again", |screen| lines(screen)[0].contains("live"));
}

#[test]
fn rows_that_are_no_sessions_are_named_and_the_last_good_ones_stay() {
    let mut endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched("draft").size(140, 24).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    endpoint.stop();
    let other = TcpListener::bind(endpoint.addr()).unwrap();
    std::thread::spawn(move || {
        for stream in other.incoming() {
            let body = r#"[{"VARIABLE_NAME":"VERSION"},{"VARIABLE_NAME":"UPTIME"}]"#;
            let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            // The client may be gone already.
            let _ = stream.unwrap().write_all(reply.as_bytes());
        }
    });
    pty.sees("none of its 2 rows is a session");
    assert_eq!(pty.look(ids).len(), 12);
    assert!(pty.look(|screen| lines(screen)[0].contains("stale")));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn a_new_process_is_a_new_table() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched(dialect).size(120, 24).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        pty.keys("jk");
        endpoint.running().restart();
        pty.wait("the old session has ended", |screen| {
            cursor_line(screen).is_some_and(|(_, line)| line.contains("ended"))
        });
        pty.keys("K");
        pty.sees("this session has already ended");
        let has_only_new = |screen: &Screen| {
            let shown = ids(screen);
            shown.len() > 3 && !lines(screen).iter().skip(3).any(|line| line.contains("ended"))
        };
        // An ended row goes when the cursor leaves it. While the order still changes, a key can move to another ended row.
        for keys in ["gG", "g", "G", "k"] {
            pty.keys(keys);
            if pty.becomes(Duration::from_secs(3), has_only_new) {
                break;
            }
        }
        pty.wait("only new ones", has_only_new);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
    }
}
