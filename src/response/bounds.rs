//! A plan that captures evidence, held against the Region that the evidence would leave.

use super::{ResponseError, Site};
use crate::actions::SEND_COMMAND;
use crate::case::{Case, Stay};
use crate::model::{Plan, PlanNote};

/// Whether a plan keeps anything: the answers to its reads, or what a command prints on a node.
fn captures(plan: &Plan) -> bool {
    plan.calls.iter().any(|call| matches!(&*call.method, "GET" | SEND_COMMAND))
}

/// The plan, with what is to be said of its evidence: that nobody knows whether it leaves its
/// Region, or who has allowed that.
///
/// # Errors
/// The evidence would leave its Region, and the case does not allow it.
pub async fn within_bounds(case: &Case, site: &Site, mut plan: Plan) -> Result<Plan, ResponseError> {
    if !captures(&plan) {
        return Ok(plan);
    }
    let region = site.cluster.read().region().await;
    let note = match case.may_keep(region.as_ref())? {
        Stay::Inside => return Ok(plan),
        Stay::Allowed { to, reason } => {
            let from = region.unwrap_or_default();
            format!("evidence leaves its Region {from} for {to}, as the case allows: {reason}")
        }
        Stay::Unknown { why } => format!("whether evidence leaves its Region is not known: {why}"),
    };
    plan.notes.push(PlanNote::Limit(note.into()));
    Ok(plan)
}

/// The same for a plan that is about to run.
///
/// # Errors
/// As [`within_bounds`].
pub async fn may_capture(case: &Case, site: &Site, plan: &Plan) -> Result<(), ResponseError> {
    if captures(plan) {
        case.may_keep(site.cluster.read().region().await.as_ref())?;
    }
    Ok(())
}
