//! What things look like, by what they mean.

mod colour;
mod file;
mod role;

use std::path::PathBuf;

pub use colour::Colour;
use include_dir::{Dir, include_dir};
pub use role::Role;

use super::library::{Library, Volume};
use super::{Directories, Trouble};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// Whether a terminal's background is dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// How text of one role is painted. What is not set is as the terminal has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Colour of the letters.
    pub fg: Option<Colour>,
    /// Colour behind them.
    pub bg: Option<Colour>,
    /// Bold letters.
    pub bold: bool,
    /// Faint letters.
    pub dim: bool,
    /// Slanted letters.
    pub italic: bool,
    /// Underlined letters.
    pub underline: bool,
    /// Letters and ground change places.
    pub reverse: bool,
}

/// A theme: how each role is painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: `dark`.
    pub name: String,
    /// The backgrounds it is made for; `None` where it is good on any.
    pub background: Option<Background>,
    /// Grounds on which the text roles are promised to be readable (WCAG 2.2, contrast of 4.5 or more).
    pub grounds: Vec<Colour>,
    paints: [Paint; Role::COUNT],
}

impl Theme {
    /// How a role is painted.
    pub fn paint(&self, role: Role) -> Paint {
        self.paints.get(role as usize).copied().unwrap_or_default()
    }

    /// The theme of that name, the person's before the built-in one. Where it
    /// is malformed or absent, the built-in one of that name or else `dark`, and what was wrong.
    pub fn load(directories: &Directories, name: &str) -> (Self, Vec<Trouble>) {
        let library = library(directories);
        let path = library.path(name);
        match library.open(name) {
            Ok(Some(Volume { file, text, .. })) => match file::read(&file, name, &text) {
                Ok((theme, troubles)) => (theme, troubles),
                Err(trouble) => (Self::built_in(name), vec![trouble]),
            },
            Ok(None) => {
                let names = library.names().join(", ");
                let what = format!("there is no theme {name:?}; dark is used; there are {names}");
                (Self::built_in("dark"), vec![Trouble::at(&path, None, what)])
            }
            Err(error) => {
                let what = format!("cannot be read: {error}; the built-in theme is used");
                (Self::built_in(name), vec![Trouble::at(&path, None, what)])
            }
        }
    }

    /// The built-in theme of that name, or `dark`. Without either, a theme that paints nothing.
    pub fn built_in(name: &str) -> Self {
        let library = Library::new(&EMBEDDED, PathBuf::new());
        [name, "dark"]
            .into_iter()
            .filter_map(|name| library.built_in(name).map(|volume| (name, volume)))
            .find_map(|(name, volume)| file::read(&volume.file, name, &volume.text).ok())
            .map_or_else(|| Self::unpainted(name), |(theme, _)| theme)
    }

    /// The names of the themes that can be loaded.
    pub fn names(directories: &Directories) -> Vec<String> {
        library(directories).names()
    }

    fn unpainted(name: &str) -> Self {
        Self { name: name.to_owned(), background: None, grounds: Vec::new(), paints: [Paint::default(); Role::COUNT] }
    }
}

fn library(directories: &Directories) -> Library {
    Library::new(&EMBEDDED, directories.config().join("themes"))
}

#[cfg(test)]
mod tests;
