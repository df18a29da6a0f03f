//! States of a server as label values.

use crate::model::Health;

/// Names of all states.
pub(super) const STATES: [&str; 9] = [
    "running",
    "lagging",
    "maintenance",
    "draining",
    "drained",
    "auth_error",
    "unresolved",
    "down",
    "unknown",
];

/// Returns the name of a state, one of [`STATES`].
pub(super) const fn state_name(health: Health) -> &'static str {
    match health {
        Health::Running => "running",
        Health::Lagging(_) => "lagging",
        Health::Maintenance => "maintenance",
        Health::Draining => "draining",
        Health::Drained => "drained",
        Health::AuthError => "auth_error",
        Health::Unresolved => "unresolved",
        Health::Down => "down",
        Health::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_in_the_table() {
        for health in [
            Health::Running,
            Health::Lagging(12),
            Health::Maintenance,
            Health::Draining,
            Health::Drained,
            Health::AuthError,
            Health::Unresolved,
            Health::Down,
            Health::Unknown,
        ] {
            assert!(STATES.contains(&state_name(health)), "{health:?}");
        }
    }
}
