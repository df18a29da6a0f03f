//! What time does to a batch, and what may be sent when.

use super::{Batch, LOG_WITHIN, Phase};
use crate::kill::attempt::Attempt;
use crate::kill::event::{Order, Request};
use crate::kill::grace::Passing;
use crate::kill::traffic::Alarm;
use crate::model::{EndpointId, Limit, Now, Text};

impl Batch {
    /// Where its victims are.
    pub fn endpoints(&self) -> Vec<EndpointId> {
        self.traffic.keys().copied().collect()
    }

    /// Has no more than so many requests under way at each endpoint from here on.
    pub fn confine(&mut self, at_once: usize) {
        for traffic in self.traffic.values_mut() {
            traffic.confine(at_once);
        }
    }

    /// Lets time do its work, sends what may be sent, and logs what has become known.
    pub(super) fn after(&mut self, now: Now, mut orders: Vec<Order>) -> Vec<Order> {
        self.pass_time(now, &mut orders);
        self.send(&mut orders);
        self.log_outcomes(now, &mut orders);
        // While a person is asked, whoever is struck out can be taken in again.
        while matches!(self.phase, Phase::Running)
            && self.attempts.get(self.over).is_some_and(Attempt::is_over)
        {
            self.over += 1;
        }
        orders
    }

    pub(super) fn pass_time(&mut self, now: Now, orders: &mut Vec<Order>) {
        match &mut self.phase {
            Phase::Grace(grace) => match grace.pass(now) {
                Passing::Waits => {}
                Passing::Over => self.write_intents(now, orders),
                Passing::Late => self.phase = Phase::TakenBack("the program stood still meanwhile"),
            },
            Phase::Logging { since } if now.elapsed.saturating_sub(*since) >= LOG_WITHIN => {
                let why = "the audit log took over 2 s (try --audit FILE): nothing was ended";
                self.not_logged(&Text::clean(why, Limit::Line));
            }
            Phase::Asking | Phase::Running => {
                self.ring(now);
                self.relist_in_time(now, orders);
                self.survey_in_time(now, orders);
            }
            Phase::Logging { .. } | Phase::TakenBack(_) => {}
        }
    }

    /// Those whose alarm is due.
    pub(super) fn ring(&mut self, now: Now) {
        for traffic in self.traffic.values_mut() {
            while let Some((place, alarm)) = traffic.due(now.elapsed) {
                let Some(attempt) = self.attempts.get_mut(place) else {
                    continue;
                };
                match alarm {
                    // Its answer says what comes next.
                    Alarm::Look if attempt.is_asked() => {}
                    Alarm::Look if attempt.is_undecided() => traffic.queue_check(place),
                    Alarm::Look if attempt.is_in_flight() => traffic.queue_look(place),
                    Alarm::Look => {}
                    Alarm::GiveUp => {
                        let before = attempt.outcome().cloned();
                        attempt.give_up_in_time(now);
                        if let Some(at) = attempt.gives_up_at().filter(|at| *at > now.elapsed) {
                            traffic.wake(at, place, Alarm::GiveUp);
                        }
                        self.fresh
                            .extend((attempt.outcome() != before.as_ref()).then_some(place));
                    }
                }
            }
        }
    }

    /// Sends what may be sent now.
    pub(super) fn send(&mut self, orders: &mut Vec<Order>) {
        if !matches!(self.phase, Phase::Asking | Phase::Running) {
            return;
        }
        let Self {
            attempts, traffic, ..
        } = self;
        for (endpoint, traffic) in traffic {
            while let Some((place, lane)) = traffic.turn() {
                let Some(attempt) = attempts
                    .get_mut(place)
                    .filter(|attempt| !attempt.is_over() && !attempt.is_asked())
                else {
                    traffic.ended(lane);
                    continue;
                };
                attempt.begin();
                let request = Request::Check {
                    id: attempt.victim.identity.id,
                    purpose: attempt.check_purpose(),
                };
                orders.push(Order::Ask {
                    endpoint: *endpoint,
                    ticket: attempt.ask(lane),
                    request,
                });
            }
        }
    }
}
