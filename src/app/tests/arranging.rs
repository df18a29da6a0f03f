//! How often views are rebuilt if a rebuild takes long.

use std::time::Duration;

use super::{FIVE, stage};
use crate::app::harness::draft;
use crate::app::keymap::Code;

const MS: Duration = Duration::from_millis(1);

#[test]
fn for_data_alone_no_more_than_a_sixteenth_of_the_time() {
    let mut stage = stage();
    stage.wait_until_idle();
    stage.arranging_takes = 60 * MS;
    stage.list(&draft(&FIVE));
    let before = stage.arranged;
    // Many endpoints send new data all the time.
    for _ in 0..85 {
        stage.wait(10 * MS);
        stage.list(&draft(&FIVE));
    }
    assert_eq!(stage.arranged, before, "900 ms have to pass after the 60");
    stage.wait_awake(100 * MS);
    assert_eq!(stage.arranged, before + 1, "what waits has its turn");
    assert_eq!(
        stage.app.table.view.snapshots[0].number,
        stage.app.endpoints[0].latest.as_ref().unwrap().number
    );
}

#[test]
fn a_person_does_not_wait() {
    let mut stage = stage();
    stage.wait_until_idle();
    stage.arranging_takes = 60 * MS;
    stage.list(&draft(&FIVE));
    let before = stage.arranged;
    stage.press(Code::Char('>'));
    assert_eq!(stage.arranged, before + 1);
}
