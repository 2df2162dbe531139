//! AWS IAM: instance profiles and roles, and what they are attached to.

use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const PROFILE: &str = "iam:GetInstanceProfile";
const ROLE: &str = "iam:GetRole";
const ATTACHED: &str = "iam:ListAttachedRolePolicies";
const INLINE: &str = "iam:ListRolePolicies";

/// A role and what it may do, by the names of its policies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IamRole {
    /// `arn:aws:iam::ACCOUNT:role/NAME`
    pub arn: Clean,
    /// Its name.
    pub name: Clean,
    /// Names of the managed policies attached to it.
    pub attached: Vec<Clean>,
    /// Names of the policies written into it.
    pub inline: Vec<Clean>,
    /// ARN of its permissions boundary, empty without one.
    pub boundary: Clean,
    /// Who may assume it, as its trust policy is written.
    pub trust: Clean,
}

/// The last part of an ARN's path: the name of a role, user or instance profile.
pub fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl Account {
    /// The names of the roles of an instance profile: one, or none.
    ///
    /// # Errors
    /// It is not of this account, or the service cannot be asked.
    pub async fn roles_of_profile(&self, arn: &str) -> Result<Vec<String>, Unsaid> {
        let asked = self.clients.iam().get_instance_profile().instance_profile_name(name_of(arn)).send().await;
        let answer = asked.map_err(|error| self.unsaid(PROFILE, &error))?;
        let profile = answer.instance_profile.ok_or_else(|| self.absent(PROFILE, "the answer names no profile"))?;
        Ok(profile.roles.into_iter().map(|role| role.role_name).collect())
    }

    /// A role by its name or ARN.
    ///
    /// # Errors
    /// It is not of this account, or the service cannot be asked.
    pub async fn role(&self, arn: &str) -> Result<IamRole, Unsaid> {
        let (iam, name) = (self.clients.iam(), name_of(arn));
        let role = async { iam.get_role().role_name(name).send().await.map_err(|error| self.unsaid(ROLE, &error)) };
        let attached = async {
            let mut pages = iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
            let mut names = Vec::new();
            while let Some(policy) = pages.next().await {
                names.push(clean(policy.map_err(|error| self.unsaid(ATTACHED, &error))?.policy_name()));
            }
            Ok::<_, Unsaid>(names)
        };
        let inline = async {
            let mut pages = iam.list_role_policies().role_name(name).into_paginator().items().send();
            let mut names = Vec::new();
            while let Some(policy) = pages.next().await {
                names.push(Clean::from(policy.map_err(|error| self.unsaid(INLINE, &error))?));
            }
            Ok::<_, Unsaid>(names)
        };
        let (role, attached, inline) = tokio::try_join!(role, attached, inline)?;
        let role = role.role.ok_or_else(|| self.absent(ROLE, "the answer names no role"))?;
        Ok(IamRole {
            arn: role.arn.into(),
            name: role.role_name.into(),
            attached,
            inline,
            boundary: clean(role.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn)),
            trust: Clean::from(unescaped(role.assume_role_policy_document.as_deref().unwrap_or_default())),
        })
    }
}

/// Policy documents come percent-encoded (RFC 3986).
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let ahead = rest.clone();
        let digits: Vec<_> = ahead.take(2).filter_map(|digit| char::from(digit).to_digit(16)).collect();
        match digits.as_slice() {
            [high, low] if byte == b'%' => {
                bytes.push((high * 16 + low) as u8);
                let _ = (rest.next(), rest.next());
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_they_were_written() {
        assert_eq!(unescaped("%7B%22Version%22%3A%222012%22%7D"), r#"{"Version":"2012"}"#);
        assert_eq!(unescaped("100% of %zz"), "100% of %zz");
        assert_eq!(unescaped("%"), "%");
    }

    #[test]
    fn a_name_is_the_last_part_of_a_path() {
        assert_eq!(name_of("arn:aws:iam::1:instance-profile/a/b/shop-node"), "shop-node");
        assert_eq!(name_of("shop-node"), "shop-node");
    }
}
