//! Defaults of settings that several rooms use, each with its text in files and in the help.

use std::time::Duration;

/// The default of a setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefaultValue<T> {
    /// The value.
    pub value: T,
    /// The value as written in a file.
    pub text: &'static str,
}

macro_rules! seconds {
    ($number:literal) => {
        DefaultValue {
            value: Duration::from_secs($number),
            text: concat!($number, "s"),
        }
    };
}

macro_rules! percent {
    ($number:literal) => {
        DefaultValue {
            value: $number as f64 / 100.0,
            text: concat!($number, "%"),
        }
    };
}

/// Time from the start of one list to the start of the next.
pub(crate) const INTERVAL: DefaultValue<Duration> = seconds!(1);
/// Maximum share of the proxy's time spent on lists.
pub(crate) const DUTY: DefaultValue<f64> = percent!(10);
/// Maximum time to wait for a complete reply.
pub(crate) const TIMEOUT: DefaultValue<Duration> = seconds!(10);
/// Maximum number of sessions in a list.
pub(crate) const MAX_SESSIONS: DefaultValue<usize> = DefaultValue {
    value: 2_000_000,
    text: "2000000",
};
/// Maximum memory of a decoded list, in bytes.
pub(crate) const MAX_LIST_MEMORY: DefaultValue<usize> = DefaultValue {
    value: 512_000_000,
    text: "512MB",
};
/// Time that the history of the screen covers.
pub(crate) const HISTORY_SPAN: DefaultValue<Duration> = DefaultValue {
    value: Duration::from_mins(15),
    text: "15m",
};
/// Maximum size of that history, in bytes.
pub(crate) const HISTORY_MEMORY: DefaultValue<usize> = DefaultValue {
    value: 8_000_000,
    text: "8MB",
};
/// Time in which a confirmed kill can be canceled.
pub(crate) const GRACE: DefaultValue<Duration> = seconds!(3);
