//! A recording on the screen: an app of a past moment whose clock moves. Its state, and its keys.

use tui_input::{Input, InputRequest};

use super::App;
use super::events::Event;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::modal::Modal;
use super::msg::{Effect, Now, Travel};
use super::past::{PastMoment, PastScreen};
use super::prompt::edit;
use super::status::Status;
use crate::recording::RecordingTime;

/// Maximum speed: this many times as fast as it was recorded.
const MAX_SPEED: u32 = 64;
/// Maximum length of a typed time, in bytes.
const MAX_TIME_LEN: usize = 40;

/// A recording that is shown.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Name of the file, sanitized.
    pub file: String,
    /// Times of its first and last fact.
    pub span: (Now, Now),
    /// Whether the recorder was interrupted.
    pub is_cut: bool,
    /// Number of times it is as fast as it was recorded.
    pub speed: u32,
    /// Whether it is playing.
    pub is_playing: bool,
}

impl Replay {
    /// Creates the state of a recording that is not playing.
    pub const fn new(file: String, span: (Now, Now), is_cut: bool) -> Self {
        Self {
            file,
            span,
            is_cut,
            speed: 1,
            is_playing: false,
        }
    }
}

/// The prompt for a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimePrompt {
    /// The text and its cursor.
    pub input: Input,
    /// Why the text is not a time, after Enter.
    pub error: Option<String>,
}

impl TimePrompt {
    /// Inserts pasted text without control characters.
    pub(super) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            if self.input.value().len() + c.len_utf8() > MAX_TIME_LEN {
                break;
            }
            self.input.handle(InputRequest::InsertChar(c));
        }
        self.error = None;
    }
}

impl PastScreen {
    /// Shows the moments of a recording.
    #[must_use]
    pub fn replaying(mut self, replay: Replay) -> Self {
        self.screen.past = Some(PastMoment {
            replay: Some(replay),
            ..PastMoment::default()
        });
        self
    }
}

impl App {
    /// Returns the recording that is shown, if it is one.
    pub(crate) fn replay(&self) -> Option<&Replay> {
        self.past.as_ref()?.replay.as_ref()
    }

    fn replay_mut(&mut self) -> Option<&mut Replay> {
        self.past.as_mut()?.replay.as_mut()
    }

    /// Whether a recording is shown.
    pub(crate) fn is_replay(&self) -> bool {
        self.replay().is_some()
    }

    /// Whether the recording is at its end.
    pub(crate) fn is_at_end(&self) -> bool {
        self.replay()
            .is_some_and(|replay| self.now.elapsed >= replay.span.1.elapsed)
    }

    /// Handles a key of recordings. Returns whether it is one.
    pub(super) fn is_replay_key(&mut self, context: KeyContext, key: KeyPress) -> bool {
        let is_view = context.with_fallbacks().any(|one| one == KeyContext::AnyView);
        if !is_view || !self.is_replay() {
            return false;
        }
        let Some(action) = action(KeyContext::Replay, key) else {
            return false;
        };
        self.status = None;
        self.goto = None;
        match action {
            Action::Play => self.play_or_pause(),
            Action::PlaySpeed(by) => self.change_speed(by),
            Action::TravelEvents(by) => self.travel_to_event(by),
            Action::AskTime => self.modal = Modal::Time(Box::default()),
            action => self.travel(action),
        }
        true
    }

    fn play_or_pause(&mut self) {
        let is_at_end = self.is_at_end();
        let Some(replay) = self.replay_mut() else { return };
        if is_at_end && !replay.is_playing {
            self.status = Some(Status::note(
                "this is the end of the recording; { goes back".to_owned(),
            ));
            return;
        }
        replay.is_playing = !replay.is_playing;
        let pace = replay.is_playing.then_some(replay.speed);
        self.outbox.push(Effect::Play(pace));
    }

    /// Stops playing, before a step.
    pub(super) fn stop_playing(&mut self) {
        if let Some(replay) = self.replay_mut()
            && std::mem::take(&mut replay.is_playing)
        {
            self.outbox.push(Effect::Play(None));
        }
    }

    /// Handles the end of the recording while it is playing.
    pub(super) fn on_play_end(&mut self) {
        if let Some(replay) = self.replay_mut() {
            replay.is_playing = false;
        }
    }

    fn change_speed(&mut self, by: isize) {
        let Some(replay) = self.replay_mut() else { return };
        let before = replay.speed;
        replay.speed = match by {
            1.. => (before * 2).min(MAX_SPEED),
            _ => (before / 2).max(1),
        };
        let (speed, is_playing) = (replay.speed, replay.is_playing);
        if speed == before {
            let limit = if by > 0 { "maximum" } else { "minimum" };
            self.status = Some(Status::note(format!("{speed}x is the {limit} speed")));
        } else if is_playing {
            self.outbox.push(Effect::Play(Some(speed)));
        }
    }

    /// Goes to the next event of the log, or to the previous one.
    fn travel_to_event(&mut self, by: isize) {
        let now = self.now.elapsed;
        let events = self.events.from(0);
        let found = if by > 0 {
            let later = events.filter(|event| event.at.elapsed > now);
            later.min_by_key(|event| event.at.elapsed)
        } else {
            let earlier = events.filter(|event| event.at.elapsed < now);
            earlier.max_by_key(|event| event.at.elapsed)
        };
        if let Some(travel) = found.map(Event::travel) {
            self.stop_playing();
            self.outbox.push(Effect::Travel(travel));
            return;
        }
        let side = if by > 0 { "later" } else { "earlier" };
        let rest = if self.events.is_complete {
            ""
        } else {
            " yet: the recording is still searched"
        };
        self.status = Some(Status::note(format!("no {side} event{rest}")));
    }

    /// Handles a key in the prompt for a time.
    pub(super) fn time_prompt_key(&mut self, key: KeyPress) {
        let Modal::Time(prompt) = &mut self.modal else {
            return;
        };
        match action(KeyContext::Time, key) {
            None => {
                prompt.error = None;
                edit(&mut prompt.input, key);
            }
            Some(Action::Accept) if prompt.input.value().trim().is_empty() => _ = self.modal.close(),
            Some(Action::Accept) => match prompt.input.value().parse::<RecordingTime>() {
                Ok(time) => {
                    self.modal.close();
                    self.outbox.push(Effect::Travel(Travel::Time(time)));
                }
                Err(error) => prompt.error = Some(error.to_string()),
            },
            Some(_) => _ = self.modal.close(),
        }
    }
}
