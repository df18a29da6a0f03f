//! Every hint on the screen works where it is shown.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::view;
use crate::app::harness::AppHarness;
use crate::app::keymap::{Action, Code, KeyContext, action};
use crate::app::msg::FrameReport;
use crate::app::tests::effects::{has_effect, only_moves};
use crate::app::tests::scenes::SCENES;

#[test]
fn every_hint_of_every_view_works_where_it_is_shown() {
    let mut silent = Vec::new();
    for scene in SCENES {
        for size in [(60, 15), (80, 24), (200, 60)] {
            let stage = (scene.stage)(size);
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            let mut report = FrameReport::default();
            terminal.draw(|frame| report = view(&stage.app, frame)).unwrap();
            for hint in report.hints {
                let context = stage.app.context();
                let Some(action) = action(context, hint.key) else {
                    silent.push(format!("{} at {size:?}: {:?} is not bound", scene.name, hint.key));
                    continue;
                };
                if only_moves(action) || matches!(action, Action::Shift(_)) {
                    continue;
                }
                let mut stage = (scene.stage)(size);
                let why = stage.app.why_no_effect(context, action);
                let is_silent = why.is_some() && context != KeyContext::Columns;
                if is_silent || !has_effect(&mut stage, hint.key) {
                    silent.push(format!("{} at {size:?}: {action:?} {why:?}", scene.name));
                }
            }
        }
    }
    assert!(silent.is_empty(), "no effect:\n{}", silent.join("\n"));
}

#[test]
fn the_hints_name_tab_while_the_keys_go_to_the_table_beside_the_details() {
    for size in [(80, 40), (120, 40), (140, 24)] {
        let mut stage = crate::app::locked::locked(size);
        let keys = |stage: &AppHarness| super::frame(stage).lines().last().unwrap().to_owned();
        assert!(!keys(&stage).contains("Tab"), "{}", keys(&stage));
        stage.press(Code::Enter);
        assert!(keys(&stage).contains("Tab details"), "{size:?}: {}", keys(&stage));
        stage.press(Code::Tab);
        assert!(
            !keys(&stage).contains("Tab details"),
            "{size:?}: {}",
            keys(&stage)
        );
    }
}
