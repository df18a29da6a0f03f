//! Writes changed cells with few bytes: short moves of the cursor, one sequence for each change of style.
//!
//! A frame that changes one digit in each of ten rows takes 5 bytes a row, where an absolute position takes 8.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

/// The attributes and their codes in a rendition (SGR).
const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];
/// Maximum number of columns to go back by backspaces.
const MAX_BACKSPACES: u16 = 2;

/// Colors and attributes of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rendition {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

impl Rendition {
    const fn of(cell: &Cell) -> Self {
        Self {
            foreground: cell.fg,
            background: cell.bg,
            modifier: cell.modifier,
        }
    }
}

/// The terminal's cursor between two cells.
#[derive(Clone, Copy, Debug)]
struct CellCursor {
    at: Position,
    /// Whether every terminal agrees on the column. The width of other text than ASCII varies between
    /// terminals, and the last column has no next one.
    is_exact: bool,
}

/// Writes cells in order. Every frame starts at an unknown position with the default style, and ends with
/// the default style.
pub(super) fn write_cells<'a>(
    out: &mut Vec<u8>,
    width: u16,
    cells: impl Iterator<Item = (u16, u16, &'a Cell)>,
) {
    let mut cursor = None;
    let mut current = Rendition::default();
    for (x, y, cell) in cells {
        let place = Position { x, y };
        let is_exact = go(out, cursor, place);
        let wanted = Rendition::of(cell);
        change_style(out, current, wanted);
        current = wanted;
        let symbol = cell.symbol();
        out.extend(symbol.as_bytes());
        cursor = (x + 1 < width).then(|| CellCursor {
            at: Position { x: x + 1, y },
            is_exact: is_exact && matches!(symbol.as_bytes(), [b' '..=b'~']),
        });
    }
    change_style(out, current, Rendition::default());
}

/// Moves the cursor. Returns whether its column is exact.
fn go(out: &mut Vec<u8>, from: Option<CellCursor>, to: Position) -> bool {
    if let Some(from) = from {
        if from.at == to {
            return from.is_exact;
        }
        if from.is_exact && go_relative(out, from.at, to) {
            return true;
        }
    }
    write(out, format_args!("\x1b[{};{}H", to.y + 1, to.x + 1));
    true
}

/// Moves the cursor relative to its position if that is shorter. Returns whether it did.
fn go_relative(out: &mut Vec<u8>, from: Position, to: Position) -> bool {
    let (columns, lines) = (to.x.checked_sub(from.x), to.y.checked_sub(from.y));
    match (columns, lines) {
        (Some(columns), Some(0)) => steps(out, columns, 'C'),
        (Some(0), Some(lines)) => steps(out, lines, 'B'),
        (None, Some(lines @ 1..)) if from.x - to.x <= MAX_BACKSPACES => {
            steps(out, lines, 'B');
            out.extend(std::iter::repeat_n(b'\x08', usize::from(from.x - to.x)));
        }
        _ => return false,
    }
    true
}

/// Moves the cursor by this many steps in one direction.
fn steps(out: &mut Vec<u8>, count: u16, direction: char) {
    match count {
        1 => write(out, format_args!("\x1b[{direction}")),
        _ => write(out, format_args!("\x1b[{count}{direction}")),
    }
}

/// Changes the style. Starts from the default style if an attribute ends.
fn change_style(out: &mut Vec<u8>, from: Rendition, to: Rendition) {
    if from == to {
        return;
    }
    out.extend(b"\x1b[");
    let mut from = from;
    let mut separator = "";
    if !to.modifier.contains(from.modifier) || to == Rendition::default() {
        from = Rendition::default();
        if to != from {
            out.push(b'0');
            separator = ";";
        }
    }
    for (modifier, code) in ATTRIBUTES {
        if (to.modifier - from.modifier).contains(modifier) {
            write(out, format_args!("{separator}{code}"));
            separator = ";";
        }
    }
    if to.foreground != from.foreground {
        write(out, format_args!("{separator}"));
        color(out, to.foreground, 30);
        separator = ";";
    }
    if to.background != from.background {
        write(out, format_args!("{separator}"));
        color(out, to.background, 40);
    }
    out.push(b'm');
}

/// Writes the codes of a color. `base` is 30 for the foreground and 40 for the background. The first sixteen
/// are given by number too, because some terminals show bold text in another color otherwise.
fn color(out: &mut Vec<u8>, color: Color, base: u8) {
    let (own, chosen) = (base + 9, base + 8);
    let number = match color {
        Color::Reset => return write(out, format_args!("{own}")),
        Color::Rgb(red, green, blue) => {
            return write(out, format_args!("{chosen};2;{red};{green};{blue}"));
        }
        Color::Indexed(number) => number,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    write(out, format_args!("{chosen};5;{number}"));
}

fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// Returns the bytes for these changes on a screen of ten columns.
    fn written(changes: &[(u16, u16, &str, Style)]) -> String {
        let cells: Vec<_> = changes
            .iter()
            .map(|(x, y, symbol, style)| {
                let mut cell = Cell::default();
                cell.set_symbol(symbol).set_style(*style);
                (*x, *y, cell)
            })
            .collect();
        let mut out = Vec::new();
        write_cells(&mut out, 10, cells.iter().map(|(x, y, cell)| (*x, *y, cell)));
        String::from_utf8(out).unwrap().replace('\x1b', "^")
    }

    #[test]
    fn moves_are_short_where_every_terminal_agrees_on_the_column() {
        let plain = Style::new();
        let at = |x, y, symbol| (x, y, symbol, plain);
        assert_eq!(written(&[at(2, 0, "a"), at(3, 0, "b")]), "^[1;3Hab");
        assert_eq!(written(&[at(2, 0, "a"), at(7, 0, "b")]), "^[1;3Ha^[4Cb");
        assert_eq!(written(&[at(2, 0, "a"), at(2, 1, "b")]), "^[1;3Ha^[B\x08b");
        assert_eq!(written(&[at(2, 0, "a"), at(1, 3, "b")]), "^[1;3Ha^[3B\x08\x08b");
        assert_eq!(
            written(&[at(2, 0, "a"), at(0, 1, "b")]),
            "^[1;3Ha^[2;1Hb",
            "too far back"
        );
        assert_eq!(written(&[at(2, 0, "▲"), at(3, 0, "b")]), "^[1;3H▲b");
        assert_eq!(written(&[at(2, 0, "▲"), at(7, 0, "b")]), "^[1;3H▲^[1;8Hb");
        assert_eq!(
            written(&[at(9, 0, "a"), at(9, 1, "b")]),
            "^[1;10Ha^[2;10Hb",
            "the last column"
        );
    }

    #[test]
    fn a_change_of_style_is_one_sequence() {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let alarm = bold.fg(Color::White).bg(Color::Red);
        let mixed = Style::new().fg(Color::Rgb(1, 2, 3));
        let row = [
            (0, 0, "a", bold),
            (1, 0, "b", alarm),
            (2, 0, "c", bold),
            (3, 0, "d", mixed),
        ];
        assert_eq!(
            written(&row),
            "^[1;1H^[1ma^[38;5;15;48;5;1mb^[39;49mc^[0;38;2;1;2;3md^[m"
        );
    }

    /// Without `DIM`: the terminal of the tests has one intensity, bold or dim.
    const MODIFIERS: [Modifier; 4] = [
        Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
    ];

    fn any_style() -> impl Strategy<Value = Style> {
        let color = || {
            prop_oneof![
                Just(Color::Reset),
                any::<u8>().prop_map(Color::Indexed),
                any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
            ]
        };
        let modifier = proptest::sample::subsequence(&MODIFIERS, 0..3)
            .prop_map(|chosen| chosen.into_iter().fold(Modifier::empty(), |all, one| all | one));
        (color(), color(), modifier)
            .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
    }

    type Change = (u16, u16, String, Style);

    fn any_frame() -> impl Strategy<Value = Vec<Change>> {
        let symbol = prop_oneof![4 => "[ -~]", 1 => Just("▲".to_owned()), 1 => Just("é".to_owned())];
        proptest::collection::vec((0..12u16, 0..5u16, symbol, any_style()), 0..40)
    }

    fn color_of(color: Color) -> vt100::Color {
        match color {
            Color::Indexed(number) => vt100::Color::Idx(number),
            Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
            _ => vt100::Color::Default,
        }
    }

    proptest! {
        /// A terminal that receives only the differences shows each frame.
        #[test]
        fn a_terminal_shows_the_buffer(frames in proptest::collection::vec(any_frame(), 1..4)) {
            let area = Rect::new(0, 0, 12, 5);
            let (lines, columns) = (NonZero::new(5).unwrap(), NonZero::new(12).unwrap());
            let (mut before, mut terminal) = (Buffer::empty(area), vt100::Parser::new(lines, columns, 0));
            for frame in frames {
                let mut after = before.clone();
                for (x, y, symbol, style) in frame {
                    after[(x, y)].set_symbol(&symbol).set_style(style);
                }
                let mut out = Vec::new();
                write_cells(&mut out, 12, before.diff(&after).into_iter());
                terminal.process(&out);
                for position in area.positions() {
                    let (wanted, shown) = (&after[position], terminal.screen().cell(position.y, position.x));
                    let shown = shown.unwrap();
                    let text = if shown.has_contents() { shown.contents() } else { " " };
                    prop_assert_eq!(text, wanted.symbol());
                    prop_assert_eq!(shown.fgcolor(), color_of(wanted.fg));
                    prop_assert_eq!(shown.bgcolor(), color_of(wanted.bg));
                    prop_assert_eq!(shown.bold(), wanted.modifier.contains(Modifier::BOLD));
                    prop_assert_eq!(shown.italic(), wanted.modifier.contains(Modifier::ITALIC));
                    prop_assert_eq!(shown.underline(), wanted.modifier.contains(Modifier::UNDERLINED));
                    prop_assert_eq!(shown.inverse(), wanted.modifier.contains(Modifier::REVERSED));
                }
                before = after;
            }
        }
    }
}
