//! Detects whether a single proxy replies at the address of an endpoint.

use tokio::task::JoinSet;

use super::Client;
use crate::model::{Instance, RequestError};

/// Number of connections on which the process start is read.
pub(crate) const PROCESS_READS: usize = 16;

impl Client {
    /// Reads the process start [`PROCESS_READS`] times in parallel, each on its own connection, because a
    /// load balancer sends some of them to another proxy.
    ///
    /// Empty for the draft dialect, which has no process start. The credentials must be known to be
    /// valid: wrong ones would fail on all connections, and failures may lock the account. Failed reads
    /// are left out.
    ///
    /// # Errors
    ///
    /// Returns an error if all reads fail or the credentials are rejected.
    pub(crate) async fn instances(&self) -> Result<Vec<Instance>, RequestError> {
        let mut reads = JoinSet::new();
        for _ in 0..PROCESS_READS {
            let client = self.clone();
            reads.spawn(async move { client.instance().await });
        }
        let (mut instances, mut failure) = (Vec::new(), None);
        for reply in reads.join_all().await {
            match reply {
                Ok(instance) => instances.push(instance),
                Err(fault) if fault.is_not_allowed() => return Err(fault),
                Err(fault) => failure = Some(fault),
            }
        }
        match failure {
            Some(fault) if instances.is_empty() => Err(fault),
            _ => Ok(instances.into_iter().flatten().collect()),
        }
    }
}
