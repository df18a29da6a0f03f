//! Typing a filter.

use super::*;
use crate::app::AppSettings;
use crate::app::prompt::TYPING_PAUSE;
use crate::filter::{Filter, SavedFilters};

#[test]
fn the_filter_is_previewed_kept_by_enter_and_taken_back_by_escape() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("Eve");
    assert_eq!(stage.shown().0, [5]);
    stage.press(Code::Enter);
    assert_eq!(stage.shown(), (vec![5], Some(5)));
    stage.press(Code::Char('/'));
    stage.type_text("zzz");
    assert!(stage.shown().0.is_empty());
    stage.press(Code::Esc);
    assert_eq!(stage.shown().0, [5]);
    stage.press(Code::Esc);
    assert_eq!(stage.shown().0.len(), 5);
}

#[test]
fn keys_in_the_prompt_are_text_and_control_u_empties_it() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("qKQ");
    stage.send(ctrl('u'));
    stage.type_text("b");
    assert_eq!(stage.app.modal.prompt().unwrap().input.value(), "b");
    assert!(stage.asked.is_empty());
}

#[test]
fn the_last_good_filter_holds_while_another_is_typed() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("Eve");
    assert_eq!(stage.shown().0, [5]);
    stage.type_text(" or usr=ann");
    assert_eq!(stage.shown().0, [5], "it has no meaning yet");
    stage.press(Code::Enter);
    let prompt = stage.app.modal.prompt().expect("it stays open");
    assert_eq!(prompt.error.as_ref().unwrap().column, 7);
    assert_eq!(prompt.input.cursor(), 7, "where it is wrong");
    stage.press(Code::Right);
    stage.press(Code::Right);
    stage.press(Code::Left);
    stage.type_text("e");
    assert_eq!(stage.app.modal.prompt().unwrap().input.value(), "Eve or uesr=ann");
    stage.press(Code::Backspace);
    stage.press(Code::Right);
    stage.type_text("e");
    assert!(stage.app.modal.prompt().unwrap().error.is_none());
    assert_eq!(stage.shown().0.len(), 2);
    stage.press(Code::Esc);
    assert_eq!(stage.shown().0.len(), 5);
}

#[test]
fn the_endpoint_is_known_to_a_filter() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("endpoint=127.0.0.1*");
    assert_eq!(stage.shown().0.len(), 5);
    stage.send(ctrl('u'));
    stage.type_text("endpoint!=127.0.0.1:8989");
    assert_eq!(stage.shown().0.len(), 0);
}

#[test]
fn the_filters_of_this_run_can_be_walked_through() {
    let mut stage = stage();
    for text in ["eve", "dan", "eve"] {
        stage.press(Code::Char('/'));
        stage.send(ctrl('u'));
        stage.type_text(text);
        stage.press(Code::Enter);
    }
    stage.press(Code::Char('/'));
    let value = |stage: &AppHarness| stage.app.modal.prompt().unwrap().input.value().to_owned();
    for (key, expected) in [
        (Code::Up, "dan"),
        (Code::Up, "dan"),
        (Code::Down, "eve"),
        (Code::Down, "eve"),
    ] {
        stage.press(key);
        assert_eq!(value(&stage), expected);
    }
    stage.send(ctrl('u'));
    stage.type_text("ali");
    stage.press(Code::Up);
    assert_eq!((value(&stage).as_str(), stage.shown().0), ("eve", vec![5]));
    stage.press(Code::Down);
    assert_eq!(value(&stage), "ali", "what was typed is not lost");
}

#[test]
fn tab_completes_fields_and_the_values_that_there_are() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("ser");
    let value = |stage: &AppHarness| stage.app.modal.prompt().unwrap().input.value().to_owned();
    for expected in ["service", "server", "service"] {
        stage.press(Code::Tab);
        assert_eq!(value(&stage), expected);
    }
    stage.type_text("=");
    stage.press(Code::Tab);
    assert_eq!(value(&stage), "service=RW-Split");
    stage.send(ctrl('u'));
    stage.type_text("state=");
    stage.press(Code::Tab);
    assert_eq!(value(&stage), "state=ready");
    assert_eq!(stage.shown().0.len(), 5);
    stage.press(Code::Tab);
    assert_eq!(value(&stage), "state='Session ready for routing'");
    assert_eq!(stage.shown().0.len(), 5);
}

#[test]
fn a_paste_into_the_filter_is_bounded_and_has_no_control_characters() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.send(Msg::Paste(format!("a\u{202e}b\n{}", "x".repeat(100_000))));
    let value = stage.app.modal.prompt().unwrap().input.value().to_owned();
    assert!(
        value.starts_with("a\u{202e}bx") && value.len() <= crate::filter::MAX_FILTER_LEN,
        "{}",
        value.len()
    );
}

#[test]
fn half_a_word_does_not_empty_the_table() {
    let mut stage = stage();
    for c in "/use".chars() {
        stage.press(Code::Char(c));
    }
    assert_eq!(stage.shown().0.len(), 5, "nothing is applied while keys come");
    for c in "r=eve".chars() {
        stage.press(Code::Char(c));
    }
    assert_eq!(stage.shown().0.len(), 5);
    stage.wait_awake(TYPING_PAUSE);
    assert_eq!(stage.shown().0, [5]);
    stage.press(Code::Esc);
    for c in "/dan".chars() {
        stage.press(Code::Char(c));
    }
    stage.press(Code::Enter);
    assert_eq!(stage.shown().0, [4], "Enter does not wait");
}

#[test]
fn an_error_shows_the_rows_before_the_half_word() {
    let mut stage = stage();
    stage.type_text("/usr");
    assert!(stage.shown().0.is_empty(), "no text has it");
    assert_eq!(
        stage
            .app
            .table
            .view
            .no_match
            .as_ref()
            .map(|why| why.text.as_str()),
        Some("no session matches usr")
    );
    stage.type_text("=eve");
    assert_eq!(stage.shown().0.len(), 5);
    stage.send(ctrl('u'));
    stage.type_text("user=eve and use");
    stage.type_text("=");
    assert_eq!(stage.shown().0, [5], "the condition before it is whole");
}

#[test]
fn esc_is_only_mentioned_where_it_shows_all() {
    let mut stage = stage();
    stage.type_text("/zzz");
    assert!(!stage.app.esc_shows_all(), "Esc cancels the edit");
    stage.press(Code::Enter);
    assert!(stage.app.esc_shows_all());
    stage.press(Code::Esc);
    assert_eq!(stage.shown().0.len(), 5);
}

#[test]
fn tab_in_an_empty_prompt_chooses_a_named_filter() {
    let named = [("last", "user=eve"), ("middle", "id=3")];
    let named = named.map(|(name, text)| (name.to_owned(), Filter::parse(text).unwrap()));
    let settings = AppSettings {
        saved_filters: SavedFilters::new(named.into_iter().collect()),
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(&draft(&[(3, "ann", 0), (5, "eve", 0)]));
    let value = |stage: &AppHarness| stage.app.modal.prompt().unwrap().input.value().to_owned();
    stage.press(Code::Char('/'));
    for (name, shown) in [("@last", 5), ("@middle", 3), ("@last", 5)] {
        stage.press(Code::Tab);
        assert_eq!((value(&stage).as_str(), stage.shown().0), (name, vec![shown]));
    }
    stage.press(Code::Enter);
    assert_eq!(stage.app.table.filter.text(), "user=eve");
    stage.press(Code::Char('/'));
    stage.send(ctrl('u'));
    stage.type_text("@mi");
    assert_eq!(
        stage
            .app
            .modal
            .prompt()
            .unwrap()
            .error
            .as_ref()
            .unwrap()
            .to_string(),
        "column 1: unknown filter '@mi': did you mean @middle?"
    );
    stage.press(Code::Tab);
    assert_eq!((value(&stage).as_str(), stage.shown().0), ("@middle", vec![3]));
}
