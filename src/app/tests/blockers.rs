//! Reasons, filters, view and kills by what servers report about locks.

use std::time::Duration;

use crate::app::blockers::{BlockerRow, ThreadRow};
use crate::app::copying::CopyChoice;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::locked::{activity, list_with_other, list_without, locked, report, report_at};
use crate::app::msg::{Effect, Msg};
use crate::filter::Ternary;
use crate::kill::{KillEvent, KillRequest, Order, Ticket};
use crate::model::{
    LockReading, LockWaits, MetadataLocks, ServerAccessFault, ServerActivity, ServerReports, SessionId, Text,
    TextLimit,
};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

/// Returns the reasons of all rows as short texts, from top to bottom.
fn why(stage: &AppHarness) -> Vec<(u64, String)> {
    let rows = stage.app.table.view.window(0, 100);
    let short = rows.map(|row| {
        let all = row.diagnosis.found.iter().map(|found| found.short(row.session));
        (row.session.id.0, all.collect::<Vec<_>>().join(", "))
    });
    short.filter(|(_, why)| !why.is_empty()).collect()
}

/// Returns the name of each thread of the view with its lines of the tree.
fn tree(stage: &AppHarness) -> Vec<String> {
    let rows = &stage.app.table.view.blockers.rows;
    let threads = rows.iter().filter_map(|row| row.thread());
    threads
        .map(|thread| format!("{}{}", thread.tree, thread.name))
        .collect()
}

/// Passes the check of the open dialog for a session.
pub(super) fn pass_check(stage: &mut AppHarness, id: u64) {
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(id);
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
}

#[test]
fn the_root_blocker_is_first_and_every_trouble_has_one_reason() {
    let stage = locked((80, 24));
    assert_eq!(
        why(&stage),
        [
            (1042, "blocks 3 for 48s".to_owned()),
            (1187, "waits 48s for 1042".to_owned()),
            (1188, "waits 12s for 1042".to_owned()),
        ]
    );
    let view = &stage.app.table.view;
    let words = |place: usize| {
        let row = view.row(place).unwrap();
        row.diagnosis.strongest().unwrap().words(row.session)
    };
    assert_eq!(
        words(0),
        "blocks 3 sessions, the longest for 48s; transaction open for 6m, idle since its last statement, \
         4 rows locked"
    );
    assert_eq!(
        words(1),
        "waits 48s on db-01 for session 1042 etl@10.0.3.7, lock on shop.orders"
    );
}

#[test]
fn a_transaction_that_blocks_no_other_is_marked_by_its_age_while_idle() {
    let mut stage = locked((80, 24));
    let alone = ServerActivity {
        lock_waits: LockWaits::None,
        ..activity()
    };
    let mut alone = alone;
    alone.transactions.rows.truncate(1);
    report(&mut stage, Ok(alone));
    list_without(&mut stage, &[]);
    assert_eq!(why(&stage), [(1042, "transaction 6m".to_owned())]);
    let row = stage.app.table.view.row(0).unwrap();
    let words = row.diagnosis.strongest().unwrap().words(row.session);
    assert!(!words.contains("inferred"), "{words}");
    // A statement runs: the transaction is in use.
    let mut busy = ServerActivity {
        lock_waits: LockWaits::None,
        ..activity()
    };
    busy.transactions.rows.truncate(1);
    busy.threads.rows[0].command = Some(text("Query"));
    report(&mut stage, Ok(busy));
    list_without(&mut stage, &[]);
    assert_eq!(why(&stage), []);
}

#[test]
fn a_session_that_begins_to_block_others_is_an_event_of_its_own() {
    let mut stage = locked((80, 24));
    let mut alone = ServerActivity {
        lock_waits: LockWaits::None,
        ..activity()
    };
    alone.transactions.rows.truncate(1);
    report(&mut stage, Ok(alone));
    list_without(&mut stage, &[]);
    // The waits, of up to 48 s, begin after the first list.
    stage.wait(Duration::from_mins(2));
    let before = stage.app.events.len();
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[]);
    let newer = stage.app.events.len() - before;
    let lines: Vec<_> = stage.app.events.from(0).take(newer).collect();
    let found = lines.iter().find(|event| event.text.contains("blocks"));
    let event =
        found.unwrap_or_else(|| panic!("{:?}", lines.iter().map(|one| &one.text).collect::<Vec<_>>()));
    assert!(
        event.text.starts_with("1042 etl@10.0.3.7  blocks 3 sessions"),
        "{}",
        event.text
    );
    assert_eq!(event.kind.words(), "got worse");
}

#[test]
fn filters_use_the_locks() {
    let mut stage = locked((80, 24));
    for (filter, ids) in [
        ("blocks>0", &[1042, 1188][..]),
        ("waits>=12s", &[1187, 1188]),
        ("trx>5m", &[1042]),
        ("rows_locked=0", &[1300]),
        ("reason=blocks", &[1042]),
    ] {
        stage.type_text(&format!("/{filter}"));
        stage.press(Code::Enter);
        let mut shown = stage.shown().0;
        shown.sort_unstable();
        assert_eq!(shown, ids, "{filter}");
        stage.press(Code::Esc);
    }
}

#[test]
fn locks_are_unknown_without_a_current_report() {
    let mut stage = locked((80, 24));
    report(&mut stage, Err(ServerAccessFault::NoPrivilege(text("PROCESS"))));
    list_without(&mut stage, &[]);
    assert_eq!(why(&stage), []);
    let row = stage.app.table.view.row(0).unwrap();
    assert!(row.diagnosis.unjudged.has("blocks"));
    report(&mut stage, Ok(activity()));
    stage.wait(Duration::from_secs(20));
    list_without(&mut stage, &[]);
    let row = stage.app.table.view.row(0).unwrap();
    assert!(row.diagnosis.unjudged.has("blocks"), "the report is 20 s old");
}

#[test]
fn the_view_has_the_blocker_of_most_first_with_its_waiters_below() {
    let stage = locked((80, 24));
    assert_eq!(
        tree(&stage),
        [
            "1042 etl@10.0.3.7",
            "  ├ 1187 shop_api@10.0.1.7",
            "  └ 1188 web@10.0.1.2",
            "    └ 1211 web@10.0.1.3",
            "thread 77 root@localhost",
            "  └ 1230 web@10.0.1.4",
        ]
    );
}

/// Answers the readings before the last check: of the threads, and of these locks.
fn answer_readings(stage: &mut AppHarness, activity: ServerActivity) {
    let ticket = asked(stage, |request| {
        matches!(request, KillRequest::ReadThreads { .. })
    });
    stage.send(Msg::Kill(KillEvent::ThreadsRead(ticket, Vec::new())));
    let ticket = asked(stage, |request| matches!(request, KillRequest::ReadLocks { .. }));
    let now = stage.app.now;
    let report = report_at(now.wall, Ok(activity));
    let reading = LockReading {
        asked_at: now,
        reports: ServerReports::from([(report.server.clone(), report)]),
    };
    stage.send(Msg::Kill(KillEvent::LocksRead(ticket, reading)));
}

pub(super) fn asked(stage: &AppHarness, is_meant: impl Fn(&KillRequest) -> bool) -> Ticket {
    let ticket = stage.asked.iter().rev().find_map(|effect| match effect {
        Effect::Kill(Order::Ask { ticket, request, .. }) if is_meant(request) => Some(*ticket),
        _ => None,
    });
    ticket.unwrap()
}

#[test]
fn a_kill_from_the_view_is_skipped_if_the_session_no_longer_blocks() {
    let mut stage = locked((80, 24));
    stage.type_text("bK");
    pass_check(&mut stage, 1042);
    stage.press(Code::Char('y'));
    let free = ServerActivity {
        lock_waits: LockWaits::None,
        ..ServerActivity::default()
    };
    // The report still says that it blocks.
    answer_readings(&mut stage, free);
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(1042);
    stage.on_check(ticket, Ok(detail));
    assert_eq!(stage.deletes(), []);
    let status = stage.app.status.clone().unwrap().text;
    assert!(status.contains("no longer blocks"), "{status}");
}

#[test]
fn a_kill_from_the_view_ends_a_session_that_still_blocks() {
    let mut stage = locked((80, 24));
    stage.type_text("bK");
    pass_check(&mut stage, 1042);
    stage.press(Code::Char('y'));
    answer_readings(&mut stage, activity());
    let ticket = stage.last_check().unwrap();
    let detail = stage.detail(1042);
    stage.on_check(ticket, Ok(detail));
    assert!(matches!(stage.deletes()[..], [(1042, _)]));
}

#[test]
fn the_dialog_of_a_waiter_names_its_root_and_changes_to_it() {
    let mut stage = locked((80, 24));
    stage.type_text("bjjjK");
    let root = |stage: &AppHarness| stage.app.modal.kill_dialog().unwrap().root.clone();
    let victim = |stage: &AppHarness| {
        let dialog = stage.app.modal.kill_dialog().unwrap();
        dialog.batch.tasks()[0].victim.identity.id.0
    };
    assert_eq!(victim(&stage), 1211);
    assert_eq!(root(&stage).unwrap().name, "session 1042 etl@10.0.3.7");
    stage.press(Code::Char('b'));
    assert_eq!(victim(&stage), 1042);
    assert!(root(&stage).is_none());
}

#[test]
fn the_cursor_moves_to_the_root_blocker_with_the_dialog() {
    let mut stage = locked((80, 24));
    stage.type_text("jjj");
    assert_eq!(stage.shown().1, Some(1211));
    stage.type_text("Kb");
    assert_eq!(stage.shown().1, Some(1042));
    stage.type_text("nb");
    stage.type_text("jjjKb");
    let pane = stage.app.blockers.as_ref().unwrap();
    let rows = &stage.app.table.view.blockers.rows;
    assert_eq!(pane.chosen(rows).unwrap().session, Some(SessionId(1042)));
}

#[test]
fn the_root_of_a_dialog_is_a_session_and_not_only_its_id() {
    let mut stage = locked((80, 24));
    stage.type_text("bjjjK");
    list_with_other(&mut stage, 1042);
    stage.press(Code::Char('b'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(stage.app.status.clone().unwrap().text, "1042 has already ended");
}

#[test]
fn the_dialog_of_several_says_what_only_the_servers_report() {
    let mut stage = locked((80, 24));
    stage.type_text("/1187 or 1300");
    stage.press(Code::Enter);
    stage.type_text("*K");
    let work = |stage: &AppHarness| stage.app.modal.kill_dialog().unwrap().counts.work.unwrap();
    assert_eq!(work(&stage).statement, Ternary::Yes);
    assert_eq!(work(&stage).transaction, Ternary::Yes);
    // 1187 runs the statement. Without it, nothing is known to run.
    let dialog = stage.app.modal.kill_dialog().unwrap();
    let mut ids = dialog.batch.tasks().iter().map(|task| task.victim.identity.id.0);
    let place = ids.position(|id| id == 1187).unwrap();
    for _ in 0..place {
        stage.press(Code::Down);
    }
    stage.type_text("x");
    assert_ne!(work(&stage).statement, Ternary::Yes);
}

#[test]
fn from_a_session_that_waits_for_a_thread_outside_the_proxy_its_kill_is_copied() {
    let copied = |stage: &AppHarness| {
        let texts = stage.asked.iter().filter_map(|effect| match effect {
            Effect::Copy(text) => Some(text.clone()),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    // From its details, from its kill dialog, and from a dialog of several with the cursor on it.
    for keys in ["1230\nb", "1230Kb", "/1230 or 1300\n*Kb"] {
        let mut stage = locked((80, 24));
        for key in keys.chars() {
            match key {
                '\n' => stage.press(Code::Enter),
                key => stage.press(Code::Char(key)),
            }
        }
        assert!(stage.app.blockers.is_some(), "{keys}");
        stage.press(Code::Char('y'));
        stage.press(Code::Enter);
        assert_eq!(copied(&stage), ["KILL 77"], "{keys}");
    }
}

#[test]
fn b_changes_to_the_root_blocker_of_the_victim_under_the_cursor() {
    let mut stage = locked((80, 24));
    stage.type_text("/service=RW-Split and waits>=0s");
    stage.press(Code::Enter);
    stage.type_text("*K");
    let victims = |stage: &AppHarness| stage.app.modal.kill_dialog().unwrap().batch.tasks().len();
    assert!(victims(&stage) > 1);
    stage.press(Code::Char('b'));
    let dialog = stage.app.modal.kill_dialog().unwrap();
    assert_eq!(dialog.batch.tasks()[0].victim.identity.id.0, 1042);
    assert_eq!(victims(&stage), 1);
}

fn has_kill(choices: &[CopyChoice]) -> bool {
    choices.iter().any(|choice| choice.text.starts_with("KILL "))
}

#[test]
fn a_thread_that_is_no_session_has_a_kill_to_copy_unless_it_is_protected() {
    let mut stage = locked((80, 24));
    stage.type_text("bjjjjK");
    assert!(stage.app.modal.kill_dialog().is_none());
    stage.press(Code::Char('y'));
    stage.press(Code::Enter);
    let copied = |stage: &AppHarness| {
        let texts = stage.asked.iter().filter_map(|effect| match effect {
            Effect::Copy(text) => Some(text.clone()),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(copied(&stage), ["KILL 77"]);
    for (user, command) in [
        ("system user", "Slave_SQL"),
        ("event_scheduler", "Daemon"),
        ("repl", "Binlog Dump"),
        ("wsrep applier", "Sleep"),
    ] {
        let mut activity = activity();
        let thread = activity
            .threads
            .rows
            .iter_mut()
            .find(|thread| thread.id == 77)
            .unwrap();
        thread.user = Some(text(user));
        thread.command = Some(text(command));
        report(&mut stage, Ok(activity));
        list_without(&mut stage, &[]);
        let offer = stage.app.copy_offer();
        assert!(!has_kill(&offer.choices), "{user}");
        assert!(offer.no_kill.is_some(), "{user}");
    }
    stage.app.settings.protect = crate::filter::Filter::parse("user=root").unwrap();
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[]);
    let offer = stage.app.copy_offer();
    assert!(!has_kill(&offer.choices), "protect matches its user");
}

#[test]
fn a_cycle_and_a_hundred_waiters_are_bounded() {
    let mut stage = locked((80, 24));
    let mut many = activity();
    let LockWaits::Known(pairs) = &mut many.lock_waits else {
        unreachable!()
    };
    let pair = pairs.rows[0].clone();
    for waiter in 1000..1100 {
        let blocker = 261;
        pairs.rows.push(crate::model::LockWait {
            waiter,
            blocker,
            ..pair.clone()
        });
    }
    for (waiter, blocker) in [(2000, 2001), (2001, 2000)] {
        pairs.rows.push(crate::model::LockWait {
            waiter,
            blocker,
            ..pair.clone()
        });
    }
    report(&mut stage, Ok(many));
    list_without(&mut stage, &[]);
    let tree = tree(&stage);
    assert!(tree.len() < 25, "{tree:#?}");
    let in_cycle = |name: &&String| name.contains("thread 2000") || name.contains("thread 2001");
    assert_eq!(tree.iter().filter(in_cycle).count(), 2);
}

#[test]
fn without_the_plugin_a_wait_for_a_metadata_lock_names_who_may_hold_it() {
    let mut stage = locked((80, 24));
    let mut activity = activity();
    activity.lock_waits = LockWaits::None;
    activity.metadata_locks = MetadataLocks::NoPlugin;
    activity.transactions.rows.truncate(1);
    activity.threads.rows[1].state = Some(text("Waiting for table metadata lock"));
    report(&mut stage, Ok(activity));
    list_without(&mut stage, &[]);
    assert_eq!(tree(&stage), ["1187 shop_api@10.0.1.7"], "no holder is claimed");
    let rows = &stage.app.table.view.blockers.rows;
    let notes = rows.iter().filter_map(|row| match row {
        BlockerRow::Note { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(notes.collect::<Vec<_>>(), ["perhaps behind 1042 etl@10.0.3.7"]);
    assert!(!rows.iter().filter_map(BlockerRow::thread).any(ThreadRow::is_root));
}

#[test]
fn the_view_stays_under_a_kill_dialog_and_the_help() {
    let mut stage = locked((80, 24));
    stage.type_text("bK");
    assert!(stage.app.modal.kill_dialog().is_some());
    assert!(stage.app.blockers.is_some(), "drawn below the dialog");
    stage.press(Code::Char('n'));
    assert!(stage.app.blockers.is_some(), "after No");
    stage.type_text("?");
    stage.press(Code::Esc);
    assert!(stage.app.blockers.is_some(), "after the help");
    stage.press(Code::Char('K'));
    pass_check(&mut stage, 1042);
    stage.press(Code::Char('y'));
    assert!(
        stage.app.modal.is_closed() && stage.app.blockers.is_some(),
        "after Yes"
    );
    // The first Esc stops the kill.
    stage.press(Code::Esc);
    stage.press(Code::Esc);
    assert!(stage.app.blockers.is_none());
}

#[test]
fn from_the_details_the_cursor_is_on_their_session() {
    let mut stage = locked((80, 24));
    let cursor = |stage: &AppHarness| {
        let rows = &stage.app.table.view.blockers.rows;
        let pane = stage.app.blockers.as_ref().unwrap();
        pane.chosen(rows).unwrap().session.unwrap().0
    };
    stage.type_text("1188");
    stage.press(Code::Enter);
    stage.press(Code::Char('b'));
    assert_eq!(cursor(&stage), 1188);
    stage.press(Code::Esc);
    assert!(stage.app.detail.is_some(), "back to the details");
    stage.press(Code::Esc);
    stage.type_text("1300");
    stage.press(Code::Enter);
    stage.press(Code::Char('b'));
    assert_eq!(cursor(&stage), 1042, "the first one");
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(status, "session 1300 blocks no other and waits for none");
}

#[test]
fn without_a_database_user_the_statement_that_creates_it_is_copied() {
    let mut stage = AppHarness::new(crate::model::Dialect::JsonApi, (80, 24));
    stage.type_text("by");
    stage.press(Code::Enter);
    let is_create = |effect: &Effect| matches!(effect, Effect::Copy(text) if text.starts_with("CREATE USER"));
    assert!(stage.asked.iter().any(is_create));
}

/// Returns the lines under threads whose sessions have ended.
fn ended(stage: &AppHarness) -> Vec<String> {
    let rows = stage.app.table.view.blockers.rows.iter();
    let ended = rows.filter_map(|row| match row {
        BlockerRow::Ended {
            endpoint,
            ended,
            runs,
            ..
        } => Some(stage.app.ended_text(*endpoint, ended, *runs)),
        _ => None,
    });
    ended.collect()
}

fn notes(stage: &AppHarness) -> Vec<String> {
    let rows = stage.app.table.view.blockers.rows.iter();
    let notes = rows.filter_map(|row| match row {
        BlockerRow::Note { text, .. } => Some(text.clone()),
        _ => None,
    });
    notes.collect()
}

#[test]
fn a_thread_of_an_ended_session_is_named_as_its_and_not_as_foreign() {
    let mut stage = locked((80, 24));
    stage.wait(Duration::from_secs(1));
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[1042]);
    assert_eq!(tree(&stage)[0], "thread 261 of session 1042");
    assert_eq!(
        ended(&stage),
        ["session 1042 ended 0s ago; its transaction is still open"]
    );
    let foreign = notes(&stage)
        .iter()
        .filter(|note| note.contains("of no session of this proxy"))
        .count();
    assert_eq!(foreign, 1, "only thread 77 is: {:?}", notes(&stage));
    let words = stage.app.table.view.row(0).unwrap();
    let words = words.diagnosis.strongest().unwrap().words(words.session);
    assert!(
        words.contains("for thread 261 of session 1042, which has ended"),
        "{words}"
    );
    stage.type_text("bK");
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(
        status,
        "session 1042 has already ended: y copies the KILL of the thread"
    );
    // Once the server no longer has the thread, nothing of it is left.
    let mut gone = activity();
    gone.threads.rows.remove(0);
    report(&mut stage, Ok(gone));
    list_without(&mut stage, &[1042]);
    assert_eq!(ended(&stage), [] as [&str; 0]);
}

#[test]
fn a_statement_of_a_killed_session_says_when_it_was_killed() {
    let mut stage = locked((80, 24));
    stage.type_text("bjK");
    pass_check(&mut stage, 1187);
    stage.press(Code::Char('y'));
    answer_readings(&mut stage, activity());
    let (ticket, detail) = (stage.last_check().unwrap(), stage.detail(1187));
    stage.on_check(ticket, Ok(detail));
    let [(1187, delete)] = stage.deletes()[..] else {
        panic!("one DELETE")
    };
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(
        stage.last_check().unwrap(),
        Err(crate::model::RequestError::NotFound),
    );
    stage.wait(Duration::from_secs(3));
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[1187]);
    assert_eq!(
        ended(&stage),
        ["session 1187 was killed 3s ago; its statement still runs"]
    );
}

#[test]
fn every_statement_that_an_ended_session_has_left_running_is_listed() {
    // Thread 280 runs a statement and has no transaction; 261 has one, and no longer blocks.
    let alone = |command: &str| {
        let mut alone = ServerActivity {
            lock_waits: LockWaits::None,
            ..activity()
        };
        alone.transactions.rows.truncate(1);
        let mut running = alone.threads.rows[1].clone();
        running.id = 280;
        running.user = Some(text("app"));
        running.command = Some(text(command));
        alone.threads.rows.push(running);
        alone.threads.rows[0].command = Some(text("Query"));
        alone.threads.rows[0].statement = Some(text("UPDATE t"));
        alone
    };
    let mut stage = locked((80, 24));
    stage.wait(Duration::from_secs(1));
    report(&mut stage, Ok(alone("Query")));
    list_without(&mut stage, &[]);
    assert_eq!(ended(&stage), [] as [&str; 0], "both sessions are listed");
    list_without(&mut stage, &[1042, 1300]);
    let left = [
        "session 1042 ended 0s ago; its statement still runs",
        "session 1300 ended 0s ago; its statement still runs",
    ];
    assert_eq!(ended(&stage), left);
    assert_eq!(stage.app.table.view.blockers.totals.left_running, 2);
    stage.type_text("bG");
    let pane = stage.app.blockers.as_ref().unwrap();
    let (rows, height) = (&stage.app.table.view.blockers.rows, stage.app.blocker_lines());
    assert!(
        pane.top + height >= rows.len(),
        "the line below the last thread is shown"
    );
    // A round that fails says nothing about them.
    report(&mut stage, Err(ServerAccessFault::Busy));
    list_without(&mut stage, &[1042, 1300]);
    report(&mut stage, Ok(alone("Query")));
    list_without(&mut stage, &[1042, 1300]);
    assert_eq!(ended(&stage), left);
    report(&mut stage, Ok(alone("Sleep")));
    list_without(&mut stage, &[1042, 1300]);
    assert_eq!(ended(&stage), [left[0]]);
}

#[test]
fn the_statement_of_a_session_that_connected_after_the_last_report_is_found_by_the_next_one() {
    let mut stage = locked((80, 24));
    let mut late = activity();
    let mut running = late.threads.rows[1].clone();
    running.id = 280;
    running.user = Some(text("app"));
    late.threads.rows.push(running);
    stage.wait(Duration::from_secs(1));
    list_without(&mut stage, &[1300]);
    assert_eq!(ended(&stage), [] as [&str; 0]);
    stage.wait(Duration::from_secs(1));
    report(&mut stage, Ok(late));
    list_without(&mut stage, &[1300]);
    assert_eq!(
        ended(&stage),
        ["session 1300 ended 1s ago; its statement still runs"]
    );
    // A report without the thread ends it.
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[1300]);
    assert_eq!(ended(&stage), [] as [&str; 0]);
}

#[test]
fn a_protected_session_has_no_kill_to_copy_from_the_view() {
    let mut stage = locked((80, 24));
    stage.app.settings.protect = crate::filter::Filter::parse("address=10.0.3.7").unwrap();
    stage.type_text("by");
    let menu = stage.app.modal.copy_menu().unwrap();
    assert!(!has_kill(&menu.choices), "{:?}", menu.choices);
    assert_eq!(
        menu.no_kill.as_deref(),
        Some("session 1042 is protected by the configuration")
    );
    stage.press(Code::Esc);
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.is_closed());
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(status, "session 1042: protected by the configuration");
}

#[test]
fn when_the_chosen_thread_is_gone_no_other_one_gets_its_keys() {
    let mut stage = locked((80, 24));
    stage.type_text("bK");
    assert!(stage.app.modal.kill_dialog().is_some());
    stage.press(Code::Char('n'));
    let chosen = stage.app.chosen_blocker().unwrap();
    assert_eq!(chosen.session.map(|id| id.0), Some(1042));
    let mut after = activity();
    let LockWaits::Known(pairs) = &mut after.lock_waits else {
        panic!("no pairs");
    };
    pairs.rows.retain(|wait| wait.blocker != chosen.key.thread);
    after
        .transactions
        .rows
        .retain(|open| open.thread != chosen.key.thread);
    after.threads.rows.retain(|thread| thread.id != chosen.key.thread);
    report(&mut stage, Ok(after));
    list_without(&mut stage, &[1042]);
    assert!(!stage.app.table.view.blockers.rows.is_empty());
    stage.type_text("K");
    assert!(stage.app.modal.is_closed());
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(
        status,
        "the chosen thread is gone: choose another one with the arrow keys"
    );
    stage.press(Code::Down);
    assert!(stage.app.chosen_blocker().is_some());
}
