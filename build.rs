//! Registers actions, the operations of AWS that plans call, and rules: every file of
//! `src/actions/`, `src/aws/operations/` and `src/findings/rules/` but `mod.rs` and `tests.rs` is one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (folder, file, kind) in [
        ("src/actions", "actions.rs", "Action"),
        ("src/aws/operations", "operations.rs", "Operation"),
        ("src/findings/rules", "rules.rs", "Rule"),
    ] {
        println!("cargo::rerun-if-changed={folder}");
        fs::write(out.join(file), registry(&root.join(folder), kind)?)?;
    }
    Ok(())
}

/// The module declarations and the list of what each file exports: `ACTION` of an `Action`.
fn registry(folder: &Path, kind: &str) -> io::Result<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|end| end == "rs") && !matches!(name.as_str(), "mod" | "tests") {
            files.push((name, path));
        }
    }
    files.sort();
    let (mut modules, mut list) = (String::new(), String::new());
    let export = kind.to_uppercase();
    for (name, path) in files {
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {name};");
        let _ = writeln!(list, "    {name}::{export},");
    }
    Ok(format!("{modules}\nstatic REGISTRY: &[&dyn {kind}] = &[\n{list}];\n"))
}
