//! `maxtop demo`.

use clap::Args;
use secrecy::SecretString;

use crate::config::number;

/// `maxtop demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many sessions.
    #[arg(long, default_value_t = 200)]
    pub sessions: usize,
    /// So many proxies, each with a fleet of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000), value_name = "K")]
    pub nodes: u16,
    /// The same seed gives the same fleet.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Sessions that come and go in a second; 0: nobody does. Without it, one in a hundred.
    #[arg(long, value_name = "RATE")]
    pub churn: Option<f64>,
    /// How fast the fleet's time runs.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub speed: f64,
    /// Ask for these credentials.
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret)]
    pub auth: Option<SecretString>,
    /// Speak JSON:API only, as this version of MaxScale does: 2.2 2.3 2.4 2.5 6.4 21.06 22.08 23.02 23.08
    /// 24.02.
    #[arg(long, value_name = "VERSION")]
    pub profile_version: Option<String>,
    /// Where to listen: an address of this machine only.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR:PORT")]
    pub listen: std::net::SocketAddr,
    /// A few sessions whose names try to harm the terminal.
    #[arg(long)]
    pub hostile: bool,
    /// The share of requests about one session, kills among them, that go wrong: reset, refused or left hanging.
    #[arg(long, value_name = "SHARE", value_parser = fault_rate)]
    pub faults: Option<f64>,
    /// Serve only; the first line says where.
    #[arg(long)]
    pub headless: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value parser")]
fn secret(text: &str) -> Result<SecretString, String> {
    Ok(text.into())
}

fn fault_rate(text: &str) -> Result<f64, String> {
    match number(text)? {
        rate if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err("a share is 0% at least and 100% at most".to_owned()),
    }
}
