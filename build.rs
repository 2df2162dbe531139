//! Registers the actions: every file of `src/actions/` but `mod.rs` is one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/actions");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("actions.rs"), registry(&root.join("src/actions"))?)
}

/// The module declarations and the list of what each file exports as `ACTION`.
fn registry(folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|end| end == "rs") && name != "mod" {
            files.push((name, path));
        }
    }
    files.sort();
    let (mut modules, mut list) = (String::new(), String::new());
    for (name, path) in files {
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {name};");
        let _ = writeln!(list, "    {name}::ACTION,");
    }
    Ok(format!("{modules}\nstatic REGISTRY: &[&dyn Action] = &[\n{list}];\n"))
}
