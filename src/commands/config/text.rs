//! The settings as text: the files, then the settings of each endpoint, then all others, named filters
//! and keys.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::columns::Align;
use crate::commands::grid::{Grid, Head};
use crate::commands::output::{self, visible};
use crate::commands::paragraph::labelled;
use crate::config::{ConfigReport, EffectiveValue};

/// Maximum width of the VALUE column. A longer value shifts its FROM cell.
const WIDEST_VALUE: usize = 48;

/// Width that every name of a setting has.
const WIDEST_NAME: usize = 32;
/// Width to which values and origins are wrapped at most.
const MIN_TEXT: usize = 12;

/// Writes the settings. On a terminal its texts are wrapped.
pub(super) fn write(out: &mut impl Write, reading: &ConfigReport) -> io::Result<()> {
    let file = reading.file.as_ref().map(|path| path.display().to_string());
    labelled(out, "file     ", &visible(file.as_deref().unwrap_or("none")))?;
    let profile = reading.profile.as_deref().unwrap_or("none");
    writeln!(out, "profile  {}\n", visible(profile))?;
    let mut grid = Grid::new(vec![
        Head::new("SETTING", Align::Left)
            .at_least(WIDEST_NAME)
            .wrapping(true),
        Head::up_to(WIDEST_VALUE, "VALUE", Align::Left)
            .at_least(MIN_TEXT)
            .wrapping(true),
        Head::new("FROM", Align::Left).at_least(MIN_TEXT).wrapping(true),
    ]);
    if let Some(width) = output::terminal_width() {
        // Its texts are wrapped, not cut.
        grid.fit(width, "");
    }
    for endpoint in &reading.endpoints {
        for (place, effective) in endpoint.iter().enumerate() {
            push(&mut grid, if place == 0 { "" } else { "  " }, effective);
        }
        grid.push([None, None, None].into_iter());
    }
    for effective in &reading.values {
        push(&mut grid, "", effective);
    }
    for named in reading.filters.iter().chain(&reading.keys) {
        let cells = [&named.path, &named.value, &named.origin.to_string()].map(|text| visible(text));
        grid.push(cells.into_iter().map(|cell| Some(Cow::Owned(cell))));
    }
    grid.write(out)
}

/// Adds a row. A value that is not set is `-`.
fn push(grid: &mut Grid<'_>, indent: &str, effective: &EffectiveValue) {
    let name = format!("{indent}{}", effective.setting().path());
    let value = effective
        .shown()
        .map_or_else(|| "-".to_owned(), |value| visible(&value));
    let origin = visible(&effective.origin().to_string());
    grid.push(
        [name, value, origin]
            .into_iter()
            .map(|cell| Some(Cow::Owned(cell))),
    );
}
