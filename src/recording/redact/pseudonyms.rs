//! Pseudonyms: a word and a number, in the order in which the values are met.
//!
//! A number cannot be traced back to its value, also not by trying out all values.

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::model::{Text, TextLimit, parse_moment};

/// Maximum number of pseudonyms of one kind. All further values have one in common.
const MAX_NAMES: usize = 100_000;
/// Names of users that belong to the server itself.
const SYSTEM_USERS: [&str; 2] = ["system user", "event_scheduler"];
/// Prefix of an IPv4 address in its IPv6 form.
const MAPPED: &str = "::ffff:";

/// Kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A user.
    User,
    /// An address or the name of a host.
    Address,
    /// The program of a client.
    Program,
    /// An endpoint.
    Endpoint,
    /// A data directory.
    Directory,
    /// A time in an unknown form.
    Time,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Address => "addr",
            Self::Program => "program",
            Self::Endpoint => "endpoint",
            Self::Directory => "dir",
            Self::Time => "time",
        }
    }
}

/// The pseudonyms of all values so far.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    known: FxHashMap<(Kind, Text), Text>,
    counts: FxHashMap<Kind, usize>,
}

impl Pseudonyms {
    /// Returns the pseudonym of a value.
    pub(super) fn of(&mut self, kind: Kind, value: &Text) -> Text {
        if let Some(known) = self.known.get(&(kind, value.clone())) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        if *count >= MAX_NAMES {
            return Text::clean(&format!("{}-more", kind.word()), TextLimit::Name);
        }
        *count += 1;
        let name = Text::clean(&format!("{}-{count}", kind.word()), TextLimit::Name);
        self.known.insert((kind, value.clone()), name.clone());
        name
    }

    /// Returns the pseudonym of a user. Users of the server itself stay.
    pub(super) fn user(&mut self, user: &Text) -> Text {
        if SYSTEM_USERS.iter().any(|known| user.raw().is(known)) {
            return user.clone();
        }
        self.of(Kind::User, user)
    }

    /// Returns the pseudonym of an address. Both forms of an IPv4 address have the same one.
    pub(super) fn address(&mut self, address: &Text) -> Text {
        match address.raw().whole().and_then(|raw| raw.strip_prefix(MAPPED)) {
            Some(plain) if plain.contains('.') => {
                self.of(Kind::Address, &Text::clean(plain, TextLimit::Name))
            }
            _ => self.of(Kind::Address, address),
        }
    }

    /// Returns the pseudonym of an address that a port may follow. The port stays.
    pub(super) fn origin(&mut self, origin: &Text) -> Text {
        let raw = origin.raw().kept();
        let is_number = |port: &str| port.parse::<u16>().is_ok();
        let parts = raw.rsplit_once(':').filter(|(host, port)| {
            let is_whole = host.starts_with('[') && host.ends_with(']');
            is_number(port) && (is_whole || !host.contains(':'))
        });
        let (host, port) = parts.map_or((raw, None), |(host, port)| (host, Some(port)));
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let address = self.address(&Text::clean(host, TextLimit::Name));
        match port {
            Some(port) => Text::clean(&format!("{address}:{port}"), TextLimit::Name),
            None => address,
        }
    }

    /// Returns an account, `user@address`, with pseudonyms.
    pub(super) fn account(&mut self, account: &Text) -> Text {
        let clean = |part: &str| Text::clean(part, TextLimit::Name);
        match account.raw().kept().rsplit_once('@') {
            Some((user, host)) => {
                let (user, host) = (self.user(&clean(user)), self.address(&clean(host)));
                clean(&format!("{user}@{host}"))
            }
            None => self.user(account),
        }
    }

    /// Returns a time as it is; a pseudonym if it is in an unknown form.
    pub(super) fn time(&mut self, time: &Text) -> Text {
        let is_known = |raw: &str| parse_moment(raw, Some(&TimeZone::UTC)).is_some();
        if time.raw().whole().is_some_and(is_known) {
            return time.clone();
        }
        self.of(Kind::Time, time)
    }

    /// Returns a data directory as a pseudonym. The process id at its end stays, because it identifies the process.
    pub(super) fn directory(&mut self, directory: &Text) -> Text {
        let name = self.of(Kind::Directory, directory);
        let ending = directory.raw().kept().rsplit_once("/data");
        match ending.and_then(|(_, pid)| pid.parse::<u32>().ok()) {
            Some(pid) => Text::clean(&format!("{name}/data{pid}"), TextLimit::Name),
            None => name,
        }
    }
}
