//! A table of outcomes as text.

/// One cell: what was seen, or what is wrong.
pub(crate) type Cell = Result<String, String>;

/// A table of outcomes, one row per case.
pub(crate) struct PrintedTable {
    heads: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl PrintedTable {
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Self {
            heads: heads.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Prints the table. Panics with everything that is wrong.
    pub(crate) fn judge(&self) {
        let text = |cell: &Cell| match cell {
            Ok(seen) => seen.clone(),
            Err(_) => "WRONG".to_owned(),
        };
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widths = cells.map(|cell| text(cell).chars().count());
            widths.max().unwrap_or(0).max(self.heads[column].chars().count())
        };
        let widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        let line = |cells: Vec<String>| {
            let padded = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        println!(
            "\n{}",
            line(self.heads.iter().map(|head| (*head).to_owned()).collect())
        );
        for row in &self.rows {
            println!("{}", line(row.iter().map(text).collect()));
        }
        let mut wrong = Vec::new();
        for row in &self.rows {
            let name: Vec<String> = row.iter().take(2).map(text).collect();
            let errors = row.iter().filter_map(|cell| cell.as_ref().err());
            wrong.extend(errors.map(|error| format!("{}: {error}", name.join(" "))));
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    }
}
