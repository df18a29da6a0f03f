//! JSON objects of the draft.

use std::fmt;
use std::net::IpAddr;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::parameters::Fields;
use crate::demo::world::SimConnection;

/// An object that can leave out some of its keys.
pub(super) trait Item {
    fn write<M: serde::ser::SerializeMap>(&self, key: usize, map: &mut M) -> Result<(), M::Error>;
    fn keys(&self) -> &'static [&'static str];
}

/// An object with the selected keys only.
#[derive(Debug)]
pub(super) struct PartialDoc<'a, T> {
    pub(super) item: &'a T,
    pub(super) fields: Fields,
}

impl<T: Item> Serialize for PartialDoc<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for place in (0..self.item.keys().len()).filter(|place| self.fields.shows(*place)) {
            self.item.write(place, &mut map)?;
        }
        map.end()
    }
}

pub(super) const SESSION: [&str; 7] = ["id", "state", "user", "address", "service", "connected", "idle"];

#[derive(Debug)]
pub(super) struct DraftSessionDoc<'a> {
    pub(super) id: u64,
    pub(super) state: &'static str,
    pub(super) user: &'a str,
    pub(super) address: IpAddr,
    pub(super) service: &'static str,
    pub(super) connected: String,
    pub(super) idle: u64,
}

impl Item for DraftSessionDoc<'_> {
    fn keys(&self) -> &'static [&'static str] {
        &SESSION
    }

    fn write<M: serde::ser::SerializeMap>(&self, place: usize, map: &mut M) -> Result<(), M::Error> {
        let Some(key) = SESSION.get(place) else {
            return Ok(());
        };
        match place {
            0 => map.serialize_entry(key, &self.id),
            1 => map.serialize_entry(key, self.state),
            2 => map.serialize_entry(key, self.user),
            3 => map.serialize_entry(key, &DisplayDoc(self.address)),
            4 => map.serialize_entry(key, &DisplayDoc(format_args!("/services/{}", self.service))),
            5 => map.serialize_entry(key, &self.connected),
            _ => map.serialize_entry(key, &self.idle),
        }
    }
}

pub(super) const CONNECTION: [&str; 5] = ["state", "role", "server", "service", "statistics"];

#[derive(Debug)]
pub(super) struct DraftConnectionDoc {
    server: &'static str,
    service: &'static str,
    statistics: StatisticsDoc,
}

#[derive(Debug, serde::Serialize)]
struct StatisticsDoc {
    reads: u64,
    writes: u64,
    buffered_writes: u64,
    high_water_events: u64,
    low_water_events: u64,
}

impl DraftConnectionDoc {
    pub(super) fn of(backend: &SimConnection, service: &'static str) -> Self {
        let statistics = StatisticsDoc {
            reads: backend.reads,
            writes: backend.writes,
            buffered_writes: backend.buffered_writes,
            high_water_events: backend.high_water,
            low_water_events: backend.low_water,
        };
        Self {
            server: backend.server,
            service,
            statistics,
        }
    }
}

impl Item for DraftConnectionDoc {
    fn keys(&self) -> &'static [&'static str] {
        &CONNECTION
    }

    fn write<M: serde::ser::SerializeMap>(&self, place: usize, map: &mut M) -> Result<(), M::Error> {
        let Some(key) = CONNECTION.get(place) else {
            return Ok(());
        };
        match place {
            0 => map.serialize_entry(key, "DCB in the polling loop"),
            1 => map.serialize_entry(key, "Backend Request Handler"),
            2 => map.serialize_entry(key, &DisplayDoc(format_args!("/servers/{}", self.server))),
            3 => map.serialize_entry(key, &DisplayDoc(format_args!("/services/{}", self.service))),
            _ => map.serialize_entry(key, &self.statistics),
        }
    }
}

/// Serializes a displayable value as a JSON string.
struct DisplayDoc<T>(T);

impl<T: fmt::Display> Serialize for DisplayDoc<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
