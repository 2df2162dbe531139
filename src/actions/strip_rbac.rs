//! I1: takes a user, a group or a service account out of the bindings that name it.

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use super::frame::rbac::{
    self, Binding, GROUP, Lockout, Probe, Subject, UNSEEN, Who, bindings, held, probes, read_back, still_held,
    take_out, whoever,
};
use super::frame::{
    Action, ActionError, Ask, Choice, Disabled, Done, Outcome, Right, Sketch, Spec, Undo, Work, list, name, raw,
    send_all, wrong,
};
use crate::kubernetes::escaped;
use crate::model::facts::{Facts, Shape};
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &StripRbac;

struct StripRbac;

static SPEC: Spec = Spec {
    id: "strip-rbac",
    title: "Strip the identity of its RBAC rights",
    key: 'r',
    kinds: &[Kind::ServiceAccount, Kind::ClusterRoleBinding, Kind::RoleBinding],
    tier: Tier::MayHurt,
    options: &[Choice {
        name: "subject",
        doc: "of a binding: User:NAME, Group:NAME or ServiceAccount:NAMESPACE/NAME",
        default: "",
        asked: false,
    }],
    rights: &[
        Right::anywhere("list", GROUP, "rolebindings"),
        Right::anywhere("list", GROUP, "clusterrolebindings"),
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
        Right::here("get", "", "serviceaccounts"),
        Right::here("list", "", "pods"),
    ],
    undo: Undo::Exactly("binds the subject again where it was bound before"),
    doc: "Takes a service account out of every RoleBinding and ClusterRoleBinding that names it, or a subject out of \
          the chosen bindings; whoever else they bind stays bound. What groups give it stays, and the plan names them. \
          Refused where the subject is you, or the last who is bound to everything. What EKS access entries and \
          system:masters give is not seen here. Proven by access reviews that said yes before and say no after.",
};

#[async_trait]
impl Action for StripRbac {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Object(object) => match &object.shape {
                Shape::ServiceAccount { .. } => Ok(()),
                Shape::Binding { subjects, .. } if subjects.is_empty() => {
                    Err(Disabled::because("nobody is bound by it"))
                }
                Shape::Binding { .. } => Ok(()),
                _ => Err(Disabled::because("only service accounts and bindings are stripped")),
            },
            _ => Err(Disabled::because("only service accounts and bindings are stripped")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let all = bindings(ask.look).await?;
        let lockout = Lockout::read(ask.look).await?;
        let subjects: Vec<Subject> =
            ask.targets.iter().map(|target| subject_of(ask, target, &all)).collect::<Result<_, _>>()?;
        let (all, subjects) = (&all, &subjects);
        let named: Vec<Vec<&Binding>> = plan
            .each(ask.targets, |place, target, mut plan| {
                Box::pin(async move {
                    let Some(subject) = subjects.get(place) else { return Ok((plan, Vec::new())) };
                    if target.kind == Kind::ServiceAccount {
                        raw(ask.look, target).await?;
                    }
                    plan.fact(place, "uid", target.uid.to_string());
                    let named: Vec<&Binding> = all
                        .iter()
                        .filter(|binding| target.kind == Kind::ServiceAccount || binding.uid == target.uid.to_string())
                        .filter(|binding| binding.subjects.iter().any(|one| one.is(subject)))
                        .collect();
                    for binding in &named {
                        plan.fact(place, &binding.path(), binding.subjects_fact());
                        if let Some((path, body)) = take_out(binding, |one| one.is(subject)) {
                            plan.call(place, "PATCH", path, body);
                        }
                        binding.notes(|one| one.is(subject)).into_iter().for_each(|note| plan.note(note));
                    }
                    if named.is_empty() {
                        plan.note(PlanNote::Already(
                            format!("no binding names {subject}; nothing is sent for it").into(),
                        ));
                    }
                    for (binding, group) in whoever(all, subject) {
                        let text = format!(
                            "{subject} keeps what {} gives to everybody in {}",
                            binding.title(),
                            Clean::from(group.as_str())
                        );
                        plan.note(PlanNote::Limit(text.into()));
                    }
                    let may = held(ask.look, &Who::of(subject), &probes(ask.look, &named).await?).await?;
                    let words: Vec<String> = may.iter().map(|probe| probe.words().to_string()).collect();
                    if !words.is_empty() {
                        plan.note(PlanNote::Limit(format!("{subject} may now: {}", words.join(", ")).into()));
                    }
                    plan.fact(place, "may", json!(may));
                    if let Some(note) = speaking(ask, subject).await? {
                        plan.note(note);
                    }
                    Ok((plan, named))
                })
            })
            .await?;
        let gone: Vec<(&Binding, &Subject)> = subjects
            .iter()
            .zip(&named)
            .flat_map(|(subject, named)| named.iter().map(move |binding| (*binding, subject)))
            .collect();
        lockout.check(all, &gone)?;
        plan.note(PlanNote::Limit(UNSEEN.into()));
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "subjects").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let target = &work.target;
        let back = read_back(work).await?;
        if !back.is_empty() {
            let rests_on = format!("read back, {target} is bound again by {}: somebody restores it", back.join(", "));
            return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
        }
        let all = bindings(work.look.as_ref()).await?;
        let subject = match target.kind {
            Kind::ServiceAccount => Subject::account(target.namespace.as_deref().unwrap_or_default(), &target.name),
            _ => Subject::parse(work.plan.options.get("subject")).ok_or_else(|| no_subject(target, &all))?,
        };
        loss(work, &subject).await
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        rbac::plan_undo(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        rbac::prove_undo(work).await
    }
}

/// What reviews say of the rights that a subject had when the plan was made.
async fn loss(work: &Work, subject: &Subject) -> Result<Verdict, ActionError> {
    let before: Vec<Probe> =
        work.plan.fact(work.place, "may").and_then(|may| serde_json::from_value(may.clone()).ok()).unwrap_or_default();
    if before.is_empty() {
        let why = format!(
            "no binding names {subject} any more, but of the rights that were asked for it had none before: that it \
             lost anything cannot be shown"
        );
        return Ok(Verdict::NotMeasured { why: why.into() });
    }
    let left = still_held(work.look.as_ref(), &Who::of(subject), &before).await?;
    let words = |probes: &[Probe]| probes.iter().map(|one| one.words().to_string()).collect::<Vec<_>>().join(", ");
    Ok(if left.is_empty() {
        let rests_on = format!("access reviews said yes before and say no now, to {subject}: {}", words(&before));
        Verdict::Proven { rests_on: rests_on.into() }
    } else if left.len() == before.len() {
        let rests_on =
            format!("no binding names {subject} any more, but access reviews still say yes: {}", words(&left));
        Verdict::NotEnforced { rests_on: rests_on.into() }
    } else {
        let rests_on = format!("{subject} has lost part of its rights; access reviews still say yes: {}", words(&left));
        Verdict::StillLeaking { rests_on: rests_on.into() }
    })
}

/// Whom a target means.
fn subject_of(ask: &Ask<'_>, target: &Target, all: &[Binding]) -> Result<Subject, ActionError> {
    let given = ask.options.get("subject");
    match target.kind {
        Kind::ServiceAccount if given.is_empty() => {
            Ok(Subject::account(target.namespace.as_deref().unwrap_or_default(), &target.name))
        }
        Kind::ServiceAccount => Err(wrong(&SPEC, "subject is for bindings; a service account is its own subject")),
        _ => Subject::parse(given).ok_or_else(|| no_subject(target, all)),
    }
}

fn no_subject(target: &Target, all: &[Binding]) -> ActionError {
    let uid = target.uid.to_string();
    let names = all.iter().filter(|binding| binding.uid == uid).flat_map(|binding| &binding.subjects);
    let names: Vec<String> = names.map(|subject| format!("subject={subject}")).collect();
    wrong(&SPEC, format!("say whom to take out of {target}: {}", names.join(" or ")))
}

/// The pods that speak as a service account: they lose what it loses.
async fn speaking(ask: &Ask<'_>, subject: &Subject) -> Result<Option<PlanNote>, ActionError> {
    if subject.kind != "ServiceAccount" {
        return Ok(None);
    }
    let path = format!(
        "{}?fieldSelector={}",
        Kind::Pod.path_in(&subject.namespace),
        escaped(&format!("spec.serviceAccountName={}", subject.name))
    );
    let pods: Vec<Pod> = list(ask.look, &path).await?;
    let mut names: Vec<Clean> = pods.iter().map(|pod| name(&pod.metadata)).collect();
    names.sort();
    Ok((!names.is_empty()).then(|| {
        let names = names.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        PlanNote::AlsoHit(format!("pods that speak as {subject} lose these rights as well: {names}").into())
    }))
}
