//! I10: takes those without a credential out of bindings.

use async_trait::async_trait;
use serde_json::json;

use super::frame::rbac::{
    self, Binding, GROUP, Lockout, Probe, Subject, Who, held, probes, read_back, still_held, take_out,
};
use super::frame::{Action, ActionError, Ask, Disabled, Done, Outcome, Right, Sketch, Spec, Undo, Work, raw, send_all};
use crate::model::facts::{Facts, Shape};
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &RemoveAnonymous;

struct RemoveAnonymous;

/// What everybody may read of a cluster that was never changed; load balancers ask it for health.
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles>
const PUBLIC: &str = "system:public-info-viewer";

static SPEC: Spec = Spec {
    id: "remove-anonymous",
    title: "Remove anonymous users from the binding",
    key: 'a',
    kinds: &[Kind::ClusterRoleBinding, Kind::RoleBinding],
    tier: Tier::MayHurt,
    options: &[],
    rights: &[
        Right::anywhere("list", GROUP, "clusterroles"),
        Right::anywhere("get", GROUP, "rolebindings"),
        Right::anywhere("get", GROUP, "clusterrolebindings"),
        Right::anywhere("get", GROUP, "roles"),
        Right::anywhere("get", GROUP, "clusterroles"),
        Right::anywhere("patch", GROUP, "rolebindings"),
        Right::anywhere("patch", GROUP, "clusterrolebindings"),
        Right::anywhere("bind", GROUP, "roles"),
        Right::anywhere("bind", GROUP, "clusterroles"),
        Right::anywhere("create", "authorization.k8s.io", "subjectaccessreviews"),
    ],
    undo: Undo::Exactly("binds the anonymous subjects again that were bound before"),
    doc: "Takes the user system:anonymous and the group system:unauthenticated out of the chosen bindings; whoever else \
          they bind stays bound. By default only system:public-info-viewer has them, which is left alone, since load \
          balancers ask the API server for its health with it: any other is a finding. Proven by access reviews that \
          said yes to an anonymous user before and say no after.",
};

#[async_trait]
impl Action for RemoveAnonymous {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Object(object) => match &object.shape {
                Shape::Binding { .. } if target.name == *PUBLIC => {
                    Err(Disabled::because("load balancers ask the API server for its health with this one"))
                }
                Shape::Binding { subjects, .. }
                    if !subjects
                        .iter()
                        .any(|one| *one == *"User:system:anonymous" || *one == *"Group:system:unauthenticated") =>
                {
                    Err(Disabled::because("it binds nobody anonymous"))
                }
                Shape::Binding { .. } => Ok(()),
                _ => Err(Disabled::because("only RoleBindings and ClusterRoleBindings bind anybody")),
            },
            _ => Err(Disabled::because("only RoleBindings and ClusterRoleBindings bind anybody")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let lockout = Lockout::read(ask.look).await?;
        let read: Vec<Binding> = plan
            .each(ask.targets, |place, target, mut plan| {
                Box::pin(async move {
                    let object = raw(ask.look, target).await?;
                    let unreadable =
                        || ActionError::Odd { what: target.name.clone(), why: "its subjects cannot be read".into() };
                    let binding = Binding::read(target.kind, object).ok_or_else(unreadable)?;
                    if target.name == *PUBLIC {
                        let why =
                            format!("{target} is left alone: load balancers ask the API server for its health with it");
                        return Err(ActionError::InTheWay(why.into()));
                    }
                    plan.fact(place, "uid", target.uid.to_string());
                    plan.fact(place, &binding.path(), binding.subjects_fact());
                    match take_out(&binding, Subject::is_anonymous) {
                        Some((path, body)) => plan.call(place, "PATCH", path, body),
                        None => {
                            plan.note(PlanNote::Already(
                                format!("{target} binds nobody anonymous; nothing is sent for it").into(),
                            ));
                        }
                    }
                    binding.notes(Subject::is_anonymous).into_iter().for_each(|note| plan.note(note));
                    let may = held(ask.look, &anybody(), &probes(ask.look, &[&binding]).await?).await?;
                    let words: Vec<String> = may.iter().map(|probe| probe.words().to_string()).collect();
                    if !words.is_empty() {
                        let text = format!(
                            "anybody who reaches the API server may now, without a credential: {}",
                            words.join(", ")
                        );
                        plan.note(PlanNote::Limit(text.into()));
                        plan.note(PlanNote::AlsoHit(
                            "whoever relies on that, such as a monitor without a credential".into(),
                        ));
                    }
                    plan.fact(place, "may", json!(may));
                    Ok((plan, binding))
                })
            })
            .await?;
        let gone: Vec<(&Binding, &Subject)> = read
            .iter()
            .flat_map(|binding| binding.subjects.iter().filter(|one| one.is_anonymous()).map(move |one| (binding, one)))
            .collect();
        lockout.check(&read, &gone)?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "subjects").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let target = &work.target;
        let back = read_back(work).await?;
        if !back.is_empty() {
            let rests_on = format!("read back, {} binds anonymous users again: somebody restores it", back.join(", "));
            return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
        }
        let before: Vec<Probe> = work
            .plan
            .fact(work.place, "may")
            .and_then(|may| serde_json::from_value(may.clone()).ok())
            .unwrap_or_default();
        let words = |probes: &[Probe]| probes.iter().map(|one| one.words().to_string()).collect::<Vec<_>>().join(", ");
        if before.is_empty() {
            let why = format!(
                "{target} binds nobody anonymous, but of the rights that were asked for they had none before: that they \
                 lost anything cannot be shown"
            );
            return Ok(Verdict::NotMeasured { why: why.into() });
        }
        let left = still_held(work.look.as_ref(), &anybody(), &before).await?;
        Ok(if left.is_empty() {
            let rests_on =
                format!("access reviews said yes to an anonymous user before and say no now: {}", words(&before));
            Verdict::Proven { rests_on: rests_on.into() }
        } else {
            let rests_on = format!(
                "{target} binds nobody anonymous, but an anonymous user still may, by another: {}",
                words(&left)
            );
            Verdict::StillLeaking { rests_on: rests_on.into() }
        })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        rbac::plan_undo(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        rbac::prove_undo(work).await
    }
}

/// Whoever has no credential: the user and the group that the API server gives them.
fn anybody() -> Who {
    Who::of(&Subject { kind: "User".into(), name: "system:anonymous".into(), namespace: String::new() })
}
