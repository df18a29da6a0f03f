//! Reports of the mouse: `ESC [ < BUTTON ; COLUMN ; LINE M`.

use crate::app::mouse::{MouseAction, MouseEvent};

/// Shift, Alt and Control, which are added to the number of the button.
const MODIFIERS: u16 = 4 | 8 | 16;

/// Buttons that have an effect, without modifiers.
const BUTTONS: [(u16, MouseAction); 3] = [
    (0, MouseAction::Click),
    (64, MouseAction::WheelUp),
    (65, MouseAction::WheelDown),
];

/// Returns the event of a report. `None` for a release, a movement or another button.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<MouseEvent> {
    let report = parameters.strip_prefix(b"<").filter(|_| last == b'M')?;
    let mut numbers = std::str::from_utf8(report)
        .ok()?
        .split(';')
        .map(str::parse::<u16>);
    let mut next = || numbers.next()?.ok();
    let (button, column, line) = (next()?, next()?, next()?);
    if numbers.next().is_some() {
        return None;
    }
    let found = BUTTONS.iter().find(|(number, _)| *number == button & !MODIFIERS);
    Some(MouseEvent {
        action: found?.1,
        // Places are counted from 1.
        column: column.checked_sub(1)?,
        line: line.checked_sub(1)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_and_the_wheel_are_events() {
        let event = |action, column, line| Some(MouseEvent { action, column, line });
        for (report, last, expected) in [
            ("<0;1;1", b'M', event(MouseAction::Click, 0, 0)),
            ("<0;300;24", b'M', event(MouseAction::Click, 299, 23)),
            ("<64;5;6", b'M', event(MouseAction::WheelUp, 4, 5)),
            ("<81;5;6", b'M', event(MouseAction::WheelDown, 4, 5)),
            ("<0;1;1", b'm', None),
            ("<35;1;1", b'M', None),
            ("<2;1;1", b'M', None),
            ("<0;0;1", b'M', None),
            ("<0;1", b'M', None),
            ("<0;1;1;1", b'M', None),
            ("<0;99999;1", b'M', None),
            ("0;1;1", b'M', None),
        ] {
            assert_eq!(csi(report.as_bytes(), last), expected, "{report}");
        }
    }
}
