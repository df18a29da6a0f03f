//! The settings as text: the files, then the settings of each endpoint, then all others, named filters
//! and keys.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::app::columns::Align;
use crate::commands::grid::{Grid, Head};
use crate::commands::output::visible;
use crate::config::{ConfigReport, EffectiveValue};

/// Maximum width of the VALUE column. A longer value shifts its FROM cell.
const WIDEST_VALUE: usize = 48;

pub(super) fn write(out: &mut impl Write, reading: &ConfigReport) -> io::Result<()> {
    let file = reading.file.as_ref().map(|path| path.display().to_string());
    writeln!(out, "file     {}", visible(file.as_deref().unwrap_or("none")))?;
    let profile = reading.profile.as_deref().unwrap_or("none");
    writeln!(out, "profile  {}\n", visible(profile))?;
    let mut grid = Grid::new(vec![
        Head::new("SETTING", Align::Left),
        Head::up_to(WIDEST_VALUE, "VALUE", Align::Left),
        Head::new("FROM", Align::Left),
    ]);
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
