//! Keys that show another moment, and what a past moment does not do.

use super::App;
use super::keymap::Action;
use super::msg::{Effect, Msg, PastMsg, Travel};
use super::no_effect::IS_LIVE;
use super::status::Status;
use crate::model::counted;

impl App {
    /// `[ ] { } L`: requests another moment.
    pub(super) fn travel(&mut self, action: Action) {
        let travel = match action {
            Action::TravelLists(lists) => {
                self.stop_playing();
                Travel::Lists(lists)
            }
            Action::TravelMinutes(minutes) => Travel::Minutes(minutes),
            Action::Live => {
                if let Some(replay) = self.replay() {
                    Travel::To(replay.span.1.elapsed, None)
                } else {
                    if self.past.is_none() {
                        self.status = Some(Status::note(IS_LIVE.to_owned()));
                    }
                    // Also drops a moment that was requested and is not shown yet.
                    Travel::Live
                }
            }
            _ => return,
        };
        self.outbox.push(Effect::Travel(travel));
    }

    /// Handles a message about a past moment.
    pub(super) fn on_past(&mut self, msg: PastMsg) {
        match msg {
            PastMsg::LiveTime(now) => {
                if let Some(past) = &mut self.past {
                    past.live = now;
                }
            }
            PastMsg::Returned(session) => self.on_return(session),
            PastMsg::PlayEnded => self.on_play_end(),
            PastMsg::EventsComplete(unreadable) => {
                self.events.is_complete = true;
                if unreadable > 0 {
                    let parts = counted(unreadable, "part");
                    let text = format!(
                        "{parts} of the recording cannot be read: the events of that time are missing"
                    );
                    self.status = Some(Status::warning(text));
                }
            }
            PastMsg::Refused(why) => self.status = Some(Status::note(why)),
        }
    }

    /// Takes over what the live app has received while this one was built: events, and the recording.
    pub(crate) fn follow_live(&mut self, live: &Self) {
        self.events = live.events.clone();
        self.recording.clone_from(&live.recording);
    }

    /// Returns the effects of an update in a past moment: those that change no endpoint and need no time.
    pub(super) fn effects_in_past(&mut self) -> Vec<Effect> {
        let mut effects = self.outbox.drain();
        effects.retain(is_allowed_in_past);
        effects
    }
}

/// Whether an effect is possible in a past moment.
const fn is_allowed_in_past(effect: &Effect) -> bool {
    match effect {
        Effect::Arrange(_)
        | Effect::Calculate(_)
        | Effect::Travel(_)
        | Effect::Play(_)
        | Effect::Record(_)
        | Effect::Copy(_)
        | Effect::WriteScreen(_)
        | Effect::Repaint
        | Effect::Suspend
        | Effect::Quit { .. } => true,
        Effect::Refresh
        | Effect::Relist(_)
        | Effect::Pace(_)
        | Effect::Watch(_)
        | Effect::Prioritize(_)
        | Effect::Kill(_)
        | Effect::Save { .. }
        | Effect::Bell
        | Effect::Title(_)
        | Effect::WakeAt(_) => false,
    }
}

impl Msg {
    /// Whether a message is for the screen that is shown: a key, the mouse, a paste, a frame.
    pub(crate) const fn is_for_shown(&self) -> bool {
        matches!(
            self,
            Self::Key(_) | Self::Mouse(_) | Self::Paste(_) | Self::PasteDropped | Self::Drawn(_)
        )
    }

    /// Whether a message is input of the user.
    pub(crate) const fn is_input(&self) -> bool {
        self.is_for_shown() && !matches!(self, Self::Drawn(_))
    }

    /// Whether a message is for the live screen and for a past one.
    pub(crate) const fn is_for_both(&self) -> bool {
        matches!(
            self,
            Self::Resized(..)
                | Self::Background(_)
                | Self::Happened(_)
                | Self::Recording(_)
                | Self::ScreenWritten(_)
        )
    }
}
