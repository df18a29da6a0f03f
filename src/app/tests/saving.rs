//! `W` and its question.

use super::*;
use crate::app::modal::Modal;
use crate::app::saving::SaveResult;

/// The settings of the last request to save, and whether it replaces values.
fn requested(stage: &mut AppHarness) -> Option<(Vec<String>, bool)> {
    stage.asked.drain(..).rev().find_map(|effect| match effect {
        Effect::Save { settings, replaces } => {
            let texts = settings.iter().map(|(name, text)| format!("{name}={text}"));
            Some((texts.collect(), replaces))
        }
        _ => None,
    })
}

fn status(stage: &AppHarness) -> &str {
    stage.app.status.as_ref().map_or("", |status| &status.text)
}

#[test]
fn what_the_screen_shows_is_saved() {
    let mut stage = stage();
    stage.press(Code::Char('W'));
    let saved = ["columns=", "sort=-why", "filter="].map(str::to_owned);
    assert_eq!(requested(&mut stage), Some((saved.to_vec(), false)));
    stage.press(Code::Char('I'));
    stage.app.table.columns.truncate(2);
    stage.press(Code::Char('W'));
    let saved = ["columns=id,severity", "sort=why", "filter="].map(str::to_owned);
    assert_eq!(requested(&mut stage), Some((saved.to_vec(), false)));
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
fn a_value_of_the_file_is_replaced_only_after_y() {
    for (key, replaces) in [('y', Some(true)), ('n', None), ('q', None), ('x', None)] {
        let mut stage = stage();
        stage.press(Code::Char('W'));
        requested(&mut stage);
        let present = vec!["sort = 'id'".to_owned()];
        stage.send(Msg::Saved(SaveResult::Differs(present, "/c".to_owned())));
        let question = "replace sort = 'id' in /c? y/n";
        assert!(matches!(&stage.app.modal, Modal::SaveQuestion(open) if open.text == question));
        stage.press(Code::Char('y'));
        assert_eq!(requested(&mut stage), None, "no key confirms what was not shown");
        stage.draw();
        stage.press(Code::Char(key));
        assert_eq!(
            requested(&mut stage).map(|(_, replaces)| replaces),
            replaces,
            "{key}"
        );
        assert_eq!(stage.app.modal.is_closed(), key != 'x', "{key}");
    }
}
