//! Where playbooks are kept: in the program, and in the person's `playbooks/`.

use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::{Playbook, check, read};
use crate::config::library::{Library, Volume};
use crate::config::{Directories, Trouble};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/playbooks");

/// The built-in playbooks, and those of the person, which stand before them.
#[derive(Clone, Debug)]
pub struct Shelf(Library);

impl Shelf {
    /// The playbooks of a person.
    pub fn of(directories: &Directories) -> Self {
        Self(Library::new(&EMBEDDED, directories.config().join("playbooks")))
    }

    /// Every playbook that can be walked, by name, and what is wrong with the others.
    pub fn all(&self) -> (Vec<Playbook>, Vec<Trouble>) {
        let (mut playbooks, mut troubles) = (Vec::new(), Vec::new());
        for name in self.0.names() {
            match self.open(&name) {
                Ok(playbook) => playbooks.push(playbook),
                Err(more) => troubles.extend(more),
            }
        }
        (playbooks, troubles)
    }

    /// The playbook of a name, or in a file: what names a file that is there is one.
    ///
    /// # Errors
    /// There is none, or it cannot be walked; everything that is wrong with it.
    pub fn open(&self, name: &str) -> Result<Playbook, Vec<Trouble>> {
        let path = Path::new(name);
        let volume = if name.contains('/') || path.is_file() {
            let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            Some(Volume { file: path.to_owned(), text: text.into(), built_in: false })
        } else {
            self.0.open(name.trim_end_matches(".yaml")).map_err(|error| unreadable(&self.0.path(name), &error))?
        };
        let Some(Volume { file, text, built_in }) = volume else {
            let names = self.0.names().join(", ");
            let what = format!("there is no playbook {name:?}; name a file, or one of {names}");
            return Err(vec![Trouble::at(&self.0.path(name), None, what)]);
        };
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
        let playbook = read(&file, name, built_in, &text)?;
        let troubles = check(&file, &playbook, &text);
        if troubles.is_empty() { Ok(playbook) } else { Err(troubles) }
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Vec<Trouble> {
    vec![Trouble::at(file, None, format!("cannot be read: {error}"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::How;

    #[test]
    fn every_built_in_playbook_can_be_walked() {
        let home = tempfile::tempdir().unwrap();
        let (playbooks, troubles) = Shelf::of(&Directories::under(home.path())).all();
        assert!(troubles.is_empty(), "{}", troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        let names: Vec<_> = playbooks.iter().map(|playbook| playbook.name.as_str()).collect();
        assert_eq!(names, ["capture-first", "contain-first", "privileged-container"]);
        for playbook in &playbooks {
            assert!(playbook.built_in);
            assert!(playbook.steps.iter().any(|step| matches!(step.how, How::Action(_))), "{}", playbook.name);
        }
    }

    #[test]
    fn every_playbook_that_the_catalogue_names_is_there() {
        let home = tempfile::tempdir().unwrap();
        let (playbooks, _) = Shelf::of(&Directories::under(home.path())).all();
        for entry in crate::findings::catalogue::types() {
            assert!(playbooks.iter().any(|playbook| playbook.name == entry.playbook), "{entry:?}");
        }
    }

    #[test]
    fn a_playbook_of_the_persons_stands_before_the_built_in_one() {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::under(home.path());
        let folder = directories.config().join("playbooks");
        fs::create_dir_all(&folder).unwrap();
        let ours = "title: Ours\nabout: a\nsteps:\n- {id: a, title: t, what: w, why: y, by_hand: h}\n";
        fs::write(folder.join("capture-first.yaml"), ours).unwrap();
        fs::write(folder.join("torn.yaml"), "title: [").unwrap();
        let shelf = Shelf::of(&directories);
        assert_eq!(shelf.open("capture-first").unwrap().title, "Ours");
        let (playbooks, troubles) = shelf.all();
        assert_eq!(playbooks.len(), 3);
        assert!(troubles[0].to_string().contains("torn.yaml:1"), "{}", troubles[0]);
        assert!(shelf.open("nothing").unwrap_err()[0].to_string().contains("privileged-container"));
    }
}
