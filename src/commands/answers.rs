//! Collects the replies of several endpoints. Successful ones are used; failures are printed and affect the
//! exit status.

use tokio::task::JoinSet;

use super::exit::{CommandError, ExitStatus};
use super::output;
use crate::client::Client;

/// One reply of each endpoint, in the order of the endpoints.
pub(super) struct Answers<T> {
    pub(super) good: Vec<T>,
    pub(super) failures: Vec<CommandError>,
}

impl<T: Send + 'static> Answers<T> {
    /// Sends the request to all endpoints at the same time.
    pub(super) async fn of<F>(clients: &[Client], request: impl Fn(Client) -> F) -> Self
    where
        F: Future<Output = Result<T, CommandError>> + Send + 'static,
    {
        let mut requests = JoinSet::new();
        for (place, client) in clients.iter().enumerate() {
            let answer = request(client.clone());
            requests.spawn(async move { (place, answer.await) });
        }
        let mut answers = requests.join_all().await;
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
    /// Prints the failures and returns the successful replies. Fails if no endpoint succeeded.
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

/// The failures of all endpoints.
pub(super) struct Failures(Vec<CommandError>);

impl From<Failures> for CommandError {
    /// Prints all failures but the last and returns that one. If their exit statuses differ, the status is 1.
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
