use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::parser::{InputParser, OPEN_BYTES, QUIET_TIME};
use crate::app::keymap::{Code, KeyPress};
use crate::app::msg::Msg;

/// Longer than every deadline of the parser.
const LONG: Duration = Duration::from_mins(1);

/// A parser with its clock, and what it has sent.
#[derive(Default)]
struct InputLine {
    parser: InputParser,
    now: Duration,
    sent: Vec<String>,
}

impl InputLine {
    fn receives(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let mut msgs = Vec::new();
        self.parser.advance(bytes.as_ref(), self.now, &mut msgs);
        self.sent.extend(msgs.iter().map(describe));
        self
    }

    /// Advances the time like the thread, which wakes at every deadline.
    fn waits(&mut self, time: Duration) -> &mut Self {
        let end = self.now + time;
        while let Some(deadline) = self.parser.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline;
            let mut msgs = Vec::new();
            self.parser.expire(self.now, &mut msgs);
            self.sent.extend(msgs.iter().map(describe));
        }
        self.now = end;
        self
    }

    fn ms(&mut self, milliseconds: u64) -> &mut Self {
        self.waits(Duration::from_millis(milliseconds))
    }

    fn sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }
}

fn describe(msg: &Msg) -> String {
    match msg {
        Msg::Key(KeyPress { code, ctrl, alt }) => {
            let code = match code {
                Code::Char(c) => c.to_string(),
                other => format!("{other:?}"),
            };
            format!(
                "{}{}{code}",
                if *ctrl { "C-" } else { "" },
                if *alt { "A-" } else { "" }
            )
        }
        Msg::Paste(text) => format!("paste {text}"),
        other => format!("{other:?}"),
    }
}

/// Returns what a line sends for these bytes, and for the time after them; without the background and the mouse.
fn keys(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let mut line = InputLine::default();
    let mut sent = line.receives(bytes).waits(LONG).sent();
    sent.retain(|msg| is_key(msg));
    sent
}

/// Whether a message is neither a reply of the terminal nor an event of the mouse.
fn is_key(msg: &str) -> bool {
    !msg.starts_with("Background") && !msg.starts_with("Mouse")
}

#[test]
fn keys_are_what_terminals_send_for_them() {
    for (bytes, key) in [
        ("a", "a"),
        ("G", "G"),
        ("é", "é"),
        ("日", "日"),
        ("\r", "Enter"),
        ("\n", "C-j"),
        ("\t", "Tab"),
        ("\x7f", "Backspace"),
        ("\x03", "C-c"),
        ("\x1a", "C-z"),
        ("\x1b", "Esc"),
        ("\x1b[A", "Up"),
        ("\x1bOB", "Down"),
        ("\x1b[5~", "PageUp"),
        ("\x1b[6;5~", "C-PageDown"),
        ("\x1b[1;5C", "C-Right"),
        ("\x1b[1;3D", "A-Left"),
        ("\x1b[H", "Home"),
        ("\x1b[4~", "End"),
        ("\x1b[3~", "Delete"),
        ("\x1b[Z", "BackTab"),
        ("\x1bOP", "F(1)"),
        ("\x1b[[A", "F(1)"),
        ("\x1b[21~", "F(10)"),
        ("\x1b[97u", "a"),
        ("\x1b[97;5u", "C-a"),
        ("\x1bq", "A-q"),
        ("\x1bé", "A-é"),
    ] {
        assert_eq!(keys(bytes), [key], "{bytes:?}");
    }
}

#[test]
fn replies_and_reports_are_consumed_whole() {
    for reply in [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]11;rgb:ffff/ffff/ffff\x07",
        "\x1b[?62;22c",
        "\x1b[>0;95;0c",
        "\x1bP>|xterm(379)q\x1b\\",
        "\x1bP1+r544e=787465726d\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^qKy\x1b\\",
        "\x1bXqKy\x1b\\",
        "\x1b[12;40R",
        "\x1b[?2026;2$y",
        "\x1b[<0;10;10M",
        "\x1b[M !!",
        "\x1b[I",
        "\x1b[201~",
        "\x1b[97;1:3u",
        "\u{9d}11;qKy\u{9c}",
    ] {
        let mut bytes = reply.as_bytes().to_vec();
        bytes.push(b'j');
        assert_eq!(keys(&bytes), ["j"], "{reply:?}");
    }
    assert_eq!(keys(b"\x9d11;qKy\x9cj"), ["j"]);
    assert_eq!(keys(b"\x9b>1;2cj"), ["j"]);
}

#[test]
fn a_split_sequence_is_completed_before_its_digits_are_keys() {
    for gap in [0, 20, 150, 240] {
        let mut line = InputLine::default();
        line.receives("\x1b").ms(gap).receives("[").ms(gap).receives("5~");
        let sent = line.waits(LONG).sent();
        let sent: Vec<_> = sent.iter().filter(|key| *key != "Esc").collect();
        assert_eq!(sent, ["PageUp"], "{gap}");
    }
}

#[test]
fn escape_alone_is_a_key_at_once() {
    let mut line = InputLine::default();
    assert_eq!(line.receives("\x1b").ms(49).sent(), [""; 0]);
    assert_eq!(line.ms(1).sent(), ["Esc"]);
    assert_eq!(line.ms(600).receives("[").sent(), ["["]);
}

#[test]
fn a_character_after_escape_is_a_key_also_if_it_can_introduce_a_sequence() {
    for (character, rest) in [("[", "K"), ("]", "j"), ("O", "x"), ("P", "q"), ("_", "e")] {
        for pause in [0, 60, 200, 300] {
            let mut line = InputLine::default();
            line.receives("\x1b")
                .ms(pause)
                .receives(character)
                .ms(500)
                .receives(rest);
            let typed = if pause < 50 {
                vec![format!("A-{character}"), rest.to_owned()]
            } else {
                vec!["Esc".to_owned(), character.to_owned(), rest.to_owned()]
            };
            assert_eq!(line.sent(), typed, "{character} {pause} ms after Esc");
        }
    }
}

#[test]
fn a_paste_is_text() {
    assert_eq!(
        keys("\x1b[200~qK\ny\x1b[31m\x1b[201~j"),
        ["paste qK\ny\x1b[31m", "j"]
    );
}

#[test]
fn a_paste_without_an_end_is_dropped_until_the_line_is_quiet() {
    let mut line = InputLine::default();
    line.receives("\x1b[200~abc").ms(4_999).receives("q");
    assert_eq!(line.ms(2).sent(), ["PasteDropped"]);
    assert_eq!(line.ms(398).receives("K").ms(499).receives("y").sent(), [""; 0]);
    assert_eq!(line.ms(500).receives("q").sent(), ["q"]);

    let mut long = b"\x1b[200~".to_vec();
    long.resize(2 * OPEN_BYTES, b'y');
    let mut line = InputLine::default();
    assert_eq!(line.receives(&long).sent(), ["PasteDropped"], "once");
    assert_eq!(line.ms(499).receives("y").sent(), [""; 0]);
    assert_eq!(line.waits(QUIET_TIME).receives("q").sent(), ["q"]);
    long.extend(b"\x1b[201~j");
    assert_eq!(keys(&long), ["PasteDropped", "j"], "the end was only late");
}

#[test]
fn ctrl_c_closes_what_is_open_and_the_next_one_is_ctrl_c() {
    for open in ["\x1b[200~abc", "\x1b]11;rgb:", "\x1bPabc"] {
        let mut line = InputLine::default();
        assert_eq!(line.receives(open).receives("\x03q").sent(), [""; 0], "{open:?}");
        assert_eq!(line.ms(100).receives("\x03").sent(), ["C-c"], "{open:?}");
        assert_eq!(line.waits(QUIET_TIME).receives("q").sent(), ["q"], "{open:?}");
    }
}

#[test]
fn a_sequence_without_an_end_does_not_hold_the_keys() {
    for open in ["\x1b[1;", "\x1b[M ", "\x1b[["] {
        let mut line = InputLine::default();
        assert_eq!(
            line.receives(open).ms(1_000).receives("q").sent(),
            ["q"],
            "{open:?}"
        );
    }
    let mut long = b"\x1b[".to_vec();
    long.resize(5_000, b'1');
    assert_eq!(keys(&long), [""; 0]);
    assert_eq!(keys("\x1b[1\x03"), ["C-c"]);
}

/// Generates bytes that reach every state of the parser.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        select(
            &[
                "\x1b",
                "[",
                "]",
                "P",
                "O",
                "\\",
                "\x07",
                "\x03",
                "5~",
                "200~",
                "201~",
                "\x1b[200~",
                "\x1b[201~",
                "\x1b]",
                "\x1b\\",
                "M",
                ";",
                "?",
                "é",
                "日",
                "\u{9b}",
                "j",
            ][..]
        )
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The bytes in chunks of these lengths.
fn chunks<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut chunks = Vec::new();
    for length in lengths {
        let (chunk, tail) = rest.split_at((*length).min(rest.len()));
        chunks.push(chunk);
        rest = tail;
    }
    chunks.push(rest);
    chunks
}

/// Generates a terminal string: its opening, its content, its end.
fn string() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    let openings: &[&[u8]] = &[b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1b[200~"];
    (select(openings), bytes()).prop_map(|(opening, body)| {
        let end: &[u8] = if opening.ends_with(b"~") {
            b"\x1b[201~"
        } else {
            b"\x1b\\"
        };
        // Neither an end nor the key that closes it.
        let body = body.into_iter().filter(|byte| !b"\x1b\x03\x07".contains(byte));
        (opening.to_vec(), body.collect(), end.to_vec())
    })
}

proptest! {
    #[test]
    fn any_split_gives_the_same_keys(bytes in bytes(), lengths in vec(0..7_usize, 0..80)) {
        let mut line = InputLine::default();
        for chunk in chunks(&bytes, &lengths) {
            line.receives(chunk);
        }
        let mut sent = line.waits(LONG).sent();
        sent.retain(|msg| is_key(msg));
        prop_assert_eq!(sent, keys(&bytes));
    }

    #[test]
    fn no_byte_of_a_string_is_a_key(
        (opening, body, end) in string(),
        lengths in vec(0..7_usize, 0..80),
        gap in 0..20_u64,
    ) {
        let mut line = InputLine::default();
        let bytes = [&opening[..], &body, &end].concat();
        for chunk in chunks(&bytes, &lengths) {
            line.receives(chunk).ms(gap);
        }
        let sent = line.sent();
        prop_assert!(sent.iter().all(|msg| msg.starts_with("paste ")), "{:?}", sent);
        prop_assert_eq!(line.receives("j").sent(), ["j"]);
    }

    #[test]
    fn no_byte_of_a_string_without_an_end_is_a_key((opening, body, _) in string(), gap in 0..499_u64) {
        let mut line = InputLine::default();
        // Without any text the introducer is a key with Alt.
        prop_assume!(!body.is_empty());
        line.receives(&opening);
        for byte in body {
            line.ms(gap).receives([byte]);
        }
        line.waits(LONG);
        // A paste among them is reported once.
        let sent = line.sent();
        prop_assert!(sent.iter().all(|sent| sent == "PasteDropped") && sent.len() <= 1, "{sent:?}");
        prop_assert_eq!(line.receives("j").sent(), ["j"]);
    }

    #[test]
    fn every_line_answers_again_when_it_was_quiet(bytes in bytes()) {
        let mut line = InputLine::default();
        line.receives(&bytes).waits(LONG).sent();
        prop_assert_eq!(line.receives("j").sent(), ["j"]);
    }
}

#[test]
fn the_answer_for_the_background_is_a_message_and_never_a_key() {
    for (reply, sent) in [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "Background(Light)"),
        ("\x1b]11;rgb:1e1e/1e1e/1e1e\x07", "Background(Dark)"),
        ("\x1b[?62;22c", "Background(Unknown)"),
    ] {
        assert_eq!(InputLine::default().receives(reply).sent(), [sent], "{reply:?}");
        let mut line = InputLine::default();
        for byte in reply.bytes() {
            line.receives([byte]).ms(20);
        }
        assert_eq!(line.sent(), [sent], "{reply:?}");
    }
}
