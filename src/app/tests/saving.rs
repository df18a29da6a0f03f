//! `W` and its question.

use super::*;
use crate::app::modal::Modal;
use crate::app::saving::{SaveResult, SettingChange};

/// The settings of the last request to save, and the names of the confirmed ones.
fn requested(stage: &mut AppHarness) -> Option<(Vec<String>, Option<Vec<&'static str>>)> {
    stage.asked.drain(..).rev().find_map(|effect| match effect {
        Effect::Save { settings, confirmed } => {
            let texts = settings.iter().map(|(name, text)| format!("{name}={text}"));
            let confirmed = confirmed.map(|all| all.iter().map(|change| change.name).collect());
            Some((texts.collect(), confirmed))
        }
        _ => None,
    })
}

fn status(stage: &AppHarness) -> &str {
    stage.app.status.as_ref().map_or("", |status| &status.text)
}

fn change(name: &'static str, present: Option<&str>) -> SettingChange {
    SettingChange {
        name,
        written: "'new'".to_owned(),
        present: present.map(str::to_owned),
    }
}

/// The question about a sort order and a filter.
fn asked() -> AppHarness {
    let mut stage = stage();
    stage.press(Code::Char('W'));
    requested(&mut stage);
    let changes = vec![change("sort", Some("'id'")), change("filter", None)];
    stage.send(Msg::Saved(SaveResult::Planned(changes, "/c".to_owned())));
    stage
}

#[test]
fn what_the_screen_shows_is_saved() {
    let mut stage = stage();
    stage.press(Code::Char('W'));
    let saved = [
        "sort=-why",
        "columns=",
        "group-by=none",
        "theme=default",
        "filter=",
    ]
    .map(str::to_owned);
    assert_eq!(requested(&mut stage), Some((saved.to_vec(), None)));
    stage.press(Code::Char('I'));
    stage.app.table.columns.truncate(2);
    stage.press(Code::Char('t'));
    stage.press(Code::Enter);
    stage.press(Code::Char('W'));
    let (saved, _) = requested(&mut stage).unwrap();
    assert_eq!(saved[..3], ["sort=why", "columns=id,severity", "group-by=user"]);
    let names = vec!["columns", "sort"];
    stage.send(Msg::Saved(SaveResult::Written(
        names,
        "profile p of /c".to_owned(),
    )));
    assert_eq!(status(&stage), "saved columns, sort to profile p of /c");
    stage.send(Msg::Saved(SaveResult::Failed("/c is read-only".to_owned())));
    assert_eq!(status(&stage), "not saved: /c is read-only");
}

#[test]
fn nothing_is_written_before_y_and_before_the_list_was_drawn() {
    for (key, writes) in [('y', true), ('n', false), ('q', false), ('x', false)] {
        let mut stage = asked();
        stage.press(Code::Char('y'));
        assert_eq!(requested(&mut stage), None, "no key confirms what was not shown");
        stage.draw();
        stage.press(Code::Char(key));
        let confirmed = requested(&mut stage).map(|(_, confirmed)| confirmed);
        assert_eq!(confirmed, writes.then(|| Some(vec!["sort"])), "{key}");
        assert_eq!(stage.app.modal.is_closed(), key != 'x', "{key}");
    }
}

#[test]
fn the_filter_is_saved_only_after_f() {
    let mut stage = asked();
    stage.draw();
    stage.press(Code::Char('f'));
    stage.press(Code::Char('y'));
    assert_eq!(
        requested(&mut stage),
        None,
        "the list has changed since it was drawn"
    );
    stage.draw();
    stage.press(Code::Char('y'));
    let (settings, confirmed) = requested(&mut stage).unwrap();
    assert!(settings.iter().any(|setting| setting.starts_with("filter=")));
    assert_eq!(confirmed, Some(vec!["sort", "filter"]));
    // The file has changed since: the question comes again.
    let changes = vec![change("sort", Some("'user'"))];
    stage.send(Msg::Saved(SaveResult::Planned(changes, "/c".to_owned())));
    assert!(matches!(&stage.app.modal, Modal::SaveQuestion(question) if question.filter.is_none()));
}

#[test]
fn without_a_change_there_is_no_question() {
    let mut stage = stage();
    stage.press(Code::Char('W'));
    stage.send(Msg::Saved(SaveResult::Planned(Vec::new(), "/c".to_owned())));
    assert!(stage.app.modal.is_closed());
    assert!(
        status(&stage).starts_with("nothing to save"),
        "{}",
        status(&stage)
    );
}
