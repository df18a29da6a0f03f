use proptest::prelude::*;

use super::*;
use crate::app::columns::ColumnId;
use crate::app::harness::{AppHarness, draft};
use crate::model::Dialect;

fn snapshot(sessions: &[(u64, &str, u64)]) -> Arc<Snapshot> {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(sessions));
    stage.app.endpoints[0].latest.clone().unwrap()
}

fn ids(view: &TableView) -> Vec<u64> {
    view.window(0, usize::MAX).map(|row| row.session.id.0).collect()
}

fn by(name: &str, descending: bool) -> ViewQuery {
    ViewQuery {
        sort: Sort {
            column: ColumnId::named(name).unwrap(),
            descending,
            then: None,
        },
        ..ViewQuery::default()
    }
}

#[test]
fn equal_rows_stand_by_id_whichever_way() {
    let list = snapshot(&[(3, "b", 5), (1, "a", 5), (2, "a", 5)]);
    let arranged = |spec| {
        ids(&build_view(ViewRequest {
            samples: Vec::new(),
            reports: Vec::new(),
            previous: None,
            snapshots: vec![Arc::clone(&list)],
            spec,
        }))
    };
    assert_eq!(arranged(by("idle", true)), [1, 2, 3]);
    assert_eq!(arranged(by("user", true)), [3, 1, 2]);
    assert_eq!(arranged(by("user", false)), [1, 2, 3]);
}

#[test]
fn a_second_column_orders_equal_rows() {
    let list = snapshot(&[(3, "b", 5), (1, "a", 5), (2, "a", 9), (4, "c", 5)]);
    let mut spec = by("idle", true);
    spec.sort.then = Some((ColumnId::named("user").unwrap(), true));
    let arranged = build_view(ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous: None,
        snapshots: vec![list],
        spec,
    });
    assert_eq!(ids(&arranged), [2, 4, 3, 1]);
}

#[test]
fn unknown_stands_last_both_ways() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(r#"[{"id":1},{"id":2,"idle":5},{"id":3,"idle":9}]"#);
    let list = stage.app.endpoints[0].latest.clone().unwrap();
    let arranged = |spec| {
        ids(&build_view(ViewRequest {
            samples: Vec::new(),
            reports: Vec::new(),
            previous: None,
            snapshots: vec![Arc::clone(&list)],
            spec,
        }))
    };
    assert_eq!(arranged(by("idle", true)), [3, 2, 1]);
    assert_eq!(arranged(by("idle", false)), [2, 3, 1]);
}

#[test]
fn a_window_of_a_large_list_builds_no_more_than_its_rows() {
    let many: Vec<_> = (1..=10_000).map(|id| (id, "user", id % 77)).collect();
    let view = build_view(ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous: None,
        snapshots: vec![snapshot(&many)],
        spec: ViewQuery::default(),
    });
    assert_eq!(view.window(5_000, 20).count(), 20);
    assert_eq!(view.window(9_995, 20).count(), 5);
}

proptest! {
    #[test]
    fn every_session_is_shown_once_and_found_where_it_stands(idles in prop::collection::btree_map(0_u64..500, 0_u64..9, 0..40)) {
        let sessions: Vec<_> = idles.iter().map(|(id, idle)| (*id, "u", *idle)).collect();
        let list = snapshot(&sessions);
        let first = build_view(ViewRequest { samples: Vec::new(), reports: Vec::new(), previous: None, snapshots: vec![Arc::clone(&list)], spec: ViewQuery::default() });
        let hold = ViewQuery { hold: true, ..ViewQuery::default() };
        let again = build_view(ViewRequest { samples: Vec::new(), reports: Vec::new(), previous: Some(Arc::new(first.clone())), snapshots: vec![list], spec: hold });
        prop_assert_eq!(ids(&first), ids(&again));
        prop_assert_eq!(first.len(), sessions.len());
        for position in 0..first.len() {
            let key = first.row(position).unwrap().key();
            prop_assert_eq!(first.position(&key), Some(position));
        }
    }
}
