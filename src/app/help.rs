//! The help: opens over any view, scrolls by pages, and finds texts. Closing it shows the view unchanged.

mod content;
mod line;

use tui_input::{Input, InputRequest};

use super::App;
use super::keymap::{Action, Code, KeyContext, KeyPress, action};

pub(crate) use self::content::title;
use self::content::{HelpSettings, lines};
pub(crate) use self::line::{HelpLine, HelpStyle};

/// Words of the screen that the help explains.
pub(crate) const TABLE_PAUSED: &str = "table paused";
pub(crate) const SORTING_PAUSED: &str = "sorting paused";
/// How a pause of the sorting ends: after a key, and in the kill dialog.
pub(crate) const SORTING_RESUMES: &str = ", resumes by itself";
pub(crate) const SORTING_RESUMES_AFTER_DIALOG: &str = " by the dialog";
pub(crate) const CONNECTIONS: &str = "connections";
pub(crate) const CONNECTIONS_READ: &str = "connections read";

/// The open help.
#[derive(Clone, Debug)]
pub(crate) struct Help {
    /// The view that it was opened from.
    pub from: KeyContext,
    /// The first line on the screen.
    pub top: usize,
    /// The text to find; empty if none was typed.
    pub term: String,
    /// The line of the current match.
    pub hit: Option<usize>,
    /// The search while it is typed.
    pub search: Option<HelpSearch>,
}

/// A search while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct HelpSearch {
    /// The text and its cursor.
    pub input: Input,
    /// First line, text and match that Esc restores.
    before: (usize, String, Option<usize>),
}

/// The lines of the help, and how many of them are on a page.
#[derive(Debug)]
pub(crate) struct HelpPages {
    /// All lines.
    pub lines: Vec<HelpLine>,
    /// Number of lines of a page, at least 1.
    pub page: usize,
}

impl HelpPages {
    /// Returns the highest first line.
    pub(crate) fn last_top(&self) -> usize {
        self.lines.len().saturating_sub(self.page)
    }

    /// Returns the number of pages.
    pub(crate) fn count(&self) -> usize {
        self.lines.len().div_ceil(self.page).max(1)
    }

    /// Returns the number of the page that begins at this line.
    pub(crate) fn number(&self, top: usize) -> usize {
        if top >= self.last_top() {
            self.count()
        } else {
            top / self.page + 1
        }
    }

    /// Returns the lines that have a text, ignoring case. No line has an empty text.
    pub(crate) fn matches(&self, term: &str) -> Vec<usize> {
        let term = term.to_lowercase();
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(_, line)| !term.is_empty() && line.text().to_lowercase().contains(&term))
            .map(|(place, _)| place)
            .collect()
    }
}

impl Help {
    const fn new(from: KeyContext) -> Self {
        Self {
            from,
            top: 0,
            term: String::new(),
            hit: None,
            search: None,
        }
    }

    /// Returns the context of its keys.
    pub(crate) const fn context(&self) -> KeyContext {
        if self.search.is_some() {
            KeyContext::HelpSearch
        } else {
            KeyContext::Help
        }
    }

    fn scroll(&mut self, lines: isize, pages: &HelpPages) {
        self.top = self.top.saturating_add_signed(lines).min(pages.last_top());
    }

    /// Shows a line: where it is if it is on the screen, otherwise a third of a page from the top.
    fn show(&mut self, line: usize, pages: &HelpPages) {
        if line < self.top || line >= self.top + pages.page {
            self.top = line.saturating_sub(pages.page / 3).min(pages.last_top());
        }
    }

    /// Goes to the first match that begins at a line, or else to the very first one.
    fn find_from(&mut self, from: usize, pages: &HelpPages) {
        let matches = pages.matches(&self.term);
        let next = matches.iter().find(|line| **line >= from);
        self.hit = next.or_else(|| matches.first()).copied();
        if let Some(hit) = self.hit {
            self.show(hit, pages);
        }
    }

    /// Goes to the next match, or back. After the last one comes the first one.
    fn step_match(&mut self, by: isize, pages: &HelpPages) {
        let matches = pages.matches(&self.term);
        let Some(hit) = self.hit else {
            return self.find_from(self.top, pages);
        };
        let place = matches.iter().position(|line| *line == hit).unwrap_or_default();
        let count = matches.len();
        let next = if by < 0 {
            place + count.saturating_sub(1)
        } else {
            place + 1
        };
        self.hit = next
            .checked_rem(count)
            .and_then(|next| matches.get(next).copied());
        if let Some(hit) = self.hit {
            self.show(hit, pages);
        }
    }

    fn begin_search(&mut self) {
        self.search = Some(HelpSearch {
            input: Input::default(),
            before: (self.top, std::mem::take(&mut self.term), self.hit.take()),
        });
    }

    /// Handles a key while the text to find is typed.
    fn search_key(&mut self, key: KeyPress, pages: &HelpPages) {
        let Some(search) = &mut self.search else { return };
        let request = match (action(KeyContext::HelpSearch, key), key.code, key.ctrl) {
            (Some(Action::Accept), ..) => {
                self.search = None;
                return;
            }
            (Some(_), ..) => {
                (self.top, self.term, self.hit) = search.before.clone();
                self.search = None;
                return;
            }
            (None, Code::Char('u'), true) => {
                search.input.reset();
                return self.on_typed(pages);
            }
            (None, Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (None, Code::Char(c), false) if !c.is_control() => InputRequest::InsertChar(c),
            (None, Code::Backspace, _) => InputRequest::DeletePrevChar,
            (None, Code::Delete, _) => InputRequest::DeleteNextChar,
            (None, Code::Left, _) => InputRequest::GoToPrevChar,
            (None, Code::Right, _) => InputRequest::GoToNextChar,
            (None, Code::Home, _) => InputRequest::GoToStart,
            (None, Code::End, _) => InputRequest::GoToEnd,
            _ => return,
        };
        if search.input.handle(request).is_some_and(|change| change.value) {
            self.on_typed(pages);
        }
    }

    /// Handles a change of the typed text: the first match is searched from where the search began.
    fn on_typed(&mut self, pages: &HelpPages) {
        let Some(search) = &self.search else { return };
        self.top = search.before.0;
        search.input.value().clone_into(&mut self.term);
        self.find_from(self.top, pages);
    }
}

impl App {
    /// Opens the help for the view that receives the keys.
    pub(super) fn open_help(&mut self) {
        self.help = Some(Help::new(self.context()));
    }

    /// Returns the lines of the open help for the current size.
    pub(crate) fn help_pages(&self) -> Option<HelpPages> {
        let help = self.help.as_ref()?;
        let areas = self.areas();
        let below = areas.status.height + areas.hints.height;
        // The title takes one line.
        let page = usize::from(self.size.1.saturating_sub(below + 1)).max(1);
        let settings = HelpSettings {
            width: usize::from(self.size.0.saturating_sub(2)),
            page,
            thresholds: &self.settings.diagnosis.thresholds,
            keys: &self.settings.keys,
            may_kill: self.endpoints.iter().any(|endpoint| !endpoint.read_only),
        };
        Some(HelpPages {
            lines: lines(help.from, &settings),
            page,
        })
    }

    /// Handles a key while the help is open.
    pub(super) fn help_key(&mut self, key: KeyPress) {
        let (Some(pages), Some(help)) = (self.help_pages(), &mut self.help) else {
            return;
        };
        if help.search.is_some() {
            return help.search_key(key, &pages);
        }
        let page = isize::try_from(pages.page).unwrap_or(isize::MAX);
        match action(KeyContext::Help, key) {
            Some(Action::Move(lines)) => help.scroll(lines, &pages),
            Some(Action::Page(by)) => help.scroll(by.saturating_mul(page), &pages),
            Some(Action::HalfPage(by)) => help.scroll(by.saturating_mul((page / 2).max(1)), &pages),
            Some(Action::First) => help.scroll(isize::MIN, &pages),
            Some(Action::Last) => help.scroll(isize::MAX, &pages),
            Some(Action::Filter) => help.begin_search(),
            Some(Action::NextMatch(by)) => help.step_match(by, &pages),
            // Esc stops the remaining kills first, as the last line shows.
            Some(Action::Back) => {
                if !self.stop_kills() {
                    self.help = None;
                }
            }
            Some(action) => self.act(action),
            None => self.unknown_key(),
        }
    }

    /// Scrolls the help back to its end after a change of the size.
    pub(super) fn fit_help(&mut self) {
        if let (Some(pages), Some(help)) = (self.help_pages(), &mut self.help) {
            help.scroll(0, &pages);
            help.hit = None;
        }
    }

    /// Inserts pasted text into the search of the help while it is typed. Returns whether the help is open.
    pub(super) fn paste_into_help(&mut self, text: &str) -> bool {
        let Some(pages) = self.help_pages() else {
            return false;
        };
        if let Some(help) = self.help.as_mut().filter(|help| help.search.is_some()) {
            for c in text.chars().take(MAX_PASTE) {
                help.search_key(KeyPress::plain(Code::Char(c)), &pages);
            }
        }
        true
    }
}

/// Maximum number of characters that a paste adds to the search.
const MAX_PASTE: usize = 100;
