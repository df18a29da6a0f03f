use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::app::AppSettings;
use crate::app::msg::{Now, Travel};
use crate::model::{Dialect, EndpointId, Snapshot, Text, TextLimit};
use crate::recording::{
    CHUNK_INTERVAL, Fact, FactKind, Header, Limits, MINOR_VERSION, RecordedEndpoint, Writer,
};
use crate::runtime::history::{HistoryCommand, TravelRequest};

const SECOND: Duration = Duration::from_secs(1);

fn now(seconds: u64) -> Now {
    let elapsed = Duration::from_secs(seconds);
    Now {
        elapsed,
        wall: Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::try_from(elapsed).unwrap(),
    }
}

/// Returns a recording with a list in each second.
fn recording(seconds: u64) -> Recording {
    let header = Header {
        program: Text::clean("0", TextLimit::Name),
        endpoints: vec![RecordedEndpoint {
            name: Text::clean("a", TextLimit::Name),
            url: Text::clean("http://a", TextLimit::Name),
            clock_offset_ms: None,
        }],
        started: now(0),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    };
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&header, CHUNK_INTERVAL, &mut bytes).unwrap();
    for second in 1..=seconds {
        let list = Snapshot {
            number: second,
            taken_at: now(second).wall,
            ..Snapshot::empty(Dialect::Draft)
        };
        let fact = Fact {
            at: now(second),
            endpoint: Some(EndpointId(0)),
            kind: FactKind::Listed(Arc::new(list)),
        };
        writer.push(&fact, &mut bytes).unwrap();
    }
    writer.finish(&mut bytes).unwrap();
    Recording::open(bytes, Limits::default()).unwrap()
}

/// The threads of a recording, and what they send.
struct Stage {
    app: App,
    thread: HistoryThread,
    replies: UnboundedReceiver<HistoryReply>,
}

impl Stage {
    fn new(recording: Recording, start: u64) -> Self {
        let endpoints = vec![EndpointState::new("a".to_owned(), false, Vec::new())];
        let screen = App::new(AppSettings::default(), endpoints.clone(), (80, 24));
        let span = recording.span().unwrap();
        let source = ReplaySource {
            recording,
            state: Replay::new("a.mxr".to_owned(), span, false),
            start: SECOND * u32::try_from(start).unwrap(),
        };
        let app = source.first_app(&screen).unwrap().unwrap();
        let (sender, replies) = unbounded_channel();
        let thread = super::start(source, endpoints, ViewQuery::default(), sender).unwrap();
        Self { app, thread, replies }
    }

    fn travel(&self, travel: Travel, number: u64) {
        self.thread.send(HistoryCommand::Travel(Box::new(TravelRequest {
            travel,
            screen: self.app.past_screen(None),
            live: now(0),
            number,
        })));
    }

    /// Returns the next reply about a moment.
    fn reply(&mut self) -> HistoryReply {
        loop {
            match self.replies.blocking_recv().unwrap() {
                HistoryReply::Happened(_) | HistoryReply::EventsComplete(_) => {}
                reply => return reply,
            }
        }
    }

    /// Returns the moment that is shown, or why none is.
    fn moment(&mut self) -> Result<u64, String> {
        match self.reply() {
            HistoryReply::Shown(app, _) => Ok(app.past_moment().unwrap().as_secs()),
            HistoryReply::Refused(why, _) => Err(why),
            _ => panic!("no moment"),
        }
    }

    /// Plays to the end. Returns the seconds of all facts.
    fn play(&mut self, speed: u32) -> Vec<u64> {
        self.thread.send(HistoryCommand::Play(Some(speed)));
        let mut seconds = Vec::new();
        loop {
            match self.reply() {
                HistoryReply::Played(facts, now, 7) => {
                    assert!(facts.iter().all(|fact| fact.at.elapsed <= now.elapsed));
                    seconds.extend(facts.iter().map(|fact| fact.at.elapsed.as_secs()));
                }
                HistoryReply::PlayEnded => return seconds,
                _ => panic!("not played"),
            }
        }
    }
}

#[test]
fn each_fact_is_played_once_up_to_the_end() {
    let mut stage = Stage::new(recording(200), 1);
    stage.travel(Travel::To(SECOND * 150, None), 7);
    assert_eq!(stage.moment(), Ok(150));
    assert_eq!(stage.play(64), (151..=200).collect::<Vec<_>>());
    stage.travel(Travel::To(SECOND * 190, None), 7);
    assert_eq!(stage.moment(), Ok(190));
    assert_eq!(stage.play(64), (191..=200).collect::<Vec<_>>());
}

#[test]
fn steps_and_times_are_found_in_the_recording() {
    let mut stage = Stage::new(recording(200), 100);
    for (travel, moment) in [
        (Travel::Lists(1), Ok(101)),
        (Travel::Lists(-1), Ok(100)),
        (Travel::Minutes(1), Ok(160)),
        (Travel::Minutes(1), Ok(200)),
        (
            Travel::Minutes(1),
            Err("this is the end of the recording".to_owned()),
        ),
        (
            Travel::Lists(1),
            Err("this is the end of the recording".to_owned()),
        ),
        (Travel::Time("10s".parse().unwrap()), Ok(11)),
        (Travel::Minutes(-1), Ok(1)),
        (
            Travel::Lists(-1),
            Err("this is the start of the recording".to_owned()),
        ),
        (Travel::To(SECOND * 500, None), Ok(200)),
    ] {
        stage.travel(travel, 7);
        assert_eq!(stage.moment(), moment);
    }
    stage.travel(Travel::Time("9h".parse().unwrap()), 7);
    assert!(stage.moment().unwrap_err().contains("no such time"));
}
