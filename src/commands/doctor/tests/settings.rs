//! Checks of settings, clock, open files and services.

use super::*;

#[test]
fn where_no_statements_are_kept_the_command_is_there() {
    let keeping = |proxy: Option<u64>, own: &[i64]| {
        let mut facts = settings(|settings| settings.retained_statements = proxy);
        let states = own.iter().enumerate().map(|(place, own)| ServiceState {
            retained_statements: Some(*own),
            ..service(&format!("S {place}"), 1, 0)
        });
        facts.services = Ok(services(states.collect()));
        facts
    };
    let all = ["maxctrl alter maxscale retain_last_statements 20"];
    let first = ["maxctrl alter service 'S 0' retain_last_statements 20"];
    says(
        &keeping(Some(10), &[-1, -1]),
        "statements",
        Fine,
        "the last 10",
        &[],
    );
    says(
        &keeping(Some(0), &[-1, -1]),
        "statements",
        Warning,
        "not retained (",
        &all,
    );
    says(
        &keeping(Some(0), &[]),
        "statements",
        Warning,
        "not retained (",
        &all,
    );
    says(
        &keeping(Some(10), &[0, -1]),
        "statements",
        Warning,
        "not retained by S 0:",
        &first,
    );
    says(
        &keeping(Some(0), &[-1, 5]),
        "statements",
        Warning,
        "not retained by S 0:",
        &first,
    );
    says(
        &keeping(None, &[-1]),
        "statements",
        Skipped,
        "is not reported",
        &[],
    );
    let many = result_of(&keeping(Some(10), &[0, 0, 0, 0, 0]), "statements");
    assert!(many.found.contains("S 0, S 1, S 2 and 2 more"), "{many:?}");
    assert_eq!(many.advice.len(), 3);
}

#[test]
fn an_audit_log_that_polling_would_flood_is_a_warning() {
    let audit = |on: Option<bool>, excludes: &[&str]| {
        settings(|settings| {
            settings.admin_audit = on;
            settings.audit_excludes = Some(excludes.iter().map(|method| clean(method)).collect());
        })
    };
    says(&audit(None, &[]), "audit", Skipped, "before 23.02", &[]);
    says(&audit(Some(false), &[]), "audit", Fine, "off", &[]);
    says(
        &audit(Some(true), &["HEAD", "GET"]),
        "audit",
        Fine,
        "excluded",
        &[],
    );
    for (excludes, methods) in [(&[][..], "GET"), (&["HEAD"][..], "HEAD,GET")] {
        says(
            &audit(Some(true), excludes),
            "audit",
            Warning,
            "173 thousand lines a day",
            &[&format!(
                "maxctrl alter maxscale admin_audit_exclude_methods {methods}"
            )],
        );
    }
}

#[test]
fn a_clock_that_is_off_is_a_warning() {
    let apart = |seconds: i64, has_date: bool| {
        but(|facts| {
            let proxy = facts.proxy.as_mut().unwrap();
            proxy.server_now = has_date.then_some(now());
            proxy.heard_at = now() - SignedDuration::from_secs(seconds);
        })
    };
    for has_date in [true, false] {
        for (seconds, verdict, words) in [
            (0, Fine, "within 2s"),
            (2, Fine, "within 2s"),
            (-2, Fine, "within 2s"),
            (42, Warning, "42s ahead of this machine's"),
            (-3_700, Warning, "1h 1m 40s behind this machine's"),
        ] {
            let result = result_of(&apart(seconds, has_date), "clock");
            assert_eq!(result.verdict, verdict, "{result:?}");
            assert!(result.found.contains(words), "{result:?}");
        }
    }
    let elsewhere = but(|facts| {
        facts.proxy.as_mut().unwrap().server_now = Some(now() + SignedDuration::from_secs(60));
    });
    says(
        &elsewhere,
        "clock",
        Warning,
        "by 1m from started_at plus uptime",
        &["use the address of the proxy itself"],
    );
    let draft = but(|facts| facts.proxy = Err(NOT_REPORTED));
    says(&draft, "clock", Fine, "within 2s", &[]);
}

#[test]
fn open_files_are_held_against_the_limit_where_it_is_known() {
    let limit = |limit| but(|facts| facts.file_limit = limit);
    says(&limit(Some(1_024)), "files", Fine, "86 of 1024 open", &[]);
    assert_eq!(result_of(&limit(Some(100)), "files").verdict, Warning);
    says(
        &limit(None),
        "files",
        Skipped,
        "86 open; the API does not report the limit",
        &["on the proxy's machine:", "grep 'open files' /proc/10115/limits"],
    );
    let old = but(|facts| facts.workers = Ok(vec![Worker::default()]));
    says(&old, "files", Skipped, "open files is not reported", &[]);
}

#[test]
fn the_systems_text_of_limits_is_read() {
    let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                  Max processes             7183                 7183                 processes\n\
                  Max open files            1024                 524288               files\n";
    assert_eq!(limit_in(limits), Some(1_024));
    assert_eq!(
        limit_in("Max open files            unlimited  unlimited  files"),
        None
    );
    assert_eq!(limit_in(""), None);
}

#[test]
fn services_by_how_full_they_are() {
    let having = |states: Vec<ServiceState>| but(|facts| facts.services = Ok(services(states)));
    says(
        &having(vec![service("Read", 8, 0), service("RW", 100, 200)]),
        "services",
        Fine,
        "RW 100 of 200, Read 8 connections",
        &[],
    );
    says(
        &having(vec![service("Read", 8, 0), service("RW", 180, 200)]),
        "services",
        Warning,
        "RW 180 of 200, Read 8 connections",
        &["maxctrl alter service RW max_connections 400"],
    );
    says(
        &having(vec![service("My RW", 200, 200)]),
        "services",
        Failure,
        "My RW 200 of 200",
        &["maxctrl alter service 'My RW' max_connections 400"],
    );
    let stopped = ServiceState {
        state: Some(clean("Stopped")),
        ..service("RW", 0, 0)
    };
    says(&having(vec![stopped]), "services", Warning, "RW (Stopped) 0", &[]);
    says(&having(Vec::new()), "services", Warning, "no services", &[]);
    let many = (0..9).map(|place| service(&format!("s{place}"), place, 0));
    says(
        &having(many.collect()),
        "services",
        Fine,
        "s3 3 connections, 5 more services",
        &[],
    );
}
