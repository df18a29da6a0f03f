//! Every fault of an endpoint against the screen and a command, as one table.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fault_run;
use crate::faults::{ATTACKS, Case, ENDPOINT_FAULTS};
use crate::printed_table::{Cell, PrintedTable};

/// Number of cases that run at the same time. Most of them wait.
const PARALLEL: usize = 6;

const HEADS: [&str; 9] = [
    "fault",
    "dialect",
    "cause on the screen",
    "rows",
    "keys",
    "back by itself",
    "memory",
    "exit",
    "command",
];

#[test]
fn every_fault_of_an_endpoint_has_its_outcome() {
    let runs: Vec<(&Case, &str)> = ENDPOINT_FAULTS
        .iter()
        .chain(ATTACKS)
        .flat_map(|case| case.dialects.iter().map(move |dialect| (case, *dialect)))
        .collect();
    let results: Vec<Mutex<Vec<Cell>>> = runs.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((case, dialect)) = runs.get(index) else {
                        return;
                    };
                    *results[index].lock().unwrap() = fault_run::run(case, dialect);
                }
            });
        }
    });
    let mut table = PrintedTable::new(&HEADS);
    for ((case, dialect), cells) in runs.iter().zip(results) {
        let mut row = vec![Ok(case.name.to_owned()), Ok((*dialect).to_owned())];
        row.extend(cells.into_inner().unwrap());
        table.push(row);
    }
    table.judge();
}
