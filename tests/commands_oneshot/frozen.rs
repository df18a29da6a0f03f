//! The program is frozen between a check and its DELETE, with and without a signal that it notices.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use maxtop::demo::ServedDialects;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::evidence::{checks_before_last, side_by_side};
use crate::front::{After, Delivery, Front, What};
use crate::program::{Demo, command};

/// How long the program is frozen.
const STILL: Duration = Duration::from_millis(1_500);

const CASES: [(ServedDialects, After); 4] = [
    (ServedDialects::JsonApi, After::Keep),
    (ServedDialects::JsonApi, After::Close),
    (ServedDialects::Draft, After::Keep),
    (ServedDialects::Draft, After::Close),
];

/// Stops all threads of a process without a signal, as the freezer of a container does, and reports that.
/// They continue after [`STILL`].
fn freeze(pid: Pid, is_frozen: &mpsc::Sender<()>) {
    // The program may have ended.
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return;
    };
    let ids = tasks.map(|task| task.unwrap().file_name().into_string().unwrap().parse().unwrap());
    // A thread may have ended.
    let frozen: Vec<_> = ids
        .map(Pid::from_raw)
        .filter(|id| ptrace::seize(*id, ptrace::Options::empty()).is_ok())
        .filter(|id| ptrace::interrupt(*id).is_ok())
        .filter(|id| waitpid(*id, Some(WaitPidFlag::__WALL)).is_ok())
        .collect();
    // The test may be over.
    let _ = is_frozen.send(());
    std::thread::sleep(STILL);
    for id in frozen {
        let _ = ptrace::detach(id, None);
    }
}

/// The way the program is frozen.
#[derive(Clone, Copy, Debug)]
enum Stop {
    /// SIGSTOP before the reply to the check leaves, and SIGCONT.
    Signal,
    /// Frozen before the reply leaves.
    Frozen,
    /// Frozen after this time, regardless of what the program does then.
    FrozenAfter(Duration),
}

impl Stop {
    fn begin(self, pid: Pid) {
        let (frozen, is_frozen) = mpsc::channel();
        match self {
            Self::Signal => {
                kill(pid, Signal::SIGSTOP).unwrap();
                std::thread::spawn(move || {
                    std::thread::sleep(STILL);
                    kill(pid, Signal::SIGCONT).unwrap();
                });
            }
            Self::Frozen => {
                std::thread::spawn(move || freeze(pid, &frozen));
                is_frozen.recv().unwrap();
            }
            Self::FrozenAfter(delay) => {
                std::thread::spawn(move || {
                    std::thread::sleep(delay);
                    freeze(pid, &frozen);
                });
            }
        }
    }
}

/// Kills one session and stops the program when its last check has arrived. Returns the front and the
/// exit status.
fn kill_with(stop: Stop, dialects: ServedDialects, after: After) -> (Front, Option<i32>) {
    let demo = Demo::start(dialects);
    let id = demo.ready_id();
    let pid = Arc::new(Mutex::new(None));
    let (known, check) = (Arc::clone(&pid), format!("/sessions/{id}"));
    let (before, has_begun) = (checks_before_last(dialects), AtomicBool::new(false));
    let front = Front::start(demo.running.addr, after, move |asked| {
        let is_last = asked.line.starts_with("GET ") && asked.line.ends_with(&check) && asked.nth > before;
        if is_last && !has_begun.swap(true, Ordering::SeqCst) {
            stop.begin(known.lock().unwrap().unwrap());
        }
        Delivery::AtOnce
    });
    let mut program = command(&["-e", &front.url(), "kill", &id, "--yes"]);
    let mut pid = pid.lock().unwrap();
    let child = program.spawn().unwrap();
    *pid = Some(Pid::from_raw(i32::try_from(child.id()).unwrap()));
    drop(pid);
    let output = child.wait_with_output().unwrap();
    (front, output.status.code())
}

/// The age of the last check of each DELETE when it arrived.
fn ages(front: &Front) -> Vec<Duration> {
    let notes = front.notes();
    let age = |delete: &crate::front::Note| {
        let What::Asked(line) = &delete.what else { panic!() };
        let check = What::Asked(line.replace("DELETE", "GET"));
        let mut checks = notes
            .iter()
            .filter(|note| note.what == check && note.at < delete.at);
        delete.at - checks.next_back().unwrap().at
    };
    front.deletes().iter().map(age).collect()
}

#[test]
fn no_delete_follows_a_stop_between_check_and_delete() {
    side_by_side(CASES, |(dialects, after)| {
        let (front, status) = kill_with(Stop::Signal, dialects, after);
        assert_eq!(status, Some(1), "{dialects:?} {after:?}");
        assert_eq!(front.deletes().len(), 0, "{dialects:?} {after:?}");
    });
}

#[test]
fn a_program_that_was_frozen_with_a_check_checks_again() {
    side_by_side(CASES, |(dialects, after)| {
        let (front, status) = kill_with(Stop::Frozen, dialects, after);
        let ages = ages(&front);
        assert_eq!((status, ages.len()), (Some(0), 1), "{dialects:?} {after:?}");
        assert!(
            ages[0] < Duration::from_secs(1),
            "{dialects:?} {after:?} {ages:?}"
        );
        let deletes = front.deletes();
        let What::Asked(line) = &deletes[0].what else {
            panic!()
        };
        let checks = front.asked(&line.replace("DELETE", "GET"));
        let before = checks.iter().filter(|check| check.at < deletes[0].at).count();
        assert_eq!(before, checks_before_last(dialects) + 2, "{dialects:?} {after:?}");
    });
}

#[test]
fn no_delete_is_old_wherever_the_program_was_frozen() {
    let delays = (0..6).map(|step| Duration::from_micros(300 * step));
    let cases = delays.flat_map(|delay| CASES.map(|(dialects, after)| (delay, dialects, after)));
    side_by_side(cases, |(delay, dialects, after)| {
        let (front, _) = kill_with(Stop::FrozenAfter(delay), dialects, after);
        let ages = ages(&front);
        assert!(ages.len() <= 1, "{delay:?} {dialects:?} {after:?} {ages:?}");
        let is_new = |age: &Duration| *age < Duration::from_secs(1);
        assert!(
            ages.iter().all(is_new),
            "{delay:?} {dialects:?} {after:?} {ages:?}"
        );
    });
}
