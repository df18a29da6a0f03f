//! Detects whether several proxies reply at one address: sixteen process starts on sixteen connections.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

use super::Client;
use crate::kill::Survey;
use crate::model::{Dialect, ProcessStart, RequestError};

/// Connections of one survey. Each costs a real MaxScale about one millisecond.
const CONNECTIONS: usize = 16;

/// The process that was alone at the address in the last survey.
#[derive(Debug, Default)]
pub(super) struct LastSurvey(Mutex<Option<ProcessStart>>);

impl Client {
    /// Reads the process start on sixteen separate connections, in parallel. Once they agreed, one read
    /// is enough until the process start changes.
    ///
    /// Proxies that reply in turn, or at random with similar shares, are found with certainty or nearly
    /// so; a proxy that gets one connection in a hundred is found in one run of seven.
    pub async fn survey(&self) -> Result<Survey, RequestError> {
        if self.dialect_or_find().await? == Dialect::Draft {
            return Ok(Survey::Unknown);
        }
        let known = self.lock_survey().clone();
        if known.is_some() && self.one_process().await? == known {
            return Ok(Survey::OneProxy);
        }
        // After a restart in the middle of the first round, the second one agrees.
        for _ in 0..2 {
            let found = self.round().await?;
            let survey = evaluate(&found);
            if survey == Survey::OneProxy {
                *self.lock_survey() = found.into_iter().flatten().next();
            }
            if survey != Survey::SeveralProxies {
                return Ok(survey);
            }
        }
        Ok(Survey::SeveralProxies)
    }

    fn lock_survey(&self) -> std::sync::MutexGuard<'_, Option<ProcessStart>> {
        let LastSurvey(memory) = &self.0.kills.survey;
        memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn round(&self) -> Result<Vec<Option<ProcessStart>>, RequestError> {
        let mut reads = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let client = self.clone();
            reads.spawn(async move { client.one_process().await });
        }
        let mut found = Vec::with_capacity(CONNECTIONS);
        while let Some(read) = reads.join_next().await {
            match read {
                Ok(read) => found.push(read?),
                Err(error) => {
                    if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Reads the process start on a connection of its own.
    async fn one_process(&self) -> Result<Option<ProcessStart>, RequestError> {
        let mut read = self.one_process_once().await;
        if matches!(read, Err(RequestError::LoginEnded)) {
            read = self.one_process_once().await;
        }
        read
    }

    async fn one_process_once(&self) -> Result<Option<ProcessStart>, RequestError> {
        let address = self.address().await?;
        let mut connection = self.open(address).await?;
        let process = self.process(&mut connection).await?;
        if !connection.is_open().await {
            self.0.kills.held.note_closing();
        }
        Ok(process)
    }
}

/// Evaluates process starts that were read in parallel.
fn evaluate(found: &[Option<ProcessStart>]) -> Survey {
    let mut known = found.iter().flatten();
    match known.next() {
        None => Survey::Unknown,
        Some(first) if known.all(|process| process == first) => Survey::OneProxy,
        Some(_) => Survey::SeveralProxies,
    }
}
