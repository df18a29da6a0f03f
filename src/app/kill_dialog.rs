//! The kill dialog: its victims, the chosen button, and its keys.

use std::time::Duration;

use tui_input::Input;

use super::App;
use super::blockers::RootBlocker;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::kill_selection::Selection;
use super::modal::Modal;
use super::status::Status;
use super::victim_rows::VictimWidths;
use super::wake::next_second;
use crate::diagnosis::OwnedDiagnosis;
use crate::filter::{Filter, FilterInput};
use crate::kill::{
    DialogResult, DialogState, KillBatch, KillTask, Order, Press, RefusalReason, Rules, Ticket, Victim,
    check_killable, reason_names, summary,
};
use crate::model::{EndpointId, Identity, Lookup, Now, Session};

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
    /// Number of sessions that would be killed, by user, largest first.
    pub by_user: Vec<(String, usize)>,
    /// The same by service.
    pub by_service: Vec<(String, usize)>,
    /// Widths of the longest texts of the victims.
    pub widths: VictimWidths,
    /// How the victims were selected.
    pub selection: Selection,
    /// Diagnosis of each victim, by index.
    pub diagnoses: Vec<OwnedDiagnosis>,
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
            let victim = self.victim(detail.identity.clone(), detail.session().clone(), None);
            return self.open_dialog(victim.into_iter().collect(), Selection::Session);
        }
        if self.table.is_regrouping() {
            self.status = Some(Status::note("loading sessions …".to_owned()));
            return;
        }
        if !self.marks.is_empty() {
            let beside_cursor = !self.is_cursor_on_mark();
            return self.open_dialog(self.marked(), Selection::Marks { beside_cursor });
        }
        if self.table.shows_groups() {
            match self.victims_of_group() {
                Ok(victims) if victims.is_empty() => {}
                Ok(victims) => self.open_dialog(victims, self.selected_group()),
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
        let victim = self.victim(row.identity(), row.session.clone(), None);
        self.open_dialog(victim.into_iter().collect(), Selection::Session);
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

    /// Returns the sessions of the group under the cursor as victims. Each stores the filter that
    /// selected it.
    fn victims_of_group(&self) -> Result<Vec<Victim>, Status> {
        let view = &self.table.view;
        let Some((key, filter)) = self.table.chosen_group(&view.spec.filter)? else {
            return Ok(Vec::new());
        };
        let rows = view.rows_of_group(&key);
        let victims =
            rows.filter_map(|row| self.victim(row.identity(), row.session.clone(), Some(filter.clone())));
        Ok(victims.collect())
    }

    /// Returns the marked sessions as the latest snapshots have them.
    fn marked(&self) -> Vec<Victim> {
        let marks = self.marks.iter().filter_map(|mark| {
            let latest = self.endpoints.get(mark.key.endpoint)?.latest.as_ref()?;
            let session = match latest.find(&mark.key) {
                Lookup::Same(session) => session,
                _ => mark.last()?,
            };
            // A mark stores the process that it was made in. In a later process the id belongs to
            // another session.
            let process = mark.key.process.as_ref().or(latest.process());
            let identity = Identity::new(mark.key.endpoint, process, session);
            self.victim(identity, session.clone(), mark.taken_by.clone())
        });
        marks.collect()
    }

    /// Returns a session as a victim, with its identity as of now. `None` if its endpoint has not
    /// replied yet.
    pub(super) fn victim(
        &self,
        identity: Identity,
        session: Session,
        taken_by: Option<Filter>,
    ) -> Option<Victim> {
        let endpoint = self.endpoints.get(identity.endpoint)?;
        let diagnosis = self.table.view.diagnosis(&identity.key());
        let reasons = diagnosis.as_ref().map(reason_names).unwrap_or_default();
        let names = self.endpoints.names_of(identity.endpoint);
        let subject = FilterInput {
            endpoint: Some(&endpoint.name),
            names: Some(&names),
            process: identity.process.as_ref(),
            reasons: Some(reasons.as_reasons()),
            locks: self.lock_numbers(identity.endpoint, &session),
            ..FilterInput::new(&session)
        };
        let refused = check_killable(&subject, endpoint.authority(), &self.settings.protect).err();
        let latest = endpoint.latest.as_ref();
        Some(Victim {
            endpoint: endpoint.name.as_str().into(),
            names,
            dialect: endpoint.dialect?,
            instance: latest.and_then(|latest| latest.instance.clone()),
            reasons,
            identity,
            session,
            taken_by,
            has_server_access: endpoint.server_access.is_set,
            refused,
        })
    }

    /// Opens the dialog. If no victim can be killed, the status line shows why and no dialog opens.
    pub(super) fn open_dialog(&mut self, mut victims: Vec<Victim>, selection: Selection) {
        let Some(first) = victims.first() else {
            self.status = Some(Status::warning("no data from the proxy yet".to_owned()));
            return;
        };
        if victims.iter().all(|victim| victim.refused.is_some()) {
            let why = first
                .refused
                .as_ref()
                .map_or_else(String::new, RefusalReason::words);
            let who = match victims.len() {
                1 => format!("session {}", first.identity.id),
                count => format!("all {count} sessions"),
            };
            self.status = Some(Status::warning(format!("{who}: {why}")));
            return;
        }
        let number = self.kills.take_numbers(victims.len());
        let rules = Rules {
            protect: self.settings.protect.clone(),
            diagnosis: self.settings.diagnosis.clone(),
            reports: self.endpoints.reports(),
            kills_statements: self.settings.kill_statements,
        };
        let root = self.root_blocker(&victims);
        let diagnoses = self.diagnose_victims(&mut victims);
        let (mut dialog, orders) = KillDialog::open(number, victims, rules, selection);
        dialog.root = root;
        dialog.diagnoses = diagnoses;
        self.modal = Modal::KillDialog(Box::new(dialog));
        self.measure_dialog();
        self.outbox.push_orders(orders);
    }

    /// Handles a key in the dialog.
    pub(super) fn dialog_key(&mut self, context: KeyContext, key: KeyPress) {
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
                Some(digit) => dialog.press(Press::Digit(digit), self.now),
                None => return,
            },
        };
        match result {
            DialogResult::Stay => return,
            DialogResult::No => {
                self.modal.close();
                self.status = Some(Status::note("nothing was killed".to_owned()));
            }
            DialogResult::Yes if dialog.batch.open_dialog_ticket().is_none() => return,
            DialogResult::Yes => {
                if let Modal::KillDialog(dialog) = std::mem::take(&mut self.modal) {
                    // Victims that were struck out must not be victims of the next kill unseen.
                    let tasks = dialog.batch.tasks().iter().filter(|task| task.is_removed());
                    for key in tasks.map(|task| task.victim.identity.key()) {
                        self.marks.remove(&key);
                    }
                    self.kills
                        .confirm(*dialog, self.settings.grace, self.now, &mut self.outbox);
                }
            }
        }
        self.rebuild_view();
    }
}

impl KillDialog {
    /// Opens the dialog for these victims. Returns it with the orders of their checks.
    fn open(number: u32, victims: Vec<Victim>, rules: Rules, selection: Selection) -> (Self, Vec<Order>) {
        let (batch, orders) = KillBatch::open(number, victims, rules);
        let mut dialog = Self {
            batch,
            dialog: DialogState::default(),
            cursor: 0,
            reason: Input::default(),
            types_reason: false,
            by_user: Vec::new(),
            by_service: Vec::new(),
            widths: VictimWidths::default(),
            selection,
            diagnoses: Vec::new(),
            struck_healthy: Vec::new(),
            scroll: 0,
            root: None,
        };
        dialog.count();
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
        self.dialog.press(press, self.batch.confirmable(), now.elapsed)
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

    /// Returns when the oldest first check that has passed was sent.
    pub(crate) fn checked_at(&self) -> Option<Duration> {
        let tasks = self.batch.tasks().iter().filter(|task| !task.is_removed());
        tasks.filter_map(KillTask::passed_at).min()
    }

    /// Returns when the age of the checks next changes on the screen.
    pub(super) fn wake_at(&self, now: Duration) -> Option<Duration> {
        let age = self.checked_at().map(|passed| next_second(now, passed));
        age.into_iter().chain(self.batch.wake_at()).min()
    }

    /// Handles a written frame. If it showed an enabled Yes, the 300 ms before Yes is accepted begin.
    /// `end` is the maximum scroll offset.
    pub(super) fn on_drawn(&mut self, question: Option<Ticket>, end: Option<usize>, now: Now) {
        self.scroll = self.scroll.min(end.unwrap_or(0));
        let open = self.batch.open_dialog_ticket();
        self.dialog
            .on_drawn(open.is_some() && open == question, now.elapsed);
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
        let orders = self.batch.toggle_removed(self.cursor, now);
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

    pub(super) fn count(&mut self) {
        self.by_user = summary::count_by(self.batch.tasks(), |session| session.user.as_ref());
        self.by_service = summary::count_by(self.batch.tasks(), |session| session.service.as_ref());
    }
}
