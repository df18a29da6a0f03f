//! Account task: reads once whether the account of the endpoint may kill sessions, so that the screen does
//! not offer a kill that the server would reject.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{Dialect, Snapshot};

/// Waits for the first list, reads the account, and then sleeps forever, because the poller reports an
/// ended task as a panic. If the account cannot be read, its permissions stay unknown, and the reply to a DELETE decides.
pub(super) async fn run(
    client: Client,
    mut listed: watch::Receiver<Option<Arc<Snapshot>>>,
    out: mpsc::UnboundedSender<Msg>,
) {
    if client.has_credentials() && !client.is_read_only() {
        let is_jsonapi = |listed: &Option<Arc<Snapshot>>| {
            let snapshot = listed.as_ref();
            snapshot.is_some_and(|snapshot| snapshot.dialect == Dialect::JsonApi)
        };
        let release = |listed: &Option<Arc<Snapshot>>| listed.as_ref()?.instance.as_ref()?.release();
        let listed = listed.wait_for(is_jsonapi).await.map(|listed| release(&listed));
        let Ok(release) = listed else {
            return pending().await;
        };
        let account = client.account(release).await;
        if account.is_ok_and(|account| account.is_some_and(|account| account.may_only_read())) {
            // Fails only when the program exits.
            let _ = out.send(Msg::MayOnlyRead(client.endpoint()));
        }
    }
    pending::<()>().await;
}
