//! A case of several Unix users, on the real cluster: who may write, who may only
//! look, and what a disk that takes nothing lets through.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A group that no machine has, and members of it who are nobody either.
const GROUP: u32 = 64_200;
const ALICE: u32 = 64_201;
const BOB: u32 = 64_202;
/// Somebody who is not in the group.
const EVE: u32 = 64_203;

fn live() -> bool {
    let there = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").is_some();
    let root = rustix::process::getuid().is_root();
    if !there || !root {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG is not set, or the test does not run as root");
    }
    there && root
}

/// Homes of their own below a directory that everybody may enter, and the cases of a group.
struct Bastion {
    root: tempfile::TempDir,
}

impl Bastion {
    fn new() -> Self {
        let bastion = Self { root: tempfile::tempdir().unwrap() };
        let root = bastion.root.path();
        fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
        for user in [ALICE, BOB, EVE] {
            let home = root.join(user.to_string());
            fs::create_dir(&home).unwrap();
            chown(&home, Some(user), Some(user)).unwrap();
        }
        let cases = bastion.cases();
        fs::create_dir(&cases).unwrap();
        chown(&cases, Some(ALICE), Some(GROUP)).unwrap();
        fs::set_permissions(&cases, fs::Permissions::from_mode(0o2770)).unwrap();
        let kubeconfig = std::env::var_os("PODMORTEM_LIVE_RESPONDER").map(PathBuf::from).unwrap();
        // The files that it names are root's own.
        let mut flat = Command::new("kubectl");
        flat.args(["config", "view", "--raw", "--flatten"]).env("KUBECONFIG", kubeconfig);
        fs::write(root.join("kubeconfig"), flat.output().unwrap().stdout).unwrap();
        fs::set_permissions(root.join("kubeconfig"), fs::Permissions::from_mode(0o644)).unwrap();
        let binary = root.join("podmortem");
        fs::copy(env!("CARGO_BIN_EXE_podmortem"), &binary).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        bastion
    }

    fn cases(&self) -> PathBuf {
        self.root.path().join("cases")
    }

    /// Runs podmortem as a user of this machine.
    fn run(&self, user: u32, cases: &Path, args: &[&str]) -> Output {
        let home = self.root.path().join(user.to_string());
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={user}")]);
        command.arg(if user == EVE { "--clear-groups".to_owned() } else { format!("--groups={GROUP}") });
        command.arg(self.root.path().join("podmortem")).args(args).stdin(Stdio::null());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).env("PODMORTEM_CASES", cases);
        command.env("KUBECONFIG", self.root.path().join("kubeconfig")).output().unwrap()
    }

    fn done(&self, user: u32, args: &[&str]) -> String {
        let output = self.run(user, &self.cases(), args);
        assert!(output.status.success(), "{user} {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { [files(&path), vec![path]].concat() } else { vec![path] }).collect()
}

#[test]
fn two_users_work_on_one_case_and_a_third_sees_nothing_of_it() {
    if !live() {
        return;
    }
    let bastion = Bastion::new();
    bastion.done(ALICE, &["case", "new", "--id", "TWO", "--responder", "alice"]);
    bastion.done(ALICE, &["--case", "TWO", "act", "capture-pod", "deploy/api", "-n", "shop"]);
    let captured =
        bastion.run(BOB, &bastion.cases(), &["--case", "TWO", "act", "capture-pod", "deploy/web", "-n", "shop"]);
    assert!(captured.status.success(), "{captured:?}");
    bastion.done(BOB, &["--case", "TWO", "case", "note", "seen by bob"]);
    for path in files(&bastion.cases()) {
        let found = fs::metadata(&path).unwrap();
        let expected = match (found.is_dir(), path.parent().is_some_and(|dir| dir.ends_with("evidence"))) {
            (true, _) => 0o2770,
            (false, true) => 0o440,
            (false, false) => 0o640,
        };
        assert_eq!((found.gid(), found.mode() & 0o7777), (GROUP, expected), "{}", path.display());
    }
    for user in [ALICE, BOB] {
        let report: Value = serde_json::from_str(&bastion.done(user, &["verify", "TWO", "-o", "json"])).unwrap();
        let keys = report["report"]["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2, "{report:#}");
        assert_eq!(keys.iter().filter(|key| key["known"] == "own").count(), 1, "{report:#}");
        assert!(report["report"]["remembered"].as_u64().unwrap() > 0, "{report:#}");
    }
    // Bob may look at what alice wrote, and only she may write to it.
    let alices = files(&bastion.cases()).into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl"));
    assert_eq!(fs::metadata(alices.unwrap()).unwrap().mode() & 0o022, 0);
    let stranger = bastion.run(EVE, &bastion.cases(), &["case", "show", "TWO"]);
    assert!(!stranger.status.success() && !said(&stranger).contains("seen by bob"), "{stranger:?}");
}

#[test]
fn who_may_only_read_follows_and_leaves_nothing_behind() {
    if !live() {
        return;
    }
    let bastion = Bastion::new();
    bastion.done(ALICE, &["case", "new", "--id", "LOOK", "--responder", "alice"]);
    bastion.done(ALICE, &["--case", "LOOK", "case", "note", "for everybody to see"]);
    for path in files(&bastion.cases()).into_iter().chain([bastion.cases()]) {
        let mode = fs::metadata(&path).unwrap().mode();
        let readable = if mode & 0o111 != 0 { mode | 0o005 } else { mode | 0o004 };
        fs::set_permissions(&path, fs::Permissions::from_mode(readable & 0o7777)).unwrap();
    }
    let before = files(&bastion.cases()).len();
    let followed = bastion.run(EVE, &bastion.cases(), &["case", "follow", "LOOK", "--once"]);
    assert!(said(&followed).contains("for everybody to see"), "{followed:?}");
    assert!(bastion.run(EVE, &bastion.cases(), &["verify", "LOOK"]).status.success());
    let noted = bastion.run(EVE, &bastion.cases(), &["--case", "LOOK", "case", "note", "me too"]);
    assert!(!noted.status.success() && said(&noted).contains("permission"), "{noted:?}");
    let acted = bastion.run(
        EVE,
        &bastion.cases(),
        &["--case", "LOOK", "act", "isolate-pod", "deploy/api", "-n", "shop", "--yes"],
    );
    assert!(!acted.status.success() && said(&acted).contains("permission"), "{acted:?}");
    assert_eq!(files(&bastion.cases()).len(), before);
}

#[test]
fn a_disk_that_is_full_or_read_only_is_said_and_nothing_is_sent() {
    if !live() {
        return;
    }
    let bastion = Bastion::new();
    let disk = bastion.root.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k,mode=0777", "tmpfs"]).arg(&disk).status();
    if !mounted.is_ok_and(|mounted| mounted.success()) {
        println!("skipped: this machine lets nobody mount anything");
        return;
    }
    let tried = std::panic::catch_unwind(|| {
        let on = |args: &[&str]| bastion.run(ALICE, &disk, args);
        assert!(on(&["case", "new", "--id", "FULL", "--responder", "alice"]).status.success());
        let act = ["--case", "FULL", "act", "isolate-pod", "deploy/api", "-n", "shop", "--yes"];
        let fill = vec![b'x'; 64 << 10];
        let _ = fs::write(disk.join("filler"), fill);
        let full = on(&act);
        assert!(!full.status.success() && said(&full).contains("check the space"), "{full:?}");
        fs::remove_file(disk.join("filler")).unwrap();
        assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status().unwrap().success());
        let closed = on(&act);
        assert!(!closed.status.success() && said(&closed).contains("Read-only file system"), "{closed:?}");
        assert!(Command::new("mount").args(["-o", "remount,rw"]).arg(&disk).status().unwrap().success());
        assert!(on(&["--case", "FULL", "case", "note", "there is space again"]).status.success());
        let verified = on(&["verify", "FULL"]);
        assert!(verified.status.success(), "{verified:?}");
    });
    assert!(Command::new("umount").arg(&disk).status().unwrap().success());
    tried.unwrap();
    let slug = "ir.podmortem/case";
    let output =
        Command::new("kubectl").args(["get", "networkpolicies", "-A", "-l", slug, "-o", "name"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("ir-full-"), "{output:?}");
}
