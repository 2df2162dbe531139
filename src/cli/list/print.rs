//! Lists in the forms that `kubectl` has.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::cli::facts;
use crate::inventory::{Inventory, Row};
use crate::model::Kind;

use super::table::{Breadth, Table};

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Columns under headings
    #[default]
    Table,
    /// All columns
    Wide,
    /// {"items": [...]}
    Json,
    /// The same as YAML
    Yaml,
    /// KIND/NAME, a line each
    Name,
}

/// Rows by kind, as they are to be printed.
pub struct Listing<'a> {
    /// Where the rows come from.
    pub inventory: &'a Inventory,
    /// The rows of each kind, in order.
    pub rows: Vec<(Kind, Vec<Row<'a>>)>,
    /// Whether rows of more than one namespace may be there.
    pub namespaces: bool,
}

impl Listing<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// Prints the list.
    pub fn print(&self, output: Output, out: &mut dyn Write) -> io::Result<()> {
        match output {
            Output::Table => self.tables(false, out),
            Output::Wide => self.tables(true, out),
            Output::Name => self.names(out),
            Output::Json => json_items(self.items(), out),
            Output::Yaml => {
                let document = json!({"apiVersion": "v1", "kind": "List", "items": self.items().collect::<Vec<_>>()});
                serde_yaml::to_writer(out, &document).map_err(io::Error::other)
            }
        }
    }

    fn items(&self) -> impl Iterator<Item = Value> {
        self.rows.iter().flat_map(|(_, rows)| rows).map(|row| facts::of(row, self.inventory))
    }

    fn tables(&self, wide: bool, out: &mut dyn Write) -> io::Result<()> {
        let breadth = Breadth { wide, clusters: self.inventory.clusters().len() > 1, namespaces: self.namespaces };
        let mut filled = self.rows.iter().filter(|(_, rows)| !rows.is_empty()).peekable();
        while let Some((kind, rows)) = filled.next() {
            if self.rows.len() > 1 {
                writeln!(out, "# {}", kind.plural())?;
            }
            Table::of(*kind, rows, self.inventory, breadth).print(out)?;
            if filled.peek().is_some() {
                writeln!(out)?;
            }
        }
        Ok(())
    }

    fn names(&self, out: &mut dyn Write) -> io::Result<()> {
        for (kind, rows) in &self.rows {
            let dot = if kind.group().is_empty() { "" } else { "." };
            let kind = format!("{}{dot}{}", kind.name().to_lowercase(), kind.group());
            for row in rows {
                writeln!(out, "{kind}/{}", row.name())?;
            }
        }
        Ok(())
    }
}

/// Writes a list one item after the other: twenty thousand pods are never one text in memory.
pub fn json_items(items: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[")?;
    for (place, item) in items.enumerate() {
        write!(out, "{}", if place == 0 { "\n" } else { ",\n" })?;
        serde_json::to_writer(&mut *out, &item)?;
    }
    writeln!(out, "\n]}}")
}
