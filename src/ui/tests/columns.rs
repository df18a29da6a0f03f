//! The column chooser, and the header with its sparklines.

use std::time::Duration;

use super::*;

#[test]
fn columns_are_chosen_under_the_table_that_shows_them() {
    for (columns, lines) in [(80, 24), (120, 40), (200, 60)] {
        let mut stage = json_api((columns, lines));
        stage.press(Code::Char('c'));
        // USER to the left of ID, no SERVICE, and WORKER.
        stage.type_text("jj<<jjjj ");
        stage.press(Code::End);
        stage.press(Code::Up);
        stage.press(Code::Up);
        stage.press(Code::Char(' '));
        insta::assert_snapshot!(format!("columns_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn the_usual_columns_need_no_option() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('c'));
    insta::assert_snapshot!("columns_usual", frame(&stage));
}

#[test]
fn the_columns_on_a_small_screen() {
    let mut stage = draft((40, 12));
    stage.press(Code::Char('c'));
    stage.type_text("j ");
    insta::assert_snapshot!("columns_40x12", frame(&stage));
    for columns in 0..30 {
        for lines in 0..14 {
            let mut stage = draft((columns, lines));
            stage.press(Code::Char('c'));
            frame(&stage);
            stage.press(Code::End);
            stage.press(Code::Char(' '));
            frame(&stage);
        }
    }
}

/// A fleet over two minutes that grows, loses a few sessions and has more and more stuck ones.
pub(super) fn moving(size: (u16, u16), dialect: Dialect) -> AppHarness {
    let mut stage = AppHarness::new(dialect, size);
    for second in 0..120_u64 {
        let sessions = (second / 3..40 + second).map(|id| {
            let idle = if id % 8 == 0 { 9_000 } else { 1 };
            match dialect {
                Dialect::Draft => format!(
                    r#"{{"id":{id},"state":"Session ready for routing","user":"app","address":"10.0.3.7","service":"/services/RW-Split","connected":"Mon Nov 23 12:08:03 2026","idle":{idle}}}"#
                ),
                Dialect::JsonApi => format!(
                    r#"{{"id":"{id}","attributes":{{"user":"app","remote":"10.0.3.7","state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":{idle},"connections":[{{"server":"db1"}}]}}}}"#
                ),
            }
        });
        let sessions = sessions.collect::<Vec<_>>().join(",");
        stage.list(&match dialect {
            Dialect::Draft => format!("[{sessions}]"),
            Dialect::JsonApi => format!(r#"{{"data":[{sessions}]}}"#),
        });
        stage.wait(Duration::from_secs(1));
    }
    stage
}

/// Returns the first two lines of the screen.
fn header(stage: &AppHarness) -> String {
    frame(stage).lines().take(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_header_has_as_many_bars_as_there_is_room_for() {
    let mut headers = Vec::new();
    for dialect in [Dialect::Draft, Dialect::JsonApi] {
        for columns in [60, 70, 80, 100, 120, 140, 200] {
            let stage = moving((columns, 24), dialect);
            headers.push(format!("{columns} columns\n{}", header(&stage)));
        }
    }
    let headers = headers.join("\n");
    insta::assert_snapshot!("header_bars", headers);
}

#[test]
fn the_screen_of_a_fleet_that_moves() {
    for (columns, lines) in [(80, 24), (120, 40), (200, 60)] {
        let stage = moving((columns, lines), Dialect::JsonApi);
        insta::assert_snapshot!(format!("moving_{columns}x{lines}"), frame(&stage));
    }
    let mut stage = moving((80, 24), Dialect::JsonApi);
    stage.press(Code::Char('o'));
    insta::assert_snapshot!("moving_overview", frame(&stage));
}

#[test]
fn bars_push_nothing_out_of_the_header() {
    let mut stage = moving((120, 24), Dialect::Draft);
    let before = header(&stage);
    stage.press(Code::Char('j'));
    assert_eq!(header(&stage), before, "a key moves nothing");
    stage.fail(RequestError::TimedOut(Duration::from_secs(10)));
    let failing = header(&stage);
    assert!(failing.contains("127.0.0.1:8989  stale "), "{failing}");
    assert!(failing.contains("timed out after 10s, again in 4s"), "{failing}");
}
