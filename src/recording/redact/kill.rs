//! Kills without users, addresses and texts of the user.

use super::{Redactor, redacted};
use crate::model::{Text, TextLimit};
use crate::recording::fact::{KillFact, KillResult};

impl Redactor {
    pub(super) fn kill(&mut self, kill: KillFact) -> KillFact {
        let KillFact {
            time,
            number,
            identity,
            outcome,
            reason,
            filter,
        } = kill;
        KillFact {
            time,
            number,
            identity: self.identity(identity),
            // The details have texts of replies, and the values of an identity.
            outcome: outcome.map(|KillResult { word, detail: _ }| KillResult {
                word,
                detail: Text::clean("", TextLimit::Line),
            }),
            reason: reason.map(|_| redacted()),
            filter: filter.map(|_| redacted()),
        }
    }
}
