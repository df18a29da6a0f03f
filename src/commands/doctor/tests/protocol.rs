//! Checks of the dialect, the version, the list and its cost.

use super::*;

#[test]
fn what_is_no_admin_api_is_a_failure_of_the_dialect() {
    let facts = but(|facts| {
        silent(facts);
        let page = Unavailable::Fault(RequestError::NotJson(Text::clean("HTML", TextLimit::Name)));
        facts.proxy = Err(page.clone());
        facts.list = Err(page);
    });
    let result = result_of(&facts, "dialect");
    assert_eq!((result.verdict, result.advice.len()), (Failure, 1));
    for skipped in ["version", "list", "latency", "interval", "statements", "clock"] {
        assert_eq!(result_of(&facts, skipped).verdict, Skipped, "{skipped}");
    }
    says(&facts, "answer", Fine, "not like an admin API", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Failed);
}

#[test]
fn a_version_says_what_it_cannot_do() {
    let limits = |version: &str| {
        let facts = but(|facts| {
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        });
        let result = result_of(&facts, "version");
        (result.verdict, result.advice)
    };
    for fine in ["24.02.3", "25.01.1", "25.10.0", "develop"] {
        assert_eq!(limits(fine), (Fine, Vec::new()), "{fine}");
    }
    for (version, verdict, has, lacks) in [
        ("23.08.6", Fine, "atoi", "DELETE"),
        ("23.02.11", Fine, "atoi", "write queues"),
        ("22.08.14", Fine, "write queues", "DELETE"),
        ("21.06.17", Warning, "no DELETE before 22.08", "atoi"),
        ("6.4.7", Warning, "memory", "up to 6.1"),
        ("6.1.4", Warning, "up to 6.1 only readwritesplit", "atoi"),
        ("2.5.29", Warning, "port", "server connections"),
        ("2.2.9", Warning, "server connections", "atoi"),
    ] {
        let (found, advice) = limits(version);
        let advice = advice.join("\n");
        assert_eq!(found, verdict, "{version}");
        assert!(advice.contains(has), "{version}: {advice}");
        assert!(!advice.contains(lacks), "{version}: {advice}");
    }
}

#[test]
fn idle_is_told_by_the_table_of_its_meanings() {
    let of = |version: &str| {
        but(|facts| {
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        })
    };
    for entry in &IDLE_MEANINGS {
        let version = match entry.meaning {
            IdleMeaning::Sent => "6.4.0",
            IdleMeaning::Traffic => "23.02.2",
            IdleMeaning::Between => "24.02.3",
        };
        let words = format!("{}: {}", entry.name, entry.about);
        says(&of(version), "idle", Fine, &words, &[]);
    }
    says(&of("develop"), "idle", Skipped, "unknown", &[]);
    says(
        &unreached(RequestError::Refused),
        "idle",
        Skipped,
        "not asked",
        &[],
    );
}

#[test]
fn a_list_says_how_much_was_asked_for_and_why() {
    let form = |url: &str, form, version: &str, words: &str| {
        let facts = but(|facts| {
            facts.url = url.parse().unwrap();
            facts.list.as_mut().unwrap().form = form;
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        });
        says(&facts, "list", Fine, words, &[]);
    };
    let (whole, sparse) = (ListForm::Whole, ListForm::Sparse);
    form(
        "127.0.0.1",
        whole,
        "24.02.3",
        "4.9 MB; whole sessions requested: the proxy is on this machine",
    );
    form(
        "https://db1",
        whole,
        "24.02.3",
        "whole sessions requested: most of it is statements",
    );
    form(
        "https://db1",
        sparse,
        "24.02.3",
        "; only the needed fields requested: no statements",
    );
    form(
        "https://db1",
        sparse,
        "2.4.19",
        "; whole sessions: 'fields' is ignored before 2.5",
    );
}

#[test]
fn a_list_that_could_not_be_read_in_full_is_a_warning() {
    says(&well(), "list", Fine, "2000 sessions, 4.9 MB", &[]);
    let facts = but(|facts| facts.list.as_mut().unwrap().dropped = 3);
    let result = result_of(&facts, "list");
    assert_eq!(result.verdict, Warning);
    assert!(result.found.contains("3 rows without a valid id"));
    let none =
        but(|facts| facts.list = Err(Unavailable::Fault(RequestError::Cut(clean("9 of 10 bytes came")))));
    says(&none, "list", Failure, "9 of 10 bytes", &[]);
    says(&none, "interval", Skipped, "9 of 10 bytes", &[]);
    assert_eq!(examined(String::new(), &none).exit, ExitStatus::Failed);
}

#[test]
fn the_interval_follows_from_the_cost_and_the_duty() {
    for (cost, interval, duty, verdict, words) in [
        (
            40,
            1,
            0.1,
            Fine,
            "every 1s, as configured: lists take 4% of the proxy's time (10% allowed)",
        ),
        (100, 1, 0.1, Fine, "every 1s, as configured"),
        (
            350,
            1,
            0.1,
            Fine,
            "every 3.5s: a list takes 350ms, with a duty of 10%",
        ),
        (350, 1, 0.5, Fine, "every 1s, as configured"),
        (
            350,
            5,
            0.1,
            Fine,
            "every 5s, as configured: lists take 7% of the proxy's time",
        ),
        (
            350,
            1,
            0.005,
            Warning,
            "every 70s: a list takes 350ms, with a duty of 0.5%",
        ),
        (1_500, 1, 0.1, Warning, "every 15s: a list takes 1.5s"),
    ] {
        let facts = but(|facts| {
            facts.request.interval = Duration::from_secs(interval);
            facts.request.duty = duty;
            facts.list.as_mut().unwrap().cost = Duration::from_millis(cost);
        });
        let result = result_of(&facts, "interval");
        assert_eq!(result.verdict, verdict, "{result:?}");
        assert!(result.found.starts_with(words), "{result:?}");
    }
}

#[test]
fn a_small_question_that_takes_long_is_a_warning() {
    says(&well(), "latency", Fine, "/v1/maxscale 2ms, list 40ms", &[]);
    let facts = but(|facts| facts.proxy.as_mut().unwrap().cost = Duration::from_millis(900));
    assert_eq!(result_of(&facts, "latency").verdict, Warning);
    let draft = but(|facts| facts.proxy = Err(NOT_REPORTED));
    says(&draft, "latency", Fine, "list 40ms", &[]);
}
