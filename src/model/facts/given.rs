//! What a pod's specification hands to its containers beside their images.

use super::super::Clean;

/// What containers are given. Pods of one template share it. Of the environment
/// only names are ever kept: what stands behind them may be a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Given {
    /// Containers that are privileged.
    pub privileged: Vec<Clean>,
    /// Linux capabilities that are added: the container and the capability.
    pub capabilities: Vec<(Clean, Clean)>,
    /// Paths of the node that are volumes.
    pub paths: Vec<Clean>,
    /// Secrets that are volumes, or parts of one.
    pub secret_files: Vec<Clean>,
    /// Secrets whose values stand in the environment: the container and the secret.
    pub secret_variables: Vec<(Clean, Clean)>,
    /// Variables whose value stands in the specification itself and whose name reads like a credential's: the
    /// container and the variable.
    pub plain_credentials: Vec<(Clean, Clean)>,
    /// Secrets that images are pulled with: the node has them, the containers do not.
    pub pull_secrets: Vec<Clean>,
    /// Audiences of the service account's tokens that are mounted; that of the API server itself is empty.
    pub audiences: Vec<Clean>,
}

/// The audience of tokens that IAM roles for service accounts are assumed with.
/// <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
pub const IRSA: &str = "sts.amazonaws.com";

/// The audience of tokens that the EKS Pod Identity agent takes.
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
pub const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

impl Given {
    /// Whether a token for the API server is mounted.
    pub fn has_token(&self) -> bool {
        self.audiences.iter().any(|audience| audience.is_empty())
    }

    /// Every secret whose values the containers can read, once each.
    pub fn secrets(&self) -> Vec<&Clean> {
        let variables = self.secret_variables.iter().map(|(_, secret)| secret);
        let mut all: Vec<&Clean> = self.secret_files.iter().chain(variables).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Parts of a variable's name that speak of a credential.
const CREDENTIAL: [&str; 11] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "CREDENTIAL",
    "CONNECTION_STRING",
];

/// Ends of a name that only say where a credential is, or how it is used.
const ABOUT: [&str; 14] = [
    "_FILE",
    "_PATH",
    "_DIR",
    "_NAME",
    "_ARN",
    "_URI",
    "_URL",
    "_TTL",
    "_ENABLED",
    "_REGION",
    "_EXPIRATION",
    "_LENGTH",
    "_REF",
    "_TYPE",
];

/// Whether a variable's name says that its value is a credential.
pub fn names_a_credential(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase().replace('-', "_");
    CREDENTIAL.iter().any(|part| name.contains(part)) && !ABOUT.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_from_what_is_about_them() {
        for name in ["DB_PASSWORD", "db-password", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "STRIPE_API_KEY"] {
            assert!(names_a_credential(name), "{name}");
        }
        for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "REGION", "PASSWORD_FILE", "TOKEN_TTL", "KEYBOARD"]
        {
            assert!(!names_a_credential(name), "{name}");
        }
    }

    #[test]
    fn a_secret_that_is_used_twice_is_named_once() {
        let given = Given {
            secret_files: vec!["db".into(), "tls".into()],
            secret_variables: vec![("web".into(), "db".into())],
            audiences: vec![IRSA.into()],
            ..Given::default()
        };
        assert_eq!(given.secrets(), [&Clean::from("db"), &Clean::from("tls")]);
        assert!(!given.has_token());
    }
}
