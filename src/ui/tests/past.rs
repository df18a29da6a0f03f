//! Frames of past moments.

use proptest::prelude::*;

use super::*;
use crate::app::harness;
use crate::app::msg::{Msg, PastMsg};

const SECOND: Duration = Duration::from_secs(1);

/// Returns the lines between the header and the status line.
/// Returns the words of the lines. Columns of the past keep the width that they have grown to.
fn body_lines(stage: &AppHarness) -> Vec<String> {
    let shown = frame(stage);
    let lines = shown.lines().count();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    shown.lines().skip(2).take(lines - 4).map(words).collect()
}

#[test]
fn the_header_says_that_this_is_the_past_at_every_width() {
    for (width, is_extent_shown) in [(60, false), (80, true), (120, true)] {
        let mut stage = draft((width, 24));
        for _ in 0..5 {
            stage.wait(SECOND);
            stage.list(FLEET);
        }
        let mut past = stage.back(stage.ago(2));
        let present = stage.now();
        past.send(Msg::Past(PastMsg::LiveTime(present)));
        let shown = frame(&past);
        let line = shown.lines().nth(1).unwrap();
        let start = " PAST  16:20:04, 2s ago  [ ] step  { } minute  L live";
        assert!(line.starts_with(start), "{line}");
        assert_eq!(line.contains("history 5s, 1 kB"), is_extent_shown, "{line}");
        assert!(!shown.lines().next().unwrap().contains("kill"));
        assert!(!shown.contains("K kill"), "{shown}");
    }
}

#[test]
fn past_details_have_no_next_step_and_no_consequences() {
    let mut stage = draft((80, 24));
    for _ in 0..3 {
        stage.wait(SECOND);
        stage.list(FLEET);
    }
    stage.press(Code::Enter);
    stage.wait(SECOND);
    stage.list(FLEET);
    assert!(frame(&stage).contains("IF KILLED"), "{}", frame(&stage));
    let past = frame(&stage.back(stage.ago(1)));
    assert!(past.contains("Session "), "{past}");
    assert!(!past.contains("IF KILLED") && !past.contains("  next "), "{past}");
}

#[test]
fn on_a_low_screen_the_past_takes_the_line_of_the_endpoint() {
    let mut stage = draft((60, 11));
    stage.wait(SECOND);
    stage.list(FLEET);
    let past = stage.back(stage.ago(1));
    assert!(frame(&past).starts_with(" PAST "), "{}", frame(&past));
}

/// One list: the ids with their idle seconds.
fn lists() -> impl Strategy<Value = Vec<Vec<(u64, u64)>>> {
    let rows = proptest::collection::btree_map(1_u64..30, 0_u64..40_000, 0..12);
    proptest::collection::vec(rows.prop_map(|rows| rows.into_iter().collect()), 2..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_past_shows_what_live_showed_at_that_list(lists in lists(), keys in "[tsI!]{0,2}") {
        let mut stage = AppHarness::new(Dialect::Draft, (110, 30));
        let mut shown = Vec::new();
        stage.wait(SECOND);
        for list in &lists {
            stage.wait(SECOND);
            let rows: Vec<_> = list.iter().map(|(id, idle)| (*id, "ann", *idle)).collect();
            stage.list(&harness::draft(&rows));
            shown.push((stage.app.now.elapsed, body_lines(&stage)));
        }
        for (at, live) in &shown {
            let past = stage.back(*at);
            prop_assert_eq!(&body_lines(&past), live);
        }
        // Keys change how a moment is shown, and the next one is shown in the same way.
        let mut past = stage.back(shown[0].0);
        for key in keys.chars() {
            past.press(Code::Char(key));
        }
        let other = stage.back_at(shown[1].0, &past.app, None);
        prop_assert_eq!(other.app.table.filter.text(), past.app.table.filter.text());
        prop_assert_eq!(other.app.table.shows_groups(), past.app.table.shows_groups());
    }
}

#[test]
fn the_header_has_time_speed_and_file_of_a_recording_at_every_width() {
    use crate::app::tests::replay::replayed;
    for (width, keys, is_file_shown) in [
        (60, "Space play/pause", false),
        (80, "Space play/pause", true),
        (120, "( ) event", true),
    ] {
        let mut stage = replayed((width, 24));
        let shown = frame(&stage);
        let line = shown.lines().nth(1).unwrap();
        assert!(line.starts_with(" REPLAY  "), "{line}");
        assert!(
            line.contains("  paused  ") || line.ends_with("  paused"),
            "{line}"
        );
        assert!(line.contains(keys), "{line}");
        assert_eq!(line.contains(" night.mxr "), is_file_shown, "{line}");
        stage.press(Code::Char('+'));
        stage.press(Code::Char('+'));
        stage.press(Code::Char(' '));
        let shown = frame(&stage);
        assert!(shown.contains("  playing 4x"), "{shown}");
        assert!(
            !shown.contains("K kill") && !shown.contains("Space mark"),
            "{shown}"
        );
    }
}

#[test]
fn the_line_of_trends_says_that_a_recording_is_made() {
    use crate::app::recording::RecordingMsg;
    let mut stage = draft((80, 24));
    stage.list(FLEET);
    stage.press(Code::Char('R'));
    stage.send(Msg::Recording(RecordingMsg::Started("/a.mxr".to_owned())));
    stage.send(Msg::Recording(RecordingMsg::Size(1_240_000)));
    let shown = frame(&stage);
    let line = shown.lines().nth(1).unwrap();
    assert!(line.trim_end().ends_with("REC 16:20 1.2 MB"), "{line}");
    assert!(line.contains("sessions "), "{line}");
}

#[test]
fn the_overview_of_the_past_does_not_speak_of_now() {
    let mut stage = draft((80, 24));
    stage.wait(SECOND);
    stage.list(FLEET);
    let mut past = stage.back(stage.ago(1));
    for (shown, word) in [(&mut stage, " now"), (&mut past, " then")] {
        shown.press(Code::Char('o'));
        let frame = frame(shown);
        assert!(frame.matches(word).count() > 1, "{frame}");
        assert!(word == " now" || !frame.contains(" now"), "{frame}");
    }
}
