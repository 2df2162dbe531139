//! Answers about rows: how many, how old, and what they are.

use std::time::Instant;

use crate::cli::facts;
use crate::cli::list::{Breadth, Noun, Table, rows};
use crate::inventory::{Inventory, Query, Row, RowId};
use crate::model::{Clean, Kind};

use super::ages;

/// Rows that are read out at a time.
const PAGE: usize = 40;

/// The last list: its numbers are what `show 3` means, whatever happens meanwhile.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was listed.
    pub noun: Noun,
    /// What was asked for.
    pub query: Query,
    rows: Vec<RowId>,
    shown: usize,
}

impl Asked {
    /// Asks an inventory.
    pub fn of(noun: Noun, query: Query, inventory: &Inventory) -> Self {
        let ids = |kind: &Kind| rows(noun, *kind, &query, inventory).iter().map(Row::id).collect::<Vec<_>>();
        let rows = noun.kinds().iter().flat_map(ids).collect();
        Self { noun, query, rows, shown: 0 }
    }

    /// The row of a number.
    pub fn row(&self, number: usize) -> Result<RowId, String> {
        let row = number.checked_sub(1).and_then(|place| self.rows.get(place)).copied();
        row.ok_or_else(|| match self.rows.len() {
            0 => "the last list was empty".to_owned(),
            all => format!("there is no row {number}: the last list had {all}"),
        })
    }

    /// The rows that are not yet read out, at most a page of them, with how many and how old.
    pub fn next_page(&mut self, inventory: &Inventory) -> String {
        let (first, all) = (self.shown, self.rows.len());
        let page: Vec<RowId> = self.rows.iter().skip(first).take(PAGE).copied().collect();
        self.shown += page.len();
        let kinds = self.noun.kinds();
        let what = if let [kind] = kinds { kind.plural() } else { "workloads" };
        let part = match page.len() {
            0 if all > 0 => "; there are no more".to_owned(),
            shown if shown < all => format!(", {} to {}", first + 1, self.shown),
            _ => String::new(),
        };
        let mut text = format!("{all} {what}{part}, {}\n", ages::tell(inventory, kinds, Instant::now()));
        let mut number = first + 1;
        for same in page.chunk_by(|one, other| (one.kind, one.session) == (other.kind, other.session)) {
            text.push_str(&say(same, inventory, number, kinds.len() > 1));
            number += same.len();
        }
        if self.shown < all {
            text.push_str(&format!("more: {} are left\n", all - self.shown));
        }
        text
    }
}

/// Rows of one kind and one cluster. Which they are is said once, not on every line.
fn say(ids: &[RowId], inventory: &Inventory, first: usize, name_kind: bool) -> String {
    let Some(id) = ids.first() else { return String::new() };
    let rows: Vec<_> = ids.iter().filter_map(|id| inventory.row(*id)).collect();
    let breadth = Breadth { wide: false, clusters: false, namespaces: true };
    let said = Table::of(id.kind, &rows, inventory, breadth).say(first);
    let cluster = inventory.cluster(id.session).filter(|_| inventory.clusters().len() > 1);
    let cluster = cluster.map_or_else(String::new, |cluster| format!("cluster {}\n", cluster.title()));
    let kind = if name_kind { format!("{}\n", id.kind.plural()) } else { String::new() };
    format!("{cluster}{kind}{said}")
}

/// Everything that is known of a row, as YAML.
pub fn show(id: RowId, inventory: &Inventory) -> Result<String, String> {
    let row = inventory.row(id).ok_or("the object is no longer there; again lists what is")?;
    let age = ages::tell_of(inventory, id.session, id.kind);
    let facts = serde_yaml::to_string(&facts::of(&row, inventory)).map_err(|error| error.to_string())?;
    Ok(format!("{} {}, {age}\n{}", id.kind, name(&row), clean_lines(&facts)))
}

/// `shop/web-7d9f`, or a name alone.
pub fn name(row: &Row<'_>) -> String {
    match row.namespace() {
        namespace if namespace.is_empty() => row.name().to_string(),
        namespace => format!("{namespace}/{}", row.name()),
    }
}

/// Text of several lines, each made safe to show.
pub fn clean_lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", Clean::from(line))).collect()
}
