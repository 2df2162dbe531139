//! Namespaces, service accounts and disruption budgets.

use serde::Deserialize;

use super::super::Broken;
use super::super::meta::Pairs;
use super::super::text::{Text, nullable};
use super::{count, parse};
use crate::model::Clean;
use crate::model::facts::Shape;

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamespaceWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    status: PhaseWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PhaseWire<'a> {
    #[serde(borrow)]
    phase: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AccountWire<'a> {
    #[serde(borrow)]
    metadata: AnnotatedWire<'a>,
    automount_service_account_token: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnnotatedWire<'a> {
    #[serde(borrow)]
    annotations: Pairs<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BudgetWire<'a> {
    #[serde(borrow)]
    spec: BudgetSpecWire<'a>,
    #[serde(deserialize_with = "nullable")]
    status: BudgetStatusWire,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetSpecWire<'a> {
    #[serde(borrow)]
    min_available: Option<Amount<'a>>,
    #[serde(borrow)]
    max_unavailable: Option<Amount<'a>>,
}

/// A number of pods, or a share of them: `50%`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Amount<'a> {
    Number(i64),
    #[serde(borrow)]
    Share(Text<'a>),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetStatusWire {
    disruptions_allowed: Option<i64>,
}

/// A namespace.
pub fn namespace(json: &str) -> Result<Shape, Broken> {
    let wire: NamespaceWire<'_> = parse(json)?;
    Ok(Shape::Namespace { phase: Clean::from(&*wire.status.phase) })
}

/// A service account.
pub fn service_account(json: &str) -> Result<Shape, Broken> {
    let wire: AccountWire<'_> = parse(json)?;
    Ok(Shape::ServiceAccount {
        role_arn: Clean::from(wire.metadata.annotations.get("eks.amazonaws.com/role-arn")),
        automount: wire.automount_service_account_token.unwrap_or(true),
    })
}

/// A disruption budget.
pub fn disruption_budget(json: &str) -> Result<Shape, Broken> {
    let BudgetWire { spec, status } = parse(json)?;
    Ok(Shape::DisruptionBudget {
        min_available: Amount::text(spec.min_available.as_ref()),
        max_unavailable: Amount::text(spec.max_unavailable.as_ref()),
        allowed: count(status.disruptions_allowed),
    })
}

impl Amount<'_> {
    fn text(amount: Option<&Self>) -> Clean {
        match amount {
            None => Clean::default(),
            Some(Self::Number(number)) => Clean::from(number.to_string()),
            Some(Self::Share(share)) => Clean::from(&**share),
        }
    }
}
