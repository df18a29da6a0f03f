//! Rows outside of the window, matches of a search, and the question about the configuration file.

use super::*;
use crate::app::columns::{ColumnId, Sessions, TableKind as _};
use crate::app::harness;
use crate::app::msg::Msg;
use crate::app::saving::{SaveResult, SettingChange};

/// Forty users, sorted by name. The first and the last one have a stuck session.
fn many_users(size: (u16, u16)) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    let names: Vec<_> = (0..40).map(|user| format!("user{user:02}")).collect();
    let sessions = (1..).zip(&names).map(|(id, name)| {
        let idle = if id == 1 || id == 40 { 90_000 } else { 1 };
        (id, name.as_str(), idle)
    });
    stage.list(&harness::draft(&sessions.collect::<Vec<_>>()));
    stage.press(Code::Char('t'));
    stage.type_text("<<");
    // The next key removes the message about the order.
    stage.press(Code::Home);
    stage.wait_until_idle();
    stage
}

#[test]
fn stuck_groups_outside_of_the_window_are_counted_in_color() {
    let mut stage = many_users((80, 24));
    let last = |stage: &AppHarness| frame(stage).lines().nth(22).unwrap_or_default().to_owned();
    assert!(last(&stage).contains("21 below  ●1"), "{}", frame(&stage));
    stage.press(Code::End);
    let text = frame(&stage);
    assert!(last(&stage).contains("21 above  ●1"), "{text}");
    let head = text.lines().nth(2).unwrap_or_default();
    assert!(head.contains("●1  above"), "{head}");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let signs = (0..80).map(|column| &frame.buffer[(column, 22)]);
    let mut signs = signs.filter(|cell| cell.symbol() == "●");
    assert!(signs.all(|cell| cell.bg != Color::Reset || cell.modifier.contains(Modifier::REVERSED)));
}

#[test]
fn the_text_of_a_search_is_highlighted_in_rows() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&harness::draft(&[(1, "ann", 0), (2, "joanna", 0), (3, "bob", 0)]));
    stage.press(Code::F(3));
    stage.type_text("AN");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let frame = terminal.draw(|frame| _ = view(&stage.app, frame)).unwrap();
    let top = stage.app.areas().table.y + 1;
    let marked = |line: u16, modifier: Modifier| -> String {
        let cells = (0..80).map(|column| &frame.buffer[(column, line)]);
        let marked = cells.filter(|cell| cell.modifier.contains(modifier));
        marked.map(|cell| cell.symbol().to_owned()).collect()
    };
    assert_eq!(
        marked(top, Modifier::UNDERLINED),
        "an",
        "the row under the cursor"
    );
    assert_eq!(marked(top + 1, Modifier::REVERSED), "an");
    assert_eq!(marked(top + 2, Modifier::REVERSED), "");
    let last = plain::text(frame.buffer);
    assert!(last.contains("1 of 2") || last.contains("2 of 2"), "{last}");
}

#[test]
fn the_values_to_save_are_listed() {
    for (columns, lines) in [(60, 15), (80, 24)] {
        let mut stage = draft((columns, lines));
        stage.press(Code::Char('W'));
        let change = |name, written: &str, present: Option<&str>| SettingChange {
            name,
            written: written.to_owned(),
            present: present.map(ToOwned::to_owned),
        };
        let changes = vec![
            change("sort", "\"-idle\"", Some("'id'")),
            change(
                "columns",
                "[\"id\", \"severity\", \"user\", \"address\", \"service\", \"age\"]",
                None,
            ),
            change("theme", "\"light\"", None),
            change("filter", "\"user=app*\"", None),
        ];
        let place = "profile prod of /home/operator/.config/maxtop/config.toml".to_owned();
        stage.send(Msg::Saved(SaveResult::Planned(changes, place)));
        stage.press(Code::Char('f'));
        insta::assert_snapshot!(format!("save_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn a_long_error_of_a_filter_is_shown_whole_above_the_prompt() {
    let mut stage = draft((60, 15));
    stage.type_text("/xqzxqz=3");
    let text = frame(&stage);
    assert!(text.contains(" / xqzxqz=3"), "{text}");
    let words: Vec<_> = text.split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains("unknown field 'xqzxqz': fields: "), "{text}");
    assert!(words.contains("rows_locked"), "no field is cut away: {text}");
}

#[test]
fn the_whole_reason_of_the_row_under_the_cursor_can_be_read_without_a_key() {
    let mut cut = 0;
    for size in [(60, 15), (80, 24), (120, 40)] {
        let mut stage = super::columns::moving(size, Dialect::JsonApi);
        for place in 0..stage.app.table.view.len() {
            let row = stage.app.table.view.row(place).unwrap();
            let id = row.session.id;
            let why = Sessions::cell(ColumnId::WHY.column(), &row).unwrap_or_default();
            let why = why.into_owned();
            stage.type_text(&id.to_string());
            stage.wait(Duration::from_secs(6));
            stage.draw();
            let text = frame(&stage);
            assert!(text.contains(&why), "{size:?} {id} {why}:\n{text}");
            cut += usize::from(text.contains(&format!("{id}: {why}")));
        }
    }
    assert!(cut > 0, "no reason was cut");
}
