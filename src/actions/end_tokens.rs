//! I2: ends every token of a service account, by making it anew.

#[path = "end_tokens/account.rs"]
mod account;
#[path = "end_tokens/witness.rs"]
mod witness;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::frame::rbac::{Lockout, Subject};
use super::frame::{
    Action, ActionError, Ask, Disabled, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, field, keepers, list, name,
    path_of, raw, send,
};
use crate::kubernetes;
use crate::model::facts::{Facts, Shape};
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &EndTokens;

struct EndTokens;

static SPEC: Spec = Spec {
    id: "end-tokens",
    title: "End the service account's tokens",
    key: 'k',
    kinds: &[Kind::ServiceAccount],
    tier: Tier::Irreversible,
    options: &[],
    rights: &[
        Right::here("get", "", "serviceaccounts"),
        Right::here("create", "", "serviceaccounts").on("token"),
        Right::here("delete", "", "serviceaccounts"),
        Right::here("create", "", "serviceaccounts"),
        Right::here("patch", "", "serviceaccounts"),
        Right::here("list", "", "pods"),
        Right::anywhere("list", "rbac.authorization.k8s.io", "clusterroles"),
        Right::anywhere("create", "authentication.k8s.io", "tokenreviews"),
    ],
    undo: Undo::Impossible("an ended token does not come back; pods get new ones when they are started anew"),
    doc: "Deletes the service account and makes it anew as it was: tokens carry the account's UID, so that every one \
          that was issued before is refused from then on, those of token Secrets included. Bindings name the account \
          and still hold. Every pod that speaks as it loses the API until its kubelet fetches a new token for it, within \
          the hour, or until it is started anew: a compromised pod that runs on gets one as well, so isolate it or strip \
          its rights too. Proven with a token minted before, which a TokenReview accepted before and refuses after.",
};

#[async_trait]
impl Action for EndTokens {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Object(object) if object.meta.deleting => Err(Disabled::because("it is being deleted already")),
            Facts::Object(object) if matches!(object.shape, Shape::ServiceAccount { .. }) => Ok(()),
            _ => Err(Disabled::because("only service accounts have tokens of this kind")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let lockout = Lockout::read(ask.look).await?;
        let lockout = &lockout;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let object: Value = raw(ask.look, target).await?;
                let namespace = target.namespace.as_deref().unwrap_or_default();
                let subject = Subject::account(namespace, &target.name);
                if lockout.is_us(&subject) {
                    let why = format!("{subject} is you: ending its tokens would lock you out; somebody else has to do it");
                    return Err(ActionError::InTheWay(why.into()));
                }
                if field(&object, "/metadata/finalizers").as_array().is_some_and(|all| !all.is_empty()) {
                    let why =
                        format!("{target} has finalizers: it would not be gone when it is made anew; clear them first");
                    return Err(ActionError::InTheWay(why.into()));
                }
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "account", account::kept(&object));
                let own = path_of(target);
                plan.call(place, "POST", format!("{own}/token?fieldManager={MANAGER}"), witness::request());
                plan.call(
                    place,
                    "DELETE",
                    own.clone(),
                    json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": target.uid.to_string()}}),
                );
                // Applied, and not created: the control plane makes `default` anew by itself, and either way this ends alike.
                let path = format!("{own}?fieldManager={MANAGER}&force=true");
                plan.call(place, "PATCH", path, account::kept(&object));
                keepers(&object).into_iter().for_each(|note| plan.note(note));
                for note in others(ask, target, &object).await? {
                    plan.note(note);
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        let mut outcome = Outcome::default();
        let total = work.calls().count() as u64;
        for (done, (place, call)) in (0u64..).zip(work.calls()) {
            match &*call.method {
                "POST" => {
                    work.hand.step("a token to prove it with".into(), done, total);
                    outcome.witness = witness::minted(&send(work, place).await?);
                    if let Some(token) = &outcome.witness {
                        // Accepted before, or its refusal after would prove nothing.
                        if !witness::is_accepted(work.look.as_ref(), token).await? {
                            outcome.witness = None;
                        }
                    }
                }
                "DELETE" => {
                    work.hand.step("the account and its tokens".into(), done, total);
                    match send(work, place).await {
                        Err(ActionError::Cluster(kubernetes::Error::NotFound { .. })) => {}
                        sent => drop(sent?),
                    }
                }
                _ => {
                    work.hand.step("the account anew".into(), done, total);
                    account::made_anew(work, place).await?;
                }
            }
        }
        Ok(outcome)
    }

    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        account::proven(work, outcome).await
    }
}

/// Who else loses what the account's tokens gave.
async fn others(ask: &Ask<'_>, target: &Target, account: &Value) -> Result<Vec<PlanNote>, ActionError> {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let path = format!("{}?fieldSelector=spec.serviceAccountName%3D{}", Kind::Pod.path_in(namespace), target.name);
    let pods: Vec<Pod> = list(ask.look, &path).await?;
    let mut names: Vec<Clean> = pods.iter().map(|pod| name(&pod.metadata)).collect();
    names.sort();
    let mut notes = Vec::new();
    if !names.is_empty() {
        let names = names.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        notes.push(PlanNote::AlsoHit(
            format!("these pods lose the API server until they are started anew or their kubelet fetches a new token: {names}")
                .into(),
        ));
        notes.push(PlanNote::Limit(
            "a compromised pod among them gets a new token as well: isolate it, or strip the account's rights".into(),
        ));
    }
    if !field(account, "/metadata/annotations").get("eks.amazonaws.com/role-arn").unwrap_or(&Value::Null).is_null() {
        notes.push(PlanNote::Limit(
            format!("{target} is trusted by an IAM role: AWS takes its tokens until they expire, and sessions that were opened go on")
                .into(),
        ));
    }
    notes.push(PlanNote::CannotUndo(format!("the tokens of {target} that were issued until now").into()));
    Ok(notes)
}
