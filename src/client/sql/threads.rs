//! The threads of a server, for the statements of a killed session.

use crate::client::Client;
use crate::model::{ServerAccessFault, Text, ThreadReading};
use crate::wire::sql::{self, Statement};

impl Client {
    /// Reads the threads of a server, with its process and the privileges of the account.
    ///
    /// # Errors
    ///
    /// Returns [`ServerAccessFault`] if a statement fails, [`ServerAccessFault::Lost`] also if the connection
    /// was opened again between two of them.
    pub async fn read_threads(&self, server: &Text) -> Result<ThreadReading, ServerAccessFault> {
        let process = self.run_statement(server, Statement::Server, sql::server).await?;
        let grants = self.run_statement(server, Statement::Grants, sql::grants).await?;
        let threads = self
            .run_statement(server, Statement::Threads, sql::threads)
            .await?;
        let connection = process.connection;
        if [grants.connection, threads.connection] != [connection; 2] {
            return Err(ServerAccessFault::Lost);
        }
        let process = process.rows.ok_or(ServerAccessFault::NotMariaDb)?;
        if process.is_mariadb() == Some(false) {
            return Err(ServerAccessFault::NotMariaDb);
        }
        Ok(ThreadReading {
            connection,
            process,
            sees_all: grants.rows.may_see_all,
            threads: threads.rows,
        })
    }
}
