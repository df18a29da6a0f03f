//! Arguments of `maxtop export`.

use std::net::SocketAddr;

use clap::Args;

/// Arguments of `maxtop export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Listen address; port 0 for any free one
    #[arg(long, default_value = "127.0.0.1:9878", value_name = "ADDR:PORT", value_parser = listen_address)]
    pub listen: SocketAddr,
}

/// Parses an address to listen on. Names are not resolved.
fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    let address = text.parse().ok();
    address.ok_or("expected an IP address and a port, such as 127.0.0.1:9878 or [::1]:9878")
}
