//! Who a Kubernetes user is, as far as a finding tells: the decision tree by kind of user.
//!
//! What a finding cannot tell (access entries, aws-auth, trusts of roles) is for the account to answer:
//! `Who::principal` is what to ask it about.

use serde::Serialize;

use super::{Link, Resolver, Step, Sure};
use crate::inventory::{Row, RowId};
use crate::model::facts::Shape;
use crate::model::finding::{NamedKey, NamedUser};
use crate::model::{Clean, Finding, Kind, SessionId};

/// A user, and what takes its access away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Which kind of user.
    pub kind: UserKind,
    /// Its name in the cluster, or the key's where there is none.
    pub name: Clean,
    /// The IAM principal behind it, by ARN or by id, empty where there is none or the finding does not tell.
    pub principal: Clean,
    /// The access key that was used, empty where not told.
    pub key: Clean,
    /// What decided.
    pub why: Clean,
    /// What takes its access away.
    pub next: &'static str,
}

/// The branches of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the words of each say what it is")]
pub enum UserKind {
    Anonymous,
    ServiceAccount,
    Node,
    Machinery,
    InstanceRole,
    AssumedRole,
    IamUser,
    Root,
    IamIdentity,
    Oidc,
    AwsService,
}

impl UserKind {
    /// What it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Anonymous => "nobody: anonymous",
            Self::ServiceAccount => "a service account",
            Self::Node => "a node",
            Self::Machinery => "the cluster's own machinery",
            Self::InstanceRole => "an IAM role of an instance",
            Self::AssumedRole => "an IAM role that somebody assumed",
            Self::IamUser => "an IAM user",
            Self::Root => "the account's root user",
            Self::IamIdentity => "an IAM identity",
            Self::Oidc => "a user of an OIDC provider, or of a certificate",
            Self::AwsService => "a service of AWS",
        }
    }

    const fn next(self) -> &'static str {
        match self {
            Self::Anonymous => "remove the bindings of system:anonymous and system:unauthenticated (remove-anonymous)",
            Self::ServiceAccount => {
                "strip its bindings (strip-rbac), end its tokens (end-tokens), and its IAM role's sessions"
            }
            Self::Node => "treat the node as taken: cordon it, isolate it, revoke the sessions of its role",
            Self::Machinery => "nothing to revoke; find what made it act, in the audit log",
            Self::InstanceRole => "treat the instance as taken: isolate it and revoke the sessions of its role",
            Self::AssumedRole => {
                "take its access entry or aws-auth entry away, revoke the role's sessions, and find who assumed it (CloudTrail)"
            }
            Self::IamUser => {
                "take its access entry or aws-auth entry away, make its access key inactive, rotate what it could read"
            }
            Self::Root => {
                "rotate the root user's keys and password from the root user's own session, and open a case with AWS"
            }
            Self::IamIdentity => {
                "take its access entry or aws-auth entry away; the account tells whether it is a user or a role"
            }
            Self::Oidc => {
                "strip its bindings (strip-rbac); disable it at its provider (`aws eks list-identity-provider-configs` names it)"
            }
            Self::AwsService => "look at what the service was told to do, and by whom (CloudTrail)",
        }
    }
}

/// Decides who the user of a finding is; `None` where it names neither a user nor a key.
pub fn who(finding: &Finding) -> Option<Who> {
    let (user, key) = (finding.about.user.as_ref(), finding.about.key.as_ref());
    let (kind, why) = match (user, key) {
        (Some(user), key) => of_user(user, key),
        (None, Some(key)) => of_key(key),
        (None, None) => return None,
    };
    let name =
        user.map(|user| &user.name).or_else(|| key.map(|key| if key.user.is_empty() { &key.id } else { &key.user }));
    let from_user = user.map(principal).unwrap_or_default();
    let principal =
        if from_user.is_empty() { key.map(|key| key.principal.clone()).unwrap_or_default() } else { from_user };
    Some(Who {
        kind,
        name: name.cloned().unwrap_or_default(),
        principal,
        key: key.map(|key| key.id.clone()).unwrap_or_default(),
        why: why.into(),
        next: kind.next(),
    })
}

fn of_user(user: &NamedUser, key: Option<&NamedKey>) -> (UserKind, String) {
    let name = user.name.as_str();
    let in_group = |wanted: &str| user.groups.iter().any(|group| *group == wanted);
    if name == "system:anonymous" || in_group("system:unauthenticated") {
        return (UserKind::Anonymous, "the server gave it no other name: no credentials were sent".to_owned());
    }
    if name.starts_with("system:serviceaccount:") {
        return (UserKind::ServiceAccount, "its name says so".to_owned());
    }
    if name.starts_with("system:node:") || in_group("system:nodes") {
        return (UserKind::Node, "its name or group is that of nodes".to_owned());
    }
    if ["system:kube-", "system:apiserver", "eks:"].iter().any(|start| name.starts_with(start)) {
        return (UserKind::Machinery, "its name is one that Kubernetes and EKS keep for themselves".to_owned());
    }
    if let Some(key) = key.filter(|key| !key.user_type.is_empty() || !key.id.is_empty()) {
        let (kind, why) = of_key(key);
        let creator = if name == "kubernetes-admin" { "; kubernetes-admin is who made the cluster" } else { "" };
        return (kind, format!("{why}{creator}"));
    }
    let arn = user.arn.as_str();
    if arn.contains(":user/") {
        return (UserKind::IamUser, format!("the audit log names {}", user.arn));
    }
    if arn.contains(":role/") || arn.contains(":assumed-role/") {
        return (UserKind::AssumedRole, format!("the audit log names {}", user.arn));
    }
    let id = principal(user);
    match id.get(..4) {
        Some("AIDA") => (UserKind::IamUser, format!("its uid holds {id}, which is a user's")),
        Some("AROA") if user.sessions.iter().any(|session| session.starts_with("i-")) => (
            UserKind::InstanceRole,
            format!("its uid holds {id}, a role's, and the session is named after an instance"),
        ),
        Some("AROA") => (UserKind::AssumedRole, format!("its uid holds {id}, which is a role's")),
        _ if user.uid.starts_with("aws-iam-authenticator:") => {
            (UserKind::IamIdentity, "its uid is of the IAM authenticator".to_owned())
        }
        _ if name == "kubernetes-admin" => {
            (UserKind::IamIdentity, "kubernetes-admin is the IAM identity that made the cluster".to_owned())
        }
        _ => (UserKind::Oidc, "neither its name nor its uid is one that IAM or Kubernetes gives".to_owned()),
    }
}

/// By the kind that GuardDuty writes (`userType`), or by how AWS begins its ids.
fn of_key(key: &NamedKey) -> (UserKind, String) {
    let instance = key.principal.split(':').nth(1).is_some_and(|session| session.starts_with("i-"));
    let kind = match key.user_type.to_ascii_lowercase().as_str() {
        "root" => UserKind::Root,
        "iamuser" | "user" => UserKind::IamUser,
        "assumedrole" | "role" if instance => UserKind::InstanceRole,
        "assumedrole" | "role" | "federateduser" => UserKind::AssumedRole,
        "awsservice" | "service" => UserKind::AwsService,
        _ => match (key.principal.get(..4), key.id.get(..4)) {
            (Some("AIDA"), _) | (None, Some("AKIA")) => UserKind::IamUser,
            (Some("AROA"), _) if instance => UserKind::InstanceRole,
            (Some("AROA"), _) | (None, Some("ASIA")) => UserKind::AssumedRole,
            _ => UserKind::IamIdentity,
        },
    };
    let said =
        if key.user_type.is_empty() { "the ids of the key".to_owned() } else { format!("userType {}", key.user_type) };
    (kind, format!("{said} of access key {}", key.id))
}

/// `aws-iam-authenticator:ACCOUNT:PRINCIPAL`, or an ARN from the audit log.
fn principal(user: &NamedUser) -> Clean {
    if !user.arn.is_empty() {
        return user.arn.clone();
    }
    let id = user.uid.strip_prefix("aws-iam-authenticator:").and_then(|rest| rest.split(':').nth(1));
    id.map(Clean::from).unwrap_or_default()
}

impl Resolver<'_> {
    /// The link to a user: to a service account or a node where it is one that is listed.
    pub(super) fn user(&self, session: Option<SessionId>, who: &Who) -> Link {
        let how = format!("{}: {}", who.kind.words(), who.why);
        let link = |sure| Link::new(Step::User, who.name.clone(), sure, how.clone());
        let Some(session) = session else { return link(Sure::Likely) };
        match who.kind {
            UserKind::ServiceAccount => self.account(session, who, link(Sure::Likely)),
            UserKind::Node => {
                let name = who.name.strip_prefix("system:node:").unwrap_or(&who.name);
                match self.index.nodes.get(&(session, name)) {
                    Some(uid) => link(Sure::Certain).at(RowId { session, kind: Kind::Node, uid: *uid }),
                    None => link(Sure::Likely).but(vec!["no node of this name is listed".into()]),
                }
            }
            _ => link(Sure::Likely),
        }
    }

    fn account(&self, session: SessionId, who: &Who, link: Link) -> Link {
        let named = who.name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
        match named {
            Some((namespace, name)) => self.account_named(session, namespace, name, link),
            None => link,
        }
    }

    /// The same link, to a service account by its name: how many pods run as it, and its IAM role.
    pub(super) fn account_named(&self, session: SessionId, namespace: &str, name: &str, link: Link) -> Link {
        let count = self.index.accounts.get(&(session, namespace, name)).copied().unwrap_or(0);
        let uid = self.index.objects.get(&(session, Kind::ServiceAccount, namespace, name)).copied();
        let row = uid.map(|uid| RowId { session, kind: Kind::ServiceAccount, uid });
        let object = row.and_then(|row| match self.inventory.row(row)? {
            Row::Object(_, object) => Some(object),
            _ => None,
        });
        let role = match object.map(|object| &object.shape) {
            Some(Shape::ServiceAccount { role_arn, .. }) if !role_arn.is_empty() => format!(", IAM role {role_arn}"),
            _ => String::new(),
        };
        let how = Clean::from(format!("{}; {count} pods run as it{role}", link.how));
        let link = Link { how, ..link };
        match row {
            Some(row) => Link { sure: Sure::Certain, ..link }.at(row),
            None => link,
        }
    }
}
