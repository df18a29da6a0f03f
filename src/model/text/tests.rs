use proptest::prelude::*;

use super::*;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

fn name(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

#[test]
fn what_can_act_or_deceive_is_escaped() {
    for (raw, shown) in [
        ("plain user", "plain user"),
        ("\u{1b}[31m", "\\u{1b}[31m"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("a\tb\nc\r", "a\\tb\\nc\\r"),
        ("\u{202e}gro.live", "\\u{202e}gro.live"),
        ("zero\u{200b}width", "zero\\u{200b}width"),
        ("no\u{a0}break", "no\\u{a0}break"),
        ("back\\slash", "back\\\\slash"),
        ("zoë_日本", "zoë_日本"),
        ("del\u{7f}", "del\\u{7f}"),
        ("\u{e0a0}\u{10fffd}", "\\u{e0a0}\\u{10fffd}"),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
        ("न\u{200d}\u{200c}", "न\\u{200d}\\u{200c}"),
        ("a\u{fe0f}", "a\\u{fe0f}"),
        ("soft\u{ad}", "soft\\u{ad}"),
    ] {
        assert_eq!(name(raw).as_str(), shown);
    }
}

#[test]
fn every_invisible_character_is_escaped() {
    let ranges = [
        0..=0x1f,
        0x7f..=0xa0,
        0xad..=0xad,
        0x34f..=0x34f,
        0x61c..=0x61c,
        0x115f..=0x1160,
        0x1680..=0x1680,
        0x17b4..=0x17b5,
        0x180b..=0x180f,
        0x2000..=0x200f,
        0x2028..=0x202f,
        0x205f..=0x206f,
        0x2800..=0x2800,
        0x3000..=0x3000,
        0x3164..=0x3164,
        0xe000..=0xf8ff,
        0xfdd0..=0xfdef,
        0xfe00..=0xfe0f,
        0xfeff..=0xfeff,
        0xffa0..=0xffa0,
        0xfff0..=0xfffb,
        0xfffe..=0xffff,
        0x13430..=0x1343f,
        0x1bca0..=0x1bca3,
        0x1d173..=0x1d17a,
        0x1fffe..=0x1ffff,
        0xe0000..=0xe0fff,
        0xf0000..=0x10_ffff,
    ];
    for c in ranges.into_iter().flatten().filter_map(char::from_u32) {
        let text = name(&format!("a{c}b"));
        assert!(!text.as_str().contains(c), "{}", c.escape_unicode());
        assert_eq!(text.raw().whole(), Some(&*format!("a{c}b")));
    }
}

#[test]
fn scripts_that_need_marks_are_shown_as_text() {
    for (raw, width) in [
        ("สมศรี", 4),
        ("สวัสดี", 4),
        ("हिन्दी", 5),
        ("مُحَمَّد", 4),
        ("e\u{301}tude", 5),
        ("한글", 4),
        ("\u{1112}\u{1161}\u{11ab}", 2),
        ("בְּרֵאשִׁית", 6),
    ] {
        let text = name(raw);
        assert_eq!(text.as_str(), raw);
        assert_eq!(text.as_str().width(), width, "{raw}");
    }
}

#[test]
fn a_mark_needs_a_character_that_it_belongs_to() {
    for (raw, shown) in [
        ("\u{301}a", "\\u{301}a"),
        ("a \u{301}", "a \\u{301}"),
        ("=\u{338}", "=\\u{338}"),
        ("\u{93e}", "\\u{93e}"),
        ("\\\u{301}", "\\\\\\u{301}"),
        ("\u{200b}\u{301}", "\\u{200b}\\u{301}"),
        ("a\u{1161}", "a\\u{1161}"),
        ("\u{1112}\u{1161}\u{1161}", "\u{1112}\u{1161}\\u{1161}"),
    ] {
        assert_eq!(name(raw).as_str(), shown);
    }
}

#[test]
fn a_flood_of_marks_is_escaped() {
    let flood = |marks: usize| format!("a{}b", "\u{301}".repeat(marks));
    assert_eq!(name(&flood(8)).as_str(), flood(8));
    let shown = name(&flood(10)).to_string();
    assert_eq!(shown, format!("a{}\\u{{301}}\\u{{301}}b", "\u{301}".repeat(8)));
}

#[test]
fn a_text_that_is_too_long_is_cut_and_compared_by_its_digest() {
    let (one, two) = ("x".repeat(300) + "1", "x".repeat(300) + "2");
    let text = name(&one);
    assert_eq!(text.as_str().chars().count(), 257);
    assert_eq!(text.as_str(), name(&two).as_str());
    assert_ne!(text, name(&two));
    assert!(text.raw().is(&one) && !text.raw().is(&two));
    assert!(!text.raw().is(text.as_str()) && !text.raw().is(&"x".repeat(256)));
    assert_eq!(text.raw().whole(), None);
    assert_eq!(text.raw().kept(), "x".repeat(256));
}

#[test]
fn one_copy_is_kept_where_both_forms_are_equal() {
    for raw in ["app", "Zoë", "สมศรี"] {
        assert!(name(raw).0.altered.is_none(), "{raw}");
    }
    assert_eq!(size_of::<Forms>(), 4 * size_of::<usize>());
}

#[test]
fn a_short_text_has_no_allocation_of_its_own() {
    for (raw, is_short) in [
        ("app", true),
        ("Mon Nov 23 10:00:00 2026", true),
        ("Session ready for routing", false),
    ] {
        assert_eq!(name(raw).0.kept.is_heap_allocated(), !is_short, "{raw}");
    }
}

#[test]
fn version_0_1_escaped_every_mark() {
    let thai = name("สมศรี\\");
    assert_eq!(thai.raw().shown_by_0_1(), "สมศร\\u{e35}\\\\");
    assert_eq!(thai.raw().shown(), "สมศรี\\\\");
}

#[test]
fn typed_text_keeps_its_backslash() {
    assert_eq!(visible(r"user=CORP\svc"), r"user=CORP\svc");
    assert_eq!(visible("a\\\u{202e}\tศรี"), "a\\\\u{202e}\\tศรี");
}

#[test]
fn serialization_writes_the_raw_value() {
    let json = |text: &Text| serde_json::to_string(text).unwrap();
    assert_eq!(json(&name(r"CORP\svc_app")), r#""CORP\\svc_app""#);
    assert_eq!(json(&name(&"x".repeat(300))), format!("\"{}…\"", "x".repeat(256)));
}

proptest! {
    #[test]
    fn the_raw_text_can_be_read_back_from_what_is_shown(raw in "\\PC{0,30}|[\\\\un{}0-9a-f\\x00-\\x1f\u{202e}\u{301}ก-๛]{0,20}") {
        let shown = name(&raw).to_string();
        prop_assert_eq!(unescaped(&shown), raw);
    }

    #[test]
    fn nothing_that_is_shown_acts_or_deceives(raw in any::<String>()) {
        let text = name(&raw);
        let mut marks = 0;
        for c in text.as_str().chars() {
            prop_assert!(!c.is_control() && (c == ' ' || !c.is_whitespace()));
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            prop_assert!(marks <= 8);
        }
        prop_assert!(text.as_str().chars().next().is_none_or(|c| c.width() != Some(0)));
    }

    #[test]
    fn pieces_are_the_text(raw in any::<String>()) {
        let mut whole = String::new();
        for piece in Pieces::of(&raw) {
            match piece {
                TextPiece::Plain(plain) => whole.push_str(plain),
                TextPiece::Escaped(c) => whole.push(c),
            }
        }
        prop_assert_eq!(whole, raw);
    }

    #[test]
    fn equal_texts_have_equal_raw_forms(a in any::<String>(), b in any::<String>()) {
        prop_assert_eq!(name(&a) == name(&b), a == b);
        prop_assert_eq!(name(&a).raw().is(&b), a == b);
    }
}

/// Reads the escapes of [`Text`] back.
fn unescaped(shown: &str) -> String {
    let mut raw = String::new();
    let mut rest = shown.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            raw.push(c);
            continue;
        }
        match rest.next().unwrap() {
            'n' => raw.push('\n'),
            'r' => raw.push('\r'),
            't' => raw.push('\t'),
            'u' => {
                let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                raw.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
            }
            same => raw.push(same),
        }
    }
    raw
}
