//! Who is to be ended, frozen as it stood when it was asked for.

use std::sync::Arc;

use super::Refusal;
use crate::model::{Dialect, Identity, Session};
use crate::query::{Filter, Subject};

/// One session that is to be ended.
#[derive(Clone, Debug)]
pub struct Victim {
    /// Who is meant.
    pub identity: Identity,
    /// How it stood in the list.
    pub session: Session,
    /// The name of its endpoint, as filters ask for it.
    pub endpoint: Arc<str>,
    /// In which dialect its endpoint speaks.
    pub dialect: Dialect,
    /// The filter that it was taken by, if nobody pointed at it: it is asked again before the DELETE.
    pub taken_by: Option<Filter>,
    /// Why it cannot be ended, if that is known before anything is asked.
    pub refused: Option<Refusal>,
}

impl Victim {
    /// A session in its place, for a filter.
    pub(super) fn subject<'a>(&'a self, session: &'a Session) -> Subject<'a> {
        Subject {
            endpoint: Some(&self.endpoint),
            ..Subject::new(session)
        }
    }

    /// `17 bob@10.0.0.9:4711`, for one line.
    pub fn name(&self) -> String {
        format!("{} {}", self.identity.id, self.identity.client())
    }
}
