//! The escape sequences that are keys, by their final byte and their parameters.

use crate::app::keymap::{Code, KeyPress};

/// `ESC [ … X` and `ESC O X`.
const FINALS: [(u8, Code); 11] = [
    (b'A', Code::Up),
    (b'B', Code::Down),
    (b'C', Code::Right),
    (b'D', Code::Left),
    (b'F', Code::End),
    (b'H', Code::Home),
    (b'P', Code::F(1)),
    (b'Q', Code::F(2)),
    (b'R', Code::F(3)),
    (b'S', Code::F(4)),
    (b'Z', Code::BackTab),
];

/// `ESC [ N ~`.
const NUMBERED: [(u32, Code); 19] = [
    (1, Code::Home),
    (3, Code::Delete),
    (4, Code::End),
    (5, Code::PageUp),
    (6, Code::PageDown),
    (7, Code::Home),
    (8, Code::End),
    (11, Code::F(1)),
    (12, Code::F(2)),
    (13, Code::F(3)),
    (14, Code::F(4)),
    (15, Code::F(5)),
    (17, Code::F(6)),
    (18, Code::F(7)),
    (19, Code::F(8)),
    (20, Code::F(9)),
    (21, Code::F(10)),
    (23, Code::F(11)),
    (24, Code::F(12)),
];

/// `ESC [ N u`: keys that are not characters.
const CODEPOINTS: [(u32, Code); 4] = [
    (9, Code::Tab),
    (13, Code::Enter),
    (27, Code::Esc),
    (127, Code::Backspace),
];

/// `ESC [ [ X`, from the Linux console.
const LINUX_CONSOLE: [(u8, Code); 5] = [
    (b'A', Code::F(1)),
    (b'B', Code::F(2)),
    (b'C', Code::F(3)),
    (b'D', Code::F(4)),
    (b'E', Code::F(5)),
];

const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CTRL: u32 = 4;
/// The event type of a key release.
const RELEASE: u32 = 3;

/// Returns the key of `ESC [ PARAMETERS LAST`. `None` for a reply, a report or an unknown key.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<KeyPress> {
    // A private or intermediate byte: never a key.
    if parameters
        .iter()
        .any(|byte| !byte.is_ascii_digit() && !b";:".contains(byte))
    {
        return None;
    }
    let mut fields = parameters.split(|byte| *byte == b';');
    let first = numbers(fields.next()).0;
    let (modifiers, event) = numbers(fields.next());
    if event == Some(RELEASE) {
        return None;
    }
    let modifiers = modifiers.map_or(0, |modifiers| modifiers.saturating_sub(1));
    let code = match last {
        b'~' => find(&NUMBERED, &first?)?,
        b'u' => codepoint(first?, modifiers)?,
        // With parameters it is a cursor position report.
        b'R' if !parameters.is_empty() => return None,
        _ => find(&FINALS, &last)?,
    };
    Some(KeyPress {
        code,
        ctrl: modifiers & CTRL != 0,
        alt: modifiers & ALT != 0,
    })
}

/// Returns the key of `ESC O LAST`.
pub(super) fn ss3(last: u8) -> Option<KeyPress> {
    find(&FINALS, &last).map(KeyPress::plain)
}

/// Returns the key of `ESC [ [ LAST`.
pub(super) fn linux_console(last: u8) -> Option<KeyPress> {
    find(&LINUX_CONSOLE, &last).map(KeyPress::plain)
}

/// Returns the key of a control character.
pub(super) fn control(byte: u8) -> KeyPress {
    let ctrl = |c: u8| KeyPress {
        ctrl: true,
        ..KeyPress::plain(Code::Char(char::from(c)))
    };
    match byte {
        b'\t' => KeyPress::plain(Code::Tab),
        b'\r' => KeyPress::plain(Code::Enter),
        0x7f => KeyPress::plain(Code::Backspace),
        0 => ctrl(b' '),
        0x1b => KeyPress::plain(Code::Esc),
        0x1c.. => ctrl(byte.saturating_sub(0x1c).saturating_add(b'4')),
        _ => ctrl(byte.saturating_sub(1).saturating_add(b'a')),
    }
}

fn codepoint(number: u32, modifiers: u32) -> Option<Code> {
    if let Some(code) = find(&CODEPOINTS, &number) {
        return Some(code);
    }
    let c = char::from_u32(number).filter(|c| !c.is_control())?;
    Some(Code::Char(if modifiers & SHIFT == 0 {
        c
    } else {
        c.to_ascii_uppercase()
    }))
}

/// Returns the number of a parameter, and the one after its colon.
fn numbers(field: Option<&[u8]>) -> (Option<u32>, Option<u32>) {
    let mut parts = field.unwrap_or_default().split(|byte| *byte == b':');
    let mut number = || std::str::from_utf8(parts.next()?).ok()?.parse().ok();
    (number(), number())
}

fn find<T: PartialEq>(table: &[(T, Code)], wanted: &T) -> Option<Code> {
    let entry = table.iter().find(|(value, _)| value == wanted);
    entry.map(|(_, code)| *code)
}
