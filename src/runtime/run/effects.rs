//! Effects of the live screen, executed.

use std::io;

use super::{Screen, ScreenExit};
use crate::app::msg::Effect;
use crate::app::screen_file::ScreenData;
use crate::clock;
use crate::kill::Order;
use crate::poller::PollerCommand;
use crate::runtime::frame_backend::last_frame;

impl Screen {
    /// Executes an effect.
    pub(super) fn carry_out(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            // The thread ends only with the program.
            Effect::Arrange(job) => drop(self.jobs.send(*job)),
            Effect::Relist(endpoints) => {
                for endpoint in endpoints {
                    self.pollers.send(endpoint, PollerCommand::Relist);
                }
            }
            Effect::Calculate(calculation) => drop(self.calculations.send(calculation)),
            Effect::Travel(travel) => self.travel(travel)?,
            Effect::Play(pace) => self.past.play(pace),
            Effect::Record(starts) => self.record(starts)?,
            Effect::Refresh => self.pollers.send_all(&PollerCommand::Refresh),
            Effect::Pace(interval) => self.pollers.send_all(&PollerCommand::Interval(interval)),
            Effect::Watch(watched) => self.pollers.watch(watched),
            Effect::Prioritize(shown) => self.pollers.prioritize(&shown),
            Effect::Kill(order) => self.kill(order)?,
            Effect::Save { settings, confirmed } => self.saver.start(settings, confirmed),
            Effect::WriteScreen(data) => self.write_screen(data)?,
            Effect::Copy(text) => self.canvas.backend_mut().copy(&text)?,
            Effect::Bell => self.canvas.backend_mut().ring(),
            Effect::Title(text) => self.canvas.backend_mut().set_title(text),
            Effect::WakeAt(at) => {
                let at = clock::instant(at);
                self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
            }
            Effect::Repaint => self.canvas.clear()?,
            Effect::Suspend => self.must_suspend = true,
            Effect::Quit {
                keep_frame,
                unsettled,
            } => self.quit(keep_frame, unsettled),
        }
        Ok(())
    }

    /// Writes the screen and its data to files that are named after the present time.
    fn write_screen(&self, data: Box<ScreenData>) -> io::Result<()> {
        let shown = self.shown();
        let frame = last_frame(shown)?;
        let now = clock::now().wall.to_zoned_datetime(shown.settings.zone.clone());
        let name = now.strftime("%Y-%m-%d_%H-%M-%S%.3f").to_string();
        self.to_files.start(&name, frame, data);
        Ok(())
    }

    fn kill(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Ask {
                endpoint,
                ticket,
                request,
            } => self.pollers.send(endpoint, PollerCommand::Kill(ticket, request)),
            Order::WriteIntents { ticket, entries } => {
                self.past.record_kills(&entries);
                self.add_kills_to_recording(&entries)?;
                self.audit.write_intents(ticket, entries);
            }
            Order::WriteOutcomes(entries) => {
                self.past.record_kills(&entries);
                self.add_kills_to_recording(&entries)?;
                self.audit.write_outcomes(entries);
            }
        }
        Ok(())
    }

    const fn quit(&mut self, keep_frame: bool, unsettled: bool) {
        self.keep_frame = keep_frame;
        self.exit = Some(if unsettled {
            ScreenExit::Unsettled
        } else {
            ScreenExit::Quit
        });
    }
}
