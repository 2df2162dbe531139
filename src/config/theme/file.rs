//! `themes/NAME.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{Background, Colour, Paint, Role, Theme};
use crate::config::Trouble;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    background: Option<Background>,
    #[serde(default)]
    grounds: Vec<Colour>,
    #[serde(default)]
    colours: BTreeMap<String, Colour>,
    roles: BTreeMap<String, Strokes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Strokes {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

/// Reads a theme. A role that is absent is painted as text; one that is unknown
/// or names an unknown colour is told of and left out.
pub(super) fn read(file: &Path, name: &str, text: &str) -> Result<(Theme, Vec<Trouble>), Trouble> {
    let document: Document =
        serde_yaml::from_str(text).map_err(|error| Trouble::yaml(file, &error, "the built-in theme is used"))?;
    let mut troubles = Vec::new();
    let mut theme = Theme::unpainted(name);
    theme.background = document.background;
    theme.grounds = document.grounds;
    let mut set = [false; Role::COUNT];
    for (name, strokes) in &document.roles {
        let line = indented_line_of(text, name);
        let Some(role) = Role::named(name) else {
            let known = Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
            troubles.push(Trouble::at(file, line, format!("unknown role {name:?}; there are {known}")));
            continue;
        };
        let mut colour = |name: &Option<String>| {
            let name = name.as_ref()?;
            let found = document.colours.get(name).copied();
            if found.is_none() {
                let what = format!("{role}: there is no colour {name:?} under colours; the terminal's own is used");
                troubles.push(Trouble::at(file, line, what));
            }
            found
        };
        let paint = Paint {
            fg: colour(&strokes.fg),
            bg: colour(&strokes.bg),
            bold: strokes.bold,
            dim: strokes.dim,
            italic: strokes.italic,
            underline: strokes.underline,
            reverse: strokes.reverse,
        };
        if let (Some(place), Some(set)) = (theme.paints.get_mut(role as usize), set.get_mut(role as usize)) {
            *place = paint;
            *set = true;
        }
    }
    let plain = theme.paint(Role::Text);
    for (place, _) in theme.paints.iter_mut().zip(set).filter(|(_, set)| !set) {
        *place = plain;
    }
    Ok((theme, troubles))
}

fn indented_line_of(text: &str, key: &str) -> Option<usize> {
    let stands = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    text.lines().position(stands).map(|place| place + 1)
}
