//! Actions on the account around a real cluster, where `PODMORTEM_LIVE_KUBECONFIG` leads to one and
//! `PODMORTEM_LIVE_AWS` names the endpoint of its account, in which GuardDuty has a finding about `shop/web`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where and stops")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The finding about `shop/web`.
const FINDING: &str = "finding/us-east-1/5eed5eed5eed5eed5eed5eed5eed5eed";

struct Ground {
    kubeconfig: PathBuf,
    endpoint: String,
    home: tempfile::TempDir,
}

impl Ground {
    /// `None`, with a line that says so, where there is no such cluster.
    fn new() -> Option<Self> {
        let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (Some(kubeconfig), Some(endpoint)) = (named("PODMORTEM_LIVE_KUBECONFIG"), named("PODMORTEM_LIVE_AWS"))
        else {
            println!("skipped: PODMORTEM_LIVE_KUBECONFIG or PODMORTEM_LIVE_AWS is not set");
            return None;
        };
        let ground = Self { kubeconfig: kubeconfig.into(), endpoint, home: tempfile::tempdir().unwrap() };
        ground.run(&["case", "new", "--id", "ACCOUNT", "--responder", "a"]);
        Some(ground)
    }

    /// The exit code, and what it printed.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let (code, out, err) = self.ran(arguments);
        (code, out + &err)
    }

    /// The same, with what it said on standard error by itself.
    fn ran(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command.arg("--kubeconfig").arg(&self.kubeconfig).args(["--case", "ACCOUNT"]).args(arguments);
        for name in ["CONFIG", "STATE", "CACHE"] {
            command.env(format!("PODMORTEM_{name}_DIR"), self.home.path().join(name.to_lowercase()));
        }
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTERADMIN")
            .env("AWS_SECRET_ACCESS_KEY", "admin-secret")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE")
            .env_remove("PODMORTEM_CASES")
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    fn plan(&self, arguments: &[&str]) -> Value {
        let (code, out, err) = self.ran(&[&["plan", "-o", "json"], arguments].concat());
        assert_eq!(code, Some(0), "{err}");
        serde_json::from_str(&out).unwrap()
    }
}

/// One after the other: they are about the same account.
#[test]
fn the_account_is_looked_at_acted_on_and_put_back() {
    let Some(ground) = Ground::new() else { return };
    doctor_tells_what_is_off_and_what_cannot_be_known(&ground);
    what_is_done_is_proven_and_put_back(&ground);
}

fn what_is_done_is_proven_and_put_back(ground: &Ground) {
    let calls = |plan: &Value| plan.pointer("/calls").and_then(Value::as_array).map_or(0, Vec::len);
    let logs = ground.plan(&["enable-audit-logs"]);
    assert_eq!(calls(&logs), 1, "the logs are on already: {logs:#}");
    let (code, said) = ground.run(&["act", "enable-audit-logs", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(calls(&ground.plan(&["enable-audit-logs"])), 0);
    let (code, said) = ground.run(&["act", "suppress-findings", FINDING, "--set", "within=workload", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    let again = ground.plan(&["suppress-findings", FINDING, "--set", "within=workload"]);
    assert_eq!(calls(&again), 0, "{again:#}");
    let (code, said) = ground.run(&["undo", "--all", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(calls(&ground.plan(&["enable-audit-logs"])), 1);
    assert_eq!(calls(&ground.plan(&["suppress-findings", FINDING, "--set", "within=workload"])), 1);
    assert_eq!(calls(&ground.plan(&["archive-finding", FINDING])), 1);
    let (code, said) = ground.run(&["plan", "suppress-findings", FINDING, "--set", "within=user"]);
    assert!(matches!(code, Some(0 | 2)), "{said}");
    let (code, said) = ground.run(&["verify", "ACCOUNT"]);
    assert_eq!(code, Some(0), "{said}");
}

fn doctor_tells_what_is_off_and_what_cannot_be_known(ground: &Ground) {
    let (code, said, err) = ground.ran(&["doctor", "-o", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{err}"));
    let checks = report.pointer("/checks").and_then(Value::as_array).cloned().unwrap_or_default();
    let of =
        |what: &str| checks.iter().find(|check| check.pointer("/what").and_then(Value::as_str) == Some(what)).cloned();
    assert!(matches!(code, Some(0 | 1)), "{said}");
    let audit = of("audit log").unwrap_or_else(|| panic!("{said}"));
    let mend = audit.pointer("/mend").and_then(Value::as_str).unwrap_or_default();
    assert!(mend.contains("podmortem act enable-audit-logs cluster/"), "{audit:#}");
    assert!(of("GuardDuty").is_some() && of("IAM").is_some(), "{said}");
}
