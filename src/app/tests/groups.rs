//! The table by groups: cursor, levels, kills, marks.

use std::time::Duration;

use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::KeyContext;
use crate::app::keymap::{Code, KeyPress};
use crate::app::kill_selection::Selection;
use crate::app::msg::Msg;
use crate::model::Dialect;

const POOL: [(u64, &str, u64); 6] = [
    (1, "web", 5),
    (2, "web", 4),
    (3, "web", 3),
    (4, "app orders", 2),
    (5, "app orders", 1),
    (6, "etl", 0),
];

fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&POOL));
    stage.wait_until_idle();
    stage
}

/// Returns the groups from top to bottom with their counts, and the one under the cursor.
fn groups(stage: &AppHarness) -> (Vec<(String, u64)>, Option<String>) {
    let groups = stage.app.table.view.groups.as_ref().unwrap();
    let rows = groups.window(0, usize::MAX);
    let rows = rows.map(|group| (group.name().to_owned(), group.sessions));
    let cursor = stage.app.table.groups.cursor.key.as_ref();
    let cursor = cursor.map(|key| key.text().unwrap_or_default().to_owned());
    (rows.collect(), cursor)
}

/// Whether the open dialog says that the row under the cursor is not one of the victims.
fn is_beside_cursor(stage: &AppHarness) -> bool {
    let selection = &stage.app.modal.kill_dialog().unwrap().selection;
    *selection == Selection::Marks { beside_cursor: true }
}

fn filter(stage: &AppHarness) -> &str {
    stage.app.table.filter.text()
}

fn by(stage: &AppHarness) -> Option<&'static str> {
    let groups = stage.app.table.view.groups.as_ref()?;
    Some(groups.spec.by.grouping().name)
}

#[test]
fn t_steps_through_what_the_dialect_tells_and_back() {
    let mut stage = stage();
    let mut seen = Vec::new();
    for _ in 0..6 {
        stage.type_text("t");
        seen.extend(by(&stage));
    }
    assert_eq!(seen, ["user", "address", "service", "state", "reason", "user"]);
    stage.press(Code::Left);
    assert_eq!(by(&stage), Some("reason"));
    stage.press(Code::Esc);
    assert_eq!((by(&stage), stage.app.context()), (None, KeyContext::Table));
    stage.press(Code::F(5));
    assert_eq!(by(&stage), Some("reason"), "what was looked at last");
}

#[test]
fn groups_forget_their_marks_with_all_others() {
    let mut stage = stage();
    stage.type_text("*t");
    let marked = |stage: &AppHarness| -> u64 { stage.app.table.groups.marked.values().sum() };
    assert_eq!(marked(&stage), 6);
    stage.press(Code::Char('U'));
    assert_eq!((marked(&stage), stage.app.marks.len()), (0, 0));
}

#[test]
fn enter_shows_the_sessions_and_esc_goes_back_level_by_level() {
    let mut stage = stage();
    stage.type_text("/id<6 or stuck");
    stage.press(Code::Enter);
    stage.type_text("tj");
    let pool = || vec![("web".to_owned(), 3), ("app orders".to_owned(), 2)];
    assert_eq!(groups(&stage), (pool(), Some("app orders".to_owned())));
    stage.press(Code::Enter);
    assert_eq!(filter(&stage), "(id<6 or stuck) and user='app orders'");
    assert_eq!(stage.shown(), (vec![4, 5], Some(4)));
    // Within it, by another field: two levels.
    stage.type_text("tt");
    assert_eq!(by(&stage), Some("address"));
    stage.press(Code::Enter);
    assert_eq!(stage.shown().0.len(), 1);
    stage.press(Code::Enter);
    assert!(stage.app.detail.is_some());
    stage.press(Code::Esc);
    assert!(stage.app.detail.is_none());
    stage.press(Code::Esc);
    assert_eq!(by(&stage), Some("address"));
    stage.press(Code::Esc);
    assert_eq!((by(&stage), stage.shown().0), (None, vec![4, 5]));
    stage.type_text(" ");
    stage.press(Code::Esc);
    assert_eq!(groups(&stage), (pool(), Some("app orders".to_owned())));
    assert_eq!(filter(&stage), "id<6 or stuck");
    stage.press(Code::Esc);
    assert_eq!((by(&stage), stage.shown().0.len()), (None, 5));
    assert_eq!(stage.app.marks.len(), 1, "marks come after the groups");
    stage.press(Code::Esc);
    assert!(stage.app.marks.is_empty());
    stage.press(Code::Esc);
    assert_eq!((filter(&stage), stage.shown().0.len()), ("", 6));
}

#[test]
fn the_cursor_stays_on_its_group_and_nothing_moves_just_after_a_key() {
    let mut stage = stage();
    stage.type_text("tj");
    let many: Vec<_> = (10..20).map(|id| (id, "etl", 0)).chain(POOL).collect();
    let mut many = many;
    many.sort_unstable();
    stage.list(&draft(&many));
    let names = |stage: &AppHarness| {
        groups(stage)
            .0
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&stage), ["web", "app orders", "etl"]);
    stage.wait_awake(Duration::from_secs(6));
    assert_eq!(names(&stage), ["etl", "web", "app orders"]);
    assert_eq!(groups(&stage).1.as_deref(), Some("app orders"));
}

#[test]
fn the_cursor_keeps_its_line_while_groups_come_above_it() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 12));
    let users: Vec<_> = (0..30).map(|user| format!("u{user:02}")).collect();
    let list = |extra: usize| {
        let rows = (1..)
            .zip(users.iter().take(20 + extra))
            .map(|(id, user)| (id, user.as_str(), 0));
        let twice = (100..)
            .zip(users.iter().skip(20).take(extra))
            .map(|(id, user)| (id, user.as_str(), 0));
        draft(&rows.chain(twice).collect::<Vec<_>>())
    };
    stage.list(&list(0));
    stage.type_text("tG");
    let line =
        |stage: &AppHarness| stage.app.table.groups.cursor.position() - stage.app.table.groups.cursor.offset;
    stage.press(Code::Up);
    stage.press(Code::Up);
    let before = (line(&stage), groups(&stage).1);
    stage.wait_until_idle();
    stage.list(&list(5));
    assert_eq!((line(&stage), groups(&stage).1), before);
}

#[test]
fn a_group_that_is_gone_waits_for_the_cursor_to_leave() {
    let mut stage = stage();
    stage.type_text("t");
    stage.press(Code::End);
    stage.wait_until_idle();
    stage.list(&draft(&POOL[..5]));
    assert_eq!(groups(&stage).1.as_deref(), Some("etl"));
    for key in [Code::Char('K'), Code::Enter] {
        stage.press(key);
        let said = stage.app.status.clone().unwrap().text;
        assert_eq!(said, "group etl is empty now");
        assert!(stage.app.modal.kill_dialog().is_none() && stage.app.table.shows_groups());
    }
    stage.press(Code::Up);
    assert_eq!(groups(&stage).0.len(), 2);
}

#[test]
fn a_kill_of_a_group_asks_about_all_of_it_with_its_filter() {
    let mut stage = stage();
    stage.type_text("/id<6");
    stage.press(Code::Enter);
    stage.type_text("tjK");
    let asking = stage.app.modal.kill_dialog().unwrap();
    let victims = asking.batch.tasks().iter().map(|task| &task.victim);
    let victims: Vec<_> = victims
        .map(|victim| (victim.identity.id.0, victim.taken_by.as_ref().unwrap().text()))
        .collect();
    let filter = "id<6 and user='app orders'";
    assert_eq!(victims, [(4, filter), (5, filter)]);
}

#[test]
fn space_marks_a_group_and_takes_its_marks_away() {
    let mut stage = stage();
    stage.type_text("tj ");
    let marked = |stage: &AppHarness| {
        stage
            .app
            .marks
            .list()
            .iter()
            .map(|mark| mark.key.id.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(marked(&stage), [4, 5]);
    assert_eq!(groups(&stage).1.as_deref(), Some("etl"));
    stage.type_text("K");
    assert!(is_beside_cursor(&stage));
    stage.type_text("nkK");
    assert!(!is_beside_cursor(&stage));
    stage.type_text("n ");
    assert!(marked(&stage).is_empty());
    stage.type_text("v");
    assert!(stage.app.marks.anchor().is_none());
    stage.type_text("*");
    assert_eq!(marked(&stage).len(), 6);
}

#[test]
fn groups_are_sorted_by_their_own_columns() {
    let mut stage = stage();
    stage.type_text("t<<");
    let names = |stage: &AppHarness| {
        groups(stage)
            .0
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&stage), ["app orders", "etl", "web"]);
    stage.type_text("I");
    assert_eq!(names(&stage), ["web", "etl", "app orders"]);
    let sort = stage.app.table.sort;
    stage.press(Code::Esc);
    assert_eq!(stage.app.table.sort, sort);
}

#[test]
fn until_the_groups_are_there_no_key_means_what_they_cover() {
    let mut stage = stage();
    let press = |stage: &mut AppHarness, code| _ = stage.app.update(Msg::Key(KeyPress::plain(code)));
    press(&mut stage, Code::Char('t'));
    assert!(!stage.app.table.shows_groups(), "they are still being made");
    for code in [Code::Char('K'), Code::Enter, Code::Char(' ')] {
        press(&mut stage, code);
    }
    assert!(stage.app.modal.kill_dialog().is_none() && stage.app.detail.is_none());
    assert!(stage.app.marks.is_empty() && stage.app.table.filter.is_empty());
}

#[test]
fn a_filter_that_was_emptied_by_hand_leads_to_no_group_back() {
    let mut stage = stage();
    stage.type_text("t");
    stage.press(Code::Enter);
    assert_eq!(filter(&stage), "user=web");
    stage.type_text("/");
    for _ in 0.."user=web".len() {
        stage.press(Code::Backspace);
    }
    stage.press(Code::Enter);
    stage.press(Code::Esc);
    assert_eq!((by(&stage), stage.shown().0.len()), (None, 6));
}
