//! Nobody takes away what they themselves, or everybody, stand on.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{ActionError, Look, decode, list};
use super::{Binding, GROUP, Subject};
use crate::model::Clean;

/// What no list of bindings shows.
pub const UNSEEN: &str = "what EKS access entries and the group system:masters give is not seen here, and stays";

/// Whom must not be locked out: ourselves, and the last who may do everything.
pub struct Lockout {
    user: String,
    groups: Vec<String>,
    /// Names of the ClusterRoles that allow everything.
    everything: Vec<String>,
}

impl Lockout {
    /// Asks the server who we are, and which roles allow everything.
    pub async fn read(look: &dyn Look) -> Result<Self, ActionError> {
        #[derive(Deserialize)]
        struct Answer {
            status: Status,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Status {
            user_info: UserInfo,
        }
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct UserInfo {
            username: String,
            groups: Vec<String>,
        }
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
        let Answer { status } = decode(path, &look.review(path, &body).await?)?;
        let roles: Vec<Value> = list(look, &format!("/apis/{GROUP}/v1/clusterroles")).await?;
        let everything = roles.iter().filter(|role| allows_everything(role));
        let names = everything.filter_map(|role| role.pointer("/metadata/name")?.as_str()).map(str::to_owned);
        Ok(Self { user: status.user_info.username, groups: status.user_info.groups, everything: names.collect() })
    }

    /// Whether a user name is ours.
    pub fn is_us(&self, subject: &Subject) -> bool {
        match subject.user() {
            Some(user) => user == self.user,
            None => self.groups.contains(&subject.name),
        }
    }

    /// Whether subjects may be taken out of bindings.
    ///
    /// # Errors
    /// One of them is ourselves, or none would be left who may do everything.
    pub fn check(&self, all: &[Binding], gone: &[(&Binding, &Subject)]) -> Result<(), ActionError> {
        let no = |why: String| Err(ActionError::InTheWay(why.into()));
        if let Some((binding, subject)) = gone.iter().find(|(_, subject)| self.is_us(subject)) {
            return no(format!(
                "{subject} is you ({}): taking it out of {} would lock you out; somebody else has to do it",
                Clean::from(self.user.as_str()),
                binding.title()
            ));
        }
        let admin = |binding: &&Binding| self.everything.contains(&binding.role) && binding.namespace.is_empty();
        let taken = |binding: &Binding, subject: &Subject| {
            gone.iter().any(|(of, who)| of.uid == binding.uid && who.is(subject))
        };
        let admins =
            || all.iter().filter(admin).flat_map(|binding| binding.subjects.iter().map(move |one| (binding, one)));
        let is_lost = admins().any(|(binding, subject)| taken(binding, subject));
        if is_lost && admins().all(|(binding, subject)| taken(binding, subject)) {
            return no("nobody would be left who is bound to everything (* on *): bind somebody else first".to_owned());
        }
        Ok(())
    }
}

/// Whether a role allows every verb on every resource of every group.
fn allows_everything(role: &Value) -> bool {
    let rules = role.pointer("/rules").and_then(Value::as_array).into_iter().flatten();
    let star = |rule: &Value, field: &str| {
        rule.get(field).and_then(Value::as_array).into_iter().flatten().any(|value| value == "*")
    };
    rules.into_iter().any(|rule| ["verbs", "resources", "apiGroups"].iter().all(|field| star(rule, field)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn lockout() -> Lockout {
        Lockout { user: "me".into(), groups: vec!["responders".into()], everything: vec!["cluster-admin".into()] }
    }

    fn binding(role: &str, subjects: Value) -> Binding {
        let object = json!({"metadata": {"name": role, "uid": role}, "roleRef": {"kind": "ClusterRole", "name": role},
            "subjects": subjects});
        Binding::read(Kind::ClusterRoleBinding, object).unwrap()
    }

    #[test]
    fn nobody_locks_themselves_out() {
        let all = [binding("view", json!([{"kind": "User", "name": "me"}, {"kind": "Group", "name": "responders"}]))];
        for subject in &all[0].subjects {
            assert!(lockout().check(&all, &[(&all[0], subject)]).is_err(), "{subject}");
        }
    }

    #[test]
    fn the_last_who_may_do_everything_stays() {
        let one = [binding("cluster-admin", json!([{"kind": "User", "name": "root"}]))];
        assert!(lockout().check(&one, &[(&one[0], &one[0].subjects[0])]).is_err());
        let two =
            [binding("cluster-admin", json!([{"kind": "User", "name": "root"}, {"kind": "User", "name": "other"}]))];
        assert!(lockout().check(&two, &[(&two[0], &two[0].subjects[0])]).is_ok());
        let none = [binding("view", json!([{"kind": "User", "name": "root"}]))];
        assert!(lockout().check(&none, &[(&none[0], &none[0].subjects[0])]).is_ok());
    }

    #[test]
    fn everything_is_everything() {
        let role = |verbs: &str| json!({"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": [verbs]}]});
        assert!(allows_everything(&role("*")));
        assert!(!allows_everything(&role("get")));
    }
}
