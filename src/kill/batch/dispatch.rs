//! What time does to a batch, and what may be sent when.

use super::{BatchPhase, KillBatch, LOG_TIMEOUT};
use crate::kill::event::{KillRequest, Order};
use crate::kill::grace::GraceStatus;
use crate::kill::request_scheduler::Alarm;
use crate::kill::task::KillTask;
use crate::model::{EndpointId, Now, Text, TextLimit};

impl KillBatch {
    /// Where its victims are.
    pub fn endpoints(&self) -> Vec<EndpointId> {
        self.scheduler.keys().copied().collect()
    }

    /// Has no more than so many requests under way at each endpoint from here on.
    pub fn limit_requests(&mut self, at_once: usize) {
        for scheduler in self.scheduler.values_mut() {
            scheduler.limit_requests(at_once);
        }
    }

    /// Lets time do its work, sends what may be sent, and logs what has become known.
    pub(super) fn after(&mut self, now: Now, mut orders: Vec<Order>) -> Vec<Order> {
        self.advance_time(now, &mut orders);
        self.send(&mut orders);
        self.log_outcomes(now, &mut orders);
        // While a person is asked, whoever is struck out can be taken in again.
        while matches!(self.phase, BatchPhase::Running)
            && self.tasks.get(self.over).is_some_and(KillTask::is_finished)
        {
            self.over += 1;
        }
        orders
    }

    pub(super) fn advance_time(&mut self, now: Now, orders: &mut Vec<Order>) {
        match &mut self.phase {
            BatchPhase::Grace(grace) => match grace.advance(now) {
                GraceStatus::Waits => {}
                GraceStatus::Over => self.write_intents(now, orders),
                GraceStatus::Late => self.phase = BatchPhase::TakenBack("the program stood still meanwhile"),
            },
            BatchPhase::Logging { since } if now.elapsed.saturating_sub(*since) >= LOG_TIMEOUT => {
                let why = "the audit log took over 2 s (try --audit FILE): nothing was ended";
                self.not_logged(&Text::clean(why, TextLimit::Line));
            }
            BatchPhase::Asking | BatchPhase::Running => {
                self.wake(now);
                self.request_due_lists(now, orders);
                self.survey_in_time(now, orders);
            }
            BatchPhase::Logging { .. } | BatchPhase::TakenBack(_) => {}
        }
    }

    /// Those whose alarm is due.
    pub(super) fn wake(&mut self, now: Now) {
        for scheduler in self.scheduler.values_mut() {
            while let Some((place, alarm)) = scheduler.due(now.elapsed) {
                let Some(task) = self.tasks.get_mut(place) else {
                    continue;
                };
                match alarm {
                    // Its answer says what comes next.
                    Alarm::Look if task.has_request() => {}
                    Alarm::Look if task.is_undecided() => scheduler.queue_check(place),
                    Alarm::Look if task.is_in_flight() => scheduler.queue_look(place),
                    Alarm::Look => {}
                    Alarm::GiveUp => {
                        let before = task.outcome().cloned();
                        task.give_up_in_time(now);
                        if let Some(at) = task.gives_up_at().filter(|at| *at > now.elapsed) {
                            scheduler.wake(at, place, Alarm::GiveUp);
                        }
                        self.fresh
                            .extend((task.outcome() != before.as_ref()).then_some(place));
                    }
                }
            }
        }
    }

    /// Sends what may be sent now.
    pub(super) fn send(&mut self, orders: &mut Vec<Order>) {
        if !matches!(self.phase, BatchPhase::Asking | BatchPhase::Running) {
            return;
        }
        let Self { tasks, scheduler, .. } = self;
        for (endpoint, scheduler) in scheduler {
            while let Some((place, lane)) = scheduler.next_dispatch() {
                let Some(task) = tasks
                    .get_mut(place)
                    .filter(|task| !task.is_finished() && !task.has_request())
                else {
                    scheduler.on_request_end(lane);
                    continue;
                };
                task.begin();
                let request = KillRequest::Check {
                    id: task.victim.identity.id,
                    purpose: task.check_purpose(),
                };
                orders.push(Order::Ask {
                    endpoint: *endpoint,
                    ticket: task.start_request(lane),
                    request,
                });
            }
        }
    }
}
