//! Exec plugins of a kubeconfig, run so that they cannot touch the terminal.
//!
//! The protocol: <https://kubernetes.io/docs/reference/config-api/client-authentication.v1/>

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use kube::config::ExecConfig;
use serde::Deserialize;
use tokio::process::Command;

use super::credential::Credential;
use crate::model::Clean;

/// Time that a plugin has.
const DEADLINE: Duration = Duration::from_secs(10);

/// Longest part of its standard error that is shown, in characters.
const SHOWN: usize = 600;

/// A plugin gave no credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credential plugin `{command}` {why}; run it by hand in another terminal to see what it needs")]
pub struct PluginError {
    /// The plugin's command.
    pub command: Clean,
    /// What happened, with its standard error.
    pub why: Clean,
}

/// What a plugin gave.
pub struct Given {
    /// The credential.
    pub credential: Credential,
    /// How long it serves from now; `None` where the plugin does not say.
    pub serves: Option<Duration>,
}

#[derive(Deserialize)]
struct ExecCredential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<jiff::Timestamp>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs a plugin with no terminal: standard input is empty, standard error is
/// kept for the message, it leads a process group of its own, and it is killed
/// with that group when its time is up.
///
/// # Errors
/// It cannot be started, fails, takes too long, or gives nothing that can be used.
pub async fn run(exec: &ExecConfig) -> Result<Given, PluginError> {
    let program = exec.command.as_deref().unwrap_or_default();
    let fail =
        |why: String| PluginError { command: Clean::capped(program, 200), why: Clean::capped(&why, SHOWN + 100) };
    let version = exec.api_version.as_deref().unwrap_or("client.authentication.k8s.io/v1");
    let mut spec = serde_json::json!({ "interactive": false });
    if let (Some(cluster), Some(spec)) = (&exec.cluster, spec.as_object_mut()) {
        spec.insert("cluster".to_owned(), serde_json::to_value(cluster).unwrap_or_default());
    }
    let info = serde_json::json!({ "apiVersion": version, "kind": "ExecCredential", "spec": spec });
    let mut command = Command::new(program);
    command
        .args(exec.args.iter().flatten())
        .envs(exec.env.iter().flatten().filter_map(|pair| Some((pair.get("name")?, pair.get("value")?))))
        .env("KUBERNETES_EXEC_INFO", info.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let child = command.spawn().map_err(|error| {
        let hint = exec.install_hint.as_deref().map(|hint| format!(" ({})", hint.trim())).unwrap_or_default();
        fail(format!("cannot be started: {error}{hint}"))
    })?;
    let group = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
    let Ok(ended) = tokio::time::timeout(DEADLINE, child.wait_with_output()).await else {
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        return Err(fail(format!("gave no answer within {} s", DEADLINE.as_secs())));
    };
    let output = ended.map_err(|error| fail(format!("failed: {error}")))?;
    let said = Clean::bytes(output.stderr.trim_ascii(), SHOWN);
    if !output.status.success() {
        return Err(fail(format!("failed ({}): {said}", output.status)));
    }
    read(&output.stdout).ok_or_else(|| fail(format!("gave no credential that can be used: {said}")))
}

fn read(answer: &[u8]) -> Option<Given> {
    let status = serde_json::from_slice::<ExecCredential>(answer).ok()?.status?;
    let certificate = match (status.client_certificate_data, status.client_key_data) {
        (Some(certificate), Some(key)) => Some(Arc::new((certificate, key))),
        (None, None) => None,
        // Half of a pair is a plugin's mistake, and a request without it would fail in a way that says nothing.
        _ => return None,
    };
    let bearer = status.token.filter(|token| !token.is_empty()).map(Into::into);
    if bearer.is_none() && certificate.is_none() {
        return None;
    }
    let credential = Credential::Made { bearer, certificate };
    let left = status.expiration_timestamp.map(|at| at.duration_since(jiff::Timestamp::now()));
    Some(Given { credential, serves: left.map(|left| Duration::try_from(left).unwrap_or_default()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> ExecConfig {
        serde_json::from_value(serde_json::json!({"command": "sh", "args": ["-c", script]})).unwrap()
    }

    #[tokio::test]
    async fn a_token_and_its_time_are_taken() {
        let given = run(&shell(
            r#"echo '{"kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"2999-01-01T00:00:00Z"}}'"#,
        ))
        .await
        .ok()
        .unwrap();
        assert_eq!(given.credential.bearer(), Some("t"));
        assert!(given.serves.unwrap() > Duration::from_hours(1));
    }

    #[test]
    fn a_certificate_comes_alone_or_with_a_token() {
        let both = br#"{"status":{"token":"t","clientCertificateData":"C","clientKeyData":"K"}}"#;
        let given = read(both).unwrap().credential;
        assert_eq!((given.bearer(), given.certificate()), (Some("t"), Some(("C", "K"))));
        let alone = br#"{"status":{"clientCertificateData":"C","clientKeyData":"K"}}"#;
        let given = read(alone).unwrap().credential;
        assert_eq!((given.bearer(), given.certificate()), (None, Some(("C", "K"))));
    }

    #[tokio::test]
    async fn it_has_no_terminal_and_its_complaint_is_shown_clean() {
        let error = run(&shell(r"read -r x || printf 'no\033[31m input' >&2; exit 3")).await.err().unwrap().to_string();
        assert!(error.contains("no␛[31m input"), "{error}");
        assert!(!error.contains('\u{1b}'));
    }

    #[tokio::test]
    async fn it_is_told_that_nobody_is_there_to_ask() {
        let error = run(&shell(r#"echo "$KUBERNETES_EXEC_INFO" >&2; exit 1"#)).await.err().unwrap().to_string();
        assert!(error.contains(r#""interactive":false"#), "{error}");
    }

    #[tokio::test]
    async fn garbage_is_no_credential() {
        for answer in [
            "",
            "{}",
            "[1]",
            r#"{"status":{}}"#,
            r#"{"status":{"clientCertificateData":"x"}}"#,
            r#"{"status":{"token":"t","clientKeyData":"x"}}"#,
        ] {
            assert!(read(answer.as_bytes()).is_none(), "{answer}");
        }
        assert!(run(&shell("echo nothing")).await.is_err());
        let absent: ExecConfig = serde_json::from_value(serde_json::json!({"command": "/nowhere/plugin"})).unwrap();
        assert!(run(&absent).await.err().unwrap().to_string().contains("/nowhere/plugin"));
    }
}
