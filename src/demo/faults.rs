//! Faults on purpose: which requests go wrong, and how.
//!
//! Which one a request meets depends on the seed and on how many requests of the same target came before it, so
//! that a poll in between shifts nothing. Who may enter: `endpoint` and `routing`; tests and `maxtop demo` order
//! them.

use std::time::Duration;

use axum::http::Method;
use fastrand::Rng;

use super::http::SimRequest;
use super::world::mix;

/// A reply is held back at most so long.
const MAX_HOLD: Duration = Duration::from_mins(5);

/// What goes wrong with a request. *Before* means that nothing was done, *after* that all of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InjectedFault {
    /// The connection is reset, without a byte of a reply.
    ResetBefore,
    /// The same, but the request was carried out.
    ResetAfter,
    /// Status 500.
    ErrorBefore,
    /// Status 500, but the request was carried out.
    ErrorAfter,
    /// Nothing is sent for a long time, then a 500.
    SilenceBefore,
    /// Nothing is sent for a long time, then the true reply. The request was carried out at once.
    SilenceAfter,
}

impl InjectedFault {
    /// Resets and errors, before and after, are equally likely; silence is as likely as one of them, half of it
    /// before and half after.
    pub const USUAL: [Self; 10] = [
        Self::ResetBefore,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::ResetAfter,
        Self::ErrorBefore,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::ErrorAfter,
        Self::SilenceBefore,
        Self::SilenceAfter,
    ];

    /// Whether the request is carried out all the same.
    pub fn is_after(self) -> bool {
        matches!(self, Self::ResetAfter | Self::ErrorAfter | Self::SilenceAfter)
    }

    /// Whether the reply is held back.
    pub fn is_silence(self) -> bool {
        matches!(self, Self::SilenceBefore | Self::SilenceAfter)
    }
}

/// Which requests can meet a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultTarget {
    /// Those about one session, whatever their method, and every DELETE.
    #[default]
    OneSession,
    /// All of them, lists too.
    All,
    /// DELETE only.
    Deletes,
}

impl FaultTarget {
    fn includes(self, request: &SimRequest) -> bool {
        match self {
            Self::OneSession => request.is_single(),
            Self::All => true,
            Self::Deletes => request.method == Method::DELETE,
        }
    }
}

/// How often which requests go wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// The share of those requests, 0 to 1.
    pub rate: f64,
    /// The same seed hits the same requests.
    pub seed: u64,
    /// Which requests are meant.
    pub on: FaultTarget,
    /// One of these, by lot; what stands in it twice is twice as likely.
    pub kinds: Vec<InjectedFault>,
    /// How long silence lasts: 30 s unless told, five minutes at most.
    pub hold: Duration,
}

impl Faults {
    /// The usual faults for that share of the requests about one session.
    pub fn new(rate: f64, seed: u64) -> Self {
        Self {
            rate,
            seed,
            on: FaultTarget::default(),
            kinds: InjectedFault::USUAL.to_vec(),
            hold: Duration::from_secs(30),
        }
    }

    pub(super) fn includes(&self, request: &SimRequest) -> bool {
        self.on.includes(request)
    }

    /// What the n-th of the meant requests meets, counted from 0.
    pub(super) fn nth(&self, number: u64) -> Option<InjectedFault> {
        let mut lot = Rng::with_seed(mix(self.seed, number));
        if lot.f64() >= self.rate {
            return None;
        }
        lot.choice(&self.kinds).copied()
    }

    pub(super) fn hold(&self) -> Duration {
        self.hold.min(MAX_HOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(faults: &Faults) -> Vec<(u64, InjectedFault)> {
        (0..10_000)
            .filter_map(|number| Some((number, faults.nth(number)?)))
            .collect()
    }

    #[test]
    fn the_rate_is_kept_and_the_seed_decides() {
        assert!(hit(&Faults::new(0.0, 1)).is_empty());
        assert_eq!(hit(&Faults::new(1.0, 1)).len(), 10_000);
        let tenth = hit(&Faults::new(0.1, 1));
        assert!((850..1_150).contains(&tenth.len()), "{}", tenth.len());
        assert_eq!(tenth, hit(&Faults::new(0.1, 1)));
        assert_ne!(tenth, hit(&Faults::new(0.1, 2)));
    }

    #[test]
    fn the_usual_kinds_are_equally_likely() {
        let all = hit(&Faults::new(1.0, 5));
        let count =
            |wanted: &dyn Fn(InjectedFault) -> bool| all.iter().filter(|(_, fault)| wanted(*fault)).count();
        for fault in [
            InjectedFault::ResetBefore,
            InjectedFault::ResetAfter,
            InjectedFault::ErrorBefore,
            InjectedFault::ErrorAfter,
        ] {
            assert!((1_800..2_200).contains(&count(&|one| one == fault)), "{fault:?}");
        }
        assert!((1_800..2_200).contains(&count(&InjectedFault::is_silence)));
        assert!((850..1_150).contains(&count(&|one| one == InjectedFault::SilenceAfter)));
    }

    #[test]
    fn no_kinds_are_no_faults() {
        let none = Faults {
            kinds: Vec::new(),
            ..Faults::new(1.0, 1)
        };
        assert!(hit(&none).is_empty());
    }
}
