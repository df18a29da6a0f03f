//! Time-driven steps of a batch, and the requests that may be sent.

use super::{BatchPhase, KillBatch, LOG_TIMEOUT};
use crate::kill::event::Order;
use crate::kill::grace::GraceStatus;
use crate::kill::request_scheduler::Alarm;
use crate::kill::task::KillTask;
use crate::model::{EndpointId, Now};

impl KillBatch {
    /// Returns the endpoints of the victims.
    pub(crate) fn endpoints(&self) -> Vec<EndpointId> {
        self.scheduler.keys().copied().collect()
    }

    /// Limits the requests in flight at each endpoint.
    pub(crate) fn limit_requests(&mut self, at_once: usize) {
        for scheduler in self.scheduler.values_mut() {
            scheduler.limit_requests(at_once);
        }
    }

    /// Handles the passing of time, sends what may be sent, and logs new outcomes.
    pub(super) fn after(&mut self, now: Now, mut orders: Vec<Order>) -> Vec<Order> {
        self.advance_time(now, &mut orders);
        self.send(&mut orders);
        self.log_outcomes(now, &mut orders);
        // Only while running: before that, a removed victim can be added again.
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
                GraceStatus::Late => self.phase = BatchPhase::Canceled("the program was suspended"),
            },
            BatchPhase::Logging { since } if now.elapsed >= since.elapsed + LOG_TIMEOUT => {
                self.logged_late();
            }
            BatchPhase::Unconfirmed | BatchPhase::Running => {
                self.check_by_lists(now);
                self.wake(now);
                self.request_due_lists(now, orders);
                self.survey_in_time(now, orders);
            }
            BatchPhase::Logging { .. } | BatchPhase::Canceled(_) => {}
        }
    }

    /// Handles the alarms that are due.
    pub(super) fn wake(&mut self, now: Now) {
        for scheduler in self.scheduler.values_mut() {
            while let Some((index, alarm)) = scheduler.due(now.elapsed) {
                let Some(task) = self.tasks.get_mut(index) else {
                    continue;
                };
                match alarm {
                    // The reply decides what is next.
                    Alarm::FollowUp if task.has_request() => {}
                    Alarm::FollowUp if task.is_undecided() => scheduler.queue_check(index),
                    Alarm::FollowUp if task.is_in_flight() || task.follows_statements() => {
                        scheduler.queue_follow_up(index);
                    }
                    Alarm::FollowUp => {}
                    Alarm::GiveUp => {
                        let before = task.outcome().cloned();
                        task.give_up_in_time(now);
                        if let Some(at) = task.gives_up_at().filter(|at| *at > now.elapsed) {
                            scheduler.wake(at, index, Alarm::GiveUp);
                        }
                        self.fresh
                            .extend((task.outcome() != before.as_ref()).then_some(index));
                    }
                }
            }
        }
    }

    /// Sends what may be sent now.
    pub(super) fn send(&mut self, orders: &mut Vec<Order>) {
        if !matches!(self.phase, BatchPhase::Unconfirmed | BatchPhase::Running) {
            return;
        }
        let Self { tasks, scheduler, .. } = self;
        for (endpoint, scheduler) in scheduler {
            while let Some((index, kind)) = scheduler.next_dispatch() {
                let Some(task) = tasks
                    .get_mut(index)
                    .filter(|task| !task.is_finished() && !task.has_request() && task.needs_request(kind))
                else {
                    scheduler.on_request_end(kind);
                    continue;
                };
                task.begin();
                orders.push(Order::Ask {
                    endpoint: *endpoint,
                    request: task.next_request(),
                    ticket: task.start_request(kind),
                });
            }
        }
    }
}
