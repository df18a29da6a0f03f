//! The kill dialog: its victims, the chosen button, and its keys.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tui_input::Input;

use super::App;
use super::blockers::RootBlocker;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::kill_selection::Selection;
use super::modal::Modal;
use super::status::Status;
use super::victim_counts::{BlockCounts, VictimCounts, VictimLocks};
use super::victim_presence::Presence;
use super::victim_rows::{Diagnosing, VictimWidths};
use super::victim_selection::VictimOrigin;
use super::waiters::Waiters;
use super::wake::next_second;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::{
    DialogResult, DialogState, KillBatch, KillOutcome, KillTask, MAX_CONFIRMED_BY_KEY, Order, Press, Rules,
    Ticket, Victim, was_stopped,
};
use crate::model::{EndpointId, Now, RowKey, counted};

/// State of the open dialog.
#[derive(Clone, Debug)]
pub(crate) struct KillDialog {
    /// The victims with their identities, and the results of their checks.
    pub batch: KillBatch,
    /// The chosen button, and whether Yes is enabled.
    pub dialog: DialogState,
    /// Index of the victim under the dialog's cursor.
    pub cursor: usize,
    /// The reason as typed so far.
    pub reason: Input,
    /// Whether keys go to the reason.
    pub types_reason: bool,
    /// Widths of the longest texts of the victims.
    pub widths: VictimWidths,
    /// How the victims were selected.
    pub selection: Selection,
    /// Diagnosis of each victim, by index.
    pub diagnoses: Arc<Vec<OwnedDiagnosis>>,
    /// Transactions and locks of each victim, by index.
    pub(super) locks: Arc<Vec<VictimLocks>>,
    /// Keys of the victims, by index.
    pub(super) keys: Arc<Vec<RowKey>>,
    /// Lists without a victim, by index. Empty before the first comparison.
    pub(super) presences: Arc<Vec<Presence>>,
    /// Indexes of the victims that have ended since digits of their number are typed. The number to type still has
    /// them.
    pub(crate) ended_since: BTreeSet<usize>,
    /// State of the diagnoses after a new list.
    pub(super) diagnosing: Diagnosing,
    /// Counts of the victims that are not struck out.
    pub counts: VictimCounts,
    /// The same for each block of tasks.
    pub(super) counts_of_blocks: BlockCounts,
    /// Indexes of the victims that `h` struck out.
    pub struck_healthy: Vec<usize>,
    /// First line of the text about the only victim that is shown.
    pub scroll: usize,
    /// The root blocker that the only victim waits for.
    pub root: Option<RootBlocker>,
}

impl App {
    /// `K`: opens the dialog for the session in the details if they have the focus, otherwise for the
    /// marked sessions, otherwise for the session or the group under the cursor.
    pub(super) fn ask_to_kill(&mut self) {
        if let Some(busy) = self.kills.busy() {
            self.status = Some(Status::warning(busy));
            return;
        }
        if let Some(detail) = self.detail.as_ref().filter(|_| self.detail_has_keys()) {
            if detail.ended.is_some() {
                self.status = Some(Status::note(format!("{} has already ended", detail.identity.id)));
                return;
            }
            let origin = VictimOrigin::Session {
                identity: detail.identity.clone(),
                session: Box::new(detail.session().clone()),
                filter: None,
            };
            return self.select_victims(origin, Selection::Session);
        }
        if self.table.is_regrouping() {
            self.status = Some(Status::note("loading sessions …".to_owned()));
            return;
        }
        if !self.marks.is_empty() {
            let beside_cursor = !self.is_cursor_on_mark();
            let origin = VictimOrigin::Marks(self.marks.set());
            return self.select_victims(origin, Selection::Marks { beside_cursor });
        }
        if self.table.shows_groups() {
            match self.table.chosen_group(&self.table.view.spec.filter) {
                Ok(Some((key, filter))) => {
                    let selection = self.selected_group();
                    self.select_victims(VictimOrigin::Group { key, filter }, selection);
                }
                Ok(None) => {}
                Err(status) => self.status = Some(status),
            }
            return;
        }
        let Some(row) = self.table.view.row(self.table.cursor.position()) else {
            return;
        };
        if row.has_ended() {
            self.status = Some(Status::note(format!("{} has already ended", row.session.id)));
            return;
        }
        let origin = VictimOrigin::Session {
            identity: row.identity(),
            session: Box::new(row.session.clone()),
            filter: None,
        };
        self.select_victims(origin, Selection::Session);
    }

    fn is_cursor_on_mark(&self) -> bool {
        if self.table.shows_groups() {
            return self.table.is_group_marked();
        }
        self.table
            .cursor
            .key
            .as_ref()
            .is_some_and(|key| self.marks.has(key))
    }

    /// Handles a key in the dialog. `shown` is the line that was shown before the key.
    pub(super) fn dialog_key(&mut self, context: KeyContext, key: KeyPress, shown: Option<Status>) {
        let page = isize::try_from(self.page() / 2).unwrap_or(1).max(1);
        let Some(dialog) = self.modal.kill_dialog_mut() else {
            return;
        };
        let result = match (context, action(context, key)) {
            (KeyContext::Reason, _) => return dialog.reason_key(key),
            (_, Some(Action::Blockers)) => return self.change_to_root(),
            (_, Some(Action::Strike)) => return self.outbox.push_orders(dialog.remove(self.now)),
            (_, Some(Action::StrikeHealthy)) => {
                return self.outbox.push_orders(dialog.strike_healthy(self.now));
            }
            (_, Some(action)) => dialog.on_action(action, page, self.now),
            (_, None) => match key.typed_char().filter(char::is_ascii_digit) {
                Some(_) if (1..=MAX_CONFIRMED_BY_KEY).contains(&dialog.batch.confirmable()) => {
                    let kill = match dialog.batch.confirmable() {
                        1 => "this session".to_owned(),
                        count => format!("these {count} sessions"),
                    };
                    self.status = Some(Status::note(format!("press y to kill {kill}, n for no")));
                    return;
                }
                Some(digit) => dialog.press(Press::Digit(digit), self.now),
                None => return self.unknown_key(),
            },
        };
        match result {
            DialogResult::Stay => return,
            DialogResult::No => {
                if let Modal::KillDialog(dialog) = std::mem::take(&mut self.modal) {
                    self.on_no(&dialog.batch, shown);
                    self.free_dialog(dialog);
                }
            }
            DialogResult::Yes if dialog.batch.open_dialog_ticket().is_none() => return,
            DialogResult::Yes => {
                if let Modal::KillDialog(mut dialog) = std::mem::take(&mut self.modal) {
                    let orders = dialog.strike_out_ended(self.now);
                    self.outbox.push_orders(orders);
                    // Victims that were struck out must not be victims of the next kill unseen.
                    if dialog.batch.counts().checks.removed > 0 {
                        let tasks = dialog.batch.tasks().iter().filter(|task| task.is_removed());
                        for key in tasks.map(|task| task.victim.identity.key()) {
                            self.marks.remove(&key);
                        }
                    }
                    self.kills.expect(Waiters::of(&self.table.view, &dialog.batch));
                    self.kills
                        .confirm(*dialog, self.settings.grace, self.now, &mut self.outbox);
                }
            }
        }
        self.rebuild_view();
    }

    /// Says that a dialog has killed nothing. The outcome of an earlier kill stays before it.
    fn on_no(&mut self, batch: &KillBatch, shown: Option<Status>) {
        // Those that have ended or were refused would not have been killed either.
        let text = match (batch.victim_count(), batch.confirmable()) {
            (0, _) => "nothing was killed".to_owned(),
            (1, _) => format!("{} was not killed", batch.describe_victims()),
            (_, 1) => "1 session was not killed".to_owned(),
            (_, 2..) => format!("{} were not killed", counted(batch.confirmable(), "session")),
            (_, 0) => format!("{} were not killed", batch.describe_victims()),
        };
        let before = shown.filter(|status| status.is_logged);
        let note = Status::note(text);
        self.status = Some(match before {
            Some(before) => Status {
                level: before.level,
                is_logged: true,
                batch: before.batch,
                ..note.after(&before)
            },
            None => note,
        });
    }
}

impl KillDialog {
    /// Strikes out the victims that have ended while the dialog was open: they are not a part of the kill.
    fn strike_out_ended(&mut self, now: Now) -> Vec<Order> {
        if self.batch.counts().checks.ended == 0 {
            return Vec::new();
        }
        let has_ended =
            |task: &KillTask| !task.is_removed() && task.outcome() == Some(&KillOutcome::AlreadyGone);
        let tasks = self.batch.tasks().iter().enumerate();
        let ended = tasks.filter(|(_, task)| has_ended(task)).map(|(index, _)| index);
        let ended: Vec<_> = ended.collect();
        self.batch.toggle_removed(&ended, now)
    }

    /// Whether the newest list of a victim's endpoint does not have it.
    pub(crate) fn is_missing(&self, index: usize) -> bool {
        self.presences.get(index).is_some_and(Presence::is_missing)
    }

    /// Returns the victim under the cursor.
    pub(super) fn under_cursor(&self) -> Option<&KillTask> {
        self.batch.tasks().get(self.cursor)
    }

    /// Opens the dialog for these victims. Returns it with the orders of their checks.
    pub(super) fn open(
        number: u32,
        victims: Vec<Victim>,
        rules: Rules,
        selection: Selection,
        (diagnoses, locks): (Vec<OwnedDiagnosis>, Vec<VictimLocks>),
    ) -> (Self, Vec<Order>) {
        let keys = victims.iter().map(|victim| victim.identity.key()).collect();
        let ids = victims.iter().map(|victim| victim.identity.id);
        let id_width = ids.max().map_or(0, |id| id.to_string().len());
        let (batch, orders) = KillBatch::open(number, victims, rules);
        let mut dialog = Self {
            batch,
            dialog: DialogState::default(),
            cursor: 0,
            reason: Input::default(),
            types_reason: false,
            widths: VictimWidths {
                id: id_width,
                ..VictimWidths::default()
            },
            selection,
            diagnoses: Arc::new(diagnoses),
            locks: Arc::new(locks),
            keys: Arc::new(keys),
            presences: Arc::default(),
            ended_since: BTreeSet::new(),
            diagnosing: Diagnosing::default(),
            counts: VictimCounts::default(),
            counts_of_blocks: BlockCounts::new(),
            struck_healthy: Vec::new(),
            scroll: 0,
            root: None,
        };
        dialog.count();
        // The first frame needs them.
        dialog.batch.texts();
        (dialog, orders)
    }

    /// Handles an action. `page` is the number of victims of a page.
    fn on_action(&mut self, action: Action, page: isize, now: Now) -> DialogResult {
        match action {
            Action::Yes => return self.press(Press::Yes, now),
            Action::No => return self.press(Press::No, now),
            Action::Choose => return self.press(Press::Move, now),
            Action::Accept => return self.press(Press::Enter, now),
            Action::Erase => return self.press(Press::Erase, now),
            Action::Move(lines) => self.step(lines),
            Action::Page(pages) => self.step(pages.saturating_mul(page)),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::Reason => self.types_reason = true,
            Action::KillStatements => self.toggle_statements(),
            _ => {}
        }
        DialogResult::Stay
    }

    fn press(&mut self, press: Press, now: Now) -> DialogResult {
        let question = self.batch.open_dialog_ticket();
        let victims = self.batch.confirmable();
        self.dialog.press(press, question, victims, now.elapsed)
    }

    /// Handles an account that may only read: the victims on its endpoint cannot be killed.
    pub(super) fn forbid(&mut self, endpoint: EndpointId, now: Now) -> Vec<Order> {
        let orders = self.batch.forbid(endpoint, now);
        self.count();
        orders
    }

    /// Requires a new frame before Yes, because the program was suspended.
    pub(super) fn on_resumed(&mut self) {
        self.dialog = DialogState::default();
    }

    /// Requires a new frame before Yes if the program was stopped since `before`: a key may have been typed in
    /// that time.
    pub(super) fn on_clock(&mut self, before: &Now, now: &Now) {
        let due = self.own_wake_at(before.elapsed);
        if due.is_some_and(|due| was_stopped(due, before, now)) {
            self.on_resumed();
        }
    }

    /// Returns when the age of the checks next changes on the screen, or when keys begin to confirm.
    fn own_wake_at(&self, now: Duration) -> Option<Duration> {
        let age = self.checked_at().map(|passed| next_second(now, passed));
        let settled = self.dialog.settles_at().filter(|at| *at > now);
        age.into_iter().chain(settled).min()
    }

    /// Returns when the oldest first check that has passed was sent.
    pub(crate) fn checked_at(&self) -> Option<Duration> {
        self.batch.counts().checked_at
    }

    /// Returns when the dialog next needs the time.
    pub(super) fn wake_at(&self, now: Duration) -> Option<Duration> {
        self.own_wake_at(now)
            .into_iter()
            .chain(self.batch.wake_at())
            .min()
    }

    /// Handles a written frame. If it showed an enabled Yes, the 300 ms before Yes is accepted begin.
    /// `end` is the maximum scroll offset.
    pub(super) fn on_drawn(&mut self, question: Option<Ticket>, end: Option<usize>, now: Now) {
        self.scroll = self.scroll.min(end.unwrap_or(0));
        let open = self.batch.open_dialog_ticket();
        self.dialog
            .on_drawn(question.filter(|_| open == question), now.elapsed);
    }

    /// Moves the cursor in the list of victims, or scrolls the text about the only one.
    fn step(&mut self, victims: isize) {
        if self.batch.tasks().len() == 1 {
            self.scroll = self.scroll.saturating_add_signed(victims);
            return;
        }
        let last = self.batch.tasks().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(victims).min(last);
    }

    /// Strikes a victim out. A single victim cannot be struck out: that would be No.
    fn remove(&mut self, now: Now) -> Vec<Order> {
        if self.batch.tasks().len() < 2 {
            return Vec::new();
        }
        let orders = self.batch.toggle_removed(&[self.cursor], now);
        // From now on the user decides about this victim, not `h`.
        let own = self.cursor;
        self.struck_healthy.retain(|index| *index != own);
        self.dialog.on_change();
        self.count();
        self.step(1);
        orders
    }

    /// Ends the statements of the victims too, or not. Yes is enabled again after a new frame.
    fn toggle_statements(&mut self) {
        if self.batch.toggle_statements() {
            self.dialog.on_change();
        }
    }
}
