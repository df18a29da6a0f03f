//! What several endpoints have answered: the good ones go on, the others are told of and count.

use tokio::task::JoinSet;

use super::exit::{CommandError, ExitStatus};
use super::output;
use crate::client::Client;

/// One answer of each endpoint, in their order.
pub(super) struct Answers<T> {
    pub(super) good: Vec<T>,
    pub(super) failures: Vec<CommandError>,
}

impl<T: Send + 'static> Answers<T> {
    /// Asks all endpoints side by side.
    pub(super) async fn of<F>(clients: &[Client], ask: impl Fn(Client) -> F) -> Self
    where
        F: Future<Output = Result<T, CommandError>> + Send + 'static,
    {
        let mut asked = JoinSet::new();
        for (place, client) in clients.iter().enumerate() {
            let answer = ask(client.clone());
            asked.spawn(async move { (place, answer.await) });
        }
        let mut answers = asked.join_all().await;
        answers.sort_by_key(|(place, _)| *place);
        let mut all = Self {
            good: Vec::new(),
            failures: Vec::new(),
        };
        for (_, answer) in answers {
            match answer {
                Ok(good) => all.good.push(good),
                Err(failure) => all.failures.push(failure),
            }
        }
        all
    }
}

impl<T> Answers<T> {
    /// The good ones, once the others were told of. Without a single good one that is all there is.
    pub(super) fn report_failures(self) -> Result<(Vec<T>, ExitStatus), Failures> {
        if self.good.is_empty() && !self.failures.is_empty() {
            return Err(Failures(self.failures));
        }
        for failure in &self.failures {
            output::complain(failure);
        }
        let exit = if self.failures.is_empty() {
            ExitStatus::Done
        } else {
            ExitStatus::Failed
        };
        Ok((self.good, exit))
    }
}

/// Why nobody answered.
pub(super) struct Failures(Vec<CommandError>);

impl From<Failures> for CommandError {
    /// The last one stands for all, once the others were told of. Where they differ, something failed.
    fn from(Failures(mut failures): Failures) -> Self {
        let Some(last) = failures.pop() else {
            return Self::NoEndpoint;
        };
        for failure in &failures {
            output::complain(failure);
        }
        if failures.iter().all(|failure| failure.exit() == last.exit()) {
            last
        } else {
            Self::Differing(Box::new(last))
        }
    }
}
