//! All state of the screen, and the only place that changes it.

pub mod arrange;
pub mod effect;
pub mod key;
pub mod msg;
