//! Texts for testing sanitizing, as a table.

/// Texts with control characters and escape sequences, for testing sanitizing.
#[derive(Debug)]
pub(super) struct HostileTexts {
    pub(super) user: &'static str,
    pub(super) program: &'static str,
    pub(super) statement: &'static str,
}

macro_rules! times6 {
    ($text:literal) => {
        concat!($text, $text, $text, $text, $text, $text)
    };
}

pub(super) static HOSTILE_TEXTS: [HostileTexts; 7] = [
    HostileTexts {
        user: "esc\u{1b}[31mred\u{1b}[2J",
        program: "\u{1b}]0;owned\u{7}psql",
        statement: "SELECT '\u{1b}[2J\u{1b}[H' /* clears the screen */",
    },
    HostileTexts {
        user: "bell\u{7}\u{7}",
        program: "c1\u{9b}31m",
        statement: "SELECT 1 -- \u{1b}]52;c;cm0gLXJmIH4K\u{7}",
    },
    HostileTexts {
        user: "admin\u{202e}nimda",
        program: "bidi\u{2066}iso\u{2069}",
        statement: "SELECT '\u{202e}txet desrever\u{202c}'",
    },
    HostileTexts {
        user: "ro\u{200b}ot",
        program: "zero\u{feff}width\u{200d}",
        statement: "SELECT '\u{200b}\u{200c}\u{2060}'",
    },
    HostileTexts {
        user: "tab\there\nand there",
        program: "line\r\nbreak",
        statement: "SELECT 'a\tb'\n  FROM t\r\n WHERE x = '\\'\u{0}\u{7f}",
    },
    HostileTexts {
        user: "zoë_日本_🦀👩‍👩‍👧",
        program: "=cmd|' /C calc'!A0",
        statement: "SELECT '🦀', \"quoted\", '<script>alert(1)</script>'",
    },
    HostileTexts {
        user: times6!("a_user_name_of_three_hundred_characters_in_all____"),
        program: times6!("a program name of three hundred characters in all "),
        statement: times6!("SELECT 'a statement of three hundred characters', "),
    },
];
