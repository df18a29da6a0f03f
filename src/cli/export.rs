//! Arguments of `maxtop export`.

use std::net::SocketAddr;

use clap::Args;

/// Arguments of `maxtop export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Listen address; port 0 for any free one
    #[arg(long, default_value = "127.0.0.1:9878", value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
}
