//! The shape of the house: arrows between rooms, sizes of files, and what may be written where.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from top to bottom. A room imports only from rooms that stand below
/// it; rooms on one line do not know each other.
const ROOMS: [&[&str]; 15] = [
    &["main"],
    &["cli"],
    &["tui"],
    &["gameday"],
    &["report"],
    &["playbook"],
    &["response"],
    &["actions"],
    &["timeline", "findings", "memory", "blast", "triage"],
    &["case"],
    &["inventory", "rbac"],
    &["kubernetes"],
    &["aws"],
    &["config"],
    &["model"],
];

/// Longest file, in lines. One that is longer holds two ideas.
const LONGEST: usize = 400;

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The room: the first folder, or the file itself.
    fn room(&self) -> String {
        let first = self.path.strip_prefix("src").ok().and_then(|path| path.iter().next());
        first.map(|name| name.to_string_lossy().trim_end_matches(".rs").to_owned()).unwrap_or_default()
    }

    fn is(&self, path: &str) -> bool {
        self.path == Path::new(path)
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Whether the whole file is compiled for tests only: by convention it is called so.
    fn is_test(&self) -> bool {
        self.path.iter().any(|part| part == "tests" || part == "tests.rs")
    }

    /// Lines of code with their numbers: no comments, and nothing under `#[cfg(test)]`.
    fn code(&self) -> Vec<(usize, &str)> {
        let mut lines = (1..).zip(self.text.lines());
        let mut code = Vec::new();
        while let Some((number, line)) = lines.next() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                let indent = line.len() - line.trim_start().len();
                // rustfmt puts the end of an item on a line of its own, as far in as its beginning.
                let ends = |line: &str| {
                    line.trim_end().ends_with(';')
                        || line.split_at_checked(indent).is_some_and(|(_, rest)| rest.starts_with('}'))
                };
                let first = lines.by_ref().map(|(_, line)| line).find(|line| !line.trim_start().starts_with("#["));
                if !first.is_some_and(ends) {
                    let _ = lines.by_ref().find(|(_, line)| {
                        line.split_at_checked(indent)
                            .is_some_and(|(before, rest)| before.trim().is_empty() && rest.starts_with('}'))
                    });
                }
            } else if !line.trim_start().starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }

    fn at(&self, number: usize, what: &str) -> String {
        format!("{}:{number}: {what}", self.path.display())
    }
}

/// Every file of a folder and below it that ends so, by paths from the package's root.
fn files(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = fs::read_to_string(&path).unwrap_or_default();
                found.push(Source { path: path.strip_prefix(root).unwrap_or(&path).to_owned(), text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n  {}\n", found.join("\n  "));
}

fn floor(room: &str) -> Option<usize> {
    ROOMS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a line names: `crate::model::Clean`, `use crate::{case, model::Kind};`.
fn rooms_named(line: &str) -> Vec<String> {
    let word =
        |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let mut named = Vec::new();
    for path in line.split("crate::").skip(1) {
        match path.strip_prefix('{') {
            Some(group) => named.extend(group.split([',', '}']).map(|part| word(part.trim()))),
            None => named.push(word(path)),
        }
    }
    named
}

#[test]
fn arrows_between_rooms_point_downwards() {
    let mut wrong = Vec::new();
    let sources = files("src", ".rs");
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    for source in sources.iter().filter(|source| !source.is("src/lib.rs")) {
        let own = source.room();
        let Some(height) = floor(&own) else {
            wrong.push(format!("{}: the room {own} is in no list of rooms", source.path.display()));
            continue;
        };
        for (number, line) in (1..).zip(source.text.lines()) {
            for named in rooms_named(line) {
                let below = named == own || floor(&named).is_some_and(|other| other > height);
                if floor(&named).is_some() && !below {
                    wrong
                        .push(source.at(number, &format!("{own} imports from {named}, which does not stand below it")));
                }
            }
        }
    }
    none("arrows that do not point downwards (move what both need into a room below both)", wrong);
}

#[test]
fn imports_are_read_as_they_are_written() {
    assert_eq!(rooms_named("use crate::model::{Clean, Kind};"), ["model"]);
    assert_eq!(rooms_named("use crate::{case, model::Kind};"), ["case", "model", ""]);
    assert_eq!(rooms_named("    let x: crate::aws::Account = crate::config::read();"), ["aws", "config"]);
    assert!(rooms_named("use super::crates;").is_empty());
}

#[test]
fn code_for_tests_is_told_from_code() {
    let text =
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod far;\n// no\nfn d() {}\n";
    let source = Source { path: "src/model/x.rs".into(), text: text.to_owned() };
    let code: Vec<_> = source.code().into_iter().map(|(number, _)| number).collect();
    assert_eq!(code, [1, 6, 10]);
}

#[test]
fn no_file_holds_two_ideas() {
    let long = ["src", "tests", "benches"].iter().flat_map(|folder| files(folder, ".rs")).filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines", source.path.display()))
    });
    none(&format!("files of more than {LONGEST} lines (split them by idea)"), long.collect());
    let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
    let named = ["src", "tests"].iter().flat_map(|folder| files(folder, ".rs")).filter(|source| {
        source.path.iter().any(|part| vague.contains(&part.to_string_lossy().trim_end_matches(".rs")))
    });
    none("files named after nothing (name the idea)", named.map(|source| source.path.display().to_string()).collect());
}

#[test]
fn clients_are_made_where_they_are_guarded() {
    let mut wrong = Vec::new();
    for source in files("src", ".rs").iter().filter(|source| !source.is("src/aws/clients.rs") && !source.is_test()) {
        let aws = source.text.contains("aws_sdk_") || source.text.contains("aws_config");
        for (number, line) in source.code() {
            let made =
                ["Client::new(", "Client::from_conf(", "Client::try_from("].iter().find(|made| line.contains(**made));
            if let Some(made) = made.filter(|_| aws || !source.is_in("src/kubernetes")) {
                wrong.push(source.at(number, &format!("{made}…) goes past the read-only guard")));
            }
            if aws
                && ["::Config::", "config::Builder", "ConfigLoader", "aws_config::load"]
                    .iter()
                    .any(|made| line.contains(made))
            {
                wrong.push(source.at(number, "an SDK configuration is built outside src/aws/clients.rs"));
            }
        }
    }
    none("clients made outside src/aws/clients.rs and src/kubernetes/ (ask those rooms for one)", wrong);
}

/// Where code that is no test has one of these.
fn with_any(ways: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in files("src", ".rs").iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code() {
            found.extend(ways.iter().filter(|way| line.contains(**way)).map(|way| source.at(number, way)));
        }
    }
    found
}

#[test]
fn nothing_gives_up_outside_tests() {
    let ways = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!(", "unsafe "];
    none("code that ends the program instead of saying what failed", with_any(&ways));
}

#[test]
fn no_file_is_locked() {
    // Cases lie on NFS, EFS and whatever a bastion has: locks there fail, or promise what they do not keep.
    let ways = ["flock", "fcntl_lock", "fs4::", "try_lock_shared(", "lock_shared(", "File::lock", "O_EXLOCK"];
    none("locks on files, which not every filesystem has (epochs and one file a writer do without)", with_any(&ways));
}

#[test]
fn the_readme_names_both_commands() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap_or_default();
    let first_screen: Vec<_> = readme.lines().take(40).collect();
    for command in ["cargo run --release -- gameday", "cargo test"] {
        assert!(
            first_screen.iter().any(|line| line.contains(command)),
            "README.md does not name `{command}` in its first 40 lines"
        );
    }
}
