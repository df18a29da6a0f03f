//! The bell and the title of the terminal.

use crate::bytes;
use crate::endpoint::Endpoint;
use crate::harmless::assert_harmless;
use crate::pty::Pty;
use crate::screen::ids;
use crate::start::Start;

const SAVE: &[u8] = b"\x1b[22;2t";
const RESTORE: &[u8] = b"\x1b[23;2t";
const TITLE: &[u8] = b"\x1b]2;";
const TITLE_END: &[u8] = b"\x1b\\";

/// Sessions become ▲ within seconds: transactions that block others.
fn incidents() -> Endpoint {
    Endpoint::with(20, |spec| {
        spec.world.incidents = true;
        spec.speed = 10.0;
    })
}

/// A start with an endpoint of this name, quoted as in TOML.
fn named(args: [&str; 2], endpoint: &Endpoint, name: &str, folder: &tempfile::TempDir) -> Start {
    let url = format!("http://{}", endpoint.addr());
    let text = format!("[[endpoints]]\nname = {name}\nurl = \"{url}\"\nsql-user = \"maxtop\"\n");
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    Start::new(args)
        .args(["--config", path, "--interval", "100ms", "--duty", "100%"])
        .args(["--dialect", "jsonapi", "--bell"])
        .env("MAXTOP_SQL_PASSWORD", "maxtop")
}

/// Arguments of the screen.
const SCREEN: [&str; 2] = ["--grace", "0s"];

/// Returns the titles, and the bytes without them.
fn titles(bytes: &[u8]) -> (Vec<String>, Vec<u8>) {
    let (mut titles, mut others, mut rest) = (Vec::new(), Vec::new(), bytes);
    while !rest.is_empty() {
        let title = rest.strip_prefix(TITLE);
        let end = title.and_then(|title| title.windows(2).position(|part| part == TITLE_END));
        if let (Some(title), Some(end)) = (title, end) {
            titles.push(String::from_utf8(title[..end].to_vec()).unwrap());
            rest = &title[end + 2..];
        } else {
            others.push(rest[0]);
            rest = &rest[1..];
        }
    }
    (titles, others)
}

fn without(bytes: &[u8], part: &[u8]) -> Vec<u8> {
    let mut rest = bytes.to_vec();
    while let Some(place) = rest.windows(part.len()).position(|window| window == part) {
        rest.drain(place..place + part.len());
    }
    rest
}

fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

/// Asserts that the title was saved and restored this often, and restored at the end.
fn assert_restored(pty: &Pty, times: usize) {
    let bytes = pty.bytes();
    assert_eq!((count(&bytes, SAVE), count(&bytes, RESTORE)), (times, times));
    let left = bytes::after_last(&bytes, RESTORE);
    assert!(!bytes::contain(left, TITLE), "a title after the end");
}

#[test]
fn a_new_act_session_rings_and_the_title_counts_it() {
    let endpoint = incidents();
    let folder = tempfile::tempdir().unwrap();
    let mut pty = named(SCREEN, &endpoint, r#""prod-1""#, &folder).open();
    pty.writes(0, SAVE);
    pty.writes(0, b" prod-1\x1b\\");
    pty.writes(0, b"\x07");
    pty.writes(0, "\x1b]2;maxtop ▲".as_bytes());
    pty.keys("q");
    assert_eq!(pty.ends_with(0), "");
    assert_restored(&pty, 1);
    let (titles, _) = titles(&pty.bytes());
    assert!(titles.last().unwrap().ends_with(" prod-1"), "{titles:?}");
}

#[test]
fn the_title_is_restored_by_a_suspension_and_a_signal() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").args(["--bell"]).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    pty.signal("TSTP");
    pty.is_stopped();
    pty.is_given_back();
    pty.writes(0, RESTORE);
    let mark = pty.mark();
    pty.signal("CONT");
    pty.writes(mark, SAVE);
    pty.writes(mark, TITLE);
    pty.wait("the table", |screen| ids(screen).len() == 12);
    // A stop that is not announced leaves the title on the terminal's stack.
    pty.signal("STOP");
    pty.is_stopped();
    let mark = pty.mark();
    pty.signal("CONT");
    pty.writes(mark, TITLE);
    pty.signal("TERM");
    pty.ends_with(143);
    assert_restored(&pty, 2);
}

#[test]
fn a_name_with_hidden_characters_is_only_text_in_the_title() {
    let endpoint = incidents();
    let folder = tempfile::tempdir().unwrap();
    let name = r#""]0;a\u202eb\u200bc""#;
    for ascii in [false, true] {
        let start = named(SCREEN, &endpoint, name, &folder);
        let mut pty = if ascii { start.args(["--ascii"]) } else { start }.open();
        pty.writes(
            0,
            if ascii {
                b"maxtop !"
            } else {
                "maxtop ▲".as_bytes()
            },
        );
        pty.keys("q");
        pty.ends_with(0);
        let (titles, others) = titles(&pty.bytes());
        for title in &titles {
            assert_harmless(title.as_bytes());
            assert!(
                title == "maxtop" || title.ends_with(r"]0;a\u{202e}b\u{200b}c"),
                "{title}"
            );
            assert!(!ascii || title.is_ascii(), "{title}");
        }
        let others = [SAVE, RESTORE, b"\x07"]
            .iter()
            .fold(others, |others, part| without(&others, part));
        assert_harmless(&others);
    }
}

#[test]
fn without_the_setting_bell_and_title_are_not_used() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    pty.keys("q");
    pty.ends_with(0);
    let bytes = pty.bytes();
    assert!(
        ![SAVE, RESTORE, TITLE, b"\x07"]
            .iter()
            .any(|part| bytes::contain(&bytes, part))
    );
}

#[test]
fn a_watched_list_rings_and_restores_the_title() {
    let endpoint = incidents();
    let folder = tempfile::tempdir().unwrap();
    let mut pty = named(["list", "--watch"], &endpoint, r#""prod-1""#, &folder).open();
    pty.writes(0, SAVE);
    pty.writes(0, TITLE);
    pty.writes(0, b"\x07");
    pty.signal("TERM");
    assert_eq!(pty.exit_status(), 143);
    pty.writes(0, RESTORE);
    assert_restored(&pty, 1);
    let (titles, _) = titles(&pty.bytes());
    assert!(
        titles.iter().all(|title| title.ends_with(" prod-1")),
        "{titles:?}"
    );
    assert!(titles.last().unwrap().starts_with("maxtop ▲"), "{titles:?}");
}

#[test]
fn a_watched_list_restores_the_title_while_it_is_stopped() {
    let endpoint = Endpoint::frozen(12);
    let folder = tempfile::tempdir().unwrap();
    let start = named(["list", "--watch"], &endpoint, r#""prod-1""#, &folder);
    let mut pty = start.below_a_shell().open();
    pty.writes(0, TITLE);
    pty.keys("\x1a");
    pty.is_stopped();
    pty.writes(0, RESTORE);
    let mark = pty.mark();
    pty.signal("CONT");
    pty.writes(mark, SAVE);
    pty.writes(mark, b"\x1b]2;maxtop ");
    pty.signal("INT");
    assert_eq!(pty.exit_status(), 0);
    assert_restored(&pty, 2);
}

#[test]
fn without_a_shell_to_go_to_a_watched_list_continues() {
    let endpoint = Endpoint::frozen(12);
    let folder = tempfile::tempdir().unwrap();
    let mut pty = named(["list", "--watch"], &endpoint, r#""prod-1""#, &folder).open();
    pty.writes(0, TITLE);
    pty.keys("\x1a");
    endpoint.polled(3, &pty);
    pty.keys("\x03");
    assert_eq!(pty.exit_status(), 0);
    assert_restored(&pty, 1);
}

#[test]
fn json_on_a_terminal_has_no_bell_and_no_title() {
    let endpoint = incidents();
    let folder = tempfile::tempdir().unwrap();
    let start = named(["list", "--count=3"], &endpoint, r#""prod-1""#, &folder);
    let mut pty = start.args(["-o", "jsonl"]).open();
    assert_eq!(pty.exit_status(), 0);
    let bytes = pty.bytes();
    assert!(!bytes.contains(&0x1b) && !bytes.contains(&0x07));
}
