//! Injected faults: which requests fail, and how.
//!
//! The fault depends on the seed and the number of earlier requests to the same target, so a poll in between
//! changes nothing.

use std::time::Duration;

use axum::http::Method;
use fastrand::Rng;

use super::http::SimRequest;
use super::world::mix;

/// Maximum time that a reply is held back.
const MAX_HOLD: Duration = Duration::from_mins(5);

/// A deliberate failure of a request.
///
/// *Before*: the request was not carried out. *After*: it was carried out completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InjectedFault {
    /// The connection is reset without a reply. The request was not carried out.
    ResetBefore,
    /// The connection is reset without a reply, but the request was carried out.
    ResetAfter,
    /// Status 500. The request was not carried out.
    ErrorBefore,
    /// Status 500, but the request was carried out.
    ErrorAfter,
    /// No reply until the hold time has passed, then status 500. The request was not carried out.
    SilenceBefore,
    /// The request is carried out at once, but the true reply is sent only after the hold time.
    SilenceAfter,
}

impl InjectedFault {
    /// The default mix. Reset and error, before and after, are equally likely. Silence is as likely as one of
    /// them, half before and half after.
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

    /// Whether the request is carried out although it fails.
    pub fn is_after(self) -> bool {
        matches!(self, Self::ResetAfter | Self::ErrorAfter | Self::SilenceAfter)
    }

    /// Whether the reply is held back.
    pub fn is_silence(self) -> bool {
        matches!(self, Self::SilenceBefore | Self::SilenceAfter)
    }
}

/// Requests that are eligible for a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultTarget {
    /// Requests about one session, with any method, and every DELETE.
    #[default]
    OneSession,
    /// All requests, including lists.
    All,
    /// DELETE requests only.
    Deletes,
    /// Requests to `/v1/sql` and below it, with any method.
    Sql,
}

impl FaultTarget {
    fn includes(self, request: &SimRequest) -> bool {
        match self {
            Self::OneSession => request.is_single(),
            Self::All => true,
            Self::Deletes => request.method == Method::DELETE,
            Self::Sql => request.is_sql(),
        }
    }
}

/// How often which requests fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// Share of the eligible requests that fail, from 0 to 1.
    pub rate: f64,
    /// Seed of the choice. The same seed selects the same requests.
    pub seed: u64,
    /// Eligible requests.
    pub on: FaultTarget,
    /// Faults to choose from at random. One that is listed twice is twice as likely.
    pub kinds: Vec<InjectedFault>,
    /// How long silence lasts. Defaults to 30 s; at most 5 minutes.
    pub hold: Duration,
}

impl Faults {
    /// Creates the default mix of faults for this share of the requests about one session.
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

    /// Returns the fault for the `number`-th eligible request, from 0. Depends only on the seed.
    pub(super) fn fault_for(&self, number: u64) -> Option<InjectedFault> {
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
            .filter_map(|number| Some((number, faults.fault_for(number)?)))
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
