//! The decision by type of user.

use super::answer::{Answer, Sure, WhoIs};
use super::known::{Known, User};

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
}

#[cfg(test)]
mod tests;
