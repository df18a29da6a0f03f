//! Search, and the key that shows only stuck sessions.

use super::*;

fn search(stage: &mut AppHarness, text: &str) {
    stage.press(Code::F(3));
    stage.type_text(text);
    stage.press(Code::Enter);
}

fn status(stage: &AppHarness) -> Option<&str> {
    stage.app.status.as_ref().map(|status| status.text.as_str())
}

#[test]
fn search_moves_the_cursor_and_hides_no_row() {
    let mut stage = stage();
    stage.press(Code::Home);
    let first = stage.shown().1;
    search(&mut stage, "EVE");
    assert_eq!((stage.shown().0.len(), stage.shown().1), (5, Some(5)));
    stage.press(Code::Char('n'));
    assert_eq!(status(&stage), Some("1 of 1 with 'EVE': no other row has it"));
    search(&mut stage, "10.0.3");
    let mut seen = vec![stage.shown().1];
    for _ in 0..4 {
        stage.press(Code::Char('n'));
        seen.push(stage.shown().1);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5, "it goes through all rows");
    stage.press(Code::Home);
    stage.press(Code::Char('N'));
    assert_eq!(
        status(&stage),
        Some("continued from the last row: 5 of 5 with '10.0.3'")
    );
    stage.press(Code::Char('n'));
    assert_eq!(
        status(&stage),
        Some("continued from the first row: 1 of 5 with '10.0.3'")
    );
    assert_eq!(stage.shown().1, first);
}

#[test]
fn a_search_without_a_match_keeps_the_cursor_and_says_so() {
    let mut stage = stage();
    stage.press(Code::Char('n'));
    assert_eq!(status(&stage), Some("no search yet: F3 starts one"));
    stage.press(Code::Home);
    let before = stage.shown();
    search(&mut stage, "zzz");
    assert_eq!(stage.shown(), before);
    assert_eq!(status(&stage), Some("no row has 'zzz'"));
    stage.press(Code::F(3));
    stage.type_text("qKu");
    stage.press(Code::Esc);
    assert_eq!(stage.shown(), before);
    assert!(stage.asked.is_empty() && stage.app.modal.is_closed());
}

#[test]
fn the_prompt_counts_the_rows_while_the_text_is_typed() {
    let mut stage = stage();
    stage.press(Code::Home);
    stage.press(Code::F(3));
    let found = |stage: &AppHarness| stage.app.modal.search().unwrap().found.map(|found| found.words());
    assert_eq!(found(&stage), None);
    stage.type_text("an");
    assert_eq!(
        found(&stage).as_deref(),
        Some("2 of 2"),
        "Enter goes from ann to dan"
    );
    stage.type_text("zz");
    assert_eq!(found(&stage).as_deref(), Some("not found"));
    stage.press(Code::Esc);
    search(&mut stage, "an");
    assert_eq!(status(&stage), Some("2 of 2 with 'an'"));
    assert_eq!(stage.app.search_text(), Some("an"));
    stage.press(Code::Esc);
    assert_eq!(stage.app.search_text(), None, "Esc ends the highlights");
    stage.press(Code::Char('n'));
    assert_eq!(stage.app.search_text(), Some("an"));
}

#[test]
fn search_finds_groups_by_name() {
    let mut stage = stage();
    stage.press(Code::Char('t'));
    search(&mut stage, "dan");
    let (_, group) = stage.app.table.current_group().unwrap();
    assert_eq!(group.name(), "dan");
}

#[test]
fn one_key_shows_only_stuck_sessions_and_keeps_the_rest_of_the_filter() {
    let mut stage = stage();
    let filter = |stage: &AppHarness| stage.app.table.filter.text().to_owned();
    stage.press(Code::Char('!'));
    assert_eq!(filter(&stage), "stuck");
    assert_eq!(status(&stage), Some("only stuck sessions (! shows all 5)"));
    stage.press(Code::Char('!'));
    assert_eq!((filter(&stage).as_str(), stage.shown().0.len()), ("", 5));
    stage.type_text("/eve or dan");
    stage.press(Code::Enter);
    stage.press(Code::Char('!'));
    assert_eq!(filter(&stage), "(eve or dan) and stuck");
    stage.press(Code::Char('!'));
    assert_eq!(filter(&stage), "eve or dan");
    assert_eq!(stage.shown().0.len(), 2);
}
