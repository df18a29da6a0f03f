//! Texts that the dialog shows about all victims, from counts that are kept for each block of tasks.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::filter::Filter;
use crate::kill::summary;
use crate::kill::task::KillTask;
use crate::kill::{KillOutcome, RefusalReason};
use crate::model::{Text, visible};

/// Texts that the dialog shows about all victims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TaskTexts {
    /// Number of sessions that can still be killed, by user, largest first.
    pub by_user: Vec<(String, usize)>,
    /// The same by service.
    pub by_service: Vec<(String, usize)>,
    /// The same by endpoint. Empty for a single one.
    pub by_endpoint: Vec<(String, usize)>,
    /// Number of sessions that are still there and will not be killed, by cause, largest first.
    pub refusals: Vec<(String, usize)>,
    /// Advice for the first of them that has some.
    pub advice: Option<String>,
    /// Parts of the identity that could not be compared.
    pub not_compared: Option<String>,
    /// The filters that selected the victims.
    pub selected_by: Option<String>,
    /// The one filter that selected all victims.
    pub common_filter: Option<String>,
}

/// Counts behind [`TaskTexts`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextCounts {
    by_user: BTreeMap<Option<Text>, usize>,
    by_service: BTreeMap<Option<Text>, usize>,
    by_endpoint: BTreeMap<Arc<str>, usize>,
    refusals: BTreeMap<String, usize>,
    advice: Option<String>,
    not_compared: Vec<&'static str>,
    /// Texts of the filters.
    filters: BTreeSet<String>,
    /// Number of victims that no filter selected.
    by_hand: usize,
}

impl TextCounts {
    /// Counts the tasks of a block.
    pub(super) fn of(tasks: &[KillTask]) -> Self {
        let mut counts = Self::default();
        for task in tasks {
            counts.add(task);
        }
        counts
    }

    fn add(&mut self, task: &KillTask) {
        match task.victim.taken_by.as_ref().map(Filter::text) {
            None => self.by_hand += 1,
            Some(text) if self.filters.contains(text) => {}
            Some(text) => _ = self.filters.insert(text.to_owned()),
        }
        for part in summary::unchecked(task) {
            self.add_part(part.name());
        }
        if task.is_removed() {
            return;
        }
        match task.outcome() {
            None => {
                let session = &task.victim.session;
                *self.by_user.entry(session.user.clone()).or_default() += 1;
                *self.by_service.entry(session.service.clone()).or_default() += 1;
                let endpoint = Arc::clone(&task.victim.endpoint);
                *self.by_endpoint.entry(endpoint).or_default() += 1;
            }
            // The counts of the checks have these.
            Some(KillOutcome::AlreadyGone) => {}
            Some(outcome) => {
                let refusal = outcome.refusal();
                let why = refusal.map_or_else(|| outcome.word().to_owned(), RefusalReason::short);
                *self.refusals.entry(why).or_default() += 1;
                if self.advice.is_none() {
                    self.advice = refusal.and_then(RefusalReason::advice);
                }
            }
        }
    }

    fn add_part(&mut self, name: &'static str) {
        if !self.not_compared.contains(&name) {
            self.not_compared.push(name);
        }
    }

    /// Adds the counts of the next block.
    pub(super) fn join(&mut self, next: &Self) {
        for (name, count) in &next.by_user {
            *self.by_user.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &next.by_service {
            *self.by_service.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &next.by_endpoint {
            *self.by_endpoint.entry(Arc::clone(name)).or_default() += count;
        }
        for (why, count) in &next.refusals {
            *self.refusals.entry(why.clone()).or_default() += count;
        }
        if self.advice.is_none() {
            self.advice.clone_from(&next.advice);
        }
        for part in &next.not_compared {
            self.add_part(part);
        }
        if !next.filters.is_subset(&self.filters) {
            self.filters.extend(next.filters.iter().cloned());
        }
        self.by_hand += next.by_hand;
    }

    /// Returns the texts.
    pub(super) fn texts(&self) -> TaskTexts {
        TaskTexts {
            by_user: named(&self.by_user),
            by_service: named(&self.by_service),
            by_endpoint: self.by_endpoint(),
            refusals: largest_first(self.refusals.clone().into_iter().collect()),
            advice: self.advice.clone(),
            not_compared: summary::joined_parts(&self.not_compared),
            selected_by: self.selected_by(),
            common_filter: self.common_filter(),
        }
    }

    fn by_endpoint(&self) -> Vec<(String, usize)> {
        if self.by_endpoint.len() < 2 {
            return Vec::new();
        }
        let named = self.by_endpoint.iter();
        largest_first(named.map(|(name, count)| (name.to_string(), *count)).collect())
    }

    fn selected_by(&self) -> Option<String> {
        let trimmed: BTreeSet<_> = self.filters.iter().map(|text| text.trim()).collect();
        let mut names: Vec<_> = trimmed
            .into_iter()
            .map(|text| visible(text).into_owned())
            .collect();
        if names.is_empty() {
            return None;
        }
        names.extend((self.by_hand > 0).then(|| format!("{} by hand", self.by_hand)));
        Some(names.join("; "))
    }

    fn common_filter(&self) -> Option<String> {
        let text = self.filters.first().filter(|_| self.filters.len() == 1)?;
        (self.by_hand == 0).then(|| visible(text.trim()).into_owned())
    }
}

fn named(counts: &BTreeMap<Option<Text>, usize>) -> Vec<(String, usize)> {
    let name = |name: &Option<Text>| name.as_ref().map_or("unknown", Text::as_str).to_owned();
    let named = counts.iter().map(|(text, count)| (name(text), *count));
    largest_first(named.collect())
}

fn largest_first(mut counts: Vec<(String, usize)>) -> Vec<(String, usize)> {
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts
}
