//! Check of the database user: whether it can log in to each running server, and its privileges.

use crate::commands::doctor::check_result::{CheckResult, CheckStatus};
use crate::commands::doctor::facts::{Facts, ServerProbe};
use crate::commands::output::visible;
use crate::model::{DRAFT_WITHOUT_LOCKS, ServerAccessFault, ServerProcess};

/// First MariaDB version with `CONNECTION ADMIN`. Before it, `SUPER` is needed.
const CONNECTION_ADMIN_SINCE: (u32, u32, u32) = (10, 5, 2);
/// Host in the advice if the server has not reported it.
const UNKNOWN_HOST: &str = "MAXSCALE-HOST";

/// Checks the privileges of the database user on each running server.
pub(super) fn server_access(facts: &Facts) -> CheckResult {
    match (facts.is_draft(), facts.request.has_sql_user) {
        (true, true) => return CheckResult::warning(DRAFT_WITHOUT_LOCKS),
        (true, false) => return CheckResult::skipped(DRAFT_WITHOUT_LOCKS),
        (false, _) => {}
    }
    let Some(probes) = &facts.server_access else {
        return CheckResult::skipped("no sql-user: locks and open transactions are not read");
    };
    if probes.is_empty() {
        return CheckResult::skipped("no running servers");
    }
    let mut result = CheckResult::ok("");
    let (mut found, mut advised) = (Vec::new(), Vec::new());
    for probe in probes {
        let source = facts.request.sql_password_source.as_deref();
        let (verdict, words, advice) = evaluate(probe, source);
        add(&mut found, words, probe.server.as_str());
        if verdict == CheckStatus::Failure {
            result.verdict = verdict;
        }
        for line in advice {
            add(&mut advised, line, probe.server.as_str());
        }
    }
    let found = found
        .iter()
        .map(|(words, servers)| format!("{}: {words}", servers.join(", ")));
    result.found = found.collect::<Vec<_>>().join("; ");
    let advised = advised
        .iter()
        .map(|(line, servers)| format!("on {}: {line}", servers.join(", ")));
    result.advice.extend(advised);
    result
}

/// Adds a server to those with the same text.
fn add<'a>(texts: &mut Vec<(String, Vec<&'a str>)>, text: String, server: &'a str) {
    match texts.iter_mut().find(|(known, _)| *known == text) {
        Some((_, servers)) => servers.push(server),
        None => texts.push((text, vec![server])),
    }
}

/// Returns the status of one server, what was found, and statements that help.
fn evaluate(probe: &ServerProbe, source: Option<&str>) -> (CheckStatus, String, Vec<String>) {
    match &probe.result {
        Ok((process, grants)) => {
            let account = account(process, &probe.user);
            let see = grant("PROCESS", &account);
            let kill = grant(kill_privilege(process), &account);
            match (grants.may_see_all, grants.may_kill) {
                (true, true) => (
                    CheckStatus::Ok,
                    "reads locks, ends statements".to_owned(),
                    Vec::new(),
                ),
                (true, false) => (
                    CheckStatus::Ok,
                    "reads locks".to_owned(),
                    vec![format!("to end statements too: {kill}")],
                ),
                (false, _) => (
                    CheckStatus::Failure,
                    format!("{account} has no PROCESS"),
                    vec![see, format!("to end statements too: {kill}")],
                ),
            }
        }
        Err(ServerAccessFault::NotMariaDb) => (CheckStatus::Ok, "not supported".to_owned(), Vec::new()),
        Err(fault @ ServerAccessFault::WrongPassword(message)) => {
            let host = host_in(message.raw().kept()).unwrap_or(UNKNOWN_HOST);
            let account = quoted_account(&probe.user, host);
            let create = format!(
                "CREATE USER {account} IDENTIFIED BY '...'; {}",
                grant("PROCESS", &account)
            );
            let source = source.map(|source| format!(" (from {source})"));
            let check = format!(
                "check the password of database user {}{}",
                visible(&probe.user),
                source.unwrap_or_default()
            );
            let create = format!("if there is no such user: {create}");
            (CheckStatus::Failure, fault.to_string(), vec![check, create])
        }
        Err(fault) => (CheckStatus::Failure, fault.to_string(), Vec::new()),
    }
}

fn grant(privilege: &str, account: &str) -> String {
    format!("GRANT {privilege} ON *.* TO {account};")
}

/// Returns the privilege that ends statements of other users.
fn kill_privilege(process: &ServerProcess) -> &'static str {
    match process.version_numbers() {
        Some(version) if version < CONNECTION_ADMIN_SINCE => "SUPER",
        _ => "CONNECTION ADMIN",
    }
}

/// Returns the account as the server has matched it.
fn account(process: &ServerProcess, user: &str) -> String {
    let account = process
        .account
        .as_ref()
        .map_or("", |account| account.raw().kept());
    match account.rsplit_once('@') {
        Some((user, host)) => quoted_account(user, host),
        None => quoted_account(user, UNKNOWN_HOST),
    }
}

fn quoted_account(user: &str, host: &str) -> String {
    let quoted = |text: &str| format!("'{}'", visible(text).replace('\'', "''"));
    format!("{}@{}", quoted(user), quoted(host))
}

/// Returns the host in `Access denied for user 'maxtop'@'10.0.0.5' (using password: YES)`.
fn host_in(message: &str) -> Option<&str> {
    let rest = message.rsplit_once("'@'")?.1;
    rest.split_once('\'').map(|(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Grants, Text, TextLimit};

    fn evaluate_it(probe: &ServerProbe) -> (CheckStatus, String, Vec<String>) {
        evaluate(probe, Some("MAXTOP_SQL_PASSWORD"))
    }

    fn text(raw: &str) -> Text {
        Text::clean(raw, TextLimit::Line)
    }

    fn probe(result: Result<(ServerProcess, Grants), ServerAccessFault>) -> ServerProbe {
        ServerProbe {
            server: text("db1"),
            user: "maxtop".to_owned(),
            result,
        }
    }

    fn process(version: &str) -> ServerProcess {
        ServerProcess {
            hostname: None,
            port: None,
            server_id: None,
            version: Some(text(version)),
            started: None,
            own_thread: None,
            own_host: None,
            account: Some(text("maxtop@10.0.%")),
        }
    }

    #[test]
    fn the_statement_that_helps_depends_on_the_version() {
        let grants = |may_see_all, may_kill| Grants {
            may_see_all,
            may_kill,
        };
        let (verdict, found, advice) =
            evaluate_it(&probe(Ok((process("10.5.1-MariaDB"), grants(false, false)))));
        assert_eq!(
            (verdict, found.as_str()),
            (CheckStatus::Failure, "'maxtop'@'10.0.%' has no PROCESS")
        );
        assert_eq!(
            advice,
            [
                "GRANT PROCESS ON *.* TO 'maxtop'@'10.0.%';",
                "to end statements too: GRANT SUPER ON *.* TO 'maxtop'@'10.0.%';"
            ]
        );
        let (verdict, _, advice) = evaluate_it(&probe(Ok((process("10.5.2-MariaDB"), grants(true, false)))));
        assert_eq!(verdict, CheckStatus::Ok);
        assert_eq!(
            advice,
            ["to end statements too: GRANT CONNECTION ADMIN ON *.* TO 'maxtop'@'10.0.%';"]
        );
        let (verdict, _, advice) = evaluate_it(&probe(Ok((process("11.4.2-MariaDB"), grants(true, true)))));
        assert_eq!((verdict, advice.len()), (CheckStatus::Ok, 0));
    }

    #[test]
    fn a_user_that_cannot_log_in_is_created_for_the_host_that_the_server_sees() {
        let denied = "Access denied for user 'maxtop'@'10.0.0.5' (using password: YES)";
        let (verdict, found, advice) =
            evaluate_it(&probe(Err(ServerAccessFault::WrongPassword(text(denied)))));
        assert_eq!(found, format!("wrong database user or password: \"{denied}\""));
        assert_eq!(verdict, CheckStatus::Failure);
        assert_eq!(
            advice,
            [
                "check the password of database user maxtop (from MAXTOP_SQL_PASSWORD)",
                "if there is no such user: CREATE USER 'maxtop'@'10.0.0.5' IDENTIFIED BY '...'; GRANT PROCESS ON *.* TO 'maxtop'@'10.0.0.5';"
            ]
        );
        let (_, found, _) = evaluate_it(&probe(Err(ServerAccessFault::NotMariaDb)));
        assert_eq!(found, "not supported");
        assert_eq!(quoted_account("o'hara", "%"), "'o''hara'@'%'");
    }
}
