//! Causes of failed polls as label values: few, and without text from outside.

use crate::model::RequestError;

/// Names of all causes.
pub(super) const CAUSES: [&str; 10] = [
    "resolve",
    "refused",
    "connect",
    "tls",
    "timeout",
    "cut",
    "too_large",
    "not_allowed",
    "status",
    "not_maxscale",
];

/// Returns the index of an error's cause in [`CAUSES`].
pub(super) fn cause_index(error: &RequestError) -> Option<usize> {
    CAUSES.iter().position(|name| *name == cause_name(error))
}

/// Returns the name of an error's cause. A list is never answered with the errors of a DELETE.
const fn cause_name(error: &RequestError) -> &'static str {
    match error {
        RequestError::Resolve(_) => "resolve",
        RequestError::Refused => "refused",
        RequestError::Connect(_) => "connect",
        RequestError::Tls(_) => "tls",
        RequestError::TimedOut(_) => "timeout",
        RequestError::Cut(_)
        | RequestError::CheckExpired
        | RequestError::Unsent
        | RequestError::Abandoned => "cut",
        RequestError::TooLarge { .. }
        | RequestError::TooManyRows { .. }
        | RequestError::TooMuchMemory { .. } => "too_large",
        RequestError::NotAllowed { .. }
        | RequestError::TokenRejected(_)
        | RequestError::MayOnlyRead
        | RequestError::LoginEnded
        | RequestError::ReadOnly => "not_allowed",
        RequestError::Status { .. } | RequestError::Redirected(_) => "status",
        RequestError::NotFound
        | RequestError::Unclear404
        | RequestError::Encoded(_)
        | RequestError::NoSession(_)
        | RequestError::NotJson(_)
        | RequestError::Malformed(_)
        | RequestError::MixedProcesses => "not_maxscale",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_cause_is_in_the_table() {
        for (error, cause) in [
            (RequestError::Refused, "refused"),
            (RequestError::TimedOut(Duration::ZERO), "timeout"),
            (RequestError::TooLarge { limit: 1 }, "too_large"),
            (RequestError::ReadOnly, "not_allowed"),
            (RequestError::Abandoned, "cut"),
            (RequestError::NotFound, "not_maxscale"),
            (
                RequestError::Status {
                    status: 503,
                    detail: None,
                },
                "status",
            ),
        ] {
            assert_eq!(cause_index(&error).map(|index| CAUSES[index]), Some(cause));
        }
    }
}
