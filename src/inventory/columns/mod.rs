//! What each kind shows of itself, in which columns. The cockpit, the lists of
//! the command line and the line mode all print these.

mod node;
mod object;
mod pod;

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::model::{Age, Clean, Kind};

use super::row::Row;
use super::store::{Inventory, Now};

/// A column of a kind's table.
pub struct Column {
    /// Its heading, in capitals as `kubectl` writes it.
    pub title: &'static str,
    /// When it is shown.
    pub shown: Shown,
    /// The narrowest and the widest it may become, in cells.
    pub width: (u16, u16),
    /// How narrow it may become before other columns are left out; `None` where a
    /// text that is cut says nothing any more.
    pub shrinks: Option<u16>,
    /// Which end of a text too long is left out.
    pub cut: Cut,
    /// What the column says of a row.
    pub text: for<'a> fn(&Cell<'a>) -> Cow<'a, str>,
    /// The order that the column sorts by, where it is not that of its text.
    pub order: Option<Compare>,
}

/// Which of two rows stands first.
pub type Compare = fn(&Inventory, &Row<'_>, &Row<'_>) -> Ordering;

/// When a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// Where there is room for it.
    Roomy,
    /// Only when asked for (`w`, `-o wide`).
    Wide,
    /// Where rows of more than one cluster are listed.
    Clusters,
    /// Where rows of more than one namespace are listed.
    Namespaces,
}

/// Which part of a text too long is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The end.
    End,
    /// The middle: what tells pods apart is at the end of their names.
    Middle,
    /// The beginning: what matters of an image is its tag.
    Start,
}

/// A row on its way to a screen.
pub struct Cell<'a> {
    /// The row.
    pub row: Row<'a>,
    /// Where it comes from.
    pub inventory: &'a Inventory,
    /// The moment that ages are told for.
    pub now: Now,
}

/// The columns of a kind.
pub fn of(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Pod => &pod::COLUMNS,
        Kind::Node => &node::COLUMNS,
        kind => object::columns(kind),
    }
}

/// The texts of a row that free text is looked for in.
pub(super) fn texts<'a>(row: &Row<'a>) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
    let own: Vec<Cow<'a, str>> = match row {
        Row::Pod(pod) => vec![pod.name().as_str().into(), pod.namespace().as_str().into()],
        Row::Node(_, node) => {
            [&node.meta.name, &node.instance_id, &node.zone, &node.instance_type, &node.group, &node.os_image]
                .map(|text| text.as_str().into())
                .into()
        }
        Row::Object(_, object) => object::texts(object),
    };
    own.into_iter()
}

const fn column(title: &'static str, width: (u16, u16), text: for<'a> fn(&Cell<'a>) -> Cow<'a, str>) -> Column {
    Column { title, shown: Shown::Always, width, shrinks: None, cut: Cut::End, text, order: None }
}

impl Column {
    const fn shown(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }

    const fn shrinks(mut self, to: u16) -> Self {
        self.shrinks = Some(to);
        self
    }

    const fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    const fn order(mut self, order: Compare) -> Self {
        self.order = Some(order);
        self
    }
}

const CLUSTER: Column = column("CLUSTER", (6, 24), |cell| {
    let cluster = cell.inventory.cluster(cell.row.id().session);
    cluster.map_or(Cow::Borrowed(""), |cluster| cluster.label.as_str().into())
})
.shown(Shown::Clusters)
.shrinks(10)
.cut(Cut::Start);

const NAMESPACE: Column =
    column("NAMESPACE", (8, 24), |cell| cell.row.namespace().as_str().into()).shown(Shown::Namespaces).shrinks(12);

const NAME: Column = column("NAME", (16, 60), |cell| cell.row.name().as_str().into()).shrinks(24).cut(Cut::Middle);

const AGE: Column = column("AGE", (4, 5), |cell| {
    let created = cell.row.created();
    if created == 0 { "-".into() } else { Age::between(created, cell.now.unix).to_string().into() }
})
.order(|_, one, other| other.created().cmp(&one.created()));

fn join<'a>(texts: impl Iterator<Item = &'a Clean>) -> Cow<'a, str> {
    let mut all = String::new();
    for text in texts {
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(text);
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_columns_with_different_titles() {
        for kind in Kind::ALL {
            let titles: Vec<_> = of(kind).iter().map(|column| column.title).collect();
            let different: std::collections::HashSet<_> = titles.iter().collect();
            assert_eq!(titles.len(), different.len(), "{kind}");
            assert!(titles.contains(&"NAME"), "{kind}");
        }
    }
}
