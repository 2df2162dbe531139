//! The decision by type of user: what each is, how that is known, and what would take its access away.

use serde::Serialize;

use super::arn::{Arn, fits};
use super::known::{Known, User};
use crate::aws::access::{AccessEntry, Mapped};
use crate::aws::{Told, Unsaid};
use crate::model::Clean;

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhoIs {
    /// Somebody who showed no credentials.
    Anonymous,
    /// A service account: whoever holds its token.
    ServiceAccount,
    /// A kubelet, or whoever took its credentials.
    Node,
    /// A part of Kubernetes or of EKS.
    System,
    /// An IAM user or role.
    Iam,
    /// A person of an OIDC provider.
    Oidc,
    /// None of them, as far as the facts tell.
    Unknown,
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// It cannot be otherwise.
    Certain,
    /// Names agree, and nothing contradicts it.
    Likely,
    /// It may be so.
    Possible,
    /// It could not be asked.
    Unknown,
}

/// One step from a user to what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What was found.
    pub says: Clean,
    /// How it is known, or why not.
    pub how: Clean,
    /// How sure it is.
    pub sure: Sure,
}

/// Who a user is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it is.
    pub is: WhoIs,
    /// How that is known.
    pub links: Vec<Link>,
    /// What takes its access away, in the order in which it helps.
    pub revoke: Vec<Clean>,
}

/// Decides who a user is. Pure: the same facts give the same answer.
pub fn who_is(user: &User, known: &Known) -> Answer {
    let mut answer = Answer { is: WhoIs::Unknown, links: Vec::new(), revoke: Vec::new() };
    let in_group = |group: &str| user.groups.iter().any(|held| held == group);
    if user.name == "system:anonymous" || in_group("system:unauthenticated") {
        answer.anonymous();
    } else if let Some((namespace, name)) = user.service_account() {
        answer.service_account(namespace, name, known);
    } else if let Some(node) = user.node() {
        answer.node(node, user, known);
    } else if user.name.starts_with("eks:") || user.name.starts_with("system:") {
        answer.system(user);
    } else {
        answer.person(user, known);
    }
    answer
}

impl Answer {
    fn link(&mut self, sure: Sure, says: impl Into<Clean>, how: impl Into<Clean>) {
        self.links.push(Link { says: says.into(), how: how.into(), sure });
    }

    fn revoke(&mut self, what: impl Into<Clean>) {
        self.revoke.push(what.into());
    }

    fn unknown(&mut self, what: &str, why: &Unsaid) {
        self.link(Sure::Unknown, format!("{what}: not known"), why.to_string());
    }

    fn anonymous(&mut self) {
        self.is = WhoIs::Anonymous;
        self.link(
            Sure::Certain,
            "nobody: the request carried no credentials",
            "Kubernetes gives such requests this name",
        );
        self.revoke("remove what is bound to system:anonymous and system:unauthenticated: remove-anonymous");
        self.revoke("close the API server's public endpoint, or narrow who may reach it");
    }

    fn service_account(&mut self, namespace: &str, name: &str, known: &Known) {
        self.is = WhoIs::ServiceAccount;
        self.link(
            Sure::Certain,
            format!("service account {namespace}/{name}: every pod that mounts its token, and whoever took one"),
            "the form of the name",
        );
        let mut roles = 0;
        match &known.annotated_role {
            Some(role) if role.is_empty() => {
                self.link(Sure::Certain, "no role through IRSA", "it has no annotation eks.amazonaws.com/role-arn");
            }
            Some(role) => {
                roles += 1;
                self.link(Sure::Certain, format!("takes {role} (IRSA)"), "its annotation eks.amazonaws.com/role-arn");
                self.revoke(format!(
                    "deny the sessions of {role} that were issued before now; the role itself serves others too"
                ));
            }
            None => self.link(Sure::Unknown, "IRSA role: not known", "the service account is gone, or is not listed"),
        }
        match &known.associations.said {
            Ok(associations) => {
                for association in associations {
                    roles += 1;
                    let then = association.target_role.as_str();
                    let then = if then.is_empty() { String::new() } else { format!(", and {then} from there") };
                    let says = format!("takes {}{then} (Pod Identity)", association.role);
                    self.link(Sure::Certain, says, format!("association {} of EKS", association.id));
                    let one = if association.tags_sessions {
                        "; its sessions name their pod, so one pod can be denied alone"
                    } else {
                        "; its sessions do not name their pod, so one pod cannot be denied alone"
                    };
                    self.revoke(format!(
                        "remove association {} and deny the sessions of {}{one}",
                        association.id, association.role
                    ));
                }
            }
            Err(why) => self.unknown("Pod Identity", why),
        }
        if roles == 0 && known.associations.known().is_some() && known.annotated_role.is_some() {
            let says = "takes no role of its own: in AWS it is at most its node's role, through the metadata service";
            self.link(Sure::Likely, says, "neither an annotation nor an association");
        }
        self.revoke("end its tokens (end-tokens), and take its rights away (strip-rbac)");
    }

    fn node(&mut self, node: &str, user: &User, known: &Known) {
        self.is = WhoIs::Node;
        self.link(
            Sure::Certain,
            format!("the kubelet of node {node}, or whoever took its credentials"),
            "the form of the name",
        );
        match &known.instance {
            Some(instance) if instance.is_empty() => {
                self.link(Sure::Certain, "no EC2 instance", "the node's provider id names none");
            }
            Some(instance) => {
                self.link(Sure::Certain, format!("instance {instance}"), "the node's provider id");
            }
            None => self.link(Sure::Unknown, "instance: not known", "the node is not there, or is not listed"),
        }
        self.mapped(user, known);
        self.revoke("contain the node: cordon it, and cut its instance off; its entry serves every node of its group, so leave that");
    }

    fn system(&mut self, user: &User) {
        self.is = WhoIs::System;
        let says = if user.name.starts_with("eks:") {
            "a part of EKS itself; AWS runs it, and nobody can take its access away"
        } else {
            "a part of Kubernetes; on EKS, AWS runs it"
        };
        self.link(Sure::Certain, says, "the form of the name: Kubernetes and EKS keep these names to themselves");
        self.revoke("nothing here: where such a user does what it should not, ask AWS Support");
    }

    /// Somebody with a name that anybody may have: decided by what lets names in.
    fn person(&mut self, user: &User, known: &Known) {
        let named = if user.arn.is_empty() { Arn::parse(&user.name) } else { Arn::parse(&user.arn) };
        if let Some(arn) = &named {
            self.is = WhoIs::Iam;
            let how = if user.arn.is_empty() { "the name is its ARN" } else { "the record of the request names it" };
            self.link(Sure::Certain, format!("IAM {}", arn.canonical()), how);
            if let Some(instance) = arn.instance() {
                let says = format!("credentials of instance {instance}: taken from that machine, or used on it");
                self.link(Sure::Certain, says, "EC2 calls the sessions of instance roles by the instance's id");
                self.revoke(format!("treat instance {instance} as compromised, and deny the sessions of its role"));
            }
        }
        let found = self.mapped(user, known);
        if found > 0 {
            self.is = WhoIs::Iam;
        }
        if self.is != WhoIs::Iam {
            self.person_of_a_provider(user, known);
        }
        if self.is == WhoIs::Unknown && user.name == "kubernetes-admin" {
            self.is = WhoIs::Iam;
            let says = "the IAM identity that created the cluster: no list shows it";
            self.link(
                Sure::Likely,
                says,
                "EKS gave this name to whoever created a cluster, before there were access entries",
            );
            self.revoke("find it as the caller of CreateCluster in CloudTrail; where access entries are on, give the creator an entry, then delete that");
        }
        if self.is == WhoIs::Iam {
            self.keys(user, named.as_ref());
        }
        if self.is == WhoIs::Unknown {
            let says = "a client certificate, a static token, or somebody who is no longer let in";
            self.link(
                Sure::Possible,
                says,
                "neither an entry, nor aws-auth, nor a provider makes this name, as far as they are known",
            );
            self.revoke("take away what is bound to the name and its groups: strip-rbac; a certificate itself cannot be revoked");
        }
    }

    fn keys(&mut self, user: &User, arn: Option<&Arn<'_>>) {
        let key = user.access_key.as_str();
        match arn {
            Some(arn) if arn.instance().is_some() => {}
            Some(arn) if arn.is_role() => {
                let who = if arn.session.is_empty() { String::new() } else { format!(", session {}", arn.session) };
                self.revoke(format!(
                    "deny the sessions of {} that were issued before now{who}, and find who assumed it in CloudTrail",
                    arn.canonical()
                ));
            }
            Some(arn) if key.is_empty() => {
                self.revoke(format!(
                    "make the access keys of {} inactive, not deleted: their last use is evidence",
                    arn.canonical()
                ));
            }
            Some(arn) => self.revoke(format!(
                "make access key {key} of {} inactive, not deleted: its last use is evidence",
                arn.canonical()
            )),
            None => {}
        }
        self.revoke("change every secret that it could read");
    }

    fn person_of_a_provider(&mut self, user: &User, known: &Known) {
        match &known.providers.said {
            Ok(providers) => {
                let prefixed = providers.iter().filter(|provider| user.name.starts_with(&provider.prefix()));
                if let Some(provider) = prefixed.max_by_key(|provider| provider.prefix().len()) {
                    self.is = WhoIs::Oidc;
                    let prefix = provider.prefix();
                    let (sure, how) = match (prefix.is_empty(), user.name.contains('@')) {
                        (false, _) => (Sure::Certain, format!("only its users' names begin with {prefix:?}")),
                        (true, true) => {
                            (Sure::Likely, "it puts nothing before names, and the name is an e-mail address".to_owned())
                        }
                        (true, false) => {
                            (Sure::Possible, "it puts nothing before names, so any name may be of it".to_owned())
                        }
                    };
                    self.link(
                        sure,
                        format!("a user of the OIDC provider {} ({})", provider.name, provider.issuer),
                        how,
                    );
                    self.revoke("end the person's sessions at the provider and change the credentials there: tokens that are out live on until they expire");
                } else if user.name.contains('@') {
                    let how = format!("its {} OIDC providers make no such names", providers.len());
                    self.link(Sure::Certain, "no OIDC user, though the name is an e-mail address", how);
                }
            }
            Err(why) => self.unknown("OIDC providers", why),
        }
    }

    /// What lets it in. Says how many access entries and lines of aws-auth do.
    fn mapped(&mut self, user: &User, known: &Known) -> usize {
        let entries = match &known.entries.said {
            Ok(entries) => entries.iter().filter(|entry| entry_is(entry, user)).collect(),
            Err(why) => {
                self.unknown("access entries", why);
                Vec::new()
            }
        };
        for entry in &entries {
            self.entry(entry, user);
        }
        let lines: Vec<&Mapped> = match &known.map {
            Told { said: Ok(Some(map)), .. } => {
                for fault in &map.faults {
                    self.link(Sure::Certain, "aws-auth is wrong", fault.clone());
                }
                let lines = map.entries.iter().filter(|line| line_is(line, user)).collect();
                let account = |account: &&Clean| {
                    user.arn.contains(&format!("::{account}:")) || user.name.contains(&format!("::{account}:"))
                };
                if let Some(account) = map.accounts.iter().find(account) {
                    let says = format!("let in with all of account {account}, under its ARN and in no group");
                    self.link(Sure::Certain, says, "mapAccounts of aws-auth");
                }
                lines
            }
            Told { said: Ok(None), .. } => Vec::new(),
            Told { said: Err(why), .. } => {
                self.unknown("aws-auth", why);
                Vec::new()
            }
        };
        for line in &lines {
            self.line(line, user, !entries.is_empty());
        }
        entries.len() + lines.len()
    }

    fn entry(&mut self, entry: &AccessEntry, user: &User) {
        let sure = if user.arn.is_empty() { Sure::Likely } else { Sure::Certain };
        let groups = list(&entry.groups);
        let says =
            format!("access entry of {} ({}), name {}, groups {groups}", entry.principal, entry.kind, entry.username);
        let how = if user.arn.is_empty() { "the entry makes this name" } else { "the entry is of its ARN" };
        self.link(sure, says, how);
        for grant in &entry.grants {
            let policy = grant.policy.rsplit('/').next().unwrap_or_default();
            let whole =
                if grant.namespaces.is_empty() { "the whole cluster".to_owned() } else { list(&grant.namespaces) };
            self.link(
                sure,
                format!("access policy {policy} in {whole}"),
                "no RBAC object shows it; EKS adds it to the entry",
            );
        }
        if self.is != WhoIs::Node {
            self.revoke(format!(
                "delete the access entry of {}: RBAC alone leaves its access policies",
                entry.principal
            ));
        }
    }

    fn line(&mut self, line: &Mapped, user: &User, overruled: bool) {
        let sure = if user.arn.is_empty() { Sure::Likely } else { Sure::Certain };
        let groups = list(&line.groups);
        let says = format!("{} of {}, name {}, groups {groups}", line.list.key(), line.arn, line.username);
        let how = if overruled { "a line of aws-auth, which its access entry overrules" } else { "a line of aws-auth" };
        self.link(sure, says, how);
        if self.is != WhoIs::Node {
            self.revoke(format!("take the line of {} out of {} in kube-system/aws-auth", line.arn, line.list.key()));
        }
    }
}

/// Whether an access entry lets a user in: by its ARN where that is known, by the name that it makes otherwise.
fn entry_is(entry: &AccessEntry, user: &User) -> bool {
    lets_in(&entry.principal, &entry.username, user)
}

fn line_is(line: &Mapped, user: &User) -> bool {
    if line.likes {
        return fits(&line.username, &user.name);
    }
    // Without a name of its own, a line gives the identity's ARN.
    lets_in(&line.arn, if line.username.is_empty() { &line.arn } else { &line.username }, user)
}

fn lets_in(principal: &str, username: &str, user: &User) -> bool {
    let arn = if user.arn.is_empty() { Arn::parse(&user.name) } else { Arn::parse(&user.arn) };
    match (arn, Arn::parse(principal)) {
        (Some(arn), Some(principal)) => arn.is_same(&principal),
        _ => fits(username, &user.name),
    }
}

fn list(texts: &[Clean]) -> String {
    if texts.is_empty() {
        return "none".to_owned();
    }
    texts.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
