//! The program as scripts meet it: what it prints where, and with which exit code.

use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with nothing of this machine's configuration.
fn podmortem(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> io::Result<Output> {
    let home = tempfile::tempdir()?;
    podmortem(home.path(), arguments).output()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn it_tells_its_version_and_its_usage() {
    let version = run(&["--version"]).unwrap();
    assert_eq!(text(&version.stdout), format!("podmortem {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(version.status.code(), Some(0));
    let help = run(&["--help"]).unwrap();
    assert!(text(&help.stdout).contains("Usage: podmortem"));
    assert!(help.stderr.is_empty());
}

#[test]
fn wrong_usage_is_told_on_standard_error_with_code_2() {
    for arguments in [["--no-such-option"].as_slice(), &["no-such-command"], &["completions", "no-such-shell"]] {
        let output = run(arguments).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn without_a_terminal_the_cockpit_names_the_other_way() {
    let output = run(&[]).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--plain"), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn as_a_plugin_of_kubectl_it_calls_itself_so() {
    let home = tempfile::tempdir().unwrap();
    let plugin = home.path().join("kubectl-podmortem");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_podmortem"), &plugin).unwrap();
    let output = Command::new(plugin).arg("--help").output().unwrap();
    assert!(text(&output.stdout).contains("Usage: kubectl podmortem"), "{}", text(&output.stdout));
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&["completions", shell]).unwrap();
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("read-only"), "{shell}");
    }
}

#[test]
fn the_manual_is_roff() {
    let page = run(&["man"]).unwrap();
    assert!(text(&page.stdout).contains(".TH PODMORTEM"), "{}", text(&page.stdout));
    assert!(text(&run(&["man", "config"]).unwrap().stdout).contains("print\\-default"));
    assert_eq!(run(&["man", "no-such-command"]).unwrap().status.code(), Some(2));
}

#[test]
fn the_default_settings_are_settings() {
    let home = tempfile::tempdir().unwrap();
    let printed = podmortem(home.path(), &["config", "--print-default"]).output().unwrap();
    let folder = home.path().join("config");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("settings.yaml"), &printed.stdout).unwrap();
    let mut again = podmortem(home.path(), &["config", "--read-only", "--theme", "light"]);
    let again = again.env("PODMORTEM_CONFIG_DIR", &folder).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    assert!(again.stderr.is_empty());
    let told = text(&again.stdout);
    for line in ["read_only: true", "theme: light", "mouse: false"] {
        assert!(told.lines().any(|told| told == line), "{line} is not in\n{told}");
    }
}

#[test]
fn a_mistake_in_the_settings_is_told_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("settings.yaml"), "theme: dark\nmouse: perhaps\n").unwrap();
    let mut told = podmortem(home.path(), &["config"]);
    let told = told.env("PODMORTEM_CONFIG_DIR", home.path()).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told.stderr).contains("settings.yaml:2: mouse"), "{}", text(&told.stderr));
}

#[test]
fn a_pipe_that_closes_early_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    let mut child = podmortem(home.path(), &["man"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), text(&ended.stderr)), (Some(0), String::new()));
}

#[test]
fn playbooks_are_listed_explained_and_checked() {
    let names = run(&["playbook", "list", "-o", "name"]).unwrap();
    assert_eq!(text(&names.stdout), "capture-first\ncontain-first\nprivileged-container\n");
    let told = text(&run(&["playbook", "explain", "contain-first"]).unwrap().stdout);
    assert!(told.contains("how: the action isolate-pod: ") && told.contains("why: "), "{told}");
    let json = run(&["playbook", "explain", "contain-first", "-o", "json"]).unwrap();
    let playbook: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(playbook["steps"].as_array().unwrap().iter().any(|step| step["action"] == "isolate-pod"));
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("ours.yaml");
    let ours = "title: Ours\nabout: a\nsteps:\n- id: a\n  title: t\n  what: w\n  why: y\n  action: detonate\n";
    std::fs::write(&file, ours).unwrap();
    let checked = run(&["playbook", "check", "capture-first", &file.to_string_lossy()]).unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(text(&checked.stdout).contains("capture-first: 15 steps"), "{}", text(&checked.stdout));
    let wrong = text(&checked.stderr);
    assert!(wrong.contains("ours.yaml:4: ") && wrong.contains("detonate"), "{wrong}");
    let nothing = run(&["playbook", "explain", "nothing"]).unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    assert!(text(&nothing.stderr).contains("capture-first"), "{}", text(&nothing.stderr));
}

/// The program where there is no way out: no kubeconfig, no credentials, and no network but loopback, where
/// this machine lets us take it away.
fn alone(home: &Path, arguments: &[&str]) -> Command {
    let without = ["--user", "--map-root-user", "--net"];
    let may = Command::new("unshare").args(without).arg("true").output().is_ok_and(|tried| tried.status.success());
    if !may {
        println!("with network: unshare is not there, or is not allowed");
        return podmortem(home, arguments);
    }
    let mut command = Command::new("unshare");
    command.args(without).arg(env!("CARGO_BIN_EXE_podmortem")).args(arguments);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).stdin(Stdio::null());
    command
}

#[test]
fn doctor_tells_the_truth_where_there_is_nothing() {
    let home = tempfile::tempdir().unwrap();
    for more in [&[][..], &["--profile", "ir", "--region", "eu-west-1"]] {
        let begun = std::time::Instant::now();
        let told = alone(home.path(), &[more, &["doctor", "--timeout", "5", "-o", "json"]].concat()).output().unwrap();
        assert!(begun.elapsed().as_secs() < 60, "doctor took {} s", begun.elapsed().as_secs());
        assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
        let report: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        let checks = report["checks"].as_array().unwrap();
        let about = |check: &&serde_json::Value, area: &str| check["area"].as_str().unwrap().starts_with(area);
        let bad: Vec<_> = checks.iter().filter(|check| check["state"] == "bad").collect();
        assert!(!bad.is_empty(), "{report:#}");
        assert!(bad.iter().all(|check| check["mend"].as_str().is_some_and(|mend| !mend.is_empty())), "{bad:#?}");
        let claimed: Vec<_> = ["cluster", "readiness", "AWS"]
            .iter()
            .flat_map(|area| checks.iter().filter(move |check| about(check, area) && check["state"] == "good"))
            .collect();
        assert!(claimed.is_empty(), "it found what is not there: {claimed:#?}");
    }
}

/// A case that answers, calls people and allows a copy, and still verifies.
#[test]
fn a_case_is_triaged_without_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let settings = "here: eu-central-1\npage: [sh, -c, 'cat; echo called for $PODMORTEM_PRIORITY >&2; exit 3']\n";
    std::fs::write(home.path().join("settings.yaml"), settings).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = podmortem(home.path(), arguments);
        command.env("PODMORTEM_CONFIG_DIR", home.path()).env("PODMORTEM_STATE_DIR", home.path().join("state"));
        command.output().unwrap()
    };
    let told = |arguments: &[&str], code: i32| {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout) + &text(&output.stderr)
    };
    told(&["case", "new", "--id", "INC-42", "--responder", "kim"], 0);
    let case = ["--case", "INC-42", "case"];
    let with = |more: &[&'static str]| [case.as_slice(), more].concat();
    told(&with(&["triage", "priority", "p1 users cannot pay"]), 0);
    told(&with(&["triage", "impact", "payments fail\nsince 03:10"]), 0);
    assert!(told(&with(&["triage", "priority", "urgent"]), 2).contains("P1, P2, P3, P4"));
    assert!(told(&with(&["triage", "nothing", "x"]), 2).contains("war-room"));
    assert!(told(&["--read-only", "--case", "INC-42", "case", "triage", "ticket", "x"], 4).contains("read-only"));
    let list = told(&with(&["triage", "-o", "json"]), 0);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let topic = |id: &str| list["items"].as_array().unwrap().iter().find(|item| item["topic"] == id).unwrap();
    assert_eq!(topic("priority")["answer"][0], "P1 users cannot pay");
    assert_eq!(topic("impact")["answer"].as_array().unwrap().len(), 2);
    assert_eq!(topic("ticket")["offered"]["lines"][0], "INC-42");
    assert!(topic("damage")["answer"].is_null());
    assert!(told(&with(&["triage"]), 0).contains("P1 users cannot pay"));
    assert!(told(&with(&["page"]), 4).contains("nobody was called"));
    let paged = told(&with(&["page", "--yes"]), 1);
    assert!(paged.contains("exit code 3") && paged.contains("called for P1"), "{paged}");
    told(&with(&["allow-copy", "--from", "us-east-1", "--to", "eu-central-1", "--reason", ""]), 2);
    told(&with(&["allow-copy", "--from", "us-east-1", "--to", "eu-central-1", "--reason", "legal agreed"]), 0);
    let shown = told(&with(&["show"]), 0);
    for part in [
        "priority:  P1 users cannot pay",
        "impact:    payments fail (and 1 more lines)",
        "us-east-1 may be kept in eu-central-1",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let json: serde_json::Value = serde_json::from_str(&told(&with(&["show", "-o", "json"]), 0)).unwrap();
    assert_eq!(json["copies"][0]["reason"], "legal agreed");
    let journal = told(&with(&["follow", "--once"]), 0);
    assert!(journal.contains("calls people with sh -c") && journal.contains("FAILED with exit code 3"), "{journal}");
    told(&with(&["triage", "impact", "--clear"]), 0);
    assert!(told(&with(&["triage", "impact"]), 0).contains("payments fail"), "what was said stays");
    assert!(told(&["verify", "INC-42"], 0).contains("holds"));
}
