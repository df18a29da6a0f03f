//! Check of the database servers.

use super::*;

fn having(states: Vec<ServerState>) -> Facts {
    but(|facts| facts.servers = Ok(servers(states)))
}

#[test]
fn servers_that_need_attention_are_named_with_the_command() {
    let primary = || server("db-01", "Master, Running", None);
    for (state, lag, found, advice) in [
        ("Down", None, "db 2 down", "maxctrl show server 'db 2'"),
        (
            "Maintenance, Running",
            None,
            "db 2 maintenance",
            "maxctrl clear server 'db 2' maintenance",
        ),
        (
            "Drained, Slave, Running",
            None,
            "db 2 drained",
            "maxctrl clear server 'db 2' drain",
        ),
        ("Slave, Running", Some(720), "db 2 lag 12m", ""),
    ] {
        let result = result_of(&having(vec![primary(), server("db 2", state, lag)]), "servers");
        assert_eq!((result.verdict, result.found.as_str()), (Warning, found));
        assert_eq!(result.advice.join("\n"), advice);
    }
}

#[test]
fn a_missing_primary_is_a_warning_and_no_usable_server_a_failure() {
    says(
        &having(vec![server("a", "Slave, Running", Some(0))]),
        "servers",
        Warning,
        "no primary: no server accepts writes",
        &[],
    );
    says(
        &having(vec![server("a", "Down", None), server("b", "Down", None)]),
        "servers",
        Failure,
        "a down, b down, no primary",
        &["maxctrl show server a", "maxctrl show server b"],
    );
    says(&having(Vec::new()), "servers", Warning, "no servers", &[]);
    let many = (0..6).map(|place| server(&format!("s{place}"), "Down", None));
    let many = [server("p", "Master, Running", None)].into_iter().chain(many);
    says(
        &having(many.collect()),
        "servers",
        Warning,
        "s3 down, 2 more",
        &[0, 1, 2, 3]
            .map(|place| format!("maxctrl show server s{place}"))
            .each_ref()
            .map(String::as_str),
    );
}

#[test]
fn an_unknown_state_is_not_a_missing_primary() {
    let result = result_of(&having(vec![server("a", "On Holiday", None)]), "servers");
    assert_eq!(result.found, "a state unknown");
}
