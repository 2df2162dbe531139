//! Exec stanzas of a kubeconfig that ask for an EKS token, understood so that the
//! same identity's token can be made in this process.

use kube::config::{ExecConfig, Kubeconfig};

use crate::aws::eks::Place;

/// What `aws eks get-token` or `aws-iam-authenticator token` would make a token for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// Whose credentials, and in which Region.
    pub place: Place,
    /// The cluster's name, or the ID that stands for it: the `x-k8s-aws-id` header.
    pub cluster: String,
}

/// The exec stanza that a context's user has, where it has one.
pub fn of<'a>(config: &'a Kubeconfig, context: &str) -> Option<&'a ExecConfig> {
    let context = config.contexts.iter().find(|named| named.name == context)?.context.as_ref()?;
    let user = config.auth_infos.iter().find(|named| Some(&named.name) == context.user.as_ref())?;
    user.auth_info.as_ref()?.exec.as_ref()
}

/// Reads a stanza; `None` where anything in it is not understood, and the plugin has to be run.
pub fn read(exec: &ExecConfig) -> Option<TokenRequest> {
    let command = exec.command.as_deref()?;
    let program = command.rsplit('/').next()?;
    let args: Vec<&str> = exec.args.iter().flatten().map(String::as_str).collect();
    let mut place = Place::default();
    for pair in exec.env.iter().flatten() {
        let (name, value) = (pair.get("name")?, pair.get("value")?);
        match name.as_str() {
            "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" => place.profile = Some(value.clone()),
            "AWS_REGION" | "AWS_DEFAULT_REGION" => place.region = Some(value.clone()),
            "AWS_STS_REGIONAL_ENDPOINTS" | "AWS_CLI_AUTO_PROMPT" | "AWS_PAGER" | "KUBERNETES_EXEC_INFO" => {}
            _ => return None,
        }
    }
    let mut cluster = None;
    let mut words = Vec::new();
    let mut rest = args.into_iter();
    while let Some(arg) = rest.next() {
        let (flag, mut value) = match arg.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => (flag, Some(value)),
            _ => (arg, None),
        };
        let mut take = || value.take().or_else(|| rest.next()).map(str::to_owned);
        match flag {
            "--cluster-name" | "--cluster-id" | "-i" => cluster = Some(take()?),
            "--region" => place.region = Some(take()?),
            "--profile" => place.profile = Some(take()?),
            "--role-arn" | "--role" | "-r" => place.role = Some(take()?),
            "--output" | "--session-name" | "-s" => drop(take()?),
            "--token-only" | "--forward-session-name" | "--cache" | "--no-cli-pager" => {}
            flag if flag.starts_with('-') => return None,
            word => words.push(word),
        }
    }
    let known = match program {
        "aws" => words == ["eks", "get-token"],
        "aws-iam-authenticator" | "heptio-authenticator-aws" => words == ["token"],
        _ => false,
    };
    known.then_some(TokenRequest { place, cluster: cluster? })
}

/// The Region that a stanza names, whatever else is in it.
pub fn region(exec: &ExecConfig) -> Option<String> {
    read(exec)?.place.region
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exec(json: serde_json::Value) -> ExecConfig {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_stanza_of_update_kubeconfig_is_understood() {
        let read = read(&exec(serde_json::json!({
            "command": "aws", "env": [{"name": "AWS_PROFILE", "value": "prod"}],
            "args": ["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "shop", "--output", "json",
                     "--role-arn=arn:aws:iam::111122223333:role/responder"],
        })))
        .unwrap();
        assert_eq!(read.cluster, "shop");
        assert_eq!(read.place.region.as_deref(), Some("eu-west-1"));
        assert_eq!(read.place.profile.as_deref(), Some("prod"));
        assert_eq!(read.place.role.as_deref(), Some("arn:aws:iam::111122223333:role/responder"));
    }

    #[test]
    fn the_authenticator_is_understood() {
        let stanza = exec(serde_json::json!({"command": "/usr/local/bin/aws-iam-authenticator",
            "args": ["token", "-i", "shop", "-r", "arn:aws:iam::1:role/x"]}));
        assert_eq!(read(&stanza).unwrap().cluster, "shop");
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_plugin() {
        for stanza in [
            serde_json::json!({"command": "gke-gcloud-auth-plugin"}),
            serde_json::json!({"command": "aws", "args": ["eks", "get-token"]}),
            serde_json::json!({"command": "aws", "args": ["eks", "get-token", "--cluster-name", "x", "--endpoint-url", "y"]}),
            serde_json::json!({"command": "aws", "args": ["eks", "get-token", "--cluster-name", "x"],
                "env": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIA"}]}),
            serde_json::json!({"command": "sh", "args": ["eks", "get-token", "--cluster-name", "x"]}),
        ] {
            assert_eq!(read(&exec(stanza.clone())), None, "{stanza}");
        }
    }
}
