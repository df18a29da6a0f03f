//! Frames of the table by groups.

use super::*;

fn grouped(mut stage: AppHarness, steps: usize) -> AppHarness {
    for _ in 0..steps {
        stage.press(Code::Char('t'));
    }
    stage
}

#[test]
fn by_user_at_every_size() {
    for size in [(80, 24), (120, 40), (200, 60), (40, 12)] {
        let name = format!("{}x{}", size.0, size.1);
        insta::assert_snapshot!(format!("draft_{name}"), frame(&grouped(draft(size), 1)));
        insta::assert_snapshot!(format!("jsonapi_{name}"), frame(&grouped(json_api(size), 1)));
    }
}

#[test]
fn by_server_some_count_in_several() {
    let mut stage = grouped(json_api((80, 24)), 4);
    stage.press(Code::Char(' '));
    insta::assert_snapshot!("servers_80x24", frame(&stage));
}

#[test]
fn the_sessions_of_a_group() {
    let mut stage = grouped(json_api((80, 24)), 1);
    stage.press(Code::Enter);
    insta::assert_snapshot!("opened_80x24", frame(&stage));
}

#[test]
fn in_ascii() {
    let settings = AppSettings {
        ascii: true,
        plain: true,
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(FLEET);
    let frame = frame(&grouped(stage, 1));
    assert!(frame.is_ascii(), "{frame}");
    insta::assert_snapshot!("ascii_80x24", frame);
}

#[test]
fn no_size_is_too_small_for_groups() {
    for columns in 0..30 {
        for lines in 0..8 {
            let mut stage = grouped(json_api((columns, lines)), 1);
            frame(&stage);
            stage.press(Code::End);
            stage.press(Code::Char(' '));
            frame(&stage);
            stage.press(Code::Char('t'));
            stage.press(Code::Char('/'));
            stage.type_text("nobody");
            frame(&stage);
        }
    }
}
