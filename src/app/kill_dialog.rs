//! The question before a kill: who is meant, what is chosen, which keys do what.

use std::collections::BTreeMap;
use std::time::Duration;

use tui_input::{Input, InputRequest};

use super::App;
use super::keymap::Action;
use super::keymap::{Code, KeyPress};
use super::msg::Effect;
use super::status::Status;
use crate::filter::{Filter, FilterInput};
use crate::kill::{
    DialogResult, DialogState, KillBatch, Order, Press, RefusalReason, Rules, Ticket, Victim, check_killable,
    reason_names,
};
use crate::model::{Identity, Lookup, Now, Session, Text, TextLimit};

/// A reason is a line: so many characters at most.
const MAX_REASON_LEN: usize = 200;

/// The open dialog.
#[derive(Clone, Debug)]
pub struct KillDialog {
    /// The victims, frozen, and what is known of them.
    pub batch: KillBatch,
    /// What is chosen, and whether Yes is open.
    pub dialog: DialogState,
    /// The victim under the dialog's cursor.
    pub cursor: usize,
    /// Why, as it was typed so far.
    pub reason: Input,
    /// The keys go to the reason.
    pub types_reason: bool,
    /// How many would be ended of each user, most first.
    pub by_user: Vec<(String, usize)>,
    /// The same by service.
    pub by_service: Vec<(String, usize)>,
    /// Marked ones are meant, and the row under the table's cursor is not among them.
    pub beside_cursor: bool,
}

impl App {
    /// `K`: asks about the session in the details if they have the keys, else about the marked ones,
    /// else about the one under the cursor, or all of the group there.
    pub(super) fn ask_to_kill(&mut self, effects: &mut Vec<Effect>) {
        if let Some(busy) = self.kills.busy() {
            self.status = Some(Status::warning(busy));
            return;
        }
        if let Some(detail) = self.detail.as_ref().filter(|_| self.detail_has_keys()) {
            if detail.ended.is_some() {
                self.status = Some(Status::note(format!("{} has ended already", detail.identity.id)));
                return;
            }
            let victim = self.victim(detail.identity.clone(), detail.session().clone(), None);
            return self.open_dialog(victim.into_iter().collect(), false, effects);
        }
        if self.is_regrouping() {
            self.status = Some(Status::note("not yet: the rows are on their way".to_owned()));
            return;
        }
        if !self.marks.is_empty() {
            let on_mark = self.is_cursor_on_mark();
            return self.open_dialog(self.marked(), !on_mark, effects);
        }
        if self.shows_groups() {
            let victims = self.victims_of_group();
            if !victims.is_empty() {
                self.open_dialog(victims, false, effects);
            }
            return;
        }
        let Some(row) = self.table.view.row(self.table.position()) else {
            return;
        };
        if row.has_ended() {
            self.status = Some(Status::note(format!("{} has ended already", row.session.id)));
            return;
        }
        let victim = self.victim(row.identity(), row.session.clone(), None);
        self.open_dialog(victim.into_iter().collect(), false, effects);
    }

    fn is_cursor_on_mark(&self) -> bool {
        if self.shows_groups() {
            return self.is_group_marked();
        }
        self.table.cursor.as_ref().is_some_and(|key| self.marks.has(key))
    }

    /// The marked sessions as the newest lists have them.
    fn marked(&self) -> Vec<Victim> {
        let marks = self.marks.iter().filter_map(|mark| {
            let latest = self.endpoint(mark.key.endpoint)?.latest.as_ref()?;
            let session = match latest.find(&mark.key) {
                Lookup::Same(session) => session,
                _ => mark.last()?,
            };
            // A mark knows the process that it was made in; a later one is another's.
            let process = mark.key.process.as_ref().or(latest.process());
            let identity = Identity::new(mark.key.endpoint, process, session);
            self.victim(identity, session.clone(), mark.taken_by.clone())
        });
        marks.collect()
    }

    /// Freezes a session. Nothing if its endpoint has not spoken yet.
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

    /// Where nobody could be ended, the status line says why and no dialog opens.
    fn open_dialog(&mut self, victims: Vec<Victim>, beside_cursor: bool, effects: &mut Vec<Effect>) {
        let Some(first) = victims.first() else {
            self.status = Some(Status::warning("nothing was heard yet".to_owned()));
            return;
        };
        if victims.iter().all(|victim| victim.refused.is_some()) {
            let why = first
                .refused
                .as_ref()
                .map_or_else(String::new, RefusalReason::words);
            let who = match victims.len() {
                1 => first.identity.id.to_string(),
                count => format!("none of {count}"),
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
        effects.extend(orders.into_iter().map(Effect::Kill));
    }

    /// A key in the dialog.
    pub(super) fn dialog_key(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let page = isize::try_from(self.page() / 2).unwrap_or(1).max(1);
        let now = self.now;
        let Some(asking) = &mut self.kills.asking else {
            return;
        };
        match action {
            Action::Yes => self.press(Press::Yes, effects),
            Action::No => self.press(Press::No, effects),
            Action::Choose => self.press(Press::Move, effects),
            Action::Accept => self.press(Press::Enter, effects),
            Action::Erase => self.press(Press::Erase, effects),
            Action::Move(lines) => asking.step(lines),
            Action::Page(pages) => asking.step(pages.saturating_mul(page)),
            Action::First => asking.step(isize::MIN),
            Action::Last => asking.step(isize::MAX),
            Action::Strike => effects.extend(asking.remove(now).into_iter().map(Effect::Kill)),
            Action::Reason => asking.types_reason = true,
            _ => {}
        }
    }

    /// A digit of the number of victims.
    pub(super) fn dialog_digit(&mut self, digit: char, effects: &mut Vec<Effect>) {
        self.press(Press::Digit(digit), effects);
    }

    /// A key while the reason is typed.
    pub(super) fn reason_key(&mut self, key: KeyPress) {
        if let Some(asking) = &mut self.kills.asking {
            asking.reason_key(key);
        }
    }

    fn press(&mut self, press: Press, effects: &mut Vec<Effect>) {
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
                self.close_dialog(effects);
                self.status = Some(Status::note("nothing was ended".to_owned()));
            }
            DialogResult::Yes if asking.batch.open_dialog_ticket().is_none() => {}
            DialogResult::Yes => {
                if let Some(mut asking) = self.kills.asking.take() {
                    self.kills.share_requests_with(&mut asking.batch);
                    let reason = asking.reason.value().trim();
                    let reason = (!reason.is_empty()).then(|| Text::clean(reason, TextLimit::Line));
                    let orders = asking.batch.confirm(reason, self.settings.grace, now);
                    self.kills.batches.push(asking.batch);
                    effects.extend(orders.into_iter().map(Effect::Kill));
                }
                self.rebuild_view(effects);
            }
        }
    }

    pub(super) fn close_dialog(&mut self, effects: &mut Vec<Effect>) {
        self.kills.asking = None;
        self.rebuild_view(effects);
    }

    /// The question that can be answered with Yes, if one is asked: what a frame drawn now shows.
    pub fn open_dialog_ticket(&self) -> Option<Ticket> {
        self.kills.asking.as_ref()?.batch.open_dialog_ticket()
    }

    /// The program was stopped meanwhile: what was seen before does not count any more.
    pub(super) fn dialog_resumed(&mut self) {
        if let Some(asking) = &mut self.kills.asking {
            asking.dialog = DialogState::default();
        }
    }

    /// A frame was written: if it showed that Yes is open, the 300 ms begin.
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

    /// One victim alone cannot be struck out: that would be No.
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

    /// Pasted text goes to the reason while it is typed, and nowhere else.
    pub(super) fn paste(&mut self, text: &str) {
        if self.types_reason {
            for c in text.chars() {
                self.reason_key(KeyPress::plain(Code::Char(c)));
            }
        }
    }
}

/// How many are left on the list of each, most first.
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
