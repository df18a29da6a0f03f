//! The sessions that something is wrong with, and the hostile texts, as tables.
//!
//! Who may enter: the world.

use super::cast::{DBA, ETL, Kind, ORDERS, REPORT, WEB};

/// What is wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plot {
    /// Nothing.
    Ordinary,
    /// It went quiet long ago and still holds a backend.
    Leaked,
    /// Its client reads slower than the servers send.
    SlowReader,
    /// Its statement never ends.
    Hung,
    /// It was told to stop and does not.
    Closing,
    /// It waits for a backend that it does not get.
    NoBackend,
    /// It has not logged in.
    HalfOpen,
}

/// A part in the story.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) kind: &'static Kind,
    pub(super) plot: Plot,
    /// Age at the start, in seconds.
    pub(super) age: u64,
    /// How long ago the trouble began, in seconds.
    pub(super) trouble: u64,
}

const fn role(kind: &'static Kind, plot: Plot, age: u64, trouble: u64) -> Role {
    Role {
        kind,
        plot,
        age,
        trouble,
    }
}

/// The story, the most telling parts first: a small fleet has only the first of them.
pub(super) static ROLES: [Role; 7] = [
    role(ETL, Plot::Leaked, 2 * 86_400 + 3 * 3_600, 4 * 3_600 + 12 * 60),
    role(ETL, Plot::Ordinary, 2 * 86_400 + 3 * 3_600 + 2, 0),
    role(WEB, Plot::Hung, 184, 48),
    role(REPORT, Plot::SlowReader, 12 * 60, 12 * 60),
    role(ORDERS, Plot::Closing, 3_700, 95),
    role(ORDERS, Plot::NoBackend, 2_520, 25),
    role(ETL, Plot::Ordinary, 5 * 3_600, 0),
];

/// The connection that has not logged in.
pub(super) static HALF_OPEN: Role = role(DBA, Plot::HalfOpen, 7, 7);

/// From this size on a fleet has the whole story.
pub(super) const WHOLE: usize = ROLES.len() + 1;

/// Texts that try to harm whoever prints them.
#[derive(Debug)]
pub(super) struct Guise {
    pub(super) user: &'static str,
    pub(super) program: &'static str,
    pub(super) statement: &'static str,
}

macro_rules! times6 {
    ($text:literal) => {
        concat!($text, $text, $text, $text, $text, $text)
    };
}

pub(super) static GUISES: [Guise; 7] = [
    Guise {
        user: "esc\u{1b}[31mred\u{1b}[2J",
        program: "\u{1b}]0;owned\u{7}psql",
        statement: "SELECT '\u{1b}[2J\u{1b}[H' /* clears the screen */",
    },
    Guise {
        user: "bell\u{7}\u{7}",
        program: "c1\u{9b}31m",
        statement: "SELECT 1 -- \u{1b}]52;c;cm0gLXJmIH4K\u{7}",
    },
    Guise {
        user: "admin\u{202e}nimda",
        program: "bidi\u{2066}iso\u{2069}",
        statement: "SELECT '\u{202e}txet desrever\u{202c}'",
    },
    Guise {
        user: "ro\u{200b}ot",
        program: "zero\u{feff}width\u{200d}",
        statement: "SELECT '\u{200b}\u{200c}\u{2060}'",
    },
    Guise {
        user: "tab\there\nand there",
        program: "line\r\nbreak",
        statement: "SELECT 'a\tb'\n  FROM t\r\n WHERE x = '\\'\u{0}\u{7f}",
    },
    Guise {
        user: "zoë_日本_🦀👩‍👩‍👧",
        program: "=cmd|' /C calc'!A0",
        statement: "SELECT '🦀', \"quoted\", '<script>alert(1)</script>'",
    },
    Guise {
        user: times6!("a_user_name_of_three_hundred_characters_in_all____"),
        program: times6!("a program name of three hundred characters in all "),
        statement: times6!("SELECT 'a statement of three hundred characters', "),
    },
];
