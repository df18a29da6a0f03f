//! Checks of the connection, of TLS and of credentials.

use super::*;

#[test]
fn who_is_not_reached_is_one_failure_and_the_rest_is_skipped() {
    let facts = unreached(RequestError::Refused);
    says(
        &facts,
        "connect",
        Failure,
        "127.0.0.1:8989: connection refused",
        &["is MaxScale running, and is its admin_port this one?"],
    );
    let failures = |facts: &Facts| {
        let diagnoses = evaluate_all(facts).into_iter();
        let failed = diagnoses.filter(|(_, result)| result.verdict == Failure);
        failed.map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(failures(&facts), ["connect"]);
    says(&facts, "role", Skipped, "not asked", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Unreachable);

    let unknown = but(|facts| {
        facts.addresses = Err(Unavailable::Fault(RequestError::Resolve(clean("db1"))));
        facts.connection = Err(NOT_REPORTED);
        silent(facts);
    });
    assert_eq!(failures(&unknown), ["name"]);
    assert_eq!(examined(String::new(), &unknown).exit, ExitStatus::Unreachable);
}

#[test]
fn an_address_that_fails_beside_one_that_does_not_is_told() {
    let facts = but(|facts| {
        let connection = facts.connection.as_mut().unwrap();
        connection.failed = vec![("[::1]:8989".parse().unwrap(), RequestError::Refused)];
    });
    says(
        &facts,
        "connect",
        Fine,
        "127.0.0.1:8989 in 0.3ms; [::1]:8989: connection refused",
        &[],
    );
}

#[test]
fn who_does_not_answer_in_time_is_not_reached() {
    let facts = but(|facts| {
        silent(facts);
        facts.proxy = Err(Unavailable::Fault(RequestError::TimedOut(Duration::from_secs(1))));
    });
    says(
        &facts,
        "answer",
        Failure,
        "timed out after 1s",
        &["raise --timeout, or find out why MaxScale's main thread is busy"],
    );
    says(&facts, "connect", Fine, "in 0.3ms", &[]);
    says(&facts, "authentication", Skipped, "did not reply", &[]);
    says(&facts, "dialect", Skipped, "did not reply", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Unreachable);
}

#[test]
fn tls_by_what_was_met() {
    let met = |url: &str, fault: RequestError| {
        but(|facts| {
            silent(facts);
            facts.url = url.parse().unwrap();
            facts.proxy = Err(Unavailable::Fault(fault));
        })
    };
    let at = |url: &str| but(|facts| facts.url = url.parse().unwrap());
    says(
        &at("https://db1"),
        "tls",
        Fine,
        "on; the certificate is trusted",
        &[],
    );
    says(
        &at("127.0.0.1"),
        "tls",
        Fine,
        "off: plain http on this machine",
        &[],
    );
    let result = result_of(&at("http://db1"), "tls");
    assert_eq!((result.verdict, result.advice.len()), (Warning, 1));
    let unsigned = met(
        "https://db1",
        RequestError::Tls(Box::new(TlsFault::UnknownAuthority(clean("db1")))),
    );
    says(
        &unsigned,
        "tls",
        Failure,
        "signed by an unknown authority",
        &["give its CA with --ca-file"],
    );
    let host = clean("db1");
    let expired = met(
        "https://db1",
        RequestError::Tls(Box::new(TlsFault::Expired { host, at: None })),
    );
    let renew = "renew it on the server";
    says(&expired, "tls", Failure, "certificate of db1 expired", &[renew]);
    says(&expired, "answer", Skipped, "no trusted connection", &[]);
    assert_eq!(examined(String::new(), &expired).exit, ExitStatus::Unreachable);
    let mut blind = at("https://db1");
    blind.request.insecure = true;
    assert_eq!(result_of(&blind, "tls").verdict, Warning);
    let mut known = at("https://db1");
    known.certificate_end = Some(Timestamp::from_second(86_400 * 15).unwrap());
    says(&known, "tls", Fine, "trusted, valid until 1970-01-16", &[]);
    known.certificate_end = Some(Timestamp::from_second(86_400 * 13).unwrap());
    says(
        &known,
        "tls",
        Warning,
        "until 1970-01-14",
        &["renew it before it expires: clients that verify it will fail to connect"],
    );
    let hung_up = met("db1", RequestError::Cut(clean("closed")));
    says(
        &hung_up,
        "tls",
        Warning,
        "it may require TLS",
        &["use an https:// URL"],
    );
    let late = met("https://db1", RequestError::TimedOut(Duration::from_secs(1)));
    says(&late, "tls", Skipped, "timed out", &[]);
}

#[test]
fn who_is_turned_away_is_told_why() {
    for (user, sent, words) in [
        (Some("admin"), true, "user admin was rejected"),
        (None, false, "a password is required, but none was given"),
    ] {
        let facts = but(|facts| {
            silent(facts);
            facts.request.user = user.map(str::to_owned);
            facts.proxy = Err(Unavailable::Fault(refused(401, sent)));
        });
        let result = result_of(&facts, "authentication");
        assert_eq!((result.verdict, result.advice.len()), (Failure, 1));
        assert!(result.found.contains(words), "{result:?}");
        says(&facts, "answer", Fine, "replies", &[]);
        says(&facts, "dialect", Skipped, "rejected the request", &[]);
        assert_eq!(examined(String::new(), &facts).exit, ExitStatus::NotAllowed);
    }
}

#[test]
fn an_open_door_is_a_warning_unless_it_is_within_its_machine() {
    for (host, verdict) in [
        (Some("127.0.0.1"), Fine),
        (Some("::1"), Fine),
        (Some("localhost"), Fine),
        (Some("0.0.0.0"), Warning),
        (Some("::"), Warning),
        (Some("10.0.0.5"), Warning),
        (Some("localhost.example"), Warning),
        (None, Warning),
    ] {
        let facts = settings(|settings| {
            settings.admin_auth = Some(false);
            settings.admin_host = host.map(clean);
        });
        let result = result_of(&facts, "authentication");
        assert_eq!(result.verdict, verdict, "{host:?}: {result:?}");
        assert_eq!(result.advice.len(), usize::from(verdict == Warning));
        says(&facts, "role", Fine, "any client can kill sessions", &[]);
    }
}

#[test]
fn permissions_are_read_and_never_tried() {
    let account = |account| but(|facts| facts.account = account);
    says(
        &well(),
        "role",
        Fine,
        "user admin (admin) has permissions view, edit, sql: can kill",
        &[],
    );
    let night = Account {
        role: Some(clean("night")),
        permissions: Some(Permissions::of_names(["view", "edit"])),
    };
    says(
        &account(Ok(night)),
        "role",
        Fine,
        "user admin (night) has permissions view, edit: can",
        &[],
    );
    for barred in [
        typed("basic"),
        Account {
            role: None,
            permissions: Some(Permissions::NONE),
        },
    ] {
        says(
            &account(Ok(barred)),
            "role",
            Warning,
            "cannot kill sessions",
            &["use a user with the permission edit (before 25.10: of type admin), or --read-only"],
        );
    }
    for unknown in [
        account(Ok(typed("guest"))),
        account(Err(Unavailable::Fault(RequestError::NotFound))),
        account(Err(NOT_REPORTED)),
        but(|facts| facts.dialect = Some(Dialect::Draft)),
    ] {
        says(&unknown, "role", Skipped, "only a DELETE would show it", &[]);
    }
    let old = but(|facts| {
        facts.proxy.as_mut().unwrap().instance.version = Some(clean("21.06.17"));
    });
    says(&old, "role", Skipped, "has no DELETE", &[]);
    let mut watching = account(Ok(typed("basic")));
    watching.request.read_only = true;
    says(&watching, "role", Fine, "--read-only", &[]);
}

#[test]
fn the_expiry_of_a_token_is_named_and_warned_of() {
    let with = |left: Option<i64>, is_renewable| {
        but(|facts| {
            let end = left.map(|left| facts.now + SignedDuration::from_secs(left));
            facts.request.token = Some(TokenReport {
                expires: end,
                is_renewable,
            });
        })
    };
    let name = "authentication";
    says(
        &with(None, false),
        name,
        Fine,
        "the token of user admin is accepted, expiry unknown",
        &[],
    );
    says(
        &with(Some(3_600), false),
        name,
        Fine,
        "valid until 1970-01-01 01:00:00 UTC",
        &[],
    );
    says(
        &with(Some(60), true),
        name,
        Fine,
        "00:01:00 UTC; then it is read again",
        &[],
    );
    says(
        &with(Some(299), false),
        name,
        Warning,
        "valid until 1970-01-01 00:04:59 UTC: token expires in 4m",
        &["get a new token, or use --token-command, which is run again when the token has expired"],
    );
    let rejected = but(|facts| {
        silent(facts);
        let why = clean(": it expired 2026-11-28 03:40:00 UTC");
        facts.proxy = Err(Unavailable::Fault(RequestError::TokenRejected(why)));
    });
    says(
        &rejected,
        name,
        Failure,
        "the token was rejected (401): it expired 2026-11-28 03:40:00 UTC",
        &["get a new token, and give it by --token-file or MAXTOP_TOKEN"],
    );
    assert_eq!(examined(String::new(), &rejected).exit, ExitStatus::NotAllowed);
}
