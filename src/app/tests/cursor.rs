//! The cursor's row and keys that refer to it.

use super::*;

/// Twenty-five sessions; the cursor is on session 25, which was the first row and is the last one now.
fn cursor_below_the_screen() -> AppHarness {
    let list = |first: u64| {
        let sessions: Vec<_> = (1..=25)
            .map(|id| (id, "ann", if id == 25 { first } else { 100 + id }))
            .collect();
        draft(&sessions)
    };
    let mut stage = AppHarness::new(Dialect::Draft, (80, 12));
    stage.list(&list(5_000));
    stage.press(Code::Down);
    stage.press(Code::Up);
    stage.wait_until_idle();
    stage.list(&list(1));
    let page = stage.app.page();
    assert_eq!(stage.shown().1, Some(25));
    assert!(!stage.app.table.is_cursor_visible(page));
    stage
}

#[test]
fn a_key_for_a_row_outside_the_screen_only_scrolls_to_it() {
    for key in ['K', ' ', '='] {
        let mut stage = cursor_below_the_screen();
        stage.press(Code::Char(key));
        let page = stage.app.page();
        assert!(stage.app.table.is_cursor_visible(page), "{key}");
        assert!(stage.app.modal.is_closed() && stage.app.marks.is_empty(), "{key}");
        assert!(stage.app.table.filter.is_empty(), "{key}");
        let status = stage.app.status.as_ref().unwrap();
        assert!(status.text.contains("press the key again"), "{}", status.text);
    }
    let mut stage = cursor_below_the_screen();
    stage.press(Code::Enter);
    assert!(stage.app.detail.is_none());
    stage.press(Code::Enter);
    assert!(stage.app.detail.is_some());
}

#[test]
fn marks_are_killed_wherever_the_cursor_is() {
    let mut stage = cursor_below_the_screen();
    stage.press(Code::Char('*'));
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_some());
}
