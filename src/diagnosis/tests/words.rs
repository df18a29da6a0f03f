//! The table of reasons, its copy in `docs/reasons.md`, and texts of findings.

use std::fmt::Write as _;

use super::*;
use crate::diagnosis::evidence::Lasted;

#[test]
fn filters_know_every_reason() {
    let field = crate::filter::FilterField::named("reason").unwrap();
    let names: Vec<_> = REASONS.iter().map(|reason| reason.name).collect();
    assert_eq!(field.closed_values(), [&["none"], &names[..]].concat());
}

#[test]
fn docs_have_the_table_of_reasons() {
    let mut table = "| reason | | limit | what it says | reported by |\n|---|---|---|---|---|\n".to_owned();
    let limits = Thresholds::default();
    for reason in &REASONS {
        let signs: String = reason
            .severities
            .iter()
            .map(|severity| severity.glyph())
            .collect();
        let (name, about, limit) = (reason.name, reason.about, (reason.limit)(&limits));
        let requires = reason.requires;
        writeln!(table, "| `{name}` | {signs} | {limit} | {about} | {requires} |").unwrap();
    }
    crate::docs::assert_table("reasons.md", "reasons", &table);
}

#[test]
fn filters_know_the_reason_that_jsonapi_never_reports() {
    let never = REASONS
        .iter()
        .filter(|reason| matches!(reason.json_api, ListNeed::Never));
    let names: Vec<_> = never.map(|reason| reason.name).collect();
    assert_eq!(names, [crate::filter::DRAFT_ONLY]);
}

#[test]
fn every_entry_fits_the_help() {
    for reason in &REASONS {
        assert!(
            reason.name.len() < 16 && reason.about.chars().count() <= 56,
            "{}",
            reason.name
        );
    }
}

#[test]
fn every_reason_is_found_by_its_name() {
    for (place, reason) in REASONS.iter().enumerate() {
        assert_eq!(Reason::named(reason.name), Some(reason));
        assert_eq!(reason.index(), place);
        assert!(ReasonSet::ALL.has(reason.name) && !ReasonSet::NONE.has(reason.name));
        assert!(reason.severities.is_sorted() && !reason.severities.is_empty());
    }
    assert_eq!(ReasonSet::ALL.names().count(), REASONS.len());
}

#[test]
fn a_cell_has_the_short_text() {
    let span = Span::from_secs(48);
    let short = |evidence: Evidence| evidence.short(&session(1));
    let lasted = |is_least| Lasted { span, is_least };
    let query = |is_least| Evidence::Query {
        lasted: lasted(is_least),
        quiet: Some(span),
    };
    let idle = |others| Evidence::Idle { idle: span, others };
    assert_eq!(short(query(false)), "query 48s");
    assert_eq!(short(query(true)), "query over 48s");
    assert_eq!(short(idle(Some(3))), "idle 48s, keeps db-01 open");
    assert_eq!(short(Evidence::Silent(lasted(false))), "silent 48s");
    assert_eq!(short(Evidence::Closing(lasted(true))), "closing over 48s");
    assert_eq!(short(Evidence::Transaction(span)), "transaction 48s");
    assert_eq!(
        idle(Some(3)).words(&session(1)),
        "idle 48s, keeps db-01 open; the other 3 of the same user, host and service are active"
    );
}

#[test]
fn a_next_step_names_keys_on_the_screen_and_commands_in_output() {
    let span = Span::from_secs(48);
    let lasted = Lasted {
        span,
        is_least: false,
    };
    let all = [
        Evidence::Blocks {
            count: 2,
            has_more: false,
            longest: span,
            transaction: None,
            idle: None,
            rows_locked: None,
        },
        Evidence::Query { lasted, quiet: None },
        Evidence::Silent(lasted),
        Evidence::Transaction(span),
        Evidence::Idle {
            idle: span,
            others: None,
        },
        Evidence::Closing(lasted),
    ];
    let is_key = |word: &str| {
        let word = word.trim_matches(|c: char| "(),;:".contains(c));
        matches!(word, "K" | "b" | "y")
    };
    let in_output = StepFor::Output {
        url: "http://a:1",
        options: " --sql-user maxtop",
        reads_locks: true,
    };
    for evidence in all {
        let screen = evidence.next_step(&session(17), StepFor::Screen);
        let output = evidence.next_step(&session(17), in_output);
        assert!(!screen.contains("maxtop "), "{screen}");
        assert!(screen.split(' ').any(is_key), "{screen}");
        assert!(!output.split(' ').any(is_key), "{output}");
        assert!(
            output.contains("'maxtop ") || matches!(evidence, Evidence::Closing(_)),
            "{output}"
        );
    }
    let idle = Evidence::Idle {
        idle: span,
        others: None,
    };
    let step = idle.next_step(&session(17), in_output);
    assert!(
        step.ends_with("'maxtop kill -e http://a:1 --sql-user maxtop 17' frees its connections"),
        "{step}"
    );
}

#[test]
fn a_next_step_offers_a_kill_to_copy_only_for_a_known_thread() {
    let lasted = Lasted {
        span: Span::from_secs(48),
        is_least: false,
    };
    let connected = |thread_id| {
        let server = text("db-01");
        let connection = ServerConnection { server, thread_id };
        session(17).with(move |extra| extra.backends = Some(vec![connection.clone()]))
    };
    for evidence in [Evidence::Closing(lasted), Evidence::Query { lasted, quiet: None }] {
        let step = |thread| evidence.next_step(&connected(thread), StepFor::Screen);
        assert!(step(Some(17)).contains("y copies"), "{}", step(Some(17)));
        assert!(!step(None).contains("y copies"), "{}", step(None));
    }
}
