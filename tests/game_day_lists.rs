//! The prompt on the embedded clusters: the walk of a responder, without a screen.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the prompt answers to these lines.
fn asked(home: &Path, arguments: &[&str], lines: &str) -> io::Result<(Option<i32>, String, String)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_podmortem"))
        .args(["gameday", "--plain"])
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        // A game day looks at neither of them.
        .env("KUBECONFIG", home.join("there-is-none"))
        .env("AWS_PROFILE", "there-is-none")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(lines.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok((output.status.code(), text(output.stdout), text(output.stderr)))
}

#[test]
fn from_the_workload_to_its_kin_its_nodes_and_a_plan() {
    let home = tempfile::tempdir().unwrap();
    let walk = "pods workload:deploy/web privileged\nshare account 1\nshare image 1\nshare node 1\n\
                nodes workload:deploy/web privileged\nscope add 1\nscope\nactions\nplan cordon\nplan cordon 1\nquit\n";
    let (code, told, errors) = asked(home.path(), &[], walk).unwrap();
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{told}");
    assert!(told.starts_with("GAME DAY, "), "{told}");
    for expected in [
        "privileged",
        "pods sa:",
        "pods image:",
        "pods node:",
        "1 in the scope",
        "cordon: ",
        "/api/v1/nodes/",
        "hash: ",
    ] {
        assert!(told.contains(expected), "{expected:?} is not in\n{told}");
    }
    assert!(!told.contains("error: "), "{told}");
    assert!(!told.contains('\u{1b}'), "a screen reader would stumble");
}

#[test]
fn what_is_remembered_of_a_game_stays_in_the_game() {
    let home = tempfile::tempdir().unwrap();
    asked(home.path(), &[], "pods workload:deploy/web\nscope add 1\n").unwrap();
    let state = home.path().join(".local/state/podmortem");
    assert!(state.join("gameday").is_dir());
    let beside: Vec<_> = std::fs::read_dir(state).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(beside, ["gameday"]);
}

#[test]
fn the_same_seed_is_the_same_game() {
    let home = tempfile::tempdir().unwrap();
    let names = || -> Vec<String> {
        let (_, told, _) = asked(home.path(), &["--seed", "7"], "nodes\n").unwrap();
        told.lines().filter_map(|line| line.split_once(": ")?.1.split(',').next().map(str::to_owned)).collect()
    };
    let first = names();
    assert!(first.len() > 20, "{first:?}");
    assert_eq!(first, names());
}
