//! The header's messages about the proxies behind an endpoint.

use super::{draft, frame};
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft as draft_list};
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::model::{Dialect, EndpointId};

#[test]
fn the_header_says_that_several_proxies_answer() {
    for size in [(80, 24), (120, 40)] {
        let mut stage = draft(size);
        stage.send(Msg::SeveralProxies(EndpointId(0)));
        let frame = frame(&stage);
        let header = frame.lines().next().unwrap();
        assert!(
            header.contains("several proxies answer here: killing is off"),
            "{header}"
        );
    }
}

#[test]
fn the_summary_of_many_endpoints_counts_those_with_several_proxies() {
    let names = ["a:1", "b:1", "c:1", "d:1"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, (120, 24));
    for endpoint in 0..4 {
        stage.list_at(endpoint, "[]", "");
    }
    stage.send(Msg::SeveralProxies(EndpointId(2)));
    let frame = frame(&stage);
    let mut lines = frame.lines();
    let summary = lines.next().unwrap();
    assert!(summary.contains("3 live  1 with several proxies"), "{summary}");
    assert!(
        lines.next().unwrap().contains("c:1"),
        "the worst comes first: {frame}"
    );
}

#[test]
fn the_question_about_one_session_names_its_proxy_among_several() {
    let names = ["a:1", "b:1"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, (60, 15));
    for endpoint in 0..2 {
        stage.list_at(endpoint, &draft_list(&[(2, "ann", 1)]), "");
    }
    stage.press(Code::Char('K'));
    let frame = frame(&stage);
    assert!(frame.contains("Kill session 2 on a:1?"), "{frame}");
}
