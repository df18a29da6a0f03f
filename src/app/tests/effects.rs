//! Every key does what the help says: it changes the state, gives an effect, or says why it does not.

use std::collections::BTreeMap;

use super::scenes::SCENES;
use crate::app::harness::AppHarness;
use crate::app::keymap::{Action, BINDINGS, KeyContext, KeyPress, reached};
use crate::app::msg::Msg;
use crate::app::rebuild::RebuildSchedule;

const SIZE: (u16, u16) = (80, 24);

#[test]
fn every_scene_is_its_own_context_and_every_context_has_a_scene() {
    let mut contexts: Vec<_> = SCENES
        .iter()
        .map(|scene| (scene.stage)(SIZE).app.context())
        .collect();
    if SCENES.iter().any(|scene| (scene.stage)(SIZE).app.is_replay()) {
        contexts.push(KeyContext::Replay);
    }
    // Every view takes its keys.
    let own = BINDINGS
        .iter()
        .filter(|binding| binding.context != KeyContext::AnyView);
    for binding in own {
        assert!(contexts.contains(&binding.context), "{:?}", binding.context);
    }
}

#[test]
fn every_key_changes_something_or_says_why_it_does_not() {
    let mut silent = Vec::new();
    for scene in SCENES {
        let context = (scene.stage)(SIZE).app.context();
        for binding in reached(context).filter(|binding| !only_moves(binding.action)) {
            for key in binding.keys {
                let mut stage = (scene.stage)(SIZE);
                if !has_effect(&mut stage, *key) {
                    silent.push(format!("{}: {key:?} ({:?})", scene.name, binding.action));
                }
            }
        }
    }
    assert!(silent.is_empty(), "no effect:\n{}", silent.join("\n"));
}

#[test]
fn every_key_that_moves_does_so_in_a_long_list() {
    let mut moved = BTreeMap::new();
    for scene in SCENES {
        for size in [(80, 24), (60, 15)] {
            let context = (scene.stage)(size).app.context();
            for binding in reached(context).filter(|binding| only_moves(binding.action)) {
                for key in binding.keys {
                    let name = format!("{context:?} {key:?} {:?}", binding.action);
                    let is_done = moved.entry(name).or_insert(false);
                    if *is_done {
                        continue;
                    }
                    let mut stage = (scene.stage)(size);
                    // The opposite movement comes first, so that the list is not at its end.
                    let before =
                        reached(context).find(|other| Some(other.action) == opposite(binding.action));
                    if let Some(before) = before {
                        stage.send(Msg::Key(before.keys[0]));
                    }
                    *is_done = has_effect(&mut stage, *key);
                }
            }
        }
    }
    let silent: Vec<_> = moved
        .iter()
        .filter(|(_, done)| !**done)
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(silent.is_empty(), "no effect:\n{}", silent.join("\n"));
}

/// Returns the movement in the opposite direction.
const fn opposite(action: Action) -> Option<Action> {
    Some(match action {
        Action::Move(by) => Action::Move(-by),
        Action::Page(by) => Action::Page(-by),
        Action::HalfPage(by) => Action::HalfPage(-by),
        Action::Across(by) => Action::Across(-by),
        Action::First => Action::Last,
        Action::Last => Action::First,
        _ => return None,
    })
}

/// Whether an action only moves. At the end of a list it has no effect.
pub(crate) const fn only_moves(action: Action) -> bool {
    matches!(
        action,
        Action::Move(_)
            | Action::Page(_)
            | Action::HalfPage(_)
            | Action::First
            | Action::Last
            | Action::Across(_)
    )
}

/// Returns what a key press changes: the state without times, and the number of effects. Two equal results mean
/// that the key had no effect.
fn fingerprint(stage: &AppHarness) -> (String, usize) {
    let mut app = stage.app.clone();
    app.hold_until = None;
    app.rebuilds = RebuildSchedule::default();
    // The lists are large, and no key changes them.
    for endpoint in app.endpoints.iter_mut() {
        endpoint.latest = None;
    }
    (format!("{app:?}"), stage.asked.len())
}

/// Presses a key. Returns whether it changes the state, gives an effect or a message.
pub(crate) fn has_effect(stage: &mut AppHarness, key: KeyPress) -> bool {
    // Keys that refer to the row under the cursor choose it. That alone does not count.
    let page = stage.app.page();
    stage.app.table.choose(page);
    stage.app.status = None;
    let before = fingerprint(stage);
    stage.send(Msg::Key(key));
    fingerprint(stage) != before
}
