//! A recording on the screen: what it shows, and its keys.

use super::*;
use crate::app::build_view::ViewQuery;
use crate::app::events::EventScan;
use crate::app::msg::{Now, PastMsg, Travel};
use crate::app::past::{HistoryExtent, Moment};
use crate::app::recording::RecordingMsg;
use crate::app::replay::Replay;
use crate::model::{Text, TextLimit};
use crate::recording::{CHUNK_INTERVAL, Header, Limits, MINOR_VERSION, RecordedEndpoint, Recording, Writer};

const SECOND: Duration = Duration::from_secs(1);

/// Returns what a recorder writes of a live screen.
fn recorded(stage: &AppHarness) -> Recording {
    let endpoint = RecordedEndpoint {
        name: Text::clean("a", TextLimit::Name),
        url: Text::clean("http://a", TextLimit::Name),
        clock_offset_ms: None,
    };
    let header = Header {
        program: Text::clean("0", TextLimit::Name),
        endpoints: vec![endpoint; stage.app.endpoints.len()],
        started: Now::default(),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    };
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&header, CHUNK_INTERVAL, &mut bytes).unwrap();
    for fact in &stage.facts {
        writer.push(fact, &mut bytes).unwrap();
    }
    writer.finish(&mut bytes).unwrap();
    Recording::open(bytes, Limits::default()).unwrap()
}

/// Returns the screen of a recording at a moment.
fn replay(stage: &AppHarness, recording: &Recording, at: Duration) -> AppHarness {
    let screen = AppHarness::new(stage.dialect, stage.app.size);
    let paused = Replay::new("night.mxr".to_owned(), recording.span().unwrap(), false);
    let moment = Moment {
        at,
        live: Now::default(),
        extent: HistoryExtent::default(),
        session: None,
    };
    let screen = screen.app.past_screen(None).replaying(paused);
    let app = screen.at(moment, recording.facts_until(at)).unwrap().unwrap();
    let mut shown = AppHarness::new(stage.dialect, stage.app.size);
    shown.app = app;
    shown.elapsed = at;
    shown
}

/// A recording in its middle, of this size on the screen.
pub(crate) fn replayed(size: (u16, u16)) -> AppHarness {
    let mut live = stage(Dialect::Draft);
    live.app.size = size;
    replay(&live, &recorded(&live), SECOND * 8)
}

/// Delivers a list each second. Session 2 ends after 8 s, and the endpoint is lost after 12 s, for 3 s.
fn stage(dialect: Dialect) -> AppHarness {
    let mut stage = AppHarness::new(dialect, (80, 24));
    for second in 0..20 {
        stage.wait(SECOND);
        if (12..15).contains(&second) {
            stage.send(Msg::ListFailed {
                endpoint: crate::model::EndpointId(0),
                fault: crate::model::RequestError::Refused,
                retry_in: SECOND,
            });
            continue;
        }
        let mut sessions = vec![(1, "ann", second), (4, "dan", 99_999)];
        if second < 8 {
            sessions.push((2, "bob", second));
        }
        stage.list(&draft(&sessions));
    }
    stage
}

fn effects(stage: &mut AppHarness, key: Code) -> Vec<Effect> {
    stage.app.update(Msg::Key(KeyPress::plain(key)))
}

fn travel(stage: &mut AppHarness, key: Code) -> Option<Travel> {
    effects(stage, key).into_iter().find_map(|effect| match effect {
        Effect::Travel(travel) => Some(travel),
        _ => None,
    })
}

#[test]
fn a_recording_shows_what_the_live_screen_showed() {
    let mut live = AppHarness::new(Dialect::Draft, (80, 24));
    for second in 0..90 {
        live.wait(SECOND);
        live.list(&draft(&[
            (1, "ann", second),
            (2, "bob", second * 7 % 50),
            (4, "dan", 99_999),
        ]));
        let at = live.elapsed;
        if [30, 89].contains(&second) {
            let shown = replay(&live, &recorded(&live), at);
            assert_eq!(shown.shown(), live.shown());
            for (row, before) in shown
                .app
                .table
                .view
                .window(0, 9)
                .zip(live.app.table.view.window(0, 9))
            {
                assert_eq!(format!("{:?}", row.session), format!("{:?}", before.session));
                assert_eq!(format!("{:?}", row.diagnosis), format!("{:?}", before.diagnosis));
            }
            assert_eq!(shown.app.now.wall, live.app.now.wall);
        }
    }
}

#[test]
fn space_plays_and_pauses_and_the_speed_has_limits() {
    let live = stage(Dialect::Draft);
    let mut shown = replay(&live, &recorded(&live), SECOND * 5);
    let pace = |stage: &mut AppHarness, key| {
        effects(stage, key).into_iter().find_map(|effect| match effect {
            Effect::Play(pace) => Some(pace),
            _ => None,
        })
    };
    assert_eq!(pace(&mut shown, Code::Char('+')), None);
    assert_eq!(pace(&mut shown, Code::Char(' ')), Some(Some(2)));
    for _ in 0..9 {
        shown.press(Code::Char('+'));
    }
    assert_eq!(shown.app.replay().unwrap().speed, 64);
    assert_eq!(pace(&mut shown, Code::Char('-')), Some(Some(32)));
    assert_eq!(pace(&mut shown, Code::Char('p')), Some(None));
    shown.press(Code::Char(' '));
    shown.send(Msg::Past(PastMsg::PlayEnded));
    assert!(!shown.app.replay().unwrap().is_playing);
}

#[test]
fn a_step_pauses_and_a_time_is_typed() {
    let live = stage(Dialect::Draft);
    let mut shown = replay(&live, &recorded(&live), SECOND * 5);
    shown.press(Code::Char(' '));
    let all = effects(&mut shown, Code::Char(']'));
    assert!(matches!(all.first(), Some(Effect::Play(None))), "{all:?}");
    assert!(
        all.iter()
            .any(|effect| matches!(effect, Effect::Travel(Travel::Lists(1))))
    );
    let end = recorded(&live).span().unwrap().1.elapsed;
    assert_eq!(travel(&mut shown, Code::Char('L')), Some(Travel::To(end, None)));
    shown.press(Code::Char(':'));
    for c in "nonsense".chars() {
        shown.press(Code::Char(c));
    }
    shown.press(Code::Enter);
    let prompt = shown.app.modal.time_prompt().unwrap();
    assert!(
        prompt
            .error
            .as_ref()
            .unwrap()
            .contains("'nonsense' is not a time")
    );
    shown.press(Code::Esc);
    assert!(shown.app.modal.is_closed());
    shown.press(Code::Char(':'));
    for c in "13:41".chars() {
        shown.press(Code::Char(c));
    }
    assert_eq!(
        travel(&mut shown, Code::Enter),
        Some(Travel::Time("13:41".parse().unwrap()))
    );
}

#[test]
fn a_recording_is_not_killed_polled_or_marked() {
    let live = stage(Dialect::Draft);
    let mut shown = replay(&live, &recorded(&live), SECOND * 5);
    for (key, text) in [
        (Code::Esc, "this is the first level; q quits"),
        (Code::Char('K'), "sessions of a recording cannot be killed"),
        (
            Code::Char('R'),
            "this is a recording: maxtop replay --cut writes a part of it",
        ),
        (Code::F(9), "sessions of a recording cannot be killed"),
        (Code::Char('r'), "a recording is not polled"),
        (Code::Char('Z'), "a recording is not polled"),
    ] {
        shown.press(key);
        assert_eq!(shown.app.status.as_ref().unwrap().text, text);
        assert!(shown.app.modal.is_closed());
    }
    shown.press(Code::Char(' '));
    assert!(shown.app.marks.is_empty());
    let asked = &shown.asked;
    assert!(
        asked.iter().all(|effect| matches!(effect, Effect::Play(_))),
        "{asked:?}"
    );
}

#[test]
fn keys_go_from_event_to_event() {
    let live = stage(Dialect::Draft);
    let recording = recorded(&live);
    let mut shown = replay(&live, &recording, SECOND * 5);
    shown.press(Code::Char(')'));
    let text = |stage: &AppHarness| stage.app.status.as_ref().unwrap().text.clone();
    assert_eq!(
        text(&shown),
        "no later event yet: the recording is still searched"
    );
    let fresh = AppHarness::new(Dialect::Draft, (80, 24));
    let endpoints = fresh.app.endpoints.iter().cloned().collect();
    let mut scan = EventScan::new(endpoints, ViewQuery::default());
    for fact in recording.facts() {
        shown.send(Msg::Happened(scan.add(fact.unwrap())));
    }
    shown.send(Msg::Past(PastMsg::EventsComplete(0)));
    // Lost after 12 lists, back after 3 more seconds.
    let at = |travel: Option<Travel>| match travel {
        Some(Travel::To(at, _)) => at,
        other => panic!("{other:?}"),
    };
    let lost = at(travel(&mut shown, Code::Char(')')));
    assert_eq!(lost, live.ago(7));
    let mut there = replay(&live, &recording, lost);
    there.app.follow_live(&shown.app);
    let back = at(travel(&mut there, Code::Char(')')));
    assert_eq!(back, live.ago(4));
    let mut end = replay(&live, &recording, back);
    end.app.follow_live(&shown.app);
    end.press(Code::Char(')'));
    assert_eq!(text(&end), "no later event");
    assert_eq!(at(travel(&mut end, Code::Char('('))), lost);
}

#[test]
fn r_starts_a_recording_and_ends_it() {
    let mut live = stage(Dialect::Draft);
    let record = |stage: &mut AppHarness| {
        effects(stage, Code::Char('R'))
            .into_iter()
            .find_map(|effect| match effect {
                Effect::Record(starts) => Some(starts),
                _ => None,
            })
    };
    let text = |stage: &AppHarness| stage.app.status.as_ref().unwrap().text.clone();
    assert_eq!(record(&mut live), Some(true));
    live.send(Msg::Recording(RecordingMsg::Started("/a.mxr".to_owned())));
    assert_eq!(text(&live), "recording to /a.mxr; R ends it");
    live.send(Msg::Recording(RecordingMsg::Size(1_200_000)));
    assert_eq!(live.app.recording.as_ref().unwrap().size, 1_200_000);
    assert_eq!(record(&mut live), Some(false));
    live.send(Msg::Recording(RecordingMsg::Finished(1_300_000)));
    assert_eq!(text(&live), "recorded 1.3 MB: maxtop replay /a.mxr");
    assert!(live.app.recording.is_none());
    assert_eq!(record(&mut live), Some(true));
    let full = RecordingMsg::Failed("no space left".to_owned());
    live.send(Msg::Recording(full));
    live.send(Msg::Recording(RecordingMsg::Finished(1)));
    assert_eq!(text(&live), "the recording has ended: no space left");
    // It starts with what is known.
    let known = live.app.known_facts();
    assert!(
        known
            .iter()
            .any(|fact| matches!(fact.kind, crate::recording::FactKind::Listed(_)))
    );
}
