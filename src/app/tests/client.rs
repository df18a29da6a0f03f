//! Filtering by one client, on all endpoints.

use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::model::Dialect;

const PROXIES: [&str; 2] = ["proxy-1", "proxy-2"];

fn two_proxies() -> AppHarness {
    let mut stage = AppHarness::watching(&PROXIES, AppSettings::default(), Dialect::Draft, (100, 24));
    stage.list_at(
        0,
        &draft(&[(1, "ann", 50), (2, "bob", 40), (3, "o'neil*", 30)]),
        "",
    );
    stage.list_at(1, &draft(&[(1, "ann", 20), (2, "cid", 10)]), "");
    stage
}

fn shown(stage: &AppHarness) -> Vec<(String, u64)> {
    let rows = stage.app.table.view.window(0, 99);
    rows.map(|row| (row.endpoint.to_owned(), row.session.id.0))
        .collect()
}

#[test]
fn its_sessions_on_all_endpoints_and_nobody_elses() {
    let mut stage = two_proxies();
    stage.press(Code::Home);
    let here = stage.app.table.view.row(0).unwrap();
    assert_eq!(here.session.user.as_ref().unwrap().as_str(), "ann");
    stage.press(Code::Char('='));
    let on = |name: &str| (name.to_owned(), 1);
    assert_eq!(shown(&stage), [on("proxy-1"), on("proxy-2")]);
    stage.press(Code::Esc);
    assert_eq!(shown(&stage).len(), 5);
}

#[test]
fn a_name_that_would_be_a_pattern_is_a_name() {
    let mut stage = two_proxies();
    stage.press(Code::Home);
    while stage
        .app
        .table
        .view
        .row(stage.app.table.cursor.position())
        .unwrap()
        .session
        .id
        .0
        != 3
    {
        stage.press(Code::Down);
    }
    stage.press(Code::Char('='));
    assert_eq!(shown(&stage), [("proxy-1".to_owned(), 3)]);
}
