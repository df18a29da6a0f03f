//! The filter: typed, kept, undone, cleared.

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, ids, lines};

#[test]
fn it_is_typed_kept_and_cleared() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let all = pty.look(ids);
    let matching: Vec<u64> = all
        .iter()
        .copied()
        .filter(|id| endpoint.user(*id) == "etl")
        .collect();
    assert!(!matching.is_empty() && matching.len() < all.len());

    pty.keys("jj/");
    pty.wait("a text cursor", |screen| !screen.hide_cursor());
    pty.keys("etl");
    pty.wait("those that match, while it is typed", |screen| {
        ids(screen) == matching
    });
    pty.sees(&format!("{} of 19", matching.len()));
    pty.keys("\r");
    pty.wait("the table again", vt100::Screen::hide_cursor);
    pty.wait("the first match", |screen| cursor_id(screen) == Some(matching[0]));
    pty.sees(&format!("{} of 19 shown · ", matching.len()));
    pty.sees("/etl");
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn esc_undoes_typed_text_and_then_clears() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("draft").args(["--filter", "etl"]).open();
    pty.sees("/etl");
    pty.wait("those that match", |screen| !ids(screen).is_empty());
    let matching = pty.look(ids);
    pty.keys("/zzz");
    pty.sees("no session matches 'etlzzz'");
    pty.keys("\x1b");
    pty.wait("the filter before", |screen| ids(screen) == matching);
    pty.keys("\x1b");
    pty.wait("all of them", |screen| ids(screen).len() == 19);
    pty.keys("\x1b");
    endpoint.polled(2, &pty);
    pty.look(|screen| assert!(lines(screen)[0].contains("live"), "Esc never quits"));
}

#[test]
fn its_text_is_never_a_command() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("/qKQyp?");
    pty.sees("/ qKQyp?");
    pty.keys("\x15web");
    pty.sees("/ web");
    pty.keys("\x03");
    pty.wait("the table", |screen| {
        screen.hide_cursor() && ids(screen).len() == 19
    });
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}

#[test]
fn what_is_no_filter_yet_leaves_the_rows_and_says_why() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("/etl");
    pty.wait("fewer", |screen| {
        let shown = ids(screen).len();
        shown > 0 && shown < 19
    });
    let matching = pty.look(ids);
    pty.keys(" or idel>5m");
    pty.sees("unknown field 'idel': did you mean idle?");
    pty.keys("\r");
    pty.keys("\x05");
    endpoint.polled(2, &pty);
    pty.sees("unknown field 'idel': did you mean idle?");
    assert_eq!(pty.look(ids), matching);
    pty.keys("\x1b");
    pty.wait("all of them", |screen| ids(screen).len() == 19);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn fields_are_completed_and_applied_filters_recalled() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let all = pty.look(ids);
    let of = |users: &[&str]| -> Vec<u64> {
        let is_one = |id: &u64| users.contains(&endpoint.user(*id).as_str());
        all.iter().copied().filter(is_one).collect()
    };
    let (etl, others) = (of(&["etl"]), 19 - of(&["etl"]).len());
    pty.keys("/us\t=e*l\r");
    pty.wait("the table again", vt100::Screen::hide_cursor);
    pty.wait("those that match", |screen| ids(screen) == etl);
    pty.sees("/user=e*l");
    pty.keys("/\x15user!=etl known(user)\r");
    pty.wait("the others", |screen| ids(screen).len() == others);
    pty.keys("/\x1b[A\r");
    pty.wait("the first again", |screen| ids(screen) == etl);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn search_moves_the_cursor_and_one_key_shows_only_the_stuck() {
    let endpoint = Endpoint::frozen(19);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let all = pty.look(ids);
    let etl = all.iter().copied().find(|id| endpoint.user(*id) == "etl");
    pty.keys("\x1bOR");
    pty.sees(" search: ");
    pty.keys("ETL\r");
    pty.wait("the cursor on a match", |screen| {
        cursor_id(screen).is_some_and(|id| endpoint.user(id) == "etl")
    });
    assert_eq!(pty.look(ids).len(), 19);
    assert!(etl.is_some());
    pty.keys("!");
    pty.sees("only stuck sessions (! shows all 19)");
    pty.keys("!");
    pty.wait("all again", |screen| ids(screen).len() == 19);
    pty.keys("/reason=qurey");
    pty.sees("unknown reason 'qurey': did you mean query?");
    pty.keys("\x1b");
    pty.wait("the table", vt100::Screen::hide_cursor);
    pty.keys("q");
    pty.ends_with(0);
}
