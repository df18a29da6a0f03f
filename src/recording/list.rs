//! A session list as the difference from the one before, and back.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::error::LineFault;
use super::record::{ListRecord, RowRecord};
use super::rows::{ChangedRow, RowRecords};
use super::step::{Step, mark};
use crate::model::{
    Dialect, EndpointId, ListDiff, ListStats, Now, RowReads, Session, SessionId, Snapshot, Text,
};

/// Returns the microseconds of a time, as recorded.
pub(super) fn moment_record(now: Now) -> (u64, i64) {
    (micros(now.elapsed), now.wall.as_microsecond())
}

/// Returns a recorded time.
pub(super) fn moment((elapsed, wall): (u64, i64)) -> Result<Now, LineFault> {
    Ok(Now {
        elapsed: Duration::from_micros(elapsed),
        wall: timestamp(wall)?,
    })
}

/// Returns the microseconds of a duration.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn timestamp(micros: i64) -> Result<Timestamp, LineFault> {
    Timestamp::from_microsecond(micros).map_err(|_| LineFault::Time)
}

fn counted(count: u32) -> Option<u32> {
    (count > 0).then_some(count)
}

/// Whether `now` can be written as the difference from `before`.
fn is_base(before: &Snapshot, now: &Snapshot) -> bool {
    before.dialect == now.dialect && before.process() == now.process()
}

impl ListRecord {
    /// Returns the record of a list: the difference from `before`, or whole without it, and after a change of the
    /// dialect or of the process.
    pub(super) fn new(before: Option<&Snapshot>, now: &Arc<Snapshot>) -> Self {
        let before = before.filter(|before| is_base(before, now));
        let mut record = Self {
            number: Some(now.number),
            base: before.map(|before| before.number),
            dialect: Some(now.dialect),
            proxy: now.instance.clone(),
            asked: Some(moment_record(now.asked_at)),
            taken: Some(now.taken_at.as_microsecond()),
            cost: Some(micros(now.cost)),
            least_interval: Some(micros(now.least_interval)),
            bytes: Some(now.bytes),
            blanked: counted(now.blanked),
            dropped: counted(now.dropped),
            came: counted(now.change.came),
            went: counted(now.change.went),
            restarted: now.change.is_after_restart.then_some(true),
            row_interval: now.rows.interval.map(micros),
            revision: counted(now.rows.revision),
            ..Self::default()
        };
        let read = now.rows.read_at.iter();
        let read: Vec<_> = read.map(|(id, at)| (*id, at.as_microsecond())).collect();
        record.read = (!read.is_empty()).then_some(read);
        match before {
            Some(before) => record.set_difference(&before.sessions, now),
            None => record.sessions = Some(RowRecords::Whole(Arc::clone(now))),
        }
        record
    }

    fn set_difference(&mut self, before: &[Session], list: &Arc<Snapshot>) {
        let now = list.sessions.as_slice();
        let idle = Step::of(pairs(before, now).map(|(old, new)| (old.idle, new.idle)));
        let age = Step::of(pairs(before, now).map(|(old, new)| (old.age, new.age)));
        let (mut idle_marks, mut age_marks) = (Vec::new(), Vec::new());
        let (mut ended, mut rows) = (Vec::new(), Vec::new());
        let mut old = before.iter().peekable();
        for (index, new) in now.iter().enumerate() {
            while let Some(gone) = old.next_if(|old| old.id < new.id) {
                ended.push(gone.id);
            }
            let Some(known) = old.next_if(|old| old.id == new.id) else {
                rows.push(ChangedRow::new(index, None));
                continue;
            };
            let (idle_then, idle_mark) = idle.predict((known.idle, new.idle));
            let (age_then, age_mark) = age.predict((known.age, new.age));
            idle_marks.push(idle_mark);
            age_marks.push(age_mark);
            let is_predicted = idle_then == new.idle && age_then == new.age;
            if !is_predicted || !is_same_except_spans(known, new) {
                let mut expected = known.clone();
                (expected.idle, expected.age) = (idle_then, age_then);
                rows.push(ChangedRow::new(index, Some(expected)));
            }
        }
        ended.extend(old.map(|gone| gone.id));
        self.idle = idle.into_record(idle_marks);
        self.age = age.into_record(age_marks);
        self.ended = (!ended.is_empty()).then_some(ended);
        self.sessions = (!rows.is_empty()).then(|| RowRecords::Changed(Arc::clone(list), rows));
    }

    /// Returns the list, with `before` as the last one of its endpoint.
    pub(super) fn into_snapshot(
        mut self,
        endpoint: EndpointId,
        before: Option<&Arc<Snapshot>>,
        max_rows: usize,
        share: &mut impl FnMut(Text) -> Text,
    ) -> Result<Snapshot, LineFault> {
        let base = match self.base {
            None => None,
            Some(number) => {
                let known = before.filter(|before| before.number == number);
                Some(known.ok_or(LineFault::NoBase(number))?)
            }
        };
        let rows = self
            .sessions
            .take()
            .map(RowRecords::into_records)
            .unwrap_or_default();
        let sessions = match base {
            None => whole(rows, share)?,
            Some(base) => self.merged(&base.sessions, rows, share)?,
        };
        if sessions.len() > max_rows {
            return Err(LineFault::TooManyRows(max_rows));
        }
        let revision = self.revision.unwrap_or_default();
        // Statistics remain those of the list, also after rows were read one by one.
        let stats = match base {
            Some(base) if revision > 0 => base.stats.clone(),
            _ => ListStats::of(&sessions),
        };
        let read = self.read.unwrap_or_default();
        let read_at = read.into_iter().map(|(id, at)| Ok((id, timestamp(at)?)));
        Ok(Snapshot {
            endpoint,
            dialect: self.dialect.unwrap_or(Dialect::JsonApi),
            instance: self.proxy,
            number: self.number.unwrap_or_default(),
            asked_at: moment(self.asked.unwrap_or_default())?,
            taken_at: timestamp(self.taken.unwrap_or_default())?,
            cost: Duration::from_micros(self.cost.unwrap_or_default()),
            decode_time: Duration::ZERO,
            least_interval: Duration::from_micros(self.least_interval.unwrap_or_default()),
            bytes: self.bytes.unwrap_or_default(),
            sessions,
            blanked: self.blanked.unwrap_or_default(),
            dropped: self.dropped.unwrap_or_default(),
            change: ListDiff {
                is_after_restart: self.restarted.unwrap_or_default(),
                came: self.came.unwrap_or_default(),
                went: self.went.unwrap_or_default(),
            },
            stats,
            rows: RowReads {
                interval: self.row_interval.map(Duration::from_micros),
                revision,
                read_at: read_at.collect::<Result<_, LineFault>>()?,
            },
        })
    }

    /// Returns the sessions of the list before with the changes.
    fn merged(
        &self,
        before: &[Session],
        rows: Vec<RowRecord>,
        share: &mut impl FnMut(Text) -> Text,
    ) -> Result<Vec<Session>, LineFault> {
        let idle = self.idle.clone().unwrap_or_default();
        let age = self.age.clone().unwrap_or_default();
        let (idle_step, age_step) = (Step::from_record(&idle), Step::from_record(&age));
        let (idle_marks, age_marks) = (idle.marks.unwrap_or_default(), age.marks.unwrap_or_default());
        let mut sessions = Vec::with_capacity(before.len().saturating_add(rows.len()));
        let mut ended = self.ended.iter().flatten().peekable();
        let mut rows = rows.into_iter().peekable();
        let mut kept = 0;
        for known in before {
            while let Some(new) = rows.next_if(|row| row.id < Some(known.id.0)) {
                sessions.push(session(new, share)?);
            }
            if ended.next_if(|id| **id == known.id).is_some() {
                continue;
            }
            let mut now = known.clone();
            now.idle = known
                .idle
                .map(|span| idle_step.advanced(span, mark(&idle_marks, kept)));
            now.age = known
                .age
                .map(|span| age_step.advanced(span, mark(&age_marks, kept)));
            kept += 1;
            if let Some(row) = rows.next_if(|row| row.id == Some(known.id.0)) {
                row.apply(&mut now, share);
            }
            sessions.push(now);
        }
        for row in rows {
            sessions.push(session(row, share)?);
        }
        if ended.next().is_some() || !is_ascending(&sessions) {
            return Err(LineFault::Order);
        }
        Ok(sessions)
    }
}

/// Returns the sessions that are in both lists.
fn pairs<'a>(before: &'a [Session], now: &'a [Session]) -> impl Iterator<Item = (&'a Session, &'a Session)> {
    let mut old = before.iter().peekable();
    now.iter().filter_map(move |new| {
        while old.next_if(|old| old.id < new.id).is_some() {}
        Some((old.next_if(|old| old.id == new.id)?, new))
    })
}

/// Whether all fields other than idle time and age are equal.
fn is_same_except_spans(before: &Session, now: &Session) -> bool {
    let is_extra_same = match (&before.extra, &now.extra) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now) || before == now,
        (None, None) => true,
        _ => false,
    };
    is_extra_same
        && before.state == now.state
        && before.user == now.user
        && before.address == now.address
        && before.address_is_mapped == now.address_is_mapped
        && before.port == now.port
        && before.service == now.service
        && before.connected == now.connected
}

fn whole(rows: Vec<RowRecord>, share: &mut impl FnMut(Text) -> Text) -> Result<Vec<Session>, LineFault> {
    let sessions = rows.into_iter().map(|row| session(row, share));
    let sessions = sessions.collect::<Result<Vec<_>, _>>()?;
    is_ascending(&sessions)
        .then_some(sessions)
        .ok_or(LineFault::Order)
}

fn session(row: RowRecord, share: &mut impl FnMut(Text) -> Text) -> Result<Session, LineFault> {
    let mut session = Session::bare(SessionId(row.id.ok_or(LineFault::Order)?));
    row.apply(&mut session, share);
    Ok(session)
}

fn is_ascending(sessions: &[Session]) -> bool {
    sessions.is_sorted_by(|one, next| one.id < next.id)
}
