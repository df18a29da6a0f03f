//! The kill dialog: its victims, the chosen button, and its keys.

use std::collections::BTreeMap;
use std::time::Duration;

use tui_input::{Input, InputRequest};

use super::App;
use super::keymap::Action;
use super::keymap::{Code, KeyPress};
use super::status::Status;
use crate::filter::{Filter, FilterInput};
use crate::kill::{
    DialogResult, DialogState, KillBatch, Order, Press, RefusalReason, Rules, Ticket, Victim, check_killable,
    reason_names,
};
use crate::model::{Identity, Lookup, Now, Session, Text, TextLimit};

/// Maximum length of a reason, in characters. A reason is one line.
const MAX_REASON_LEN: usize = 200;

/// State of the open dialog.
#[derive(Clone, Debug)]
pub struct KillDialog {
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
    /// Whether the victims are the marked sessions and the row under the table's cursor is not one of
    /// them.
    pub beside_cursor: bool,
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
            return self.open_dialog(victim.into_iter().collect(), false);
        }
        if self.is_regrouping() {
            self.status = Some(Status::note("loading sessions …".to_owned()));
            return;
        }
        if !self.marks.is_empty() {
            let on_mark = self.is_cursor_on_mark();
            return self.open_dialog(self.marked(), !on_mark);
        }
        if self.shows_groups() {
            let victims = self.victims_of_group();
            if !victims.is_empty() {
                self.open_dialog(victims, false);
            }
            return;
        }
        let Some(row) = self.table.view.row(self.table.position()) else {
            return;
        };
        if row.has_ended() {
            self.status = Some(Status::note(format!("{} has already ended", row.session.id)));
            return;
        }
        let victim = self.victim(row.identity(), row.session.clone(), None);
        self.open_dialog(victim.into_iter().collect(), false);
    }

    fn is_cursor_on_mark(&self) -> bool {
        if self.shows_groups() {
            return self.is_group_marked();
        }
        self.table.cursor.as_ref().is_some_and(|key| self.marks.has(key))
    }

    /// Returns the marked sessions as the latest snapshots have them.
    fn marked(&self) -> Vec<Victim> {
        let marks = self.marks.iter().filter_map(|mark| {
            let latest = self.endpoint(mark.key.endpoint)?.latest.as_ref()?;
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
        let endpoint = self.endpoint(identity.endpoint)?;
        let diagnosis = self.table.view.diagnosis(&identity.key());
        let reasons = diagnosis.as_ref().map(reason_names).unwrap_or_default();
        let subject = FilterInput {
            endpoint: Some(&endpoint.name),
            reasons: Some(reasons.as_reasons()),
            ..FilterInput::new(&session)
        };
        let refused = check_killable(&subject, endpoint.authority(), &self.settings.protect).err();
        let latest = endpoint.latest.as_ref();
        Some(Victim {
            endpoint: endpoint.name.as_str().into(),
            dialect: endpoint.dialect?,
            instance: latest.and_then(|latest| latest.instance.clone()),
            reasons,
            identity,
            session,
            taken_by,
            refused,
        })
    }

    /// Opens the dialog. If no victim can be killed, the status line shows why and no dialog opens.
    fn open_dialog(&mut self, victims: Vec<Victim>, beside_cursor: bool) {
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
            thresholds: self.settings.thresholds,
        };
        let (batch, orders) = KillBatch::open(number, victims, rules);
        let mut asking = KillDialog {
            batch,
            dialog: DialogState::default(),
            cursor: 0,
            reason: Input::default(),
            types_reason: false,
            by_user: Vec::new(),
            by_service: Vec::new(),
            beside_cursor,
        };
        asking.count();
        self.kills.asking = Some(asking);
        self.outbox.push_orders(orders);
    }

    /// Handles a key in the dialog.
    pub(super) fn dialog_key(&mut self, action: Action) {
        let page = isize::try_from(self.page() / 2).unwrap_or(1).max(1);
        let now = self.now;
        let Some(asking) = &mut self.kills.asking else {
            return;
        };
        match action {
            Action::Yes => self.press(Press::Yes),
            Action::No => self.press(Press::No),
            Action::Choose => self.press(Press::Move),
            Action::Accept => self.press(Press::Enter),
            Action::Erase => self.press(Press::Erase),
            Action::Move(lines) => asking.step(lines),
            Action::Page(pages) => asking.step(pages.saturating_mul(page)),
            Action::First => asking.step(isize::MIN),
            Action::Last => asking.step(isize::MAX),
            Action::Strike => self.outbox.push_orders(asking.remove(now)),
            Action::Reason => asking.types_reason = true,
            _ => {}
        }
    }

    /// Handles a digit of the number of victims.
    pub(super) fn dialog_digit(&mut self, digit: char) {
        self.press(Press::Digit(digit));
    }

    /// Handles a key while the reason is typed.
    pub(super) fn reason_key(&mut self, key: KeyPress) {
        if let Some(asking) = &mut self.kills.asking {
            asking.reason_key(key);
        }
    }

    fn press(&mut self, press: Press) {
        let now = self.now;
        let Some(asking) = &mut self.kills.asking else {
            return;
        };
        match asking
            .dialog
            .press(press, asking.batch.confirmable(), now.elapsed)
        {
            DialogResult::Stay => {}
            DialogResult::No => {
                self.close_dialog();
                self.status = Some(Status::note("nothing was killed".to_owned()));
            }
            DialogResult::Yes if asking.batch.open_dialog_ticket().is_none() => {}
            DialogResult::Yes => {
                if let Some(mut asking) = self.kills.asking.take() {
                    self.kills.share_requests_with(&mut asking.batch);
                    let reason = asking.reason.value().trim();
                    let reason = (!reason.is_empty()).then(|| Text::clean(reason, TextLimit::Line));
                    let orders = asking.batch.confirm(reason, self.settings.grace, now);
                    self.kills.batches.push(asking.batch);
                    self.outbox.push_orders(orders);
                }
                self.rebuild_view();
            }
        }
    }

    pub(super) fn close_dialog(&mut self) {
        self.kills.asking = None;
        self.rebuild_view();
    }

    /// Returns the ticket of the dialog if Yes is possible, for the frame drawn now.
    pub fn open_dialog_ticket(&self) -> Option<Ticket> {
        self.kills.asking.as_ref()?.batch.open_dialog_ticket()
    }

    /// Requires a new frame before Yes, because the program was suspended.
    pub(super) fn dialog_resumed(&mut self) {
        if let Some(asking) = &mut self.kills.asking {
            asking.dialog = DialogState::default();
        }
    }

    /// Handles a written frame. If it showed an enabled Yes, the 300 ms before Yes is accepted begin.
    pub(super) fn on_dialog_drawn(&mut self, question: Option<Ticket>) {
        let now: Duration = self.now.elapsed;
        let open = self.open_dialog_ticket();
        if let Some(asking) = &mut self.kills.asking {
            asking.dialog.on_drawn(open.is_some() && open == question, now);
        }
    }
}

impl KillDialog {
    fn step(&mut self, victims: isize) {
        let last = self.batch.tasks().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(victims).min(last);
    }

    /// Strikes a victim out. A single victim cannot be struck out: that would be No.
    fn remove(&mut self, now: Now) -> Vec<Order> {
        if self.batch.tasks().len() < 2 {
            return Vec::new();
        }
        let orders = self.batch.remove(self.cursor, now);
        self.dialog.on_change();
        self.count();
        self.step(1);
        orders
    }

    fn count(&mut self) {
        self.by_user = counted(&self.batch, |session| session.user.as_ref());
        self.by_service = counted(&self.batch, |session| session.service.as_ref());
    }

    fn reason_key(&mut self, key: KeyPress) {
        let room = self.reason.value().chars().count() < MAX_REASON_LEN;
        let request = match (key.code, key.ctrl) {
            (Code::Enter | Code::Esc | Code::Tab, _) | (Code::Char('c'), true) => {
                self.types_reason = false;
                return;
            }
            (Code::Char('u'), true) => {
                self.reason.reset();
                return;
            }
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Char(c), false) if room && !c.is_control() => InputRequest::InsertChar(c),
            (Code::Backspace, _) => InputRequest::DeletePrevChar,
            (Code::Delete, _) => InputRequest::DeleteNextChar,
            (Code::Left, _) => InputRequest::GoToPrevChar,
            (Code::Right, _) => InputRequest::GoToNextChar,
            (Code::Home, _) => InputRequest::GoToStart,
            (Code::End, _) => InputRequest::GoToEnd,
            _ => return,
        };
        let _ = self.reason.handle(request);
    }

    /// Inserts pasted text into the reason while it is typed, and nowhere else.
    pub(super) fn paste(&mut self, text: &str) {
        if self.types_reason {
            for c in text.chars() {
                self.reason_key(KeyPress::plain(Code::Char(c)));
            }
        }
    }
}

/// Counts the remaining victims by a value, largest first.
fn counted(batch: &KillBatch, of: impl Fn(&Session) -> Option<&Text>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<Option<&Text>, usize> = BTreeMap::new();
    for task in batch.tasks().iter().filter(|task| !task.is_removed()) {
        *counts.entry(of(&task.victim.session)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(name, count)| (name.map_or("unknown", Text::as_str).to_owned(), count))
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
