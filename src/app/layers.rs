//! The levels of Esc: parts of the screen in the order in which they were opened, and the places that links were
//! followed from.

use std::sync::Arc;

use super::App;
use super::blockers::BlockersPane;
use super::cursor::Cursor;
use super::detail::DetailPane;
use super::endpoint_view::EndpointPane;
use super::groups::pane::GroupPane;
use super::msg::Effect;
use super::server_view::ServerPane;
use crate::filter::Filter;
use crate::kill::KillBatch;
use crate::model::RowKey;

/// Maximum number of places that Esc can return to.
const MAX_LINKS: usize = 32;

/// A part of the screen that Esc leaves.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    /// The filter.
    Filter,
    /// The marks.
    Marks,
    /// Groups, or the sessions of a group.
    Groups,
    /// The highlighted text of the last search.
    Search,
    /// The details.
    Details,
    /// A view in place of the table.
    View,
    /// The target of a link, and the place that it was followed from.
    Link(LinkTarget, Box<Place>),
}

/// Target of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkTarget {
    /// The details of a session.
    Details,
    /// Sessions, as a filter.
    Sessions,
    /// Another view.
    View,
}

/// A place on the screen that a link was followed from.
#[derive(Clone, Debug)]
pub(super) struct Place {
    blockers: Option<BlockersPane>,
    servers: Option<ServerPane>,
    endpoints: Option<EndpointPane>,
    detail: Option<DetailPane>,
    detail_focused: bool,
    filter: Filter,
    /// The filter that the link shows sessions with.
    linked: Filter,
    groups: GroupPane,
    cursor: Cursor<RowKey>,
}

/// The parts that are open now.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent parts")]
pub(super) struct OpenParts {
    pub(super) filter: bool,
    pub(super) marks: bool,
    /// Number of groups and groupings to leave.
    pub(super) groups: usize,
    pub(super) search: bool,
    pub(super) details: bool,
    pub(super) view: bool,
}

/// The parts that Esc leaves, the one opened last at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers(Vec<Layer>);

impl Layer {
    /// Whether it is a place, and not something that holds in several places.
    const fn is_place(&self) -> bool {
        !matches!(self, Self::Filter | Self::Marks | Self::Search)
    }

    /// Whether Esc closes the details with it.
    const fn is_details(&self) -> bool {
        matches!(self, Self::Details | Self::Link(LinkTarget::Details, _))
    }

    const fn is_view(&self) -> bool {
        matches!(self, Self::View | Self::Link(LinkTarget::View, _))
    }

    const fn is_sessions(&self) -> bool {
        matches!(self, Self::Link(LinkTarget::Sessions, _))
    }
}

impl Layers {
    /// Adds parts that have been opened, and drops those that were closed by other keys than Esc.
    pub(super) fn update(&mut self, open: OpenParts) {
        if !open.filter {
            // Without a filter all sessions are shown, so there is no place to return to.
            self.0
                .retain(|layer| !layer.is_sessions() && !matches!(layer, Layer::Filter));
        }
        // Parts below are those of the place that the link was followed from.
        let base = self.0.iter().rposition(Layer::is_sessions).map_or(0, |at| at + 1);
        let mut own = self.0.split_off(base);
        self.keep(Layer::Marks, open.marks, &mut own, |layer| {
            matches!(layer, Layer::Marks)
        });
        self.keep(Layer::Search, open.search, &mut own, |layer| {
            matches!(layer, Layer::Search)
        });
        let shows_link = base > 0;
        keep(&mut own, Layer::Filter, open.filter && !shows_link, |layer| {
            matches!(layer, Layer::Filter)
        });
        let is_group = |layer: &Layer| matches!(layer, Layer::Groups);
        let known = own.iter().filter(|layer| is_group(layer)).count();
        for _ in open.groups..known {
            own.iter().rposition(is_group).map(|at| own.remove(at));
        }
        own.extend((known..open.groups).map(|_| Layer::Groups));
        keep(&mut own, Layer::Details, open.details, Layer::is_details);
        keep(&mut own, Layer::View, open.view, Layer::is_view);
        self.0.extend(own);
    }

    /// Keeps a part that is not a matter of one place: it may be anywhere.
    fn keep(&mut self, layer: Layer, is_open: bool, own: &mut Vec<Layer>, is_it: fn(&Layer) -> bool) {
        if !is_open {
            self.0.retain(|layer| !is_it(layer));
        }
        if !self.0.iter().any(is_it) {
            keep(own, layer, is_open, is_it);
        }
    }

    /// Adds a link that is followed from a place.
    fn follow(&mut self, target: LinkTarget, place: Place) {
        self.0.push(Layer::Link(target, Box::new(place)));
        let is_link = |layer: &Layer| matches!(layer, Layer::Link(..));
        if self.0.iter().filter(|layer| is_link(layer)).count() > MAX_LINKS
            && let Some(oldest) = self.0.iter().position(is_link)
        {
            self.0.remove(oldest);
        }
    }

    /// Returns the details that Esc can return to. They follow the lists while others are shown.
    pub(super) fn details_mut(&mut self) -> impl Iterator<Item = &mut DetailPane> {
        self.0.iter_mut().filter_map(|layer| match layer {
            Layer::Link(_, place) => place.detail.as_mut(),
            _ => None,
        })
    }

    /// Returns the index of the part that Esc leaves next. Marks and filter stay while a place is left, so that
    /// sessions of several groups can be marked.
    fn next(&self) -> Option<usize> {
        let place = self.0.iter().rposition(Layer::is_place);
        place.or_else(|| self.0.len().checked_sub(1))
    }
}

/// Adds a layer at the end if its part is open and not known, removes it if the part is closed.
fn keep(layers: &mut Vec<Layer>, layer: Layer, is_open: bool, is_it: fn(&Layer) -> bool) {
    if !is_open {
        layers.retain(|layer| !is_it(layer));
    } else if !layers.iter().any(is_it) {
        layers.push(layer);
    }
}

impl App {
    /// Esc: goes back one level: the modal, a range that is being chosen in the table, the places
    /// in the reverse order in which they were opened, then highlights, marks and filter. Never quits.
    pub(super) fn back(&mut self) {
        if self.modal.close() {
            return;
        }
        if self.marks.anchor().is_some() && !self.covers_table() && !self.detail_has_keys() {
            return self.marks.set_anchor(None);
        }
        let Some(next) = self.layers.next() else {
            return;
        };
        match self.layers.0.remove(next) {
            Layer::Link(target, place) => self.return_to(target, *place),
            Layer::View => self.close_view(),
            Layer::Details => self.close_detail(),
            Layer::Groups => self.leave_group(),
            Layer::Search => self.end_search(),
            Layer::Marks => self.unmark_all(),
            Layer::Filter => self.clear_filter(),
        }
    }

    /// Stores where a link to sessions is followed from, before it is. `linked` is its filter.
    pub(super) fn leave_for_sessions(&mut self, linked: &Filter) {
        self.leave_for(LinkTarget::Sessions);
        if let Some(Layer::Link(_, place)) = self.layers.0.last_mut() {
            place.linked.clone_from(linked);
        }
    }

    /// Stores where a link is followed from, before it is.
    pub(super) fn leave_for(&mut self, target: LinkTarget) {
        let place = Place {
            blockers: self.blockers.clone(),
            servers: self.servers.clone(),
            endpoints: self.endpoint_pane.clone(),
            detail: self.detail.clone(),
            detail_focused: self.detail_focused,
            filter: self.table.filter.clone(),
            linked: Filter::default(),
            groups: self.table.groups.clone(),
            cursor: self.table.cursor.clone(),
        };
        self.layers.follow(target, place);
    }

    fn return_to(&mut self, target: LinkTarget, place: Place) {
        let is_other_list = target == LinkTarget::Sessions;
        if is_other_list {
            let left = std::mem::replace(&mut self.table.filter, place.filter);
            self.table.groups = place.groups;
            if left != place.linked {
                self.offer_left_filter(left);
            }
        }
        self.table.cursor = place.cursor;
        (self.blockers, self.servers) = (place.blockers, place.servers);
        self.endpoint_pane = place.endpoints;
        self.measure_endpoints();
        if let Some(mut pane) = place.detail {
            let identity = (pane.identity.endpoint, pane.identity.id);
            let watched = pane.ended.is_none().then_some(identity);
            self.outbox.push(Effect::Watch(watched));
            pane.drop_old_observation();
            self.detail = Some(pane);
        } else if self.detail.is_some() {
            self.close_detail();
        }
        self.detail_focused = place.detail_focused;
        let (view, page) = (Arc::clone(&self.table.view), self.page());
        if let Some(detail) = &mut self.detail {
            detail.diagnose(&view);
        }
        if is_other_list || self.servers.is_some() {
            self.rebuild_view();
        } else {
            // The rows have moved since.
            self.table.set_view(view, page);
        }
    }

    /// Removes the filter; `u` brings it back.
    fn clear_filter(&mut self) {
        let removed = std::mem::take(&mut self.table.filter);
        self.rebuild_view();
        self.offer_filter(removed);
    }

    /// Updates the parts that Esc leaves after a message.
    pub(super) fn update_layers(&mut self) {
        let groups = &self.table.groups;
        self.layers.update(OpenParts {
            filter: !self.table.filter.is_empty(),
            marks: !self.marks.is_empty(),
            groups: groups.opened.len() + usize::from(groups.by.is_some()),
            search: self.search_text().is_some(),
            details: self.detail.is_some(),
            view: self.shows_view(),
        });
    }

    /// Returns the part that the next Esc leaves; `None` if it does something else.
    fn next_layer(&self) -> Option<&Layer> {
        let is_other = !self.modal.is_closed()
            || self.marks.anchor().is_some()
            || !self.kills.batches.iter().all(KillBatch::is_finished);
        let next = self.layers.next()?;
        self.layers.0.get(next).filter(|_| !is_other)
    }

    /// Whether the next Esc removes the filter.
    pub(crate) fn esc_shows_all(&self) -> bool {
        matches!(self.next_layer(), Some(Layer::Filter))
    }

    /// Returns the place that the next Esc leads to, if the user has come from there: `the servers`.
    pub(crate) fn esc_target(&self) -> Option<String> {
        let place = match self.next_layer()? {
            Layer::Link(LinkTarget::Details | LinkTarget::Sessions, place) => place,
            Layer::Groups if self.table.groups.by.is_none() => {
                let opened = self.table.groups.opened.last()?;
                return Some(opened.by.grouping().plural.to_owned());
            }
            _ => return None,
        };
        Some(if place.blockers.is_some() {
            "blockers".to_owned()
        } else if place.servers.is_some() {
            "servers".to_owned()
        } else if place.endpoints.is_some() {
            "endpoints".to_owned()
        } else if let Some(detail) = &place.detail {
            format!("session {}", detail.identity.id)
        } else {
            "the sessions before".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(layers: &Layers) -> String {
        let name = |layer: &Layer| match layer {
            Layer::Filter => 'f',
            Layer::Marks => 'm',
            Layer::Groups => 'g',
            Layer::Search => 's',
            Layer::Details => 'd',
            Layer::View => 'v',
            Layer::Link(..) => 'l',
        };
        layers.0.iter().map(name).collect()
    }

    const NONE: OpenParts = OpenParts {
        filter: false,
        marks: false,
        groups: 0,
        search: false,
        details: false,
        view: false,
    };

    #[test]
    fn parts_are_kept_in_the_order_in_which_they_were_opened() {
        let mut layers = Layers::default();
        let mut open = OpenParts { marks: true, ..NONE };
        layers.update(open);
        open.filter = true;
        layers.update(open);
        open.groups = 2;
        layers.update(open);
        assert_eq!(names(&layers), "mfgg");
        open.marks = false;
        open.groups = 1;
        layers.update(open);
        assert_eq!(names(&layers), "fg");
        open.marks = true;
        layers.update(open);
        assert_eq!(names(&layers), "fgm");
        layers.update(NONE);
        assert_eq!(names(&layers), "");
    }

    #[test]
    fn marks_and_filter_are_left_after_the_places() {
        let mut layers = Layers::default();
        let mut open = OpenParts {
            details: true,
            ..NONE
        };
        layers.update(open);
        open.marks = true;
        layers.update(open);
        assert_eq!(layers.next(), Some(0));
        open.details = false;
        layers.update(open);
        assert_eq!((names(&layers).as_str(), layers.next()), ("m", Some(0)));
    }
}
