//! Stores the connection and the IP address between a victim's check and its DELETE.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;

/// Maximum number of connections kept. At most sixteen victims are between check and DELETE.
const MAX_KEPT: usize = 24;
/// Time after which a connection that was not used is dropped: a check is older than a DELETE permits then.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(2);
/// Time after which an address that was not used is dropped. Follow-ups of one victim are closer together, and a
/// new check finds an address again.
const ADDRESS_KEPT_FOR: Duration = Duration::from_mins(10);

/// Connections and addresses, by victim.
#[derive(Debug, Default)]
pub(super) struct HeldConnections {
    inner: Mutex<HeldTable>,
    closes: AtomicBool,
    keeps: AtomicBool,
}

#[derive(Debug, Default)]
struct HeldTable {
    connections: VecDeque<KeptConnection>,
    /// Number of connections kept until now.
    kept: u64,
    /// The address of each victim, and when it was last used.
    addresses: BTreeMap<u32, (Instant, SocketAddr)>,
    recent: Option<(Instant, SocketAddr)>,
}

#[derive(Debug)]
struct KeptConnection {
    victim: u32,
    number: u64,
    connection: Connection,
}

impl HeldConnections {
    fn lock(&self) -> MutexGuard<'_, HeldTable> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the connection of a victim's check for its DELETE. Returns its number, for [`Self::drop_unused`].
    pub(super) fn keep(&self, victim: u32, connection: Connection) -> u64 {
        let mut table = self.lock();
        table.kept += 1;
        let number = table.kept;
        let connections = &mut table.connections;
        connections.retain(|kept| kept.victim != victim);
        connections.push_back(KeptConnection {
            victim,
            number,
            connection,
        });
        while connections.len() > MAX_KEPT {
            connections.pop_front();
        }
        number
    }

    /// Drops a connection if no DELETE has used it.
    pub(super) fn drop_unused(&self, number: u64) {
        self.lock().connections.retain(|kept| kept.number != number);
    }

    /// Removes and returns the connection of a victim's last check.
    pub(super) fn take(&self, victim: u32) -> Option<Connection> {
        let connections = &mut self.lock().connections;
        let index = connections.iter().position(|kept| kept.victim == victim)?;
        connections.remove(index).map(|kept| kept.connection)
    }

    /// Returns the address that replied to the victim's last check.
    pub(super) fn address(&self, victim: u32) -> Option<SocketAddr> {
        self.lock().addresses.get(&victim).map(|(_, address)| *address)
    }

    pub(super) fn remember(&self, victim: u32, address: SocketAddr) {
        self.remember_at(victim, address, Instant::now());
    }

    fn remember_at(&self, victim: u32, address: SocketAddr, now: Instant) {
        let addresses = &mut self.lock().addresses;
        addresses.retain(|_, (used, _)| now.saturating_duration_since(*used) <= ADDRESS_KEPT_FOR);
        addresses.insert(victim, (now, address));
    }

    /// Returns the address that accepted a connection last, if that was within `within`.
    pub(super) fn recent_address(&self, within: Duration) -> Option<SocketAddr> {
        let recent = self.lock().recent;
        recent
            .filter(|(at, _)| at.elapsed() <= within)
            .map(|(_, address)| address)
    }

    pub(super) fn note_address(&self, address: SocketAddr) {
        self.lock().recent = Some((Instant::now(), address));
    }

    /// Whether the server is known to keep connections open after a reply.
    pub(super) fn keeps_connections(&self) -> bool {
        !self.closes.load(Ordering::Relaxed)
    }

    /// Whether a second request over one connection has succeeded.
    pub(super) fn is_known_to_keep(&self) -> bool {
        self.keeps.load(Ordering::Relaxed)
    }

    pub(super) fn note_keeping(&self) {
        self.keeps.store(true, Ordering::Relaxed);
    }

    pub(super) fn note_closing(&self) {
        self.closes.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_no_longer_used_are_dropped() {
        let (held, start) = (HeldConnections::default(), Instant::now());
        let address: SocketAddr = ([127, 0, 0, 1], 8989).into();
        held.remember_at(1, address, start);
        held.remember_at(2, address, start);
        held.remember_at(2, address, start + ADDRESS_KEPT_FOR);
        assert_eq!(held.address(1), Some(address));
        held.remember_at(3, address, start + ADDRESS_KEPT_FOR + KEPT_FOR);
        assert_eq!((held.address(1), held.address(2)), (None, Some(address)));
    }
}
