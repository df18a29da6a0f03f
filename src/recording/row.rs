//! A session as the fields that differ from an earlier one.

#![expect(clippy::option_option, reason = "a field is unchanged, unknown now, or known")]

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::record::RowRecord;
use super::text_record::TextRecord;
use crate::model::{
    Connected, JsonApiFields, RunningStatement, ServerConnection, Session, SessionId, Text, WriteQueue,
};

/// Returns the new value if it differs.
fn changed<T: PartialEq + Clone, R>(
    before: Option<&T>,
    now: Option<&T>,
    record: impl FnOnce(T) -> R,
) -> Option<Option<R>> {
    (before != now).then(|| now.cloned().map(record))
}

fn changed_text(before: Option<&Text>, now: Option<&Text>) -> Option<Option<TextRecord>> {
    changed(before, now, TextRecord)
}

impl RowRecord {
    /// Returns the record of a new session.
    pub(super) fn of(session: &Session) -> Self {
        Self::between(&Session::bare(session.id), session)
    }

    /// Returns the fields of `now` that differ from `before`, a session with the same id.
    pub(super) fn between(before: &Session, now: &Session) -> Self {
        let sent = |session: &Session| session.connected.as_ref().map(|at| at.sent.clone());
        let second = |session: &Session| session.connected.as_ref().and_then(|at| at.at);
        let mut record = Self {
            id: Some(now.id.0),
            state: changed_text(before.state.as_ref(), now.state.as_ref()),
            user: changed_text(before.user.as_ref(), now.user.as_ref()),
            address: changed_text(before.address.as_ref(), now.address.as_ref()),
            mapped: (before.address_is_mapped != now.address_is_mapped).then_some(now.address_is_mapped),
            port: changed(before.port.as_ref(), now.port.as_ref(), |port| port),
            service: changed_text(before.service.as_ref(), now.service.as_ref()),
            connected: changed_text(sent(before).as_ref(), sent(now).as_ref()),
            connected_at: changed(second(before).as_ref(), second(now).as_ref(), |at| at),
            age: changed(before.age.as_ref(), now.age.as_ref(), |age| age),
            idle: changed(before.idle.as_ref(), now.idle.as_ref(), |idle| idle),
            jsonapi: (before.extra.is_some() != now.extra.is_some()).then_some(now.extra.is_some()),
            ..Self::default()
        };
        if let Some(extra) = &now.extra {
            match &before.extra {
                Some(before) if Arc::ptr_eq(before, extra) => {}
                Some(before) => record.compare_extra(before, extra),
                None => record.compare_extra(&JsonApiFields::default(), extra),
            }
        }
        record
    }

    fn compare_extra(&mut self, before: &JsonApiFields, now: &JsonApiFields) {
        let same = |number| number;
        self.servers = changed(before.backends.as_ref(), now.backends.as_ref(), |servers| {
            let pair = |one: ServerConnection| (TextRecord(one.server), one.thread_id);
            servers.into_iter().map(pair).collect()
        });
        self.program = changed_text(before.program.as_ref(), now.program.as_ref());
        self.pid = changed(before.pid.as_ref(), now.pid.as_ref(), same);
        self.io = changed(before.io_activity.as_ref(), now.io_activity.as_ref(), same);
        self.memory = changed(before.memory.as_ref(), now.memory.as_ref(), same);
        self.history = changed(before.history.as_ref(), now.history.as_ref(), |number| number);
        self.worker = changed(before.worker.as_ref(), now.worker.as_ref(), same);
        self.running = changed(before.running.as_ref(), now.running.as_ref(), |running| {
            (running.sql.map(TextRecord), TextRecord(running.received))
        });
        let transactions = (before.in_transaction.as_ref(), now.in_transaction.as_ref());
        self.transaction = changed(transactions.0, transactions.1, |is_open| is_open);
        self.queue = changed(before.write_queue.as_ref(), now.write_queue.as_ref(), |queue| {
            (queue.server.map(TextRecord), queue.bytes)
        });
    }

    /// Changes a session. `share` returns the one copy of a text.
    pub(super) fn apply(self, session: &mut Session, share: &mut impl FnMut(Text) -> Text) {
        let has_extra = self.has_extra();
        set_text(&mut session.state, self.state, share);
        set_text(&mut session.user, self.user, share);
        set_text(&mut session.address, self.address, share);
        set_text(&mut session.service, self.service, share);
        session.address_is_mapped = self.mapped.unwrap_or(session.address_is_mapped);
        set(&mut session.port, self.port);
        set(&mut session.age, self.age);
        set(&mut session.idle, self.idle);
        if self.connected.is_some() || self.connected_at.is_some() {
            let before = session.connected.take();
            let (mut sent, mut at) = before.map_or((None, None), |old| (Some(old.sent.clone()), old.at));
            set_text(&mut sent, self.connected, share);
            set(&mut at, self.connected_at);
            session.connected = sent.map(|sent| Arc::new(Connected { sent, at }));
        }
        match self.jsonapi {
            Some(true) => session.extra = Some(Arc::default()),
            Some(false) => session.extra = None,
            None => {}
        }
        let Some(extra) = session.extra.as_mut().filter(|_| has_extra) else {
            return;
        };
        let extra = Arc::make_mut(extra);
        set(&mut extra.pid, self.pid);
        set(&mut extra.io_activity, self.io);
        set(&mut extra.memory, self.memory);
        set(&mut extra.history, self.history);
        set(&mut extra.worker, self.worker);
        set(&mut extra.in_transaction, self.transaction);
        set_text(&mut extra.program, self.program, share);
        if let Some(servers) = self.servers {
            extra.backends = servers.map(|servers| {
                let mut connection = |(server, thread_id): (TextRecord, _)| ServerConnection {
                    server: share(server.0),
                    thread_id,
                };
                servers.into_iter().map(&mut connection).collect()
            });
        }
        if let Some(running) = self.running {
            extra.running = running.map(|(sql, received)| RunningStatement {
                sql: sql.map(|sql| share(sql.0)),
                received: received.0,
            });
        }
        if let Some(queue) = self.queue {
            extra.write_queue = queue.map(|(server, bytes)| WriteQueue {
                server: server.map(|server| share(server.0)),
                bytes,
            });
        }
    }

    /// Whether a field of JSON:API is given.
    const fn has_extra(&self) -> bool {
        self.servers.is_some()
            || self.program.is_some()
            || self.pid.is_some()
            || self.io.is_some()
            || self.memory.is_some()
            || self.history.is_some()
            || self.worker.is_some()
            || self.running.is_some()
            || self.transaction.is_some()
            || self.queue.is_some()
    }
}

fn set<T>(value: &mut Option<T>, new: Option<Option<T>>) {
    if let Some(new) = new {
        *value = new;
    }
}

fn set_text(value: &mut Option<Text>, new: Option<Option<TextRecord>>, share: &mut impl FnMut(Text) -> Text) {
    set(value, new.map(|new| new.map(|text| share(text.0))));
}

/// Writes all known fields, as a new session of a list.
impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RowRecord::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Session {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = RowRecord::deserialize(deserializer)?;
        let mut session = Self::bare(SessionId(record.id.unwrap_or_default()));
        record.apply(&mut session, &mut |text| text);
        Ok(session)
    }
}
