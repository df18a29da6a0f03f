//! Texts of the screen about the sessions that waited for a killed one.

use std::time::Duration;

use super::blockers::{asked, pass_check};
use crate::app::keymap::Code;
use crate::app::locked::{activity, list_without, locked, report};
use crate::app::msg::Msg;
use crate::kill::{KillEvent, KillRequest};
use crate::model::{LockWaits, RequestError, ServerActivity};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_outcome_says_whether_the_sessions_that_waited_continue() {
    let mut stage = locked((80, 24));
    stage.press(Code::Char('K'));
    pass_check(&mut stage, 1042);
    stage.press(Code::Char('y'));
    let ticket = asked(&stage, |request| {
        matches!(request, KillRequest::ReadThreads { .. })
    });
    stage.send(Msg::Kill(KillEvent::ThreadsRead(ticket, Vec::new())));
    stage.on_check(stage.last_check().unwrap(), Ok(stage.detail(1042)));
    let (_, delete) = stage.deletes()[0];
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
    let status = |stage: &crate::app::harness::AppHarness| stage.app.status.clone().unwrap().text;
    let killed = status(&stage);
    assert!(killed.starts_with("killed 1042 etl@10.0.3.7"), "{killed}");
    // These locks are from before the end of the session.
    list_without(&mut stage, &[1042]);
    assert_eq!(status(&stage), killed);
    // Its thread has not ended at the server.
    stage.wait(SECOND);
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[1042]);
    assert_eq!(
        status(&stage),
        format!("{killed}; 3 sessions that waited still wait")
    );
    stage.wait(SECOND);
    let free = ServerActivity {
        lock_waits: LockWaits::None,
        ..ServerActivity::default()
    };
    report(&mut stage, Ok(free));
    list_without(&mut stage, &[1042]);
    assert_eq!(
        status(&stage),
        format!("{killed}; 3 sessions that waited continue")
    );
    assert_eq!(
        stage.app.kills.waiters_words(0),
        "; 3 sessions that waited continue"
    );
    // What they wait for later has another cause.
    stage.wait(SECOND);
    report(&mut stage, Ok(activity()));
    list_without(&mut stage, &[1042]);
    assert_eq!(
        stage.app.kills.waiters_words(0),
        "; 3 sessions that waited continue"
    );
}
