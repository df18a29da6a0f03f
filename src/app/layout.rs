//! The layout of the screen: one pure function of the size and the open panes. Used by `update`,
//! because a page is as high as the table, and by the drawing.
//!
//! ```text
//! header      one line for each endpoint, up to three
//! trends      from 12 lines on
//! table       beside the details from 132 columns, above them from 40 lines,
//! details     else one of the two
//! tour        only in maxtop demo --tour
//! status      what happened; from 8 lines on
//! hints       which keys do what; from 4 lines on
//! ```
//!
//! Also keeps the cursor of a scrolled list visible.

/// A rectangle of the screen, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    /// Left edge.
    pub x: u16,
    /// Upper edge.
    pub y: u16,
    /// Width in columns.
    pub width: u16,
    /// Height in lines.
    pub height: u16,
}

/// Parts of the screen. A part that does not fit is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Areas {
    /// The endpoints.
    pub header: Area,
    /// The figures of the fleet with their trends.
    pub trends: Area,
    /// The table with its head.
    pub table: Area,
    /// The line between table and details.
    pub divider: Area,
    /// The details.
    pub detail: Area,
    /// The tour of the demo.
    pub tour: Area,
    /// The status line.
    pub status: Area,
    /// The hint line with the keys.
    pub hints: Area,
}

impl Areas {
    /// Returns the area of a view in place of the table and the details.
    pub(crate) fn below_header(&self) -> Area {
        let (first, last) = match (self.table.is_empty(), self.detail.is_empty()) {
            (true, _) => (self.detail, self.detail),
            (false, true) => (self.table, self.table),
            (false, false) => (self.table, self.detail),
        };
        Area {
            width: (last.x + last.width).saturating_sub(first.x),
            height: (last.y + last.height).saturating_sub(first.y),
            ..first
        }
    }
}

/// Minimum width at which the details are beside the table.
pub(crate) const MIN_WIDTH_BESIDE: u16 = 132;
/// Minimum height at which the details are below the table.
pub(crate) const MIN_HEIGHT_BELOW: u16 = 40;

/// Maximum number of lines of the header.
pub(crate) const MAX_HEADER_LINES: u16 = 3;

/// Lays out a screen of this size.
pub(crate) fn areas(size: (u16, u16), endpoints: usize, detail_open: bool) -> Areas {
    let (width, height) = size;
    let line = |y, shown: bool| Area {
        x: 0,
        y,
        width,
        height: u16::from(shown),
    };
    let header_height = u16::try_from(endpoints.clamp(1, MAX_HEADER_LINES.into()))
        .unwrap_or(1)
        .min(height);
    let trends = line(header_height, height >= 12);
    let hints = line(height.saturating_sub(1), height >= 4);
    let status = line(height.saturating_sub(2), height >= 8);
    let top = header_height + trends.height;
    let body = Area {
        x: 0,
        y: top,
        width,
        height: height.saturating_sub(top + hints.height + status.height),
    };
    let (table, divider, detail) = if detail_open {
        split(body, height)
    } else {
        (body, Area::default(), Area::default())
    };
    Areas {
        header: Area {
            x: 0,
            y: 0,
            width,
            height: header_height,
        },
        trends,
        table,
        divider,
        detail,
        tour: Area::default(),
        status,
        hints,
    }
}

fn split(body: Area, height: u16) -> (Area, Area, Area) {
    if body.width >= MIN_WIDTH_BESIDE {
        // Slightly more than half: from this width on all important columns fit.
        let left = body.width / 20 * 11;
        let divider = Area {
            x: left,
            width: 1,
            ..body
        };
        let detail = Area {
            x: left + 2,
            width: body.width - left - 2,
            ..body
        };
        (Area { width: left, ..body }, divider, detail)
    } else if height >= MIN_HEIGHT_BELOW {
        let upper = body.height * 2 / 5;
        let divider = Area {
            y: body.y + upper,
            height: 1,
            ..body
        };
        let detail = Area {
            y: body.y + upper + 1,
            height: body.height.saturating_sub(upper + 1),
            ..body
        };
        (
            Area {
                height: upper,
                ..body
            },
            divider,
            detail,
        )
    } else {
        (Area::default(), Area::default(), body)
    }
}

impl Area {
    /// Returns the number of rows that fit under the head of a table.
    pub(crate) const fn rows(self) -> usize {
        self.height.saturating_sub(1) as usize
    }

    /// Whether the area is empty.
    pub(crate) const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

/// Returns the first row on the screen, so that the row at `position` is visible.
pub(super) fn clamp_scroll(offset: usize, position: usize, rows: usize, height: usize) -> usize {
    let last_offset = rows.saturating_sub(height.max(1));
    let lowest = position.saturating_sub(height.saturating_sub(1));
    offset
        .clamp(lowest, position.max(lowest))
        .min(last_offset.max(lowest))
}
