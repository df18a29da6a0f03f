//! Filters written by the program match exactly the intended sessions.

use proptest::prelude::*;

use super::*;
use crate::filter::{FIELDS, TextForm};
use crate::model::RawText;

fn user() -> &'static FilterField {
    FilterField::named("user").unwrap()
}

fn narrowed(before: &str, text: Option<&str>) -> String {
    let made = filter(before).narrowed(user(), text.map(RawText::from)).unwrap();
    made.text().to_owned()
}

#[test]
fn they_are_written_in_the_shortest_form() {
    assert_eq!(narrowed("", Some("app_orders")), "user=app_orders");
    assert_eq!(narrowed("", Some("app orders")), "user='app orders'");
    assert_eq!(narrowed("", Some("o'neil")), r#"user="o'neil""#);
    assert_eq!(narrowed("", Some("")), "user=''");
    assert_eq!(narrowed("", Some("and")), "user=and");
    assert_eq!(narrowed("", Some("a*b?")), r"user=a\*b\?");
    assert_eq!(narrowed("", Some(r"CORP\svc")), r"user=CORP\\svc");
    assert_eq!(narrowed("", Some(r"a 'b\")), r#"user="a 'b\\\\""#);
    assert_eq!(narrowed("", None), "not known(user)");
    assert_eq!(narrowed(" stuck ", Some("a")), "stuck and user=a");
    assert_eq!(
        narrowed("idle>5m or stuck", Some("a")),
        "(idle>5m or stuck) and user=a"
    );
    assert_eq!(narrowed("user=", Some("a")), "user= and user=a");
}

#[test]
fn a_condition_is_not_repeated() {
    assert_eq!(narrowed("user=cron", Some("cron")), "user=cron");
    assert_eq!(
        narrowed("idle>5s and user=cron", Some("cron")),
        "idle>5s and user=cron"
    );
    assert_eq!(
        narrowed("user=cron or idle>5s", Some("cron")),
        "(user=cron or idle>5s) and user=cron"
    );
}

#[test]
fn a_value_that_no_filter_can_match_is_an_error() {
    let long = "x".repeat(MAX_FILTER_LEN);
    let error = Filter::default()
        .narrowed(user(), Some(RawText::from(&*long)))
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLong);
    let cut = text(&"x".repeat(300));
    let error = Filter::default().narrowed(user(), Some(cut.raw())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotKept);
}

/// Generates names with characters that are special in filters and globs, or escaped on the screen.
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
    .prop_map(|raw| Text::clean(&raw.chars().take(60).collect::<String>(), TextLimit::Name))
}

proptest! {
    #[test]
    fn a_name_finds_exactly_those_of_that_name(name in prop::option::of(names()), others in prop::collection::vec(prop::option::of(names()), 0..8)) {
        let made = Filter::default().narrowed(user(), name.as_ref().map(Text::raw)).unwrap();
        for other in others.iter().chain([&name]) {
            let session = Session { user: other.clone(), ..session() };
            let is_it = *other == name;
            prop_assert_eq!(made.matches(&session), is_it, "{} asked of {:?}", made.text(), other);
        }
    }

    #[test]
    fn both_must_hold(name in names(), before in super::properties::expr()) {
        let Ok(before) = Filter::parse(&before.to_string()) else { return Ok(()) };
        let Ok(made) = before.narrowed(user(), Some(name.raw())) else { return Ok(()) };
        let own = Filter::default().narrowed(user(), Some(name.raw())).unwrap();
        for user in [Some(name), None, Some(text("Zoë"))] {
            let session = Session { user, ..session() };
            let both = before.matches(&session) && own.matches(&session);
            prop_assert_eq!(made.matches(&session), both, "{}", made.text());
        }
    }
}

#[test]
fn every_text_can_be_matched() {
    let has_any_text = |field: &&FilterField| field.kind() == FieldType::Text && field.name != "reason";
    for field in FIELDS.iter().filter(has_any_text) {
        assert!(
            filter("stuck")
                .narrowed(field, Some(RawText::from("a'b*")))
                .is_ok(),
            "{field:?}"
        );
    }
}

/// Quotes a text for a filter by the rules of the README: `*`, `?` and a backslash take a backslash;
/// then a backslash doubles the backslashes before a quote, and the quote takes one.
fn quoted(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    let mut value = String::from("'");
    let mut backslashes = 0;
    for c in pattern.chars().chain(['\'']) {
        if c == '\'' {
            value.extend(std::iter::repeat_n('\\', backslashes));
            value.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        value.push(c);
    }
    // The last quote closes the value: no backslash before it.
    value.truncate(value.len() - 2);
    value + "'"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn a_quoted_name_matches_exactly_the_session_of_that_name(
        name in prop_oneof![any::<String>(), "[a*?'\"\\\\u{}e0-9\u{301}\u{e31}\u{202e}\t ]{0,12}"],
        other in prop_oneof![any::<String>(), "[a*?'\"\\\\u{}e0-9\u{301}\u{e31}\u{202e}\t ]{0,12}"],
    ) {
        let Ok(made) = Filter::parse(&format!("user={}", quoted(&name))) else {
            prop_assert!(name.len() > 300);
            return Ok(());
        };
        let of = |user: &str| Session { user: Some(text(user)), ..session() };
        prop_assert!(made.matches(&of(&name)), "{}", made.text());
        prop_assert_eq!(made.matches(&of(&other)), name == other, "{}", made.text());
        let escaped = text(&name).to_string();
        prop_assert_eq!(made.matches(&of(&escaped)), name == escaped);
        let answer = made.evaluate_in_any_form(&FilterInput::new(&of(&name)));
        prop_assert_eq!(answer, Ternary::Yes, "a protection holds");
    }

    #[test]
    fn a_protection_that_held_in_0_1_holds(name in any::<String>()) {
        let name: String = name.chars().take(200).collect();
        let session = Session { user: Some(text(&name)), ..session() };
        let shown = text(&name).raw().shown_by_0_1();
        // Version 0.1 had no escapes: a backslash was itself.
        let value = super::super::lex::Quoted(&shown).to_string();
        let Ok(protect) = Filter::parse(&format!("user={value}")) else {
            return Ok(());
        };
        prop_assert!(protect.evaluate_in_any_form(&FilterInput::new(&session)).is_yes(), "{}", protect.text());
    }
}

#[test]
fn a_value_that_is_not_kept_whole_is_compared_by_its_digest() {
    let long = "x".repeat(300);
    let session = Session {
        user: Some(text(&long)),
        ..session()
    };
    let diagnoses = |typed: &str| filter(typed).evaluate(&FilterInput::new(&session));
    assert_eq!(diagnoses(&format!("user={long}")), Ternary::Yes);
    assert_eq!(diagnoses(&format!("user!={long}")), Ternary::No);
    assert_eq!(diagnoses(&format!("user={long}y")), Ternary::No);
    assert_eq!(diagnoses(&format!("user={}", "x".repeat(256))), Ternary::No);
    assert_eq!(diagnoses("user=app"), Ternary::No);
    for open in ["user=x*", "user!=y*", "user~x", "not user~y", "nowhere", "user=*"] {
        assert_eq!(diagnoses(open), Ternary::Unknown, "{open}");
    }
    assert_eq!(diagnoses("known(user)"), Ternary::Yes);
    assert_eq!(diagnoses("ready"), Ternary::Yes, "another field has the word");
}

#[test]
fn a_protection_holds_in_every_form_of_a_name() {
    let protects = |protect: &str, user: &str| {
        let session = Session {
            user: Some(text(user)),
            ..session()
        };
        filter(protect)
            .evaluate_in_any_form(&FilterInput::new(&session))
            .is_yes()
    };
    for (protect, user) in [
        (r"user=CORP\svc_app", r"CORP\svc_app"),
        (r"user=CORP\\svc_app", r"CORP\svc_app"),
        (r"user='CORP\\svc_*'", r"CORP\svc_app"),
        (r"user=CORP\\\\svc_app", r"CORP\svc_app"),
        (r"user~'^CORP\\\\svc'", r"CORP\svc_app"),
        ("user=สมศรี", "สมศรี"),
        (r"user=สมศร\u{e35}", "สมศรี"),
        (r"สมศร\u{e35}", "สมศรี"),
        ("user=étude", "e\u{301}tude"),
        ("user=e\u{301}tude", "étude"),
        ("user=e\u{301}t*", "étude"),
        ("étude", "e\u{301}tude"),
        (r"user='a\tb'", "a\tb"),
        (r"user=a\u{202e}b", "a\u{202e}b"),
    ] {
        assert!(protects(protect, user), "{protect} {user:?}");
    }
    for (protect, user) in [
        (r"user=CORP\svc", r"CORP\svc_app"),
        ("user=etude", "étude"),
        ("not user=étude", "étude"),
    ] {
        let form = TextForm::Raw;
        let session = Session {
            user: Some(text(user)),
            ..session()
        };
        let subject = FilterInput {
            form,
            ..FilterInput::new(&session)
        };
        assert!(!filter(protect).evaluate(&subject).is_yes(), "{protect} {user:?}");
    }
    assert!(!protects(r"user=CORP\svc", r"CORP\svc_app"));
}

#[test]
fn a_mapped_address_is_found_in_both_forms() {
    let mapped = Session {
        address: Some(text("10.1.2.3")),
        address_is_mapped: true,
        ..session()
    };
    let plain = Session {
        address_is_mapped: false,
        ..mapped.clone()
    };
    for typed in [
        "address=::ffff:10.1.2.3",
        "address=::ffff:*",
        "::ffff:10",
        "address~^::ffff",
    ] {
        assert!(filter(typed).matches(&mapped), "{typed}");
        assert!(!filter(typed).matches(&plain), "{typed}");
    }
    for typed in ["address=10.1.2.3", "address=10.1.*", "10.1.2"] {
        assert!(
            filter(typed).matches(&mapped) && filter(typed).matches(&plain),
            "{typed}"
        );
    }
    assert!(!filter("address!=::ffff:10.1.2.3").matches(&mapped));
    assert!(!filter("address!=10.1.2.3").matches(&mapped));
}
