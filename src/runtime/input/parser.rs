//! Parses the terminal's bytes into keys and pasted text: a state machine without a clock.
//!
//! An escape sequence is consumed whole, whether or not it is a key: the reply of a terminal to an
//! earlier program must never run as keys. Strings and pastes without an end are limited in size and
//! time; beyond the limit, input is dropped until the line has been quiet.

use std::time::Duration;

use super::{mouse, reply, sequence};
use crate::app::keymap::{Code, KeyPress};
use crate::app::msg::Msg;

/// Time without input after which an Escape is the key.
const ESCAPE_TIME: Duration = Duration::from_millis(50);
/// Maximum time after an Escape in which the rest of its sequence can still arrive.
const LATE_TIME: Duration = Duration::from_millis(500);
/// Time without input after which a character that introduces a sequence is a key: `Esc` and then `[`, typed fast.
const TYPED_TIME: Duration = Duration::from_millis(250);
/// Maximum time between two bytes of a sequence.
const SEQUENCE_TIME: Duration = Duration::from_secs(1);
/// Maximum length of a sequence.
const SEQUENCE_BYTES: usize = 256;
/// Maximum time that a string stays open.
const STRING_TIME: Duration = Duration::from_secs(2);
/// Maximum time that a paste stays open. Longer: the rest of a paste on a slow line can run as keys.
const PASTE_TIME: Duration = Duration::from_secs(5);
/// Maximum length of a string or a paste.
pub(super) const OPEN_BYTES: usize = 64 * 1024;
/// Dropping ends after this long without input.
pub(super) const QUIET_TIME: Duration = Duration::from_millis(500);

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CTRL_C: u8 = 0x03;
const STRING_TERMINATOR: u8 = 0x9c;
const PASTE_END: &[u8] = b"\x1b[201~";

/// The input that the next byte belongs to.
#[derive(Debug, Default)]
enum ParserState {
    /// Start of an input.
    #[default]
    Ground,
    /// Escape sequence, right after ESC.
    Escape,
    /// UTF-8 character with the bytes that have arrived.
    Character { bytes: Vec<u8>, alt: bool },
    /// Sequence `ESC [`, with these parameters.
    Csi(Vec<u8>),
    /// Sequence `ESC O`.
    Ss3,
    /// Sequence `ESC [ [`.
    LinuxConsole,
    /// Mouse report with this number of bytes left.
    Mouse(u8),
    /// String (OSC, DCS, APC, PM, SOS).
    String(OpenString),
    /// Paste.
    Paste { text: Vec<u8>, since: Duration },
    /// Rest of an input that was closed without its end; dropped.
    Dropping(Dropped),
}

#[derive(Debug)]
struct OpenString {
    since: Duration,
    length: usize,
    last: u8,
    /// The first bytes of an OSC.
    text: Vec<u8>,
    /// Whether it is an OSC, which BEL ends as well.
    is_osc: bool,
    /// Whether an 8-bit control opened it, so that an 8-bit control ends it.
    is_8_bit: bool,
}

#[derive(Debug)]
struct Dropped {
    /// The last bytes, if they can be the end of a paste.
    paste_tail: Option<Vec<u8>>,
    /// Whether Ctrl-C was pressed; the next one is a key.
    is_interrupted: bool,
}

/// Converts bytes to messages.
#[derive(Debug, Default)]
pub(super) struct InputParser {
    state: ParserState,
    /// Time of the last byte.
    last_at: Duration,
    /// Time at which an Escape was sent as a key although it may have begun a sequence.
    escape_sent: Option<Duration>,
    /// The key that the last byte is if the rest of the sequence that it introduces does not arrive in this time.
    introducer: Option<(KeyPress, Duration)>,
}

impl InputParser {
    /// Returns when [`expire`](Self::expire) is due. `None` until more bytes arrive.
    pub(super) fn deadline(&self) -> Option<Duration> {
        if let Some((_, time)) = self.introducer {
            return Some(self.last_at + time);
        }
        match &self.state {
            ParserState::Ground | ParserState::Character { .. } => None,
            ParserState::Escape => Some(self.last_at + ESCAPE_TIME),
            ParserState::Csi(_) | ParserState::Ss3 | ParserState::LinuxConsole | ParserState::Mouse(_) => {
                Some(self.last_at + SEQUENCE_TIME)
            }
            ParserState::String(OpenString { since, .. }) => Some(*since + STRING_TIME),
            ParserState::Paste { since, .. } => Some(*since + PASTE_TIME),
            ParserState::Dropping(_) => Some(self.last_at + QUIET_TIME),
        }
    }

    /// Handles time without a byte.
    pub(super) fn expire(&mut self, now: Duration, out: &mut Vec<Msg>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some((key, _)) = self.introducer.take() {
            self.state = ParserState::Ground;
            out.push(Msg::Key(key));
            return;
        }
        match std::mem::take(&mut self.state) {
            ParserState::Escape => {
                self.escape_sent = Some(self.last_at);
                out.push(Msg::Key(KeyPress::plain(Code::Esc)));
            }
            ParserState::String(_) => self.drop_input(None, now),
            ParserState::Paste { text, .. } => {
                out.push(Msg::PasteDropped);
                self.drop_input(Some(text), now);
            }
            _ => {}
        }
    }

    /// Handles bytes that have arrived.
    pub(super) fn advance(&mut self, bytes: &[u8], now: Duration, out: &mut Vec<Msg>) {
        self.expire(now, out);
        for byte in bytes {
            self.byte(*byte, now, out);
        }
        self.last_at = now;
    }

    fn byte(&mut self, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        self.introducer = None;
        match std::mem::take(&mut self.state) {
            ParserState::Ground => self.ground(byte, now, out),
            ParserState::Escape => self.escape(byte, now, out),
            ParserState::Character { bytes, alt } => self.character(bytes, alt, byte, now, out),
            ParserState::Csi(parameters) => self.csi(parameters, byte, now, out),
            ParserState::Ss3 if byte == ESC => self.state = ParserState::Escape,
            ParserState::Ss3 => out.extend(sequence::ss3(byte).map(Msg::Key)),
            ParserState::LinuxConsole => out.extend(sequence::linux_console(byte).map(Msg::Key)),
            ParserState::Mouse(0 | 1) => {}
            ParserState::Mouse(left) => self.state = ParserState::Mouse(left - 1),
            ParserState::String(string) => self.string(string, byte, now, out),
            ParserState::Paste { text, since } => self.paste(text, since, byte, now, out),
            ParserState::Dropping(dropped) => self.dropping(dropped, byte, out),
        }
    }

    fn ground(&mut self, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        let escape_sent = self.escape_sent.take();
        let is_late = escape_sent.is_some_and(|at| now.saturating_sub(at) < LATE_TIME);
        match byte {
            _ if is_late && self.introduce(byte, false, now) => {
                let key = KeyPress::plain(Code::Char(char::from(byte)));
                self.introducer = Some((key, TYPED_TIME));
            }
            ESC => self.state = ParserState::Escape,
            0..0x20 | 0x7f => out.push(Msg::Key(sequence::control(byte))),
            0x20..0x7f => out.push(Msg::Key(KeyPress::plain(Code::Char(char::from(byte))))),
            0x80..0xa0 => self.control_8_bit(byte, now),
            0xc2..=0xf4 => self.begin_character(byte, false),
            _ => {}
        }
    }

    fn escape(&mut self, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        match byte {
            _ if self.introduce(byte, false, now) => {
                self.introducer = Some((alt(char::from(byte)), LATE_TIME));
            }
            ESC => {
                out.push(Msg::Key(KeyPress::plain(Code::Esc)));
                self.state = ParserState::Escape;
            }
            0..0x20 | 0x7f => out.push(Msg::Key(KeyPress {
                alt: true,
                ..sequence::control(byte)
            })),
            0x20..0x7f => out.push(Msg::Key(alt(char::from(byte)))),
            0xc2..=0xf4 => self.begin_character(byte, true),
            _ => {}
        }
    }

    /// Starts the sequence that this byte introduces. Returns `false` if it introduces none.
    fn introduce(&mut self, byte: u8, is_8_bit: bool, now: Duration) -> bool {
        self.state = match byte {
            b'[' => ParserState::Csi(Vec::new()),
            b'O' => ParserState::Ss3,
            b']' | b'P' | b'_' | b'^' | b'X' => ParserState::String(OpenString {
                since: now,
                length: 0,
                last: 0,
                text: Vec::new(),
                is_osc: byte == b']',
                is_8_bit,
            }),
            _ => return false,
        };
        true
    }

    /// A C1 control is ESC and the character 0x40 below it.
    fn control_8_bit(&mut self, byte: u8, now: Duration) {
        self.introduce(byte.saturating_sub(0x40), true, now);
    }

    fn begin_character(&mut self, byte: u8, alt: bool) {
        let bytes = vec![byte];
        self.state = ParserState::Character { bytes, alt };
    }

    fn character(&mut self, mut bytes: Vec<u8>, is_alt: bool, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        if !(0x80..0xc0).contains(&byte) {
            // The character is incomplete; the byte begins something else.
            return self.ground(byte, now, out);
        }
        bytes.push(byte);
        match std::str::from_utf8(&bytes).map(|text| text.chars().next()) {
            Ok(Some(c @ '\u{80}'..='\u{9f}')) => self.control_8_bit(u8::try_from(c).unwrap_or_default(), now),
            Ok(Some(c)) if is_alt => out.push(Msg::Key(alt(c))),
            Ok(Some(c)) => out.push(Msg::Key(KeyPress::plain(Code::Char(c)))),
            Err(error) if error.error_len().is_none() => {
                self.state = ParserState::Character { bytes, alt: is_alt };
            }
            Ok(None) | Err(_) => {}
        }
    }

    fn csi(&mut self, mut parameters: Vec<u8>, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        match byte {
            b'[' if parameters.is_empty() => self.state = ParserState::LinuxConsole,
            0x20..0x40 if parameters.len() >= SEQUENCE_BYTES => self.drop_input(None, now),
            0x20..0x40 => {
                parameters.push(byte);
                self.state = ParserState::Csi(parameters);
            }
            b'M' if parameters.is_empty() => self.state = ParserState::Mouse(3),
            b'~' if parameters == b"200" => {
                self.state = ParserState::Paste {
                    text: Vec::new(),
                    since: now,
                }
            }
            0x40..0x7f => {
                out.extend(sequence::csi(&parameters, byte).map(Msg::Key));
                out.extend(reply::csi(&parameters, byte).map(Msg::Background));
                out.extend(mouse::csi(&parameters, byte).map(Msg::Mouse));
            }
            // Not a sequence; the byte begins something else.
            _ => self.ground(byte, now, out),
        }
    }

    fn string(&mut self, mut string: OpenString, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        let is_end = match byte {
            b'\\' => string.last == ESC,
            BEL => string.is_osc,
            STRING_TERMINATOR => string.is_8_bit,
            _ => false,
        };
        if is_end {
            out.extend(reply::osc(&string.text).map(Msg::Background));
            return;
        }
        if string.is_osc && string.text.len() < SEQUENCE_BYTES {
            string.text.push(byte);
        }
        string.length += 1;
        string.last = byte;
        if byte == CTRL_C {
            self.interrupt(None);
        } else if string.length > OPEN_BYTES {
            self.drop_input(None, now);
        } else {
            self.state = ParserState::String(string);
        }
    }

    fn paste(&mut self, mut text: Vec<u8>, since: Duration, byte: u8, now: Duration, out: &mut Vec<Msg>) {
        text.push(byte);
        if let Some(text) = text.strip_suffix(PASTE_END) {
            out.push(Msg::Paste(String::from_utf8_lossy(text).into_owned()));
        } else if byte == CTRL_C {
            self.interrupt(Some(text));
        } else if text.len() > OPEN_BYTES {
            out.push(Msg::PasteDropped);
            self.drop_input(Some(text), now);
        } else {
            self.state = ParserState::Paste { text, since };
        }
    }

    fn dropping(&mut self, mut dropped: Dropped, byte: u8, out: &mut Vec<Msg>) {
        if byte == CTRL_C {
            if dropped.is_interrupted {
                out.push(Msg::Key(sequence::control(CTRL_C)));
            }
            dropped.is_interrupted = true;
        }
        if let Some(tail) = &mut dropped.paste_tail {
            tail.push(byte);
            if tail.ends_with(PASTE_END) {
                return;
            }
            keep_tail(tail);
        }
        self.state = ParserState::Dropping(dropped);
    }

    /// Closes the open string or paste at Ctrl-C. Its rest is dropped.
    fn interrupt(&mut self, paste: Option<Vec<u8>>) {
        self.state = ParserState::Dropping(Dropped {
            paste_tail: paste.map(tail_of),
            is_interrupted: true,
        });
    }

    /// Drops everything until the line is quiet, after a limit was exceeded.
    fn drop_input(&mut self, paste: Option<Vec<u8>>, now: Duration) {
        self.last_at = now;
        self.state = ParserState::Dropping(Dropped {
            paste_tail: paste.map(tail_of),
            is_interrupted: false,
        });
    }
}

fn alt(c: char) -> KeyPress {
    KeyPress {
        alt: true,
        ..KeyPress::plain(Code::Char(c))
    }
}

fn tail_of(mut text: Vec<u8>) -> Vec<u8> {
    keep_tail(&mut text);
    text
}

/// Keeps the bytes that can be the beginning of a paste's end.
fn keep_tail(text: &mut Vec<u8>) {
    let surplus = text.len().saturating_sub(PASTE_END.len());
    text.drain(..surplus);
}
