//! From an action and its targets to a plan.

use super::dry_run::rehearsed;
use super::view::View;
use super::{Order, ResponseError, Site};
use crate::actions::{self, Action, ActionError, Ask, path_of};
use crate::case::CaseId;
use crate::model::{Plan, Target};

/// What an action would do to some targets, with what the server's own dry run
/// says of its calls. Nothing is sent that changes anything.
///
/// # Errors
/// There is no such action or nothing to act on, or a target is gone, was replaced or cannot be read.
pub async fn plan(
    order: impl Into<Order<'_>>,
    site: &Site,
    targets: &[Target],
    case: Option<&CaseId>,
) -> Result<Plan, ResponseError> {
    let mut order: Order<'_> = order.into();
    let said = std::mem::take(&mut order.said);
    let mut plan = sketch(order, site, targets, case).await?;
    plan.notes.extend(said);
    Ok(rehearsed(site, plan).await)
}

/// The same from reading alone: enough to see whether an earlier plan still holds.
///
/// # Errors
/// As [`plan`].
pub async fn sketch(
    order: Order<'_>,
    site: &Site,
    targets: &[Target],
    case: Option<&CaseId>,
) -> Result<Plan, ResponseError> {
    let Order { action, options, known, .. } = order;
    let action = find(action)?;
    let spec = action.spec();
    let options = actions::settled(spec, &options)?;
    if targets.is_empty() {
        return Err(ResponseError::NoTarget);
    }
    let cluster = site.identity.cluster;
    for target in targets {
        if target.cluster != cluster {
            let (plan, here) = (target.cluster.to_string().into(), cluster.to_string().into());
            return Err(ResponseError::OtherCluster { plan, here });
        }
        if !spec.kinds.contains(&target.kind) {
            let kinds = spec.kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            let why = format!("it needs a {kinds}").into();
            return Err(ActionError::Unfit { action: spec.id, target: Box::new(target.clone()), why }.into());
        }
    }
    let view = View::of(site.cluster.read(), targets.iter().map(path_of));
    Ok(action.plan(&Ask { look: &view, cluster, case, targets, options: &options, known: &known }).await?)
}

/// The action of an id.
///
/// # Errors
/// There is none.
pub fn find(action: &str) -> Result<&'static dyn Action, ResponseError> {
    actions::find(action).ok_or_else(|| ResponseError::NoAction(action.into()))
}
