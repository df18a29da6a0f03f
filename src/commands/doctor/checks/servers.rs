//! Check of the database servers: state, replication lag, and whether one accepts writes.

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Health, ServerState, counted, maxctrl};

/// Maximum number of servers named.
const MAX_NAMED: usize = 4;

pub(super) fn servers(facts: &Facts) -> CheckResult {
    let states = match &facts.servers {
        Ok(servers) => &servers.states,
        Err(Unavailable::Fault(fault)) => return CheckResult::fault(fault),
        Err(missing) => return missing.into(),
    };
    if states.is_empty() {
        return CheckResult::warning("no servers: no session can run statements");
    }
    let troubled: Vec<_> = states
        .iter()
        .map(|server| (server, server.health()))
        .filter(|(_, health)| *health != Health::Running)
        .collect();
    let is_primary_missing = !states.iter().any(ServerState::is_primary)
        && states.iter().any(|server| server.health() != Health::Unknown);
    if troubled.is_empty() && !is_primary_missing {
        return CheckResult::ok(format!("{}, all running", counted(states.len(), "server")));
    }
    let mut found: Vec<_> = troubled
        .iter()
        .take(MAX_NAMED)
        .map(|(server, health)| format!("{} {health}", server.name))
        .collect();
    match troubled.len().saturating_sub(MAX_NAMED) {
        0 => {}
        more => found.push(format!("{more} more")),
    }
    if is_primary_missing {
        found.push("no primary: no server accepts writes".to_owned());
    }
    let found = found.join(", ");
    let result = if states.iter().all(|server| server.health().is_unusable()) {
        CheckResult::failure(found)
    } else {
        CheckResult::warning(found)
    };
    let advice = troubled
        .iter()
        .take(MAX_NAMED)
        .filter_map(|(server, health)| advice(server, *health));
    advice.fold(result, CheckResult::advise)
}

/// Returns what to do about a server in this state. `None` if nothing in MaxScale changes it.
fn advice(server: &ServerState, health: Health) -> Option<String> {
    match health {
        Health::Maintenance => Some(maxctrl::clear_server_state(&server.name, "maintenance")),
        Health::Draining | Health::Drained => Some(maxctrl::clear_server_state(&server.name, "drain")),
        Health::Down | Health::AuthError | Health::Unresolved | Health::Unknown => {
            Some(maxctrl::show_server(&server.name))
        }
        Health::Running | Health::Lagging(_) => None,
    }
}
