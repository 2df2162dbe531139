//! What IAM would allow us, asked before anything is done.

use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const CALLER: &str = "sts:GetCallerIdentity";
const ROLE: &str = "iam:GetRole";
const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// What IAM decides about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// A policy of the identity allows it.
    Allowed,
    /// No policy of the identity allows it.
    NotAllowed,
    /// A policy forbids it.
    Denied,
}

/// An action on a resource, and what IAM decides about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// `guardduty:ArchiveFindings`
    pub action: Clean,
    /// An ARN, or `*`.
    pub resource: Clean,
    /// The decision.
    pub decision: Decision,
    /// The role or user whose policies were asked.
    pub who: Clean,
}

/// Whose policies decide.
enum Principal {
    /// The account's root user: nothing but an organisation's policies limits it.
    Root(Clean),
    /// A role or a user, by ARN.
    Arn(String),
}

impl Account {
    /// What the policies of the identity that we are allow, its permissions boundary included. Policies of the
    /// organisation, of the session and of the resources are not all known to IAM, so a call may still be
    /// refused (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>).
    ///
    /// # Errors
    /// IAM or STS cannot be asked, or the identity has no policies of its own.
    pub async fn allowed(&self, asked: &[(&str, &str)]) -> Result<Vec<Decided>, Unsaid> {
        let who = match self.principal().await? {
            Principal::Root(who) => {
                let all = asked.iter().map(|(action, resource)| Decided {
                    action: (*action).into(),
                    resource: (*resource).into(),
                    decision: Decision::Allowed,
                    who: who.clone(),
                });
                return Ok(all.collect());
            }
            Principal::Arn(arn) => arn,
        };
        let iam = self.clients.iam();
        let mut decided = Vec::new();
        for (action, resource) in asked {
            let asked = iam.simulate_principal_policy().policy_source_arn(&who).action_names(*action);
            let told = asked.resource_arns(*resource).send().await.map_err(|error| self.unsaid(SIMULATE, &error))?;
            let first = told.evaluation_results().first();
            let first = first.ok_or_else(|| self.absent(SIMULATE, format!("no decision about {action}")))?;
            decided.push(Decided {
                action: (*action).into(),
                resource: (*resource).into(),
                decision: match first.eval_decision() {
                    PolicyEvaluationDecisionType::Allowed => Decision::Allowed,
                    PolicyEvaluationDecisionType::ExplicitDeny => Decision::Denied,
                    _ => Decision::NotAllowed,
                },
                who: who.as_str().into(),
            });
        }
        Ok(decided)
    }

    /// The partition (`aws`, `aws-cn`) and the account number of the credentials.
    pub(super) async fn partition_and_account(&self) -> Result<(String, String), Unsaid> {
        let caller = self.caller_arn().await?;
        match caller.split(':').collect::<Vec<_>>().as_slice() {
            [_, partition, _, _, account, ..] => Ok(((*partition).to_owned(), (*account).to_owned())),
            _ => Err(self.absent(CALLER, format!("{} is no ARN", Clean::from(caller.as_str())))),
        }
    }

    /// Whom AWS takes us for: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, or a user's ARN.
    ///
    /// # Errors
    /// STS cannot be asked.
    pub async fn caller_arn(&self) -> Result<String, Unsaid> {
        let caller = self.clients.sts().get_caller_identity().send().await;
        Ok(caller.map_err(|error| self.unsaid(CALLER, &error))?.arn.unwrap_or_default())
    }

    /// The role behind a session, or the user.
    async fn principal(&self) -> Result<Principal, Unsaid> {
        let caller = self.caller_arn().await?;
        // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
        let parts: Vec<&str> = caller.split(':').collect();
        let [arn, partition, _, _, account, what] = parts.as_slice() else {
            return Err(self.absent(CALLER, format!("{} is no ARN", Clean::from(caller.as_str()))));
        };
        let role = what.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
        match role {
            Some(role) => Ok(Principal::Arn(self.role_arn(role, &format!("{arn}:{partition}:iam::{account}")).await)),
            None if *what == "root" => Ok(Principal::Root(clean(Some(&caller)))),
            None if what.starts_with("user/") => Ok(Principal::Arn(caller.clone())),
            None => Err(Unsaid::NotAsked(format!("IAM does not tell what {} may do", Clean::from(&*caller)).into())),
        }
    }

    /// The ARN of a role with its path, which a session's does not have: that of an SSO role is long.
    async fn role_arn(&self, role: &str, account: &str) -> String {
        let told = self.clients.iam().get_role().role_name(role).send().await;
        match told.map_err(|error| self.unsaid(ROLE, &error)) {
            Ok(told) => told.role().map(|role| role.arn().to_owned()).unwrap_or_default(),
            Err(error) => {
                tracing::debug!(%error, "the role is taken for one without a path");
                format!("{account}:role/{role}")
            }
        }
    }
}
