//! Server connections of a session and their statistics.

use super::SimSessionAt;
use crate::demo::world::scenario::SessionTrouble;
use crate::demo::world::timeline::mix;

/// A server connection of a session.
#[derive(Debug, Clone, Copy)]
pub struct SimConnection {
    /// Name of the server.
    pub server: &'static str,
    /// Thread id of the connection on the server.
    pub thread_id: u64,
    /// Number of packets read from the server.
    pub reads: u64,
    /// Number of packets written to the server.
    pub writes: u64,
    /// Number of writes that had to wait in a buffer.
    pub buffered_writes: u64,
    /// How often the buffer rose above its high-water mark.
    pub high_water: u64,
    /// How often the buffer drained below its low-water mark.
    pub low_water: u64,
    /// Number of bytes waiting to be written.
    pub write_queue: u64,
}

impl<'a> SimSessionAt<'a> {
    /// Returns the server of a statement. Every fourth one is a write, on the first server, as are scripted
    /// ones; the others are reads on the last one.
    pub(super) fn server_of(&self, number: u64) -> &'static str {
        let scripted = self.activity.text(number).is_some();
        let place = if scripted || number.is_multiple_of(4) {
            0
        } else {
            self.server_count().saturating_sub(1)
        };
        self.server(place)
    }

    fn server_count(&self) -> usize {
        match self.session.plot {
            SessionTrouble::HalfOpen => 0,
            SessionTrouble::NoBackend if self.is_troubled() => 0,
            SessionTrouble::Leaked => 1,
            _ => self.service().held,
        }
    }

    /// Returns a server of the service. The first one takes writes; the choice among the others varies.
    fn server(&self, place: usize) -> &'static str {
        let service = self.service();
        let (first, rest) = service.servers.split_first().unwrap_or((&"", &[]));
        let chosen = usize::try_from(mix(self.session.seed, 43) % 64).unwrap_or(0);
        if service.held == 1 {
            return service
                .servers
                .get(chosen % service.servers.len().max(1))
                .unwrap_or(first);
        }
        if place == 0 {
            first
        } else {
            rest.get(chosen % rest.len().max(1)).unwrap_or(first)
        }
    }

    /// Returns the server connections.
    pub fn connections(&self) -> impl Iterator<Item = SimConnection> + use<'a> {
        let (moment, count) = (*self, self.server_count());
        (0..count).map(move |place| moment.backend(place, count))
    }

    fn backend(&self, place: usize, count: usize) -> SimConnection {
        let share = |total: u64| match (count, place) {
            (1, _) => total,
            (_, 0) => total.div_ceil(4),
            _ => total - total.div_ceil(4),
        };
        let (started, finished) = (share(self.progress.started), share(self.progress.finished));
        let mut backend = SimConnection {
            server: self.server(place),
            thread_id: if place == 0 {
                self.session.first_thread_id()
            } else {
                thread_id(self.session.id, place)
            },
            reads: 4 + finished * 2,
            writes: 3 + started,
            buffered_writes: started / 900,
            high_water: started / 20_000,
            low_water: started / 20_000,
            write_queue: 0,
        };
        if self.session.plot == SessionTrouble::SlowReader && place + 1 == count {
            self.press(&mut backend);
        }
        backend
    }

    /// Adds back-pressure: the buffer fills more often than it drains, in bursts of 20 seconds.
    fn press(&self, backend: &mut SimConnection) {
        let seconds = self.age().as_secs();
        backend.high_water = 3 + seconds / 6;
        backend.low_water = seconds / 9;
        backend.buffered_writes = seconds / 20 * 48 + (seconds % 20).min(8) * 6;
        backend.reads += seconds * 45;
        backend.write_queue = 16_384 * (1 + seconds % 5);
    }

    /// Returns the number of bytes queued for the client.
    pub fn client_write_queue(&self) -> u64 {
        if self.session.plot == SessionTrouble::SlowReader {
            65_536 + self.age().as_secs() % 13 * 8_192
        } else {
            0
        }
    }
}

/// Returns the thread id of the `place`-th connection. No two connections have the same one.
pub(super) fn thread_id(session: u64, place: usize) -> u64 {
    31 + session * 2 + place as u64
}
