//! The view of servers and services.

use super::{draft, frame};
use crate::app::keymap::Code;
use crate::app::tests::servers::troubled;

#[test]
fn servers_and_services_with_trouble() {
    for (columns, lines) in [(60, 15), (80, 24), (120, 40)] {
        let stage = troubled((columns, lines));
        insta::assert_snapshot!(format!("troubled_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn the_view_scrolls_to_the_cursor_on_a_low_screen() {
    let mut stage = troubled((80, 10));
    stage.press(Code::End);
    let shown = frame(&stage);
    assert!(shown.contains("Read-Only"), "{shown}");
    for _ in 0..6 {
        stage.press(Code::Up);
    }
    let shown = frame(&stage);
    assert!(shown.contains("SERVERS  as MaxScale"), "{shown}");
}

#[test]
fn the_draft_reports_no_servers() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('S'));
    let shown = frame(&stage);
    assert!(shown.contains("the draft API reports no servers"), "{shown}");
}
