//! Filters that the program writes itself find exactly what they were made for.

use proptest::prelude::*;

use super::*;
use crate::query::FIELDS;

fn user() -> &'static Field {
    Field::named("user").unwrap()
}

fn narrowed(before: &str, text: Option<&str>) -> String {
    let made = filter(before).narrowed(user(), text).unwrap();
    made.text().to_owned()
}

#[test]
fn they_are_written_as_a_person_would() {
    assert_eq!(narrowed("", Some("app_orders")), "user=app_orders");
    assert_eq!(narrowed("", Some("app orders")), "user='app orders'");
    assert_eq!(narrowed("", Some("o'neil")), r#"user="o'neil""#);
    assert_eq!(narrowed("", Some("")), "user=''");
    assert_eq!(narrowed("", Some("and")), "user=and");
    assert_eq!(narrowed("", Some("a*b?")), r"user~'^a\*b\?$'");
    assert_eq!(narrowed("", None), "not known(user)");
    assert_eq!(narrowed(" stuck ", Some("a")), "stuck and user=a");
    assert_eq!(
        narrowed("idle>5m or stuck", Some("a")),
        "(idle>5m or stuck) and user=a"
    );
    assert_eq!(narrowed("user=", Some("a")), "user= and user=a");
}

#[test]
fn what_no_filter_can_ask_for_is_an_error() {
    let long = "x".repeat(LONGEST);
    let error = Filter::default().narrowed(user(), Some(&long)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLong);
}

/// Names of what means something in filters, globs and regular expressions, as they come out of
/// cleaning.
fn names() -> impl Strategy<Value = Text> {
    let nasty = r#"[ab*?'"\\ ().^$|+\[\]{}=!~<>#&\-\n\u{202e}é日]{0,12}"#;
    prop_oneof![
        nasty,
        Just("and".to_owned()),
        Just("NOT".to_owned()),
        Just("known(user)".to_owned()),
        Just("(unknown)".to_owned()),
        any::<String>(),
    ]
    .prop_map(|raw| Text::clean(&raw.chars().take(60).collect::<String>(), Limit::Name))
}

proptest! {
    #[test]
    fn a_name_finds_exactly_those_of_that_name(name in prop::option::of(names()), others in prop::collection::vec(prop::option::of(names()), 0..8)) {
        let made = Filter::default().narrowed(user(), name.as_ref().map(Text::as_str)).unwrap();
        for other in others.iter().chain([&name]) {
            let session = Session { user: other.clone(), ..session() };
            let is_it = other.as_ref().map(Text::as_str) == name.as_ref().map(Text::as_str);
            prop_assert_eq!(made.matches(&session), is_it, "{} asked of {:?}", made.text(), other);
        }
    }

    #[test]
    fn both_must_hold(name in names(), before in super::properties::expr()) {
        let Ok(before) = Filter::parse(&before.to_string()) else { return Ok(()) };
        let Ok(made) = before.narrowed(user(), Some(name.as_str())) else { return Ok(()) };
        let own = Filter::default().narrowed(user(), Some(name.as_str())).unwrap();
        for user in [Some(name), None, Some(text("Zoë"))] {
            let session = Session { user, ..session() };
            let both = before.matches(&session) && own.matches(&session);
            prop_assert_eq!(made.matches(&session), both, "{}", made.text());
        }
    }
}

#[test]
fn every_text_can_be_asked_for() {
    for field in FIELDS.iter().filter(|field| field.kind() == Kind::Text) {
        assert!(filter("stuck").narrowed(field, Some("a'b*")).is_ok(), "{field:?}");
    }
}
