//! Keys in the column chooser.

use super::*;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::keymap::KeyContext;
use crate::app::msg::Effect;
use crate::model::Dialect;

fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(1, "ann", 50), (2, "bob", 40)]));
    stage
}

fn shown(stage: &AppHarness) -> Vec<&'static str> {
    let columns = stage.app.table.columns.iter();
    columns.map(|id| id.column().name).collect()
}

fn with(columns: &[&str]) -> AppHarness {
    let settings = AppSettings {
        columns: Some(ColumnId::chosen(columns.iter().copied()).unwrap()),
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(&draft(&[(1, "ann", 50), (2, "bob", 40)]));
    stage
}

#[test]
fn the_table_follows_each_key_and_esc_takes_all_back() {
    let mut stage = with(&["id", "user", "idle"]);
    stage.press(Code::Char('c'));
    assert_eq!(stage.app.context(), KeyContext::Columns);
    stage.press(Code::Down);
    stage.press(Code::Char(' '));
    assert_eq!(shown(&stage), ["id", "idle"]);
    stage.press(Code::Char(' '));
    assert_eq!(shown(&stage), ["id", "user", "idle"], "back in its place");
    stage.press(Code::Right);
    assert_eq!(shown(&stage), ["id", "idle", "user"]);
    stage.press(Code::Char('<'));
    stage.press(Code::Char('<'));
    assert_eq!(shown(&stage), ["user", "id", "idle"], "the cursor went with it");
    stage.press(Code::Left);
    assert_eq!(shown(&stage), ["user", "id", "idle"], "no further");
    stage.press(Code::Esc);
    assert_eq!(shown(&stage), ["id", "user", "idle"]);
    assert!(stage.app.modal.chooser().is_none());
}

#[test]
fn enter_keeps_what_is_there() {
    let mut stage = with(&["id", "user"]);
    stage.press(Code::Char('c'));
    // The hidden columns follow, in the order of the table.
    stage.press(Code::Down);
    stage.press(Code::Down);
    stage.press(Code::Char(' '));
    stage.press(Code::Enter);
    assert_eq!(shown(&stage), ["id", "user", "severity"]);
    assert_eq!(stage.app.context(), KeyContext::Table);
}

#[test]
fn one_column_stays_and_one_key_brings_the_usual_ones_back() {
    let mut stage = with(&["user"]);
    stage.press(Code::Char('c'));
    stage.press(Code::Char(' '));
    assert_eq!(shown(&stage), ["user"]);
    assert!(stage.app.status.is_some());
    stage.press(Code::Char('r'));
    assert_eq!(stage.app.table.columns, ColumnId::defaults(1));
    assert_eq!(
        stage.app.modal.chooser().unwrap().order.len(),
        <ColumnId>::all().count()
    );
    stage.press(Code::Esc);
    assert_eq!(shown(&stage), ["user"]);
}

#[test]
fn the_choice_can_be_taken_along() {
    let mut stage = with(&["id", "user"]);
    stage.press(Code::Char('c'));
    assert_eq!(option(&stage.app.table.columns), "--columns id,user");
    stage.press(Code::Char('y'));
    let copied = stage.asked.iter().rev().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(copied, Some(r#"columns = ["id", "user"]"#));
}

#[test]
fn only_what_is_seen_is_sorted_by_step() {
    let mut stage = with(&["id", "user", "age", "memory"]);
    let sorted_by = |stage: &AppHarness| stage.app.table.sort.column.column().name;
    assert_eq!(sorted_by(&stage), "why", "which is not shown");
    stage.press(Code::Char('>'));
    assert_eq!(sorted_by(&stage), "id");
    for _ in 0..5 {
        stage.press(Code::Char('>'));
    }
    assert_eq!(sorted_by(&stage), "age", "the draft knows no memory");
    stage.press(Code::Char('<'));
    assert_eq!(sorted_by(&stage), "user");
}

#[test]
fn columns_that_nobody_can_fill_leave_the_number() {
    let stage = with(&["memory", "query"]);
    let seen = stage.app.seen_columns();
    let names: Vec<_> = seen.iter().map(|fitted| fitted.id.column().name).collect();
    assert_eq!(names, ["id"]);
}

#[test]
fn a_session_cannot_be_ended_by_a_key_of_the_list() {
    let mut stage = stage();
    stage.press(Code::Char('c'));
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(stage.app.context(), KeyContext::Columns);
}
