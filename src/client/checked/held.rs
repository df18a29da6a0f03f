//! Stores the connection and the IP address between a victim's check and its DELETE.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;

/// Maximum number of connections kept. At most sixteen victims are between check and DELETE; connections
/// of refused victims are dropped when newer ones arrive.
const MAX_KEPT: usize = 24;

/// Connections and addresses, by victim.
#[derive(Debug, Default)]
pub(super) struct HeldConnections {
    inner: Mutex<HeldTable>,
    closes: AtomicBool,
    keeps: AtomicBool,
}

#[derive(Debug, Default)]
struct HeldTable {
    connections: VecDeque<(u32, Connection)>,
    addresses: BTreeMap<u32, SocketAddr>,
    recent: Option<(Instant, SocketAddr)>,
}

impl HeldConnections {
    fn lock(&self) -> MutexGuard<'_, HeldTable> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the connection of a victim's check for its DELETE.
    pub(super) fn keep(&self, victim: u32, connection: Connection) {
        let connections = &mut self.lock().connections;
        connections.retain(|(kept, _)| *kept != victim);
        connections.push_back((victim, connection));
        while connections.len() > MAX_KEPT {
            connections.pop_front();
        }
    }

    /// Removes and returns the connection of a victim's last check.
    pub(super) fn take(&self, victim: u32) -> Option<Connection> {
        let connections = &mut self.lock().connections;
        let index = connections.iter().position(|(kept, _)| *kept == victim)?;
        connections.remove(index).map(|(_, connection)| connection)
    }

    /// Returns the address that replied to the victim's last check.
    pub(super) fn address(&self, victim: u32) -> Option<SocketAddr> {
        self.lock().addresses.get(&victim).copied()
    }

    pub(super) fn remember(&self, victim: u32, address: SocketAddr) {
        self.lock().addresses.insert(victim, address);
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
