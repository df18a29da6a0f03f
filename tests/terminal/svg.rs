//! Writes screens as SVG: one picture, or several that replace each other.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// Size of a cell.
const WIDTH: f32 = 8.4;
const HEIGHT: u16 = 18;
const FONT_SIZE: u16 = 14;
/// Distance of the text from the edge.
const MARGIN: u16 = 10;
/// Height of a line above its baseline.
const BASELINE: u16 = 13;
const BACKGROUND: &str = "#14171c";
const FOREGROUND: &str = "#d4d8de";
/// The 16 colors of the terminal.
const COLORS: [&str; 16] = [
    "#14171c", "#e5534b", "#57ab5a", "#c69026", "#539bf5", "#b083f0", "#39c5cf", "#adb5bd", "#768390",
    "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
];

/// A screen, as its lines in SVG.
pub(crate) struct Picture {
    size: (u16, u16),
    body: String,
}

/// The style of a cell.
#[derive(Clone, Copy, PartialEq)]
struct Style {
    text: &'static str,
    back: &'static str,
    is_bold: bool,
    is_dim: bool,
    is_underlined: bool,
}

fn color(color: Color, default: &'static str) -> &'static str {
    match color {
        Color::Idx(index) => COLORS.get(usize::from(index)).copied().unwrap_or(default),
        Color::Default | Color::Rgb(..) => default,
    }
}

impl Style {
    fn of(cell: &Cell) -> Self {
        let (text, back) = (
            color(cell.fgcolor(), FOREGROUND),
            color(cell.bgcolor(), BACKGROUND),
        );
        let (text, back) = if cell.inverse() {
            (back, text)
        } else {
            (text, back)
        };
        Self {
            text,
            back,
            is_bold: cell.bold(),
            is_dim: cell.dim(),
            is_underlined: cell.underline(),
        }
    }
}

impl Picture {
    pub(crate) fn of(screen: &Screen) -> Self {
        let (rows, columns) = screen.size();
        let (rows, columns) = (rows.get(), columns.get());
        let mut body = String::new();
        for row in 0..rows {
            line(screen, row, columns, &mut body);
        }
        Self {
            size: (columns, rows),
            body,
        }
    }

    /// Returns a document with this picture alone.
    pub(crate) fn alone(&self, title: &str) -> String {
        document(self.size, title, &self.body)
    }
}

/// Returns a document that shows each picture for some seconds, again and again.
pub(crate) fn animated(title: &str, pictures: &[(Picture, u32)]) -> String {
    let total: u32 = pictures.iter().map(|(_, seconds)| seconds).sum();
    let percent = |seconds: u32| f64::from(seconds) * 100.0 / f64::from(total);
    let (mut style, mut body, mut start) = (String::new(), String::new(), 0);
    for (place, (picture, seconds)) in pictures.iter().enumerate() {
        let (from, to) = (percent(start), percent(start + seconds));
        let before = if start == 0 { "" } else { "0%{visibility:hidden}" };
        writeln!(
            style,
            "@keyframes f{place}{{{before}{from:.2}%{{visibility:visible}}{to:.2}%{{visibility:hidden}}}}\n\
             .f{place}{{visibility:hidden;animation:f{place} {total}s step-end infinite}}"
        )
        .unwrap();
        writeln!(body, "<g class=\"f{place}\">\n{}</g>", picture.body).unwrap();
        start += seconds;
    }
    let size = pictures[0].0.size;
    document(size, title, &format!("<style>\n{style}</style>\n{body}"))
}

fn document((columns, rows): (u16, u16), title: &str, body: &str) -> String {
    let width = f32::from(columns).mul_add(WIDTH, f32::from(2 * MARGIN));
    let height = rows * HEIGHT + 2 * MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height}\" role=\"img\" \
         font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"{FONT_SIZE}\" \
         xml:space=\"preserve\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n{body}</svg>\n"
    )
}

/// Adds the parts of a line that have the same style.
fn line(screen: &Screen, row: u16, columns: u16, out: &mut String) {
    let mut column = 0;
    while column < columns {
        let Some(cell) = screen.cell(row, column) else {
            break;
        };
        let style = Style::of(cell);
        let (start, mut text) = (column, String::new());
        while let Some(cell) = screen.cell(row, column).filter(|cell| Style::of(cell) == style) {
            if !cell.is_wide_continuation() {
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
            column += 1;
        }
        part(&text, style, (start, row), column - start, out);
    }
}

fn part(text: &str, style: Style, (column, row): (u16, u16), cells: u16, out: &mut String) {
    let x = f32::from(column).mul_add(WIDTH, f32::from(MARGIN));
    let width = f32::from(cells) * WIDTH;
    let y = row * HEIGHT + MARGIN;
    if style.back != BACKGROUND {
        let fill = style.back;
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{fill}\"/>"
        )
        .unwrap();
    }
    let shown = text.trim_end();
    let skipped = shown.len() - shown.trim_start().len();
    let shown = shown.trim_start();
    if shown.is_empty() {
        return;
    }
    // Only blanks are left out, and each is one byte and one cell.
    let x = f32::from(u16::try_from(skipped).unwrap()).mul_add(WIDTH, x);
    let cells = cells - u16::try_from(skipped + text.len() - text.trim_end().len()).unwrap();
    let width = f32::from(cells) * WIDTH;
    let mut look = String::new();
    for (is_set, attribute) in [
        (style.is_bold, " font-weight=\"bold\""),
        (style.is_dim, " opacity=\"0.6\""),
        (style.is_underlined, " text-decoration=\"underline\""),
    ] {
        look.push_str(if is_set { attribute } else { "" });
    }
    let escaped = shown
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{}\"{look}>{escaped}</text>",
        y + BASELINE,
        style.text
    )
    .unwrap();
}
