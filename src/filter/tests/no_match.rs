//! Why a filter matches none of the sessions.

use super::*;

fn why(text: &str) -> Option<NoMatch> {
    let session = session();
    filter(text).why_none(&|see| see(&FilterInput::new(&session)))
}

#[test]
fn a_similar_condition_that_matches_is_named() {
    for (text, expected) in [
        ("user=ZO*", "= is case-sensitive: there is user=Zoë"),
        (
            "service=split",
            "= compares the whole text: for a part write service=*Split*",
        ),
        ("age>1s", "no session reports its age"),
        ("not pid=4", "no session reports its pid"),
        (
            "query~'^select .* DUAL'",
            "~ is case-sensitive: begin the pattern with (?i)",
        ),
        ("idle>5m and user=zz", "no session matches user=zz"),
        ("orders", "no session matches orders"),
        ("not known(user)", "no session matches not known(user)"),
    ] {
        let why = why(text).unwrap();
        assert_eq!(why.text, expected, "{text}");
        assert_eq!(why.is_unknown, expected.contains("reports"), "{text}");
    }
    assert_eq!(why(""), None);
}

#[test]
fn conditions_that_match_alone_are_distinguished() {
    let (ann, bob) = (session(), session());
    let ann = Session {
        user: Some(text("ann")),
        ..ann
    };
    let bob = Session { port: Some(1), ..bob };
    let found = filter("user=ann port=1").why_none(&|see| {
        see(&FilterInput::new(&ann));
        see(&FilterInput::new(&bob));
    });
    assert_eq!(
        found.map(|why| why.text).as_deref(),
        Some("each condition matches some, but no session all")
    );
}
