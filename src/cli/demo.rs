//! Arguments of `maxtop demo`.

use clap::Args;
use secrecy::SecretString;

use super::numbers::{not_negative, number_in, whole};
use crate::config::number;

/// Arguments of `maxtop demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Number of sessions per proxy
    #[arg(long, default_value_t = 200, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub sessions: usize,
    /// Number of simulated proxies
    #[arg(long, default_value_t = 1, value_parser = number_in(1..=1000_u16), allow_negative_numbers = true, value_name = "K")]
    pub nodes: u16,
    /// Seed of the simulation; the same seed gives the same fleet
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
    /// Sessions opened and closed per second; 0 for none [default: 1% of the sessions, at most 20]
    #[arg(long, value_name = "RATE", value_parser = not_negative, allow_negative_numbers = true)]
    pub churn: Option<f64>,
    /// Speed of the simulated time
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = not_negative, allow_negative_numbers = true)]
    pub speed: f64,
    /// Require these credentials
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret)]
    pub auth: Option<SecretString>,
    /// Act as this MaxScale version, JSON:API only: 2.2 2.3 2.4 2.5 6.4 21.06 22.08 23.02 23.08 24.02 25.10
    #[arg(long, value_name = "VERSION")]
    pub profile_version: Option<String>,
    /// Listen address, loopback only
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR:PORT")]
    pub listen: std::net::SocketAddr,
    /// Include sessions whose names try to harm the terminal
    #[arg(long)]
    pub hostile: bool,
    /// Share of the requests for one session that fail: reset, status 500 or no reply; some of them, kills included, are
    /// carried out all the same
    #[arg(long, value_name = "SHARE", value_parser = fault_rate, allow_negative_numbers = true)]
    pub faults: Option<f64>,
    /// Explain the screen in five steps, with sessions that block others
    #[arg(long, conflicts_with_all = ["headless", "nodes", "profile_version"])]
    pub tour: bool,
    /// Serve without the screen; prints the URL first
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
        _ => Err("a share must be between 0% and 100%".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::{Cli, CliCommand};

    #[test]
    fn people_order_faults_as_a_share() {
        let faults = |text: &str| match Cli::parse_from(["maxtop", "demo", "--faults", text].map(Into::into))?
            .command
        {
            Some(CliCommand::Demo(demo)) => Ok(demo.faults),
            other => panic!("{other:?}"),
        };
        for (text, rate) in [
            ("10%", 0.1),
            ("0%", 0.0),
            ("0", 0.0),
            ("0.25", 0.25),
            ("100 %", 1.0),
        ] {
            let parsed: Result<_, clap::Error> = faults(text);
            assert_eq!(parsed.unwrap(), Some(rate), "{text}");
        }
        for text in ["101%", "1.5", "nan", "much", ""] {
            assert!(faults(text).is_err(), "{text}");
        }
    }
}
