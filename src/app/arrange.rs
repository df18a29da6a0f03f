//! Order.

/// A list in order.
#[derive(Debug, Default)]
pub struct Generation {}
/// Work.
#[derive(Clone, Debug, Default)]
pub struct Job {}
