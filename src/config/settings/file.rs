//! Reading settings one by one, so that a mistake in one leaves the others.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};

use super::Settings;
use crate::config::Trouble;
use crate::config::trouble::line_of;

pub(super) fn load(file: &Path) -> (Settings, Vec<Trouble>) {
    match fs::read_to_string(file) {
        Ok(text) => read(file, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => Default::default(),
        Err(error) => {
            let what = format!("cannot be read: {error}; defaults are used");
            (Settings::default(), vec![Trouble::at(file, None, what)])
        }
    }
}

/// `auto`, or a value.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected true, false or auto")]
enum Switch {
    Set(bool),
    Word(Auto),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Auto {
    Auto,
}

fn read(file: &Path, text: &str) -> (Settings, Vec<Trouble>) {
    let written: Option<Mapping> = match serde_yaml::from_str(text) {
        Ok(written) => written,
        Err(error) => return (Settings::default(), vec![Trouble::yaml(file, &error, "defaults are used")]),
    };
    let mut settings = Settings::default();
    let mut troubles = Vec::new();
    for (name, value) in written.unwrap_or_default() {
        let name = name.as_str().unwrap_or_default().to_owned();
        if let Err(what) = set(&mut settings, &name, value) {
            troubles.push(Trouble::at(file, line_of(text, &name), what));
        }
    }
    (settings, troubles)
}

fn set(settings: &mut Settings, name: &str, value: Value) -> Result<(), String> {
    match name {
        "contexts" => settings.contexts = typed(name, value)?,
        "accounts" => settings.accounts = typed(name, value)?,
        "evidence" => settings.evidence = typed(name, value)?,
        "theme" => settings.theme = Some(typed::<String>(name, value)?).filter(|theme| theme != "auto"),
        "ascii" => {
            settings.ascii = match typed(name, value)? {
                Switch::Set(ascii) => Some(ascii),
                Switch::Word(Auto::Auto) => None,
            }
        }
        "mouse" => settings.mouse = typed(name, value)?,
        "scroll" => settings.scroll = typed(name, value)?,
        "favourites" => settings.favourites = typed(name, value)?,
        "aliases" => settings.aliases = typed::<BTreeMap<String, String>>(name, value)?.into_iter().collect(),
        "here" => settings.here = typed::<Option<String>>(name, value)?.filter(|here| !here.trim().is_empty()),
        "page" => settings.page = typed(name, value)?,
        "networks" => settings.networks = typed(name, value)?,
        "read_only" => {
            // What was meant to protect is not lost to a slip of the pen.
            settings.read_only = true;
            settings.read_only = typed(name, value)?;
        }
        _ => return Err(format!("unknown setting {name:?}; it is left out")),
    }
    Ok(())
}

fn typed<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, String> {
    let instead = if name == "read_only" { "read-only is assumed" } else { "the default is used" };
    serde_yaml::from_value(value).map_err(|error| format!("{name}: {error}; {instead}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::{Account, Scroll};

    fn loaded(text: &str) -> (Settings, Vec<String>) {
        let (settings, troubles) = read(Path::new("settings.yaml"), text);
        (settings, troubles.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_template_is_the_default() {
        assert_eq!(loaded(Settings::TEMPLATE), (Settings::default(), vec![]));
        assert_eq!(loaded(""), (Settings::default(), vec![]));
    }

    #[test]
    fn settings_are_read() {
        let text = "here: eu-central-1\npage: [oncall, --team, shop]\ncontexts: [prod]\naccounts: [{profile: ir, regions: [eu-west-1]}]\ntheme: light\nascii: true\n\
                    scroll: half\naliases: {web: 'pods ns:shop'}\nread_only: true\n";
        let (settings, troubles) = loaded(text);
        assert_eq!(troubles, Vec::<String>::new());
        assert_eq!(
            settings.accounts,
            [Account { profile: Some("ir".into()), role: None, regions: vec!["eu-west-1".into()] }]
        );
        assert_eq!(settings.here.as_deref(), Some("eu-central-1"));
        assert_eq!(settings.page, ["oncall", "--team", "shop"]);
        assert_eq!(settings.theme.as_deref(), Some("light"));
        assert_eq!((settings.ascii, settings.scroll, settings.read_only), (Some(true), Scroll::Half, true));
        assert_eq!(settings.aliases, [("web".to_owned(), "pods ns:shop".to_owned())]);
    }

    #[test]
    fn a_mistake_costs_only_its_own_setting() {
        let (settings, troubles) = loaded("theme: light\nmouse: 7\ncolor: red\nscroll: page\nread_only: yep\n");
        assert_eq!(settings.theme.as_deref(), Some("light"));
        assert!(settings.read_only);
        let starts = ["2: mouse", "3: unknown setting", "4: scroll", "5: read_only"];
        assert_eq!(troubles.len(), starts.len(), "{troubles:?}");
        for (trouble, start) in troubles.iter().zip(starts) {
            assert!(trouble.starts_with(&format!("settings.yaml:{start}")), "{trouble}");
        }
    }

    #[test]
    fn a_torn_file_is_named_with_its_line() {
        let (settings, troubles) = loaded("theme: light\ncontexts: [a\n");
        assert_eq!(settings, Settings::default());
        assert!(troubles.first().unwrap().starts_with("settings.yaml:"), "{troubles:?}");
    }
}
