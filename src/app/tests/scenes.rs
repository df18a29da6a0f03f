//! States of the screen in which keys are pressed: each view with data, without, and before the first list, in both
//! dialects.

use std::time::Duration;

use super::endpoint_view::five;
use super::replay::replayed;
use super::servers::troubled;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::locked::{list_without, locked};
use crate::app::msg::Msg;
use crate::app::saving::{SaveResult, SettingChange};
use crate::filter::Filter;
use crate::model::{Dialect, EndpointId, RequestError};

/// Size of the screen.
pub(crate) type Size = (u16, u16);

/// A state of the screen.
pub(crate) struct Scene {
    /// Its name, for messages of tests.
    pub(crate) name: &'static str,
    /// Creates it.
    pub(crate) stage: fn(Size) -> AppHarness,
}

const JSON_API: &str = r#"{"data":[
{"id":"1","attributes":{"user":"ann","remote":"10.0.0.1","port":4001,"state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":1}},
{"id":"2","attributes":{"user":"bob","remote":"10.0.0.2","port":4002,"state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":99999}},
{"id":"13","attributes":{"user":"cid","remote":"10.0.0.2","port":4003,"state":"Session started","connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":3}}]}"#;

const DRAFT: [(u64, &str, u64); 3] = [(1, "ann", 1), (2, "bob", 99_999), (13, "cid", 3)];

fn drafts(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    stage.list(&draft(&DRAFT));
    stage
}

pub(crate) fn json_api(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, size);
    stage.list(JSON_API);
    stage
}

fn empty(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    stage.list("[]");
    stage
}

fn pressed(mut stage: AppHarness, keys: &[Code]) -> AppHarness {
    for key in keys {
        stage.press(*key);
    }
    stage
}

fn with(stage: AppHarness, keys: &str) -> AppHarness {
    let keys: Vec<_> = keys.chars().map(Code::Char).collect();
    pressed(stage, &keys)
}

fn no_list(size: Size) -> AppHarness {
    AppHarness::new(Dialect::JsonApi, size)
}

fn lost(size: Size) -> AppHarness {
    let mut stage = no_list(size);
    stage.fail(RequestError::Refused);
    stage
}

fn no_match(size: Size) -> AppHarness {
    let mut stage = json_api(size);
    stage.app.table.filter = Filter::parse("user=none").unwrap();
    stage.press(Code::Char('p'));
    stage.press(Code::Char('p'));
    stage
}

/// The kill dialog for one session, with its check passed.
fn kill_one(stage: AppHarness) -> AppHarness {
    let mut stage = with(stage, "K");
    let ticket = stage.last_check().unwrap();
    let id = stage.checks().last().unwrap().1;
    let detail = stage.detail(id);
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage
}

/// The kill dialog for all sessions, with their checks passed.
fn kill_all(stage: AppHarness) -> AppHarness {
    let mut stage = with(stage, "*K");
    let mut done = 0;
    while let Some((ticket, id)) = stage.checks().get(done).copied() {
        let detail = stage.detail(id);
        stage.on_check(ticket, Ok(detail));
        done += 1;
    }
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage
}

fn killed(stage: AppHarness) -> AppHarness {
    let mut stage = kill_one(stage);
    stage.press(Code::Char('y'));
    stage
}

fn many(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    let sessions: Vec<_> = (1..40).map(|id| (id, "ann", 99_999 - id)).collect();
    stage.list(&draft(&sessions));
    stage
}

/// Sessions that became stuck, five in each list.
pub(crate) fn eventful(size: Size) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, size);
    for stuck in (0..40).step_by(5) {
        let idle = |id| if id <= stuck { 99_999 } else { 1 };
        let sessions: Vec<_> = (1..=40).map(|id| (id, "ann", idle(id))).collect();
        stage.wait(Duration::from_secs(1));
        stage.list(&draft(&sessions));
    }
    stage
}

/// A past moment: the list before the last one.
pub(crate) fn past(size: Size, keys: &[Code]) -> AppHarness {
    let stage = pressed(eventful(size), keys);
    stage.back(stage.app.now.elapsed.saturating_sub(Duration::from_secs(1)))
}

fn question(size: Size) -> AppHarness {
    let mut stage = with(json_api(size), "W");
    let changes = vec![SettingChange {
        name: "sort",
        written: "'id'".to_owned(),
        present: None,
    }];
    stage.send(Msg::Saved(SaveResult::Planned(changes, "maxtop.toml".to_owned())));
    stage.draw();
    stage
}

fn in_grace(size: Size) -> AppHarness {
    let settings = AppSettings {
        grace: Duration::from_secs(5),
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, size);
    stage.list(&draft(&DRAFT));
    killed(stage)
}

fn read_only(size: Size) -> AppHarness {
    let mut stage = json_api(size);
    stage.send(Msg::MayOnlyRead(EndpointId(0)));
    stage
}

fn no_locks(size: Size) -> AppHarness {
    let mut stage = locked(size);
    list_without(&mut stage, &[1042, 1187, 1188]);
    stage.app.endpoints[0].server_access.reports = std::sync::Arc::default();
    list_without(&mut stage, &[1042, 1187, 1188]);
    with(stage, "b")
}

/// All scenes.
pub(crate) static SCENES: &[Scene] = &[
    Scene {
        name: "draft",
        stage: drafts,
    },
    Scene {
        name: "JSON:API",
        stage: json_api,
    },
    Scene {
        name: "many",
        stage: many,
    },
    Scene {
        name: "empty",
        stage: empty,
    },
    Scene {
        name: "no list",
        stage: no_list,
    },
    Scene {
        name: "lost",
        stage: lost,
    },
    Scene {
        name: "no match",
        stage: no_match,
    },
    Scene {
        name: "locked",
        stage: locked,
    },
    Scene {
        name: "read-only",
        stage: read_only,
    },
    Scene {
        name: "in grace",
        stage: in_grace,
    },
    Scene {
        name: "searched",
        stage: |size| pressed(with(pressed(drafts(size), &[Code::F(3)]), "b"), &[Code::Enter]),
    },
    Scene {
        name: "marked",
        stage: |size| with(drafts(size), " "),
    },
    Scene {
        name: "filtered",
        stage: |size| pressed(with(drafts(size), "/ann"), &[Code::Enter]),
    },
    Scene {
        name: "paused",
        stage: |size| with(json_api(size), "p"),
    },
    Scene {
        name: "several endpoints",
        stage: five,
    },
    Scene {
        name: "groups, draft",
        stage: |size| with(drafts(size), "t"),
    },
    Scene {
        name: "groups, JSON:API",
        stage: |size| with(json_api(size), "t"),
    },
    Scene {
        name: "groups, empty",
        stage: |size| with(empty(size), "t"),
    },
    Scene {
        name: "groups, no list",
        stage: |size| with(no_list(size), "t"),
    },
    Scene {
        name: "groups, no match",
        stage: |size| with(no_match(size), "t"),
    },
    Scene {
        name: "details, draft",
        stage: |size| pressed(drafts(size), &[Code::Enter]),
    },
    Scene {
        name: "details, JSON:API",
        stage: |size| pressed(json_api(size), &[Code::Enter]),
    },
    Scene {
        name: "details, focused",
        stage: |size| pressed(json_api(size), &[Code::Enter, Code::Tab]),
    },
    Scene {
        name: "details, locked",
        stage: |size| pressed(with(locked(size), "1187"), &[Code::Enter]),
    },
    Scene {
        name: "details, ended",
        stage: |size| {
            let mut stage = pressed(drafts(size), &[Code::Enter]);
            stage.on_observation(Err(RequestError::NotFound));
            stage
        },
    },
    Scene {
        name: "blockers, draft",
        stage: |size| with(drafts(size), "b"),
    },
    Scene {
        name: "blockers, JSON:API",
        stage: |size| with(json_api(size), "b"),
    },
    Scene {
        name: "blockers, locked",
        stage: |size| with(locked(size), "b"),
    },
    Scene {
        name: "blockers, none",
        stage: no_locks,
    },
    Scene {
        name: "blockers, no list",
        stage: |size| with(no_list(size), "b"),
    },
    Scene {
        name: "servers, draft",
        stage: |size| with(drafts(size), "S"),
    },
    Scene {
        name: "servers, waiting",
        stage: |size| with(json_api(size), "S"),
    },
    Scene {
        name: "servers",
        stage: troubled,
    },
    Scene {
        name: "servers, no list",
        stage: |size| with(no_list(size), "S"),
    },
    Scene {
        name: "endpoints, draft",
        stage: |size| with(drafts(size), "E"),
    },
    Scene {
        name: "endpoints, no list",
        stage: |size| with(no_list(size), "E"),
    },
    Scene {
        name: "endpoints, several",
        stage: |size| with(five(size), "E"),
    },
    Scene {
        name: "overview, draft",
        stage: |size| with(drafts(size), "o"),
    },
    Scene {
        name: "overview, several",
        stage: |size| with(five(size), "o"),
    },
    Scene {
        name: "overview, no list",
        stage: |size| with(no_list(size), "o"),
    },
    Scene {
        name: "events",
        stage: |size| with(eventful(size), "e"),
    },
    Scene {
        name: "recording",
        stage: replayed,
    },
    Scene {
        name: "time of a recording",
        stage: |size| with(replayed(size), ":"),
    },
    Scene {
        name: "events, empty",
        stage: |size| with(no_list(size), "e"),
    },
    Scene {
        name: "past",
        stage: |size| past(size, &[]),
    },
    Scene {
        name: "past, groups",
        stage: |size| past(size, &[Code::Char('t')]),
    },
    Scene {
        name: "past, details",
        stage: |size| past(size, &[Code::Enter]),
    },
    Scene {
        name: "past, servers",
        stage: |size| past(size, &[Code::Char('S')]),
    },
    Scene {
        name: "past, endpoints",
        stage: |size| past(size, &[Code::Char('E')]),
    },
    Scene {
        name: "past, overview",
        stage: |size| past(size, &[Code::Char('o')]),
    },
    Scene {
        name: "kill log, empty",
        stage: |size| with(drafts(size), "l"),
    },
    Scene {
        name: "kill log",
        stage: |size| with(killed(drafts(size)), "l"),
    },
    Scene {
        name: "kill dialog, draft",
        stage: |size| kill_one(drafts(size)),
    },
    Scene {
        name: "kill dialog, JSON:API",
        stage: |size| kill_one(json_api(size)),
    },
    Scene {
        name: "kill dialog, unchecked",
        stage: |size| with(drafts(size), "K"),
    },
    Scene {
        name: "kill dialog, root",
        stage: |size| kill_one(with(locked(size), "1187")),
    },
    Scene {
        name: "kill dialog, three",
        stage: |size| kill_all(json_api(size)),
    },
    Scene {
        name: "kill dialog, by number",
        stage: |size| with(kill_all(many(size)), "3"),
    },
    Scene {
        name: "reason",
        stage: |size| with(kill_one(drafts(size)), "r"),
    },
    Scene {
        name: "filter",
        stage: |size| with(drafts(size), "/us"),
    },
    Scene {
        name: "filter, no list",
        stage: |size| with(no_list(size), "/"),
    },
    Scene {
        name: "filter, earlier ones",
        stage: |size| {
            let twice = pressed(with(drafts(size), "/ann"), &[Code::Enter]);
            let twice = pressed(with(twice, "/b"), &[Code::Enter]);
            with(twice, "/ us")
        },
    },
    Scene {
        name: "search",
        stage: |size| with(pressed(drafts(size), &[Code::F(3)]), "b"),
    },
    Scene {
        name: "columns, draft",
        stage: |size| with(drafts(size), "c"),
    },
    Scene {
        name: "columns, JSON:API",
        stage: |size| with(json_api(size), "cj"),
    },
    Scene {
        name: "copies",
        stage: |size| with(pressed(json_api(size), &[Code::Enter]), "y"),
    },
    Scene {
        name: "question",
        stage: question,
    },
    Scene {
        name: "help",
        stage: |size| with(drafts(size), "?"),
    },
    Scene {
        name: "help, searched",
        stage: |size| pressed(with(drafts(size), "?/kill"), &[Code::Enter]),
    },
    Scene {
        name: "help, no match",
        stage: |size| pressed(with(drafts(size), "?/qqqq"), &[Code::Enter]),
    },
    Scene {
        name: "help, search",
        stage: |size| with(drafts(size), "?/kill"),
    },
];
