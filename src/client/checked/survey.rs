//! Detects whether several proxies reply at one address: sixteen process starts on sixteen connections.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

use super::Client;
use crate::client::PROCESS_READS;
use crate::kill::Survey;
use crate::model::{Dialect, ProcessStart, RequestError};

/// The process that was alone at the address in the last survey.
#[derive(Debug, Default)]
pub(super) struct LastSurvey(Mutex<Option<ProcessStart>>);

impl Client {
    /// Reads the process start on sixteen separate connections, in parallel. Once they agreed, one read
    /// is enough until the process start changes.
    ///
    /// Proxies that reply in turn, or at random with similar shares, are found with certainty or nearly
    /// so; a proxy that gets one connection in a hundred is found in one run of seven.
    ///
    /// # Errors
    ///
    /// Returns an error if the dialect cannot be detected, a connection cannot be opened, or the credentials
    /// are rejected.
    pub(crate) async fn survey(&self) -> Result<Survey, RequestError> {
        if self.dialect_or_find().await? == Dialect::Draft {
            return Ok(Survey::Unknown);
        }
        let known = self.lock_survey().clone();
        if known.is_some() && self.one_process().await? == known {
            return Ok(Survey::OneProxy);
        }
        let first = self.round().await?;
        let survey = evaluate(&first);
        if survey != Survey::SeveralProxies {
            self.remember_survey(survey, &first);
            return Ok(survey);
        }
        let second = self.round().await?;
        if evaluate(&second) == Survey::OneProxy && is_restart(&first, &second) {
            self.remember_survey(Survey::OneProxy, &second);
            return Ok(Survey::OneProxy);
        }
        Ok(Survey::SeveralProxies)
    }

    fn remember_survey(&self, survey: Survey, found: &[Option<ProcessStart>]) {
        if survey == Survey::OneProxy {
            *self.lock_survey() = found.iter().flatten().next().cloned();
        }
    }

    fn lock_survey(&self) -> std::sync::MutexGuard<'_, Option<ProcessStart>> {
        let LastSurvey(memory) = &self.0.kills.survey;
        memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the process starts in parallel. The result is in the order of the replies.
    async fn round(&self) -> Result<Vec<Option<ProcessStart>>, RequestError> {
        let mut reads = JoinSet::new();
        for _ in 0..PROCESS_READS {
            let client = self.clone();
            reads.spawn(async move { client.one_process().await });
        }
        let mut found = Vec::with_capacity(PROCESS_READS);
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

/// Whether the process was restarted during the first of two rounds. A restart only goes forward: a
/// process that answers again after another one is one of several proxies.
fn is_restart(first: &[Option<ProcessStart>], second: &[Option<ProcessStart>]) -> bool {
    let mut runs: Vec<_> = first.iter().chain(second).flatten().collect();
    runs.dedup();
    let mut seen = Vec::with_capacity(runs.len());
    runs.into_iter().all(|process| {
        let is_new = !seen.contains(&process);
        seen.push(process);
        is_new
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Text, TextLimit};

    /// One process start for each letter; a blank is one that could not be read.
    fn found(letters: &str) -> Vec<Option<ProcessStart>> {
        let process = |letter: char| ProcessStart {
            started_at: Text::clean(&letter.to_string(), TextLimit::Name),
            datadir: None,
            node: None,
        };
        let read = letters
            .chars()
            .map(|letter| (letter != ' ').then(|| process(letter)));
        read.collect()
    }

    #[test]
    fn only_a_process_that_replaces_another_one_for_good_is_a_restart() {
        for (first, second, restart) in [
            ("aaab", "bbbb", true),
            ("a ab", "b bb", true),
            ("abbb", "bbbb", true),
            // One connection in many reaches the other proxy.
            ("aaba", "aaaa", false),
            ("aaab", "aaaa", false),
            ("baaa", "bbbb", false),
            ("abab", "bbbb", false),
        ] {
            let (first, second) = (found(first), found(second));
            assert_eq!(is_restart(&first, &second), restart, "{first:?} {second:?}");
        }
    }
}
