//! Texts that `y` offers in each view, and files that `P` writes.

use crate::app::copying::CopyChoice;
use crate::app::endpoint::CommandAccess;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::locked::locked;
use crate::app::msg::Effect;
use crate::app::screen_file::ScreenFileResult;

/// Returns a screen with a URL and an account, like a real one.
fn with_access() -> AppHarness {
    let mut stage = locked((120, 40));
    stage.app.endpoints.iter_mut().next().unwrap().access = Some(CommandAccess {
        url: "http://proxy-1:8989".to_owned(),
        user: Some("it's".to_owned()),
    });
    stage
}

/// Returns the text that is offered with this description.
fn offered(stage: &AppHarness, about: &str) -> String {
    let choices = stage.app.copy_offer().choices;
    let found: Vec<&CopyChoice> = choices
        .iter()
        .filter(|choice| choice.about.contains(about))
        .collect();
    assert_eq!(found.len(), 1, "{about}: {choices:#?}");
    found[0].text.clone()
}

#[test]
fn the_row_under_the_cursor_is_copied_without_opening_its_details() {
    let mut stage = with_access();
    stage.type_text("1042");
    assert!(stage.app.detail.is_none());
    assert_eq!(offered(&stage, "session id"), "1042");
    assert_eq!(offered(&stage, "user and address"), "etl@10.0.3.7");
    assert_eq!(
        offered(&stage, "maxctrl"),
        "maxctrl -h proxy-1:8989 show session 1042"
    );
    assert_eq!(
        offered(&stage, "curl"),
        r"curl -sS -u 'it'\''s' 'http://proxy-1:8989/v1/sessions/1042'"
    );
    let json: serde_json::Value = serde_json::from_str(&offered(&stage, "JSON")).unwrap();
    assert_eq!((&json["id"], &json["user"]), (&1042.into(), &"etl".into()));
    assert_eq!(json["severity"], "act");
    let row = offered(&stage, "the row, with tabs");
    let shown = stage.app.table.columns.len();
    assert_eq!(row.split('\t').count(), shown, "{row}");
    stage.type_text("y");
    stage.press(Code::Enter);
    assert!(stage.app.modal.is_closed() && stage.app.detail.is_none());
    let copied = stage
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Copy(_)));
    assert_eq!(copied.count(), 1);
}

#[test]
fn marked_rows_are_copied_as_a_table_in_the_order_of_the_screen() {
    let mut stage = with_access();
    stage.type_text("G g    ");
    let marked = stage.app.marks.len();
    assert!(marked > 1, "{marked}");
    let table = offered(&stage, "marked rows, with tabs");
    let mut lines = table.lines();
    assert!(lines.next().unwrap().starts_with("ID\tseverity\tUSER"), "{table}");
    let all = offered(&stage, &format!("all {} rows", stage.app.table.view.len()));
    let ids = |table: &str| -> Vec<String> {
        let cells = table
            .lines()
            .skip(1)
            .map(|line| line.split('\t').next().unwrap().to_owned());
        cells.collect()
    };
    let order: Vec<_> = ids(&all)
        .into_iter()
        .filter(|id| ids(&table).contains(id))
        .collect();
    assert_eq!(ids(&table), order);
    assert_eq!(ids(&table).len(), marked);
    assert_eq!(ids(&all).len(), stage.app.table.view.len());
}

#[test]
fn a_group_is_copied_as_a_filter_and_as_a_command() {
    let mut stage = with_access();
    stage.type_text("tg");
    let (_, group) = stage.app.table.current_group().unwrap();
    let name = group.name().to_owned();
    assert_eq!(offered(&stage, "name of the group"), name);
    let filter = offered(&stage, "filter for its sessions");
    crate::filter::Filter::parse(&filter).unwrap();
    let command = offered(&stage, "with maxtop");
    assert_eq!(
        command,
        format!(r"maxtop list -e 'http://proxy-1:8989' -u 'it'\''s' -f '{filter}'")
    );
}

#[test]
fn nothing_of_the_past_offers_a_kill() {
    let mut stage = with_access();
    stage.type_text("1042\n");
    let has_kill = |stage: &AppHarness| {
        let choices = stage.app.copy_offer().choices;
        choices.iter().any(|choice| choice.text.starts_with("KILL "))
    };
    stage.press(Code::Enter);
    assert!(has_kill(&stage), "{:?}", stage.app.copy_offer());
    let mut past = stage.app.clone();
    past.past = Some(crate::app::past::PastMoment::default());
    assert!(
        !past.copy_offer().choices.is_empty(),
        "the session can be copied, its KILL cannot"
    );
    assert!(
        !past
            .copy_offer()
            .choices
            .iter()
            .any(|choice| choice.text.starts_with("KILL "))
    );
}

#[test]
fn the_screen_is_written_with_all_rows_and_endpoints() {
    let mut stage = with_access();
    stage.type_text("/user=etl");
    stage.press(Code::Enter);
    stage.type_text("P");
    let data = stage.asked.iter().find_map(|effect| match effect {
        Effect::WriteScreen(data) => Some(serde_json::to_value(data).unwrap()),
        _ => None,
    });
    let data = data.unwrap();
    assert_eq!(data["filter"], "user=etl");
    assert_eq!(data["view"], "sessions");
    assert_eq!(data["is_past"], false);
    let sessions = data["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), stage.app.table.view.len());
    assert!(sessions.iter().all(|session| session["user"] == "etl"));
    assert_eq!(data["endpoints"][0]["url"], "http://proxy-1:8989");
    for (result, text) in [
        (
            ScreenFileResult::Written("a.txt".to_owned()),
            "written: a.txt and .json",
        ),
        (
            ScreenFileResult::Failed("a.txt: disk full".to_owned()),
            "the screen is not written: a.txt: disk full",
        ),
    ] {
        stage.send(crate::app::msg::Msg::ScreenWritten(result));
        assert_eq!(stage.app.status.clone().unwrap().text, text);
    }
}
