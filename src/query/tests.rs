use proptest::prelude::*;

use super::*;
use crate::model::{Backend, Extra, Limit, Running, SessionId, Text};

fn text(raw: &str) -> Text {
    Text::clean(raw, Limit::Name)
}

fn session() -> Session {
    let extra = Extra {
        backends: vec![Backend {
            server: text("db-01"),
            thread_id: Some(4021),
        }],
        program: Some(text("reporting.py")),
        running: Some(Running {
            sql: Some(text("SELECT 1 FROM dual")),
            received: text("now"),
        }),
        ..Extra::default()
    };
    Session {
        state: Some(text("Session started")),
        user: Some(text("Zoë")),
        address: Some(text("10.0.3.9")),
        port: Some(41200),
        service: Some(text("RW-Split")),
        extra: Some(Box::new(extra)),
        ..Session::bare(SessionId(1187))
    }
}

#[test]
fn a_text_is_looked_for_in_every_field_ignoring_case() {
    for needle in [
        "ready",
        "zoË",
        "10.0.3",
        "rw-sp",
        "STARTED",
        "118",
        "412",
        "0.3.9:412",
        "DB-01",
        "report",
        "select 1",
        " dual ",
    ] {
        assert!(Filter::parse(needle).unwrap().matches(&session()), "{needle}");
    }
    for needle in ["nobody", "db-02", "999", "10.0.3.9:5"] {
        assert!(!Filter::parse(needle).unwrap().matches(&session()), "{needle}");
    }
}

#[test]
fn an_empty_filter_lets_everything_through() {
    assert!(Filter::parse("  ").unwrap().is_empty());
    assert!(Filter::default().matches(&Session::bare(SessionId(1))));
}

proptest! {
    #[test]
    fn a_filter_never_panics(needle in any::<String>()) {
        let _ = Filter::parse(&needle).map(|filter| filter.matches(&session()));
    }
}
