//! The table by groups: opening, returning, and a kill of exactly one group.

use serde_json::Value;

use crate::bulk::type_number;
use crate::endpoint::{DIALECTS, Endpoint, session_path};
use crate::screen::{cursor_line, has_rows, ids, lines};

/// The names of the groups with their counts, from top to bottom.
fn groups(screen: &vt100::Screen) -> Vec<(String, usize)> {
    let lines = lines(screen);
    let head = lines.iter().position(|line| line.contains("SESSIONS"));
    let rows = lines.iter().skip(head.map_or(usize::MAX, |head| head + 1));
    rows.map_while(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
    })
    .collect()
}

/// The name of the group under the cursor.
fn cursor_name(screen: &vt100::Screen) -> Option<String> {
    let (_, line) = cursor_line(screen)?;
    line.split_whitespace().next().map(str::to_owned)
}

/// Returns the sessions of a user, as the endpoint reports them.
fn of_user(endpoint: &Endpoint, user: &str) -> Vec<u64> {
    endpoint.running().with_world(|world| {
        let own = world.sessions().filter(|session| session.user() == Some(user));
        own.map(|session| session.id()).collect()
    })
}

#[test]
fn there_and_back_level_by_level() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::frozen(60);
        let mut pty = endpoint.watched(dialect).size(100, 30).open();
        pty.wait("a table", |screen| has_rows(screen, 20));
        let rows = pty.look(ids);
        pty.keys("t");
        pty.wait("groups", |screen| groups(screen).len() > 3);
        pty.keys("j");
        let second = pty.look(groups)[1].clone();
        pty.wait("the second group", |screen| {
            cursor_name(screen) == Some(second.0.clone())
        });
        pty.keys("\r");
        pty.sees(&format!("{} of ", second.1));
        pty.sees(&format!("/user={}", second.0));
        let mut own = of_user(&endpoint, &second.0);
        own.sort_unstable();
        let mut shown = pty.look(ids);
        shown.sort_unstable();
        assert_eq!(shown, own);
        pty.keys("\x1b");
        pty.wait("back on the group", |screen| {
            cursor_name(screen) == Some(second.0.clone()) && groups(screen).len() > 3
        });
        pty.keys("t");
        pty.sees("[address]");
        pty.keys("\x1b");
        // All of them, with the cursor on the session that it was on last.
        pty.wait("the table", |screen| ids(screen).len() == rows.len());
        pty.no_longer_sees("[address]");
        assert!(!pty.text().contains("/user="), "{}", pty.text());
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn a_kill_of_a_group_ends_exactly_its_sessions_and_logs_the_filter() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::with(60, |spec| {
            spec.speed = 0.0;
            spec.world.half_open = false;
        });
        let mut pty = endpoint.watched(dialect).size(100, 30).open();
        pty.wait("a table", |screen| has_rows(screen, 20));
        pty.keys("/not state=stopping\r");
        pty.sees("/not state=stopping");
        pty.keys("t");
        pty.wait("groups", |screen| groups(screen).len() > 3);
        let (place, (user, count)) = pty
            .look(groups)
            .into_iter()
            .enumerate()
            .find(|(_, (_, count))| (6..16).contains(count))
            .unwrap();
        pty.keys(&"j".repeat(place));
        pty.wait("the group", |screen| cursor_name(screen) == Some(user.clone()));
        let mut expected: Vec<_> = endpoint.running().with_world(|world| {
            let own = world.sessions().filter(|session| {
                session.user() == Some(&user) && session.state() != maxtop::demo::State::Stopping
            });
            own.map(|session| session_path(dialect, session.id())).collect()
        });
        expected.sort_unstable();
        assert_eq!(expected.len(), count);
        pty.keys("K");
        pty.sees(&format!("{count} still the same"));
        let filter = format!("not state=stopping and user={user}");
        pty.sees(&format!("filter          {filter}"));
        type_number(&mut pty, count);
        pty.sees(&format!("{count} killed"));
        let mut deletes = endpoint.deletes();
        deletes.sort_unstable();
        assert_eq!(deletes, expected);
        pty.keys("\x1bq");
        pty.ends_with(0);
        let log = std::fs::read_to_string(pty.audit_log()).unwrap();
        let entries: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(entries.len(), 2 * count);
        for entry in entries {
            assert_eq!(
                (&entry["filter"], &entry["user"]),
                (&filter.as_str().into(), &user.as_str().into())
            );
        }
    }
}
