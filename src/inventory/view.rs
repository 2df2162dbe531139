//! The rows of a pane: selected, in order, and calm.

use std::cmp::Ordering;

use crate::model::Kind;

use super::columns::{self, Cell};
use super::marks::Marks;
use super::query::{Matcher, Query, Related};
use super::row::{Row, RowId};
use super::store::{Inventory, Now};
use super::table::Slot;

/// How a view is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Heading of the column that it is sorted by; rows that are equal there stand by namespace and name.
    pub column: &'static str,
    /// Whether the order is turned around.
    pub reversed: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { column: "NAME", reversed: false }
    }
}

/// The rows of one kind that a query selects, in an order. It is brought up to
/// date when it is looked at, and costs nothing while it is not.
#[derive(Debug)]
pub struct View {
    kind: Kind,
    query: Query,
    order: Order,
    sorted: Vec<Slot>,
    rows: Vec<Slot>,
    seen: Option<u32>,
    arranged: Option<u32>,
}

impl View {
    /// A view of every row of a kind, by name.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            query: Query::default(),
            order: Order::default(),
            sorted: Vec::new(),
            rows: Vec::new(),
            seen: None,
            arranged: None,
        }
    }

    /// The kind listed.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The query in force.
    pub const fn query(&self) -> &Query {
        &self.query
    }

    /// The order in force.
    pub const fn order(&self) -> Order {
        self.order
    }

    /// Selects by another query.
    pub fn select(&mut self, query: Query) {
        if self.query != query {
            self.query = query;
            self.seen = None;
        }
    }

    /// Sorts by another column.
    pub fn sort(&mut self, order: Order) {
        if self.order != order {
            self.order = order;
            self.seen = None;
            self.arranged = None;
        }
    }

    /// Forgets what was selected, for example because marks changed.
    pub fn invalidate(&mut self) {
        self.seen = None;
    }

    /// Brings the view up to date. Says whether its rows or their order changed.
    pub fn refresh(&mut self, inventory: &Inventory, marked: &Marks, scope: &Marks) -> bool {
        let order = inventory.order_of(self.kind);
        let pods = inventory.order_of(Kind::Pod);
        let by_pods = self.order.column == "PODS";
        let related = self.kind != Kind::Pod && (by_pods || !self.query.is_empty());
        let wanted = if related { order.wrapping_mul(31).wrapping_add(pods) } else { order };
        if self.seen == Some(wanted) {
            return false;
        }
        // Names do not change, so rows sorted by name move only when some come or go.
        let arranged = match self.order.column {
            "PODS" => wanted,
            "NAME" => inventory.members_of(self.kind),
            _ => order,
        };
        if self.arranged != Some(arranged) {
            self.arrange(inventory);
            self.arranged = Some(arranged);
        }
        let before = std::mem::take(&mut self.rows);
        self.rows = self.selected(inventory, marked, scope);
        self.seen = Some(wanted);
        before != self.rows
    }

    /// Number of rows selected.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row is selected.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Number of rows before selection.
    pub fn total(&self) -> usize {
        self.sorted.len()
    }

    /// The row at a place of the view.
    pub fn row<'a>(&self, inventory: &'a Inventory, place: usize) -> Option<Row<'a>> {
        inventory.row_at(self.kind, *self.rows.get(place)?)
    }

    /// The tick at which the row at a place last changed.
    pub fn stamp(&self, inventory: &Inventory, place: usize) -> u32 {
        self.rows.get(place).map_or(0, |slot| inventory.stamp_at(self.kind, *slot))
    }

    /// Where an object stands in the view.
    pub fn place(&self, inventory: &Inventory, id: RowId) -> Option<usize> {
        let slot = inventory.slot_of(id)?;
        self.rows.iter().position(|held| *held == slot)
    }

    /// Every row of the view, in order.
    pub fn rows<'a>(&'a self, inventory: &'a Inventory) -> impl Iterator<Item = Row<'a>> {
        self.rows.iter().filter_map(|slot| inventory.row_at(self.kind, *slot))
    }

    /// Sorts all rows of the kind. The sort is stable and finds runs, so that
    /// what was in order before costs one pass.
    fn arrange(&mut self, inventory: &Inventory) {
        self.sorted.retain(|slot| inventory.row_at(self.kind, *slot).is_some());
        let all = inventory.slots(self.kind);
        if all.len() != self.sorted.len() {
            let held: std::collections::HashSet<Slot> = self.sorted.iter().copied().collect();
            self.sorted.extend(all.into_iter().filter(|slot| !held.contains(slot)));
        }
        let compare = compare(self.kind, self.order, inventory);
        let kind = self.kind;
        self.sorted.sort_by(|one, other| match (inventory.row_at(kind, *one), inventory.row_at(kind, *other)) {
            (Some(one), Some(other)) => compare(&one, &other),
            _ => Ordering::Equal,
        });
    }

    fn selected(&self, inventory: &Inventory, marked: &Marks, scope: &Marks) -> Vec<Slot> {
        let matcher = Matcher::new(&self.query, inventory, marked, scope);
        if self.kind == Kind::Pod {
            let pods = self.sorted.iter().copied();
            return pods.filter(|slot| matcher.pod_at(super::pods::PodSlot(*slot))).collect();
        }
        if self.query.is_empty() {
            return self.sorted.clone();
        }
        let mut related = Related::new(&matcher);
        let rows = self.sorted.iter().copied();
        rows.filter(|slot| inventory.row_at(self.kind, *slot).is_some_and(|row| related.row(&row))).collect()
    }
}

type Compare<'a> = Box<dyn Fn(&Row<'_>, &Row<'_>) -> Ordering + 'a>;

fn compare(kind: Kind, order: Order, inventory: &Inventory) -> Compare<'_> {
    let column = columns::of(kind).iter().find(|column| column.title == order.column);
    let by_name = |one: &Row<'_>, other: &Row<'_>| {
        one.namespace()
            .cmp(other.namespace())
            .then_with(|| one.name().cmp(other.name()))
            .then_with(|| one.id().cmp(&other.id()))
    };
    let directed = move |ordering: Ordering| if order.reversed { ordering.reverse() } else { ordering };
    let now = Now::read();
    match column {
        Some(column) if column.title != "NAME" => match column.order {
            Some(by) => {
                Box::new(move |one, other| directed(by(inventory, one, other)).then_with(|| by_name(one, other)))
            }
            None => Box::new(move |one, other| {
                let text = |row: &Row<'_>| (column.text)(&Cell { row: *row, inventory, now }).into_owned();
                directed(text(one).cmp(&text(other))).then_with(|| by_name(one, other))
            }),
        },
        _ => Box::new(move |one, other| directed(by_name(one, other))),
    }
}
