//! The ConfigMap `kube-system/aws-auth`, read as the authenticator of EKS reads it, and what is wrong with it named.
//!
//! Keys of the ConfigMap are taken as they are written; keys of an entry in any case; an entry without an ARN or a
//! key of YAML that does not parse maps nobody
//! (<https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/mapper/configmap/configmap.go>).

use serde::Serialize;
use serde_json::Value;

use crate::model::Clean;

/// Who is let in by the ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthMap {
    /// The entries, in their order: users, then roles.
    pub entries: Vec<Mapped>,
    /// Accounts all of whose identities are let in, under their ARNs and without groups.
    pub accounts: Vec<Clean>,
    /// What is wrong, and what it means.
    pub faults: Vec<Clean>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapped {
    /// Which list it stands in.
    pub list: Mapping,
    /// The IAM user or role, or a pattern where `likes` says so.
    pub arn: Clean,
    /// Whether the ARN is a pattern (`rolearnLike`).
    pub likes: bool,
    /// The name that it enters under; `{{SessionName}}` and its like stand for parts of the session.
    pub username: Clean,
    /// Groups that it enters with.
    pub groups: Vec<Clean>,
}

/// A list of the ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mapping {
    /// `mapUsers`
    MapUsers,
    /// `mapRoles`
    MapRoles,
}

impl Mapping {
    /// The key of the ConfigMap.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MapUsers => "mapUsers",
            Self::MapRoles => "mapRoles",
        }
    }

    const fn arn(self) -> &'static str {
        match self {
            Self::MapUsers => "userarn",
            Self::MapRoles => "rolearn",
        }
    }
}

const ACCOUNTS: &str = "mapAccounts";

impl AuthMap {
    /// Reads the ConfigMap, an object of the API or a file of it.
    pub fn read(config_map: &Value) -> Self {
        let mut map = Self::default();
        let Some(data) = config_map.get("data").and_then(Value::as_object) else {
            map.faults.push("there is no data: nobody is let in by aws-auth".into());
            return map;
        };
        let known = [Mapping::MapUsers.key(), Mapping::MapRoles.key(), ACCOUNTS];
        for key in data.keys().filter(|key| !known.contains(&key.as_str())) {
            let meant = known.iter().find(|known| known.eq_ignore_ascii_case(key));
            let meant = meant.map(|meant| format!("; is {meant} meant?")).unwrap_or_default();
            map.faults.push(format!("{key} is no key of aws-auth: nobody is let in by it{meant}").into());
        }
        for list in [Mapping::MapUsers, Mapping::MapRoles] {
            match data.get(list.key()) {
                Some(Value::String(text)) => map.list(list, text),
                Some(_) => map.faults.push(not_text(list.key())),
                None => {}
            }
        }
        match data.get(ACCOUNTS) {
            Some(Value::String(text)) => map.accounts(text),
            Some(_) => map.faults.push(not_text(ACCOUNTS)),
            None => {}
        }
        map
    }

    fn list(&mut self, list: Mapping, text: &str) {
        let entries = match serde_yaml::from_str::<Option<Vec<Value>>>(text) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => {
                self.faults.push(unreadable(list.key(), &error));
                return;
            }
        };
        for (number, entry) in (1..).zip(&entries) {
            match mapped(list, entry) {
                Ok(entry) => {
                    for group in entry.groups.iter().filter(|group| group.contains(char::is_whitespace)) {
                        let fault = format!("entry {number} of {}: the group {group:?} holds a space", list.key());
                        self.faults.push(format!("{fault}: is a line indented too far?").into());
                    }
                    self.entries.push(entry);
                }
                Err(why) => self.faults.push(format!("entry {number} of {} lets nobody in: {why}", list.key()).into()),
            }
        }
    }

    fn accounts(&mut self, text: &str) {
        match serde_yaml::from_str::<Option<Vec<Value>>>(text) {
            Ok(accounts) => {
                let written = |account: &Value| match account {
                    Value::String(text) => Clean::from(text.as_str()),
                    // A number loses its leading zeros; account numbers have twelve digits.
                    Value::Number(number) => Clean::from(format!("{:0>12}", number.to_string())),
                    other => Clean::from(other.to_string()),
                };
                self.accounts = accounts.unwrap_or_default().iter().map(written).collect();
            }
            Err(error) => self.faults.push(unreadable(ACCOUNTS, &error)),
        }
    }
}

fn unreadable(key: &str, error: &serde_yaml::Error) -> Clean {
    format!("{key} is no list in YAML ({error}): nobody is let in by it, though a server may still go by what it read before")
        .into()
}

fn not_text(key: &str) -> Clean {
    format!("{key} is not a text (is the | after it missing?): an API server does not take it").into()
}

fn mapped(list: Mapping, entry: &Value) -> Result<Mapped, String> {
    let Some(fields) = entry.as_object() else { return Err("it is no mapping of keys".to_owned()) };
    let field = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let text = |name: &str| field(name).and_then(Value::as_str).unwrap_or_default();
    let (exact, like) = (text(list.arn()), text(&format!("{}like", list.arn())));
    let (arn, likes) = match (exact, like) {
        ("", "") => return Err(format!("it has no {}", list.arn())),
        (exact, "") => (exact, false),
        ("", like) => (like, true),
        _ => return Err(format!("it has both {0} and {0}Like", list.arn())),
    };
    let groups = match field("groups") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(groups)) => groups
            .iter()
            .map(|group| group.as_str().map(Clean::from).ok_or("a group is not a text"))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err("its groups are no list".to_owned()),
    };
    Ok(Mapped { list, arn: arn.into(), likes, username: text("username").into(), groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ConfigMap with these data.
    fn map(data: &str) -> AuthMap {
        AuthMap::read(&serde_yaml::from_str(&format!("data:\n{data}")).unwrap())
    }

    const ROLES: &str = "  mapRoles: |\n    - rOlEaRn: arn:aws:iam::555555555555:role/node\n      UsErNaMe: system:node:{{EC2PrivateDNSName}}\n      gRoUpS: [system:nodes]\n";
    const USERS: &str = "  mapUsers: |\n    - userarn: arn:aws:iam::555555555555:user/admin\n      username: admin\n      groups:\n        - system:masters\n";

    #[test]
    fn keys_of_an_entry_count_in_any_case() {
        let map = map(&format!("{ROLES}{USERS}  mapAccounts: |\n    - 055555555555\n    - \"111122223333\"\n"));
        assert_eq!(map.faults, Vec::<Clean>::new());
        let users: Vec<_> = map.entries.iter().map(|entry| (entry.list.key(), entry.username.as_str())).collect();
        assert_eq!(users, [("mapUsers", "admin"), ("mapRoles", "system:node:{{EC2PrivateDNSName}}")]);
        assert_eq!(map.entries[1].groups, ["system:nodes"]);
        assert_eq!(map.accounts[1], "111122223333");
        assert_eq!(map.accounts[0].len(), 12);
    }

    #[test]
    fn keys_of_the_map_count_only_as_they_are_written() {
        let map = map(&ROLES.replace("mapRoles", "maproles"));
        assert!(map.entries.is_empty());
        assert_eq!(map.faults, ["maproles is no key of aws-auth: nobody is let in by it; is mapRoles meant?"]);
    }

    #[test]
    fn a_list_that_does_not_parse_costs_only_itself() {
        let torn = "  mapRoles: |\n    - rolearn: arn:aws:iam::5:role/x\n      groups:\n        - a\n         - b: [\n";
        let map = map(&format!("{torn}{USERS}"));
        assert_eq!(map.entries.len(), 1);
        assert!(map.faults.len() == 1 && map.faults[0].starts_with("mapRoles is no list in YAML"), "{:?}", map.faults);
    }

    #[test]
    fn a_line_that_is_indented_too_far_becomes_part_of_a_group() {
        let map = map("  mapUsers: |\n    - userarn: a\n      groups:\n        - system:x\n         - system:y\n");
        assert_eq!(map.entries[0].groups, ["system:x - system:y"]);
        assert!(map.faults[0].contains("indented too far"), "{:?}", map.faults);
    }

    #[test]
    fn a_missing_bar_is_named() {
        let map = map(&ROLES.replace("mapRoles: |", "mapRoles:"));
        assert!(map.entries.is_empty() && map.faults[0].contains("is the | after it missing?"), "{:?}", map.faults);
        assert!(AuthMap::read(&Value::Null).faults[0].contains("no data"));
    }

    #[test]
    fn an_entry_that_names_nobody_is_named_by_its_number() {
        let map = map(
            "  mapUsers: |\n    - username: admin\n    - userarn: a\n      userarnLike: b\n    - 7\n    - userarn: c\n      groups: 5\n    - userarnLike: d*\n",
        );
        assert_eq!(map.entries.len(), 1);
        assert!(map.entries[0].likes);
        let faults: Vec<_> = map.faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert!(faults[3].starts_with("entry 4 of mapUsers"), "{faults:?}");
    }
}
