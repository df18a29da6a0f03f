//! Draws a table of any kind of rows. Builds only the rows of the window, regardless of their number.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{self, fit, fit_middle};
use super::matching::{highlighted, split};
use super::theme::Theme;
use crate::app::column::{Align, CellStyle, ColumnId, TableKind, Truncate, fit::FittedColumn};
use crate::model::display_width;

/// Columns and rows of a table on the screen.
pub(super) struct TableFrame<'a, T: TableKind> {
    /// The columns that fit.
    pub(super) columns: Vec<FittedColumn<T>>,
    /// Heading of each column.
    pub(super) heading: &'a dyn Fn(ColumnId<T>) -> &'static str,
    /// The sort column, and whether its largest comes first.
    pub(super) sort: Option<(ColumnId<T>, bool)>,
    /// Position of the row under the cursor.
    pub(super) selected: usize,
    /// The first row on the screen.
    pub(super) offset: usize,
    /// Text to highlight.
    pub(super) search: Option<&'a str>,
}

/// Style of a row, and the mark before it.
pub(super) struct RowLook {
    pub(super) is_live: bool,
    pub(super) mark: Option<&'static str>,
}

impl<T: TableKind> TableFrame<'_, T> {
    /// Draws the head. Returns the area of the rows.
    pub(super) fn draw_head(&self, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Rect {
        let cells = self.columns.iter().map(|fitted| {
            let sort = self.sort.filter(|(sort, _)| fitted.id == *sort);
            let sign = match sort {
                None => "",
                Some((_, true)) => theme.glyphs.down,
                Some((_, false)) => theme.glyphs.up,
            };
            let text = format!("{}{sign}", (self.heading)(fitted.id));
            let text = aligned(&text, fitted.id.column().align, fitted.width);
            Span::styled(format!(" {text}"), theme.head)
        });
        let head = Line::from(cells.collect::<Vec<_>>());
        let place = Rect { height: 1, ..area };
        frame
            .buffer_mut()
            .set_style(place, theme.head.add_modifier(Modifier::UNDERLINED));
        head.render(place, frame.buffer_mut());
        Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        }
    }

    /// Draws the rows of the window, which begin at the offset.
    pub(super) fn draw_rows<'r>(
        &self,
        rows: impl Iterator<Item = T::Row<'r>>,
        look: impl Fn(usize, &T::Row<'r>) -> RowLook,
        theme: &Theme,
        area: Rect,
        frame: &mut Frame<'_>,
    ) {
        self.draw_rows_from(self.offset, rows, look, theme, area, frame);
    }

    /// Draws rows that begin at this position of the table.
    pub(super) fn draw_rows_from<'r>(
        &self,
        first: usize,
        rows: impl Iterator<Item = T::Row<'r>>,
        look: impl Fn(usize, &T::Row<'r>) -> RowLook,
        theme: &Theme,
        area: Rect,
        frame: &mut Frame<'_>,
    ) {
        for ((place, row), line) in (first..).zip(rows).zip(area.rows()) {
            let RowLook { is_live, mark } = look(place, &row);
            let selected = place == self.selected;
            let style = row_style(theme, is_live, selected);
            frame.buffer_mut().set_style(line, style);
            draw::line(
                &self.cells(&row, theme, selected, style),
                line,
                frame.buffer_mut(),
            );
            if let Some(sign) = mark
                && let Some(cell) = frame.buffer_mut().cell_mut((line.x, line.y))
            {
                cell.set_symbol(sign).set_style(theme.mark);
            }
        }
    }

    fn cells<'a>(&self, row: &T::Row<'_>, theme: &Theme, selected: bool, style: Style) -> Line<'a> {
        let cells = self.columns.iter().flat_map(|fitted| {
            let column = fitted.id.column();
            let text = T::cell(column, row).unwrap_or_default();
            let width = usize::from(fitted.width);
            let cut = match column.truncate {
                Truncate::Port if display_width(&text) > width => {
                    fit_middle(without_port(&text), width, theme.glyphs.more)
                }
                Truncate::Middle | Truncate::Port => fit_middle(&text, width, theme.glyphs.more),
                Truncate::End => fit(&text, width, theme.glyphs.more),
            };
            let tint = match (column.style)(row) {
                // The row is reversed: its words have no color, but the severity keeps its own.
                CellStyle::Sign(severity) if selected => {
                    theme.chip(severity).remove_modifier(Modifier::REVERSED)
                }
                _ if selected => style,
                other => theme.cell(other).patch(style),
            };
            let [before, after] = gaps(&cut, column.align, fitted.width);
            let mut spans = vec![Span::styled(format!(" {before}"), style)];
            match self.search {
                None => spans.push(Span::styled(cut, tint)),
                Some(text) => spans.extend(split(&cut, text).into_iter().map(|(part, is_match)| {
                    Span::styled(part, if is_match { highlighted(tint) } else { tint })
                })),
            }
            spans.push(Span::styled(after, style));
            spans
        });
        Line::from(cells.collect::<Vec<_>>())
    }
}

/// Returns an address without its port: `10.0.3.7` for `10.0.3.7:51844`, `::1` for `[::1]:51844`.
fn without_port(origin: &str) -> &str {
    let parts = origin.rsplit_once(':');
    let (host, _) = parts.unwrap_or((origin, ""));
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(bare) => bare,
        None if host.contains(':') => origin,
        None => host,
    }
}

fn aligned(text: &str, align: Align, width: u16) -> String {
    let [before, after] = gaps(text, align, width);
    format!("{before}{text}{after}")
}

/// Returns the blanks before and after a text.
fn gaps(text: &str, align: Align, width: u16) -> [String; 2] {
    let gap = usize::from(width).saturating_sub(display_width(text));
    match align {
        Align::Left => [String::new(), " ".repeat(gap)],
        Align::Right => [" ".repeat(gap), String::new()],
    }
}

/// Returns the style of a row: the cursor's row is reversed, stale and ended rows are dimmed.
fn row_style(theme: &Theme, is_live: bool, selected: bool) -> Style {
    let base = if is_live { Style::new() } else { theme.fade };
    if selected { base.patch(theme.cursor) } else { base }
}
