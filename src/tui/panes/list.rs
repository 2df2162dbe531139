//! A list of objects with a cursor that follows its object.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr as _;

use crate::inventory::columns::{self, Cell, Column, Shown};
use crate::inventory::{Inventory, Marks, Now, Order, Query, Row, RowId, View};
use crate::model::Kind;

/// Rows that are looked at, all over a list, for how wide its columns have to be.
const SAMPLE: usize = 200;

/// A list of one kind.
#[derive(Debug)]
pub struct List {
    view: View,
    /// The query as it was typed.
    pub typed: String,
    /// Which columns are shown.
    pub columns: Columns,
    cursor: Option<RowId>,
    place: usize,
    top: usize,
    height: usize,
    anchor: Option<RowId>,
    drawn: u32,
    leaps: bool,
    widest: BTreeMap<&'static str, u16>,
    sampled: usize,
}

/// Which columns of a list are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Whether the columns for the curious are shown.
    pub wide: bool,
    /// First column shown after the name, when there are too many for the screen.
    pub left: usize,
    /// Columns that the responder hid.
    pub hidden: BTreeSet<&'static str>,
    /// Columns that the responder wants whatever the room.
    pub wanted: BTreeSet<&'static str>,
}

impl List {
    /// A list of every object of a kind.
    pub fn new(kind: Kind) -> Self {
        Self {
            view: View::new(kind),
            typed: String::new(),
            columns: Columns::default(),
            cursor: None,
            place: 0,
            top: 0,
            height: 1,
            anchor: None,
            drawn: 0,
            leaps: false,
            widest: BTreeMap::new(),
            sampled: 0,
        }
    }

    /// The same list of another kind: empty, on the same screen, with the same habits.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Self {
        Self { height: self.height, leaps: self.leaps, ..Self::new(kind) }
    }

    /// Whether the list moves on by half a window when the cursor leaves it, rather than by a line.
    pub const fn leap(&mut self, leaps: bool) {
        self.leaps = leaps;
    }

    /// The kind listed.
    pub const fn kind(&self) -> Kind {
        self.view.kind()
    }

    /// What is listed.
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// The row under the cursor.
    pub fn row<'a>(&self, inventory: &'a Inventory) -> Option<Row<'a>> {
        inventory.row(self.cursor?)
    }

    /// The identity of the row under the cursor.
    pub const fn cursor(&self) -> Option<RowId> {
        self.cursor
    }

    /// Where the cursor stands, from 0.
    pub const fn place(&self) -> usize {
        self.place
    }

    /// The first row on the screen.
    pub const fn top(&self) -> usize {
        self.top
    }

    /// Rows that the screen has room for.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Tells the list how many rows the screen has room for.
    pub fn set_height(&mut self, rows: usize) {
        if self.height != rows.max(1) {
            self.widest.clear();
        }
        self.height = rows.max(1);
        self.show_cursor();
    }

    /// Selects by a query, as it was typed.
    pub fn select(&mut self, query: Query, typed: &str) {
        typed.clone_into(&mut self.typed);
        self.widest.clear();
        self.view.select(query);
    }

    /// Sorts by a column; by the same again turns the order around.
    pub fn sort(&mut self, column: &'static str) {
        let order = self.view.order();
        let reversed = order.column == column && !order.reversed;
        self.view.sort(Order { column, reversed });
    }

    /// Looks at the rows anew, for example because marks changed.
    pub fn invalidate(&mut self) {
        self.view.invalidate();
    }

    /// Brings the list up to date. The cursor stays on its object, and the
    /// object on its line of the screen. Says whether anything visible changed.
    pub fn settle(&mut self, inventory: &Inventory, marked: &Marks, scope: &Marks) -> bool {
        let moved = self.view.refresh(inventory, marked, scope);
        if moved {
            let line = self.place.saturating_sub(self.top);
            match self.cursor.and_then(|id| self.view.place(inventory, id)) {
                Some(place) => {
                    self.place = place;
                    self.top = place.saturating_sub(line);
                }
                None => self.put(self.place, inventory),
            }
            self.show_cursor();
        }
        if self.cursor.is_none() && !self.view.is_empty() {
            self.put(0, inventory);
        }
        let last = (self.top + self.height).min(self.view.len());
        let newest = (self.top..last).map(|place| self.view.stamp(inventory, place)).max().unwrap_or(0);
        let changed = moved || newest > self.drawn;
        self.drawn = inventory.stamp();
        changed
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, rows: isize, inventory: &Inventory) {
        self.put(self.place.saturating_add_signed(rows), inventory);
    }

    /// Puts the cursor on a place, or on the last one where there are fewer.
    pub fn put(&mut self, place: usize, inventory: &Inventory) {
        self.place = place.min(self.view.len().saturating_sub(1));
        self.cursor = self.view.row(inventory, self.place).map(|row| row.id());
        self.show_cursor();
    }

    /// Puts the cursor on an object. Says whether the list holds it.
    pub fn find(&mut self, id: RowId, inventory: &Inventory) -> bool {
        let Some(place) = self.view.place(inventory, id) else { return false };
        self.put(place, inventory);
        true
    }

    /// Remembers where a range of marks begins.
    pub fn set_anchor(&mut self) {
        self.anchor = self.cursor;
    }

    /// The rows from where a range began to the cursor.
    pub fn range(&self, inventory: &Inventory) -> Vec<RowId> {
        let from = self.anchor.and_then(|id| self.view.place(inventory, id)).unwrap_or(self.place);
        let (from, to) = (from.min(self.place), from.max(self.place));
        (from..=to).filter_map(|place| self.view.row(inventory, place).map(|row| row.id())).collect()
    }

    /// The columns to show, in order, apart from what there is room for.
    pub fn columns(&self, clusters: bool) -> Vec<&'static Column> {
        columns::of(self.kind())
            .iter()
            .filter(|column| !self.columns.hidden.contains(column.title))
            .filter(|column| {
                self.columns.wanted.contains(column.title)
                    || match column.shown {
                        Shown::Always | Shown::Roomy | Shown::Namespaces => true,
                        Shown::Wide => self.columns.wide || (column.title == "GONE" && self.view.query().wants_gone()),
                        Shown::Clusters => clusters,
                    }
            })
            .collect()
    }

    /// Looks at the rows on the screen, so that no column becomes narrower while
    /// the same selection is scrolled: every width that changes moves the whole table.
    pub fn measure(&mut self, inventory: &Inventory, now: Now) {
        let all = self.view.len();
        if self.widest.is_empty() || all > 2 * self.sampled {
            // What comes into view later is looked at now, so that the table stays where it is.
            self.sampled = all;
            self.widen((0..all).step_by((all / SAMPLE).max(1)), inventory, now);
        }
        self.widen(self.top..(self.top + self.height).min(all), inventory, now);
    }

    fn widen(&mut self, places: impl Iterator<Item = usize> + Clone, inventory: &Inventory, now: Now) {
        for column in columns::of(self.kind()) {
            let needed = self.needed(column, places.clone(), inventory, now);
            let widest = self.widest.entry(column.title).or_default();
            *widest = needed.max(*widest);
        }
    }

    /// The width that a column needs, in cells.
    pub fn width(&self, column: &Column, inventory: &Inventory, now: Now) -> u16 {
        let measured = self.widest.get(column.title).copied();
        let shown = self.top..(self.top + self.height).min(self.view.len());
        measured.unwrap_or_else(|| self.needed(column, shown, inventory, now))
    }

    /// The width that a column needs for some rows, in steps, so that it does not grow with every row.
    fn needed(&self, column: &Column, places: impl Iterator<Item = usize>, inventory: &Inventory, now: Now) -> u16 {
        let (least, most) = column.width;
        let longest = places
            .filter_map(|place| self.view.row(inventory, place))
            .map(|row| (column.text)(&Cell { row, inventory, now }).width())
            .max()
            .unwrap_or(0);
        let longest = u16::try_from(longest).unwrap_or(most).next_multiple_of(2);
        longest.max(u16::try_from(column.title.len()).unwrap_or(most)).clamp(least, most)
    }

    fn show_cursor(&mut self) {
        let furthest = self.view.len().saturating_sub(self.height);
        let half = self.height / 2;
        let near = |line: usize| self.leaps && self.height > 3 && line <= half;
        if self.place < self.top {
            let over = if near(self.top - self.place) { half } else { 0 };
            self.top = self.place.saturating_sub(over);
        } else if self.place >= self.top + self.height {
            let over = if near(self.place + 1 - self.height - self.top) { half } else { 0 };
            self.top = self.place + 1 - self.height + over;
        }
        self.top = self.top.min(furthest).min(self.place);
    }
}
