//! The effects of one update.

use super::msg::Effect;
use crate::kill::Order;

/// Effects that an update requests, in this order. Drained once, at the end of
/// [`update`](super::App::update).
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox(Vec<Effect>);

impl Outbox {
    /// Adds an effect.
    pub(super) fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds orders of a kill.
    pub(super) fn push_orders(&mut self, orders: Vec<Order>) {
        self.0.extend(orders.into_iter().map(Effect::Kill));
    }

    /// Returns the effects and empties the outbox.
    pub(super) fn drain(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.0)
    }
}

impl Extend<Effect> for Outbox {
    fn extend<T: IntoIterator<Item = Effect>>(&mut self, effects: T) {
        self.0.extend(effects);
    }
}
