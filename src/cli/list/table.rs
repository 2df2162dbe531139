//! Tables as `kubectl` prints them: nothing is cut, three blanks between columns.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::inventory::columns::{self, Cell, Column, Shown};
use crate::inventory::{Inventory, Now, Row};
use crate::model::Kind;

/// Which columns are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breadth {
    /// Columns that are shown only when asked for.
    pub wide: bool,
    /// Rows of more than one cluster are listed.
    pub clusters: bool,
    /// Rows of more than one namespace are listed.
    pub namespaces: bool,
}

impl Breadth {
    fn has(self, column: &Column) -> bool {
        match column.shown {
            // Nothing is cut where lines may be as long as they are.
            Shown::Always | Shown::Roomy => true,
            Shown::Wide => self.wide,
            Shown::Clusters => self.clusters,
            Shown::Namespaces => self.namespaces,
        }
    }
}

/// A heading and its rows.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: Vec<String>) -> Self {
        Self { rows: vec![headings] }
    }

    /// Rows of one kind.
    pub fn of(kind: Kind, rows: &[Row<'_>], inventory: &Inventory, breadth: Breadth) -> Self {
        let columns: Vec<_> = columns::of(kind).iter().filter(|column| breadth.has(column)).collect();
        let mut table = Self::new(columns.iter().map(|column| column.title.to_owned()).collect());
        let now = Now::read();
        for row in rows {
            let cell = Cell { row: *row, inventory, now };
            table.push(columns.iter().map(|column| (column.text)(&cell).into_owned()).collect());
        }
        table
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Says the table line by line, numbered from `first`, without padding: for ears rather than eyes.
    pub fn say(&self, first: usize) -> String {
        let mut text = String::new();
        for (place, row) in self.rows.iter().enumerate() {
            let cells: Vec<_> = row.iter().map(|cell| if cell.is_empty() { "-" } else { cell }).collect();
            let head = if place == 0 { "columns".to_owned() } else { (first + place - 1).to_string() };
            text.push_str(&format!("{head}: {}\n", cells.join(", ")));
        }
        text
    }

    /// Prints the table.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |place: usize| self.rows.iter().filter_map(|row| row.get(place)).map(|text| text.width()).max();
        let widths: Vec<_> = (0..columns).map(|place| width(place).unwrap_or(0)).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (text, width) in row.iter().zip(&widths) {
                line.push_str(if text.is_empty() { "-" } else { text });
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width().max(1)) + 3));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_headings() {
        let mut table = Table::new(vec!["NAME".into(), "AGE".into()]);
        table.push(vec!["wéb-1".into(), "3s".into()]);
        table.push(vec![String::new(), "10d".into()]);
        let mut text = Vec::new();
        table.print(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "NAME    AGE\nwéb-1   3s\n-       10d\n");
        assert_eq!(table.say(7), "columns: NAME, AGE\n7: wéb-1, 3s\n8: -, 10d\n");
    }
}
