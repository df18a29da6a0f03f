//! The text of a file after a change.

use proptest::prelude::*;

use super::*;

fn sort() -> NewValue {
    NewValue {
        key: "sort",
        written: "\"-idle\"".to_owned(),
    }
}

#[test]
fn comments_and_order_are_kept() {
    for (before, after) in [
        ("", "sort = \"-idle\"\n"),
        ("sort = 'id'", "sort = \"-idle\""),
        (
            "sort = 'id' # by id\nuser = 'u'\n",
            "sort = \"-idle\" # by id\nuser = 'u'\n",
        ),
        (
            "# Mine.\nuser = 'u' # me\n",
            "# Mine.\nuser = 'u' # me\nsort = \"-idle\"\n",
        ),
        ("user = 'u'", "user = 'u'\nsort = \"-idle\"\n"),
        (
            "# Sort.\n#sort = \"-why\"\n\n[thresholds]\nidle = '5m'\n",
            "# Sort.\n#sort = \"-why\"\nsort = \"-idle\"\n\n[thresholds]\nidle = '5m'\n",
        ),
        (
            "[thresholds]\nidle = '5m'\n",
            "sort = \"-idle\"\n[thresholds]\nidle = '5m'\n",
        ),
        (
            "columns = [\n  'id', # first\n  'user',\n]\n\n[thresholds]\n",
            "columns = [\n  'id', # first\n  'user',\n]\nsort = \"-idle\"\n\n[thresholds]\n",
        ),
    ] {
        assert_eq!(edit(before, None, &sort()).as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn a_profile_keeps_its_own_values() {
    for (before, after) in [
        (
            "sort = 'id'\n[profiles.p]\nuser = 'u'\n[profiles.q]\nsort = 'user'\n",
            "sort = 'id'\n[profiles.p]\nuser = 'u'\nsort = \"-idle\"\n[profiles.q]\nsort = 'user'\n",
        ),
        ("[profiles.p]\nsort = 'id'\n", "[profiles.p]\nsort = \"-idle\"\n"),
        (
            "[profiles.'p'] # home\n[profiles.p.thresholds]\nidle = '5m'\n",
            "[profiles.'p'] # home\nsort = \"-idle\"\n[profiles.p.thresholds]\nidle = '5m'\n",
        ),
        ("profiles.p.sort = 'id'\n", "profiles.p.sort = \"-idle\"\n"),
    ] {
        assert_eq!(edit(before, Some("p"), &sort()).as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn a_file_that_cannot_be_changed_safely_is_refused() {
    for (text, profile) in [
        ("profiles.p.user = 'u'\n", Some("p")),
        ("[profiles]\np = { user = 'u' }\n", Some("p")),
        ("[profiles.q]\nuser = 'u'\n", Some("p")),
        ("filter = '''\n[a\n#sort = 1\n'''\n[profiles.p]\n", None),
    ] {
        match edit(text, profile, &sort()) {
            Err(error) => assert!(error.to_string().contains("sort = \"-idle\""), "{error}"),
            Ok(edited) => assert!(is_as_requested(text, &edited, profile, &sort()), "{edited}"),
        }
    }
    let error = edit("[profiles]\np = { user = 'u' }\n", Some("p"), &sort());
    assert!(matches!(error, Err(EditError::Unsafe(_))), "{error:?}");
    assert!(matches!(
        edit("= 1", None, &sort()),
        Err(EditError::Unreadable(_))
    ));
}

#[test]
fn the_written_value_is_that_of_the_file() {
    let text = "sort = 'id' # x\n[profiles.p]\nsort = \"-age\"\n";
    assert_eq!(written(text, None, "sort"), Ok(Some("'id'")));
    assert_eq!(written(text, Some("p"), "sort"), Ok(Some("\"-age\"")));
    assert_eq!(written(text, Some("q"), "sort"), Ok(None));
}

proptest! {
    /// Every accepted change has exactly the requested value, and no line is lost but the changed one.
    #[test]
    fn nothing_else_changes(lines in prop::collection::vec(prop::sample::select(vec![
        "# a comment", "#sort = 'x'", "", "sort = 'id'", "user = 'u'", "[thresholds]", "idle = '5m'",
        "[profiles.p]", "filter = 'a # b'", "columns = [", "'id',", "]", "filter = \"\"\"", "\"\"\"",
    ]), 0..12), profile in prop::option::of(Just("p"))) {
        let text = lines.join("\n");
        if let Ok(edited) = edit(&text, profile, &sort()) {
            prop_assert!(is_as_requested(&text, &edited, profile, &sort()));
            let kept = text.lines().filter(|line| !line.starts_with("sort"));
            for line in kept {
                prop_assert!(edited.lines().any(|other| other == line), "{line} is lost in {edited}");
            }
        }
    }
}
