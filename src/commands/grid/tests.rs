//! Layout of tables as plain text.

use super::*;

#[test]
fn columns_line_up_by_what_is_seen() {
    let mut grid = Grid::new(vec![
        Head::new("ID", Align::Right),
        Head::new("USER", Align::Left),
        Head::new("IDLE", Align::Right),
    ]);
    for row in [
        ["7", "zoë", "0s"],
        ["1042", "日本", ""],
        ["3", "", "4h 12m"],
        ["8", "overlong", "1s"],
    ] {
        grid.push(
            row.into_iter()
                .map(|cell| (!cell.is_empty()).then_some(cell.into())),
        );
    }
    let mut text = Vec::new();
    grid.write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let expected = "  ID  USER        IDLE\n   7  zoë           0s\n1042  日本\n   3            4h 12m\n   8  overlong      1s\n";
    assert_eq!(text, expected);
}

#[test]
fn a_line_fits_and_numbers_are_never_cut() {
    let mut grid = Grid::new(vec![
        Head::new("USER", Align::Left).keeping_ends(true),
        Head::new("AGE", Align::Right),
        Head::new("I/O", Align::Right),
        Head::new("WHY", Align::Left),
    ]);
    let long = "x".repeat(300);
    for user in ["app_billing_prod_ro", "app_billing_prod_rw"] {
        let row = [user, "1200d 23h", "18446744073709551615", &long];
        grid.push(row.into_iter().map(|cell| Some(cell.to_owned().into())));
    }
    grid.fit(56, "…");
    let mut text = Vec::new();
    grid.write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in text.lines() {
        assert!(display_width(line) <= 56, "{line}");
    }
    assert!(text.contains("1200d 23h  18446744073709551615"), "{text}");
    assert!(text.contains("d_ro ") && text.contains("d_rw "), "{text}");
}

fn sessions() -> Grid<'static> {
    let mut grid = Grid::new(vec![
        Head::new("ID", Align::Right),
        Head::new("USER", Align::Left).keeping_ends(true).dropped(1),
        Head::new("SERVICE", Align::Left).dropped(5),
        Head::new("WHY", Align::Left).at_least(17).wrapping(true),
    ]);
    let why = "blocks 12 sessions for 3m, holds db-01 and db-02";
    grid.push(
        ["7", "app_billing", "RW-Split", why]
            .map(|cell| Some(cell.into()))
            .into_iter(),
    );
    grid.push(
        ["8", "web", "RW-Split", "idle"]
            .map(|cell| Some(cell.into()))
            .into_iter(),
    );
    grid
}

fn written(grid: &Grid<'_>) -> String {
    let mut text = Vec::new();
    grid.write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn a_reason_gets_the_rest_of_the_line_and_wraps_at_words() {
    let mut grid = sessions();
    grid.fit(60, "…");
    let expected = "\
ID  USER         SERVICE   WHY
 7  app_billing  RW-Split  blocks 12 sessions for 3m, holds
                           db-01 and db-02
 8  web          RW-Split  idle
";
    assert_eq!(written(&grid), expected);
}

#[test]
fn columns_are_left_out_before_a_reason_is_unreadable() {
    let mut grid = sessions();
    grid.fit(31, "…");
    let expected = "\
ID  USER      WHY
 7  app_…ing  blocks 12
              sessions for 3m,
              holds db-01 and
              db-02
 8  web       idle
";
    assert_eq!(written(&grid), expected);
}

#[test]
fn an_address_is_cut_as_on_the_screen_and_keeps_its_end() {
    let mut grid = Grid::new(vec![
        Head::new("ADDRESS", Align::Left).keeping_ends(true).at_least(12),
        Head::new("WHY", Align::Left).at_least(17).wrapping(true),
    ]);
    for address in ["10.0.3.7:51594", "10.0.3.10:48221"] {
        let row = [address, "idle, holds db-01 and db-02"];
        grid.push(row.map(|cell| Some(cell.into())).into_iter());
    }
    grid.fit(31, "…");
    let text = written(&grid);
    for address in ["10.0.3.7:51594", "10.0.3.10:48221"] {
        assert!(text.contains(&fit_middle(address, 12, "…")), "{text}");
    }
    assert!(text.contains("…51594") && text.contains("…48221"), "{text}");
}

#[test]
fn nothing_is_cut_or_left_out_without_a_width() {
    assert!(
        written(&sessions())
            .contains("app_billing  RW-Split  blocks 12 sessions for 3m, holds db-01 and db-02")
    );
}

#[test]
fn a_reason_stays_readable_and_the_least_important_text_is_narrowed_first() {
    let mut grid = Grid::new(vec![
        Head::new("ID", Align::Right),
        Head::new("ADDRESS", Align::Left)
            .keeping_ends(true)
            .at_least(12)
            .narrowed_first(3),
        Head::new("QUERY", Align::Left).at_least(24).narrowed_first(9),
        Head::new("WHY", Align::Left).at_least(17).wrapping(true),
    ]);
    let row = [
        "7",
        "10.0.3.7:51594",
        "SELECT name FROM customers",
        "idle 4h, keeps db-01 open",
    ];
    grid.push(row.map(|cell| Some(cell.into())).into_iter());
    for (width, query) in [(46, 9), (40, 5)] {
        grid.fit(width, "…");
        let text = written(&grid);
        assert!(text.lines().all(|line| display_width(line) <= width), "{text}");
        let heading = text.lines().next().unwrap();
        let place = |name: &str| heading.find(name).unwrap();
        assert_eq!(place("WHY") - place("QUERY") - GAP, query, "{text}");
        assert!(text.contains("idle 4h, keeps"), "{text}");
    }
    // Below that the line is as narrow as its headings.
    grid.fit(20, "…");
    assert!(written(&grid).contains("SELE…"), "{}", written(&grid));
}
