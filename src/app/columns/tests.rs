//! The table of columns, the one in `docs/columns.md`, and the columns that fit a screen.

use std::fmt::Write as _;

use super::naming::NamingError;
use super::*;
use crate::app::column::fit::{self, TextWidths};
use crate::app::groups::columns::{GroupColumnId, GroupTable};

fn ids(names: &str) -> Vec<ColumnId> {
    ColumnId::chosen(names.split(' ')).unwrap()
}

/// Names and widths of the columns that fit.
fn fit(names: &str, width: u16) -> Vec<(&'static str, u16)> {
    let mut widths = [TextWidths::default(); COLUMNS.len()];
    for (widths, column) in widths.iter_mut().zip(&COLUMNS) {
        widths.usual = column.max.min(16);
    }
    let fitted = fit::fit(ids(names), &widths, |id| id.column().heading, width);
    fitted
        .iter()
        .map(|one| (one.id.column().name, one.width))
        .collect()
}

#[test]
fn docs_have_the_table_of_columns() {
    let mut table = "| column | head | what it shows | |\n|---|---|---|---|\n".to_owned();
    for column in &COLUMNS {
        let Column {
            name,
            heading,
            about,
            usual,
            ..
        } = column;
        let heading = if heading.is_empty() { "▲ ●" } else { heading };
        let usual = if *usual { "" } else { "if chosen" };
        writeln!(table, "| `{name}` | {heading} | {about} | {usual} |").unwrap();
    }
    crate::docs::assert_table("columns.md", "columns", &table);
}

#[test]
fn every_column_is_found_by_its_name_and_by_its_head() {
    for id in <ColumnId>::all() {
        let column = id.column();
        assert_eq!(ColumnId::of(column.name), Ok(id));
        if !column.heading.is_empty() {
            assert_eq!(ColumnId::of(&column.heading.to_lowercase()), Ok(id));
        }
        assert!(column.min <= column.max);
        let head = u16::try_from(column.heading.len()).unwrap();
        assert!(
            column.heading.is_empty() || head < column.max,
            "{}: room for the mark",
            column.name
        );
    }
    assert_eq!(ColumnId::DEFAULT_SORT.column().name, "why");
    assert_eq!(ColumnId::NUMBER.column().name, "id");
}

#[test]
fn a_slip_is_understood() {
    for (typed, meant) in [
        ("usr", "user"),
        ("mem", "memory"),
        ("servcie", "service"),
        ("users", "user"),
    ] {
        let Err(NamingError::Unknown { near, .. }) = ColumnId::of(typed) else {
            panic!("{typed} is a column");
        };
        assert_eq!(near, Some(meant));
    }
}

#[test]
fn columns_are_dropped_whole_and_by_their_weight() {
    assert_eq!(
        fit("id user memory", 80),
        [("id", 16), ("user", 16), ("memory", 7)]
    );
    assert_eq!(fit("id user memory", 41), [("id", 16), ("user", 16)]);
    assert_eq!(fit("memory user id", 41), [("user", 16), ("id", 16)]);
    // Texts are narrowed before a requested column is dropped.
    assert_eq!(
        fit("id user address worker", 54),
        [("id", 16), ("user", 13), ("address", 13), ("worker", 7)]
    );
    assert_eq!(
        fit("id user address worker", 46),
        [("id", 16), ("user", 13), ("address", 13)]
    );
    assert_eq!(fit("endpoint", 10), [("endpoint", 8)]);
}

#[test]
fn no_width_is_exceeded() {
    let all: Vec<_> = <ColumnId>::all().map(|id| id.column().name).collect();
    for names in [
        all.join(" "),
        "query why id".to_owned(),
        "pid port threads".to_owned(),
    ] {
        for width in 2..260 {
            let fitted = fit(&names, width);
            let total: u16 = fitted.iter().map(|(_, width)| width + 1).sum();
            assert!(total < width, "{fitted:?} in {width}");
            assert!(!fitted.is_empty());
        }
    }
}

#[test]
fn constants_name_columns_that_exist() {
    assert_eq!(ColumnId::ENDPOINT.column().name, "endpoint");
    assert_eq!(GroupColumnId::NAME.index(), 0);
    assert_eq!(GroupColumnId::WORST.column().heading, "▲");
}

#[test]
fn names_are_unique_in_each_table() {
    fn assert_unique<T: TableKind>() {
        for id in ColumnId::<T>::all() {
            assert_eq!(ColumnId::named(id.column().name), Some(id));
        }
    }
    assert_unique::<Sessions>();
    assert_unique::<GroupTable>();
}

#[test]
fn an_address_is_cut_before_the_reason_why_a_session_is_stuck() {
    let mut widths = [TextWidths::default(); COLUMNS.len()];
    fit::widen::<Sessions>(&mut widths, |column, count| {
        for row in 0..20 {
            count(match column.name {
                "address" => 15,
                "why" if row == 7 => 30,
                _ => 6,
            });
        }
    });
    let width = |screen| {
        let names = ids("id severity user address service age idle why");
        let fitted = fit::fit(names, &widths, |id| id.column().heading, screen);
        let shown = fitted
            .iter()
            .filter(|one| ["address", "why"].contains(&one.id.column().name));
        shown.map(|one| one.width).collect::<Vec<_>>()
    };
    assert_eq!(width(76), [12, 19]);
    assert_eq!(width(80), [12, 23]);
    for screen in 74..110 {
        if let [address, why] = width(screen)[..] {
            assert!(address == 12 || why == 30, "{screen}: {address} {why}");
        }
    }
}

#[test]
fn one_long_text_does_not_widen_a_column_unless_there_is_room() {
    let mut widths = [TextWidths::default(); COLUMNS.len()];
    fit::widen::<Sessions>(&mut widths, |column, count| {
        for row in 0..20 {
            count(if column.name == "user" && row == 7 { 24 } else { 10 });
        }
    });
    let user = widths[ids("user")[0].index()];
    assert_eq!((user.usual, user.widest), (10, 24));
    let width = |screen| {
        let fitted = fit::fit(
            ids("id user why query"),
            &widths,
            |id| id.column().heading,
            screen,
        );
        fitted.iter().map(|fitted| fitted.width).collect::<Vec<_>>()
    };
    assert_eq!(width(66), [10, 10, 17, 24]);
    assert_eq!(
        width(72),
        [10, 16, 17, 24],
        "the query is narrow before a name is cut"
    );
    assert_eq!(width(200), [10, 24, 17, 144]);
}
