//! Diagnosis of any input ends, and its memory stays bounded.

use std::sync::Arc;

use proptest::option;
use proptest::prelude::*;

use super::*;

const STATES: [&str; 5] = ["Session started", "Session created", "Stopping session", "?", ""];

fn any_session() -> impl Strategy<Value = Session> {
    let extra = (
        prop::collection::vec("[ab]", 0..3),
        option::of(0..3_u64),
        option::of(any::<u64>()),
        option::of(any::<u32>()),
        option::of(prop_oneof![
            "[ -~]{0,30}",
            (0..60_u32).prop_map(|s| format!("2026-11-23T16:19:{s:02}.000")),
            (-9999..9999_i32).prop_map(|year| format!("{year:04}-12-31T23:59:60.999")),
        ]),
    );
    let parts = (
        0..12_u64,
        option::of(prop::sample::select(&STATES[..])),
        option::of("[ab]"),
        option::of((prop_oneof![any::<i64>(), Just(WALL)], "[ab]")),
        option::of(any::<u32>()),
        option::of(0..20_000_u32),
        option::of(extra),
    );
    parts.prop_map(|(id, state, user, connected, age, idle, extra)| Session {
        state: state.map(text),
        user: user.map(|user| text(&user)),
        connected: connected.map(|(at, sent)| {
            Arc::new(Connected {
                sent: text(&sent),
                at: Some(at),
            })
        }),
        age: age.map(|age| Span::from_secs(i64::from(age))),
        idle: idle.map(|idle| Span::from_secs(i64::from(idle))),
        extra: extra.map(|(servers, io_activity, memory, history, received)| {
            let running = received.map(|received| RunningStatement {
                sql: None,
                received: text(&received),
            });
            Arc::new(JsonApiFields {
                backends: Some(servers.iter().map(|server| backend(server)).collect()),
                io_activity,
                memory,
                history,
                running,
                ..JsonApiFields::default()
            })
        }),
        ..Session::bare(SessionId(id))
    })
}

proptest! {
    #[test]
    fn no_list_is_too_odd(
        release in prop::sample::select(vec!["24.02.3", "2.5.29", "21.06.17", "", "x"]),
        lists in prop::collection::vec((-100..4_000_i64, any::<bool>(), prop::collection::vec(any_session(), 0..12)), 1..8),
    ) {
        let mut polls = Polls::of(release);
        for (after, restarted, mut sessions) in lists {
            sessions.sort_by_key(|session| session.id);
            sessions.dedup_by_key(|session| session.id);
            let kept = sessions.clone();
            polls.restarted = restarted;
            let diagnoses = polls.list(after, sessions);
            prop_assert_eq!(diagnoses.kept(), kept.len());
            let mut counts = [0, 0];
            for (index, session) in kept.iter().enumerate() {
                let diagnosis = diagnoses.diagnosis(index);
                let strengths: Vec<_> = diagnosis.found.iter().map(|finding| finding.severity).collect();
                prop_assert!(strengths.iter().rev().is_sorted());
                for finding in diagnosis.found {
                    prop_assert!(!diagnosis.unjudged.has(finding.reason.name));
                    prop_assert!(finding.reason.severities.contains(&finding.severity));
                    prop_assert!(!finding.words(session).is_empty() && !finding.short(session).is_empty());
                }
                counts[0] += usize::from(diagnosis.severity() == Some(Severity::Look));
                counts[1] += usize::from(diagnosis.severity() == Some(Severity::Act));
            }
            prop_assert_eq!(counts, [diagnoses.count(Severity::Look), diagnoses.count(Severity::Act)]);
        }
    }
}
