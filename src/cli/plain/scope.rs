//! The scope: what the responder works on. It is the cockpit's, and outlives both.

use serde_json::{Map, Value};

use crate::cli::Startup;
use crate::config::state::StateFile;
use crate::inventory::{Inventory, Marks, RowId};
use crate::model::Target;

/// The scope, kept where the cockpit keeps it.
pub struct Scope {
    file: StateFile,
    beside: Map<String, Value>,
    held: Marks,
}

impl Scope {
    /// Reads the scope. The second value says what is wrong with its file.
    pub fn read(startup: &Startup) -> (Self, Option<String>) {
        let name = if startup.game_day { "game-day" } else { "cockpit" };
        let file = StateFile::new(&startup.directories, name);
        let (beside, trouble) = match file.read::<Map<_, _>>() {
            Ok(beside) => (beside.unwrap_or_default(), None),
            Err(error) => (Map::new(), Some(error.to_string())),
        };
        let held = beside.get("scope").cloned().and_then(|scope| serde_json::from_value(scope).ok());
        (Self { file, beside, held: held.unwrap_or_default() }, trouble)
    }

    /// The objects, by cluster and kind.
    pub fn targets(&self) -> Vec<Target> {
        self.held.iter().cloned().collect()
    }

    /// Adds rows. Says how many were added.
    pub fn add(&mut self, rows: &[RowId], inventory: &Inventory) -> Result<String, String> {
        let mut added = 0;
        for row in rows {
            let target = inventory.target(*row);
            let target = target.ok_or("the object is gone, or its cluster has not yet said which one it is")?;
            added += usize::from(self.held.add(target));
        }
        self.write()?;
        Ok(format!("{added} added, {} in the scope\n", self.held.len()))
    }

    /// Removes objects by the numbers with which `say` lists them.
    pub fn remove(&mut self, numbers: &[usize]) -> Result<String, String> {
        let targets = self.targets();
        for number in numbers {
            let target = number.checked_sub(1).and_then(|place| targets.get(place));
            self.held.remove(target.ok_or_else(|| format!("there is no {number}: the scope holds {}", targets.len()))?);
        }
        self.write()?;
        Ok(format!("{} in the scope\n", self.held.len()))
    }

    /// Empties the scope.
    pub fn clear(&mut self) -> Result<String, String> {
        self.held.clear();
        self.write()?;
        Ok("the scope is empty\n".to_owned())
    }

    /// The scope in words, each object with its cluster and whether it is still there.
    pub fn say(&self, inventory: &Inventory) -> String {
        let mut text = format!("{} in the scope\n", self.held.len());
        for (number, target) in (1..).zip(self.held.iter()) {
            let cluster = inventory.session_of(target.cluster).and_then(|session| inventory.cluster(session));
            let cluster = cluster.map_or_else(|| target.cluster.to_string(), |cluster| cluster.label.to_string());
            text.push_str(&format!("{number}: {target}, uid {}, cluster {cluster}\n", target.uid));
        }
        text
    }

    fn write(&mut self) -> Result<(), String> {
        let scope = serde_json::to_value(&self.held).map_err(|error| error.to_string())?;
        self.beside.insert("scope".to_owned(), scope);
        self.file.write(&self.beside).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Options;
    use crate::config::{Directories, Settings};
    use crate::model::{ClusterId, Kind, Uid};

    fn target(number: u8) -> Target {
        Target {
            cluster: ClusterId(Uid::from_bytes([9; 16])),
            kind: Kind::Pod,
            namespace: Some("shop".into()),
            name: format!("web-{number}").into(),
            uid: Uid::from_bytes([number; 16]),
        }
    }

    #[test]
    fn the_scope_outlives_the_process() {
        let home = tempfile::tempdir().unwrap();
        let startup = Startup {
            options: Options::default(),
            settings: Settings::default(),
            directories: Directories::under(home.path()),
            troubles: Vec::new(),
            game_day: false,
        };
        StateFile::new(&startup.directories, "cockpit").write(&serde_json::json!({"queries": ["x"]})).unwrap();
        let (mut scope, trouble) = Scope::read(&startup);
        assert_eq!(trouble, None);
        for number in 1..=3 {
            scope.held.add(target(number));
        }
        assert_eq!(scope.remove(&[2]).unwrap(), "2 in the scope\n");
        assert!(scope.remove(&[3]).is_err());
        let (again, _) = Scope::read(&startup);
        assert_eq!(again.targets(), [target(1), target(3)]);
        assert_eq!(again.beside.get("queries"), Some(&serde_json::json!(["x"])));
        assert!(again.say(&Inventory::new()).contains("2: Pod shop/web-3"));
    }
}
